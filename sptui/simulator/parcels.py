"""Shipments bought through the Merchant Fulfillment API."""

from __future__ import annotations

from typing import Any

from sptui.spapi.regions import Region


class ParcelStore:
    """The shipments of every seller, as answers write them, by id."""

    def __init__(self) -> None:
        self._shipments: dict[tuple[str, Region], dict[str, dict[str, Any]]] = {}

    def of(self, seller_id: str, region: Region) -> dict[str, dict[str, Any]]:
        """The seller's shipments; changing it changes them."""
        return self._shipments.setdefault((seller_id, region), {})
