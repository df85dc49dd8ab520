"""The seller's account: inactive, deactivated, suspended, at risk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sptui.spapi.check import ProblemKind
from sptui.spapi.marketplaces import label_of_marketplace
from sptui.triage.causes import Cause
from sptui.triage.evidence import AccountStatusSeen, Culprit, MinimalTried, Presence, PresenceSeen, RequestFlaw
from sptui.triage.rules.base import DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, Refused, RuleBook, con, pro
from sptui.triage.rules.request import is_marketplace_parameter
from sptui.triage.rules.words import labels, seller_central

rules = RuleBook()

_OUT: Final = frozenset({"DEACTIVATED", "SUSPENDED"})


def _reinstate(marketplaces: tuple[str, ...]) -> tuple[str, ...]:
    page = f"the Seller Account Information page at {seller_central(marketplaces)}"
    return (
        f"The seller opens {page} and has the account reinstated in {labels(marketplaces)}.",
        "The seller checks the charge method and pending verifications there.",
    )


@rules.rule("developer blog 2022; troubleshooting-seller-accounts; docs issues 1246, 3042 (staff)", reads=Refused)
def feed_of_an_inactive_account(facts: Facts) -> Iterator[Judgement]:
    """The 400 of createFeed "Invalid request parameters" without details: inactive account, or ids sent as a string."""
    failure = facts.api_failure()
    if failure is None or failure.status != 400 or facts.call.operation != "createFeed":
        return
    if not failure.message.lower().startswith("invalid request parameters") or failure.details.strip():
        return
    as_string = any(
        each.flaw is ProblemKind.TYPE and is_marketplace_parameter(each.parameter) for each in facts.all(RequestFlaw)
    )
    why = "createFeed answers 400 “Invalid request parameters” without details: so it does for an inactive account"
    if as_string:
        yield pro(Cause.ACCOUNT, HINT, f"{why}, but also for marketplaceIds sent as a string, as here.")
        yield pro(
            Cause.REQUEST,
            STRONG,
            "marketplaceIds is a string: createFeed then answers just so.",
            "Send it as an array.",
        )
        return
    yield pro(Cause.ACCOUNT, FAIR + HINT, f"{why}.", *_reinstate(facts.call.marketplaces))


@rules.rule("report-type-values-performance; developer blog 2022", reads=AccountStatusSeen)
def account_status(facts: Facts) -> Iterator[Judgement]:
    """What the newest performance report says of the marketplaces that the call names."""
    asked, failure = facts.call.marketplaces, facts.api_failure()
    broken = failure is not None and failure.status >= 500
    seen = facts.all(AccountStatusSeen)
    for each in seen:
        here = not asked or not each.marketplace or each.marketplace in asked
        place = f" in {label_of_marketplace(each.marketplace)}" if each.marketplace else ""
        where = (each.marketplace,) if each.marketplace else asked
        if each.status in _OUT:
            why = f"The seller's account is {each.status}{place}{_age(each)}."
            weight = HINT if not here else FAIR if broken else DECISIVE
            yield pro(Cause.ACCOUNT, weight, why, *_reinstate(where))
        elif each.status == "AT_RISK" and here:
            why = f"The seller's account is AT_RISK{place}{_age(each)}; such accounts normally still serve calls."
            yield pro(Cause.ACCOUNT, HINT, why, f"Look at the Account Health page at {seller_central(where)}.")
    asked_seen = [each for each in seen if not asked or not each.marketplace or each.marketplace in asked]
    if asked_seen and all(each.status == "NORMAL" for each in asked_seen):
        weight = FAIR if all((each.days_old or 0) <= 7 for each in asked_seen) else HINT
        yield con(
            Cause.ACCOUNT,
            weight,
            f"The account is NORMAL{_age(asked_seen[0])}; a charge method that failed would not show there.",
        )


def _age(seen: AccountStatusSeen) -> str:
    if seen.days_old is None or seen.days_old < 1:
        return ""
    return f" (by a report {seen.days_old:.0f} {'day' if round(seen.days_old) == 1 else 'days'} old)"


@rules.rule("sellers API model: hasSuspendedListings means Listing Status inactive", reads=PresenceSeen)
def listings_suspended(facts: Facts) -> Iterator[Judgement]:
    """Vacation mode, or Amazon suspended the listings."""
    for each in facts.all(PresenceSeen):
        if each.presence is Presence.SUSPENDED_LISTINGS:
            name = label_of_marketplace(each.marketplace)
            yield pro(
                Cause.ACCOUNT,
                FAIR + HINT,
                f"The seller's listings in {name} are suspended (hasSuspendedListings).",
                f"The seller checks Listing Status and vacation mode at {seller_central([each.marketplace])}.",
            )


@rules.rule("inferred: what passes with fewer parameters passes for this account", reads=MinimalTried)
def minimal_call_passes(facts: Facts) -> Iterator[Judgement]:
    """Unless the marketplace itself is the option that was left out."""
    blamed = any(is_marketplace_parameter(name) for each in facts.all(Culprit) for name in each.names)
    if not blamed and any(each.passes for each in facts.all(MinimalTried)):
        yield con(Cause.ACCOUNT, STRONG, "The minimal call passes for this account.")
