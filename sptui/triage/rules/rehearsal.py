"""What a call tells that was made where it has no side effects."""

from __future__ import annotations

from collections.abc import Iterator

from sptui.triage.causes import Cause
from sptui.triage.evidence import RehearsalTried
from sptui.triage.rules.base import FAIR, HINT, STRONG, Facts, Judgement, RuleBook, con, pro

rules = RuleBook()


@rules.rule("listings items model 2021-08-01, VALIDATION_PREVIEW; docs selling-partner-api-sandbox")
def rehearsed(facts: Facts) -> Iterator[Judgement]:
    """A preview checks the content as the real call would; the sandbox checks little more than the form."""
    tried = facts.last(RehearsalTried)
    if tried is None:
        return
    is_preview = tried.kind == "preview"
    if tried.passes:
        why = f"{'As a preview' if is_preview else 'In the sandbox'} the same call passes."
        yield con(Cause.REQUEST, FAIR if is_preview else HINT, why)
    elif tried.issues:
        why = f"The preview finds the content invalid: {tried.issues[0]}"
        yield pro(Cause.REQUEST, STRONG, why, *(f"Mend: {each}" for each in tried.issues))
    elif tried.status == 400:
        why = f"{'As a preview' if is_preview else 'In the sandbox'} it fails with 400 too."
        yield pro(Cause.REQUEST, FAIR if is_preview else HINT, why)
