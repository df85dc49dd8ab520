"""Importing logs: block by block, each committed with the place in its source, so that it can end at any moment."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.importing.fields import Mapped, guess, names_in
from sptui.calllog.importing.ledger import Ledger, Progress
from sptui.calllog.importing.reading import (
    LONGEST_LINE,
    Unreadable,
    Values,
    is_access_line,
    read_access_line,
    read_har_entry,
    read_json_line,
    record_of,
    values_of,
)
from sptui.calllog.importing.sources import BLOCK, STDIN, Block, blocks, is_compressed, open_log
from sptui.calllog.importing.store import ImportStore
from sptui.calllog.paths import PathMatcher

_SAMPLE: Final = 256 << 10
_HEAD: Final = 4096
_BLANKS: Final = b"\r \t\xef\xbb\xbf"


class Shape(msgspec.Struct, frozen=True):
    """What a log turned out to be: ``json lines``, ``csv``, ``access log`` or ``har``; ``mapped`` and ``names``
    (all fields seen) only for the first two. ``header`` is a CSV's first line, ``delimiter`` what divides it.
    """

    kind: str
    mapped: Mapped = Mapped({})
    names: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    delimiter: str = ","


class Report(msgspec.Struct):
    """How far an import is. ``done`` and ``size`` are bytes of the file as it lies on the disk (0: not known)."""

    path: str
    shape: Shape
    new: int = 0
    known: int = 0
    aside: int = 0
    done: int = 0
    size: int = 0
    cancelled: bool = False


class Importer:
    """Imports sources into a store, one after the other. ``cancel`` may be called from another thread."""

    def __init__(
        self,
        ledger: Ledger,
        store: ImportStore,
        *,
        map_by_hand: tuple[str, ...] = (),
        on_progress: Callable[[Report], None] = lambda _: None,
        block_bytes: int = BLOCK,
    ) -> None:
        """``map_by_hand``: ``field=column`` pairs that go before the guess. Raises ValueError for one that is none."""
        Mapped({}).changed(map_by_hand)
        self._ledger = ledger
        self._store = store
        self._by_hand = map_by_hand
        self._on_progress = on_progress
        self._block_bytes = block_bytes
        self._matcher = PathMatcher()
        self._cancelled = False

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
        head = _head(stream)
        if not head.strip():
            return Report(path, Shape("empty"))
        shape = self.shape_of(head, path)
        report = Report(path, shape, size=0 if path == STDIN else Path(path).stat().st_size)
        progress = self._progress(path, head, seekable=path != STDIN)
        if shape.kind == "har":
            return self._har(stream, head, report, progress)
        source = stream if stream.seekable() else _Prefixed(head, stream)
        if stream.seekable():
            stream.seek(0)
        self._on_progress(report)
        for block in blocks(source, path, progress.read_to, self._block_bytes):  # type: ignore[arg-type]  # reads
            if self._cancelled:
                report.cancelled = True
                break
            if not self._take(block, report, progress, last=path == STDIN or is_compressed(path)):
                break
            progress = msgspec.structs.replace(progress, read_to=block.end)
            report.done = _place(stream, path, block.end)
            self._on_progress(report)
        return report

    def shape_of(self, head: bytes, path: str) -> Shape:
        """What a log is, by how it begins. Raises CallLogError where it is none that can be read."""
        text = head.decode(errors="replace").lstrip("\ufeff \r\n\t")
        first = text.partition("\n")[0].strip()
        if _is_har(text):
            return Shape("har")
        if text.startswith("{"):
            return self._json_shape(head, path)
        if any(is_access_line(line) for line in text.splitlines()[:20]):
            return Shape("access log")
        delimiter = max(",;\t|", key=first.count)
        header = tuple(next(csv.reader([first[:10_000]], delimiter=delimiter), ()))
        if len(header) > 1:
            return self._mapped(Shape("csv", names=header, header=header, delimiter=delimiter), path)
        raise CallLogError(
            f"{path} is no log that can be read: neither JSON Lines, CSV with a header, HAR nor an access log "
            "(Common or Combined Log Format, an AWS load balancer's)."
        )

    def _json_shape(self, head: bytes, path: str) -> Shape:
        names: dict[str, None] = {}
        for line in head.splitlines()[:1000]:
            try:
                names.update(dict.fromkeys(names_in(msgspec.json.decode(line))))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue
        return self._mapped(Shape("json lines", names=tuple(names)), path)

    def _mapped(self, shape: Shape, path: str) -> Shape:
        guessed = self._ledger.mapping(shape.names) or guess(shape.names)
        mapped = guessed.changed(self._by_hand)
        if mapped.missing:
            raise CallLogError(
                f"{path}: nothing tells the {' and the '.join(mapped.missing)} of a call. It has the fields "
                f"{', '.join(shape.names[:40]) or '(none)'}. Say which with --map {mapped.missing[0]}=FIELD."
            )
        if self._by_hand:
            self._ledger.keep_mapping(shape.names, mapped)
        return msgspec.structs.replace(shape, mapped=mapped)

    def _progress(self, path: str, head: bytes, *, seekable: bool) -> Progress:
        """Where to go on: at the start for a file that was not read before, or whose beginning is another one."""
        fresh = Progress(path if not seekable else str(Path(path).absolute()), *_fingerprint(head, _HEAD), 0)
        known = self._ledger.progress(fresh.path) if seekable else None
        if known is None or _fingerprint(head, known.head_bytes) != (known.head, known.head_bytes):
            return fresh
        if not is_compressed(path) and known.read_to > Path(path).stat().st_size:
            return fresh
        return msgspec.structs.replace(fresh, read_to=known.read_to)

    def _take(self, block: Block, report: Report, progress: Progress, *, last: bool) -> bool:
        """Imports a block; an unfinished last line waits, unless it can be read or nothing more can come."""
        after = msgspec.structs.replace(progress, read_to=block.end)
        mapped = report.shape.mapped
        lines_of_json = report.shape.kind == "json lines"
        added = None
        if lines_of_json and not block.dropped and block.finished:
            added = self._store.add_json_lines(block.data, mapped, after)
        if added is None:
            values, aside = _read(block, report.shape)
            if not block.finished and aside and not last:
                return False
            aside += [Unreadable(f"longer than {LONGEST_LINE >> 20} MB", "")] * block.dropped
            if lines_of_json:
                good, reasons = self._sorted_out(block.data, mapped, aside)
                added = self._store.add_json_lines(good, mapped, after, reasons)
            added = added or self._store.add(values, aside, after)
        report.new += added.new
        report.known += added.known
        report.aside += added.aside
        return True

    def _sorted_out(self, data: bytes, mapped: Mapped, aside: list[Unreadable]) -> tuple[bytes, list[Unreadable]]:
        """The lines that can be read, and the reasons of the others."""
        good, reasons = [], [each for each in aside if not each.text]
        for line in data.split(b"\n"):
            if not (line := line.strip(_BLANKS)):
                continue
            read = read_json_line(line, mapped)
            if isinstance(read, Values):
                record = record_of(read, self._matcher)
                if not isinstance(record, Unreadable):
                    good.append(line + b"\n")
                    continue
                read = record
            reasons.append(read)
        return b"".join(good), reasons

    def _har(self, stream: IO[bytes], head: bytes, report: Report, progress: Progress) -> Report:
        data = head + stream.read() if not stream.seekable() else _whole(stream)
        try:
            document = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
            raise CallLogError(f"{report.path} is no HAR file that can be read: {problem}.") from problem
        log = document.get("log") if isinstance(document, dict) else None
        entries = log.get("entries") if isinstance(log, dict) else None
        read = [read_har_entry(each) for each in (entries if isinstance(entries, list) else [])]
        values = [each for each in read if isinstance(each, Values)]
        aside = [each for each in read if isinstance(each, Unreadable)]
        added = self._store.add(values, aside, msgspec.structs.replace(progress, read_to=len(data)))
        report.new, report.known, report.aside = added.new, added.known, added.aside
        report.done = report.size
        self._on_progress(report)
        return report


def _read(block: Block, shape: Shape) -> tuple[list[Values], list[Unreadable]]:
    read = list(read_block(block.data, shape, with_header=block.start == 0))
    return [e for e in read if isinstance(e, Values)], [e for e in read if isinstance(e, Unreadable)]


def read_block(data: bytes, shape: Shape, *, with_header: bool) -> Iterator[Values | Unreadable]:
    """The lines of a block, each as its values or the reason why it has none."""
    if shape.kind == "csv":
        yield from _csv_values(data, shape, with_header=with_header)
        return
    for line in data.split(b"\n"):
        if line := line.strip(_BLANKS):
            yield read_access_line(line) if shape.kind == "access log" else read_json_line(line, shape.mapped)


def _csv_values(data: bytes, shape: Shape, *, with_header: bool) -> Iterator[Values | Unreadable]:
    text = data.decode(errors="replace").lstrip("\ufeff").replace("\x00", "")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=shape.delimiter)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as problem:
            yield Unreadable(f"no CSV: {problem}", "")
            continue
        if with_header:
            with_header = False
        elif len(row) != len(shape.header):
            if row:
                yield Unreadable(f"{len(row)} columns instead of {len(shape.header)}", "")
        else:
            yield values_of(dict(zip(shape.header, row, strict=True)), shape.mapped)


def _head(stream: IO[bytes]) -> bytes:
    """The beginning of a source."""
    head = b""
    while len(head) < _SAMPLE and (piece := stream.read(_SAMPLE - len(head))):
        head += piece
    return head


def _whole(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()


def _fingerprint(head: bytes, size: int) -> tuple[str, int]:
    beginning = head[:size]
    return hashlib.sha256(beginning).hexdigest()[:32], len(beginning)


def _place(stream: Any, path: str, end: int) -> int:
    """How far a file is read, in bytes on the disk."""
    if not is_compressed(path):
        return end
    raw = getattr(getattr(stream, "fileobj", None), "tell", None) or getattr(getattr(stream, "_fp", None), "tell", None)
    return int(raw()) if raw is not None else 0


def _is_har(text: str) -> bool:
    beginning = text[:4096]
    return beginning.startswith("{") and '"log"' in beginning.partition("{")[2].partition("{")[0]


class _Prefixed:
    """A stream whose beginning was read already."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = head
        self._rest = rest

    def seekable(self) -> bool:
        """Never."""
        return False

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        if self._head:
            piece, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return piece
        return self._rest.read(size)


def head_of(path: str) -> bytes:
    """How a file begins, uncompressed. Raises CallLogError."""
    with open_log(path) as stream:
        try:
            return _head(stream)
        except (OSError, EOFError, ValueError) as problem:
            raise CallLogError(f"{path} cannot be read: {problem}.") from problem
