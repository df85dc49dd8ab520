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
_IN_LIST: Final = re.compile(r"[\s,]*")
_BESIDE: Final = re.compile(r"\}\s*,?\s*\{")
_LONGEST_WORD: Final = 12
"""Characters of a literal or an escape that the end of a piece may cut through."""
_DECODER: Final = json.JSONDecoder(strict=False)
_BOM: Final = "\xef\xbb\xbf"


class Objects(msgspec.Struct, frozen=True):
    """``data`` has one object a line, ``places`` tells in which line of the log each begins (0 is the first here);
    what lies before ``end`` is dealt with. ``closed``: the list in which they are ends there.
    """

    data: bytes
    places: tuple[int, ...]
    aside: tuple[Unreadable, ...]
    end: int
    closed: bool = False


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


def objects_in(
    data: bytes, indent: int, *, at_end: bool, in_list: bool = False, longest: int = LONGEST_LINE
) -> Objects:
    """The objects that are whole. ``indent``: blanks before the first one in its line (where the next one begins
    after one that is broken). ``at_end``: nothing comes after ``data``. ``in_list``: they are those of a list, which
    ends with its bracket, or with a broken one where no other begins on a line of its own: what looks like the next
    one may be a part of it. One of more than ``longest`` bytes is broken.
    """
    text = data.decode("latin-1")  # one character a byte; every character that JSON is cut at is ASCII
    lines: list[bytes] = []
    places: list[int] = []
    left: list[Unreadable] = []
    line = counted = place = 0
    reason = ""
    for start, end, reason in _spans(text, indent, longest, at_end=at_end, in_list=in_list):
        line += data.count(b"\n", counted, start)
        counted, place = start, end
        raw = data[start:end]
        if reason or not raw.startswith(b"{"):
            left.append(aside(reason or "no JSON object", raw, line))
        else:
            lines.append(raw.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n")
            places.append(line)
    closed = in_list and ((reason != "" and place == len(text)) or text.startswith("]", _after(_IN_LIST, text, place)))
    return Objects(b"".join(lines), tuple(places), tuple(left), len(data) if at_end or closed else place, closed)


def indent_of(head: bytes) -> int:
    """The blanks before the first object in its line; 0 where it does not begin one."""
    found = re.search(rb"(?:^|\n)([ \t]*)\{", head)
    return len(found[1]) if found else 0


def _spans(text: str, indent: int, longest: int, *, at_end: bool, in_list: bool) -> Iterator[tuple[int, int, str]]:
    """Each value's beginning and end, with the reason where it cannot be read; what may go on is left out."""
    place = len(_BOM) if text.startswith(_BOM) else 0
    on_its_line = re.compile(rf"\n[ \t]{{{indent}}}\{{")
    between = _IN_LIST if in_list else _BETWEEN
    while (start := _after(between, text, place)) < len(text) and text[start] != "]":
        try:
            _, place = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as problem:
            waits = not at_end and len(text) - start <= longest
            if waits and _is_cut_off(problem, text):
                return
            again = on_its_line.search(text, start + 1) or (None if in_list else _BESIDE.search(text, start))
            if again is None and waits:
                return
            place = again.end() - 1 if again else len(text)
            reason = f"no JSON: {problem.msg if isinstance(problem, json.JSONDecodeError) else 'nested too deeply'}"
            if not at_end and _is_cut_off(problem, text):
                reason = f"longer than {longest >> 20} MB"
            yield start, place, f"{reason}; what follows is not read" if in_list and not again else reason
        else:
            if place == len(text) and not at_end and text[start] not in '{["':
                return  # a number may go on
            yield start, place, ""


def _is_cut_off(problem: Exception, text: str) -> bool:
    """Whether the value may be whole once more of the source is there."""
    if not isinstance(problem, json.JSONDecodeError):
        return False
    return problem.msg.startswith("Unterminated string") or problem.pos >= len(text.rstrip()) - _LONGEST_WORD


def _after(between: re.Pattern[str], text: str, place: int) -> int:
    found = between.match(text, place)
    return found.end() if found else place


def _is_object(line: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(line), dict)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
