"""The path of an address as it was sent, fit for a log: without query, secrets and personal ids."""

from __future__ import annotations

import re
from typing import Final

from sptui.spapi.redaction import redact

LONGEST: Final = 300
_PERSONAL: Final = (
    (re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}"), "{order}"),
    (re.compile(r"[^/@\s]+(?:@|%40)[^/\s]+"), "{email}"),
)


def path_of(url: str) -> str:
    """The path of an address or path, without query and fragment."""
    path = url.partition("?")[0].partition("#")[0].strip()
    if "://" in path[:10]:
        path = "/" + path.split("://", 1)[1].partition("/")[2]
    return path


def masked(url: str) -> str:
    """The raw path without query, secrets and personal ids (orders, e-mail addresses), 300 characters at most."""
    path = redact(path_of(url)[:2000])
    for pattern, replacement in _PERSONAL:
        path = pattern.sub(replacement, path)
    return path[:LONGEST]
