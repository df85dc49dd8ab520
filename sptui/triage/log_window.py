"""A log counted: failures by signature, and who else made which call with what end."""

from __future__ import annotations

import functools
from collections import Counter
from datetime import datetime
from typing import Final

import msgspec

from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.triage.normalise import code_word, normalised

_IDS_KEPT: Final = 3


_MOST_KEPT_APART: Final = 100_000
"""Sellers of one call and kinds of failure that are counted one by one; a log of more says nothing more."""


class Signature(msgspec.Struct, frozen=True):
    """What makes two failures of a log the same; ``code``, ``message`` and ``details`` are normalised.

    ``operation`` is the catalogue's key, or the path where the catalogue has none. ``status`` 0: no answer came.
    """

    operation: str
    method: str
    path: str
    region: str
    stage: str
    status: int
    code: str
    message: str
    details: str


class _Passed:
    """When a call passed for a seller: the first and the last time."""

    __slots__ = ("first", "last")

    def __init__(self, time: datetime) -> None:
        self.first = self.last = time

    def add(self, time: datetime) -> None:
        if time < self.first:
            self.first = time
        elif time > self.last:
            self.last = time


class Hits:
    """The failures of one signature."""

    def __init__(self, record: CallRecord) -> None:
        self.sample = record
        self.first = self.last = record.time
        self.calls = 0
        self.sellers: Counter[str] = Counter()
        self.marketplaces: Counter[str] = Counter()
        self.places: dict[str, set[str]] = {}
        """By seller: the marketplaces of the calls that failed."""
        self.newest: list[tuple[datetime, str]] = []

    def add(self, record: CallRecord) -> None:
        """Counts one more."""
        self.calls += 1
        if record.time < self.first:
            self.first = record.time
        elif record.time > self.last:
            self.last = record.time
        if record.seller_id:
            self.sellers[record.seller_id] += 1
        for id_ in record.marketplaces:
            self.marketplaces[id_] += 1
            self.places.setdefault(record.seller_id, set()).add(id_)
        if record.request_id:
            self._remember(record)

    def _remember(self, record: CallRecord) -> None:
        if len(self.newest) < _IDS_KEPT or record.time > self.newest[-1][0]:
            self.newest = sorted([*self.newest, (record.time, record.request_id)], reverse=True)[:_IDS_KEPT]


class LogWindow:
    """The records, counted: failures by signature, and who else made which call with what end."""

    def __init__(self) -> None:
        self.failures: dict[Signature, Hits] = {}
        self.passed: dict[str, dict[str, dict[str, _Passed]]] = {}
        """By operation, region and seller."""
        self.failed: dict[str, dict[str, dict[str, datetime]]] = {}
        """By operation, region and seller: the last failure, of whatever kind."""
        self.recovered: dict[tuple[str, str, str], bool] = {}
        """By operation, region and seller: it passed again after a failure; True: and then failed once more."""
        self.passed_in: dict[tuple[str, str], set[str]] = {}
        """By operation and seller: marketplaces in which it passed."""
        self.passing_for: dict[tuple[str, str], set[str]] = {}
        """By seller and region: operations that passed."""
        self.failing_for: dict[tuple[str, str], set[str]] = {}

    def add(self, record: CallRecord) -> None:
        """Counts a record; they come in the order of their times."""
        operation = _name_of(record.operation, record.method, record.path)
        region = record.region or _region_of(record.marketplaces)
        seller = record.seller_id
        own = (seller, region)
        if 200 <= record.status < 300 and not record.code:
            times = self.passed.setdefault(operation, {}).setdefault(region, {})
            known = times.get(seller)
            if known is None:
                times[seller] = _Passed(record.time)
            else:
                known.add(record.time)
            if seller in self.failed.get(operation, {}).get(region, {}):
                self.recovered.setdefault((operation, region, seller), False)
            if record.marketplaces:
                self.passed_in.setdefault((operation, seller), set()).update(record.marketplaces)
            self.passing_for.setdefault(own, set()).add(operation)
            return
        self.failing_for.setdefault(own, set()).add(operation)
        last = self.failed.setdefault(operation, {}).setdefault(region, {})
        if seller not in last or record.time > last[seller]:
            last[seller] = record.time
        if (operation, region, seller) in self.recovered:
            self.recovered[operation, region, seller] = True
        signature = Signature(
            operation, record.method, record.path, region, record.stage, record.status,
            code_word(record.code), normalised(record.message), normalised(record.details),
        )  # fmt: skip
        hits = self.failures.get(signature)
        if hits is None:
            if len(self.failures) >= _MOST_KEPT_APART:
                return
            hits = self.failures[signature] = Hits(record)
        hits.add(record)


@functools.lru_cache(maxsize=20_000)
def _name_of(operation: str, method: str, path: str) -> str:
    """The catalogue's key of a record's call, else its path without ids."""
    catalogue = load_catalogue()
    if operation in operations_by_key():
        return operation
    if (found := catalogue.match(method, path)) is not None:
        return found[0].key
    named = catalogue.named(operation) if operation else []
    return named[0].key if len(named) == 1 else f"{method} {normalised(path)}"


@functools.cache
def operations_by_key() -> dict[str, Operation]:
    """The catalogue by exact key."""
    return {each.key: each for each in load_catalogue()}


@functools.lru_cache(maxsize=5_000)
def _region_of(marketplaces: tuple[str, ...]) -> str:
    return next((MARKETPLACES[each].region.value for each in marketplaces if each in MARKETPLACES), "")
