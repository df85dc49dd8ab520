"""Schedules of reports: what each is due to produce, computed when somebody looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from sptui.simulator.processing import RETENTION
from sptui.simulator.seeded import DIGITS, Seeded
from sptui.spapi.regions import Region

PERIODS: Final = {
    "PT5M": timedelta(minutes=5),
    "PT15M": timedelta(minutes=15),
    "PT30M": timedelta(minutes=30),
    "PT1H": timedelta(hours=1),
    "PT2H": timedelta(hours=2),
    "PT4H": timedelta(hours=4),
    "PT8H": timedelta(hours=8),
    "PT12H": timedelta(hours=12),
    "P1D": timedelta(days=1),
    "P2D": timedelta(days=2),
    "P3D": timedelta(days=3),
    "PT84H": timedelta(hours=84),
    "P7D": timedelta(days=7),
    "P14D": timedelta(days=14),
}
"""The periods that the model lists, as ISO 8601 writes them."""

_MOST_DUE: Final = 1_000
"""Reports of one schedule that are made at most: the newest ones."""


class Schedule(msgspec.Struct, frozen=True):
    """An order for a report again and again, from ``first`` on until it is ended."""

    id: str
    kind: str
    marketplaces: tuple[str, ...]
    period: str
    first: datetime
    options: dict[str, Any] = {}
    ended: datetime | None = None

    def due(self, now: datetime) -> Iterator[datetime]:
        """The moments until ``now`` at which it orders a report, as far as reports are kept."""
        step = PERIODS[self.period]
        until = min(now, self.ended) if self.ended else now
        if until < self.first:
            return
        last = (until - self.first) // step
        oldest = max(0, -(-(now - RETENTION - self.first) // step), last + 1 - _MOST_DUE)
        for index in range(oldest, last + 1):
            yield self.first + index * step

    def next(self, now: datetime) -> datetime:
        """When it orders the next report."""
        if now < self.first:
            return self.first
        step = PERIODS[self.period]
        return self.first + ((now - self.first) // step + 1) * step


class ScheduleStore:
    """The schedules of every seller, ended ones included: their reports are still there."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self._schedules: dict[tuple[str, Region], dict[str, Schedule]] = {}

    def next_id(self, seller_id: str, region: Region) -> str:
        """The id that the seller's next schedule gets."""
        count = len(self._schedules.get((seller_id, region), {}))
        return self._seeded.text(6, "schedule", seller_id, region, alphabet=DIGITS[1:]) + str(count + 18452)

    def put(self, seller_id: str, region: Region, schedule: Schedule) -> None:
        """Keeps a schedule, in place of one with its id."""
        self._schedules.setdefault((seller_id, region), {})[schedule.id] = schedule

    def all_of(self, seller_id: str, region: Region) -> list[Schedule]:
        """Every schedule that the seller ever had, oldest first."""
        return list(self._schedules.get((seller_id, region), {}).values())

    def running(self, seller_id: str, region: Region) -> list[Schedule]:
        """Those that have not been ended."""
        return [each for each in self.all_of(seller_id, region) if each.ended is None]
