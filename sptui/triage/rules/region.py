"""The right host: region against marketplace, sandbox against production."""

from __future__ import annotations

from collections.abc import Iterator

from sptui.spapi.check import ProblemKind
from sptui.spapi.enumeration import both
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.triage.causes import Cause
from sptui.triage.evidence import LivesElsewhere, MinimalTried, RegionsTried, RequestFlaw, RolesKnown, SellersTried
from sptui.triage.rules.base import CERTAIN, DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, Refused, RuleBook, con, pro
from sptui.triage.rules.words import SUPPORT, labels, where

rules = RuleBook()


@rules.rule("sp-api-endpoints, marketplace-ids", reads=RequestFlaw)
def marketplace_of_another_region(facts: Facts) -> Iterator[Judgement]:
    """A contradiction that needs no call: the marketplace belongs to another host."""
    refused = facts.nothing_seen or any(each.denied or each.status == 400 for each in facts.failures)
    for each in facts.all(RequestFlaw):
        if each.flaw is not ProblemKind.OTHER_REGION:
            continue
        homes = {MARKETPLACES[id_].region for id_ in facts.call.marketplaces if id_ in MARKETPLACES}
        homes -= {facts.call.region}
        hosts = " or ".join(sorted(home.host for home in homes if home))
        fix = f"Send it to {hosts or 'the host of the marketplace'} with the seller's authorization for that region."
        yield pro(Cause.HOST, CERTAIN if refused else STRONG, each.told, fix)
        yield pro(Cause.MARKETPLACE, FAIR, each.told, f"Or name a marketplace of {facts.call.region}.")
        return


@rules.rule("models issue 5126 (2026-02)")
def told_not_valid_for_region(facts: Facts) -> Iterator[Judgement]:
    """Orders 2026-01-01 says it in words."""
    for each in facts.failures:
        if "not valid for region" in each.text:
            why = "Amazon says that the marketplaces are not valid for this region's host."
            where = labels(facts.call.marketplaces)
            yield pro(Cause.HOST, CERTAIN, why, f"Send calls for {where} to the host of its own region.")
            yield pro(Cause.MARKETPLACE, DECISIVE, why, "Name only marketplaces of the host's region.")
            return


@rules.rule("sp-api-endpoints; docs issue 1138")
def foreign_host(facts: Facts) -> Iterator[Judgement]:
    """The address is none of SP-API's."""
    if facts.call.host and not facts.call.host.startswith("sqs."):
        told = f"{facts.call.host} is not a host of SP-API."
        yield pro(Cause.HOST, DECISIVE, told, "Use sellingpartnerapi-na, -eu or -fe.amazon.com.")


@rules.rule(
    "connecting-to-the-selling-partner-api: tokens come from api.amazon.com; models issue 955", reads=RequestFlaw
)
def token_request_to_the_api(facts: Facts) -> Iterator[Judgement]:
    """The token request, or a call for the sandbox alone, on the wrong host."""
    for each in facts.all(RequestFlaw):
        if each.flaw is ProblemKind.HOST and each.parameter == "url":
            yield pro(Cause.HOST, DECISIVE, each.told, f"Send it to {each.allowed}.")


@rules.rule("selling-partner-api-sandbox; models issue 5056 (staff); SP-API errors FAQ (500 until 2023)", reads=Refused)
def sandbox_without_match(facts: Facts) -> Iterator[Judgement]:
    """The static sandbox answers its samples only: with 400 and these words today, with a bare 500 before."""
    call, failure = facts.call, facts.api_failure()
    if failure is None:
        return
    told = "could not match input arguments" in failure.text
    if not told and not (call.sandbox and failure.status == 500):
        return
    why = "Only the static sandbox says so" if told else "The static sandbox also answers 500"
    if call.sandbox_sample:
        why = f"{why}, and the request is one of the samples in Amazon's model."
        yield pro(Cause.SERVICE, STRONG if told else FAIR, why, "Report it: the sandbox does not match its sample.")
        return
    why = f"{why}: the request is none of its samples."
    sample = "Send exactly the parameters of the sample in Amazon's model (x-amzn-api-sandbox)."
    production = "Or send it to the production host, if it was meant for production."
    # Who says that the sandbox is meant has taken its host on purpose; who does not has perhaps not noticed it.
    yield pro(Cause.REQUEST, STRONG if call.sandbox_meant else FAIR, why, sample)
    yield pro(Cause.HOST, FAIR if call.sandbox_meant else STRONG, why, production)


@rules.rule("selling-partner-api-sandbox: results say nothing about the seller")
def sandbox_says_little(facts: Facts) -> Iterator[Judgement]:
    """Another failure in the sandbox: production may well work."""
    if facts.call.sandbox and facts.failure is not None:
        why = "The call went to the sandbox."
        yield pro(Cause.HOST, HINT, why, "Send it to the production host if it was meant for production.")
        for cause in (Cause.ACCOUNT, Cause.MARKETPLACE):
            yield con(cause, STRONG, f"{why} It knows nothing of the seller.")


@rules.rule("connecting-to-the-selling-partner-api: one authorization for each region", reads=LivesElsewhere)
def seller_of_another_region(facts: Facts) -> Iterator[Judgement]:
    """A refusal by the host of a region in which the seller has no store."""
    home, failure = facts.last(LivesElsewhere), facts.api_failure()
    if home is None or failure is None or not failure.denied:
        return
    why = f"The seller's stores are all in {both(home.regions)}, and the host{where(facts.call.region)} was called."
    hosts = " or ".join(region.host for region in home.regions)
    yield pro(Cause.HOST, DECISIVE, why, f"Send it to {hosts} with the seller's token of that region.")
    yield pro(Cause.AUTHORIZATION, HINT, why)
    yield con(Cause.ROLE, FAIR, why)


@rules.rule("connecting-to-the-selling-partner-api: one authorization for each region", reads=RegionsTried)
def other_regions(facts: Facts) -> Iterator[Judgement]:
    """The same operation elsewhere."""
    tried, failure = facts.last(RegionsTried), facts.api_failure()
    if tried is None or failure is None or not tried.passing or _refuses_everybody_here(facts):
        return
    why = f"The same operation passes in {both(tried.passing)}."
    if failure.denied:
        yield pro(Cause.AUTHORIZATION, HINT, why)
        yield pro(Cause.HOST, HINT, why)
        yield con(Cause.LWA, FAIR, why)
    else:
        yield pro(Cause.SERVICE, FAIR, f"{why} A fault of one region is Amazon's.")
        yield con(Cause.REQUEST, FAIR, why)


@rules.rule("flow of the developer blog 2022: all sellers, one region, no deploy; docs issue 3153", reads=RegionsTried)
def region_refuses_everybody(facts: Facts) -> Iterator[Judgement]:
    """It passes in another region and fails for every seller in this one: what differs is Amazon's side."""
    tried, failure = facts.last(RegionsTried), facts.api_failure()
    if tried is None or failure is None or not _refuses_everybody_here(facts):
        return
    why = f"It passes in {both(tried.passing)}, and fails{where(facts.call.region)} for every seller that was tried."
    fix = f"Wait and retry; if it lasts, open a case at {SUPPORT} with request ids and times."
    if failure.denied:
        # Roles reach differently far in each region: a role is cleared that opens the call here, or in both alike.
        roles = facts.last(RolesKnown)
        alike = set(tried.passing) <= set(facts.call.same_roles_in)
        opens = alike if roles is None else not roles.lacking
        yield pro(Cause.SERVICE, DECISIVE if opens else FAIR, why, fix)
        for cause in (Cause.LWA, Cause.AUTHORIZATION, Cause.HOST):
            yield con(cause, FAIR, why)
        if opens:
            yield con(Cause.ROLE, STRONG, why)
    else:
        sellers = facts.last(SellersTried)
        trusted = sellers is not None and sellers.trusted
        yield pro(Cause.SERVICE, STRONG if trusted else FAIR, f"{why} A fault of one region is Amazon's.", fix)
        yield con(Cause.REQUEST, FAIR + HINT if trusted else FAIR, why)


def _refuses_everybody_here(facts: Facts) -> bool:
    tried, sellers = facts.last(RegionsTried), facts.last(SellersTried)
    if tried is None or not tried.passing or sellers is None or not sellers.all_fail:
        return False
    return sellers.calling > (0 if sellers.trusted else 1)


@rules.rule("inferred: what passes with fewer parameters reached the right host", reads=MinimalTried)
def minimal_call_passes(facts: Facts) -> Iterator[Judgement]:
    """The host is right."""
    if any(each.passes for each in facts.all(MinimalTried)):
        yield con(Cause.HOST, STRONG, "The minimal call passes on this host.")
