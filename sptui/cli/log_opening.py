"""A log opened for a command: how far that is, on a terminal, and Ctrl+C in order."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import click

from sptui.calllog.preparing import Preparing, Step

if TYPE_CHECKING:
    from sptui.calllog.asking.engine import Engine


@contextmanager
def opened_told(opened: Callable[[Preparing], AbstractContextManager[Engine]]) -> Iterator[Engine]:
    """An opened log. Ctrl+C while it is opened raises PreparingEndedError, or KeyboardInterrupt."""
    shown = ShownSteps()
    preparing = Preparing(shown.show)
    with ExitStack() as stack:
        try:
            with _ended_by_control_c(preparing):
                engine = stack.enter_context(opened(preparing))
        finally:
            shown.over()
        yield engine


class ShownSteps:
    """One line of stderr, written over and over, on a terminal only."""

    def __init__(self) -> None:
        self._begun = False

    def show(self, step: Step) -> None:
        """``copying the recorded calls, 34 %``; of what is over in a moment nothing is told."""
        if step.percent is not None and sys.stderr.isatty():
            self._begun = True
            click.echo(f"\r\x1b[K{step.told} (Ctrl+C ends it)", nl=False, err=True)

    def over(self) -> None:
        """Takes the line away."""
        if self._begun:
            self._begun = False
            click.echo("\r\x1b[K", nl=False, err=True)


@contextmanager
def _ended_by_control_c(preparing: Preparing) -> Iterator[None]:
    """The first Ctrl+C waits for the end of a step that is to leave everything in order, the second does not."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupted(_number: int, _frame: Any) -> None:
        if not preparing.ends_in_order or preparing.ended:
            raise KeyboardInterrupt
        preparing.end()

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
