"""Listings Items API v2021-08-01."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.products import Product, money, product_with_sku
from sptui.simulator.replies import RefusalError, Reply, invalid, json_reply


def _get_listings_item(context: CallContext) -> Reply:
    seller, sku = context.seller, context.values["sku"]
    if context.values["sellerId"] != seller.id:
        raise invalid("Invalid 'sellerId' provided.")
    product = product_with_sku(context.seeded, seller.id, seller.name, sku)
    if product is None:
        told = f"SKU '{sku}' not found in marketplace {', '.join(context.marketplaces)}"
        raise RefusalError(404, "NOT_FOUND", told)
    wanted = context.values.get("includedData", ["summaries"])
    parts = _parts(context, product)
    return json_reply(200, {"sku": sku, **{name: parts[name] for name in wanted if name in parts}})


def _parts(context: CallContext, product: Product) -> dict[str, Any]:
    marketplaces = context.marketplaces
    prices = {each: money(product.price, each) for each in marketplaces}
    return {
        "summaries": [_summary(context, product, each) for each in marketplaces],
        "attributes": {"item_name": [{"value": product.title, "marketplace_id": each} for each in marketplaces]},
        "issues": [],
        "offers": [
            {"marketplaceId": each, "offerType": "B2C", "price": {"currencyCode": currency, "amount": amount}}
            for each, (currency, amount) in prices.items()
        ],
        "fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": product.stock}],
        "procurement": [],
        "relationships": [{"marketplaceId": each, "relationships": []} for each in marketplaces],
        "productTypes": [{"marketplaceId": each, "productType": "HOME"} for each in marketplaces],
    }


def _summary(context: CallContext, product: Product, marketplace_id: str) -> dict[str, Any]:
    marketplace = context.seller.marketplace(marketplace_id)
    hidden = context.closed_in(marketplace_id) or (marketplace is not None and marketplace.suspended_listings)
    age = timedelta(days=context.seeded.integer(40, 900, "listed", context.seller.id, product.sku))
    return {
        "marketplaceId": marketplace_id,
        "asin": product.asin,
        "productType": "HOME",
        "conditionType": "new_new",
        "status": [] if hidden else (["BUYABLE", "DISCOVERABLE"] if product.stock else ["DISCOVERABLE"]),
        "itemName": product.title,
        "createdDate": f"{context.now - age:%Y-%m-%d}T08:00:00Z",
        "lastUpdatedDate": f"{context.now - age / 10:%Y-%m-%d}T08:00:00Z",
    }


HANDLERS: Final[dict[str, Handler]] = {"listingsItems-2021-08-01.getListingsItem": _get_listings_item}
