"""Error messages made alike: addresses, ids, dates, numbers and quoted values are taken out, so that like errors group.

The one set of patterns for the whole program, and the common part of what Python, RE2 (DuckDB, ClickHouse), PostgreSQL
and Java understand: no look-around, no word boundary, no group that is given back, because an engine that holds the
log applies them itself. What Amazon writes needs no more: over the field cases' messages this groups as finely as
patterns that use all of Python's, and leaves a report type or a limit's name whole where those took it for an id.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from sptui.spapi.redaction import redact

LONGEST: Final = 300
"""Characters of a message that are kept (docs: the first 300 tell an error's kind)."""

IDS: Final = (
    ("amzn1[.][A-Za-z0-9._:-]+", "{id}"),
    ("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}", "{id}"),
    ("[0-9]{3}-[0-9]{7}-[0-9]{7}", "{id}"),
)
"""Ids that are known by their form wherever they stand, in a path as well."""

PATTERNS: Final = (
    ("https?[:]//[^ ,;]+", "{address}"),
    ("[A-Za-z0-9._+-]+@[A-Za-z0-9-]+[.][A-Za-z0-9.-]+", "{email}"),
    ("arn[:]aws[:][A-Za-z0-9._/:-]+", "{id}"),
    *IDS,
    (
        "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:?[0-9]{2}(:?[0-9]{2}([.][0-9]+)?)?( ?Z|[+-][0-9]{2}:?[0-9]{2})?)?",
        "{date}",
    ),
    ("\"[^\"]+\"|'[^' ]+'", "{value}"),
    (" '[^']+'", " {value}"),
    ("[0-9a-f]{16,}", "{id}"),
    ("[A-Z]+[0-9][A-Z0-9]{5,}|[A-Z]{6,}[0-9][A-Z0-9]*", "{id}"),
    ("[A-Za-z]+[0-9][A-Za-z0-9]{8,}|[0-9]+[A-Za-z][A-Za-z0-9]{8,}", "{id}"),
    ("[0-9]+([.,][0-9]+)*", "{n}"),
)
"""In this order: what is to be replaced, and by what. An apostrophe within a word opens no quotation."""

_COMPILED: Final = tuple((re.compile(pattern), replacement) for pattern, replacement in PATTERNS)


@lru_cache(maxsize=20_000)
def signature_of(message: str) -> str:
    """The message without secrets, ids, dates, numbers and quoted values, one line, ``LONGEST`` characters at most."""
    text = redact(message[: 8 * LONGEST])
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return " ".join(text.split())[:LONGEST]
