"""One set of questions, put to every engine that may hold the log: SQLite, DuckDB, PostgreSQL, ClickHouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import log_servers
import msgspec
import pytest
from calllog_oracle import choices, chosen_of, kinds_of, shown
from calllog_world import START, as_json_lines, expected, questions, told, world
from log_servers import needed

from sptui.calllog import duck, opening
from sptui.calllog.asking.ask import errors, who, window_start
from sptui.calllog.asking.browse import count, page, signatures
from sptui.calllog.asking.database import DatabaseEngine, DatabaseLog
from sptui.calllog.asking.engine import Engine
from sptui.calllog.asking.kinds import kinds
from sptui.calllog.asking.sqlite import SqliteEngine
from sptui.calllog.browsing import Chosen
from sptui.calllog.importing.importer import Importer
from sptui.calllog.importing.ledger import Ledger
from sptui.calllog.importing.store import SqliteStore
from sptui.calllog.questions import Question
from sptui.calllog.signatures import signature_of
from sptui.calllog.store import CallLog
from sptui.spapi.calls import CallRecord

CALLS = world()


@contextmanager
def one_log(folder: Path, logged: Sequence[CallRecord], imported: Sequence[CallRecord] = ()) -> Iterator[Engine]:
    """Some calls recorded, others imported, as one log."""
    if imported:
        (folder / "their.log").write_bytes(as_json_lines(imported))
        with opening.opened_ledger(folder) as ledger, opening.opened_store(ledger, folder) as store:
            Importer(ledger, store, block_bytes=100_000).run(str(folder / "their.log"))
    log = CallLog(folder / "calls.sqlite3")
    for call in logged:
        log.record(call)
    try:
        with opening.asked_log(log, folder) as engine:
            yield engine
    finally:
        log.close()


def recorded(folder: Path) -> AbstractContextManager[Engine]:
    return one_log(folder, CALLS)


def imported(folder: Path) -> AbstractContextManager[Engine]:
    needed("duckdb", there=duck.available())
    return one_log(folder, (), CALLS)


def half_and_half(folder: Path) -> AbstractContextManager[Engine]:
    """Every other call imported, the rest recorded."""
    needed("duckdb", there=duck.available())
    return half_and_half_opened(folder)


def half_and_half_opened(folder: Path) -> AbstractContextManager[Engine]:
    return one_log(folder, CALLS[1::2], CALLS[::2])


@contextmanager
def imported_without_duckdb(folder: Path) -> Iterator[Engine]:
    (folder / "their.log").write_bytes(as_json_lines(CALLS))
    ledger = Ledger(folder / "imported")
    try:
        Importer(ledger, SqliteStore(ledger), block_bytes=100_000).run(str(folder / "their.log"))
        yield SqliteEngine(ledger.database)
    finally:
        ledger.close()


@contextmanager
def half_and_half_without_duckdb(folder: Path) -> Iterator[Engine]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(duck, "available", lambda: False)
        with half_and_half_opened(folder) as engine:
            yield engine


@contextmanager
def a_file(folder: Path) -> Iterator[Engine]:
    needed("duckdb", there=duck.available())
    (folder / "their.jsonl").write_bytes(as_json_lines(CALLS))
    with opening.asked_file(str(folder / "their.jsonl")) as engine:
        yield engine


COLUMNS = {
    "time": "at", "method": "verb", "path": "res", "status": "http", "code": "err", "message": "msg",
    "seller_id": "merchant", "region": "area", "application": "app", "marketplaces": "shops", "request_id": "rid",
    "milliseconds": "took",
}  # fmt: skip
_TEXTS = ", ".join(
    f"{name} {{text}}" for name in ("verb", "res", "err", "msg", "merchant", "area", "app", "shops", "rid")
)


def rows_of(time_of: Callable[[Any], Any]) -> list[dict[str, Any]]:
    """The calls as a program of somebody's keeps them."""
    return [
        {
            "at": time_of(each.time), "verb": each.method, "res": each.path, "http": each.status, "err": each.code,
            "msg": each.message, "merchant": each.seller_id, "area": each.region, "app": each.application,
            "shops": ",".join(each.marketplaces), "rid": each.request_id, "took": each.milliseconds,
        }
        for each in CALLS
    ]  # fmt: skip


def fill(url: str, create: str, rows: list[dict[str, Any]], options: str = "") -> None:
    """Makes the table, with names of its own."""
    sqlalchemy = pytest.importorskip("sqlalchemy")
    made = log_servers.engine_of(url)
    with made.begin() as connection:
        connection.execute(sqlalchemy.text(f"CREATE TABLE spapi_calls ({create}) {options}"))
        table = sqlalchemy.table("spapi_calls", *map(sqlalchemy.column, rows[0]))
        connection.execute(table.insert(), rows)
    made.dispose()


@contextmanager
def asked_database(url: str, table: str = "spapi_calls") -> Iterator[Engine]:
    engine = DatabaseEngine(DatabaseLog(url, table, COLUMNS, timeout=60))
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def sqlite_through_sqlalchemy(folder: Path) -> Iterator[Engine]:
    create = f"at TIMESTAMP, http INTEGER, took REAL, {_TEXTS.format(text='TEXT')}"
    url = f"sqlite:///{folder}/log.db"
    fill(url, create, rows_of(lambda each: str(each.replace(tzinfo=None))))
    with asked_database(url) as engine:
        yield engine


@contextmanager
def duckdb_through_sqlalchemy(folder: Path) -> Iterator[Engine]:
    duck_table(folder)
    with asked_database(f"duckdb:///{folder}/log.duckdb") as engine:
        yield engine


@contextmanager
def parquet_through_duckdb(folder: Path) -> Iterator[Engine]:
    duck_table(folder, f"COPY spapi_calls TO '{folder}/calls' (FORMAT parquet, PER_THREAD_OUTPUT)")
    with asked_database("duckdb:///:memory:", f"{folder}/calls/*.parquet") as engine:
        yield engine


def duck_table(folder: Path, *more: str) -> None:
    """The table in a file of DuckDB."""
    pytest.importorskip("duckdb_engine")
    import duckdb

    (folder / "rows.json").write_bytes(b"\n".join(msgspec.json.encode(each) for each in rows_of(lambda each: each)))
    with duckdb.connect(f"{folder}/log.duckdb") as connection:
        types = ", ".join(f"{name}: 'VARCHAR'" for name in COLUMNS.values() if name not in ("at", "http", "took"))
        connection.execute(
            f"CREATE TABLE spapi_calls AS SELECT * FROM read_json('{folder}/rows.json', format='newline_delimited',"
            f" columns={{'at': 'TIMESTAMP', http: 'INTEGER', took: 'DOUBLE', {types}}})"
        )
        for statement in more:
            connection.execute(statement)


@contextmanager
def postgresql(folder: Path) -> Iterator[Engine]:
    pytest.importorskip("psycopg")
    create = f"at TIMESTAMPTZ, http INTEGER, took REAL, {_TEXTS.format(text='TEXT')}"
    with log_servers.postgresql() as url:
        fill(url, create, rows_of(lambda each: each))
        with asked_database(url) as engine:
            yield engine


@contextmanager
def clickhouse(folder: Path, *, http: bool = False) -> Iterator[Engine]:
    pytest.importorskip("clickhouse_sqlalchemy")
    with log_servers.clickhouse(folder) as urls:
        fill_clickhouse(urls[0])
        with asked_database(urls[1] if http else urls[0]) as engine:
            yield engine


def fill_clickhouse(url: str) -> None:
    create = f"at DateTime('UTC'), http UInt16, took Float32, {_TEXTS.format(text='String')}"
    options = "ENGINE = MergeTree() ORDER BY (res, at) PARTITION BY toYYYYMM(at)"
    fill(url, create, rows_of(lambda each: each.replace(microsecond=0)), options)


@contextmanager
def clickhouse_over_http(folder: Path) -> Iterator[Engine]:
    with clickhouse(folder, http=True) as engine:
        yield engine


@contextmanager
def clickhouse_of_today(folder: Path) -> Iterator[Engine]:
    pytest.importorskip("clickhouse_sqlalchemy")
    with log_servers.clickhouse_of_today() as url:
        fill_clickhouse(url)
        with asked_database(url) as engine:
            yield engine


ENGINES: dict[str, Callable[[Path], Any]] = {
    "recorded": recorded,
    "imported": imported,
    "imported and recorded": half_and_half,
    "imported and recorded, without DuckDB": half_and_half_without_duckdb,
    "imported without DuckDB": imported_without_duckdb,
    "a file where it lies": a_file,
    "SQLite through SQLAlchemy": sqlite_through_sqlalchemy,
    "DuckDB through SQLAlchemy": duckdb_through_sqlalchemy,
    "Parquet through DuckDB and SQLAlchemy": parquet_through_duckdb,
    "PostgreSQL": postgresql,
    "ClickHouse": clickhouse,
    "ClickHouse over HTTP": clickhouse_over_http,
    "ClickHouse of today": clickhouse_of_today,
}


@pytest.fixture(scope="module", params=ENGINES, ids=list(ENGINES))
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Engine]]:
    with ENGINES[request.param](tmp_path_factory.mktemp("engine")) as engine:
        yield request.param, engine


def calls_in(name: str) -> list[CallRecord]:
    """The calls as the engine keeps them: ClickHouse's DateTime has whole seconds."""
    if not name.startswith("ClickHouse"):
        return CALLS
    return [msgspec.structs.replace(each, time=each.time.replace(microsecond=0)) for each in CALLS]


@pytest.mark.parametrize("name", questions())
def test_every_engine_gives_the_answer_counted_by_hand(name: str, asked: tuple[str, Engine]) -> None:
    engine_name, engine = asked
    question = questions()[name]
    assert told(who(engine, question)) == expected(calls_in(engine_name), question)


def test_every_engine_tells_all_errors(asked: tuple[str, Engine]) -> None:
    _, engine = asked
    found: dict[tuple[str, int, str], int] = {}
    for each in errors(engine, None):
        key = (each.operation, each.status, each.code)
        found[key] = found.get(key, 0) + each.calls
    wanted: dict[tuple[str, int, str], int] = {}
    for call in CALLS:
        if call.status >= 400 or call.status == 0:
            key = (call.operation, call.status, call.code)
            wanted[key] = wanted.get(key, 0) + 1
    assert found == wanted


@pytest.mark.parametrize("name", choices())
def test_every_engine_lists_and_counts_what_is_chosen(name: str, asked: tuple[str, Engine]) -> None:
    engine_name, engine = asked
    chosen = choices()[name]
    wanted = chosen_of(calls_in(engine_name), chosen)
    assert count(engine, chosen) == len(wanted)
    assert [shown(each) for each in page(engine, chosen, 60)] == [shown(each) for each in wanted[:60]]


@pytest.mark.parametrize("name", choices())
def test_every_engine_groups_the_errors_with_their_trend(name: str, asked: tuple[str, Engine]) -> None:
    engine_name, engine = asked
    chosen = choices()[name]
    found = signatures(engine, chosen)
    kinds = {(each.operation, each.status, each.code, each.message): each for each in found}
    assert len(kinds) == len(found)
    wanted = kinds_of(calls_in(engine_name), chosen)
    assert {kind: (each.sellers, each.calls, each.trend) for kind, each in kinds.items()} == wanted
    assert [each.sellers for each in found] == sorted((each.sellers for each in found), reverse=True)


@pytest.mark.parametrize("name", ["everything", "what failed", "a day", "no answer", "no such operation"])
def test_every_engine_tells_the_kinds_to_be_explained(name: str, asked: tuple[str, Engine]) -> None:
    engine_name, engine = asked
    chosen = choices()[name]
    found = {}
    for each in kinds(engine, chosen):
        key = (each.operation, each.region, each.status, each.code, signature_of(each.message))
        assert key not in found
        found[key] = (each.hit, each.calls, each.first, each.last)
    members: dict[Any, list[CallRecord]] = {}
    for call in chosen_of(calls_in(engine_name), chosen):
        if call.status >= 400 or call.status == 0:
            key = (call.operation, call.region, call.status, call.code, signature_of(call.message))
            members.setdefault(key, []).append(call)
    assert found == {
        key: (len({each.seller_id for each in calls} - {""}), len(calls), calls[-1].time, calls[0].time)
        for key, calls in members.items()
    }


def test_the_window_goes_back_from_the_newest_call(asked: tuple[str, Engine]) -> None:
    engine_name, engine = asked
    assert window_start(engine, timedelta(days=2)) == calls_in(engine_name)[-1].time - timedelta(days=2)
    assert window_start(engine, None) is None
    assert engine.oldest() == CALLS[0].time


def test_question_without_anything_in_the_log(tmp_path: Path) -> None:
    log = CallLog(None)
    with opening.asked_log(log, tmp_path) as engine:
        answer = who(engine, Question(questions()["one"].operation, since=START))
        assert page(engine, Chosen(), 10) == []
        assert signatures(engine, Chosen()) == []
    log.close()
    assert (answer.calling, answer.failing, answer.pattern.value) == (0, 0, "too few")
