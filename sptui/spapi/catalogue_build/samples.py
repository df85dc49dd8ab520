"""Values to try first: from the sandbox's samples that are answered with success, cut down to what is needed."""

from __future__ import annotations

from typing import Any

import msgspec

from sptui.spapi.catalogue import Parameter, SandboxCase, Shape, Shapes
from sptui.spapi.plausible import fits_limits, with_placeholders

_LARGEST = 1500
"""Bytes of JSON; a larger sample is not kept."""


def with_sample(parameter: Parameter, cases: tuple[SandboxCase, ...], shapes: Shapes, by_hand: Any) -> Parameter:
    """The parameter with a value to try first; without one where nothing better than its shape is known."""
    return msgspec.structs.replace(parameter, sample=_sample(parameter, cases, shapes, by_hand))


def _sample(parameter: Parameter, cases: tuple[SandboxCase, ...], shapes: Shapes, by_hand: Any) -> Any:
    if by_hand is not None:
        return by_hand
    shape = parameter.as_shape()
    for case in cases:
        if 200 <= case.status < 300 and parameter.name in case.values:
            value = cut_down(case.values[parameter.name], shape, shapes)
            if value in ("", [], {}):
                continue
            if conforms(value, shape, shapes) and len(msgspec.json.encode(value)) <= _LARGEST:
                return with_placeholders(parameter.wire_name, shape, shapes, value)
    if parameter.sample is not None and fits_limits(parameter.sample, shape):
        return with_placeholders(parameter.wire_name, shape, shapes, parameter.sample)
    return None


def cut_down(value: Any, shape: Shape, shapes: Shapes) -> Any:
    """``value`` without what the shape does not ask for, at every depth."""
    shape = shapes.resolve(shape)
    if isinstance(value, dict) and shape.fields:
        wanted = set(shape.required)
        for group in shape.one_of:
            present = [name for name in group if name in value]
            if present and not wanted & set(group):
                wanted.add(present[0])
        wanted |= {other for first, *others in shape.needs if first in wanted for other in others}
        wanted = wanted or set(list(value)[:1])
        return {
            name: cut_down(each, shape.fields.get(name, Shape()), shapes)
            for name, each in value.items()
            if name in wanted
        }
    if isinstance(value, list) and shape.items is not None:
        return [cut_down(each, shape.items, shapes) for each in value[: max(shape.min_items or 0, 1)]]
    return value


def conforms(value: Any, shape: Shape, shapes: Shapes, depth: int = 0) -> bool:
    """Whether a value is one that the shape allows, at every depth."""
    shape = shapes.resolve(shape)
    if not _is_of_type(value, shape) or not fits_limits(value, shape):
        return False
    if isinstance(value, dict):
        if any(name not in value for name in shape.required):
            return False
        if shape.closed and any(name not in shape.fields for name in value):
            return False
        return all(
            conforms(each, shape.fields.get(name, shape.others or Shape()), shapes, depth + 1)
            for name, each in value.items()
        )
    if isinstance(value, list):
        if not (shape.min_items or 0) <= len(value) <= (shape.max_items or len(value)):
            return False
        return all(conforms(each, shape.items or Shape(), shapes, depth + 1) for each in value)
    return True


def _is_of_type(value: Any, shape: Shape) -> bool:
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list,),
        "object": (dict,),
    }  # fmt: skip
    if isinstance(value, bool):
        return shape.type in ("", "boolean")
    return not shape.type or isinstance(value, kinds[shape.type])
