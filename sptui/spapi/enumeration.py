"""Several names in one sentence."""

from __future__ import annotations

from collections.abc import Iterable


def either(names: Iterable[str]) -> str:
    """``A``, ``A or B``, ``A, B or C``."""
    *before, last = list(names) or [""]
    return f"{', '.join(before)} or {last}" if before else last


def both(names: Iterable[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    *before, last = list(names) or [""]
    return f"{', '.join(before)} and {last}" if before else last
