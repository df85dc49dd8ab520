"""A request against its operation's parameters: required, types, values, dates, and what excludes what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sptui.simulator.arrival import ABSENT, Arrival
from sptui.simulator.replies import invalid
from sptui.simulator.speech import Speech, speech_of, wrong_json_type
from sptui.spapi.catalogue import Operation, Parameter

Values = Mapping[str, Any]

_RANGES: Final = (("After", "Before"), ("Since", "Until"), ("StartTime", "EndTime"), ("StartDate", "EndDate"))
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_JSON_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def validated(arrival: Arrival, now: datetime) -> dict[str, Any]:
    """The values by name, typed as the catalogue says. Raises RefusalError 400 for the first mistake."""
    operation = arrival.operation
    speech = speech_of(operation)
    _check_body(arrival)
    values: dict[str, Any] = {}
    sent = {each.name: arrival.raw(each) for each in operation.parameters}
    _check_presence(operation, speech, {name for name, raw in sent.items() if raw is not ABSENT})
    for parameter in operation.parameters:
        if (raw := sent[parameter.name]) is not ABSENT:
            values[parameter.name] = _typed(parameter, raw, speech)
    _check_conflicts(operation, speech, values)
    _check_dates(operation, speech, values, now)
    return values


def moment_in(values: Values, name: str) -> datetime | None:
    """The date of a validated parameter, in UTC; None where it was not sent."""
    return read_moment(values[name]) if name in values else None


def read_moment(text: str) -> datetime | None:
    """A date and time of ISO 8601 (without an offset: UTC); None where it is none."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _check_body(arrival: Arrival) -> None:
    wants_body = any(each.place == "body" for each in arrival.operation.parameters)
    if not wants_body:
        if arrival.body_size and arrival.operation.method == "GET":
            raise invalid("Invalid Input")
        return
    if not arrival.readable:
        raise invalid("Invalid Input")
    if arrival.body is not None and not isinstance(arrival.body, dict):
        raise wrong_json_type(arrival.body, "object")


def _check_presence(operation: Operation, speech: Speech, names: set[str]) -> None:
    if missing := [each.name for each in operation.required if each.name not in names]:
        raise speech.missing(missing)
    for group in operation.one_of:
        if names.isdisjoint(group):
            raise speech.none_of(group)
    for first, *others in operation.needs:
        if first in names and (missing := [name for name in others if name not in names]):
            raise speech.missing(missing)


def _check_conflicts(operation: Operation, speech: Speech, values: Values) -> None:
    for first, *others in operation.excludes:
        if first in values and any(name in values for name in others):
            names = [name for name in (first, *others) if name in values]
            raise speech.in_conflict([each for each in operation.parameters if each.name in names])


def _check_dates(operation: Operation, speech: Speech, values: Values, now: datetime) -> None:
    dates = {each.name: each for each in operation.parameters if each.format == "date-time" and each.name in values}
    if unreadable := [each for name, each in dates.items() if read_moment(values[name]) is None]:
        raise speech.wrong_date(unreadable)
    moments = {name: moment for name in dates if (moment := read_moment(values[name])) is not None}
    for name, moment in moments.items():
        minutes = dates[name].minutes_past
        if minutes and now - moment < timedelta(minutes=minutes):
            raise speech.too_recent(dates[name])
        last = _end_of_range(name)
        if last in moments and moments[last] < moment:
            raise speech.reversed_dates(dates[name], dates[last])


def _end_of_range(name: str) -> str:
    """The parameter that ends the range which ``name`` begins; "" where it begins none."""
    for first, last in _RANGES:
        if name.endswith(first):
            return name.removesuffix(first) + last
    return ""


def _typed(parameter: Parameter, raw: Any, speech: Speech) -> Any:
    value = _from_json(parameter, raw, speech) if parameter.place == "body" else _from_text(parameter, raw, speech)
    _check_value(parameter, value, speech)
    return value


def _from_json(parameter: Parameter, raw: Any, speech: Speech) -> Any:
    if not _is_json(raw, parameter.type):
        raise speech.wrong_type(parameter, raw)
    if parameter.type == "array" and parameter.items:
        for each in raw:
            if not _is_json(each, parameter.items):
                raise speech.wrong_type(parameter, raw)
    return raw


def _is_json(value: Any, type_: str) -> bool:
    if isinstance(value, bool) and type_ != "boolean":
        return False
    return isinstance(value, _JSON_TYPES.get(type_, (object,)))


def _from_text(parameter: Parameter, raw: str | list[str], speech: Speech) -> Any:
    texts = [raw] if isinstance(raw, str) else raw
    if parameter.type == "array":
        return [part.strip() for text in texts for part in text.split(",") if part.strip()]
    text = texts[-1]
    if parameter.type == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if parameter.type == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if parameter.type == "number" and _NUMBER.fullmatch(text):
        return float(text)
    if parameter.type in ("boolean", "integer", "number"):
        raise speech.wrong_type(parameter, text)
    return text


def _check_value(parameter: Parameter, value: Any, speech: Speech) -> None:
    if isinstance(value, list):
        least = max(parameter.min_items or 0, 1 if parameter.required else 0)
        fits = _fits(len(value), least, parameter.max_items)
    else:
        fits = not isinstance(value, (int, float)) or _fits(value, parameter.minimum, parameter.maximum)
    words = [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
    if not fits or (parameter.enum and any(word not in parameter.enum for word in words)):
        raise speech.wrong_value(parameter, value)


def _fits(value: float, least: float | None, most: float | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)
