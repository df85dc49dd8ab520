"""Which needed parameter makes a call fail: the smallest request, with the given values and with samples."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sptui.spapi.catalogue import Operation
from sptui.spapi.requests import RequestContext, Values, minimal_values
from sptui.triage.isolation.attempts import Attempt, Search, Trial, comes_and_goes, is_same_failure, settled
from sptui.triage.observe_answer import Outcome

MINIMAL_CALL: Final = "the minimal call"


class Minimal(msgspec.Struct, frozen=True):
    """What the smallest request showed.

    ``values``: what it carried at last. ``same``: it fails as the whole call did. ``samples``: with sample values
    too. ``otherwise``: how it fails with sample values, where that is another failure.
    ``culprits``: needed parameters whose given values make it fail, where samples pass or are at least read
    (``otherwise``). ``filled``: needed
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


def find_minimal(
    operation: Operation, values: Values, context: RequestContext, *, reference: Outcome | None, samples: bool
) -> Search[Minimal]:
    """Tries the smallest request with the given values; where it fails, and ``samples``, with sample values.

    A needed value of which the sample passes and the given one fails is a culprit.
    """
    needed = minimal_values(operation, context, values)
    filled = tuple(name for name in needed if name not in values)
    trial = yield from settled(Attempt(needed, MINIMAL_CALL), reference)
    if trial is None:
        return Minimal(needed, _told_nothing(needed), filled=filled, undecided=True)
    same = is_same_failure(trial.outcome, reference)
    replaced = minimal_values(operation, context)
    changed = [name for name in needed if name in replaced and needed[name] != replaced[name]]
    if trial.ok or not samples or not changed or set(replaced) != set(needed):
        return Minimal(needed, trial, same=same, filled=filled)
    with_samples = yield from settled(Attempt(replaced, f"{MINIMAL_CALL} with sample values"), reference)
    if with_samples is None or not with_samples.ok:
        sure = with_samples is not None and is_same_failure(with_samples.outcome, reference)
        otherwise = None if sure else with_samples
        blamed = tuple(changed) if len(changed) == 1 and _is_read(otherwise, trial) else ()
        return Minimal(needed, trial, same=same, samples=sure, filled=filled, otherwise=otherwise, culprits=blamed)
    failing = Attempt(needed, f"{MINIMAL_CALL} once more")
    passing = Attempt(replaced, f"{MINIMAL_CALL} with sample values once more")
    if (yield from comes_and_goes(operation, failing, passing, trial.outcome)):
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
        trial = yield from settled(Attempt(values, f"sample values, but the given {name}"), reference)
        if trial is not None and not trial.ok:
            blamed.append(name)
    return tuple(blamed or changed)


def _is_read(other: Trial | None, failing: Trial) -> bool:
    """Whether other values got a proper refusal where the given ones met a server's fault: then the values make it."""
    return (
        other is not None
        and 400 <= other.status < 500
        and not other.outcome.is_passing_trouble
        and (failing.outcome.is_passing_trouble)
    )


def _told_nothing(values: dict[str, Any]) -> Trial:
    return Trial(tuple(values), values, MINIMAL_CALL, 0, "", ok=False)
