"""The calls to Amazon's Notifications API that the set-up is made of, and what their answers mean.

Destinations belong to an application in a region and are managed with a grantless token; a subscription belongs to a
seller and is made with the seller's (docs notifications guide; models notifications v1).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from sptui.health.notifications.message import ACCOUNT_STATUS_CHANGED
from sptui.health.notifications.subscriptions import PAYLOAD_VERSION, Destination, Subscription
from sptui.health.participations import Sends
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.requests import ApiRequest, build_request

_TYPE: Final = {"notificationType": ACCOUNT_STATUS_CHANGED}


class SideEffect(msgspec.Struct, frozen=True):
    """A call that changes something at Amazon, before it is sent: it needs somebody's yes."""

    request: ApiRequest
    authorization: Authorization
    text: str
    """What it does, as a question."""


Asks = Callable[[SideEffect], Awaitable[bool]]


class SetupError(Exception):
    """A step could not be done; the message says what happened, why, and the next step.

    ``refused``: nobody said yes. ``found_out`` is False where Amazon could not be asked at all.
    """

    def __init__(self, message: str, *, refused: bool = False, found_out: bool = True) -> None:
        super().__init__(message)
        self.refused = refused
        self.found_out = found_out


class NotificationsApi:
    """The Notifications API for sptui's purpose. Every method raises SetupError.

    Nothing with side effects is sent without a yes from ``ask`` to that very call, and nothing at all ``read_only``.
    """

    def __init__(self, client: Sends, ask: Asks, *, read_only: bool) -> None:
        self._client = client
        self._ask = ask
        self._read_only = read_only

    async def find_destination(self, who: Authorization, arn: str) -> Destination | None:
        """The destination of ``who``'s application and region that leads to the queue, if there is one."""
        call = await self._send(_request("getDestinations"), who)
        if not call.ok:
            raise _problem("getDestinations", call)
        for each in _objects(_payload(call)):
            found = _destination(each, who)
            if found.arn == arn and found.destination_id:
                return found
        return None

    async def create_destination(self, who: Authorization, arn: str, name: str) -> Destination | None:
        """Creates it; None where Amazon says that there is one already."""
        request = _request("createDestination", name=name, resourceSpecification={"sqs": {"arn": arn}})
        text = (
            f"Create the destination {name!r} in {who.region} for the application {who.application}? "
            f"It lets Amazon deliver notifications to {arn}."
        )
        call = await self._change(request, who, text)
        if call.status == 409:
            return None
        if not call.ok:
            raise _problem("createDestination", call)
        found = _destination(_payload(call), who)
        if not found.destination_id:
            raise SetupError("createDestination answered without a destinationId; run the set-up again to look it up.")
        return msgspec.structs.replace(found, arn=found.arn or arn, name=found.name or name)

    async def delete_destination(self, who: Authorization, destination: Destination) -> None:
        """Deletes it; one that is gone already is fine."""
        text = (
            f"Delete the destination {destination.name or destination.destination_id!r} in {who.region}? Whatever "
            "else is subscribed to it through this application no longer arrives."
        )
        call = await self._change(_request("deleteDestination", destinationId=destination.destination_id), who, text)
        if not call.ok and call.status != 404:
            raise _problem("deleteDestination", call)

    async def find_subscription(self, who: Authorization) -> Subscription | None:
        """The seller's subscription through its application, wherever it delivers to; None where there is none."""
        call = await self._send(_request("getSubscription", **_TYPE, payloadVersion=PAYLOAD_VERSION), who)
        if call.status == 404:
            return None
        if not call.ok:
            raise _problem("getSubscription", call)
        return _subscription(_payload(call), who)

    async def create_subscription(self, who: Authorization, destination: Destination) -> Subscription | None:
        """Creates it; None where Amazon says that there is one already."""
        request = _request(
            "createSubscription", **_TYPE, payloadVersion=PAYLOAD_VERSION, destinationId=destination.destination_id
        )
        text = (
            f"Subscribe {who.seller} ({who.key}) to {ACCOUNT_STATUS_CHANGED}? Amazon then delivers each change of the "
            f"account's status to {destination.arn}."
        )
        call = await self._change(request, who, text)
        if call.status == 409:
            return None
        if not call.ok:
            raise _problem("createSubscription", call)
        found = _subscription(_payload(call), who)
        if found is None:
            raise SetupError("createSubscription answered without a subscriptionId; run the set-up again.")
        return msgspec.structs.replace(found, destination_id=found.destination_id or destination.destination_id)

    async def delete_subscription(self, who: Authorization, subscription_id: str) -> None:
        """Deletes it; one that is gone already is fine."""
        text = f"Delete the subscription of {who.seller} ({who.key})? Amazon stops delivering its account's status."
        request = _request("deleteSubscriptionById", **_TYPE, subscriptionId=subscription_id)
        call = await self._change(request, who, text)
        if not call.ok and call.status != 404:
            raise _problem("deleteSubscriptionById", call)

    async def _change(self, request: ApiRequest, who: Authorization, text: str) -> Call:
        name = request.operation.name
        if self._read_only:
            raise SetupError(f"{name} has side effects, and read_only is set in config.toml: not sent.", refused=True)
        if not await self._ask(SideEffect(request, who, text)):
            raise SetupError(f"{name} was not sent: nobody said yes to it.", refused=True)
        return await self._send(request, who)

    async def _send(self, request: ApiRequest, who: Authorization) -> Call:
        return await self._client.send(request, who)


def _request(operation: str, **values: Any) -> ApiRequest:
    return build_request(load_catalogue().find(f"notifications-v1.{operation}"), values)


def _problem(name: str, call: Call) -> SetupError:
    step = ""
    if call.status == 403 and name in ("getSubscription", "createSubscription"):
        step = (
            " ACCOUNT_STATUS_CHANGED needs the role Selling Partner Insights, granted to the application and "
            "authorized by the seller since. `sptui triage` finds out what is missing."
        )
    elif call.status == 403:
        step = (
            " Destinations take a grantless token: it is the application, not the seller, that is refused. Check its "
            "client secret and roles."
        )
    elif call.status == 400 and name == "createDestination":
        step = " Amazon tries the queue at once: `sptui notifications check` looks at its policy."
    reached = call.answer is not None
    return SetupError(f"{name}: {call.summary}{step}", found_out=reached and call.status < 500 and call.status != 429)


def _payload(call: Call) -> Any:
    data = call.answer.data if call.answer is not None else None
    return data.get("payload") if isinstance(data, dict) else None


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _destination(value: Any, who: Authorization) -> Destination:
    found = value if isinstance(value, dict) else {}
    resource = found.get("resource")
    sqs = resource.get("sqs") if isinstance(resource, dict) else None
    arn = _text(sqs, "arn")
    return Destination(_text(found, "destinationId"), who.application, who.region, arn, _text(found, "name"))


def _subscription(value: Any, who: Authorization) -> Subscription | None:
    found = _text(value, "subscriptionId")
    if not found:
        return None
    return Subscription(found, who.application, who.seller_id, who.region, _text(value, "destinationId"))


def _text(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
