"""Times as logs write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_NUMBER: Final = re.compile(r"\d{9,11}(\.\d+)?|\d{12,19}(\.\d+)?")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WITH_MONTH: Final = re.compile(
    rf"(?:[A-Z][a-z]{{2}}, )?(\d\d?)[/ -]({'|'.join(_MONTHS)})[/ -](\d{{4}})[: ](\d\d:\d\d:\d\d(?:[.,]\d{{1,6}})?)"
    r"(?: ?(GMT|UTC|Z|[+-]\d\d:?\d\d))?"
)
_SLASHES: Final = re.compile(r"(\d{4})/(\d\d)/(\d\d)(?=[ T])")


def time_of(text: str) -> datetime | None:
    """ISO 8601, a web server's ``23/Nov/2026:10:00:00 +0000``, HTTP's ``Mon, 23 Nov 2026 10:00:00 GMT``, or seconds,
    milli-, micro- or nanoseconds since 1970. Without a zone it is UTC. None for anything else.
    """
    text = text.strip()
    try:
        if _NUMBER.fullmatch(text):
            return datetime.fromtimestamp(_seconds(float(text)), UTC)
        if found := _WITH_MONTH.fullmatch(text):
            day, month, year, clock, zone = found.groups()
            zone = "+00:00" if zone in (None, "GMT", "UTC", "Z") else zone
            text = f"{year}-{_MONTHS.index(month) + 1:02d}-{int(day):02d}T{clock}{zone}"
        elif text[4:5] == "/":
            text = _SLASHES.sub(r"\1-\2-\3", text)
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _seconds(number: float) -> float:
    for limit, part in ((1e11, 1), (1e14, 1e3), (1e17, 1e6)):
        if number < limit:
            return number / part
    return number / 1e9


def as_iso(time: datetime) -> str:
    """The one form in which times are handed on: UTC, with Z."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
