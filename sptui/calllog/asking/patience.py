"""Work for another's server, done in a thread that is given up where no answer comes, or nobody wants it any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec

SECONDS_TO_STOP: Final = 10.0
"""What a server may take to end a question after its time is over; then it is left alone."""
SECONDS_TO_CANCEL: Final = 1.0
"""What it may take where a person waits for the end."""


class Outcome(msgspec.Struct):
    """What came of it: the value, or the problem. ``late``: its time was over; ``ended`` False: it still runs."""

    value: Any = None
    problem: BaseException | None = None
    late: bool = False
    ended: bool = False


class Waiting:
    """Waits for one work after the other; ``give_up`` may come from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._given_up = False

    def give_up(self) -> None:
        """The work that is waited for is not wanted any more: whoever called ``give_up`` sees to its end."""
        with self._changed:
            self._given_up = True
            self._changed.notify_all()

    def wait_for(
        self, work: Callable[[], Any], seconds: float, stop: Callable[[], None], *, grace: float = SECONDS_TO_STOP
    ) -> Outcome:
        """Waits ``seconds`` for ``work``, then asks it to ``stop``, and waits for ``grace`` seconds more; of what is
        given up ``SECONDS_TO_CANCEL`` at most. Ctrl+C stops it as well.
        """
        outcome, began = Outcome(), time.monotonic()
        self._given_up = False

        def run() -> None:
            try:
                outcome.value = work()
            except BaseException as problem:  # noqa: BLE001 - told in the thread that waits
                outcome.problem = problem
            finally:
                with self._changed:
                    outcome.ended = True
                    self._changed.notify_all()

        threading.Thread(target=run, name="sptui log database", daemon=True).start()
        try:
            self._wait(outcome, seconds)
            given_up = self._given_up
            if not outcome.ended and not given_up:
                stop()
            outcome.late = time.monotonic() - began >= seconds
            self._wait(outcome, min(grace, SECONDS_TO_CANCEL) if given_up else grace, heeding=not given_up)
        except BaseException:
            stop()
            raise
        with self._changed:
            return msgspec.structs.replace(outcome)

    def _wait(self, outcome: Outcome, seconds: float, *, heeding: bool = True) -> None:
        with self._changed:
            self._changed.wait_for(lambda: outcome.ended or (heeding and self._given_up), seconds)
