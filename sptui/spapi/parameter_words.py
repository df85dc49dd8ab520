"""What a parameter takes, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from sptui.spapi.catalogue import Parameter, Shape, Shapes
from sptui.spapi.enumeration import both, either

_PLURALS: Final = {
    "string": "strings",
    "integer": "whole numbers",
    "number": "numbers",
    "boolean": "true or false",
    "object": "objects",
    "array": "lists",
}
_ONES: Final = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "array": "list",
    "": "anything",
}
_MOST_FIELDS: Final = 12
_LONGEST_PATTERN: Final = 60


def describe_parameter(parameter: Parameter, shapes: Shapes) -> str:
    """What a parameter takes: ``list of text, at most 50, each one of FBA or MFN``."""
    told = list(_shape_in_words(parameter.as_shape(), shapes))
    if parameter.type == "array" and parameter.collection == "multi":
        told.append("written by repeating the name")
    if parameter.default is not None and parameter.type == "array":
        told.append(f"default {_plain(parameter.default)}")
    if parameter.wire_name != parameter.name:
        told.append(f"goes out as {parameter.wire_name}")
    if parameter.whole:
        told.append("is the whole body")
    return ", ".join(told)


def _shape_in_words(shape: Shape, shapes: Shapes) -> Iterator[str]:
    shape = shapes.resolve(shape)
    if shape.type == "array":
        yield from _list_in_words(shape, shapes)
        return
    if shape.format in ("date-time", "date"):
        yield "date and time" if shape.format == "date-time" else "date"
    elif not shape.enum or shape.type != "string":
        yield _ONES.get(shape.type, shape.type)
        if shape.format and shape.format not in ("int32", "int64", "double", "float"):
            yield f"format {shape.format}"
    yield from _limits(shape)
    yield from _fields(shape)


def _list_in_words(shape: Shape, shapes: Shapes) -> Iterator[str]:
    member = shapes.resolve(shape.items or Shape())
    yield f"list of {_PLURALS.get(member.type, 'anything')}"
    yield from _span(shape.min_items, shape.max_items, "")
    if shape.unique:
        yield "each only once"
    limits = list(_limits(member))
    if limits:
        yield f"each {', '.join(limits)}"
    yield from _fields(member)


def _limits(shape: Shape) -> Iterator[str]:
    if shape.enum:
        yield f"one of {either(map(_plain, shape.enum))}" if len(shape.enum) > 1 else f"only {_plain(shape.enum[0])}"
    yield from _span(shape.min_length, shape.max_length, " characters")
    yield from _span(shape.minimum, shape.maximum, "")
    if shape.multiple_of is not None:
        yield f"a multiple of {shape.multiple_of:g}"
    if shape.pattern and len(shape.pattern) <= _LONGEST_PATTERN:
        yield f"like {shape.pattern}"
    if shape.minutes_past:
        yield f"at least {shape.minutes_past} minutes in the past"
    if shape.default is not None:
        yield f"default {_plain(shape.default)}"


def _span(least: float | None, most: float | None, unit: str) -> Iterator[str]:
    if least is not None and least == most:
        yield f"exactly {least:g}{unit}"
    elif least is not None and most is not None:
        yield f"{least:g} to {most:g}{unit}"
    elif most is not None:
        yield f"at most {most:g}{unit}"
    elif least is not None:
        yield f"at least {least:g}{unit}"


def _fields(shape: Shape) -> Iterator[str]:
    needed = [name for name in shape.fields if name in shape.required]
    free = [name for name in shape.fields if name not in shape.required]
    if needed:
        yield f"with {both(_shortened(needed))}"
    if free:
        yield f"optionally {both(_shortened(free))}" if needed else f"with any of {both(_shortened(free))}"


def _shortened(names: list[str]) -> list[str]:
    return names if len(names) <= _MOST_FIELDS else [*names[:_MOST_FIELDS], f"{len(names) - _MOST_FIELDS} more"]


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
