"""From a model's parameters, and the fields of its body, to the catalogue's parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from sptui.spapi.catalogue import Parameter, Place, Shape
from sptui.spapi.catalogue_build.shapes import ShapeBuilder

_PLACES: Final[dict[str, Place]] = {"path": "path", "query": "query", "header": "header"}
_FORMAT_IS_PATTERN = re.compile(r"^\[.*\]\{\d+(,\d*)?\}$")


class Body(msgspec.Struct, frozen=True):
    """The body of an operation, as its model names it; ``shape`` is resolved, ``schema`` as it stands."""

    name: str
    required: bool
    shape: Shape
    reference: Shape


def plain_parameters(nodes: list[dict[str, Any]], shapes: ShapeBuilder) -> Iterator[Parameter]:
    """The parameters outside the body, in the model's order."""
    for node in nodes:
        place = _PLACES.get(str(node.get("in")))
        if place is not None and isinstance(node.get("name"), str):
            yield _plain(node, place, shapes)


def _plain(node: dict[str, Any], place: Place, shapes: ShapeBuilder) -> Parameter:
    shape = shapes.shape({**node, "description": node.get("description")})
    found = of_shape(str(node["name"]), place, shape, shape, required=node.get("required") is True)
    pattern = str(node.get("format") or "")
    collection: Literal["", "csv", "multi"] = ""
    if shape.type == "array":
        collection = "multi" if node.get("collectionFormat") == "multi" else "csv"
    return msgspec.structs.replace(
        found,
        collection=collection,
        pattern=f"^{pattern}$" if _FORMAT_IS_PATTERN.match(pattern) else found.pattern,
        greedy=node.get("x-amazon-spds-greedy-path-parameter") is True,
        shape=None,
    )


def body_of(nodes: list[dict[str, Any]], shapes: ShapeBuilder) -> Body | None:
    """The body that the nodes describe; None where there is none."""
    for node in nodes:
        if node.get("in") == "body":
            reference = shapes.shape(node.get("schema"))
            shape = shapes.resolve(reference)
            return Body(str(node.get("name") or "body"), node.get("required") is True, shape, reference)
    return None


def body_parameters(body: Body, taken: set[str], shapes: ShapeBuilder) -> Iterator[Parameter]:
    """The first-level fields of the body; or the body as one parameter where it is a list or has no fields."""
    if body.shape.type == "array" or not body.shape.fields:
        yield msgspec.structs.replace(
            of_shape(body.name, "body", body.reference, body.shape, required=body.required), whole=True
        )
        return
    for name, reference in body.shape.fields.items():
        known = name if name not in taken else f"body.{name}"
        required = name in body.shape.required and body.required
        found = of_shape(known, "body", reference, shapes.resolve(reference), required=required)
        yield msgspec.structs.replace(found, field=name) if known != name else found


def of_shape(name: str, place: Place, reference: Shape, shape: Shape, *, required: bool) -> Parameter:
    """A parameter of that shape: what decides on the first level is told flat, the depth stays in ``shape``."""
    is_list = shape.type == "array"
    inner = reference_items(shape) if is_list else shape
    enum = inner.enum or shape.enum
    return Parameter(
        name=name,
        place=place,
        type=shape.type or "object",
        items=(inner.type or ("object" if inner.ref else "string")) if is_list else "",
        required=required,
        enum=tuple(str(each) for each in enum),
        format=inner.format,
        pattern=inner.pattern,
        min_items=shape.min_items,
        max_items=shape.max_items,
        min_length=inner.min_length,
        max_length=inner.max_length,
        minimum=inner.minimum,
        maximum=inner.maximum,
        multiple_of=inner.multiple_of,
        unique=shape.unique,
        default=shape.default,
        minutes_past=shape.minutes_past,
        shape=reference if place == "body" else None,
        sample=inner.sample if not is_list else None,
    )


def reference_items(shape: Shape) -> Shape:
    """The shape of a list's members, as it stands."""
    return shape.items or Shape()
