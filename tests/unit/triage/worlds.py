"""A flow over a world of the simulator: no sleeping, no network, and whatever is asked gets one answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx

from sptui.simulator.clock import ManualClock
from sptui.simulator.transport import SimulatorTransport
from sptui.simulator.world import Fault, World, accounts_of, complete
from sptui.spapi.authorization import Authorization, CredentialError
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.client import Client
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.triage.case import Case
from sptui.triage.events import NO, YES, Event, Finished, Question, Reply, TriageResult
from sptui.triage.flow import Options, investigate
from sptui.triage.sending import relayed
from sptui.triage.services import ClientServices

HOME: Final = {Region.NA: "ATVPDKIKX0DER", Region.EU: "A1PA6795UKMFR9", Region.FE: "A1VC38T7YXB528"}
"""One marketplace of each region."""

OUTAGES: Final = (
    Fault(status=500),
    Fault(status=503),
    Fault(status=503, body="<html>Website Temporarily Unavailable</html>"),
    Fault(status=504),
    Fault(status=200, body=""),
    Fault(drop=True),
)
"""The ways in which Amazon itself fails."""


class WorldCredentials:
    """The secrets of a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def client_secret(self, client_id: str) -> Secret:
        found = self._world.application(client_id)
        if found is None:
            raise CredentialError(f"no secret of {client_id}")
        return Secret(found.client_secret)

    async def refresh_token(self, authorization: Authorization) -> Secret:
        found = self._world.seller(authorization.seller_id, authorization.region)
        if found is None:
            raise CredentialError(f"no refresh token of {authorization.key}")
        return Secret(found.refresh_token)


@asynccontextmanager
async def services_of(world: World, *, roles_known: bool = True) -> AsyncIterator[ClientServices]:
    """The flow's services over a world; ``roles_known``: does the configuration tell the application's roles?"""
    world, clock = complete(world), ManualClock()

    def transport() -> httpx.AsyncBaseTransport:
        return SimulatorTransport(world, clock=clock)

    applications, sellers = accounts_of(world)
    client = Client(WorldCredentials(world), transport=transport, clock=clock)
    try:
        yield ClientServices(
            client,
            clock,
            applications=applications if roles_known else (),
            authorizations=[each for seller in sellers for each in seller.authorizations],
        )
    finally:
        await client.aclose()


async def triage(
    world: World,
    operation: str,
    values: dict[str, Any],
    *,
    seller: int = 0,
    yes: bool = False,
    roles_known: bool = True,
    options: Options | None = None,
    given: Case | None = None,
) -> TriageResult:
    """Runs the flow for a seller of the world (by place) to its end."""
    world = complete(world)
    who = world.sellers[seller]
    authorization = Authorization(who.name, who.id, who.region, who.application)
    found = load_catalogue().find(operation)
    case = given or Case(operation=found, values=values, name=found.name, method=found.method)
    async with services_of(world, roles_known=roles_known) as services:
        events = await play(investigate(case.for_authorization(authorization), services, options), YES if yes else NO)
    return result_of(events)


async def play(flow: Any, reply: Reply = NO) -> list[Event]:
    """Every event of a flow: each call that is asked for gets the same reply, all other questions their default."""
    events: list[Event] = []
    async with relayed(flow) as relay:
        async for event in relay:
            events.append(event)
            if isinstance(event, Question):
                relay.reply = reply if event.is_call else Reply(event.default)
    return events


def result_of(events: Iterable[Event]) -> TriageResult:
    """What the last event holds."""
    *_, last = events
    assert isinstance(last, Finished)
    return last.result


def marketplaces_in_region(region: Region) -> list[str]:
    """The ids of a region's marketplaces."""
    return [each.id for each in MARKETPLACES.values() if each.region is region]
