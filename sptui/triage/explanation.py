"""A failing call explained offline: what was recognised, what it amounts to, what is wrong with the request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from sptui.spapi.catalogue import Catalogue
from sptui.spapi.check import ProblemKind
from sptui.spapi.people import hide_people, people_in
from sptui.triage.case import Case
from sptui.triage.evidence import Evidence, RequestClean, RequestFlaw
from sptui.triage.observe import observe_case
from sptui.triage.reading.recognised import Recognised
from sptui.triage.rules import judge
from sptui.triage.verdict import RankedCause, Verdict


class Explanation(msgspec.Struct, frozen=True):
    """A verdict with what it rests on. No text in it holds a buyer's data."""

    found: Recognised
    case: Case
    evidence: tuple[Evidence, ...]
    verdict: Verdict

    @property
    def problems(self) -> list[dict[str, str]]:
        """What the catalogue has against the request."""
        return [
            {"parameter": each.parameter, "kind": each.flaw.value, "problem": each.told, "allowed": each.allowed}
            for each in (one.data for one in self.evidence)
            if isinstance(each, RequestFlaw)
        ]

    def as_json(self) -> dict[str, Any]:
        """One object of ``explain --json``."""
        return {
            "id": self.case.id or None,
            "operation": self.case.operation.name if self.case.operation else self.case.name or None,
            "verdict": self.verdict.as_json(),
            "request_problems": self.problems,
        }


def explain(found: Recognised, now: datetime, catalogue: Catalogue | None = None) -> Explanation:
    """The verdict on what was recognised. Raises UnreadableCaseError."""
    case = found.case(catalogue)
    evidence = [each for each in observe_case(case, now) if found.told or not _needs_whole_request(each)]
    people = people_in([case.body, case.values])
    if people:
        evidence = [_without_people(each, people) for each in evidence]
    verdict = judge(evidence)
    if people:
        causes = tuple(_cause_without_people(each, people) for each in verdict.causes)
        verdict = msgspec.structs.replace(verdict, causes=causes)
    return Explanation(found, case, tuple(evidence), verdict)


def _needs_whole_request(evidence: Evidence) -> bool:
    """Whether it says something only where every parameter was given: a log line leaves them out."""
    data = evidence.data
    if isinstance(data, RequestFlaw):
        return data.flaw in (ProblemKind.MISSING, ProblemKind.NEEDS, ProblemKind.ONE_OF)
    return isinstance(data, RequestClean)


def _without_people(evidence: Evidence, people: tuple[str, ...]) -> Evidence:
    data = evidence.data
    if isinstance(data, RequestFlaw):
        data = msgspec.structs.replace(data, told=hide_people(data.told, people))
    return msgspec.structs.replace(evidence, fact=hide_people(evidence.fact, people), data=data)


def _cause_without_people(cause: RankedCause, people: tuple[str, ...]) -> RankedCause:
    def hidden(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(hide_people(each, people) for each in texts)

    return msgspec.structs.replace(
        cause, because=hidden(cause.because), against=hidden(cause.against), do=hidden(cause.do)
    )
