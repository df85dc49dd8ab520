"""Error texts without what differs from call to call: ids, dates, numbers, quoted values."""

from __future__ import annotations

import functools
import re
from typing import Final

_LONGEST: Final = 500
_PARTS: Final = (
    (re.compile(r"https?://\S+"), "{address}"),
    (re.compile(r"\barn:aws:\S+?(?=[\s,;\]}]|\.?$)"), "{arn}"),
    (re.compile(r"\bamzn1\.[\w.\-]+"), "{amzn}"),
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE), "{uuid}"),
    (re.compile(r"\b\d{3}-\d{7}-\d{7}\b"), "{order}"),
    (re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:?\d\d(?::?\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"), "{date}"),
    (re.compile(r"(?<![\w])'[^'\n]{1,200}'(?![\w])|\"[^\"\n]{1,200}\"|“[^”\n]{1,200}”"), "{value}"),
    (re.compile(r"\bB0[0-9A-Z]{8}\b"), "{asin}"),
    (re.compile(r"\bA[0-9A-Z]{9,20}\b"), "{id}"),
    (re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[\w\-]{10,}\b"), "{id}"),
    (re.compile(r"\b\d+(?:\.\d+)?\b"), "{number}"),
)
"""What stands for something else in every call, the longest forms first."""


@functools.lru_cache(maxsize=20_000)
def normalised(text: str) -> str:
    """The text with ids, dates, numbers, UUIDs and quoted values replaced by a word in braces; spaces collapsed."""
    plain = " ".join(text[:_LONGEST].split())
    for pattern, word in _PARTS:
        plain = pattern.sub(word, plain)
    return plain


@functools.lru_cache(maxsize=20_000)
def code_word(code: str) -> str:
    """A code without its many spellings: ``RESOURCE_NOT_FOUND`` and ``ResourceNotFound`` are one."""
    return "".join(each for each in code.lower() if each.isalnum())
