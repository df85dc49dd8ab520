"""HAR files (HTTP Archive 1.2): what a browser or a proxy saw."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from sptui.calllog.importing.fields import value_at
from sptui.calllog.importing.json_values import Objects, indent_of, objects_in
from sptui.calllog.importing.values import Unreadable, Values, aside, text_of

_ENTRIES: Final = re.compile(rb'(?<!\\)"entries"\s*:\s*\[')
"""A name, not a text: in a text its quotes are escaped."""
_LONGEST_ENTRY: Final = 64 << 20
"""Bytes of an entry, which holds the answer's body, and of what comes before the first."""


def is_har(text: str) -> bool:
    """Whether a file begins as a HAR file does."""
    beginning = text[:4096]
    return beginning.startswith("{") and '"log"' in beginning.partition("{")[2].partition("{")[0]


class Entries:
    """Takes a file's entries out of it, piece by piece: it may be larger than the memory."""

    def __init__(self) -> None:
        self._begun = self._ended = False
        self._indent = 0

    def cut(self, data: bytes, *, at_end: bool) -> Objects:
        """The entries that are whole in ``data``, which goes on where the last one's ``end`` was."""
        start = 0
        if not self._begun:
            found = _ENTRIES.search(data)
            if found is None and not at_end and len(data) <= _LONGEST_ENTRY:
                return Objects(b"", (), (), 0)
            self._begun = True
            if found is None:
                self._ended = True
                return Objects(b"", (), (Unreadable("no HAR file that can be read: it has no entries"),), len(data))
            start = found.end()
            self._indent = indent_of(data[start : start + 4096])
        if self._ended:
            return Objects(b"", (), (), len(data))
        objects = objects_in(data[start:], self._indent, at_end=at_end, in_list=True, longest=_LONGEST_ENTRY)
        self._ended = objects.closed
        lines = data.count(b"\n", 0, start)
        return Objects(
            objects.data,
            tuple(lines + each for each in objects.places),
            tuple(msgspec.structs.replace(each, line=lines + each.line) for each in objects.aside),
            start + objects.end,
            objects.closed,
        )


def read_har_line(line: bytes) -> Values | Unreadable:
    """An entry on a line of its own."""
    try:
        return read_har_entry(msgspec.json.decode(line))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        return aside(f"no JSON: {problem}" if isinstance(problem, msgspec.DecodeError) else "no JSON", line)


def read_har_entry(entry: Any) -> Values | Unreadable:
    """An entry of a HAR file."""
    if not isinstance(entry, dict):
        return aside("no HAR entry", text_of(entry).encode(errors="replace"))
    from sptui.spapi.answers import read_answer

    response = entry.get("response")
    headers = value_at(response, "headers")
    names = {
        text_of(value_at(each, "name")).lower(): text_of(value_at(each, "value"))
        for each in (headers if isinstance(headers, list) else [])
    }
    body = text_of(value_at(response, "content.text"))
    status = text_of(value_at(response, "status"))
    answer = read_answer(int(status) if re.fullmatch(r"\d{1,3}", status) else 0, names, body.encode(errors="replace"))
    return Values(
        time=text_of(entry.get("startedDateTime")),
        method=text_of(value_at(entry, "request.method")),
        path=text_of(value_at(entry, "request.url")),
        status=status,
        code=answer.code if not answer.ok else "",
        message=answer.message if not answer.ok else "",
        details=answer.details if not answer.ok else "",
        request_id=answer.request_id,
        milliseconds=text_of(entry.get("time")),
    )
