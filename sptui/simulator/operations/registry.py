"""Every operation that the simulator answers, by its key in the catalogue."""

from __future__ import annotations

from typing import Final

from sptui.simulator.context import Handler
from sptui.simulator.operations import (
    catalog_items,
    feeds,
    inventory,
    listings,
    notifications,
    orders,
    pricing,
    reports,
    sellers,
)

HANDLERS: Final[dict[str, Handler]] = {
    **catalog_items.HANDLERS,
    **feeds.HANDLERS,
    **inventory.HANDLERS,
    **listings.HANDLERS,
    **notifications.HANDLERS,
    **orders.HANDLERS,
    **pricing.HANDLERS,
    **reports.HANDLERS,
    **sellers.HANDLERS,
}
