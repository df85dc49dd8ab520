"""Browsing a log: its newest calls, their number, and their errors grouped, each with its trend.

Filtering, ordering, grouping and counting happen in the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import msgspec

from sptui.calllog.asking import sql
from sptui.calllog.asking.engine import CallLogError, Engine, Scope, once_more, utc
from sptui.calllog.asking.listing import LISTED, lettered
from sptui.calllog.browsing import Chosen
from sptui.calllog.questions import STEPS, Signature
from sptui.calllog.signatures import signature_of
from sptui.spapi.calls import CallRecord

_MOST_KINDS: Final = 2000
"""Rows of errors that an engine gives at most."""
_MOST_SELLERS: Final = 200_000
"""Sellers' ids that are fetched at most to count those of errors that were put together here."""
_LAST_FIRST: Final = (timedelta(hours=1), timedelta(days=1), timedelta(days=14))
_KEYS: Final = "operation, path, status, code"
Kind = tuple[str, int, str, str]


@once_more
def page(engine: Engine, chosen: Chosen, limit: int) -> list[CallRecord]:
    """The newest of the chosen calls, newest first. Raises CallLogError."""
    rows: list[tuple[Any, ...]] = []
    for window in _windows(engine, chosen):
        scope = engine.listed(window)
        order = f"ORDER BY time DESC, request_id DESC LIMIT {limit}"
        rows = engine.rows(f"SELECT {LISTED} FROM ({scope.sql}) l {order}", scope.values)
        if len(rows) == limit:
            break
    found = records(rows, foreign=engine.foreign)
    return sorted(found, key=lambda each: (each.time, each.request_id), reverse=True)


@once_more
def count(engine: Engine, chosen: Chosen) -> int:
    """How many calls are chosen. Raises CallLogError."""
    scope = engine.listed(chosen)
    return int(engine.rows(f"SELECT count(*) AS calls FROM ({scope.sql}) l", scope.values)[0][0] or 0)


@once_more
def signatures(engine: Engine, chosen: Chosen) -> list[Signature]:
    """The kinds of errors among the chosen calls, those that hit most sellers first. Raises CallLogError."""
    between = window(engine, chosen)
    if between is None:
        return []
    start, end = between
    edges = [start + (end - start) * number / STEPS for number in range(1, STEPS)]
    scope = engine.failed(chosen)
    kinds = _kinds(engine, scope, edges)
    kinds |= _counted_once(engine, scope, kinds)
    return sorted(kinds.values(), key=lambda each: (-each.sellers, -each.calls, each.operation, each.message))


def _windows(engine: Engine, chosen: Chosen) -> Iterator[Chosen]:
    """Where to look for the newest calls: where that saves time in the log's last hours first, at last everywhere."""
    newest = engine.newest() if engine.by_time else None
    if newest is not None:
        end = min(newest, chosen.until or newest)
        for start in (end - back for back in _LAST_FIRST):
            if chosen.since is None or start > chosen.since:
                yield msgspec.structs.replace(chosen, since=start)
    yield chosen


def window(engine: Engine, chosen: Chosen) -> tuple[datetime, datetime] | None:
    """From when to when a trend goes: the window chosen, else from the log's first to its last call; None where there
    is nothing in it.
    """
    start, end = chosen.since or engine.oldest(), chosen.until or engine.newest()
    return None if start is None or end is None or end < start else (start, end)


@lru_cache(maxsize=4096)
def operation_name(operation: str | None, path: str | None) -> str:
    """The catalogue's key; where the log has only method and path, the operation that they lead to."""
    from sptui.spapi.catalogue import load_catalogue

    if operation:
        known = load_catalogue().get(operation)
        return known.key if known is not None else operation
    method, _, address = (path or "").partition(" ")
    return str(_matcher().match(method or "GET", address).operation) or path or ""


def records(rows: Iterable[tuple[Any, ...]], *, foreign: bool) -> list[CallRecord]:
    """Listed rows as calls; those with a time that nobody can read are left out."""
    made = (_foreign(row) if foreign else _own(row) for row in rows)
    return [each for each in made if each is not None]


_FIELDS: Final = CallRecord.__struct_fields__


def _own(row: tuple[Any, ...]) -> CallRecord | None:
    time = utc(row[0])
    if time is None:
        return None
    path, marketplaces, raw_path = row[2], tuple(filter(None, (row[12] or "").split(","))), row[16]
    fields = (time, *row[1:12], marketplaces, *row[13:16], "" if raw_path == path else raw_path)
    return CallRecord(*fields)


def _foreign(row: tuple[Any, ...]) -> CallRecord | None:
    """A call as another program wrote it: matched to its operation, without secrets and what is personal."""
    from sptui.calllog.importing.record import record_of
    from sptui.calllog.importing.values import Values

    time = utc(row[0])
    if time is None:
        return None
    told = {name: "" if value is None else str(value) for name, value in zip(_FIELDS, row, strict=True)}
    told["time"] = time.isoformat()
    record = record_of(Values(**{name: told[name] for name in Values.__struct_fields__}), _matcher())
    return record if isinstance(record, CallRecord) else None


@lru_cache(maxsize=1)
def _matcher() -> Any:
    from sptui.calllog.paths import PathMatcher

    return PathMatcher()


def _kinds(engine: Engine, scope: Scope, edges: list[datetime]) -> dict[Kind, Signature]:
    """Alike messages that the engine could not make alike are put together."""
    values = dict(scope.values)
    step = "CASE"
    for number, edge in enumerate(edges):
        name = lettered("edge", number)
        values[name] = engine.moment(edge)
        step += f" WHEN time < :{name} THEN {number}"
    told = sql.alike(engine.dialect, "message")
    inner = (
        f"SELECT {_KEYS}, {told} AS told, seller_id, time, {step} ELSE {len(edges)} END AS step FROM ({scope.sql}) f"
    )
    steps = ", ".join(f"sum(CASE WHEN step = {number} THEN 1 ELSE 0 END) AS s{number}" for number in range(STEPS))
    query = (
        f"SELECT {_KEYS}, told, count(DISTINCT nullif(seller_id, '')) AS sellers, count(*) AS all_calls,"
        f" min(time) AS first_seen, max(time) AS last_seen, {steps} FROM ({inner}) k GROUP BY {_KEYS}, told"
        f" ORDER BY sellers DESC, all_calls DESC LIMIT {_MOST_KINDS}"
    )
    kinds: dict[Kind, Signature] = {}
    for operation, path, status, code, message, sellers, calls, first, last, *trend in engine.rows(query, values):
        signature = Signature(
            operation_name(operation, path), int(status), code or "", signature_of(message or ""), int(sellers or 0),
            int(calls), utc(first), utc(last), trend=tuple(int(each) for each in trend),
        )  # fmt: skip
        kind = _kind(signature)
        kinds[kind] = _sum(kinds[kind], signature) if kind in kinds else signature
    return kinds


def _kind(signature: Signature) -> Kind:
    return signature.operation, signature.status, signature.code, signature.message


def _counted_once(engine: Engine, scope: Scope, kinds: dict[Kind, Signature]) -> dict[Kind, Signature]:
    """The kinds that were put together here, with their sellers counted once; too many are left as they are."""
    together = [kind for kind, each in kinds.items() if each.at_least and each.sellers]
    if not together:
        return {}
    statuses = ", ".join(str(status) for status in sorted({kind[1] for kind in together}))
    query = (
        f"SELECT DISTINCT {_KEYS}, {sql.alike(engine.dialect, 'message')} AS told, seller_id FROM ({scope.sql}) f"
        f" WHERE seller_id <> '' AND status IN ({statuses}) LIMIT {_MOST_SELLERS}"
    )
    rows = engine.rows(query, scope.values)
    if len(rows) == _MOST_SELLERS:
        return {}
    sellers: dict[Kind, set[str]] = {kind: set() for kind in together}
    for operation, path, status, code, message, seller in rows:
        kind = (operation_name(operation, path), int(status), code or "", signature_of(message or ""))
        if kind in sellers:
            sellers[kind].add(seller)
    return {
        kind: msgspec.structs.replace(kinds[kind], sellers=len(known), at_least=False)
        for kind, known in sellers.items()
    }


def _sum(one: Signature, other: Signature) -> Signature:
    """Like errors as one. Which sellers two of them have in common is not known: at least the larger number."""
    firsts = [each.first for each in (one, other) if each.first]
    lasts = [each.last for each in (one, other) if each.last]
    return msgspec.structs.replace(
        one,
        sellers=max(one.sellers, other.sellers),
        calls=one.calls + other.calls,
        first=min(firsts, default=None),
        last=max(lasts, default=None),
        at_least=True,
        trend=tuple(map(sum, zip(one.trend, other.trend, strict=True))),
    )


__all__ = ["CallLogError", "count", "page", "records", "signatures"]
