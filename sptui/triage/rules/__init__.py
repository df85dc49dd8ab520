"""From evidence to a verdict: pure rules that weigh, and one function that ranks."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from typing import Final

from sptui.triage.causes import Cause
from sptui.triage.evidence import Evidence
from sptui.triage.rules import (
    access,
    account,
    caller,
    change,
    comparison,
    elsewhere,
    lwa,
    marketplace,
    offered,
    outcome,
    person,
    region,
    rehearsal,
    request,
    roles_inferred,
    service,
    tokens,
    wording,
)
from sptui.triage.rules.base import STRONG, Facts, Judgement, Rule
from sptui.triage.rules.undecided import common_causes, deciding_looks
from sptui.triage.verdict import RankedCause, Strength, Verdict

RULES: Final[tuple[Rule, ...]] = tuple(
    rule
    for book in (
        outcome,
        lwa,
        tokens,
        access,
        region,
        request,
        wording,
        offered,
        service,
        marketplace,
        account,
        caller,
        comparison,
        change,
        roles_inferred,
        rehearsal,
        elsewhere,
        person,
    )
    for rule in book.rules
)
"""Every rule, by subject."""

_SOMETHING_ELSE: Final = 1.0
"""The weight of a cause that no rule thought of: it keeps a lone hint from looking like a certainty."""

_CAUSES: Final = tuple(Cause)
_MOST: Final = 0.99
_LEAST: Final = 0.02
_WEAK_BELOW: Final = 0.6
_LONGEST_LISTS: Final = 4


def judge(evidence: Iterable[Evidence]) -> Verdict:
    """The verdict on the evidence: every rule weighs, the sums are ranked."""
    facts = Facts(evidence)
    judgements = judgements_on(facts)
    if not any(each.weight > 0 for each in judgements):
        judgements += common_causes(facts)
    return _rank(facts, judgements)


def judgements_on(facts: Facts) -> list[Judgement]:
    """What each rule says."""
    return [each for rule in _with_something_to_read(facts.kinds) for each in rule.judge(facts)]


@functools.lru_cache(maxsize=1_000)
def _with_something_to_read(kinds: frozenset[type]) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if rule.reads is None or rule.reads in kinds)


def _rank(facts: Facts, judgements: list[Judgement]) -> Verdict:
    by_cause: dict[Cause, list[Judgement]] = {}
    for each in judgements:
        by_cause.setdefault(each.cause, []).append(each)
    spoken_for = {each.cause for each in judgements if each.weight > 0} or set(by_cause)
    scores = {cause: sum(each.weight for each in by_cause[cause]) for cause in _CAUSES if cause in spoken_for}
    highest = max(*scores.values(), _SOMETHING_ELSE)
    shares = {cause: math.exp(score - highest) for cause, score in scores.items()}
    whole = sum(shares.values()) + math.exp(_SOMETHING_ELSE - highest)
    ordered = sorted(shares, key=lambda cause: -shares[cause])
    kept = [cause for cause in ordered if shares[cause] / whole >= _LEAST] or ordered[:1]
    ranked = [_ranked(cause, min(_MOST, shares[cause] / whole), by_cause[cause]) for cause in kept]
    if ranked[0].likelihood < _WEAK_BELOW:
        first = ranked[0]
        looks = tuple(deciding_looks(facts))
        ranked[0] = RankedCause(
            first.cause, first.likelihood, first.strength, first.because, first.against, first.do + looks, first.who
        )
    return Verdict(tuple(ranked))


def _ranked(cause: Cause, likelihood: float, of_cause: list[Judgement]) -> RankedCause:
    speaking = [each for each in of_cause if each.weight > 0]
    against = [each for each in of_cause if each.weight < 0]
    speaking.sort(key=_heaviest_first)
    against.sort(key=_heaviest_first)
    speaking = speaking or of_cause
    return RankedCause(
        cause,
        math.floor(likelihood * 1000) / 1000,
        _strength(likelihood, speaking),
        _first(each.why for each in speaking),
        _first(each.why for each in against if all(each.why != one.why for one in speaking)),
        _first(what for each in speaking for what in each.do),
        next((each.who for each in speaking if each.who is not None), cause.who),
    )


def _heaviest_first(judgement: Judgement) -> float:
    return -abs(judgement.weight)


def _strength(likelihood: float, speaking: list[Judgement]) -> Strength:
    if likelihood >= 0.8 and any(each.is_certain for each in speaking):
        return Strength.CERTAIN
    heavy = sum(each.weight for each in speaking) >= STRONG
    return Strength.STRONG if likelihood >= _WEAK_BELOW and heavy else Strength.WEAK


def _first(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))[:_LONGEST_LISTS]
