"""What calls change is read changed: orders in both versions, listings, the client secret."""

from __future__ import annotations

from typing import Any

import pytest

from sptui.spapi.regions import Region

from .amazon import CLIENT_ID, CLIENT_SECRET, DE, SELLER, US, Amazon, error_of

WEEK = "2026-11-16T12:00:00Z"


async def _orders(amazon: Amazon, **more: Any) -> list[dict[str, Any]]:
    values = {"MarketplaceIds": [US], "CreatedAfter": "2026-11-10T00:00:00Z", **more}
    return list((await amazon.call("getOrders", values)).json()["payload"]["Orders"])


async def _open_order(amazon: Amazon, units: int = 1) -> dict[str, Any]:
    found = await _orders(amazon, OrderStatuses=["Unshipped"], FulfillmentChannels=["MFN"])
    return next(each for each in found if each["NumberOfItemsUnshipped"] >= units)


def _shipment(order: dict[str, Any], units: int = 1, **more: Any) -> dict[str, Any]:
    item = {"orderItemId": order["AmazonOrderId"].replace("-", "")[:14], "quantity": units}
    package = {
        "packageReferenceId": "1",
        "carrierCode": "UPS",
        "trackingNumber": "1",
        "shipDate": "2026-11-23T12:00:00Z",
        "orderItems": [item],
    }
    return {"orderId": order["AmazonOrderId"], "marketplaceId": US, "packageDetail": {**package, **more}}


async def test_a_confirmed_shipment_is_read_in_both_versions(amazon: Amazon) -> None:
    order = await _open_order(amazon)
    amazon.clock.advance(60)
    answer = await amazon.call("confirmShipment", _shipment(order, order["NumberOfItemsUnshipped"]))
    assert (answer.status_code, answer.content) == (204, b"")
    one = {"orderId": order["AmazonOrderId"]}
    old = (await amazon.call("orders-v0.getOrder", one)).json()["payload"]
    assert (old["OrderStatus"], old["NumberOfItemsUnshipped"]) == ("Shipped", 0)
    assert old["LastUpdateDate"] == "2026-11-23T12:01:00Z"
    values = {**one, "includedData": ["FULFILLMENT"]}
    new = (await amazon.call("orders-2026-01-01.getOrder", values)).json()["order"]
    assert (new["fulfillment"]["fulfillmentStatus"], new["lastUpdatedTime"]) == ("SHIPPED", old["LastUpdateDate"])
    assert order["AmazonOrderId"] in [
        each["AmazonOrderId"] for each in await _orders(amazon, OrderStatuses=["Shipped"], FulfillmentChannels=["MFN"])
    ]
    [item] = (await amazon.call("orders-v0.getOrderItems", one)).json()["payload"]["OrderItems"]
    assert item["QuantityShipped"] == item["QuantityOrdered"]
    again = await amazon.call("confirmShipment", _shipment(order))
    assert again.status_code == 400


async def test_a_part_of_an_order_is_sent(amazon: Amazon) -> None:
    order = await _open_order(amazon, units=3)
    assert (await amazon.call("confirmShipment", _shipment(order, 1))).status_code == 204
    one = {"orderId": order["AmazonOrderId"], "includedData": ["FULFILLMENT"]}
    new = (await amazon.call("orders-2026-01-01.getOrder", one)).json()["order"]
    assert new["fulfillment"]["fulfillmentStatus"] == "PARTIALLY_SHIPPED"
    assert new["orderItems"][0]["fulfillment"]["quantityFulfilled"] == 1
    assert order["AmazonOrderId"] in [
        each["AmazonOrderId"] for each in await _orders(amazon, OrderStatuses=["Unshipped", "PartiallyShipped"])
    ]
    rest = order["NumberOfItemsUnshipped"]
    assert (await amazon.call("confirmShipment", _shipment(order, rest))).status_code == 400
    assert (await amazon.call("confirmShipment", _shipment(order, rest - 1))).status_code == 204


@pytest.mark.parametrize(
    "change",
    [
        {"marketplaceId": DE},
        {"orderId": "111-1111111-1111111"},
        {"orderId": "111"},
        {"packageDetail": {"shipDate": "02/21/2022"}},
        {"packageDetail": {"orderItems": [{"orderItemId": "1", "quantity": 1}]}},
        {"packageDetail": {"orderItems": []}},
    ],
    ids=["marketplace", "no order", "no id", "date", "item", "no items"],
)
async def test_shipments_that_cannot_be_confirmed(amazon: Amazon, change: dict[str, Any]) -> None:
    values = _shipment(await _open_order(amazon))
    values |= {**change, "packageDetail": {**values["packageDetail"], **change.get("packageDetail", {})}}
    answer = await amazon.call("confirmShipment", values)
    assert answer.status_code in (400, 403, 404), answer.text


async def test_amazon_sends_its_own_orders(amazon: Amazon) -> None:
    found = await _orders(amazon, FulfillmentChannels=["AFN"], OrderStatuses=["Unshipped"])
    assert (await amazon.call("confirmShipment", _shipment(found[0]))).status_code == 400


@pytest.mark.parametrize(
    ("word", "status"), [("ReadyForPickup", "Unshipped"), ("PickedUp", "Shipped"), ("RefusedPickup", "Canceled")]
)
async def test_an_order_is_picked_up(amazon: Amazon, word: str, status: str) -> None:
    order = await _open_order(amazon)
    amazon.clock.advance(60)
    values = {"orderId": order["AmazonOrderId"], "marketplaceId": US, "shipmentStatus": word}
    assert (await amazon.call("updateShipmentStatus", values)).status_code == 204
    read = (await amazon.call("orders-v0.getOrder", {"orderId": order["AmazonOrderId"]})).json()["payload"]
    assert (read["OrderStatus"], read["LastUpdateDate"]) == (status, "2026-11-23T12:01:00Z")


async def test_a_verification_is_read_afterwards(amazon: Amazon) -> None:
    order = await _open_order(amazon)
    one = {"orderId": order["AmazonOrderId"]}
    token = await amazon.restricted_token({"method": "GET", "path": "/orders/v0/orders/{orderId}/regulatedInfo"})
    before = (await amazon.call("getOrderRegulatedInfo", one, token=token)).json()["payload"]
    assert before["RegulatedOrderVerificationStatus"]["Status"] == "Pending"
    sent = {"status": "Rejected", "externalReviewerId": "r1", "rejectionReasonId": "shield_pom_not_verified"}
    values = {**one, "regulatedOrderVerificationStatus": sent}
    assert (await amazon.call("updateVerificationStatus", values)).status_code == 204
    found = (await amazon.call("getOrderRegulatedInfo", one, token=token)).json()["payload"]
    status = found["RegulatedOrderVerificationStatus"]
    assert (status["Status"], status["ExternalReviewerId"], status["RequiresMerchantAction"]) == (
        "Rejected",
        "r1",
        False,
    )
    sent["rejectionReasonId"] = "other"
    assert (await amazon.call("updateVerificationStatus", values)).status_code == 400


async def test_an_order_of_nobody(amazon: Amazon) -> None:
    for key, order_id, status in (
        ("orders-v0.getOrder", "111-1111111-1111111", 404),
        ("orders-2026-01-01.getOrder", "111-1111111-1111111", 404),
        ("orders-v0.getOrder", "TEST", 400),
    ):
        assert (await amazon.call(key, {"orderId": order_id})).status_code == status
    other = await amazon.token("Atzr|old-role")
    mine = {"orderId": (await _open_order(amazon))["AmazonOrderId"]}
    assert (await amazon.call("orders-2026-01-01.getOrder", mine, token=other)).status_code in (403, 404)


LISTING: dict[str, Any] = {"sellerId": SELLER, "sku": "NEW/1", "marketplaceIds": [US]}
ATTRIBUTES: dict[str, Any] = {
    "item_name": [{"value": "Lamp", "marketplace_id": US}],
    "fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 7}],
    "purchasable_offer": [{"our_price": [{"schedule": [{"value_with_tax": 12.5}]}]}],
}


async def _listing(amazon: Amazon, sku: str = "NEW/1") -> dict[str, Any]:
    parts = ["summaries", "attributes", "offers", "fulfillmentAvailability"]
    answer = await amazon.call("getListingsItem", {**LISTING, "sku": sku, "includedData": parts})
    return dict(answer.json()) if answer.is_success else {}


async def test_a_listing_is_put_patched_and_deleted(amazon: Amazon) -> None:
    key = "listingsItems-2021-08-01"
    body = {"productType": "LAMP", "attributes": ATTRIBUTES}
    answer = await amazon.call(f"{key}.putListingsItem", {**LISTING, **body, "includedData": ["identifiers"]})
    assert (answer.json()["status"], answer.json()["sku"]) == ("ACCEPTED", "NEW/1")
    found = await _listing(amazon)
    assert answer.json()["identifiers"] == [{"marketplaceId": US, "asin": found["summaries"][0]["asin"]}]
    assert (found["summaries"][0]["itemName"], found["summaries"][0]["productType"]) == ("Lamp", "LAMP")
    assert (found["offers"][0]["price"]["amount"], found["fulfillmentAvailability"][0]["quantity"]) == ("12.50", 7)
    assert found["attributes"] == ATTRIBUTES
    patches = [
        {"op": "replace", "path": "/attributes/item_name", "value": [{"value": "Big lamp"}]},
        {"op": "delete", "path": "/attributes/fulfillment_availability"},
        {"op": "merge", "path": "/attributes/bullet_point", "value": [{"value": "a"}]},
    ]
    answer = await amazon.call(f"{key}.patchListingsItem", {**LISTING, "productType": "LAMP", "patches": patches})
    assert answer.json()["status"] == "ACCEPTED"
    found = await _listing(amazon)
    assert (found["summaries"][0]["itemName"], found["fulfillmentAvailability"][0]["quantity"]) == ("Big lamp", 0)
    assert found["attributes"]["bullet_point"] == [{"value": "a"}]
    assert (await amazon.call(f"{key}.deleteListingsItem", LISTING)).json()["status"] == "ACCEPTED"
    assert not await _listing(amazon)


async def test_a_preview_changes_nothing(amazon: Amazon) -> None:
    key = "listingsItems-2021-08-01"
    values = {**LISTING, "mode": "VALIDATION_PREVIEW", "productType": "LAMP"}
    answer = await amazon.call(f"{key}.putListingsItem", {**values, "attributes": ATTRIBUTES})
    assert answer.json()["status"] == "VALID"
    assert not await _listing(amazon)
    before = await _listing(amazon, "SKU-1")
    patches = [{"op": "replace", "path": "/attributes/item_name", "value": [{"value": "Other"}]}]
    values = {**values, "sku": "SKU-1", "patches": patches}
    assert (await amazon.call(f"{key}.patchListingsItem", values)).json()["status"] == "VALID"
    assert await _listing(amazon, "SKU-1") == before
    values["patches"] = [{"op": "replace", "path": "item_name", "value": [{"value": "Other"}]}]
    answer = await amazon.call(f"{key}.patchListingsItem", values)
    assert (answer.json()["status"], answer.json()["issues"][0]["severity"]) == ("INVALID", "ERROR")


async def test_what_was_deleted_is_not_found_in_a_search(amazon: Amazon) -> None:
    key = "listingsItems-2021-08-01"
    values: dict[str, Any] = {"sellerId": SELLER, "marketplaceIds": [US], "pageSize": 20}
    first = (await amazon.call(f"{key}.searchListingsItems", values)).json()
    assert (first["numberOfResults"], len(first["items"])) == (24, 20)
    await amazon.call(f"{key}.deleteListingsItem", {**LISTING, "sku": "SKU-2"})
    await amazon.call(f"{key}.putListingsItem", {**LISTING, "productType": "LAMP", "attributes": ATTRIBUTES})
    token = first["pagination"]["nextToken"]
    second = (await amazon.call(f"{key}.searchListingsItems", {**values, "pageToken": token})).json()
    skus = [each["sku"] for each in second["items"]]
    assert skus[-1] == "NEW/1"
    one = {**values, "identifiers": ["SKU-2", "SKU-3"], "identifiersType": "SKU"}
    found = (await amazon.call(f"{key}.searchListingsItems", one)).json()
    assert [each["sku"] for each in found["items"]] == ["SKU-3"]
    broken = {**values, "pageToken": "altered"}
    assert (await amazon.call(f"{key}.searchListingsItems", broken)).status_code == 400


async def test_listings_of_somebody_else(amazon: Amazon) -> None:
    values = {**LISTING, "sellerId": "A1SOMEBODYELSE", "productType": "LAMP", "attributes": ATTRIBUTES}
    answer = await amazon.call("listingsItems-2021-08-01.putListingsItem", values)
    assert (answer.status_code, error_of(answer)["message"]) == (400, "Invalid 'sellerId' provided.")


async def test_a_new_client_secret_leaves_the_old_one_seven_days(amazon: Amazon) -> None:
    async def status() -> int:
        form = {"grant_type": "refresh_token", "refresh_token": "Atzr|north", "client_id": CLIENT_ID}
        return (await amazon.lwa(**form, client_secret=CLIENT_SECRET)).status_code

    token = await amazon.grantless_token("sellingpartnerapi::client_credential:rotation")
    answer = await amazon.call("rotateApplicationClientSecret", token=token)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await amazon.call("rotateApplicationClientSecret", token=token)).status_code == 429
    amazon.clock.advance(7 * 86_400 - 1)
    assert await status() == 200
    amazon.clock.advance(1)
    assert await status() == 401
    rotation = amazon.simulator._memory.secrets._rotations[CLIENT_ID]
    assert rotation.new not in repr(rotation)
    form = {"grant_type": "refresh_token", "refresh_token": "Atzr|north", "client_id": CLIENT_ID}
    assert (await amazon.lwa(**form, client_secret=rotation.new)).status_code == 200


async def test_who_the_seller_is_is_told_in_europe_alone(amazon: Amazon) -> None:
    token = await amazon.token("Atzr|north-eu")
    payload = (await amazon.call("sellers-v1.getAccount", token=token, region=Region.EU)).json()["payload"]
    assert [each["marketplace"]["id"] for each in payload["marketplaceParticipationList"]] == [DE]
    assert payload["business"]["name"] == "North"
    assert (await amazon.call("sellers-v1.getAccount")).status_code == 403
