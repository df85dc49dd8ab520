"""Work for another's server, done in a thread that is given up where no answer comes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec

SECONDS_TO_STOP: Final = 10.0
"""What a server may take to end a question after its time is over; then it is left alone."""


class Outcome(msgspec.Struct):
    """What came of it: the value, or the problem. ``late``: its time was over; ``ended`` False: it still runs."""

    value: Any = None
    problem: BaseException | None = None
    late: bool = False
    ended: bool = False


def patiently(
    work: Callable[[], Any], seconds: float, stop: Callable[[], None], *, grace: float = SECONDS_TO_STOP
) -> Outcome:
    """Waits ``seconds`` for ``work``, then asks it to ``stop``, and waits for ``grace`` seconds more. Ctrl+C stops it
    as well.
    """
    done, outcome, began = threading.Event(), Outcome(), time.monotonic()

    def run() -> None:
        try:
            outcome.value = work()
        except BaseException as problem:  # noqa: BLE001 - told in the thread that waits
            outcome.problem = problem
        finally:
            done.set()

    threading.Thread(target=run, name="sptui log database", daemon=True).start()
    try:
        if not done.wait(seconds):
            stop()
        late = time.monotonic() - began >= seconds
        ended = done.wait(grace)
    except BaseException:
        stop()
        raise
    return msgspec.structs.replace(outcome, late=late, ended=ended)
