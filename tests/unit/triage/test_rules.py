"""The rules: golden cases of SP-API, each rule once, and what holds for any evidence."""

from __future__ import annotations

import re
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.spapi.answers import BodyKind
from sptui.spapi.calls import Stage
from sptui.spapi.check import ProblemKind
from sptui.spapi.regions import Region
from sptui.triage.causes import Actor, Cause
from sptui.triage.evidence import (
    AccountStatusSeen,
    AnswerSeen,
    CallKnown,
    Culprit,
    Evidence,
    Finding,
    Flaky,
    MarketplacesTried,
    MinimalTried,
    NoAnswer,
    NotReproduced,
    OperationsTried,
    ParticipationsRefused,
    Presence,
    PresenceSeen,
    RegionsTried,
    RequestClean,
    RequestFlaw,
    RolesKnown,
    SellersTried,
    TokenRefreshed,
    TokenSent,
)
from sptui.triage.rules import RULES, judge, judgements_on
from sptui.triage.rules.base import Facts
from sptui.triage.verdict import Strength, Verdict

from .flow_cases import FLOW
from .widened import WIDENED

US, DE, JP, PSEUDO = "ATVPDKIKX0DER", "A1PA6795UKMFR9", "A1VC38T7YXB528", "A2ZV50J4W1RKNI"
DENIED = "Access to requested resource is denied."
INTERNAL = "We encountered an internal error. Please try again."
NOT_VALID = "The input you have submitted is not valid. Please check your input and try again."


def evidence(*findings: Finding) -> list[Evidence]:
    return [Evidence("what people read", "a test", each) for each in findings]


def verdict_on(*findings: Finding) -> Verdict:
    return judge(evidence(*findings))


def call(operation: str, region: Region = Region.NA, **more: Any) -> CallKnown:
    return CallKnown(operation=operation, region=region, **{"marketplaces": (US,), **more})


def denied(details: str = "", code: str = "Unauthorized", **more: Any) -> AnswerSeen:
    return AnswerSeen(403, code=code, message=DENIED, details=details, **more)


def failed(status: int, code: str = "InvalidInput", message: str = "", details: str = "", **more: Any) -> AnswerSeen:
    return AnswerSeen(status, code=code, message=message, details=details, **more)


def lwa(status: int, error: str, description: str = "") -> AnswerSeen:
    return AnswerSeen(status, stage=Stage.LWA, code=error, message=description)


def flaw(kind: ProblemKind, parameter: str = "MarketplaceIds", allowed: str = "") -> RequestFlaw:
    return RequestFlaw(parameter, kind, f"{parameter}: {kind}", allowed)


FEED_400 = failed(400, "InvalidInput", "Invalid request parameters")
TOKEN_ERROR = "The request has an invalid grant parameter : refresh_token"

GOLDEN: dict[str, tuple[tuple[Finding, ...], Cause, Strength | None]] = {
    # The numbers are those of the decision procedure's golden cases.
    "1 createFeed, array ids, one of 20 sellers": (
        (call("createFeed"), FEED_400, SellersTried(20, 1, 400)),
        Cause.ACCOUNT,
        None,
    ),
    "1b and the report says DEACTIVATED": (
        (call("createFeed"), FEED_400, AccountStatusSeen("DEACTIVATED", US)),
        Cause.ACCOUNT,
        Strength.STRONG,
    ),
    "2 createFeed, ids as a string": (
        (call("createFeed"), FEED_400, flaw(ProblemKind.TYPE, "marketplaceIds")),
        Cause.REQUEST,
        None,
    ),
    "3 batch 500, only this body": (
        (
            call("getListingOffersBatch"),
            failed(500, "InternalFailure", INTERNAL),
            SellersTried(2, 2, 500),
            MinimalTried(passes=True, samples=True),
            Culprit(("requests",), 500),
        ),
        Cause.REQUEST,
        Strength.STRONG,
    ),
    "4 getOrders 500 in NA for all, EU fine": (
        (
            call("getOrders"),
            failed(500, "InternalFailure", INTERNAL),
            SellersTried(9, 9, 500),
            RegionsTried(passing=(Region.EU,)),
        ),
        Cause.SERVICE,
        Strength.STRONG,
    ),
    "5 client secret expired": (
        (call("getOrders"), denied("The LWA secret token you provided has expired."), TokenRefreshed()),
        Cause.LWA,
        Strength.CERTAIN,
    ),
    "6 authorized before the role": (
        (
            call("getReports"),
            denied(),
            SellersTried(3, 0, 403),
            TokenRefreshed(),
            OperationsTried(passing=("getMarketplaceParticipations",)),
            PresenceSeen(US, Presence.PARTICIPATING),
        ),
        Cause.AUTHORIZATION,
        Strength.STRONG,
    ),
    "7 participations in NA with Finance and Accounting only": (
        (
            call("getMarketplaceParticipations", marketplaces=(), roles_verified=True),
            denied(),
            RolesKnown(("Finance and Accounting",), ("Product Listing", "Selling Partner Insights")),
        ),
        Cause.ROLE,
        Strength.STRONG,
    ),
    "8 grantless token on getOrders": (
        (call("getOrders"), denied(), TokenSent("Atc|"), flaw(ProblemKind.TOKEN, "x-amz-access-token")),
        Cause.TOKEN,
        Strength.CERTAIN,
    ),
    "9 a marketplace of JP on the host of EU": (
        (call("getOrders", Region.EU, marketplaces=(JP,)), denied(), flaw(ProblemKind.OTHER_REGION)),
        Cause.HOST,
        Strength.CERTAIN,
    ),
    "10 a pseudo-marketplace": (
        (call("searchOrders", marketplaces=(PSEUDO,)), denied(), flaw(ProblemKind.PSEUDO_MARKETPLACE)),
        Cause.MARKETPLACE,
        Strength.CERTAIN,
    ),
    "11 all operations of one seller, LWA says invalid_grant": (
        (
            call("getOrders"),
            denied(),
            lwa(400, "invalid_grant", f"{TOKEN_ERROR}. User may have revoked or didn't grant the permission."),
        ),
        Cause.AUTHORIZATION,
        Strength.CERTAIN,
    ),
    "13 document address": (
        (AnswerSeen(403, Stage.DOCUMENT, "AccessDenied", "Request has expired", body=BodyKind.XML),),
        Cause.NOT_FOUND,
        Strength.CERTAIN,
    ),
    "14 throttled": (
        (call("createReport", rate=0.0167), failed(429, "QuotaExceeded", "You exceeded your quota")),
        Cause.THROTTLED,
        Strength.CERTAIN,
    ),
    "16 sandbox sample": (
        (
            call("createReport", sandbox=True, sandbox_meant=True),
            failed(400, "InvalidInput", "Could not match input arguments"),
        ),
        Cause.REQUEST,
        None,
    ),
    "16b production call sent to the sandbox, unknowingly": (
        (call("createReport"), failed(400, "InvalidInput", "Could not match input arguments")),
        Cause.HOST,
        None,
    ),
    "17 FE only, all sellers, NA fine": (
        (
            call("searchOrders", Region.FE),
            failed(400, "InvalidInput", NOT_VALID),
            SellersTried(8, 8, 400, trusted=False),
            RegionsTried(passing=(Region.NA,)),
            RequestClean(),
        ),
        Cause.SERVICE,
        Strength.WEAK,
    ),
    "18 a bound less than two minutes ago": (
        (
            call("getOrders"),
            failed(400, "InvalidInput", NOT_VALID),
            flaw(ProblemKind.TOO_RECENT, "LastUpdatedBefore"),
        ),
        Cause.REQUEST,
        Strength.STRONG,
    ),
    "19 an empty list": (
        (call("getOrders"), AnswerSeen(200, ok=True, empty=True)),
        Cause.SUCCESS,
        None,
    ),
    "20 blank 200": (
        (call("getOrders", Region.EU), AnswerSeen(200, body=BodyKind.EMPTY), SellersTried(3, 3, 200)),
        Cause.SERVICE,
        Strength.STRONG,
    ),
    "21 XHTML page": (
        (call("getOrders"), AnswerSeen(503, body=BodyKind.HTML)),
        Cause.SERVICE,
        Strength.STRONG,
    ),
    "22 subscription exists": (
        (call("createSubscription"), failed(409, "StateConflict", "Subscription already exist for notification type")),
        Cause.SUCCESS,
        None,
    ),
    "23 invalid_client": (
        (lwa(401, "invalid_client", "Client authentication failed"),),
        Cause.LWA,
        Strength.CERTAIN,
    ),
    "24 invalid_scope": (
        (lwa(400, "invalid_scope", "The request has an invalid parameter : scope"),),
        Cause.REQUEST,
        Strength.STRONG,
    ),
    "25 restricted data elements": (
        (
            call("createRestrictedDataToken"),
            failed(
                400,
                message="Application does not have access to one or more requested data elements: [buyerInfo]",
            ),
        ),
        Cause.ROLE,
        None,
    ),
    "26 a report ends FATAL": (
        (call("getReport"), AnswerSeen(200, ok=True, processing="FATAL")),
        Cause.REQUEST,
        None,
    ),
    "27 a report is cancelled": (
        (call("getReport"), AnswerSeen(200, ok=True, processing="CANCELLED")),
        Cause.SUCCESS,
        None,
    ),
    "29 a removed version": (
        (
            CallKnown(method="POST", path="/reports/2020-09-04/reports", path_known=False, region=Region.NA),
            denied(code="MissingAuthenticationToken"),
        ),
        Cause.REQUEST,
        Strength.CERTAIN,
    ),
    "30 participating, yet the report says DEACTIVATED": (
        (
            call("getOrders"),
            denied(),
            PresenceSeen(US, Presence.PARTICIPATING),
            AccountStatusSeen("DEACTIVATED", US),
        ),
        Cause.ACCOUNT,
        Strength.STRONG,
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_case(name: str) -> None:
    findings, cause, strength = GOLDEN[name]
    first = verdict_on(*findings).first
    assert first.cause is cause, verdict_on(*findings)
    assert first.because
    assert strength is None or first.strength is strength, first


ROLE_OPENS = ("Pricing",)
MORE: dict[str, tuple[tuple[Finding, ...], Cause]] = {
    "refresh token refused, no word of revoking": ((lwa(400, "invalid_grant", TOKEN_ERROR),), Cause.LWA),
    "authorization code used twice": (
        (lwa(400, "invalid_grant", "The request has an invalid grant parameter : code"),),
        Cause.LWA,
    ),
    "refresh token of another application": ((lwa(400, "unauthorized_client"),), Cause.LWA),
    "token request not readable": ((lwa(400, "unsupported_grant_type"),), Cause.REQUEST),
    "LWA overloaded": ((AnswerSeen(503, Stage.LWA, body=BodyKind.HTML),), Cause.SERVICE),
    "LWA throttles": ((AnswerSeen(429, Stage.LWA),), Cause.THROTTLED),
    "an LWA error of tomorrow": ((lwa(400, "something_new"),), Cause.LWA),
    "access token expired": ((call("getOrders"), denied("The access token you provided has expired.")), Cause.TOKEN),
    "access token missing": (
        (call("getOrders"), denied("Access token is missing in the request header.")),
        Cause.TOKEN,
    ),
    "no token sent": ((call("getOrders"), denied(), TokenSent("none")), Cause.TOKEN),
    "token malformed": (
        (call("getOrders"), denied("The access token you provided is revoked, malformed or invalid.")),
        Cause.TOKEN,
    ),
    "fresh token refused as revoked": (
        (
            call("getOrders"),
            denied("The access token you provided is revoked, malformed or invalid."),
            TokenRefreshed(),
            MinimalTried(passes=False, status=403),
        ),
        Cause.AUTHORIZATION,
    ),
    "grantless operation refused": (
        (call("getDestinations", token_needed="grantless", marketplaces=()), denied()),
        Cause.TOKEN,
    ),
    "refused for all sellers": (
        (call("searchCatalogItems"), denied(), SellersTried(2, 2, 403), TokenRefreshed()),
        Cause.ROLE,
    ),
    "role held, refused, nobody else to compare": (
        (
            call("getListingOffersBatch"),
            denied(),
            RolesKnown(("Pricing",), ROLE_OPENS),
            TokenRefreshed(),
            OperationsTried(passing=("getMarketplaceParticipations",)),
            PresenceSeen(US, Presence.PARTICIPATING),
            AccountStatusSeen("NORMAL", US),
        ),
        Cause.AUTHORIZATION,
    ),
    "participations refused although the role is there": (
        (
            call("getOrders"),
            denied(),
            RolesKnown(("Selling Partner Insights",), ("Selling Partner Insights",)),
            ParticipationsRefused(403, "Unauthorized", role_opens=True),
        ),
        Cause.AUTHORIZATION,
    ),
    "participations refused, roles unknown": (
        (call("getOrders"), denied(), ParticipationsRefused(403, "Unauthorized")),
        Cause.ROLE,
    ),
    "report type with buyers' data": (
        (call("createReport"), failed(403, "Unauthorized", "Access to the resource is forbidden")),
        Cause.ROLE,
    ),
    "token for a path that is not restricted": (
        (
            call("createRestrictedDataToken"),
            failed(400, message="Application do not have access to some or all requested resource"),
        ),
        Cause.REQUEST,
    ),
    "restricted data is the culprit": (
        (
            call("searchOrders"),
            denied(),
            MinimalTried(passes=True),
            Culprit(("includedData",), 403, "Unauthorized", ("BUYER",)),
        ),
        Cause.ROLE,
    ),
    "told not valid for region": (
        (call("searchOrders"), denied("The marketplaces you provided are not valid for region.")),
        Cause.HOST,
    ),
    "foreign host": (
        (call("getOrders", host="sellercentral.amazon.com"), failed(404, "", "")),
        Cause.HOST,
    ),
    "sandbox failure": ((call("getOrders", sandbox=True), denied()), Cause.ROLE),
    "refused here, passes in another region": (
        (call("getOrders"), denied(), RegionsTried(passing=(Region.EU,)), TokenRefreshed()),
        Cause.ROLE,
    ),
    "missing parameters": (
        (
            call("createReport", method="POST"),
            failed(400, message="One or more required parameters missing", details="marketplaceIds;reportType;"),
            flaw(ProblemKind.MISSING, "marketplaceIds"),
            flaw(ProblemKind.MISSING, "reportType"),
        ),
        Cause.REQUEST,
    ),
    "Amazon names the parameter": (
        (call("getOrders"), failed(400, message="Invalid value", named=("MarketplaceIds",))),
        Cause.REQUEST,
    ),
    "no such path, but the catalogue has it": (
        (call("getOrders", path_known=True), denied(code="MissingAuthenticationToken")),
        Cause.REQUEST,
    ),
    "path not in the catalogue": (
        (CallKnown(method="GET", path="/orders/v7/orders", path_known=False), failed(404, "NotFound", "given URI")),
        Cause.REQUEST,
    ),
    "two options together": (
        (call("getOrders"), failed(400), MinimalTried(passes=True), Culprit(("A", "B"), 400)),
        Cause.REQUEST,
    ),
    "the marketplace is the option to blame": (
        (
            call("searchOrders"),
            denied(),
            MinimalTried(passes=True),
            Culprit(("marketplaceIds",), 403),
            PresenceSeen(US, Presence.MISSING),
        ),
        Cause.MARKETPLACE,
    ),
    "passes as soon as it is given": (
        (call("getOrders"), failed(400), MinimalTried(passes=True), Culprit(("MarketplaceIds",), 400, missing=True)),
        Cause.REQUEST,
    ),
    "an option refused at the door": (
        (call("getOrders"), denied(), MinimalTried(passes=True), Culprit(("BuyerEmail",), 403)),
        Cause.REQUEST,
    ),
    "batch 500 with a wrong uri": (
        (
            call("getListingOffersBatch"),
            failed(500, "InternalFailure", INTERNAL),
            flaw(ProblemKind.FORMAT, "requests"),
            SellersTried(2, 2, 500),
        ),
        Cause.REQUEST,
    ),
    "500, other values get a proper answer": (
        (
            call("getListingOffersBatch"),
            failed(500, "InternalFailure", INTERNAL),
            MinimalTried(passes=False, status=500),
            MinimalTried(passes=False, status=400, same=False, samples=True),
        ),
        Cause.REQUEST,
    ),
    "refused input, the same for others": (
        (call("getOrders"), failed(400, message="Invalid Input"), SellersTried(4, 4, 400)),
        Cause.REQUEST,
    ),
    "500 with sample values too, other sellers too": (
        (
            call("getOrders"),
            failed(500, "InternalFailure", INTERNAL),
            MinimalTried(passes=False, status=500, samples=True),
            SellersTried(1, 1, 500),
        ),
        Cause.SERVICE,
    ),
    "500 for this seller only": ((call("getOrders"), failed(500), SellersTried(2, 0, 500)), Cause.SERVICE),
    "timeout": ((call("getOrders"), NoAnswer("timeout")), Cause.SERVICE),
    "connection ended": ((call("getOrders"), NoAnswer("closed"), TokenRefreshed()), Cause.SERVICE),
    "no connection": ((call("getOrders"), NoAnswer("connect")), Cause.CLIENT),
    "address that may not be used": ((call("getOrders"), NoAnswer("forbidden host")), Cause.CLIENT),
    "credentials out of reach": ((call("getOrders"), NoAnswer("credentials", Stage.LWA)), Cause.LWA),
    "comes and goes": ((call("getOrders"), failed(500), Flaky(500)), Cause.SERVICE),
    "participations broken too": (
        (call("getOrders"), failed(500), ParticipationsRefused(503)),
        Cause.SERVICE,
    ),
    "gone now": (
        (call("getOrders"), denied(), MinimalTried(passes=True), NotReproduced()),
        Cause.SUCCESS,
    ),
    "gone now, with the right address": (
        (
            call("createReport", method="POST", path="/reports/2020-09-04/reports", path_known=False),
            failed(404, "NotFound", "x"),
            MinimalTried(passes=True),
            NotReproduced(),
        ),
        Cause.REQUEST,
    ),
    "not participating": (
        (call("getOrders", marketplaces=(DE,)), denied(), PresenceSeen(DE, Presence.NOT_PARTICIPATING)),
        Cause.MARKETPLACE,
    ),
    "not participating, refused input": (
        (
            call("getListingsItem", marketplaces=(DE,)),
            failed(400, message="Invalid 'marketplaceIds' provided.", named=("marketplaceIds",)),
            PresenceSeen(DE, Presence.MISSING),
        ),
        Cause.MARKETPLACE,
    ),
    "passes in another marketplace": (
        (
            call("getOrders"),
            denied(),
            MarketplacesTried(passing=True),
            PresenceSeen(US, Presence.NOT_PARTICIPATING),
        ),
        Cause.MARKETPLACE,
    ),
    "fails in another marketplace too": (
        (call("getOrders"), denied(), MarketplacesTried(passing=False)),
        Cause.ROLE,
    ),
    "mistyped marketplace": (
        (call("getOrders"), failed(400, message=NOT_VALID), flaw(ProblemKind.UNKNOWN_MARKETPLACE)),
        Cause.REQUEST,
    ),
    "listings suspended": (
        (call("createFeed"), FEED_400, PresenceSeen(US, Presence.SUSPENDED_LISTINGS)),
        Cause.ACCOUNT,
    ),
    "deactivated elsewhere only": (
        (call("getOrders"), denied(), AccountStatusSeen("DEACTIVATED", DE), AccountStatusSeen("NORMAL", US)),
        Cause.ROLE,
    ),
    "at risk is not proven": ((call("getOrders"), denied(), AccountStatusSeen("AT_RISK", US)), Cause.ROLE),
    "report id unknown": (
        (call("getReport"), failed(404, "NotFound", "could not be found.")),
        Cause.NOT_FOUND,
    ),
    "no such subscription": ((call("getSubscription"), failed(404, "NotFound")), Cause.SUCCESS),
    "idempotency key used twice": ((call("x"), failed(409, "DuplicateRequest")), Cause.REQUEST),
    "document address damaged": (
        (AnswerSeen(403, Stage.DOCUMENT, "SignatureDoesNotMatch", body=BodyKind.XML),),
        Cause.CLIENT,
    ),
    "report type not offered": (
        (
            call("createReport"),
            failed(400, message="Report rejected for this client. Some of the marketplaces are not allowed"),
            RequestClean(),
        ),
        Cause.UNAVAILABLE,
    ),
    "operation not offered": (
        (call("x"), failed(400, "BadRequest", "ERROR: x is not supported in marketplace ATVPDKIKX0DER.")),
        Cause.UNAVAILABLE,
    ),
    "AWS signature": (
        (call("x"), denied(code="InvalidSignature")),
        Cause.CLIENT,
    ),
    "a plain token for personal data": (
        (call("getOrderAddress"), denied(), flaw(ProblemKind.RESTRICTED, "x-amz-access-token")),
        Cause.ROLE,  # a token comes next: the same answer speaks for both
    ),
    "gateway's page": ((call("x"), AnswerSeen(400, body=BodyKind.HTML)), Cause.CLIENT),
    "fine": ((call("getOrders"), AnswerSeen(200, ok=True)), Cause.SUCCESS),
}


MORE |= FLOW


@pytest.mark.parametrize("name", MORE)
def test_further_case(name: str) -> None:
    findings, cause = MORE[name]
    assert verdict_on(*findings).first.cause is cause, verdict_on(*findings)


def test_every_rule_speaks_in_some_case() -> None:
    silent = {rule.name for rule in RULES}
    widened = [each[0] for each in WIDENED.values()]
    for findings in [*(each[0] for each in GOLDEN.values()), *(each[0] for each in MORE.values()), *widened]:
        facts = Facts(evidence(*findings))
        silent -= {rule.name for rule in RULES if rule.name in silent and any(rule.judge(facts))}
    assert not silent


def test_every_rule_has_its_own_name_and_a_source() -> None:
    names = [rule.name for rule in RULES]
    assert all(rule.source for rule in RULES)
    # The same thought may stand in two subjects (what the minimal call clears), but not twice in one.
    assert {name for name in names if names.count(name) > 1} <= {"minimal_call_passes"}


@pytest.mark.parametrize("name", WIDENED)
def test_what_comparisons_changes_types_and_words_tell(name: str) -> None:
    findings, cause = WIDENED[name]
    assert verdict_on(*findings).first.cause is cause, verdict_on(*findings)


def test_a_rule_that_reads_a_finding_is_silent_without_it() -> None:
    """Rules are asked only where there is something for them to read; asked all the same they say nothing new."""
    for findings in [*(each[0] for each in GOLDEN.values()), *(each[0] for each in WIDENED.values())]:
        facts = Facts(evidence(*findings))
        asked = list(judgements_on(facts))
        assert asked == [each for rule in RULES for each in rule.judge(facts)]


def test_nothing_known_still_ranks_and_names_the_look_that_decides() -> None:
    first = verdict_on().first
    assert first.strength is Strength.WEAK
    assert first.likelihood < 0.5
    assert any(each.startswith("To decide:") for each in first.do)


def test_a_bare_refusal_names_the_cheapest_looks_first() -> None:
    first = verdict_on(call("getOrders"), denied()).first
    looks = [each for each in first.do if each.startswith("To decide")]
    assert looks[0].startswith("To decide: refresh the token")


def test_what_was_looked_at_is_not_asked_for_again() -> None:
    looked = (TokenRefreshed(), OperationsTried(passing=("getMarketplaceParticipations",)))
    text = " ".join(verdict_on(call("getOrders"), denied(), *looked).first.do)
    assert "refresh the token" not in text
    assert "getMarketplaceParticipations for this seller" not in text
    assert "another seller" in text


def test_what_to_do_is_concrete() -> None:
    do = " ".join(verdict_on(call("createFeed", Region.EU, marketplaces=(DE,)), FEED_400).first.do)
    assert "https://sellercentral-europe.amazon.com" in do
    assert "DE" in do
    role = verdict_on(call("x"), denied(), RolesKnown((), ("Pricing",))).first
    assert any("Pricing" in each for each in role.do)
    wait = verdict_on(call("createReport", rate=0.0167), failed(429)).first
    assert any("60 s" in each for each in wait.do)


def test_the_developer_acts_on_a_pseudo_marketplace_and_the_seller_on_an_absent_one() -> None:
    pseudo = verdict_on(call("x"), denied(), flaw(ProblemKind.PSEUDO_MARKETPLACE)).first
    absent = verdict_on(call("x"), denied(), PresenceSeen(US, Presence.MISSING)).first
    assert (pseudo.cause, pseudo.who) == (Cause.MARKETPLACE, Actor.DEVELOPER)
    assert (absent.cause, absent.who) == (Cause.MARKETPLACE, Actor.SELLER)


def test_what_passes_with_another_token_leaves_the_token_that_was_sent_in_doubt() -> None:
    told, seen = denied(), denied(now=True)
    passing = (MinimalTried(passes=True), NotReproduced())
    assert Cause.TOKEN in [each.cause for each in verdict_on(call("x"), told, *passing).causes]
    assert Cause.TOKEN not in [each.cause for each in verdict_on(call("x"), seen, *passing).causes]


def test_evidence_against_is_told() -> None:
    ranked = verdict_on(call("x"), denied(), RolesKnown(("Pricing",), ("Pricing",)))
    role = next(each for each in ranked.causes if each.cause is Cause.ROLE)
    assert any("Pricing" in each for each in role.against)


def test_a_certain_cause_needs_explicit_words_or_a_contradiction() -> None:
    strong = verdict_on(call("x"), denied(), PresenceSeen(US, Presence.MISSING), SellersTried(5, 0, 403)).first
    assert strong.likelihood > 0.9
    assert strong.strength is Strength.STRONG


def test_the_json_form() -> None:
    (first, *_) = verdict_on(call("x"), denied(), PresenceSeen(US, Presence.MISSING)).as_json()
    assert list(first) == ["cause", "likelihood", "because", "against", "do", "who"]
    assert first["cause"] == "marketplace"
    assert first["who"] == "seller"
    assert isinstance(first["because"], list)


# -- What holds for any evidence

_WORDS = st.sampled_from(
    [
        "",
        "Unauthorized",
        "InvalidInput",
        "QuotaExceeded",
        "invalid_grant",
        DENIED,
        "The access token you provided is revoked, malformed or invalid.",
        "The LWA secret token you provided has expired.",
        "not valid for region",
        "Could not match input arguments",
        "Request has expired",
        US,
        PSEUDO,
        "createFeed",
        "getListingOffersBatch",
        "DEACTIVATED",
        "includedData",
    ]
)


def _strategy(kind: type) -> st.SearchStrategy[Any]:
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for field in msgspec.structs.fields(kind):
        fields[field.name] = _of_type(field.type)
    return st.builds(kind, **fields)


def _of_type(type_: Any) -> st.SearchStrategy[Any]:
    if type_ is str:
        return _WORDS
    if type_ is bool:
        return st.booleans()
    if type_ is int:
        return st.sampled_from([0, 1, 2, 3, 20, 200, 204, 400, 401, 403, 404, 409, 429, 500, 503])
    if type_ is float:
        return st.floats(0, 1e6)
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return _strategy(type_)
    if isinstance(type_, type):
        return st.sampled_from(list(type_))  # type: ignore[call-overload]  # the other classes are all enums
    arguments = [each for each in get_args(type_) if each is not Ellipsis]
    if re.match(r"tuple", str(type_)):
        return st.lists(_of_type(arguments[0]), max_size=3).map(tuple)
    if re.match(r"frozenset", str(type_)):
        return st.frozensets(_of_type(arguments[0]), max_size=3)
    return st.one_of(*(st.none() if each is type(None) else _of_type(each) for each in arguments))


_FINDINGS = st.one_of(*(_strategy(kind) for kind in get_args(Finding)))


@given(st.lists(_FINDINGS, max_size=12))
def test_any_evidence_gives_a_valid_verdict(findings: list[Finding]) -> None:
    verdict = verdict_on(*findings)
    likelihoods = [each.likelihood for each in verdict.causes]
    assert likelihoods == sorted(likelihoods, reverse=True)
    assert all(0 < each < 1 for each in likelihoods)
    assert sum(likelihoods) <= 1 + 1e-9
    assert len({each.cause for each in verdict.causes}) == len(verdict.causes)
    assert all(each.because for each in verdict.causes)
    assert verdict_on(*findings) == verdict


@given(st.lists(_FINDINGS, max_size=8))
def test_no_rule_reads_the_sentence_for_people(findings: list[Finding]) -> None:
    other = [Evidence("another sentence: DEACTIVATED, invalid_grant", "elsewhere", each) for each in findings]
    assert judge(other) == verdict_on(*findings)


@given(st.lists(_FINDINGS, max_size=8))
def test_judgements_speak_for_or_against(findings: list[Finding]) -> None:
    for each in judgements_on(Facts(evidence(*findings))):
        assert each.weight != 0
