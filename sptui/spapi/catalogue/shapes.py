"""The shapes of JSON values: what a body, a field or an answer may look like, at every depth.

A shape that several places share is stored once, under a name; the others refer to it with ``ref``. Shapes may
refer to themselves: resolve one level at a time with ``Shapes.resolve``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

Type = Literal["string", "integer", "number", "boolean", "array", "object"]


class Shape(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a value may be.

    ``type`` is empty where anything goes. ``items`` is the shape of a list's members, ``fields`` and
    ``required`` those of an object; an object takes other fields too unless it is ``closed``, and these have the
    shape ``others`` where the model gives one. Limits are inclusive. ``one_of``, ``excludes`` and ``needs`` hold
    for the fields of this object, as those of an operation do for its parameters. ``minutes_past``: a date must
    lie at least that many minutes in the past. ``sample`` is an example value, where the model has one.
    """

    type: Type | Literal[""] = ""
    ref: str = ""
    items: Shape | None = None
    fields: dict[str, Shape] = {}
    required: tuple[str, ...] = ()
    closed: bool = False
    others: Shape | None = None
    enum: tuple[Any, ...] = ()
    format: str = ""
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    unique: bool = False
    default: Any = None
    minutes_past: int = 0
    one_of: tuple[tuple[str, ...], ...] = ()
    excludes: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    sample: Any = None


class Shapes:
    """The named shapes of one API, decoded when the first of them is asked for."""

    def __init__(self, raw: msgspec.Raw | dict[str, Shape] | None = None) -> None:
        self._raw = raw if raw is not None else {}
        self._decoded: dict[str, Shape] | None = self._raw if isinstance(self._raw, dict) else None

    def _named(self) -> dict[str, Shape]:
        if self._decoded is None and not isinstance(self._raw, dict):
            self._decoded = msgspec.json.decode(self._raw, type=dict[str, Shape])
        return self._decoded or {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._named())

    def __contains__(self, name: str) -> bool:
        return name in self._named()

    def __repr__(self) -> str:
        return f"<Shapes of {len(self._named())} names>"

    def __getitem__(self, name: str) -> Shape:
        """The shape of that name; raises KeyError."""
        return self._named()[name]

    def resolve(self, shape: Shape) -> Shape:
        """``shape`` itself, or the named shape that it refers to; anything goes where that name is unknown."""
        seen: set[str] = set()
        while shape.ref:
            if shape.ref in seen:
                return Shape()
            seen.add(shape.ref)
            shape = self._named().get(shape.ref, Shape())
        return shape


NO_SHAPES = Shapes()
"""Of an operation that was made by hand."""
