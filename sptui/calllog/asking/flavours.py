"""How the SQL of databases differs where a call is made out of a row: by the name that SQLAlchemy knows them by.

Of these the end-to-end tests run PostgreSQL, ClickHouse, DuckDB and SQLite. By hand MariaDB and Spark were tried, and
what comes near to others: Databricks' dialect before Spark, Redshift's before PostgreSQL, emulators of BigQuery and
Snowflake, Trino's and Athena's SQL translated for DuckDB. MySQL, Presto and CockroachDB follow their manuals.
"""

from __future__ import annotations

from typing import Final

import msgspec

from sptui.calllog.asking.engine import Dialect
from sptui.spapi.marketplaces import MARKETPLACES


class Flavour(msgspec.Struct, frozen=True):
    """Templates: ``{x}`` is a column's SQL, ``{value}`` a parameter, ``{pattern}`` a quoted regular expression.

    ``string``: a value as text. ``number``: a text as an integer, NULL where it is none. ``joined``: a list of texts
    with commas, "" where that is not known. ``first``: what stands before the first comma. ``matches``: whether the
    pattern is found; "" without regular expressions. ``plus``: two texts with a blank between.

    ``parsed``: a text such as 2026-11-23T12:00:00Z as a moment; ``from_epoch``: a number, ``{per}`` of which are a
    second (``{micros}`` microseconds each). ``parsed_zoned`` and ``epoch_zoned``: whether these have a zone.
    ``moment``: a time as the answer gives it. ``texts_for_times``: times are compared with texts.
    ``of_seconds`` and ``of_text``: a time made of whole seconds since 1970, and of a text; where the engine has these,
    a time is compared with a number of seconds too.

    ``is_read_only`` asks whether it is. ``transaction`` begins each question: read-only and limited in time.
    ``session`` does so for a whole connection; ``wishes`` are the same where not every server knows them.
    """

    dialect: Dialect = Dialect()
    string: str = "CAST({x} AS VARCHAR)"
    number: str = "CAST({x} AS INTEGER)"
    whole: str = "CAST({x} AS INTEGER)"
    joined: str = "array_to_string({x}, ',')"
    first: str = "split_part({x}, ',', 1)"
    matches: str = ""
    plus: str = "{x} || ' ' || {y}"
    parsed: str = "CAST({x} AS TIMESTAMP)"
    parsed_zoned: bool = False
    from_epoch: str = "to_timestamp({x} / {per}.0)"
    epoch_zoned: bool = False
    moment: str = "{x}"
    texts_for_times: bool = False
    of_seconds: str = ""
    of_text: str = ""
    is_read_only: str = ""
    transaction: str = ""
    session: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()


_COMMAS: Final = "SELECT s.*, unnest(string_to_array(marketplaces, ',')) AS marketplace FROM {relation}"
_PLACES: Final = " UNION ALL SELECT ".join(map(str, range(2, len(MARKETPLACES) + 1)))
_PLACE_BY_PLACE: Final = (
    "SELECT s.*, split_part(s.marketplaces, ',', n.place) AS marketplace FROM {relation} JOIN (SELECT 1 AS place"
    f" UNION ALL SELECT {_PLACES}) n ON n.place = 1 OR split_part(s.marketplaces, ',', n.place) <> ''"
)
_GLOBAL: Final = "regexp_replace({text}, '{pattern}', '{replacement}', 'g')"
_PLAIN_REPLACE: Final = "regexp_replace({text}, '{pattern}', '{replacement}')"

_POSTGRESQL: Final = Flavour(
    dialect=Dialect(grouping_sets=True, split=_COMMAS, replace=_GLOBAL),
    string="CAST({x} AS TEXT)",
    number="CASE WHEN {x} ~ '^ *[0-9]{{1,9}} *$' THEN CAST({x} AS INTEGER) END",
    matches="{x} ~ {pattern}",
    # A text that is no time must not end the question.
    parsed="CASE WHEN {x} ~ '^[0-9]{{4}}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]'"
    " THEN CAST({x} AS TIMESTAMPTZ) END",
    parsed_zoned=True,
    from_epoch="to_timestamp({x} / {per}.0)",
    epoch_zoned=True,
    is_read_only="SELECT current_setting('transaction_read_only') = 'on'",
    transaction="SELECT set_config('transaction_read_only', 'on', true), set_config('TimeZone', 'UTC', true),"
    " set_config('statement_timeout', '{milliseconds}', true)",
)
_TRINO: Final = Flavour(
    dialect=Dialect(
        grouping_sets=True,
        split="SELECT s.*, each.marketplace FROM {relation} CROSS JOIN UNNEST(split(marketplaces, ','))"
        " AS each (marketplace)",
        replace=_PLAIN_REPLACE,
    ),
    number="TRY_CAST({x} AS INTEGER)",
    joined="array_join({x}, ',')",
    matches="regexp_like({x}, {pattern})",
    parsed="CAST(TRY(from_iso8601_timestamp(replace({x}, ' ', 'T'))) AT TIME ZONE 'UTC' AS TIMESTAMP)",
    # Not {per}.0: a quotient of decimals has no more digits than these.
    from_epoch="CAST(from_unixtime({x} / {per}e0) AT TIME ZONE 'UTC' AS TIMESTAMP)",
)
_MYSQL: Final = Flavour(
    dialect=Dialect(
        split="SELECT s.*, one.marketplace FROM {relation}, JSON_TABLE(concat('[\"', replace(s.marketplaces, ',',"
        " '\",\"'), '\"]'), '$[*]' COLUMNS (marketplace VARCHAR(64) PATH '$')) one",
        replace=_PLAIN_REPLACE,
    ),
    string="CAST({x} AS CHAR)",
    number="CASE WHEN {x} REGEXP '^ *[0-9]{{1,9}} *$' THEN CAST({x} AS SIGNED) END",
    whole="CAST({x} AS SIGNED)",
    joined="",
    first="substring_index({x}, ',', 1)",
    matches="{x} REGEXP {pattern}",
    plus="concat({x}, ' ', {y})",
    parsed="CAST(substr(replace({x}, 'T', ' '), 1, 23) AS DATETIME(3))",
    from_epoch="from_unixtime({x} / {per}.0)",
    # The one is for MySQL alone, where the other is gone, the other for MariaDB alone.
    is_read_only="SELECT /*!50720 @@session.transaction_read_only *//*M! @@session.tx_read_only */",
    session=("SET SESSION TRANSACTION READ ONLY", "SET SESSION time_zone = '+00:00'"),
    wishes=("SET SESSION MAX_EXECUTION_TIME = {milliseconds}", "SET SESSION max_statement_time = {seconds}"),
)
_SPARK: Final = Flavour(
    dialect=Dialect(
        grouping_sets=True,
        grouping="grouping_id(seller, marketplaces, region, application)",
        apostrophe="\\'",
        split="SELECT s.*, explode(split(marketplaces, ',')) AS marketplace FROM {relation}",
        replace=_PLAIN_REPLACE,
    ),
    string="CAST({x} AS STRING)",
    number="CASE WHEN {x} RLIKE '^ *[0-9]{{1,9}} *$' THEN CAST({x} AS INT) END",
    whole="CAST({x} AS INT)",
    joined="concat_ws(',', {x})",
    first="substring_index({x}, ',', 1)",
    matches="{x} RLIKE {pattern}",
    plus="concat({x}, ' ', {y})",
    parsed="CASE WHEN {x} RLIKE '^[0-9]{{4}}-[01][0-9]-[0-3][0-9][T ]' THEN CAST({x} AS TIMESTAMP) END",
    from_epoch="timestamp_micros(CAST({x} * {micros} AS BIGINT))",
    wishes=("SET spark.sql.session.timeZone=UTC", "SET spark.sql.thriftServer.queryTimeout={seconds}"),
)

FLAVOURS: Final[dict[str, Flavour]] = {
    "postgresql": _POSTGRESQL,
    "cockroachdb": _POSTGRESQL,
    "redshift": msgspec.structs.replace(
        _POSTGRESQL,
        dialect=Dialect(split=_PLACE_BY_PLACE, replace=_PLAIN_REPLACE),
        joined="",
        from_epoch="TIMESTAMP 'epoch' + {x} / {per}.0 * INTERVAL '1 second'",
        epoch_zoned=False,
        is_read_only="SELECT current_setting('transaction_read_only') = 'on'",
        transaction="",
        session=("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",),
        wishes=("SET statement_timeout = {milliseconds}", "SET timezone = 'UTC'"),
    ),
    "sqlite": Flavour(
        dialect=Dialect(
            split="SELECT s.*, each.value AS marketplace FROM {relation},"
            " json_each('[\"' || replace(marketplaces, ',', '\",\"') || '\"]') each",
            contains="{text} LIKE :{name}_like ESCAPE '!'",  # SQLite's LIKE takes no notice of the case of letters
        ),
        string="CAST({x} AS TEXT)",
        joined="",
        first="substr({x}, 1, instr({x} || ',', ',') - 1)",
        matches="{x} REGEXP {pattern}",
        parsed="strftime('%Y-%m-%d %H:%M:%f', {x})",
        from_epoch="strftime('%Y-%m-%d %H:%M:%f', {x} / {per}.0, 'unixepoch')",
        texts_for_times=True,
        is_read_only="SELECT query_only FROM pragma_query_only",
        session=("PRAGMA query_only = ON",),
    ),
    "duckdb": Flavour(
        dialect=Dialect(grouping_sets=True, split=_COMMAS, replace=_GLOBAL),
        number="TRY_CAST({x} AS INTEGER)",
        matches="regexp_matches({x}, {pattern})",
        parsed="CAST(TRY_CAST({x} AS TIMESTAMPTZ) AS TIMESTAMP)",
        from_epoch="make_timestamp(CAST({x} * {micros} AS BIGINT))",
        moment="CAST({x} AS TIMESTAMP)",
        is_read_only="SELECT readonly FROM duckdb_databases() WHERE database_name = current_database()",
        wishes=("SET TimeZone = 'UTC'",),
    ),
    "clickhouse": Flavour(
        dialect=Dialect(
            split="SELECT *, arrayJoin(splitByChar(',', marketplaces)) AS marketplace FROM {relation}",
            replace="replaceRegexpAll({text}, '{pattern}', '{replacement}')",
            contains="positionCaseInsensitiveUTF8({text}, :{name}) > 0",
            member="has(splitByChar(',', {text}), :{name})",
        ),
        string="toString({x})",
        number="toInt32OrZero({x})",
        whole="toInt32({x})",
        joined="arrayStringConcat({x}, ',')",
        first="splitByChar(',', {x})[1]",
        matches="match({x}, {pattern})",
        plus="concat({x}, ' ', {y})",
        parsed="parseDateTimeBestEffortOrNull({x}, 'UTC')",
        from_epoch="toDateTime(toUInt32({x} / {per}), 'UTC')",
        moment="toTimeZone({x}, 'UTC')",
        # A text would be taken for a time of the server's zone.
        of_seconds="toDateTime({value})",
        of_text="toDateTime64({value}, 6, 'UTC')",
        is_read_only="SELECT value <> '0' FROM system.settings WHERE name = 'readonly'",
    ),
    "trino": _TRINO,
    "presto": _TRINO,
    "awsathena": _TRINO,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "hive": _SPARK,
    "databricks": msgspec.structs.replace(_SPARK, wishes=("SET TIME ZONE 'UTC'", "SET STATEMENT_TIMEOUT = {seconds}")),
    "bigquery": Flavour(
        dialect=Dialect(
            split="SELECT s.*, marketplace FROM {relation} CROSS JOIN UNNEST(split(marketplaces, ',')) AS marketplace",
            replace=_PLAIN_REPLACE,
            contains="strpos(lower({text}), lower(:{name})) > 0",
            member=":{name} IN UNNEST(split({text}, ','))",
            apostrophe="\\'",
        ),
        string="CAST({x} AS STRING)",
        number="SAFE_CAST({x} AS INT64)",
        whole="CAST({x} AS INT64)",
        first="split({x}, ',')[SAFE_OFFSET(0)]",
        matches="regexp_contains({x}, {pattern})",
        parsed="SAFE_CAST({x} AS TIMESTAMP)",
        parsed_zoned=True,
        from_epoch="timestamp_micros(CAST({x} * {micros} AS INT64))",
        epoch_zoned=True,
        texts_for_times=True,  # a text as a parameter is taken for whichever kind of time it is compared with
    ),
    "snowflake": Flavour(
        dialect=Dialect(
            grouping_sets=True,
            split="SELECT s.*, each.value AS marketplace FROM {relation},"
            " LATERAL SPLIT_TO_TABLE(s.marketplaces, ',') each",
            replace=_PLAIN_REPLACE,
        ),
        number="TRY_CAST({x} AS INTEGER)",
        matches="regexp_like({x}, {pattern})",
        parsed="CAST(CONVERT_TIMEZONE('UTC', TRY_TO_TIMESTAMP_TZ({x})) AS TIMESTAMP_NTZ)",
        from_epoch="to_timestamp_ntz(CAST({x} * {micros} AS NUMBER(38, 0)), 6)",
        wishes=(
            "ALTER SESSION SET TIMEZONE = 'UTC'",
            "ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = {seconds}",
        ),
    ),
}
"""A database that is not among these is asked in standard SQL, without regular expressions."""

STANDARD: Final = Flavour(first="{x}", joined="")
