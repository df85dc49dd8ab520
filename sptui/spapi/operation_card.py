"""What the catalogue knows of one operation, in words: the same for the screen and for the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from sptui.spapi.catalogue import Condition, DateRange, Operation, Parameter, Shape, Shapes
from sptui.spapi.regions import Region

Tone = str
"""``plain``, ``muted``, ``warning`` or ``error``: how much an entry matters, for faces that have colours."""


class Fact(msgspec.Struct, frozen=True):
    """One thing that is known: a label of at most eleven characters, and a sentence or a list of words."""

    label: str
    text: str
    tone: Tone = "plain"


class ParameterLine(msgspec.Struct, frozen=True):
    """One parameter: where it goes (``path``, ``query``, ``header``, ``body``) and what it takes."""

    name: str
    place: str
    text: str


class Card(msgspec.Struct, frozen=True):
    """All of it, in the order in which it is read. ``rules`` are whole sentences."""

    title: str
    call: str
    facts: tuple[Fact, ...]
    rules: tuple[str, ...]
    required: tuple[ParameterLine, ...]
    optional: tuple[ParameterLine, ...]


def card_of(operation: Operation) -> Card:
    """The card of one operation."""
    return Card(
        title=f"{operation.name} · {operation.api} {operation.version}",
        call=f"{operation.method} {operation.path}",
        facts=tuple(_facts(operation)),
        rules=tuple(rules_in_words(operation)),
        required=tuple(_parameter_line(operation, each) for each in operation.required),
        optional=tuple(_parameter_line(operation, each) for each in operation.optional),
    )


def _facts(operation: Operation) -> Iterator[Fact]:
    if operation.deprecated:
        yield Fact("deprecated", _deprecation(operation), "warning")
    if operation.sandbox_only:
        yield Fact("only", "served in the sandbox alone", "warning")
    effects = EFFECTS[operation.side_effects]
    yield Fact("effects", effects, "plain" if operation.side_effects == "none" else "warning")
    yield Fact("plan", usage_plan_in_words(operation), "plain" if operation.rate is not None else "muted")
    yield Fact("token", token_in_words(operation), "warning" if operation.token_kind != "seller" else "plain")
    yield Fact("roles", _roles(operation), "plain" if operation.roles else "muted")
    for place, (element, roles) in enumerate(operation.pii_roles.items()):
        yield Fact("buyer data" if place == 0 else "", f"{element}: {_or(roles)}")
    if operation.stores:
        yield Fact("stores", f"only {', '.join(operation.stores)}")
    yield Fact("sandbox", _sandbox(operation), "plain" if operation.sandbox else "muted")
    if operation.paging_token:
        yield Fact("paging", f"the next page is asked for with {operation.paging_token}")
    if operation.statuses:
        yield Fact("answers", ", ".join(map(str, operation.statuses)), "muted")


EFFECTS: Final = {
    "none": "none: it only reads",
    "mild": "mild: it changes something at Amazon that can be undone or costs nothing",
    "real": "real: it changes something at Amazon; sent only after a yes",
}
"""Side effects in words."""

_CONFIDENCE: Final = {
    "verified": "documented",
    "verified-2022": "documented in 2022",
    "secondary": "from secondary sources",
    "inferred": "inferred from the operations beside it",
    "": "where this is from is not known",
}


def _deprecation(operation: Operation) -> str:
    told = f"Amazon removes it on {operation.removed_on}" if operation.removed_on else "do not build on it"
    return f"{told}; use {operation.replaced_by}" if operation.replaced_by else told


def usage_plan_in_words(operation: Operation) -> str:
    """``0.0167 calls a second (one in 60 s), 20 at once``."""
    if operation.rate is None:
        return "not published"
    slow = f" (one in {round(1 / operation.rate)} s)" if 0 < operation.rate < 1 else ""
    unit = "call" if operation.rate == 1 else "calls"
    burst = f", {operation.burst} at once" if operation.burst is not None else ""
    older = f"; as a model of {operation.plan_as_of} told" if operation.plan_as_of else ""
    return f"{operation.rate:g} {unit} a second{slow}{burst}{older}"


def token_in_words(operation: Operation) -> str:
    """Whose token opens it."""
    if operation.token == "grantless":
        return f"grantless, scope {operation.scope}" if operation.scope else "grantless"
    elements = f" for {', '.join(operation.data_elements)}" if operation.data_elements else ""
    if operation.rdt == "always":
        return f"a Restricted Data Token{elements}, always"
    if operation.rdt == "pii":
        return f"the seller's; a Restricted Data Token{elements}"
    return "the seller's"


def _roles(operation: Operation) -> str:
    if not operation.roles:
        return "none is needed" if operation.role_confidence else "not known"
    names = [
        f"{role} (only {', '.join(regions)})" if (regions := _narrowed(operation, role)) else role
        for role in operation.roles
    ]
    any_of = "any one of " if len(names) > 1 else ""
    return f"{any_of}{', '.join(names)} ({_CONFIDENCE.get(operation.role_confidence, operation.role_confidence)})"


def _narrowed(operation: Operation, role: str) -> tuple[Region, ...]:
    return operation.role_regions.get(role, ())


def _sandbox(operation: Operation) -> str:
    if operation.sandbox == "dynamic":
        return "dynamic: it answers by what it was sent"
    if operation.sandbox == "static":
        count = len(operation.sandbox_cases)
        return f"static: {count} sample {'request' if count == 1 else 'requests'}" if count else "static"
    return "not known to be served"


# Rules of prose -------------------------------------------------------------------------------------------


def rules_in_words(operation: Operation) -> Iterator[str]:
    """What decides whether a request is valid and stands in no parameter: each rule a sentence."""
    for group in operation.one_of:
        yield f"{'One of ' if len(group) > 1 else ''}{_or(group)} must be given."
    for first, *others in operation.excludes:
        yield f"{first} cannot be given together with {_or(others)}."
    for first, *others in operation.needs:
        yield f"{first} needs {_and(others)} beside it."
    for dates in operation.ranges:
        yield _range(dates)
    for condition in operation.conditions:
        yield _condition(condition)


def _range(dates: DateRange) -> str:
    told = f"{dates.after} must not lie after {dates.before}"
    if dates.max_days is not None:
        told += f", nor more than {dates.max_days} days before it"
    return told + ("; neither is accepted without the other." if dates.both else ".")


def _condition(condition: Condition) -> str:
    asked = []
    if condition.needs:
        asked.append(f"{_and(condition.needs)} must be given")
    if condition.one_of:
        asked.append(f"one of {_or(condition.one_of)} must be given")
    if condition.excludes:
        asked.append(f"{_or(condition.excludes)} must not be given")
    return f"Where {condition.parameter} is {_or(condition.values)}, {' and '.join(asked)}."


def _or(names: Iterable[str]) -> str:
    return _listed(list(names), "or")


def _and(names: Iterable[str]) -> str:
    return _listed(list(names), "and")


def _listed(names: list[str], word: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


# Parameters -----------------------------------------------------------------------------------------------

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


def _parameter_line(operation: Operation, parameter: Parameter) -> ParameterLine:
    return ParameterLine(parameter.name, parameter.place, describe_parameter(parameter, operation.shapes))


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
        yield f"one of {_or(map(_plain, shape.enum))}" if len(shape.enum) > 1 else f"only {_plain(shape.enum[0])}"
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
        yield f"with {_and(_shortened(needed))}"
    if free:
        yield f"optionally {_and(_shortened(free))}" if needed else f"with any of {_and(_shortened(free))}"


def _shortened(names: list[str]) -> list[str]:
    return names if len(names) <= _MOST_FIELDS else [*names[:_MOST_FIELDS], f"{len(names) - _MOST_FIELDS} more"]


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
