"""Operations whose smallest call passes in a healthy world, and the options that pass beside it: what campaigns draw
from. Found by asking the simulator, once in a process.
"""

from __future__ import annotations

import asyncio
import functools
import random
from typing import Any, Final

import msgspec

from sptui.simulator.clock import ManualClock
from sptui.simulator.transport import SimulatorTransport
from sptui.simulator.world import World, WorldApplication, WorldMarketplace, WorldSeller, complete
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.client import Client
from sptui.spapi.regions import Region
from sptui.spapi.requests import RequestContext, build_request, minimal_values, options_of

from .worlds import HOME, WorldCredentials, marketplaces_in_region

CATALOGUE: Final = load_catalogue()
EVERY_ROLE: Final = tuple(sorted({role for operation in CATALOGUE for role in operation.roles}))
SELLER_ID: Final = "A0CAMPAIGN0001"


class Ready(msgspec.Struct, frozen=True):
    """An operation with values that pass: ``smallest``, and the ``options`` that may be added to it in any number."""

    key: str
    smallest: dict[str, Any]
    options: dict[str, Any]
    takes_marketplace: bool


def healthy(region: Region, **more: Any) -> World:
    """A world in which nothing is wrong: one seller, in every marketplace of the region."""
    stores = tuple(WorldMarketplace(each) for each in marketplaces_in_region(region))
    seller = WorldSeller(SELLER_ID, region, "First", marketplaces=stores)
    return World(latency_ms=(0, 0), applications=(WorldApplication(),), sellers=(seller,), **more)


async def answers(region: Region, operation: Operation, tries: list[dict[str, Any]]) -> list[Call]:
    """What a healthy world answers to each set of values."""
    world, clock = complete(healthy(region)), ManualClock()
    who = Authorization("First", SELLER_ID, region, world.sellers[0].application)
    client = Client(WorldCredentials(world), transport=lambda: SimulatorTransport(world, clock=clock), clock=clock)
    try:
        return [await client.send(build_request(operation, each), who, retry=False) for each in tries]
    finally:
        await client.aclose()


@functools.cache
def ready(key: str, region: Region) -> Ready | None:
    """The operation with values that pass in a region; None where its smallest call needs what no sample can give."""
    return asyncio.run(_ready(CATALOGUE.find(key), region))


async def _ready(operation: Operation, region: Region) -> Ready | None:
    context = RequestContext(HOME[region], SELLER_ID, ManualClock().now())
    smallest = minimal_values(operation, context)
    (first,) = await answers(region, operation, [smallest])
    if not first.ok:
        return None
    busy = {name for group in (*operation.excludes, *operation.needs) for name in group}
    busy |= {name for one in operation.ranges for name in (one.after, one.before)}
    busy |= {name for group in operation.one_of for name in group}
    busy |= {each.parameter for each in operation.conditions} | {operation.paging_token}
    sampled = {each.name for each in operation.optional if each.sample is not None}
    kept: dict[str, Any] = {}
    for name, value in options_of(operation, context):
        parameter = operation.parameter(name)
        if parameter is None or parameter.place == "header":
            continue  # no fault of the simulator looks at headers
        if name in busy or name not in sampled or name == "sellerId" or "arketplace" in name:
            continue
        alone, together = await answers(
            region, operation, [{**smallest, name: value}, {**smallest, **kept, name: value}]
        )
        if alone.ok and together.ok:
            kept[name] = value
    takes = any("arketplaceId" in each.name for each in operation.required)
    return Ready(operation.key, smallest, kept, takes)


@functools.cache
def candidates() -> tuple[str, ...]:
    """The operations that a seller's program may call, whatever they need."""
    return tuple(
        each.key
        for each in CATALOGUE
        if each.token == "seller" and not each.removed_on and not each.sandbox_only and each.rdt != "always"
    )


def draw_ready(rng: random.Random, region: Region, *, options: int = 0, harmless: bool = False) -> Ready:
    """Some operation that passes there, with at least so many options."""
    while True:
        key = rng.choice(candidates())
        if harmless and CATALOGUE.find(key).side_effects != "none":
            continue
        found = ready(key, region)
        if found is not None and len(found.options) >= options:
            return found
