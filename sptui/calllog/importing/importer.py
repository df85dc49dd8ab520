"""Importing logs: block by block, each committed with the place in its source, so that it can end at any moment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from typing import IO, Final

import msgspec

from sptui.calllog.importing.blocks import ahead, blocks
from sptui.calllog.importing.fields import Mapped
from sptui.calllog.importing.ledger import Ledger, Progress
from sptui.calllog.importing.lines import read_block, sorted_lines
from sptui.calllog.importing.shape import CSV, EMPTY, HAR, WITH_JSON, Shape, shape_of
from sptui.calllog.importing.sources import (
    BLOCK,
    STDIN,
    Block,
    Prefixed,
    Stream,
    head_of,
    is_compressed,
    named,
    open_log,
    place_on_disk,
    size_on_disk,
    source_of,
)
from sptui.calllog.importing.store import Added, ImportStore
from sptui.calllog.importing.values import Unreadable, Values

_HEAD: Final = 4096
_SLOW_BLOCK: Final = 4 << 20


class Report(msgspec.Struct):
    """How far an import is. ``done`` and ``size`` are bytes of the file as it lies on the disk (0: not known).

    ``new`` and ``known`` are calls, ``old`` calls that are too old to be kept, ``aside`` lines that could not be read,
    ``passed`` lines of an application's log that tell of no call. ``before``: the bytes (uncompressed) that earlier
    runs imported. ``problem``: why the source was not read to its end.
    """

    path: str
    shape: Shape
    new: int = 0
    known: int = 0
    aside: int = 0
    passed: int = 0
    old: int = 0
    before: int = 0
    done: int = 0
    size: int = 0
    cancelled: bool = False
    problem: str = ""


class Importer:
    """Imports sources into a store, one after the other. ``cancel`` may be called from another thread."""

    def __init__(
        self,
        ledger: Ledger,
        store: ImportStore,
        *,
        map_by_hand: tuple[str, ...] = (),
        on_progress: Callable[[Report], None] = lambda _: None,
        block_bytes: int | None = None,
        again: bool = False,
    ) -> None:
        """``map_by_hand``: ``field=column`` pairs that go before the guess. ``block_bytes``: how much is committed at
        a time; by default about a second's work. ``again``: files are read from their beginning, also where they were
        before. Raises ValueError for a pair that is none.
        """
        Mapped({}).changed(map_by_hand)
        self._ledger = ledger
        self._store = store
        self._by_hand = map_by_hand
        self._on_progress = on_progress
        self._block_bytes = block_bytes or (BLOCK if store.takes_text else _SLOW_BLOCK)
        self._again = again
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Whether it was told to end."""
        return self._cancelled

    def cancel(self) -> None:
        """Ends after the block in work; the next run goes on from there."""
        self._cancelled = True

    def run(self, path: str) -> Report:
        """Imports what of the source is not imported yet. Raises CallLogError and DatabaseError."""
        with open_log(path) as stream:
            report = self.read(path, stream)
        self._store.finish()
        return report

    def read(self, path: str, stream: IO[bytes]) -> Report:
        """Imports what an open source holds by now, from the place on that was reached before. Raises as ``run``."""
        if stream.seekable():
            stream.seek(0)
        head = head_of(stream, path)
        shape = self.shape_of(head, path)
        report = Report(path, shape, size=0 if path == STDIN else size_on_disk(stream))
        if shape.kind == EMPTY:
            return report
        if self._by_hand and shape.has_fields:
            self._ledger.keep_mapping(shape.names, shape.mapped)
        progress = self._progress(path, head, shape, report.size)
        report.before = progress.read_to
        source: Stream = Prefixed(head, stream)
        if stream.seekable():
            stream.seek(0)
            source = stream
        self._on_progress(report)
        made = blocks(source, shape, progress.read_to, progress.lines, self._block_bytes)
        # What is read from a pipe may be long in coming, and must not keep what is told to end.
        with closing(ahead(made) if stream.seekable() else made) as coming:
            for block in coming:
                if self._cancelled:
                    report.cancelled = True
                    break
                if block.cut_off:
                    why = f"cannot be read to its end: {block.cut_off}"
                    report.problem = f"{named(path)} {why}. What came before is imported."
                    break
                if not self._take(block, report, progress, last=path == STDIN or is_compressed(path)):
                    break
                progress = _behind(progress, block, anew=False)
                report.done = place_on_disk(stream, path, block.end)
                self._on_progress(report)
        return report

    def shape_of(self, head: bytes, path: str) -> Shape:
        """What a log is, by how it begins, with the mapping that is used. Raises CallLogError."""
        return shape_of(head, path, self._ledger.mapping, self._by_hand)

    def _progress(self, path: str, head: bytes, shape: Shape, size: int) -> Progress:
        """Where to go on: at the start for a file that was not read before, or whose beginning is another one."""
        fresh = Progress(source_of(path), *_fingerprint(head, _HEAD), 0, anew=path != STDIN)
        known = self._ledger.progress(fresh.path) if path != STDIN and not self._again else None
        if known is None or _fingerprint(head, known.head_bytes) != (known.head, known.head_bytes):
            return fresh
        if shape.kind == HAR or (not is_compressed(path) and known.read_to > size):
            return fresh
        return msgspec.structs.replace(fresh, read_to=known.read_to, lines=known.lines, anew=False)

    def _take(self, block: Block, report: Report, progress: Progress, *, last: bool) -> bool:
        """Imports a block; an unfinished last line waits, unless it can be read or nothing more can come."""
        after = _behind(progress, block, anew=progress.anew)
        added = None
        if self._store.takes_text and block.finished:
            added = self._as_text(block, report.shape, after)
        if added is None:
            read = list(read_block(block, report.shape))
            values = [each for each in read if isinstance(each, Values)]
            aside = [each for each in read if isinstance(each, Unreadable)]
            if not block.finished and aside and not last:
                return False
            added = self._store.add(values, aside, after)
        report.new += added.new
        report.known += added.known
        report.aside += added.aside
        report.old += added.old
        report.passed += block.passed
        return True

    def _as_text(self, block: Block, shape: Shape, after: Progress) -> Added | None:
        """Hands a block over as it is; where something in it cannot be read, what can, as it is, and the rest as it
        was read here. None where its lines have to be read one by one.
        """
        if shape.kind not in WITH_JSON and shape.kind != CSV:
            return None
        added = None if block.aside else self._store.add_text(block, shape, after)
        if added is not None or shape.kind == CSV:
            return added
        sure, read = sorted_lines(block, shape)
        values = [each for each in read if isinstance(each, Values)]
        aside = [each for each in read if isinstance(each, Unreadable)]
        return self._store.add_text(sure, shape, after, values, aside)


def _behind(progress: Progress, block: Block, *, anew: bool) -> Progress:
    """The progress once a block is imported."""
    lines = block.first_line + block.lines
    return msgspec.structs.replace(progress, read_to=block.end, lines=lines, anew=anew)


def _fingerprint(head: bytes, size: int) -> tuple[str, int]:
    beginning = head[:size]
    return hashlib.sha256(beginning).hexdigest()[:32], len(beginning)
