"""What else the sellers do that a kind of failure hits most: asked for all kinds at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from sptui.calllog.asking.engine import Engine, Scope, utc
from sptui.calllog.kinds import Kind, Looked

if TYPE_CHECKING:
    from sptui.calllog.asking.kinds import Key

LOOKED_AT: Final = 8
"""Sellers of each kind, those that it hits most."""
_MOST_SELLERS: Final = 2000
_MOST_OVER: Final = 40
"""Kinds that may be over, for which is asked whether the call passed in between."""
_MOST_STATES: Final = 200_000
Place = Callable[[str, str], tuple[str, str, str]]


class _State(NamedTuple):
    """A seller's calls of one operation in some marketplaces that ended alike."""

    operation: str
    region: str
    places: frozenset[str]
    passed: bool
    first: datetime
    last: datetime


def look_at(engine: Engine, window: Scope, compared: Mapping[Key, Kind], place_of: Place) -> dict[Key, Looked]:
    """What is seen of the kinds' sellers. ``window`` is as ``asking.kinds`` makes it."""
    each = max(2, min(LOOKED_AT, _MOST_SELLERS // max(1, len(compared))))
    compared = {key: msgspec.structs.replace(kind, sellers=kind.sellers[:each]) for key, kind in compared.items()}
    sellers = sorted({seller for kind in compared.values() for seller in kind.sellers})
    if not sellers:
        return {}
    names = {f"seller{number}_": seller for number, seller in enumerate(sellers)}
    among = ", ".join(f":{name}" for name in names)
    scope = Scope(f"SELECT * FROM ({window.sql}) w WHERE seller_id IN ({among})", {**window.values, **names})
    states = _states(engine, scope, place_of)
    looked = {key: _looked(kind, states) for key, kind in compared.items()}
    over = {key: compared[key] for key, each in looked.items() if each.before and each.after * 2 > each.sellers}
    between = _between(engine, scope, dict(islice(over.items(), _MOST_OVER)))
    return {key: msgspec.structs.replace(each, between=between.get(key, each.sellers)) for key, each in looked.items()}


def _states(engine: Engine, scope: Scope, place_of: Place) -> dict[str, list[_State]]:
    alike = "seller_id, operation, place, region, marketplaces, passed"
    rows = engine.rows(
        f"SELECT {alike}, min(time) AS first_seen, max(time) AS last_seen FROM ({scope.sql}) l GROUP BY {alike}"
        f" LIMIT {_MOST_STATES}",
        scope.values,
    )
    states: dict[str, list[_State]] = {}
    for seller, operation, place, region, marketplaces, ended, first_seen, last_seen in rows:
        first, last = utc(first_seen), utc(last_seen)
        if first is None or last is None:
            continue
        key, _, template = place_of(operation or "", place or "")
        places = frozenset(filter(None, (marketplaces or "").split(",")))
        states.setdefault(seller, []).append(
            _State(key or template, region or "", places, bool(int(ended)), first, last)
        )
    return states


def _between(engine: Engine, scope: Scope, compared: Mapping[Key, Kind]) -> dict[Key, int]:
    """For how many of the sellers looked at the call passed between the kind's first and last failure."""
    columns, values, asked = [], dict(scope.values), []
    for number, (key, kind) in enumerate(compared.items()):
        sellers = {f"s{number}_{place}_": seller for place, seller in enumerate(kind.sellers)}
        if not sellers or kind.first == kind.last:
            continue
        asked.append(key)
        values |= sellers
        values |= {f"f{number}_": engine.moment(kind.first), f"l{number}_": engine.moment(kind.last)}
        values |= {f"o{number}_": key.operation, f"p{number}_": key.place, f"r{number}_": key.region}
        columns.append(
            f"count(DISTINCT CASE WHEN operation = :o{number}_ AND place = :p{number}_"
            f" AND region = :r{number}_ AND time > :f{number}_ AND time < :l{number}_"
            f" AND seller_id IN ({', '.join(f':{name}' for name in sellers)}) THEN seller_id END) AS between{number}"
        )
    if not columns:
        return {}
    rows = engine.rows(f"SELECT {', '.join(columns)} FROM ({scope.sql}) l WHERE passed = 1", values)
    return {key: int(count or 0) for key, count in zip(asked, rows[0], strict=True)} if rows else {}


def _looked(kind: Kind, states: Mapping[str, list[_State]]) -> Looked:
    sellers = [seller for seller in kind.sellers if seller in states]
    name = kind.operation or kind.path
    before = since = after = elsewhere = here = 0
    passing: set[str] = set()
    failing: set[str] = set()
    for seller in sellers:
        there = [each for each in states[seller] if each.region in (kind.region, "")]
        good = [each for each in there if each.passed and each.operation == name]
        bad = {place for each in there if not each.passed and each.operation == name for place in each.places}
        before += any(each.first < kind.first for each in good)
        since += any(each.last > kind.first for each in good)
        after += any(each.last > kind.last for each in good)
        passed_in = {place for each in good for place in each.places}
        elsewhere += bool(passed_in - bad)
        here += bool(passed_in & bad)
        passing |= {each.operation for each in there if each.passed and each.operation != name}
        failing |= {each.operation for each in there if not each.passed and each.operation != name}
    return Looked(
        sellers=len(sellers), before=before, since=since, after=after, elsewhere=elsewhere, here=here,
        passing=tuple(sorted(passing)), failing=tuple(sorted(failing - passing)),
    )  # fmt: skip
