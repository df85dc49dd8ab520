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
    Conclusion,
    Finished,
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
from sptui.triage.steps.isolate import MINIMAL, OPTIONS
from sptui.triage.steps.request import REQUEST
from sptui.triage.steps.seller import ACCOUNT, MARKETPLACE
from sptui.triage.steps.sellers import SELLERS
from sptui.triage.steps.token import TOKEN


async def _conclude(run: Run) -> None:
    if run.verdict.first.cause is not Cause.SUCCESS:
        run.found()


VERDICT: Final = Step(
    StepName.VERDICT, "The verdict", "Rank the causes by what was found.", no_calls, never, quietly(_conclude)
)

_HARMLESS: Final = (ANSWER, REQUEST, TOKEN, MINIMAL, OPTIONS, SELLERS, MARKETPLACE, ACCOUNT, VERDICT)
_WITH_SIDE_EFFECTS: Final = (ANSWER, REQUEST, TOKEN, MARKETPLACE, ACCOUNT, MINIMAL, OPTIONS, SELLERS, VERDICT)
"""A call that changes something is repeated last, after all that can be looked at without harm."""

_OUR_SIDE: Final = frozenset({"credentials", "connect", "tls", "forbidden host", "other"})
"""Kinds of TransportFailure that keep this machine from finding out."""


async def investigate(case: Case, services: Services, options: Options | None = None) -> Events:
    """Yields a Planned event, then for each step StepStarted, what happens meanwhile, StepFinished and VerdictSoFar
    (a step that is not needed: StepFinished alone), and Finished at the end.

    Waiting, TrialMade and Question come in between; a Question is answered by ``asend(Reply)``, and anything but
    its yes counts as no. ``asend(SKIP)`` on StepStarted leaves that step out. Closing the generator or cancelling
    its task stops it wherever it is.
    """
    run = Run(case, services, options or Options())
    began = services.monotonic()
    steps = _WITH_SIDE_EFFECTS if run.has_side_effects else _HARMLESS
    yield Planned(tuple(each.planned(run) for each in steps))
    for step in steps:
        run.begin(step.name)
        if why := _not_needed(step, run):
            run.skip(why)
            yield run.end()
            continue
        planned = step.planned(run)
        if (yield StepStarted(step.name, step.title, step.purpose, planned.calls)) == SKIP:
            run.skip("Left out.")
            yield run.end()
            continue
        async with relayed(step.work(run)) as relay:
            async for event in relay:
                relay.reply = yield event
        yield run.end()
        yield VerdictSoFar(run.verdict)
    yield Finished(_result(run, services.monotonic() - began))


def _not_needed(step: Step, run: Run) -> str:
    if step.name is not StepName.VERDICT and run.finished and run.verdict.is_certain:
        return f"Not needed: the cause is certain ({run.verdict.first.cause})."
    return step.skip(run)


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


__all__ = ["Options", "investigate"]
