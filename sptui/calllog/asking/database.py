"""Asking a call log that lives in a database of the user's, where it is: through SQLAlchemy, read-only.

The questions go over as SQL and come back as counts; nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from sptui.calllog.asking import sql
from sptui.calllog.asking.columns import (
    SAMPLED,
    Column,
    Kind,
    Row,
    is_whole,
    kind_of,
    kind_of_values,
    mapping_of,
    unit_of,
    words_of,
)
from sptui.calllog.asking.connection import Connection, DatabaseLog
from sptui.calllog.asking.engine import CallLogError, Dialect, Scope, utc
from sptui.calllog.asking.listing import FAILED, chosen_calls, renamed
from sptui.calllog.asking.places import is_operation, place_of
from sptui.calllog.asking.tables import columns_of, quoted_table
from sptui.calllog.browsing import Chosen
from sptui.calllog.preparing import Preparing
from sptui.calllog.questions import Question
from sptui.spapi.catalogue import load_catalogue

_EMPTY_TIME: Final = 1970
"""ClickHouse answers the start of 1970 where there is no time."""


class DatabaseEngine:
    """One connection to the log's database. Everything raises CallLogError."""

    foreign = True
    by_time = False
    unreadable = 0

    def __init__(self, log: DatabaseLog, preparing: Preparing | None = None) -> None:
        """Connects and looks at the table's columns; ``preparing`` may end that."""
        preparing = preparing or Preparing()
        self._connection = Connection(log, preparing)
        self.dialect: Dialect = self._connection.flavour.dialect
        try:
            with preparing.stopped_by(self._connection.cancel):
                self._table = quoted_table(log.table, self._connection)
                types = columns_of(log.table, self._connection)
                self._mapped = mapping_of(list(types), log.columns, log.table)
                self._row = Row(self._looked_at(types), self._connection.flavour)
            self._call, self._columns = self._row.renamed()
            self._place = place_of(self._call, self._connection.flavour, self.name)
        except BaseException:
            self._connection.close()
            raise

    @property
    def name(self) -> str:
        """Which database it is, as SQLAlchemy calls it."""
        return str(self._connection.name)

    @property
    def mapped(self) -> dict[str, str]:
        """For each field the column that holds it."""
        return dict(self._mapped)

    def refuses_to_write(self) -> bool:
        """Whether the server itself keeps this connection from writing, rather than sptui alone."""
        return self._connection.is_read_only()

    def newest(self) -> datetime | None:
        """The time of the newest call."""
        return self._extreme("max")

    def oldest(self) -> datetime | None:
        """The time of the first call."""
        return self._extreme("min")

    def refresh(self) -> bool:
        """Nothing is kept between two questions."""
        return True

    def moment(self, time: datetime) -> Any:
        """As the engine compares times."""
        return self._row.moment(time)

    def listed(self, chosen: Chosen) -> Scope:
        """The chosen calls, as the rows tell of them."""
        return self._chosen(chosen)

    def placed(self, chosen: Chosen) -> Scope:
        """The chosen calls with ``place``."""
        return self._chosen(chosen, f", {self._place} AS place")

    def kept(self, scope: Scope) -> Scope:
        """As it is."""
        return scope

    def alike(self, text: str) -> str:
        """The engine replaces itself, SQLite asks Python."""
        return f"signature_of({text})" if self.name == "sqlite" else sql.alike(self.dialect, text)

    def failed(self, chosen: Chosen) -> Scope:
        """Those that failed."""
        scope = self._chosen(chosen, f", {self._place} AS place")
        columns = f"operation, place AS path, status, code, {self._told('message')} AS message, seller_id, time"
        # In a relation of its own: some engines take a name given here for the column in the condition.
        failed = f"SELECT * FROM ({scope.sql}) l WHERE {FAILED}"
        return Scope(f"SELECT {columns} FROM ({failed}) p", scope.values)

    def calls_of(self, question: Question) -> Scope:
        """The calls of the operation in the window."""
        return self._asked(question, *is_operation(question.operation, self._row, self._connection.flavour))

    def times_of(self, question: Question) -> None:
        """Nothing is rolled up here."""

    def other_calls(self, question: Question) -> Scope:
        """The calls of other operations."""
        condition, values = is_operation(question.operation, self._row, self._connection.flavour)
        return self._asked(question, f"NOT ({condition})", values)

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a question. Ends with CallLogError after the limit of time."""
        return self._connection.rows(sql, values)

    def stream(self, sql: str, values: Mapping[str, Any]) -> None:
        """Never: no transaction is left open on the server, so that long answers are asked for page by page."""

    def cancel(self) -> None:
        """Ends what runs in another thread."""
        self._connection.cancel()

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    # -- SQL -------------------------------------------------------------------------------------------------------

    def _asked(self, question: Question, where: str, values: dict[str, Any]) -> Scope:
        return self._selected(self._counted(), where, values, question.since, question.until)

    def _chosen(self, chosen: Chosen, more: str = "") -> Scope:
        """The window and the operations on the table's own columns, where an index may help; the rest on a call's."""
        conditions: list[str] = []
        values: dict[str, Any] = {}
        for number, key in enumerate(chosen.operations):
            if (operation := load_catalogue().get(key)) is not None:
                condition, own = is_operation(operation, self._row, self._connection.flavour)
                among = renamed(condition, own, number)
                conditions.append(among.sql)
                values |= among.values
        where = f"({' OR '.join(conditions) or '1 = 0'})" if chosen.operations else ""
        relation = self._selected(f"{self._listed()}{more}", where, values, chosen.since, chosen.until)
        rest = msgspec.structs.replace(chosen, since=None, until=None, operations=())
        return chosen_calls(relation, rest, self.dialect, self.moment, more=", place" if more else "")

    def _selected(
        self, fields: str, where: str, values: dict[str, Any], since: datetime | None, until: datetime | None
    ) -> Scope:
        """The fields (of ``_call``) of the rows that a condition (of ``_row``) holds for, in the window."""
        conditions = [each for each in (where, self._row.readable()) if each]
        for name, sign, time in (("since", ">=", since), ("until", "<", until)):
            if time is not None:
                condition, more = self._row.bound(name, sign, time)
                conditions.append(condition)
                values = {**values, **more}
        rows = f"SELECT {self._columns} FROM {self._table}"
        rows += f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return Scope(f"SELECT {fields} FROM ({rows}) r", values)

    def _counted(self) -> str:
        row, time = self._call, self._call.time()
        return (
            f"{row.text('seller_id')} AS seller_id, {row.marketplaces()} AS marketplaces, {row.region()} AS region,"
            f" {row.text('application')} AS application, {row.status()} AS status, {row.text('code')} AS code,"
            f" {self._told(row.text('message'))} AS message, {time} AS first_time, {time} AS last_time, 1 AS calls"
        )

    def _listed(self) -> str:
        """The columns of ``asking.listing.LISTED``; what the table has not is empty."""
        row = self._call
        fields = {name: row.text(name) for name in ("method", "path", "operation", "code", "message", "details")}
        fields |= {name: row.text(name) for name in ("seller_id", "application", "request_id")}
        fields |= {
            "time": row.time(), "stage": "'api'", "status": row.status(), "region": row.region(),
            "marketplaces": row.marketplaces(), "milliseconds": row.amount("milliseconds"),
            "attempt": row.amount("attempt"), "raw_path": "''",
        }  # fmt: skip
        return ", ".join(f"{sql} AS {name}" for name, sql in fields.items())

    def _told(self, message: str) -> str:
        """SQLite calls Python for what the others do themselves."""
        return f"signature_of({message})" if self.name == "sqlite" else message

    def _extreme(self, function: str) -> datetime | None:
        found = self.rows(f"SELECT {self._row.extreme(function)} AS found FROM {self._table}", {})
        if not found or str(found[0][0]).startswith("0000"):
            return None
        time = utc(found[0][0])
        return None if time is None or time.year <= _EMPTY_TIME else time

    # -- Looking at the columns ------------------------------------------------------------------------------------

    def _looked_at(self, types: Mapping[str, Any]) -> dict[str, Column]:
        """The mapped columns with what they hold; where a type does not tell it, some values do."""
        quote = self._connection.quoted
        columns = {
            field: Column(
                name,
                quote(name),
                Kind.OTHER if types[name] is None else kind_of(types[name]),
                nullable=self.name != "clickhouse" or "nullable" in words_of(types[name]),
                whole=types[name] is not None and is_whole(types[name]),
                subsecond="64" in words_of(types[name]) or self.name == "sqlite",
            )
            for field, name in self._mapped.items()
        }
        doubtful = [field for field in ("time", "marketplaces") if self._is_doubtful(field, columns)]
        if doubtful:
            names = ", ".join(columns[field].sql for field in doubtful)
            rows = self.rows(f"SELECT {names} FROM {self._table} LIMIT {SAMPLED}", {})
            for place, field in enumerate(doubtful):
                columns[field] = _seen(columns[field], [row[place] for row in rows if row[place] is not None], field)
        return columns

    def _is_doubtful(self, field: str, columns: Mapping[str, Column]) -> bool:
        if field not in columns:
            return False
        kind = columns[field].kind
        if field == "marketplaces":
            return kind in (Kind.TEXT, Kind.OTHER)
        return kind in (Kind.NUMBER, Kind.OTHER) or self.name == "sqlite"


def _seen(column: Column, values: list[Any], field: str) -> Column:
    kind = kind_of_values(values) or column.kind
    if field == "time" and column.kind is not Kind.OTHER and kind not in (Kind.TEXT, Kind.NUMBER):
        kind = column.kind
    per = unit_of(values) if kind is Kind.NUMBER else 1
    bracketed = any(isinstance(value, str) and set(value) & set('[]{}" ') for value in values)
    whole = all(isinstance(value, int) for value in values) if values else column.whole
    return msgspec.structs.replace(column, kind=kind, per=per, bracketed=bracketed, whole=whole)


__all__ = ["CallLogError", "DatabaseEngine", "DatabaseLog"]
