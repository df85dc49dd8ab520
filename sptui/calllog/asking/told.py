"""What a database's errors mean, in a sentence and with the next step; no password is in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from sptui.calllog.asking.engine import CallLogError
from sptui.spapi.redaction import MASK, redact

NEEDS_EXTRA: Final = "The call log of [call_log] url is read through SQLAlchemy: pip install 'sptui[sql]'."

DRIVERS: Final = {
    "postgresql": "psycopg[binary]",
    "mysql": "pymysql",
    "mariadb": "pymysql",
    "clickhouse": "clickhouse-sqlalchemy",
    "clickhousedb": "clickhouse-connect",
    "cockroachdb": "sqlalchemy-cockroachdb psycopg2-binary",
    "duckdb": "duckdb-engine",
    "trino": "trino[sqlalchemy]",
    "presto": "pyhive requests",
    "awsathena": "PyAthena[SQLAlchemy]",
    "bigquery": "sqlalchemy-bigquery",
    "snowflake": "snowflake-sqlalchemy",
    "databricks": "databricks-sqlalchemy",
    "redshift": "sqlalchemy-redshift psycopg2-binary",
    "hive": "pyhive thrift thrift-sasl pure-sasl",
}
"""The packages that read each kind of database; for postgresql the URL begins with postgresql+psycopg."""

NOT_SPOKEN: Final = {"mssql": "SQL Server", "oracle": "Oracle"}
"""Databases whose SQL is too much unlike the others': without LIMIT, and "" is NULL in Oracle."""
_BETTER: Final = {
    "postgresql": "; or begin the url with postgresql+psycopg",
    "postgresql+psycopg2": "; or begin the url with postgresql+psycopg",
    # These mean a driver that has to be compiled.
    "mysql": ", and begin the url with mysql+pymysql",
    "mariadb": ", and begin the url with mariadb+pymysql",
}
_LONGEST: Final = 300
_JAVA: Final = re.compile(r"(?:[a-z_]\w*\.){2,}\w*(?:Exception|Error): *")
_STEPS: Final = (
    (
        ("password", "authentication", "access denied", "not authorized", "unauthorized", "permission", "privilege"),
        (
            "Check the user in [call_log] url and the password (`sptui log password`, or SPTUI_CALL_LOG_PASSWORD), "
            "and that the user may read the table."
        ),
    ),
    (
        (
            "refused",
            "could not connect",
            "not known",
            "resolve",
            "timed out",
            "timeout expired",
            "unreachable",
            "can't connect",
            "no route",
        ),
        "Check host and port in [call_log] url, that the database runs, and whether a firewall or a VPN is between.",
    ),
    (
        ("shutting down", "starting up", "terminating connection", "server closed the connection", "connection reset"),
        "The server went away or is starting: ask again in a moment.",
    ),
    (
        ("unable to open database file", "does not exist in read-only", "cannot open database"),
        "Check the path in [call_log] url.",
    ),
    (
        (
            "doesn't exist",
            "does not exist",
            "no such table",
            "not found",
            "cannot be found",
            "no such column",
            "unknown identifier",
        ),
        "Check [call_log] table, [call_log.columns] and the database in the url.",
    ),
)


def told(problem: BaseException, hidden: Iterable[str] = ()) -> str:
    """What a driver says, cut to what matters, without passwords."""
    text = str(getattr(problem, "orig", None) or problem).strip() or type(problem).__name__
    for secret in hidden:
        text = text.replace(secret, MASK)
    text = text.partition("Stack trace:")[0]  # ClickHouse's
    if found := re.search(r"errorMessage='((?:[^'\\]|\\.)*)'|errorMessage=\"((?:[^\"\\]|\\.)*)\"", text):  # Hive's
        text = (found[1] or found[2]).replace("\\n", "\n").replace("\\'", "'")
    if found := re.search(r"DB::(?:\w+::)?\w*Exception: (.*)", text, re.DOTALL):
        text = found[1].partition(", e.what()")[0]
    if found := re.search(r"\(Caused by .*?(?:: |\")([A-Z\[][^<>\"]*?)[\"')]*$", text, re.DOTALL):  # urllib3's
        text = found[1]
    parts = _JAVA.split(text)
    text = next((part for part in reversed(parts) if part.strip()), text) if len(parts) > 1 else text
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    first = " ".join(lines[:2]) if lines and lines[0].endswith(":") else (lines or [""])[0]
    return _unquoted(redact(first.removeprefix("connection failed: ")))[:_LONGEST]


def _unquoted(text: str) -> str:
    """Without a quotation mark at an end that belongs to none at the other."""
    text = text.strip(" .")
    for mark in "\"'":
        if text.count(mark) % 2:
            text = text.strip(mark)
    return text.strip(" .")


def what_to_do(cause: str) -> str:
    """The next step after such an error."""
    low = cause.lower()
    for words, step in _STEPS:
        if any(word in low for word in words):
            return step
    return "Check [call_log] in config.toml and that the database is reached."


def is_limit(text: str) -> bool:
    """Whether an engine says that its limit of time is over."""
    words = ("statement timeout", "timeout exceeded", "max_execution_time", "max_statement_time", "query_max_run_time")
    return any(each in text.lower() for each in words)


def not_spoken(name: str) -> CallLogError:
    """For a database of ``NOT_SPOKEN``."""
    return CallLogError(
        f"[call_log] url names {NOT_SPOKEN[name]}, whose SQL sptui does not write. Export the table as CSV, JSON Lines "
        "or Parquet and read that with `sptui log import`."
    )


def unusable_url(cause: str, problem: BaseException | None = None, drivername: str = "") -> CallLogError:
    """For an address that SQLAlchemy cannot use, or whose driver is not installed."""
    kind = drivername.partition("+")[0]
    if isinstance(problem, ImportError) or type(problem).__name__ == "NoSuchModuleError":
        package = DRIVERS.get(kind)
        also = _BETTER.get(drivername, "")
        if drivername == "postgresql" or "+psycopg2" in drivername:
            package = "psycopg2-binary"
        if package is None:
            known = ", ".join(sorted(DRIVERS))
            return CallLogError(
                f"[call_log] url names a database that is not known here: {kind}. Known are sqlite, {known}; for "
                "others install their dialect of SQLAlchemy."
            )
        quoted = " ".join(f"'{each}'" for each in package.split())
        return CallLogError(
            f"[call_log] url cannot be used: its driver is not installed ({cause.rstrip('.')}). "
            f"Install it beside sptui: pip install {quoted}{also}."
        )
    return CallLogError(
        f"[call_log] url cannot be used: {cause.rstrip('.')}. It is SQLAlchemy's form, such as "
        "postgresql+psycopg://user@host/database; a sign such as @ or / in a name is written %40, %2F."
    )
