"""The columns of a table of the user's, and the SQL that makes a call's fields of them, whatever their types are.

Times are timestamps with or without a zone, texts, or numbers since 1970; a status may be a text, marketplaces a list,
JSON or a text with commas.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.asking.flavours import Flavour
from sptui.calllog.importing.fields import FIELDS, guess
from sptui.spapi.marketplaces import MARKETPLACES

SAMPLED: Final = 50
"""Values that are looked at where a column's type does not tell enough."""
_BRACKETS: Final = '[]{}" '
"""What JSON and PostgreSQL write around and between the texts of a list, besides commas."""


class Kind(Enum):
    """What a column holds, as far as the SQL depends on it."""

    TEXT = "text"
    NUMBER = "number"
    ZONED = "timestamp with a zone"
    NAIVE = "timestamp"
    LIST = "list"
    JSON = "JSON"
    OTHER = "other"


class Column(msgspec.Struct, frozen=True):
    """A column by its name, and as SQL (quoted). ``per``: of a number that is a time, how many are a second.
    ``bracketed``: a text that holds a list as JSON. ``nullable``, ``padded`` as the table says.
    """

    name: str
    sql: str
    kind: Kind
    per: int = 1
    bracketed: bool = False
    nullable: bool = True
    whole: bool = True
    subsecond: bool = False


def kind_of(type_: Any) -> Kind:
    """What a type of SQLAlchemy, or of a dialect of it, holds."""
    from sqlalchemy import types

    nested = getattr(type_, "nested_type", None)  # ClickHouse's Nullable and LowCardinality
    if nested is not None:
        return kind_of(nested)
    name = type(type_).__name__.lower()
    if isinstance(type_, types.ARRAY) or name in ("array", "variant"):
        return Kind.LIST
    if isinstance(type_, types.JSON) or name in ("json", "jsonb"):
        return Kind.JSON
    if isinstance(type_, (types.DateTime, types.Date)) or "timestamp" in name or "datetime" in name:
        zoned = bool(getattr(type_, "timezone", False)) or name.endswith(("_tz", "_ltz"))
        return Kind.ZONED if zoned else Kind.NAIVE
    if isinstance(type_, (types.Integer, types.Numeric)):
        return Kind.NUMBER
    if isinstance(type_, types.String) and not isinstance(type_, types.Enum):
        return Kind.TEXT
    return Kind.OTHER


def is_whole(type_: Any) -> bool:
    """Whether it is an integer's type."""
    from sqlalchemy import types

    nested = getattr(type_, "nested_type", None)
    return isinstance(type_, types.Integer) if nested is None else is_whole(nested)


def words_of(type_: Any) -> str:
    """Its name with the names of the types within it: ``lowcardinality nullable string``."""
    nested = getattr(type_, "nested_type", None)
    name = type(type_).__name__.lower()
    return name if nested is None else f"{name} {words_of(nested)}"


def kind_of_values(values: Iterable[Any]) -> Kind | None:
    """The same of values as a driver gives them; None where there are none."""
    for value in values:
        if isinstance(value, datetime):
            return Kind.ZONED if value.tzinfo is not None else Kind.NAIVE
        if isinstance(value, str):
            return Kind.TEXT
        if isinstance(value, (list, tuple)):
            return Kind.LIST
        if isinstance(value, (int, float)):
            return Kind.NUMBER
        if value is not None:
            return Kind.OTHER
    return None


def unit_of(values: Iterable[Any]) -> int:
    """How many of these numbers are a second since 1970: 1, or a power of 1000."""
    largest = max((float(value) for value in values if value is not None), default=0.0)
    return next((per for per in (1, 1000, 1_000_000) if largest / per < 1e11), 1_000_000_000)


def mapping_of(names: list[str], wanted: Mapping[str, str], table: str) -> dict[str, str]:
    """For each field its column: as set, else guessed. Raises CallLogError where that does not do."""
    known = {name.lower(): name for name in names}
    chosen = {field: known.get(name.lower(), name) for field, name in wanted.items()}
    wrong = [(field, name) for field, name in chosen.items() if name not in names]
    if wrong:
        field, name = wrong[0]
        near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
        hint = f" (did you mean {known[near[0]]}?)" if near else ""
        raise CallLogError(
            f"The table {table} has no column {name!r}, as [call_log.columns] {field} says{hint}. Its columns are "
            f"{', '.join(names)}."
        )
    guessed = {field: name for field, name in guess(names).columns.items() if name not in chosen.values()}
    columns = {field: name for field, name in {**guessed, **chosen}.items() if field in FIELDS}
    missing = [field for field in ("time", "status", "seller_id") if field not in columns]
    if "path" not in columns and "operation" not in columns:
        missing.append("path")
    if missing:
        lines = ", ".join(f'{field} = "…"' for field in missing)
        raise CallLogError(
            f"The table {table} has the columns {', '.join(names)}; which of them hold {', '.join(missing)}? "
            f"Say so in config.toml: [call_log.columns] {lines}."
        )
    return columns


class Row:
    """The SQL of a call's fields, made of a table's columns (by field)."""

    def __init__(self, columns: Mapping[str, Column], flavour: Flavour) -> None:
        self._columns = columns
        self._flavour = flavour

    def __contains__(self, field: str) -> bool:
        return field in self._columns

    def renamed(self) -> tuple[Row, str]:
        """The same of a relation in which no column has the name of a call's field, and what is selected for it: some
        engines take ``f(status) AS status`` for the column wherever it is named.
        """
        names = {field: msgspec.structs.replace(each, sql=f"their_{field}") for field, each in self._columns.items()}
        return Row(names, self._flavour), ", ".join(
            f"{each.sql} AS their_{field}" for field, each in self._columns.items()
        )

    def text(self, field: str) -> str:
        """As text, NULL as ""; "" where the table has no such column."""
        column = self._columns.get(field)
        if column is None:
            return "''"
        sql = column.sql if column.kind is Kind.TEXT else self._flavour.string.format(x=column.sql)
        return f"coalesce({sql}, '')" if column.nullable else sql

    def marketplaces(self) -> str:
        """Their ids with commas."""
        column = self._columns.get("marketplaces")
        if column is None:
            return "''"
        if column.kind is Kind.LIST and self._flavour.joined:
            return f"coalesce({self._flavour.joined.format(x=column.sql)}, '')"
        sql = self.text("marketplaces")
        if column.kind in (Kind.JSON, Kind.LIST, Kind.OTHER) or column.bracketed:
            for character in _BRACKETS:
                sql = f"replace({sql}, '{character}', '')"
        return sql

    def region(self) -> str:
        """As logged, else that of the first marketplace."""
        if "region" in self._columns:
            return self.text("region")
        first = self._flavour.first.format(x=self.marketplaces())
        cases = ""
        for name in ("NA", "EU", "FE"):
            ids = ", ".join(f"'{each.id}'" for each in MARKETPLACES.values() if each.region == name)
            cases += f" WHEN {first} IN ({ids}) THEN '{name}'"
        return f"CASE{cases} ELSE '' END"

    def status(self) -> str:
        """As an integer; 0 where there is none."""
        return self._number("status")

    def amount(self, field: str) -> str:
        """A number; 0 where there is none."""
        if field not in self._columns:
            return "0"
        column = self._columns[field]
        return self._number(field) if column.kind is Kind.TEXT else f"coalesce({column.sql}, 0)"

    def _number(self, field: str) -> str:
        column = self._columns[field]
        sql = column.sql
        if column.kind is not Kind.NUMBER:
            sql = self._flavour.number.format(x=self.text(field))
        elif not column.whole:
            sql = self._flavour.whole.format(x=sql)
        return f"coalesce({sql}, 0)" if column.nullable or column.kind is not Kind.NUMBER else sql

    # -- Times -----------------------------------------------------------------------------------------------------

    def time(self) -> str:
        """The moment of a call, as it can be compared with ``moment``."""
        column = self._columns["time"]
        sql = column.sql
        if column.kind in (Kind.TEXT, Kind.OTHER):
            sql = self._flavour.parsed.format(x=sql)
        elif column.kind is Kind.NUMBER:
            sql = self._flavour.from_epoch.format(x=sql, per=column.per, micros=1_000_000 / column.per)
        return self._flavour.moment.format(x=sql)

    def extreme(self, function: str) -> str:
        """The first (``min``) or last (``max``) time of all; of a column itself, which an index answers."""
        column = self._columns["time"]
        if column.kind in (Kind.TEXT, Kind.OTHER):
            return f"{function}({self.time()})"
        whole = msgspec.structs.replace(column, sql=f"{function}({column.sql})")
        return Row({"time": whole}, self._flavour).time()

    def readable(self) -> str:
        """The condition that a call has a time that can be read; "" where all have."""
        if self._columns["time"].kind in (Kind.TEXT, Kind.OTHER):
            return f"{self.time()} IS NOT NULL"
        return ""

    def moment(self, time: datetime) -> Any:
        """A moment as a parameter that ``time`` is compared with."""
        flavour, column = self._flavour, self._columns["time"]
        if flavour.of_seconds:
            return _seconds(time)
        if flavour.texts_for_times:
            return _rounded_up(time, 3).isoformat(" ", "milliseconds")
        zoned = {
            Kind.ZONED: True, Kind.NAIVE: False, Kind.NUMBER: flavour.epoch_zoned,
        }.get(column.kind, flavour.parsed_zoned)  # fmt: skip
        utc = time.astimezone(UTC)
        return utc if zoned else utc.replace(tzinfo=None)

    def bound(self, name: str, sign: str, time: datetime) -> tuple[str, dict[str, Any]]:
        """The condition that calls are at or after (``>=``) or before (``<``) a moment, on the column itself where
        an index may answer it; and its parameters.
        """
        column = self._columns["time"]
        if column.kind is Kind.NUMBER:
            exact = (time - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1) * column.per
            value: Any = math.ceil(round(exact, 3)) if column.whole else exact
            return f"{column.sql} {sign} :{name}", {name: value}
        if column.kind in (Kind.TEXT, Kind.OTHER):
            day = (time + timedelta(days=-1 if sign == ">=" else 2)).astimezone(UTC).strftime("%Y-%m-%d")
            condition = f"{column.sql} {sign} :{name}_day AND {self.time()} {sign} :{name}"
            return condition, {f"{name}_day": day, name: self.moment(time)}
        if self._flavour.of_text and column.subsecond:
            text = time.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
            return f"{column.sql} {sign} {self._flavour.of_text.format(value=f':{name}')}", {name: text}
        if self._flavour.of_seconds:
            return f"{column.sql} {sign} {self._flavour.of_seconds.format(value=f':{name}')}", {name: _seconds(time)}
        sql = self.time() if self._flavour.texts_for_times else column.sql
        return f"{sql} {sign} :{name}", {name: self.moment(time)}


def _seconds(time: datetime) -> int:
    """Since 1970: the first whole second at or after it."""
    return -((datetime(1970, 1, 1, tzinfo=UTC) - time) // timedelta(seconds=1))


def _rounded_up(time: datetime, digits: int) -> datetime:
    """In UTC, without a zone, to so many digits of a second: what is at or after the one is at or after the other."""
    step = timedelta(microseconds=10 ** (6 - digits))
    since = time.astimezone(UTC).replace(tzinfo=None) - datetime(1970, 1, 1)  # noqa: DTZ001 - both are UTC
    return datetime(1970, 1, 1) + -(-since // step) * step  # noqa: DTZ001
