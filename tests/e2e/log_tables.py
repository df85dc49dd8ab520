"""Tables that hold a call log, made in somebody's database, and asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import log_servers
import pytest

from sptui.calllog.asking.database import DatabaseEngine, DatabaseLog
from sptui.calllog.questions import Question
from sptui.spapi.catalogue import load_catalogue

sqlalchemy = pytest.importorskip("sqlalchemy")
FORBIDDEN = Question(load_catalogue().find("getOrderAddress"), status=403)
SERVERS = ("PostgreSQL", "ClickHouse", "ClickHouse over HTTP")


def run(url: str, *statements: str) -> None:
    made = log_servers.engine_of(url)
    with made.begin() as opened:
        for each in statements:
            opened.execute(sqlalchemy.text(each.replace(":", r"\:")))
    made.dispose()


def opened(url: str, table: str = "calls", **more: Any) -> DatabaseEngine:
    return DatabaseEngine(DatabaseLog(url, table, **{"timeout": 30.0, **more}))


def sent_as_it_is(engine: DatabaseEngine, statement: str) -> None:
    """Past sptui's own refusal to send anything but questions."""
    link = engine._connection
    link._work(lambda: link._ask(statement, {}), 30)


def single(url: str, sql: str) -> int:
    made = log_servers.engine_of(url)
    with made.connect() as link:
        found = int(link.execute(sqlalchemy.text(sql)).scalar())
    made.dispose()
    return found


def is_one(url: str, sql: str) -> bool:
    return single(url, sql) == 1


def until(reached: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


ROWS = (
    ("2026-11-20T11:58:00.250Z", 403, "A1", ("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2")),
    ("2026-11-20T11:59:00.500Z", 200, "A2", ("A1PA6795UKMFR9",)),
    ("2026-11-20T12:00:00.000Z", 0, None, ()),
)
"""Time, status, seller, marketplaces."""


def small(kind: str, folder: Path) -> str:
    """A file with the three calls of ``ROWS``, as plainly as can be."""
    if kind == "duckdb":
        pytest.importorskip("duckdb_engine")
        import duckdb

        values = ", ".join(
            f"('{moment}', '/orders/v0/orders/1/address', {status}, {repr(seller) if seller else 'NULL'},"
            f" '{','.join(shops)}')"
            for moment, status, seller, shops in ROWS
        )
        with duckdb.connect(f"{folder}/log.db") as made:
            made.execute("CREATE TABLE calls (time TIMESTAMPTZ, path TEXT, status INTEGER, seller TEXT, shops TEXT)")
            made.execute(f"INSERT INTO calls VALUES {values}")
        return f"duckdb:///{folder}/log.db"
    url = f"sqlite:///{folder}/log.db"
    run(url, "CREATE TABLE calls (time TEXT, path TEXT, status INTEGER, seller TEXT, shops TEXT)")
    made = log_servers.engine_of(url)
    with made.begin() as link:
        for moment, status, seller, shops in ROWS:
            link.execute(
                sqlalchemy.text("INSERT INTO calls VALUES (:a, '/orders/v0/orders/1/address', :b, :c, :d)"),
                {"a": moment, "b": status, "c": seller, "d": ",".join(shops)},
            )
    made.dispose()
    return url
