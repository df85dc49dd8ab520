"""The engine of SQLAlchemy for an address: read-only and limited in time as far as that is said when connecting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

from sptui.calllog.asking.patience import SECONDS_TO_STOP
from sptui.calllog.asking.told import NOT_SPOKEN, not_spoken, told, unusable_url
from sptui.spapi.redaction import Secret

SECONDS_A_DRIVER_WAITS: Final = 10
_WAITS: Final = {
    "psycopg": "connect_timeout", "psycopg2": "connect_timeout", "pymysql": "connect_timeout",
    "mysqldb": "connect_timeout", "mariadbconnector": "connect_timeout", "pg8000": "timeout",
}  # fmt: skip
"""By the name of a driver: its option for how long it waits for a connection."""


def address(text: str, password: Secret) -> Any:
    """SQLAlchemy's URL, with the password in it. Raises CallLogError."""
    import sqlalchemy

    try:
        url = sqlalchemy.make_url(text)
        backend = url.get_backend_name()
    except (sqlalchemy.exc.ArgumentError, ValueError, TypeError):
        raise unusable_url("it is no such address") from None  # whose parts may be a password's
    if backend in NOT_SPOKEN:
        raise not_spoken(backend)
    if password:
        url = url.set(password=password.reveal())
    if backend == "sqlite" and url.database and not url.database.startswith(("file:", ":memory:")):
        # Else a file that is not there would be made.
        url = url.set(database=f"file:{quote(url.database)}").update_query_dict({"mode": "ro", "uri": "true"})
    return url


def backend_of(url: Any) -> str:
    """Which database it is: ClickHouse has one dialect of its own makers and one of others."""
    name = str(url.get_backend_name())
    return "clickhouse" if name == "clickhousedb" else name


def engine_for(url: Any, timeout: float, hidden: Iterable[str], *, limited: bool = True) -> Any:
    """An engine with one connection (and one more, to end the other's question). ``limited`` False leaves the limits
    to the server. Raises CallLogError.
    """
    import sqlalchemy
    import sqlalchemy.pool

    try:
        name, driver = url.get_backend_name(), url.get_driver_name()
        options: dict[str, Any] = {}
        if limited:
            url, options = _limited(url, name, driver, max(1, round(timeout)))
        if (option := _WAITS.get(driver)) and option not in url.query:
            options[option] = SECONDS_A_DRIVER_WAITS
        return sqlalchemy.create_engine(
            url,
            connect_args=options,
            poolclass=sqlalchemy.pool.QueuePool,
            pool_size=1,
            max_overflow=1,
            hide_parameters=True,
        )
    except Exception as problem:  # noqa: BLE001 - a dialect's own errors: BigQuery's looks for credentials already here
        raise unusable_url(told(problem, hidden), problem, url.drivername) from None


def _limited(url: Any, name: str, driver: str, seconds: int) -> tuple[Any, dict[str, Any]]:
    """The URL and the driver's options."""
    if name == "clickhouse":
        # Settings of a statement, not of a session: its drivers connect anew for each.
        settings = {"readonly": 2, "max_execution_time": seconds}
        if driver == "http":
            return url, {"ch_settings": settings, "timeout": seconds + SECONDS_TO_STOP}
        settings |= {"connect_timeout": SECONDS_A_DRIVER_WAITS, "send_receive_timeout": seconds + int(SECONDS_TO_STOP)}
        return url.update_query_dict({key: str(value) for key, value in settings.items() if key not in url.query}), {}
    if name == "clickhousedb":
        waits = {"connect_timeout": SECONDS_A_DRIVER_WAITS, "send_receive_timeout": seconds + int(SECONDS_TO_STOP)}
        limits = {key: value for key, value in waits.items() if key not in url.query}
        return url, {"readonly": "2", "max_execution_time": str(seconds), **limits}
    if name == "duckdb" and url.database not in (None, "", ":memory:"):
        return url, {"read_only": True}
    longest = {"query_max_run_time": f"{seconds}s"}
    if name == "presto":
        return url, {"session_props": longest}
    if name == "trino":
        # Else a time without a zone would be taken for one of this machine's.
        return url, {"session_properties": longest, "timezone": "UTC"}
    return url, {}
