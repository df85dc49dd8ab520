"""What calls have done to orders: shipments confirmed, picked up, prescriptions reviewed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from sptui.simulator.order_book import Order


class OrderChange(msgspec.Struct, frozen=True):
    """What is different about one order: its status where a call set it, and the units shipped by each item."""

    moment: datetime
    status: str = ""
    shipped: int | None = None
    verification: dict[str, Any] = {}


class OrderChanges:
    """The newest change of each order, by its id: ids are unique over all sellers."""

    def __init__(self) -> None:
        self._changes: dict[str, OrderChange] = {}

    def find(self, order_id: str) -> OrderChange | None:
        """What calls changed about the order, or None."""
        return self._changes.get(order_id)

    def put(self, order_id: str, change: OrderChange) -> None:
        """Keeps a change, in place of the one before."""
        self._changes[order_id] = change

    def applied(self, order: Order) -> Order:
        """The order as it is after the calls."""
        change = self._changes.get(order.id)
        if change is None:
            return order
        return msgspec.structs.replace(
            order,
            status=change.status or order.status,
            shipped=order.shipped if change.shipped is None else change.shipped,
            updated=max(order.updated, change.moment.replace(microsecond=0)),
        )
