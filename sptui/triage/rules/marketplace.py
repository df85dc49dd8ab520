"""Does the seller take part in the marketplace at all?"""

from __future__ import annotations

from collections.abc import Iterator

from sptui.spapi.check import ProblemKind
from sptui.spapi.marketplaces import label_of_marketplace
from sptui.triage.causes import Actor, Cause
from sptui.triage.evidence import Culprit, MarketplacesTried, MinimalTried, Presence, PresenceSeen, RequestFlaw
from sptui.triage.rules.base import CERTAIN, DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, RuleBook, con, pro
from sptui.triage.rules.request import is_marketplace_parameter
from sptui.triage.rules.words import seller_central

rules = RuleBook()


@rules.rule("models issue 5295; bizon/amazon-ids: Non-Amazon order channels", reads=RequestFlaw)
def pseudo_marketplace(facts: Facts) -> Iterator[Judgement]:
    """An id of an off-Amazon channel: no operation takes it."""
    refused = facts.nothing_seen or any(each.denied or each.status == 400 for each in facts.failures)
    for each in facts.all(RequestFlaw):
        if each.flaw is ProblemKind.PSEUDO_MARKETPLACE:
            fix = f"Drop that id from {each.parameter}."
            yield pro(Cause.MARKETPLACE, CERTAIN if refused else FAIR, each.told, fix, who=Actor.DEVELOPER)


@rules.rule(
    "troubleshooting-seller-accounts step 3: participation missing or isParticipating false", reads=PresenceSeen
)
def not_participating(facts: Facts) -> Iterator[Judgement]:
    """The participations do not have the seller there."""
    for each in facts.all(PresenceSeen):
        name = label_of_marketplace(each.marketplace)
        central = seller_central([each.marketplace])
        if each.presence is Presence.MISSING:
            why = f"The seller's participations do not list {name} ({each.marketplace})."
        elif each.presence is Presence.NOT_PARTICIPATING:
            why = f"The seller does not participate in {name} (isParticipating is false)."
        else:
            continue
        for cause in (Cause.ROLE, Cause.AUTHORIZATION):
            yield con(cause, FAIR, f"{why} That alone explains a refusal.")
        yield pro(
            Cause.MARKETPLACE,
            DECISIVE,
            why,
            f"Ask the seller whether they sell in {name} and to open that store at {central}.",
            f"Until then leave {each.marketplace} out of the call.",
        )


@rules.rule("sellers API model; docs issue 254 (true is no proof of an active account)", reads=PresenceSeen)
def participating(facts: Facts) -> Iterator[Judgement]:
    """The seller takes part everywhere the call asks."""
    seen = facts.all(PresenceSeen)
    here = (Presence.PARTICIPATING, Presence.SUSPENDED_LISTINGS)
    if seen and all(each.presence in here for each in seen):
        names = ", ".join(label_of_marketplace(each.marketplace) for each in seen)
        yield con(Cause.MARKETPLACE, STRONG, f"The seller participates in {names}.")


@rules.rule("inferred: what passes in this marketplace with fewer parameters is allowed there", reads=MinimalTried)
def minimal_call_passes(facts: Facts) -> Iterator[Judgement]:
    """Unless the marketplace itself is the option that was left out."""
    blamed = any(is_marketplace_parameter(name) for each in facts.all(Culprit) for name in each.names)
    if not blamed and any(each.passes for each in facts.all(MinimalTried)):
        yield con(Cause.MARKETPLACE, STRONG, "The minimal call passes.")


@rules.rule("troubleshooting-seller-accounts: the same call in another marketplace", reads=MarketplacesTried)
def passes_in_another_marketplace(facts: Facts) -> Iterator[Judgement]:
    """What follows the marketplace is the marketplace or the account there."""
    tried = facts.last(MarketplacesTried)
    if tried is None or facts.failure is None:
        return
    if tried.passing:
        why = "The same call passes in another marketplace of this seller."
        yield pro(Cause.MARKETPLACE, FAIR, why)
        yield pro(Cause.ACCOUNT, HINT, why)
        yield con(Cause.ROLE, FAIR, why)
        yield con(Cause.LWA, STRONG, why)
    else:
        yield con(Cause.MARKETPLACE, FAIR, "The same call fails in another marketplace of this seller too.")


@rules.rule("marketplace-ids", reads=RequestFlaw)
def unknown_marketplace(facts: Facts) -> Iterator[Judgement]:
    """An id that is none of the known ones: mistyped, or newer than this version."""
    for each in facts.all(RequestFlaw):
        if each.flaw is ProblemKind.UNKNOWN_MARKETPLACE:
            yield pro(Cause.MARKETPLACE, HINT, each.told, f"Check {each.parameter}.", who=Actor.DEVELOPER)
