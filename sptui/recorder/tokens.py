"""What may be told of a token: its kind."""

from __future__ import annotations

import re
from typing import Final

_HEADER_START = re.compile(r"""\s{0,9}["'<]?(?:(?:[Bb]earer|[Bb]asic|AWS4-HMAC-SHA256)\s{1,9})?""")
_PREFIXES: Final = ("Atz.sprdt|", "Atza|", "Atzr|", "Atna|", "Atnr|", "Atc|")


def token_kind(token: str) -> str:
    """What is public of a token and decides cases: its prefix, and a ``Bearer`` or quote that should not be there.

    "" for no token, ``unknown`` where the prefix is none of Amazon's.
    """
    if not token:
        return ""
    found = _HEADER_START.match(token)
    start = found[0] if found else ""
    bare = token[len(start) :]
    return start + next((each for each in _PREFIXES if bare.startswith(each)), "unknown")
