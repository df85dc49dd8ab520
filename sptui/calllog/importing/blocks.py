"""A source in blocks that are imported, and committed, one after the other: whole lines, rows or objects."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from typing import Any, Final

from sptui.calllog.importing import json_values, prefixed_lines
from sptui.calllog.importing.csv_rows import whole_rows
from sptui.calllog.importing.har import Entries
from sptui.calllog.importing.shape import ACCESS, CSV, HAR, JSON_LINES, JSON_VALUES, PREFIXED, W3C, Shape
from sptui.calllog.importing.sources import BLOCK, Block, Stream, read_errors
from sptui.calllog.importing.values import LONGEST_LINE, Unreadable

_PIECE: Final = 4 << 20
_LOOK_AHEAD: Final = 64 << 10


def blocks(
    stream: Stream, shape: Shape, start: int = 0, first_line: int = 0, size: int = BLOCK
) -> Generator[Block, None, None]:
    """What the source holds from byte ``start`` on (before which ``first_line`` lines lie), about ``size`` bytes at a
    time. Where it breaks off (a damaged archive, a disk that fails), the last block says why in ``cut_off``.
    """
    pieces = _Pieces(stream, start, size)
    yield from _Cutting(shape, size, start, first_line).blocks(pieces)


def ahead(made: Generator[Block, None, None]) -> Generator[Block, None, None]:
    """The same blocks, each read in a thread while the one before it is stored. Close it before the stream."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1, "sptui import") as thread:
        coming = thread.submit(next, made, None)
        while (block := coming.result()) is not None:
            coming = thread.submit(next, made, None)
            yield block


class _Pieces:
    """The bytes of a stream as they come; ``problem`` is why they ended early, "" where they did not."""

    def __init__(self, stream: Stream, start: int, size: int) -> None:
        self._stream = stream
        self._start = start
        self._size = size
        self.problem = ""

    def __iter__(self) -> Iterator[bytes]:
        # read1 hands over what an archive gave before it broke; read would lose it.
        read: Any = getattr(self._stream, "read1", self._stream.read)
        try:
            self._skip(read)
            while piece := read(self._next()):
                yield piece
        except read_errors() as problem:
            self.problem = str(problem).rstrip(".") or type(problem).__name__

    def _next(self) -> int:
        """How many bytes are to be read: of a file a whole block up to the end of a line, which need not be put
        together of pieces then.
        """
        if not isinstance(self._stream, io.BufferedReader) or not self._stream.seekable():
            return min(_PIECE, self._size)
        here = self._stream.tell()
        self._stream.seek(here + self._size)
        rest = self._stream.read(_LOOK_AHEAD).find(b"\n") + 1
        self._stream.seek(here)
        return self._size + rest

    def _skip(self, read: Any) -> None:
        if self._start and self._stream.seekable():
            self._stream.seek(self._start)
            return
        left = self._start
        while left and (piece := read(min(_PIECE, left))):
            left -= len(piece)


class _Cutting:
    """What is held of a source, and where in it that lies."""

    def __init__(self, shape: Shape, size: int, begin: int, first_line: int) -> None:
        self._shape = shape
        self._size = size
        self._begin = begin
        self._first_line = first_line
        self._held: list[bytes] = []
        self._length = 0
        self._dropped: list[Unreadable] = []
        self._dropping = False
        self._entries = Entries()

    def blocks(self, pieces: _Pieces) -> Iterator[Block]:
        """The blocks of all pieces."""
        for each in pieces:
            piece = self._after_dropped(each)
            if not piece:
                continue
            self._held.append(piece)
            self._length += len(piece)
            if self._length >= self._size and self._may_end(piece):
                yield from self._cut()
        yield from self._last(pieces.problem)

    def _may_end(self, piece: bytes) -> bool:
        """Whether it is worth looking for a place to cut."""
        return b"\n" in piece or self._shape.kind in (JSON_VALUES, HAR) or self._length > LONGEST_LINE + self._size

    def _cut(self) -> Iterator[Block]:
        begun = self._last_line_begun()
        data = b"".join(self._held)
        block = self._block(data, at_end=False)
        if block is not None:
            yield block
            self._go_on(data, block, begun)
        elif self._length > LONGEST_LINE + self._size and self._shape.kind != HAR:
            self._dropped.append(Unreadable(f"longer than {LONGEST_LINE >> 20} MB", "", self._first_line + 1))
            self._begin += len(data)
            self._held, self._length, self._dropping = [], 0, True
        else:
            self._held = [data]

    def _last_line_begun(self) -> bytes:
        """Takes what comes behind the last whole line out of what is held, where a block ends with any line: so the
        block is all of the rest, and need not be copied out of it.
        """
        if self._shape.kind not in (JSON_LINES, ACCESS, W3C):
            return b""
        last = self._held[-1]
        place = last.rfind(b"\n") + 1
        if place:
            self._held[-1] = last[:place]
        return last[place:] if place else b""

    def _after_dropped(self, piece: bytes) -> bytes:
        """What comes behind the end of a line that is too long."""
        if not self._dropping:
            return piece
        place = piece.find(b"\n") + 1
        self._begin += place or len(piece)
        if place:
            self._first_line += 1
            self._dropping = False
        return piece[place:] if place else b""

    def _last(self, problem: str) -> Iterator[Block]:
        """What is left at the end: what is whole, then what is not (yet)."""
        data = b"".join(self._held)
        block = self._block(data, at_end=False)
        if block is not None or self._dropped:
            block = block or self._made(b"", 0)
            yield block
            data = self._go_on(data, block)
        if problem:
            yield self._made(b"", 0, cut_off=problem)
            return
        if self._shape.kind == CSV and b"\n" in data:  # a quote that is never closed
            block = self._made(data[: data.rfind(b"\n") + 1], data.rfind(b"\n") + 1)
            yield block
            data = self._go_on(data, block)
        if data:
            yield self._block(data, at_end=True) or self._made(data, len(data), finished=False)

    def _go_on(self, data: bytes, block: Block, begun: bytes = b"") -> bytes:
        rest = data[block.end - block.start :] + begun
        self._held, self._length = [rest], len(rest)
        self._begin, self._first_line = block.end, self._first_line + block.lines
        self._dropped = []
        return rest

    def _block(self, data: bytes, *, at_end: bool) -> Block | None:
        """The first block of ``data``; None where nothing in it is whole."""
        kind = self._shape.kind
        if kind in (JSON_VALUES, HAR):
            if kind == HAR:
                objects = self._entries.cut(data, at_end=at_end)
            else:
                objects = json_values.objects_in(data, self._shape.indent, at_end=at_end)
            if not objects.end:
                return None
            lines, finished = data.count(b"\n", 0, objects.end), kind == HAR or not at_end
            return self._made(
                objects.data, objects.end, lines, finished=finished, places=objects.places, aside=objects.aside
            )
        if at_end:
            return None
        cut = whole_rows(data) if kind == CSV else data.rfind(b"\n") + 1
        if not cut and kind == CSV and self._length > LONGEST_LINE + self._size:
            cut = data.rfind(b"\n") + 1
        if not cut:
            return None
        if kind == PREFIXED:
            found = prefixed_lines.objects_in(data[:cut])
            lines = data.count(b"\n", 0, cut)
            return self._made(found.data, cut, lines, places=found.places, passed=found.passed)
        return self._made(data[:cut], cut)

    def _made(
        self,
        data: bytes,
        used: int,
        lines: int | None = None,
        *,
        finished: bool = True,
        places: tuple[int, ...] = (),
        aside: tuple[Unreadable, ...] = (),
        passed: int = 0,
        cut_off: str = "",
    ) -> Block:
        return Block(
            data,
            self._begin,
            self._begin + used,
            finished=finished,
            first_line=self._first_line,
            lines=data.count(b"\n") if lines is None else lines,
            places=places,
            aside=(*self._dropped, *(Unreadable(e.reason, e.text, self._first_line + 1 + e.line) for e in aside)),
            passed=passed,
            cut_off=cut_off,
        )
