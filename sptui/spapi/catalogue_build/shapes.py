"""From a model's schemas to shapes: flattened where ``allOf`` joins them, and only what somebody refers to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeVar, cast, get_args

from sptui.spapi.catalogue import Shape, Shapes, Type
from sptui.spapi.catalogue_build.models import Model
from sptui.spapi.catalogue_build.prose import field_rules, first_possible, limits_in_words

_T = TypeVar("_T")

_FORMATS = {"dateTime": "date-time"}
_KNOWN_FORMATS = frozenset({"date-time", "date", "int32", "int64", "float", "double", "byte", "uri", "ip", "boolean"})
_DEEPEST = 40


class ShapeBuilder:
    """Builds the shapes of one model and remembers which names they refer to."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._named: dict[str, Shape] = {}

    def shape(self, schema: Any, depth: int = 0) -> Shape:
        """The shape of ``schema``; names that it refers to are built as well."""
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return Shape()
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return self._reference(reference)
        if isinstance(schema.get("allOf"), list):
            schema = self._joined(schema, frozenset())
        return self._plain(schema, depth)

    def _reference(self, reference: str) -> Shape:
        name = reference.rsplit("/", 1)[-1]
        target = self._model.definition(reference)
        if target is None:
            return Shape()
        if name not in self._named:
            self._named[name] = Shape()  # stands in while the shape refers to itself
            self._named[name] = self.shape(target)
        return Shape(ref=name)

    def resolve(self, shape: Shape) -> Shape:
        """``shape`` itself, or the one that it refers to."""
        return Shapes(self._named).resolve(shape)

    def all(self) -> dict[str, Shape]:
        """Every named shape that was built so far."""
        return self._named

    def named(self, roots: Iterable[Shape]) -> dict[str, Shape]:
        """The named shapes that ``roots`` lead to, sorted by name."""
        found: set[str] = set()
        waiting = [name for root in roots for name in references(root)]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += references(self._named[name])
        return {name: self._named[name] for name in sorted(found)}

    def _joined(self, schema: dict[str, Any], seen: frozenset[int]) -> dict[str, Any]:
        """One schema in place of ``allOf``: the fields and the required names of all parts."""
        joined: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
        for part in schema.get("allOf") or ():
            plain = self._model.resolved(part)
            if id(plain) in seen:
                continue
            if isinstance(plain.get("allOf"), list):
                plain = self._joined(plain, seen | {id(plain)})
            for key, value in plain.items():
                if key == "properties" and isinstance(value, dict):
                    joined["properties"] = {**value, **(joined.get("properties") or {})}
                elif key == "required" and isinstance(value, list):
                    joined["required"] = list(dict.fromkeys([*(joined.get("required") or ()), *value]))
                else:
                    joined.setdefault(key, value)
        return joined

    def _plain(self, schema: dict[str, Any], depth: int) -> Shape:
        fields = schema.get("properties")
        fields = fields if isinstance(fields, dict) else {}
        others = schema.get("additionalProperties")
        type_ = _type(schema, is_object=bool(fields) or isinstance(others, dict))
        told = limits_in_words(str(schema.get("description") or ""), type_)
        between = field_rules(self._model, fields)
        return Shape(
            type=type_,
            items=self.shape(schema.get("items"), depth + 1) if type_ == "array" else None,
            fields={str(name): self.shape(each, depth + 1) for name, each in fields.items()},
            required=_names(schema.get("required")),
            closed=others is False,
            others=self.shape(others, depth + 1) if isinstance(others, dict) and others else None,
            enum=tuple(schema["enum"]) if isinstance(schema.get("enum"), list) else (),
            format=known_format(schema) or told.format,
            pattern=_text(schema.get("pattern")),
            minimum=_first(_number(schema.get("minimum")), told.minimum),
            maximum=_first(_number(schema.get("maximum")), told.maximum),
            multiple_of=_number(schema.get("multipleOf")),
            min_length=whole(schema.get("minLength")),
            max_length=whole(schema.get("maxLength")),
            min_items=whole(schema.get("minItems")),
            max_items=_first(whole(schema.get("maxItems")), told.max_items),
            unique=schema.get("uniqueItems") is True,
            default=schema.get("default"),
            minutes_past=told.minutes_past,
            one_of=between.one_of,
            excludes=between.excludes,
            needs=between.needs,
            sample=_sample(schema, type_),
        )


def references(shape: Shape) -> list[str]:
    """The names that a shape refers to directly."""
    found = [shape.ref] if shape.ref else []
    parts = [shape.items, shape.others, *shape.fields.values()]
    return found + [name for part in parts if part is not None for name in references(part)]


def known_format(schema: dict[str, Any]) -> str:
    """The format of a schema, where it is one that decides."""
    told = str(schema.get("format") or "")
    told = _FORMATS.get(told, told)
    return told if told in _KNOWN_FORMATS else ""


def example(schema: dict[str, Any], type_: str) -> Any:
    """The schema's example, where it is a short plain value of the schema's own type and allowed by it."""
    value = schema.get("example", schema.get("x-example"))
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
    }
    if not isinstance(value, kinds.get(type_, ())) or (isinstance(value, bool) and type_ != "boolean"):
        return None
    if isinstance(value, str) and (len(value) > 100 or not value.strip()):
        return None
    enum = schema.get("enum")
    return None if isinstance(enum, list) and value not in enum else value


def _sample(schema: dict[str, Any], type_: str) -> Any:
    given = example(schema, type_)
    if given is None and type_ == "string" and not schema.get("enum") and not schema.get("format"):
        return first_possible(schema.get("description")) or None
    return given


def _type(schema: dict[str, Any], *, is_object: bool) -> Type | Literal[""]:
    found = next((each for each in get_args(Type) if each == schema.get("type")), "")
    return cast("Type", found) if found else ("object" if is_object else "")


def _names(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def whole(value: Any) -> int | None:
    """A limit that is a whole number, or None."""
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _first(one: _T | None, other: _T | None) -> _T | None:
    return other if one is None else one
