"""A call log in somebody's own database, with the types and names that are found in the wild."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from log_tables import FORBIDDEN, ROWS, SERVERS, opened, run

from sptui.calllog.asking.ask import who
from sptui.calllog.asking.browse import count, page, signatures
from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.browsing import Chosen
from sptui.calllog.questions import Question

pytest_plugins = ("log_server_fixtures",)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def iso(text: str) -> str:
    return f"'{text}'"


def plain(text: str) -> str:
    return f"'{text.replace('T', ' ').removesuffix('Z')}'"


TIMES: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "PostgreSQL, timestamptz": ("PostgreSQL", "TIMESTAMPTZ", iso),
    "PostgreSQL, timestamp": ("PostgreSQL", "TIMESTAMP", plain),
    "PostgreSQL, ISO text": ("PostgreSQL", "TEXT", iso),
    "PostgreSQL, text of another zone": (
        "PostgreSQL", "TEXT",
        lambda text: f"'{(datetime.fromisoformat(text) + timedelta(hours=5)).isoformat()[:-6]}+05:00'",
    ),
    "PostgreSQL, seconds": ("PostgreSQL", "DOUBLE PRECISION", lambda text: f"{seconds(text):.3f}"),
    "PostgreSQL, milliseconds": ("PostgreSQL", "BIGINT", lambda text: f"{seconds(text) * 1000:.0f}"),
    "ClickHouse, DateTime": ("ClickHouse", "DateTime", lambda text: f"toDateTime({seconds(text):.0f})"),
    "ClickHouse, Nullable": ("ClickHouse", "Nullable(DateTime)", lambda text: f"toDateTime({seconds(text):.0f})"),
    "ClickHouse, ISO text": ("ClickHouse", "String", iso),
    "ClickHouse, milliseconds": ("ClickHouse", "Int64", lambda text: f"{seconds(text) * 1000:.0f}"),
    "SQLite, timestamp": ("sqlite", "TIMESTAMP", plain),
    "SQLite, ISO text": ("sqlite", "TEXT", iso),
    "SQLite, seconds": ("sqlite", "INTEGER", lambda text: f"{seconds(text):.3f}"),
    "DuckDB, timestamp": ("duckdb", "TIMESTAMP", plain),
    "DuckDB, timestamptz": ("duckdb", "TIMESTAMPTZ", iso),
    "DuckDB, ISO text": ("duckdb", "TEXT", iso),
    "DuckDB, microseconds": ("duckdb", "BIGINT", lambda text: f"{seconds(text) * 1_000_000:.0f}"),
}  # fmt: skip

SHOPS: dict[str, Callable[[tuple[str, ...]], str]] = {
    "TEXT": lambda shops: f"'{','.join(shops)}'",
    "TEXT with JSON": lambda shops: "'[" + ", ".join(f'"{each}"' for each in shops) + "]'",
    "JSONB": lambda shops: "'[" + ", ".join(f'"{each}"' for each in shops) + "]'",
    "TEXT[]": lambda shops: "'{" + ",".join(shops) + "}'",
    "String": lambda shops: f"'{','.join(shops)}'",
    "Array(String)": lambda shops: "[" + ", ".join(f"'{each}'" for each in shops) + "]",
    "VARCHAR[]": lambda shops: "[" + ", ".join(f"'{each}'" for each in shops) + "]",
}


def table_with(url: str, kind: str, columns: dict[str, str], rows: list[list[str]], name: str = "odd") -> None:
    """Makes a table of the ``columns`` (name -> type) with rows of SQL literals."""
    types = ", ".join(f"{column} {type_.partition(' with ')[0]}" for column, type_ in columns.items())
    end = " ENGINE = Memory" if kind == "ClickHouse" else ""
    values = ", ".join(f"({', '.join(row)})" for row in rows)
    statements = [f"DROP TABLE IF EXISTS {name}", f"CREATE TABLE {name} ({types}){end}"]
    statements += [f"INSERT INTO {name} VALUES {values}"] if rows and kind != "ClickHouse" else []
    statements += [f"INSERT INTO {name} SELECT {', '.join(row)}" for row in rows if kind == "ClickHouse"]
    run(url, *statements)


def place(kind: str, at: Callable[[str], str], folder: Path) -> str:
    if kind == "duckdb":
        pytest.importorskip("duckdb_engine")
    return f"{kind}:///{folder}/odd.db" if kind in ("sqlite", "duckdb") else at(kind)


@pytest.mark.filterwarnings("ignore:duckdb-engine doesn't yet support")
@pytest.mark.parametrize("name", TIMES)
def test_times_of_every_type(name: str, at: Callable[[str], str], tmp_path: Path) -> None:
    kind, type_, literal = TIMES[name]
    url = place(kind, at, tmp_path)
    text = "String" if kind == "ClickHouse" else "TEXT"
    whole = name.startswith("ClickHouse")
    rows = [[literal(each[0]), "'getOrderAddress'", str(each[1]), f"'{each[2] or ''}'"] for each in ROWS]
    if type_ in ("TEXT", "String"):
        rows.append(["'yesterday'", "'getOrderAddress'", "403", "'A9'"])  # no time: the question goes on without it
    table_with(url, kind, {"time": type_, "operation": text, "status": "INTEGER" if kind != "ClickHouse" else "UInt16",
                           "seller": text}, rows)  # fmt: skip
    engine = opened(url, "odd")
    times = [datetime.fromisoformat(each[0]) for each in ROWS]
    if whole:
        times = [each.replace(microsecond=0) for each in times]
    assert (engine.oldest(), engine.newest()) == (times[0], NOON)
    assert [each.time for each in page(engine, Chosen(), 9)] == times[::-1]
    kept = [datetime.fromisoformat(each[0]) for each in ROWS] if "milliseconds" in name else times
    for since in (times[1], times[1] + timedelta(milliseconds=1)):
        chosen = Chosen(since=since)
        wanted = sum(each >= since for each in kept)
        assert count(engine, chosen) == wanted, since
        assert who(engine, Question(FORBIDDEN.operation, since=since)).failures == 1
    assert count(engine, Chosen(until=times[1])) == 1
    assert count(engine, Chosen(until=kept[1] + timedelta(milliseconds=1))) == 2
    answer = who(engine, Question(FORBIDDEN.operation, status=403, until=NOON))
    assert (answer.calling, answer.failing, answer.first_failure) == (2, 1, times[0])
    assert sum(signatures(engine, Chosen())[0].trend) == 1
    engine.close()


@pytest.mark.filterwarnings("ignore:duckdb-engine doesn't yet support")
@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        ("PostgreSQL", "TEXT"), ("PostgreSQL", "TEXT with JSON"), ("PostgreSQL", "JSONB"), ("PostgreSQL", "TEXT[]"),
        ("ClickHouse", "String"), ("ClickHouse", "Array(String)"), ("sqlite", "TEXT"), ("sqlite", "TEXT with JSON"),
        ("duckdb", "TEXT with JSON"), ("duckdb", "VARCHAR[]"),
    ],
)  # fmt: skip
def test_marketplaces_of_every_type(kind: str, type_: str, at: Callable[[str], str], tmp_path: Path) -> None:
    url = place(kind, at, tmp_path)
    text = "String" if kind == "ClickHouse" else "TEXT"
    time_type = "DateTime" if kind == "ClickHouse" else "TIMESTAMP"
    status = "Nullable(String)" if kind == "ClickHouse" else "TEXT"  # a status may be a text
    seller = "Nullable(String)" if kind == "ClickHouse" else "TEXT"
    columns = {"time": time_type, "operation": text, "status": status, "seller": seller, "marketplaces": type_}
    rows = [
        [plain(each[0][:19]), "'getOrderAddress'", f"'{each[1]}'" if each[1] else "NULL",
         f"'{each[2]}'" if each[2] else "NULL", SHOPS[type_](each[3])]
        for each in ROWS
    ]  # fmt: skip
    table_with(url, kind, columns, rows)
    engine = opened(url, "odd")
    assert [each.marketplaces for each in page(engine, Chosen(), 9)] == [each[3] for each in ROWS[::-1]]
    assert [each.region for each in page(engine, Chosen(), 9)] == ["", "EU", "NA"]
    assert [each.status for each in page(engine, Chosen(), 9)] == [0, 200, 403]
    assert [each.seller_id for each in page(engine, Chosen(marketplace="A2EUQ1WTGCTBG2"), 9)] == ["A1"]
    answer = who(engine, FORBIDDEN)
    assert (answer.calling, answer.failing) == (2, 1)  # no seller: nobody
    assert {each.value: each.calling for each in answer.marketplaces} == {
        "ATVPDKIKX0DER": 1, "A2EUQ1WTGCTBG2": 1, "A1PA6795UKMFR9": 1,
    }  # fmt: skip
    engine.close()


@pytest.mark.parametrize("name", SERVERS)
def test_an_empty_table(name: str, at: Callable[[str], str]) -> None:
    kind = name.partition(" ")[0]
    columns = {"time": "TIMESTAMPTZ", "path": "TEXT", "status": "INTEGER", "seller": "TEXT", "shops": "TEXT"}
    if kind == "ClickHouse":
        columns = {"time": "DateTime", "path": "String", "status": "UInt16", "seller": "String", "shops": "String"}
    table_with(at(kind), kind, columns, [], "nothing")
    engine = opened(at(name), "nothing")
    assert (engine.newest(), engine.oldest()) == (None, None)
    assert page(engine, Chosen(), 9) == []
    assert signatures(engine, Chosen()) == []
    assert who(engine, FORBIDDEN).calling == 0
    engine.close()


def test_a_view_in_a_schema_with_odd_names(postgresql: str) -> None:
    run(
        postgresql,
        'CREATE SCHEMA "Odd.One"',
        'CREATE VIEW "Odd.One"."Select" AS SELECT time AS "Order", path AS "User Path", status AS "group", seller_id AS'
        ' "Seller""Id", marketplace_id AS "from", method AS "WHERE" FROM calls',
    )
    columns = {
        "time": "Order", "path": "User Path", "status": "group", "seller_id": 'Seller"Id', "marketplaces": "from",
        "method": "WHERE",
    }  # fmt: skip
    engine = opened(postgresql, '"Odd.One".Select', columns=columns)
    assert who(engine, FORBIDDEN).failing == 50
    engine.close()
    with pytest.raises(CallLogError, match=r"There is no table \"Odd.One\".Selekt .*Did you mean Select\?"):
        opened(postgresql, '"Odd.One".Selekt')
    with pytest.raises(CallLogError, match="expected a name such as calls"):
        opened(postgresql, 'a..b"')


def test_paths_of_every_form(postgresql: str) -> None:
    paths = (
        "/orders/v0/orders/{orderId}/address", "/orders/v0/orders/902-1-1/address", "/orders/v0/orders/x/address?a=/b",
        "https://sellingpartnerapi-na.amazon.com/orders/v0/orders/902-1-1/address",
        "http://127.0.0.1:8080/sandbox/eu/orders/v0/orders/902-1-1/address#x",
    )  # fmt: skip
    others = ("/orders/v0/orders/902-1-1", "/orders/v0/orders/902-1-1/address/more", "/orders/v0/orders", "", "/x")
    rows = [["TIMESTAMP '2026-11-20 12:00:00'", f"'{each}'", "'get'", "403", f"'A{n}'"]
            for n, each in enumerate((*paths, *others))]  # fmt: skip
    columns = {"time": "TIMESTAMP", "path": "TEXT", "method": "TEXT", "status": "INTEGER", "seller": "TEXT"}
    table_with(postgresql, "PostgreSQL", columns, rows, "paths")
    engine = opened(postgresql, "paths")
    answer = who(engine, FORBIDDEN)
    assert answer.failing == len(paths)
    key = FORBIDDEN.operation.key
    assert count(engine, Chosen(operations=(key,))) == len(paths)
    kinds = {each.operation: each.calls for each in signatures(engine, Chosen())}
    assert kinds[key] == len(paths)
    assert kinds["orders-v0.getOrder"] == 1
    engine.close()
