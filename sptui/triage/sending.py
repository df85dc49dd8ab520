"""How the flow sends: the question that side effects take, the wait that usage plans take, and who hears of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final, Generic

from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call, Stage
from sptui.spapi.catalogue import Operation
from sptui.spapi.requests import ApiRequest, InvalidValueError, build_request
from sptui.triage.events import YES, Answer, Event, Question, Reply, StepOutcome, TrialMade, Waiting
from sptui.triage.evidence import RehearsalTried
from sptui.triage.isolation import Attempt, Result, Search, Trial
from sptui.triage.observe_answer import observe_outcome
from sptui.triage.rehearsal import Rehearsal, observe_rehearsal, rehearsals_of
from sptui.triage.run import Run

_WORTH_TELLING_SECONDS: Final = 0.5

Events = AsyncGenerator[Event, Answer]
"""What a step is while it runs: it yields events and is sent replies."""


class Relay:
    """Drives an inner generator from within another: ``async for event in relay: relay.reply = yield event``."""

    def __init__(self, inner: Events) -> None:
        self._inner = inner
        self.reply: Answer = None

    def __aiter__(self) -> AsyncIterator[Event]:
        return self

    async def __anext__(self) -> Event:
        reply, self.reply = self.reply, None
        return await self._inner.asend(reply)

    async def aclose(self) -> None:
        """Ends the inner generator."""
        await self._inner.aclose()


def relayed(inner: Events) -> aclosing[Relay]:
    """A relay that ends its inner generator whatever happens."""
    return aclosing(Relay(inner))


class Sent:
    """What became of one attempt: the call, or why there is none and how the step ends then."""

    def __init__(self) -> None:
        self.call: Call | None = None
        self.why = ""
        self.outcome = StepOutcome.SKIPPED

    def not_sent(self, why: str, outcome: StepOutcome) -> None:
        """No call was made."""
        self.why, self.outcome = why, outcome


class Found(Generic[Result]):
    """What a search came to: its result, or the attempt that could not be made."""

    def __init__(self) -> None:
        self.result: Result | None = None
        self.stopped: Sent | None = None


async def send(run: Run, attempt: Attempt, authorization: Authorization, sent: Sent) -> Events:
    """Sends one attempt for an authorization; ``sent`` gets the call, or why none was made.

    A call with side effects takes a yes to that very call, or is made where it has none: as a preview or in the
    sandbox, whose failure counts as the call's, and whose success is evidence of its own.
    """
    operation = run.operation
    if operation is None:
        sent.not_sent("The catalogue does not know the operation, so it cannot be sent.", StepOutcome.FAILED)
        return
    try:
        request = build_request(operation, attempt.values)
    except InvalidValueError as problem:
        sent.not_sent(str(problem), StepOutcome.FAILED)
        return
    if run.has_side_effects and run.rehearsal is None:
        if run.read_only:
            sent.not_sent("Read-only: the call has side effects and was not sent.", StepOutcome.ASKED)
            return
        reply = None if run.declined else (yield _question(run, attempt, request))
        choice = reply.choice if isinstance(reply, Reply) else ""
        if choice in set(rehearsals_of(operation)):
            run.rehearsal = Rehearsal(choice)
        elif choice != YES.choice:
            run.declined = True
            sent.not_sent("The call has side effects and got no yes: not sent.", StepOutcome.ASKED)
            return
    rehearsal = run.rehearsal if run.has_side_effects else None
    if rehearsal is not None:
        request = build_request(operation, rehearsal.attempt(attempt).values)
    sandbox = run.case.sandbox or rehearsal is Rehearsal.SANDBOX
    waiting, too_long = wait_for_plan(run, operation, authorization, sandbox=sandbox)
    if too_long:
        sent.not_sent(too_long, StepOutcome.FAILED)
        return
    if waiting is not None:
        yield waiting
    run.calls += 1
    call = run.last_call = await run.services.send(request, authorization, sandbox=sandbox)
    if rehearsal is None or call.stage is Stage.LWA:
        sent.call = call
    else:
        _take_rehearsal(run, rehearsal, call, sent)


def _take_rehearsal(run: Run, rehearsal: Rehearsal, call: Call, sent: Sent) -> None:
    told = observe_rehearsal(rehearsal, call)
    if told is None:
        sent.not_sent(f"The {rehearsal} told nothing: {call.summary}", StepOutcome.FAILED)
        return
    run.note(told)
    if isinstance(told.data, RehearsalTried) and (told.data.passes or told.data.issues):
        sent.not_sent(told.fact, StepOutcome.OK if told.data.passes else StepOutcome.FOUND)
    else:
        sent.call = call


def wait_for_plan(
    run: Run, operation: Operation, authorization: Authorization, *, sandbox: bool = False
) -> tuple[Waiting | None, str]:
    """The wait that the next call of an operation takes, to be told before it is made (the call itself waits);
    and, where it is longer than the options allow, why the call is left out.
    """
    seconds = run.services.seconds_until_allowed(operation, authorization, sandbox=sandbox)
    if seconds > run.options.longest_wait_seconds:
        return None, f"The usage plan of {operation.name} wants a wait of {seconds:.0f} s."
    if seconds <= _WORTH_TELLING_SECONDS:
        return None, ""
    return Waiting(run.step, seconds, f"the usage plan of {operation.name}"), ""


def _question(run: Run, attempt: Attempt, request: ApiRequest) -> Question:
    effects = {"mild": "mild side effects", "real": "side effects"}[request.operation.side_effects]
    rehearsals = rehearsals_of(request.operation)
    return Question(
        step=run.step,
        id=f"send-{run.calls + 1}",
        text=f"Send {request.operation.name} ({attempt.purpose})? It has {effects}.",
        choices=(*(each.value for each in rehearsals), "yes", "no"),
        told=(*(each.meaning for each in rehearsals), "Send it as it is shown.", "Do not send it."),
        method=request.method,
        path=request.target,
        body=request.body,
    )


async def drive(run: Run, search: Search[Result], authorization: Authorization, found: Found[Result]) -> Events:
    """Makes the attempts of a search and gives it the trials; ``found`` gets its result, or why it ended."""
    trial: Trial | None = None
    while True:
        try:
            attempt = next(search) if trial is None else search.send(trial)
        except StopIteration as ended:
            found.result = ended.value
            return
        trial = run.known_trial(attempt)
        if trial is not None:
            continue
        sent = Sent()
        async with relayed(send(run, attempt, authorization, sent)) as relay:
            async for event in relay:
                relay.reply = yield event
        if sent.call is None:
            found.stopped = sent
            search.close()
            return
        if sent.call.stage is Stage.LWA:
            sent.not_sent("No access token could be had.", StepOutcome.FOUND)
            run.note(observe_outcome(sent.call, run.operation))
            found.stopped = sent
            search.close()
            return
        trial = run.remember(attempt, sent.call)
        yield TrialMade(run.step, trial)
