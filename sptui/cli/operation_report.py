"""Operations for people and for programs: the table, the card, and one JSON object each."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sptui.calling import smallest_values
from sptui.cli.output import table
from sptui.spapi.catalogue import Operation
from sptui.spapi.operation_card import ParameterLine, card_of, rules_in_words
from sptui.spapi.preview import preview_of
from sptui.spapi.regions import Region
from sptui.spapi.requests import RequestContext, build_request

_LABELS: Final = 13
_NAMES: Final = 30


def as_json(operation: Operation, context: RequestContext, region: Region) -> dict[str, Any]:
    """One line of ``operations --json``; ``required`` and ``optional`` are names. Empty is what is not known."""
    request = build_request(operation, smallest_values(operation, context))
    return {
        "operation": operation.name,
        "api": operation.api,
        "version": operation.version,
        "method": operation.method,
        "path": operation.path,
        "roles": operation.roles,
        "token": operation.token_kind,
        "rate": operation.rate,
        "burst": operation.burst,
        "side_effects": operation.side_effects,
        "deprecated": operation.deprecated,
        "required": [each.name for each in operation.required],
        "optional": [each.name for each in operation.optional],
        "minimal_request": preview_of(request, f"https://{region.host}").as_json(),
        "key": operation.key,
        "scope": operation.scope,
        "rdt": operation.rdt,
        "data_elements": operation.data_elements,
        "role_regions": operation.role_regions,
        "role_confidence": operation.role_confidence,
        "pii_roles": operation.pii_roles,
        "plan_as_of": operation.plan_as_of,
        "removed_on": operation.removed_on,
        "replaced_by": operation.replaced_by,
        "sandbox": operation.sandbox,
        "sandbox_only": operation.sandbox_only,
        "statuses": operation.statuses,
        "rules": list(rules_in_words(operation)),
    }


def listing(operations: Sequence[Operation], width: int) -> str:
    """The table: what is called alike is told apart by API and version. Paths are cut where they do not fit."""
    rows: list[tuple[str, ...]] = [
        (each.name, f"{each.api} {each.version}", each.method, _notes(each), each.path) for each in operations
    ]
    lines = table(rows, ("OPERATION", "API", "METHOD", "NOTES", "PATH")).splitlines()
    return "\n".join(line if len(line) <= width else line[: width - 1] + "…" for line in lines)


def _notes(operation: Operation) -> str:
    notes = {"none": [], "mild": ["writes a little"], "real": ["writes"]}[operation.side_effects]
    if operation.token_kind != "seller":
        notes = [*notes, operation.token_kind]
    return ", ".join([*notes, "deprecated"] if operation.deprecated else notes)


def card(operation: Operation, context: RequestContext, region: Region, width: int) -> str:
    """Everything that the catalogue knows of one operation, ending with its minimal request."""
    told = card_of(operation)
    lines = [told.title, told.call, ""]
    for fact in told.facts:
        lines += _hanging(fact.label, fact.text, _LABELS, width)
    for place, rule in enumerate(told.rules):
        lines += _hanging("rules" if place == 0 else "", rule, _LABELS, width)
    lines += _parameters("Required", told.required, width)
    lines += _parameters("Optional", told.optional, width)
    request = build_request(operation, smallest_values(operation, context))
    preview = preview_of(request, f"https://{region.host}")
    return "\n".join([*lines, "", "Minimal request", *textwrap.indent(preview.as_text(), "  ").splitlines()])


def _parameters(title: str, parameters: tuple[ParameterLine, ...], width: int) -> Iterator[str]:
    if not parameters:
        return
    yield from ("", title)
    for each in parameters:
        place = "" if each.place == "query" else f" ({each.place})"
        yield from _hanging(f"  {each.name}{place}", each.text, _NAMES, width)


def _hanging(label: str, text: str, column: int, width: int) -> list[str]:
    """``text`` beside ``label``, its further lines under its first; a label too long stands alone."""
    wrapped = textwrap.wrap(text, max(30, width - column), break_long_words=False, break_on_hyphens=False) or [""]
    first, *others = wrapped
    if len(label) >= column:
        return [label, *(" " * column + line for line in wrapped)]
    return [f"{label:<{column}}{first}".rstrip(), *(" " * column + line for line in others)]
