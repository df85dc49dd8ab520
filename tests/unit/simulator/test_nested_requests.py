"""What the models ask of a request below its first level, and bodies that are no object."""

from __future__ import annotations

from typing import Any

import pytest

from sptui.spapi.catalogue import load_catalogue

from .amazon import US, Amazon, error_of

TRANSFER = "fulfillmentInbound-2024-03-20.createInboundPlan"


def a_plan(**item: Any) -> dict[str, Any]:
    address = {
        "name": "North",
        "addressLine1": "1 Main Street",
        "city": "Seattle",
        "postalCode": "98101",
        "countryCode": "US",
        "phoneNumber": "206-555-0100",
    }
    one = {"msku": "S-1", "quantity": 1, "labelOwner": "SELLER", "prepOwner": "SELLER", **item}
    return {"destinationMarketplaces": [US], "items": [one], "sourceAddress": address}


async def test_a_deep_request_is_accepted(amazon: Amazon) -> None:
    answer = await amazon.call(TRANSFER, a_plan())
    assert answer.status_code == 202, answer.text
    assert set(answer.json()) == {"inboundPlanId", "operationId"}


@pytest.mark.parametrize(
    "item",
    [{"quantity": "1"}, {"quantity": 0}, {"labelOwner": "NOBODY"}, {"msku": None}, {"msku": ["S-1"]}],
    ids=str,
)
async def test_a_mistake_below_the_first_level(amazon: Amazon, item: dict[str, Any]) -> None:
    answer = await amazon.call(TRANSFER, a_plan(**item))
    assert (answer.status_code, error_of(answer)["code"]) == (400, "InvalidInput")


async def test_a_missing_field_is_named_with_the_way_to_it(amazon: Amazon) -> None:
    plan = a_plan()
    del plan["sourceAddress"]["city"]
    assert "sourceAddress.city" in error_of(await amazon.call(TRANSFER, plan))["message"]


async def test_a_body_that_is_a_list(amazon: Amazon) -> None:
    operation = load_catalogue().find("productFees-v0.getMyFeesEstimates")
    assert [each.whole for each in operation.parameters] == [True]
    for body, status in (([{"IdType": "ASIN"}], 400), ({"IdType": "ASIN"}, 400)):
        amazon.clock.advance(10)
        assert (await amazon.call(operation.key, {"body": body})).status_code == status, body


async def test_what_the_model_forbids_and_amazons_own_sample_does(amazon: Amazon) -> None:
    """The model's enum lacks SHIPMENT, the sandbox's samples send it."""
    values = {"MarketplaceId": US, "QueryType": "SHIPMENT"}
    assert (await amazon.call("fulfillmentInbound-v0.getShipmentItems", values)).status_code == 200
    wrong = {"MarketplaceId": US, "QueryType": "NOTHING"}
    assert (await amazon.call("fulfillmentInbound-v0.getShipments", wrong)).status_code == 400


async def test_an_empty_text_where_the_model_asks_for_a_letter(amazon: Amazon) -> None:
    values = {"inboundPlanId": "wf1234abcd-1234-abcd-5678-1234abcd5678", "name": ""}
    answer = await amazon.call("fulfillmentInbound-2024-03-20.updateInboundPlanName", values)
    assert answer.status_code == 400


async def test_a_refusal_has_the_shape_of_its_model(amazon: Amazon) -> None:
    bare = await amazon.call("listingsRestrictions-2021-08-01.getListingsRestrictions", {"asin": "B07XJ8C8F5"})
    assert (bare.status_code, [each["code"] for each in bare.json()]) == (400, ["InvalidInput"])
    assert bare.headers["x-amzn-ErrorType"] == "ValidationException"
    values = {"marketplaceId": "A1NOWHERE00001"}
    strict = await amazon.call("aplusContent-2020-11-01.searchContentDocuments", values)
    assert (strict.status_code, "details" in error_of(strict)) == (400, False)
    usual = await amazon.call("sales-v1.getOrderMetrics", {})
    assert (usual.status_code, list(usual.json())) == (400, ["errors"])


async def test_the_gateways_refusal_has_the_usual_shape(amazon: Amazon) -> None:
    operation = "listingsRestrictions-2021-08-01.getListingsRestrictions"
    answer = await amazon.call(operation, {"asin": "B07XJ8C8F5"}, token="Atza|nobody")
    assert (answer.status_code, error_of(answer)["code"]) == (403, "Unauthorized")
