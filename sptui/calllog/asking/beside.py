"""Asking a log what it tells beside one failing call. A few statements, each of which comes back as counts.

Others are counted from the moment on when this seller's call began to fail, by their last call each: what passed
before tells nothing of what fails now, and a failure that was followed by a good call is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from sptui.calllog.asking.browse import operation_name
from sptui.calllog.asking.engine import Engine, Scope, utc
from sptui.calllog.beside import Beside, FailingCall, OtherSellers, OwnCalls
from sptui.calllog.browsing import Chosen
from sptui.calllog.questions import FEWEST_SELLERS, Question, Share

_DAY: Final = timedelta(days=1)
_MONTH: Final = timedelta(days=30)
_PASSES: Final = "(status BETWEEN 200 AND 299)"
_LET_IN: Final = "(status BETWEEN 200 AND 499 AND status NOT IN (401, 403, 408, 429))"
"""Answers that show that the seller is let in and Amazon works, whatever they have against the values."""
_MOST_OPERATIONS: Final = 500


def beside(engine: Engine, call: FailingCall) -> Beside:
    """What the log tells beside this call. Raises CallLogError."""
    own = _own_calls(engine, call)
    began = max(own.failing_since or call.at - _DAY, call.at - _MONTH)
    others, elsewhere, first = _others(engine, call, began)
    for back in (_DAY, _MONTH):
        if others.calling >= FEWEST_SELLERS:
            break
        if call.at - back < began:
            others, elsewhere, first = _others(engine, call, call.at - back)
            others = msgspec.structs.replace(others, earlier=True)
    refused = call.status in (401, 403)
    passing, failing = _other_operations(engine, call, began) if refused else ((), ())
    return Beside(others, own, elsewhere, first, passing, failing)


def _same(call: FailingCall) -> tuple[str, dict[str, Any]]:
    """The condition for the same error; logs without codes are taken at their status."""
    if not call.status or not call.code:
        return "status = :status", {"status": call.status}
    return "(status = :status AND (code = :code OR code = ''))", {"status": call.status, "code": call.code}


def _own_calls(engine: Engine, call: FailingCall) -> OwnCalls:
    scope = engine.calls_of(Question(call.operation, since=call.at - _MONTH))
    same, values = _same(call)
    ended = f"CASE WHEN {same} THEN {_BAD} WHEN {_PASSES} THEN {_GOOD} ELSE 2 END"
    calls = (
        f"SELECT marketplaces, region, {ended} AS ended, first_time, last_time, calls FROM ({scope.sql}) s"
        " WHERE seller_id = :seller"
    )
    rows = engine.rows(
        "SELECT marketplaces, region, ended, min(first_time) AS first_seen, max(last_time) AS last_seen,"
        f" sum(calls) AS all_calls FROM ({calls}) o GROUP BY marketplaces, region, ended",
        {**scope.values, **values, "seller": call.seller_id},
    )
    known = [
        _Row(tuple(filter(None, (places or "").split(","))), int(ended), first, last, int(calls))
        for places, region, ended, first_seen, last_seen, calls in rows
        if region in (call.region, "") and (first := utc(first_seen)) and (last := utc(last_seen))
    ]
    here = [each for each in known if _is_there(each.places, call.marketplaces)]
    good, bad = ([each for each in here if each.ended == ended] for ended in (_GOOD, _BAD))
    passed_last = max((each.last for each in good), default=None)
    later = [each for each in bad if passed_last is None or each.last >= passed_last]
    since = min((max(each.first, passed_last or each.first) for each in later), default=None)
    elsewhere = [
        place
        for each in known
        if each.ended == _GOOD and each not in here and each.last >= (since or call.at - _DAY)
        for place in each.places
    ]
    return OwnCalls(
        passed_last=passed_last,
        failing_since=since,
        passes=sum(each.calls for each in good),
        failures=sum(each.calls for each in bad),
        mixed=passed_last is not None and any(each.first < passed_last for each in later),
        passing_in=tuple(dict.fromkeys(elsewhere)),
    )


_BAD: Final = 1
_GOOD: Final = 0


class _Row(NamedTuple):
    """Alike calls of the seller: where, with what end, from when to when, how many."""

    places: tuple[str, ...]
    ended: int
    first: datetime
    last: datetime
    calls: int


def _is_there(places: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return not places or not wanted or not set(places).isdisjoint(wanted)


def _others(
    engine: Engine, call: FailingCall, since: datetime
) -> tuple[OtherSellers, tuple[Share, ...], datetime | None]:
    scope = engine.calls_of(Question(call.operation, since=since))
    same, values = _same(call)
    sellers = (
        f"SELECT seller_id, region, application, max(CASE WHEN {same} THEN last_time END) AS failed,"
        f" max(CASE WHEN {_LET_IN} AND NOT {same} THEN last_time END) AS passed,"
        f" min(CASE WHEN {same} THEN first_time END) AS begun"
        f" FROM ({scope.sql}) s WHERE seller_id <> '' AND seller_id <> :seller GROUP BY seller_id, region, application"
    )
    rows = engine.rows(
        "SELECT region, application, count(*) AS calling, sum(CASE WHEN failed IS NOT NULL AND (passed IS NULL OR"
        " failed >= passed) THEN 1 ELSE 0 END) AS failing, min(begun) AS first_seen"
        f" FROM ({sellers}) g WHERE failed IS NOT NULL OR passed IS NOT NULL GROUP BY region, application",
        {**scope.values, **values, "seller": call.seller_id},
    )
    known = [
        (region or "", Share(region or "", int(calling), int(failing or 0)), utc(first))
        for region, application, calling, failing, first in rows
        if application in (call.application, "", None)
    ]
    regions = {each[0] for each in known}
    wanted = call.region if call.region in regions else ""
    here = [each for each in known if each[0] == wanted]
    elsewhere: dict[str, Share] = {}
    for region, share, _ in known:
        if region and region != call.region:
            before = elsewhere.get(region, Share(region, 0, 0))
            elsewhere[region] = Share(region, before.calling + share.calling, before.failing + share.failing)
    return (
        OtherSellers(since, sum(each[1].calling for each in here), sum(each[1].failing for each in here)),
        tuple(elsewhere[each] for each in sorted(elsewhere)),
        min((each[2] for each in here if each[2]), default=None),
    )


def _other_operations(engine: Engine, call: FailingCall, since: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    chosen = Chosen(sellers=(call.seller_id,), since=since)
    ends: dict[str, set[str]] = {}
    for operation, method, path, ended in _ends(engine, engine.listed(chosen), call):
        name = operation_name(operation, f"{method} {path}")
        if name != call.operation.key and "." in name and " " not in name:
            ends.setdefault(name, set()).add(ended)
    passing = tuple(sorted(name for name, found in ends.items() if "passes" in found))
    return passing, tuple(sorted(name for name, found in ends.items() if found == {"refused"}))


def _ends(engine: Engine, scope: Scope, call: FailingCall) -> list[tuple[Any, ...]]:
    ended = f"CASE WHEN {_PASSES} THEN 'passes' WHEN status IN (401, 403) THEN 'refused' ELSE 'other' END"
    where = " WHERE region = :here OR region = ''" if call.region else ""
    return engine.rows(
        f"SELECT operation, method, path, ended FROM (SELECT operation, method, path, {ended} AS ended"
        f" FROM ({scope.sql}) l{where}) e GROUP BY operation, method, path, ended LIMIT {_MOST_OPERATIONS}",
        {**scope.values, "here": call.region},
    )
