"""The minimal call, then the options one by one."""

from __future__ import annotations

from typing import Final

from sptui.spapi.calls import Stage
from sptui.spapi.check import first_level
from sptui.spapi.requests import minimal_values
from sptui.triage.events import Question, Reply, StepName
from sptui.triage.evidence import (
    AnswerSeen,
    Culprit,
    Evidence,
    Flaky,
    MinimalTried,
    NotReproduced,
    Probe,
    RequestFlaw,
)
from sptui.triage.isolation import (
    Blame,
    Fault,
    Minimal,
    SearchKind,
    Trial,
    find_culprits,
    find_minimal,
    plans_for,
    words_of,
)
from sptui.triage.observe_answer import observe_outcome, values_in_words
from sptui.triage.run import Run
from sptui.triage.sending import Events, Found, drive, relayed
from sptui.triage.steps.base import Step, cannot_send, names_a_thing, nothing_to_explain

_SOURCE: Final = "the isolation"


def _skip_minimal(run: Run) -> str:
    if why := cannot_send(run) or nothing_to_explain(run):
        return why
    if run.case.stage is not Stage.API:
        return "The failure came before SP-API was asked: no parameter is to blame."
    if run.has_side_effects and run.reference is None:
        return "How the call fails is not known, and it has side effects: nothing is tried."
    if run.has_side_effects and run.verdict.is_settled():
        return "What is known already is strong: no call with side effects is needed."
    return ""


def _may_use_samples(run: Run) -> bool:
    """Whether sample values may stand in for the person's: only where they do no harm and mean something."""
    operation = run.operation
    if operation is None or run.has_side_effects:
        return False  # a call that changes something is sent with the person's own values or not at all
    if run.reference is not None and run.reference.status in (401, 403):
        return False  # refused at the door, whatever the values
    return not names_a_thing(run)


async def _try_minimal(run: Run) -> Events:
    operation, authorization = run.operation, run.case.authorization
    if operation is None or authorization is None:
        return
    search = find_minimal(
        operation,
        run.case.values,
        run.context_for(authorization),
        reference=run.reference,
        samples=_may_use_samples(run),
    )
    found: Found[Minimal] = Found()
    async with relayed(drive(run, search, authorization, found)) as relay:
        async for event in relay:
            relay.reply = yield event
    if found.result is not None:
        _note_minimal(run, found.result)
    elif found.stopped is not None:
        run.leave_out(Probe.MINIMAL, found.stopped.why, found.stopped.outcome)


def _note_minimal(run: Run, minimal: Minimal) -> None:
    trial = minimal.trial
    run.filled = minimal.filled
    if minimal.undecided:
        run.leave_out(Probe.MINIMAL, "The minimal call told nothing: throttled, or no answer, twice.")
        return
    if minimal.flaky:
        _note_flaky(run, trial)
        return
    run.minimal, run.minimal_passes = minimal.values, minimal.passes
    tried = MinimalTried(trial.ok, trial.status, trial.code, same=minimal.same, samples=minimal.samples)
    names = ", ".join(trial.parameters) or "no parameter"
    if minimal.culprits and minimal.otherwise is None:
        run.found(
            Evidence(f"With sample values the minimal call passes ({names}).", _SOURCE, tried),
            _blame(run, minimal.culprits, None, dict(run.case.values)),
        )
    elif trial.ok:
        run.note(Evidence(f"The minimal call passes ({names}).", _SOURCE, tried))
    else:
        how = "in the same way" if minimal.same else "in another way"
        samples = ", with sample values too" if minimal.samples else ""
        run.found(Evidence(f"The minimal call fails {how}{samples}: {_status(trial)} ({names}).", _SOURCE, tried))
        if (other := minimal.otherwise) is not None:
            tried = MinimalTried(passes=False, status=other.status, code=other.code, same=False, samples=True)
            fact = f"With sample values the minimal call fails in another way: {_status(other)}."
            run.note(Evidence(fact, _SOURCE, tried))
            if minimal.culprits:
                run.note(_blame(run, minimal.culprits, trial, trial.values, Fault.VALUE))
        elif not minimal.same and run.last_call is not None:
            run.note(observe_outcome(run.last_call, run.operation))


def _status(trial: Trial) -> str:
    return f"{trial.status or 'no answer'} {trial.code}".strip()


_FAULTS: Final = {
    Fault.VALUE: " With another value it does not: the value is to blame.",
    Fault.OPTION: " With a sample value it fails too: it is not its value.",
    Fault.COMBINATION: " Alone each of them passes.",
}


def _blame(
    run: Run, names: tuple[str, ...], trial: Trial | None, values: dict[str, object], fault: Fault | None = None
) -> Evidence:
    run.culprits = names
    status = trial.status if trial else (run.reference.status if run.reference else 0)
    code = trial.code if trial else (run.reference.code if run.reference else "")
    culprit = Culprit(names, status, code, values_in_words(values, names), fault=fault.value if fault else "")
    together = " together" if len(names) > 1 else ""
    fact = f"With {' and '.join(names)}{together} it fails: {f'{status} {code}'.strip()}."
    fact += _FAULTS[fault] if fault else ""
    return Evidence(fact, _SOURCE, culprit)


def _most_minimal_calls(run: Run) -> int:
    return 0 if cannot_send(run) else 2


def _options(run: Run) -> dict[str, object]:
    needed = run.minimal
    if needed is None and run.operation is not None and run.case.authorization is not None:
        needed = minimal_values(run.operation, run.context_for(run.case.authorization), run.case.values)
    return {name: value for name, value in run.case.values.items() if name not in (needed or {})}


def _skip_options(run: Run) -> str:
    if why := _skip_minimal(run):
        return why
    if run.culprits:
        return f"Found already: {' and '.join(run.culprits)}."
    if run.minimal is None:
        return "The minimal call told nothing, so the options cannot be added to it."
    return "" if run.minimal_passes else "The minimal call fails too: no option is to blame."


async def _try_options(run: Run) -> Events:
    operation, authorization = run.operation, run.case.authorization
    if operation is None or authorization is None or run.minimal is None:
        return
    by = SearchKind.STEP
    if (question := _plan_question(run)) is not None:
        reply = yield question
        choice = reply.choice if isinstance(reply, Reply) and reply.choice in question.choices else question.default
        by = SearchKind(choice)
    search = find_culprits(
        operation,
        run.minimal,
        _options(run),
        reference=run.reference,
        suspects=_suspects(run),
        by=by,
        whole_fails=run.reproduced is not None and not run.reproduced.ok,
        samples=run.context_for(authorization) if _may_use_samples(run) else None,
        told=run.reproduced.told if run.reproduced is not None else words_of(run.case.answer),
    )
    found: Found[Blame] = Found()
    async with relayed(drive(run, search, authorization, found)) as relay:
        async for event in relay:
            relay.reply = yield event
    if found.result is not None:
        _note_blame(run, found.result)
    elif found.stopped is not None:
        run.leave_out(Probe.OPTIONS, found.stopped.why, found.stopped.outcome)


def _plan_question(run: Run) -> Question | None:
    """Which way to search, where halves take fewer calls than one by one; the better is the default."""
    operation, options = run.operation, _options(run)
    if operation is None or _suspects(run):
        return None
    better, other = plans_for(len(options), rate=operation.rate, burst=operation.burst)
    if better.kind is SearchKind.STEP:
        return None
    ways = {SearchKind.STEP: "one by one", SearchKind.BISECT: "by halves"}
    told = [f"{ways[each.kind]} at most {each.calls} calls, about {each.seconds} s" for each in (better, other)]
    text = f"{len(options)} options may be to blame. To search them takes {told[0]}; {told[1]}."
    choices, told = (better.kind.value, other.kind.value), [f"{each[0].upper()}{each[1:]}." for each in told]
    return Question(run.step, "plan", text, choices=choices, default=better.kind.value, told=tuple(told))


def _note_blame(run: Run, blame: Blame) -> None:
    if blame.undecided:
        run.leave_out(Probe.OPTIONS, "An option told nothing: throttled, or no answer, twice.")
    elif blame.flaky and blame.trial is not None:
        _note_flaky(run, blame.trial)
    elif blame.culprits and blame.trial is not None:
        run.found(_blame(run, blame.culprits, blame.trial, blame.trial.values, blame.fault))
    elif run.filled:
        run.culprits = run.filled
        status, code = (run.reference.status, run.reference.code) if run.reference else (0, "")
        fact = f"The call passes as soon as {' and '.join(run.filled)} is given."
        run.found(Evidence(fact, _SOURCE, Culprit(run.filled, status, code, missing=True)))
    else:
        fact = "With every option the call passes: the failure could not be reproduced."
        run.found(Evidence(fact, _SOURCE, NotReproduced()))


def _note_flaky(run: Run, trial: Trial) -> None:
    fact = "The same request passes at one time and fails at another."
    run.found(Evidence(fact, _SOURCE, Flaky(trial.status)))


def _suspects(run: Run) -> list[str]:
    """The options that the catalogue or Amazon's text complain of: to be tried first."""
    named = [name for each in run.evidence if isinstance(each.data, AnswerSeen) for name in each.data.named]
    flawed = [first_level(each.data.parameter) for each in run.evidence if isinstance(each.data, RequestFlaw)]
    options = _options(run)
    return [name for name in dict.fromkeys([*named, *flawed]) if name in options]


def _most_option_calls(run: Run) -> int:
    if cannot_send(run):
        return 0
    options = len(_options(run))
    return plans_for(options, rate=None, burst=None)[0].calls + (1 if options and _may_use_samples(run) else 0)


MINIMAL: Final = Step(
    StepName.MINIMAL,
    "The minimal call",
    "Send the smallest request that the operation takes: does it fail too?",
    _most_minimal_calls,
    _skip_minimal,
    _try_minimal,
)

OPTIONS: Final = Step(
    StepName.OPTIONS,
    "The options",
    "Add the other parameters, one by one or by halves, until the smallest set that makes the call fail is known.",
    _most_option_calls,
    _skip_options,
    _try_options,
)
