"""Notifications API v1: subscriptions, and the test message of the sandbox.

One for each application, seller, type and payload version; another filter expression is another subscription (model).
Texts: selling-partner-api-docs 1988, 2134, -models 467, 2145, 4135.
"""

from __future__ import annotations

from typing import Any, Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.paging import page_token, read_page_token
from sptui.simulator.replies import USUAL_ERRORS, RefusalError, Reply, denied, invalid, json_reply
from sptui.simulator.restricted import carries
from sptui.simulator.speech import unparsable
from sptui.simulator.subscribers import Subscription
from sptui.spapi.offered_types import OfferedType, TypeKind, find_type

_FILTERED: Final = ("ANY_OFFER_CHANGED", "ORDER_CHANGE", "SHIPMENT_TRACKING_MILESTONE_CHANGED")
"""The types that take an event filter (model)."""

_BY_HAND: Final = ("APPLICATION_OAUTH_CLIENT_NEW_SECRET", "APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY")
"""Subscribed in the developer portal, not by calls (samples auth-lifecycle-management)."""

_USUAL_PAGE: Final = 30


def _create_subscription(context: CallContext) -> Reply:
    values = context.values
    offered = _type(context)
    version, directive = values["payloadVersion"], values.get("processingDirective")
    if offered.payload_versions and version not in offered.payload_versions:
        raise unparsable()
    client, region = context.caller.application.client_id, context.region
    store = context.memory.subscribers
    destination = store.destinations(client, region).get(values["destinationId"])
    if destination is None:
        told = f"No destination with {values['destinationId']} for applicationId {store.application_id(client)}"
        raise unparsable(told)
    if offered.delivery and ("SQS" if "sqs" in destination.resource else "EventBridge") not in offered.delivery:
        raise unparsable()
    _check_directive(offered.name, directive)
    subscriptions = store.subscriptions(client, region)
    made = Subscription(
        store.next_id(client, region), context.seller.id, values["notificationType"], version, destination.id, directive
    )
    if any(_same(each, made) for each in subscriptions.values()):
        told = f"Subscription already exist for notification type {made.kind}"
        raise RefusalError(409, "StateConflict", "The resource specified conflicts with the current state.", told)
    subscriptions[made.id] = made
    return json_reply(200, {"payload": made.as_json()})


def _type(context: CallContext) -> OfferedType:
    """The type that the call names. Raises RefusalError for one that is none, is gone, or takes another role."""
    name = context.values["notificationType"]
    offered = find_type(TypeKind.NOTIFICATION, name)
    if offered is None or offered.removed_by(context.now.date()) or name in _BY_HAND:
        raise invalid(f'Invalid value "{name}" for path parameter notificationType')
    if not carries(context.caller.roles, offered.roles):
        raise denied()
    places = [offered.offered_in(each.id) for each in context.seller.marketplaces]
    if places and not any(each is not False for each in places):
        raise unparsable()  # Amazon has it in none of the seller's marketplaces
    return offered


def _check_directive(kind: str, directive: dict[str, Any] | None) -> None:
    if not directive:
        return
    event_filter = directive.get("eventFilter")
    if event_filter is None:
        return
    fits = isinstance(event_filter, dict) and kind in _FILTERED and event_filter.get("eventFilterType") == kind
    if not fits or "filterExpression" in directive:
        raise unparsable(f"EventFilter Payload failed to validate for notification type {kind}")


def _same(one: Subscription, other: Subscription) -> bool:
    return _subject(one) == _subject(other)


def _subject(one: Subscription) -> tuple[Any, ...]:
    return one.seller_id, one.kind, one.version, (one.directive or {}).get("filterExpression")


def _mine(context: CallContext, kind: str) -> list[Subscription]:
    store = context.memory.subscribers.subscriptions(context.caller.application.client_id, context.region)
    version = context.values.get("payloadVersion")
    return [
        each
        for each in store.values()
        if each.seller_id == context.seller.id and each.kind == kind and version in (None, each.version)
    ]


def _get_subscription(context: CallContext) -> Reply:
    """404 means that there is no subscription yet (model); the text of it has not been recorded."""
    kind = context.values["notificationType"]
    _type(context)
    found = max(_mine(context, kind), key=lambda each: each.version, default=None)
    if found is None:
        raise RefusalError(404, "NotFound", f"There is no subscription to {kind}.", error_type="")
    return json_reply(200, {"payload": found.as_json()})


def _get_subscriptions(context: CallContext) -> Reply:
    values, start = context.values, 0
    if len(values["notificationTypes"]) != 1:  # one type in one request (model)
        raise unparsable()
    if "nextToken" in values:
        start, _ = read_page_token(context.seeded, context.operation.key, values["nextToken"], unparsable())
    found = _mine(context, values["notificationTypes"][0])
    end = start + values.get("pageSize", _USUAL_PAGE)
    payload: dict[str, Any] = {"subscriptions": [each.as_json() for each in found[start:end]]}
    if end < len(found):
        payload["nextToken"] = page_token(context.seeded, context.operation.key, {}, end)
    return json_reply(200, {"payload": payload})


def _get_subscription_by_id(context: CallContext) -> Reply:
    return json_reply(200, {"payload": _found(context).as_json()})


def _delete_subscription_by_id(context: CallContext) -> Reply:
    gone = _found(context)
    del context.memory.subscribers.subscriptions(context.caller.application.client_id, context.region)[gone.id]
    return json_reply(200, {})


def _found(context: CallContext) -> Subscription:
    """Any of the application's subscriptions, whosever it is."""
    store = context.memory.subscribers.subscriptions(context.caller.application.client_id, context.region)
    found = store.get(context.values["subscriptionId"])
    if found is None or found.kind != context.values["notificationType"]:
        raise RefusalError(404, *USUAL_ERRORS[404], error_type="")
    return found


def _send_test_notification(context: CallContext) -> Reply:
    """Only on the sandbox hosts (model)."""
    if not context.sandbox:
        raise denied()
    test = context.values.get("testNotification") or {}
    destinations = context.memory.subscribers.destinations(context.caller.application.client_id, context.region)
    if not test.get("testScenario") or context.values.get("destinationId") not in destinations:
        told = (
            "Invalid Input, recheck that the AppId and DestinationId are valid and DestinationId belongs to the "
            "application"
        )
        raise RefusalError(400, "InvalidInput", "InvalidInput", told)
    return json_reply(200, {})


HANDLERS: Final[dict[str, Handler]] = {
    "notifications-v1.createSubscription": _create_subscription,
    "notifications-v1.getSubscription": _get_subscription,
    "notifications-v1.getSubscriptions": _get_subscriptions,
    "notifications-v1.getSubscriptionById": _get_subscription_by_id,
    "notifications-v1.deleteSubscriptionById": _delete_subscription_by_id,
    "notifications-v1.sendTestNotification": _send_test_notification,
}
