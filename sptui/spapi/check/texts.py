"""A text held against its shape: its length, its pattern, its format."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sptui.spapi.catalogue import Shape
from sptui.spapi.check.dates import date_problems
from sptui.spapi.check.problems import ProblemKind, RequestProblem, short

_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_FORMATS: Final = {
    "uri": ("an address with its scheme", "such as https://example.com/path"),
    "ip": ("an IP address", "such as 192.0.2.1"),
    "byte": ("text in Base64", "letters, digits, + and /, padded with ="),
}


def text_problems(path: str, text: str, shape: Shape, now: datetime, *, wire: bool) -> Iterator[RequestProblem]:
    """Length, pattern and format of a text; ``wire``: it comes out of an address or a header."""
    if shape.max_length is not None and len(text) > shape.max_length:
        told = f"{path} is {len(text)} characters long; at most {shape.max_length} are allowed."
        yield RequestProblem(path, ProblemKind.LENGTH, told, f"at most {shape.max_length} characters")
    elif shape.min_length is not None and len(text) < shape.min_length:
        told = f"{path} is {len(text)} characters long; at least {shape.min_length} must be given."
        yield RequestProblem(path, ProblemKind.LENGTH, told, f"at least {shape.min_length} characters")
    elif shape.pattern and not _matches(shape.pattern, text):
        told = f"{path} is {short(text)!r}, which does not have the form that the model asks for."
        yield RequestProblem(path, ProblemKind.FORMAT, told, shape.pattern)
    if shape.format in ("date", "date-time", "interval"):
        yield from date_problems(path, text, shape.format, shape.minutes_past, now, wire=wire)
    elif (form := _FORMATS.get(shape.format)) is not None and not _is_of_form(shape.format, text):
        yield RequestProblem(path, ProblemKind.FORMAT, f"{path} is {short(text)!r}, which is not {form[0]}.", form[1])


def _is_of_form(format_: str, text: str) -> bool:
    if format_ == "uri":
        return _URI.fullmatch(text) is not None
    if format_ == "byte":
        return _BASE64.fullmatch(text) is not None
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _matches(pattern: str, text: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or compiled.search(text) is not None


@functools.lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """The model's pattern, as JavaScript reads it; None where it is none that can be read."""
    ends = pattern.endswith("$") and not pattern.endswith("\\$")
    try:
        return re.compile(pattern[:-1] + r"\Z" if ends else pattern, re.ASCII)
    except (re.error, OverflowError):
        return None
