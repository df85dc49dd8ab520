"""Whose address it is: SP-API's, Login with Amazon's, a document's, or somebody else's."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from sptui.spapi.regions import LWA_URL


class Place(StrEnum):
    """Which server an address leads to."""

    API = "api"
    LWA = "lwa"
    DOCUMENT = "document"
    OTHER = "other"


_LWA_HOST: Final = urlsplit(LWA_URL).hostname
_DOCUMENT = re.compile(r"(?:tortuga|spapi|sp-api)[^/]{0,200}\.amazonaws\.com$|\.cloudfront\.net$")
ADDRESS = re.compile(r"https?://[^\s\"'<>\\`|^{}\[\]]{4,8000}")
"""An address in a text, up to what cannot stand in one."""


def place_of(url: str) -> Place:
    """Where an address leads to; the simulator's prefixes ``/na``, ``/eu``, ``/fe`` on loopback count as SP-API."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return Place.OTHER
    if "sellingpartnerapi" in host:
        return Place.API
    if host == _LWA_HOST or parts.path.endswith("/auth/o2/token"):
        return Place.LWA
    if _DOCUMENT.search(host):
        return Place.DOCUMENT
    if host in ("localhost", "127.0.0.1") and re.match(r"/(?:sandbox/)?(?:na|eu|fe)/", parts.path):
        return Place.API
    return Place.OTHER
