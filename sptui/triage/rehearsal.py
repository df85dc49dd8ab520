"""A call with side effects, made where it has none: the preview of listings, or the sandbox."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from sptui.spapi.calls import Call
from sptui.spapi.catalogue import Operation
from sptui.spapi.redaction import redact
from sptui.triage.evidence import Evidence, RehearsalTried
from sptui.triage.isolation import Attempt
from sptui.triage.observe_answer import outcome_of, source_of

PREVIEW_MODE: Final = "VALIDATION_PREVIEW"
_NO_SAMPLE: Final = "could not match input arguments"
_MOST_ISSUES: Final = 5


class Rehearsal(StrEnum):
    """Where a call has no side effects. ``PREVIEW``: Amazon checks a listing and keeps nothing (listings items model,
    2021-08-01). ``SANDBOX``: Amazon's test host, which knows no seller.
    """

    PREVIEW = "preview"
    SANDBOX = "sandbox"

    @property
    def meaning(self) -> str:
        """What it does, in one line."""
        if self is Rehearsal.PREVIEW:
            return "Amazon checks the listing and keeps nothing."
        return "Amazon's test host takes it, and changes nothing."

    def attempt(self, attempt: Attempt) -> Attempt:
        """The attempt as it is made there."""
        if self is Rehearsal.PREVIEW:
            values = {**attempt.values, "mode": PREVIEW_MODE}
            return Attempt(values, f"{attempt.purpose}, as a preview", attempt.fresh)
        return Attempt(attempt.values, f"{attempt.purpose}, in the sandbox", attempt.fresh)


def rehearsals_of(operation: Operation) -> tuple[Rehearsal, ...]:
    """Where an operation can be tried without its side effects, the most telling first."""
    mode = operation.parameter("mode")
    preview = mode is not None and PREVIEW_MODE in mode.as_shape().enum
    sandbox = operation.sandbox == "dynamic"  # a static sandbox answers for its own samples alone
    return (*[Rehearsal.PREVIEW] * preview, *[Rehearsal.SANDBOX] * sandbox)


def observe_rehearsal(rehearsal: Rehearsal, call: Call) -> Evidence | None:
    """What a rehearsal tells; None where it tells nothing: throttled, no answer, no sample like it."""
    outcome, data = outcome_of(call), call.answer.data if call.answer is not None else None
    text = call.answer.text.lower() if call.answer is not None else ""
    if outcome.is_passing_trouble or _NO_SAMPLE in text:
        return None
    if rehearsal is Rehearsal.SANDBOX and outcome.status in (401, 403):
        return None  # the sandbox's door is not that of production
    issues = _issues(data) if outcome.ok else ()
    passes = outcome.ok and not (isinstance(data, dict) and data.get("status") == "INVALID")
    tried = RehearsalTried(rehearsal.value, passes, outcome.status, outcome.code, issues)
    where = "As a preview" if rehearsal is Rehearsal.PREVIEW else "In the sandbox"
    how = "passes" if passes else f"is found invalid: {issues[0]}" if issues else f"fails: {call.summary}"
    return Evidence(f"{where} the call {how}.".replace("..", "."), source_of(call), tried)


def _issues(data: Any) -> tuple[str, ...]:
    issues = data.get("issues") if isinstance(data, dict) else None
    messages = [each.get("message") for each in issues if isinstance(each, dict)] if isinstance(issues, list) else []
    return tuple(redact(each) for each in messages if isinstance(each, str))[:_MOST_ISSUES]
