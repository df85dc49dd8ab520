"""A file to which several processes append whole lines, through rotation by this or any other program."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from typing import Final

if sys.platform != "win32":  # there, nothing but a file for each process keeps lines whole (see Recorder)
    import fcntl

_FLAGS: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_PATIENCE: Final = 1.0
"""Seconds that another process's write is waited for; then the append alone has to keep lines whole."""


class AppendFile:
    """Opened when first written to; for one thread at a time.

    A batch goes out in one write to a file opened for appending, under an advisory lock: so lines of several processes
    do not mix, and nobody writes to a file any more once it is renamed.
    """

    def __init__(self, path: str, rotate_bytes: int = 0, rotated: int = 10) -> None:
        """``rotate_bytes``: from this size on the file is renamed and begun anew (0: never); the newest ``rotated``
        renamed ones stay (0: all).
        """
        self.path = path
        self._rotate_bytes = rotate_bytes
        self._rotated = rotated
        self._descriptor = -1

    def append(self, lines: list[bytes]) -> int:
        """Appends lines (with their line breaks); returns how many are wholly written. Raises OSError."""
        descriptor = self._locked_current(sum(map(len, lines)))
        try:
            # Under the lock: what is not ended now was left by a full disk, or by a program that was killed.
            data = (b"\n" if _ends_within_a_line(self.path) else b"") + b"".join(lines)
            written = os.write(descriptor, data)
        finally:
            _unlock(descriptor)
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        # Where the disk is nearly full, a part of them: a line that lacks nothing but its line break is whole.
        lacks_the_break = data[written : written + 1] == b"\n"
        return data.count(b"\n", 0, written) - data.startswith(b"\n") + lacks_the_break

    def close(self) -> None:
        """Closes the file; the next ``append`` opens it anew."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _locked_current(self, coming: int) -> int:
        """The descriptor of the file that has the name now, locked, with room for ``coming`` bytes."""
        for _ in range(20):
            if self._descriptor < 0:
                self._open()
            _lock(self._descriptor)
            if self._is_current() and not (self._is_full(coming) and self._rotate()):
                break
            self.close()
        if self._descriptor < 0:
            self._open()
        return self._descriptor

    def _open(self) -> None:
        try:
            self._descriptor = os.open(self.path, _FLAGS, 0o600)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(self.path) or ".", exist_ok=True)
            self._descriptor = os.open(self.path, _FLAGS, 0o600)

    def _is_current(self) -> bool:
        try:
            named = os.stat(self.path)
        except OSError:
            return False
        ours = os.fstat(self._descriptor)
        return (named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino)

    def _is_full(self, coming: int) -> bool:
        size = os.fstat(self._descriptor).st_size if self._rotate_bytes else 0
        return 0 < self._rotate_bytes < size + coming and size > 0

    def _rotate(self) -> bool:
        """Renames the file; where that fails, lines go on to the old one."""
        from datetime import datetime, timezone

        base, extension = os.path.splitext(self.path)
        now = datetime.now(timezone.utc)
        try:
            os.rename(self.path, f"{base}.{now:%Y%m%dT%H%M%S.%f}Z{extension}")
        except OSError:
            return False
        if self._rotated:
            self._remove_oldest(base, extension)
        return True

    def _remove_oldest(self, base: str, extension: str) -> None:
        import re

        folder, name = os.path.split(base)
        pattern = re.compile(re.escape(name) + r"\.[0-9]{8}T[0-9]{6}\.[0-9]{6}Z" + re.escape(extension))
        try:
            old = sorted(each for each in os.listdir(folder or ".") if pattern.fullmatch(each))
            for each in old[: -self._rotated]:
                os.remove(os.path.join(folder, each))
        except OSError:
            pass  # another process removed it, or may not: the next rotation tries again


def _ends_within_a_line(path: str) -> bool:
    """Whether the last line has no line break."""
    try:
        if not os.path.isfile(path) or not os.path.getsize(path):
            return False
        with open(path, "rb") as stream:
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) != b"\n"
    except OSError:
        return False


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        return
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # noqa: PERF203 - another process writes
            time.sleep(0.002)
        except OSError:  # a file system without locks
            return
        else:
            return


def _unlock(descriptor: int) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
