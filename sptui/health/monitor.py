"""Keeps what is known of the sellers fresh: refreshes what is due, within the usage plans, many at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from sptui.database import DatabaseError
from sptui.health.gate import Gate, MonitoredClient
from sptui.health.history import History
from sptui.health.keeper import Keeper
from sptui.health.known import Details, Known
from sptui.health.learning import stores_for_report, with_participations, with_performance
from sptui.health.participations import OPERATION, ParticipationReading, fetch_participations
from sptui.health.performance import PerformanceReading, fetch_performance
from sptui.health.preflight import fresh_until
from sptui.health.standing import Standing, standing_of
from sptui.health.status_change import StatusChange
from sptui.health.summary import HealthSummary, summarise
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Stage
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.clock import Clock

__all__ = ["Monitor", "MonitoredClient"]

_RETRY: Final = timedelta(hours=1)
"""Between two looks for a report: asked for too often, reports end CANCELLED (docs reports-faq)."""

_SHORTEST_REPORT_INTERVAL: Final = timedelta(minutes=10)
"""A report that is younger is not replaced even by hand; how soon is too soon is not published."""

_STARTS_A_TURN: Final = 20
"""Refreshes that begin in one turn of the event loop: the screen is to be served in between."""


class Monitor:
    """What is known of every authorization, and its refreshing.

    A refresh asks for the participations and, when it is due (``report_interval``; None for never), for the
    performance report; a new one is created only with ``create_reports``. ``on_change`` hears of every authorization
    whose knowledge or refreshing changed. A refresh that fails keeps what was known and stands beside it; one
    authorization's failure never delays another's refresh.
    """

    def __init__(
        self,
        client: MonitoredClient,
        history: History,
        clock: Clock,
        interval: timedelta,
        on_change: Callable[[Authorization], None] | None = None,
        *,
        report_interval: timedelta | None = None,
        create_reports: bool = False,
    ) -> None:
        """Raises DatabaseError where the history cannot be read."""
        self.interval = interval
        self.report_interval = report_interval
        self.create_reports = create_reports
        self.on_change = on_change
        self.paused = False
        self._client = client
        self._gate = Gate(client, clock)
        self._keeper = Keeper(history)
        self._history = history
        self._clock = clock
        self._known = history.known()
        self._unstored: dict[tuple[str, str], PerformanceReading] = {}
        self._summaries: dict[str, tuple[HealthSummary, datetime | None]] = {}
        self._refreshing: dict[str, asyncio.Task[ParticipationReading]] = {}
        self._running: set[asyncio.Task[ParticipationReading]] = set()

    # What is known ----------------------------------------------------------------------------------------

    def known(self, authorization: Authorization) -> Known:
        """The last good readings in short, and the failures after them."""
        return self._known.get((authorization.seller_id, authorization.region.value), Known())

    def summary(self, authorization: Authorization) -> HealthSummary:
        """Everything that is known of one, put together; kept until something changes or grows too old.

        Raises DatabaseError where the history cannot be read.
        """
        now = self._clock.now()
        kept = self._summaries.get(authorization.key)
        if kept is not None and (kept[1] is None or now <= kept[1]) and kept[0].seller == authorization.seller:
            return kept[0]
        known = self.known(authorization)
        intervals = self.interval, self.report_interval or self.interval
        summary = summarise(
            authorization, known, self.details(authorization),
            now=now, interval=intervals[0], report_interval=intervals[1],
        )  # fmt: skip
        self._summaries[authorization.key] = summary, fresh_until(known, now, *intervals)
        return summary

    def details(self, authorization: Authorization) -> Details:
        """The newest report whole, the statuses and their changes. Raises DatabaseError."""
        details = self._history.details(authorization)
        unstored = self._unstored.get((authorization.seller_id, authorization.region.value))
        if unstored is None or unstored.report is None:
            return details
        return msgspec.structs.replace(details, report=unstored.report)

    def standing(self, authorization: Authorization) -> Standing:
        """What an authorization is sorted by: the one that needs eyes first is the smallest."""
        return standing_of(authorization, self.known(authorization))

    def is_refreshing(self, authorization: Authorization) -> bool:
        """Whether a refresh of it runs now."""
        return authorization.key in self._refreshing

    def seconds_until_allowed(self, authorization: Authorization) -> float:
        """Seconds until the usage plan takes the next refresh of it."""
        return self._client.seconds_until_allowed(load_catalogue().find(OPERATION), authorization)

    def heard(self, authorization: Authorization, change: StatusChange) -> None:
        """A notification or an import told of a change; it is stored already."""
        known = self.known(authorization)
        made, before = known.performance.made, known.notified
        newest = (before is None or change.time >= before.time) and (made is None or change.time > made)
        changed_at = max(change.time, known.changed_at or change.time)
        self._learn(
            authorization,
            msgspec.structs.replace(known, notified=change if newest else before, changed_at=changed_at),
        )

    # Refreshing -------------------------------------------------------------------------------------------

    def due(self, authorizations: Iterable[Authorization]) -> list[Authorization]:
        """Those whose last attempt is older than the interval: those never tried, then the sickest, then the oldest.

        None while it is paused.
        """
        if self.paused:
            return []
        now = self._clock.now()
        limit = now - self.interval
        waiting = []
        for each in authorizations:
            if self.is_refreshing(each):
                continue
            known = self.known(each)
            latest = known.latest
            # What was read in the future was read while the clock was wrong.
            if latest is None or latest.time <= limit or latest.time > now or self._report_waits(known, now):
                rank = standing_of(each, known).rank if latest else 0
                waiting.append((latest is not None, rank, latest.time if latest else limit, each.key, each))
        return [each for *_, each in sorted(waiting, key=lambda entry: entry[:4])]

    def pause(self) -> None:
        """From now on nothing is due; what runs goes on, and ``refresh`` works as ever."""
        self.paused = True

    def resume(self) -> None:
        """What waited is due again."""
        self.paused = False

    async def refresh(self, authorization: Authorization, *, new_report: bool = False) -> ParticipationReading:
        """Asks Amazon now; whoever asks while a refresh of it runs gets that one's reading.

        With ``new_report`` the performance report is replaced too, unless it is some minutes old or none may be
        created. Raises DatabaseError where a reading could not be kept (it is known all the same).
        """
        while new_report and (running := self._refreshing.get(authorization.key)) is not None:
            await asyncio.wait({running})  # it may have read the report before what made somebody ask for a new one
        task = self._refreshing.get(authorization.key)
        if task is None:
            task = asyncio.create_task(self._refresh(authorization, new_report=new_report))
            self._refreshing[authorization.key] = task
            self._running.add(task)
            task.add_done_callback(lambda done: self._ended(authorization, done))
            self._tell(authorization)
        return await asyncio.shield(task)

    async def refresh_all(self, authorizations: Iterable[Authorization]) -> list[ParticipationReading]:
        """Refreshes them side by side; those that ``cancel`` stopped are left out.

        Raises DatabaseError as ``refresh``, after all have ended.
        """
        refreshing: list[asyncio.Task[ParticipationReading]] = []
        try:
            for each in authorizations:
                refreshing.append(asyncio.create_task(self.refresh(each)))
                if len(refreshing) % _STARTS_A_TURN == 0:
                    await asyncio.sleep(0)
            outcomes = await asyncio.gather(*refreshing, return_exceptions=True)
        finally:
            for task in refreshing:
                task.cancel()
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
        """Stops everything, and waits for its end and for what is being stored."""
        self.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._keeper.aclose()

    async def _refresh(self, authorization: Authorization, *, new_report: bool) -> ParticipationReading:
        await self._gate.turn()
        reading = await fetch_participations(self._gate, authorization)
        self._learn(authorization, with_participations(self.known(authorization), reading))
        problem = await self._keep(reading)
        if self._may_ask_for_report(reading) and (new_report or self._report_due(self.known(authorization))):
            performance = await self._fetch_report(authorization, new=new_report)
            problem = await self._keep(performance) or problem
            self._note_whether_stored(performance, problem)
            self._learn(authorization, with_performance(self.known(authorization), performance))
        if problem is not None:
            raise problem
        return reading

    def _may_ask_for_report(self, reading: ParticipationReading) -> bool:
        """Not where there is no token or no answer: then there is none for the report either."""
        if self.report_interval is None or reading.call is None:
            return False
        return reading.call.stage is Stage.API and reading.call.answer is not None

    def _report_waits(self, known: Known, now: datetime) -> bool:
        """Whether a report is due and would be asked for: without a token each look would end at the first call."""
        return (known.failure is None or self._may_ask_for_report(known.failure)) and self._report_due(known, now)

    def _report_due(self, known: Known, now: datetime | None = None) -> bool:
        if self.report_interval is None:
            return False
        now = now or self._clock.now()
        performance = known.performance
        made, tried = performance.made, performance.tried_at
        if tried is None or tried > now:
            return True
        return now >= tried + min(self.report_interval, _RETRY) and (made is None or now >= made + self.report_interval)

    async def _fetch_report(self, authorization: Authorization, *, new: bool) -> PerformanceReading:
        interval = self.report_interval or self.interval
        return await fetch_performance(
            self._gate,
            authorization,
            marketplaces=stores_for_report(authorization, self.known(authorization)),
            newer_than=min(interval, _SHORTEST_REPORT_INTERVAL) if new else interval,
            create=self.create_reports,
            sleep=self._clock.sleep,
            clock=self._clock,
        )

    async def _keep(self, reading: ParticipationReading | PerformanceReading) -> DatabaseError | None:
        try:
            await self._keeper.keep(reading)
        except DatabaseError as problem:
            return problem
        return None

    def _note_whether_stored(self, reading: PerformanceReading, problem: DatabaseError | None) -> None:
        who = (reading.authorization.seller_id, reading.authorization.region.value)
        if reading.report is None:
            return
        if problem is None:
            self._unstored.pop(who, None)
        else:
            self._unstored[who] = reading

    def _learn(self, authorization: Authorization, known: Known) -> None:
        self._known[authorization.seller_id, authorization.region.value] = known
        self._summaries.pop(authorization.key, None)
        self._tell(authorization)

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
