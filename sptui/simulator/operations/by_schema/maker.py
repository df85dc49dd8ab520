"""Objects and lists of an answer: which optional fields it has, how many members, where it ends."""

from __future__ import annotations

import re
from typing import Any, Final

from sptui.simulator.operations.by_schema.plain import PlainValues
from sptui.simulator.operations.by_schema.scope import ABSENT, Scope
from sptui.spapi.catalogue import Shape, Shapes

_LIKELIHOODS: Final = (1.0, 0.8, 0.5, 0.3, 0.15)
"""How likely an object has an optional field, by its depth; deeper it has none."""

_ENOUGH: Final = 250
"""Values in one answer, beyond which optional fields are left out."""

_DEEPEST: Final = 14
_FEW: Final = 3
_LONG_LISTS: Final = 2
"""Lists down to this depth have two members, deeper ones have one."""

_LEFT_OUT: Final = re.compile(
    r"errors?|warnings?|issues?|next_?(page)?_?token|prev(ious)?_?(page)?_?token|pagination(_?token)?", re.IGNORECASE
)
"""What an answer has only where something went wrong, or where there is another page."""


class AnswerMaker:
    """Makes the body of one answer."""

    def __init__(self, shapes: Shapes, plain: PlainValues) -> None:
        self._shapes = shapes
        self._plain = plain
        self._count = 0

    def value(self, name: str, shape: Shape, scope: Scope, what: str, depth: int = 0) -> Any:
        """A value of that shape. ``scope``: what the request said; ``what``: the way to it, which seeds it."""
        self._count += 1
        shape = self._shapes.resolve(shape)
        if shape.type == "array":
            return self._list(name, shape, scope, what, depth)
        if shape.type == "object" or shape.fields:
            return self._object(shape, scope.inside(name) if name else scope, what, depth)
        said = self._plain.asked(scope.single(name), shape)
        return self._plain.made(name, shape, what) if said is ABSENT else said

    def _object(self, shape: Shape, scope: Scope, what: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        whole = self._is_small(shape)
        for name, each in shape.fields.items():
            here = f"{what}.{name}"
            wanted = (whole and not _LEFT_OUT.fullmatch(name)) or self._is_wanted(name, each, scope, here, depth)
            if name in shape.required or wanted:
                found[name] = self.value(name, each, scope, here, depth + 1)
        if not found and (name := self._first_plain(shape)):
            found[name] = self.value(name, shape.fields[name], scope, f"{what}.{name}", depth + 1)
        for name in shape.required:  # a model may ask for a field that it does not describe
            if name not in found:
                found[name] = self._plain.made(name, Shape(type="string"), f"{what}.{name}")
        return found

    def _first_plain(self, shape: Shape) -> str:
        """The first field that is no object and no list: an object without any says nothing."""
        for name, each in shape.fields.items():
            if not _LEFT_OUT.fullmatch(name) and self._shapes.resolve(each).type not in ("", "array", "object"):
                return name
        return ""

    def _is_small(self, shape: Shape) -> bool:
        """Whether an object is a few plain values that belong together, such as an amount and its currency."""
        kinds = [self._shapes.resolve(each).type for each in shape.fields.values()]
        return len(kinds) <= _FEW and not {"", "array", "object"} & set(kinds)

    def _is_wanted(self, name: str, shape: Shape, scope: Scope, what: str, depth: int) -> bool:
        if _LEFT_OUT.fullmatch(name) or depth >= _DEEPEST or self._count > _ENOUGH:
            return False
        plain = self._shapes.resolve(shape)
        if plain.type not in ("array", "object") and self._plain.asked(scope.find(name), plain) is not ABSENT:
            return True
        return depth < len(_LIKELIHOODS) and self._plain.chance(_LIKELIHOODS[depth], what)

    def _list(self, name: str, shape: Shape, scope: Scope, what: str, depth: int) -> list[Any]:
        items = self._shapes.resolve(shape.items or Shape())
        least, most = shape.min_items or 0, shape.max_items
        if items.type != "object" and not items.fields:
            said = self._said(name, shape, items, scope)
            if said:
                return said
            scopes, usual = [Scope({})], 1
        else:
            scopes = scope.items(name, items.fields) if depth <= _LONG_LISTS else []
            usual = len(scopes) or (2 if depth <= _LONG_LISTS else 1)
        count = max(least, 0 if depth >= _DEEPEST else usual)
        count = count if most is None else min(count, most)
        if items.enum and shape.unique:
            return list(items.enum[:count])
        scopes = scopes or [scope]
        return [self.value(name, items, scopes[n % len(scopes)], f"{what}[{n}]", depth + 1) for n in range(count)]

    def _said(self, name: str, shape: Shape, items: Shape, scope: Scope) -> list[Any]:
        """The list of that name in the request, where the answer's shape lets it be said again."""
        found = scope.find(name)
        if not isinstance(found, list):
            return []
        said = [self._plain.asked(each, items) for each in found]
        fits = ABSENT not in said and (shape.min_items or 0) <= len(said) <= (shape.max_items or len(said))
        return said if fits else []
