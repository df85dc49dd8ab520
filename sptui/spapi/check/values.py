"""A value held against its shape, at every depth: type, enum, limits, format, fields.

``Scope.wire`` tells the two ways in which a value comes: out of an address or a header, where everything is text and
what reads as the type is of the type; or in a JSON body, where a string is no number and no list.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from sptui.spapi.catalogue import Shape, Shapes
from sptui.spapi.check.combinations import group_problems
from sptui.spapi.check.dates import field_order_problems
from sptui.spapi.check.lifted import Lifted
from sptui.spapi.check.problems import ProblemKind, RequestProblem, did_you_mean, listed, nearest, short
from sptui.spapi.check.texts import text_problems
from sptui.spapi.requests import format_value

_DEEPEST: Final = 60
_WORDS: Final = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,400}")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_INT32: Final = 2**31


class Scope(msgspec.Struct, frozen=True):
    """What every value of a request is checked with."""

    shapes: Shapes
    now: datetime
    wire: bool
    lifted: Lifted


def value_problems(scope: Scope, path: str, value: Any, shape: Shape, depth: int = 0) -> Iterator[RequestProblem]:
    """Everything that the shape has against the value; ``path`` leads to it."""
    if value is None or depth > _DEEPEST:
        return  # Amazon reads null as left out
    shape = scope.shapes.resolve(shape)
    if not _fits(shape.type, value, wire=scope.wire):
        if not scope.lifted(path, ProblemKind.TYPE):
            yield _type_problem(path, value, shape.type)
        return
    if shape.type == "array" and not (scope.wire and depth):
        yield from _list_problems(scope, path, _members(value), shape, depth)
    elif isinstance(value, dict):
        yield from _object_problems(scope, path, value, shape, depth)
    else:
        yield from _plain_problems(scope, path, value, shape)


def _members(value: Any) -> list[Any]:
    return value.split(",") if isinstance(value, str) else value


def _fits(type_: str, value: Any, *, wire: bool) -> bool:
    if wire:
        return _fits_on_the_wire(type_, value)
    match type_:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return _is_number(value) and (isinstance(value, int) or value.is_integer())
        case "number":
            return _is_number(value)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case _:
            return True


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _fits_on_the_wire(type_: str, value: Any) -> bool:
    if type_ == "array":
        # A list's members are plain: nothing else can be written into an address.
        return isinstance(value, str) or (
            isinstance(value, list) and not any(isinstance(each, (list, dict)) for each in value)
        )
    if isinstance(value, (list, dict)) or value is None:
        return False
    text = format_value(value)
    match type_:
        case "integer":
            return _INTEGER.fullmatch(text) is not None
        case "number":
            return _NUMBER.fullmatch(text) is not None
        case "boolean":
            return text in ("true", "false")
        case "string":
            return not isinstance(value, bool)
        case _:
            return True


def _type_problem(path: str, value: Any, type_: str) -> RequestProblem:
    wanted = _WORDS.get(type_, type_)
    if type_ == "array" and isinstance(value, str):
        told = f'{path} is the string "{short(value)}" where a list belongs.'
        return RequestProblem(path, ProblemKind.TYPE, told, f'["{short(value)}"]')
    if isinstance(value, list) and len(value) == 1 and type_ != "array":
        told = f"{path} is a list where {wanted} belongs."
        return RequestProblem(path, ProblemKind.TYPE, told, short(format_value(value[0])))
    if isinstance(value, (list, dict)):
        told = f"{path} is {'a list' if isinstance(value, list) else 'an object'} where {wanted} belongs."
        return RequestProblem(path, ProblemKind.TYPE, told, wanted)
    what = f"{value!r:.60}" if isinstance(value, str) else short(_plain_text(value))
    if isinstance(value, str) and type_ in ("integer", "number", "boolean") and _fits_on_the_wire(type_, value):
        told = f'{path} is the string "{short(value)}" where {wanted} belongs.'
        return RequestProblem(path, ProblemKind.TYPE, told, short(value))
    return RequestProblem(path, ProblemKind.TYPE, f"{path} is {what}, which is not {wanted}.", wanted)


def _plain_text(value: Any) -> str:
    return str(value) if isinstance(value, float) else format_value(value)


def _list_problems(scope: Scope, path: str, items: list[Any], shape: Shape, depth: int) -> Iterator[RequestProblem]:
    most, least = shape.max_items, shape.min_items
    count = "1 value" if len(items) == 1 else f"{len(items)} values"
    if not scope.lifted(path, ProblemKind.COUNT):
        if most is not None and len(items) > most:
            told = f"{path} holds {count}; at most {most} {'is' if most == 1 else 'are'} allowed."
            yield RequestProblem(path, ProblemKind.COUNT, told, f"at most {most}")
        if least is not None and len(items) < least:
            told = f"{path} holds {count}; at least {least} must be given."
            yield RequestProblem(path, ProblemKind.COUNT, told, f"at least {least}")
        if shape.unique and (double := _first_double(items)) is not None:
            told = f"{path} holds {short(format_value(double))} more than once."
            yield RequestProblem(path, ProblemKind.COUNT, told, "each value once")
    members = shape.items or Shape()
    for index, each in enumerate(items):
        yield from value_problems(scope, path if scope.wire else f"{path}[{index}]", each, members, depth + 1)


def _first_double(items: list[Any]) -> Any:
    seen: set[str] = set()
    for each in items:
        text = repr(each)
        if text in seen:
            return each
        seen.add(text)
    return None


def _object_problems(
    scope: Scope, path: str, value: dict[str, Any], shape: Shape, depth: int
) -> Iterator[RequestProblem]:
    for name in shape.required:
        where = f"{path}.{name}"
        if value.get(name) is None and not scope.lifted(where, ProblemKind.MISSING):
            yield RequestProblem(where, ProblemKind.MISSING, f"{where} is missing; {path} needs it.")
    yield from _unknown_fields(scope, path, value, shape)
    given = {name for name, each in value.items() if each is not None}
    yield from group_problems(shape.one_of, shape.excludes, shape.needs, given, f"{path}.")
    yield from field_order_problems(path, value)
    others = shape.others
    for name, each in value.items():
        inner = shape.fields.get(name, others)
        if inner is not None:
            yield from value_problems(scope, f"{path}.{name}", each, inner, depth + 1)


def _unknown_fields(scope: Scope, path: str, value: dict[str, Any], shape: Shape) -> Iterator[RequestProblem]:
    """Names that the shape does not have: all of a closed one; of an open one those that are a known name, mistyped."""
    if not shape.fields or shape.others is not None:
        return
    for name in value:
        if name in shape.fields:
            continue
        where = f"{path}.{short(name)}"
        near = nearest(name, [each for each in shape.fields if each not in value], 0.6 if shape.closed else 0.8)
        if (near or shape.closed) and not scope.lifted(where, ProblemKind.UNKNOWN_NAME):
            told = f"{path} has no field {short(name)!r}.{did_you_mean(near)}"
            yield RequestProblem(where, ProblemKind.UNKNOWN_NAME, told, near or listed(shape.fields))


def _plain_problems(scope: Scope, path: str, value: Any, shape: Shape) -> Iterator[RequestProblem]:
    if shape.enum:
        if not scope.lifted(path, ProblemKind.ENUM):
            yield from _enum_problems(path, value, shape.enum, wire=scope.wire)
        return
    if shape.type in ("integer", "number"):
        if not scope.lifted(path, ProblemKind.RANGE):
            yield from _number_problems(path, float(value) if isinstance(value, str) else value, shape)
    elif shape.type == "string":
        text = value if isinstance(value, str) else format_value(value)
        for each in text_problems(path, text, shape, scope.now, wire=scope.wire):
            if not scope.lifted(path, each.kind):
                yield each


def _enum_problems(path: str, value: Any, enum: tuple[Any, ...], *, wire: bool) -> Iterator[RequestProblem]:
    text = format_value(value)
    allowed = [each if isinstance(each, str) else format_value(each) for each in enum]
    if text in allowed if wire else any(value == each and type(value) is type(each) for each in enum):
        return
    near = nearest(text, allowed)
    hint = f" Case matters: {near}." if near.lower() == text.lower() else did_you_mean(near)
    yield RequestProblem(path, ProblemKind.ENUM, f"{path} does not take {short(text)!r}.{hint}", listed(allowed))


def _number_problems(path: str, number: float, shape: Shape) -> Iterator[RequestProblem]:
    least, most = shape.minimum, shape.maximum
    if shape.format == "int32":
        least = -_INT32 if least is None else least
        most = _INT32 - 1 if most is None else most
    if (most is not None and number > most) or (least is not None and number < least):
        allowed = _range_in_words(least, most)
        told = f"{path} is {short(_number_in_words(number))}; {allowed} is allowed."
        yield RequestProblem(path, ProblemKind.RANGE, told, allowed)
    elif shape.multiple_of and abs(round(number / shape.multiple_of) - number / shape.multiple_of) > 1e-6:
        allowed = f"a multiple of {shape.multiple_of:g}"
        told = f"{path} is {_number_in_words(number)}, which is not {allowed}."
        yield RequestProblem(path, ProblemKind.RANGE, told, allowed)


def _number_in_words(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:.15g}"


def _range_in_words(least: float | None, most: float | None) -> str:
    if least is None:
        return f"at most {_limit(most)}"
    return f"at least {_limit(least)}" if most is None else f"{_limit(least)} to {_limit(most)}"


def _limit(value: float | None) -> str:
    return f"{value:.15g}" if value is not None else ""
