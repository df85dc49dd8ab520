"""What ``explain`` is given: one call in any form, or a stream of JSON Lines that is read as it comes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from sptui.cli.output import CommandError, Exit
from sptui.triage.case import UnreadableCaseError
from sptui.triage.reading.json_forms import is_case
from sptui.triage.reading.log_line import is_log_line
from sptui.triage.reading.text import LARGEST_JSON, decode, too_large


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """The file, or standard input for ``-``. Raises CommandError."""
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        source = Path(file).open("rb")  # noqa: SIM115 - closed below, outside of what may fail to open
    except OSError as problem:
        raise CommandError(f"{file} cannot be read: {problem.strerror or problem}.", Exit.USAGE) from problem
    with source:
        yield source


class Given:
    """``one`` is the text of the only call; else ``lines`` are those of a stream, from 1, blank ones left out."""

    def __init__(self, source: BinaryIO) -> None:
        """Reads as much as it takes to tell a stream from one call. Raises UnreadableCaseError, OSError."""
        self.one: str | None = None
        self._source = source
        self._begin: list[str] = []
        self._streams = False
        first, blank = _first_line(source)
        self._first_number = blank + 1
        if is_a_call(first):
            self._begin, self._streams = [_text(first)], True
            return
        rest = source.read(LARGEST_JSON + 1)
        if len(first) + len(rest) > LARGEST_JSON:
            raise too_large(len(first) + len(rest), LARGEST_JSON)
        whole = decode(first + rest)
        lines = whole.splitlines()
        if is_json_lines(lines):
            self._begin = lines
        else:
            self.one = whole

    @property
    def lines(self) -> Iterator[tuple[int, str]]:
        """The lines of a stream."""
        for number, line in enumerate(self._begin, self._first_number):
            if line.strip():
                yield number, line
        if self._streams:
            for number, raw in enumerate(
                iter(lambda: self._source.readline(LARGEST_JSON), b""), self._first_number + 1
            ):
                if raw.strip():
                    yield number, _text(raw)


def _first_line(source: BinaryIO) -> tuple[bytes, int]:
    """The first line that is not blank, and how many were before it."""
    for blank in range(_MOST_BLANK):
        line = source.readline(LARGEST_JSON)
        if not line or line.strip():
            return line, blank
    return b"", _MOST_BLANK


_MOST_BLANK: Final = 10_000


def _text(line: bytes) -> str:
    return line.decode("utf-8-sig", "replace")


def is_a_call(line: bytes) -> bool:
    """Whether a line is a whole call or log line in JSON, so that more of them may follow."""
    value = _json(line.removeprefix(b"\xef\xbb\xbf"))
    return isinstance(value, dict) and bool(value) and (is_case(value) or is_log_line(value))


def is_json_lines(lines: list[str]) -> bool:
    """Whether the lines of a text are JSON objects of their own, give or take some that are broken."""
    filled = [line for line in lines if line.strip()]
    if len(filled) < 2:
        return False
    objects = sum(isinstance(_json(line), dict) for line in filled)
    begun = sum(line.lstrip().startswith("{") for line in filled)
    return (objects > 0 and begun == len(filled)) or (objects > 1 and 2 * objects >= len(filled))


def _json(line: str | bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


__all__ = ["Given", "UnreadableCaseError", "opened"]
