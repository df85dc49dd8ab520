"""The wire as the monitor uses it: so many calls at once, and whoever waits for a usage plan holds no place."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

from sptui.health.performance import Downloads
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call
from sptui.spapi.catalogue import Operation
from sptui.spapi.clock import Clock
from sptui.spapi.pools import Turnstile
from sptui.spapi.requests import ApiRequest

PLACES: Final = 160
"""Calls under way at once: more than the connections to one host (128), few enough to hold in memory."""


class MonitoredClient(Downloads, Protocol):
    """What the monitor asks of the wire."""

    def seconds_until_allowed(self, operation: Operation, authorization: Authorization) -> float:
        """Seconds until the usage plan takes the next request."""
        ...


class Gate:
    """A client of which only so many calls run at once; thousands may wait, each for itself."""

    def __init__(self, client: MonitoredClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._places = asyncio.Semaphore(PLACES)
        self._turnstile = Turnstile()

    async def turn(self) -> None:
        """Waits for a turn: thousands that begin or wake at the same moment would stop the screen."""
        await self._turnstile.pass_through()

    async def send(self, request: ApiRequest, authorization: Authorization, *, retry: bool = True) -> Call:
        """Waits for the usage plan, then for a place, then sends."""
        while True:
            await self._until_allowed(request.operation, authorization)
            async with self._places:
                # Somebody else may have taken the plan's next place in the meantime.
                if self._client.seconds_until_allowed(request.operation, authorization) <= 0:
                    return await self._client.send(request, authorization, retry=retry)

    async def download(self, url: str, authorization: Authorization) -> tuple[Call, bytes]:
        """Fetches a pre-signed document; no usage plan counts that."""
        async with self._places:
            return await self._client.download(url, authorization)

    async def _until_allowed(self, operation: Operation, authorization: Authorization) -> None:
        while (seconds := self._client.seconds_until_allowed(operation, authorization)) > 0:
            await self._clock.sleep(seconds)
            await self.turn()
