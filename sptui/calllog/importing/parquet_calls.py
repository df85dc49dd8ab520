"""Lines made into the table ``calls`` by DuckDB: typed, matched to operations, without what is not to be kept.

What needs Python (the catalogue, the mask for secrets) is done once for each distinct text.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.duck import Duck
from sptui.calllog.importing import json_sql
from sptui.calllog.importing.fields import FIELDS, Mapped
from sptui.calllog.importing.record import marketplaces_of, place_of, region_of
from sptui.calllog.importing.values import Values
from sptui.calllog.paths import PathMatcher
from sptui.calllog.signatures import signature_of
from sptui.spapi.redaction import redact

_READABLE: Final = f"parsed IS NOT NULL AND (path <> '' OR operation <> '') AND {json_sql.READABLE_STATUS}"

SAME: Final = "hash(time, method, path, status, seller_id, marketplaces, request_id, milliseconds, identity)"
"""What two lines that tell of the same call have in common. Amazon's request id tells calls apart; where a line has
none, ``identity`` does, made of all that it says. The hash is compared and never stored: DuckDB may change it.
"""


class UnreadableTextError(Exception):
    """DuckDB could not read the lines as they are."""


@contextmanager
def in_a_file(data: bytes, folder: Path) -> Iterator[str]:
    """The name of a file with these bytes, for as long as DuckDB reads it. Raises CallLogError.

    It lies in memory where the system can do that: other programs' lines may hold secrets, and a kill leaves no file.
    """
    in_memory = hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir()
    try:
        handle, name = (os.memfd_create("sptui"), "") if in_memory else tempfile.mkstemp(suffix=".part", dir=folder)
    except OSError as problem:
        raise CallLogError(_not_written(folder, problem)) from problem
    try:
        with os.fdopen(handle, "wb") as file:
            try:
                file.write(data)
                file.flush()
            except OSError as problem:
                raise CallLogError(_not_written(folder, problem)) from problem
            yield name or f"/proc/self/fd/{handle}"
    finally:
        if name:
            Path(name).unlink(missing_ok=True)


def _not_written(folder: Path, problem: OSError) -> str:
    return (
        f"What is imported cannot be written to {folder}: {problem.strerror or problem}. Make room, and run the import "
        "again: it goes on from there."
    )


class CallsTable:
    """The tables ``parsed`` (what was read) and ``calls`` (what is to be stored) of a connection."""

    def __init__(self, duck: Duck) -> None:
        self._duck = duck
        self._matcher = PathMatcher()
        self.readable = 0
        """Lines of ``parsed`` that are calls."""
        self.unreadable = 0
        """The others."""

    def read(self, select: str) -> None:
        """Makes ``parsed`` of a SELECT of all fields. Raises UnreadableTextError, and CallLogError for a full disk."""
        try:
            self._duck.run(
                f"CREATE OR REPLACE TEMP TABLE parsed AS SELECT *, coalesce({_READABLE}, false) AS readable"
                f" FROM (SELECT *, {json_sql.TIME} AS parsed FROM ({select}))"
            )
        except CallLogError as problem:
            raise UnreadableTextError(str(problem)) from problem
        row = self._duck.rows("SELECT count(*) FILTER (readable), count(*) FILTER (NOT readable) FROM parsed")[0]
        self.readable, self.unreadable = int(row[0]), int(row[1])

    def make(self) -> None:
        """Makes ``calls`` of what is readable; of lines that say the same only one stays."""
        self._map_places()
        self._map_texts()
        self._map_marketplaces()
        fields = ", ".join(f"p.{each}" for each in FIELDS if each not in ("time", "marketplaces"))
        self._duck.run(
            f"""CREATE OR REPLACE TEMP TABLE calls AS SELECT
            p.parsed AS time, m.method, m.template AS path, m.operation, {json_sql.STATUS} AS status,
            coalesce(c.clean, p.code)[:100] AS code, coalesce(t.clean, '')[:300] AS message,
            coalesce(d.clean, '')[:300] AS details, {json_sql.SELLER}[:64] AS seller_id,
            CASE WHEN upper(p.region) IN ('NA', 'EU', 'FE') THEN upper(p.region)
                WHEN s.region <> '' THEN s.region ELSE {json_sql.HOST_REGION} END AS region,
            coalesce(a.clean, p.application)[:100] AS application, s.ids AS marketplaces,
            p.request_id[:100] AS request_id, coalesce(try_cast(p.milliseconds AS FLOAT), 0) AS took,
            CASE WHEN took >= 0 AND took < 1e9 THEN took ELSE 0 END AS milliseconds,
            greatest(coalesce(try_cast(p.attempt AS USMALLINT), 1), 1) AS attempt,
            coalesce(t.signature, '') AS signature,
            CASE WHEN p.status IN ('200', '201', '202', '204') THEN '' ELSE {_masked("p.path")} END AS raw,
            CASE WHEN p.request_id <> '' THEN 0
                ELSE md5_number_lower(concat_ws(chr(31), epoch_us(p.parsed), s.ids, {fields})) END AS identity
            FROM (SELECT *, {json_sql.SHOP} AS shop FROM parsed WHERE readable) p
            JOIN places m ON m.given_method = p.method AND m.given_path = p.path AND m.given_operation = p.operation
            JOIN shops s ON s.shop = p.shop
            LEFT JOIN texts t ON t.text = p.message AND p.message <> ''
            LEFT JOIN texts d ON d.text = p.details AND p.details <> ''
            LEFT JOIN texts c ON c.text = p.code AND p.code <> ''
            LEFT JOIN texts a ON a.text = p.application AND p.application <> ''""",
            "ALTER TABLE calls DROP COLUMN took",
        )
        # Dropping doubles is slow, and nearly never needed: most blocks have none.
        if self._duck.rows(f"SELECT count(*) - count(DISTINCT {SAME}) FROM calls")[0][0]:
            self._duck.run(f"CREATE OR REPLACE TEMP TABLE calls AS SELECT DISTINCT ON ({SAME}) * FROM calls")

    def _map_marketplaces(self) -> None:
        """Makes the table ``shops``: for each text that names marketplaces, their ids and the region."""
        found = []
        for (shop,) in self._duck.rows(f"SELECT DISTINCT {json_sql.SHOP} FROM parsed WHERE readable"):
            ids = marketplaces_of(Values(marketplaces=shop))
            found.append({"shop": shop, "ids": ",".join(ids), "region": region_of("", ids)})
        self._from_json("shops", found, ("shop", "ids", "region"))

    def _map_places(self) -> None:
        """Makes the table ``places``: what each distinct method, path and operation means."""
        self._duck.run(
            "CREATE OR REPLACE TEMP TABLE given AS SELECT *,"
            f" {json_sql.reduced_sql()} AS reduced FROM (SELECT DISTINCT method, path, operation FROM parsed)"
        )
        found = []
        for method, reduced, operation in self._duck.rows("SELECT DISTINCT method, reduced, operation FROM given"):
            values = Values(method=method, path="/" + reduced, operation=operation)
            key, template, upper = place_of(values, self._matcher)
            found.append({"m": method, "r": reduced, "o": operation, "k": key, "t": template, "u": upper})
        self._from_json("meanings", found, ("m", "r", "o", "k", "t", "u"))
        self._duck.run(
            "CREATE OR REPLACE TEMP TABLE places AS SELECT g.method AS given_method, g.path AS given_path,"
            " g.operation AS given_operation, k AS operation, t AS template, u AS method"
            " FROM given g JOIN meanings ON m = g.method AND r = g.reduced AND o = g.operation"
        )

    def _map_texts(self) -> None:
        """Makes the table ``texts``: each distinct text of an error without secrets, and its signature."""
        rows = self._duck.rows(
            "SELECT DISTINCT unnest([message, details, code, application]) AS text FROM parsed"
            " WHERE message <> '' OR details <> '' OR code <> '' OR application <> ''"
        )
        found = [
            {"text": text, "clean": redact(text), "signature": signature_of(redact(text))} for (text,) in rows if text
        ]
        self._from_json("texts", found, ("text", "clean", "signature"))

    def _from_json(self, table: str, rows: list[dict[str, Any]], names: tuple[str, ...]) -> None:
        shape = "{" + ", ".join(f'"{each}": "VARCHAR"' for each in names) + "}"
        self._duck.rows(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT unnest(from_json(CAST(:rows AS JSON), '[{shape}]'),"
            " recursive := true)",
            {"rows": msgspec.json.encode(rows).decode()},
        )


def reads_alone(head: bytes, mapped: Mapped) -> bool:
    """Whether DuckDB reads what JSON Lines begin with as Python does: nine of ten lines, which leaves room for broken
    ones. A form of time that it does not know makes it none. Raises CallLogError.
    """
    duck = Duck()
    try:
        table = CallsTable(duck)
        with in_a_file(head[: head.rfind(b"\n") + 1], Path(tempfile.gettempdir())) as name:
            table.read(json_sql.read_lines(name, mapped, forgiving=True))
    finally:
        duck.close()
    return table.unreadable <= table.readable // 9


def _masked(path: str) -> str:
    """As ``raw_path.masked``: without query, orders' ids, e-mail addresses and tokens."""
    alone = json_sql.PATH_ALONE.replace("(path,", f"({path},")
    for pattern, mask in (
        ("[0-9]{3}-[0-9]{7}-[0-9]{7}", "{order}"),
        ("[^/@ ]+(@|%40)[^/ ]+", "{email}"),
        ("At(za|zr|na|nr|c|z[.]sprdt)([|]|%7[Cc])[^/]*", "{token}"),
    ):
        alone = f"regexp_replace({alone}, '{pattern}', '{mask}', 'g')"
    return f"{alone}[:300]"
