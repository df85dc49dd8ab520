"""The whole flow over worlds of the simulator: one fault each, in many operations, regions and sizes of world."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest

from sptui.simulator.clock import ManualClock
from sptui.simulator.story import ScenarioCall
from sptui.simulator.world import Fault, World, WorldApplication, WorldMarketplace, WorldSeller, complete, demo_world
from sptui.spapi.answers import read_answer
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.regions import Region
from sptui.spapi.requests import RequestContext, minimal_values, sample_value
from sptui.triage.case import Case
from sptui.triage.causes import Cause
from sptui.triage.events import Conclusion, TriageResult

from .worlds import HOME, OUTAGES, marketplaces_in_region, triage

CATALOGUE = load_catalogue()
EVERY_ROLE: Final = sorted({role for operation in CATALOGUE for role in operation.roles})
READS: Final = (
    "getOrders",
    "searchOrders",
    "searchCatalogItems",
    "getListingsItem",
    "getInventorySummaries",
    "getReports",
    "getFeeds",
    "getListingOffersBatch",
    "getSubscription",
    "getMarketplaceParticipations",
)
NAMING_A_MARKETPLACE: Final = ("getOrders", "searchOrders", "getInventorySummaries")


class Drawn(msgspec.Struct, frozen=True):
    """A world with one fault, the call that fails in it, and what the verdict must be."""

    world: World
    operation: str
    values: dict[str, Any]
    causes: tuple[Cause, ...]
    culprits: frozenset[str] | None = None
    roles_known: bool = True
    yes: bool = False


def sellers(rng: random.Random, region: Region, first: dict[str, Any], place: dict[str, Any]) -> tuple[str, World]:
    """A home marketplace and a world of one to four sellers there; ``first`` and ``place`` are the first one's."""
    ids = marketplaces_in_region(region)
    home = rng.choice(ids)
    elsewhere = tuple(WorldMarketplace(each) for each in ids if each != home)[:2]
    made = tuple(
        WorldSeller(
            id=f"A{number}SELLER{region}",
            region=region,
            name=f"Seller {number}",
            marketplaces=(WorldMarketplace(home, **(place if number == 0 else {})), *elsewhere),
            **(first if number == 0 else {}),
        )
        for number in range(rng.randint(1, 4))
    )
    return home, World(latency_ms=(0, 0), sellers=made, seed=rng.randint(1, 10**6))


def smallest(operation: str, home: str, seller: str) -> dict[str, Any]:
    """The smallest good call, with its marketplace even where that is an option."""
    found = CATALOGUE.find(operation)
    context = RequestContext(home, seller, ManualClock().now())
    values = minimal_values(found, context)
    return {**values, "marketplaceIds": [home]} if operation == "searchOrders" else values


def harmless_options(operation: str, home: str) -> dict[str, Any]:
    """Options that pass beside each other."""
    found = CATALOGUE.find(operation)
    context = RequestContext(home, "A0", ManualClock().now())
    busy = {name for group in (*found.excludes, *found.one_of, *found.needs) for name in group}
    return {
        each.name: sample_value(found, each.name, context)
        for each in found.optional
        if each.name not in busy and each.sample is not None and each.name not in ("sellerId", found.paging_token)
    }


def with_faults(world: World, *faults: Fault) -> World:
    return msgspec.structs.replace(world, faults=faults)


def with_application(world: World, **more: Any) -> World:
    return msgspec.structs.replace(world, applications=(WorldApplication(**more),))


def an_option(rng: random.Random, region: Region) -> Drawn:
    operation = rng.choice(("getOrders", "searchCatalogItems", "getInventorySummaries", "getListingsItem"))
    home, world = sellers(rng, region, {}, {})
    options = harmless_options(operation, home)
    names = rng.sample(list(options), rng.randint(1, min(6, len(options))))
    culprits = rng.sample(names, min(len(names), rng.choice((1, 1, 2))))
    values = {**smallest(operation, home, world.sellers[0].id), **{name: options[name] for name in names}}
    fault = Fault(operation=operation, parameters=tuple(culprits), status=rng.choice((400, 400, 500)))
    return Drawn(with_faults(world, fault), operation, values, (Cause.REQUEST,), frozenset(culprits))


def a_wrong_value(rng: random.Random, region: Region) -> Drawn:
    operation, name, value = rng.choice(
        (
            ("getOrders", "MaxResultsPerPage", 500),
            ("getOrders", "OrderStatuses", ["Shiped"]),
            ("getOrders", "CreatedBefore", "2099-01-01T00:00:00Z"),
            ("searchOrders", "includedData", ["BUYERS"]),
            ("searchCatalogItems", "pageSize", 50),
            ("getReports", "pageSize", 1000),
            ("getFeeds", "processingStatuses", ["GONE"]),
            ("getListingOffersBatch", "requests", [{"uri": "/wrong", "method": "GET"}]),
        )
    )
    home, world = sellers(rng, region, {}, {})
    values = {**smallest(operation, home, world.sellers[0].id), **harmless_options(operation, home), name: value}
    values = {each: [home] if each.lower() == "marketplaceids" else kept for each, kept in values.items()}
    return Drawn(world, operation, values, (Cause.REQUEST,), frozenset({name}))


def a_missing_role(rng: random.Random, region: Region) -> Drawn:
    operation = rng.choice([name for name in READS if name != "getSubscription"])
    home, world = sellers(rng, region, {}, {})
    roles = tuple(role for role in EVERY_ROLE if role not in CATALOGUE.find(operation).roles)
    known = rng.random() < 0.5
    # One seller, and nobody says which roles there are: then nothing tells the two apart.
    causes = (Cause.ROLE,) if known or len(world.sellers) > 1 else (Cause.ROLE, Cause.AUTHORIZATION)
    values = smallest(operation, home, world.sellers[0].id)
    return Drawn(with_application(world, roles=roles), operation, values, causes, roles_known=known)


def authorized_before_the_role(rng: random.Random, region: Region) -> Drawn:
    operation = rng.choice(READS)
    lacking = tuple(role for role in EVERY_ROLE if role not in CATALOGUE.find(operation).roles)
    home, world = sellers(rng, region, {"roles_when_authorized": lacking}, {})
    known = rng.random() < 0.5
    causes = (Cause.AUTHORIZATION,) if known or len(world.sellers) > 1 else (Cause.ROLE, Cause.AUTHORIZATION)
    values = smallest(operation, home, world.sellers[0].id)
    return Drawn(with_application(world, roles=tuple(EVERY_ROLE)), operation, values, causes, roles_known=known)


def a_gone_authorization(rng: random.Random, region: Region) -> Drawn:
    operation = rng.choice(READS)
    home, world = sellers(rng, region, {"authorization": rng.choice(("revoked", "expired"))}, {})
    return Drawn(world, operation, smallest(operation, home, world.sellers[0].id), (Cause.AUTHORIZATION,))


def an_absent_seller(rng: random.Random, region: Region) -> Drawn:
    operation = rng.choice(("getOrders", "searchOrders", "getListingsItem"))
    home, world = sellers(rng, region, {}, {"participating": False})
    if rng.random() < 0.4:  # nobody else sells there either
        absent = WorldMarketplace(home, participating=False)
        others = tuple(
            msgspec.structs.replace(each, marketplaces=(absent, *each.marketplaces[1:])) for each in world.sellers
        )
        world = msgspec.structs.replace(world, sellers=others)
    values = smallest(operation, home, world.sellers[0].id)
    name = "MarketplaceIds" if operation == "getOrders" else "marketplaceIds"
    return Drawn(world, operation, values, (Cause.MARKETPLACE,), frozenset({name}), roles_known=rng.random() < 0.5)


def a_closed_account(rng: random.Random, region: Region) -> Drawn:
    home, world = sellers(rng, region, {}, {"status": rng.choice(("DEACTIVATED", "SUSPENDED"))})
    if rng.random() < 0.5:
        values = smallest("createFeed", home, world.sellers[0].id)
        return Drawn(world, "createFeed", values, (Cause.ACCOUNT,), yes=rng.random() < 0.5)
    operation = rng.choice(NAMING_A_MARKETPLACE)
    refused = Fault(seller=world.sellers[0].id, marketplace=home, status=403)
    values = smallest(operation, home, world.sellers[0].id)
    return Drawn(with_faults(world, refused), operation, values, (Cause.ACCOUNT,), roles_known=rng.random() < 0.5)


def an_outage(rng: random.Random, region: Region) -> Drawn:
    operation = rng.choice(READS)
    home, world = sellers(rng, region, {}, {})
    fault = rng.choice(OUTAGES)
    only = operation if rng.random() < 0.5 else ""
    fault = msgspec.structs.replace(fault, operation=only, region=region)
    return Drawn(with_faults(world, fault), operation, smallest(operation, home, world.sellers[0].id), (Cause.SERVICE,))


def an_expired_secret(rng: random.Random, region: Region) -> Drawn:
    operation = rng.choice(READS)
    home, world = sellers(rng, region, {}, {})
    values = smallest(operation, home, world.sellers[0].id)
    return Drawn(with_application(world, secret_expired=True), operation, values, (Cause.LWA,))


def a_broken_token_endpoint(rng: random.Random, region: Region) -> Drawn:
    operation = rng.choice(READS)
    home, world = sellers(rng, region, {}, {})
    fault, cause = rng.choice(
        (
            (Fault(operation="lwa", status=500), Cause.SERVICE),
            (Fault(operation="lwa", drop=True), Cause.SERVICE),
            (Fault(operation="lwa", status=401, code="invalid_client"), Cause.LWA),
        )
    )
    return Drawn(with_faults(world, fault), operation, smallest(operation, home, world.sellers[0].id), (cause,))


def a_full_quota(rng: random.Random, region: Region) -> Drawn:
    operation = rng.choice(READS)
    home, world = sellers(rng, region, {}, {})
    fault = Fault(operation=operation, status=429)
    values = smallest(operation, home, world.sellers[0].id)
    return Drawn(with_faults(world, fault), operation, values, (Cause.THROTTLED,))


def a_marketplace_of_another_region(rng: random.Random, region: Region) -> Drawn:
    operation = rng.choice((*NAMING_A_MARKETPLACE, "searchCatalogItems"))
    _, world = sellers(rng, region, {}, {})
    foreign = HOME[rng.choice([each for each in Region if each is not region])]
    return Drawn(world, operation, smallest(operation, foreign, world.sellers[0].id), (Cause.HOST,))


def a_pseudo_marketplace(rng: random.Random, region: Region) -> Drawn:
    _, world = sellers(rng, region, {}, {})
    values = smallest("searchOrders", "A2ZV50J4W1RKNI", world.sellers[0].id)
    return Drawn(world, "searchOrders", values, (Cause.MARKETPLACE,))


FAULTS: Final[tuple[Callable[[random.Random, Region], Drawn], ...]] = (
    an_option,
    a_wrong_value,
    a_missing_role,
    authorized_before_the_role,
    a_gone_authorization,
    an_absent_seller,
    a_closed_account,
    an_outage,
    an_expired_secret,
    a_broken_token_endpoint,
    a_full_quota,
    a_marketplace_of_another_region,
    a_pseudo_marketplace,
)


async def run(drawn: Drawn) -> TriageResult:
    return await triage(drawn.world, drawn.operation, drawn.values, roles_known=drawn.roles_known, yes=drawn.yes)


@pytest.mark.parametrize("region", Region)
@pytest.mark.parametrize("draw", FAULTS, ids=lambda each: each.__name__)
async def test_the_cause_comes_first(draw: Callable[[random.Random, Region], Drawn], region: Region) -> None:
    for seed in range(8):
        drawn = draw(random.Random(f"{draw.__name__}-{region}-{seed}"), region)
        result = await run(drawn)
        assert result.verdict.first.cause in drawn.causes, (seed, drawn, result)
        assert drawn.culprits is None or set(result.culprits) == drawn.culprits, (seed, drawn, result)
        assert result.conclusion is Conclusion.PROBLEM
        assert result.calls <= 16


@pytest.mark.parametrize("region", Region)
@pytest.mark.parametrize("operation", READS)
async def test_a_healthy_world_has_no_fault(operation: str, region: Region) -> None:
    home, world = sellers(random.Random(f"{operation}-{region}"), region, {}, {})
    values = {**smallest(operation, home, world.sellers[0].id), **harmless_options(operation, home)}
    if operation == "searchOrders":
        values["marketplaceIds"] = [home]
    result = await triage(world, operation, values)
    assert result.verdict.first.cause is Cause.SUCCESS, result
    assert result.conclusion is Conclusion.FINE


@pytest.mark.parametrize("yes", [True, False], ids=["yes", "no"])
@pytest.mark.parametrize("call", demo_world().calls, ids=lambda each: each.title)
async def test_the_failing_calls_of_the_demo_world(call: ScenarioCall, *, yes: bool) -> None:
    world = complete(demo_world())
    place = world.sellers.index(world.caller(call))
    result = await triage(world, call.operation, call.values, seller=place, yes=yes)
    assert result.verdict.first.cause == call.cause
    assert result.culprits == call.culprits
    assert result.calls <= 8


async def test_a_given_answer_spares_the_call_with_side_effects() -> None:
    home, world = sellers(random.Random(2), Region.EU, {}, {"status": "DEACTIVATED"})
    values = smallest("createFeed", home, world.sellers[0].id)
    answer = read_answer(
        400, {}, b'{"errors":[{"code":"InvalidInput","message":"Invalid request parameters","details":""}]}'
    )
    case = Case(operation=CATALOGUE.find("createFeed"), values=values, answer=answer, method="POST")
    result = await triage(world, "createFeed", values, given=case)
    assert result.verdict.first.cause is Cause.ACCOUNT
    assert result.verdict.first.likelihood > 0.9
    assert result.trials == ()


async def test_a_body_with_ids_as_a_string_is_the_requests_fault() -> None:
    home, world = sellers(random.Random(2), Region.EU, {}, {})
    values = {**smallest("createFeed", home, world.sellers[0].id), "marketplaceIds": home}
    result = await triage(world, "createFeed", values, yes=True)
    assert result.verdict.first.cause is Cause.REQUEST
