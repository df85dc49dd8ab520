"""Report, feed and notification types that a call names, held against what Amazon offers, where and to whom."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from sptui.spapi.catalogue import Operation
from sptui.spapi.marketplaces import MARKETPLACES, label_of_marketplace
from sptui.spapi.offered_types import OfferedType, TypeKind, find_type, similar_type
from sptui.triage.case import Case
from sptui.triage.evidence import Evidence, TypeAsked

OFFERED: Final = "Amazon's lists of types"
_FIELDS: Final = (
    ("reportType", TypeKind.REPORT),
    ("feedType", TypeKind.FEED),
    ("notificationType", TypeKind.NOTIFICATION),
    ("reportTypes", TypeKind.REPORT),
    ("feedTypes", TypeKind.FEED),
)


def observe_types(case: Case, day: date) -> Iterator[Evidence]:
    """The types that the request names, or the answer where the request names none."""
    told = case.answer.data if case.answer is not None and isinstance(case.answer.data, dict) else {}
    for values in (case.values, told):
        found = list(_named(values))
        if found:
            marketplaces = case.marketplaces or _marketplaces(told)
            for kind, name in found[:3]:
                yield _evidence(kind, name, marketplaces, day, is_order=_orders(case.operation))
            return


def observe_place(case: Case) -> Iterator[Evidence]:
    """An operation that Amazon offers in some countries or regions only, called for another."""
    operation, region = case.operation, case.where
    if operation is None or (not operation.stores and not operation.role_regions):
        return
    asked = [MARKETPLACES[each] for each in case.marketplaces if each in MARKETPLACES]
    outside = tuple(each.id for each in asked if operation.stores and each.country_code not in operation.stores)
    homes = {each.region for each in MARKETPLACES.values() if each.country_code in operation.stores}
    closed = region is not None and (
        (bool(operation.stores) and region not in homes) or (bool(operation.roles) and not operation.roles_in(region))
    )
    if outside or closed:
        where = ", ".join(map(label_of_marketplace, outside)) or f"{region}"
        known = TypeAsked("operation", operation.name, not_in=outside or (f"{region}",))
        yield Evidence(f"Amazon does not offer {operation.name} in {where}.", CATALOGUE, known)


CATALOGUE: Final = "the catalogue (Amazon's models)"


def type_roles(case: Case) -> tuple[str, ...]:
    """The roles that open what the call orders; empty where the call orders no known type."""
    if not _orders(case.operation):
        return ()
    return next((found.roles for kind, name in _named(case.values) if (found := find_type(kind, name))), ())


def _orders(operation: Operation | None) -> bool:
    return operation is not None and operation.name in (
        "createReport", "createReportSchedule", "createFeed", "createSubscription",
    )  # fmt: skip


def _named(values: dict[str, Any]) -> Iterator[tuple[TypeKind, str]]:
    for field, kind in _FIELDS:
        value = values.get(field)
        names = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
        yield from ((kind, name) for name in names if isinstance(name, str) and name)


def _marketplaces(told: dict[str, Any]) -> tuple[str, ...]:
    ids = told.get("marketplaceIds")
    return tuple(each for each in ids if isinstance(each, str)) if isinstance(ids, list) else ()


def _evidence(kind: TypeKind, name: str, marketplaces: Iterable[str], day: date, *, is_order: bool) -> Evidence:
    offered = find_type(kind, name)
    if offered is None:
        near = _similar(kind, name)
        hint = f"; {near} is near" if near else ""
        fact = f"No list of Amazon's has the {kind.value} type {name[:80]}{hint}."
        return Evidence(fact, OFFERED, TypeAsked(kind.value, name[:80], known=False, similar=near))
    asked = tuple(each for each in marketplaces if each in MARKETPLACES)
    known = TypeAsked(
        kind.value,
        offered.name,
        roles=offered.roles,
        not_in=tuple(each for each in asked if offered.offered_in(each) is False),
        removed_on=offered.removed_on if offered.removed_by(day) else "",
        replaced_by=offered.replaced_by,
        made_by_amazon=is_order and offered.requestable is False,
        needs=offered.needs,
        too_many=offered.max_marketplaces is not None and len(asked) > offered.max_marketplaces,
        restricted=offered.restricted or any("Restricted" in role for role in offered.roles),
        sellers=offered.sellers,
        delivery=offered.delivery,
    )
    return Evidence(_in_words(known, offered), OFFERED, known)


@functools.lru_cache(maxsize=1_000)
def _similar(kind: TypeKind, name: str) -> str:
    return similar_type(kind, name)


def _in_words(asked: TypeAsked, offered: OfferedType) -> str:
    told = f"{offered.name} is a {asked.kind} type"
    if asked.removed_on:
        return f"{told} that Amazon removed on {asked.removed_on}."
    if asked.not_in:
        return f"{told} that Amazon does not offer in {', '.join(map(label_of_marketplace, asked.not_in))}."
    if asked.made_by_amazon:
        return f"{told} that Amazon makes by itself and createReport does not take."
    roles = f" It needs a role: {' or '.join(asked.roles)}." if asked.roles else ""
    return f"{told} of Amazon's lists.{roles}"
