"""The one reader of calls that other programs logged: any shape, any names of fields, one call after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.importing.blocks import blocks
from sptui.calllog.importing.lines import read_block, read_json_line
from sptui.calllog.importing.record import place_of, record_of
from sptui.calllog.importing.shape import EMPTY, Shape, shape_of
from sptui.calllog.importing.sources import BLOCK, Prefixed, Stream, head_of, open_log
from sptui.calllog.importing.times import time_of
from sptui.calllog.importing.values import LONGEST_LINE, Unreadable, Values
from sptui.calllog.paths import PathMatcher
from sptui.spapi.calls import CallRecord

__all__ = [
    "LONGEST_LINE",
    "Unreadable",
    "Values",
    "place_of",
    "read_json_line",
    "record_of",
    "records_in",
    "records_of",
    "time_of",
]


def records_in(
    source: str | IO[bytes], *, name: str = "the log", mapping: tuple[str, ...] = ()
) -> Iterator[CallRecord | Unreadable]:
    """The calls in a log of any shape that ``sptui log import`` reads, and the lines of it that cannot be read.

    ``source``: a path (``-`` is standard input; compressed by its ending) or an open stream, which is read from where
    it is and left open; ``name`` is what errors call a stream. ``mapping``: ``field=column`` pairs before the guess.
    Nothing is held but a block; nothing secret or personal is in what comes out. Raises CallLogError where it is no
    log or its fields are not understood (before the first call), or breaks off (behind the last); ValueError for a
    mapping that is none.
    """
    if isinstance(source, str):
        with open_log(source) as stream:
            yield from _records(stream, "standard input" if source == "-" else source, mapping)
    else:
        yield from _records(source, name, mapping)


def _records(stream: IO[bytes], name: str, mapping: tuple[str, ...]) -> Iterator[CallRecord | Unreadable]:
    head = head_of(stream, name)
    shape = shape_of(head, name, by_hand=mapping)
    if shape.kind != EMPTY:
        yield from records_of(Prefixed(head, stream), shape, name)


def records_of(stream: Stream, shape: Shape, name: str, block_bytes: int = BLOCK) -> Iterator[CallRecord | Unreadable]:
    """The calls of an open source whose shape is known, from its beginning. Raises CallLogError where it breaks off."""
    matcher = PathMatcher()
    for block in blocks(stream, shape, size=block_bytes):
        for read in read_block(block, shape):
            yield record_of(read, matcher) if isinstance(read, Values) else read
        if block.cut_off:
            raise CallLogError(f"{name} cannot be read to its end: {block.cut_off}. What came before is counted.")
