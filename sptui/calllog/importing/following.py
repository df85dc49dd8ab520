"""Following a log that grows, through rotation: what is written to the old file before the new one appears counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.importing.importer import Importer, Report
from sptui.calllog.importing.sources import STDIN, is_compressed, open_log


def follow(importer: Importer, path: str, wait: Callable[[], bool], told: Callable[[Report], None]) -> None:
    """Imports what the file holds and whatever is appended, until ``wait`` (which pauses) says False.

    A file renamed and begun anew, or cut to nothing, is read from its start. Raises CallLogError and DatabaseError.
    """
    if path == STDIN or is_compressed(path):
        raise CallLogError(f"{path} cannot be followed: only a plain file grows. Leave --follow out.")
    stream: IO[bytes] | None = open_log(path)
    try:
        while True:
            if stream is not None:
                told(importer.read(path, stream))
                if _replaced(path, stream):
                    told(importer.read(path, stream))  # what came between the reading and the renaming
                    stream.close()
                    stream = None
            if stream is None and Path(path).exists():
                stream = open_log(path)
                continue
            if not wait():
                return
    finally:
        if stream is not None:
            stream.close()


def _replaced(path: str, stream: IO[bytes]) -> bool:
    import os

    here = os.fstat(stream.fileno())
    try:
        there = Path(path).stat()
    except OSError:
        return True
    return (here.st_dev, here.st_ino) != (there.st_dev, there.st_ino)
