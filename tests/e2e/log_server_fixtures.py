"""Servers that hold a call log, started once for all tests that ask them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import log_servers
import pytest
from log_servers import PASSWORD
from log_tables import run


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    pytest.importorskip("psycopg")
    with log_servers.postgresql() as url:
        run(
            url,
            f"CREATE USER asker PASSWORD '{PASSWORD}'",
            # 20,000 calls of 500 sellers in 20 days; every tenth is refused.
            "CREATE TABLE calls AS SELECT TIMESTAMPTZ '2026-11-01Z' + n * INTERVAL '86.4 s' AS time, 'GET' AS method,"
            " '/orders/v0/orders/' || (100 + n % 800) || '-1234567-' || (1000000 + n) || '/address?x=' || n AS path,"
            " CASE WHEN n % 10 = 0 THEN 403 ELSE 200 END AS status, CASE WHEN n % 10 = 0 THEN 'Unauthorized' END AS"
            " code, CASE WHEN n % 10 = 0 THEN 'Order 902-1234567-' || (1000000 + n) || ' is denied' END AS message,"
            " 'A' || n % 500 AS seller_id, 'ATVPDKIKX0DER' AS marketplace_id FROM generate_series(0, 19999) n",
            "GRANT SELECT ON calls TO asker",
        )
        yield url


@pytest.fixture(scope="session")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    pytest.importorskip("clickhouse_sqlalchemy")
    with log_servers.clickhouse(tmp_path_factory.mktemp("clickhouse")) as (native, http):
        run(
            native,
            "CREATE TABLE calls ENGINE = MergeTree() ORDER BY (path, time) PARTITION BY toYYYYMM(time) AS SELECT"
            " toDateTime('2026-11-01 00:00:00', 'UTC') + number * 86 AS time, 'GET' AS method,"
            " concat('/orders/v0/orders/902-1234567-', toString(1000000 + number), '/address') AS path,"
            " toUInt16(number % 10 = 0 ? 403 : 200) AS status, number % 10 = 0 ? 'Unauthorized' : '' AS code,"
            " number % 10 = 0 ? concat('Order 902-1234567-', toString(1000000 + number), ' is denied') : '' AS message,"
            " concat('A', toString(number % 500)) AS seller_id, 'ATVPDKIKX0DER' AS marketplace_id"
            " FROM numbers(20000)",
        )
        yield {"native": native, "http": http}


@pytest.fixture
def at(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """The address of a server by its name."""

    def address(name: str) -> str:
        if name == "PostgreSQL":
            return str(request.getfixturevalue("postgresql"))
        return str(request.getfixturevalue("clickhouse")["http" if "HTTP" in name else "native"])

    return address
