"""How what is being typed to choose calls may go on: the key, then a value that makes sense for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sptui.calllog.query import KEYS, WINDOWS, Sellers, Term
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.regions import Region

_STATUSES: Final = ("failed", "ok", "none", "4xx", "5xx", "400", "401", "403", "404", "429", "500", "503")
_SHORTEST: Final = 2
"""Characters of a key from which on it is completed: one alone may become any word."""


def completed(text: str, sellers: Sellers, codes: Iterable[str] = ()) -> str:
    """``text`` with its last word gone on with, or "" where nothing comes to mind. ``codes``: errors' codes seen."""
    start = _last_word(text)
    before, word = text[:start], text[start:]
    key, colon, typed = word.partition(":")
    if not colon:
        whole = next((each for each in KEYS if each.startswith(word.lower())), "") if len(word) >= _SHORTEST else ""
        return f"{before}{word}{whole[len(word) :]}:" if whole else ""
    opened, typed = typed.startswith('"'), typed.removeprefix('"')
    for value in _values(key.lower(), sellers, codes) if typed and not typed.endswith('"') else ():
        if value.lower().startswith(typed.lower()) and len(value) > len(typed):
            whole = Term(key, value).text
            if opened == whole.startswith(f'{key}:"'):
                return before + word + whole[len(word) :]
    return ""


def _last_word(text: str) -> int:
    """Where the last word begins; a blank within quotes ends none."""
    start, quoted = 0, False
    for place, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character.isspace() and not quoted:
            start = place + 1
    return start


def _values(key: str, sellers: Sellers, codes: Iterable[str]) -> Iterator[str]:
    match key:
        case "seller":
            yield from sellers
        case "status":
            yield from _STATUSES
        case "op":
            yield from sorted({each.name for each in load_catalogue()})
        case "marketplace":
            yield from (each.country_code for each in MARKETPLACES.values())
            yield from MARKETPLACES
        case "code":
            yield from dict.fromkeys(codes)
        case "region":
            yield from (each.value for each in Region)
        case "since" | "until":
            yield from filter(None, WINDOWS)
        case _:
            return
