"""A call log in a ClickHouse of these days, with the types that Debian's does not know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import log_servers
import pytest
from log_tables import FORBIDDEN, ROWS, opened, run

from sptui.calllog.asking.ask import who
from sptui.calllog.asking.browse import count, page, signatures
from sptui.calllog.browsing import Chosen

TIMES = [datetime.fromisoformat(each[0]) for each in ROWS]
FRACTIONS = ("DateTime64(3)", "Nullable(DateTime64(3))", "DateTime64(6, 'Asia/Tokyo')")
TEXTS = ("LowCardinality(String)", "LowCardinality(Nullable(String))")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    pytest.importorskip("clickhouse_sqlalchemy")
    with log_servers.clickhouse_of_today() as url:
        yield url


@pytest.mark.parametrize("type_", FRACTIONS)
def test_times_with_fractions_of_a_second(url: str, type_: str) -> None:
    rows = [
        f"SELECT parseDateTime64BestEffort('{time}', 3), 'getOrderAddress', {status}, '{seller or ''}'"
        for time, status, seller, _ in ROWS
    ]
    run(
        url,
        "DROP TABLE IF EXISTS times",
        f"CREATE TABLE times (time {type_}, operation String, status UInt16, seller String) ENGINE = Memory",
        *(f"INSERT INTO times {row}" for row in rows),
    )
    engine = opened(url, "times")
    assert (engine.oldest(), engine.newest()) == (TIMES[0], TIMES[-1])
    assert [each.time for each in page(engine, Chosen(), 9)] == TIMES[::-1]
    assert count(engine, Chosen(since=TIMES[1])) == 2
    assert count(engine, Chosen(since=TIMES[1] + timedelta(milliseconds=1))) == 1
    assert count(engine, Chosen(until=TIMES[1])) == 1
    assert sum(signatures(engine, Chosen())[0].trend) == 1
    engine.close()


@pytest.mark.parametrize("type_", TEXTS)
def test_texts_of_low_cardinality(url: str, type_: str) -> None:
    nothing = "NULL" if "Nullable" in type_ else "''"
    rows = [
        f"SELECT parseDateTimeBestEffort('{time}'), 'getOrderAddress', '{status}', "
        + (f"'{seller}'" if seller else nothing)
        for time, status, seller, _ in ROWS
    ]
    columns = ", ".join(f"{name} {type_}" for name in ("operation", "status", "seller"))
    run(
        url,
        "DROP TABLE IF EXISTS texts",
        f"CREATE TABLE texts (time DateTime, {columns}) ENGINE = Memory",
        *(f"INSERT INTO texts {row}" for row in rows),
    )
    engine = opened(url, "texts")
    assert [(each.status, each.seller_id) for each in page(engine, Chosen(), 9)] == [(0, ""), (200, "A2"), (403, "A1")]
    answer = who(engine, FORBIDDEN)
    assert (answer.calling, answer.failing) == (2, 1)  # no seller: nobody
    engine.close()
