"""Usage plans: one bucket for each application, seller, operation and region (docs usage-plans-and-rate-limits)."""

from __future__ import annotations

from typing import Final

import msgspec

from sptui.simulator.replies import USUAL_ERRORS, RefusalError
from sptui.spapi.catalogue import Operation
from sptui.spapi.regions import Region

SANDBOX_PLAN: Final = (5.0, 15)
"""Requests a second and burst of every operation on the sandbox hosts (docs selling-partner-api-sandbox)."""

_GRACE: Final = 0.02
"""The part of a request that may still be missing: the network lets requests arrive closer than they were sent."""


class _Bucket(msgspec.Struct):
    tokens: float
    at: float


class Buckets:
    """The buckets used so far."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, ...], _Bucket] = {}

    def take(
        self,
        operation: Operation,
        client_id: str,
        seller_id: str,
        region: Region,
        now: float,
        *,
        sandbox: bool,
        elsewhere: float = 0.0,
    ) -> None:
        """Counts one request at ``now`` (seconds). Raises RefusalError 429 where the bucket is empty.

        ``elsewhere``: requests a second that another program of the application takes from the same bucket.
        """
        plan = plan_of(operation, sandbox=sandbox)
        if plan is None:
            return
        rate, burst = plan
        if elsewhere >= rate:  # whatever comes in is gone before this program asks
            raise RefusalError(429, *USUAL_ERRORS[429])
        rate -= elsewhere
        key = (client_id, seller_id, operation.key, region, "sandbox" if sandbox else "")
        bucket = self._buckets.setdefault(key, _Bucket(burst, now))
        bucket.tokens = min(float(burst), bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.tokens < 1 - _GRACE:
            raise RefusalError(429, *USUAL_ERRORS[429])
        bucket.tokens -= 1


def plan_of(operation: Operation, *, sandbox: bool) -> tuple[float, int] | None:
    """Requests a second and burst; None where Amazon publishes no plan."""
    if sandbox:
        return SANDBOX_PLAN
    if not operation.rate or not operation.burst:
        return None
    return operation.rate, operation.burst
