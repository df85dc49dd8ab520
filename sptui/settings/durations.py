"""Durations as people write them: ``15m``, ``1h30m``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta


def parse_duration(text: str) -> timedelta:
    """``15m``, ``90s``, ``1h30m``, ``2.5s``. Raises ValueError, whose message tells what was expected."""
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)", text)
    if not parts or not re.fullmatch(r"\s*(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d)\s*)+", text, re.ASCII):
        raise ValueError("not a duration; expected a number and a unit such as 15m, 90s or 1h30m")
    units = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
    seconds = sum(float(number) * units[unit] for number, unit in parts)
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        raise ValueError("too long; expected a duration such as 15m, 90s or 1h30m") from None


def format_duration(duration: timedelta) -> str:
    """``15m``, ``1h30m``, ``2.5s``: what ``parse_duration`` reads."""
    milliseconds = round(duration.total_seconds() * 1000)
    parts = []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)):
        count, milliseconds = divmod(milliseconds, size)
        if count:
            parts.append(f"{count}{unit}")
    if milliseconds or not parts:
        parts.append(f"{milliseconds / 1000:g}s")
    return "".join(parts)


def duration_between(shortest: timedelta, longest: timedelta, why: str = "") -> Callable[[str], timedelta]:
    """A reader of durations within bounds; ``why`` is told with them. It raises ValueError as ``parse_duration``."""

    def read(text: str) -> timedelta:
        duration = parse_duration(text)
        if not shortest <= duration <= longest:
            problem = "too short" if duration < shortest else "too long"
            bounds = f"{format_duration(shortest)} to {format_duration(longest)}"
            raise ValueError(f"{problem}; expected {bounds}{why}")
        return duration

    return read
