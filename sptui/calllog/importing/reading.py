"""The calls that other programs logged, one after the other: of any shape, with any names of fields."""

from __future__ import annotations

from collections.abc import Iterator

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.importing.blocks import blocks
from sptui.calllog.importing.lines import read_block
from sptui.calllog.importing.record import record_of
from sptui.calllog.importing.shape import Shape
from sptui.calllog.importing.sources import BLOCK, Stream
from sptui.calllog.importing.values import Unreadable, Values
from sptui.calllog.paths import PathMatcher
from sptui.spapi.calls import CallRecord


def records_of(stream: Stream, shape: Shape, name: str, block_bytes: int = BLOCK) -> Iterator[CallRecord | Unreadable]:
    """The calls of an open source whose shape is known, from its beginning. Raises CallLogError where it breaks off."""
    matcher = PathMatcher()
    for block in blocks(stream, shape, size=block_bytes):
        for read in read_block(block, shape):
            yield record_of(read, matcher) if isinstance(read, Values) else read
        if block.cut_off:
            raise CallLogError(f"{name} cannot be read to its end: {block.cut_off}. What came before is counted.")
