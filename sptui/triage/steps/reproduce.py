"""The whole call once more, where its failure was told and not seen: one that does not come back is a finding."""

from __future__ import annotations

from typing import Final

from sptui.spapi.calls import Stage
from sptui.spapi.regions import Region
from sptui.triage.events import StepName, TrialMade
from sptui.triage.evidence import Evidence, Flaky, NotReproduced, Probe, RegionsTried
from sptui.triage.isolation import Attempt, Trial
from sptui.triage.observe_answer import observe_outcome
from sptui.triage.run import Run, reference_of
from sptui.triage.sending import Events, Sent, relayed, send
from sptui.triage.steps.base import Step, cannot_send

_SOURCE: Final = "the whole call, sent again"
_REPETITIONS: Final = 2
"""How often a call that passes now is sent again, where what was told is a fault that may come and go."""


def _skip(run: Run) -> str:
    if run.reproduced is not None:
        return "The failure was seen in this run." if not run.reproduced.ok else "The call passes in this run."
    if run.reference is None:
        return "How the call failed is not known: there is nothing to compare with."
    if why := cannot_send(run):
        return why
    if run.case.stage is not Stage.API:
        return "The failure came before SP-API was asked."
    if run.has_side_effects:
        return "The call has side effects: it is not sent only to see it fail again."
    return ""


def _calls(run: Run) -> int:
    told = reference_of(run.case) is not None
    return 1 if told and not run.has_side_effects and not cannot_send(run) else 0


async def _reproduce(run: Run) -> Events:
    authorization, told = run.case.authorization, run.reference
    if authorization is None or told is None:
        return
    passed: Trial | None = None
    for number in range(1 + _REPETITIONS):
        attempt = Attempt(dict(run.case.values), "once more" if number else "the call as given", fresh=number > 0)
        sent = Sent()
        async with relayed(send(run, attempt, authorization, sent)) as relay:
            async for event in relay:
                relay.reply = yield event
        if sent.call is None:
            run.leave_out(Probe.CALL, sent.why, sent.outcome)
            return
        if sent.call.stage is Stage.LWA:
            run.found(observe_outcome(sent.call, run.operation))
            return
        trial = run.remember(attempt, sent.call)
        yield TrialMade(run.step, trial)
        if not trial.ok:
            run.reproduced, run.reference = trial, trial.outcome
            run.found(observe_outcome(sent.call, run.operation))
            if passed is not None:
                run.note(
                    Evidence("The same request passes at one time and fails at another.", _SOURCE, Flaky(trial.status))
                )
            return
        passed = trial
        if not told.is_passing_trouble:
            break
    if run.case.region not in (None, authorization.region):
        run.note(_other_host(run, authorization.region))
    run.reproduced, run.reference = passed, None
    run.found(Evidence("The same call passes now: the failure could not be reproduced.", _SOURCE, NotReproduced()))


def _other_host(run: Run, home: Region) -> Evidence:
    tried = RegionsTried(passing=(home,), failing=(run.case.region,) if run.case.region else ())
    fact = f"It was sent to {run.case.region}; the seller's authorization is for {home}, and there it passes."
    return Evidence(fact, _SOURCE, tried)


REPRODUCE: Final = Step(
    StepName.REPRODUCE,
    "Reproduce it",
    "Send the call as it was given: does it fail again, and in the same way?",
    _calls,
    _skip,
    _reproduce,
)
