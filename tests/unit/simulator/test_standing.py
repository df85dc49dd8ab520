"""Marketplaces where the seller does not sell, or cannot: what each operation makes of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from sptui.simulator.clock import ManualClock
from sptui.simulator.engine import Simulator
from sptui.simulator.transport import SimulatorTransport
from sptui.simulator.world import StatusChange

from .amazon import BR, CA, DE, MX, NEWLAND, PSEUDO, SELLER, US, Amazon, a_world, error_of

WEEK = "2026-11-16T12:00:00Z"
FEED_DOCUMENT = "amzn1.tortuga.4.na.00000000-0000-0000-0000-000000000000"


def _values(operation: str, marketplace: str) -> dict[str, Any]:
    values: dict[str, dict[str, Any]] = {
        "getOrders": {"MarketplaceIds": [marketplace], "CreatedAfter": WEEK},
        "searchOrders": {"marketplaceIds": [marketplace], "createdAfter": WEEK},
        "createReport": {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": [marketplace]},
        "createFeed": {
            "feedType": "JSON_LISTINGS_FEED",
            "marketplaceIds": [marketplace],
            "inputFeedDocumentId": FEED_DOCUMENT,
        },
        "getReports": {"reportTypes": ["A_B"], "marketplaceIds": [marketplace]},
        "getFeeds": {"feedTypes": ["A_B"], "marketplaceIds": [marketplace]},
        "searchCatalogItems": {"keywords": ["lamp"], "marketplaceIds": [marketplace]},
        "getListingsItem": {"sellerId": SELLER, "sku": "SKU-1", "marketplaceIds": [marketplace]},
        "getInventorySummaries": {
            "granularityType": "Marketplace",
            "granularityId": marketplace,
            "marketplaceIds": [marketplace],
        },
        "getListingOffersBatch": {
            "requests": [
                {
                    "uri": "/products/pricing/v0/listings/SKU-1/offers",
                    "method": "GET",
                    "MarketplaceId": marketplace,
                    "ItemCondition": "New",
                }
            ]
        },
    }
    return values[operation]


OTHER_REGION = (
    403,
    "Access to requested resource is denied.",
    "The marketplaces you provided are not valid for region.",
)
DENIED = (403, "Access to requested resource is denied.", "")
NOT_VALID = (400, "The input you have submitted is not valid. Please check your input and try again.", "")
LISTINGS = (400, "Invalid 'marketplaceIds' provided.", "")
FEEDS = (400, "Invalid request parameters", "")
REPORTS = (400, "Report rejected for this client. your report could not be applied to any marketplaces", "")
PRICING = (400, "Requested MarketplaceId is invalid, unsupported, or does not exist.", None)
FINE = (200, "", "")
ACCEPTED = (202, "", "")
INPUT = (400, "Invalid Input", "")

EXPECTED: dict[str, tuple[Any, Any, Any, Any]] = {
    # operation: another region's, a pseudo-marketplace, an id that nobody knows, one without participation
    "getOrders": (OTHER_REGION, FINE, NOT_VALID, DENIED),
    "searchOrders": (OTHER_REGION, DENIED, NOT_VALID, DENIED),
    "createReport": (OTHER_REGION, REPORTS, REPORTS, REPORTS),
    "createFeed": (OTHER_REGION, FEEDS, FEEDS, FEEDS),
    "getReports": (OTHER_REGION, FINE, FINE, FINE),
    "getFeeds": (OTHER_REGION, FINE, FINE, FINE),
    "searchCatalogItems": (OTHER_REGION, LISTINGS, LISTINGS, FINE),
    "getListingsItem": (LISTINGS, LISTINGS, LISTINGS, LISTINGS),
    "getInventorySummaries": (OTHER_REGION, INPUT, LISTINGS, DENIED),
    "getListingOffersBatch": (PRICING, PRICING, PRICING, FINE),
}


@pytest.mark.parametrize("operation", EXPECTED)
async def test_each_operation_in_its_words(amazon: Amazon, operation: str) -> None:
    token = await amazon.token()
    for marketplace, expected in zip((DE, PSEUDO, "A1NOBODYKNOWS1", MX), EXPECTED[operation], strict=True):
        amazon.clock.advance(120)
        answer = await amazon.call(operation, _values(operation, marketplace), token=token)
        status, message, details = expected
        assert answer.status_code == status, (marketplace, answer.text)
        if status >= 400:
            error = error_of(answer)
            assert (error["message"], error.get("details")) == (message, details), marketplace


async def test_a_marketplace_that_no_table_knows_but_the_seller_has(amazon: Amazon) -> None:
    for operation in ("getOrders", "searchOrders", "getInventorySummaries", "getListingsItem"):
        answer = await amazon.call(operation, _values(operation, NEWLAND))
        assert answer.status_code == 200, (operation, answer.text)


async def test_some_marketplaces_of_a_report_are_not_allowed(amazon: Amazon) -> None:
    orders = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
    values = {"reportType": orders, "marketplaceIds": [US, MX]}
    answer = await amazon.call("createReport", values)
    told = "Report rejected for this client. Some of the marketplaces are not allowed for this Report"
    assert (answer.status_code, error_of(answer)["message"]) == (400, told)


@pytest.mark.parametrize("marketplace", [CA, BR])
async def test_a_closed_account_refuses_feeds_and_nothing_else(amazon: Amazon, marketplace: str) -> None:
    token = await amazon.token()
    document = await amazon.call("createFeedDocument", {"contentType": "text/xml"}, token=token)
    assert document.status_code == 201
    values = _values("createFeed", marketplace)
    values["inputFeedDocumentId"] = document.json()["feedDocumentId"]
    answer = await amazon.call("createFeed", values, token=token)
    assert answer.status_code == 400
    assert error_of(answer) == {"code": "InvalidInput", "message": "Invalid request parameters", "details": ""}
    values["marketplaceIds"] = [US]
    assert (await amazon.call("createFeed", values, token=token)).status_code == 202
    for operation in ("getOrders", "searchOrders", "getListingsItem", "getInventorySummaries", "searchCatalogItems"):
        assert (await amazon.call(operation, _values(operation, marketplace), token=token)).status_code == 200


async def test_a_status_changes_when_its_time_comes() -> None:
    clock = ManualClock(datetime(2026, 11, 23, 12, tzinfo=UTC))
    world = a_world()
    first, *others = world.sellers
    changes = (
        StatusChange("DEACTIVATED", "AT_RISK", "2026-11-23T13:00:00Z"),
        StatusChange("SUSPENDED", "AT_RISK", "2026-11-01T00:00:00Z"),  # before the world began: history
    )
    sellers = (msgspec.structs.replace(first, status_changes=changes), *others)
    amazon = Amazon()
    amazon.clock = clock
    amazon.simulator = Simulator(msgspec.structs.replace(world, sellers=sellers), clock=clock)
    amazon.http._transport = SimulatorTransport(amazon.simulator)
    values = _values("createFeed", US)
    assert (await amazon.call("createFeed", values)).status_code == 202
    clock.advance(3600)
    assert (await amazon.call("createFeed", values)).status_code == 400
