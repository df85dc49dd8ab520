"""The usage plan: a burst at once, then one after another at Amazon's rate, apart for whom Amazon keeps apart."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.spapi.authorization import Authorization
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.requests import ApiRequest
from sptui.spapi.usage_plan import UsagePlans

from .wire import (
    CREATE_REPORT,
    DESTINATIONS,
    HERON,
    NORTHWIND,
    NORTHWIND_EU,
    OTHER_APPLICATION,
    PARTICIPATIONS,
    FakeClock,
    Held,
    Wire,
    error,
    json_response,
    request_of,
)

REPORT = request_of("getReport", reportId="1")
SLOW = Operation(name="slow", api="x", version="v1", method="GET", path="/x", rate=1.0, burst=1)
NO_PLAN = Operation(name="unknown", api="x", version="v1", method="GET", path="/x/v1/it")


async def send_times(wire: Wire, count: int) -> list[float]:
    """When each of ``count`` calls sent at once went out, in seconds."""
    began = wire.clock.monotonic()
    calls = await wire.clock.finish(
        asyncio.gather(*(wire.client.send(PARTICIPATIONS, NORTHWIND) for _ in range(count)))
    )
    assert all(call.ok for call in calls)
    return sorted(round((call.sent_at - wire.clock.now()).total_seconds() + wire.clock.monotonic() - began, 3)
                  for call in calls)  # fmt: skip


async def test_a_burst_goes_at_once_then_one_after_another(wire: Wire) -> None:
    assert await send_times(wire, 18) == [0.0] * 15 + [62.5, 125.0, 187.5]


async def test_the_wait_is_told_and_not_counted_as_the_answers_time(wire: Wire) -> None:
    for _ in range(15):
        assert (await wire.send(PARTICIPATIONS)).waited == 0
    call = await wire.send(PARTICIPATIONS)
    assert call.waited == pytest.approx(62.5)
    assert call.milliseconds == 0


async def test_seconds_until_allowed_count_down_and_count_those_in_line(wire: Wire) -> None:
    def seconds() -> float:
        return wire.client.seconds_until_allowed(PARTICIPATIONS.operation, NORTHWIND)

    assert seconds() == 0
    for _ in range(15):
        await wire.send(PARTICIPATIONS)
    assert seconds() == pytest.approx(62.5)
    await wire.clock.advance(60)
    assert seconds() == pytest.approx(2.5)
    waiting = asyncio.create_task(wire.client.send(PARTICIPATIONS, NORTHWIND))
    await wire.clock.settle()
    assert seconds() == pytest.approx(65)
    await wire.clock.finish(waiting)
    assert seconds() == pytest.approx(62.5)
    await wire.clock.advance(62.5)
    assert seconds() == 0


async def test_the_bucket_fills_no_further_than_its_burst(wire: Wire) -> None:
    await wire.send(PARTICIPATIONS)
    await wire.clock.advance(1_000_000)
    assert await send_times(wire, 16) == [0.0] * 15 + [62.5]


async def test_plans_are_apart_for_application_seller_operation_region(wire: Wire) -> None:
    for _ in range(15):
        await wire.send(PARTICIPATIONS)
    allowed = wire.client.seconds_until_allowed
    assert allowed(PARTICIPATIONS.operation, NORTHWIND) > 60
    for who in (HERON, NORTHWIND_EU, OTHER_APPLICATION):
        assert allowed(PARTICIPATIONS.operation, who) == 0
    assert allowed(CREATE_REPORT.operation, NORTHWIND) == 0
    assert allowed(PARTICIPATIONS.operation, NORTHWIND, sandbox=True) == 0


async def test_grantless_plans_belong_to_the_application(wire: Wire) -> None:
    for who in (NORTHWIND, HERON, NORTHWIND, HERON, NORTHWIND):  # 5 at once, then one a second
        await wire.send(DESTINATIONS, who)
    allowed = wire.client.seconds_until_allowed
    assert allowed(DESTINATIONS.operation, HERON) == allowed(DESTINATIONS.operation, NORTHWIND) == pytest.approx(1)
    assert allowed(DESTINATIONS.operation, NORTHWIND_EU) == 0
    assert allowed(DESTINATIONS.operation, OTHER_APPLICATION) == 0


async def test_every_sandbox_operation_has_the_sandbox_plan(wire: Wire) -> None:
    for _ in range(15):
        assert (await wire.send(PARTICIPATIONS, sandbox=True)).waited == 0
    assert (await wire.send(PARTICIPATIONS, sandbox=True)).waited == pytest.approx(0.2)
    assert {each.url.host for each in wire.amazon.calls} == {"sandbox.sellingpartnerapi-na.amazon.com"}


async def test_the_rate_that_an_answer_tells_is_taken_over(wire: Wire) -> None:
    wire.amazon.api.append(json_response({"payload": []}, x_amzn_RateLimit_Limit="0.5"))
    for _ in range(15):
        await wire.send(PARTICIPATIONS)
    assert (await wire.send(PARTICIPATIONS)).waited == pytest.approx(2)


@pytest.mark.parametrize("told", ["", "fast", "0", "-1", "nan", "inf", "1e999"])
async def test_a_rate_that_makes_no_sense_is_not(wire: Wire, told: str) -> None:
    wire.amazon.api.append(json_response({"payload": []}, x_amzn_RateLimit_Limit=told))
    for _ in range(15):
        await wire.send(PARTICIPATIONS)
    assert (await wire.send(PARTICIPATIONS)).waited == pytest.approx(62.5)


async def test_a_new_rate_does_not_count_for_the_time_before_it(wire: Wire) -> None:
    plans = UsagePlans(wire.clock)
    await plans.take(SLOW, NORTHWIND)
    await wire.clock.advance(0.5)
    plans.observe_rate(SLOW, NORTHWIND, 0.1)
    assert plans.seconds_until_allowed(SLOW, NORTHWIND) == pytest.approx(5)


async def test_429_empties_the_bucket(wire: Wire) -> None:
    wire.amazon.api.append(error(429, "QuotaExceeded"))
    await wire.send(PARTICIPATIONS)
    assert wire.client.seconds_until_allowed(PARTICIPATIONS.operation, NORTHWIND) == pytest.approx(62.5)


async def test_429_makes_those_wait_longer_who_wait_already(wire: Wire) -> None:
    plans, clock = UsagePlans(wire.clock), wire.clock
    await plans.take(SLOW, NORTHWIND)
    waiting = asyncio.create_task(plans.take(SLOW, NORTHWIND))
    await clock.advance(0.9)
    plans.observe_refusal(SLOW, NORTHWIND)
    await clock.advance(0.9)
    assert not waiting.done()
    await clock.advance(0.1)
    assert await waiting == pytest.approx(1.9)


async def test_an_operation_without_a_plan_waits_only_after_429(wire: Wire) -> None:
    request = ApiRequest(NO_PLAN, "/x/v1/it")
    for _ in range(40):
        assert (await wire.send(request)).waited == 0
    wire.amazon.api.append(error(429, "QuotaExceeded"))
    await wire.send(request, retry=False)
    assert (await wire.send(request)).waited == pytest.approx(1)


async def test_one_who_is_cancelled_leaves_the_line_and_the_others_move_up(wire: Wire) -> None:
    plans, clock = UsagePlans(wire.clock), wire.clock
    await plans.take(SLOW, NORTHWIND)
    first, second, third = (asyncio.create_task(plans.take(SLOW, NORTHWIND)) for _ in range(3))
    await clock.advance(0.5)
    first.cancel()
    await clock.settle()
    assert plans.seconds_until_allowed(SLOW, NORTHWIND) == pytest.approx(2.5)
    await clock.advance(0.5)
    assert (second.done(), third.done()) == (True, False)
    await clock.advance(1)
    assert third.done()


async def test_a_place_that_was_given_up_is_not_taken_twice(wire: Wire) -> None:
    """Whoever comes after a cancellation must not go at the same moment as one who waits: the burst is one."""
    plans, clock = UsagePlans(wire.clock), wire.clock
    went: list[float] = []

    async def go() -> None:
        await plans.take(SLOW, NORTHWIND)
        went.append(round(clock.monotonic() - 1000, 6))

    await go()
    first, *others = (asyncio.create_task(go()) for _ in range(3))
    await clock.advance(0.5)
    first.cancel()
    others.append(asyncio.create_task(go()))
    await clock.finish(asyncio.gather(*others))
    assert went == [0, 1, 2, 3]


async def test_nobody_overtakes_one_who_waits(wire: Wire) -> None:
    plans, clock = UsagePlans(wire.clock), wire.clock
    await plans.take(SLOW, NORTHWIND)
    first = asyncio.create_task(plans.take(SLOW, NORTHWIND))
    await clock.settle()
    clock._seconds += 5  # its turn has come, but it has not been woken yet
    second = asyncio.create_task(plans.take(SLOW, NORTHWIND))
    await clock.settle()
    assert not second.done()
    await clock.advance(0)
    assert (first.done(), second.done()) == (True, False)
    await clock.finish(second)


async def test_those_in_line_sleep_once_each(wire: Wire) -> None:
    """Not all of them whenever one place comes free."""
    plans, clock = UsagePlans(wire.clock), wire.clock
    await clock.finish(asyncio.gather(*(plans.take(SLOW, NORTHWIND) for _ in range(21))))
    assert clock.slept == [pytest.approx(1)] * 20


async def test_a_call_cancelled_while_it_waits_is_not_sent_and_not_recorded(wire: Wire) -> None:
    for _ in range(15):
        await wire.send(PARTICIPATIONS)
    recorded = len(wire.records)
    waiting = asyncio.create_task(wire.client.send(PARTICIPATIONS, NORTHWIND))
    await wire.clock.advance(30)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await wire.clock.advance(100)
    assert (len(wire.amazon.calls), len(wire.records)) == (15, recorded)


async def test_a_call_in_flight_does_not_hold_up_the_next(wire: Wire) -> None:
    held = Held()
    wire.amazon.api.append(held)
    first = asyncio.create_task(wire.client.send(REPORT, NORTHWIND))
    await held.started.wait()
    assert (await wire.send(REPORT)).ok
    held.release.set()
    assert (await first).ok


@given(
    rate=st.floats(0.001, 50),
    burst=st.integers(1, 20),
    arrivals=st.lists(st.floats(0, 30), min_size=1, max_size=40),
    cancelled=st.sets(st.integers(0, 39)),
)
async def test_never_more_than_the_plan_allows_and_never_later_than_needed(
    rate: float, burst: int, arrivals: list[float], cancelled: set[int]
) -> None:
    """Amazon's own bucket, refilled beside ours, is never found empty; and nobody waits when it is not."""
    clock = FakeClock()
    plans = UsagePlans(clock)
    operation = Operation(name="o", api="x", version="v1", method="GET", path="/x", rate=rate, burst=burst)
    tokens, at = float(burst), clock.monotonic()

    async def go() -> None:
        nonlocal tokens, at
        await plans.take(operation, NORTHWIND)
        tokens = min(float(burst), tokens + (clock.monotonic() - at) * rate) - 1
        at = clock.monotonic()
        assert tokens > -1e-6

    tasks: list[asyncio.Task[None]] = []
    for number, pause in enumerate(sorted(arrivals)):
        tasks.append(asyncio.create_task(go()))
        if number in cancelled:
            await asyncio.sleep(0)
            tasks[-1].cancel()
        await clock.advance(pause / 10)
    began = clock.monotonic()
    outcomes = await clock.finish(asyncio.gather(*tasks, return_exceptions=True))
    assert not [each for each in outcomes if isinstance(each, Exception)]
    assert clock.monotonic() - began <= len(tasks) / rate + 1e-6


def test_every_plan_of_the_catalogue_makes_sense() -> None:
    plans = UsagePlans(FakeClock())
    for operation in load_catalogue():
        assert (operation.rate is None) == (operation.burst is None)
        assert operation.rate is None or 0 < operation.rate <= 100
        assert plans.seconds_until_allowed(operation, Authorization("", "A1", NORTHWIND.region, "app")) == 0
