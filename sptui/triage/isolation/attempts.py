"""One call of the isolation: the attempt to make, the trial that came of it, and the searches that ask for them.

A search sends nothing. It is a generator that yields the attempt to make and takes the trial that came of it, so that
the flow decides about waiting, asking and stopping, and tests need no network.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from sptui.spapi.answers import Answer
from sptui.spapi.calls import Call
from sptui.spapi.catalogue import Operation
from sptui.spapi.redaction import redact
from sptui.triage.observe_answer import Outcome, outcome_of, unbatched
from sptui.triage.rules.request import MISCODED

_LOOKS_AT_AN_OUTAGE: Final = 2
"""Rounds of two calls: a fault that hits half of the calls stays unnoticed once in sixteen times."""


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
    """One call of the isolation: the parameters that it carried, how it ended, and when it was sent. ``told``: the
    error in Amazon's words.
    """

    parameters: tuple[str, ...]
    values: dict[str, Any]
    purpose: str
    status: int
    code: str
    ok: bool
    request_id: str = ""
    milliseconds: float = 0.0
    at: datetime | None = None
    told: str = ""

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
        at=call.sent_at,
        told=words_of(call.answer),
    )


def words_of(answer: Answer | None) -> str:
    """The error in Amazon's words, secrets masked; "" where there is none."""
    if answer is None or (answer := unbatched(answer)).ok:
        return ""
    return redact(f"{answer.message} {answer.details}".strip())


def same_words(told: str, other: str) -> bool:
    """Whether two errors say the same, ids and numbers aside; also where one of them says nothing."""
    return not told or not other or _plain(told) == _plain(other)


def _plain(told: str) -> str:
    return " ".join(re.sub(r"\S*\d\S*", " ", told.lower()).split())


Result = TypeVar("Result")
Search = Generator[Attempt, Trial, Result]
"""Yields attempts, takes their trials, returns what they showed."""


def is_same_failure(outcome: Outcome, reference: Outcome | None) -> bool:
    """Whether a failure is the one that is looked into (any is, where none is known)."""
    if outcome.ok:
        return False
    if reference is None or reference.status == 0 == outcome.status:
        return True
    return outcome.status == reference.status and (
        outcome.code == reference.code or not outcome.code or not reference.code
    )


def comes_and_goes(operation: Operation, failing: Attempt, passing: Attempt, outcome: Outcome) -> Search[bool]:
    """Whether a server's fault comes and goes by itself: then the call that failed passes, or the one that passed
    meets the fault, when both are made once more. Nothing is tried where the failure is none that may pass.
    """
    if not outcome.is_passing_trouble:
        return False
    for _ in range(1 if outcome.status == 500 else _LOOKS_AT_AN_OUTAGE):  # parameters hardly ever cause the others
        if (yield msgspec.structs.replace(failing, fresh=True)).ok:
            return True
        if outcome.status == 500 and operation.name in MISCODED:
            return False  # here 500 is what a faulty request gets: one look is enough
        if is_same_failure((yield msgspec.structs.replace(passing, fresh=True)).outcome, outcome):
            return True
    return False


def settled(attempt: Attempt, reference: Outcome | None) -> Search[Trial | None]:
    """The trial of an attempt; made once more where the first told nothing, and None where both did not."""
    for fresh in (attempt.fresh, True):
        trial = yield msgspec.structs.replace(attempt, fresh=fresh)
        outcome = trial.outcome
        if not outcome.is_passing_trouble or (reference is None) or is_same_failure(outcome, reference):
            return trial
    return None
