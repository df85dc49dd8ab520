"""Waiting in tests of the screen: until something holds, however slow the machine, and not a moment longer."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from .snapshot import screen_text

Front = TypeVar("Front", bound=Screen[Any])

PATIENCE_SECONDS: Final = 30.0
"""For what a test waits for: far longer than it takes, for a machine under load is slow and not wrong."""

_SOON_SECONDS: Final = 0.06
"""Timers that are due within it belong to what is going on: changes are told together 50 ms after the first."""

_TIMERS_AT_MOST: Final = 6
"""Of one wait: a timer that comes round all the time is never over."""

_THREADS_SECONDS: Final = 1.0
"""For work in threads, which a test may hold up on purpose."""


async def until(pilot: Pilot[None], holds: Callable[[Screen[Any]], bool], what: str) -> Screen[Any]:
    """Waits until something holds of the screen in front, and until that is drawn."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        await pilot.pause()
        if holds(pilot.app.screen):
            await pilot.pause()
            return pilot.app.screen
    raise AssertionError(f"{what} did not come; in front is {pilot.app.screen}:\n{screen_text(pilot.app)}")


async def until_front(pilot: Pilot[None], kind: type[Front]) -> Front:
    """Waits until a screen of that kind is in front."""
    found = await until(pilot, lambda front: isinstance(front, kind), kind.__name__)
    assert isinstance(found, kind)
    return found


async def until_shown(pilot: Pilot[None], text: str) -> None:
    """Waits until a text is on the screen, wherever its lines break."""
    await until(pilot, lambda _: text in words_shown(pilot), repr(text))


async def until_told(pilot: Pilot[None], text: str) -> None:
    """Waits until a text is on the screen, in a toast too."""

    def told(_: object) -> bool:
        return text in words_shown(pilot) or any(text in each.message for each in pilot.app._notifications)

    await until(pilot, told, repr(text))


def words_shown(pilot: Pilot[None]) -> str:
    """All that is on the screen in one line, without frames: where lines break does not matter."""
    return " ".join(re.sub(r"[│▌▐▎▋▏▕]", " ", screen_text(pilot.app)).split())


# What a pause waits for --------------------------------------------------------------------------------------


def make_pauses_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets every pause, key and click of a pilot wait until the app has nothing left to do.

    Textual waits for 20 ms in which the process takes next to no time of the processor. On a busy machine a process
    that gets no turn looks the same, and then a key goes to the screen before, and a picture shows what was there
    before. So this looks at the event loop itself: nothing to run, no thread at work for it, no timer about to go off.
    """
    at_work: set[asyncio.Future[Any]] = set()
    wrap_future = asyncio.futures.wrap_future

    def wrapped(future: Any, *, loop: asyncio.AbstractEventLoop | None = None) -> asyncio.Future[Any]:
        made = wrap_future(future, loop=loop)
        at_work.add(made)
        made.add_done_callback(at_work.discard)
        return made

    async def wait_for_quiet(min_sleep: float = 0, max_sleep: float = 0) -> None:
        await asyncio.sleep(max(min_sleep, 0.02))  # for sockets and programs, which no loop knows of
        await _quiet(asyncio.get_running_loop(), at_work)

    monkeypatch.setattr(App, "NOTIFICATION_TIMEOUT", PATIENCE_SECONDS)  # a toast does not go before it is looked for
    for module in (asyncio, asyncio.futures):
        monkeypatch.setattr(module, "wrap_future", wrapped)
    for module_name in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module_name}.wait_for_idle", wait_for_quiet)


def make_ends_real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets an app end in tests as it does when a person leaves it: timers and workers first, then the widgets.

    Else a worker that draws, or that a timer begins, while the widgets go would not find them.
    """
    shutdown = App._shutdown

    async def as_when_left(app: App[Any]) -> None:
        app._exit = True
        app.workers.cancel_all()
        await shutdown(app)

    monkeypatch.setattr(App, "_shutdown", as_when_left)


async def _quiet(loop: Any, at_work: set[asyncio.Future[Any]]) -> None:
    """Returns when the loop has nothing to do before the next timer, which is not soon."""
    began, timers = loop.time(), 0
    while (waited := loop.time() - began) < PATIENCE_SECONDS:
        soon = _next_timer(loop) - loop.time()
        if loop._ready:
            await asyncio.sleep(0)
        elif at_work and waited < _THREADS_SECONDS:
            await asyncio.wait(list(at_work), timeout=0.05, return_when=asyncio.FIRST_COMPLETED)
        elif soon < _SOON_SECONDS and timers < _TIMERS_AT_MOST:
            timers += 1
            await asyncio.sleep(max(soon, 0))
        else:
            return


def _next_timer(loop: Any) -> float:
    return min((each.when() for each in loop._scheduled if not each.cancelled()), default=float("inf"))
