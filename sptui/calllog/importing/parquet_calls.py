"""Lines made into calls by DuckDB: typed, matched to operations, without what is not to be kept.

What needs Python (the catalogue, the mask for secrets) is done once for each distinct text.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.duck import Duck, quoted
from sptui.calllog.importing import json_sql
from sptui.calllog.importing.enums import type_of
from sptui.calllog.importing.fields import FIELDS, Mapped
from sptui.calllog.importing.record import marketplaces_of, place_of, region_of
from sptui.calllog.importing.values import Values
from sptui.calllog.paths import PathMatcher
from sptui.calllog.signatures import signature_of
from sptui.spapi.redaction import redact

_HAS_TIME_AND_PLACE: Final = "parsed IS NOT NULL AND (path <> '' OR operation <> '')"
_READABLE: Final = f"{_HAS_TIME_AND_PLACE} AND {json_sql.READABLE_STATUS}"

SAME: Final = (
    "hash(time, CAST(method AS VARCHAR), CAST(path AS VARCHAR), status, seller_id, CAST(marketplaces AS VARCHAR),"
    " request_id, milliseconds, identity)"
)
"""What two lines that tell of the same call have in common. Amazon's request id tells calls apart; where a line has
none, ``identity`` does, made of all that it says. The hash is compared and never stored: DuckDB may change it.
"""
_REGION: Final = "ENUM ('', 'EU', 'FE', 'NA')"
_LENGTHS: Final = {"message": 300, "details": 300, "code": 100, "application": 100}
"""The texts that Python masks, and how many characters of each are kept."""


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
    """The table ``parsed`` (what was read) of a connection, and what is to be stored of it."""

    def __init__(self, duck: Duck) -> None:
        self._duck = duck
        self._matcher = PathMatcher()
        self.calls = ""
        """The relation of what is to be stored; it is worked out where it is read."""
        self.readable = 0
        """Lines of ``parsed`` that are calls."""
        self.unreadable = 0
        """The others."""
        self.oldest: datetime | None = None
        """Calls before it are left out of ``parsed``."""
        self.old = 0
        """How many of them were."""

    def read(self, select: str) -> None:
        """Makes ``parsed`` of a SELECT of all fields. Raises UnreadableTextError, and CallLogError for a full disk."""
        try:
            self._duck.run(
                f"CREATE OR REPLACE TEMP TABLE parsed AS SELECT * EXCLUDE (time), {json_sql.TIME} AS parsed"
                f" FROM ({select})"
            )
        except CallLogError as problem:
            raise UnreadableTextError(str(problem)) from problem
        if self.oldest is not None:
            before = self.oldest.astimezone(UTC).replace(tzinfo=None)
            self.old = int(self._duck.rows(f"DELETE FROM parsed p WHERE {_READABLE} AND p.parsed < '{before}'")[0][0])
        # By status: few are looked at more than once.
        lines, readable = self._duck.rows(
            f"SELECT coalesce(sum(lines), 0), coalesce(sum(good) FILTER ({json_sql.READABLE_STATUS}), 0) FROM"
            f" (SELECT status, count(*) AS lines, count(*) FILTER ({_HAS_TIME_AND_PLACE}) AS good FROM parsed"
            " GROUP BY status)"
        )[0]
        self.readable, self.unreadable = int(readable), int(lines - readable)

    def make(self) -> None:
        """Makes a relation ``calls`` of what is readable; of lines that say the same only one stays."""
        if self.unreadable:
            self._duck.run(f"DELETE FROM parsed WHERE NOT coalesce({_READABLE}, false)")
        self._map_places()
        texts = self._map_texts()
        self._map_marketplaces()
        fields = ", ".join(f"p.{each}" for each in FIELDS if each not in ("time", "marketplaces"))
        clean = {each: f"{each}_texts.clean" if each in texts else "''" for each in _LENGTHS}
        joins = " ".join(f"JOIN {each}_texts ON {each}_texts.given = p.{each}" for each in texts)
        self._duck.run(
            f"""CREATE OR REPLACE TEMP VIEW made AS SELECT
            p.parsed AS time, m.method, m.template AS path, m.operation, {json_sql.STATUS} AS status,
            {clean["code"]} AS code, {clean["message"]} AS message, {clean["details"]} AS details,
            {_shortened("p.seller", 64)} AS seller_id,
            CASE WHEN p.region <> '' AND upper(p.region) IN ('NA', 'EU', 'FE') THEN CAST(upper(p.region) AS {_REGION})
                WHEN s.region <> '' THEN s.region ELSE CAST({json_sql.HOST_REGION} AS {_REGION}) END AS region,
            {clean["application"]} AS application, s.ids AS marketplaces,
            {_shortened("p.request_id", 100)} AS request_id,
            CASE WHEN p.took >= 0 AND p.took < 1e9 THEN p.took ELSE 0 END AS milliseconds,
            greatest(coalesce(try_cast(p.attempt AS USMALLINT), 1), 1) AS attempt,
            {"message_texts.signature" if "message" in texts else "''"} AS signature,
            CASE WHEN p.status IN ('200', '201', '202', '204') OR NOT starts_with(m.template, '/')
                OR p.path = m.template THEN '' ELSE {_masked("p.path")} END AS raw,
            CASE WHEN p.request_id <> '' THEN 0
                ELSE md5_number_lower(concat_ws(chr(31), epoch_us(p.parsed), s.ids, {fields})) END AS identity
            FROM (SELECT *, {json_sql.SHOP} AS shop, {json_sql.SELLER} AS seller,
                try_cast(milliseconds AS FLOAT) AS took FROM parsed) p
            JOIN places m ON m.given_method = p.method AND m.given_path = p.path AND m.given_operation = p.operation
            JOIN shops s ON s.shop = p.shop {joins}"""
        )
        self.calls = "made"
        # Dropping doubles is slow, and nearly never needed: most blocks have no two lines that could be the same call.
        own = f"CASE WHEN request_id = '' THEN hash({fields}) ELSE 0 END"
        if self._has_alike("parsed, request_id") and self._has_alike(f"parsed, request_id, {own}"):
            self._duck.run(f"CREATE OR REPLACE TEMP TABLE single AS SELECT DISTINCT ON ({SAME}) * FROM made")
            self.calls = "single"

    def _has_alike(self, columns: str) -> bool:
        """Whether two lines have the same in these columns."""
        return bool(self._duck.rows(f"SELECT count(*) - count(DISTINCT hash({columns})) FROM parsed p")[0][0])

    def _map_marketplaces(self) -> None:
        """Makes the table ``shops``: for each text that names marketplaces, their ids and the region."""
        found = []
        for (shop,) in self._duck.rows(f"SELECT DISTINCT {json_sql.SHOP} FROM parsed"):
            ids = marketplaces_of(Values(marketplaces=shop))
            found.append({"shop": shop, "ids": ",".join(ids), "region": region_of("", ids)})
        self._from_json(
            "shops", found, {"shop": "VARCHAR", "ids": type_of(row["ids"] for row in found), "region": _REGION}
        )

    def _map_places(self) -> None:
        """Makes the table ``places``: what each distinct method, path and operation means."""
        self._duck.run(
            "CREATE OR REPLACE TEMP TABLE given AS SELECT *,"
            f" {json_sql.reduced_sql()} AS reduced FROM (SELECT DISTINCT method, path, operation FROM parsed)"
        )
        found = []
        for method, reduced, operation in self._duck.rows("SELECT DISTINCT method, reduced, operation FROM given"):
            address = reduced if reduced.startswith("/") else f"document://{reduced}"
            values = Values(method=method, path=address, operation=operation)
            key, template, upper = place_of(values, self._matcher)
            found.append({"m": method, "r": reduced, "o": operation, "k": key, "t": template, "u": upper})
        kinds = {each: type_of(row[each] for row in found) for each in ("k", "t", "u")}
        self._from_json("meanings", found, {"m": "VARCHAR", "r": "VARCHAR", "o": "VARCHAR", **kinds})
        self._duck.run(
            "CREATE OR REPLACE TEMP TABLE places AS SELECT g.method AS given_method, g.path AS given_path,"
            " g.operation AS given_operation, k AS operation, t AS template, u AS method"
            " FROM given g JOIN meanings ON m = g.method AND r = g.reduced AND o = g.operation"
        )

    def _map_texts(self) -> list[str]:
        """For each field of an error's texts that any line has, a table of what they are without secrets, and their
        signature; tells which fields these are.
        """
        fields = []
        for field, length in _LENGTHS.items():
            texts = [row[0] for row in self._duck.rows(f"SELECT DISTINCT {field} FROM parsed")]
            if any(texts):
                found = [{"given": each, "clean": redact(each)[:length]} for each in texts]
                if field == "message":
                    found = [row | {"signature": signature_of(redact(row["given"]))} for row in found]
                kinds = {each: type_of(row[each] for row in found) for each in found[0] if each != "given"}
                self._from_json(f"{field}_texts", found, {"given": "VARCHAR", **kinds})
                fields.append(field)
        return fields

    def _from_json(self, table: str, rows: list[dict[str, str]], kinds: dict[str, str]) -> None:
        shape = "{" + ", ".join(f'"{each}": "VARCHAR"' for each in kinds) + "}"
        typed = ", ".join(f"CAST({each} AS {kind}) AS {each}" for each, kind in kinds.items())
        told = quoted(msgspec.json.encode(rows).decode())
        self._duck.run(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {typed} FROM"
            f" (SELECT unnest(from_json(CAST({told} AS JSON), '[{shape}]'), recursive := true))"
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


def _shortened(text: str, length: int) -> str:
    """The first characters of a text; taken only of one that is longer, for that is slow."""
    return f"CASE WHEN strlen({text}) > {length} THEN {text}[:{length}] ELSE {text} END"
