"""Every operation that the simulator answers, by its key in the catalogue."""

from __future__ import annotations

from typing import Final

from sptui.simulator.context import Handler
from sptui.simulator.operations import (
    applications,
    catalog_items,
    destinations,
    feeds,
    inventory,
    listings,
    merchant_fulfillment,
    order_changes,
    orders,
    orders_2026,
    pricing,
    report_schedules,
    reports,
    restricted_data,
    sales,
    sellers,
    subscriptions,
)

HANDLERS: Final[dict[str, Handler]] = {
    **applications.HANDLERS,
    **catalog_items.HANDLERS,
    **destinations.HANDLERS,
    **feeds.HANDLERS,
    **inventory.HANDLERS,
    **listings.HANDLERS,
    **merchant_fulfillment.HANDLERS,
    **order_changes.HANDLERS,
    **orders.HANDLERS,
    **orders_2026.HANDLERS,
    **pricing.HANDLERS,
    **report_schedules.HANDLERS,
    **reports.HANDLERS,
    **restricted_data.HANDLERS,
    **sales.HANDLERS,
    **sellers.HANDLERS,
    **subscriptions.HANDLERS,
}
