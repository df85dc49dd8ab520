"""The world's time: at its own pace while it is served, moved by hand in tests."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta


class WorldClock:
    """Starts at this machine's time and runs ``speed`` times as fast.

    ``sleep`` waits in this machine's seconds: seen from outside, latencies belong to the network, not to the world.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._began = datetime.now(UTC)
        self._zero = time.monotonic()
        self._skipped = 0.0

    def now(self) -> datetime:
        """The world's moment, in UTC."""
        return self._began + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Seconds of the world since it began."""
        return (time.monotonic() - self._zero) * self.speed + self._skipped

    def advance(self, seconds: float) -> None:
        """Skips that many seconds of the world."""
        self._skipped += max(0.0, seconds)

    async def sleep(self, seconds: float) -> None:
        """Waits that many real seconds."""
        await asyncio.sleep(seconds)


class InnerClock(WorldClock):
    """The same for a program that lives in the world: what it waits for passes at the world's pace."""

    async def sleep(self, seconds: float) -> None:
        """Waits that many seconds of the world."""
        await asyncio.sleep(seconds / self.speed)


class ManualClock:
    """Time that stands until it is moved; whoever sleeps moves it and goes on at once."""

    speed = 1.0

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start or datetime(2026, 11, 23, 12, tzinfo=UTC)
        self._passed = 0.0

    def now(self) -> datetime:
        """The moment, in UTC."""
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        """Seconds since the start."""
        return self._passed

    def advance(self, seconds: float) -> None:
        """Lets that many seconds pass."""
        self._passed += seconds

    async def sleep(self, seconds: float) -> None:
        """Lets the seconds pass, and others have their turn."""
        self.advance(max(0.0, seconds))
        await asyncio.sleep(0)
