"""Restricted Data Tokens: they open buyers' data in exactly what they were made for, and nothing else does."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sptui.spapi.regions import Region

from .amazon import US, Amazon, a_world, error_of

ORDERS: dict[str, Any] = {"MarketplaceIds": [US], "CreatedAfter": "2026-11-01T00:00:00Z"}
SEARCH: dict[str, Any] = {"marketplaceIds": [US], "createdAfter": "2026-11-01T00:00:00Z"}
MALFORMED = "The access token you provided is revoked, malformed or invalid."
PERSONAL = {"BuyerInfo", "ShippingAddress", "BuyerTaxInformation"}
ALL = ["buyerInfo", "buyerTaxInformation", "shippingAddress"]


def _with_roles(*roles: str) -> Amazon:
    world = a_world()
    first, *others = world.applications
    narrow = msgspec.structs.replace(first, roles=roles)
    return Amazon(msgspec.structs.replace(world, applications=(narrow, *others)))


async def _shipped(amazon: Amazon, token: str | None = None) -> dict[str, Any]:
    values = {**ORDERS, "OrderStatuses": ["Shipped"], "FulfillmentChannels": ["MFN"]}
    return dict((await amazon.call("getOrders", values, token=token)).json()["payload"]["Orders"][0])


async def test_orders_tell_of_buyers_to_a_restricted_token_alone(amazon: Amazon) -> None:
    order = await _shipped(amazon)
    assert PERSONAL.isdisjoint(order)
    token = await amazon.restricted_token({"method": "GET", "path": "/orders/v0/orders", "dataElements": ALL})
    assert token.startswith("Atz.sprdt|")
    whole = await _shipped(amazon, token)
    assert set(whole) >= PERSONAL
    assert {name: value for name, value in whole.items() if name not in PERSONAL} == order
    assert whole["BuyerInfo"]["BuyerEmail"].endswith("@marketplace.amazon.com")


async def test_one_data_element_opens_no_other(amazon: Amazon) -> None:
    resource = {"method": "GET", "path": "/orders/v0/orders/{orderId}", "dataElements": ["shippingAddress"]}
    order_id = (await _shipped(amazon))["AmazonOrderId"]
    token = await amazon.restricted_token(resource)
    order = (await amazon.call("orders-v0.getOrder", {"orderId": order_id}, token=token)).json()["payload"]
    assert PERSONAL.intersection(order) == {"ShippingAddress"}
    del resource["dataElements"]
    token = await amazon.restricted_token(resource)
    order = (await amazon.call("orders-v0.getOrder", {"orderId": order_id}, token=token)).json()["payload"]
    assert PERSONAL.isdisjoint(order)


async def test_a_path_with_an_id_is_for_that_order(amazon: Amazon) -> None:
    values = {**ORDERS, "OrderStatuses": ["Shipped"]}
    first, second = [
        each["AmazonOrderId"] for each in (await amazon.call("getOrders", values)).json()["payload"]["Orders"][:2]
    ]
    token = await amazon.restricted_token({"method": "GET", "path": f"/orders/v0/orders/{first}/address"})
    answer = await amazon.call("orders-v0.getOrderAddress", {"orderId": first}, token=token)
    assert answer.json()["payload"]["ShippingAddress"]["City"]
    for operation, order_id in (
        ("orders-v0.getOrderAddress", second),
        ("orders-v0.getOrderBuyerInfo", first),
        ("orders-v0.getOrder", first),
    ):
        answer = await amazon.call(operation, {"orderId": order_id}, token=token)
        assert (answer.status_code, error_of(answer)["details"]) == (403, MALFORMED)


@pytest.mark.parametrize(
    "operation", ["getOrderAddress", "getOrderBuyerInfo", "getOrderItemsBuyerInfo", "getOrderRegulatedInfo"]
)
async def test_what_is_only_about_buyers_needs_the_token(amazon: Amazon, operation: str) -> None:
    order_id = (await _shipped(amazon))["AmazonOrderId"]
    values = {"orderId": order_id}
    answer = await amazon.call(f"orders-v0.{operation}", values)
    assert (answer.status_code, error_of(answer)["details"]) == (403, "")
    path = {
        "getOrderAddress": "address",
        "getOrderBuyerInfo": "buyerInfo",
        "getOrderItemsBuyerInfo": "orderItems/buyerInfo",
        "getOrderRegulatedInfo": "regulatedInfo",
    }[operation]
    token = await amazon.restricted_token({"method": "GET", "path": f"/orders/v0/orders/{{orderId}}/{path}"})
    answer = await amazon.call(f"orders-v0.{operation}", values, token=token)
    assert (answer.status_code, answer.json()["payload"]["AmazonOrderId"]) == (200, order_id)


async def test_the_data_of_items(amazon: Amazon) -> None:
    order_id = (await _shipped(amazon))["AmazonOrderId"]
    values = {"orderId": order_id}
    [item] = (await amazon.call("orders-v0.getOrderItems", values)).json()["payload"]["OrderItems"]
    assert "BuyerInfo" not in item
    path = "/orders/v0/orders/{orderId}/orderItems"
    token = await amazon.restricted_token({"method": "GET", "path": path, "dataElements": ["buyerInfo"]})
    [item] = (await amazon.call("orders-v0.getOrderItems", values, token=token)).json()["payload"]["OrderItems"]
    assert item["BuyerInfo"]["GiftWrapLevel"] == "None"


async def test_unsuitable_data_elements_break_the_operation(amazon: Amazon) -> None:
    order_id = (await _shipped(amazon))["AmazonOrderId"]
    path = "/orders/v0/orders/{orderId}/orderItems"
    token = await amazon.restricted_token({"method": "GET", "path": path, "dataElements": ["shippingAddress"]})
    answer = await amazon.call("orders-v0.getOrderItems", {"orderId": order_id}, token=token)
    assert (answer.status_code, error_of(answer)["code"]) == (500, "InternalFailure")


async def test_a_restricted_token_lives_an_hour_and_makes_no_other(amazon: Amazon) -> None:
    resource = {"method": "GET", "path": "/orders/v0/orders", "dataElements": ["buyerInfo"]}
    token = await amazon.restricted_token(resource)
    answer = await amazon.call("createRestrictedDataToken", {"restrictedResources": [resource]}, token=token)
    assert (answer.status_code, error_of(answer)["details"]) == (403, MALFORMED)
    amazon.clock.advance(3600)
    answer = await amazon.call("getOrders", ORDERS, token=token)
    assert error_of(answer)["details"] == "The access token you provided has expired."


async def test_what_a_token_answers(amazon: Amazon) -> None:
    resource = {"method": "GET", "path": "/orders/v0/orders", "dataElements": ["buyerInfo"]}
    values: dict[str, Any] = {"restrictedResources": [resource]}
    data = (await amazon.call("createRestrictedDataToken", values)).json()
    assert (sorted(data), data["expiresIn"]) == (["expiresIn", "restrictedDataToken"], 3600)
    values["targetApplication"] = "amzn1.sellerapps.app.2aad103d-9ce7-4eff-aff1-3a4ce1d3ea2f"
    assert (await amazon.call("createRestrictedDataToken", values)).status_code == 200


INVALID_REQUEST = ("InvalidRequest", "Request is missing or has invalid parameters", "Resource not provided.")
NO_ACCESS = ("InvalidInput", "Application do not have access to some or all requested resource", "")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, INVALID_REQUEST),
        ({"restrictedResources": []}, INVALID_REQUEST),
        ({"restrictedResources": [{"method": "", "path": "/orders/v0/orders"}]}, INVALID_REQUEST),
        ({"restrictedResources": [{"method": "GET", "path": "/orders/v0/orders"}] * 51}, INVALID_REQUEST),
        ({"restrictedResources": [{"method": "GET", "path": "/sellers/v1/marketplaceParticipations"}]}, NO_ACCESS),
        ({"restrictedResources": [{"method": "GET", "path": "/orders/v1/orders"}]}, NO_ACCESS),
        ({"restrictedResources": [{"method": "POST", "path": "/orders/v0/orders"}]}, NO_ACCESS),
        ({"restrictedResources": [{"method": "GET", "path": "/orders/2026-01-01/orders"}]}, NO_ACCESS),
        (
            {"restrictedResources": [{"method": "GET", "path": "/reports/2021-06-30/documents/{reportDocumentId}"}]},
            NO_ACCESS,
        ),
        (
            {
                "restrictedResources": [
                    {"method": "GET", "path": "/orders/v0/orders", "dataElements": ["buyerInfo"]},
                ],
                "targetApplication": "somebody",
            },
            (
                "InvalidInput",
                "Application does not have access to one or more requested data elements: [buyerInfo]",
                "",
            ),
        ),
    ],
    ids=["empty", "none", "no method", "51", "open", "no path", "method", "new version", "any document", "target"],
)
async def test_what_no_token_is_made_for(amazon: Amazon, body: dict[str, Any], expected: tuple[str, str, str]) -> None:
    headers = {"x-amz-access-token": await amazon.token()}
    url = f"https://{Region.NA.host}/tokens/2021-03-01/restrictedDataToken"
    answer = await amazon.http.post(url, headers=headers, json=body)
    assert answer.status_code == 400
    assert tuple(error_of(answer).values()) == expected


async def test_a_data_element_takes_its_role() -> None:
    amazon = _with_roles("Inventory and Order Tracking", "Tax Invoicing (Restricted)")
    values = {"restrictedResources": [{"method": "GET", "path": "/orders/v0/orders", "dataElements": ALL}]}
    answer = await amazon.call("createRestrictedDataToken", values)
    assert (answer.status_code, error_of(answer)["message"]) == (
        400,
        "Application does not have access to one or more requested data elements: [shippingAddress]",
    )
    assert await amazon.restricted_token({"method": "GET", "path": "/orders/v0/orders/{orderId}/buyerInfo"})
    values = {"restrictedResources": [{"method": "GET", "path": "/orders/v0/orders/{orderId}/address"}]}
    answer = await amazon.call("createRestrictedDataToken", values)
    assert (answer.status_code, error_of(answer)["message"]) == (400, NO_ACCESS[1])


async def test_the_new_orders_take_the_role_instead_of_the_token() -> None:
    amazon = _with_roles("Inventory and Order Tracking")
    assert (await amazon.call("searchOrders", {**SEARCH, "includedData": ["FULFILLMENT"]})).status_code == 200
    answer = await amazon.call("searchOrders", {**SEARCH, "includedData": ["BUYER"]})
    assert (answer.status_code, error_of(answer)["details"]) == (403, "")
    amazon = Amazon()
    orders = (await amazon.call("searchOrders", {**SEARCH, "includedData": ["BUYER", "RECIPIENT"]})).json()["orders"]
    assert orders[0]["buyer"]["buyerName"] == orders[0]["recipient"]["deliveryAddress"]["name"]


async def test_a_restricted_report(amazon: Amazon) -> None:
    token = await amazon.token()
    kind = "GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING"
    values = {"reportType": kind, "marketplaceIds": [US], "dataStartTime": "2026-11-01T00:00:00Z"}
    report_id = (await amazon.call("createReport", values, token=token)).json()["reportId"]
    amazon.clock.advance(30)
    report = (await amazon.call("getReport", {"reportId": report_id}, token=token)).json()
    document: dict[str, Any] = {"reportDocumentId": report["reportDocumentId"]}
    answer = await amazon.call("getReportDocument", document, token=token)
    assert (answer.status_code, error_of(answer)["details"]) == (403, "")
    path = f"/reports/2021-06-30/documents/{report['reportDocumentId']}"
    restricted = await amazon.restricted_token({"method": "GET", "path": path}, token=token)
    document["enableContentEncodingUrlHeader"] = True
    answer = await amazon.call("getReportDocument", document, token=restricted)
    text = (await amazon.http.get(answer.json()["url"])).text
    assert "\trecipient-name\tship-address-1\t" in text.splitlines()[0]
    assert len(text.splitlines()) > 5


async def test_a_shipment_of_a_merchant(amazon: Amazon) -> None:
    values = {**ORDERS, "OrderStatuses": ["Unshipped"], "FulfillmentChannels": ["MFN"]}
    order = (await amazon.call("getOrders", values)).json()["payload"]["Orders"][0]
    place = {"Name": "N", "AddressLine1": "1 Road", "Email": "a@example.com", "City": "C", "PostalCode": "1"}
    details = {
        "AmazonOrderId": order["AmazonOrderId"],
        "ItemList": [{"OrderItemId": order["AmazonOrderId"].replace("-", "")[:14], "Quantity": 1}],
        "ShipFromAddress": {**place, "CountryCode": "US", "Phone": "1"},
        "PackageDimensions": {"Length": 1.0, "Width": 1.0, "Height": 1.0, "Unit": "inches"},
        "Weight": {"Value": 1.0, "Unit": "oz"},
        "ShippingServiceOptions": {"DeliveryExperience": "NoTracking", "CarrierWillPickUp": False},
    }
    body = {"ShipmentRequestDetails": details, "ShippingServiceId": "SERVICE"}
    assert (await amazon.call("merchantFulfillment-v0.createShipment", body)).status_code == 403
    token = await amazon.restricted_token(
        {"method": "POST", "path": "/mfn/v0/shipments"},
        {"method": "GET", "path": "/mfn/v0/shipments/{shipmentId}"},
        {"method": "DELETE", "path": "/mfn/v0/shipments/{shipmentId}"},
    )
    made = (await amazon.call("merchantFulfillment-v0.createShipment", body, token=token)).json()["payload"]
    assert (made["Status"], made["ShipToAddress"]["CountryCode"]) == ("Purchased", "US")
    one = {"shipmentId": made["ShipmentId"]}
    assert (await amazon.call("merchantFulfillment-v0.getShipment", one, token=token)).json() == {"payload": made}
    gone = (await amazon.call("merchantFulfillment-v0.cancelShipment", one, token=token)).json()["payload"]
    assert gone["Status"] == "RefundPending"
    amazon.clock.advance(2)
    again = await amazon.call("merchantFulfillment-v0.cancelShipment", one, token=token)
    assert again.status_code == 400
