"""Usage plans: how many requests Amazon takes from an application for a seller, an operation, a region.

A token bucket each (docs usage-plans-and-rate-limits): ``burst`` requests at once, refilled at ``rate`` a second.
``x-amzn-RateLimit-Limit`` tells the rate in force where it differs from the published one.
"""

from __future__ import annotations

from typing import Final

import msgspec

from sptui.spapi.authorization import Authorization
from sptui.spapi.catalogue import Operation
from sptui.spapi.clock import Clock

SANDBOX_PLAN: Final = (5.0, 15)
"""Requests a second and burst of every sandbox operation (docs selling-partner-api-sandbox)."""

_AFTER_429: Final = (1.0, 1)
"""What is assumed of an operation without a published plan once Amazon has answered 429."""


class _Bucket(msgspec.Struct):
    rate: float
    burst: int
    tokens: float
    at: float

    def refill(self, now: float) -> None:
        self.tokens = min(float(self.burst), self.tokens + (now - self.at) * self.rate)
        self.at = now


class UsagePlans:
    """The buckets of every plan that has been used so far."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, ...], _Bucket] = {}

    def reserve(self, operation: Operation, authorization: Authorization, *, sandbox: bool = False) -> float:
        """Takes a place in the plan; gives the seconds to wait before sending. ``give_back`` undoes it."""
        bucket = self._bucket(operation, authorization, sandbox=sandbox)
        if bucket is None:
            return 0.0
        bucket.tokens -= 1
        return max(0.0, -bucket.tokens / bucket.rate)

    def give_back(self, operation: Operation, authorization: Authorization, *, sandbox: bool = False) -> None:
        """Frees a reserved place that was not used."""
        if (bucket := self._bucket(operation, authorization, sandbox=sandbox)) is not None:
            bucket.tokens = min(float(bucket.burst), bucket.tokens + 1)

    def seconds_until_allowed(
        self, operation: Operation, authorization: Authorization, *, sandbox: bool = False
    ) -> float:
        """Seconds until the plan takes the next request; 0 when it takes one now."""
        bucket = self._bucket(operation, authorization, sandbox=sandbox)
        return 0.0 if bucket is None else max(0.0, (1 - bucket.tokens) / bucket.rate)

    def observe_rate(
        self, operation: Operation, authorization: Authorization, rate: float, *, sandbox: bool = False
    ) -> None:
        """Takes over the rate that an answer's ``x-amzn-RateLimit-Limit`` tells."""
        if (bucket := self._bucket(operation, authorization, sandbox=sandbox)) is not None:
            bucket.rate = rate

    def observe_refusal(self, operation: Operation, authorization: Authorization, *, sandbox: bool = False) -> None:
        """Amazon answered 429: the bucket is empty, whoever emptied it (another program of the same application)."""
        bucket = self._bucket(operation, authorization, sandbox=sandbox)
        if bucket is None:
            rate, burst = _AFTER_429
            key = self._key(operation, authorization, sandbox=sandbox)
            self._buckets[key] = _Bucket(rate, burst, 0.0, self._clock.monotonic())
        else:
            bucket.tokens = min(bucket.tokens, 0.0)

    def _bucket(self, operation: Operation, authorization: Authorization, *, sandbox: bool) -> _Bucket | None:
        key = self._key(operation, authorization, sandbox=sandbox)
        bucket = self._buckets.get(key)
        if bucket is None:
            rate, burst = SANDBOX_PLAN if sandbox else (operation.rate, operation.burst)
            if not rate or not burst:
                return None
            bucket = self._buckets[key] = _Bucket(rate, burst, float(burst), self._clock.monotonic())
        bucket.refill(self._clock.monotonic())
        return bucket

    @staticmethod
    def _key(operation: Operation, authorization: Authorization, *, sandbox: bool) -> tuple[str, ...]:
        # Grantless operations are limited for the application, whichever seller it is asked about.
        seller = "" if operation.token == "grantless" else authorization.seller_id
        return authorization.application, seller, operation.key, authorization.region, "sandbox" if sandbox else ""
