"""Keeps what is known of the sellers fresh: refreshes what is due, within the usage plans, many at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Protocol

from sptui.health.history import History, Known
from sptui.health.participations import OPERATION, ParticipationReading, Sends, fetch_participations
from sptui.spapi.authorization import Authorization
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.clock import Clock


class MonitoredClient(Sends, Protocol):
    """What the monitor asks of the wire."""

    def seconds_until_allowed(self, operation: Operation, authorization: Authorization) -> float:
        """Seconds until the usage plan takes the next request."""
        ...


class Monitor:
    """What is known of every authorization, and its refreshing.

    ``on_change`` hears of every authorization whose knowledge or refreshing changed. A refresh that fails keeps
    what was known and stands beside it; one authorization's failure never delays another's refresh.
    """

    def __init__(
        self,
        client: MonitoredClient,
        history: History,
        clock: Clock,
        interval: timedelta,
        on_change: Callable[[Authorization], None] | None = None,
    ) -> None:
        """Raises DatabaseError where the history cannot be read."""
        self.interval = interval
        self.on_change = on_change
        self._client = client
        self._history = history
        self._clock = clock
        self._known = history.known()
        self._refreshing: dict[str, asyncio.Task[ParticipationReading]] = {}
        self._running: set[asyncio.Task[ParticipationReading]] = set()

    def known(self, authorization: Authorization) -> Known:
        """The last good reading and the failure after it."""
        return self._known.get((authorization.seller_id, authorization.region.value), Known())

    def is_refreshing(self, authorization: Authorization) -> bool:
        """Whether a refresh of it runs now."""
        return authorization.key in self._refreshing

    def seconds_until_allowed(self, authorization: Authorization) -> float:
        """Seconds until the usage plan takes the next refresh of it."""
        return self._client.seconds_until_allowed(load_catalogue().find(OPERATION), authorization)

    def due(self, authorizations: Iterable[Authorization]) -> list[Authorization]:
        """Those whose last attempt is older than the interval, those never tried first, then the oldest."""
        now = self._clock.now()
        limit = now - self.interval
        waiting = []
        for each in authorizations:
            latest = self.known(each).latest
            # What was read in the future was read while the clock was wrong.
            if not self.is_refreshing(each) and (latest is None or latest.time <= limit or latest.time > now):
                waiting.append((latest is not None, latest.time if latest else limit, each.key, each))
        return [each for *_, each in sorted(waiting, key=lambda entry: entry[:3])]

    async def refresh(self, authorization: Authorization) -> ParticipationReading:
        """Asks Amazon now; whoever asks while a refresh of it runs gets that one's reading.

        Raises DatabaseError where the reading could not be kept (it is known all the same).
        """
        task = self._refreshing.get(authorization.key)
        if task is None:
            task = self._refreshing[authorization.key] = asyncio.create_task(self._refresh(authorization))
            self._running.add(task)
            task.add_done_callback(lambda done: self._ended(authorization, done))
            self._tell(authorization)
        return await asyncio.shield(task)

    async def refresh_all(self, authorizations: Iterable[Authorization]) -> list[ParticipationReading]:
        """Refreshes them side by side; those that ``cancel`` stopped are left out.

        Raises DatabaseError as ``refresh``, after all have ended.
        """
        outcomes = await asyncio.gather(*(self.refresh(each) for each in authorizations), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError):
                raise outcome
        return [outcome for outcome in outcomes if isinstance(outcome, ParticipationReading)]

    def cancel(self, authorizations: Iterable[Authorization] | None = None) -> None:
        """Stops the refreshes of some, or all that run; what was known stays."""
        keys = list(self._refreshing) if authorizations is None else [each.key for each in authorizations]
        for key in keys:
            # Out of the books at once: whoever asks for a refresh from now on gets one of their own.
            if (task := self._refreshing.pop(key, None)) is not None:
                task.cancel()

    async def aclose(self) -> None:
        """Stops everything and waits for its end."""
        self.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _refresh(self, authorization: Authorization) -> ParticipationReading:
        # No limit here to how many run at once: one that waits for its usage plan must hold up no other, and the
        # wire lets no more through than its connections carry.
        reading = await fetch_participations(self._client, authorization)
        before = self.known(authorization)
        good = reading if reading.participations is not None else before.reading
        failure = reading if reading.participations is None else None
        self._known[authorization.seller_id, authorization.region.value] = Known(good, failure)
        self._tell(authorization)
        await asyncio.to_thread(self._history.store, reading)
        return reading

    def _ended(self, authorization: Authorization, task: asyncio.Task[ParticipationReading]) -> None:
        self._running.discard(task)
        if self._refreshing.get(authorization.key) is task:
            del self._refreshing[authorization.key]
        if not task.cancelled():
            task.exception()  # looked at: whoever waited has it, and nobody may have waited
        self._tell(authorization)

    def _tell(self, authorization: Authorization) -> None:
        if self.on_change is not None:
            self.on_change(authorization)
