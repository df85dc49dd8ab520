"""Calls in sorted Parquet files, written and read by DuckDB, with roll-ups beside them, named by a ledger.

A file never changes once the ledger names it, so that any number of programs read while one writes; a file that the
ledger does not name is the rest of what was killed, and is removed by the next one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.duck import Duck, listed, quoted
from sptui.calllog.importing.enums import typed
from sptui.calllog.importing.ledger import Ledger, Segment, Statement
from sptui.calllog.tally import whole_hour

_SMALL: Final = 100_000
_MOST_SMALL: Final = 16
MOST_ROLL_UPS: Final = 8
MOST_WAITING: Final = 32
"""Files of calls while an import runs that no roll-up of alike calls holds: each such roll-up is written once more at
the end, and questions of that while have a look at every call in them.
"""
_ORPHAN_SECONDS: Final = 3600.0
_KIND: Final = ("operation", "path", "marketplaces", "region", "application", "code", "signature")
_KIND_HASH: Final = f"hash(status, {', '.join(_KIND)})"
_EACH: Final = (
    "SELECT operation, method || ' ' || path AS path, seller_id, marketplaces, region, application, status, code,"
    " signature, time AS first_time, time AS last_time, 1 AS calls FROM {calls}"
)
"""Calls as a roll-up of alike ones has them."""
_HOURS: Final = (
    "SELECT operation, status, code, signature, min(time) AS first_time, max(time) AS last_time, count(*) AS calls"
    " FROM {calls} GROUP BY operation, status, code, signature, date_trunc('hour', time)"
)
_SEVERAL_HOURS: Final = (
    "SELECT operation, status, code, signature, min(first_time) AS first_time, max(last_time) AS last_time,"
    " CAST(sum(calls) AS BIGINT) AS calls FROM read_parquet({files}) {where}"
    " GROUP BY operation, status, code, signature, date_trunc('hour', first_time) ORDER BY operation, first_time"
)
_ROLL_UPS: Final = ("tally", "hours")


class ParquetFiles:
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
        self._remove_orphans()
        if self._ledger.tally_files() and not self._ledger.hour_files():
            self._count_hours()

    def finish(self) -> None:
        """Makes one roll-up of many, and larger files of small ones."""
        self._tally(1, into_one=True)
        self._merge_small()
        self._merge_roll_ups(1)

    def _merge_small(self) -> None:
        small = [each for each in self._ledger.segments() if each.calls < _SMALL and each.tallied]
        if len(small) > _MOST_SMALL:
            self._merge_segments(small)

    def close(self) -> None:
        """Lets go of DuckDB."""
        self._duck.close()

    def _write_calls(self, select: str, statements: list[Statement], *, tallied: bool = True) -> int:
        """Writes calls and their roll-ups, adds what the ledger is to note, and tells how many.

        Not ``tallied``: the roll-up of alike calls is made of several files at once, by ``_tally``.
        """
        name = self._write("calls", select)
        written = f"read_parquet({listed([self._folder / name])})"
        count, first, last = self._duck.rows(f"SELECT count(*), min(time), max(time) FROM {written}")[0]
        if not count:
            self._remove([name])
            return 0
        statements.append(_noted(Segment(name, int(count), iso(first), iso(last), tallied)))
        statements.append(_noted_roll_up(self._write("hours", _HOURS.format(calls=written))))
        if tallied:
            statements.append(_noted_roll_up(self._write_alike(_EACH.format(calls=written))))
        return int(count)

    def _tally(self, least: int, *, into_one: bool = False) -> None:
        """Makes a roll-up of alike calls, where so many files wait for it; ``into_one``: the other ones go into it."""
        generation = self._ledger.generation()
        waiting = [each.name for each in self._ledger.segments() if not each.tallied]
        if len(waiting) < least:
            return
        alike = _EACH.format(calls=f"read_parquet({listed([self._folder / name for name in waiting])})")
        others = self._ledger.tally_files() if into_one else []
        if others:
            files = listed([self._folder / name for name in others])
            alike += f" UNION ALL BY NAME SELECT * FROM read_parquet({files})"
        name = self._write_alike(alike)
        noted: list[Statement] = [("UPDATE segment SET tallied = 1 WHERE name = ?", (each,)) for each in waiting]
        self._swap(generation, [_noted_roll_up(name), *noted, *_gone(others)], name, others)

    def _write_alike(self, calls: str) -> str:
        """A roll-up of alike calls, of a SELECT of calls or of other roll-ups; they are sorted by operation.

        There are few kinds of calls beside the sellers: grouped and sorted are hashes of them.
        """
        self._duck.run(
            f"CREATE OR REPLACE TEMP TABLE named AS SELECT {_KIND_HASH} AS kind, any_value(status) AS status,"
            f" {', '.join(f'any_value({name}) AS {name}' for name in _KIND)} FROM ({calls}) GROUP BY kind"
        )
        self._duck.run(
            "CREATE OR REPLACE TEMP TABLE kinds AS SELECT kind, status, rank() OVER (ORDER BY operation) AS place,"
            f" {typed(self._duck, 'named', _KIND)} FROM named"
        )
        return self._write(
            "tally",
            # A file's parts are passed over by what is known of its texts; of an ENUM nothing is.
            "SELECT CAST(operation AS VARCHAR) AS operation, path, seller_id, marketplaces, region, application,"
            " status, code, signature, first_time, last_time, calls FROM (SELECT seller_id, kind,"
            " min(first_time) AS first_time, max(last_time) AS last_time, CAST(sum(calls) AS BIGINT) AS calls FROM"
            f" (SELECT *, {_KIND_HASH} AS kind FROM ({calls})) GROUP BY seller_id, kind) JOIN kinds USING (kind)"
            " ORDER BY place, seller_id",
        )

    def _write(self, kind: str, select: str) -> str:
        """A new file with what the SELECT gives; on disk when this returns."""
        name = f"{kind}-{time.time_ns():020d}-{uuid4().hex[:8]}.parquet"
        path = self._folder / name
        rows = 122_880 if kind == "calls" else 20_480
        self._duck.run(
            f"COPY ({select}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd,"
            f" COMPRESSION_LEVEL 1, PARQUET_VERSION v2, ROW_GROUP_SIZE {rows})"
        )
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.chmod(0o600)
        return name

    def _merge_segments(self, segments: list[Segment]) -> None:
        generation = self._ledger.generation()
        files = listed([self._folder / each.name for each in segments])
        name = self._write("calls", f"SELECT * FROM read_parquet({files})")
        merged = Segment(
            name,
            sum(each.calls for each in segments),
            min(each.first_time for each in segments),
            max(each.last_time for each in segments),
        )
        gone = [("DELETE FROM segment WHERE name = ?", (each.name,)) for each in segments]
        self._swap(generation, [_noted(merged), *gone], name, [each.name for each in segments])

    def _merge_roll_ups(self, most: int) -> None:
        """Makes one of those of a kind, where there are more than ``most``: of all, or while more are to come, of those
        that together are small beside the largest.
        """
        for kind in _ROLL_UPS:
            generation = self._ledger.generation()
            names = self._ledger.rolled_up(kind)
            if len(names) > most:
                if most > 1:
                    names = self._without_largest(names)
                name, statements = self._rolled_into_one(kind, names)
                self._swap(generation, statements, name, names)

    def _without_largest(self, names: list[str]) -> list[str]:
        """Without the largest, as long as it is larger than the others together: it is not to be written each time."""
        sizes = {name: (self._folder / name).stat().st_size for name in names}
        largest = max(names, key=lambda name: sizes[name])
        return [name for name in names if name != largest] if 2 * sizes[largest] > sum(sizes.values()) else names

    def _rolled_into_one(self, kind: str, names: Sequence[str], where: str = "") -> tuple[str, list[Statement]]:
        files = listed([self._folder / each for each in names])
        if kind == "tally":
            name = self._write_alike(f"SELECT * FROM read_parquet({files}) {where}")
        else:
            name = self._write(kind, _SEVERAL_HOURS.format(files=files, where=where))
        return name, [_noted_roll_up(name), *_gone(names)]

    def _swap(self, generation: int, statements: Sequence[Any], new: str, old: Sequence[str]) -> None:
        """Puts a merged file in the place of others; somebody else's commit in between undoes it."""
        done = self._ledger.commit(generation, statements)
        self._remove(old if done else (new,))

    def forget_before(self, moment: datetime) -> int:
        """Removes the calls made before the hour of then, and tells how many."""
        moment = whole_hour(moment)
        generation = self._ledger.generation()
        limit = iso(moment)
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
        for kind in _ROLL_UPS:
            if not (names := self._ledger.rolled_up(kind)):
                continue
            name, swapped = self._rolled_into_one(kind, names, f"WHERE last_time >= {literal(moment)}")
            statements += swapped
            written.append(name)
            old += names
        done = self._ledger.commit(generation, statements)
        self._remove(old if done else written)
        return removed if done else 0

    def _count_hours(self) -> None:
        """Rolls up by hour what an older sptui stored without."""
        generation = self._ledger.generation()
        files = listed([self._folder / each.name for each in self._ledger.segments()])
        name = self._write("hours", _HOURS.format(calls=f"read_parquet({files})") + " ORDER BY operation, first_time")
        self._swap(generation, [_noted_roll_up(name)], name, [])

    def _cut(self, segment: Segment, moment: datetime) -> Segment | None:
        kept = f"FROM read_parquet({listed([self._folder / segment.name])}) WHERE time >= {literal(moment)}"
        count, first, last = self._duck.rows(f"SELECT count(*), min(time), max(time) {kept}")[0]
        if not count:
            return None
        name = self._write("calls", f"SELECT * {kept}")
        return Segment(name, int(count), iso(first), iso(last), segment.tallied)

    def _remove(self, names: Sequence[str]) -> None:
        for name in names:
            try:
                (self._folder / name).unlink(missing_ok=True)
            except OSError:  # somebody reads it, where that keeps it (Windows): it goes with the orphans
                continue

    def _remove_orphans(self) -> None:
        known = {each.name for each in self._ledger.segments()}
        known |= {name for kind in _ROLL_UPS for name in self._ledger.rolled_up(kind)}
        for path in (*self._folder.glob("*.parquet"), *self._folder.glob("*.part")):
            try:
                if path.name not in known and time.time() - path.stat().st_mtime > _ORPHAN_SECONDS:
                    path.unlink()
            except OSError:  # another import removed it
                continue


def _noted(segment: Segment) -> Statement:
    return "INSERT INTO segment VALUES (?, ?, ?, ?, ?)", msgspec.structs.astuple(segment)


def _noted_roll_up(name: str) -> Statement:
    return "INSERT INTO tally_file VALUES (?)", (name,)


def _gone(roll_ups: Sequence[str]) -> list[Statement]:
    return [("DELETE FROM tally_file WHERE name = ?", (each,)) for each in roll_ups]


def iso(moment: datetime) -> str:
    """As the ledger notes times: the order of the texts is that of the times."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")


def literal(moment: datetime) -> str:
    """A moment in SQL."""
    return f"TIMESTAMP '{iso(moment)[:26]}'"
