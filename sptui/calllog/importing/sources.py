"""Where lines come from: files, folders, compressed files and standard input, as blocks that end with a line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, cast

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.importing.reading import LONGEST_LINE

STDIN: Final = "-"
BLOCK: Final = 64 << 20
"""Bytes of text that are imported, and committed, at a time."""
_PIECE: Final = 4 << 20
_LOGS: Final = frozenset({".jsonl", ".ndjson", ".json", ".log", ".csv", ".tsv", ".har", ".txt", ".gz", ".bz2", ".zst"})


class Block(msgspec.Struct, frozen=True):
    """Whole lines of a source (uncompressed), from byte ``start`` up to ``end``. ``finished``: the last line ends
    with a line break. ``dropped`` lines were too long to be read.
    """

    data: bytes
    start: int
    end: int
    finished: bool = True
    dropped: int = 0


def files_in(places: list[str]) -> list[str]:
    """The files meant by paths of files and folders (their logs, by name); ``-`` is standard input.

    Raises CallLogError where there is none.
    """
    found: list[str] = []
    for place in places:
        path = Path(place)
        if place == STDIN:
            found.append(place)
        elif path.is_dir():
            found += sorted(str(each) for each in path.rglob("*") if each.is_file() and _is_log(each))
        elif path.is_file():
            found.append(place)
        else:
            raise CallLogError(f"There is no file {place}. Name a log, a folder of logs, or - for standard input.")
    if not found:
        raise CallLogError(f"There is no log in {', '.join(places)}; looked for files such as .jsonl, .csv, .log.gz.")
    return found


def _is_log(path: Path) -> bool:
    rotated = path.suffix[1:].isdigit() and ".log" in path.name
    return (path.suffix.lower() in _LOGS or rotated) and not path.name.startswith(".")


def is_compressed(path: str) -> bool:
    """Whether the file is read through a decompressor."""
    return Path(path).suffix.lower() in (".gz", ".bz2", ".zst")


def open_log(path: str) -> IO[bytes]:
    """The uncompressed bytes. Raises CallLogError."""
    try:
        if path == STDIN:
            return sys.stdin.buffer
        suffix = Path(path).suffix.lower()
        if suffix == ".gz":
            import gzip

            return cast("IO[bytes]", gzip.open(path, "rb"))
        if suffix == ".bz2":
            import bz2

            return cast("IO[bytes]", bz2.open(path, "rb"))
        if suffix == ".zst":
            return _open_zstandard(path)
        return Path(path).open("rb")
    except OSError as problem:
        raise CallLogError(f"{path} cannot be read: {problem.strerror or problem}.") from problem


def _open_zstandard(path: str) -> IO[bytes]:
    from importlib import import_module

    for name in ("compression.zstd", "zstandard"):  # Python 3.14's own, and the package
        try:
            return cast("IO[bytes]", import_module(name).open(path, "rb"))
        except ImportError:
            continue
    raise CallLogError(
        f"{path} is compressed with Zstandard, which this Python reads from 3.14 on. Unpack it first (zstd -d), or "
        "install the package zstandard."
    )


def blocks(stream: IO[bytes], name: str, start: int = 0, size: int = BLOCK) -> Iterator[Block]:
    """The lines from byte ``start`` on, in blocks of about ``size`` bytes. Raises CallLogError."""
    try:
        yield from _blocks(stream, start, size)
    except (OSError, EOFError, ValueError) as problem:
        raise CallLogError(f"{name} cannot be read to its end: {problem}. What came before is imported.") from problem


def _blocks(stream: IO[bytes], start: int, size: int) -> Iterator[Block]:
    position = begin = _skip(stream, start)
    held, length, dropped, dropping = [b""], 0, 0, False
    while piece := stream.read(min(_PIECE, size)):
        position += len(piece)
        if dropping:
            _, line_break, piece = piece.partition(b"\n")
            begin = position - len(piece)
            if not line_break:
                continue
            dropped, dropping = dropped + 1, False
        held.append(piece)
        length += len(piece)
        if length >= size and b"\n" in piece:
            data = b"".join(held)
            cut = data.rfind(b"\n") + 1
            yield Block(data[:cut], begin, begin + cut, dropped=dropped)
            held, length, begin, dropped = [data[cut:]], len(data) - cut, begin + cut, 0
        elif length > LONGEST_LINE + size and b"\n" not in b"".join(held):
            held, length, begin, dropping = [b""], 0, position, True
    yield from _last(b"".join(held), begin, dropped + dropping)


def _last(data: bytes, begin: int, dropped: int) -> Iterator[Block]:
    """What is left at the end: whole lines, then one that has no line break yet."""
    cut = data.rfind(b"\n") + 1
    if cut or dropped:
        yield Block(data[:cut], begin, begin + cut, dropped=dropped)
    if cut < len(data):
        yield Block(data[cut:], begin + cut, begin + len(data), finished=False)


def _skip(stream: IO[bytes], start: int) -> int:
    if not start:
        return 0
    if stream.seekable():
        return stream.seek(start)
    left = start
    while left and (piece := stream.read(min(_PIECE, left))):
        left -= len(piece)
    return start - left
