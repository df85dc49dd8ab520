"""Asking with DuckDB: imported calls in Parquet, and a file that lies somewhere, without importing it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sptui.calllog.asking.engine import CallLogError, Dialect, Scope, utc
from sptui.calllog.asking.sqlite import SqliteEngine
from sptui.calllog.duck import Duck, listed, quoted
from sptui.calllog.importing import json_sql
from sptui.calllog.importing.fields import Mapped
from sptui.calllog.importing.ledger import Ledger
from sptui.calllog.importing.reading import Values, read_json_line, time_of
from sptui.calllog.importing.sources import is_compressed
from sptui.calllog.paths import pattern_of, siblings
from sptui.calllog.questions import Question
from sptui.spapi.catalogue import Operation

_DIALECT: Final = Dialect(
    grouping_sets=True,
    key="hash(seller_id)",
    split="SELECT *, unnest(string_split(marketplaces, ',')) AS marketplace FROM {relation}",
    replace="regexp_replace({text}, '{pattern}', '{replacement}', 'g')",
)
_TALLIED: Final = Dialect(
    grouping_sets=True, key=_DIALECT.key, split=_DIALECT.split
)  # its messages are signatures already
_COLUMNS: Final = "seller_id, marketplaces, region, application, status, code"
_END: Final = 256 << 10
_SCOPE: Final = "seller_id, marketplaces, region, application, status, code, message, first_time, last_time, calls"
_TYPES: Final = {"status": "USMALLINT", "first_time": "TIMESTAMP", "last_time": "TIMESTAMP", "calls": "BIGINT"}


class ImportedEngine:
    """The imported calls, and beside them those of SQLite logs (recorded ones), as one log."""

    dialect = _TALLIED

    def __init__(self, ledger: Ledger, folder: Path, beside: tuple[SqliteEngine, ...] = ()) -> None:
        self._ledger = ledger
        self._folder = folder
        self._beside = beside
        self._duck = Duck(folder)

    def newest(self) -> datetime | None:
        """The time of the newest call, wherever it lies."""
        times = [utc(each.last_time) for each in self._ledger.segments()]
        times += [each.newest() for each in self._beside]
        return max((each for each in times if each), default=None)

    def calls_of(self, question: Question) -> Scope:
        """Of the roll-up; of the calls themselves where the window has an end."""
        scope = self._scope(question, "operation = :operation")
        return self._with_beside(scope, [(each, each.calls_of(question)) for each in self._beside], _SCOPE)

    def exact_calls_of(self, question: Question) -> Scope:
        """Of the roll-up where the window has no limit, else of the calls."""
        scope = self._scope(question, "operation = :operation", exact=True)
        return self._with_beside(scope, [(each, each.exact_calls_of(question)) for each in self._beside], _SCOPE)

    def other_calls(self, question: Question) -> Scope:
        """The calls of other operations."""
        scope = self._scope(question, "operation <> :operation")
        beside = [(each, each.other_calls(question)) for each in self._beside]
        return self._with_beside(scope, beside, _SCOPE, "other")

    def failures(self, since: datetime | None) -> Scope:
        """Every failure since then."""
        columns = f"{_SCOPE}, operation, path"
        condition = "(status >= 400 OR status = 0)" + (" AND last_time >= CAST(:since AS TIMESTAMP)" if since else "")
        sql = f"SELECT {columns} FROM (SELECT *, signature AS message FROM {self._tallies()}) t WHERE {condition}"
        scope = Scope(sql if self._ledger.tally_files() else "", {"since": _naive(since)} if since else {})
        return self._with_beside(scope, [(each, each.failures(since)) for each in self._beside], columns)

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a question."""
        return self._duck.rows(sql, values)

    def close(self) -> None:
        """Lets go of DuckDB; ledger and logs beside are their owners'."""
        self._duck.close()

    def _scope(self, question: Question, condition: str, *, exact: bool = False) -> Scope:
        values: dict[str, Any] = {"operation": question.operation.key}
        since = ""
        if question.since is not None:
            values["since"] = _naive(question.since)
            since = " AND {time} >= CAST(:since AS TIMESTAMP)"
        if question.until is None and not (exact and question.since):
            sql = f"SELECT {_COLUMNS}, signature AS message, first_time, last_time, calls FROM {self._tallies()}"
            where = condition + since.format(time="last_time")
            return Scope(f"{sql} WHERE {where}" if self._ledger.tally_files() else "", values)
        files = self._files(question)
        where = condition + since.format(time="time")
        if question.until is not None:
            values["until"] = _naive(question.until)
            where += " AND time < CAST(:until AS TIMESTAMP)"
        sql = (
            f"SELECT {_COLUMNS}, signature AS message, time AS first_time, time AS last_time,"
            f" CAST(1 AS BIGINT) AS calls FROM read_parquet({listed(files)}) WHERE {where}"
        )
        return Scope(sql if files else "", values)

    @staticmethod
    def _with_beside(
        scope: Scope, beside: list[tuple[SqliteEngine, Scope]], columns: str, prefix: str = "beside"
    ) -> Scope:
        """Adds the rows of the SQLite logs; these are few beside what was imported, and go over as JSON."""
        values = dict(scope.values)
        parts = [scope.sql] if scope.sql else []
        shape = ", ".join(f'"{name}": "{_TYPES.get(name, "VARCHAR")}"' for name in columns.split(", "))
        for number, (engine, theirs) in enumerate(beside):
            name = f"{prefix}{number}"
            values[name] = engine.as_json(theirs, columns)
            rows = f"SELECT unnest(from_json(CAST(:{name} AS JSON), '[{{{shape}}}]'), recursive := true)"
            parts.append(f"SELECT {columns} FROM ({rows}) {name}")
        if not parts:
            nothing = ", ".join(
                f"CAST(NULL AS {_TYPES.get(name, 'VARCHAR')}) AS {name}" for name in columns.split(", ")
            )
            parts.append(f"SELECT * FROM (SELECT {nothing}) n WHERE false")
        return Scope(" UNION ALL ".join(parts), values)

    def _tallies(self) -> str:
        return f"read_parquet({listed([self._folder / each for each in self._ledger.tally_files()])})"

    def _files(self, question: Question) -> list[Path]:
        since = question.since.isoformat() if question.since else ""
        until = question.until.isoformat() if question.until else "9"
        return [
            self._folder / each.name
            for each in self._ledger.segments()
            if each.last_time >= since and each.first_time < until
        ]


class FileEngine:
    """A file of JSON Lines where it lies: only the calls of the operation asked for are taken out of it."""

    dialect = _DIALECT

    def __init__(self, path: str, mapped: Mapped) -> None:
        self._duck = Duck()
        self._path = path
        self._mapped = mapped
        self._lines = json_sql.read_lines(path, mapped, forgiving=True)
        self._taken: tuple[Question, Scope] | None = None

    def newest(self) -> datetime | None:
        """The time of the newest call: near the end of a plain file, which is in the order of time. Of a compressed
        one the whole is read.
        """
        if not is_compressed(self._path) and (times := self._last_times()):
            return max(times)
        return utc(self.rows(f"SELECT max({json_sql.TIME}) FROM ({self._lines})", {})[0][0])

    def _last_times(self) -> list[datetime]:
        try:
            with Path(self._path).open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - _END))
                lines = file.read(_END).split(b"\n")
        except OSError as problem:
            raise CallLogError(f"{self._path} cannot be read: {problem.strerror or problem}.") from problem
        read = [read_json_line(line, self._mapped) for line in lines if line.strip()]
        times = [time_of(each.time) for each in read if isinstance(each, Values)]
        return [each for each in times if each is not None]

    def calls_of(self, question: Question) -> Scope:
        """The calls of the operation, taken out of the file once."""
        if self._taken is None or self._taken[0] != question:
            scope = self._scope(question, _is_operation(question.operation))
            self._duck.rows(f"CREATE OR REPLACE TEMP TABLE taken AS {scope.sql}", scope.values)
            self._taken = question, Scope("SELECT * FROM taken", {})
        return self._taken[1]

    def other_calls(self, question: Question) -> Scope:
        """The calls of other operations; the file is read once more."""
        return self._scope(question, f"NOT ({_is_operation(question.operation)})")

    def failures(self, since: datetime | None) -> Scope:
        """Every failure since then."""
        values = {"since": _naive(since)} if since else {}
        typed = self._typed(
            f"operation, upper(method) || ' /' || {json_sql.reduced_sql()} AS path,"
            + ("" if not since else " CAST(:since AS TIMESTAMP) AS since,"),
            "trim(status) NOT LIKE '2__'",
        )
        condition = "(status >= 400 OR status = 0)" + (" AND first_time >= since" if since else "")
        return Scope(f"SELECT * FROM ({typed}) f WHERE {condition}", values)

    def exact_calls_of(self, question: Question) -> Scope:
        """The same: nothing is rolled up here."""
        return self.calls_of(question)

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a question."""
        try:
            return self._duck.rows(sql, values)
        except CallLogError as problem:
            raise CallLogError(f"{self._path} cannot be asked. {problem}") from problem

    def close(self) -> None:
        """Lets go of DuckDB."""
        self._duck.close()

    def _scope(self, question: Question, condition: str) -> Scope:
        values = {}
        window = "first_time IS NOT NULL"
        if question.since is not None:
            values["since"] = _naive(question.since)
            window += " AND first_time >= CAST(:since AS TIMESTAMP)"
        if question.until is not None:
            values["until"] = _naive(question.until)
            window += " AND first_time < CAST(:until AS TIMESTAMP)"
        return Scope(f"SELECT * FROM ({self._typed('', condition)}) c WHERE {window}", values)

    def _typed(self, more: str, condition: str) -> str:
        marketplaces = json_sql.MARKETPLACES_SQL
        first = f"split_part({marketplaces}, ',', 1)"
        return (
            f"SELECT {more} (CASE WHEN seller_id = '' AND contains(path, '/items/A')"
            " THEN regexp_extract(path, '/items/(A[A-Z0-9]{8,20})/', 1) ELSE seller_id END) AS seller_id,"
            f" {marketplaces} AS marketplaces, {json_sql.region_sql(first)} AS region, application,"
            f" {json_sql.STATUS} AS status, code, message,"
            f" {json_sql.TIME} AS first_time, first_time AS last_time, 1 AS calls FROM ({self._lines}) l"
            f" WHERE ({condition}) AND (path <> '' OR operation <> '') AND {json_sql.READABLE_STATUS}"
        )


def _is_operation(operation: Operation) -> str:
    """Whether a line is a call of the operation, by its name or by method and path."""
    template = quoted(operation.path)
    words = [part for part in operation.path.split("/") if part and "{" not in part]
    longest = max(words, key=len)
    pattern = pattern_of(operation.path)
    address = f"(?:[A-Za-z]{{2,6}}://[^/?#]*)?(?:/sandbox)?(?:/(?:na|eu|fe))?{pattern}/?(?:[?#].*)?"
    by_path = f"contains(path, {quoted(longest)}) AND regexp_full_match(path, {quoted(address)})"
    for each in siblings(operation):
        other = f"(?:[A-Za-z]{{2,6}}://[^/?#]*)?(?:/sandbox)?(?:/(?:na|eu|fe))?{pattern_of(each)}/?(?:[?#].*)?"
        by_path += f" AND NOT regexp_full_match(path, {quoted(other)})"
    names = f"operation IN ({quoted(operation.key)}, {quoted(operation.name)})"
    named = "NOT regexp_full_match(operation, '[A-Za-z0-9.@_-]+')"
    methods = [operation.method, ""] if operation.method == "GET" else [operation.method]  # without one: GET
    method = f"upper(method) IN ({', '.join(map(quoted, methods))})"
    return f"{names} OR ({named} AND {method} AND (path = {template} OR ({by_path})))"


def _naive(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()[:26].removesuffix("+00:00")
