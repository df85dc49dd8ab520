"""Sales API v1: order metrics from the seller's orders."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.order_book import Order, orders_of
from sptui.simulator.products import money
from sptui.simulator.replies import Reply, denied, internal_failure, invalid, json_reply
from sptui.simulator.validation import read_moment
from sptui.spapi.marketplaces import MARKETPLACES

_MARKETPLACE: Final = re.compile(r"all|A[0-9A-Z]{1,20}")
_STEPS: Final = {"Hour": timedelta(hours=1), "Day": timedelta(days=1), "Week": timedelta(days=7)}
_MOST_STEPS: Final = 5_000


def _get_order_metrics(context: CallContext) -> Reply:
    """Several marketplaces in one value, ``all``, and an unreadable interval each fail in a way of their own
    (selling-partner-api-models 1347, 2260).
    """
    values = context.values
    ids = values["marketplaceIds"]
    if len(ids) != 1 or not _MARKETPLACE.fullmatch(ids[0]):
        raise invalid('{getOrderMetrics.arg3[0].id=must match "(all|A[0-9A-Z]{1,20})"}')
    if ids[0] == "all":
        raise denied()
    if context.seller.marketplace(ids[0]) is None:
        raise invalid("Invalid Input")
    begin, end = _interval(values["interval"])
    zone = _zone(values.get("granularityTimeZone"))
    orders = [
        context.memory.orders.applied(each)
        for each in orders_of(context.seeded, context.seller, ids[0], begin, end, context.now)
        if ids[0] in MARKETPLACES and _asked(context, each)
    ]
    metrics = [
        _metric(ids[0], start.astimezone(zone), stop.astimezone(zone), orders)
        for start, stop in _parts(values["granularity"], begin, end)
    ]
    return json_reply(200, {"payload": metrics})


def _interval(text: str) -> tuple[datetime, datetime]:
    """From and to; what cannot be read looks like a fault of Amazon's own."""
    first, _, last = text.partition("--")
    begin, end = read_moment(first), read_moment(last)
    if begin is None or end is None or end <= begin:
        raise internal_failure()
    return begin, end


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise internal_failure() from None


def _asked(context: CallContext, order: Order) -> bool:
    values = context.values
    channel = values.get("fulfillmentNetwork")
    return (
        values.get("sku") in (None, order.product.sku)
        and values.get("asin") in (None, order.product.asin)
        and channel in (None, "AFN" if order.by_amazon else "MFN")
    )


def _parts(granularity: str, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    step = _STEPS.get(granularity)
    if step is None:  # the whole interval, a month or a year
        return [(begin, end)]
    count = min(_MOST_STEPS, -(-(end - begin) // step))
    return [(begin + index * step, min(end, begin + (index + 1) * step)) for index in range(count)]


def _metric(marketplace_id: str, start: datetime, stop: datetime, orders: list[Order]) -> dict[str, Any]:
    found = [each for each in orders if start <= each.created < stop]
    units, total = sum(each.quantity for each in found), sum(each.total for each in found)
    currency, amount = money(total, marketplace_id)
    mean = money(total / units if units else 0, marketplace_id)[1]
    return {
        "interval": f"{start.isoformat(timespec='minutes')}--{stop.isoformat(timespec='minutes')}",
        "unitCount": units,
        "orderItemCount": len(found),
        "orderCount": len(found),
        "averageUnitPrice": {"amount": mean, "currencyCode": currency},
        "totalSales": {"amount": amount, "currencyCode": currency},
    }


HANDLERS: Final[dict[str, Handler]] = {"sales-v1.getOrderMetrics": _get_order_metrics}
