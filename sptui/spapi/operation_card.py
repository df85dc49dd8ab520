"""What the catalogue knows of one operation, in words: the same for the screen and for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from sptui.spapi.catalogue import Condition, DateRange, Operation, Parameter
from sptui.spapi.enumeration import both, either
from sptui.spapi.parameter_words import describe_parameter
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
        yield Fact("buyer data" if place == 0 else "", f"{element}: {either(roles)}")
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
        yield f"{'One of ' if len(group) > 1 else ''}{either(group)} must be given."
    for first, *others in operation.excludes:
        yield f"{first} cannot be given together with {either(others)}."
    for first, *others in operation.needs:
        yield f"{first} needs {both(others)} beside it."
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
        asked.append(f"{both(condition.needs)} must be given")
    if condition.one_of:
        asked.append(f"one of {either(condition.one_of)} must be given")
    if condition.excludes:
        asked.append(f"{either(condition.excludes)} must not be given")
    return f"Where {condition.parameter} is {either(condition.values)}, {' and '.join(asked)}."


def _parameter_line(operation: Operation, parameter: Parameter) -> ParameterLine:
    return ParameterLine(parameter.name, parameter.place, describe_parameter(parameter, operation.shapes))
