"""Requests that are wrong, and the words in which each API says so."""

from __future__ import annotations

from typing import Any

import pytest

from sptui.spapi.regions import Region

from .amazon import US, Amazon, error_of

NOT_VALID = "The input you have submitted is not valid. Please check your input and try again."
WEEK = "2026-11-16T12:00:00Z"
NOW = "2026-11-23T12:00:00Z"
"""What the clock of these tests shows."""

ORDERS: dict[str, Any] = {"MarketplaceIds": [US], "CreatedAfter": WEEK}
SEARCH: dict[str, Any] = {"marketplaceIds": [US], "createdAfter": WEEK}
REPORT: dict[str, Any] = {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": [US]}
FEED: dict[str, Any] = {
    "feedType": "JSON_LISTINGS_FEED",
    "marketplaceIds": [US],
    "inputFeedDocumentId": "amzn1.tortuga.4.na.00000000-0000-0000-0000-000000000000",
}
CATALOG: dict[str, Any] = {"marketplaceIds": [US], "keywords": ["lamp"]}


def _type_words(found: str, allowed: str) -> str:
    return (
        f"Invalid request body: [instance type ({found}) does not match any allowed primitive type "
        f'(allowed: ["{allowed}"])]'
    )


@pytest.mark.parametrize(
    ("operation", "values"),
    [
        ("getOrders", ORDERS),
        ("getOrders", {**ORDERS, "CreatedBefore": "2026-11-23T11:58:00Z", "MaxResultsPerPage": 100}),
        ("getOrders", {**ORDERS, "CreatedAfter": "2026-11-16T12:00:00+02:00", "OrderStatuses": ["Unshipped"]}),
        ("getOrders", {**ORDERS, "CreatedAfter": "2026-11-16T12:00:00", "unknownOne": "is ignored"}),
        ("searchOrders", SEARCH),
        ("getReports", {"reportTypes": ["A_B"], "processingStatuses": ["DONE"], "pageSize": 100}),
        ("searchCatalogItems", CATALOG),
        ("getListingsItem", {"sellerId": "A1SELLERNORTH1", "sku": "SKU-1", "marketplaceIds": [US]}),
        ("getInventorySummaries", {"granularityType": "Marketplace", "granularityId": US, "marketplaceIds": [US]}),
    ],
)
async def test_what_is_right_passes(amazon: Amazon, operation: str, values: dict[str, Any]) -> None:
    answer = await amazon.call(operation, values)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("operation", "values", "message", "details"),
    [
        # Orders
        ("getOrders", {"CreatedAfter": WEEK}, "Missing or invalid request parameters: [MarketplaceIds]", None),
        ("getOrders", {"MarketplaceIds": [US]}, NOT_VALID, ""),
        ("getOrders", {**ORDERS, "CreatedBefore": "2026-11-23T11:58:01Z"}, NOT_VALID, ""),
        ("getOrders", {**ORDERS, "CreatedBefore": "2099-12-31T23:59:59Z"}, NOT_VALID, ""),
        ("getOrders", {**ORDERS, "CreatedBefore": "2026-11-01T00:00:00Z"}, NOT_VALID, ""),
        ("getOrders", {**ORDERS, "OrderStatuses": ["Shiped"]}, NOT_VALID, ""),
        ("getOrders", {**ORDERS, "MaxResultsPerPage": 101}, NOT_VALID, ""),
        ("getOrders", {**ORDERS, "MaxResultsPerPage": "ten"}, NOT_VALID, ""),
        ("getOrders", {**ORDERS, "IsISPU": "perhaps"}, NOT_VALID, ""),
        ("getOrders", {**ORDERS, "NextToken": "altered"}, NOT_VALID, ""),
        ("getOrders", {**ORDERS, "AmazonOrderIds": [f"111-1111111-{n:07}" for n in range(51)]}, NOT_VALID, ""),
        ("getOrders", {**ORDERS, "SellerOrderId": "1", "BuyerEmail": "a@b.c"}, NOT_VALID, ""),
        (
            "getOrders",
            {**ORDERS, "LastUpdatedAfter": WEEK},
            "This is an invalid input",
            "Invalid date-time field(s) [createdAfter, lastUpdatedAfter].",
        ),
        (
            "getOrders",
            {**ORDERS, "CreatedAfter": "last week"},
            "This is an invalid input",
            "Invalid date-time field(s) [createdAfter].",
        ),
        (
            "searchOrders",
            {**SEARCH, "createdAfter": "2026-11-16T12:00:00 02:00"},
            "This is an invalid input",
            "Invalid date-time field(s) [createdAfter].",
        ),
        ("searchOrders", {**SEARCH, "createdBefore": NOW}, NOT_VALID, ""),
        ("searchOrders", {"marketplaceIds": [US]}, NOT_VALID, ""),
        # Reports
        ("createReport", {}, "One or more required parameters missing", "marketplaceIds;reportType;"),
        ("getReports", {}, "One or more required parameters missing", "reportTypes;"),
        ("getReports", {"reportTypes": ["A_B"], "processingStatuses": ["FINISHED"]}, "Invalid Input", ""),
        ("getReports", {"reportTypes": ["A_B"], "pageSize": 101}, "Invalid Input", ""),
        ("getReports", {"nextToken": "altered"}, "Invalid Input", ""),
        ("getReports", {"nextToken": "altered", "pageSize": 5}, "Invalid Input", ""),
        ("createReport", {**REPORT, "reportType": "inventory"}, "Invalid Report Type inventory", ""),
        ("createReport", {**REPORT, "marketplaceIds": US}, _type_words("string", "array"), ""),
        ("createReport", {**REPORT, "marketplaceIds": [7]}, _type_words("array", "array"), ""),
        ("createReport", {**REPORT, "reportType": True}, _type_words("boolean", "string"), ""),
        ("createReport", {**REPORT, "marketplaceIds": []}, "Invalid Input", ""),
        ("createReport", {**REPORT, "dataStartTime": "yesterday"}, "Invalid Input", ""),
        (
            "createReport",
            {**REPORT, "dataStartTime": NOW, "dataEndTime": WEEK},
            "dataStartTime is after dataEndTime",
            "",
        ),
        ("getReportDocument", {"reportDocumentId": "somebody else's"}, "Invalid Input", ""),
        # Feeds
        ("createFeed", {}, "One or more required parameters missing", "feedType;inputFeedDocumentId;marketplaceIds;"),
        ("createFeed", {**FEED, "marketplaceIds": US}, "Invalid request parameters", ""),
        ("createFeed", {**FEED, "inputFeedDocumentId": "1234"}, "Invalid Input", ""),
        ("createFeedDocument", {}, "One or more required parameters missing", "contentType;"),
        ("getFeeds", {}, "One or more required parameters missing", "feedTypes;"),
        # Catalog, Listings
        ("searchCatalogItems", {"marketplaceIds": [US]}, "Missing required 'identifiers' or 'keywords'.", ""),
        (
            "searchCatalogItems",
            {"marketplaceIds": [US], "identifiers": ["B07XJ8C8F5"]},
            "Missing required 'identifiersType'.",
            "",
        ),
        ("searchCatalogItems", {"keywords": ["lamp"]}, "Missing required 'marketplaceIds'.", ""),
        ("searchCatalogItems", {**CATALOG, "includedData": ["prices"]}, "Invalid 'includedData' provided.", ""),
        ("searchCatalogItems", {**CATALOG, "pageSize": 21}, "Invalid 'pageSize' provided.", ""),
        ("searchCatalogItems", {**CATALOG, "pageSize": 0}, "Invalid 'pageSize' provided.", ""),
        (
            "searchCatalogItems",
            {**CATALOG, "identifiers": ["1"], "identifiersType": "ASIN"},
            "Invalid 'identifiers' provided.",
            "",
        ),
        (
            "getListingsItem",
            {"sellerId": "A9SOMEBODY", "sku": "SKU-1", "marketplaceIds": [US]},
            "Invalid 'sellerId' provided.",
            "",
        ),
        # the others
        (
            "getInventorySummaries",
            {"granularityType": "Marketplace", "granularityId": US},
            "Missing or invalid request parameters: [marketplaceIds]",
            None,
        ),
        (
            "getInventorySummaries",
            {"granularityType": "Region", "granularityId": US, "marketplaceIds": [US]},
            "Invalid Input",
            "",
        ),
        ("getListingOffersBatch", {}, "Missing or invalid request parameters: [requests]", None),
        ("getListingOffersBatch", {"requests": "all"}, _type_words("string", "array"), ""),
    ],
)
async def test_what_is_wrong_is_told(
    amazon: Amazon, operation: str, values: dict[str, Any], message: str, details: str | None
) -> None:
    answer = await amazon.call(operation, values)
    error = {"code": "InvalidInput", "message": message}
    assert answer.status_code == 400
    assert error_of(answer) == (error if details is None else {**error, "details": details})
    assert answer.headers["x-amzn-ErrorType"] == "ValidationException"
    assert "x-amzn-RateLimit-Limit" in answer.headers


async def test_two_minutes_count_from_the_worlds_time(amazon: Amazon) -> None:
    values = {**ORDERS, "CreatedBefore": NOW}
    assert (await amazon.call("getOrders", values)).status_code == 400
    amazon.clock.advance(120)
    assert (await amazon.call("getOrders", values)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"content-type": "application/x-www-form-urlencoded"}, b"reportType=A_B"),
        ({"content-type": "text/plain"}, b'{"reportType": "A_B"}'),
        ({"content-type": "application/json"}, b""),
    ],
)
async def test_a_body_that_is_not_read_has_no_parameters(
    amazon: Amazon, headers: dict[str, str], content: bytes
) -> None:
    answer = await _post(amazon, content, headers)
    assert (answer.status_code, error_of(answer)["message"]) == (400, "One or more required parameters missing")


@pytest.mark.parametrize("content", [b"{", b"nonsense", b"[" * 5000, b'"\xff"'])
async def test_a_body_that_is_not_json(amazon: Amazon, content: bytes) -> None:
    answer = await _post(amazon, content, {"content-type": "application/json"})
    assert (answer.status_code, error_of(answer)["message"]) == (400, "Invalid Input")


async def test_a_body_that_is_no_object(amazon: Amazon) -> None:
    answer = await _post(amazon, b"[1]", {"content-type": "application/json"})
    assert error_of(answer)["message"] == _type_words("array", "object")


async def test_a_get_with_a_body(amazon: Amazon) -> None:
    answer = await amazon.http.request(
        "GET",
        f"https://{Region.NA.host}/sellers/v1/marketplaceParticipations",
        headers={"x-amz-access-token": await amazon.token()},
        content=b"{}",
    )
    assert answer.status_code == 400


async def test_a_list_may_be_repeated_instead_of_joined(amazon: Amazon) -> None:
    headers = {"x-amz-access-token": await amazon.token()}
    params: list[tuple[str, Any]] = [
        ("MarketplaceIds", US),
        ("CreatedAfter", WEEK),
        ("OrderStatuses", "Shipped"),
        ("OrderStatuses", "Nope"),
    ]
    url = f"https://{Region.NA.host}/orders/v0/orders"
    assert (await amazon.http.get(url, params=params, headers=headers)).status_code == 400
    assert (await amazon.http.get(url, params=params[:3], headers=headers)).status_code == 200


async def test_spellings_that_the_operation_does_not_know_are_ignored(amazon: Amazon) -> None:
    """A widely used client sends the marketplace under four names with every GET."""
    params = dict.fromkeys(("MarketplaceId", "MarketplaceIds", "marketplace_ids", "marketplaceIds"), US)
    for path, token in (
        ("/notifications/v1/destinations", await amazon.grantless_token()),
        ("/sellers/v1/marketplaceParticipations", await amazon.token()),
    ):
        answer = await amazon.http.get(
            f"https://{Region.NA.host}{path}", params=params, headers={"x-amz-access-token": token}
        )
        assert answer.status_code == 200


async def _post(amazon: Amazon, content: bytes, headers: dict[str, str]) -> Any:
    url = f"https://{Region.NA.host}/reports/2021-06-30/reports"
    token = await amazon.token()
    return await amazon.http.post(url, content=content, headers={**headers, "x-amz-access-token": token})
