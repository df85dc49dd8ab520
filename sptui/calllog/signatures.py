"""Error messages made alike: ids, dates and numbers are taken out, so that like errors group.

The patterns are the common part of what Python, RE2 (DuckDB, ClickHouse), PostgreSQL and Java understand: no
look-ahead and no word boundary, because an engine that holds the log applies them itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from sptui.spapi.redaction import redact

LONGEST: Final = 300
"""Characters of a message that are kept (docs: the first 300 tell an error's kind)."""

PATTERNS: Final = (
    ("[A-Za-z0-9._+-]+@[A-Za-z0-9-]+[.][A-Za-z0-9.-]+", "{email}"),
    ("amzn1[.][A-Za-z0-9._:-]+", "{id}"),
    ("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}", "{id}"),
    ("[0-9]{3}-[0-9]{7}-[0-9]{7}", "{id}"),
    (
        "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?( ?Z|[+-][0-9]{2}:?[0-9]{2})?)?",
        "{date}",
    ),
    ("[0-9a-f]{16,}", "{id}"),
    ("[A-Z]+[0-9][A-Z0-9]{5,}|[A-Z]{6,}[0-9][A-Z0-9]*", "{id}"),
    ("[0-9]+([.,][0-9]+)*", "{n}"),
)
"""In this order: what is to be replaced, and by what."""

_COMPILED: Final = tuple((re.compile(pattern), replacement) for pattern, replacement in PATTERNS)


@lru_cache(maxsize=4096)
def signature_of(message: str) -> str:
    """The message without secrets, ids, dates and numbers, one line, ``LONGEST`` characters at most."""
    text = redact(message[: 8 * LONGEST])
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return " ".join(text.split())[:LONGEST]
