"""Many sellers in an order: worst first, or by another key; filtered, grouped, counted.

Works on what the monitor holds in memory; nothing here reads a file or asks the network, so that thousands of sellers
can be ordered between two frames of a screen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Protocol

import msgspec

from sptui.health.known import Known
from sptui.health.preflight import label_of, store_problems
from sptui.health.standing import Rank, Standing
from sptui.spapi.authorization import Authorization, Seller


class Order(StrEnum):
    """By what the sellers stand in their order; within the same, by name."""

    WORST = "worst"
    NAME = "name"
    REGION = "region"
    APPLICATION = "application"
    AGE = "age"
    CHANGED = "changed"


class Grouping(StrEnum):
    """Under which headings they stand."""

    NONE = "none"
    REGION = "region"
    APPLICATION = "application"


class FleetSource(Protocol):
    """What the fleet asks of the monitor."""

    def known(self, authorization: Authorization) -> Known:
        """What is known of an authorization."""
        ...

    def standing(self, authorization: Authorization) -> Standing:
        """What it is sorted by."""
        ...


class Entry(msgspec.Struct, frozen=True):
    """One row: a seller, or the part of it that stands under one heading.

    ``read``: when the oldest of its parts was read, None where one was never. ``changed``: when it last changed
    since the last look, None where it did not.
    """

    key: str
    name: str
    seller: Seller
    authorizations: tuple[Authorization, ...]
    group: str
    rank: Rank
    problems: tuple[str, ...]
    read: datetime | None
    changed: datetime | None
    text: str
    """Everything that the filter looks at, in lower case."""


class Counts(msgspec.Struct, frozen=True):
    """How many sellers there are, and how they stand."""

    sellers: int = 0
    closed: int = 0
    problems: int = 0
    failed: int = 0
    unknown: int = 0
    changed: int = 0


_BEYOND: Final = len(Rank)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class Fleet:
    """The rows of all sellers; each is made when it is first needed, and again when its seller changed."""

    def __init__(
        self,
        source: FleetSource,
        application_name: Callable[[Authorization], str],
        last_look: datetime | None,
    ) -> None:
        """``last_look``: what changed after it counts as changed; None: nothing does."""
        self._source = source
        self._application_name = application_name
        self._last_look = last_look
        self._acknowledged: dict[str, datetime] = {}
        self._entries: dict[str, Entry] = {}
        self._of_seller: dict[str, list[str]] = {}

    def entry(self, key: str) -> Entry | None:
        """The row of a key, as it was made last."""
        return self._entries.get(key)

    def forget(self, seller_name: str) -> None:
        """What is known of a seller changed: its rows are made anew when next asked for."""
        for key in self._of_seller.pop(seller_name, ()):
            self._entries.pop(key, None)

    def forget_all(self) -> None:
        """Sellers were added, edited or removed."""
        self._entries.clear()
        self._of_seller.clear()

    def acknowledge(self, authorizations: Iterable[Authorization]) -> None:
        """The person saw what changed of these."""
        for each in authorizations:
            if (changed := self._source.known(each).changed_at) is not None:
                self._acknowledged[each.key] = changed
            self.forget(each.seller)

    def rows(self, sellers: Iterable[Seller], grouping: Grouping) -> list[Entry]:
        """The rows of all ``sellers``, in no order yet."""
        found = []
        for seller in sellers:
            keys = self._of_seller.get(seller.name)
            if keys is None:
                made = [self._entry(seller, parts, group, grouping) for group, parts in self._parts(seller, grouping)]
                keys = self._of_seller[seller.name] = [each.key for each in made]
                self._entries.update((each.key, each) for each in made)
            found += [self._entries[key] for key in keys]
        return found

    def _parts(self, seller: Seller, grouping: Grouping) -> list[tuple[str, tuple[Authorization, ...]]]:
        if grouping is Grouping.NONE:
            return [("", seller.authorizations)]
        parts: dict[str, list[Authorization]] = {}
        for each in seller.authorizations:
            name = each.region.value if grouping is Grouping.REGION else self._application_name(each)
            parts.setdefault(name, []).append(each)
        return [(name, tuple(inside)) for name, inside in parts.items()]

    def _entry(
        self, seller: Seller, authorizations: tuple[Authorization, ...], group: str, grouping: Grouping
    ) -> Entry:
        known = [self._source.known(each) for each in authorizations]
        rank = min((self._source.standing(each).rank for each in authorizations), default=Rank.UNKNOWN)
        problems = tuple(problem for each in known for problem in problems_of(each))
        read = [each.reading.time if each.reading else None for each in known]
        changed = [
            moment for each, found in zip(authorizations, known, strict=True) if (moment := self._new(each, found))
        ]
        words = [seller.name, rank.name, *problems]
        for each in authorizations:
            words += [each.seller_id, each.region.value, self._application_name(each), each.application]
        for found in known:
            taking = (found.reading.participations or ()) if found.reading else ()
            words += [f"{one.country_code} {one.marketplace_id}" for one in taking]
        if changed:
            words.append("changed")
        return Entry(
            key=seller.name if grouping is Grouping.NONE else f"{seller.name}\n{group}",
            name=seller.name.casefold(),
            seller=seller,
            authorizations=authorizations,
            group=group,
            rank=rank,
            problems=problems,
            read=None if None in read else min((each for each in read if each), default=None),
            changed=max(changed, default=None),
            text=" ".join(words).casefold(),
        )

    def _new(self, authorization: Authorization, known: Known) -> datetime | None:
        changed, seen = known.changed_at, self._acknowledged.get(authorization.key)
        if changed is None or self._last_look is None or changed <= self._last_look:
            return None
        return changed if seen is None or changed > seen else None


def ordered(entries: Sequence[Entry], order: Order, *, backwards: bool = False) -> list[Entry]:
    """Sorted; the groups stand by their names, whatever the order within them."""
    found = sorted(entries, key=_KEYS[order], reverse=backwards)
    return sorted(found, key=lambda each: each.group.casefold()) if any(each.group for each in found[:1]) else found


_KEYS: Final[dict[Order, Callable[[Entry], Any]]] = {
    Order.WORST: lambda each: (each.rank, -len(each.problems), each.name),
    Order.NAME: lambda each: each.name,
    Order.REGION: lambda each: (" ".join(one.region.value for one in each.authorizations), each.name),
    Order.APPLICATION: lambda each: ([one.application for one in each.authorizations], each.name),
    Order.AGE: lambda each: (each.read or _LONG_AGO, each.name),
    Order.CHANGED: lambda each: (-each.changed.timestamp() if each.changed else 0.0, each.rank, each.name),
}


def fitting(entries: Iterable[Entry], wanted: str) -> list[Entry]:
    """Those that hold every word of ``wanted``; a word after ``!`` must not be there."""
    found = list(entries)
    for word in wanted.casefold().split():
        if not word.startswith("!"):
            found = [each for each in found if word in each.text]
        elif word != "!":
            found = [each for each in found if word[1:] not in each.text]
    return found


def counted(entries: Sequence[Entry]) -> Counts:
    """How many sellers, each by its worst row."""
    worst: dict[str, Rank] = {}
    for each in entries:
        if each.rank < worst.get(each.name, _BEYOND):
            worst[each.name] = each.rank
    ranks = Counter(worst.values())
    return Counts(
        sellers=len(worst),
        closed=ranks[Rank.CLOSED],
        problems=ranks[Rank.ALARM] + ranks[Rank.ATTENTION],
        failed=ranks[Rank.FAILED],
        unknown=ranks[Rank.UNKNOWN],
        changed=len({each.name for each in entries if each.changed}),
    )


def problems_of(known: Known) -> tuple[str, ...]:
    """One sentence a problem: ``DE: not participating``, ``US: account AT_RISK``, ``US: lateShipmentRate BAD``."""
    failed = known.failure is not None
    told = [known.failure.problem] if known.failure is not None else []
    told += store_problems(known)
    for each in known.performance.alarms:
        what = each.metric or "account"
        told.append(f"{label_of(each.marketplace_id, known)}: {what} {each.status}".rstrip())
    if known.performance.problem and not failed:
        told.append(f"no performance report: {known.performance.problem}")
    return tuple(told)
