"""Asking with DuckDB a file that lies somewhere, without importing it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sptui.calllog.asking import sql
from sptui.calllog.asking.engine import CallLogError, Dialect, Scope, utc
from sptui.calllog.asking.listing import FAILED, chosen_calls
from sptui.calllog.browsing import Chosen
from sptui.calllog.duck import Duck, quoted
from sptui.calllog.importing import json_sql
from sptui.calllog.importing.fields import Mapped
from sptui.calllog.importing.lines import read_json_line
from sptui.calllog.importing.sources import is_compressed
from sptui.calllog.importing.times import time_of
from sptui.calllog.importing.values import Values
from sptui.calllog.paths import pattern_of, siblings
from sptui.calllog.questions import Question
from sptui.spapi.catalogue import Operation

DIALECT: Final = Dialect(
    grouping_sets=True,
    key="hash(seller_id)",
    split="SELECT *, unnest(string_split(marketplaces, ',')) AS marketplace FROM {relation}",
    replace="regexp_replace({text}, '{pattern}', '{replacement}', 'g')",
    contains="contains(lower({text}), lower(:{name}))",
    member="list_contains(string_split({text}, ','), :{name})",
)
_END: Final = 256 << 10
_ALIKE: Final = "seller_id, marketplaces, region, host, application, status, code, message"
_READABLE: Final = f"(path <> '' OR operation <> '') AND {json_sql.READABLE_STATUS}"
_SCOPE: Final = "seller_id, marketplaces, region, application, status, code, message, first_time, last_time, calls"


class FileEngine:
    """A file of JSON Lines where it lies: only the calls of the operation asked for are taken out of it."""

    dialect = DIALECT
    foreign = True
    by_time = False
    unreadable = 0

    def __init__(self, path: str, mapped: Mapped) -> None:
        self._spill = TemporaryDirectory(prefix="sptui-")
        self._duck = Duck(Path(self._spill.name))
        self._path = path
        self._mapped = mapped
        self._lines = json_sql.read_lines(path, mapped, forgiving=True)
        self._taken: Question | None = None

    def refresh(self) -> bool:
        """Forgets what was taken out of the file: it may have grown."""
        self._taken = None
        return True

    def moment(self, time: datetime) -> Any:
        """As the lines are read."""
        return time.astimezone(UTC).replace(tzinfo=None)

    def listed(self, chosen: Chosen) -> Scope:
        """The chosen calls, as the lines tell of them."""
        return self._chosen(chosen)

    def placed(self, chosen: Chosen) -> Scope:
        """The chosen calls with ``place``, and their marketplaces and regions told apart: once for all alike lines."""
        scope, shops = self._chosen(chosen), json_sql.MARKETPLACES_SQL
        region = _region(shops)
        alike = "method, path, marketplaces, region"
        told = (
            f"SELECT {alike}, {shops} AS shops, {region} AS home, upper(method) || ' ' || {json_sql.reduced_sql()} AS"
            f" place FROM (SELECT DISTINCT {alike} FROM found) d"
        )
        return Scope(
            f"WITH found AS MATERIALIZED ({scope.sql}), told AS ({told}) SELECT found.* REPLACE (shops AS marketplaces,"
            f" home AS region), place FROM found JOIN told USING ({alike})",
            scope.values,
        )

    def kept(self, scope: Scope) -> Scope:
        """As a table of its own."""
        self._duck.rows(f"CREATE OR REPLACE TEMP TABLE kept AS {scope.sql}", scope.values)
        return Scope("SELECT * FROM kept", {})

    def alike(self, text: str) -> str:
        """DuckDB replaces itself."""
        return sql.alike(DIALECT, text)

    def failed(self, chosen: Chosen) -> Scope:
        """Those that failed."""
        scope = self._chosen(chosen, f"upper(method) || ' ' || {json_sql.reduced_sql()}")
        columns = "operation, place AS path, status, code, message, seller_id, time"
        return Scope(f"SELECT {columns} FROM ({scope.sql}) l WHERE {FAILED}", scope.values)

    def cancel(self) -> None:
        """Ends what runs in another thread."""
        self._duck.interrupt()

    def oldest(self) -> datetime | None:
        """The time of the first call: at the beginning of a plain file, as ``newest``."""
        if not is_compressed(self._path) and (times := self._times(from_end=False)):
            return min(times)
        return utc(self.rows(f"SELECT min({json_sql.TIME}) FROM ({self._lines})", {})[0][0])

    def newest(self) -> datetime | None:
        """The time of the newest call: near the end of a plain file, which is in the order of time. Of a compressed
        one the whole is read.
        """
        if not is_compressed(self._path) and (times := self._times()):
            return max(times)
        return utc(self.rows(f"SELECT max({json_sql.TIME}) FROM ({self._lines})", {})[0][0])

    def _times(self, *, from_end: bool = True) -> list[datetime]:
        try:
            with Path(self._path).open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - _END) if from_end else 0)
                lines = file.read(_END).split(b"\n")
        except OSError as problem:
            raise CallLogError(f"{self._path} cannot be read: {problem.strerror or problem}.") from problem
        read = [read_json_line(line, self._mapped) for line in lines if line.strip()]
        times = [time_of(each.time) for each in read if isinstance(each, Values)]
        return [each for each in times if each is not None]

    def calls_of(self, question: Question) -> Scope:
        """The calls of the operation, taken out of the file once: alike calls as one row. Lines that tell of no call,
        and those of the operation whose time or status cannot be read, are counted on the way.
        """
        if self._taken != question:
            window, values = _window(question)
            # A CASE, so that the window, which is slow, is looked at last.
            lines = self._lines_where(
                f"CASE WHEN {_is_operation(question.operation)} THEN coalesce({window or 'true'}, true)"
                " ELSE path = '' AND operation = '' END"
            )
            alike = (
                f"SELECT {_ALIKE}, min(time) AS first_time, max(time) AS last_time, count(time) AS calls,"
                f" count(*) - count(time) AS unreadable FROM ({lines}) w GROUP BY {_ALIKE}"
            )
            self.rows(f"CREATE OR REPLACE TEMP TABLE taken AS {_told_apart(alike)}", values)
            self.unreadable = int(self.rows("SELECT coalesce(sum(unreadable), 0) FROM taken", {})[0][0])
            self._taken = question
        return Scope(f"SELECT {_SCOPE} FROM taken WHERE calls > 0", {})

    def other_calls(self, question: Question) -> Scope:
        """The calls of other operations; the file is read once more."""
        window, values = _window(question)
        within = window or f"{json_sql.TIME} IS NOT NULL"
        lines = self._lines_where(f"NOT ({_is_operation(question.operation)}) AND {_READABLE} AND {within}")
        each = f"SELECT {_ALIKE}, time AS first_time, time AS last_time, 1 AS calls FROM ({lines}) w"
        return Scope(f"SELECT {_SCOPE} FROM ({_told_apart(each)}) o", values)

    def times_of(self, question: Question) -> None:
        """Nothing is rolled up here."""

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a question."""
        try:
            return self._duck.rows(sql, values)
        except CallLogError as problem:
            if "Unexpected end of GZIP stream" in str(problem):
                advice = f"What is whole in it can be imported: sptui log import {self._path}"
                raise CallLogError(f"{self._path} breaks off, and cannot be asked. {advice}") from problem
            raise CallLogError(f"{self._path} cannot be asked. {problem}") from problem

    def stream(self, sql: str, values: Mapping[str, Any]) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a question, some at a time."""
        return self._duck.stream(sql, values)

    def close(self) -> None:
        """Lets go of DuckDB."""
        self._duck.close()
        self._spill.cleanup()

    def _lines_where(self, condition: str) -> str:
        """The lines for which a condition holds; those that cannot be read have no time."""
        return (
            f"SELECT {json_sql.SELLER} AS seller_id, {json_sql.SHOP} AS marketplaces, region,"
            f" {json_sql.HOST_REGION} AS host, application, status, code, message,"
            f" CASE WHEN {_READABLE} THEN {json_sql.TIME} END AS time FROM ({self._lines}) l WHERE {condition}"
        )

    def _chosen(self, chosen: Chosen, place: str = "") -> Scope:
        """Marketplaces and region are told apart only where they are asked for: it is slow, and Python does it with
        the few calls that are shown. ``place`` names calls of no known operation; then only failures are looked at.
        """
        from sptui.spapi.catalogue import load_catalogue

        shops = json_sql.MARKETPLACES_SQL if chosen.marketplace or chosen.region else "marketplaces"
        region = _region(shops) if chosen.region else "region"
        found = [load_catalogue().get(each) for each in chosen.operations]
        among = " OR ".join(f"({_is_operation(each)})" for each in found if each is not None) or "false"
        lines = (
            f"SELECT {json_sql.TIME} AS time, upper(method) AS method, path, operation, {json_sql.STAGE} AS stage,"
            f" {json_sql.STATUS} AS status, code, message, details, {json_sql.SELLER} AS seller_id,"
            f" {region} AS region, application,"
            f" {shops} AS marketplaces, request_id, milliseconds, attempt, '' AS raw_path"
            + (f", {place} AS place" if place else "")
            + f" FROM ({self._lines}) l WHERE (path <> '' OR operation <> '') AND {json_sql.READABLE_STATUS}"
            + (f" AND ({among})" if chosen.operations else "")
            + (" AND trim(status) NOT LIKE '2__'" if place else "")
        )
        scope = Scope(f"SELECT * FROM ({lines}) t WHERE time IS NOT NULL", {})
        more = ", place" if place else ""
        return chosen_calls(scope, chosen, self.dialect, self.moment, operations=False, more=more)


def _window(question: Question) -> tuple[str, dict[str, Any]]:
    """Whether a line lies in the window ("" without one), with the parameters: NULL where its time cannot be read."""
    values, parts = {}, []
    for name, sign, moment in (("since", ">=", question.since), ("until", "<", question.until)):
        if moment is not None:
            values[name] = _naive(moment)
            parts.append(f"{json_sql.TIME} {sign} CAST(:{name} AS TIMESTAMP)")
    return " AND ".join(parts), values


def _told_apart(alike: str) -> str:
    """The marketplaces and the region of rows with the columns ``_ALIKE``, and the status as a number."""
    return (
        f"SELECT * EXCLUDE (host, path) REPLACE ({_region('marketplaces', 'host')} AS region) FROM"
        f" (SELECT * REPLACE ({json_sql.MARKETPLACES_SQL} AS marketplaces, {json_sql.STATUS} AS status)"
        f" FROM (SELECT *, '' AS path FROM ({alike}) a) p) m"  # what the path told is told already
    )


def _region(shops: str, host: str = json_sql.HOST_REGION) -> str:
    """As told, else of the first marketplace, else of the address's host."""
    told = json_sql.region_sql(f"split_part({shops}, ',', 1)")
    return f"coalesce(nullif({told}, ''), {host})"


def _is_operation(operation: Operation) -> str:
    """Whether a line is a call of the operation, by its name or by method and path."""
    template = quoted(operation.path)
    longest = max(re.split(r"\{[^}]*\}", operation.path), key=len)  # what any of its paths holds: quick to look for
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
