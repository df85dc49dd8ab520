"""One set of questions, put to every engine that may hold the log: SQLite, DuckDB, PostgreSQL, ClickHouse."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from calllog_world import START, as_json_lines, expected, questions, told, world

from sptui.calllog import duck, opening
from sptui.calllog.asking.ask import errors, who, window_start
from sptui.calllog.asking.database import DatabaseEngine, DatabaseLog
from sptui.calllog.asking.engine import CallLogError, Engine
from sptui.calllog.asking.sqlite import SqliteEngine
from sptui.calllog.importing.importer import Importer
from sptui.calllog.importing.ledger import Ledger
from sptui.calllog.importing.store import SqliteStore
from sptui.calllog.questions import Question
from sptui.calllog.store import CallLog

CALLS = world()


def needed(part: str, *, there: bool) -> None:
    """Under CI=true a missing part fails, elsewhere it skips."""
    if not there:
        message = f"{part} is not installed"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)


@contextmanager
def recorded(folder: Path) -> Iterator[Engine]:
    log = CallLog(folder / "calls.sqlite3")
    for call in CALLS:
        log.record(call)
    try:
        with opening.asked_log(log, folder) as engine:
            yield engine
    finally:
        log.close()


@contextmanager
def imported(folder: Path) -> Iterator[Engine]:
    needed("duckdb", there=duck.available())
    (folder / "their.log").write_bytes(as_json_lines(CALLS))
    with opening.opened_ledger(folder) as ledger, opening.opened_store(ledger, folder) as store:
        Importer(ledger, store, block_bytes=100_000).run(str(folder / "their.log"))
    log = CallLog(None)
    try:
        with opening.asked_log(log, folder) as engine:
            yield engine
    finally:
        log.close()


@contextmanager
def half_and_half(folder: Path) -> Iterator[Engine]:
    """Every other call imported, the rest recorded."""
    needed("duckdb", there=duck.available())
    with half_and_half_opened(folder) as engine:
        yield engine


@contextmanager
def half_and_half_opened(folder: Path) -> Iterator[Engine]:
    (folder / "their.log").write_bytes(as_json_lines(CALLS[::2]))
    with opening.opened_ledger(folder) as ledger, opening.opened_store(ledger, folder) as store:
        Importer(ledger, store).run(str(folder / "their.log"))
    log = CallLog(folder / "calls.sqlite3")
    for call in CALLS[1::2]:
        log.record(call)
    try:
        with opening.asked_log(log, folder) as engine:
            yield engine
    finally:
        log.close()


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


@contextmanager
def a_database(url: str, create: str, time_of: Callable[[Any], Any], options: str = "") -> Iterator[Engine]:
    """A table with names of its own, filled and asked through SQLAlchemy."""
    sqlalchemy = pytest.importorskip("sqlalchemy")
    made = sqlalchemy.create_engine(url)
    rows = [
        {
            "at": time_of(each.time), "verb": each.method, "res": each.path, "http": each.status, "err": each.code,
            "msg": each.message, "merchant": each.seller_id, "area": each.region, "app": each.application,
            "shops": ",".join(each.marketplaces),
        }
        for each in CALLS
    ]  # fmt: skip
    with made.begin() as connection:
        connection.execute(sqlalchemy.text("DROP TABLE IF EXISTS spapi_calls"))
        connection.execute(sqlalchemy.text(f"CREATE TABLE spapi_calls ({create}) {options}"))
        table = sqlalchemy.table("spapi_calls", *map(sqlalchemy.column, rows[0]))
        connection.execute(table.insert(), rows)
    made.dispose()
    engine = DatabaseEngine(DatabaseLog(url, "spapi_calls", COLUMNS, timeout=30))
    try:
        yield engine
    finally:
        engine.close()


COLUMNS = {
    "time": "at", "method": "verb", "path": "res", "status": "http", "code": "err", "message": "msg",
    "seller_id": "merchant", "region": "area", "application": "app", "marketplaces": "shops",
}  # fmt: skip
_TEXTS = ", ".join(f"{name} {{text}}" for name in ("verb", "res", "err", "msg", "merchant", "area", "app", "shops"))


@contextmanager
def sqlite_through_sqlalchemy(folder: Path) -> Iterator[Engine]:
    create = f"at TIMESTAMP, http INTEGER, {_TEXTS.format(text='TEXT')}"
    with a_database(f"sqlite:///{folder}/log.db", create, lambda each: str(each.replace(tzinfo=None))) as engine:
        yield engine


@contextmanager
def postgresql(folder: Path) -> Iterator[Engine]:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    needed("PostgreSQL (apt: postgresql)", there=bool(programs))
    port = _free_port()
    del folder  # pytest's folders are root's alone, and the server refuses to run as root
    place = tempfile.mkdtemp(prefix="sptui-pg-")
    data = Path(place) / "data"
    user: list[str] = []
    if os.geteuid() == 0:
        user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(place, "postgres")
    binaries = programs[-1]
    data.mkdir()
    if user:
        shutil.chown(data, "postgres")
    _do(*user, f"{binaries}/initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync")
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {place} -c fsync=off"
    _do(*user, f"{binaries}/pg_ctl", "-D", str(data), "-w", "-l", str(data / "log"), "-o", options, "start")
    try:
        create = f"at TIMESTAMPTZ, http INTEGER, {_TEXTS.format(text='TEXT')}"
        url = f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        with a_database(url, create, lambda each: each) as engine:
            yield engine
    finally:
        _do(*user, f"{binaries}/pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(place)


@contextmanager
def clickhouse(folder: Path) -> Iterator[Engine]:
    server = shutil.which("clickhouse-server", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")
    needed("ClickHouse (apt: clickhouse-server)", there=server is not None)
    port, http, between = _free_port(), _free_port(), _free_port()
    (folder / "config.xml").write_text(
        f"""<yandex><logger><level>error</level><console>1</console></logger><http_port>{http}</http_port>
        <tcp_port>{port}</tcp_port><interserver_http_port>{between}</interserver_http_port>
        <listen_host>127.0.0.1</listen_host><path>{folder}/ch/</path><tmp_path>{folder}/ch/tmp/</tmp_path>
        <users_config>/etc/clickhouse-server/users.xml</users_config><mark_cache_size>67108864</mark_cache_size>
        <default_profile>default</default_profile><default_database>default</default_database>
        <timezone>UTC</timezone></yandex>"""
    )
    with subprocess.Popen(
        [str(server), f"--config-file={folder}/config.xml"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(port)
            create = f"at DateTime, http UInt16, {_TEXTS.format(text='String')}"
            url = f"clickhouse+native://default@127.0.0.1:{port}/default"
            naive = lambda each: each.astimezone(UTC).replace(tzinfo=None, microsecond=0)  # noqa: E731
            with a_database(
                url, create, naive, "ENGINE = MergeTree() ORDER BY (res, at) PARTITION BY toYYYYMM(at)"
            ) as e:
                yield e
        finally:
            process.kill()


ENGINES: dict[str, Callable[[Path], Any]] = {
    "recorded": recorded,
    "imported": imported,
    "imported and recorded": half_and_half,
    "imported and recorded, without DuckDB": half_and_half_without_duckdb,
    "imported without DuckDB": imported_without_duckdb,
    "a file where it lies": a_file,
    "SQLite through SQLAlchemy": sqlite_through_sqlalchemy,
    "PostgreSQL": postgresql,
    "ClickHouse": clickhouse,
}


@pytest.fixture(scope="module", params=ENGINES, ids=list(ENGINES))
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Engine]]:
    with ENGINES[request.param](tmp_path_factory.mktemp("engine")) as engine:
        yield request.param, engine


@pytest.mark.parametrize("name", questions())
def test_every_engine_gives_the_answer_counted_by_hand(name: str, asked: tuple[str, Engine]) -> None:
    engine_name, engine = asked
    question = questions()[name]
    whole = engine_name == "ClickHouse"  # its DateTime has whole seconds
    calls = [msgspec_seconds(each) for each in CALLS] if whole else CALLS
    wanted = expected(calls, question)
    found = told(who(engine, question))
    if engine_name == "SQLite through SQLAlchemy":  # cannot tell alike messages apart from their ids, Python does
        assert wanted.pop("signatures") == found.pop("signatures")
    assert found == wanted


def msgspec_seconds(call: Any) -> Any:
    import msgspec

    return msgspec.structs.replace(call, time=call.time.replace(microsecond=0))


def test_every_engine_tells_all_errors(asked: tuple[str, Engine]) -> None:
    _, engine = asked
    found = {(each.operation, each.status, each.code): each.calls for each in errors(engine, None)}
    wanted: dict[tuple[str, int, str], int] = {}
    for each in CALLS:
        if each.status >= 400 or each.status == 0:
            key = (each.operation, each.status, each.code)
            wanted[key] = wanted.get(key, 0) + 1
    assert found == wanted


def test_the_window_goes_back_from_the_newest_call(asked: tuple[str, Engine]) -> None:
    _, engine = asked
    start = window_start(engine, timedelta(days=2))
    assert start is not None
    assert abs(start - (CALLS[-1].time - timedelta(days=2))) < timedelta(seconds=1)
    assert window_start(engine, None) is None


def test_nothing_is_written_to_a_database_that_is_asked(tmp_path: Path) -> None:
    with sqlite_through_sqlalchemy(tmp_path) as engine, pytest.raises(CallLogError):
        engine.rows("DELETE FROM spapi_calls RETURNING 1", {})


def test_postgresql_is_read_only_and_limited_in_time(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("pg")
    with postgresql(folder) as engine, pytest.raises(CallLogError, match="read-only"):
        engine.rows("DELETE FROM spapi_calls RETURNING 1", {})


def test_a_question_that_takes_too_long_ends(tmp_path_factory: pytest.TempPathFactory) -> None:
    with postgresql(tmp_path_factory.mktemp("pg")) as engine:
        assert isinstance(engine, DatabaseEngine)
        url = engine._engine.url.render_as_string(hide_password=False)
        short = DatabaseEngine(DatabaseLog(url, "spapi_calls", COLUMNS, timeout=1))
        try:
            began = time.monotonic()
            with pytest.raises(CallLogError, match="did not answer within 1 s"):
                short.rows("SELECT pg_sleep(60)", {})
            assert time.monotonic() - began < 30
        finally:
            short.close()


def test_errors_of_a_database_hold_no_password(tmp_path: Path) -> None:
    del tmp_path
    port = _free_port()
    log = DatabaseLog(f"postgresql+psycopg://me@127.0.0.1:{port}/nowhere", password="canary-password-77")
    pytest.importorskip("psycopg")
    with pytest.raises(CallLogError) as trouble:
        DatabaseEngine(log)
    assert "canary" not in str(trouble.value)
    assert "canary" not in repr(log)


def test_a_database_with_unknown_columns_says_what_to_set(tmp_path: Path) -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    url = f"sqlite:///{tmp_path}/log.db"
    made = sqlalchemy.create_engine(url)
    with made.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE calls (a TEXT, b TEXT)"))
    made.dispose()
    with pytest.raises(CallLogError, match=r"\[call_log.columns\] time"):
        DatabaseEngine(DatabaseLog(url))


def test_question_without_anything_in_the_log(tmp_path: Path) -> None:
    log = CallLog(None)
    with opening.asked_log(log, tmp_path) as engine:
        answer = who(engine, Question(questions()["one"].operation, since=START))
    log.close()
    assert (answer.calling, answer.failing, answer.pattern.value) == (0, 0, "too few")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the server did not start")


def _do(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
