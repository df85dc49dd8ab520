"""One run of the flow: what it works on, what it has found so far, and what its steps write down."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call, Stage
from sptui.spapi.catalogue import Operation
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.regions import Region
from sptui.spapi.requests import RequestContext
from sptui.triage.case import Case
from sptui.triage.events import StepFinished, StepName, StepOutcome
from sptui.triage.evidence import AnswerSeen, Evidence, Finding, NoAnswer, NotTried, Probe
from sptui.triage.isolation import Attempt, Trial, trial_of
from sptui.triage.observe_answer import Outcome, unbatched
from sptui.triage.rehearsal import Rehearsal
from sptui.triage.rules import judge
from sptui.triage.services import Services
from sptui.triage.verdict import Verdict

SOURCE: Final = "sptui"

_MAIN_MARKETPLACES: Final = {Region.NA: "ATVPDKIKX0DER", Region.EU: "A1PA6795UKMFR9", Region.FE: "A1VC38T7YXB528"}
"""US, DE and JP: where a seller of the region most likely sells (an assumption)."""


class Options(msgspec.Struct, frozen=True):
    """How far the flow may go.

    ``read_only``: a call with side effects is never sent, nor asked for. ``longest_wait_seconds``: a call for
    which the usage plan wants a longer wait is left out.
    """

    read_only: bool = False
    longest_wait_seconds: float = 300.0


class _Sheet(msgspec.Struct, frozen=True):
    """What was known before a step began: what the flow returns to when it goes back to it."""

    evidence: int
    trials: int
    finished: int
    culprits: tuple[str, ...]
    reference: Outcome | None
    reproduced: Trial | None
    minimal: dict[str, Any] | None
    minimal_passes: bool
    filled: tuple[str, ...]
    last_call: Call | None
    declined: bool
    rehearsal: Rehearsal | None
    known: dict[bytes, Trial]


class Run:
    """The state of one run, shared by its steps."""

    def __init__(self, case: Case, services: Services, options: Options) -> None:
        self.case = case
        self.services = services
        self.options = options
        self.began = services.now()
        self.evidence: list[Evidence] = []
        self.trials: list[Trial] = []
        self.finished: list[StepFinished] = []
        self.culprits: tuple[str, ...] = ()
        self.calls = 0
        self.step = StepName.ANSWER
        self.outcome = StepOutcome.OK
        self.why = ""
        self.reference: Outcome | None = None
        """How the call failed: what later trials are compared with; None while that is not known."""
        self.reproduced: Trial | None = None
        """The whole call, sent in this run."""
        self.minimal: dict[str, Any] | None = None
        """The values of the smallest call that was tried."""
        self.minimal_passes = False
        self.filled: tuple[str, ...] = ()
        """Needed parameters that the call does not give, so that samples stood in."""
        self.last_call: Call | None = None
        """The newest call that was sent."""
        self.declined = False
        """Whether somebody said no to a call with side effects; then no other one is asked for."""
        self.rehearsal: Rehearsal | None = None
        """Where calls with side effects are made without them, as somebody chose."""
        self._known: dict[bytes, Trial] = {}
        self._step_began = 0
        self._calls_before = 0
        self._sheets: dict[StepName, _Sheet] = {}

    # -- What is known

    @property
    def operation(self) -> Operation | None:
        """The operation of the case, where the catalogue has it."""
        return self.case.operation

    @property
    def verdict(self) -> Verdict:
        """What the evidence amounts to so far."""
        return judge(self.evidence)

    @property
    def has_side_effects(self) -> bool:
        """Whether the call changes something at Amazon."""
        return self.operation is not None and self.operation.side_effects != "none"

    @property
    def read_only(self) -> bool:
        """Whether calls with side effects are out of the question."""
        return self.options.read_only

    @property
    def lwa_failed(self) -> bool:
        """Whether no access token could be had in this run."""
        return any(_is_lwa_failure(each.data) for each in self.evidence)

    def context_for(self, authorization: Authorization, *, at_home: bool = False) -> RequestContext:
        """What fills samples: the call's own marketplace, else (or ``at_home``) the main one of the region."""
        asked = [] if at_home else [each for each in self.case.marketplaces if each in MARKETPLACES]
        home = asked[0] if asked else _MAIN_MARKETPLACES[authorization.region]
        return RequestContext(home, authorization.seller_id, self.services.now())

    # -- What a step writes down

    def begin(self, step: StepName) -> None:
        """A step starts with a clean sheet."""
        self.step, self.outcome, self.why = step, StepOutcome.OK, ""
        self._step_began, self._calls_before = len(self.evidence), self.calls
        self._sheets[step] = _Sheet(
            evidence=len(self.evidence),
            trials=len(self.trials),
            finished=len(self.finished),
            culprits=self.culprits,
            reference=self.reference,
            reproduced=self.reproduced,
            minimal=self.minimal,
            minimal_passes=self.minimal_passes,
            filled=self.filled,
            last_call=self.last_call,
            declined=self.declined,
            rehearsal=self.rehearsal,
            known=dict(self._known),
        )

    def has_made(self, step: StepName) -> bool:
        """Whether a step was made, so that one can go back to it."""
        return step in self._sheets

    def go_back(self, step: StepName) -> bool:
        """Forgets what this step and all after it found; False where the step has not been made yet.

        The calls that were sent stay counted. A no to a call with side effects is forgotten too: it is asked for again.
        """
        sheet = self._sheets.get(step)
        if sheet is None:
            return False
        del self.evidence[sheet.evidence :], self.trials[sheet.trials :], self.finished[sheet.finished :]
        self.culprits, self.reference, self.reproduced = sheet.culprits, sheet.reference, sheet.reproduced
        self.minimal, self.minimal_passes, self.filled = sheet.minimal, sheet.minimal_passes, sheet.filled
        self.last_call, self.declined, self.rehearsal = sheet.last_call, sheet.declined, sheet.rehearsal
        self._known = dict(sheet.known)
        self._sheets = {name: each for name, each in self._sheets.items() if each.finished < sheet.finished}
        return True

    def end(self) -> StepFinished:
        """What the step found."""
        found, spent = tuple(self.evidence[self._step_began :]), self.calls - self._calls_before
        done = StepFinished(self.step, self.outcome, found, self.why, spent)
        self.finished.append(done)
        return done

    def note(self, *evidence: Evidence) -> None:
        """Keeps evidence."""
        self.evidence.extend(evidence)

    def found(self, *evidence: Evidence) -> None:
        """Keeps evidence that points to a cause."""
        self.note(*evidence)
        self.outcome = StepOutcome.FOUND

    @property
    def has_noted(self) -> bool:
        """Whether the step has found anything so far."""
        return len(self.evidence) > self._step_began

    def skip(self, why: str) -> None:
        """The step is not needed, or makes no sense; what it may have found before is forgotten."""
        del self.evidence[self._step_began :]
        self.outcome, self.why = StepOutcome.SKIPPED, why

    def leave_out(self, probe: Probe, why: str, outcome: StepOutcome = StepOutcome.FAILED) -> None:
        """The step could not do its work: the verdict shall know that this was not looked at."""
        self.outcome = outcome
        self.note(Evidence(why, SOURCE, NotTried(probe, why)))

    # -- Trials

    def known_trial(self, attempt: Attempt) -> Trial | None:
        """The trial of the same call, if it was made before and need not be made afresh."""
        return None if attempt.fresh else self._known.get(attempt.key)

    def remember(self, attempt: Attempt, call: Call) -> Trial:
        """Keeps a trial, so that the same call is not made twice."""
        trial = trial_of(attempt, call)
        self.trials.append(trial)
        self._known[attempt.key] = trial
        return trial


def _is_lwa_failure(data: Finding) -> bool:
    if isinstance(data, NoAnswer):
        return data.stage is Stage.LWA
    return isinstance(data, AnswerSeen) and data.stage is Stage.LWA and data.now and not data.ok


def reference_of(case: Case) -> Outcome | None:
    """How the call is said to have failed; None where that is not known, or it did not."""
    if case.answer is not None:
        answer = unbatched(case.answer)
        return None if answer.ok else Outcome(ok=False, status=answer.status, code=answer.code)
    return Outcome(ok=False, status=0, code=case.failure.kind) if case.failure is not None else None
