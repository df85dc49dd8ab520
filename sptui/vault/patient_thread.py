"""One thread for what may wait on a person: it never holds up the event loop, nor the program's end."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


class Outcome(Generic[T]):
    """What a function of a foreign program came to: ``value``, or the ``error`` that it raised, whatever it was."""

    def __init__(self, function: Callable[[], T]) -> None:
        self.error: BaseException | None = None
        try:
            self._value: T | None = function()
        except BaseException as error:  # noqa: BLE001 - kept for the one who asked
            self.error = error

    @property
    def value(self) -> T:
        """What the function gave; raises ``error`` where it raised one."""
        if self.error is not None:
            raise self.error
        return cast("T", self._value)


class PatientThread:
    """Runs functions one at a time, in the order asked, in a daemon thread.

    A keyring may put up a window and wait. asyncio's own threads are joined when the program ends: it would not
    end before somebody answers. A daemon thread is left behind instead.

    ``seconds`` without any function coming to its end is taken for a wait that nobody answers.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._worker: _Worker | None = None

    async def run(self, function: Callable[[], T]) -> Outcome[T]:
        """What became of ``function``: its error is a TimeoutError where it hangs (it is left to itself then)."""
        worker = self._worker
        if worker is None or worker.stuck:
            worker = self._worker = _Worker()
        job: Future[Outcome[T]] = Future()
        worker.jobs.put((job, function))
        asked = time.monotonic()
        waiting = asyncio.wrap_future(job)
        try:
            while not waiting.done():
                patience = max(asked, worker.last_end) + self._seconds - time.monotonic()
                if patience <= 0:
                    worker.stuck = True
                    return Outcome(_give_up)
                await asyncio.wait([waiting], timeout=patience)
            return waiting.result()
        finally:
            waiting.cancel()  # one that has not begun then never does


class _Worker:
    def __init__(self) -> None:
        self.jobs: queue.SimpleQueue[tuple[Future[Outcome[Any]], Callable[[], Any]]] = queue.SimpleQueue()
        self.last_end = 0.0
        self.stuck = False
        threading.Thread(target=self._work, name="sptui keyring", daemon=True).start()

    def _work(self) -> None:
        while True:
            job, function = self.jobs.get()
            if job.set_running_or_notify_cancel():
                outcome = Outcome(function)
                self.last_end = time.monotonic()
                job.set_result(outcome)
                del outcome
            del job, function  # they hold secrets: not until the next one comes


def _give_up() -> Any:
    raise TimeoutError
