"""HAR files (HTTP Archive 1.2): what a browser or a proxy saw."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from sptui.calllog.importing.fields import value_at
from sptui.calllog.importing.values import Unreadable, Values, aside, text_of


def is_har(text: str) -> bool:
    """Whether a file begins as a HAR file does."""
    beginning = text[:4096]
    return beginning.startswith("{") and '"log"' in beginning.partition("{")[2].partition("{")[0]


def read_har(data: bytes) -> list[Values | Unreadable]:
    """The entries of a file, in their order; one reason where it is none."""
    try:
        document = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        return [Unreadable(f"no HAR file that can be read: {problem}")]
    entries = value_at(document, "log.entries")
    if not isinstance(entries, list):
        return [Unreadable("no HAR file that can be read: it has no entries")]
    return [read_har_entry(each) for each in entries]


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
