"""What calls have done to listings: attributes put and patched, SKUs created and deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from sptui.spapi.regions import Region


class ListingChange(msgspec.Struct, frozen=True):
    """One SKU as calls left it in one marketplace. ``deleted``: it is not there any more."""

    moment: datetime
    product_type: str
    attributes: dict[str, Any] = {}
    deleted: bool = False


class ListingChanges:
    """The newest change by seller, region, marketplace and SKU."""

    def __init__(self) -> None:
        self._changes: dict[tuple[str, Region, str], dict[str, ListingChange]] = {}

    def find(self, seller_id: str, region: Region, marketplace_id: str, sku: str) -> ListingChange | None:
        """What calls changed about the SKU there, or None."""
        return self._changes.get((seller_id, region, marketplace_id), {}).get(sku)

    def put(self, seller_id: str, region: Region, marketplace_id: str, sku: str, change: ListingChange) -> None:
        """Keeps a change, in place of the one before."""
        self._changes.setdefault((seller_id, region, marketplace_id), {})[sku] = change

    def skus(self, seller_id: str, region: Region, marketplace_id: str) -> list[str]:
        """The SKUs that calls have touched there."""
        return list(self._changes.get((seller_id, region, marketplace_id), {}))
