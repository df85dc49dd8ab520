"""What is read of one line of a foreign log, and what is told of a line that cannot be read."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from sptui.spapi.people import blur
from sptui.spapi.redaction import redact

LONGEST_LINE: Final = 16 << 20
"""Bytes of a line that is read; a longer one is kept aside."""
_KEPT: Final = 300


class Values(msgspec.Struct):
    """What a line says, as text ("" where it does not): the fields of ``importing.fields``, in their order."""

    time: str = ""
    method: str = ""
    path: str = ""
    operation: str = ""
    status: str = ""
    code: str = ""
    message: str = ""
    details: str = ""
    seller_id: str = ""
    region: str = ""
    application: str = ""
    marketplaces: str = ""
    request_id: str = ""
    milliseconds: str = ""
    attempt: str = ""


class Unreadable(msgspec.Struct, frozen=True):
    """Why a line was kept aside, its number in the log (1 is the first; 0 where it is not known), and how it looks:
    without secrets and without what it holds of anybody.
    """

    reason: str
    text: str = ""
    line: int = 0


def aside(reason: str, line: bytes = b"", number: int = 0) -> Unreadable:
    """A line that cannot be read, with what may be kept of it."""
    return Unreadable(reason, outline(line[:2000].decode(errors="replace")), number)


def text_of(value: Any) -> str:
    """A JSON value as text: lists with commas, null as ""."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(each for each in map(text_of, value) if each)
    return msgspec.json.encode(value).decode()


_STRING: Final = re.compile(r'"((?:[^"\\\n]|\\.)*)(?:"|$)(\s*:)?')
_FIELD_NAME: Final = re.compile(r"@?[A-Za-z][\w.-]{0,39}")
_HARMLESS: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?"
    r"|\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}"
    r"|\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|null|true|false|HTTP/[\d.]+)\b"
)


def outline(text: str) -> str:
    """How a line looks, with nothing in it that could be a secret or anybody's data.

    Of JSON the names of the fields stay; of any text times, methods and levels. All other letters become x,
    and digits 0.
    """
    text = redact(text)[: 4 * _KEPT]
    if '":' not in text and '" :' not in text:
        return _blurred(text)[:_KEPT]
    kept, place = [], 0
    for found in _STRING.finditer(text):
        kept += [_blurred(text[place : found.start()]), _string_outline(found)]
        place = found.end()
    return "".join([*kept, _blurred(text[place:])])[:_KEPT]


def _string_outline(found: re.Match[str]) -> str:
    if found[2] and _FIELD_NAME.fullmatch(found[1]):
        return found[0]
    return found[0][0] + _blurred(found[0][1:])


def _blurred(text: str) -> str:
    kept, place = [], 0
    for found in _HARMLESS.finditer(text):
        kept += [blur(text[place : found.start()]), found[0]]
        place = found.end()
    return "".join([*kept, blur(text[place:])])
