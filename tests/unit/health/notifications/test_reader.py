"""Reading a queue: stores before it deletes, deletes only what is its own, never stops at a bad message."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from waiting import until

from sptui.database import DatabaseError
from sptui.health.history import History
from sptui.health.notifications.queue_errors import QueueError
from sptui.health.notifications.reader import QueueReader
from sptui.health.notifications.store import Fate, NotificationStore, Taken

from .conftest import subscription
from .fake_queue import FakeQueue
from .samples import NORTHWIND, NORTHWIND_EU, OTHER, notification

FIRST = notification("NORMAL", "AT_RISK", id="n-1", at="2026-11-01T00:00:00Z")
SECOND = notification("AT_RISK", "DEACTIVATED", id="n-2", at="2026-11-02T00:00:00Z")
UNKNOWN = notification(id="u-1", subscription="sub-unknown")
POISON = {"notificationType": "ACCOUNT_STATUS_CHANGED"}
GARBAGE = "{cut"
Make = Callable[..., QueueReader]


@pytest.fixture
def make(store: NotificationStore) -> Make:
    def made(queue: FakeQueue, *, own_queue: bool = False, **options: Any) -> QueueReader:
        return QueueReader(queue.open, store, own_queue=own_queue, **options)

    return made


def ids(history: History) -> list[str]:
    return [each.id for each in history.status_changes()]


async def test_a_queue_of_ones_own_is_emptied_of_what_was_stored(make: Make, history: History) -> None:
    queue = FakeQueue(SECOND, FIRST, FIRST, OTHER, UNKNOWN, POISON, GARBAGE)
    done = await make(queue, own_queue=True).read_once()
    assert ids(history) == ["n-1", "n-2"]
    assert queue.deleted == ["m-1", "m-2", "m-3", "m-6"]
    assert done.received == 7
    assert {fate: done.count(fate) for fate in Fate} == {
        Fate.STORED: 2, Fate.KNOWN: 1, Fate.UNASSIGNED: 1, Fate.OTHER: 1, Fate.ASIDE: 1, Fate.LEFT: 1
    }  # fmt: skip
    assert queue.hidden <= {"m-1", "m-2", "m-3", "m-6"}, "the rest is given back at once"


async def test_a_queue_of_others_stays_as_it_was(make: Make, history: History) -> None:
    queue = FakeQueue(SECOND, FIRST, OTHER, POISON)
    before = dict(queue.bodies)
    reader = make(queue)
    assert (await reader.read_once()).count(Fate.STORED) == 2
    assert (await reader.read_once()).count(Fate.KNOWN) == 2
    assert (queue.bodies, queue.hidden, queue.deleted) == (before, set(), [])
    assert set(queue.received.values()) == {2}, "once a pass"
    assert ids(history) == ["n-1", "n-2"]


async def test_a_long_queue_is_read_to_its_end(make: Make, history: History) -> None:
    queue = FakeQueue(*(notification(id=f"n-{number}") for number in range(35)))
    assert (await make(queue).read_once()).received == 35
    assert len(ids(history)) == 35


async def test_a_queue_that_delivers_the_same_again_does_not_keep_it_busy(make: Make) -> None:
    queue = FakeQueue(FIRST, OTHER)
    queue.forgetful = True
    assert (await make(queue).read_once()).received == 2
    assert queue.received["m-1"] == 2


async def test_several_messages_in_one_body_are_deleted_only_together(make: Make) -> None:
    queue = FakeQueue([FIRST, SECOND], [notification(id="n-3"), UNKNOWN], [notification(id="n-4"), OTHER])
    await make(queue, own_queue=True).read_once()
    assert queue.deleted == ["m-1"]


async def test_nothing_is_deleted_that_could_not_be_stored(make: Make, history: History) -> None:
    queue = FakeQueue(FIRST)
    history.close()
    with pytest.raises(DatabaseError):
        await make(queue, own_queue=True).read_once()
    assert (queue.deleted, queue.hidden) == ([], set())


async def test_a_delete_that_fails_loses_nothing(make: Make, history: History) -> None:
    queue = FakeQueue(FIRST)
    queue.problems["delete"] = [QueueError("network", "gone")]
    with pytest.raises(QueueError):
        await make(queue, own_queue=True).read_once()
    assert (ids(history), queue.hidden) == (["n-1"], set())
    again = await make(queue, own_queue=True).read_once()
    assert (again.count(Fate.KNOWN), queue.bodies, ids(history)) == (1, {}, ["n-1"])


async def test_what_waited_for_its_seller_is_told_when_the_seller_is_known(
    make: Make, store: NotificationStore
) -> None:
    told: list[Taken] = []
    queue = FakeQueue(UNKNOWN)
    reader = make(queue, own_queue=True, on_taken=told.append)
    await reader.read_once()
    assert (told, queue.deleted) == ([], [])
    store.book.remember_subscription(subscription(NORTHWIND_EU, "sub-unknown"))
    await reader.read_once()
    assert [each.sellers for each in told] == [((NORTHWIND.seller_id, NORTHWIND_EU.region),)]
    assert queue.deleted == ["m-1"]


async def test_what_waited_is_not_forgotten_when_it_is_gone_from_the_queue(
    make: Make, store: NotificationStore, history: History
) -> None:
    queue = FakeQueue(UNKNOWN)
    await make(queue).read_once()
    queue.bodies.clear()
    store.book.remember_subscription(subscription(NORTHWIND_EU, "sub-unknown"))
    await make(queue).read_once()
    assert ids(history) == ["u-1"]


# -- Watching --------------------------------------------------------------------------------------------------------


class Sleeper:
    """Lets a watch sleep a number of times; then it holds it, and ``asleep`` is set."""

    def __init__(self, times: int) -> None:
        self.slept: list[float] = []
        self.asleep = asyncio.Event()
        self._times = times

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) > self._times:
            self.asleep.set()
            await asyncio.Event().wait()


async def watch(reader: QueueReader, sleeper: Sleeper) -> None:
    """Watches until the sleeper holds it, then cancels."""
    task = asyncio.ensure_future(reader.watch())
    asleep = asyncio.ensure_future(sleeper.asleep.wait())
    await asyncio.wait({task, asleep}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
    for each in (task, asleep):
        each.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_watching_backs_off_and_recovers(make: Make, history: History) -> None:
    queue, sleeper = FakeQueue(FIRST), Sleeper(8)
    told: list[str] = []
    queue.problems["open"] = [QueueError("network", "AWS was not reached.")] * 8
    await watch(make(queue, sleep=sleeper, on_problem=told.append), sleeper)
    assert sleeper.slept == [2.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 300.0, 60.0]
    assert told == ["AWS was not reached."] * 8 + [""]
    assert ids(history) == ["n-1"]


async def test_a_failure_after_a_good_reading_starts_the_back_off_anew(make: Make) -> None:
    queue, sleeper = FakeQueue(FIRST), Sleeper(2)
    lost = QueueError("network", "AWS was not reached.")
    queue.problems["open"] = [lost]
    reader = make(queue, sleep=sleeper)
    queue.problems["receive"] = []
    task = asyncio.ensure_future(reader.watch())
    await until(lambda: len(sleeper.slept) == 2, pause=0)
    queue.problems["receive"] = [lost, lost]
    await asyncio.wait_for(sleeper.asleep.wait(), 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sleeper.slept[:3] == [2.0, 60.0, 2.0]


async def test_a_full_disk_is_told_and_tried_again(make: Make, store: NotificationStore, history: History) -> None:
    queue, sleeper = FakeQueue(FIRST), Sleeper(1)
    told: list[str] = []
    take = store.take

    def full_once(*arguments: Any, **options: Any) -> Taken:
        if not told:
            raise DatabaseError("database or disk is full")
        return take(*arguments, **options)

    store.take = full_once  # type: ignore[method-assign]
    await watch(make(queue, own_queue=True, sleep=sleeper, on_problem=told.append), sleeper)
    assert told == ["database or disk is full", ""]
    assert (ids(history), queue.deleted) == (["n-1"], ["m-1"])


async def test_messages_of_others_do_not_make_a_watch_spin(make: Make) -> None:
    for own_queue in (True, False):
        queue, sleeper = FakeQueue(OTHER, GARBAGE, UNKNOWN), Sleeper(3)
        await watch(make(queue, own_queue=own_queue, sleep=sleeper), sleeper)
        assert sleeper.slept == [60.0] * 4
        assert set(queue.received.values()) == {4}


async def test_a_queue_with_dead_letters_is_watched_only_as_ones_own(make: Make, history: History) -> None:
    queue, sleeper = FakeQueue(FIRST), Sleeper(0)
    told: list[str] = []
    queue.attributes_told = {"RedrivePolicy": json.dumps({"maxReceiveCount": 3})}
    await watch(make(queue, sleep=sleeper, on_problem=told.append), sleeper)
    assert (queue.received, len(told)) == ({}, 1)
    assert "dead-letter queue" in told[0]
    assert (await make(queue).read_once()).count(Fate.STORED) == 1, "by hand is the person's own choice"
    queue.send(SECOND)
    sleeper = Sleeper(0)
    task = asyncio.ensure_future(make(queue, own_queue=True, sleep=sleeper).watch())
    await until(lambda: len(ids(history)) == 2 and not queue.bodies)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_cancelled_in_the_middle_it_gives_back_what_it_holds(make: Make, store: NotificationStore) -> None:
    queue = FakeQueue(FIRST, OTHER)
    holding = asyncio.Event()
    receive = queue.receive

    async def receive_then_hang(**options: Any) -> Any:
        if queue.received:
            holding.set()
            await asyncio.Event().wait()
        return await receive(**options)

    queue.receive = receive_then_hang  # type: ignore[method-assign]
    task = asyncio.ensure_future(make(queue).read_once())
    await asyncio.wait_for(holding.wait(), 20)
    assert queue.hidden == {"m-1", "m-2"}
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert queue.hidden == set()
