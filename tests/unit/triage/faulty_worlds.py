"""Worlds whose fault is not in the request: who calls, for whom, where, and Amazon's side."""

from __future__ import annotations

import random
from typing import Any, Final

import msgspec

from sptui.simulator.world import Fault, WorldMarketplace, WorldSeller
from sptui.spapi.regions import Region
from sptui.triage.causes import Cause

from .challenge import Challenge, sellers_of, world_of
from .operation_pool import CATALOGUE, EVERY_ROLE, SELLER_ID, Ready, draw_ready, ready
from .worlds import HOME, OUTAGES, marketplaces_in_region


def _role_world(rng: random.Random, region: Region) -> tuple[Ready, bool, tuple[str, ...]]:
    while True:
        found = draw_ready(rng, region, harmless=True)
        opening = CATALOGUE.find(found.key).roles_in(region)
        if opening:
            return found, rng.random() < 0.5, tuple(each for each in EVERY_ROLE if each not in opening)


def missing_role(rng: random.Random, region: Region) -> Challenge:
    found, known, lacking = _role_world(rng, region)
    sellers = sellers_of(rng, region)
    alone = not known and len(sellers) == 1  # nothing tells the two apart then
    causes = (Cause.ROLE, Cause.AUTHORIZATION) if alone else (Cause.ROLE,)
    world = world_of(rng, sellers, roles=lacking)
    least = 1 if known else 3
    return Challenge("missing role", region, world, found.key, found.smallest, causes, least, roles_known=known)


def role_came_later(rng: random.Random, region: Region) -> Challenge:
    found, known, lacking = _role_world(rng, region)
    sellers = sellers_of(rng, region, first={"roles_when_authorized": lacking})
    causes = (Cause.AUTHORIZATION,) if known or len(sellers) > 1 else (Cause.ROLE, Cause.AUTHORIZATION)
    world = world_of(rng, sellers, roles=EVERY_ROLE)
    return Challenge("role came later", region, world, found.key, found.smallest, causes, 4, roles_known=known)


def gone_authorization(rng: random.Random, region: Region) -> Challenge:
    found = draw_ready(rng, region)
    sellers = sellers_of(rng, region, first={"authorization": rng.choice(("revoked", "expired"))})
    causes = (Cause.AUTHORIZATION,)
    return Challenge("authorization gone", region, world_of(rng, sellers), found.key, found.smallest, causes, 1)


def _naming_a_marketplace(rng: random.Random, region: Region) -> Ready:
    while True:
        found = draw_ready(rng, region, harmless=True)
        if found.takes_marketplace and CATALOGUE.find(found.key).api not in _FILTERING:
            return found


_FILTERING: Final = ("catalogItems", "feeds", "reports", "productTypeDefinitions")
"""APIs that answer for marketplaces where the seller is not."""


def absent_seller(rng: random.Random, region: Region) -> Challenge:
    found = _naming_a_marketplace(rng, region)
    world = world_of(
        rng,
        sellers_of(rng, region),
        Fault(operation=found.key, seller=SELLER_ID, marketplace=HOME[region], status=403),
    )
    first = msgspec.structs.replace(
        world.sellers[0],
        marketplaces=tuple(
            WorldMarketplace(each.id, participating=each.id != HOME[region]) for each in world.sellers[0].marketplaces
        ),
    )
    world = msgspec.structs.replace(world, sellers=(first, *world.sellers[1:]))
    known = rng.random() < 0.5
    causes = (Cause.MARKETPLACE,)
    return Challenge("not in the marketplace", region, world, found.key, found.smallest, causes, 3, roles_known=known)


def closed_account(rng: random.Random, region: Region) -> Challenge:
    found = _naming_a_marketplace(rng, region)
    sellers = sellers_of(rng, region, store={"status": rng.choice(("DEACTIVATED", "SUSPENDED"))})
    world = world_of(rng, sellers, Fault(operation=found.key, seller=SELLER_ID, marketplace=HOME[region], status=403))
    known = rng.random() < 0.5
    causes = (Cause.ACCOUNT,)
    return Challenge("account closed", region, world, found.key, found.smallest, causes, 6, roles_known=known)


def feed_of_a_closed_account(rng: random.Random, region: Region) -> Challenge:
    sellers = sellers_of(rng, region, store={"status": rng.choice(("DEACTIVATED", "SUSPENDED"))})
    key, home = "feeds-2021-06-30.createFeed", HOME[region]
    values = {
        "feedType": "JSON_LISTINGS_FEED",
        "marketplaceIds": [home],
        "inputFeedDocumentId": f"amzn1.tortuga.4.{region.lower()}.00000000-0000-4000-8000-000000000000",
    }
    errors = {"errors": [{"code": "InvalidInput", "message": "Invalid request parameters", "details": ""}]}
    causes = (Cause.ACCOUNT,)
    return Challenge("feed refused", region, world_of(rng, sellers), key, values, causes, 3, given=(400, errors))


def outage(rng: random.Random, region: Region) -> Challenge:
    found = draw_ready(rng, region, harmless=True)
    fault = rng.choice(OUTAGES)
    fault = msgspec.structs.replace(fault, operation=found.key if rng.random() < 0.5 else "", region=region)
    world = world_of(rng, sellers_of(rng, region), fault)
    values = {**found.smallest, **(found.options if rng.random() < 0.5 else {})}
    least = 1 if fault.status in (503, 504) else 2  # of a gateway's fault one look is enough
    return Challenge("outage", region, world, found.key, values, (Cause.SERVICE,), least)


def brown_out(rng: random.Random, region: Region) -> Challenge:
    """Some calls fail, at random. One that happens to pass at first is a success, as far as anybody can see."""
    found = draw_ready(rng, region, harmless=True)
    fault = Fault(region=region, probability=rng.uniform(0.3, 0.7), status=rng.choice((500, 503, 503, 504)))
    values = {**found.smallest, **(found.options if rng.random() < 0.5 else {})}
    world, causes = world_of(rng, sellers_of(rng, region), fault), (Cause.SERVICE,)
    errors = {"errors": [{"code": "ServiceUnavailable", "message": "Service is temporarily unavailable."}]}
    return Challenge("brown-out", region, world, found.key, values, causes, 2, given=(fault.status or 503, errors))


def regional_refusal(rng: random.Random, region: Region) -> Challenge:
    """Amazon refuses everybody in one region, with the 403 of a missing role."""
    while True:
        found = draw_ready(rng, region, harmless=True)
        operation = CATALOGUE.find(found.key)
        elsewhere = rng.choice([each for each in Region if each is not region])
        if (
            operation.roles_in(elsewhere) == operation.roles_in(region)
            and ready(found.key, elsewhere)
            and not any(each.place == "path" and each.name != "sellerId" for each in operation.parameters)
        ):
            break
    stores = tuple(WorldMarketplace(each) for each in marketplaces_in_region(elsewhere))
    sellers = sellers_of(rng, region, least=2)
    away = WorldSeller(SELLER_ID, elsewhere, "First", marketplaces=stores)
    world = world_of(rng, (*sellers, away), Fault(operation=found.key, region=region, status=403))
    causes = (Cause.SERVICE,)
    return Challenge("region refuses all", region, world, found.key, found.smallest, causes, 3)


def expired_secret(rng: random.Random, region: Region) -> Challenge:
    found = draw_ready(rng, region, harmless=True)
    world = world_of(rng, sellers_of(rng, region), secret_expired=True)
    return Challenge("secret expired", region, world, found.key, found.smallest, (Cause.LWA,), 1)


def broken_token_endpoint(rng: random.Random, region: Region) -> Challenge:
    found = draw_ready(rng, region)
    fault, cause = rng.choice(
        (
            (Fault(operation="lwa", status=500), Cause.SERVICE),
            (Fault(operation="lwa", drop=True), Cause.SERVICE),
            (Fault(operation="lwa", status=401, code="invalid_client"), Cause.LWA),
        )
    )
    world = world_of(rng, sellers_of(rng, region), fault)
    return Challenge("token endpoint", region, world, found.key, found.smallest, (cause,), 1)


def full_quota(rng: random.Random, region: Region) -> Challenge:
    found = draw_ready(rng, region, harmless=True)
    world = world_of(rng, sellers_of(rng, region), Fault(operation=found.key, status=429))
    return Challenge("throttled", region, world, found.key, found.smallest, (Cause.THROTTLED,), 1)


def another_region(rng: random.Random, region: Region) -> Challenge:
    found = _naming_a_marketplace(rng, region)
    foreign = HOME[rng.choice([each for each in Region if each is not region])]
    values = {name: _swapped(value, HOME[region], foreign) for name, value in found.smallest.items()}
    return Challenge(
        "marketplace elsewhere", region, world_of(rng, sellers_of(rng, region)), found.key, values, (Cause.HOST,), 1
    )


def _swapped(value: Any, old: str, new: str) -> Any:
    if isinstance(value, list):
        return [_swapped(each, old, new) for each in value]
    if isinstance(value, dict):
        return {key: _swapped(each, old, new) for key, each in value.items()}
    return new if value == old else value


def pseudo_marketplace(rng: random.Random, region: Region) -> Challenge:
    values = {"marketplaceIds": ["A2ZV50J4W1RKNI"], "createdAfter": "2026-01-01T00:00:00Z"}
    world = world_of(rng, sellers_of(rng, region))
    return Challenge("pseudo-marketplace", region, world, "searchOrders", values, (Cause.MARKETPLACE,), 1)


def bad_token(rng: random.Random, region: Region) -> Challenge:
    """Somebody's program sent a bad token; its answer is given."""
    found = draw_ready(rng, region)
    details = rng.choice(
        ("The access token you provided has expired.", "Access token is missing in the request header.")
    )
    message = "Access to requested resource is denied."
    errors = {"errors": [{"code": "Unauthorized", "message": message, "details": details}]}
    world = world_of(rng, sellers_of(rng, region))
    return Challenge("bad token", region, world, found.key, found.smallest, (Cause.TOKEN,), 0, given=(403, errors))


def unknown_id(rng: random.Random, region: Region) -> Challenge:
    key, name = rng.choice(
        (
            ("reports-2021-06-30.getReport", "reportId"),
            ("feeds-2021-06-30.getFeed", "feedId"),
            ("orders-2026-01-01.getOrder", "orderId"),
            ("reports-2021-06-30.getReportSchedule", "reportScheduleId"),
        )
    )
    value = f"{rng.randint(100, 999)}-{rng.randint(10**6, 10**7 - 1)}-{rng.randint(10**6, 10**7 - 1)}"
    values = {name: value if name == "orderId" else str(rng.randint(10**9, 10**10))}
    world = world_of(rng, sellers_of(rng, region))
    return Challenge("unknown id", region, world, key, values, (Cause.NOT_FOUND,), 1)


def not_offered(rng: random.Random, region: Region) -> Challenge:
    """A report that Amazon makes for European marketplaces only."""
    away = rng.choice([each for each in Region if each is not Region.EU])
    home = HOME[away]
    values = {"reportType": "SC_VAT_TAX_REPORT", "marketplaceIds": [home]}
    world = world_of(rng, sellers_of(rng, away))
    return Challenge("report not offered", away, world, "createReport", values, (Cause.UNAVAILABLE,), 1)


def empty_list(rng: random.Random, region: Region) -> Challenge:
    """Nothing failed: the filter lets nothing through."""
    home = HOME[region]
    values = {"MarketplaceIds": [home], "CreatedAfter": "2001-01-01T00:00:00Z", "CreatedBefore": "2001-02-01T00:00:00Z"}
    world = world_of(rng, sellers_of(rng, region))
    return Challenge("empty list", region, world, "getOrders", values, (Cause.SUCCESS,), 1)


def gone_failure(rng: random.Random, region: Region) -> Challenge:
    """It failed for somebody; now it passes."""
    found = draw_ready(rng, region, harmless=True)
    errors = {"errors": [{"code": "InvalidInput", "message": "Invalid Input", "details": ""}]}
    values = {**found.smallest, **found.options}
    world = world_of(rng, sellers_of(rng, region))
    return Challenge("not reproducible", region, world, found.key, values, (Cause.SUCCESS,), 1, given=(400, errors))
