"""What has been imported, and how far: the SQLite file beside the imported calls.

A block of lines becomes known here in one transaction, with the place up to which its source is read: after a kill
the next run goes on behind the last block. ``generation`` counts the commits; one made on an older view of what is
stored is refused, so that two imports at once store nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from sptui.calllog import tally
from sptui.calllog.importing.fields import Mapped
from sptui.calllog.importing.reading import Unreadable
from sptui.database import Database

_CALLS: Final = """
    CREATE TABLE call (
        id INTEGER PRIMARY KEY, time TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, operation TEXT NOT NULL,
        stage TEXT NOT NULL, status INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL,
        details TEXT NOT NULL, seller_id TEXT NOT NULL, region TEXT NOT NULL, application TEXT NOT NULL,
        marketplaces TEXT NOT NULL, request_id TEXT NOT NULL, milliseconds REAL NOT NULL, attempt INTEGER NOT NULL
    );
    CREATE TABLE known (identity TEXT PRIMARY KEY, time TEXT NOT NULL) WITHOUT ROWID;
"""
_LEDGER: Final = """
    CREATE TABLE source (path TEXT PRIMARY KEY, head TEXT NOT NULL, head_bytes INTEGER NOT NULL,
        read_to INTEGER NOT NULL, time TEXT NOT NULL);
    CREATE TABLE segment (name TEXT PRIMARY KEY, calls INTEGER NOT NULL, first_time TEXT NOT NULL,
        last_time TEXT NOT NULL);
    CREATE TABLE tally_file (name TEXT PRIMARY KEY);
    CREATE TABLE unreadable (id INTEGER PRIMARY KEY, path TEXT NOT NULL, reason TEXT NOT NULL, text TEXT NOT NULL);
    CREATE TABLE mapping (names TEXT PRIMARY KEY, columns TEXT NOT NULL);
    CREATE TABLE state (generation INTEGER NOT NULL);
    INSERT INTO state VALUES (0);
"""
_MOST_ASIDE: Final = 10_000
Statement = tuple[str, Sequence[Any]]


class Progress(msgspec.Struct, frozen=True):
    """How far a source is read: ``head`` identifies its first ``head_bytes`` bytes, in case another file takes its
    name.
    """

    path: str
    head: str
    head_bytes: int
    read_to: int


class Segment(msgspec.Struct, frozen=True):
    """A Parquet file of calls, by name, with its number of calls and the times between which they lie (ISO)."""

    name: str
    calls: int
    first_time: str
    last_time: str


class Ledger:
    """The file ``imported.sqlite3`` of a folder. Raises DatabaseError."""

    def __init__(self, folder: Path | None) -> None:
        path = folder and folder / "imported.sqlite3"
        self.database = Database(path, (_CALLS, tally.MIGRATION, _LEDGER))

    def progress(self, path: str) -> Progress | None:
        """How far the source was read the last time."""
        rows = self.database.query("SELECT path, head, head_bytes, read_to FROM source WHERE path = ?", (path,))
        return Progress(*rows[0]) if rows else None

    def segments(self) -> list[Segment]:
        """The stored files, oldest calls first."""
        rows = self.database.query("SELECT name, calls, first_time, last_time FROM segment ORDER BY first_time, name")
        return [Segment(*row) for row in rows]

    def tally_files(self) -> list[str]:
        """The roll-ups of the stored files."""
        return [row[0] for row in self.database.query("SELECT name FROM tally_file ORDER BY name")]

    def generation(self) -> int:
        """Changes with every commit."""
        return int(self.database.query("SELECT generation FROM state")[0][0])

    def commit(self, generation: int, statements: Iterable[Statement]) -> bool:
        """Runs the statements as one, unless somebody committed since ``generation`` was read; tells whether."""
        from sptui.database import DatabaseError

        guarded = [
            # A NULL in a NOT NULL column ends the transaction where the generation is another one by now.
            ("UPDATE state SET generation = CASE generation WHEN ? THEN generation + 1 END", (generation,)),
            *statements,
        ]
        try:
            self.database.write(guarded)
        except DatabaseError:
            if self.generation() == generation:
                raise
            return False
        return True

    def unreadable(self) -> list[tuple[str, Unreadable]]:
        """The lines kept aside, with their source, newest first."""
        rows = self.database.query("SELECT path, reason, text FROM unreadable ORDER BY id DESC")
        return [(path, Unreadable(reason, text)) for path, reason, text in rows]

    def mapping(self, names: Iterable[str]) -> Mapped | None:
        """The mapping that a person chose for logs with these names."""
        rows = self.database.query("SELECT columns FROM mapping WHERE names = ?", (_key(names),))
        return Mapped(msgspec.json.decode(rows[0][0], type=dict[str, str])) if rows else None

    def keep_mapping(self, names: Iterable[str], mapped: Mapped) -> None:
        """Keeps it for the next log with these names."""
        columns = msgspec.json.encode(mapped.columns).decode()
        self.database.write([("INSERT OR REPLACE INTO mapping VALUES (?, ?)", (_key(names), columns))])

    def close(self) -> None:
        """Closes the file."""
        self.database.close()


def progressed(progress: Progress, aside: Iterable[Unreadable]) -> list[Statement]:
    """The statements that note how far a source is read, and what was kept aside of it."""
    now = datetime.now(UTC).isoformat()
    statements: list[Statement] = [
        (
            "INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?, ?)",
            (progress.path, progress.head, progress.head_bytes, progress.read_to, now),
        )
    ]
    statements += [
        ("INSERT INTO unreadable VALUES (NULL, ?, ?, ?)", (progress.path, each.reason, _whole(each.text)))
        for each in aside
    ]
    statements.append(
        ("DELETE FROM unreadable WHERE id <= (SELECT max(id) FROM unreadable) - ?", (_MOST_ASIDE,)),
    )
    return statements


def _whole(text: str) -> str:
    return text.encode(errors="replace").decode()


def _key(names: Iterable[str]) -> str:
    return "\n".join(sorted(set(names)))[:20_000]
