"""What is done before a log can be asked: how far it is, for who waits; its end, for who does not want to wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from sptui.calllog.asking.engine import CallLogError


class PreparingEndedError(CallLogError):
    """It was ended before the log could be asked."""


class Work(msgspec.Struct, frozen=True):
    """What is done, and what a person should know of it who waits."""

    what: str
    about: str
    ended: str


COPYING: Final = Work(
    "copying the recorded calls",
    "Done once for a long log, so that questions are quick. What is copied stays: the next time goes on from there.",
    "Ended. What is copied stays; the next time goes on from there.",
)
TALLYING: Final = Work(
    "counting the recorded calls",
    "Done once for a long log, so that questions are quick. What is counted stays: the next time goes on from there.",
    "Ended. What is counted stays; the next time goes on from there.",
)
READING: Final = Work(
    "reading the file",
    "Logs of this shape are read whole before they can be asked. `sptui log import` keeps what was read.",
    "Ended. Nothing is kept of what was read.",
)
CONNECTING: Final = Work("connecting to the database", "", "Ended before the database answered.")


class Step(msgspec.Struct, frozen=True):
    """How far a work is: ``percent``, None where that is not known."""

    work: Work
    percent: int | None = None

    @property
    def told(self) -> str:
        """``copying the recorded calls, 34 %``."""
        return self.work.what if self.percent is None else f"{self.work.what}, {self.percent} %"

    @property
    def told_first(self) -> str:
        """The same at the beginning of a sentence."""
        return f"{self.told[0].upper()}{self.told[1:]}"


class Preparing:
    """One making-ready of a log. ``end`` may come from any thread and several times; the rest is for the thread that
    prepares.
    """

    def __init__(self, on_step: Callable[[Step], None] = lambda _: None) -> None:
        """``on_step`` is called in the thread that prepares."""
        self.step: Step | None = None
        self.ends_in_order = False
        """Whether ``end`` is heeded soon: between two steps that each leave everything in order."""
        self._on_step = on_step
        self._ended = False
        self._stops: list[Callable[[], None]] = []

    @property
    def ended(self) -> bool:
        """Whether its end was asked for."""
        return self._ended

    def end(self) -> None:
        """Ends it as soon as may be: between two steps, or by what stops the one that runs."""
        self._ended = True
        for stop in tuple(self._stops):
            stop()

    def check(self) -> None:
        """Raises PreparingEndedError where its end was asked for."""
        if self._ended:
            raise PreparingEndedError(self.step.work.ended if self.step is not None else "Ended.")

    def tell(self, work: Work, done: int = 0, whole: int = 0) -> None:
        """Tells how far a work is; ``whole`` 0: nobody knows. Raises as ``check``."""
        step = Step(work, min(100, 100 * done // whole) if whole > 0 else None)
        if step != self.step:
            self.step = step
            self._on_step(step)
        self.check()

    @contextmanager
    def stopped_by(self, stop: Callable[[], None]) -> Iterator[None]:
        """While this lasts, ``end`` calls ``stop`` from its own thread. Raises as ``check``, at both ends."""
        self._stops.append(stop)
        try:
            self.check()
            yield
        except CallLogError:
            self.check()  # else what was stopped would tell only that it was
            raise
        finally:
            self._stops.remove(stop)
        self.check()

    @contextmanager
    def in_steps(self) -> Iterator[None]:
        """While this lasts, the end waits for the step in work."""
        self.ends_in_order = True
        try:
            yield
        finally:
            self.ends_in_order = False
