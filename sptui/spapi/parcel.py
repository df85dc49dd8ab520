"""One exchange before it happens: what may be shown of it, and what goes on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import SentRequest, Stage
from sptui.spapi.redaction import Secret
from sptui.spapi.requests import ApiRequest


class Parcel(msgspec.Struct, frozen=True):
    """One exchange that is about to happen: what is shown of it (``sent``) and what goes on the wire."""

    stage: Stage
    authorization: Authorization | None
    sent: SentRequest
    path: str = ""
    operation: str = ""
    marketplaces: tuple[str, ...] = ()
    attempt: int = 1
    url: str = ""
    headers: dict[str, str] = {}
    content: bytes | None = None
    secrets: tuple[Secret, ...] = ()

    def __repr__(self) -> str:
        return f"Parcel({self.stage}, {self.sent!r})"  # the headers on the wire hold the token

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("stage", self.stage), ("sent", self.sent)]


def parcel_of(request: ApiRequest, authorization: Authorization, sent: SentRequest, attempt: int) -> Parcel:
    """What is shown of a call of SP-API, without anything for the wire."""
    operation = request.operation
    return Parcel(Stage.API, authorization, sent, operation.path, operation.key, request.marketplaces, attempt)


def host_of(url: str) -> str:
    """The host of an address; "" where the address cannot be read."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    return "" if port == 0 else parts.hostname or ""


def check_headers(headers: Mapping[str, str]) -> None:
    """Raises ValueError for a header that cannot go on the wire."""
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()) or value != value.strip():
            raise ValueError(f"the header {name} holds a character that HTTP does not carry")
