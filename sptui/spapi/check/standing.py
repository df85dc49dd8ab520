"""Operations that are on their way out, and those that are gone.

Source of the removals: docs sp-api-deprecations and the changelog's deprecation reminders of 2024 and 2025.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from sptui.spapi.catalogue import Operation
from sptui.spapi.check.problems import ProblemKind, RequestProblem


class Removed(msgspec.Struct, frozen=True):
    """Something that Amazon has taken away: what a path began with, since when, and what takes its place.

    ``methods``: only these, where others still are served on the path.
    """

    path: str
    what: str
    since: str
    instead: str = ""
    methods: tuple[str, ...] = ()


_INBOUND: Final = "fulfillmentInbound-2024-03-20"
_SHIPMENT: Final = r"/fba/inbound/v0/shipments/[^/]+"
REMOVED: Final = (
    Removed(r"/authorization/v1/", "the Authorization API v1", "2024-03-27"),
    Removed(r"/catalog/v0/items", "Catalog Items v0", "2025-04-24", "catalogItems-2022-04-01"),
    Removed(r"/fba/smallAndLight/v1/", "the FBA Small and Light API v1", "2024-03-27"),
    Removed(r"/feeds/2020-09-04/", "the Feeds API 2020-09-04", "2024-06-27", "feeds-2021-06-30"),
    Removed(r"/reports/2020-09-04/", "the Reports API 2020-09-04", "2024-06-27", "reports-2021-06-30"),
    Removed(r"/fba/inbound/v0/itemsGuidance", "getInboundGuidance", "2024-03-27"),
    Removed(r"/fba/inbound/v0/plans", "createInboundShipmentPlan", "2024-12-20", _INBOUND),
    Removed(_SHIPMENT + "$", "createInboundShipment", "2024-12-20", _INBOUND, ("POST",)),
    Removed(_SHIPMENT + "$", "updateInboundShipment", "2024-12-20", _INBOUND, ("PUT",)),
    Removed(_SHIPMENT + "/preorder", "the preorder operations", "2024-12-20", _INBOUND),
    Removed(_SHIPMENT + "/transport", "the transport operations", "2024-12-20", _INBOUND),
)
"""What the models do not hold any more. A date is the one that Amazon announced last."""


def removed_path_problem(method: str, path: str) -> RequestProblem | None:
    """What became of a path that no model has, where it is known."""
    for each in REMOVED:
        if re.match(each.path, path) and (not each.methods or method in each.methods):
            told = f"{method} {path[:80]} was removed with {each.what} on {each.since}{_instead(each.instead)}."
            return RequestProblem("url", ProblemKind.REMOVED, told, each.instead)
    return None


def standing_problems(operation: Operation, now: datetime) -> Iterator[RequestProblem]:
    """An operation that is gone at ``now``, or is deprecated."""
    date, instead = operation.removed_on, operation.replaced_by
    name = f"{operation.name} ({operation.version})"
    if date and date <= now.date().isoformat():
        told = f"{name} was removed on {date}{_instead(instead)}."
        yield RequestProblem("", ProblemKind.REMOVED, told, instead)
    elif operation.deprecated or date:
        until = f" and will be removed on {date}" if date else ""
        told = f"{name} is deprecated{until}{_instead(instead)}."
        yield RequestProblem("", ProblemKind.DEPRECATED, told, instead)


def _instead(name: str) -> str:
    return f"; {name} takes its place" if name else ""
