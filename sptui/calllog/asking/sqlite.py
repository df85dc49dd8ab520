"""Asking calls that lie in SQLite: what sptui recorded, and what it imported without DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sptui.calllog.asking.engine import CallLogError, Dialect, Scope, utc
from sptui.calllog.asking.listing import FAILED, LISTED, chosen_calls
from sptui.calllog.browsing import Chosen
from sptui.calllog.questions import Question
from sptui.calllog.signatures import signature_of
from sptui.calllog.tally import HOUR, next_hour
from sptui.database import Database, DatabaseError

_DIALECT: Final = Dialect(
    split="SELECT s.*, each.value AS marketplace FROM {relation},"
    " json_each('[\"' || replace(marketplaces, ',', '\",\"') || '\"]') each",
    contains="{text} LIKE :{name}_like ESCAPE '!'",  # SQLite's LIKE takes no notice of the case of letters
)
_OF_OPERATION: Final = "operation = :operation AND path = :path"
"""So that the index by path and time is used; the path of a call is its operation's template."""
_COLUMNS: Final = "seller_id, marketplaces, region, application, status, code"


class SqliteEngine:
    """One database with the tables ``call`` and ``tally`` (see ``sptui.calllog.tally``), the latter up to date."""

    dialect = _DIALECT
    foreign = False
    by_time = False
    unreadable = 0

    def __init__(
        self, database: Database, refresh: Callable[[], bool] | None = None, *, beside: str | None = None
    ) -> None:
        """``refresh`` brings the tables up to date. ``beside``: the name of an attached file with the same tables."""
        self._database = database
        self._call, self._tally, self._hour = "call", "tally", "hour"
        if beside is not None:
            self._call = f"(SELECT {LISTED} FROM main.call UNION ALL SELECT {LISTED} FROM {beside}.call)"
            self._tally = f"(SELECT * FROM main.tally UNION ALL SELECT * FROM {beside}.tally)"
            self._hour = f"(SELECT * FROM main.hour UNION ALL SELECT * FROM {beside}.hour)"
        self._refresh = refresh
        database.function("signature_of", signature_of)

    def refresh(self) -> bool:
        """Writes what waits, and tallies it."""
        try:
            return self._refresh is None or self._refresh()
        except DatabaseError as problem:
            raise CallLogError(str(problem)) from problem

    def moment(self, time: datetime) -> Any:
        """As the tables hold it."""
        return _text(time)

    def listed(self, chosen: Chosen) -> Scope:
        """The chosen calls."""
        return chosen_calls(Scope(f"SELECT {LISTED} FROM {self._call}", {}), chosen, self.dialect, self.moment)

    def placed(self, chosen: Chosen) -> Scope:
        """The chosen calls with ``place``."""
        scope = self.listed(chosen)
        return Scope(f"SELECT l.*, method || ' ' || path AS place FROM ({scope.sql}) l", scope.values)

    def kept(self, scope: Scope) -> Scope:
        """As it is."""
        return scope

    def alike(self, text: str) -> str:
        """By Python's own."""
        return f"signature_of({text})"

    def failed(self, chosen: Chosen) -> Scope:
        """Those that failed, their messages made alike."""
        scope = self.listed(chosen)
        columns = (
            "operation, method || ' ' || path AS path, status, code, signature_of(message) AS message, seller_id, time"
        )
        return Scope(f"SELECT {columns} FROM ({scope.sql}) l WHERE {FAILED}", scope.values)

    def cancel(self) -> None:
        """Ends what runs in another thread."""
        self._database.interrupt()

    def oldest(self) -> datetime | None:
        """The time of the first call."""
        return utc(self.rows(f"SELECT min(first_time) FROM {self._tally}", {})[0][0])

    def newest(self) -> datetime | None:
        """The time of the newest call."""
        return utc(self.rows(f"SELECT max(last_time) FROM {self._tally}", {})[0][0])

    def calls_of(self, question: Question) -> Scope:
        """Of the roll-up; of the calls themselves where the window has an end."""
        return self._scope(question, "operation = :operation" if question.until is None else _OF_OPERATION)

    def times_of(self, question: Question) -> Scope | None:
        """Of whole hours; of the calls themselves in the hour in which the window begins."""
        if question.since is None or question.until is not None:
            return None
        values = {
            "operation": question.operation.key,
            "path": question.operation.path,
            "since": _text(question.since),
            "whole": _text(next_hour(question.since)),
        }
        return Scope(
            f"SELECT status, code, signature AS message, first_time, last_time, calls FROM {self._hour}"
            f" WHERE operation = :operation AND hour >= substr(:whole, 1, {HOUR})"
            " UNION ALL SELECT status, code, signature_of(message), time, time, 1"
            f" FROM {self._call} WHERE {_OF_OPERATION} AND time >= :since AND time < :whole",
            values,
        )

    def other_calls(self, question: Question) -> Scope:
        """The calls of other operations."""
        return self._scope(question, "operation <> :operation")

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a question."""
        try:
            return self._database.query(sql, values)
        except DatabaseError as problem:
            raise CallLogError(str(problem)) from problem

    def stream(self, sql: str, values: Mapping[str, Any]) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a question, some at a time."""
        try:
            yield from self._database.stream(sql, values)
        except DatabaseError as problem:
            raise CallLogError(str(problem)) from problem

    def as_json(self, scope: Scope, columns: str) -> str:
        """The rows of a scope as a JSON array of objects: for an engine that answers for several logs."""
        pairs = ", ".join(f"'{name}', {name}" for name in columns.split(", "))
        return str(self.rows(f"SELECT json_group_array(json_object({pairs})) FROM ({scope.sql})", scope.values)[0][0])

    def close(self) -> None:
        """The database is its owner's."""

    def _scope(self, question: Question, condition: str) -> Scope:
        values: dict[str, Any] = {"operation": question.operation.key, "path": question.operation.path}
        if question.since is not None:
            values["since"] = _text(question.since)
        if question.until is None:
            since = " AND last_time >= :since" if question.since is not None else ""
            return Scope(
                f"SELECT {_COLUMNS}, signature AS message, first_time, last_time, calls FROM {self._tally}"
                f" WHERE {condition}{since}",
                values,
            )
        since = " AND time >= :since" if question.since is not None else ""
        values["until"] = _text(question.until)
        return Scope(
            f"SELECT {_COLUMNS}, signature_of(message) AS message, time AS first_time, time AS last_time, 1 AS calls"
            f" FROM {self._call} WHERE {condition}{since} AND time < :until",
            values,
        )


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()
