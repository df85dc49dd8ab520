"""Imported calls in sorted Parquet files: lines come in, the calls that are new are kept."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.duck import listed
from sptui.calllog.importing import json_sql
from sptui.calllog.importing.csv_rows import read_rows
from sptui.calllog.importing.ledger import Ledger, Progress, Statement, progressed
from sptui.calllog.importing.parquet_calls import SAME, CallsTable, UnreadableTextError, in_a_file
from sptui.calllog.importing.parquet_files import MOST_ROLL_UPS, MOST_WAITING, ParquetFiles, iso, literal
from sptui.calllog.importing.shape import CSV, Shape
from sptui.calllog.importing.sources import Block
from sptui.calllog.importing.store import IDENTITY, Added
from sptui.calllog.importing.values import Unreadable, Values
from sptui.calllog.tally import whole_hour

_USUALLY_LONGEST: Final = 1 << 20
"""Bytes of a line; a block with a longer one is read in Python."""


class ParquetStore(ParquetFiles):
    """Files in ``folder``, named by the ledger. Use from one thread. Raises CallLogError and DatabaseError."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        super().__init__(ledger, folder)
        self._calls = CallsTable(self._duck)

    @property
    def takes_text(self) -> bool:
        """Always: DuckDB reads JSON Lines and CSV many times faster than Python."""
        return True

    def leave_out_before(self, moment: datetime) -> None:
        """Calls made before the hour of then are left out."""
        self._calls.oldest = whole_hour(moment)

    def add(self, values: Sequence[Values], aside: Sequence[Unreadable], progress: Progress) -> Added:
        """Stores lines that were read in Python."""
        try:
            with in_a_file(_lines(values), self._folder) as name:
                self._calls.read(json_sql.read_lines(name, IDENTITY, forgiving=False))
        except UnreadableTextError as problem:
            raise CallLogError(str(problem)) from problem
        refused = [Unreadable("DuckDB could not read it")] * self._calls.unreadable
        return self._store(progress, [*aside, *refused])

    def add_text(
        self,
        block: Block,
        shape: Shape,
        progress: Progress,
        values: Sequence[Values] = (),
        aside: Sequence[Unreadable] = (),
    ) -> Added | None:
        """Stores lines as they are; None where DuckDB stumbles over one, or reads less of it than Python may."""
        try:
            with ExitStack() as files:
                name = files.enter_context(in_a_file(block.data, self._folder))
                select = _select(name, block, shape)
                if values:
                    others = files.enter_context(in_a_file(_lines(values), self._folder))
                    select += f" UNION ALL {json_sql.read_lines(others, IDENTITY, forgiving=False)}"
                self._calls.read(select)
        except UnreadableTextError:
            return None
        return None if self._calls.unreadable else self._store(progress, aside)

    def _store(self, progress: Progress, aside: Sequence[Unreadable]) -> Added:
        """Commits what ``parsed`` holds; tries again where another import came between."""
        lines = self._calls.readable
        if lines:
            self._calls.make()
        while True:
            generation = self._ledger.generation()
            statements: list[Statement] = []
            new = self._write_new(statements) if lines else 0
            if self._ledger.commit(generation, [*statements, *progressed(progress, aside)]):
                break
        self._tally(MOST_WAITING)
        self._merge_roll_ups(MOST_ROLL_UPS)
        return Added(new, lines - new, len(aside), self._calls.old)

    def _write_new(self, statements: list[Statement]) -> int:
        """Writes the calls that no stored file has, adds what the ledger is to note, and tells how many."""
        first, last = self._duck.rows("SELECT min(parsed), max(parsed) FROM parsed")[0]
        near = [
            self._folder / each.name
            for each in self._ledger.segments()
            if each.first_time <= iso(last) and each.last_time >= iso(first)
        ]
        fresh = f"SELECT * FROM {self._calls.calls}"
        if near:
            fresh += (
                f" WHERE {SAME} NOT IN (SELECT {SAME} FROM read_parquet({listed(near)})"
                f" WHERE time BETWEEN {literal(first)} AND {literal(last)})"
            )
        return self._write_calls(fresh, statements, tallied=False)


def _lines(values: Sequence[Values]) -> bytes:
    return b"".join(msgspec.json.encode(each) + b"\n" for each in values)


def _select(name: str, block: Block, shape: Shape) -> str:
    if shape.kind == CSV:
        with_header = block.start == 0
        return read_rows(name, shape.header, shape.delimiter, shape.mapped, with_header=with_header)
    return json_sql.read_lines(name, shape.mapped, forgiving=False, longest=_USUALLY_LONGEST)
