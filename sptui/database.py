"""A local SQLite file: opened, brought up to this version, written in whole transactions.

WAL lets several sptui read and write at once; ``synchronous = FULL`` keeps what was committed through a crash.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class DatabaseError(Exception):
    """The file cannot be used; the message says which, why, and the next step."""


class Database:
    """One SQLite file, or memory (``path`` None). Safe to use from several threads; raises DatabaseError alone.

    ``migrations`` is one script a version; ``PRAGMA user_version`` counts those that ran.
    """

    def __init__(self, path: Path | None, migrations: Sequence[str]) -> None:
        import sqlite3

        self._errors = (sqlite3.Error, OSError, OverflowError, UnicodeError)
        self._path = path
        self._lock = threading.Lock()
        self._asking = False
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch(mode=0o600)
            self._connection = sqlite3.connect(
                path or ":memory:", timeout=10.0, check_same_thread=False, isolation_level=None
            )
        except self._errors as problem:
            raise self._error(problem) from problem
        try:
            self._prepare(migrations)
        except BaseException:
            self._connection.close()
            raise

    def query(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a question."""
        try:
            return self._reading(lambda: self._connection.execute(sql, values).fetchall())
        except self._errors as problem:
            raise self._error(problem) from problem

    def stream(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = (), size: int = 5000) -> Iterator[list[Any]]:
        """The rows of a question, so many at a time: for answers that need not fit into memory."""
        try:
            cursor = self._reading(lambda: self._connection.execute(sql, values))
            try:
                while rows := self._reading(lambda: cursor.fetchmany(size)):
                    yield rows
            finally:
                cursor.close()
        except self._errors as problem:
            raise self._error(problem) from problem

    def interrupt(self) -> None:
        """Ends the question that another thread asks, which raises DatabaseError there; writing goes on."""
        if self._asking:
            self._connection.interrupt()

    def attach(self, path: Path, name: str) -> None:
        """Makes another SQLite file's tables known under a name, to be read beside this one's."""
        try:
            with self._lock:
                self._connection.execute(f"ATTACH DATABASE ? AS {name}", (str(path),))
        except self._errors as problem:
            raise self._error(problem) from problem

    def detach(self, name: str) -> None:
        """Lets go of an attached file."""
        try:
            with self._lock:
                self._connection.execute(f"DETACH DATABASE {name}")
        except self._errors as problem:
            raise self._error(problem) from problem

    def function(self, name: str, call: Callable[[str], str]) -> None:
        """Makes a function of one text known to the SQL of this connection; the same text gives the same."""
        with self._lock:
            self._connection.create_function(name, 1, call, deterministic=True)

    def write(self, statements: Iterable[tuple[str, Sequence[Any]]]) -> None:
        """Runs the statements as one transaction: all of them or none."""

        def run() -> None:
            for sql, values in statements:
                self._connection.execute(sql, values)

        self._in_transaction(run)

    def write_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Runs one statement for every row, as one transaction."""
        self._in_transaction(lambda: self._connection.executemany(sql, rows))

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    def _reading(self, read: Callable[[], T]) -> T:
        with self._lock:
            self._asking = True
            try:
                return read()
            finally:
                self._asking = False

    def _in_transaction(self, run: Callable[[], object]) -> None:
        try:
            with self._lock:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    run()
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
        except self._errors as problem:
            raise self._error(problem) from problem

    def _prepare(self, migrations: Sequence[str]) -> None:
        try:
            self._switch_to_wal()
            self._connection.execute("PRAGMA synchronous = FULL")
            version = self._version()
        except self._errors as problem:
            raise self._error(problem) from problem
        if version > len(migrations):
            raise DatabaseError(
                f"{self._path} was written by a newer sptui (its form is {version}, this one knows {len(migrations)}). "
                "Use that version, or point SPTUI_DATA_DIR to another folder."
            )
        if version < len(migrations):
            self._in_transaction(lambda: self._migrate(migrations))

    def _switch_to_wal(self) -> None:
        """Another process that switches at the same moment makes SQLite refuse at once, whatever the time limit."""
        import sqlite3
        import time

        for attempt in range(100):
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as problem:
                if attempt == 99 or problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                time.sleep(0.02)
            else:
                return

    def _migrate(self, scripts: Sequence[str]) -> None:
        for script in scripts[self._version() :]:
            for statement in filter(str.strip, script.split(";")):
                self._connection.execute(statement)
        self._connection.execute(f"PRAGMA user_version = {max(self._version(), len(scripts))}")

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def _error(self, problem: BaseException) -> DatabaseError:
        where = self._path or "a database in memory"
        told = getattr(problem, "strerror", None) or problem
        return DatabaseError(
            f"{where} cannot be used: {told}. Check the disk's space and the file's rights, or point SPTUI_DATA_DIR "
            "to another folder. What was stored before is not touched."
        )
