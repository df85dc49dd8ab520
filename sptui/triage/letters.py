"""What to write to whom when the cause is known: to the seller in plain words, to the team in short.

What goes to Amazon's support is made by ``support_case``.
"""

from __future__ import annotations

from typing import Final

from sptui.spapi.marketplaces import MARKETPLACES, label_of_marketplace
from sptui.spapi.people import hide_people, people_in
from sptui.spapi.redaction import redact
from sptui.triage.case import Case
from sptui.triage.causes import Actor, Cause
from sptui.triage.events import TriageResult

_ASKS: Final = {
    Cause.AUTHORIZATION: (
        (
            "Amazon no longer lets our application work with your account in {place}: the permission that you gave has"
            " ended, or does not cover what is needed."
        ),
        "Please authorize our application again in Seller Central ({host}): Apps and Services, Manage Your Apps.",
    ),
    Cause.MARKETPLACE: (
        "Amazon tells us that your account does not take part in {place}.",
        (
            "Please tell us whether you sell there. If you do, look in Seller Central ({host}) whether the store is"
            " set up and open."
        ),
    ),
    Cause.ACCOUNT: (
        (
            "Amazon refuses what we send for your account in {place}. That happens when an account there is inactive,"
            " at risk, deactivated, on holiday, or waits for a verification or a valid charge method."
        ),
        (
            "Please look in Seller Central ({host}) at Account Health, Account Info (Seller Account Information) and"
            " Charge Methods, settle what it asks for, and tell us when that is done."
        ),
    ),
    Cause.UNAVAILABLE: (
        "Amazon does not offer {what} for your account in {place}; some of it needs a program that a seller joins.",
        "Please tell us whether you take part in that program.",
    ),
}


def letter_to_seller(case: Case, result: TriageResult) -> str:
    """A message that a seller understands; "" where the cause is not the seller's to mend."""
    first = result.verdict.first
    if first.cause not in _ASKS:
        return ""
    what, ask = (
        each.format(place=_place(case), host=_seller_central(case), what=_what(case)) for each in _ASKS[first.cause]
    )
    who = case.authorization.seller if case.authorization else ""
    maybe = "" if first.strength == "certain" else " We are not certain of it yet, but it is the likeliest cause."
    return f"Hello{f' {who}' if who else ''},\n\n{what}{maybe}\n\n{ask}\n\nThank you."


def why_no_letter_to_seller(result: TriageResult) -> str:
    """Why there is nothing to write to the seller."""
    first = result.verdict.first
    who = {Actor.NOBODY: "Nothing failed.", Actor.AMAZON: "Amazon must act."}.get(
        first.who, "The developer must act, not the seller."
    )
    return f"There is nothing to write to the seller: the cause is {first.cause} ({first.strength.words}). {who}"


def letter_to_team(case: Case, result: TriageResult) -> str:
    """What the next developer has to know, in a few lines."""
    first, people = result.verdict.first, people_in([case.body, case.values])
    who = case.authorization
    lines = [
        (
            f"{_what(case)}{f' for {who.seller} ({who.seller_id}, {who.region})' if who else ''}: "
            f"{first.cause.value} ({first.strength.words}, {first.likelihood:.0%})."
        ),
        *(f"- {each}" for each in first.because),
        *([f"Against it: {' '.join(first.against)}"] if first.against else []),
        *([f"Parameters at fault: {' and '.join(result.culprits)}."] if result.culprits else []),
        f"To do ({first.who.value}):",
        *(f"{number}. {each}" for number, each in enumerate(first.do, 1)),
        *_request_ids(result),
    ]
    return redact(hide_people("\n".join(lines), people))


def _request_ids(result: TriageResult) -> list[str]:
    ids = [each.request_id for each in result.trials if not each.ok and each.request_id][:3]
    return [f"Request ids: {', '.join(ids)}"] if ids else []


def _what(case: Case) -> str:
    return case.operation.name if case.operation else case.name or "the call"


def _place(case: Case) -> str:
    if case.marketplaces:
        return ", ".join(dict.fromkeys(map(label_of_marketplace, case.marketplaces)))
    return f"region {case.where}" if case.where else "this marketplace"


def _seller_central(case: Case) -> str:
    known = [MARKETPLACES[each].seller_central for each in case.marketplaces if each in MARKETPLACES]
    return known[0] if known else "sellercentral.amazon.com"
