"""Where imported calls go: what the two kinds of store have in common, and the plain one in SQLite."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec

from sptui.calllog.importing.fields import FIELDS, Mapped
from sptui.calllog.importing.ledger import Ledger, Progress, Statement, progressed
from sptui.calllog.importing.record import record_of
from sptui.calllog.importing.shape import Shape
from sptui.calllog.importing.sources import Block
from sptui.calllog.importing.values import Unreadable, Values
from sptui.calllog.paths import PathMatcher
from sptui.calllog.tally import catch_up, forget_before, whole_hour
from sptui.spapi.calls import CallRecord

IDENTITY: Final = Mapped({field: field for field in FIELDS})
"""The mapping of lines that are written in sptui's own names."""


class Added(msgspec.Struct, frozen=True):
    """What became of the lines of a block: new calls, calls known already, lines kept aside, calls too old to keep."""

    new: int = 0
    known: int = 0
    aside: int = 0
    old: int = 0


class ImportStore(Protocol):
    """Takes lines and keeps the calls; what it was given is stored, with the progress, when it returns."""

    @property
    def takes_text(self) -> bool:
        """Whether it reads whole blocks of text itself: then it is offered them before they are read in Python."""

    def add(self, values: Sequence[Values], aside: Sequence[Unreadable], progress: Progress) -> Added:
        """Stores lines that were read and checked here."""

    def add_text(
        self,
        block: Block,
        shape: Shape,
        progress: Progress,
        values: Sequence[Values] = (),
        aside: Sequence[Unreadable] = (),
    ) -> Added | None:
        """Stores the lines of a block as they are, and with them those that were read and checked here. None, and
        nothing is stored, where one of them cannot be read without doubt.
        """

    def leave_out_before(self, moment: datetime) -> None:
        """Calls made before the hour of then are counted from now on, and not stored."""

    def finish(self) -> None:
        """After the last block: whatever makes the questions quick."""

    def forget_before(self, moment: datetime) -> int:
        """Removes the calls made before then, and tells how many."""

    def close(self) -> None:
        """Lets go of what is open; the ledger is its owner's."""


class SqliteStore:
    """Keeps the calls in the ledger's own file. More than ten times slower than that of the extra ``log``."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._matcher = PathMatcher()
        self._oldest: datetime | None = None

    @property
    def takes_text(self) -> bool:
        """Never: lines are read one by one here."""
        return False

    def add(self, values: Sequence[Values], aside: Sequence[Unreadable], progress: Progress) -> Added:
        """Stores lines; those that are known (every field the same) are left out."""
        records: dict[str, CallRecord] = {}
        old = 0
        for each in values:
            record = record_of(each, self._matcher)
            if isinstance(record, CallRecord) and self._oldest is not None and record.time < self._oldest:
                old += 1
            elif isinstance(record, CallRecord):
                records[identity_of(each, record)] = record
        while True:
            generation = self._ledger.generation()
            new = {key: record for key, record in records.items() if not self._knows(key)}
            statements = [statement for key, record in new.items() for statement in _insert(key, record)]
            if self._ledger.commit(generation, [*statements, *progressed(progress, aside)]):
                return Added(len(new), len(values) - old - len(new), len(aside), old)

    def add_text(
        self,
        block: Block,
        shape: Shape,
        progress: Progress,
        values: Sequence[Values] = (),
        aside: Sequence[Unreadable] = (),
    ) -> Added | None:
        """Never."""
        del block, shape, progress, values, aside
        return None

    def leave_out_before(self, moment: datetime) -> None:
        """Calls made before the hour of then are left out."""
        self._oldest = whole_hour(moment)

    def finish(self) -> None:
        """Brings the roll-up up to date."""
        catch_up(self._ledger.database)

    def forget_before(self, moment: datetime) -> int:
        """Removes the calls made before the hour of then but for the newest, and tells how many."""
        newest = "(SELECT time FROM call ORDER BY id DESC LIMIT 1)"
        self._ledger.database.write(
            [(f"DELETE FROM known WHERE time < ? AND time IS NOT {newest}", (whole_hour(moment).isoformat(),))]
        )
        return forget_before(self._ledger.database, moment)

    def close(self) -> None:
        """Nothing is open but the ledger."""

    def _knows(self, identity: str) -> bool:
        return bool(self._ledger.database.query("SELECT 1 FROM known WHERE identity = ?", (identity,)))


def identity_of(values: Values, record: CallRecord) -> str:
    """The same for two lines that say the same, however they write the time and the marketplaces."""
    same = msgspec.structs.replace(values, marketplaces=",".join(record.marketplaces))
    return hashlib.sha256("\x1f".join(msgspec.structs.astuple(same)).encode(errors="replace")).hexdigest()[:32]


def _insert(identity: str, record: CallRecord) -> list[Statement]:
    from sptui.calllog.store import INSERT, row_of

    row = row_of(record)
    return [
        (INSERT, row),
        ("INSERT INTO known VALUES (?, ?)", (identity, row[0])),
    ]
