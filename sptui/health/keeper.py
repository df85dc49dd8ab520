"""Stores readings behind the monitor's back.

All that wait go into one transaction: each transaction costs a sync of the disk.
"""

from __future__ import annotations

import asyncio
from typing import Final

from sptui.database import DatabaseError
from sptui.health.history import History, Reading

_LARGEST_BATCH: Final = 200

_Entry = tuple[Reading, "asyncio.Future[None]"]


class Keeper:
    """Hands readings to the history in a thread. Belongs to one event loop."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._waiting: list[_Entry] = []
        self._batch: list[_Entry] = []
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, reading: Reading) -> None:
        """Stores a reading; comes back when it is on the disk. Raises DatabaseError where it could not be stored."""
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((reading, stored))
        if self._writing is None:
            self._begin()
        await stored

    async def aclose(self) -> None:
        """Waits until all that was handed over is stored."""
        while self._writing is not None:
            await asyncio.wait({self._writing})
            await asyncio.sleep(0)  # the end is noted after the task

    def _begin(self) -> None:
        self._writing = asyncio.create_task(self._write())
        self._writing.add_done_callback(self._ended)

    async def _write(self) -> None:
        while self._waiting:
            self._batch, self._waiting = self._waiting[:_LARGEST_BATCH], self._waiting[_LARGEST_BATCH:]
            outcomes = await asyncio.to_thread(self._store, [reading for reading, _ in self._batch])
            for (_, stored), problem in zip(self._batch, outcomes, strict=True):
                _tell(stored, problem)

    def _ended(self, writing: asyncio.Task[None]) -> None:
        """Nobody waits for ever, whatever happened to the writing."""
        self._writing = None
        if not writing.cancelled() and writing.exception() is None:
            if self._waiting:  # it came after the last look
                self._begin()
            return
        left, self._batch, self._waiting = [*self._batch, *self._waiting], [], []
        fault = asyncio.CancelledError() if writing.cancelled() else writing.exception()
        for _, stored in left:
            _tell(stored, fault)

    def _store(self, readings: list[Reading]) -> list[DatabaseError | None]:
        """All in one transaction; where that fails, each for itself, so that one keeps out no other."""
        if len(readings) > 1:
            try:
                self._history.store(*readings)
            except DatabaseError:
                pass
            else:
                return [None] * len(readings)
        return [self._problem_of(each) for each in readings]

    def _problem_of(self, reading: Reading) -> DatabaseError | None:
        try:
            self._history.store(reading)
        except DatabaseError as problem:
            return problem
        return None


def _tell(stored: asyncio.Future[None], problem: BaseException | None) -> None:
    if stored.done():  # told already, or whoever waited was cancelled
        return
    if problem is None:
        stored.set_result(None)
    else:
        stored.set_exception(problem)
