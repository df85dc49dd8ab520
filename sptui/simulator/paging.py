"""Tokens for the next page. They carry the filters, and an altered one is refused, as at Amazon."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec

from sptui.simulator.replies import RefusalError
from sptui.simulator.seeded import Seeded


def page_token(seeded: Seeded, operation: str, filters: dict[str, Any], start: int) -> str:
    """An opaque token for the page of ``operation`` that begins at ``start``."""
    data = msgspec.json.encode([start, filters])
    return base64.urlsafe_b64encode(_seal(seeded, operation, data) + data).decode()


def read_page_token(seeded: Seeded, operation: str, token: str, refusal: RefusalError) -> tuple[int, dict[str, Any]]:
    """Where the page begins, and the filters. Raises ``refusal`` for a token that ``page_token`` did not make."""
    try:
        raw = base64.urlsafe_b64decode(token)
    except (binascii.Error, ValueError):
        raise refusal from None
    data = raw[16:]
    if not data or raw[:16] != _seal(seeded, operation, data):
        raise refusal
    start, filters = msgspec.json.decode(data, type=tuple[int, dict[str, Any]])
    return start, filters


def _seal(seeded: Seeded, operation: str, data: bytes) -> bytes:
    return seeded.hex(16, "page", operation, data).encode()
