"""Asking a log for every kind of failure in a window, with what tells whose fault it is.

A few statements for each log, whatever its size: the kinds, the sellers that they hit most, how many sellers called in
the time of each kind, how the call fares in each region, and what else those sellers called. Only counts and a bounded
number of sellers come back.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import islice
from typing import Any, Final, NamedTuple

import msgspec

from sptui.calllog.asking.engine import Engine, Scope, utc
from sptui.calllog.asking.listing import FAILED
from sptui.calllog.asking.looking import look_at
from sptui.calllog.browsing import Chosen
from sptui.calllog.kinds import Kind
from sptui.calllog.paths import PathMatcher
from sptui.calllog.questions import FEWEST_SELLERS, Share
from sptui.calllog.signatures import signature_of
from sptui.spapi.answers import code_word
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.people import hide_emails
from sptui.spapi.redaction import redact

COMPARED: Final = 500
"""Kinds that are compared with other calls: those that hurt most. All others are told with their own words only."""
_NEARLY_ALL: Final = 0.1
"""A kind that begins in this first share of the window and ends in this last one goes on through all of it."""
_MOST_KINDS: Final = 2000
_MOST_PAIRS: Final = 20_000
_SELLERS_NAMED: Final = 1000
_IDS_KEPT: Final = 3
_MOST_IDS: Final = 5000
_KEYS: Final = "operation, place, region, stage, status, code, told, more"
_PASSED: Final = "status BETWEEN 200 AND 299"
_LWA: Final = "/auth/o2/token"


class Key(NamedTuple):
    """What makes two failures one kind, in the words of the log."""

    operation: str
    place: str
    region: str
    stage: str
    status: int
    code: str
    told: str
    more: str


def kinds(engine: Engine, chosen: Chosen) -> list[Kind]:
    """Every kind of failure among the chosen calls, the most harmful first: by sellers hit, then by calls lost.

    Raises CallLogError.
    """
    merged: dict[tuple[Any, ...], Kind] = {}
    for each in _kinds_of(engine, chosen):
        same = (
            each.operation or each.path, each.method, each.region, each.stage, each.status, code_word(each.code),
            signature_of(each.message), signature_of(each.details),
        )  # fmt: skip
        merged[same] = _sum(merged[same], each) if same in merged else each
    return sorted(merged.values(), key=lambda each: (-each.hit, -each.calls, each.first, each.path))


def _kinds_of(engine: Engine, chosen: Chosen) -> list[Kind]:
    window = engine.kept(_window(engine, chosen))
    rows = engine.rows(
        f"SELECT {_KEYS}, count(DISTINCT nullif(seller_id, '')) AS hit, count(*) AS all_calls, min(time) AS first_seen,"
        " max(time) AS last_seen, min(message) AS said, min(details) AS added, min(seller_id) AS one,"
        f" max(seller_id) AS other FROM ({window.sql}) w WHERE failed = 1 GROUP BY {_KEYS}"
        f" ORDER BY hit DESC, all_calls DESC LIMIT {_MOST_KINDS}",
        window.values,
    )
    found: dict[Key, Kind] = {}
    for row in rows:
        key, (hit, calls, first_seen, last_seen, said, added, one, other) = _key(row[:8]), row[8:]
        first, last = utc(first_seen), utc(last_seen)
        if first is None or last is None:
            continue
        operation, method, path = place_of(key.operation, key.place)
        found[key] = Kind(
            operation=operation, method=method, path=path, region=key.region,
            stage="lwa" if path == _LWA else key.stage, status=key.status, code=redact(key.code)[:100],
            message=_clean(said), details=_clean(added), hit=int(hit), calls=int(calls), first=first, last=last,
            sellers=tuple(dict.fromkeys(each for each in (one, other) if each)),
        )  # fmt: skip
    _add_sellers(engine, window, found)
    compared = dict(islice(found.items(), COMPARED))
    found |= _with_callers(engine, window, compared)
    for key, looked in look_at(engine, window, {key: found[key] for key in compared}, place_of).items():
        found[key] = msgspec.structs.replace(found[key], looked=looked)
    return list(found.values())


def _window(engine: Engine, chosen: Chosen) -> Scope:
    """The calls of the window with what is asked of them; texts and request ids of those that failed alone."""
    scope = engine.placed(chosen)
    told, more, said, added, request_id = (
        f"CASE WHEN {FAILED} THEN {each} ELSE '' END"
        for each in (engine.alike("message"), engine.alike("details"), "message", "details", "request_id")
    )
    columns = (
        f"operation, place, region, stage, status, code, {told} AS told, {more} AS more,"
        f" {said} AS said, {added} AS added, {request_id} AS rid, seller_id, marketplaces, time,"
        f" CASE WHEN {FAILED} THEN 1 ELSE 0 END AS failed, CASE WHEN {_PASSED} THEN 1 ELSE 0 END AS passed"
    )
    inner = f"SELECT {columns} FROM ({scope.sql}) l"
    names = (
        f"{_KEYS}, said AS message, added AS details, rid AS request_id, seller_id, marketplaces, time, failed, passed"
    )
    return Scope(f"SELECT {names} FROM ({inner}) n", scope.values)


@lru_cache(maxsize=20_000)
def place_of(operation: str, place: str) -> tuple[str, str, str]:
    """The catalogue's key, the method and the template; where it has none "", the method and the path without ids."""
    if operation and (named := load_catalogue().get(operation)) is not None:
        return named.key, named.method, named.path
    method, _, path = place.partition(" ")
    matched = _matcher().match(method or "GET", path)
    if not matched.operation:
        return "", method, redact(path)[:300] or redact(operation)[:100]
    return matched.operation, method or "GET", matched.path


@lru_cache(maxsize=1)
def _matcher() -> PathMatcher:
    return PathMatcher()


@lru_cache(maxsize=20_000)
def _clean(text: str) -> str:
    return hide_emails(redact((text or "")[:3000]))[:300]


def _key(row: tuple[Any, ...]) -> Key:
    operation, place, region, stage, status, code, told, more = row
    return Key(
        operation or "", place or "", region or "", stage or "api", int(status or 0), code or "",
        told or "", more or "",
    )  # fmt: skip


def _add_sellers(engine: Engine, window: Scope, found: dict[Key, Kind]) -> None:
    """Whom each kind hits most, where, and request ids."""
    rows = engine.rows(
        f"SELECT {_KEYS}, seller_id, marketplaces, count(*) AS all_calls, max(request_id) AS rid"
        f" FROM ({window.sql}) w WHERE failed = 1 GROUP BY {_KEYS}, seller_id, marketplaces"
        f" ORDER BY all_calls DESC LIMIT {_MOST_PAIRS}",
        window.values,
    )
    sellers: dict[Key, Counter[str]] = {}
    places: dict[Key, Counter[str]] = {}
    ids = _newest_ids(engine, window)
    for row in rows:
        key, (seller, marketplaces, calls, request_id) = _key(row[:8]), row[8:]
        if seller:
            sellers.setdefault(key, Counter())[seller] += int(calls)
        for place in (marketplaces or "").split(","):
            places.setdefault(key, Counter())[place] += int(calls)
        _keep(ids, key, request_id)
    for key, kind in found.items():
        named = tuple(seller for seller, _ in sellers.get(key, Counter()).most_common(_SELLERS_NAMED))
        found[key] = msgspec.structs.replace(
            kind,
            sellers=named or kind.sellers,
            marketplaces=tuple(place for place, _ in places.get(key, Counter()).most_common() if place),
            request_ids=tuple(ids.get(key, ())),
        )


def _newest_ids(engine: Engine, window: Scope) -> dict[Key, list[str]]:
    """The newest request ids of each kind among the newest failures."""
    rows = engine.rows(
        f"SELECT {_KEYS}, request_id FROM ({window.sql}) w WHERE failed = 1 AND request_id <> ''"
        f" ORDER BY time DESC LIMIT {_MOST_IDS}",
        window.values,
    )
    ids: dict[Key, list[str]] = {}
    for row in rows:
        _keep(ids, _key(row[:8]), row[8])
    return ids


def _keep(ids: dict[Key, list[str]], key: Key, request_id: str) -> None:
    known = ids.setdefault(key, [])
    if request_id and len(known) < _IDS_KEPT and (clean := redact(request_id)[:100]) not in known:
        known.append(clean)


def _with_callers(engine: Engine, window: Scope, compared: dict[Key, Kind]) -> dict[Key, Kind]:
    """How many sellers called in the time of each kind, and how the call fares in each region."""
    if not compared:
        return {}
    regions, callers = _regions(engine, window), _callers(engine, window)
    found = {}
    for each, kind in compared.items():
        shares = regions.get((each.operation, each.place), {})
        inside, since = callers.get(each) or (shares[each.region].calling if each.region in shares else 0, 0)
        found[each] = msgspec.structs.replace(
            kind,
            calling=max(inside if inside >= FEWEST_SELLERS else since, kind.hit),
            regions=tuple(share for name, share in sorted(shares.items()) if name and name != each.region),
        )
    return found


def _callers(engine: Engine, window: Scope) -> dict[Key, tuple[int, int]]:
    """Sellers that called between a kind's first and last failure, and, for kinds that hit few, since the first. Kinds
    that go on through nearly all of the window are left out: there the callers of the window are meant.
    """
    times = f"SELECT min(time) AS begins, max(time) AS ends FROM ({window.sql}) w"
    begun, ended = (utc(each) for each in engine.rows(times, window.values)[0])
    if begun is None or ended is None:
        return {}
    edge = (ended - begun) * _NEARLY_ALL
    values = {**window.values, "early": engine.moment(begun + edge), "late": engine.moment(ended - edge)}
    names = {name: f"kind_{name}" for name in ("stage", "status", "code", "told", "more")}
    own = ", ".join(f"{name} AS {kind}" for name, kind in names.items())
    there = (
        f"SELECT operation, place, region, {own}, min(time) AS kind_first, max(time) AS kind_last,"
        f" count(DISTINCT nullif(seller_id, '')) AS kind_hit, count(*) AS kind_calls FROM ({window.sql}) w"
        f" WHERE failed = 1 GROUP BY {_KEYS} HAVING min(time) > :early OR max(time) < :late"
        f" ORDER BY kind_hit DESC, kind_calls DESC LIMIT {COMPARED}"
    )
    calls = f"SELECT operation, place, region, seller_id, time FROM ({window.sql}) w WHERE seller_id <> ''"
    key = f"operation, place, region, {', '.join(names.values())}"
    inside = "time >= kind_first AND time <= kind_last"
    since = f"kind_hit < {FEWEST_SELLERS} AND time >= kind_first"
    rows = engine.rows(
        f"SELECT {key}, count(DISTINCT CASE WHEN {inside} THEN seller_id END) AS inside,"
        f" count(DISTINCT CASE WHEN {since} THEN seller_id END) AS since"
        f" FROM ({calls}) c JOIN ({there}) k USING (operation, place, region) GROUP BY {key}",
        values,
    )
    return {_key(row[:8]): (int(row[8] or 0), int(row[9] or 0)) for row in rows}


def _regions(engine: Engine, window: Scope) -> dict[tuple[str, str], dict[str, Share]]:
    """By call and region: sellers that make it, and those for whom it only fails."""
    sellers = (
        "SELECT operation, place, region, seller_id, min(failed) AS only_fails"
        f" FROM ({window.sql}) w WHERE seller_id <> '' GROUP BY operation, place, region, seller_id"
    )
    rows = engine.rows(
        "SELECT operation, place, region, count(*) AS calling, sum(only_fails) AS failing"
        f" FROM ({sellers}) s GROUP BY operation, place, region",
        window.values,
    )
    found: dict[tuple[str, str], dict[str, Share]] = {}
    for operation, place, region, calling, failing in rows:
        shares = found.setdefault((operation or "", place or ""), {})
        shares[region or ""] = Share(region or "", int(calling), int(failing or 0))
    return found


def _sum(one: Kind, other: Kind) -> Kind:
    """One kind under two names or texts. Which sellers they have in common is not known: at least the larger number."""
    larger = one if one.calling >= other.calling else other
    return msgspec.structs.replace(
        larger,
        hit=max(one.hit, other.hit),
        calls=one.calls + other.calls,
        first=min(one.first, other.first),
        last=max(one.last, other.last),
        sellers=tuple(dict.fromkeys((*one.sellers, *other.sellers))),
        marketplaces=tuple(dict.fromkeys((*one.marketplaces, *other.marketplaces))),
        request_ids=tuple(dict.fromkeys((*one.request_ids, *other.request_ids)))[:_IDS_KEPT],
        at_least=True,
    )
