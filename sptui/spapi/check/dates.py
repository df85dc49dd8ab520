"""Dates in a request: whether they can be read, lie far enough in the past, and are in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sptui.spapi.catalogue import DateRange, Operation, Values
from sptui.spapi.check.problems import ProblemKind, RequestProblem, short

_LOST_PLUS: Final = re.compile(r"\d \d\d:?\d\d$")
_INTERVAL: Final = re.compile(r"(.+?)--(.+)")


def read_moment(value: Any) -> datetime | None:
    """The moment that an ISO 8601 date or date-time means (UTC where it names no zone); None for other values."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d(?:[Tt]|$)", value):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def date_problems(
    path: str, value: str, format_: str, minutes_past: int, now: datetime, *, wire: bool
) -> Iterator[RequestProblem]:
    """What is wrong with one date. ``wire``: it came out of an address, where a plus sign means a space.

    A moment without a zone and a day without a time pass for a moment: the models do not allow them, Amazon does.
    """
    if format_ == "interval":
        yield from _interval_problems(path, value, wire=wire)
        return
    moment = read_moment(value)
    if moment is None or (format_ == "date" and len(value) != 10):
        wanted = "2026-01-31" if format_ == "date" else "2026-01-31T08:00:00Z"
        yield RequestProblem(path, ProblemKind.FORMAT, _not_a_date(path, value, wire=wire), f"such as {wanted}")
    elif minutes_past and moment > now - timedelta(minutes=minutes_past):
        allowed = f"at least {minutes_past} minutes before the call"
        told = f"{path} is {value}, which is too recent: it must lie {allowed}."
        yield RequestProblem(path, ProblemKind.TOO_RECENT, told, allowed)


def _not_a_date(path: str, value: str, *, wire: bool) -> str:
    if read_moment(value) is not None:
        return f"{path} is {short(value)!r}, a moment where a day belongs."
    lost = " The + of an offset must be URL-encoded." if wire and _LOST_PLUS.search(value) else ""
    return f"{path} is {short(value)!r}, which is not an ISO 8601 date.{lost}"


def _interval_problems(path: str, value: str, *, wire: bool) -> Iterator[RequestProblem]:
    allowed = "such as 2026-01-01T00:00:00Z--2026-01-31T00:00:00Z"
    found = _INTERVAL.fullmatch(value)
    moments = [read_moment(each) for each in found.groups()] if found else [None]
    begin, end = moments[0], moments[-1]
    if begin is None or end is None:
        lost = " The + of an offset must be URL-encoded." if wire and re.search(r"\d \d\d:?\d\d(-|$)", value) else ""
        told = f"{path} is {short(value)!r}, which is not two ISO 8601 dates joined by two hyphens.{lost}"
        yield RequestProblem(path, ProblemKind.FORMAT, told, allowed)
    elif begin > end:
        yield RequestProblem(path, ProblemKind.ORDER, f"{path} ends before it begins: {short(value)}.", allowed)


def range_problems(operation: Operation, values: Values) -> Iterator[RequestProblem]:
    """Dates that belong together: their order, how far they lie apart, and one that is missing beside the other."""
    for each in operation.ranges:
        begin, end = field_at(values, each.after), field_at(values, each.before)
        if each.both and (begin is None) != (end is None):
            here, there = (each.after, each.before) if end is None else (each.before, each.after)
            yield RequestProblem(there, ProblemKind.NEEDS, f"{here} needs {there} beside it.", there)
        yield from _span_problems(each, begin, end)


def _span_problems(range_: DateRange, begin: Any, end: Any) -> Iterator[RequestProblem]:
    first, last = read_moment(begin), read_moment(end)
    if first is None or last is None:
        return
    if first > last:
        told = f"{range_.before} ({end}) lies before {range_.after} ({begin})."
        yield RequestProblem(range_.before, ProblemKind.ORDER, told, f"a moment after {range_.after}")
    elif range_.max_days is not None and last - first > timedelta(days=range_.max_days):
        days = (last - first) / timedelta(days=1)
        told = f"{range_.after} and {range_.before} lie {days:.0f} days apart; at most {range_.max_days} are allowed."
        yield RequestProblem(range_.before, ProblemKind.RANGE, told, f"at most {range_.max_days} days")


_BOUNDS: Final = (("After", "Before"), ("Since", "Until"), ("Start", "End"), ("start", "end"), ("from", "to"))


def field_order_problems(path: str, fields: dict[str, Any]) -> Iterator[RequestProblem]:
    """Fields of one object in a body that begin and end a span, in the wrong order."""
    for name, value in fields.items():
        if not isinstance(value, str):
            continue
        for early, late in _BOUNDS:
            other = name.replace(early, late, 1)
            begin, end = read_moment(value), read_moment(fields.get(other)) if other != name else None
            if begin is not None and end is not None and begin > end:
                told = f"{path}.{other} ({fields[other]}) lies before {path}.{name} ({value})."
                yield RequestProblem(f"{path}.{other}", ProblemKind.ORDER, told, f"a moment after {path}.{name}")


def field_at(values: Any, dotted: str) -> Any:
    """The value under a name, or under a dotted path into an object; None where there is none."""
    if isinstance(values, dict) and dotted in values:
        return values[dotted]
    for part in dotted.split("."):
        if not isinstance(values, dict):
            return None
        values = values.get(part)
    return values
