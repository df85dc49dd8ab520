"""An import from its beginning to its end: opened, each file in turn, what became of them; it can be cancelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.importing.importer import Importer, Report
from sptui.calllog.importing.ledger import Ledger, Progress
from sptui.calllog.importing.record import record_of
from sptui.calllog.importing.sources import files_in, source_of
from sptui.calllog.importing.store import Added, SqliteStore, identity_of
from sptui.calllog.importing.values import Unreadable, Values
from sptui.calllog.paths import PathMatcher
from sptui.spapi.calls import CallRecord


class Outcome(msgspec.Struct, frozen=True):
    """What became of the files: a report of each that could be opened, why the others could not, and the lines kept
    aside by this and earlier imports, with their source.
    """

    reports: tuple[Report, ...]
    failures: tuple[str, ...]
    aside: tuple[tuple[str, Unreadable], ...]
    cancelled: bool


def import_each(
    importer: Importer, places: Sequence[str], reports: list[Report], failed: Callable[[CallLogError], None]
) -> None:
    """Imports one file after the other; one that cannot be read stops none of the others, unless it is the only one.

    Raises CallLogError and DatabaseError.
    """
    files = files_in(list(places))
    for path in files:
        if importer.cancelled:
            return
        try:
            reports.append(importer.run(path))
        except CallLogError as problem:
            if len(files) == 1:
                raise
            failed(problem)


class ImportRun:
    """One import into the folder of imported calls, or into memory; ``run`` it in a thread."""

    def __init__(
        self,
        folder: Path | None,
        *,
        mapping: Mapping[str, str] | None = None,
        oldest: datetime | None = None,
        on_progress: Callable[[Report], None] = lambda _: None,
        remember: Memory | None = None,
    ) -> None:
        """``folder``: the data folder; None: into ``remember``. ``mapping``: a person's, field to column. Calls made
        before the hour of ``oldest`` are left out.
        """
        self._folder = folder
        self._mapping = tuple(f"{field}={column}" for field, column in (mapping or {}).items())
        self._oldest = oldest
        self._on_progress = on_progress
        self._remember = remember
        self._importer: Importer | None = None
        self._cancelled = False

    def cancel(self) -> None:
        """Ends after the block in work; may be called from another thread, and before ``run``."""
        self._cancelled = True
        if self._importer is not None:
            self._importer.cancel()

    def run(self, places: Sequence[str]) -> Outcome:
        """Imports files and folders. Raises CallLogError, DatabaseError, and ValueError for a mapping that is none."""
        from sptui.calllog import opening

        reports: list[Report] = []
        failures: list[str] = []
        with opening.opened_ledger(self._folder) as ledger, opening.opened_store(ledger, self._folder) as opened:
            store = opened if self._remember is None else MemoryStore(ledger, self._remember)
            if self._oldest is not None:
                store.leave_out_before(self._oldest)
            self._importer = Importer(ledger, store, map_by_hand=self._mapping, on_progress=self._on_progress)
            if self._cancelled:
                self._importer.cancel()
            import_each(self._importer, places, reports, lambda problem: failures.append(str(problem)))
            sources = {source_of(each.path) for each in reports}
            aside = tuple(each for each in reversed(ledger.unreadable()) if each[0] in sources)
        return Outcome(tuple(reports), tuple(failures), aside, self._cancelled)


class Memory:
    """Where imported calls go in a simulated world: to its own log, and known for as long as the program runs."""

    def __init__(self, record: Callable[[CallRecord], None]) -> None:
        self.record = record
        self.known: set[str] = set()


class MemoryStore(SqliteStore):
    """Hands every new call to a ``Memory``; the ledger keeps the progress and the lines kept aside alone."""

    def __init__(self, ledger: Ledger, memory: Memory) -> None:
        super().__init__(ledger)
        self._memory = memory
        self._paths = PathMatcher()

    def add(self, values: Sequence[Values], aside: Sequence[Unreadable], progress: Progress) -> Added:
        """Hands over the calls that are new."""
        new = 0
        for each in values:
            record = record_of(each, self._paths)
            if not isinstance(record, CallRecord):
                continue
            identity = identity_of(each, record)
            if identity not in self._memory.known:
                self._memory.known.add(identity)
                self._memory.record(record)
                new += 1
        super().add((), aside, progress)
        return Added(new, len(values) - new, len(aside))
