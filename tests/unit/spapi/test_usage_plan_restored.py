"""Usage plans after a restart: the calls of the run before count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from spapi.wire import DESTINATIONS, HERON, NORTHWIND, NORTHWIND_EU, OTHER_APPLICATION, PARTICIPATIONS, FakeClock
from sptui.spapi.authorization import Authorization
from sptui.spapi.usage_plan import PastCall, UsagePlans

OPERATION = PARTICIPATIONS.operation


def past(
    clock: FakeClock, age: float, who: Authorization = NORTHWIND, operation: str = "", status: int = 200
) -> PastCall:
    moment = clock.now() - timedelta(seconds=age)
    return PastCall(moment, operation or OPERATION.key, who.application, who.seller_id, who.region, status)


def restored(clock: FakeClock, *calls: PastCall) -> UsagePlans:
    plans = UsagePlans(clock)
    plans.restore(sorted(calls, key=lambda each: each.time))
    return plans


def test_what_was_sent_is_missing_and_what_has_come_back_since_is_there() -> None:
    clock = FakeClock()
    plans = restored(clock, *(past(clock, 30) for _ in range(15)))
    assert plans.seconds_until_allowed(OPERATION, NORTHWIND) == pytest.approx(32.5)
    plans = restored(clock, *(past(clock, 63) for _ in range(15)))
    assert plans.seconds_until_allowed(OPERATION, NORTHWIND) == 0
    plans = restored(clock, *(past(clock, 1) for _ in range(14)))
    assert plans.seconds_until_allowed(OPERATION, NORTHWIND) == 0


def test_each_application_seller_and_region_has_its_own() -> None:
    clock = FakeClock()
    plans = restored(clock, *(past(clock, 1) for _ in range(15)))
    assert plans.seconds_until_allowed(OPERATION, NORTHWIND) > 60
    for other in (HERON, NORTHWIND_EU, OTHER_APPLICATION):
        assert plans.seconds_until_allowed(OPERATION, other) == 0
    grantless = restored(clock, *(past(clock, 0, operation=DESTINATIONS.operation.key) for _ in range(5)))
    assert grantless.seconds_until_allowed(DESTINATIONS.operation, HERON) == pytest.approx(1.0)


def test_a_429_leaves_nothing() -> None:
    clock = FakeClock()
    plans = restored(clock, past(clock, 10, status=429))
    assert plans.seconds_until_allowed(OPERATION, NORTHWIND) == pytest.approx(52.5)


def test_more_than_the_plan_allows_counts_as_empty_and_not_less() -> None:
    clock = FakeClock()
    plans = restored(clock, *(past(clock, 20) for _ in range(40)))
    assert plans.seconds_until_allowed(OPERATION, NORTHWIND) == pytest.approx(42.5)


def test_calls_of_the_future_and_of_unknown_operations_are_overlooked() -> None:
    clock = FakeClock()
    plans = restored(clock, *(past(clock, -60) for _ in range(15)), past(clock, 1, operation="none-v1.such"))
    assert plans.seconds_until_allowed(OPERATION, NORTHWIND) == 0


async def test_the_log_is_asked_once_when_the_first_plan_is_needed() -> None:
    clock = FakeClock()
    asked: list[datetime] = []

    def calls(since: datetime) -> Iterable[PastCall]:
        asked.append(since)
        return [past(clock, 30) for _ in range(15)]

    plans = UsagePlans(clock, calls)
    assert not asked
    assert plans.seconds_until_allowed(OPERATION, NORTHWIND) == pytest.approx(32.5)
    await plans.take(OPERATION, HERON)
    assert asked == [clock.now() - timedelta(minutes=20)]


async def test_buckets_in_use_are_left_alone() -> None:
    clock = FakeClock()
    plans = UsagePlans(clock)
    await plans.take(OPERATION, NORTHWIND)
    plans.restore([past(clock, 1) for _ in range(15)])
    assert plans.seconds_until_allowed(OPERATION, NORTHWIND) == 0
