"""Asking a call log from an event loop: the questions wait in a thread of their own, one after the other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeVar

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.preparing import Preparing, Step

if TYPE_CHECKING:
    from sptui.calllog.asking.engine import Engine
    from sptui.calllog.beside import Beside, FailingCall
    from sptui.calllog.browsing import Chosen
    from sptui.calllog.questions import Question, Signature, WhoAnswer
    from sptui.spapi.calls import CallRecord

T = TypeVar("T")
ENDED: Final = "The question was ended before its answer."
_AGAIN_SECONDS: Final = 0.05


class LogDesk:
    """One opened log. Opened with the first question; ``aclose`` it at the end. All raise CallLogError, DatabaseError.

    Who stops waiting (a cancelled task) ends the question, and the opening, as well: the next one does not wait for it.
    """

    def __init__(
        self,
        opened: Callable[[Preparing], AbstractContextManager[Engine]],
        on_step: Callable[[Step], None] = lambda _: None,
    ) -> None:
        """``on_step`` is told of the steps of the opening, in the desk's own thread."""
        self._opened = opened
        self._on_step = on_step
        self._stack = ExitStack()
        self._engine: Engine | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sptui log")
        self._asked: _Asked | None = None

    @property
    def preparing(self) -> Step | None:
        """What is done before the log can be asked, while that lasts."""
        asked = self._asked
        return asked.preparing.step if asked is not None and self._engine is None else None

    async def ready(self) -> None:
        """Opens the log, where no question did."""
        await self._ask(lambda _: None)

    async def calls(self, chosen: Chosen, limit: int = 500) -> list[CallRecord]:
        """The newest of the chosen calls, newest first."""
        from sptui.calllog.asking.browse import page

        return await self._ask(lambda engine: page(engine, chosen, limit))

    async def count(self, chosen: Chosen) -> int:
        """How many calls are chosen."""
        from sptui.calllog.asking.browse import count

        return await self._ask(lambda engine: count(engine, chosen))

    async def signatures(self, chosen: Chosen) -> list[Signature]:
        """The kinds of errors among the chosen calls, those that hit most sellers first, each with its trend."""
        from sptui.calllog.asking.browse import signatures

        return await self._ask(lambda engine: signatures(engine, chosen))

    async def who(self, question: Question) -> WhoAnswer:
        """Who else gets this error."""
        from sptui.calllog.asking.ask import who

        return await self._ask(lambda engine: who(engine, question))

    async def beside(self, call: FailingCall) -> Beside:
        """What the log tells beside one failing call."""
        from sptui.calllog.asking.beside import beside

        return await self._ask(lambda engine: beside(engine, call))

    async def newest(self) -> datetime | None:
        """The time of the newest call."""
        return await self._ask(lambda engine: engine.newest())

    def cancel(self) -> None:
        """Ends the question that is being answered, which raises CallLogError."""
        if (asked := self._asked) is not None:
            self._end(asked)

    async def aclose(self) -> None:
        """Ends what is being answered and lets go of the log."""
        self.cancel()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._stack.close)
        self._thread.shutdown(wait=False)

    async def _ask(self, question: Callable[[Engine], T]) -> T:
        asked = _Asked(Preparing(self._on_step))
        answer = self._thread.submit(self._answer, asked, question)
        try:
            return await asyncio.wrap_future(answer)
        except asyncio.CancelledError:
            if not answer.cancelled():  # else it was waiting for its turn, and never comes
                self._end(asked)
            raise

    def _answer(self, asked: _Asked, question: Callable[[Engine], T]) -> T:
        """In the thread: an end that was asked for is told as such, whatever the engine says of it."""
        if asked.ended:
            raise CallLogError(ENDED)
        self._asked = asked
        try:
            return question(self._ready(asked.preparing))
        except CallLogError as problem:
            if asked.ended:
                raise CallLogError(ENDED) from problem
            raise
        finally:
            self._asked = None
            asked.done.set()

    def _ready(self, preparing: Preparing) -> Engine:
        if self._engine is None or not self._engine.refresh():
            self._engine = None
            self._stack.close()
            self._engine = self._stack.enter_context(self._opened(preparing))
        return self._engine

    def _end(self, asked: _Asked) -> None:
        """Between two of its statements an engine has nothing to end: it is told until the question is done."""
        if asked.ended:
            return
        asked.ended = True

        def insist() -> None:
            while not asked.done.is_set():
                asked.preparing.end()
                if self._asked is asked and self._engine is not None:
                    self._engine.cancel()
                asked.done.wait(_AGAIN_SECONDS)

        threading.Thread(target=insist, name="sptui log, ending", daemon=True).start()


class _Asked:
    """A question on its way: whether its end was asked for, and whether it is done."""

    def __init__(self, preparing: Preparing) -> None:
        self.preparing = preparing
        self.ended = False
        self.done = threading.Event()
