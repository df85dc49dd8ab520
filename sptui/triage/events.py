"""What the flow tells whoever drives it, and what it may be answered."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from sptui.triage.evidence import Evidence
from sptui.triage.isolation import Trial
from sptui.triage.verdict import Verdict


class StepName(StrEnum):
    """The steps of the flow."""

    ANSWER = "answer"
    REQUEST = "request"
    TOKEN = "token"
    REPRODUCE = "reproduce"
    MINIMAL = "minimal"
    OPTIONS = "options"
    SELLERS = "sellers"
    OPERATIONS = "operations"
    MARKETPLACE = "marketplace"
    ACCOUNT = "account"
    QUESTIONS = "questions"
    VERDICT = "verdict"


class StepOutcome(StrEnum):
    """How a step ended: nothing wrong found, something found, left out, impossible, or stopped for want of a yes."""

    OK = "ok"
    FOUND = "found"
    SKIPPED = "skipped"
    FAILED = "failed"
    ASKED = "asked"


class PlannedStep(msgspec.Struct, frozen=True):
    """A step before it runs: its title, what it will do, and how many calls it may cost at most."""

    step: StepName
    title: str
    purpose: str
    calls: int


class Planned(msgspec.Struct, frozen=True):
    """The first event: the steps in the order in which they will come."""

    steps: tuple[PlannedStep, ...]


class StepStarted(msgspec.Struct, frozen=True):
    """A step begins. Answered with ``SKIP``, it is left out; with ``GoTo``, the flow goes on from there."""

    step: StepName
    title: str
    purpose: str
    calls: int


class Waiting(msgspec.Struct, frozen=True):
    """The next call waits so many seconds, and why."""

    step: StepName
    seconds: float
    why: str


class TrialMade(msgspec.Struct, frozen=True):
    """A call of the isolation came back."""

    step: StepName
    trial: Trial


class Question(msgspec.Struct, frozen=True):
    """Something that only a person can decide; answered with a Reply. Anything else counts as ``default``.

    For a call with side effects ``method``, ``path`` and ``body`` show it whole. ``told`` says what each choice means,
    in the order of ``choices``; empty where they speak for themselves.
    """

    step: StepName
    id: str
    text: str
    choices: tuple[str, ...] = ("yes", "no")
    default: str = "no"
    told: tuple[str, ...] = ()
    method: str = ""
    path: str = ""
    body: Any = None

    @property
    def is_call(self) -> bool:
        """Whether it asks to send a call; else it asks what only the person knows or prefers."""
        return bool(self.method)


class Reply(msgspec.Struct, frozen=True):
    """An answer to a question: one of its choices."""

    choice: str


class GoTo(msgspec.Struct, frozen=True):
    """The answer that goes to a step: back to one that was made, whose work and all after it is forgotten and done
    anew, or again to the one that has just ended. Taken after StepStarted, StepFinished, VerdictSoFar and Finished.
    """

    step: StepName


YES = Reply("yes")
NO = Reply("no")
SKIP = Reply("skip")


class StepFinished(msgspec.Struct, frozen=True):
    """A step ended; ``evidence`` is what it found, ``why`` the reason where it was skipped or failed, ``calls`` what it
    cost.
    """

    step: StepName
    outcome: StepOutcome
    evidence: tuple[Evidence, ...] = ()
    why: str = ""
    calls: int = 0

    def as_json(self) -> dict[str, Any]:
        """The form of ``triage --json``. A step that was left out tells why as its one fact."""
        facts = [{"fact": each.fact, "source": each.source} for each in self.evidence]
        if self.why:
            facts.append({"fact": self.why, "source": "sptui"})
        return {"step": self.step.value, "outcome": self.outcome.value, "evidence": facts}


class VerdictSoFar(msgspec.Struct, frozen=True):
    """What the evidence amounts to after a step."""

    verdict: Verdict


class Conclusion(StrEnum):
    """What the whole flow came to."""

    PROBLEM = "problem"
    FINE = "fine"
    UNKNOWN = "unknown"


class TriageResult(msgspec.Struct, frozen=True):
    """The end: verdict, steps, trials, the parameters to blame, calls sent, seconds taken."""

    verdict: Verdict
    steps: tuple[StepFinished, ...]
    trials: tuple[Trial, ...]
    culprits: tuple[str, ...]
    calls: int
    seconds: float
    conclusion: Conclusion

    def as_json(self) -> dict[str, Any]:
        """The object that ``triage --json`` prints."""
        return {
            "verdict": self.verdict.as_json(),
            "steps": [each.as_json() for each in self.steps],
            "trials": [each.as_json() for each in self.trials],
            "culprits": list(self.culprits),
            "calls": self.calls,
            "seconds": self.seconds,
        }


class Finished(msgspec.Struct, frozen=True):
    """The last event, unless it is answered with ``GoTo``."""

    result: TriageResult


Answer = Reply | GoTo | None
"""What an event may be answered with."""

Event = Planned | StepStarted | Waiting | TrialMade | Question | StepFinished | VerdictSoFar | Finished
"""Everything that the flow yields."""
