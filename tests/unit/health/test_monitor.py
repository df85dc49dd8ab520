"""Refreshing: shared, bounded, cancellable, and never one seller's failure at another's cost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from sptui.database import DatabaseError
from sptui.health.history import History
from sptui.health.monitor import Monitor
from sptui.health.participations import ParticipationReading, ParticipationState
from sptui.simulator.clock import ManualClock
from sptui.spapi.answers import read_answer
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call, SentRequest, Stage
from sptui.spapi.catalogue import Operation
from sptui.spapi.regions import Region
from sptui.spapi.requests import ApiRequest


def who(number: int) -> Authorization:
    return Authorization(f"Seller {number}", f"A{number}", Region.NA, "app")


GOOD = {"payload": [{"marketplace": {"id": "ATVPDKIKX0DER"}, "participation": {"isParticipating": True}}]}


class Amazon:
    """Answers at once, or when ``gate`` opens; refuses those in ``refused``."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.gate = asyncio.Event()
        self.gate.set()
        self.refused: set[str] = set()
        self.asked: list[str] = []

    async def send(self, request: ApiRequest, authorization: Authorization, *, retry: bool = True) -> Call:
        self.asked.append(authorization.seller_id)
        await self.gate.wait()
        status, body = (403, {}) if authorization.seller_id in self.refused else (200, GOOD)
        answer = read_answer(status, {}, msgspec.json.encode(body))
        sent = SentRequest("GET", "https://example.invalid", {})
        return Call(Stage.API, request.operation.key, "/", authorization, sent, answer, None, self.clock.now(), 1.0)

    async def download(self, url: str, authorization: Authorization) -> tuple[Call, bytes]:
        raise AssertionError("no report is asked for here")

    def seconds_until_allowed(self, operation: Operation, authorization: Authorization) -> float:
        return 0.0


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def amazon(clock: ManualClock) -> Amazon:
    return Amazon(clock)


@pytest.fixture
def monitor(amazon: Amazon, clock: ManualClock) -> Monitor:
    return Monitor(amazon, History(None), clock, timedelta(minutes=15))


async def test_keeps_the_reading_and_tells_of_every_change(monitor: Monitor) -> None:
    heard: list[tuple[str, bool]] = []
    monitor.on_change = lambda each: heard.append((each.seller_id, monitor.is_refreshing(each)))
    reading = await monitor.refresh(who(1))
    await asyncio.sleep(0)
    assert reading.state is ParticipationState.OK
    assert monitor.known(who(1)).reading == msgspec.structs.replace(reading, call=None)
    assert heard[0] == ("A1", True)
    assert heard[-1] == ("A1", False)


async def test_a_failure_stands_beside_what_was_known(monitor: Monitor, amazon: Amazon) -> None:
    good = await monitor.refresh(who(1))
    amazon.refused.add("A1")
    await monitor.refresh(who(1))
    known = monitor.known(who(1))
    assert known.reading == msgspec.structs.replace(good, call=None)
    assert known.failure is not None
    assert known.latest is known.failure
    amazon.refused.clear()
    await monitor.refresh(who(1))
    assert monitor.known(who(1)).failure is None


async def test_those_who_ask_at_once_share_one_call(monitor: Monitor, amazon: Amazon) -> None:
    amazon.gate.clear()
    asking = [asyncio.create_task(monitor.refresh(who(1))) for _ in range(5)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    amazon.gate.set()
    readings = await asyncio.gather(*asking)
    assert amazon.asked == ["A1"]
    assert all(each is readings[0] for each in readings)


async def test_one_who_stops_waiting_takes_nothing_from_the_others(monitor: Monitor, amazon: Amazon) -> None:
    amazon.gate.clear()
    first, second = (asyncio.create_task(monitor.refresh(who(1))) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    amazon.gate.set()
    assert (await second).state is ParticipationState.OK


async def test_failures_of_some_delay_none_of_the_others(monitor: Monitor, amazon: Amazon) -> None:
    everybody = [who(number) for number in range(100)]
    amazon.refused = {each.seller_id for each in everybody[::7]}
    readings = await monitor.refresh_all(everybody)
    assert len(readings) == len(everybody)
    failed = {each.authorization.seller_id for each in readings if each.state is ParticipationState.FAILED}
    assert failed == amazon.refused


async def test_due_are_the_never_tried_then_the_oldest(monitor: Monitor, clock: ManualClock) -> None:
    await monitor.refresh(who(1))
    clock.advance(600)
    await monitor.refresh(who(2))
    clock.advance(301)
    assert monitor.due([who(1), who(2), who(3)]) == [who(3), who(1)]
    clock.advance(600)
    assert monitor.due([who(2), who(1)]) == [who(1), who(2)]


async def test_what_is_being_refreshed_is_not_due(monitor: Monitor, amazon: Amazon) -> None:
    amazon.gate.clear()
    task = asyncio.create_task(monitor.refresh(who(1)))
    await asyncio.sleep(0)
    assert monitor.due([who(1)]) == []
    amazon.gate.set()
    await task


async def test_cancelling_some_leaves_the_others(monitor: Monitor, amazon: Amazon) -> None:
    amazon.gate.clear()
    first, second = (asyncio.create_task(monitor.refresh(who(number))) for number in (1, 2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    monitor.cancel([who(1)])
    amazon.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (await second).state is ParticipationState.OK
    assert monitor.known(who(1)).latest is None
    await monitor.aclose()


async def test_a_history_that_cannot_be_written_is_told_and_the_reading_known(
    monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: History, *readings: ParticipationReading) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(History, "store", full)
    with pytest.raises(DatabaseError):
        await monitor.refresh(who(1))
    assert monitor.known(who(1)).reading is not None


async def test_what_was_known_survives_the_program(tmp_path: Path, amazon: Amazon, clock: ManualClock) -> None:
    path = tmp_path / "history.sqlite3"
    history = History(path)
    first = Monitor(amazon, history, clock, timedelta(minutes=15))
    await first.refresh(who(1))
    amazon.refused = {"A1", "A2"}
    await first.refresh_all([who(1), who(2)])
    history.close()
    again = History(path)
    known = Monitor(amazon, again, clock, timedelta(minutes=15)).known(who(1))
    assert known.reading is not None
    assert known.reading.participations == first.known(who(1)).reading.participations  # type: ignore[union-attr]
    assert known.failure is not None
    assert known.failure.problem.startswith("403")
    again.close()
