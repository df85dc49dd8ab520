"""What an answer's body says went wrong: code, message and details, and nothing else of it.

The shapes are those of Amazon's models and of recorded answers: ``errors[]``, a bare array of errors (sandbox), LWA's
``error`` and ``error_description``, S3's XML, the gateway's HTML.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import Any, NamedTuple

from .exchange import LONGEST_BODY

_CODE = re.compile(r"<Code>([^<]{0,200})</Code>")
_MESSAGE = re.compile(r"<Message>([^<]{0,1000})</Message>")


class Told(NamedTuple):
    """``kind`` of the body: json, broken json, html, xml, text, binary or empty; the others "" where not told."""

    kind: str
    code: str = ""
    message: str = ""
    details: str = ""


def read_error(body: bytes, encoding: str = "") -> Told:
    """Reads the body of a failure (its first ``LONGEST_BODY`` bytes); never raises for what it holds."""
    body = unpacked(body[:LONGEST_BODY], encoding)
    if b"\x00" in body or body[:2] == b"\x1f\x8b":
        return Told("binary")
    text = body.decode("utf-8-sig", "replace").strip()
    if text[:1] in ("{", "["):
        return _json_error(text)
    return _plain_error(text)


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body without gzip or deflate, as far as it can be read; with another compression as it is."""
    if encoding.lower() not in ("gzip", "x-gzip", "deflate") or not body:
        return body
    try:
        return zlib.decompressobj(47).decompress(body, LONGEST_BODY)  # gzip or zlib, by its head
    except zlib.error:
        return body


def _json_error(text: str) -> Told:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return Told("broken json", *(_first_text(name, text) for name in ("code", "message", "details")))
    if isinstance(data, dict) and isinstance(data.get("error"), str):
        return Told("json", data["error"], _text(data.get("error_description")))
    entries = data.get("errors") if isinstance(data, dict) else data
    for entry in entries if isinstance(entries, list) else [entries]:
        if isinstance(entry, dict) and ("code" in entry or "message" in entry):
            return Told("json", _text(entry.get("code")), _text(entry.get("message")), _text(entry.get("details")))
    return Told("json")


def _first_text(name: str, text: str) -> str:
    """The first text under a name in JSON that cannot be read as a whole, as when it is longer than what was kept."""
    found = re.search(rf'"{name}"\s{{0,9}}:\s{{0,9}}("(?:[^"\\]|\\.){{0,2000}}")', text)
    try:
        return str(json.loads(found[1])) if found else ""
    except ValueError:
        return ""


def _plain_error(text: str) -> Told:
    if not text:
        return Told("empty")
    start = text[:500].lower()
    if "<html" in start or start.startswith("<!doctype html"):
        return Told("html")
    if not start.startswith("<"):
        return Told("text")
    code, message = _CODE.search(text), _MESSAGE.search(text)
    return Told("xml", code[1] if code else "", message[1] if message else "")


def _text(value: Any) -> str:
    if value is None:
        return ""
    try:
        return value if isinstance(value, str) else json.dumps(value)
    except RecursionError:
        return ""
