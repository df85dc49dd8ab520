"""Imported calls in sorted Parquet files, written and read by DuckDB, with a roll-up beside them.

A file never changes once the ledger names it, so that any number of programs read while one imports; a file that the
ledger does not name is the rest of a killed import, and is removed by the next one.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.duck import Duck, listed, quoted
from sptui.calllog.importing import json_sql
from sptui.calllog.importing.fields import FIELDS, Mapped
from sptui.calllog.importing.ledger import Ledger, Progress, Segment, Statement, progressed
from sptui.calllog.importing.reading import Unreadable, Values, record_of
from sptui.calllog.importing.store import IDENTITY, Added
from sptui.calllog.paths import PathMatcher
from sptui.calllog.signatures import signature_of
from sptui.spapi.redaction import redact

_SMALL: Final = 100_000
_MOST_SMALL: Final = 16
_MOST_TALLIES: Final = 8
_ORPHAN_SECONDS: Final = 3600.0
_READABLE: Final = f"parsed IS NOT NULL AND (path <> '' OR operation <> '') AND {json_sql.READABLE_STATUS}"
_TALLY: Final = (
    "SELECT operation, method || ' ' || path AS path, seller_id, marketplaces, region, application, status, code,"
    " signature, min(time) AS first_time, max(time) AS last_time, count(*) AS calls FROM {calls} GROUP BY ALL"
)
_TALLIES: Final = (
    "SELECT operation, path, seller_id, marketplaces, region, application, status, code, signature,"
    " min(first_time) AS first_time, max(last_time) AS last_time, CAST(sum(calls) AS BIGINT) AS calls"
    " FROM read_parquet({files}) {where} GROUP BY ALL ORDER BY operation, seller_id"
)


class ParquetStore:
    """Files in ``folder``, named by the ledger. Use from one thread. Raises CallLogError and DatabaseError."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self._ledger = ledger
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        except OSError as problem:
            raise CallLogError(f"{folder} cannot be used: {problem.strerror or problem}.") from problem
        self._duck = Duck(folder)
        self._matcher = PathMatcher()
        self._remove_orphans()

    def add(self, values: Sequence[Values], aside: Sequence[Unreadable], progress: Progress) -> Added:
        """Stores lines that were read in Python (CSV, HAR, access logs)."""
        rejected = list(aside)
        lines = []
        for each in values:
            record = record_of(each, self._matcher)
            if isinstance(record, Unreadable):
                rejected.append(record)
            else:
                lines.append(_line(each))
        self._load(b"".join(lines), IDENTITY, forgiving=True)
        return self._store(progress, rejected)

    def add_json_lines(
        self, data: bytes, mapped: Mapped, progress: Progress, aside: Sequence[Unreadable] | None = None
    ) -> Added | None:
        """Stores lines as they are; without ``aside``, None where DuckDB stumbles over one."""
        try:
            self._load(data, mapped, forgiving=aside is not None)
        except CallLogError:
            if aside is not None:
                raise
            return None
        bad = int(self._duck.rows("SELECT count(*) FROM parsed WHERE NOT readable")[0][0])
        if aside is None:
            return None if bad else self._store(progress, [])
        return self._store(progress, [*aside, *[Unreadable("the engine could not read it", "")] * bad])

    def finish(self) -> None:
        """Makes one roll-up of many, and larger files of small ones."""
        small = [each for each in self._ledger.segments() if each.calls < _SMALL]
        if len(small) > _MOST_SMALL:
            self._merge_segments(small)
        if len(self._ledger.tally_files()) > 1:
            self._merge_tallies()

    def close(self) -> None:
        """Lets go of DuckDB."""
        self._duck.close()

    def _load(self, data: bytes, mapped: Mapped, *, forgiving: bool) -> None:
        """Makes the table ``parsed`` of lines."""
        handle, name = tempfile.mkstemp(suffix=".part", dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            lines = json_sql.read_lines(name, mapped, forgiving=forgiving)
            self._duck.run(
                f"CREATE OR REPLACE TEMP TABLE parsed AS SELECT *, coalesce({_READABLE}, false) AS readable"
                f" FROM (SELECT *, {json_sql.TIME} AS parsed FROM ({lines}))"
            )
        finally:
            Path(name).unlink(missing_ok=True)

    def _store(self, progress: Progress, aside: Sequence[Unreadable]) -> Added:
        """Commits what ``parsed`` holds; tries again where another import came between."""
        lines = int(self._duck.rows("SELECT count(*) FROM parsed WHERE readable")[0][0])
        if lines:
            self._make_calls()
        while True:
            generation = self._ledger.generation()
            statements: list[Statement] = []
            new = self._write_new(statements) if lines else 0
            if self._ledger.commit(generation, [*statements, *progressed(progress, aside)]):
                break
        if len(self._ledger.tally_files()) > _MOST_TALLIES:
            self.finish()
        return Added(new, lines - new, len(aside))

    def _make_calls(self) -> None:
        """Makes the table ``calls`` of ``parsed``: typed, matched to operations, without what is not to be kept."""
        self._map_places()
        self._map_texts()
        self._map_marketplaces()
        fields = ", ".join(f"p.{each}" for each in FIELDS if each not in ("time", "marketplaces"))
        self._duck.run(
            f"""CREATE OR REPLACE TEMP TABLE calls AS SELECT
            p.parsed AS time, m.method, m.template AS path, m.operation, {json_sql.STATUS} AS status,
            coalesce(c.clean, p.code)[:100] AS code, coalesce(t.clean, '')[:300] AS message,
            coalesce(d.clean, '')[:300] AS details,
            (CASE WHEN p.seller_id = '' AND contains(p.path, '/items/A')
                THEN regexp_extract(p.path, '/items/(A[A-Z0-9]{{8,20}})/', 1) ELSE p.seller_id END)[:64] AS seller_id,
            CASE WHEN upper(p.region) IN ('NA', 'EU', 'FE') THEN upper(p.region) ELSE s.region END AS region,
            coalesce(a.clean, p.application)[:100] AS application, s.ids AS marketplaces,
            p.request_id[:100] AS request_id, coalesce(try_cast(p.milliseconds AS FLOAT), 0) AS took,
            CASE WHEN took >= 0 AND took < 1e9 THEN took ELSE 0 END AS milliseconds,
            greatest(coalesce(try_cast(p.attempt AS USMALLINT), 1), 1) AS attempt,
            coalesce(t.signature, '') AS signature,
            CASE WHEN p.status IN ('200', '201', '202', '204') THEN '' ELSE {_masked("p.path")} END AS raw,
            md5_number_lower(concat_ws(chr(31), epoch_us(p.parsed), s.ids, {fields})) AS identity
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
        if self._duck.rows("SELECT count(*) - count(DISTINCT identity) FROM calls")[0][0]:
            self._duck.run("CREATE OR REPLACE TEMP TABLE calls AS SELECT DISTINCT ON (identity) * FROM calls")

    def _map_marketplaces(self) -> None:
        """Makes the table ``shops``: for each text that names marketplaces, their ids and the region."""
        region = json_sql.region_sql("split_part(ids, ',', 1)", "''")
        ids = "array_to_string(regexp_extract_all(shop, '[A-Za-z0-9_-]{1,40}'), ',')"
        self._duck.run(
            f"CREATE OR REPLACE TEMP TABLE shops AS SELECT shop, {ids} AS ids,"
            f" {region} AS region"
            f" FROM (SELECT DISTINCT {json_sql.SHOP} AS shop FROM parsed WHERE readable)"
        )

    def _map_places(self) -> None:
        """Makes the table ``places``: what each distinct method, path and operation means."""
        self._duck.run(
            "CREATE OR REPLACE TEMP TABLE given AS SELECT *,"
            f" {json_sql.reduced_sql()} AS reduced FROM (SELECT DISTINCT method, path, operation FROM parsed)"
        )
        found = []
        from sptui.calllog.importing.reading import place_of

        for method, reduced, operation in self._duck.rows("SELECT DISTINCT method, reduced, operation FROM given"):
            key, template, upper = place_of(
                Values(method=method, path="/" + reduced, operation=operation), self._matcher
            )
            found.append({"m": method, "r": reduced, "o": operation, "k": key, "t": template, "u": upper})
        self._from_json("meanings", found, "m, r, o, k, t, u")
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
        found = [{"t": text, "c": redact(text[:3000]), "s": signature_of(text)} for (text,) in rows if text]
        self._from_json("cleaned", found, "t, c, s")
        self._duck.run(
            "CREATE OR REPLACE TEMP TABLE texts AS SELECT t AS text, c AS clean, s AS signature FROM cleaned"
        )

    def _from_json(self, table: str, rows: list[dict[str, str]], names: str) -> None:
        shape = "{" + ", ".join(f'"{each}": "VARCHAR"' for each in names.split(", ")) + "}"
        self._duck.rows(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT unnest(from_json(CAST(:rows AS JSON), '[{shape}]'),"
            " recursive := true)",
            {"rows": msgspec.json.encode(rows).decode()},
        )

    def _write_new(self, statements: list[Statement]) -> int:
        """Writes the calls that no stored file has, adds what the ledger is to note, and tells how many."""
        first, last = self._duck.rows("SELECT min(time), max(time) FROM calls")[0]
        near = [
            self._folder / each.name
            for each in self._ledger.segments()
            if each.first_time <= _iso(last) and each.last_time >= _iso(first)
        ]
        self._duck.run("CREATE OR REPLACE TEMP VIEW fresh AS SELECT * FROM calls")
        if near:
            self._duck.run(
                "CREATE OR REPLACE TEMP VIEW fresh AS SELECT * FROM calls WHERE identity NOT IN (SELECT identity"
                f" FROM read_parquet({listed(near)}) WHERE time BETWEEN {_literal(first)} AND {_literal(last)})"
            )
        count, first, last = self._duck.rows("SELECT count(*), min(time), max(time) FROM fresh")[0]
        if count:
            name = self._write("calls", "SELECT * FROM fresh ORDER BY operation, time")
            tally = self._write("tally", _TALLY.format(calls="fresh"))
            segment = Segment(name, int(count), _iso(first), _iso(last))
            statements.append(_noted(segment))
            statements.append(("INSERT INTO tally_file VALUES (?)", (tally,)))
        return int(count)

    def _write(self, kind: str, select: str) -> str:
        """A new file with what the SELECT gives; on disk when this returns."""
        name = f"{kind}-{time.time_ns():020d}-{uuid4().hex[:8]}.parquet"
        path = self._folder / name
        rows = 20_480 if kind == "tally" else 122_880
        self._duck.run(
            f"COPY ({select}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rows})"
        )
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.chmod(0o600)
        return name

    def _merge_segments(self, segments: list[Segment]) -> None:
        generation = self._ledger.generation()
        files = listed([self._folder / each.name for each in segments])
        name = self._write("calls", f"SELECT * FROM read_parquet({files}) ORDER BY operation, time")
        merged = Segment(
            name,
            sum(each.calls for each in segments),
            min(each.first_time for each in segments),
            max(each.last_time for each in segments),
        )
        gone = [("DELETE FROM segment WHERE name = ?", (each.name,)) for each in segments]
        self._swap(generation, [_noted(merged), *gone], name, [each.name for each in segments])

    def _merge_tallies(self) -> None:
        generation = self._ledger.generation()
        names = self._ledger.tally_files()
        files = listed([self._folder / each for each in names])
        name = self._write("tally", _TALLIES.format(files=files, where=""))
        gone = [("DELETE FROM tally_file WHERE name = ?", (each,)) for each in names]
        self._swap(generation, [("INSERT INTO tally_file VALUES (?)", (name,)), *gone], name, names)

    def _swap(self, generation: int, statements: Sequence[Any], new: str, old: Sequence[str]) -> None:
        """Puts a merged file in the place of others; somebody else's commit in between undoes it."""
        done = self._ledger.commit(generation, statements)
        for each in old if done else (new,):
            (self._folder / each).unlink(missing_ok=True)

    def forget_before(self, moment: datetime) -> int:
        """Removes the calls made before then, and tells how many."""
        generation = self._ledger.generation()
        limit = _iso(moment)
        statements: list[Statement] = []
        old, written, removed = [], [], 0
        for each in self._ledger.segments():
            if each.first_time >= limit:
                continue
            old.append(each.name)
            statements.append(("DELETE FROM segment WHERE name = ?", (each.name,)))
            left = None if each.last_time < limit else self._cut(each, moment)
            removed += each.calls - (left.calls if left else 0)
            if left is not None:
                written.append(left.name)
                statements.append(_noted(left))
        if not old:
            return 0
        names = self._ledger.tally_files()
        files = listed([self._folder / each for each in names])
        where = f"WHERE last_time >= {_literal(moment)}"
        tally = self._write("tally", _TALLIES.format(files=files, where=where))
        statements += [("DELETE FROM tally_file WHERE name = ?", (each,)) for each in names]
        statements.append(("INSERT INTO tally_file VALUES (?)", (tally,)))
        done = self._ledger.commit(generation, statements)
        for name in [*old, *names] if done else [*written, tally]:
            (self._folder / name).unlink(missing_ok=True)
        return removed if done else 0

    def _cut(self, segment: Segment, moment: datetime) -> Segment | None:
        kept = f"FROM read_parquet({listed([self._folder / segment.name])}) WHERE time >= {_literal(moment)}"
        count, first, last = self._duck.rows(f"SELECT count(*), min(time), max(time) {kept}")[0]
        if not count:
            return None
        name = self._write("calls", f"SELECT * {kept} ORDER BY operation, time")
        return Segment(name, int(count), _iso(first), _iso(last))

    def _remove_orphans(self) -> None:
        known = {each.name for each in self._ledger.segments()} | set(self._ledger.tally_files())
        for path in (*self._folder.glob("*.parquet"), *self._folder.glob("*.part")):
            try:
                if path.name not in known and time.time() - path.stat().st_mtime > _ORPHAN_SECONDS:
                    path.unlink()
            except OSError:  # another import removed it
                continue


def _noted(segment: Segment) -> Statement:
    return "INSERT INTO segment VALUES (?, ?, ?, ?)", msgspec.structs.astuple(segment)


def _masked(path: str) -> str:
    """As ``paths.masked``: without query, orders' ids, e-mail addresses and tokens."""
    alone = json_sql.PATH_ALONE.replace("(path,", f"({path},")
    for pattern, mask in (
        ("[0-9]{3}-[0-9]{7}-[0-9]{7}", "{order}"),
        ("[^/@ ]+(@|%40)[^/ ]+", "{email}"),
        ("At(za|zr|na|nr|c|z[.]sprdt)([|]|%7[Cc])[^/]*", "{token}"),
    ):
        alone = f"regexp_replace({alone}, '{pattern}', '{mask}', 'g')"
    return f"{alone}[:300]"


def _line(values: Values) -> bytes:
    return msgspec.json.encode(values) + b"\n"


def _iso(moment: datetime) -> str:
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")


def _literal(moment: datetime) -> str:
    return f"TIMESTAMP '{_iso(moment)[:26]}'"
