"""JSON that is not one object a line: one large array, objects over several lines, objects without line breaks.

It is cut into objects, and each is written on one line: from there on it is JSON Lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from sptui.calllog.importing.values import LONGEST_LINE, Unreadable, aside

_BETWEEN: Final = re.compile(r"[\s,\[\]]*")
_BESIDE: Final = re.compile(r"\}\s*,?\s*\{")
_LONGEST_WORD: Final = 12
"""Characters of a literal or an escape that the end of a piece may cut through."""
_DECODER: Final = json.JSONDecoder(strict=False)
_BOM: Final = "\xef\xbb\xbf"


class Objects(msgspec.Struct, frozen=True):
    """``data`` has one object a line, ``places`` tells in which line of the log each begins (0 is the first here);
    what lies before ``end`` is dealt with.
    """

    data: bytes
    places: tuple[int, ...]
    aside: tuple[Unreadable, ...]
    end: int


def is_one_value(head: str) -> bool:
    """Whether the text begins with an array, or an object that does not end with its line."""
    text = head.lstrip(_BOM + "\ufeff \r\n\t")
    if text.startswith("["):
        return not _is_object(text.partition("\n")[0])
    if not text.startswith("{") or any(map(_is_object, text.splitlines()[:50])):
        return False
    try:
        value, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict)


def objects_in(data: bytes, indent: int, *, at_end: bool) -> Objects:
    """The objects that are whole. ``indent``: blanks before the first one in its line (where the next one begins
    after one that is broken). ``at_end``: nothing comes after ``data``.
    """
    text = data.decode("latin-1")  # one character a byte; every character that JSON is cut at is ASCII
    lines: list[bytes] = []
    places: list[int] = []
    left: list[Unreadable] = []
    line = counted = place = 0
    for start, end, reason in _spans(text, indent, at_end=at_end):
        line += data.count(b"\n", counted, start)
        counted, place = start, end
        raw = data[start:end]
        if reason or not raw.startswith(b"{"):
            left.append(aside(reason or "no JSON object", raw, line))
        else:
            lines.append(raw.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n")
            places.append(line)
    return Objects(b"".join(lines), tuple(places), tuple(left), len(data) if at_end else place)


def indent_of(head: bytes) -> int:
    """The blanks before the first object in its line; 0 where it does not begin one."""
    found = re.search(rb"(?:^|\n)([ \t]*)\{", head)
    return len(found[1]) if found else 0


def _spans(text: str, indent: int, *, at_end: bool) -> Iterator[tuple[int, int, str]]:
    """Each value's beginning and end, with the reason where it cannot be read; what may go on is left out."""
    place = len(_BOM) if text.startswith(_BOM) else 0
    on_its_line = re.compile(rf"\n[ \t]{{{indent}}}\{{")
    while (start := _after_separators(text, place)) < len(text):
        try:
            _, place = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as problem:
            waits = not at_end and len(text) - start <= LONGEST_LINE
            if waits and _is_cut_off(problem, text):
                return
            again = on_its_line.search(text, start + 1) or _BESIDE.search(text, start)
            if again is None and waits:
                return
            place = again.end() - 1 if again else len(text)
            reason = problem.msg if isinstance(problem, json.JSONDecodeError) else "nested too deeply"
            yield start, place, f"no JSON: {reason}"
        else:
            if place == len(text) and not at_end and text[start] not in '{["':
                return  # a number may go on
            yield start, place, ""


def _is_cut_off(problem: Exception, text: str) -> bool:
    """Whether the value may be whole once more of the source is there."""
    if not isinstance(problem, json.JSONDecodeError):
        return False
    return problem.msg.startswith("Unterminated string") or problem.pos >= len(text.rstrip()) - _LONGEST_WORD


def _after_separators(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return found.end() if found else place


def _is_object(line: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(line), dict)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
