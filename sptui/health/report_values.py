"""The values inside a performance report, read whatever form they have: numbers, words, moments, windows."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from sptui.health.metric import Number

KNOWN_WORDS: Final = frozenset(
    {
        "GOOD", "BAD", "NONE", "GREAT", "FAIR", "WARNED", "AT_RISK", "CRITICAL", "AT_RISK_OF_DEACTIVATION",
        "NORMAL", "DEACTIVATED", "SUSPENDED", "LESS_THAN", "GREATER_THAN", "EQUALS",
    }
)  # fmt: skip
"""Seen or documented; others come through as they are."""

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp(), datetime(2200, 1, 1, tzinfo=UTC).timestamp()


def number_of(value: Any) -> Number | None:
    """A number, also as text and with a percent sign; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str):
        return None
    text = value.strip()
    bare = text.removesuffix("%").rstrip()
    if not _NUMBER.fullmatch(bare) or len(bare) > 30:
        return None
    number = float(bare) if not bare.lstrip("+-").isdigit() else int(bare)
    if abs(number) >= 2**53:
        return None
    return number / 100 if bare != text else number


def word_of(value: Any) -> str:
    """A status or a condition: a known word in capitals, another as it came; "" for what is no word."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        return ""
    text = clean(value.strip())
    return text.upper() if text.upper() in KNOWN_WORDS else text


def clean(text: str) -> str:
    """Without halves of characters, which no file takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def moment_of(value: Any) -> datetime | None:
    """A moment in UTC: ISO 8601 (``2020-11-18T23:59Z``, ``2026-09-24``), RFC 2822, (milli)seconds since 1970."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if value > _LATEST else value
        return datetime.fromtimestamp(seconds, UTC) if _EARLIEST <= seconds <= _LATEST else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError, IndexError, TypeError):
            continue
    number = number_of(text)
    return moment_of(number) if number is not None else None


def window_of(value: Any) -> tuple[datetime | None, datetime | None] | None:
    """From when to when; an end that cannot be read is None. None where neither can be.

    An object whose names tell of from or start, to or end; two moments in a list; two in a text with ``--`` or
    ``/`` between them. A start after the end is given as it is told.
    """
    if isinstance(value, str):
        value = re.split(r"--|/", value) if len(re.split(r"--|/", value)) == 2 else value
    if isinstance(value, list) and len(value) == 2:
        start, end = moment_of(value[0]), moment_of(value[1])
    elif isinstance(value, dict):
        start = next((moment_of(each) for name, each in value.items() if is_start(name)), None)
        end = next((moment_of(each) for name, each in value.items() if is_end(name)), None)
    else:
        return None
    return (start, end) if start or end else None


def is_start(name: str) -> bool:
    """Whether a field's name is that of a window's beginning."""
    return name.lower().endswith(("from", "start", "startdate", "starttime", "begin"))


def is_end(name: str) -> bool:
    """Whether a field's name is that of a window's end."""
    return name.lower().endswith(("dateto", "end", "enddate", "endtime", "until")) or name.lower() == "to"
