"""The other operations: their answers have the models' shape and follow from the world."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sptui.simulator.clock import ManualClock
from sptui.simulator.engine import Simulator
from sptui.simulator.operations.registry import HANDLERS
from sptui.simulator.transport import SimulatorTransport
from sptui.simulator.world import parse_world
from sptui.spapi.catalogue import Catalogue, Operation, load_catalogue
from sptui.spapi.marketplaces import MarketplaceKind, kind_of_marketplace
from sptui.spapi.regions import Region
from sptui.spapi.requests import RequestContext, minimal_values

from .amazon import BR, CA, JP, MX, NEWLAND, PSEUDO, SELLER, US, Amazon, a_world, error_of

WEEK = "2026-11-16T12:00:00Z"


def test_every_operation_that_is_served_is_in_the_catalogue() -> None:
    assert {load_catalogue().find(key).key for key in HANDLERS} == set(HANDLERS)


@pytest.mark.parametrize("operation", sorted(HANDLERS))
async def test_the_minimal_request_is_accepted(amazon: Amazon, operation: str) -> None:
    entry = load_catalogue().find(operation)
    values = minimal_values(entry, RequestContext(US, SELLER, amazon.clock.now()))
    token = await amazon.token_for(entry)
    answer = await amazon.call(operation, values, token=token)
    status = MINIMAL.get(operation) or min(each for each in entry.statuses if each < 300)
    assert answer.status_code == status, answer.text


MINIMAL = {
    # What a request with plausible values and nothing created before gets, where that is no success.
    "feeds-2021-06-30.cancelFeed": 404,
    "feeds-2021-06-30.getFeed": 404,
    "feeds-2021-06-30.getFeedDocument": 400,
    "merchantFulfillment-v0.cancelShipment": 404,
    "merchantFulfillment-v0.createShipment": 400,
    "merchantFulfillment-v0.getShipment": 404,
    "notifications-v1.createSubscription": 400,
    "notifications-v1.deleteDestination": 404,
    "notifications-v1.deleteSubscriptionById": 404,
    "notifications-v1.getDestination": 404,
    "notifications-v1.getSubscription": 404,
    "notifications-v1.getSubscriptionById": 404,
    "notifications-v1.sendTestNotification": 403,
    "orders-2026-01-01.getOrder": 404,
    "orders-v0.confirmShipment": 404,
    "orders-v0.getOrder": 400,
    "orders-v0.getOrderAddress": 400,
    "orders-v0.getOrderBuyerInfo": 400,
    "orders-v0.getOrderItems": 400,
    "orders-v0.getOrderItemsBuyerInfo": 400,
    "orders-v0.getOrderRegulatedInfo": 404,
    "orders-v0.updateShipmentStatus": 404,
    "orders-v0.updateVerificationStatus": 404,
    "reports-2021-06-30.cancelReport": 404,
    "reports-2021-06-30.cancelReportSchedule": 404,
    "reports-2021-06-30.getReport": 404,
    "reports-2021-06-30.getReportDocument": 400,
    "reports-2021-06-30.getReportSchedule": 404,
    "sellers-v1.getAccount": 403,  # in Europe alone
}


async def test_participations(amazon: Amazon) -> None:
    data = (await amazon.call("getMarketplaceParticipations")).json()
    assert list(data) == ["payload"]
    entries = {each["marketplace"]["id"]: each for each in data["payload"]}
    assert list(entries) == [US, CA, BR, MX, PSEUDO, NEWLAND]
    assert entries[US] == {
        "marketplace": {
            "id": US,
            "name": "Amazon.com",
            "countryCode": "US",
            "defaultCurrencyCode": "USD",
            "defaultLanguageCode": "en_US",
            "domainName": "www.amazon.com",
        },
        "participation": {"isParticipating": True, "hasSuspendedListings": False},
        "storeName": "North",
    }
    assert entries[MX]["participation"] == {"isParticipating": False, "hasSuspendedListings": False}
    assert entries[BR]["participation"] == {"isParticipating": True, "hasSuspendedListings": True}
    kinds = {
        id_: kind_of_marketplace(id_, each["marketplace"]["name"], each["marketplace"]["domainName"])
        for id_, each in entries.items()
    }
    assert kinds[PSEUDO] is MarketplaceKind.PSEUDO
    assert kinds[NEWLAND] is MarketplaceKind.UNKNOWN
    assert entries[PSEUDO]["marketplace"]["name"] == "Non-Amazon"
    assert entries[PSEUDO]["marketplace"]["domainName"] == "sim1.stores.amazon.com"


async def test_the_united_kingdom_is_gb() -> None:
    text = '[[seller]]\nid = "A1"\nregion = "EU"\nrefresh_token = "Atzr|uk"\n'
    text += '[[seller.marketplace]]\nid = "A1F83G8C2ARO7P"\n[[seller.marketplace]]\nid = "AZMDEXL2RVFNN"\n'
    amazon = Amazon(parse_world("latency_ms = [0, 0]\n" + text))
    answer = await amazon.lwa(
        grant_type="refresh_token",
        refresh_token="Atzr|uk",
        client_id="amzn1.application-oa2-client.demo",
        client_secret="amzn1.oa2-cs.v1.demo",
    )
    token = answer.json()["access_token"]
    data = (await amazon.call("getMarketplaceParticipations", token=token, region=Region.EU)).json()
    assert [each["marketplace"]["countryCode"] for each in data["payload"]] == ["GB", "GB"]
    assert data["payload"][1]["marketplace"]["name"] == "Non-Amazon UK"


async def _all_orders(amazon: Amazon, token: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    more: dict[str, Any] = {}
    while True:
        payload = (await amazon.call("getOrders", {**values, **more}, token=token)).json()["payload"]
        found += payload["Orders"]
        if "NextToken" not in payload:
            return found
        more = {"NextToken": payload["NextToken"]}


async def test_orders_stay_the_same_and_page(amazon: Amazon) -> None:
    token = await amazon.token()
    values = {"MarketplaceIds": [US], "CreatedAfter": WEEK, "CreatedBefore": "2026-11-23T11:00:00Z"}
    whole = (await amazon.call("getOrders", values, token=token)).json()["payload"]
    assert 20 <= len(whole["Orders"]) <= 35
    assert whole["CreatedBefore"] == "2026-11-23T11:00:00Z"
    dates = [each["PurchaseDate"] for each in whole["Orders"]]
    assert dates == sorted(dates)
    assert all(WEEK <= each <= "2026-11-23T11:00:00Z" for each in dates)
    paged = await _all_orders(amazon, token, {**values, "MaxResultsPerPage": 9})
    assert paged == whole["Orders"]
    assert len({each["AmazonOrderId"] for each in paged}) == len(paged)


async def test_orders_are_filtered(amazon: Amazon) -> None:
    token = await amazon.token()
    values: dict[str, Any] = {"MarketplaceIds": [US, CA], "CreatedAfter": "2026-10-01T00:00:00Z"}
    everything = await _all_orders(amazon, token, values)
    assert {each["MarketplaceId"] for each in everything} == {US, CA}
    for name, field, wanted in (
        ("OrderStatuses", "OrderStatus", "Canceled"),
        ("OrderStatuses", "OrderStatus", "Unshipped"),
        ("FulfillmentChannels", "FulfillmentChannel", "AFN"),
    ):
        found = await _all_orders(amazon, token, {**values, name: [wanted]})
        assert found == [each for each in everything if each[field] == wanted]
        assert found
    one = everything[3]["AmazonOrderId"]
    assert [
        each["AmazonOrderId"] for each in await _all_orders(amazon, token, {**values, "AmazonOrderIds": [one]})
    ] == [one]
    updated = {"MarketplaceIds": [US], "LastUpdatedAfter": "2026-11-22T00:00:00Z"}
    assert all(each["LastUpdateDate"] >= "2026-11-22T00:00:00Z" for each in await _all_orders(amazon, token, updated))


async def test_an_order_is_shipped_as_time_passes(amazon: Amazon) -> None:
    values = {"MarketplaceIds": [US], "CreatedAfter": "2026-11-22T00:00:00Z", "CreatedBefore": "2026-11-23T11:00:00Z"}
    before = (await amazon.call("getOrders", values)).json()["payload"]["Orders"]
    amazon.clock.advance(4 * 86_400)
    after = (await amazon.call("getOrders", values)).json()["payload"]["Orders"]
    assert [each["AmazonOrderId"] for each in before] == [each["AmazonOrderId"] for each in after]
    assert "Unshipped" in {each["OrderStatus"] for each in before}
    assert {each["OrderStatus"] for each in after} <= {"Shipped", "Canceled"}


async def test_both_versions_tell_of_the_same_orders(amazon: Amazon) -> None:
    old = await amazon.call("getOrders", {"MarketplaceIds": [US], "CreatedAfter": WEEK})
    new = await amazon.call(
        "searchOrders", {"createdAfter": WEEK, "marketplaceIds": [US], "includedData": ["FULFILLMENT", "PROCEEDS"]}
    )
    orders = new.json()["orders"]
    assert [each["orderId"] for each in orders] == [each["AmazonOrderId"] for each in old.json()["payload"]["Orders"]]
    assert {"orderId", "createdTime", "lastUpdatedTime", "salesChannel", "orderItems"} <= set(orders[0])
    assert orders[0]["fulfillment"]["fulfilledBy"] in ("AMAZON", "MERCHANT")
    assert "buyer" not in orders[0]


async def test_search_orders_pages_with_the_token_alone(amazon: Amazon) -> None:
    token = await amazon.token()
    values: dict[str, Any] = {"createdAfter": WEEK, "marketplaceIds": [US], "maxResultsPerPage": 10}
    first = (await amazon.call("searchOrders", values, token=token)).json()
    rest = {"paginationToken": first["pagination"]["nextToken"], "maxResultsPerPage": 100}
    second = (await amazon.call("searchOrders", rest, token=token)).json()
    whole = (await amazon.call("searchOrders", {**values, "maxResultsPerPage": 100}, token=token)).json()
    assert first["orders"] + second["orders"] == whole["orders"]
    assert "pagination" not in whole


async def test_search_orders_without_marketplaces_asks_all(amazon: Amazon) -> None:
    data = (await amazon.call("searchOrders", {"createdAfter": WEEK})).json()
    assert {each["salesChannel"]["marketplaceId"] for each in data["orders"]} == {US, CA, BR}


async def test_feeds(amazon: Amazon) -> None:
    token = await amazon.token()
    document = (await amazon.call("createFeedDocument", {"contentType": "application/json"}, token=token)).json()
    assert document["feedDocumentId"].startswith("amzn1.tortuga.4.na.")
    assert (await amazon.http.get(document["url"])).status_code == 403
    headers = {"content-type": "application/json"}
    content = b'{"header": {}, "messages": []}'
    assert (await amazon.http.put(document["url"], content=content, headers=headers)).status_code == 200
    other = (await amazon.call("createFeedDocument", {"contentType": "application/json"}, token=token)).json()
    ids = []
    for document_id in (document["feedDocumentId"], other["feedDocumentId"]):
        values = {"feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [US], "inputFeedDocumentId": document_id}
        answer = await amazon.call("createFeed", values, token=token)
        assert answer.status_code == 202
        ids.append(answer.json()["feedId"])
        amazon.clock.advance(1)
    amazon.clock.advance(30)
    feeds = (await amazon.call("getFeeds", {"feedTypes": ["JSON_LISTINGS_FEED"]}, token=token)).json()["feeds"]
    assert [(each["feedId"], each["processingStatus"]) for each in feeds] == [(ids[1], "FATAL"), (ids[0], "DONE")]
    assert "resultFeedDocumentId" in feeds[1]


def _offers_request(sku: str, marketplace: str = US, **more: Any) -> dict[str, Any]:
    uri = f"/products/pricing/v0/listings/{sku}/offers"
    return {"uri": uri, "method": "GET", "MarketplaceId": marketplace, "ItemCondition": "New", **more}


async def test_offers_in_a_batch(amazon: Amazon) -> None:
    values = {"requests": [_offers_request("SKU-1"), _offers_request("NO-SUCH"), _offers_request("SKU-1", MX)]}
    answer = await amazon.call("getListingOffersBatch", values)
    assert answer.status_code == 200
    responses = answer.json()["responses"]
    assert [each["status"]["statusCode"] for each in responses] == [200, 400, 400]
    assert responses[0]["body"]["payload"]["SKU"] == "SKU-1"
    assert responses[1]["body"]["errors"][0]["message"] == f"NO-SUCH is an invalid SKU for marketplace {US}"
    assert responses[2]["request"] == {"MarketplaceId": MX, "SellerSKU": "SKU-1", "ItemCondition": "New"}


@pytest.mark.parametrize(
    "request_",
    [
        {"uri": "/products/pricing/v0/items/B07XJ8C8F5/offers"},
        {"uri": "products/pricing/v0/listings/SKU-1/offers"},
        {"uri": "/products/pricing/v0/listings/SKU/1/offers"},
        {"uri": None},
        {"method": "POST"},
    ],
)
async def test_a_wrong_uri_breaks_the_batch(amazon: Amazon, request_: dict[str, Any]) -> None:
    answer = await amazon.call("getListingOffersBatch", {"requests": [_offers_request("SKU-1", **request_)]})
    assert answer.status_code == 500
    assert error_of(answer) == {
        "code": "InternalFailure",
        "message": "We encountered an internal error. Please try again.",
        "details": "",
    }
    assert answer.headers["x-amzn-ErrorType"] == "InternalServerErrorException"


async def test_the_same_offer_twice(amazon: Amazon) -> None:
    answer = await amazon.call("getListingOffersBatch", {"requests": [_offers_request("SKU-1")] * 2})
    told = "Duplicate requests submitted. Cannot run batch request."
    assert (answer.status_code, error_of(answer)["message"]) == (400, told)


async def test_offers_without_a_marketplace(amazon: Amazon) -> None:
    request = _offers_request("SKU-1")
    del request["MarketplaceId"]
    answer = await amazon.call("getListingOffersBatch", {"requests": [request]})
    assert error_of(answer)["message"] == "Requested MarketplaceId is invalid, unsupported, or does not exist."


async def test_catalog_items(amazon: Amazon) -> None:
    token = await amazon.token()
    values: dict[str, Any] = {"marketplaceIds": [US], "identifiers": ["B07XJ8C8F5", "X"], "identifiersType": "ASIN"}
    data = (await amazon.call("searchCatalogItems", values, token=token)).json()
    assert data["numberOfResults"] == 1
    assert (data["items"][0]["asin"], data["items"][0]["summaries"][0]["marketplaceId"]) == ("B07XJ8C8F5", US)
    values = {"marketplaceIds": [US], "identifiers": ["SKU-2"], "identifiersType": "SKU", "sellerId": SELLER}
    amazon.clock.advance(10)
    assert (await amazon.call("searchCatalogItems", values, token=token)).json()["numberOfResults"] == 1
    values = {
        "marketplaceIds": [US],
        "keywords": ["North"],
        "pageSize": 20,
        "includedData": ["summaries", "identifiers"],
    }
    first = (await amazon.call("searchCatalogItems", values, token=token)).json()
    ean = first["items"][0]["identifiers"][0]["identifiers"][0]["identifier"]
    more = {**values, "pageToken": first["pagination"]["nextToken"]}
    amazon.clock.advance(10)
    second = (await amazon.call("searchCatalogItems", more, token=token)).json()
    assert (len(first["items"]), len(second["items"]), first["numberOfResults"]) == (20, 4, 24)
    values = {"marketplaceIds": [US], "identifiers": [ean], "identifiersType": "EAN"}
    found = (await amazon.call("searchCatalogItems", values, token=token)).json()
    assert [each["asin"] for each in found["items"]] == [first["items"][0]["asin"]]


async def test_a_listing(amazon: Amazon) -> None:
    values = {"sellerId": SELLER, "sku": "SKU-1", "marketplaceIds": [US, BR], "includedData": ["summaries", "offers"]}
    data = (await amazon.call("getListingsItem", values)).json()
    assert list(data) == ["sku", "summaries", "offers"]
    assert data["summaries"][1]["status"] == []
    assert data["offers"][0]["price"]["currencyCode"] == "USD"
    for sku in ("SKU-99", "SKU-0", "SKU-01", "A/B \\ ü", "SKU-" + "9" * 30, "SKU-²"):
        answer = await amazon.call("getListingsItem", {**values, "sku": sku})
        assert (answer.status_code, error_of(answer)["code"]) == (404, "NOT_FOUND")
        assert sku in error_of(answer)["message"]


async def test_yen_have_no_decimals() -> None:
    amazon = Amazon()
    token = await amazon.token("Atzr|narrow-fe")
    values = {"MarketplaceIds": [JP], "CreatedAfter": WEEK, "OrderStatuses": ["Shipped"]}
    answer = await amazon.call("getOrders", values, token=token, region=Region.FE)
    total = answer.json()["payload"]["Orders"][0]["OrderTotal"]
    assert total["CurrencyCode"] == "JPY"
    assert "." not in total["Amount"]


async def test_inventory(amazon: Amazon) -> None:
    values = {"granularityType": "Marketplace", "granularityId": US, "marketplaceIds": [US]}
    data = (await amazon.call("getInventorySummaries", values)).json()
    assert data["payload"]["granularity"] == {"granularityType": "Marketplace", "granularityId": US}
    summaries = data["payload"]["inventorySummaries"]
    assert len(summaries) == 24
    assert "inventoryDetails" not in summaries[0]
    more = {**values, "details": True, "sellerSkus": ["SKU-3", "SKU-4"]}
    found = (await amazon.call("getInventorySummaries", more)).json()["payload"]["inventorySummaries"]
    assert [each["sellerSku"] for each in found] == ["SKU-3", "SKU-4"]
    assert found[0]["inventoryDetails"]["fulfillableQuantity"] == found[0]["totalQuantity"]


async def test_inventory_of_a_marketplace_that_is_not_asked_for(amazon: Amazon) -> None:
    values = {"granularityType": "Marketplace", "granularityId": CA, "marketplaceIds": [US]}
    assert (await amazon.call("getInventorySummaries", values)).status_code == 400
    values = {"granularityType": "Marketplace", "granularityId": US, "marketplaceIds": [US], "nextToken": "altered"}
    assert (await amazon.call("getInventorySummaries", values)).status_code == 400


async def test_a_sku_is_looked_up_for_a_seller(amazon: Amazon) -> None:
    values = {"marketplaceIds": [US], "identifiers": ["SKU-2"], "identifiersType": "SKU"}
    answer = await amazon.call("searchCatalogItems", values)
    assert (answer.status_code, error_of(answer)["message"]) == (400, "Missing required 'sellerId'.")


async def test_an_operation_of_another_catalogue() -> None:
    operation = Operation("getSomething", "things", "v1", "GET", "/things/v1/{id}", statuses=(200,))
    simulator = Simulator(a_world(), clock=ManualClock(), catalogue=Catalogue([operation]))
    amazon = Amazon()
    amazon.simulator = simulator
    amazon.http = httpx.AsyncClient(transport=SimulatorTransport(simulator))
    headers = {"x-amz-access-token": await amazon.token()}
    answer = await amazon.http.get(f"https://{Region.NA.host}/things/v1/1", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await amazon.http.get(f"https://{Region.NA.host}/orders/v0/orders", headers=headers)).status_code == 403


async def test_no_subscription_yet(amazon: Amazon) -> None:
    answer = await amazon.call("getSubscription", {"notificationType": "ACCOUNT_STATUS_CHANGED"})
    assert (answer.status_code, error_of(answer)["code"]) == (404, "NotFound")
