"""Facts about Amazon's answers, one row each, with where each is known from.

``docs#N``, ``models#N``: issues of amzn/selling-partner-api-docs and -models; ``sw``, ``jl``, ``jrl``, ``abu``: of the
client libraries of saleweaver, jlevers, jrl84, abuzuhri; ``VCR``: answers recorded by lineofflight/peddler; the rest
are pages of Amazon's documentation.
"""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from sptui.spapi.regions import Region

from .amazon import CA, DE, MX, PSEUDO, SELLER, US, Amazon, error_of

DENIED = "Access to requested resource is denied."
REJECTED = "Report rejected for this client. "
NOT_VALID = "The input you have submitted is not valid. Please check your input and try again."
INTERNAL = "We encountered an internal error. Please try again."
MALFORMED = "The access token you provided is revoked, malformed or invalid."
UNPARSABLE = "Request has missing or invalid parameters and cannot be parsed."
WRONG_JSON_TYPE = (
    'Invalid request body: [instance type (integer) does not match any allowed primitive type (allowed: ["string"])]'
)
WEEK = "2026-11-16T12:00:00Z"

ORDERS = "/orders/v0/orders"
REPORTS = "/reports/2021-06-30/reports"
FEEDS = "/feeds/2021-06-30/feeds"
SUBSCRIPTIONS = "/notifications/v1/subscriptions"
RDT = "/tokens/2021-03-01/restrictedDataToken"
LISTING_OFFERS = "/batches/products/pricing/v0/listingOffers"
ITEM_OFFERS = "/batches/products/pricing/v0/itemOffers"
METRICS = "/sales/v1/orderMetrics"
PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"
DESTINATIONS = "/notifications/v1/destinations"

WEEK_OF_ORDERS = {"MarketplaceIds": US, "CreatedAfter": WEEK}
LISTINGS = {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": [US]}
FEED = {"feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [US], "inputFeedDocumentId": "amzn1.tortuga.4.na.a"}
OFFER = {"uri": "/products/pricing/v0/listings/SKU-1/offers", "method": "GET", "ItemCondition": "New"}
SALES = {"marketplaceIds": US, "interval": f"{WEEK}--2026-11-20T00:00:00Z", "granularity": "Total"}


class Fact(msgspec.Struct, frozen=True):
    """A request and what is known to come back. ``token``: a refresh token, a scope, or the access token itself."""

    source: str
    what: str
    method: str
    path: str
    status: int
    code: str
    message: str
    details: str | None = ""
    query: dict[str, Any] = {}
    body: Any = None
    headers: dict[str, str] = {}
    token: str = "Atzr|north"
    region: Region = Region.NA
    sandbox: bool = False


FACTS = (
    # 400
    Fact("models#2549", "a list sent as text", "POST", FEEDS, 400, "InvalidInput", "Invalid request parameters",
         body={**FEED, "marketplaceIds": US}),
    Fact("developer blog 2022", "a closed account", "POST", FEEDS, 400, "InvalidInput", "Invalid request parameters",
         body={**FEED, "marketplaceIds": [CA]}),
    Fact("models#5056", "production call to the sandbox", "GET", ORDERS, 400, "InvalidInput",
         "Could not match input arguments", query=WEEK_OF_ORDERS, sandbox=True),
    Fact("docs#1342", "a value out of range", "GET", REPORTS, 400, "InvalidInput", "Invalid Input",
         query={"reportTypes": "GET_AFN_INVENTORY_DATA", "pageSize": "1000"}),
    Fact("docs#2721", "an empty body", "POST", REPORTS, 400, "InvalidInput", "One or more required parameters missing",
         "marketplaceIds;reportType;", body={}),
    Fact("docs#235", "the body in the query", "POST", REPORTS, 400, "InvalidInput",
         "One or more required parameters missing", "marketplaceIds;reportType;",
         query={"reportType": "GET_AFN_INVENTORY_DATA", "marketplaceIds": US}),
    Fact("jl#553", "a body under another type", "POST", REPORTS, 400, "InvalidInput",
         "One or more required parameters missing", "marketplaceIds;reportType;", body=LISTINGS,
         headers={"content-type": "text/plain"}),
    Fact("models#722", "reports of no type", "GET", REPORTS, 400, "InvalidInput",
         "One or more required parameters missing", "reportTypes;"),
    Fact("sw#13", "no marketplace", "GET", METRICS, 400, "InvalidInput",
         "Missing or invalid request parameters: [marketplaceIds]", None,
         query={"interval": SALES["interval"], "granularity": "Total"}),
    Fact("models#2771", "a marketplace of nobody", "GET", f"/listings/2021-08-01/items/{SELLER}/SKU-1", 400,
         "InvalidInput", "Invalid 'marketplaceIds' provided.", query={"marketplaceIds": "A1NOBODY"}),
    Fact("abu#934", "no marketplace beside the uri", "POST", LISTING_OFFERS, 400, "InvalidInput",
         "Requested MarketplaceId is invalid, unsupported, or does not exist.", None, body={"requests": [OFFER]}),
    Fact("models#2260", "two marketplaces in one value", "GET", METRICS, 400, "InvalidInput",
         '{getOrderMetrics.arg3[0].id=must match "(all|A[0-9A-Z]{1,20})"}',
         query={**SALES, "marketplaceIds": f"{US},{CA}"}),
    Fact("docs#326", "a bound less than two minutes ago", "GET", ORDERS, 400, "InvalidInput", NOT_VALID,
         query={**WEEK_OF_ORDERS, "CreatedBefore": "2026-11-23T11:59:30Z"}),
    Fact("models#1437", "both filters", "GET", ORDERS, 400, "InvalidInput", "This is an invalid input",
         "Invalid date-time field(s) [createdAfter, lastUpdatedAfter].",
         query={**WEEK_OF_ORDERS, "LastUpdatedAfter": WEEK}),
    Fact("docs#3324", "an offset with a plus that is not encoded", "GET",
         ORDERS + "?CreatedAfter=2026-11-16T00:00:00+02:00", 400, "InvalidInput", "This is an invalid input",
         "Invalid date-time field(s) [createdAfter].",
         query={"MarketplaceIds": US}),
    Fact("abu#531", "a period that ends before it begins", "POST", REPORTS, 400, "InvalidInput",
         "dataStartTime is after dataEndTime",
         body={**LISTINGS, "dataStartTime": WEEK, "dataEndTime": "2026-11-01T00:00:00Z"}),
    Fact("docs#382", "a report that none of the marketplaces has", "POST", REPORTS, 400, "InvalidInput",
         REJECTED + "your report could not be applied to any marketplaces",
         body={**LISTINGS, "reportType": "END_USER_DATA_REPORT"}),
    Fact("docs#382", "a report where the seller is not", "POST", REPORTS, 400, "InvalidInput",
         REJECTED + "your report could not be applied to any marketplaces", body={**LISTINGS, "marketplaceIds": [MX]}),
    Fact("tutorial 2021", "a report for one marketplace too many", "POST", REPORTS, 400, "InvalidInput",
         REJECTED + "Some of the marketplaces are not allowed for this Report",
         body={"reportType": "GET_SALES_AND_TRAFFIC_REPORT", "marketplaceIds": [US, MX]}),
    Fact("docs#614", "a report for one marketplace at a time", "POST", REPORTS, 400, "InvalidInput",
         REJECTED + "Multiple marketplaces were provided for this report type that can only be applied to one "
         "marketplace at a time.", body={**LISTINGS, "marketplaceIds": [US, CA]}),
    Fact("docs#649", "a report that Amazon makes by itself", "POST", REPORTS, 400, "InvalidInput",
         "Request for report type 1118 is not allowed at this time",
         body={**LISTINGS, "reportType": "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"}),
    Fact("sw#59", "a feed type that is none", "POST", FEEDS, 400, "InvalidInput", "feed type _str_ is invalid",
         body={**FEED, "feedType": "str"}),
    Fact("jl#62", "a JSON value of the wrong type", "POST", REPORTS, 400, "InvalidInput",
         WRONG_JSON_TYPE,
         body={**LISTINGS, "reportType": 5}),
    Fact("models#2977", "the same request twice", "POST", LISTING_OFFERS, 400, "InvalidInput",
         "Duplicate requests submitted. Cannot run batch request.", None,
         body={"requests": [{**OFFER, "MarketplaceId": US}] * 2}),
    Fact("docs#702", "a token for what is not restricted", "POST", RDT, 400, "InvalidInput",
         "Application do not have access to some or all requested resource",
         body={"restrictedResources": [{"method": "GET", "path": PARTICIPATIONS}]}),
    Fact("docs#1201", "a token without the restricted role", "POST", RDT, 400, "InvalidInput",
         "Application does not have access to one or more requested data elements: [buyerInfo, shippingAddress]",
         body={"restrictedResources": [{"method": "GET", "path": ORDERS,
                                        "dataElements": ["buyerInfo", "shippingAddress"]}]},
         token="Atzr|narrow"),
    Fact("tokens model", "a token for nothing", "POST", RDT, 400, "InvalidRequest",
         "Request is missing or has invalid parameters", "Resource not provided.", body={}),
    Fact("docs#2134", "a queue for an event bus type", "POST", f"{SUBSCRIPTIONS}/NO_MATTER", 400, "InvalidInput",
         'Invalid value "NO_MATTER" for path parameter notificationType',
         body={"payloadVersion": "1.0", "destinationId": "a"}),
    Fact("jl#671", "a report id for a document id", "GET", "/reports/2021-06-30/documents/50018018724", 400,
         "InvalidInput", "Invalid Input"),
    Fact("docs resolve-common-http", "a body on a GET", "GET", PARTICIPATIONS, 400, "InvalidInput", "Invalid Input",
         body={"a": 1}),
    Fact("docs resolve-common-http", "an altered page token", "GET", ORDERS, 400, "InvalidInput", NOT_VALID,
         query={"MarketplaceIds": US, "NextToken": "altered"}),
    # 403
    Fact("models#4122", "no such token", "GET", ORDERS, 403, "Unauthorized", DENIED, MALFORMED, query=WEEK_OF_ORDERS,
         token="Atza|cut"),
    Fact("docs#2147", "a refresh token for an access token", "GET", ORDERS, 403, "Unauthorized", DENIED, MALFORMED,
         query=WEEK_OF_ORDERS, headers={"x-amz-access-token": "Atzr|north"}),
    Fact("sw#23", "no token", "GET", ORDERS, 403, "Unauthorized", DENIED,
         "Access token is missing in the request header.", query=WEEK_OF_ORDERS, token=""),
    Fact("docs rotate LWA credentials", "an expired client secret", "GET", ORDERS, 403, "Unauthorized", DENIED,
         "The LWA secret token you provided has expired.", query=WEEK_OF_ORDERS, token="Atzr|secret"),
    Fact("models#5126", "a marketplace of another region", "GET", "/orders/2026-01-01/orders", 403, "Unauthorized",
         DENIED, "The marketplaces you provided are not valid for region.",
         query={"createdAfter": WEEK, "marketplaceIds": DE}),
    Fact("models#5295", "a pseudo-marketplace", "GET", "/orders/2026-01-01/orders", 403, "Unauthorized", DENIED,
         query={"createdAfter": WEEK, "marketplaceIds": PSEUDO}),
    Fact("docs#375", "a report on buyers without the role", "POST", REPORTS, 403, "Unauthorized",
         "Access to the resource is forbidden",
         body={**LISTINGS, "reportType": "GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING"}, token="Atzr|narrow"),
    Fact("models#955", "a path that no API has", "GET", "/orders/v0/order", 403, "MissingAuthenticationToken", DENIED),
    Fact("models#955", "a token request to this host", "POST", "/auth/o2/token", 403, "MissingAuthenticationToken",
         DENIED),
    Fact("docs selling partner API roles", "a role that is missing", "GET", "/catalog/2022-04-01/items", 403,
         "Unauthorized", DENIED, query={"marketplaceIds": US, "keywords": "a"}, token="Atzr|narrow"),
    Fact("docs roles-faq", "a role added after the authorization", "GET", "/catalog/2022-04-01/items", 403,
         "Unauthorized", DENIED, query={"marketplaceIds": US, "keywords": "a"}, token="Atzr|old-role"),
    Fact("docs sellers-api", "a role that opens it in the Far East alone", "GET", PARTICIPATIONS, 403, "Unauthorized",
         DENIED, token="Atzr|narrow"),
    Fact("docs report-type-values-performance", "the role of one report", "POST", REPORTS, 403, "Unauthorized", DENIED,
         body={**LISTINGS, "reportType": "GET_V2_SELLER_PERFORMANCE_REPORT"}, token="Atzr|narrow"),
    Fact("models#1330", "a grantless token for a seller's call", "GET", ORDERS, 403, "Unauthorized", DENIED,
         query=WEEK_OF_ORDERS, token="sellingpartnerapi::notifications"),
    Fact("models#958", "a seller's token for a grantless call", "GET", DESTINATIONS, 403, "Unauthorized", DENIED),
    Fact("models#1179", "the token of another region", "GET", PARTICIPATIONS, 403, "Unauthorized", DENIED,
         region=Region.EU),
    Fact("models#2260", "all marketplaces", "GET", METRICS, 403, "Unauthorized", DENIED,
         query={**SALES, "marketplaceIds": "all"}),
    Fact("docs tokens-api guide", "buyers' data with a plain token", "GET",
         ORDERS + "/902-3159896-1390916/address", 403, "Unauthorized", DENIED),
    Fact("notifications model", "a test message in production", "POST",
         f"{SUBSCRIPTIONS}/ACCOUNT_STATUS_CHANGED/testNotification", 403, "Unauthorized", DENIED, body={},
         token="sellingpartnerapi::notifications"),
    # 404
    Fact("VCR 2024-10", "a report of nobody", "GET", f"{REPORTS}/1", 404, "NotFound",
         "One or more of the provided ReportRequestIds could not be found.", None),
    Fact("jl#451", "an item that is not there", "GET", "/catalog/2022-04-01/items/X", 404, "NOT_FOUND",
         f"Requested item, X, not found in marketplace(s) {US}.", query={"marketplaceIds": US}),
    Fact("jasara#10", "a marketplace with a slip in it", "GET", "/catalog/2022-04-01/items/B07XJ8C8F5", 404,
         "NOT_FOUND", "Requested item, B07XJ8C8F5, not found in marketplace(s) ATVPDKIKX0DEW.",
         query={"marketplaceIds": "ATVPDKIKX0DEW"}),
    Fact("notifications model", "no subscription yet", "GET", f"{SUBSCRIPTIONS}/ACCOUNT_STATUS_CHANGED", 404,
         "NotFound", "There is no subscription to ACCOUNT_STATUS_CHANGED."),
    # 500 that is a 400
    Fact("developer blog 2022", "a wrong uri in a batch", "POST", LISTING_OFFERS, 500, "InternalFailure", INTERNAL,
         body={"requests": [{**OFFER, "MarketplaceId": US, "uri": "/wrong"}]}),
    Fact("developer blog 2022", "a wrong uri in the other batch", "POST", ITEM_OFFERS, 500, "InternalFailure",
         INTERNAL, body={"requests": [{**OFFER, "MarketplaceId": US}]}),
    Fact("models#472", "the host header of another server", "GET", PARTICIPATIONS, 500, "InternalFailure", INTERNAL,
         headers={"host": "sellingpartnerapi-eu.amazon.com"}),
    Fact("models#1347", "an interval that cannot be read", "GET", METRICS, 500, "InternalFailure", INTERNAL,
         query={**SALES, "interval": "last week"}),
    Fact("models#1347", "a time zone that cannot be read", "GET", METRICS, 500, "InternalFailure", INTERNAL,
         query={**SALES, "granularity": "Day", "granularityTimeZone": "Mars/Olympus"}),
)  # fmt: skip

ERROR_TYPES = {
    400: "ValidationException",
    403: "AccessDeniedException",
    500: "InternalServerErrorException",
}


async def _send(amazon: Amazon, fact: Fact) -> httpx.Response:
    token = fact.token
    if token.startswith("Atzr|"):
        token = await amazon.token(token)
    elif "::" in token:
        token = await amazon.grantless_token(token)
    headers = {"x-amz-access-token": token, "content-type": "application/json", **fact.headers}
    if not headers["x-amz-access-token"]:
        del headers["x-amz-access-token"]
    host = fact.region.sandbox_host if fact.sandbox else fact.region.host
    path, _, first = fact.path.partition("?")
    query = "&".join([*([first] if first else []), str(httpx.QueryParams(fact.query))])
    content = msgspec.json.encode(fact.body) if fact.body is not None else b""
    return await amazon.http.request(fact.method, f"https://{host}{path}?{query}", headers=headers, content=content)


@pytest.mark.parametrize("fact", FACTS, ids=[f"{each.source} {each.what}" for each in FACTS])
async def test_a_fact(amazon: Amazon, fact: Fact) -> None:
    answer = await _send(amazon, fact)
    assert answer.status_code == fact.status, answer.text
    expected = {"code": fact.code, "message": fact.message}
    if fact.details is not None:
        expected["details"] = fact.details
    assert error_of(answer) == expected
    type_ = ERROR_TYPES.get(fact.status)
    if fact.code == "MissingAuthenticationToken":
        type_ = "MissingAuthenticationTokenException"
    if fact.status != 404:
        assert answer.headers.get("x-amzn-ErrorType") == type_
    assert ("x-amzn-RateLimit-Limit" in answer.headers) == (fact.status in (400, 404))
    assert answer.headers["X-Amzn-Trace-Id"].startswith("Root=1-")
    assert answer.headers["x-amzn-RequestId"]


async def test_a_pseudo_marketplace_is_fine_in_the_old_orders(amazon: Amazon) -> None:
    fact = Fact("models#5295", "", "GET", ORDERS, 200, "", "", query={**WEEK_OF_ORDERS, "MarketplaceIds": PSEUDO})
    answer = await _send(amazon, fact)
    assert (answer.status_code, answer.json()["payload"]["Orders"]) == (200, [])


async def test_parameters_that_nobody_knows_are_overlooked(amazon: Amazon) -> None:
    """python-amazon-sp-api sends four spellings of the marketplace and a Host that is cut short."""
    more = {"marketplaceIds": US, "MarketplaceId": US, "marketplaceId": US, "marketplace_ids": US}
    fact = Fact("client libraries", "", "GET", ORDERS, 200, "", "", query={**WEEK_OF_ORDERS, **more})
    assert (await _send(amazon, fact)).status_code == 200
