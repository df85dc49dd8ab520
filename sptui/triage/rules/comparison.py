"""What a person compared the call with: what passes beside it tells what cannot be the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sptui.triage.causes import Cause
from sptui.triage.evidence import AnswerSeen, Aspect, Compared
from sptui.triage.rules.base import DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, RuleBook, con, pro
from sptui.triage.rules.words import operation

rules = RuleBook(Compared)

_ORDERS: Final = frozenset({"createReport", "createReportSchedule", "createFeed", "createSubscription"})


def _passing(facts: Facts, aspect: Aspect) -> Compared | None:
    return next((each for each in facts.all(Compared) if each.passing and aspect in each.aspects), None)


def _failing(facts: Facts, aspect: Aspect) -> Compared | None:
    return next((each for each in facts.all(Compared) if not each.passing and aspect in each.aspects), None)


def _said(compared: Compared) -> str:
    told = compared.told if len(compared.told) <= 120 else compared.told[:119] + "…"
    return f"It passes with: {told}." if compared.passing else f"It fails too with: {told}."


def _trouble(facts: Facts) -> AnswerSeen | None:
    return facts.api_failure() or facts.success


@rules.rule("developer blog 2022: a minimal call with another client (Postman) tells the two apart")
def another_client_passes(facts: Facts) -> Iterator[Judgement]:
    """The same call through another library or connection: the first one alters it on the way."""
    passing = _passing(facts, Aspect.CLIENT)
    if passing is not None:
        why = f"{_said(passing)} Then the call as such is right, and the client that sends it is not."
        yield pro(Cause.CLIENT, DECISIVE, why, "Compare the two raw requests: address, encoding, headers, TLS, body.")
        for cause in (Cause.ROLE, Cause.AUTHORIZATION, Cause.ACCOUNT, Cause.SERVICE):
            yield con(cause, FAIR, why)


@rules.rule("grantless-operations; tokens API use case guide")
def another_token_passes(facts: Facts) -> Iterator[Judgement]:
    """The call is right, and the application may make it: the token that was sent is not the one it needs."""
    passing, failing = _passing(facts, Aspect.TOKEN), _failing(facts, Aspect.TOKEN)
    failure = facts.api_failure()
    if passing is not None:
        why = _said(passing)
        denied = failure is not None and failure.denied
        yield pro(Cause.TOKEN, STRONG if denied else FAIR, why, "Send that kind of token with this operation.")
        if failure is not None and failure.status == 500:
            yield pro(Cause.REQUEST, FAIR, f"{why} The restricted token may ask for what the operation does not give.")
        for cause in (Cause.ROLE, Cause.SERVICE):
            yield con(cause, FAIR, why)
    elif failing is not None and failure is not None:
        why = f"{_said(failing)} A restricted token opens exactly the path and data that it was made for."
        yield pro(Cause.REQUEST, FAIR, why, "Make the restricted token for the path that is called, in the same form.")
        yield pro(Cause.TOKEN, FAIR, why, "Make the restricted token for the path that is called, in the same form.")


@rules.rule("developer blog 2022: minimal call, then options one by one")
def other_values_pass(facts: Facts) -> Iterator[Judgement]:
    """The same operation passes with other values, or with fewer: the door is open."""
    passing = _passing(facts, Aspect.VALUES)
    failure = facts.api_failure()
    if passing is None or failure is None or passing.aspects - {Aspect.VALUES, Aspect.PACE, Aspect.EVERYTHING}:
        return
    why = _said(passing)
    yield pro(Cause.REQUEST, FAIR + HINT, why, "Compare the two requests value by value.")
    for cause in (Cause.ROLE, Cause.AUTHORIZATION, Cause.ACCOUNT, Cause.LWA):
        yield con(cause, FAIR, why)
    yield con(Cause.SERVICE, HINT, why)


@rules.rule("inferred: roles open families of operations, a token and a signature open them all")
def other_calls_pass(facts: Facts) -> Iterator[Judgement]:
    """Whatever serves every operation is in order."""
    passing = _passing(facts, Aspect.OPERATIONS) or _passing(facts, Aspect.TYPES)
    failure = facts.api_failure()
    if passing is None or failure is None:
        return
    why = _said(passing)
    for cause, weight in ((Cause.LWA, STRONG), (Cause.HOST, HINT), (Cause.AUTHORIZATION, HINT), (Cause.CLIENT, HINT)):
        yield con(cause, weight, f"{why} The same credentials serve both.")
    if failure.denied:
        yield pro(Cause.ROLE, HINT, why, f"Compare the roles of {operation(facts.call)} with those that pass.")
        if facts.call.token_needed != "grantless" and "token" in failure.text:
            yield con(Cause.TOKEN, HINT, why)


@rules.rule("report-type-values, role mappings: each type has its own roles, marketplaces and programs")
def other_types_pass(facts: Facts) -> Iterator[Judgement]:
    """The operation works, this type does not."""
    passing, seen = _passing(facts, Aspect.TYPES), _trouble(facts)
    if passing is None or seen is None:
        return
    why = f"{_said(passing)} So it is this type that is refused."
    if seen.denied:
        yield pro(Cause.ROLE, FAIR, why, "Check the roles of this very type in Amazon's role mappings.")
        yield pro(Cause.UNAVAILABLE, HINT, why)
    elif seen.status == 400:
        yield pro(Cause.UNAVAILABLE, FAIR, why, "Check to whom and where Amazon offers this type.")
    elif seen.processing in ("FATAL", "CANCELLED"):
        yield pro(Cause.UNAVAILABLE, FAIR, why, "Check to whom and where Amazon offers this type.")
        yield con(Cause.ACCOUNT, HINT, why)


@rules.rule("troubleshooting-seller-accounts: the same call in another marketplace")
def other_marketplaces_pass(facts: Facts) -> Iterator[Judgement]:
    """What follows the marketplace is the marketplace, the account there, or what Amazon offers there."""
    passing, failure = _passing(facts, Aspect.MARKETPLACES), _trouble(facts)
    if passing is None or failure is None:
        return
    why = _said(passing)
    if len(facts.call.marketplaces) > 1 and Aspect.VALUES in passing.aspects:
        fix = "Name one marketplace in each call."
        yield pro(Cause.REQUEST, FAIR + HINT, f"{why} The call names several marketplaces at once.", fix)
        return
    if failure.status >= 500:
        yield pro(Cause.SERVICE, FAIR, why)
        yield con(Cause.REQUEST, HINT, why)
        return
    if failure.ok:
        # It was accepted there, so the seller is there.
        cause = Cause.ACCOUNT if facts.call.operation in ("getFeed", "getFeeds") else Cause.UNAVAILABLE
        yield pro(cause, FAIR, why, "Check what the seller may do in the marketplace that fails.")
        yield pro(Cause.MARKETPLACE, HINT, why)
        return
    if facts.call.operation in _ORDERS:
        yield pro(Cause.UNAVAILABLE, FAIR, why, "Check in which marketplaces Amazon offers this type.")
    yield pro(Cause.MARKETPLACE, FAIR, why, "Check with getMarketplaceParticipations whether the seller is there.")
    if failure.denied:
        yield pro(Cause.ACCOUNT, HINT, why)
        yield con(Cause.ROLE, FAIR, why)
    yield con(Cause.LWA, STRONG, why)


@rules.rule("connecting-to-the-selling-partner-api: one authorization, one host for each region")
def other_regions_pass(facts: Facts) -> Iterator[Judgement]:
    """What follows the region is Amazon's host there, or the authorization for it."""
    passing, failure = _passing(facts, Aspect.REGIONS), facts.api_failure()
    if passing is None or failure is None:
        return
    why = _said(passing)
    yield con(Cause.LWA, FAIR, why)
    if failure.denied:
        again = "Have the seller authorize for this region too, and send that region's token to its host."
        yield pro(Cause.AUTHORIZATION, FAIR, why, again)
        yield pro(Cause.HOST, FAIR - 0.3, why, again)
        yield con(Cause.ROLE, HINT, why)
    elif failure.status >= 500:
        yield pro(Cause.SERVICE, FAIR, f"{why} A fault of one region is Amazon's.")
        yield con(Cause.REQUEST, FAIR, why)
    else:
        yield pro(Cause.SERVICE, HINT, f"{why} A fault of one region may be Amazon's.")
        yield pro(Cause.HOST, HINT, why)


@rules.rule("inferred: a destination, a document, a report belongs to one region and one seller")
def another_region_fails(facts: Facts) -> Iterator[Judgement]:
    """Things made in one region are not known in another."""
    failing, failure = _failing(facts, Aspect.REGIONS), facts.api_failure()
    if failing is not None and failure is not None and failure.status in (400, 403, 404):
        fix = "Make the thing that the call names in the seller's own region, and use that region's host."
        yield pro(Cause.HOST, FAIR, _said(failing), fix)


@rules.rule("selling-partner-api-sandbox")
def production_passes(facts: Facts) -> Iterator[Judgement]:
    """Production knows the values, the sandbox knows its samples only."""
    passing = _passing(facts, Aspect.PRODUCTION)
    if passing is not None and facts.failure is not None:
        fix = "Send production values to the production host, and the model's samples to the sandbox."
        yield pro(Cause.HOST, FAIR, _said(passing), fix)
        yield con(Cause.ROLE, HINT, _said(passing))
        yield con(Cause.AUTHORIZATION, FAIR, _said(passing))


@rules.rule("usage-plans-and-rate-limits")
def slower_calls_pass(facts: Facts) -> Iterator[Judgement]:
    """A few calls pass, many do not."""
    passing, seen = _passing(facts, Aspect.PACE), _trouble(facts)
    if passing is None:
        return
    why = _said(passing)
    if seen is not None and seen.denied:
        yield pro(Cause.TOKEN, FAIR, f"{why} A token lives an hour: long runs outlive it.", "Renew it in time.")
        return
    weight = DECISIVE if seen is None or seen.ok or not seen.status or seen.status >= 500 else STRONG
    yield pro(Cause.THROTTLED, weight, why, "Keep to the usage plan: pause between calls, retry with jitter.")


@rules.rule("troubleshooting-seller-accounts: all sellers, or one?")
def other_sellers_pass(facts: Facts) -> Iterator[Judgement]:
    """Somebody says that it passes for others."""
    passing, failure = _passing(facts, Aspect.SELLERS), facts.api_failure()
    if passing is None or failure is None:
        return
    why = _said(passing)
    for cause in (Cause.ROLE, Cause.LWA, Cause.REQUEST, Cause.SERVICE):
        yield con(cause, HINT, why)
    yield pro(Cause.AUTHORIZATION if failure.denied else Cause.ACCOUNT, HINT, why)


@rules.rule("troubleshoot-sp-api-errors: patterns over operations")
def everything_fails(facts: Facts) -> Iterator[Judgement]:
    """Nothing passes: what all calls share is to blame."""
    failing, failure = _failing(facts, Aspect.EVERYTHING), facts.api_failure()
    if failing is None or failure is None:
        return
    why = _said(failing)
    if failure.denied:
        for cause in (Cause.LWA, Cause.ACCOUNT, Cause.AUTHORIZATION):
            yield pro(cause, HINT, why)
        yield con(Cause.ROLE, HINT, why)
    elif failure.status >= 500:
        yield pro(Cause.SERVICE, HINT, why)


@rules.rule("models issue 4667: an outage does not keep to one operation")
def other_operations_fail(facts: Facts) -> Iterator[Judgement]:
    """Several operations at once, with a fault of the server."""
    failing, failure = _failing(facts, Aspect.OPERATIONS), facts.api_failure()
    if failing is not None and failure is not None and failure.status >= 500:
        yield pro(Cause.SERVICE, FAIR, _said(failing))
        yield con(Cause.REQUEST, HINT, _said(failing))
