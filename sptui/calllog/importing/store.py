"""Where imported calls go: what the two kinds of store have in common, and the plain one in SQLite."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

import msgspec

from sptui.calllog.importing.fields import FIELDS, Mapped
from sptui.calllog.importing.ledger import Ledger, Progress, Statement, progressed
from sptui.calllog.importing.reading import Unreadable, Values, record_of
from sptui.calllog.paths import PathMatcher
from sptui.calllog.tally import catch_up, forget_before
from sptui.spapi.calls import CallRecord

IDENTITY: Final = Mapped({field: field for field in FIELDS})
"""The mapping of lines that are written in sptui's own names."""


class Added(msgspec.Struct, frozen=True):
    """What became of the lines of a block: new calls, calls known already, lines kept aside."""

    new: int = 0
    known: int = 0
    aside: int = 0


class ImportStore(Protocol):
    """Takes lines and keeps the calls; what ``add`` was given is stored, with the progress, when it returns."""

    def add(self, values: Sequence[Values], aside: Sequence[Unreadable], progress: Progress) -> Added:
        """Stores lines that were read here."""

    def add_json_lines(
        self, data: bytes, mapped: Mapped, progress: Progress, aside: Sequence[Unreadable] | None = None
    ) -> Added | None:
        """Stores lines of JSON as they are. Without ``aside``: None where some cannot be read, and nothing is stored;
        with it, they were sorted out before.
        """

    def finish(self) -> None:
        """After the last block: whatever makes the questions quick."""

    def forget_before(self, moment: datetime) -> int:
        """Removes the calls made before then, and tells how many."""

    def close(self) -> None:
        """Lets go of what is open; the ledger is its owner's."""


class SqliteStore:
    """Keeps the calls in the ledger's own file. About 20 times slower than the store of the extra ``log``."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._matcher = PathMatcher()

    def add(self, values: Sequence[Values], aside: Sequence[Unreadable], progress: Progress) -> Added:
        """Stores lines; those that are known (every field the same) are left out."""
        rejected = list(aside)
        records: dict[str, CallRecord] = {}
        for each in values:
            record = record_of(each, self._matcher)
            if isinstance(record, Unreadable):
                rejected.append(record)
            else:
                records[_identity(each)] = record
        while True:
            generation = self._ledger.generation()
            new = {key: record for key, record in records.items() if not self._knows(key)}
            statements = [statement for key, record in new.items() for statement in _insert(key, record)]
            if self._ledger.commit(generation, [*statements, *progressed(progress, rejected)]):
                known = len(values) - len(new) - (len(rejected) - len(aside))
                return Added(len(new), known, len(rejected))

    def add_json_lines(
        self, data: bytes, mapped: Mapped, progress: Progress, aside: Sequence[Unreadable] | None = None
    ) -> Added | None:
        """Never: lines are read one by one here."""
        del data, mapped, progress, aside
        return None

    def finish(self) -> None:
        """Brings the roll-up up to date."""
        catch_up(self._ledger.database)

    def forget_before(self, moment: datetime) -> int:
        """Removes the calls made before then, and tells how many."""
        self.finish()
        self._ledger.database.write([("DELETE FROM known WHERE time < ?", (moment.astimezone(UTC).isoformat(),))])
        return forget_before(self._ledger.database, moment)

    def close(self) -> None:
        """Nothing is open but the ledger."""

    def _knows(self, identity: str) -> bool:
        return bool(self._ledger.database.query("SELECT 1 FROM known WHERE identity = ?", (identity,)))


def _identity(values: Values) -> str:
    return hashlib.sha256("\x1f".join(msgspec.structs.astuple(values)).encode(errors="replace")).hexdigest()[:32]


def _insert(identity: str, record: CallRecord) -> list[Statement]:
    from sptui.calllog.store import row_of

    row = row_of(record)
    return [
        ("INSERT INTO call VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row),
        ("INSERT INTO known VALUES (?, ?)", (identity, row[0])),
    ]
