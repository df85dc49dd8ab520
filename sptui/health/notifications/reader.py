"""Reads the queue: stores first, deletes afterwards and only where the queue is sptui's own.

A queue that is not sptui's own is read in passes: what was received is given back at the end of the pass, as it was.
SQS counts every receipt, so a queue with a dead-letter queue is never watched that way: its messages would end there.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec

from sptui.database import DatabaseError
from sptui.health.notifications.gaps import Gap
from sptui.health.notifications.message import read_notifications
from sptui.health.notifications.queue import LONGEST_WAIT, OpensQueue, Queue, QueueMessage
from sptui.health.notifications.queue_check import reads_before_dead_letter
from sptui.health.notifications.queue_errors import QueueError
from sptui.health.notifications.store import Fate, NotificationStore, Taken
from sptui.health.status_change import StatusChange

_HIDDEN_SECONDS: Final = 120
_GIVING_BACK_SECONDS: Final = 5.0
"""Who stops the program does not wait for a network that is gone: SQS shows the messages again by itself."""
_MOST_OF_A_PASS: Final = 1000
_PAUSE_SECONDS: Final = 60.0
_BREATH_SECONDS: Final = 1.0
"""After a long poll that brought nothing: a server that ignores the wait is not asked without end."""
_BACK_OFF_SECONDS: Final = (2.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0)


class Pass(msgspec.Struct, frozen=True):
    """One reading of the queue: how many messages came to what, what is new, where something is missing."""

    received: int = 0
    fates: dict[str, int] = {}
    changes: tuple[StatusChange, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def count(self, fate: Fate) -> int:
        """How many notifications came to this."""
        return self.fates.get(fate.value, 0)

    def with_taken(self, messages: int, taken: Taken) -> Pass:
        """Joined by a further batch."""
        fates = dict(self.fates)
        for each in taken.fates:
            fates[each.value] = fates.get(each.value, 0) + 1
        return Pass(self.received + messages, fates, self.changes + taken.changes, self.gaps + taken.gaps)


class QueueReader:
    """Reads one queue into the store.

    ``on_taken`` hears of every batch that brought something new, after it was stored; ``on_problem`` of what goes
    wrong while watching, and of "" when it works again. ``read_once`` raises QueueError and DatabaseError.
    """

    def __init__(
        self,
        open_queue: OpensQueue,
        store: NotificationStore,
        *,
        own_queue: bool,
        on_taken: Callable[[Taken], None] | None = None,
        on_problem: Callable[[str], None] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._open_queue = open_queue
        self._store = store
        self._own_queue = own_queue
        self._on_taken = on_taken
        self._on_problem = on_problem
        self._sleep = sleep

    async def read_once(self, *, wait_seconds: int = 2) -> Pass:
        """Reads what there is and ends."""
        async with self._open_queue() as queue:
            return await self._read(queue, wait_seconds)

    async def watch(self) -> None:
        """Reads until it is cancelled; after a failure it tries again, less and less often."""
        failures = 0
        while True:
            try:
                async with self._open_queue() as queue:
                    await self._refuse_to_use_up(queue)
                    while True:
                        done = await self._read(queue, LONGEST_WAIT)
                        failures = 0
                        self._tell("")
                        await self._sleep(self._pause_after(done))
            except (QueueError, DatabaseError) as problem:
                self._tell(str(problem))
                await self._sleep(_BACK_OFF_SECONDS[min(failures, len(_BACK_OFF_SECONDS) - 1)])
                failures += 1

    def _pause_after(self, done: Pass) -> float:
        """None after something new; a long one where what stays in the queue would be received again at once."""
        if not self._own_queue:
            return _PAUSE_SECONDS
        if done.received and not done.changes and not done.count(Fate.KNOWN) and not done.count(Fate.ASIDE):
            return _PAUSE_SECONDS
        return 0.0 if done.received else _BREATH_SECONDS

    # -- One pass ------------------------------------------------------------------------------------------------

    async def _read(self, queue: Queue, wait_seconds: int) -> Pass:
        self._told(self._store.assign())
        done = Pass()
        seen: set[str] = set()
        held: list[QueueMessage] = []
        try:
            while len(seen) < _MOST_OF_A_PASS:
                batch = await queue.receive(wait_seconds=0 if seen else wait_seconds, hide_seconds=_HIDDEN_SECONDS)
                held += batch
                if not any(each.message_id not in seen for each in batch):
                    break  # nothing more, or only what was seen before in this pass
                seen |= {each.message_id for each in batch}
                done = await self._take(queue, batch, held, done)
        finally:
            await self._return(queue, held)
        return done

    async def _take(self, queue: Queue, batch: Sequence[QueueMessage], held: list[QueueMessage], done: Pass) -> Pass:
        """Stores a batch, then deletes of it what may be deleted."""
        read = [read_notifications(each.body) for each in batch]
        taken = self._store.take([one for several in read for one in several])
        fates = iter(taken.fates)
        became = [[next(fates) for _ in several] for several in read]
        settled = [each for each, its in zip(batch, became, strict=True) if all(fate.is_settled for fate in its)]
        self._told(taken)
        if self._own_queue and settled:
            await queue.delete(settled)
            gone = {each.receipt for each in settled}
            held[:] = [each for each in held if each.receipt not in gone]
        return done.with_taken(len(batch), taken)

    async def _return(self, queue: Queue, held: list[QueueMessage]) -> None:
        """Gives back what is held, also on the way out; what cannot be given back shows itself after a while."""
        if held:
            with contextlib.suppress(QueueError, TimeoutError):
                async with asyncio.timeout(_GIVING_BACK_SECONDS):
                    await queue.give_back(held)

    async def _refuse_to_use_up(self, queue: Queue) -> None:
        if self._own_queue:
            return
        count = reads_before_dead_letter(await queue.attributes())
        if count is not None:
            raise QueueError(
                "dead letters",
                f"The queue is not sptui's own, and after {count} reads it moves a message to its dead-letter queue: "
                "watching would use those up. Give sptui a queue of its own and set own_queue = true in config.toml, "
                "[notifications]; or read by hand with `sptui notifications read --once`.",
            )

    def _told(self, taken: Taken) -> None:
        if taken.changes and self._on_taken is not None:
            self._on_taken(taken)

    def _tell(self, problem: str) -> None:
        if self._on_problem is not None:
            self._on_problem(problem)
