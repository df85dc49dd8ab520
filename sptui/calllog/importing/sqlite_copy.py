"""A copy in Parquet of calls that lie in SQLite, so that questions over millions of them are quick.

It holds the calls up to some number; those after it are asked in SQLite. It may be deleted at any time: it is made
anew where it is missed. Several programs may bring it up to date at once: each call counts once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sptui.calllog.duck import Duck, quoted
from sptui.calllog.importing.ledger import Ledger, Progress, progressed
from sptui.calllog.importing.parquet_calls import in_a_file
from sptui.calllog.importing.parquet_files import MOST_ROLL_UPS, ParquetFiles
from sptui.calllog.signatures import signature_of
from sptui.database import Database

STEP: Final = 25_000
"""Calls that go over at once, and that a question finds uncopied at most, but for those of the last moments."""
_SOURCE: Final = "call"
_TYPES: Final = {
    "id": "BIGINT", "time": "TIMESTAMP", "method": "VARCHAR", "path": "VARCHAR", "operation": "VARCHAR",
    "status": "USMALLINT", "code": "VARCHAR", "message": "VARCHAR", "details": "VARCHAR", "seller_id": "VARCHAR",
    "region": "VARCHAR", "application": "VARCHAR", "marketplaces": "VARCHAR", "request_id": "VARCHAR",
    "milliseconds": "FLOAT", "attempt": "USMALLINT", "signature": "VARCHAR", "raw": "VARCHAR", "stage": "VARCHAR",
}  # fmt: skip
_COLUMNS: Final = {
    "raw": "raw_path",
    "signature": "CASE message WHEN '' THEN '' ELSE signature_of(message) END",
}
_READ: Final = (
    "SELECT max(id), group_concat(json_object("
    + ", ".join(f"'{name}', {_COLUMNS.get(name, name)}" for name in _TYPES)
    + "), char(10)) FROM (SELECT * FROM call WHERE id > ? ORDER BY id LIMIT ?)"
)
_SHAPE: Final = "{" + ", ".join(f"{name}: '{kind}'" for name, kind in _TYPES.items()) + "}"
EMPTY: Final = (
    "SELECT " + ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in _TYPES.items()) + " WHERE false"
)
"""A relation as ``read_calls`` makes it, without rows."""


class SqliteCopy(ParquetFiles):
    """The copy in ``folder`` of the table ``call`` of a database."""

    def __init__(self, ledger: Ledger, folder: Path, database: Database) -> None:
        super().__init__(ledger, folder)
        # Beside a screen: one thread and little memory are enough for a step.
        self._duck.run("SET threads = 1", "SET memory_limit = '250MB'")
        self._database = database
        self._drop_other()

    def step(self, least: int | None = None) -> bool:
        """Copies up to ``STEP`` calls where at least so many (or ``least``) are to be; tells whether it did."""
        generation = self._ledger.generation()
        before = copied_up_to(self._ledger)
        if newest(self._database) - before < (STEP if least is None else least):
            return False
        into = "CREATE OR REPLACE TEMP TABLE calls AS"
        last = read_calls(self._duck, self._database, into, before, self._folder)
        if last == before:
            return False
        statements = progressed(Progress(_SOURCE, _mark(self._database, last), 0, last), ())
        self._write_calls("SELECT * EXCLUDE (id) FROM calls", statements)
        # Where another program came first, this is refused: its files are orphans then.
        self._ledger.commit(generation, statements)
        self._merge_roll_ups(MOST_ROLL_UPS)
        self._merge_small()
        return True

    def how_far(self) -> tuple[int, int]:
        """How many calls are copied, of how many; where some were forgotten, they are estimated."""
        before = int(self._database.query("SELECT coalesce(min(id), 1) FROM call")[0][0]) - 1
        return max(copied_up_to(self._ledger) - before, 0), newest(self._database) - before

    def settle(self) -> None:
        """Makes one roll-up of all, where those beside the largest are a good part of it: before questions."""
        sizes = sorted((self._folder / each).stat().st_size for each in self._ledger.tally_files())
        if len(sizes) > 1 and 5 * sum(sizes[:-1]) > sizes[-1]:
            self._merge_roll_ups(1)

    def _drop_other(self) -> None:
        """Forgets the copy where it is one of another file that stood here before."""
        generation = self._ledger.generation()
        progress = self._ledger.progress(_SOURCE)
        if progress is None or _is_of(self._database, progress):
            return
        names = [each.name for each in self._ledger.segments()]
        names += [*self._ledger.tally_files(), *self._ledger.hour_files()]
        emptied = [(f"DELETE FROM {table}", ()) for table in ("segment", "tally_file", "source")]
        if self._ledger.commit(generation, emptied):
            self._remove(names)


def read_calls(duck: Duck, database: Database, into: str, after: int, folder: Path) -> int:
    """Hands up to ``STEP`` calls after a number over to DuckDB; ``into`` is the statement's beginning, such as INSERT.

    Gives the number of the last one. They go over as lines of JSON that SQLite makes, in a file in ``folder`` that does
    not stay: quicker than rows through Python, and in little memory.
    """
    database.function("signature_of", signature_of)
    last, lines = database.query(_READ, (after, STEP))[0]
    if last is None:
        return after
    with in_a_file(lines.encode(), folder) as name:
        duck.run(f"{into} SELECT * FROM read_json({quoted(name)}, format = 'newline_delimited', columns = {_SHAPE})")
    return int(last)


def copied_up_to(ledger: Ledger) -> int:
    """The number of the last call that was copied."""
    progress = ledger.progress(_SOURCE)
    return progress.read_to if progress is not None else 0


def newest(database: Database) -> int:
    """The number of the newest call."""
    return int(database.query("SELECT coalesce(max(id), 0) FROM call")[0][0])


def _is_of(database: Database, progress: Progress) -> bool:
    """Whether the last call copied is still there, or was forgotten with the old ones."""
    mark = _mark(database, progress.read_to)
    return mark == progress.head if mark else newest(database) > progress.read_to


def _mark(database: Database, number: int) -> str:
    rows = database.query("SELECT time || ' ' || request_id || ' ' || seller_id FROM call WHERE id = ?", (number,))
    return str(rows[0][0]) if rows else ""
