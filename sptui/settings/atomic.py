"""Writing a small file whole or not at all, one program at a time."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from sptui.settings.errors import SettingsError


@contextlib.contextmanager
def sole_writer(path: Path) -> Iterator[Path]:
    """While within, no other sptui writes ``path``. Gives the file's true path, behind symbolic links.

    Raises SettingsError where another one is writing just now, or the folder cannot be written.
    """
    with _explained(path):
        path = path.resolve()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        with _explained(path):
            locked = _lock(descriptor)
        if not locked:
            raise SettingsError(
                f"{path.name} was not saved: another sptui is writing it just now. Try again in a moment."
            )
        yield path
    finally:
        os.close(descriptor)  # ends the lock too


def put(path: Path, content: bytes, previous: bytes | None) -> None:
    """Makes ``content`` the file, within ``sole_writer``; ``previous`` is kept beside it as ``.bak``.

    At every moment, a power cut included, ``path`` holds the old content or the new one, whole; on POSIX only
    its owner may read it. Raises SettingsError, and then the old content stands.
    """
    with _explained(path):
        if previous is not None:
            _replace(path.with_name(f"{path.name}.bak"), previous)
        _replace(path, content)


def read(path: Path) -> bytes | None:
    """The file's bytes; None where there is no file. Raises SettingsError."""
    with _explained(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


@contextlib.contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A file to be written piece by piece; it becomes the content of ``path`` when all of it is there. As ``put``."""
    with _explained(path), _new(path) as file:
        yield file


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turns what the system says into a SettingsError that tells that the file stands as it was."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:  # also a loop of links, a NUL character in the path
        told = getattr(error, "strerror", None) or str(error)
        advice = ""
        if isinstance(error, PermissionError):
            advice = f" Check who owns {path.parent} and its mode."
        elif getattr(error, "errno", None) in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            advice = " Make room on that disk, then save again."
        raise SettingsError(f"{path} was not saved: {told}. The file is as it was.{advice}") from None


def _replace(path: Path, content: bytes) -> None:
    with _new(path) as file:
        file.write(content)


@contextlib.contextmanager
def _new(path: Path) -> Iterator[IO[bytes]]:
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)  # left behind by a program that died
    try:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(new, flags, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """False where another program holds the lock. File systems that know no locks let everybody through."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
    return True
