"""What a person's answers weigh: less than what was seen, more than what is only common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sptui.triage.causes import Cause
from sptui.triage.evidence import PersonSaid
from sptui.triage.rules.base import FAIR, HINT, STRONG, Facts, Judgement, RuleBook, con, pro

rules: Final = RuleBook()


def _answer(facts: Facts, question: str) -> str:
    return next((each.answer for each in reversed(facts.all(PersonSaid)) if each.question == question), "")


@rules.rule("troubleshooting-seller-accounts step 1: a recent change of code")
def own_deploy(facts: Facts) -> Iterator[Judgement]:
    """A failure that begins with an own deploy is the deploy's until shown otherwise."""
    match _answer(facts, "deploy"):
        case "yes":
            why = "Your own program was changed shortly before the call first failed."
            yield pro(Cause.REQUEST, FAIR, why, "Compare the request with that of the version before, or roll back.")
            yield pro(Cause.CLIENT, HINT, why)
            yield con(Cause.SERVICE, FAIR, why)
        case "no":
            yield con(Cause.REQUEST, HINT, "Your own program was not changed before the call first failed.")


@rules.rule("troubleshooting-seller-accounts: all sellers, or one?")
def whom_it_hits(facts: Facts) -> Iterator[Judgement]:
    """What hits all follows the application or Amazon, what hits one follows the seller."""
    match _answer(facts, "sellers"):
        case "all of them":
            why = "The call fails for all your sellers."
            for cause in (Cause.ACCOUNT, Cause.AUTHORIZATION, Cause.MARKETPLACE):
                yield con(cause, FAIR, why)
            yield pro(Cause.SERVICE, HINT, why)
        case "only this one":
            why = "The call fails for this seller only."
            for cause in (Cause.ROLE, Cause.LWA, Cause.SERVICE):
                yield con(cause, FAIR, why)
            yield pro(Cause.ACCOUNT, HINT, why)
            yield pro(Cause.AUTHORIZATION, HINT, why)


@rules.rule("Selling Partner API roles: new authorizations carry new roles")
def role_came_later(facts: Facts) -> Iterator[Judgement]:
    """A consent carries the roles of its day."""
    match _answer(facts, "role-added"):
        case "yes":
            why = "A role was added to the application after the seller had authorized it."
            yield pro(Cause.AUTHORIZATION, STRONG, why, "Let the seller authorize the application again.")
        case "no":
            yield con(Cause.AUTHORIZATION, HINT, "No role was added since the seller authorized the application.")


@rules.rule("Amazon developer blog 2022: expired card, verification, deactivation show in Seller Central")
def seller_central_asks(facts: Facts) -> Iterator[Judgement]:
    """No API tells of a card or a verification."""
    match _answer(facts, "seller-central"):
        case "yes":
            why = "Seller Central asks the seller for something."
            yield pro(Cause.ACCOUNT, STRONG, why, "Let the seller settle what Seller Central asks for, then try again.")
        case "no":
            yield con(Cause.ACCOUNT, FAIR, "Seller Central asks the seller for nothing.")
