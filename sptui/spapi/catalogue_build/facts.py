"""What the models do not tell: roles, token kinds, side effects, deprecations, older usage plans, rules of prose.

``facts.json`` holds what the documentation says, ``rules.json`` what the models say in prose that no program reads
reliably, ``samples.json`` values that a person would type first. All are keyed by ``api-version.name`` and kept by
hand; an operation that is missing in them gets what its model alone tells.
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any, Literal

import msgspec

from sptui.spapi.catalogue import Condition, DateRange, SideEffects
from sptui.spapi.regions import Region


class OlderPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A usage plan that an older model told and today's does not; ``as_of`` is that model's date."""

    rate: float
    burst: int
    as_of: str


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the documentation says of one operation; the fields are those of ``Operation``."""

    confidence: str = ""
    roles: tuple[str, ...] = ()
    role_regions: dict[str, tuple[Region, ...]] = {}
    stores: tuple[str, ...] = ()
    scope: str = ""
    side_effects: SideEffects | None = None
    deprecated: bool = False
    removed_on: str = ""
    replaced_by: str = ""
    older_plan: OlderPlan | None = None
    rdt: Literal["", "pii", "always"] = ""
    data_elements: tuple[str, ...] = ()


class FactTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``apis`` names an API where its file's name does not; ``element_roles``: what opens each data element."""

    apis: dict[str, str]
    element_roles: dict[str, tuple[str, ...]]
    operations: dict[str, Facts]


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rules of prose for one operation, beside those that are read from its sentences.

    Names of body fields at any depth are dotted, with ``[]`` for the members of a list; ``one_of`` and the like
    take first-level names. ``not_required``: required in the model, but not needed; ``minutes_past``, ``maximum``,
    ``minimum``, ``format``, ``enum``: by parameter.
    """

    one_of: tuple[tuple[str, ...], ...] = ()
    excludes: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    ranges: tuple[DateRange, ...] = ()
    conditions: tuple[Condition, ...] = ()
    required: tuple[str, ...] = ()
    minutes_past: dict[str, int] = {}
    minimum: dict[str, float] = {}
    maximum: dict[str, float] = {}
    format: dict[str, str] = {}
    max_items: dict[str, int] = {}
    enum: dict[str, tuple[str, ...]] = {}


def _read(name: str) -> bytes:
    return resources.files("sptui.spapi.catalogue_build").joinpath(name).read_bytes()


@functools.cache
def fact_table() -> FactTable:
    """The facts of the documentation."""
    return msgspec.json.decode(_read("facts.json"), type=FactTable)


@functools.cache
def rule_table() -> dict[str, Rules]:
    """The rules that are held by hand, by operation key."""
    return msgspec.json.decode(_read("rules.json"), type=dict[str, Rules])


@functools.cache
def sample_table() -> dict[str, dict[str, Any]]:
    """Values that a person would type first, by operation key and parameter."""
    return msgspec.json.decode(_read("samples.json"), type=dict[str, dict[str, Any]])
