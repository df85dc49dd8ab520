"""What the log screen knows: the calls and errors that were asked for, kept while the next ones come, and followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

import msgspec

from sptui.calllog.browsing import Chosen
from sptui.calllog.preparing import Step
from sptui.calllog.query import Query
from sptui.calllog.questions import Question, Signature, WhoAnswer
from sptui.spapi.calls import CallRecord

FIRST_PAGE: Final = 500
LARGEST_PAGE: Final = 20_000
_PAGE_GROWS: Final = 4
_LATE: Final = timedelta(minutes=2)
"""A call is logged when it has ended and bears the time when it began: so much later at most, mostly."""


class View(StrEnum):
    """What is shown of the log."""

    CALLS = "calls"
    ERRORS = "errors"


class Desk(Protocol):
    """What is needed of ``sptui.calllog.desk.LogDesk``."""

    @property
    def preparing(self) -> Step | None:
        """What is done before the log can be asked, while that lasts."""

    async def calls(self, chosen: Chosen, limit: int = 500) -> list[CallRecord]:
        """The newest of the chosen calls, newest first."""

    async def count(self, chosen: Chosen) -> int:
        """How many calls are chosen."""

    async def signatures(self, chosen: Chosen) -> list[Signature]:
        """The kinds of errors among them."""

    async def who(self, question: Question) -> WhoAnswer:
        """Who else gets this error."""

    async def newest(self) -> datetime | None:
        """The time of the newest call."""

    def cancel(self) -> None:
        """Ends the question that is being answered."""

    async def aclose(self) -> None:
        """Lets go of the log."""


class Followed(NamedTuple):
    """What following found. ``gap``: more came than were read, so that between the new and the old some are missing."""

    new: int
    gap: bool = False


class ShownCalls:
    """Calls by key, newest first. A call keeps its key for as long as it is shown."""

    def __init__(self) -> None:
        self.by_key: dict[str, CallRecord] = {}
        self._keys: dict[tuple[CallRecord, int], str] = {}
        self._made = 0

    def replace(self, records: Iterable[CallRecord]) -> None:
        """Shows these, in their order."""
        before, seen = self._keys, Counter[CallRecord]()
        self._keys, self.by_key = {}, {}
        for each in records:
            name = (each, seen[each])  # alike calls are several all the same
            seen[each] += 1
            key = before.get(name)
            if key is None:
                self._made += 1
                key = str(self._made)
            self._keys[name] = key
            self.by_key[key] = each

    def add(self, records: Iterable[CallRecord], at_most: int) -> int:
        """Shows those too that are not shown yet, and gives their number; of all only the newest stay."""
        shown = Counter(self.by_key.values())
        new = list((Counter(records) - shown).elements())
        if new:
            together = sorted((*new, *self.by_key.values()), key=lambda each: each.time, reverse=True)
            self.replace(together[:at_most])
        return len(new)


class LogFeed:
    """Asks the desk one thing after the other. Everything raises what the desk raises; then what was known stays."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.query = Query()
        self.calls = ShownCalls()
        self.errors: dict[str, Signature] = {}
        self.total: int | None = None
        self.limit = FIRST_PAGE
        self.chosen = Chosen()
        self._loaded: set[View] = set()
        self._newest: datetime | None = None

    def ask_for(self, query: Query) -> None:
        """From now on other calls are meant."""
        self.query = query
        self.limit = FIRST_PAGE
        self.forget()

    def forget(self) -> None:
        """What is shown is to be asked again; until then it stays."""
        self._loaded = set()
        self.total = None

    def is_loaded(self, view: View) -> bool:
        """Whether what is shown answers what is asked for now."""
        return view in self._loaded

    @property
    def has_more(self) -> bool:
        """Whether older calls are not shown that could be."""
        return len(self.calls.by_key) >= self.limit and self.limit < LARGEST_PAGE

    def grow(self) -> None:
        """A longer list is wanted."""
        self.limit = min(LARGEST_PAGE, self.limit * _PAGE_GROWS)
        self._loaded.discard(View.CALLS)

    async def load(self, view: View) -> None:
        """Asks for what a view shows."""
        query = self.query
        self._newest = await self.desk.newest()
        self.chosen = query.at(self._newest)
        if view is View.CALLS:
            self.calls.replace(await self.desk.calls(self.chosen, self.limit))
        else:
            found = await self.desk.signatures(self.chosen)
            self.errors = {f"{each.operation} {each.status} {each.code} {each.message}": each for each in found}
        self._loaded.add(view)

    async def count(self) -> None:
        """Asks how many calls fit, unless the list holds them all or it is known."""
        if View.CALLS in self._loaded and len(self.calls.by_key) < self.limit:
            self.total = len(self.calls.by_key)
        elif self.total is None:
            self.total = await self.desk.count(self.chosen)

    async def follow(self, view: View, keep: int) -> Followed:
        """Asks for what has come since. ``keep``: so many calls stay in the list at least."""
        if view is View.ERRORS:
            newest = await self.desk.newest()
            if newest == self._newest:
                return Followed(0)
            self.forget()
            await self.load(view)
            await self.count()
            return Followed(1)
        shown = next(iter(self.calls.by_key.values()), None)
        since = max(filter(None, (self.chosen.since, shown.time - _LATE if shown else None)), default=None)
        page = await self.desk.calls(msgspec.structs.replace(self.chosen, since=since), FIRST_PAGE)
        if shown is not None and len(page) == FIRST_PAGE and page[-1].time > shown.time:
            return Followed(len(page), gap=True)
        new = self.calls.add(page, max(self.limit, keep))
        if new:
            self._loaded.discard(View.ERRORS)
        if self.total is not None:
            self.total += new
        return Followed(new)
