"""Each suggested call of the demo fails for its cause, and works where the cause is taken away."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from sptui.simulator.clock import ManualClock
from sptui.simulator.engine import Simulator
from sptui.simulator.story import ScenarioCall
from sptui.simulator.transport import SimulatorTransport
from sptui.simulator.world import World, WorldSeller, demo_world
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.regions import LWA_URL, Region
from sptui.spapi.requests import build_request

from .amazon import error_of

DEMO_CALLS = demo_world().calls
BY_CAUSE = {call.cause: call for call in DEMO_CALLS}
DENIED = {"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": ""}


class Demo:
    """The demo world, asked for the seller of a demo call."""

    def __init__(self, world: World | None = None) -> None:
        self.simulator = Simulator(world or demo_world(), clock=ManualClock())
        self.http = httpx.AsyncClient(transport=SimulatorTransport(self.simulator))

    def seller(self, name: str, region: Region) -> WorldSeller:
        [found] = [each for each in self.simulator.world.sellers if (each.name, each.region) == (name, region)]
        return found

    async def token(self, name: str, region: Region) -> httpx.Response:
        seller = self.seller(name, region)
        application = self.simulator.world.application(seller.application)
        assert application is not None
        form = {
            "grant_type": "refresh_token",
            "refresh_token": seller.refresh_token,
            "client_id": application.client_id,
            "client_secret": application.client_secret,
        }
        return await self.http.post(LWA_URL, data=form)

    async def send(self, call: ScenarioCall, **changes: Any) -> httpx.Response:
        caller = self.simulator.world.caller(call)
        name, region = changes.pop("seller", caller.name), changes.pop("region", caller.region)
        operation = load_catalogue().find(call.operation)
        values = {**call.values, **changes}
        request = build_request(operation, {key: value for key, value in values.items() if value is not None})
        token = await self.token(name, region)
        if token.status_code != 200:
            return token
        return await self.http.request(
            request.method,
            f"https://{region.host}{request.target}",
            headers={"x-amz-access-token": token.json()["access_token"]},
            json=request.body,
        )


def test_the_six_causes() -> None:
    assert [call.cause for call in DEMO_CALLS] == [
        "request",
        "role",
        "authorization",
        "marketplace",
        "account",
        "service",
    ]
    assert all(call.title and call.story for call in DEMO_CALLS)


@pytest.mark.parametrize("call", DEMO_CALLS, ids=lambda call: call.cause)
async def test_every_call_fails(call: ScenarioCall) -> None:
    assert (await Demo().send(call)).status_code >= 400


async def test_a_bad_option() -> None:
    demo, call = Demo(), BY_CAUSE["request"]
    answer = await demo.send(call)
    told = "The input you have submitted is not valid. Please check your input and try again."
    assert (answer.status_code, error_of(answer)["message"]) == (400, told)
    for name in call.values:
        if name in ("MarketplaceIds", "CreatedAfter"):
            continue
        assert (await demo.send(call, **{name: None})).is_success == (name in call.culprits), name


async def test_a_missing_role() -> None:
    demo, call = Demo(), BY_CAUSE["role"]
    application = demo.simulator.world.caller(call).application
    others = [each for each in demo.simulator.world.sellers if each.application == application]
    assert len(others) > 1
    for each in others:
        answer = await demo.send(call, seller=each.name)
        assert (answer.status_code, error_of(answer)) == (403, DENIED)
    assert (await demo.send(call, seller="Northwind Outdoor")).status_code == 200
    orders = BY_CAUSE["authorization"]
    assert (await demo.send(orders, seller=call.seller)).status_code == 200


async def test_a_revoked_authorization() -> None:
    demo, call = Demo(), BY_CAUSE["authorization"]
    answer = await demo.send(call)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert (await demo.send(call, seller="Harbor & Pine Home")).status_code == 200


async def test_a_marketplace_without_participation() -> None:
    demo, call = Demo(), BY_CAUSE["marketplace"]
    answer = await demo.send(call)
    assert (answer.status_code, error_of(answer)) == (403, DENIED)
    assert (await demo.send(call, MarketplaceIds=["A1F83G8C2ARO7P"])).status_code == 200
    assert (await demo.send(call, seller="Alpenglow Kitchen")).status_code == 200


async def test_an_account_deactivated_in_one_marketplace() -> None:
    demo, call = Demo(), BY_CAUSE["account"]
    answer = await demo.send(call)
    assert answer.status_code == 400
    assert error_of(answer) == {"code": "InvalidInput", "message": "Invalid request parameters", "details": ""}
    assert (await demo.send(call, marketplaceIds=["A1PA6795UKMFR9"])).status_code == 202
    assert (await demo.send(call, seller="Northwind Outdoor")).status_code == 202


async def test_an_outage() -> None:
    demo, call = Demo(), BY_CAUSE["service"]
    for seller, marketplace in (("Sakura Stationery", "A1VC38T7YXB528"), ("Kookaburra Cycles", "A39IBJ37TRP1C6")):
        answer = await demo.send(call, seller=seller, marketplaceIds=[marketplace])
        assert (answer.status_code, error_of(answer)["code"]) == (500, "InternalFailure")
    answer = await demo.send(call, seller="Northwind Outdoor", region=Region.EU, marketplaceIds=["A1PA6795UKMFR9"])
    assert answer.status_code == 200
    calm = Demo(msgspec.structs.replace(demo_world(), faults=()))
    assert (await calm.send(call)).status_code == 200
