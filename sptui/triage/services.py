"""What the flow needs from outside: calls, readings, time, and whose they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, Protocol

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.beside import Beside, FailingCall
from sptui.calllog.desk import LogDesk
from sptui.database import DatabaseError
from sptui.health.account_status import AccountStatusReading, newest_account_status
from sptui.health.participations import ParticipationReading, fetch_participations
from sptui.spapi.authorization import Application, Authorization
from sptui.spapi.calls import Call
from sptui.spapi.catalogue import Operation
from sptui.spapi.client import Client
from sptui.spapi.clock import Clock
from sptui.spapi.requests import ApiRequest
from sptui.triage.evidence import RoleProof
from sptui.triage.probes import proven_by

LOG_SECONDS: Final = 10.0
"""How long the call log may take to answer within the flow: it has the calls to fall back on."""


class LogLook(msgspec.Struct, frozen=True):
    """What the call log said, or why it said nothing; neither where there is no log."""

    beside: Beside | None = None
    problem: str = ""


class Services(Protocol):
    """The flow's only way out. None of these raises for what network or Amazon do."""

    async def send(self, request: ApiRequest, authorization: Authorization, *, sandbox: bool = False) -> Call:
        """Sends one request once, without repetitions."""
        ...

    async def refresh_token(self, authorization: Authorization) -> Call:
        """Fetches a new access token; the exchange with LWA tells whether it worked."""
        ...

    async def participations(self, authorization: Authorization) -> ParticipationReading:
        """Calls getMarketplaceParticipations."""
        ...

    async def account_status(
        self, authorization: Authorization, *, create: bool, marketplaces: tuple[str, ...]
    ) -> AccountStatusReading:
        """Reads the newest performance report; ``create`` requests one where there is none."""
        ...

    def seconds_until_allowed(
        self, operation: Operation, authorization: Authorization, *, sandbox: bool = False
    ) -> float:
        """Seconds until the usage plan takes the next call."""
        ...

    def other_authorizations(self, authorization: Authorization) -> tuple[Authorization, ...]:
        """Other sellers' authorizations of the same application and region."""
        ...

    def in_other_regions(self, authorization: Authorization) -> tuple[Authorization, ...]:
        """Authorizations of the same application in other regions, the same seller's first."""
        ...

    def roles_of(self, client_id: str) -> tuple[str, ...] | None:
        """The roles that the application is said to have; None where nobody said."""
        ...

    def roles_proven(self, client_id: str) -> tuple[RoleProof, ...]:
        """The roles that calls in the log prove the application to have."""
        ...

    async def in_log(self, call: FailingCall) -> LogLook:
        """What the call log tells beside a failing call; it takes no call and at most ``LOG_SECONDS``."""
        ...

    def now(self) -> datetime:
        """The moment, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow."""
        ...


class ClientServices:
    """The services over a client and the accounts, as both faces have them."""

    def __init__(
        self,
        client: Client,
        clock: Clock,
        *,
        applications: Iterable[Application],
        authorizations: Iterable[Authorization],
        passed: Callable[[str], Iterable[str]] = lambda _: (),
        open_log: Callable[[], LogDesk] | None = None,
    ) -> None:
        """``passed`` gives the operations of which the log has a call that an application made and that passed;
        ``open_log`` the call log, where there is one.
        """
        self._open_log = open_log
        self._client = client
        self._passed = passed
        self._clock = clock
        self._roles = {each.client_id: each.roles for each in applications}
        self._authorizations = tuple(authorizations)

    async def send(self, request: ApiRequest, authorization: Authorization, *, sandbox: bool = False) -> Call:
        """Sends one request once, without repetitions: what fails must be seen failing."""
        return await self._client.send(request, authorization, retry=False, sandbox=sandbox)

    async def refresh_token(self, authorization: Authorization) -> Call:
        """Fetches a new access token."""
        return await self._client.refresh_token(authorization)

    async def participations(self, authorization: Authorization) -> ParticipationReading:
        """Calls getMarketplaceParticipations."""
        return await fetch_participations(self._client, authorization)

    async def account_status(
        self, authorization: Authorization, *, create: bool, marketplaces: tuple[str, ...]
    ) -> AccountStatusReading:
        """Reads the newest performance report."""
        return await newest_account_status(
            self._client, authorization, create=create, marketplaces=marketplaces, sleep=self._clock.sleep,
            clock=self._clock,
        )  # fmt: skip

    def seconds_until_allowed(
        self, operation: Operation, authorization: Authorization, *, sandbox: bool = False
    ) -> float:
        """Seconds until the usage plan takes the next call."""
        return self._client.seconds_until_allowed(operation, authorization, sandbox=sandbox)

    def other_authorizations(self, authorization: Authorization) -> tuple[Authorization, ...]:
        """Other sellers' authorizations of the same application and region."""
        return tuple(
            each
            for each in self._authorizations
            if each.application == authorization.application
            and each.region is authorization.region
            and each.seller_id != authorization.seller_id
        )

    def in_other_regions(self, authorization: Authorization) -> tuple[Authorization, ...]:
        """Authorizations of the same application in other regions, the same seller's first."""
        found = (
            each
            for each in self._authorizations
            if each.application == authorization.application and each.region is not authorization.region
        )
        return tuple(sorted(found, key=lambda each: each.seller != authorization.seller))

    def roles_of(self, client_id: str) -> tuple[str, ...] | None:
        """The roles that the application is said to have."""
        return self._roles.get(client_id)

    def roles_proven(self, client_id: str) -> tuple[RoleProof, ...]:
        """The roles that calls in the log prove the application to have."""
        return proven_by(self._passed(client_id))

    async def in_log(self, call: FailingCall) -> LogLook:
        """Asks the call log in a thread; whoever ends the flow meanwhile ends the question as well."""
        if self._open_log is None:
            return LogLook()
        desk = self._open_log()
        try:
            return LogLook(await asyncio.wait_for(desk.beside(call), LOG_SECONDS))
        except TimeoutError:
            return LogLook(problem=f"The call log did not answer within {LOG_SECONDS:g} s.")
        except (CallLogError, DatabaseError) as problem:
            return LogLook(problem=str(problem))
        finally:
            await desk.aclose()

    def now(self) -> datetime:
        """The moment, in UTC."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self._clock.monotonic()
