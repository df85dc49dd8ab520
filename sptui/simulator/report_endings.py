"""How a report ends, decided when it is asked for: DONE, CANCELLED or FATAL, and what its document then tells.

CANCELLED: no data, or asked for again too soon (docs reports-faq). FATAL: retired types, wrong options (verify-report
page). A DONE report may hold an error text or no rows (selling-partner-api-docs 3148, -models 385, 2720).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from sptui.simulator.context import CallContext
from sptui.simulator.processing import Ending
from sptui.simulator.report_types import PERFORMANCE
from sptui.spapi.offered_types import OfferedType

_SHORTEST_INTERVALS: Final = (
    (PERFORMANCE, timedelta(minutes=5)),
    ("GET_AFN_INVENTORY_DATA", timedelta(minutes=30)),
    ("GET_FBA_MYI_", timedelta(minutes=30)),
    ("GET_RESERVED_INVENTORY_DATA", timedelta(minutes=30)),
    ("GET_RESTOCK_INVENTORY_RECOMMENDATIONS_REPORT", timedelta(minutes=30)),
)
"""By how the type begins: asked again sooner, it is cancelled. Amazon publishes half an hour for near real-time FBA
reports; the minutes of the others are made up."""

_BY_PERIOD: Final = ("GET_BRAND_ANALYTICS_", "GET_VENDOR_")
_LONGEST_ORDERS: Final = timedelta(days=31)
_LONGEST_FULFILLMENT: Final = timedelta(days=30)

Period = tuple[datetime | None, datetime | None]


class Outcome(msgspec.Struct, frozen=True):
    """How it ends. ``told``: what the document says instead of data, "" where it has data or there is none."""

    ending: Ending = "DONE"
    told: str = ""
    empty: bool = False


def outcome_of(context: CallContext, offered: OfferedType, marketplaces: Sequence[str], period: Period) -> Outcome:
    """How a report that is asked for now ends; there is no data where the account is closed, but its health is told."""
    kind = offered.name
    if offered.removed_by(context.now.date()):
        return Outcome("FATAL", _reason("The requested data is unavailable."))
    if (reason := _wrong_options(kind, context.values.get("reportOptions") or {}, period)) is not None:
        return Outcome("FATAL", _reason(reason))
    if _asked_too_soon(context, kind, marketplaces):
        return Outcome("CANCELLED")
    if kind == PERFORMANCE:
        return Outcome()
    if all(context.closed_in(each) for each in marketplaces):
        entries = [context.seller.marketplace(each) for each in marketplaces]
        suspended = any(each is not None and context.status(each) == "SUSPENDED" for each in entries)
        return Outcome("FATAL" if suspended else "CANCELLED")
    return _by_period(context, kind, period)


def _by_period(context: CallContext, kind: str, period: Period) -> Outcome:
    start, end = period
    if start is not None and (start == end or start > context.now):
        return Outcome("CANCELLED")  # there can be no data
    length = (end or context.now) - start if start is not None else timedelta()
    if "FULFILL" in kind and length > _LONGEST_FULFILLMENT:
        return Outcome(told="Date range exceeded. Report can be requested only upto 30 days")
    if "ORDER" in kind and length > _LONGEST_ORDERS:
        return Outcome(empty=True)
    return Outcome()


def _wrong_options(kind: str, options: dict[str, Any], period: Period) -> str | None:
    """What is wrong with the options of a report over periods, or None."""
    start, end = period
    if not kind.startswith(_BY_PERIOD) or options.get("reportPeriod") != "DAY" or start is None or end is None:
        return None
    same = start.date() == end.date()
    return None if same else "dataStartTime must be the same day as dataEndTime when reportPeriod=DAY"


def _reason(told: str) -> str:
    return msgspec.json.encode({"errorDetails": told}).decode()


def _asked_too_soon(context: CallContext, kind: str, marketplaces: Sequence[str]) -> bool:
    interval = next((each for begin, each in _SHORTEST_INTERVALS if kind.startswith(begin)), None)
    return interval is not None and any(
        each.kind == kind
        and each.ending == "DONE"
        and set(each.marketplaces) == set(marketplaces)
        and context.now - each.created < interval
        for each in context.memory.reports.newest_first(context.seller.id, context.region)
    )
