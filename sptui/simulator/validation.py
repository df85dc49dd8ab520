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
from sptui.spapi.check.lifted import Lifted
from sptui.spapi.check.parameters import parameter_problems
from sptui.spapi.check.problems import ProblemKind

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
            values[parameter.name] = _typed(operation, parameter, raw, speech)
    _check_conflicts(operation, speech, values)
    _check_dates(operation, speech, values, now)
    _check_shapes(operation, speech, values, now)
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
    whole = any(each.whole for each in arrival.operation.parameters)
    if arrival.body is not None and not isinstance(arrival.body, dict) and not whole:
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


_PASSED_OVER: Final = frozenset({ProblemKind.UNKNOWN_NAME, ProblemKind.ORDER, ProblemKind.TOO_RECENT})
"""Names that Amazon does not look at, and dates whose order is told above, in each API's own words."""

_JUDGES_ITSELF: Final = frozenset(
    {
        "productPricing-v0.getItemOffersBatch",
        "productPricing-v0.getListingOffersBatch",
        "sales-v1.getOrderMetrics",
    }
)
"""Batches that look at their items themselves: a wrong ``uri`` breaks them (500), anything else is told for each item
(developer blog, 2022). Order metrics break on an interval that they cannot read (selling-partner-api-models 1347).
"""


def _check_shapes(operation: Operation, speech: Speech, values: Values, now: datetime) -> None:
    """What the model asks of the values at every depth, beyond what the checks above have found."""
    if operation.key in _JUDGES_ITSELF:
        return
    for problem in parameter_problems(operation, values, now):
        parameter = operation.parameter(problem.name)
        if problem.kind in _PASSED_OVER or parameter is None:
            continue
        if problem.kind is ProblemKind.MISSING:
            raise speech.missing([problem.parameter])
        raise speech.wrong_value(parameter, values.get(parameter.name))


def _typed(operation: Operation, parameter: Parameter, raw: Any, speech: Speech) -> Any:
    if parameter.place == "body":
        value = _from_json(operation, parameter, raw, speech)
    else:
        value = _from_text(parameter, raw, speech)
    if not Lifted(operation.key)(parameter.name, ProblemKind.ENUM):
        _check_enum(parameter, value, speech)
    _check_limits(parameter, value, speech)
    return value


def _from_json(operation: Operation, parameter: Parameter, raw: Any, speech: Speech) -> Any:
    if not _is_json(raw, parameter.type):
        raise speech.wrong_type(parameter, raw)
    members = operation.shapes.resolve(parameter.as_shape()).items
    if parameter.type == "array" and members is not None:
        kind = operation.shapes.resolve(members).type
        if kind and not all(_is_json(each, kind) for each in raw):
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


def _check_enum(parameter: Parameter, value: Any, speech: Speech) -> None:
    words = [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
    if parameter.enum and any(word not in parameter.enum for word in words):
        raise speech.wrong_value(parameter, value)


def _check_limits(parameter: Parameter, value: Any, speech: Speech) -> None:
    """How many values, and how large. In a body an empty list may be meant, elsewhere it says nothing."""
    if isinstance(value, list):
        least = max(parameter.min_items or 0, 1 if parameter.required and parameter.place != "body" else 0)
        fits = _fits(len(value), least, parameter.max_items)
    else:
        fits = not isinstance(value, (int, float)) or _fits(value, parameter.minimum, parameter.maximum)
        fits = fits and not (value == "" and parameter.place == "body" and parameter.min_length)
    if not fits:
        raise speech.wrong_value(parameter, value)


def _fits(value: float, least: float | None, most: float | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)
