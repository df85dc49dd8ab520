"""DuckDB, as sptui uses it: imported late, told to stay on this machine, with bounded memory."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sptui.calllog.asking.engine import CallLogError

NEEDS_EXTRA: Final = (
    "DuckDB is not installed: logs are read line by line, more than ten times slower. "
    "For large logs: pip install 'sptui[log]'."
)
MEMORY: Final = "1GB"
"""What DuckDB may use before it goes to disk."""
_AT_ONCE: Final = 5000
_FULL: Final = os.strerror(errno.ENOSPC)


def available() -> bool:
    """Whether the extra ``sptui[log]`` is installed; imports nothing."""
    from importlib.util import find_spec

    return find_spec("duckdb") is not None


class Duck:
    """One connection to a database in memory. Every method raises CallLogError."""

    def __init__(self, spill: Path | None = None) -> None:
        """``spill``: the folder for what does not fit into memory."""
        import duckdb

        self._errors: Any = duckdb.Error
        settings: dict[str, Any] = {
            "memory_limit": MEMORY,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if spill is not None:
            settings["temp_directory"] = str(spill / "spill")
        try:
            self._connection = duckdb.connect(":memory:", config=settings)
            self._connection.execute("SET enable_progress_bar = false")  # it would write over the screen
        except duckdb.Error as problem:
            raise self._problem(problem) from problem

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Runs a statement; parameters are written ``:name``."""
        try:
            if not values:
                return self._connection.execute(sql).fetchall()
            used = {name: values[name] for name in values if re.search(rf":{name}\b", sql)}
            return self._connection.execute(_dollars(sql, used), used).fetchall()
        except (RuntimeError, self._errors) as problem:
            raise self._problem(problem) from problem

    def stream(self, sql: str, values: Mapping[str, Any]) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a statement, so many at a time; what does not fit into memory lies in the spill folder."""
        used = {name: values[name] for name in values if re.search(rf":{name}\b", sql)}
        try:
            result = self._connection.execute(_dollars(sql, used), used)
            while rows := result.fetchmany(_AT_ONCE):
                yield rows
        except (RuntimeError, self._errors) as problem:
            raise self._problem(problem) from problem

    def run(self, *statements: str) -> None:
        """Runs statements without an answer."""
        for statement in statements:
            self.rows(statement)

    def interrupt(self) -> None:
        """Ends what runs in another thread; it raises CallLogError there."""
        self._connection.interrupt()

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    @staticmethod
    def _problem(problem: BaseException) -> BaseException:
        if isinstance(problem, RuntimeError) and "interrupted" in str(problem):
            return KeyboardInterrupt()  # Ctrl+C while DuckDB works: it puts this error in the place of Python's
        first = str(problem).partition("\n")[0][:300]
        if _FULL in str(problem):
            return CallLogError("The disk is full. Make room, and do it again: what was stored before is not touched.")
        return CallLogError(f"DuckDB could not do it: {first}")


def _dollars(sql: str, names: Mapping[str, Any]) -> str:
    for name in names:
        sql = re.sub(rf"(?<![:\w]):{name}\b", f"${name}", sql)
    return sql


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def named(text: str) -> str:
    """A name as an SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def listed(texts: Sequence[str | Path]) -> str:
    """Texts as an SQL list."""
    return "[" + ", ".join(quoted(str(each)) for each in texts) + "]"
