"""Which options make a call fail, searched one by one or by halves: the option, its value, or a combination."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

import msgspec

from sptui.spapi.catalogue import Operation
from sptui.spapi.requests import RequestContext, sample_value, with_needed
from sptui.triage.isolation.attempts import Attempt, Search, Trial, comes_and_goes, same_words, settled
from sptui.triage.isolation.plans import SearchKind
from sptui.triage.observe_answer import Outcome

_MOST_SUSPECTS: Final = 2
"""How many suspects are tried alone before the search by halves."""


class Fault(StrEnum):
    """What makes the call fail: an option's value, the option whatever its value, or that it stands with others."""

    VALUE = "value"
    OPTION = "option"
    COMBINATION = "combination"


class Blame(msgspec.Struct, frozen=True):
    """Which options make the call fail: one, or several together; none where all of them pass.

    ``trial``: the smallest failing call. ``fault``: what of them does it, None where that was not tried. ``flaky``: the
    same request passed and failed. ``undecided``: a trial told nothing (throttled, no answer).
    """

    culprits: tuple[str, ...] = ()
    trial: Trial | None = None
    fault: Fault | None = None
    flaky: bool = False
    undecided: bool = False


def find_culprits(
    operation: Operation,
    minimal: dict[str, Any],
    options: dict[str, Any],
    *,
    reference: Outcome | None,
    suspects: Iterable[str] = (),
    by: SearchKind = SearchKind.STEP,
    whole_fails: bool = False,
    samples: RequestContext | None = None,
    told: str = "",
) -> Search[Blame]:
    """Finds a smallest set of options that makes a minimal call, which passes, fail: without any one of them it passes.

    Where several such sets are among the options, one of them is found. That what fails goes on to fail when more is
    added is taken for granted, with one exception: an option that fails only for want of a companion tells so in other
    words than the whole call (``told``). Then the rest of the options is tried, and where it fails, searched instead.

    One by one they are added, ``suspects`` first, until the call fails; by halves, the shortest beginning of them that
    fails is sought. Then: does the last one fail alone, and if not, with which of the others? ``whole_fails``: the call
    with all of them was seen failing. ``samples``: what fills a sample value for a single culprit, to tell the option
    from its value; None sends no sample.
    """
    first = [name for name in suspects if name in options]
    ordered = {name: options[name] for name in dict.fromkeys([*first, *options])}
    search = _OptionSearch(operation, minimal, ordered, reference)
    blame = yield from (
        search.step() if by is SearchKind.STEP else search.bisect(first[:_MOST_SUSPECTS], whole_fails=whole_fails)
    )
    if blame.trial is not None and blame.culprits and not same_words(blame.trial.told, told):
        blame = yield from search.unless_the_rest_fails(blame, told)
    if len(blame.culprits) == 1 and samples is not None:
        return (yield from search.with_another_value(blame, samples))
    return blame


class _OptionSearch:
    def __init__(
        self, operation: Operation, minimal: dict[str, Any], options: dict[str, Any], reference: Outcome | None
    ) -> None:
        self._operation = operation
        self._minimal = minimal
        self._options = options
        self._reference = reference

    def step(self) -> Search[Blame]:
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
            return (yield from self._narrow(added, [name], trial))
        return Blame()

    def bisect(self, suspects: list[str], *, whole_fails: bool) -> Search[Blame]:
        for name in suspects:
            alone = yield from self._try([name], f"{name} alone")
            if alone is not None and not alone.ok:
                return (yield from self._confirmed([name], alone))
        pool = self._companions_first()
        if not whole_fails or len(pool) == 1:
            whole = yield from self._try(pool, "with all options")
            if whole is None or whole.ok:
                return Blame(undecided=whole is None)
            return (yield from self._narrow(pool, [], whole))
        return (yield from self._narrow(pool, [], None))

    def unless_the_rest_fails(self, blame: Blame, told: str) -> Search[Blame]:
        """The blame, or that of the other options where the call fails without these culprits too, in those words."""
        rest = {name: value for name, value in self._options.items() if name not in blame.culprits}
        if not rest:
            return blame
        trial = yield from self._try(rest, f"without {' and '.join(blame.culprits)}")
        if trial is None or trial.ok or not same_words(trial.told, told):
            return blame
        other = yield from _OptionSearch(self._operation, self._minimal, rest, self._reference).step()
        return other if other.culprits else blame

    def _narrow(self, pool: list[str], needed: list[str], failing: Trial | None) -> Search[Blame]:
        """``needed`` passes alone and fails with ``pool``: which of the pool does it need to fail?

        Each round halves the pool to find the shortest beginning of it that still fails; the last option of that
        beginning is needed. ``failing`` None: that it fails with the whole pool was said, and is tried only where no
        shorter beginning fails.
        """
        while pool:
            passing, fails = 0, len(pool)
            while fails - passing > 1:
                middle = (passing + fails) // 2
                trial = yield from self._try([*pool[:middle], *needed], _half(needed, middle, len(pool)))
                if trial is None:
                    return Blame(undecided=True)
                if trial.ok:
                    passing = middle
                else:
                    fails, failing = middle, trial
            if failing is None:
                failing = yield from self._try(pool, "with all options")
                if failing is None or failing.ok:
                    return Blame(undecided=failing is None)
            needed, pool = [pool[fails - 1], *needed], pool[: fails - 1]
            if pool:
                trial = yield from self._try(needed, " and ".join(needed) + ("" if len(needed) > 1 else " alone"))
                if trial is None:
                    return Blame(undecided=True)
                if not trial.ok:
                    failing = trial
                    break
        return (yield from self._confirmed(needed, failing)) if failing is not None else Blame()

    def with_another_value(self, blame: Blame, context: RequestContext) -> Search[Blame]:
        """Whether a single culprit fails with a sample in place of its value too."""
        name, failing = blame.culprits[0], blame.trial
        sample = sample_value(self._operation, name, context)
        if failing is None or sample is None or sample == failing.values.get(name):
            return blame
        trial = yield from settled(
            Attempt({**failing.values, name: sample}, f"{name} with a sample value"), self._reference
        )
        if trial is None:
            return blame
        return msgspec.structs.replace(blame, fault=Fault.VALUE if trial.ok else Fault.OPTION)

    def _confirmed(self, names: list[str], failing: Trial) -> Search[Blame]:
        """A server's fault may come and go: it counts against an option only when it comes and goes with it."""
        without = {name: value for name, value in failing.values.items() if name != names[-1]}
        again = Attempt(failing.values, f"{' and '.join(names)} once more")
        passing = Attempt(without, f"without {names[-1]} once more")
        if (yield from comes_and_goes(self._operation, again, passing, failing.outcome)):
            return Blame(trial=failing, flaky=True)
        rivals = yield from self._rivals(names)
        blamed = (*rivals, *names)
        return Blame(blamed, failing, Fault.COMBINATION if len(blamed) > 1 else None)

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
        trial = yield from settled(
            Attempt(values, f"{' and '.join(names)} without {' and '.join(rivals)}"), self._reference
        )
        return tuple(rivals) if trial is not None and trial.ok else ()

    def _is_required(self, name: str) -> bool:
        return any(each.name == name for each in self._operation.required)

    def _try(self, names: Iterable[str], purpose: str) -> Search[Trial | None]:
        wanted = [name for name in with_needed(self._operation, names) if name in self._options]
        values = {**self._minimal, **{name: self._options[name] for name in wanted}}
        return (yield from settled(Attempt(values, purpose), self._reference))

    def _companions_first(self) -> list[str]:
        """The options in the given order, but what one needs beside it before it."""
        ordered: list[str] = []
        for name in self._options:
            for each in reversed(with_needed(self._operation, [name])):
                if each in self._options and each not in ordered:
                    ordered.append(each)
        return ordered


def _half(needed: list[str], middle: int, whole: int) -> str:
    first = f"the first {middle} of {whole} options"
    return f"{' and '.join(needed)} with {first}" if needed else first
