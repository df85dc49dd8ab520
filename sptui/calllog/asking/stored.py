"""What an engine of DuckDB reads: Parquet files as a ledger names them, and calls of SQLite that are not copied yet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sptui.calllog.asking.engine import utc
from sptui.calllog.duck import Duck, listed
from sptui.calllog.importing.ledger import Ledger, Segment
from sptui.calllog.importing.parquet_files import iso
from sptui.calllog.importing.sqlite_copy import EMPTY, copied_up_to, newest, read_calls
from sptui.database import Database


class Stored:
    """The files of one folder, as they were when looked at the last time. Raises DatabaseError."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self._ledger = ledger
        self.folder = folder
        self.look()

    def look(self) -> None:
        """Takes in what was written since."""
        generation = -1
        while generation != self._ledger.generation():
            generation = self._ledger.generation()
            self._segments: list[Segment] = self._ledger.segments()
            self._tally, self._hours = self._ledger.tally_files(), self._ledger.hour_files()
            self.copied = copied_up_to(self._ledger)

    @property
    def tallies(self) -> list[Path]:
        """The roll-ups of alike calls."""
        return [self.folder / each for each in self._tally]

    @property
    def untallied(self) -> list[Path]:
        """The files whose calls no roll-up of alike calls holds yet."""
        return [self.folder / each.name for each in self._segments if not each.tallied]

    @property
    def hours(self) -> list[Path]:
        """The roll-ups by hour."""
        return [self.folder / each for each in self._hours]

    def calls(self, since: datetime | None, until: datetime | None) -> list[Path]:
        """The files with calls from ``since`` up to before ``until``."""
        first, last = iso(since) if since else "", iso(until) if until else "9"
        return [
            self.folder / each.name for each in self._segments if each.last_time >= first and each.first_time < last
        ]

    @property
    def span(self) -> tuple[datetime | None, datetime | None]:
        """The times of the first and the last call."""
        times = [(each.first_time, each.last_time) for each in self._segments]
        first, last = min((each[0] for each in times), default=""), max((each[1] for each in times), default="")
        return utc(first), utc(last)

    @property
    def there(self) -> bool:
        """Whether all the files are still there: merging puts others into their place."""
        return all(each.exists() for each in (*self.tallies, *self.hours, *self.calls(None, None)))


class Uncopied:
    """The calls of an SQLite log that its copy does not hold, as a table of DuckDB: few, and read once each."""

    def __init__(self, duck: Duck, name: str, database: Database, copy: Stored) -> None:
        self.name = name
        self.copy = copy
        self._duck = duck
        self._database = database
        self._begin()

    def _begin(self) -> None:
        self._duck.run(f"CREATE OR REPLACE TEMP TABLE {self.name} AS {EMPTY}")
        self._from = self._read_to = self.copy.copied

    def look(self) -> None:
        """Takes in what was recorded since; what was copied meanwhile goes. The copy was looked at before."""
        if self.copy.copied < self._from or newest(self._database) < self._read_to:
            self._begin()
        elif self.copy.copied > self._from:
            self._from = self.copy.copied
            self._read_to = max(self._read_to, self._from)
            self._duck.run(f"DELETE FROM {self.name} WHERE id <= {self._from}")
        before = -1
        while before != self._read_to:
            before, self._read_to = (
                self._read_to,
                read_calls(self._duck, self._database, f"INSERT INTO {self.name}", self._read_to, self.copy.folder),
            )

    @property
    def span(self) -> tuple[datetime | None, datetime | None]:
        """The times of the first and the last call."""
        first, last = self._duck.rows(f"SELECT min(time), max(time) FROM {self.name}")[0]
        return utc(first), utc(last)


def read_parquet(files: list[Path]) -> str:
    """Files as a relation."""
    return f"read_parquet({listed(files)})"
