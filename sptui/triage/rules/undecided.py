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
    if denied and facts.last(TokenRefreshed) is None:
        looks.append("To decide: refresh the token at LWA; invalid_grant there means that the seller must authorize.")
    if not any((facts.last(PresenceSeen), facts.last(ParticipationsRefused), facts.last(OperationsTried))):
        looks.append(
            "To decide: call getMarketplaceParticipations for this seller; it is harmless and needs no parameter."
        )
    if facts.last(SellersTried) is None:
        looks.append(f"To decide: make the same call for another seller of the application{place}.")
    if facts.last(MinimalTried) is None and not denied:
        looks.append(f"To decide: send the smallest {name}, then add the parameters one by one.")
    if facts.last(AccountStatusSeen) is None:
        looks.append("To decide: read the seller's newest performance report (GET_V2_SELLER_PERFORMANCE_REPORT).")
    return looks[:2]
