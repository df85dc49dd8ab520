"""Keeping the questions quick while calls are recorded: by a roll-up in SQLite, and from some length on, where DuckDB
is installed, by a copy in Parquet.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from sptui.calllog import duck, tally
from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.preparing import COPYING, TALLYING, Preparing
from sptui.database import Database, DatabaseError

if TYPE_CHECKING:
    from sptui.calllog.importing.sqlite_copy import SqliteCopy

COPY_FOLDER: Final = "recorded"
"""Beside an SQLite file: where its copy lies."""
LONG: Final = 25_000
"""Calls of a log from which on it is copied; SQLite answers in a moment up to there."""


def is_long(database: Database) -> bool:
    """Whether a log is to be asked with DuckDB, where that is installed."""
    return int(database.query("SELECT coalesce(max(id), 0) FROM call")[0][0]) >= LONG


class KeptNear:
    """Follows what is written to a log, in small steps: a question after millions of calls must not wait for it.

    Use in one thread, as a context.
    """

    def __init__(self, database: Database, path: Path | None) -> None:
        """``path``: of the log's file, None in memory."""
        self._database = database
        self._folder = path and path.parent / COPY_FOLDER
        self._stack = ExitStack()
        self._copy: SqliteCopy | None = None
        self.step_calls = tally.MOST_AT_ONCE
        """New calls after which a step is due."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def step(self) -> bool:
        """Does one; tells whether more is to be done at once. Raises DatabaseError."""
        if self._copy is None and self._folder is not None and duck.available() and is_long(self._database):
            self._begin(self._folder)
        if self._copy is None:
            return tally.step(self._database)
        try:
            return self._copy.step()
        except CallLogError as problem:
            raise DatabaseError(str(problem)) from problem

    def _begin(self, folder: Path) -> None:
        self.step_calls = LONG
        try:
            self._copy = self._stack.enter_context(opened_copy(self._database, folder))
        except CallLogError as problem:
            raise DatabaseError(str(problem)) from problem


@contextmanager
def opened_copy(database: Database, folder: Path) -> Iterator[SqliteCopy]:
    """The copy of a log. Raises CallLogError and DatabaseError."""
    from sptui.calllog.importing.ledger import Ledger
    from sptui.calllog.importing.sqlite_copy import SqliteCopy

    ledger = Ledger(folder)
    try:
        copy = SqliteCopy(ledger, folder, database)
        try:
            yield copy
        finally:
            copy.close()
    finally:
        ledger.close()


def tally_told(database: Database, preparing: Preparing) -> None:
    """Brings the roll-up of a log up to date, step by step. Raises DatabaseError and PreparingEndedError."""
    with preparing.in_steps():
        tally.catch_up(database, lambda: preparing.tell(TALLYING, *tally.how_far(database)))


def bring_up_to_date(database: Database, folder: Path, preparing: Preparing) -> None:
    """Copies all but the newest calls of a log, step by step: what is copied when it is ended stays.

    Raises CallLogError and DatabaseError.
    """
    with opened_copy(database, folder) as copy, preparing.in_steps():
        while copy.step():
            preparing.tell(COPYING, *copy.how_far())
        preparing.check()
        copy.settle()
