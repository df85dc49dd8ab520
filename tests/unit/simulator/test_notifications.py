"""Destinations and subscriptions: what was created is there, and the second time conflicts."""

from __future__ import annotations

from typing import Any

import pytest

from sptui.simulator.subscribers import Destination
from sptui.spapi.regions import Region

from .amazon import Amazon, error_of

ARN = "arn:aws:sqs:us-east-1:123456789012:queue"
STATUS_CHANGED = "ACCOUNT_STATUS_CHANGED"
UNPARSABLE = "Request has missing or invalid parameters and cannot be parsed."


async def _destination(amazon: Amazon, resource: dict[str, Any] | None = None, region: Region = Region.NA) -> str:
    values = {"name": "Queue", "resourceSpecification": resource or {"sqs": {"arn": ARN}}}
    token = await amazon.grantless_token()
    answer = await amazon.call("createDestination", values, token=token, region=region)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["payload"]["destinationId"])


def _subscription(destination_id: str, **more: Any) -> dict[str, Any]:
    base = {"notificationType": STATUS_CHANGED, "payloadVersion": "2021-01-01", "destinationId": destination_id}
    return {**base, **more}


async def test_a_destination_is_there_until_it_is_deleted(amazon: Amazon) -> None:
    token = await amazon.grantless_token()
    made = await _destination(amazon)
    whole = {"name": "Queue", "destinationId": made, "resource": {"sqs": {"arn": ARN}}}
    assert (await amazon.call("getDestinations", token=token)).json() == {"payload": [whole]}
    amazon.clock.advance(5)
    values = {"destinationId": made}
    assert (await amazon.call("getDestination", values, token=token)).json() == {"payload": whole}
    assert (await amazon.call("deleteDestination", values, token=token)).json() == {}
    assert (await amazon.call("getDestination", values, token=token)).status_code == 404
    assert (await amazon.call("deleteDestination", values, token=token)).status_code == 404
    assert (await amazon.call("getDestinations", token=token)).json() == {"payload": []}


async def test_the_same_queue_twice(amazon: Amazon) -> None:
    await _destination(amazon)
    values = {"name": "Other name", "resourceSpecification": {"sqs": {"arn": ARN}}}
    answer = await amazon.call("createDestination", values, token=await amazon.grantless_token())
    error = error_of(answer)
    assert (answer.status_code, error["code"]) == (409, "Conflict")
    assert error["message"] == "The requested resource conflict with a resource in the server."
    assert error["details"].startswith(f"A destination with arn {ARN} already exists for the application amzn1.sp.")


async def test_an_event_bus_has_a_partner_source(amazon: Amazon) -> None:
    bus = {"eventBridge": {"region": "us-east-1", "accountId": "123456789012"}}
    await _destination(amazon, bus)
    token = await amazon.grantless_token()
    [found] = (await amazon.call("getDestinations", token=token)).json()["payload"]
    assert found["resource"]["eventBridge"]["name"].startswith("aws.partner/sellingpartnerapi.amazon.com/")
    values = {"name": "Again", "resourceSpecification": bus}
    assert (await amazon.call("createDestination", values, token=token)).status_code == 409
    other = {"eventBridge": {"region": "us-west-2", "accountId": "123456789012"}}
    await _destination(amazon, other)


@pytest.mark.parametrize(
    "resource",
    [
        {},
        {"sqs": {"arn": ARN}, "eventBridge": {"region": "us-east-1", "accountId": "123456789012"}},
        {"sqs": {"arn": "arn:aws:sns:us-east-1:123456789012:topic"}},
        {"sqs": {"arn": ARN + ".fifo"}},
        {"sqs": {}},
        {"eventBridge": {"region": "us-east-1", "accountId": "12"}},
        {"eventBridge": {"region": "", "accountId": "123456789012"}},
    ],
    ids=["neither", "both", "no queue", "fifo", "no arn", "no account", "no region"],
)
async def test_what_is_no_destination(amazon: Amazon, resource: dict[str, Any]) -> None:
    values = {"name": "Queue", "resourceSpecification": resource}
    answer = await amazon.call("createDestination", values, token=await amazon.grantless_token())
    assert (answer.status_code, error_of(answer)["message"]) == (400, UNPARSABLE)


async def test_destinations_belong_to_a_region(amazon: Amazon) -> None:
    made = await _destination(amazon)
    token = await amazon.token("Atzr|north-eu")
    answer = await amazon.call("createSubscription", _subscription(made), token=token, region=Region.EU)
    error = error_of(answer)
    assert (answer.status_code, error["message"]) == (400, UNPARSABLE)
    assert error["details"].startswith(f"No destination with {made} for applicationId amzn1.sp.solution.")
    assert await _destination(amazon, region=Region.EU) != made


async def test_a_subscription_is_there_until_it_is_deleted(amazon: Amazon) -> None:
    destination, token = await _destination(amazon), await amazon.token()
    made = (await amazon.call("createSubscription", _subscription(destination), token=token)).json()["payload"]
    assert made == {
        "subscriptionId": made["subscriptionId"],
        "payloadVersion": "2021-01-01",
        "destinationId": destination,
    }
    values: dict[str, Any] = {"notificationType": STATUS_CHANGED}
    assert (await amazon.call("getSubscription", values, token=token)).json() == {"payload": made}
    listed = await amazon.call("getSubscriptions", {"notificationTypes": [STATUS_CHANGED]}, token=token)
    assert listed.json() == {"payload": {"subscriptions": [made]}}
    other = await amazon.token("Atzr|old-role")
    assert (await amazon.call("getSubscription", values, token=other)).status_code == 403  # lacks the type's role
    grantless = await amazon.grantless_token()
    values["subscriptionId"] = made["subscriptionId"]
    assert (await amazon.call("getSubscriptionById", values, token=grantless)).json() == {"payload": made}
    wrong = {**values, "notificationType": "ANY_OFFER_CHANGED"}
    assert (await amazon.call("getSubscriptionById", wrong, token=grantless)).status_code == 404
    assert (await amazon.call("deleteSubscriptionById", values, token=grantless)).json() == {}
    assert (await amazon.call("deleteSubscriptionById", values, token=grantless)).status_code == 404
    answer = await amazon.call("getSubscription", {"notificationType": STATUS_CHANGED}, token=token)
    assert (answer.status_code, error_of(answer)["code"]) == (404, "NotFound")


async def test_the_same_subscription_twice(amazon: Amazon) -> None:
    destination, token = await _destination(amazon), await amazon.token()
    assert (await amazon.call("createSubscription", _subscription(destination), token=token)).is_success
    answer = await amazon.call("createSubscription", _subscription(destination), token=token)
    assert answer.status_code == 409
    assert error_of(answer) == {
        "code": "StateConflict",
        "message": "The resource specified conflicts with the current state.",
        "details": f"Subscription already exist for notification type {STATUS_CHANGED}",
    }


async def test_another_version_or_filter_is_another_subscription(amazon: Amazon) -> None:
    destination, token = await _destination(amazon), await amazon.token()
    kind = {"notificationType": "ORDER_CHANGE", "destinationId": destination}
    for values in (
        {**kind, "payloadVersion": "1.0"},
        {**kind, "payloadVersion": "1.1"},
        {**kind, "payloadVersion": "1.1", "processingDirective": {"filterExpression": "A == `B`"}},
    ):
        assert (await amazon.call("createSubscription", values, token=token)).status_code == 200
    found = (await amazon.call("getSubscription", {"notificationType": "ORDER_CHANGE"}, token=token)).json()
    assert found["payload"]["payloadVersion"] == "1.1"
    amazon.clock.advance(5)
    one = {"notificationTypes": ["ORDER_CHANGE"], "payloadVersion": "1.0"}
    assert len((await amazon.call("getSubscriptions", one, token=token)).json()["payload"]["subscriptions"]) == 1
    two = {"notificationTypes": ["ORDER_CHANGE", STATUS_CHANGED]}
    assert (await amazon.call("getSubscriptions", two, token=token)).status_code == 400


@pytest.mark.parametrize(
    ("values", "message", "details"),
    [
        ({"notificationType": "NO_SUCH"}, 'Invalid value "NO_SUCH" for path parameter notificationType', ""),
        (
            {"notificationType": "ORDER_STATUS_CHANGE", "payloadVersion": "1.0"},
            'Invalid value "ORDER_STATUS_CHANGE" for path parameter notificationType',
            "",
        ),
        (
            {"notificationType": "APPLICATION_OAUTH_CLIENT_NEW_SECRET"},
            'Invalid value "APPLICATION_OAUTH_CLIENT_NEW_SECRET" for path parameter notificationType',
            "",
        ),
        ({"payloadVersion": "1.0"}, UNPARSABLE, ""),
        ({"notificationType": "BRANDED_ITEM_CONTENT_CHANGE", "payloadVersion": "1.0"}, UNPARSABLE, ""),
        (
            {"processingDirective": {"eventFilter": {"eventFilterType": "ORDER_CHANGE"}}},
            UNPARSABLE,
            f"EventFilter Payload failed to validate for notification type {STATUS_CHANGED}",
        ),
    ],
    ids=["unknown type", "removed type", "by hand", "version", "delivery", "filter"],
)
async def test_what_is_no_subscription(amazon: Amazon, values: dict[str, Any], message: str, details: str) -> None:
    answer = await amazon.call("createSubscription", _subscription(await _destination(amazon), **values))
    assert answer.status_code == 400
    assert (error_of(answer)["message"], error_of(answer)["details"]) == (message, details)


async def test_a_type_has_roles_of_its_own(amazon: Amazon) -> None:
    token = await amazon.token("Atzr|narrow-fe")
    values = _subscription("no matter")
    answer = await amazon.call("createSubscription", values, token=token, region=Region.FE)
    assert (answer.status_code, error_of(answer)["details"]) == (403, "")


async def test_a_type_that_the_sellers_marketplaces_do_not_have(amazon: Amazon) -> None:
    token, destination = await amazon.token("Atzr|north-eu"), await _destination(amazon, region=Region.EU)
    values = _subscription(destination, notificationType="FBA_OUTBOUND_SHIPMENT_STATUS", payloadVersion="1.0")
    answer = await amazon.call("createSubscription", values, token=token, region=Region.EU)
    assert (answer.status_code, error_of(answer)["message"]) == (400, UNPARSABLE)
    values["destinationId"] = await _destination(amazon)  # Brazil has it
    assert (await amazon.call("createSubscription", values)).status_code == 200


async def test_a_test_message_is_sent_from_the_sandbox_alone(amazon: Amazon) -> None:
    token, destination = await amazon.grantless_token(), await _destination(amazon)
    test = {"payloadVersion": "2021-01-01", "testScenario": "AT_RISK"}
    values = {"notificationType": STATUS_CHANGED, "destinationId": destination, "testNotification": test}
    assert (await amazon.call("sendTestNotification", values, token=token)).status_code == 403
    assert (await amazon.call("sendTestNotification", values, token=token, sandbox=True)).status_code == 200
    for wrong in ({"destinationId": "other"}, {"testNotification": {**test, "testScenario": ""}}):
        answer = await amazon.call("sendTestNotification", {**values, **wrong}, token=token, sandbox=True)
        assert (answer.status_code, error_of(answer)["message"]) == (400, "InvalidInput")
        assert error_of(answer)["details"].startswith("Invalid Input, recheck that the AppId and DestinationId")


def test_a_destination_is_known_by_its_queue() -> None:
    assert Destination("1", "a", {"sqs": {"arn": ARN}}).arn == ARN
