"""One SKU in one marketplace as it is read: the product of the world with what calls have changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from sptui.simulator.context import CallContext
from sptui.simulator.listing_changes import ListingChange
from sptui.simulator.products import COUNT, Product, money, product_with_sku
from sptui.simulator.seeded import CAPITALS


class Listing(msgspec.Struct, frozen=True):
    """A listing; at least one of ``product`` and ``change`` is there."""

    sku: str
    marketplace_id: str
    asin: str
    product: Product | None
    change: ListingChange | None

    @property
    def product_type(self) -> str:
        """The product type that it was put with."""
        return self.change.product_type if self.change else "HOME"

    @property
    def stock(self) -> int:
        """Units that can be bought."""
        found = self._changed("fulfillment_availability", "quantity")
        return found if isinstance(found, int) and found >= 0 else self.product.stock if self.product else 0

    @property
    def title(self) -> str:
        """What it is called."""
        found = self._changed("item_name", "value")
        return found if isinstance(found, str) else self.product.title if self.product else self.sku

    def identifier(self, kind: str) -> str:
        """Its SKU or its ASIN; nothing for another kind."""
        return {"SKU": self.sku, "ASIN": self.asin}.get(kind, "")

    def attributes(self, context: CallContext) -> dict[str, Any]:
        """What was put, over what the world has."""
        if self.change is not None:
            return self.change.attributes
        del context
        return {"item_name": [{"value": self.title, "marketplace_id": self.marketplace_id}]}

    def offer(self) -> dict[str, Any]:
        """Its price."""
        price = self._changed("purchasable_offer", "our_price", "schedule", "value_with_tax")
        if not isinstance(price, int | float):
            price = self.product.price if self.product else 0.0
        currency, amount = money(price, self.marketplace_id)
        price_data = {"currencyCode": currency, "amount": amount}
        return {"marketplaceId": self.marketplace_id, "offerType": "B2C", "price": price_data}

    def status(self, context: CallContext) -> list[str]:
        """BUYABLE and DISCOVERABLE, as far as account and stock allow."""
        marketplace = context.seller.marketplace(self.marketplace_id)
        suspended = marketplace is not None and marketplace.suspended_listings
        if suspended or context.closed_in(self.marketplace_id):
            return []
        return ["BUYABLE", "DISCOVERABLE"] if self.stock else ["DISCOVERABLE"]

    def summary(self, context: CallContext) -> dict[str, Any]:
        """What the model calls a summary."""
        age = timedelta(days=context.seeded.integer(40, 900, "listed", context.seller.id, self.sku))
        updated = context.now - age / 10
        created = context.now - age
        if self.change is not None:
            updated = self.change.moment
            created = created if self.product else updated
        return {
            "marketplaceId": self.marketplace_id,
            "asin": self.asin,
            "productType": self.product_type,
            "conditionType": "new_new",
            "status": self.status(context),
            "itemName": self.title,
            "createdDate": _stamp(created, whole=self.product is None),
            "lastUpdatedDate": _stamp(updated, whole=self.change is not None),
        }

    def _changed(self, name: str, *path: str) -> Any:
        """The value at ``path`` in the first entry of an attribute that was put; lists on the way: their first."""
        found: Any = self.change.attributes.get(name) if self.change else None
        for step in path:
            found = found[0] if isinstance(found, list) and found else found
            found = found.get(step) if isinstance(found, dict) else None
        return found


def listing_of(context: CallContext, sku: str, marketplace_id: str) -> Listing | None:
    """The seller's listing of a SKU in a marketplace, or None."""
    seller = context.seller
    product = product_with_sku(context.seeded, seller.id, seller.name, sku)
    change = context.memory.listings.find(seller.id, context.region, marketplace_id, sku)
    if (change is not None and change.deleted) or (change is None and product is None):
        return None
    asin = product.asin if product else "B0" + context.seeded.text(8, "asin", seller.id, sku, alphabet=CAPITALS)
    return Listing(sku, marketplace_id, asin, product, change)


def skus_of(context: CallContext) -> Iterable[str]:
    """Every SKU that the seller may have in the marketplaces of the call."""
    found = [f"SKU-{number}" for number in range(1, COUNT + 1)]
    for each in context.marketplaces:
        found += context.memory.listings.skus(context.seller.id, context.region, each)
    return dict.fromkeys(found)


def _stamp(moment: datetime, *, whole: bool) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if whole else f"{moment:%Y-%m-%d}T08:00:00Z"
