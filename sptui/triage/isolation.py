"""Which parameter makes a call fail: the minimal call, then the options one by one.

The searches here send nothing. Each is a generator that yields the attempt to make and takes the trial that came
of it, so that the flow decides about waiting, asking and stopping, and tests need no network.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any, Final, TypeVar

import msgspec

from sptui.spapi.calls import Call
from sptui.spapi.catalogue import Operation
from sptui.spapi.requests import RequestContext, Values, minimal_values, with_needed
from sptui.triage.observe_answer import Outcome, outcome_of


class Attempt(msgspec.Struct, frozen=True):
    """A call to make: all its values, what it is for, and whether it must be made even if it was made before."""

    values: dict[str, Any]
    purpose: str
    fresh: bool = False

    @property
    def key(self) -> bytes:
        """The same for attempts with the same values."""
        return msgspec.json.encode(self.values, order="sorted")


class Trial(msgspec.Struct, frozen=True):
    """One call of the isolation: the parameters that it carried and how it ended."""

    parameters: tuple[str, ...]
    values: dict[str, Any]
    purpose: str
    status: int
    code: str
    ok: bool
    request_id: str = ""
    milliseconds: float = 0.0

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        return Outcome(ok=self.ok, status=self.status, code=self.code)

    def as_json(self) -> dict[str, Any]:
        """The form of ``triage --json``."""
        return {"parameters": list(self.parameters), "status": self.status, "code": self.code, "ok": self.ok}


def trial_of(attempt: Attempt, call: Call) -> Trial:
    """The trial that a call amounts to."""
    outcome = outcome_of(call)
    return Trial(
        parameters=tuple(attempt.values),
        values=attempt.values,
        purpose=attempt.purpose,
        status=outcome.status,
        code=outcome.code,
        ok=outcome.ok,
        request_id=call.answer.request_id if call.answer else "",
        milliseconds=round(call.milliseconds, 1),
    )


class Minimal(msgspec.Struct, frozen=True):
    """What the smallest request showed.

    ``values``: what it carried at last. ``same``: it fails as the whole call did. ``samples``: with sample values
    too. ``otherwise``: how it fails with sample values, where that is another failure.
    ``culprits``: needed parameters whose given values make it fail, where samples pass. ``filled``: needed
    parameters that were not given, so that samples stand in. ``flaky``: the same request passed and failed.
    ``undecided``: the trials told nothing.
    """

    values: dict[str, Any]
    trial: Trial
    same: bool = False
    samples: bool = False
    culprits: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    otherwise: Trial | None = None
    flaky: bool = False
    undecided: bool = False

    @property
    def passes(self) -> bool:
        """Whether the smallest request with the given values passes."""
        return self.trial.ok and not self.samples


class Blame(msgspec.Struct, frozen=True):
    """Which options make the call fail: one, or several together; none where all of them pass.

    ``trial``: the smallest failing call. ``flaky``: the same request passed and failed. ``undecided``: a trial
    told nothing (throttled, no answer).
    """

    culprits: tuple[str, ...] = ()
    trial: Trial | None = None
    flaky: bool = False
    undecided: bool = False


Result = TypeVar("Result")
Search = Generator[Attempt, Trial, Result]
"""Yields attempts, takes their trials, returns what they showed."""

MINIMAL_CALL: Final = "the minimal call"


def is_same_failure(outcome: Outcome, reference: Outcome | None) -> bool:
    """Whether a failure is the one that is looked into (any is, where none is known)."""
    if outcome.ok:
        return False
    if reference is None or reference.status == 0 == outcome.status:
        return True
    return outcome.status == reference.status and (
        outcome.code == reference.code or not outcome.code or not reference.code
    )


def find_minimal(
    operation: Operation, values: Values, context: RequestContext, *, reference: Outcome | None, samples: bool
) -> Search[Minimal]:
    """Tries the smallest request with the given values; where it fails, and ``samples``, with sample values.

    A needed value of which the sample passes and the given one fails is a culprit.
    """
    needed = minimal_values(operation, context, values)
    filled = tuple(name for name in needed if name not in values)
    trial = yield from _settled(Attempt(needed, MINIMAL_CALL), reference)
    if trial is None:
        return Minimal(needed, _told_nothing(needed), filled=filled, undecided=True)
    same = is_same_failure(trial.outcome, reference)
    replaced = minimal_values(operation, context)
    changed = [name for name in needed if name in replaced and needed[name] != replaced[name]]
    if trial.ok or not samples or not changed or set(replaced) != set(needed):
        return Minimal(needed, trial, same=same, filled=filled)
    with_samples = yield from _settled(Attempt(replaced, f"{MINIMAL_CALL} with sample values"), reference)
    if with_samples is None or not with_samples.ok:
        sure = with_samples is not None and is_same_failure(with_samples.outcome, reference)
        otherwise = None if sure else with_samples
        return Minimal(needed, trial, same=same, samples=sure, filled=filled, otherwise=otherwise)
    if trial.outcome.is_passing_trouble and (yield Attempt(needed, f"{MINIMAL_CALL} once more", fresh=True)).ok:
        return Minimal(needed, trial, same=same, filled=filled, flaky=True)
    culprits = yield from _blamed_values(needed, replaced, changed, reference)
    return Minimal(replaced, with_samples, same=same, samples=True, culprits=culprits, filled=filled)


def _blamed_values(
    needed: dict[str, Any], replaced: dict[str, Any], changed: list[str], reference: Outcome | None
) -> Search[tuple[str, ...]]:
    """Of the needed values that differ from their samples, those that make the call fail by themselves."""
    if len(changed) == 1:
        return (changed[0],)
    blamed = []
    for name in changed:
        values = {**replaced, name: needed[name]}
        trial = yield from _settled(Attempt(values, f"sample values, but the given {name}"), reference)
        if trial is not None and not trial.ok:
            blamed.append(name)
    return tuple(blamed or changed)


def find_culprits(
    operation: Operation,
    minimal: dict[str, Any],
    options: dict[str, Any],
    *,
    reference: Outcome | None,
    suspects: Iterable[str] = (),
) -> Search[Blame]:
    """Adds the options to a minimal call that passes, one by one and ``suspects`` first, until it fails; then looks
    whether the last one fails alone, and if not, with which of the others it does: the smallest failing set.
    """
    first = [name for name in suspects if name in options]
    ordered = {name: options[name] for name in dict.fromkeys([*first, *options])}
    return (yield from _Stepwise(operation, minimal, ordered, reference).search())


class _Stepwise:
    def __init__(
        self, operation: Operation, minimal: dict[str, Any], options: dict[str, Any], reference: Outcome | None
    ) -> None:
        self._operation = operation
        self._minimal = minimal
        self._options = options
        self._reference = reference

    def search(self) -> Search[Blame]:
        added: list[str] = []
        for name in self._companions_first():
            trial = yield from self._try([*added, name], f"with {name}")
            if trial is None:
                return Blame(undecided=True)
            if trial.ok:
                added.append(name)
                continue
            if not added:
                return (yield from self._confirmed([name], trial))
            alone = yield from self._try([name], f"{name} alone")
            if alone is None:
                return Blame(undecided=True)
            if not alone.ok:
                return (yield from self._confirmed([name], alone))
            return (yield from self._partners(added, name, trial))
        return Blame()

    def _partners(self, pool: list[str], name: str, failing: Trial) -> Search[Blame]:
        """``name`` passes alone and fails with ``pool``: which of the pool does it need to fail?

        Each round halves the pool to find the shortest beginning of it that still fails; the last option of that
        beginning is needed.
        """
        needed = [name]
        while pool:
            passing, fails = 0, len(pool)
            while fails - passing > 1:
                middle = (passing + fails) // 2
                trial = yield from self._try([*pool[:middle], *needed], f"{name} with half of the others")
                if trial is None:
                    return Blame(undecided=True)
                if trial.ok:
                    passing = middle
                else:
                    fails, failing = middle, trial
            needed, pool = [pool[fails - 1], *needed], pool[: fails - 1]
            if pool:
                trial = yield from self._try(needed, " and ".join(needed))
                if trial is None:
                    return Blame(undecided=True)
                if not trial.ok:
                    failing = trial
                    break
        return (yield from self._confirmed(needed, failing))

    def _confirmed(self, names: list[str], failing: Trial) -> Search[Blame]:
        """A server's fault may come and go: it counts against an option only when it comes and goes with it."""
        outcome = failing.outcome
        if outcome.is_passing_trouble:
            without = {name: value for name, value in failing.values.items() if name != names[-1]}
            told = " and ".join(names)
            rounds = 1 if outcome.status == 500 else 2  # 500 is what a faulty request gets at times, 503 is not
            for _ in range(rounds):
                passes = yield Attempt(without, f"without {names[-1]} once more", fresh=True)
                again = yield Attempt(failing.values, f"{told} once more", fresh=True)
                if again.ok or not passes.ok:
                    return Blame(trial=failing, flaky=True)
        rivals = yield from self._rivals(names)
        return Blame((*rivals, *names), failing)

    def _rivals(self, names: list[str]) -> Search[tuple[str, ...]]:
        """What the minimal call carries in place of a culprit that could stand there itself: a token and the filters
        that it excludes, one of two dates. Without it the culprit passes, if the two cannot bear each other.
        """
        rivals = [
            chosen
            for group in self._operation.one_of
            for chosen in group
            if chosen in self._minimal and set(names) & set(group) and not self._is_required(chosen)
        ]
        if not rivals:
            return ()
        values = {name: value for name, value in self._minimal.items() if name not in rivals}
        values |= {name: self._options[name] for name in names}
        trial = yield from _settled(
            Attempt(values, f"{' and '.join(names)} without {' and '.join(rivals)}"), self._reference
        )
        return tuple(rivals) if trial is not None and trial.ok else ()

    def _is_required(self, name: str) -> bool:
        return any(each.name == name for each in self._operation.required)

    def _try(self, names: Iterable[str], purpose: str) -> Search[Trial | None]:
        wanted = [name for name in with_needed(self._operation, names) if name in self._options]
        values = {**self._minimal, **{name: self._options[name] for name in wanted}}
        return (yield from _settled(Attempt(values, purpose), self._reference))

    def _companions_first(self) -> list[str]:
        """The options in the given order, but what one needs beside it before it."""
        ordered: list[str] = []
        for name in self._options:
            for each in reversed(with_needed(self._operation, [name])):
                if each in self._options and each not in ordered:
                    ordered.append(each)
        return ordered


def _settled(attempt: Attempt, reference: Outcome | None) -> Search[Trial | None]:
    """The trial of an attempt; made once more where the first told nothing, and None where both did not."""
    for fresh in (attempt.fresh, True):
        trial = yield msgspec.structs.replace(attempt, fresh=fresh)
        outcome = trial.outcome
        if not outcome.is_passing_trouble or (reference is None) or is_same_failure(outcome, reference):
            return trial
    return None


def _told_nothing(values: dict[str, Any]) -> Trial:
    return Trial(tuple(values), values, MINIMAL_CALL, 0, "", ok=False)
