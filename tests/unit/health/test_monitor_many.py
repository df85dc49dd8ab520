"""Many refreshes: one that waits, fails, is stopped or cannot be stored is nobody else's business."""

from __future__ import annotations

import asyncio
import gc
import threading
from datetime import timedelta

import msgspec
import pytest
from spapi.wire import Held, Wire, error, json_response
from waiting import until

from sptui.database import DatabaseError
from sptui.health.history import History
from sptui.health.monitor import Monitor
from sptui.health.participations import ParticipationReading, ParticipationState
from sptui.spapi.authorization import Authorization
from sptui.spapi.regions import Region

SELLERS = [Authorization(f"Seller {number}", f"A{number}", Region.NA, "app") for number in range(60)]
ONE, TWO, THREE = SELLERS[:3]


def monitor_of(wire: Wire, history: History | None = None) -> Monitor:
    return Monitor(wire.client, history or History(None), wire.clock, timedelta(minutes=15))


def without_call(reading: ParticipationReading) -> ParticipationReading:
    """What the monitor keeps: thousands of whole answers would fill the memory."""
    return msgspec.structs.replace(reading, call=None)


@pytest.fixture
def wire() -> Wire:
    return Wire()


async def test_those_who_wait_for_their_plan_hold_up_nobody(wire: Wire) -> None:
    """Forty sellers without a place in the plan for a minute, and one with."""
    monitor = monitor_of(wire)
    wire.amazon.api.extend(error(429, "QuotaExceeded") for _ in SELLERS[:40])
    await monitor.refresh_all(SELLERS[:40])
    assert monitor.seconds_until_allowed(ONE) == pytest.approx(62.5)
    waiting = [asyncio.create_task(monitor.refresh(each)) for each in SELLERS[:40]]
    await wire.clock.settle()
    free = await monitor.refresh(SELLERS[50])
    assert free.state is ParticipationState.OK
    assert not any(task.done() for task in waiting)
    await wire.clock.advance(63)
    assert all(each.state is ParticipationState.OK for each in await asyncio.gather(*waiting))
    await wire.client.aclose()


async def test_an_answer_that_does_not_come_holds_up_nobody(wire: Wire) -> None:
    monitor = monitor_of(wire)
    held = [Held(error(403)) for _ in SELLERS[:50]]
    wire.amazon.api.extend(held)
    waiting = [asyncio.create_task(monitor.refresh(each)) for each in SELLERS[:50]]
    await wire.clock.settle()
    assert (await monitor.refresh(SELLERS[50])).state is ParticipationState.OK
    for each in held:
        each.release.set()
    assert {each.state for each in await asyncio.gather(*waiting)} == {ParticipationState.FAILED}
    await wire.client.aclose()


async def test_what_is_read_is_told_before_it_is_stored(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = threading.Event()
    monkeypatch.setattr(History, "store", lambda *_: stored.wait(10))
    monitor = monitor_of(wire)
    heard: list[bool] = []
    monitor.on_change = lambda who: heard.append(monitor.known(who).reading is not None)
    refreshing = asyncio.create_task(monitor.refresh(ONE))
    await until(lambda: len(heard) == 2)
    assert heard == [False, True]
    assert not refreshing.done()
    stored.set()
    await refreshing
    await wire.client.aclose()


async def test_one_that_cannot_be_stored_is_told_after_all_have_ended(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = History.store

    def full_for_one(self: History, *readings: ParticipationReading) -> None:
        if any(reading.authorization == ONE for reading in readings):
            raise DatabaseError("the disk is full")
        store(self, *readings)

    monkeypatch.setattr(History, "store", full_for_one)
    history = History(None)
    monitor = monitor_of(wire, history)
    with pytest.raises(DatabaseError, match="full"):
        await monitor.refresh_all([ONE, TWO, THREE])
    assert all(monitor.known(each).reading for each in (ONE, TWO, THREE))
    assert set(history.known()) == {("A1", "NA"), ("A2", "NA")}
    assert not any(monitor.is_refreshing(each) for each in (ONE, TWO, THREE))
    await wire.client.aclose()


async def test_those_that_are_stopped_are_left_out_of_the_readings(wire: Wire) -> None:
    monitor = monitor_of(wire)
    held = [Held(), Held()]
    wire.amazon.api.extend(held)
    refreshing = asyncio.create_task(monitor.refresh_all([ONE, TWO]))
    await wire.clock.settle()
    monitor.cancel([ONE])
    for each in held:
        each.release.set()
    readings = await refreshing
    assert [each.authorization for each in readings] == [TWO]
    assert monitor.known(ONE).latest is None
    await wire.client.aclose()


async def test_after_a_stop_the_next_refresh_is_a_new_one(wire: Wire) -> None:
    monitor = monitor_of(wire)
    held = Held()
    wire.amazon.api.append(held)
    first = asyncio.create_task(monitor.refresh(ONE))
    await held.started.wait()
    monitor.cancel([ONE])
    assert not monitor.is_refreshing(ONE)
    second = await monitor.refresh(ONE)  # at once, before the first has ended
    assert second.state is ParticipationState.OK
    with pytest.raises(asyncio.CancelledError):
        await first
    assert monitor.known(ONE).reading == without_call(second)
    await wire.client.aclose()


async def test_stopping_keeps_what_was_known_and_its_call_is_in_the_log(wire: Wire) -> None:
    monitor = monitor_of(wire)
    before = await monitor.refresh(ONE)
    held = Held()
    wire.amazon.api.append(held)
    refreshing = asyncio.create_task(monitor.refresh(ONE))
    await held.started.wait()
    monitor.cancel()
    with pytest.raises(asyncio.CancelledError):
        await refreshing
    assert monitor.known(ONE).reading == without_call(before)
    assert monitor.known(ONE).failure is None
    assert wire.records[-1].code == "cancelled"
    await wire.client.aclose()


async def test_closing_waits_for_the_end_of_everything(wire: Wire) -> None:
    monitor = monitor_of(wire)
    wire.amazon.api.extend(Held() for _ in range(3))
    refreshing = [asyncio.create_task(monitor.refresh(each)) for each in (ONE, TWO, THREE)]
    await wire.clock.settle()
    monitor.cancel([ONE])
    await monitor.aclose()
    assert not monitor._running
    assert [record.code for record in wire.records if record.stage == "api"] == ["cancelled"] * 3
    await asyncio.gather(*refreshing, return_exceptions=True)
    await wire.client.aclose()


async def test_a_refresh_that_nobody_waits_for_ends_all_the_same(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """And its error is no warning: whoever asked has gone."""

    def full(self: History, *readings: ParticipationReading) -> None:
        raise DatabaseError("full")

    lost: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: lost.append(context))
    monkeypatch.setattr(History, "store", full)
    monitor = monitor_of(wire)
    held = Held()
    wire.amazon.api.append(held)
    asking = asyncio.create_task(monitor.refresh(ONE))
    await held.started.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert monitor.is_refreshing(ONE)
    held.release.set()
    await until(lambda: not monitor.is_refreshing(ONE))
    assert monitor.known(ONE).reading is not None
    gc.collect()
    assert not lost
    await wire.client.aclose()


async def test_what_was_read_in_the_future_is_due(wire: Wire) -> None:
    history = History(None)
    ahead = wire.clock.now() + timedelta(days=30)
    history.store(ParticipationReading(ONE, ahead, ()))
    monitor = monitor_of(wire, history)
    await monitor.refresh(TWO)
    assert monitor.due([ONE, TWO]) == [ONE]
    await wire.client.aclose()


async def test_those_that_failed_are_due_by_their_last_attempt(wire: Wire) -> None:
    monitor = monitor_of(wire)
    await monitor.refresh(ONE)
    await wire.clock.advance(600)
    wire.amazon.api.append(error(403))
    await monitor.refresh(ONE)
    await wire.clock.advance(600)
    assert monitor.due([ONE]) == []
    await wire.clock.advance(300)
    assert monitor.due([ONE]) == [ONE]
    await wire.client.aclose()


async def test_readings_over_the_wire(wire: Wire) -> None:
    monitor = monitor_of(wire)
    entry = {"marketplace": {"id": "ATVPDKIKX0DER"}, "participation": {"isParticipating": False}}
    wire.amazon.api.append(json_response({"payload": [entry, entry]}))
    reading = await monitor.refresh(ONE)
    assert reading.problems == ("US: not participating",)
    wire.amazon.api.append(json_response({"errors": [{"code": "Strange", "message": "Something Atza|CANARY"}]}))
    reading = await monitor.refresh(ONE)
    assert "no list called payload" in reading.problem
    assert "Strange: Something" in reading.problem
    assert "CANARY" not in reading.problem
    wire.client.forget_tokens()
    wire.amazon.lwa.append(json_response({"error": "invalid_grant", "error_description": "revoked"}, 400))
    reading = await monitor.refresh(ONE)
    assert reading.problem == "No access token: 400 invalid_grant: revoked"
    known = monitor.known(ONE)
    assert known.reading is not None
    assert known.reading.problems == ("US: not participating",)
    await wire.client.aclose()
