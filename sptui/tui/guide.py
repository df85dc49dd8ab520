"""Leads a person through the flow: which step waits for a go, which are to be left out, where somebody wants to go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from sptui.triage.events import (
    SKIP,
    Answer,
    Event,
    Finished,
    GoTo,
    Question,
    Reply,
    StepName,
    StepStarted,
    TriageResult,
    VerdictSoFar,
)
from sptui.triage.flow import TITLES
from sptui.triage.sending import Events, relayed
from sptui.tui.walk import Walk


class Face(Protocol):
    """What a guide needs of whoever draws."""

    def changed(self) -> None:
        """Something is to be drawn anew."""
        ...

    def came_to(self, step: StepName) -> None:
        """The walk has come to a step."""
        ...

    async def ask(self, question: Question) -> str:
        """Asks a person, and gives the choice."""
        ...

    async def finished(self, result: TriageResult) -> None:
        """The flow is at its end; it may still be gone back in."""
        ...


class Guide:
    """One walk. ``next`` is the step before which it waits; ``over``: nothing runs any more, or nothing runs now."""

    def __init__(self, face: Face, now: Callable[[], float], walk: Walk | None = None, *, step_by_step: bool) -> None:
        self._face = face
        self._now = now
        self.walk = walk or Walk()
        self.over = walk is not None
        self.step_by_step = step_by_step
        self.next: StepName | None = None
        self._wanted: GoTo | None = None
        self._choice: asyncio.Future[Answer] | None = None

    async def lead(self, flow: Events) -> None:
        """Drives the flow to its end, and on as long as somebody goes back in it. Cancel it to stop the flow."""
        self.walk, self.over, self.next, self._wanted = Walk(), False, None, None
        self._face.changed()
        try:
            async with relayed(flow) as relay:
                async for event in relay:
                    relay.reply = await self._take(event)
                    self._face.changed()
        finally:
            self.walk.stop()
            self.over, self.next = True, None

    async def _take(self, event: Event) -> Answer:
        self.walk.take(event, self._now())
        self._face.changed()
        reply: Answer = None
        match event:
            case StepStarted():
                reply = await self._before(event.step)
            case VerdictSoFar():
                reply = self._wanted
            case Question():
                reply = Reply(await self._face.ask(event))
            case Finished():
                reply = self._wanted or await self._at_the_end(event.result)
            case _:
                pass
        if isinstance(reply, GoTo):
            self._wanted, self.over = None, False
            self.walk.go_back(reply.step)
        return reply

    async def _before(self, step: StepName) -> Answer:
        if self._wanted is not None:
            return self._wanted
        if step in self.walk.to_skip:
            return SKIP
        self._face.came_to(step)
        if not self.step_by_step:
            return None
        self.next, self.walk.running = step, None
        self._face.changed()
        reply = await self._person()
        self.next = None
        if reply is None:
            self.walk.start(step, self._now())
        return reply

    async def _at_the_end(self, result: TriageResult) -> Answer:
        self.over = True
        self._face.changed()
        await self._face.finished(result)
        return await self._person()

    async def _person(self) -> Answer:
        self._choice = asyncio.get_running_loop().create_future()
        try:
            return await self._choice
        finally:
            self._choice = None

    # What a person wants ----------------------------------------------------------------------------------

    def proceed(self) -> None:
        """Makes the step that waits."""
        if self.next is not None:
            self._answer(None)

    def choose(self, step: StepName) -> str:
        """Makes the step that waits, or goes back to one that was made; gives what there is to say about it."""
        if step is self.next:
            self.proceed()
            return ""
        if not self.walk.is_done(step):
            return f"“{TITLES[step]}” comes after the steps before it."
        if self._choice is not None:
            self._answer(GoTo(step))
            return ""
        if self.over:
            return "This run has ended: r runs it again from the start."
        self._wanted = GoTo(step)
        return f"Goes back to “{TITLES[step]}” as soon as this step has ended."

    def skip(self, chosen: StepName | None) -> None:
        """Leaves out a step that is still to come, the chosen one or else the next; once more, and it is made."""
        coming = self.walk.next_steps()
        step = chosen if chosen in coming else (self.next or next(iter(coming), None))
        if step is not None and step is self.next:
            self._answer(SKIP)
        elif step is not None:
            self.walk.to_skip ^= {step}
            self._face.changed()

    def change_mode(self) -> str:
        """Between running on and waiting before each step; gives what holds now."""
        self.step_by_step = not self.step_by_step
        if self.step_by_step:
            return "Waits before each step: Enter makes it, s leaves it out."
        self.proceed()
        return "Runs on by itself."

    def _answer(self, answer: Answer) -> None:
        if self._choice is not None and not self._choice.done():
            self._choice.set_result(answer)
