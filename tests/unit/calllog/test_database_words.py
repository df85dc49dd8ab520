"""What a database's errors, names and numbers are taken for, without any database."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.calllog.asking import connection
from sptui.calllog.asking.columns import mapping_of, unit_of
from sptui.calllog.asking.database import DatabaseEngine, DatabaseLog
from sptui.calllog.asking.driving import backend_of, engine_for
from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.asking.flavours import FLAVOURS, STANDARD
from sptui.calllog.asking.tables import parts_of
from sptui.calllog.asking.told import DRIVERS, told, what_to_do
from sptui.calllog.preparing import Preparing

sqlalchemy = pytest.importorskip("sqlalchemy")

JAVA = (
    "TExecuteStatementResp(status=TStatus(statusCode=3, infoMessages=['*org.apache.hive.service.cli.HiveSQLException'],"
    " errorMessage='Error running query: [TABLE_OR_VIEW_NOT_FOUND] org.apache.spark.sql.catalyst.AnalysisException:"
    " [TABLE_OR_VIEW_NOT_FOUND] The table or view `x` cannot be found.\\nIf you did not qualify the name'), more=None)"
)
HTTP = (
    "HTTPConnectionPool(host='127.0.0.1', port=1): Max retries exceeded with url: /?password=canary (Caused by "
    "NewConnectionError(\"HTTPConnection(host='127.0.0.1', port=1): Failed to establish a new connection: [Errno 111] "
    'Connection refused"))'
)
CLICKHOUSE = "Code: 60.\nDB::Exception: Table default.x doesn't exist.. Stack trace:\n\n0. /lib/x86_64-linux-gnu/lib"


@pytest.mark.parametrize(
    ("text", "cause", "step"),
    [
        (JAVA, "[TABLE_OR_VIEW_NOT_FOUND] The table or view `x` cannot be found", "Check [call_log] table"),
        (HTTP, "Failed to establish a new connection: [Errno 111] Connection refused", "Check host and port"),
        (CLICKHOUSE, "Table default.x doesn't exist", "Check [call_log] table"),
        ("Code: 47, e.displayText() = DB::Exception: Unknown identifier: y, e.what() = DB::Exception\n",
         "Unknown identifier: y", "Check [call_log] table"),
        ("[Errno -2] Name or service not known", "[Errno -2] Name or service not known", "Check host and port"),
        ("FATAL:  password authentication failed for user", "password authentication failed", "Check the user"),
        ('connection failed: FATAL:  password authentication failed for user "reader"\n',
         'FATAL:  password authentication failed for user "reader"', "Check the user"),
        ("No module named 'psycopg2'", "No module named 'psycopg2'", "Check [call_log] in config.toml"),
        ('connection to server at "127.0.0.1", port 5432 failed: FATAL:  the database system is starting up',
         "the database system is starting up", "The server went away"),
        ("something else", "something else", "Check [call_log] in config.toml"),
    ],
)  # fmt: skip
def test_errors_are_cut_to_what_matters(text: str, cause: str, step: str) -> None:
    found = told(RuntimeError(text))
    assert cause in found
    assert "canary" not in found
    assert what_to_do(found).startswith(step)


@given(st.text(), st.text(min_size=5))
def test_no_error_text_shows_a_password(text: str, password: str) -> None:
    found = told(RuntimeError(f"{text}{password}{text}"), [password])
    assert len(found) <= 300
    assert "\n" not in found
    assert password not in found or password in "•••" or password in told(RuntimeError(text)) or password in text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mydatabase://me:canary-1@host/x", "names a database that is not known here: mydatabase"),
        ("postgresql+nodriver://me:canary-2@host/x", "driver is not installed"),
        ("awsathena+rest://me:canary-3@host/x", r"pip install 'PyAthena\[SQLAlchemy\]'"),
        ("snowflake://me:p@host/x", "pip install 'snowflake-sqlalchemy'"),  # one letter, hidden wherever it stands
        ("presto://me@host/x", "pip install 'pyhive' 'requests'"),
        ("hive://me:canary@host/x", "pip install 'pyhive' 'thrift' 'thrift-sasl' 'pure-sasl'"),
        ("cockroachdb://me:canary@host/x", "pip install 'sqlalchemy-cockroachdb' 'psycopg2-binary'"),
        ("mysql://me:canary@host/x", r"pip install 'pymysql', and begin the url with mysql\+pymysql"),
        ("mariadb://me:canary@host/x", r"pip install 'pymysql', and begin the url with mariadb\+pymysql"),
        ("no address canary-4", "SQLAlchemy's form, such as"),
        ("postgresql+psycopg://me:canary-5/x@host:port/x", "SQLAlchemy's form, such as"),
        ("", "SQLAlchemy's form, such as"),
    ],
)
def test_addresses_that_cannot_be_used(url: str, words: str) -> None:
    with pytest.raises(CallLogError, match=words) as trouble:
        DatabaseEngine(DatabaseLog(url))
    assert "canary" not in str(trouble.value)
    assert trouble.value.__suppress_context__


@pytest.mark.parametrize(("url", "name"), [("mssql+pyodbc://host/x", "SQL Server"), ("oracle://host/x", "Oracle")])
def test_databases_whose_sql_is_too_much_unlike(url: str, name: str) -> None:
    with pytest.raises(CallLogError, match=f"names {name}, whose SQL sptui does not write.*`sptui log import`"):
        DatabaseEngine(DatabaseLog(url))


def test_what_a_dialect_raises_before_it_connects_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise LookupError("no credentials for canary-6")

    monkeypatch.setattr(sqlalchemy, "create_engine", refuse)
    with pytest.raises(CallLogError, match="no credentials for •••"):
        DatabaseEngine(DatabaseLog("sqlite://me:canary-6@/x"))


def test_redshift_takes_marketplaces_apart_place_by_place() -> None:
    duckdb = pytest.importorskip("duckdb")  # which has the one function that this takes
    split = FLAVOURS["redshift"].dialect.split
    calls = "(SELECT unnest(['A,B,C', '', 'D']) AS marketplaces) s"
    assert sorted(row[-1] for row in duckdb.sql(split.format(relation=calls)).fetchall()) == ["", "A", "B", "C", "D"]


def test_trino_divides_no_decimals() -> None:
    """It gives a quotient of decimals as many digits as these have: milliseconds / 1000.0 has tenths of a second."""
    assert "x / 1000e0" in FLAVOURS["trino"].from_epoch.format(x="x", per=1000, micros=1000)


@pytest.mark.parametrize("name", DRIVERS)
def test_every_database_that_is_named_is_asked_in_its_own_sql(name: str) -> None:
    assert FLAVOURS[{"clickhousedb": "clickhouse"}.get(name, name)].matches


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("trino://host/x", {"session_properties": {"query_max_run_time": "7s"}, "timezone": "UTC"}),
        ("presto://host/x", {"session_props": {"query_max_run_time": "7s"}}),
        ("clickhousedb://host/x?connect_timeout=3",
         {"readonly": "2", "max_execution_time": "7", "send_receive_timeout": 17}),
    ],
)  # fmt: skip
def test_the_limits_are_said_in_the_words_of_the_driver(
    url: str, options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = sqlalchemy.make_url(url)
    names = {"get_backend_name": address.drivername, "get_driver_name": "any"}  # their dialects are not installed here
    for method, name in names.items():
        monkeypatch.setattr(type(address), method, lambda _, name=name: name)
    given: list[object] = []
    monkeypatch.setattr(sqlalchemy, "create_engine", lambda _, **rest: given.append(rest["connect_args"]))
    engine_for(address, 7.0, ())
    assert given == [options]
    assert backend_of(address) == ("clickhouse" if "clickhouse" in url else address.drivername)


def test_a_question_is_the_first_word_that_goes_over(tmp_path: Path) -> None:
    """Older drivers of Athena's quote a text by the statement's first word: with a comment there wrongly."""
    sent: list[str] = []
    (tmp_path / "log.db").touch()
    engine = connection.Connection(DatabaseLog(f"sqlite:///{tmp_path}/log.db"), Preparing())
    sqlalchemy.event.listen(engine._engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    assert engine.rows("SELECT :text", {"text": "it's /* */"}) == [("it's /* */",)]
    engine.close()
    assert re.fullmatch(r"SELECT /\* sptui [0-9a-f]{32} \*/ \?", sent[-1])


@pytest.mark.parametrize(
    ("values", "unit"),
    [([1.7e9, None], 1), ([1.7e12], 1000), ([1.7e15], 1_000_000), ([1.7e18], 1_000_000_000), ([], 1), ([0], 1)],
)
def test_the_unit_of_a_number_that_is_a_time(values: list[float], unit: int) -> None:
    assert unit_of(values) == unit


@pytest.mark.parametrize(
    ("text", "parts"),
    [("calls", ["calls"]), ("a.calls", ["a", "calls"]), ('"a.b"."c""d"', ["a.b", 'c"d']), ("p.d.t", ["p", "d", "t"])],
)
def test_names_of_tables(text: str, parts: list[str]) -> None:
    assert parts_of(text) == parts


@given(st.text())
def test_any_name_of_a_table_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(CallLogError):
        assert all(parts_of(text))


def test_columns_are_found_whatever_the_case_of_letters() -> None:
    names = ["TS", "Path", "Status", "Seller_Id", "Odd"]
    assert mapping_of(names, {"code": "ODD"}, "t") == {
        "time": "TS", "path": "Path", "status": "Status", "seller_id": "Seller_Id", "code": "Odd",
    }  # fmt: skip


@pytest.mark.parametrize("name", [*FLAVOURS, "standard"])
def test_the_templates_can_be_filled_in(name: str) -> None:
    flavour = FLAVOURS.get(name, STANDARD)
    for template in (flavour.string, flavour.number, flavour.whole, flavour.joined, flavour.first, flavour.parsed,
                     flavour.moment):  # fmt: skip
        assert "{" not in template.format(x="x").replace("{4}", "").replace("{1,9}", "")
    assert flavour.plus.format(x="x", y="y")
    assert flavour.from_epoch.format(x="x", per=1000, micros=1000)
    assert flavour.matches.format(x="x", pattern="'p'") or name == "standard"
    for statement in (*flavour.session, *flavour.wishes, flavour.transaction):
        assert "{" not in statement.format(seconds=1, milliseconds=1000)
