"""Asking a call log that lives in a database of the user's, where it is: through SQLAlchemy, read-only.

The questions go over as SQL and come back as counts; nothing is written. The engine's own limit of time is set where
it has one, and every statement can be cancelled from another thread.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from sptui.calllog.asking.engine import CallLogError, Dialect, Scope, utc
from sptui.calllog.asking.sql import FAILED
from sptui.calllog.importing.fields import FIELDS, guess
from sptui.calllog.paths import pattern_of, siblings
from sptui.calllog.questions import Question
from sptui.spapi.catalogue import Operation
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.redaction import MASK, redact

NEEDS_EXTRA: Final = "The call log of [call_log] url is read through SQLAlchemy: pip install 'sptui[sql]'."

_COMMA: Final = "SELECT s.*, unnest(string_to_array(marketplaces, ',')) AS marketplace FROM {relation}"
_DIALECTS: Final = {
    "postgresql": Dialect(
        grouping_sets=True, split=_COMMA, replace="regexp_replace({text}, '{pattern}', '{replacement}', 'g')"
    ),
    "sqlite": Dialect(
        split="SELECT s.*, each.value AS marketplace FROM {relation},"
        " json_each('[\"' || replace(marketplaces, ',', '\",\"') || '\"]') each"
    ),
    "duckdb": Dialect(
        grouping_sets=True, split=_COMMA, replace="regexp_replace({text}, '{pattern}', '{replacement}', 'g')"
    ),
    "clickhouse": Dialect(
        split="SELECT *, arrayJoin(splitByChar(',', marketplaces)) AS marketplace FROM {relation}",
        replace="replaceRegexpAll({text}, '{pattern}', '{replacement}')",
    ),
    "trino": Dialect(grouping_sets=True, replace="regexp_replace({text}, '{pattern}', '{replacement}')"),
    "awsathena": Dialect(grouping_sets=True, replace="regexp_replace({text}, '{pattern}', '{replacement}')"),
}
_PLAIN: Final = Dialect()
_LIMITS: Final = {
    "postgresql": ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SET statement_timeout = {milliseconds}"),
    "clickhouse": ("SET readonly = 2", "SET max_execution_time = {seconds}"),
    "mysql": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION MAX_EXECUTION_TIME = {milliseconds}"),
    "sqlite": ("PRAGMA query_only = ON",),
}


class DatabaseLog(msgspec.Struct, frozen=True):
    """Where the log is: ``url`` (SQLAlchemy's), ``table`` (with its schema), and for each field the column that
    holds it; what is not named is guessed. ``timeout`` is in seconds. ``password`` goes into the URL, not into files.
    """

    url: str
    table: str = "calls"
    columns: dict[str, str] = {}
    timeout: float = 60.0
    password: str = ""

    def __repr__(self) -> str:
        return f"DatabaseLog(table={self.table!r})"


class DatabaseEngine:
    """One connection to the log's database. Everything raises CallLogError."""

    def __init__(self, log: DatabaseLog) -> None:
        """Connects and looks at the table's columns."""
        try:
            import sqlalchemy
        except ImportError as problem:
            raise CallLogError(NEEDS_EXTRA) from problem
        self._log = log
        self._text = sqlalchemy.text
        self._errors = (sqlalchemy.exc.SQLAlchemyError, OSError, RuntimeError, ValueError, NotImplementedError)
        self._late = False
        try:
            url = sqlalchemy.make_url(log.url)
            self._hidden = tuple(filter(None, (log.password, url.password)))
            engine = sqlalchemy.create_engine(url.set(password=log.password) if log.password else url)
        except (sqlalchemy.exc.ArgumentError, sqlalchemy.exc.NoSuchModuleError, ImportError) as problem:
            raise CallLogError(
                f"[call_log] url cannot be used: {self._told(problem)}. It is SQLAlchemy's form, such as "
                "postgresql+psycopg://user@host/database; its driver must be installed beside sptui."
            ) from problem
        self._engine = engine
        self._name = engine.dialect.name
        self.dialect = _DIALECTS.get(self._name, _PLAIN)
        try:
            self._connection = engine.connect()
        except self._errors as problem:
            engine.dispose()
            raise self._problem(problem) from problem
        try:
            self._limit()
            self._columns = self._find_columns(sqlalchemy)
        except BaseException:
            self.close()
            raise

    def newest(self) -> datetime | None:
        """The time of the newest call."""
        return utc(self.rows(f"SELECT max({self._column('time')}) AS newest FROM {self._table()}", {})[0][0])

    def calls_of(self, question: Question) -> Scope:
        """The calls of the operation in the window."""
        return self._scope(question, self._is_operation(question.operation))

    def other_calls(self, question: Question) -> Scope:
        """The calls of other operations."""
        condition, values = self._is_operation(question.operation)
        return self._scope(question, (f"NOT ({condition})", values))

    def failures(self, since: datetime | None) -> Scope:
        """Every failure since then."""
        since_sql = f" WHERE {self._column('time')} >= :since" if since else ""
        operation = self._text_column("operation") if "operation" in self._columns else "''"
        path = f"{self._text_column('method')} || ' ' || {self._text_column('path')}"
        if self._name == "clickhouse":
            path = f"concat({self._text_column('method')}, ' ', {self._text_column('path')})"
        inner = f"SELECT {self._fields()}, {operation} AS operation, {path} AS path FROM {self._table()}{since_sql}"
        return Scope(f"SELECT * FROM ({inner}) a WHERE {FAILED}", {"since": self._time(since)} if since else {})

    def exact_calls_of(self, question: Question) -> Scope:
        """The same: nothing is rolled up here."""
        return self.calls_of(question)

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a question. Ends with CallLogError after the limit of time."""
        timer = threading.Timer(self._log.timeout, self._too_late)
        timer.daemon = True
        timer.start()
        try:
            used = {name: value for name, value in values.items() if re.search(rf":{name}\b", sql)}
            # A colon that is part of the text (a time in a pattern) is no parameter.
            escaped = re.sub(r"(?<!\\):(?![a-z_]+\b)", r"\\:", sql)
            return [tuple(row) for row in self._connection.execute(self._text(escaped), used).fetchall()]
        except self._errors as problem:
            if self._late:
                raise CallLogError(
                    f"The database did not answer within {self._log.timeout:g} s. Ask about a shorter time (--since), "
                    "or set [call_log] timeout."
                ) from problem
            raise self._problem(problem) from problem
        finally:
            timer.cancel()

    def cancel(self) -> None:
        """Ends what runs in another thread, as far as the driver can."""
        raw = self._connection.connection.dbapi_connection
        for name in ("cancel", "interrupt"):
            method = getattr(raw, name, None)
            if callable(method):
                with contextlib.suppress(Exception):  # a driver's own errors; the limit still holds
                    method()
                return

    def close(self) -> None:
        """Closes the connection."""
        with contextlib.suppress(*self._errors):
            self._connection.close()
        self._engine.dispose()

    def _too_late(self) -> None:
        self._late = True
        self.cancel()

    def _limit(self) -> None:
        """Read-only and limited in time, where the engine can be told so."""
        for statement in _LIMITS.get(self._name, ()):
            sql = statement.format(milliseconds=round(self._log.timeout * 1000), seconds=round(self._log.timeout))
            try:
                self._connection.execute(self._text(sql))
                self._connection.commit()
            except self._errors as problem:
                raise self._problem(problem) from problem

    def _find_columns(self, sqlalchemy: Any) -> dict[str, str]:
        schema, _, table = self._log.table.rpartition(".")
        try:
            found = sqlalchemy.inspect(self._engine).get_columns(table, schema=schema or None)
        except self._errors as problem:
            raise self._problem(problem) from problem
        names = [each["name"] for each in found]
        wrong = [f"{field} = {name!r}" for field, name in self._log.columns.items() if name not in names]
        unknown = [field for field in self._log.columns if field not in FIELDS]
        if wrong or unknown:
            raise CallLogError(
                f"[call_log.columns] does not fit the table {self._log.table}: {', '.join(unknown or wrong)}. The "
                f"fields are {', '.join(FIELDS)}; the table's columns {', '.join(names)}."
            )
        mapped = guess(names)
        columns = {**mapped.columns, **self._log.columns}
        if not {"time", "status", "seller_id"} <= set(columns) or not {"path", "operation"} & set(columns):
            raise CallLogError(
                f"The table {self._log.table} has the columns {', '.join(names)}; which of them hold the time, status, "
                'seller id and path? Say so in config.toml: [call_log.columns] time = "…", status = "…", '
                'seller_id = "…", path = "…".'
            )
        return columns

    def _scope(self, question: Question, condition: tuple[str, dict[str, Any]]) -> Scope:
        where, values = condition
        time = self._column("time")
        if question.since is not None:
            where += f" AND {time} >= :since"
            values["since"] = self._time(question.since)
        if question.until is not None:
            where += f" AND {time} < :until"
            values["until"] = self._time(question.until)
        return Scope(f"SELECT {self._fields()} FROM {self._table()} WHERE {where}", values)

    def _fields(self) -> str:
        marketplaces = self._text_column("marketplaces")
        region = self._text_column("region") if "region" in self._columns else self._region(marketplaces)
        status = self._column("status") if self._name == "clickhouse" else f"coalesce({self._column('status')}, 0)"
        time = self._column("time")
        return (
            f"{self._text_column('seller_id')} AS seller_id, {marketplaces} AS marketplaces, {region} AS region,"
            f" {self._text_column('application')} AS application, {status} AS status,"
            f" {self._text_column('code')} AS code, {self._text_column('message')} AS message,"
            f" {time} AS first_time, {time} AS last_time, 1 AS calls"
        )

    @staticmethod
    def _region(marketplaces: str) -> str:
        cases = ""
        for name in ("NA", "EU", "FE"):
            ids = ", ".join(f"'{each.id}'" for each in MARKETPLACES.values() if each.region == name)
            cases += f" WHEN {marketplaces} IN ({ids}) THEN '{name}'"
        return f"CASE{cases} ELSE '' END"

    def _is_operation(self, operation: Operation) -> tuple[str, dict[str, Any]]:
        """By its name, or by method and path; a path may be the template, raw, or a whole address."""
        if "operation" in self._columns:
            names = {"operation": operation.key, "operation_name": operation.name}
            return f"{self._text_column('operation')} IN (:operation, :operation_name)", names
        path = self._text_column("path")
        likes = [f"{path} = '{operation.path}'"]
        if "{" in operation.path:
            likes.append(f"({self._like(path, operation.path)})")
        likes += [f"{path} LIKE '%{operation.path}?%'"] if "{" not in operation.path else []
        likes += [f"{path} LIKE 'http%{operation.path}'"] if "{" not in operation.path else []
        condition = f"({' OR '.join(likes)})"
        for each in siblings(operation):
            condition += f" AND {path} <> '{each}'"
        if "method" in self._columns:
            return f"upper({self._text_column('method')}) = :method AND {condition}", {"method": operation.method}
        return condition, {}

    def _like(self, path: str, template: str) -> str:
        """A raw path of the template: the right words at the right places, and no slash too many."""
        pattern = pattern_of(template)
        if self._name in ("postgresql", "redshift"):
            return f"{path} ~ '^([a-z]+://[^/]+)?{pattern}([?].*)?$'"
        if self._name == "clickhouse":
            return f"match({path}, '^([a-z]+://[^/]+)?{pattern}([?].*)?$')"
        if self._name == "duckdb":
            return f"regexp_full_match({path}, '([a-z]+://[^/]+)?{pattern}([?].*)?')"
        parts = ["%" if part.startswith("{") else part for part in template.strip("/").split("/")]
        return f"{path} LIKE '/{'/'.join(parts)}' AND {path} NOT LIKE '/{'/'.join([*parts, '%'])}'"

    def _table(self) -> str:
        quote = self._engine.dialect.identifier_preparer.quote
        return ".".join(quote(part) for part in self._log.table.split("."))

    def _column(self, field: str) -> str:
        return self._engine.dialect.identifier_preparer.quote(self._columns[field])

    def _text_column(self, field: str) -> str:
        """A column, NULL as ""; "" where the table has none."""
        return f"coalesce({self._column(field)}, '')" if field in self._columns else "''"

    def _time(self, time: datetime) -> Any:
        """A moment as the engine compares it."""
        if self._name in ("clickhouse", "sqlite", "hive", "mysql", "duckdb"):
            return time.astimezone(UTC).replace(tzinfo=None)
        return time

    def _problem(self, problem: BaseException) -> CallLogError:
        return CallLogError(
            f"The call log in the database ({self._name}) cannot be asked: {self._told(problem)}. "
            "Check [call_log] in config.toml and that the database is reached."
        )

    def _told(self, problem: BaseException) -> str:
        """The first line of an error, without passwords."""
        text = str(getattr(problem, "orig", None) or problem).strip().partition("\n")[0]
        for secret in getattr(self, "_hidden", ()):
            text = text.replace(secret, MASK)
        return redact(text)[:300]
