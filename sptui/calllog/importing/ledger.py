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
from sptui.calllog.importing.values import Unreadable
from sptui.calllog.store import RAW_PATH
from sptui.database import Database, DatabaseError

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
_LINES: Final = """
    ALTER TABLE source ADD COLUMN lines INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE unreadable ADD COLUMN line INTEGER NOT NULL DEFAULT 0;
    DELETE FROM unreadable;
    CREATE UNIQUE INDEX unreadable_once ON unreadable (path, line, reason);
"""
_TALLIED: Final = "ALTER TABLE segment ADD COLUMN tallied INTEGER NOT NULL DEFAULT 1"
_MOST_ASIDE: Final = 10_000
Statement = tuple[str, Sequence[Any]]


class Progress(msgspec.Struct, frozen=True):
    """How far a source is read, in bytes and lines: ``head`` identifies its first ``head_bytes`` bytes, in case
    another file takes its name; ``anew`` where nothing is left of what was known of it.
    """

    path: str
    head: str
    head_bytes: int
    read_to: int
    lines: int = 0
    anew: bool = False


class Segment(msgspec.Struct, frozen=True):
    """A Parquet file of calls, by name, with its number of calls and the times between which they lie (ISO).

    ``tallied``: whether a roll-up of alike calls holds them; while an import runs, that of the newest is still to come.
    """

    name: str
    calls: int
    first_time: str
    last_time: str
    tallied: bool = True


class Ledger:
    """The file ``imported.sqlite3`` of a folder. Raises DatabaseError."""

    def __init__(self, folder: Path | None) -> None:
        path = folder and folder / "imported.sqlite3"
        self.database = Database(path, (_CALLS, tally.MIGRATION, _LEDGER, tally.BY_HOUR, RAW_PATH, _LINES, _TALLIED))

    def progress(self, path: str) -> Progress | None:
        """How far the source was read the last time."""
        rows = self.database.query("SELECT path, head, head_bytes, read_to, lines FROM source WHERE path = ?", (path,))
        return Progress(*rows[0]) if rows else None

    def segments(self) -> list[Segment]:
        """The stored files, oldest calls first."""
        rows = self.database.query(
            "SELECT name, calls, first_time, last_time, tallied FROM segment ORDER BY first_time, name"
        )
        return [Segment(name, calls, first, last, bool(tallied)) for name, calls, first, last, tallied in rows]

    def tally_files(self) -> list[str]:
        """The roll-ups of the stored files: alike calls as one row."""
        return self.rolled_up("tally")

    def hour_files(self) -> list[str]:
        """The roll-ups by hour; none where an older sptui imported."""
        return self.rolled_up("hours")

    def rolled_up(self, kind: str) -> list[str]:
        """The files of one kind of roll-up, as their names begin."""
        return [
            row[0]
            for row in self.database.query(
                "SELECT name FROM tally_file WHERE name GLOB ? ORDER BY name", (f"{kind}-*",)
            )
        ]

    def generation(self) -> int:
        """Changes with every commit."""
        return int(self.database.query("SELECT generation FROM state")[0][0])

    def commit(self, generation: int, statements: Iterable[Statement]) -> bool:
        """Runs the statements as one, unless somebody committed since ``generation`` was read; tells whether."""
        guarded = [
            # A NULL in a NOT NULL column ends the transaction where the generation is another one by now.
            ("UPDATE state SET generation = CASE generation WHEN ? THEN generation + 1 END", (generation,)),
            *statements,
        ]
        try:
            self.database.write(guarded)
        except DatabaseError as problem:
            if "database is locked" in str(problem):
                raise DatabaseError(
                    "Another program holds the folder of imported calls, and did not let go of it. What is imported "
                    "stays: run the import again when the other one is done."
                ) from problem
            if self.generation() == generation:
                raise
            return False
        return True

    def unreadable(self, path: str = "") -> list[tuple[str, Unreadable]]:
        """The lines kept aside, with their source, the last read first; of one source (or folder) or of all."""
        rows = self.database.query("SELECT path, reason, text, line FROM unreadable ORDER BY id DESC")
        return [
            (source, Unreadable(reason, text, line))
            for source, reason, text, line in rows
            if not path or source == path or Path(path) in Path(source).parents
        ]

    def forget_unreadable(self, path: str = "") -> int:
        """Removes what was kept aside, of one source (or folder) or of all, and tells how many lines."""
        sources = {source for source, _ in self.unreadable(path)}
        count = len(self.unreadable(path))
        self.database.write([("DELETE FROM unreadable WHERE path = ?", (each,)) for each in sources])
        return count

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
    statements: list[Statement] = []
    if progress.anew:
        statements.append(("DELETE FROM unreadable WHERE path = ?", (progress.path,)))
    statements.append(
        (
            "INSERT OR REPLACE INTO source (path, head, head_bytes, read_to, time, lines) VALUES (?, ?, ?, ?, ?, ?)",
            (progress.path, progress.head, progress.head_bytes, progress.read_to, now, progress.lines),
        )
    )
    statements += [
        (
            "INSERT OR REPLACE INTO unreadable (path, reason, text, line) VALUES (?, ?, ?, ?)",
            (progress.path, each.reason, _whole(each.text), each.line),
        )
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
