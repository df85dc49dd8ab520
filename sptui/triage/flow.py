"""The flow: from a failing call to a verdict, step by step. One generator, driven by the wizard and by `sptui triage`.

It never draws and never asks the keyboard: it yields events, and whoever drives it answers questions with
``asend(Reply)``. What it sends goes through Services.
"""

from __future__ import annotations

from typing import Final

from sptui.spapi.calls import TransportFailure
from sptui.triage.case import Case
from sptui.triage.causes import Cause
from sptui.triage.events import (
    SKIP,
    Answer,
    Conclusion,
    Finished,
    GoTo,
    Planned,
    StepName,
    StepStarted,
    TriageResult,
    VerdictSoFar,
)
from sptui.triage.rules.base import Facts
from sptui.triage.run import Options, Run
from sptui.triage.sending import Events, relayed
from sptui.triage.services import Services
from sptui.triage.steps.answer import ANSWER
from sptui.triage.steps.base import Step, never, no_calls, quietly
from sptui.triage.steps.explained import blamed_by_the_catalogue
from sptui.triage.steps.isolate import MINIMAL, OPTIONS
from sptui.triage.steps.operations import OPERATIONS
from sptui.triage.steps.questions import STEP_QUESTIONS
from sptui.triage.steps.reproduce import REPRODUCE
from sptui.triage.steps.request import REQUEST
from sptui.triage.steps.seller import ACCOUNT, MARKETPLACE
from sptui.triage.steps.sellers import SELLERS
from sptui.triage.steps.token import TOKEN


async def _conclude(run: Run) -> None:
    if not run.culprits and run.verdict.first.cause is Cause.REQUEST:
        run.culprits = blamed_by_the_catalogue(run)  # told by the catalogue and Amazon's answer, without a trial
    if run.verdict.first.cause is not Cause.SUCCESS:
        run.found()


VERDICT: Final = Step(
    StepName.VERDICT, "The verdict", "Rank the causes by what was found.", no_calls, never, quietly(_conclude)
)

_HARMLESS: Final = (
    ANSWER,
    REQUEST,
    TOKEN,
    REPRODUCE,
    MINIMAL,
    OPTIONS,
    SELLERS,
    OPERATIONS,
    MARKETPLACE,
    ACCOUNT,
    STEP_QUESTIONS,
    VERDICT,
)
TITLES: Final = {each.name: each.title for each in _HARMLESS}
"""The title of every step."""

_WITH_SIDE_EFFECTS: Final = (
    ANSWER,
    REQUEST,
    TOKEN,
    SELLERS,
    OPERATIONS,
    MARKETPLACE,
    ACCOUNT,
    MINIMAL,
    OPTIONS,
    STEP_QUESTIONS,
    VERDICT,
)
"""A call that changes something is repeated last, after all that can be looked at without harm."""

_OUR_SIDE: Final = frozenset({"credentials", "connect", "tls", "forbidden host", "other"})
"""Kinds of TransportFailure that keep this machine from finding out."""


async def investigate(case: Case, services: Services, options: Options | None = None) -> Events:
    """Yields a Planned event, then for each step StepStarted, what happens meanwhile, StepFinished and VerdictSoFar
    (a step that is not needed: StepFinished alone), and Finished at the end.

    Waiting, TrialMade and Question come in between; a Question is answered by ``asend(Reply)``. ``asend(SKIP)`` on
    StepStarted leaves that step out; ``asend(GoTo(step))`` between two steps or at the end goes back to a step, which
    is then made even where it was left out as not needed. Closing the generator or cancelling its task stops it
    wherever it is.
    """
    run = Run(case, services, options or Options())
    began = services.monotonic()
    steps = _WITH_SIDE_EFFECTS if run.has_side_effects else _HARMLESS
    yield Planned(tuple(each.planned(run) for each in steps))
    place, wanted = 0, False
    while True:
        if place == len(steps):
            answer = yield Finished(_result(run, services.monotonic() - began))
            if not isinstance(answer, GoTo):
                return
        else:
            turn = _Turn(steps[place], run, wanted=wanted)
            async with relayed(turn.events()) as relay:
                async for event in relay:
                    relay.reply = yield event
            answer = turn.answer
        wanted = isinstance(answer, GoTo) and run.go_back(answer.step)
        if wanted and isinstance(answer, GoTo):
            place = [each.name for each in steps].index(answer.step)
        elif place < len(steps):
            place += 1


class _Turn:
    """A step's turn; ``answer`` is what its last event was answered with."""

    def __init__(self, step: Step, run: Run, *, wanted: bool) -> None:
        """``wanted``: somebody went to this step, so it is made even where the cause is certain."""
        self._step = step
        self._run = run
        self._wanted = wanted
        self.answer: Answer = None

    async def events(self) -> Events:
        step, run = self._step, self._run
        run.begin(step.name)
        why = _not_needed(step, run, wanted=self._wanted)
        if not why:
            if step.look is not None:
                await step.look(run)
            why = step.skip(run)
        if why and not run.has_noted:
            run.skip(why)
            self.answer = yield run.end()
            return
        calls = 0 if why else step.planned(run).calls
        reply = yield StepStarted(step.name, step.title, step.purpose, calls)
        if isinstance(reply, GoTo) and reply.step is not step.name and run.has_made(reply.step):
            self.answer = reply
            return
        if reply == SKIP:
            run.skip("Left out.")
            self.answer = yield run.end()
            return
        if not why:
            async with relayed(step.work(run)) as relay:
                async for event in relay:
                    relay.reply = yield event
        ended = yield run.end()
        self.answer = (yield VerdictSoFar(run.verdict)) or ended


def _not_needed(step: Step, run: Run, *, wanted: bool) -> str:
    if not wanted and step.name is not StepName.VERDICT and run.finished and run.verdict.is_certain:
        return f"Not needed: the cause is certain ({run.verdict.first.cause})."
    return ""


def _result(run: Run, seconds: float) -> TriageResult:
    return TriageResult(
        verdict=run.verdict,
        steps=tuple(run.finished),
        trials=tuple(run.trials),
        culprits=run.culprits,
        calls=run.calls,
        seconds=round(seconds, 3),
        conclusion=_conclusion(run),
    )


def _conclusion(run: Run) -> Conclusion:
    facts, first = Facts(run.evidence), run.verdict.first
    if first.cause is Cause.SUCCESS:
        return Conclusion.FINE
    kept_out = facts.silence is not None and facts.silence.failure in _OUR_SIDE
    seen = run.case.answer is not None or isinstance(run.case.failure, TransportFailure)
    if (kept_out and not seen) or (facts.nothing_seen and first.likelihood < 0.5):
        return Conclusion.UNKNOWN
    return Conclusion.PROBLEM


__all__ = ["TITLES", "Options", "investigate"]
