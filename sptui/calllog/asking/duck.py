"""Asking with DuckDB a file that lies somewhere, without importing it."""

from __future__ import annotations

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


class FileEngine:
    """A file of JSON Lines where it lies: only the calls of the operation asked for are taken out of it."""

    dialect = DIALECT
    foreign = True
    by_time = False

    def __init__(self, path: str, mapped: Mapped) -> None:
        self._spill = TemporaryDirectory(prefix="sptui-")
        self._duck = Duck(Path(self._spill.name))
        self._path = path
        self._mapped = mapped
        self._lines = json_sql.read_lines(path, mapped, forgiving=True)
        self._taken: tuple[Question, Scope] | None = None

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
            f"SELECT {alike}, {shops} AS shops, {region} AS home, upper(method) || ' /' || {json_sql.reduced_sql()} AS"
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
        scope = self._chosen(chosen, f"upper(method) || ' /' || {json_sql.reduced_sql()}")
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
        """The calls of the operation, taken out of the file once."""
        if self._taken is None or self._taken[0] != question:
            scope = self._scope(question, _is_operation(question.operation))
            self._duck.rows(f"CREATE OR REPLACE TEMP TABLE taken AS {scope.sql}", scope.values)
            self._taken = question, Scope("SELECT * FROM taken", {})
        return self._taken[1]

    def other_calls(self, question: Question) -> Scope:
        """The calls of other operations; the file is read once more."""
        return self._scope(question, f"NOT ({_is_operation(question.operation)})")

    def times_of(self, question: Question) -> None:
        """Nothing is rolled up here."""

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a question."""
        try:
            return self._duck.rows(sql, values)
        except CallLogError as problem:
            raise CallLogError(f"{self._path} cannot be asked. {problem}") from problem

    def stream(self, sql: str, values: Mapping[str, Any]) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a question, some at a time."""
        return self._duck.stream(sql, values)

    def close(self) -> None:
        """Lets go of DuckDB."""
        self._duck.close()
        self._spill.cleanup()

    def _scope(self, question: Question, condition: str) -> Scope:
        values, window = {}, []  # a time that cannot be read is in no window; to ask that too would read it twice
        if question.since is not None:
            values["since"] = _naive(question.since)
            window.append("first_time >= CAST(:since AS TIMESTAMP)")
        if question.until is not None:
            values["until"] = _naive(question.until)
            window.append("first_time < CAST(:until AS TIMESTAMP)")
        within = " AND ".join(window) or "first_time IS NOT NULL"
        return Scope(f"SELECT * FROM ({self._typed(condition)}) c WHERE {within}", values)

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
            f"SELECT {json_sql.TIME} AS time, upper(method) AS method, path, operation, 'api' AS stage,"
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

    def _typed(self, condition: str) -> str:
        """The marketplaces are told apart once, and the region by the first of them."""
        region = _region("marketplaces")
        rest = "application, status, code, message, first_time, first_time AS last_time, 1 AS calls"
        return (
            f"SELECT seller_id, marketplaces, {region} AS region, {rest} FROM (SELECT {json_sql.SELLER} AS seller_id,"
            f" {json_sql.MARKETPLACES_SQL} AS marketplaces, region, path, application,"
            f" {json_sql.STATUS} AS status, code, message, {json_sql.TIME} AS first_time FROM ({self._lines}) l"
            f" WHERE ({condition}) AND (path <> '' OR operation <> '') AND {json_sql.READABLE_STATUS}) t"
        )


def _region(shops: str) -> str:
    """As told, else of the first marketplace, else of the address's host."""
    told = json_sql.region_sql(f"split_part({shops}, ',', 1)")
    return f"coalesce(nullif({told}, ''), {json_sql.HOST_REGION})"


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
