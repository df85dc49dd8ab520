"""Worlds whose fault is in the request: options, alone or together, values, parameters that are not given."""

from __future__ import annotations

import random
from typing import Any

from sptui.simulator.clock import ManualClock
from sptui.simulator.world import Fault
from sptui.spapi.catalogue import Operation
from sptui.spapi.check import check_request
from sptui.spapi.regions import Region
from sptui.triage.causes import Cause

from .challenge import Challenge, least_for_options, sellers_of, world_of
from .operation_pool import CATALOGUE, Ready, draw_ready


def with_options(rng: random.Random, found: Ready, least: int) -> dict[str, Any]:
    names = rng.sample(list(found.options), rng.randint(least, min(8, len(found.options))))
    return {**found.smallest, **{name: found.options[name] for name in names}}


def _an_option_set(rng: random.Random, region: Region, size: int) -> Challenge:
    found = draw_ready(rng, region, options=size)
    values = with_options(rng, found, size)
    names = [name for name in values if name not in found.smallest]
    culprits = rng.sample(names, size)
    status = rng.choice((400, 400, 400, 500))
    fault = Fault(operation=found.key, parameters=tuple(culprits), status=status)
    least = least_for_options(len(names), size, again=status == 500)
    kind = "one option" if size == 1 else "two options together"
    world = world_of(rng, sellers_of(rng, region), fault)
    return Challenge(kind, region, world, found.key, values, (Cause.REQUEST,), least, frozenset(culprits))


def one_option(rng: random.Random, region: Region) -> Challenge:
    return _an_option_set(rng, region, 1)


def two_options(rng: random.Random, region: Region) -> Challenge:
    return _an_option_set(rng, region, 2)


def wrong_value(rng: random.Random, region: Region) -> Challenge:
    """A value that the catalogue does not allow; Amazon refuses it."""
    while True:
        found = draw_ready(rng, region, options=1)
        operation = CATALOGUE.find(found.key)
        values = with_options(rng, found, 1)
        name = rng.choice([each for each in values if each not in found.smallest])
        wrong = _wrong(operation, name, values[name])
        if wrong is not None and any(
            each.parameter.startswith(name)
            for each in check_request(operation, {**values, name: wrong}, now=ManualClock().now(), region=region)
            if not each.is_note
        ):
            break
    values[name] = wrong
    options = len(values) - len(found.smallest)
    world = world_of(rng, sellers_of(rng, region))
    least = least_for_options(options, 1, known=True)
    return Challenge("wrong value", region, world, found.key, values, (Cause.REQUEST,), least, frozenset({name}))


def _wrong(operation: Operation, name: str, value: Any) -> Any:
    parameter = operation.parameter(name)
    shape = parameter.as_shape() if parameter is not None else None
    if shape is None:
        return None
    if shape.enum:
        return "NOT_A_VALUE"
    if isinstance(value, list):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return 10**7
    return "yesterday" if parameter is not None and parameter.format == "date-time" else None


def missing_parameter(rng: random.Random, region: Region) -> Challenge:
    """A needed parameter is not given."""
    while True:
        found = draw_ready(rng, region, harmless=True)
        operation = CATALOGUE.find(found.key)
        needed = [each.name for each in operation.required if each.place == "query"]
        if needed:
            break
    name = rng.choice(needed)
    values = {each: value for each, value in {**found.smallest, **found.options}.items() if each != name}
    world = world_of(rng, sellers_of(rng, region))
    return Challenge("missing parameter", region, world, found.key, values, (Cause.REQUEST,), 2, frozenset({name}))
