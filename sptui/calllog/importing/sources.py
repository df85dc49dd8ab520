"""Where lines come from: files, folders, compressed files and standard input, as blocks that end with a line."""

from __future__ import annotations

import os
import sys
import zlib
from pathlib import Path
from typing import IO, Any, Final, Protocol, cast

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.importing.values import Unreadable

STDIN: Final = "-"
BLOCK: Final = 64 << 20
"""Bytes of text that are imported, and committed, at a time."""
SAMPLE: Final = 256 << 10
"""Bytes at the beginning by which a log's shape and fields are told."""
_ZSTANDARD: Final = ("compression.zstd", "backports.zstd")
"""Python's own from 3.14 on, and the same for the older ones."""
_LOGS: Final = frozenset({".jsonl", ".ndjson", ".json", ".log", ".csv", ".tsv", ".har", ".txt", ".gz", ".bz2", ".zst"})


class Block(msgspec.Struct, frozen=True):
    """Whole lines of a source (uncompressed), from byte ``start`` up to ``end``. ``finished``: the last line ends
    with a line break. ``first_line``: how many lines came before; ``lines``: how many are in it.

    Where ``data`` was put together of parts of the source, ``places`` tells for each line of it in which line of the
    block it begins; ``aside`` could not be read and ``passed`` lines need not be. ``cut_off``: the source ends before
    its end, for this reason.
    """

    data: bytes
    start: int
    end: int
    finished: bool = True
    first_line: int = 0
    lines: int = 0
    places: tuple[int, ...] = ()
    aside: tuple[Unreadable, ...] = ()
    passed: int = 0
    cut_off: str = ""


def named(path: str) -> str:
    """What a source is called where it is told of."""
    return "standard input" if path == STDIN else path


def source_of(path: str) -> str:
    """The name under which a source is noted."""
    return path if path == STDIN else str(Path(path).absolute())


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
        elif path.is_symlink() and not path.exists():
            raise CallLogError(f"{place} is a link that leads nowhere: {path.readlink()} is not there.")
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

    for name in _ZSTANDARD:
        try:
            return cast("IO[bytes]", import_module(name).open(path, "rb"))
        except ImportError:
            continue
    raise CallLogError(
        f"{path} is compressed with Zstandard, which Python reads from 3.14 on. Install what reads it before: "
        "pip install 'sptui[log]'; or unpack it first: zstd -d."
    )


def read_errors() -> tuple[type[BaseException], ...]:
    """What reading raises where a disk fails or an archive is damaged."""
    errors = (OSError, EOFError, ValueError, zlib.error)
    loaded = [sys.modules[name] for name in _ZSTANDARD if name in sys.modules]
    return (*errors, *(each.ZstdError for each in loaded))


def head_of(stream: IO[bytes], name: str) -> bytes:
    """How a source begins; of a broken archive what there is. Raises CallLogError where nothing can be read."""
    read: Any = getattr(stream, "read1", stream.read)
    head = b""
    try:
        while len(head) < SAMPLE and (piece := read(SAMPLE - len(head))):
            head += piece
    except read_errors() as problem:
        if not head:
            raise CallLogError(f"{named(name)} cannot be read: {_unpacked(name, problem)}.") from problem
    return head


def _unpacked(name: str, problem: BaseException) -> str:
    told = str(problem).partition(" (b")[0].rstrip(".")
    return f"{told}. Give it another name where it is not compressed" if is_compressed(name) else told


def head_of_file(path: str) -> bytes:
    """How a file begins, uncompressed. Raises CallLogError."""
    with open_log(path) as stream:
        return head_of(stream, path)


def size_on_disk(stream: IO[bytes]) -> int:
    """The bytes of an open file as it lies on the disk, whatever has its name by now; 0 where it is none."""
    try:
        return os.fstat(stream.fileno()).st_size
    except (OSError, ValueError):
        return 0


def place_on_disk(stream: Any, path: str, end: int) -> int:
    """How far a file is read, in bytes on the disk, where ``end`` of its uncompressed bytes are."""
    if not is_compressed(path):
        return end
    raw = getattr(getattr(stream, "fileobj", None), "tell", None) or getattr(getattr(stream, "_fp", None), "tell", None)
    return int(raw()) if raw is not None else 0


class Stream(Protocol):
    """What is read of a source: a file, an archive, standard input."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""

    def seekable(self) -> bool:
        """Whether ``seek`` works."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Goes to a place."""


class Prefixed:
    """A stream whose beginning was read already, and which is to be read from there on. It is not closed with it."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = head
        self._rest: Any = rest

    def seekable(self) -> bool:
        """Never."""
        return False

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Never."""
        raise OSError(f"no seeking to {offset}, {whence}")

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, as soon as there are some."""
        if self._head:
            piece, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return piece
        read = getattr(self._rest, "read1", self._rest.read)
        return bytes(read(size))
