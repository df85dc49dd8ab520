"""A walk through the flow as a face shows it: what every step will cost, cost and found, and how the verdict moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from sptui.triage.events import (
    Conclusion,
    Event,
    Finished,
    Planned,
    PlannedStep,
    StepFinished,
    StepName,
    StepOutcome,
    StepStarted,
    TriageResult,
    TrialMade,
    VerdictSoFar,
    Waiting,
)
from sptui.triage.evidence import Culprit, Evidence
from sptui.triage.flow import TITLES
from sptui.triage.isolation import Trial
from sptui.triage.rules import judge
from sptui.triage.verdict import Verdict

_CERTAIN: Final = "Not needed: the cause is certain"


class Move(msgspec.Struct, frozen=True):
    """How a step moved the first cause: its name and likelihood before and after; before is "" at the first verdict."""

    step: StepName
    before: str
    likelihood_before: float
    after: str
    likelihood_after: float

    @property
    def words(self) -> str:
        """``account 31 % → 78 %``, ``role 40 % → account 78 %``."""
        after = f"{self.likelihood_after:.0%}".replace("%", " %")
        if not self.before:
            return f"{self.after} {after}"
        before = f"{self.before} {self.likelihood_before:.0%}".replace("%", " %")
        return f"{before} → {after}" if self.before == self.after else f"{before} → {self.after} {after}"


class Wait(msgspec.Struct, frozen=True):
    """A wait for the usage plan: until when (monotonic seconds), and why."""

    until: float
    why: str


class Walk:
    """Takes the flow's events one after another; everything that a screen shows of them is asked here."""

    def __init__(self) -> None:
        self.plan: tuple[PlannedStep, ...] = ()
        self.finished: dict[StepName, StepFinished] = {}
        self.seconds: dict[StepName, float] = {}
        self.moves: dict[StepName, Move] = {}
        self.running: StepName | None = None
        self.wait: Wait | None = None
        self.result: TriageResult | None = None
        self.to_skip: set[StepName] = set()
        """Steps to come that somebody does not want."""
        self._calls: dict[StepName, int] = {}
        self._trials: list[tuple[StepName, Trial]] = []
        self._verdicts: dict[StepName, Verdict] = {}
        self._began = 0.0

    @classmethod
    def of_result(cls, result: TriageResult) -> Walk:
        """The walk that led to a result, as far as the result tells."""
        walk, evidence = cls(), list[Evidence]()
        walk.plan = tuple(PlannedStep(each.step, TITLES[each.step], "", each.calls) for each in result.steps)
        for step in result.steps:
            walk.finished[step.step] = step
            evidence += step.evidence
            if evidence and step.outcome is not StepOutcome.SKIPPED:
                walk._judged(step.step, judge(evidence))
        walk._trials = [(StepName.VERDICT, each) for each in result.trials]
        walk.result = result
        return walk

    def take(self, event: Event, now: float) -> None:
        """Takes the next event; ``now`` in monotonic seconds."""
        match event:
            case Planned():
                self.plan = event.steps
            case StepStarted():
                self.running, self._began, self._calls[event.step] = event.step, now, event.calls
            case Waiting():
                self.wait = Wait(now + event.seconds, event.why)
            case TrialMade():
                self._trials.append((event.step, event.trial))
                self.wait = None
            case StepFinished():
                self.finished[event.step] = event
                if self.running is event.step:
                    self.seconds[event.step] = now - self._began
                self.running, self.wait = None, None
                self.to_skip.discard(event.step)
            case VerdictSoFar():
                self._judged(list(self.finished)[-1], event.verdict)
            case Finished():
                self.result = event.result
            case _:
                pass

    def start(self, step: StepName, now: float) -> None:
        """A step that waited for a person's go starts only now."""
        self.running, self._began = step, now

    def stop(self) -> None:
        """Whatever runs was ended; what was found stays."""
        self.running, self.wait = None, None

    def go_back(self, step: StepName) -> None:
        """Forgets a step and all after it, as the flow does."""
        again = set(self.order[self.order.index(step) :])
        self.finished = {name: each for name, each in self.finished.items() if name not in again}
        self.moves = {name: each for name, each in self.moves.items() if name not in again}
        self._verdicts = {name: each for name, each in self._verdicts.items() if name not in again}
        self._trials = [(name, each) for name, each in self._trials if name not in again]
        self.result, self.running, self.wait = None, None, None

    def _judged(self, step: StepName, verdict: Verdict) -> None:
        before, first = self.verdict, verdict.first
        self._verdicts[step] = verdict
        had = (before.first.cause.value, before.first.likelihood) if before else ("", 0.0)
        move = Move(step, *had, first.cause.value, first.likelihood)
        if not before or move.before != move.after or f"{had[1]:.0%}" != f"{first.likelihood:.0%}":
            self.moves[step] = move

    # What is known ----------------------------------------------------------------------------------------

    @property
    def order(self) -> list[StepName]:
        """The steps in the order in which they come."""
        return [each.step for each in self.plan]

    @property
    def verdict(self) -> Verdict | None:
        """The verdict so far; the result's, once there is one."""
        if self.result is not None:
            return self.result.verdict
        return list(self._verdicts.values())[-1] if self._verdicts else None

    @property
    def last_move(self) -> Move | None:
        """The newest move of the verdict."""
        return list(self.moves.values())[-1] if self.moves else None

    @property
    def trials(self) -> list[Trial]:
        """The calls of the isolation so far."""
        return [each for _, each in self._trials]

    @property
    def evidence(self) -> list[Evidence]:
        """Everything that was found so far."""
        return [each for step in self.finished.values() for each in step.evidence]

    @property
    def calls(self) -> int:
        """The calls that the steps so far have cost."""
        return self.result.calls if self.result is not None else sum(each.calls for each in self.finished.values())

    def title(self, step: StepName) -> str:
        """What a step is called."""
        return TITLES[step]

    def purpose(self, step: StepName) -> str:
        """What a step will do."""
        return next((each.purpose for each in self.plan if each.step is step), "")

    def planned_calls(self, step: StepName) -> int:
        """The most calls that a step may take, as known by now."""
        return self._calls.get(step, next((each.calls for each in self.plan if each.step is step), 0))

    def is_done(self, step: StepName) -> bool:
        """Whether a step was made or left out."""
        return step in self.finished

    def next_steps(self) -> list[StepName]:
        """The steps that are still to come."""
        return [each for each in self.order if each not in self.finished and each is not self.running]

    def not_needed(self) -> list[StepName]:
        """The steps that were left out because the cause was certain."""
        return [name for name, each in self.finished.items() if each.why.startswith(_CERTAIN)]

    def outcome_so_far(self) -> TriageResult | None:
        """The result, or what a walk that was stopped has found; None while there is no verdict."""
        if self.result is not None or self.verdict is None:
            return self.result
        return TriageResult(
            verdict=self.verdict,
            steps=tuple(self.finished.values()),
            trials=tuple(self.trials),
            culprits=_culprits(self.evidence),
            calls=self.calls,
            seconds=round(sum(self.seconds.values()), 3),
            conclusion=Conclusion.UNKNOWN,
        )


def _culprits(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    found = [each.data.names for each in evidence if isinstance(each.data, Culprit)]
    return found[-1] if found else ()
