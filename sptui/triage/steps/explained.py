"""What the request and its answer explain by themselves, so that the seller need not be looked at."""

from __future__ import annotations

from typing import Final

from sptui.spapi.check import ProblemKind, first_level
from sptui.triage.evidence import RequestFlaw
from sptui.triage.rules.base import Facts
from sptui.triage.rules.request import MISCODED
from sptui.triage.run import Run

_OF_THE_REQUEST: Final = frozenset(
    {
        ProblemKind.MISSING,
        ProblemKind.PLACE,
        ProblemKind.TYPE,
        ProblemKind.ENUM,
        ProblemKind.RANGE,
        ProblemKind.COUNT,
        ProblemKind.LENGTH,
        ProblemKind.FORMAT,
        ProblemKind.ORDER,
        ProblemKind.TOO_RECENT,
        ProblemKind.ONE_OF,
        ProblemKind.CONFLICT,
        ProblemKind.NEEDS,
    }
)
"""Flaws of a parameter or its value, whoever calls."""


def blamed_by_the_catalogue(run: Run) -> tuple[str, ...]:
    """The parameters that the catalogue complains of, where Amazon refused the input: those that its text names too,
    if there are any.
    """
    facts = Facts(run.evidence)
    failure = facts.api_failure()
    if failure is None or not (
        failure.status in (400, 413, 415, 422) or (failure.status == 500 and facts.call.operation in MISCODED)
    ):
        return ()
    flawed = (first_level(each.parameter) for each in facts.all(RequestFlaw) if each.flaw in _OF_THE_REQUEST)
    names = tuple(dict.fromkeys(name for name in flawed if name))
    return tuple(name for name in names if name in failure.named) or names


def nothing_of_the_seller(run: Run) -> str:
    """Why neither roles, marketplace nor account of the seller can explain the failure, or ""."""
    failure = Facts(run.evidence).api_failure()
    if blamed_by_the_catalogue(run):
        return "The catalogue names what is wrong with the request: it has nothing to do with the seller."
    if failure is not None and failure.status == 404:
        return "Amazon read the call and did not find what it names: the seller's standing does not explain that."
    return ""
