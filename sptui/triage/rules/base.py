"""What a rule is: a small named function from the facts to judgements, each for or against one cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

import msgspec

from sptui.spapi.calls import Stage
from sptui.triage.causes import Actor, Cause
from sptui.triage.evidence import AnswerSeen, CallKnown, Evidence, Finding, MinimalTried, NoAnswer

HINT: Final = 0.7
FAIR: Final = 1.5
STRONG: Final = 3.0
DECISIVE: Final = 4.5
CERTAIN: Final = 7.5
"""Weights add up for each cause like log-odds: HINT tips a balance, FAIR makes a cause the likelier one, STRONG
stands against two FAIR ones, DECISIVE needs much to be overturned. CERTAIN is for Amazon's own explicit words
and for contradictions that need no call to be seen."""


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """What a rule says of one cause: a weight (negative speaks against it), why, and what to do."""

    cause: Cause
    weight: float
    why: str
    do: tuple[str, ...] = ()
    who: Actor | None = None

    @property
    def is_certain(self) -> bool:
        """Whether this alone makes the cause certain."""
        return self.weight >= CERTAIN


def pro(cause: Cause, weight: float, why: str, *do: str, who: Actor | None = None) -> Judgement:
    """Speaks for a cause."""
    return Judgement(cause, weight, why, do, who)


def con(cause: Cause, weight: float, why: str) -> Judgement:
    """Speaks against a cause; ``weight`` is positive."""
    return Judgement(cause, -weight, why)


FindingT = TypeVar("FindingT", bound=Finding)


class Refused:
    """Stands for a failing answer of SP-API, among the kinds of findings that a rule may read."""


class RefusedByLwa:
    """Stands for a failing answer of the token endpoint."""


class Answered:
    """Stands for a good answer, where no failing one is known."""


class Facts:
    """The findings of a case, by kind."""

    def __init__(self, evidence: Iterable[Evidence]) -> None:
        self._by_kind: dict[type, list[Finding]] = {}
        for each in evidence:
            self._by_kind.setdefault(type(each.data), []).append(each.data)
        answers = self.all(AnswerSeen)
        self.call = self.last(CallKnown) or CallKnown()
        self.failures = tuple(each for each in answers if not each.ok)
        """Every failing answer, told or seen."""
        self.failure = self.failures[-1] if self.failures else None
        """The newest failing answer."""
        self.success = answers[-1] if answers and not self.failures else None
        """The answer, where there was one and none failed."""
        self._api_failure = next((each for each in reversed(self.failures) if each.stage is Stage.API), None)
        self.silence = self.last(NoAnswer) if self.failure is None else None
        """No answer came, and nothing else is known of the failure."""

    def all(self, kind: type[FindingT]) -> tuple[FindingT, ...]:
        """Every finding of that kind, oldest first."""
        return tuple(self._by_kind.get(kind, ()))  # type: ignore[arg-type]  # the key is the value's type

    def last(self, kind: type[FindingT]) -> FindingT | None:
        """The newest finding of that kind."""
        found = self.all(kind)
        return found[-1] if found else None

    def api_failure(self) -> AnswerSeen | None:
        """The newest failing answer of SP-API itself."""
        return self._api_failure

    @property
    def kinds(self) -> frozenset[type]:
        """The kinds of the findings, and what the answers among them are."""
        found = set(self._by_kind)
        if self._api_failure is not None:
            found.add(Refused)
        if self.success is not None:
            found.add(Answered)
        if any(each.stage is Stage.LWA for each in self.failures):
            found.add(RefusedByLwa)
        return frozenset(found)

    @property
    def fails_here(self) -> bool:
        """Whether the call fails with sptui's own token and client too, not only as somebody told."""
        failure = self.api_failure()
        tried = self.all(MinimalTried)
        return (failure is not None and failure.now) or any(each.same and not each.passes for each in tried)

    @property
    def nothing_seen(self) -> bool:
        """Whether no outcome of the call is known."""
        return self.failure is None and self.success is None and self.silence is None


class Rule(msgspec.Struct, frozen=True):
    """A named rule and where its knowledge comes from. ``reads``: without such a finding it has nothing to say."""

    name: str
    source: str
    judge: Callable[[Facts], Iterator[Judgement]]
    reads: type | None = None


class RuleBook:
    """The rules of one subject, in the order of their writing.

    ``reads``: the kind of finding that all of them are about, if there is one; they are not asked without it.
    """

    def __init__(self, reads: type | None = None) -> None:
        self._rules: list[Rule] = []
        self._reads = reads

    def rule(
        self, source: str, reads: type | None = None
    ) -> Callable[[Callable[[Facts], Iterator[Judgement]]], Callable[[Facts], Iterator[Judgement]]]:
        """Adds the decorated function as a rule; its name is the rule's. It is silent without what it ``reads``."""

        def add(judge: Callable[[Facts], Iterator[Judgement]]) -> Callable[[Facts], Iterator[Judgement]]:
            self._rules.append(Rule(judge.__name__, source, judge, reads or self._reads))
            return judge

        return add

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)
