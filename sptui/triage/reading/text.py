"""From bytes to text: byte order marks, what PowerShell writes with ``>``, Latin-1; and how much is read at most."""

from __future__ import annotations

import codecs
import re
from typing import Final

from sptui.spapi.redaction import MASK, redact
from sptui.triage.case import UnreadableCaseError

LARGEST_JSON: Final = 64 * 1024 * 1024
"""Bytes of a HAR or another JSON text that are read: a browser's session has a few dozen MiB."""
LARGEST_TEXT: Final = 128 * 1024
"""Characters of any other text that are read: one call with its answer has a few thousand."""
DEEPEST: Final = 100
"""Levels of nesting that are read: Amazon's models have a dozen, and what walks the data must not run out of stack."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes) -> str:
    """The text in ``data``: by its byte order mark, as UTF-16 without one, as UTF-8, else as Latin-1.

    Raises UnreadableCaseError for more than ``LARGEST_JSON`` bytes.
    """
    if len(data) > LARGEST_JSON:
        raise too_large(len(data), LARGEST_JSON)
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    start = data[:200]
    if len(start) > 3 and start[1::2].count(0) > len(start) // 3:
        return data.decode("utf-16-le", "replace")
    if len(start) > 3 and start[0::2].count(0) > len(start) // 3:
        return data.decode("utf-16-be", "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def too_large(size: int, limit: int) -> UnreadableCaseError:
    """The error that tells how much is too much."""
    return UnreadableCaseError(
        f"This is too large to be one failing call: {size / 1024:,.0f} KiB, at most {limit // 1024:,} are read. "
        "Keep the one call that fails, with its answer."
    )


def plain_lines(text: str) -> str:
    """``text`` with line feeds alone, and without what editors and chats slip in unseen."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate({0xFEFF: None, 0x200B: None, 0xA0: " ", 0: None})


def is_deeper_than(value: object, levels: int) -> bool:
    """Whether a JSON value is nested deeper than ``levels``."""
    level = [value]
    for _ in range(levels):
        level = [
            part
            for each in level
            if isinstance(each, (dict, list))
            for part in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return any(isinstance(each, (dict, list)) for each in level)


_COOKIE = re.compile(r"(?im)((?:^|[\"'^ \t<>])(?:set-)?cookie[\"']?:[ \t]{0,9}[\"']?)[^\n\"']{1,8000}")
_COOKIE_OPTION = re.compile(r"((?<![\w-])(?:-b|--cookie)[ \t=]{0,4}[\"'^]{0,2})(?![\"'^@])[^\n\"']{1,8000}")
_USER_OPTION = re.compile(r"((?<![\w-])(?:-u|--user|--proxy-user)[ \t=]{0,4}[\"'^]{0,2})(?![\"'^])[^\s\"']{1,500}")
_USER_IN_ADDRESS = re.compile(r"(https?://)[^\s/@\"'<>]{1,300}@")


def masked(text: str) -> str:
    """``text`` without a secret: tokens and named fields, cookies, and user names with their passwords."""
    text = redact(text)
    if "ookie" in text or "COOKIE" in text:
        text = _COOKIE_OPTION.sub(rf"\1{MASK}", _COOKIE.sub(rf"\1{MASK}", text))
    if "-u" in text or "-user" in text or "-b" in text:
        text = _USER_OPTION.sub(rf"\1{MASK}", _COOKIE_OPTION.sub(rf"\1{MASK}", text))
    return _USER_IN_ADDRESS.sub(rf"\1{MASK}@", text) if "@" in text else text
