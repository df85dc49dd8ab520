"""The answer: read what came back; where nothing is known of it, send the call."""

from __future__ import annotations

from typing import Final

from sptui.spapi.calls import Stage
from sptui.triage.events import StepName, StepOutcome, TrialMade
from sptui.triage.evidence import Probe
from sptui.triage.isolation import Attempt
from sptui.triage.observe_answer import observe_given_answer, observe_outcome, outcome_of
from sptui.triage.observe_context import observe_context
from sptui.triage.observe_request import observe_call, observe_token_kind
from sptui.triage.run import Run, reference_of
from sptui.triage.sending import Events, Sent, relayed, send
from sptui.triage.steps.base import Step, cannot_send, never


def _is_given(run: Run) -> bool:
    return run.case.answer is not None or run.case.failure is not None


def _calls(run: Run) -> int:
    return 0 if _is_given(run) or cannot_send(run) else 1


async def _read(run: Run) -> Events:
    case = run.case
    run.note(observe_call(case), *observe_token_kind(case), *observe_context(case))
    if _is_given(run):
        run.reference = reference_of(case)
        run.note(*observe_given_answer(case))
        run.outcome = StepOutcome.FOUND if run.reference else StepOutcome.OK
        return
    authorization = case.authorization
    if (why := cannot_send(run)) or authorization is None:
        run.leave_out(Probe.CALL, why)
        return
    attempt, sent = Attempt(dict(case.values), "the call as given"), Sent()
    async with relayed(send(run, attempt, authorization, sent)) as relay:
        async for event in relay:
            relay.reply = yield event
    if sent.call is None:
        run.leave_out(Probe.CALL, sent.why, sent.outcome)
        return
    run.found(observe_outcome(sent.call, run.operation))
    if sent.call.stage is Stage.LWA:
        return
    outcome = outcome_of(sent.call)
    run.reproduced = run.remember(attempt, sent.call)
    run.reference = None if outcome.ok else outcome
    run.outcome = StepOutcome.OK if outcome.ok else StepOutcome.FOUND
    yield TrialMade(run.step, run.reproduced)


ANSWER: Final = Step(
    StepName.ANSWER,
    "The answer",
    "Read what came back: status, code, message, details. Where nothing is known of it, send the call.",
    _calls,
    never,
    _read,
)
