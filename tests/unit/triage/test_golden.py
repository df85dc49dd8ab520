"""The golden cases of the decision procedure, row by row, as JSON cases: what a person would give to `explain`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import pytest

from sptui.spapi.regions import Region
from sptui.triage.case import read_case
from sptui.triage.causes import Cause
from sptui.triage.evidence import (
    AccountStatusSeen,
    Change,
    Changed,
    Evidence,
    Finding,
    OperationsTried,
    Presence,
    PresenceSeen,
    RegionsTried,
)
from sptui.triage.observe import observe_case
from sptui.triage.rules import judge
from sptui.triage.verdict import Strength

NOW: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
US, DE, JP, PSEUDO = "ATVPDKIKX0DER", "A1PA6795UKMFR9", "A1VC38T7YXB528", "A2ZV50J4W1RKNI"
NA, EU, FE = (f"https://sellingpartnerapi-{each}.amazon.com" for each in ("na", "eu", "fe"))
LWA: Final = "https://api.amazon.com/auth/o2/token"
DENIED: Final = "Access to requested resource is denied."
INTERNAL: Final = "We encountered an internal error. Please try again."
NOT_VALID: Final = "The input you have submitted is not valid. Please check your input and try again."
FEED: Final = {"feedType": "POST_FLAT_FILE_INVLOADER_DATA", "inputFeedDocumentId": "amzn1.tortuga.4.na.1"}


class Row(NamedTuple):
    """A case, what else was observed, and the first cause; with its strength where the table names one."""

    case: dict[str, Any]
    cause: Cause
    strength: tuple[Strength, ...] = (Strength.CERTAIN, Strength.STRONG, Strength.WEAK)
    more: tuple[Finding, ...] = ()


def call(
    operation: str | None,
    target: str,
    status: int,
    body: Any,
    *,
    method: str = "GET",
    sent: Any = None,
    **context: Any,
) -> dict[str, Any]:
    return {
        "operation": operation,
        "request": {"method": method, "url": target, **({"body": sent} if sent is not None else {})},
        "response": {"status": status, "body": body},
        "context": context,
    }


def error(code: str, message: str, details: str = "") -> dict[str, Any]:
    return {"errors": [{"code": code, "message": message, "details": details}]}


def orders(host: str, marketplace: str, status: int, body: Any, **context: Any) -> dict[str, Any]:
    target = f"{host}/orders/v0/orders?MarketplaceIds={marketplace}&CreatedAfter=2026-11-01T00:00:00Z"
    return call("getOrders", target, status, body, **context)


def create_feed(marketplaces: Any, **context: Any) -> dict[str, Any]:
    refused = error("InvalidInput", "Invalid request parameters")
    sent = {**FEED, "marketplaceIds": marketplaces}
    return call("createFeed", f"{NA}/feeds/2021-06-30/feeds", 400, refused, method="POST", sent=sent, **context)


def create_report(status: int, body: Any, host: str = NA, **context: Any) -> dict[str, Any]:
    sent = {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": [US]}
    return call("createReport", f"{host}/reports/2021-06-30/reports", status, body, method="POST", sent=sent, **context)


BARE: Final = error("Unauthorized", DENIED)
QUOTA: Final = error("QuotaExceeded", "You exceeded your quota for the requested resource.")
OFFERS: Final = {"requests": [{"uri": "/products/pricing/v0/listing/SKU1/offer", "method": "GET", "MarketplaceId": US}]}
SURE: Final = (Strength.CERTAIN,)

GOLDEN: Final[dict[str, Row]] = {
    "1 createFeed of an inactive account": Row(
        create_feed([US], other_sellers={"calling": 20, "failing": 1}), Cause.ACCOUNT
    ),
    "1 and the report says so": Row(
        create_feed([US], other_sellers={"calling": 20, "failing": 1}, account_status="DEACTIVATED"),
        Cause.ACCOUNT,
        (Strength.STRONG, Strength.CERTAIN),
    ),
    "2 createFeed with a string for the list": Row(create_feed(US), Cause.REQUEST),
    "3 a fault of the body told as 500": Row(
        call(
            "getListingOffersBatch",
            f"{NA}/batches/products/pricing/v0/listingOffers",
            500,
            error("InternalFailure", INTERNAL),
            method="POST",
            sent=OFFERS,
            other_sellers={"calling": 8, "failing": 8},
            works_with="another body",
        ),
        Cause.REQUEST,
    ),
    "4 an outage of one region": Row(
        orders(
            NA,
            US,
            500,
            error("InternalFailure", INTERNAL),
            other_sellers={"calling": 30, "failing": 30},
            works_with="the same call in Europe",
            recent_change="nothing was deployed",
        ),
        Cause.SERVICE,
        (Strength.STRONG, Strength.CERTAIN),
    ),
    "5 the client secret has expired": Row(
        orders(NA, US, 403, error("Unauthorized", DENIED, "The LWA secret token you provided has expired.")),
        Cause.LWA,
        SURE,
    ),
    "6 authorized before the role": Row(
        create_report(
            403,
            BARE,
            works_with="orders and catalog calls",
            recent_change="the role was added later; only sellers that authorized before it are refused",
        ),
        Cause.AUTHORIZATION,
    ),
    "7 a role that holds in another region": Row(
        call(
            "getMarketplaceParticipations",
            f"{NA}/sellers/v1/marketplaceParticipations",
            403,
            BARE,
            roles=["Finance and Accounting"],
        ),
        Cause.ROLE,
    ),
    "8 a grantless token for a seller's orders": Row(
        orders(NA, US, 403, BARE, token_kind="grantless"), Cause.TOKEN, SURE
    ),
    "9 a Japanese marketplace on the European host": Row(orders(EU, JP, 403, BARE), Cause.HOST, SURE),
    "10 a marketplace that is no store": Row(
        call(
            "searchOrders",
            f"{NA}/orders/2026-01-01/orders?marketplaceIds={PSEUDO}&createdAfter=2026-11-01T00:00:00Z",
            403,
            BARE,
        ),
        Cause.MARKETPLACE,
        SURE,
    ),
    "11 the authorization was revoked": Row(
        call(
            None,
            LWA,
            400,
            {
                "error": "invalid_grant",
                "error_description": "The request has an invalid grant parameter : refresh_token. "
                "User may have revoked or didn't grant the permission.",
            },
            method="POST",
        ),
        Cause.AUTHORIZATION,
        SURE,
    ),
    "12 everybody refused for 25 minutes": Row(
        orders(
            NA,
            US,
            403,
            BARE,
            other_sellers={"calling": 3000, "failing": 3000},
            recent_change="nothing changed; it ended by itself after 25 minutes",
        ),
        Cause.SERVICE,
    ),
    "13 the document's address has expired": Row(
        call(
            None,
            "https://tortuga-prod-na.s3-external-1.amazonaws.com/doc?X-Amz-Expires=300",
            403,
            "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
        ),
        Cause.NOT_FOUND,
        SURE,
    ),
    "14 sixteen reports in a minute": Row(create_report(429, QUOTA), Cause.THROTTLED, SURE),
    "15 throttled at the first call of the day": Row(orders(NA, US, 429, QUOTA), Cause.THROTTLED, SURE),
    "16 the sandbox knows its samples only": Row(
        call(
            "getReports",
            "https://sandbox.sellingpartnerapi-na.amazon.com/reports/2021-06-30/reports?pageSize=3",
            400,
            error("InvalidInput", "Could not match input arguments"),
            sandbox=True,
        ),
        Cause.REQUEST,
    ),
    "17 input refused in one region only": Row(
        orders(
            FE,
            JP,
            400,
            error("InvalidInput", NOT_VALID),
            other_sellers={"calling": 12, "failing": 12},
            works_with="the same call in North America",
            recent_change="nothing was deployed; it worked until yesterday",
        ),
        Cause.SERVICE,
    ),
    "18 an end that is too recent": Row(
        call(
            "getOrders",
            f"{NA}/orders/v0/orders?MarketplaceIds={US}&LastUpdatedAfter=2026-11-01T00:00:00Z"
            "&LastUpdatedBefore=2026-11-23T12:00:00Z",
            400,
            error("InvalidInput", NOT_VALID),
        ),
        Cause.REQUEST,
    ),
    "19 an empty list": Row(orders(NA, US, 200, {"payload": {"Orders": []}}), Cause.SUCCESS),
    "20 a blank 200": Row(orders(EU, DE, 200, ""), Cause.SERVICE),
    "21 a maintenance page": Row(
        orders(EU, DE, 503, "<!DOCTYPE html><html><title>Website Temporarily Unavailable</title></html>"),
        Cause.SERVICE,
    ),
    "22 the subscription is there": Row(
        call(
            "createSubscription",
            f"{EU}/notifications/v1/subscriptions/ANY_OFFER_CHANGED",
            409,
            error("StateConflict", "Subscription already exist for notification type ANY_OFFER_CHANGED"),
            method="POST",
            sent={"payloadVersion": "1.0", "destinationId": "1"},
        ),
        Cause.SUCCESS,
    ),
    "23 client id and secret refused": Row(
        call(
            None,
            LWA,
            401,
            {"error": "invalid_client", "error_description": "Client authentication failed"},
            method="POST",
        ),
        Cause.LWA,
    ),
    "24 a constant's name for the scope": Row(
        call(
            None,
            LWA,
            400,
            {"error": "invalid_scope", "error_description": "The request has an invalid parameter : scope"},
            method="POST",
        ),
        Cause.REQUEST,
    ),
    "25 data that need a restricted role": Row(
        call(
            "createRestrictedDataToken",
            f"{NA}/tokens/2021-03-01/restrictedDataToken",
            400,
            error(
                "InvalidInput",
                "Application does not have access to one or more requested data elements: [buyerInfo]",
            ),
            method="POST",
            sent={
                "restrictedResources": [{"method": "GET", "path": "/orders/v0/orders", "dataElements": ["buyerInfo"]}]
            },
        ),
        Cause.ROLE,
    ),
    "26 a report ends FATAL": Row(
        call(
            "getReport",
            f"{NA}/reports/2021-06-30/reports/1",
            200,
            {"reportId": "1", "processingStatus": "FATAL", "reportDocumentId": "amzn1.spdoc.1"},
        ),
        Cause.REQUEST,
    ),
    "27 the same report twice in five minutes": Row(
        call(
            "getReport",
            f"{NA}/reports/2021-06-30/reports/1",
            200,
            {"reportId": "1", "processingStatus": "CANCELLED"},
        ),
        Cause.SUCCESS,
    ),
    "28 party ids of an old log": Row(
        call(
            None,
            f"{NA}/authorization/v1/authorizationCode?sellingPartnerId=A1SELLER000001",
            400,
            error("InvalidInput", "Invalid partyIds: A1SELLER000001"),
        ),
        Cause.ACCOUNT,
    ),
    "29 a version that is gone": Row(
        call(
            None,
            f"{NA}/reports/2020-09-04/reports",
            403,
            error("MissingAuthenticationToken", DENIED),
            method="POST",
        ),
        Cause.REQUEST,
    ),
    "30 participating, but the report says DEACTIVATED": Row(
        orders(NA, US, 403, BARE),
        Cause.ACCOUNT,
        more=(PresenceSeen(US, Presence.PARTICIPATING), AccountStatusSeen("DEACTIVATED", US)),
    ),
    "4 as a log tells it": Row(
        orders(NA, US, 500, error("InternalFailure", INTERNAL), other_sellers={"calling": 30, "failing": 30}),
        Cause.SERVICE,
        more=(RegionsTried(passing=(Region.EU,), of_others=True), Changed(frozenset({Change.STOPPED}))),
    ),
    "5 as a log tells it without details": Row(
        orders(NA, US, 403, BARE, other_sellers={"calling": 30, "failing": 30}),
        Cause.ACCOUNT,
        (Strength.WEAK, Strength.STRONG),
        more=(OperationsTried(failing=("createReport", "getCatalogItem")),),
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_case(name: str) -> None:
    row = GOLDEN[name]
    evidence = [*observe_case(read_case(row.case), NOW), *(Evidence("seen", "a test", each) for each in row.more)]
    verdict = judge(evidence)
    assert verdict.first.cause is row.cause, verdict
    assert verdict.first.strength in row.strength, verdict


def test_ambiguous_pairs_stand_together() -> None:
    """createFeed 400, the generic 400, a bare 500, a bare 403, CANCELLED: both causes are told."""
    pairs = {
        "createFeed": (create_feed([US]), {Cause.ACCOUNT, Cause.REQUEST}),
        "generic 400": (orders(FE, JP, 400, error("InvalidInput", NOT_VALID)), {Cause.REQUEST, Cause.SERVICE}),
        "500": (orders(NA, US, 500, error("InternalFailure", INTERNAL)), {Cause.SERVICE, Cause.REQUEST}),
        "403": (orders(NA, US, 403, BARE), {Cause.ROLE, Cause.AUTHORIZATION, Cause.ACCOUNT}),
        "cancelled": (GOLDEN["27 the same report twice in five minutes"].case, {Cause.SUCCESS, Cause.THROTTLED}),
    }
    for name, (case, causes) in pairs.items():
        verdict = judge(observe_case(read_case(case), NOW))
        told = {each.cause for each in verdict.causes}
        assert causes <= told, (name, verdict)
        assert verdict.first.strength is not Strength.CERTAIN
