"""The right host: region against marketplace, sandbox against production."""

from __future__ import annotations

from collections.abc import Iterator

from sptui.spapi.check import ProblemKind
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.triage.causes import Cause
from sptui.triage.evidence import MinimalTried, RegionsTried, RequestFlaw
from sptui.triage.rules.base import CERTAIN, DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, RuleBook, con, pro
from sptui.triage.rules.words import labels

rules = RuleBook()


@rules.rule("sp-api-endpoints, marketplace-ids")
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
    if facts.call.host:
        told = f"{facts.call.host} is not a host of SP-API."
        yield pro(Cause.HOST, DECISIVE, told, "Use sellingpartnerapi-na, -eu or -fe.amazon.com.")


@rules.rule("selling-partner-api-sandbox; models issue 5056 (staff)")
def sandbox_without_match(facts: Facts) -> Iterator[Judgement]:
    """The static sandbox answers its samples only."""
    for each in facts.failures:
        if "could not match input arguments" not in each.text:
            continue
        why = "Only the static sandbox says so: the request is none of its samples."
        sample = "Send exactly the parameters of the sample in Amazon's model (x-amzn-api-sandbox)."
        production = "Or send it to the production host, if it was meant for production."
        yield pro(Cause.REQUEST, STRONG if facts.call.sandbox else FAIR, why, sample)
        yield pro(Cause.HOST, FAIR if facts.call.sandbox else STRONG, why, production)
        return


@rules.rule("selling-partner-api-sandbox: results say nothing about the seller")
def sandbox_says_little(facts: Facts) -> Iterator[Judgement]:
    """Another failure in the sandbox: production may well work."""
    if facts.call.sandbox and facts.failure is not None:
        why = "The call went to the sandbox."
        yield pro(Cause.HOST, HINT, why, "Send it to the production host if it was meant for production.")
        for cause in (Cause.ACCOUNT, Cause.MARKETPLACE):
            yield con(cause, STRONG, f"{why} It knows nothing of the seller.")


@rules.rule("connecting-to-the-selling-partner-api: one authorization for each region")
def other_regions(facts: Facts) -> Iterator[Judgement]:
    """The same operation elsewhere."""
    tried, failure = facts.last(RegionsTried), facts.api_failure()
    if tried is None or failure is None or not tried.passing:
        return
    why = f"The same operation passes in {', '.join(tried.passing)}."
    if failure.denied:
        yield pro(Cause.AUTHORIZATION, HINT, why)
        yield pro(Cause.HOST, HINT, why)
        yield con(Cause.LWA, FAIR, why)
    else:
        yield pro(Cause.SERVICE, FAIR, f"{why} A fault of one region is Amazon's.")
        yield con(Cause.REQUEST, FAIR, why)


@rules.rule("inferred: what passes with fewer parameters reached the right host")
def minimal_call_passes(facts: Facts) -> Iterator[Judgement]:
    """The host is right."""
    if any(each.passes for each in facts.all(MinimalTried)):
        yield con(Cause.HOST, STRONG, "The minimal call passes on this host.")
