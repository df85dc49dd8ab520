"""Asking with DuckDB what was imported and recorded: Parquet files, and the newest calls that are not in one yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from sptui.calllog.asking import sql
from sptui.calllog.asking.duck import DIALECT
from sptui.calllog.asking.engine import CallLogError, LogChangedError, Scope
from sptui.calllog.asking.listing import FAILED, LISTED, chosen_calls
from sptui.calllog.asking.stored import Stored, Uncopied, read_parquet
from sptui.calllog.browsing import Chosen
from sptui.calllog.duck import Duck
from sptui.calllog.importing.json_sql import STORED_STAGE
from sptui.calllog.importing.sqlite_copy import EMPTY
from sptui.calllog.questions import Question
from sptui.calllog.tally import next_hour
from sptui.database import Database, DatabaseError

_DIALECT: Final = msgspec.structs.replace(DIALECT, replace="")
"""The messages are signatures already."""
_OWN: Final = LISTED.replace("raw_path", "raw AS raw_path")
_FOREIGN: Final = _OWN.replace("stage", f"{STORED_STAGE} AS stage")
_WHO: Final = "seller_id, marketplaces, region, application, status, code"
_ALIKE: Final = f"operation, path, {_WHO}, signature AS message, first_time, last_time, calls"
_EACH: Final = (
    f"operation, method || ' ' || path AS path, {_WHO}, signature AS message, time AS first_time, time AS last_time,"
    " CAST(1 AS BIGINT) AS calls"
)
_HOURS: Final = "operation, status, code, signature AS message, first_time, last_time, calls"
_SCOPE: Final = f"{_WHO}, message, first_time, last_time, calls"


class StoredEngine:
    """One log of several: what was imported (``stores``), and SQLite logs with their copies (``logs``)."""

    dialect = _DIALECT
    foreign = False
    by_time = True
    unreadable = 0

    def __init__(
        self,
        folder: Path,
        stores: tuple[Stored, ...],
        logs: tuple[tuple[Database, Stored], ...],
        flush: Callable[[], object] = lambda: None,
    ) -> None:
        """``folder``: for what does not fit into memory. ``flush`` has written what waits when it returns.

        Raises CallLogError and DatabaseError.
        """
        self._flush = flush
        self._duck = Duck(folder)
        self._imported = stores
        self._stores = (*stores, *(copy for _, copy in logs))
        self._uncopied = [
            Uncopied(self._duck, f"uncopied_{number}", database, copy) for number, (database, copy) in enumerate(logs)
        ]
        self.refresh()

    def refresh(self) -> bool:
        """Looks at the files again, and takes in what was recorded since."""
        try:
            self._flush()
            for stored in self._stores:
                stored.look()
            for rest in self._uncopied:
                rest.look()
        except DatabaseError as problem:
            raise CallLogError(str(problem)) from problem
        return True

    def moment(self, time: datetime) -> Any:
        """As Parquet holds it."""
        return time.astimezone(UTC).replace(tzinfo=None)

    def listed(self, chosen: Chosen) -> Scope:
        """The chosen calls."""
        return self._chosen(chosen)

    def placed(self, chosen: Chosen) -> Scope:
        """The chosen calls with ``place``."""
        scope = self.listed(chosen)
        return Scope(f"SELECT l.*, method || ' ' || path AS place FROM ({scope.sql}) l", scope.values)

    def kept(self, scope: Scope) -> Scope:
        """As a table of its own."""
        self._duck.rows(f"CREATE OR REPLACE TEMP TABLE kept AS {scope.sql}", scope.values)
        return Scope("SELECT * FROM kept", {})

    def alike(self, text: str) -> str:
        """DuckDB replaces itself."""
        return sql.alike(DIALECT, text)

    def failed(self, chosen: Chosen) -> Scope:
        """Those that failed."""
        scope = self._chosen(chosen, ", signature")
        columns = "operation, method || ' ' || path AS path, status, code, signature AS message, seller_id, time"
        return Scope(f"SELECT {columns} FROM ({scope.sql}) l WHERE {FAILED}", scope.values)

    def cancel(self) -> None:
        """Ends what runs in another thread."""
        self._duck.interrupt()

    def oldest(self) -> datetime | None:
        """The time of the first call."""
        return min((first for first, _ in self._spans() if first), default=None)

    def newest(self) -> datetime | None:
        """The time of the newest call."""
        return max((last for _, last in self._spans() if last), default=None)

    def calls_of(self, question: Question) -> Scope:
        """Of the roll-up; of the calls themselves where the window has an end."""
        return self._scope(question, "operation = :operation")

    def times_of(self, question: Question) -> Scope | None:
        """Of whole hours; of the calls themselves in the hour in which the window begins."""
        if question.since is None or question.until is not None:
            return None
        whole = next_hour(question.since)
        hours = self._union(_HOURS, [each.hours for each in self._stores], "")
        calls = self._union(_EACH, [each.calls(question.since, whole) for each in self._stores], "")
        rest = self._union(_EACH, [], _EACH)
        columns = "status, code, message, first_time, last_time, calls"
        since, begun = "CAST(:since AS TIMESTAMP)", "CAST(:whole AS TIMESTAMP)"
        parts = [
            f"SELECT {columns} FROM ({relation}) t WHERE operation = :operation AND first_time >= {bounds}"
            for relation, bounds in (
                (hours, begun),
                (calls, f"{since} AND first_time < {begun}"),
                (rest, since),
            )
        ]
        values = {"operation": question.operation.key, "since": _naive(question.since), "whole": _naive(whole)}
        return Scope(" UNION ALL ".join(parts), values)

    def other_calls(self, question: Question) -> Scope:
        """The calls of other operations."""
        return self._scope(question, "operation <> :operation")

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a question. Raises LogChangedError where files were merged meanwhile."""
        try:
            return self._duck.rows(sql, values)
        except CallLogError as problem:
            if all(each.there for each in self._stores):
                raise
            raise LogChangedError(str(problem)) from problem

    def stream(self, sql: str, values: Mapping[str, Any]) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a question, some at a time."""
        return self._duck.stream(sql, values)

    def close(self) -> None:
        """Lets go of DuckDB; the databases are their owners'."""
        self._duck.close()

    def _scope(self, question: Question, condition: str) -> Scope:
        values: dict[str, Any] = {"operation": question.operation.key}
        if question.since is not None:
            values["since"] = _naive(question.since)
            condition += " AND last_time >= CAST(:since AS TIMESTAMP)"
        relation = self._alike()
        if question.until is not None:
            values["until"] = _naive(question.until)
            condition += " AND last_time < CAST(:until AS TIMESTAMP)"
            relation = self._union(_EACH, [each.calls(question.since, question.until) for each in self._stores], _EACH)
        return Scope(f"SELECT {_SCOPE} FROM ({relation}) t WHERE {condition}", values)

    def _spans(self) -> list[tuple[datetime | None, datetime | None]]:
        return [each.span for each in self._stores] + [each.span for each in self._uncopied]

    def _alike(self) -> str:
        alike = self._union(_ALIKE, [each.tallies for each in self._stores], _EACH)
        files = [each.untallied for each in self._stores]
        return f"{alike} UNION ALL {self._union(_EACH, files, '')}" if any(files) else alike

    def _chosen(self, chosen: Chosen, more: str = "") -> Scope:
        files = {each: each.calls(chosen.since, chosen.until) for each in self._stores}
        foreign = [found for each, found in files.items() if each in self._imported]
        own = [found for each, found in files.items() if each not in self._imported]
        parts = [self._union(f"{_FOREIGN}{more}", foreign, ""), self._union(f"{_OWN}{more}", own, f"{_OWN}{more}")]
        return chosen_calls(Scope(" UNION ALL ".join(parts), {}), chosen, self.dialect, self.moment, more=more)

    def _union(self, columns: str, files: list[list[Path]], uncopied: str) -> str:
        """Columns of Parquet files, and (others, "" for none) of the calls that are in none yet; always a relation."""
        parts = [f"SELECT {columns} FROM {read_parquet(each)}" for each in files if each]
        parts += [f"SELECT {uncopied} FROM {each.name}" for each in self._uncopied if uncopied]
        return " UNION ALL ".join(parts) or f"SELECT {_EACH if 'first_time' in columns else columns} FROM ({EMPTY}) n"


def _naive(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()[:26].removesuffix("+00:00")
