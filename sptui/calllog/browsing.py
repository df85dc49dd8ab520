"""Which calls of a log are shown: by seller, marketplace, operation, status, text and time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import msgspec

FAILED_STATUSES: Final = ((0, 0), (400, 999))
"""No answer at all, and every refusal."""
_GROUP: Final = re.compile(r"([1-9])xx", re.IGNORECASE)


class Chosen(msgspec.Struct, frozen=True):
    """Which calls are meant; whatever is empty is not asked for.

    ``sellers`` and ``operations`` (keys of the catalogue): any of them. ``statuses``: ranges, both ends included,
    0 where no answer came. ``text`` is looked for in code, message, details, request id and path, in any case of
    letters. ``until`` is the first moment that no longer counts.
    """

    sellers: tuple[str, ...] = ()
    marketplace: str = ""
    operations: tuple[str, ...] = ()
    region: str = ""
    statuses: tuple[tuple[int, int], ...] = ()
    code: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


def statuses_of(text: str) -> tuple[tuple[int, int], ...]:
    """``403``, ``4xx``, ``failed``, ``ok``, ``none`` (no answer), or several with commas. Raises ValueError."""
    ranges: list[tuple[int, int]] = []
    for word in filter(None, re.split(r"[,\s]+", text.strip().lower())):
        if word.isdigit() and int(word) <= 999:
            ranges.append((int(word), int(word)))
        elif group := _GROUP.fullmatch(word):
            ranges.append((int(group[1]) * 100, int(group[1]) * 100 + 99))
        elif word in ("failed", "fail", "error"):
            ranges += FAILED_STATUSES
        elif word == "ok":
            ranges.append((200, 299))
        elif word == "none":
            ranges.append((0, 0))
        else:
            raise ValueError(f"{word!r} is no status: expected such as 403, 4xx, failed, ok or none (no answer).")
    return tuple(ranges)
