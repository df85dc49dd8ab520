"""Faults that are switched while a world runs: each does what it says, together and one after the other."""

from __future__ import annotations

import msgspec
import pytest

from sptui.simulator.clock import InnerClock, ManualClock, WorldClock
from sptui.simulator.engine import Simulator
from sptui.simulator.rehearsal import Exchange, perform
from sptui.simulator.scenarios import load_scenario
from sptui.simulator.switches import STANDARD, all_off, flipped, in_words, switches_of
from sptui.simulator.world import Fault, World, WorldError
from sptui.spapi.regions import Region

EFFECTS = {
    "outage-na": (500, b"InternalFailure"),
    "outage-eu": (200, b"Orders"),
    "outage-fe": (200, b"Orders"),
    "html": (503, b"<!DOCTYPE html>"),
    "cut": (200, b'"market'),
    "blank": (200, b""),
    "lwa-down": (503, b"Website Temporarily Unavailable"),
    "throttled": (429, b"QuotaExceeded"),
}


def answered(world: World) -> Exchange:
    """Orders of a healthy seller in North America."""
    [call] = load_scenario("quota-used-up").calls
    simulator = Simulator(world, clock=ManualClock())
    return perform(simulator, msgspec.structs.replace(call, times=1))


@pytest.mark.parametrize("switch", STANDARD, ids=lambda each: each.key)
def test_each_does_what_it_says_and_can_be_undone(switch: object) -> None:
    world = load_scenario("quota-used-up")
    found = next(each for each in STANDARD if each is switch)
    on = flipped(world, found)
    assert found.is_on(on)
    assert not found.is_on(world)
    assert flipped(on, found) == world
    exchange = answered(on)
    if found.key in EFFECTS:
        status, words = EFFECTS[found.key]
        assert (exchange.answer.status, words in exchange.answer.body) == (status, True)
        assert words or not exchange.answer.body
    elif found.key == "latency":
        assert exchange.answer.delay_seconds >= 3
    elif found.key == "dropped":
        assert exchange.answer.dropped
    else:
        assert found.key == "brown-out"
        assert found.faults[0].probability == 0.3


def test_what_is_switched_on_last_comes_first() -> None:
    by_key = {each.key: each for each in STANDARD}
    world = flipped(flipped(load_scenario("quota-used-up"), by_key["outage-na"]), by_key["throttled"])
    assert answered(world).answer.status == 429
    assert answered(all_off(world)).answer.status == 200


def test_the_worlds_own_faults_come_first_and_stay_in_the_list() -> None:
    world = load_scenario("orders-outage")
    first = switches_of(world)[0]
    assert first.label == "This world: 500 InternalFailure for getOrders in NA"
    assert first.is_on(world)
    off = flipped(world, first)
    assert off.faults == ()
    assert flipped(off, first) == world


def test_a_running_simulator_takes_them_over_at_once() -> None:
    simulator = Simulator(load_scenario("quota-used-up"), clock=ManualClock())
    call = msgspec.structs.replace(simulator.world.calls[0], times=1)
    assert perform(simulator, call).answer.status == 200
    simulator.replace_world(flipped(simulator.world, STANDARD[0]))
    assert perform(simulator, call).answer.status == 500
    with pytest.raises(WorldError):
        simulator.replace_world(msgspec.structs.replace(simulator.world, faults=(Fault(seller="nobody"),)))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(drop=True), "no answer for every call"),
        (Fault(delay_ms=250, region=Region.EU), "250 ms more for every call in EU"),
        (Fault(status=200, body=""), "200 with no body for every call"),
        (Fault(status=503, body="<p>", probability=0.3), "503 with another body, 30% of the time, for every call"),
        (
            Fault("getOrders", None, "A1", "X", ("a", "b"), after_calls=3, status=400, code="InvalidInput"),
            "400 InvalidInput for getOrders with a and b of A1 for X after 3 calls",
        ),
    ],
    ids=["drop", "delay", "blank", "html", "all"],
)
def test_a_fault_in_words(fault: Fault, words: str) -> None:
    assert in_words(fault) == words


# The clock ------------------------------------------------------------------------------------------------------


async def test_inside_a_fast_world_waits_are_short_and_outside_they_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("sptui.simulator.clock.asyncio.sleep", sleep)
    await InnerClock(60).sleep(30)
    await WorldClock(60).sleep(30)
    assert slept == [0.5, 30]


def test_time_can_be_skipped_but_not_turned_back() -> None:
    clock = WorldClock()
    before = clock.now()
    clock.advance(3600)
    clock.advance(-7200)
    assert (clock.now() - before).total_seconds() >= 3600


def test_traffic_of_another_program_leaves_less_of_the_plan() -> None:
    world = load_scenario("bucket-shared")
    assert perform(Simulator(world, clock=ManualClock()), world.calls[0]).answer.status == 429
    [application] = world.applications
    [traffic] = application.traffic
    half = msgspec.structs.replace(application, traffic=(msgspec.structs.replace(traffic, calls_per_second=0.0083),))
    world = msgspec.structs.replace(world, applications=(half,))
    for minutes, status in ((1, 429), (3, 200)):
        simulator = Simulator(world, clock=ManualClock())
        call = msgspec.structs.replace(world.calls[0], times=20)
        assert perform(simulator, call).answer.status == 200
        assert isinstance(simulator.clock, ManualClock)
        simulator.clock.advance(minutes * 60)
        assert perform(simulator, msgspec.structs.replace(call, times=1)).answer.status == status
