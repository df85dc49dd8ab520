"""A request and an answer as bytes, whatever carries them: a socket, an ASGI server, an httpx transport."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import msgspec

LONGEST_HEADER: Final = 8190
"""Bytes of a header field that Amazon's gateway takes (observed once, python-amazon-sp-api issue 642)."""


class WireRequest(msgspec.Struct, frozen=True):
    """A request that arrived. ``target`` is path and query, still quoted; ``headers`` have lower-case names.

    ``origin`` is the address of the loopback server that took it (``http://127.0.0.1:8080``), "" without one.
    """

    method: str
    host: str
    target: str
    headers: dict[str, str]
    body: bytes = b""
    origin: str = ""

    @property
    def path(self) -> str:
        """The path, quoted as it came."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What stands behind the question mark."""
        return self.target.partition("?")[2]

    @property
    def content_type(self) -> str:
        """The media type in lower case, without its parameters; "" where none was sent."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class WireAnswer(msgspec.Struct, frozen=True):
    """What goes back after ``delay_seconds``; with ``dropped`` nothing does and the connection is closed."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    delay_seconds: float = 0.0
    dropped: bool = False


def headers_by_name(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Raw headers by lower-case name; of one sent twice the first counts."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return found


def read_json(body: bytes) -> tuple[Any, bool]:
    """The JSON value of a body, and whether it has one."""
    try:
        return msgspec.json.decode(body), True
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None, False


def split_address(address: str) -> SplitResult:
    """The parts of an address; an unreadable one has none."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")
