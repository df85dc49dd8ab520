"""Reading what came back: JSON, Amazon's error shapes, HTML pages, empty and broken bodies.

The shapes are those of Amazon's models and of recorded answers: ``errors[]``, ``payload`` beside ``errors``,
a bare array of errors (sandbox), LWA's ``error`` and ``error_description``, S3's XML, the gateway's HTML.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

_DEEPEST: Final = 100
"""Levels of nesting that are read: Amazon's models have a dozen, and what walks the data must not run out of stack."""


class BodyKind(StrEnum):
    """What a body turned out to be."""

    JSON = "json"
    BROKEN_JSON = "broken json"
    HTML = "html"
    XML = "xml"
    TEXT = "text"
    BINARY = "binary"
    EMPTY = "empty"


class ApiError(msgspec.Struct, frozen=True):
    """One entry of ``errors[]``; ``details`` carries the cause where ``message`` is always the same."""

    code: str = ""
    message: str = ""
    details: str = ""


class LwaError(msgspec.Struct, frozen=True):
    """An error of the token endpoint, such as ``invalid_grant``."""

    error: str
    description: str = ""


class Answer(msgspec.Struct, frozen=True):
    """A response as received. ``data`` is the parsed JSON (None unless ``kind`` is JSON); ``text`` the raw body.

    ``headers`` have lower-case names. ``text`` of a binary body is empty.
    """

    status: int
    headers: dict[str, str]
    text: str
    kind: BodyKind
    data: Any = None
    errors: tuple[ApiError, ...] = ()
    lwa_error: LwaError | None = None

    def __repr__(self) -> str:
        # Without the body: it may hold buyers' data or a pre-signed address, and a repr ends up in tracebacks.
        return f"Answer({self.status}, {self.kind.value}, {self.code!r}, request id {self.request_id!r})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("status", self.status), ("kind", self.kind.value), ("code", self.code), ("id", self.request_id)]

    @property
    def ok(self) -> bool:
        """A 2xx status whose body could be read. Amazon has sent 200 with a blank body (models issue 4850)."""
        blank = self.kind in (BodyKind.EMPTY, BodyKind.BROKEN_JSON, BodyKind.HTML) and self.status != 204
        return 200 <= self.status < 300 and not blank

    @property
    def request_id(self) -> str:
        """``x-amzn-RequestId``, the first thing that Amazon's support asks for; "" where there is none."""
        return self.headers.get("x-amzn-requestid", "")

    @property
    def error_type(self) -> str:
        """``x-amzn-ErrorType`` without the address that LWA puts behind it."""
        return self.headers.get("x-amzn-errortype", "").partition(":")[0]

    @property
    def rate_limit(self) -> float | None:
        """``x-amzn-RateLimit-Limit`` in requests a second: best effort, absent on 403, 429 and 5xx."""
        try:
            rate = float(self.headers.get("x-amzn-ratelimit-limit", ""))
        except ValueError:
            return None
        return rate if 0 < rate < float("inf") else None

    @property
    def code(self) -> str:
        """The first error's code, LWA's error, or ""."""
        if self.lwa_error is not None:
            return self.lwa_error.error
        return self.errors[0].code if self.errors else ""

    @property
    def message(self) -> str:
        """The first error's message, LWA's description, or ""."""
        if self.lwa_error is not None:
            return self.lwa_error.description
        return self.errors[0].message if self.errors else ""

    @property
    def details(self) -> str:
        """The first error's details, or ""."""
        return self.errors[0].details if self.errors else ""


@functools.lru_cache(maxsize=20_000)
def code_word(code: str) -> str:
    """A code without its many spellings: ``RESOURCE_NOT_FOUND`` and ``ResourceNotFound`` are one."""
    return "".join(each for each in code.lower() if each.isalnum())


def read_answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """Reads any response; never raises, whatever the bytes are."""
    names = {name.lower(): value for name, value in headers.items()}
    text, kind = _decode(body, names.get("content-type", "").lower())
    data: Any = None
    if kind is BodyKind.JSON:
        try:
            data = _parse(text)
        except (ValueError, RecursionError):
            kind = BodyKind.BROKEN_JSON
    errors = tuple(_xml_errors(text) if kind is BodyKind.XML else _errors_in(data))
    return Answer(status, names, text, kind, data, errors, _lwa_error(data))


def _decode(body: bytes, content_type: str) -> tuple[str, BodyKind]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\x00" in body or body[:2] == b"\x1f\x8b":
            return "", BodyKind.BINARY
        text = body.decode("latin-1")
    start = text.lstrip()[:200].lower()
    if not start:
        return text, BodyKind.EMPTY
    if start[0] in "{[":
        return text, BodyKind.JSON
    if start.startswith(("<!doctype html", "<html")) or "html" in content_type:
        return text, BodyKind.HTML
    if start.startswith("<"):
        return text, BodyKind.HTML if "<html" in start else BodyKind.XML
    return text, BodyKind.JSON if "json" in content_type else BodyKind.TEXT


def _parse(text: str) -> Any:
    """The JSON value. Raises ValueError (msgspec's among them) and RecursionError."""
    data = msgspec.json.decode(text)
    if text.count("[") + text.count("{") <= _DEEPEST:
        return data
    level: list[Any] = [data] if isinstance(data, (dict, list)) else []
    for _ in range(_DEEPEST):
        if not level:
            return data
        level = [
            part
            for each in level
            for part in (each.values() if type(each) is dict else each)
            if type(part) is dict or type(part) is list
        ]
    if level:
        raise ValueError(f"nested deeper than {_DEEPEST} levels")
    return data


def _errors_in(data: Any) -> Iterator[ApiError]:
    entries = data.get("errors") if isinstance(data, dict) else data
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list):
        return
    for entry in entries:
        if isinstance(entry, dict) and ("code" in entry or "message" in entry):
            yield ApiError(_text(entry.get("code")), _text(entry.get("message")), _text(entry.get("details")))


def _lwa_error(data: Any) -> LwaError | None:
    if isinstance(data, dict) and isinstance(data.get("error"), str):
        return LwaError(data["error"], _text(data.get("error_description")))
    return None


def _xml_errors(text: str) -> Iterator[ApiError]:
    from html import unescape

    code = re.search(r"<Code>([^<]*)</Code>", text)
    message = re.search(r"<Message>([^<]*)</Message>", text)
    if code or message:
        yield ApiError(unescape(code[1]) if code else "", unescape(message[1]) if message else "")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
