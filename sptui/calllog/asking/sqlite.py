"""Asking calls that lie in SQLite: what sptui recorded, and what it imported without DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sptui.calllog.asking.engine import CallLogError, Dialect, Scope, utc
from sptui.calllog.questions import Question
from sptui.database import Database, DatabaseError

_DIALECT: Final = Dialect(
    split="SELECT s.*, each.value AS marketplace FROM {relation},"
    " json_each('[\"' || replace(marketplaces, ',', '\",\"') || '\"]') each"
)
_COLUMNS: Final = "seller_id, marketplaces, region, application, status, code"


class SqliteEngine:
    """One database with the tables ``call`` and ``tally`` (see ``sptui.calllog.tally``), the latter up to date."""

    dialect = _DIALECT

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self) -> datetime | None:
        """The time of the newest call."""
        return utc(self.rows("SELECT max(last_time) FROM tally", {})[0][0])

    def calls_of(self, question: Question) -> Scope:
        """Of the roll-up; of the calls themselves where the window has an end."""
        return self._scope(question, "operation = :operation")

    def exact_calls_of(self, question: Question) -> Scope:
        """Of the roll-up where the window has no limit, else of the calls."""
        return self._scope(question, "operation = :operation", exact=True)

    def other_calls(self, question: Question) -> Scope:
        """The calls of other operations."""
        return self._scope(question, "operation <> :operation")

    def failures(self, since: datetime | None) -> Scope:
        """Every failure since then."""
        values = {"since": _text(since)} if since else {}
        return Scope(
            f"SELECT {_COLUMNS}, signature AS message, operation, path, first_time, last_time, calls FROM tally"
            f" WHERE (status >= 400 OR status = 0){' AND last_time >= :since' if since else ''}",
            values,
        )

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a question."""
        try:
            return self._database.query(sql, values)  # type: ignore[arg-type]  # sqlite3 takes names as well
        except DatabaseError as problem:
            raise CallLogError(str(problem)) from problem

    def as_json(self, scope: Scope, columns: str) -> str:
        """The rows of a scope as a JSON array of objects: for an engine that answers for several logs."""
        pairs = ", ".join(f"'{name}', {name}" for name in columns.split(", "))
        return str(self.rows(f"SELECT json_group_array(json_object({pairs})) FROM ({scope.sql})", scope.values)[0][0])

    def close(self) -> None:
        """The database is its owner's."""

    def _scope(self, question: Question, condition: str, *, exact: bool = False) -> Scope:
        values: dict[str, Any] = {"operation": question.operation.key}
        if question.since is not None:
            values["since"] = _text(question.since)
        if question.until is None and not (exact and question.since):
            since = " AND last_time >= :since" if question.since is not None else ""
            return Scope(
                f"SELECT {_COLUMNS}, signature AS message, first_time, last_time, calls FROM tally"
                f" WHERE {condition}{since}",
                values,
            )
        since = " AND time >= :since" if question.since is not None else ""
        if question.until is not None:
            values["until"] = _text(question.until)
            since += " AND time < :until"
        # A failure is found by its index; the planner needs to be told that only failures are meant.
        if exact and (question.status or 400) >= 400 and (question.status is not None or not question.code):
            condition += " AND (status >= 400 OR status = 0)"
        return Scope(
            f"SELECT {_COLUMNS}, message, time AS first_time, time AS last_time, 1 AS calls FROM call"
            f" WHERE {condition}{since}",
            values,
        )


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()
