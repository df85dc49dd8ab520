"""Where the evidence does not decide: candidates by what is common, and the cheapest look that would decide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sptui.triage.causes import Cause
from sptui.triage.evidence import (
    AccountStatusSeen,
    MinimalTried,
    OperationsTried,
    ParticipationsRefused,
    PresenceSeen,
    SellersTried,
    TokenRefreshed,
)
from sptui.triage.rules.base import Facts, Judgement
from sptui.triage.rules.words import operation, where

COMMON: Final = (
    (Cause.REQUEST, 0.5),
    (Cause.ROLE, 0.1),
    (Cause.AUTHORIZATION, 0.1),
    (Cause.SERVICE, 0.0),
    (Cause.ACCOUNT, -0.3),
)
"""What most public failures turn out to be, as weights below every rule's."""


def common_causes(facts: Facts) -> Iterator[Judgement]:
    """The candidates where no rule speaks."""
    name = operation(facts.call)
    why = f"Nothing is known of how {name} failed." if facts.nothing_seen else "No rule knows this failure."
    for cause, weight in COMMON:
        yield Judgement(cause, weight, why)


def deciding_looks(facts: Facts) -> list[str]:
    """The looks that were not taken yet, the cheapest first."""
    failure, name, place = facts.api_failure(), operation(facts.call), where(facts.call.region)
    looks: list[str] = []
    if facts.nothing_seen:
        looks.append(f"To decide: let `sptui triage` send {name} (a yes, or --yes), or give it the answer that came.")
    denied = failure is not None and failure.denied
    broken = failure is None or failure.status >= 500
    if denied and facts.last(TokenRefreshed) is None:
        looks.append(
            "To decide: refresh the token at LWA; invalid_grant there means that the seller must authorize, "
            "a token leaves role and account."
        )
    if not any((facts.last(PresenceSeen), facts.last(ParticipationsRefused), facts.last(OperationsTried))):
        looks.append(
            "To decide: call getMarketplaceParticipations for this seller (harmless, no parameter); refused too speaks "
            "for the authorization, a marketplace that is missing there for the marketplace."
        )
    if facts.last(SellersTried) is None:
        shared = "the role" if denied else "Amazon's side" if broken else "the request"
        looks.append(
            f"To decide: make the same call for another seller of the application{place}; if it fails too, it is "
            f"{shared}, if it passes, this seller's account or authorization."
        )
    if facts.last(MinimalTried) is None and not denied:
        looks.append(
            f"To decide: send the smallest {name}, then add the parameters one by one; if it passes, an option is to "
            "blame, if not, the request is hardly it."
        )
    if facts.last(AccountStatusSeen) is None:
        looks.append(
            "To decide: read the seller's newest performance report (GET_V2_SELLER_PERFORMANCE_REPORT); DEACTIVATED "
            "there puts the account first."
        )
    return looks[:2]
