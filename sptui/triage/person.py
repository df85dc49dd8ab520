"""The questions that only a person can answer: what each asks, when it is worth asking, and its choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from sptui.triage.causes import Cause
from sptui.triage.evidence import SellersTried
from sptui.triage.rules.base import Facts
from sptui.triage.verdict import Verdict

DO_NOT_KNOW: Final = "don't know"


class PersonQuestion(msgspec.Struct, frozen=True):
    """One question in plain words. ``matters``: whether its answer could change the ranking."""

    id: str
    text: str
    matters: Callable[[Facts, Verdict], bool]
    choices: tuple[str, ...] = ("yes", "no", DO_NOT_KNOW)


def _among(*causes: Cause) -> Callable[[Facts, Verdict], bool]:
    return lambda _, verdict: any(each.cause in causes and each.likelihood >= 0.1 for each in verdict.causes)


def _no_seller_was_compared(facts: Facts, verdict: Verdict) -> bool:
    return facts.last(SellersTried) is None and _among(
        Cause.ROLE, Cause.SERVICE, Cause.ACCOUNT, Cause.AUTHORIZATION, Cause.LWA, Cause.MARKETPLACE
    )(facts, verdict)


def _is_refused(facts: Facts, verdict: Verdict) -> bool:
    failure = facts.api_failure()
    return failure is not None and failure.denied and _among(Cause.AUTHORIZATION, Cause.ROLE)(facts, verdict)


QUESTIONS: Final = (
    PersonQuestion(
        "deploy",
        "Was your own program changed or deployed shortly before this call first failed?",
        _among(Cause.REQUEST, Cause.CLIENT, Cause.SERVICE, Cause.TOKEN),
    ),
    PersonQuestion(
        "sellers",
        "For whom of your sellers does the call fail?",
        _no_seller_was_compared,
        ("all of them", "some", "only this one", DO_NOT_KNOW),
    ),
    PersonQuestion(
        "role-added",
        "Was a role added to the application after this seller had authorized it?",
        _is_refused,
    ),
    PersonQuestion(
        "seller-central",
        "Does Seller Central ask the seller for something: an expired card, a verification, an account message?",
        _among(Cause.ACCOUNT),
    ),
)
"""In the order in which they are asked."""

QUESTION_BY_ID: Final = {each.id: each for each in QUESTIONS}
