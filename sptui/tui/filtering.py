"""What ``/`` filters by: words that all must be there; ``!word`` must not."""

from __future__ import annotations


def fits(text: str, typed: str) -> bool:
    """Whether a row's text has every word that was typed, and none that follows a ``!``; case does not matter."""
    found = text.casefold()
    return all(_fits(found, word) for word in typed.casefold().split())


def _fits(found: str, word: str) -> bool:
    return word[1:] not in found if word.startswith("!") and len(word) > 1 else word in found
