"""Lines of an application's log that end with a JSON object: ``2026-11-23 10:00:00,123 INFO spapi {"method": …}``."""

from __future__ import annotations

import re
from typing import Final

import msgspec

PREFIX: Final = "(prefix)"
"""The name of the field that holds the time before the object."""
_TIME: Final = re.compile(
    rb"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d(?![\d:]))?"
    rb"|\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}"
)


class Objects(msgspec.Struct, frozen=True):
    """``data`` has one object a line, ``places`` tells in which line of the block each stood."""

    data: bytes
    places: tuple[int, ...]
    passed: int


def objects_in(data: bytes) -> Objects:
    """The objects of a block, with the time before each as their field ``(prefix)``. Lines without one are passed
    over: an application's log tells of many other things.
    """
    lines: list[bytes] = []
    places: list[int] = []
    passed = 0
    for number, line in enumerate(data.split(b"\n")):
        whole = line.strip()
        begin = _begin(whole)
        if begin < 0:
            passed += bool(whole)
            continue
        time = _TIME.search(whole, 0, begin)
        before = b'{"(prefix)":"' + time[0] + b'",' if time else b"{"
        lines.append(before + whole[begin + 1 :] + b"\n")
        places.append(number)
    return Objects(b"".join(lines), tuple(places), passed)


def is_prefixed(head: str) -> bool:
    """Whether some of the first lines end with a JSON object that a text stands before."""
    for line in head.splitlines()[:200]:
        whole = line.strip().encode(errors="replace")
        if (begin := _begin(whole)) > 0:
            try:
                if isinstance(msgspec.json.decode(whole[begin:]), dict):
                    return True
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                continue
    return False


def _begin(line: bytes) -> int:
    """Where the object begins; -1 where there is none."""
    if not line.endswith(b"}"):
        return -1
    begin = line.find(b'{"')
    return begin if begin >= 0 else line.find(b"{ ")
