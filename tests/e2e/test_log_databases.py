"""A call log in somebody's own database: read-only, ended in time, told clearly when it fails, whatever its types."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from log_servers import PASSWORD
from log_tables import FORBIDDEN, SERVERS, is_one, opened, run, sent_as_it_is, single, small, until
from ports import free_port

from sptui.calllog.asking import connection
from sptui.calllog.asking.ask import errors, who
from sptui.calllog.asking.browse import count, page, signatures
from sptui.calllog.asking.database import DatabaseEngine, DatabaseLog
from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.browsing import Chosen
from sptui.spapi.redaction import Secret

sqlalchemy = pytest.importorskip("sqlalchemy")
pytest_plugins = ("log_server_fixtures",)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


SLOW = {
    "PostgreSQL": "SELECT count(*) FROM generate_series(1, 1000000000) a",
    "ClickHouse": "SELECT count() FROM system.numbers WHERE number % 7 = 9",
}
RUNNING = {
    "PostgreSQL": "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series(1, 1%'"
    " AND query NOT LIKE '%pg_stat%'",
    "ClickHouse": "SELECT count() FROM system.processes WHERE query LIKE '%system.numbers%' AND query NOT LIKE '%KILL%'"
    " AND query NOT LIKE '%system.processes%'",
}


# -- What goes over ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERVERS)
def test_few_rows_come_back_for_many_calls(
    name: str, at: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = opened(at(name))
    fetched: list[int] = []
    ask = engine._connection.rows

    def counted(sql: str, values: Any) -> list[tuple[Any, ...]]:
        rows = ask(sql, values)
        fetched.append(len(rows))
        return rows

    monkeypatch.setattr(engine._connection, "rows", counted)
    answer = who(engine, FORBIDDEN)
    assert (answer.calling, answer.failing, answer.failures) == (500, 50, 2000)
    assert [(each.message, each.sellers, each.calls) for each in answer.signatures] == [
        ("Order {id} is denied", 50, 2000)
    ]
    assert [each.calls for each in signatures(engine, Chosen())] == [2000]
    assert sum(each.calls for each in errors(engine, None)) == 2000
    assert count(engine, Chosen(statuses=((403, 403),))) == 2000
    assert len(page(engine, Chosen(), 50)) == 50
    engine.close()
    assert sum(fetched) < 100


def test_raw_paths_and_messages_show_their_template_and_no_ids(postgresql: str) -> None:
    engine = opened(postgresql)
    (newest,) = page(engine, Chosen(statuses=((403, 403),)), 1)
    engine.close()
    assert (newest.operation, newest.path) == (FORBIDDEN.operation.key, FORBIDDEN.operation.path)
    assert newest.raw_path == "/orders/v0/orders/{order}/address"


# -- Nothing is written -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERVERS)
def test_nothing_but_questions_goes_over(name: str, at: Callable[[str], str]) -> None:
    engine = opened(at(name))
    with pytest.raises(CallLogError, match="nothing is written"):
        engine.rows("INSERT INTO calls (path) VALUES ('x')", {})
    engine.close()


@pytest.mark.parametrize("name", SERVERS)
def test_the_server_itself_refuses_to_write(name: str, at: Callable[[str], str]) -> None:
    engine = opened(at(name))
    for statement in ("INSERT INTO calls (path) VALUES ('x')", "DROP TABLE calls"):
        with pytest.raises(CallLogError, match=r"read-?only"):
            sent_as_it_is(engine, statement)
    assert count(engine, Chosen()) == 20_000
    engine.close()


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_file_is_opened_for_reading_alone(kind: str, tmp_path: Path) -> None:
    url = small(kind, tmp_path)
    engine = opened(url)
    for statement in ("INSERT INTO calls (path) VALUES ('x')", "CREATE TABLE other (x INTEGER)"):
        with pytest.raises(CallLogError, match=r"read-?only"):
            sent_as_it_is(engine, statement)
    engine.close()


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_file_that_is_not_there_is_not_made(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("duckdb_engine")
    with pytest.raises(CallLogError, match=r"Check the path in \[call_log\] url"):
        opened(f"{kind}:///{tmp_path}/none.db")
    assert list(tmp_path.iterdir()) == []


def test_no_transaction_is_left_open(postgresql: str) -> None:
    engine = opened(postgresql)
    engine.newest()
    state = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
    assert single(postgresql, state) == 0
    engine.close()


# -- Limits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERVERS)
def test_a_question_that_takes_too_long_ends_on_the_server_too(name: str, at: Callable[[str], str]) -> None:
    kind, plain = name.partition(" ")[0], at(name.partition(" ")[0])
    engine = opened(at(name), timeout=3.0)
    with pytest.raises(CallLogError, match=r"did not answer within 3 s.*\[call_log\] timeout"):
        engine.rows(SLOW[kind], {})
    assert until(lambda: single(plain, RUNNING[kind]) == 0)
    engine.close()


@pytest.mark.parametrize("name", SERVERS)
def test_a_question_is_cancelled_on_the_server_too(name: str, at: Callable[[str], str]) -> None:
    kind, plain = name.partition(" ")[0], at(name.partition(" ")[0])
    engine = opened(at(name), timeout=120.0)
    engine.cancel()  # nothing runs: nothing happens
    told: list[str] = []

    def ask() -> None:
        try:
            engine.rows(SLOW[kind], {})
        except CallLogError as problem:
            told.append(str(problem))

    asking = threading.Thread(target=ask)
    began = time.monotonic()
    asking.start()
    assert until(lambda: single(plain, RUNNING[kind]) == 1)
    engine.cancel()
    asking.join(60)
    assert told == ["The question was cancelled."]
    assert until(lambda: single(plain, RUNNING[kind]) == 0)
    assert time.monotonic() - began < 60
    assert engine.newest() is not None  # and the next question is answered
    engine.close()


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_question_to_a_file_is_ended_too(kind: str, tmp_path: Path) -> None:
    engine = opened(small(kind, tmp_path), timeout=3.0)
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(CallLogError, match=r"did not answer within 3 s"):
        engine.rows(endless, {})
    assert engine.newest() == NOON
    engine.close()


def test_a_connection_that_was_lost_is_made_anew(postgresql: str) -> None:
    engine = opened(postgresql)
    before = engine.newest()
    end_all = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    assert single(postgresql, f"{end_all} AND pid <> pg_backend_pid()") == 1
    assert engine.newest() == before
    engine.close()


def test_a_connection_lost_in_the_middle_is_told(postgresql: str) -> None:
    engine = opened(postgresql)
    told: list[str] = []

    def ask() -> None:
        try:
            engine.rows(SLOW["PostgreSQL"], {})
        except CallLogError as problem:
            told.append(str(problem))

    asking = threading.Thread(target=ask)
    asking.start()
    ended = 0
    for _ in range(2):  # the question is put once more on a new connection
        server = f"{RUNNING['PostgreSQL']} AND pid <> {ended}"
        assert until(partial(is_one, postgresql, server))
        ended = single(postgresql, server.replace("count(*)", "max(pid)"))
        assert single(postgresql, f"SELECT CAST(pg_terminate_backend({ended}) AS INTEGER)") == 1
    asking.join(60)
    assert len(told) == 1
    assert "terminating connection due to administrator command" in told[0]
    engine.close()


# -- What goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERVERS)
def test_a_wrong_password_is_told_and_not_shown(name: str, at: Callable[[str], str]) -> None:
    url = sqlalchemy.make_url(at(name)).set(username="asker", password=None)
    log = DatabaseLog(url.render_as_string(hide_password=False), password=Secret("canary-wrong-11"))
    with pytest.raises(CallLogError, match="Check the user in") as trouble:
        DatabaseEngine(log)
    told = f"{trouble.value} {trouble.value.__cause__} {log!r}"
    assert "canary" not in told
    assert trouble.value.__suppress_context__


@pytest.mark.parametrize("name", SERVERS)
def test_a_user_who_may_only_read_suffices(name: str, at: Callable[[str], str]) -> None:
    url = sqlalchemy.make_url(at(name)).set(username="asker", password=None)
    engine = DatabaseEngine(DatabaseLog(url.render_as_string(hide_password=False), password=Secret(PASSWORD)))
    assert who(engine, FORBIDDEN).failing == 50
    with pytest.raises(CallLogError, match=r"read-?only|Not enough privileges"):
        sent_as_it_is(engine, "DROP TABLE calls")
    engine.close()


@pytest.mark.parametrize("scheme", ["postgresql+psycopg", "clickhouse+native", "clickhouse+http"])
def test_a_port_where_nobody_listens(scheme: str) -> None:
    pytest.importorskip("psycopg")
    pytest.importorskip("clickhouse_sqlalchemy")
    log = DatabaseLog(f"{scheme}://me:canary-in-url@127.0.0.1:{free_port()}/nowhere")
    with pytest.raises(CallLogError, match=r"refused.*Check host and port") as trouble:
        DatabaseEngine(log)
    assert "canary" not in str(trouble.value)


@pytest.mark.parametrize("scheme", ["postgresql+psycopg", "clickhouse+native", "clickhouse+http"])
def test_a_server_that_says_nothing_is_not_waited_for(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "SECONDS_TO_CONNECT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(CallLogError, match=r"did not answer within 0\.5 s.*firewall"):
            opened(f"{scheme}://me:x@127.0.0.1:{silent.getsockname()[1]}/nowhere")
        assert time.monotonic() - began < 8


@pytest.mark.parametrize("name", SERVERS)
def test_a_table_that_is_not_there(name: str, at: Callable[[str], str]) -> None:
    with pytest.raises(CallLogError, match=r"(There is no table cals|cals doesn't exist).*\[call_log\] table"):
        opened(at(name), "cals")


@pytest.mark.parametrize("name", SERVERS)
def test_a_column_that_is_not_there(name: str, at: Callable[[str], str]) -> None:
    with pytest.raises(CallLogError, match=r"no column 'merchants', as \[call_log.columns\] seller_id says"):
        opened(at(name), columns={"seller_id": "merchants"})
    with pytest.raises(CallLogError, match=r"did you mean seller_id\?"):
        opened(at(name), columns={"seller_id": "sellerid"})


def test_columns_that_cannot_be_guessed(tmp_path: Path) -> None:
    run(f"sqlite:///{tmp_path}/log.db", "CREATE TABLE calls (a TEXT, status TEXT)")
    with pytest.raises(CallLogError, match=r'which of them hold time, seller_id, path\?.*columns\] time = "…"'):
        opened(f"sqlite:///{tmp_path}/log.db")


def test_the_password_is_in_no_process_and_no_traceback(postgresql: str) -> None:
    url = sqlalchemy.make_url(postgresql).set(username="asker")
    script = (
        "import logging, sys; logging.basicConfig(level=logging.DEBUG)\n"
        "from sptui.calllog.asking.database import DatabaseEngine, DatabaseLog\n"
        "from sptui.spapi.redaction import Secret\n"
        f"DatabaseEngine(DatabaseLog({str(url)!r}, password=Secret(sys.stdin.readline())))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input="canary-wrong-12", capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "LogUnreachableError" in done.stderr
    assert "canary" not in done.stderr + done.stdout
