"""Usage plans: how many requests Amazon takes from an application for a seller, an operation, a region.

A token bucket each (docs usage-plans-and-rate-limits): ``burst`` requests at once, refilled at ``rate`` a second.
``x-amzn-RateLimit-Limit`` tells the rate in force where it differs from the published one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from sptui.spapi.authorization import Authorization
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.clock import Clock

SANDBOX_PLAN: Final = (5.0, 15)
"""Requests a second and burst of every sandbox operation (docs selling-partner-api-sandbox)."""

_AFTER_429: Final = (1.0, 1)
"""What is assumed of an operation without a published plan once Amazon has answered 429."""

_WHOLE: Final = 1 - 1e-9
"""A token, less what is lost when seconds are multiplied by a rate."""

REMEMBERED: Final = timedelta(minutes=20)
"""What was sent earlier is forgotten: the slowest plans of the operations that sptui polls refill in 16 minutes
(a burst of 15 at 0.016 requests a second)."""


class PastCall(msgspec.Struct, frozen=True):
    """A call that an earlier run sent, as the log tells of it; ``operation`` is the catalogue's key."""

    time: datetime
    operation: str
    application: str
    seller_id: str
    region: str
    status: int


PastCalls = Callable[[datetime], Iterable[PastCall]]
"""Gives the calls that were sent since a moment, oldest first."""


class _Bucket:
    """``in_line`` wait for a token; ``turn`` lets them wait one after another, so that none overtakes."""

    def __init__(self, rate: float, burst: int, tokens: float, now: float) -> None:
        self.rate = rate
        self.burst = burst
        self.in_line = 0
        self.turn = asyncio.Lock()
        self._tokens = tokens
        self._at = now

    def tokens(self, now: float) -> float:
        self._tokens = min(float(self.burst), self._tokens + max(0.0, now - self._at) * self.rate)
        self._at = now
        return self._tokens

    def take(self, now: float) -> bool:
        """Takes a token where there is one."""
        if self.tokens(now) < _WHOLE:
            return False
        self._tokens -= 1
        return True

    def put_back(self) -> None:
        self._tokens = min(float(self.burst), self._tokens + 1)

    def empty(self, now: float) -> None:
        self._tokens = min(self.tokens(now), 0.0)


class UsagePlans:
    """The buckets of every plan that has been used so far.

    ``past_calls`` tells of earlier runs: asked once, when the first bucket is needed, so that a program that was
    started again does not take its buckets for full.
    """

    def __init__(self, clock: Clock, past_calls: PastCalls | None = None) -> None:
        self._clock = clock
        self._past_calls = past_calls
        self._buckets: dict[tuple[str, ...], _Bucket] = {}

    def restore(self, calls: Iterable[PastCall]) -> None:
        """Fills the buckets as these calls left them, and refills them since; buckets in use are left alone."""
        now, moment = self._clock.now(), self._clock.monotonic()
        restored: dict[tuple[str, ...], _Bucket] = {}
        operations: dict[str, Operation | None] = {}
        for call in calls:
            if call.operation not in operations:
                operations[call.operation] = load_catalogue().get(call.operation)
            operation, age = operations[call.operation], (now - call.time).total_seconds()
            if operation is None or not operation.rate or not operation.burst or age < 0:
                continue
            seller = "" if operation.token == "grantless" else call.seller_id
            key = (call.application, seller, operation.key, call.region, "")
            if key in self._buckets:
                continue
            if (bucket := restored.get(key)) is None:
                bucket = _Bucket(operation.rate, operation.burst, float(operation.burst), moment - age)
                restored[key] = bucket
            if call.status == 429 or not bucket.take(moment - age):
                bucket.empty(moment - age)
        self._buckets |= restored

    async def take(self, operation: Operation, authorization: Authorization, *, sandbox: bool = False) -> float:
        """Waits for a place in the plan and takes it; gives the seconds waited.

        Whoever came first goes first; one who is cancelled while waiting leaves the line. ``give_back`` undoes it.
        """
        bucket = self._bucket(operation, authorization, sandbox=sandbox)
        if bucket is None or (not bucket.in_line and bucket.take(self._clock.monotonic())):
            return 0.0
        began = self._clock.monotonic()
        bucket.in_line += 1
        try:
            async with bucket.turn:
                while not bucket.take(self._clock.monotonic()):
                    await self._clock.sleep((1 - bucket.tokens(self._clock.monotonic())) / bucket.rate)
        finally:
            bucket.in_line -= 1
        return self._clock.monotonic() - began

    def give_back(self, operation: Operation, authorization: Authorization, *, sandbox: bool = False) -> None:
        """Frees a place that was taken and not used."""
        if (bucket := self._bucket(operation, authorization, sandbox=sandbox)) is not None:
            bucket.put_back()

    def seconds_until_allowed(
        self, operation: Operation, authorization: Authorization, *, sandbox: bool = False
    ) -> float:
        """Seconds until the plan takes one more request, behind those that wait already; 0 when it takes one now."""
        bucket = self._bucket(operation, authorization, sandbox=sandbox)
        if bucket is None:
            return 0.0
        missing = bucket.in_line + 1 - bucket.tokens(self._clock.monotonic())
        return missing / bucket.rate if missing > 1 - _WHOLE else 0.0

    def observe_rate(
        self, operation: Operation, authorization: Authorization, rate: float, *, sandbox: bool = False
    ) -> None:
        """Takes over the rate that an answer's ``x-amzn-RateLimit-Limit`` tells."""
        if (bucket := self._bucket(operation, authorization, sandbox=sandbox)) is not None:
            bucket.tokens(self._clock.monotonic())  # what was filled so far was filled at the old rate
            bucket.rate = rate

    def observe_refusal(self, operation: Operation, authorization: Authorization, *, sandbox: bool = False) -> None:
        """Amazon answered 429: the bucket is empty, whoever emptied it (another program of the same application)."""
        bucket = self._bucket(operation, authorization, sandbox=sandbox)
        now = self._clock.monotonic()
        if bucket is None:
            key = self._key(operation, authorization, sandbox=sandbox)
            self._buckets[key] = _Bucket(*_AFTER_429, 0.0, now)
        else:
            bucket.empty(now)

    def _bucket(self, operation: Operation, authorization: Authorization, *, sandbox: bool) -> _Bucket | None:
        if self._past_calls is not None:
            past_calls, self._past_calls = self._past_calls, None
            self.restore(past_calls(self._clock.now() - REMEMBERED))
        key = self._key(operation, authorization, sandbox=sandbox)
        bucket = self._buckets.get(key)
        if bucket is None:
            rate, burst = SANDBOX_PLAN if sandbox else (operation.rate, operation.burst)
            if not rate or not burst:
                return None
            bucket = self._buckets[key] = _Bucket(rate, burst, float(burst), self._clock.monotonic())
        return bucket

    @staticmethod
    def _key(operation: Operation, authorization: Authorization, *, sandbox: bool) -> tuple[str, ...]:
        # Grantless operations are limited for the application, whichever seller it is asked about.
        seller = "" if operation.token == "grantless" else authorization.seller_id
        return authorization.application, seller, operation.key, authorization.region, "sandbox" if sandbox else ""
