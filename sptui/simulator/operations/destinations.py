"""Notifications API v1: destinations. Grantless: they are the application's, in one region (notifications guide)."""

from __future__ import annotations

import re
from typing import Any, Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.replies import USUAL_ERRORS, RefusalError, Reply, json_reply
from sptui.simulator.speech import unparsable
from sptui.simulator.subscribers import Destination

_ARN: Final = re.compile(r"arn:aws:sqs:\S+:\S+:\S+")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_LONGEST_ARN: Final = 1000
_LONGEST_NAME: Final = 256


def _create_destination(context: CallContext) -> Reply:
    name, wanted = context.values["name"], context.values["resourceSpecification"]
    if not name or len(name) > _LONGEST_NAME:
        raise unparsable()
    resource = _resource(context, wanted)
    client, region = context.caller.application.client_id, context.region
    store = context.memory.subscribers
    destinations = store.destinations(client, region)
    made = Destination(store.next_id(client, region), name, resource)
    if any(each.arn.rpartition(".")[0] == made.arn.rpartition(".")[0] for each in destinations.values()):
        told = f"A destination with arn {made.arn} already exists for the application {store.application_id(client)}"
        raise RefusalError(409, *USUAL_ERRORS[409], told)
    destinations[made.id] = made
    return json_reply(200, {"payload": made.as_json()})


def _resource(context: CallContext, wanted: dict[str, Any]) -> dict[str, Any]:
    """What the destination is; queues that deliver in order are not supported (notifications guide)."""
    sqs, bridge = wanted.get("sqs"), wanted.get("eventBridge")
    if (sqs is None) == (bridge is None):
        raise unparsable()
    if sqs is not None:
        arn = sqs.get("arn") if isinstance(sqs, dict) else None
        if not isinstance(arn, str) or len(arn) > _LONGEST_ARN or not _ARN.fullmatch(arn) or arn.endswith(".fifo"):
            raise unparsable()
        return {"sqs": {"arn": arn}}
    account, region = (bridge.get("accountId"), bridge.get("region")) if isinstance(bridge, dict) else (None, None)
    if not isinstance(account, str) or not isinstance(region, str) or not region or not _ACCOUNT.fullmatch(account):
        raise unparsable()
    source = context.memory.subscribers.event_source(context.caller.application.client_id, f"{region}/{account}")
    return {"eventBridge": {"name": source, "region": region, "accountId": account}}


def _get_destinations(context: CallContext) -> Reply:
    found = context.memory.subscribers.destinations(context.caller.application.client_id, context.region)
    return json_reply(200, {"payload": [each.as_json() for each in found.values()]})


def _get_destination(context: CallContext) -> Reply:
    return json_reply(200, {"payload": _found(context).as_json()})


def _delete_destination(context: CallContext) -> Reply:
    """Subscriptions to it stay, and lead nowhere."""
    gone = _found(context)
    del context.memory.subscribers.destinations(context.caller.application.client_id, context.region)[gone.id]
    return json_reply(200, {})


def _found(context: CallContext) -> Destination:
    destinations = context.memory.subscribers.destinations(context.caller.application.client_id, context.region)
    found = destinations.get(context.values["destinationId"])
    if found is None:
        raise RefusalError(404, *USUAL_ERRORS[404], error_type="")
    return found


HANDLERS: Final[dict[str, Handler]] = {
    "notifications-v1.createDestination": _create_destination,
    "notifications-v1.getDestinations": _get_destinations,
    "notifications-v1.getDestination": _get_destination,
    "notifications-v1.deleteDestination": _delete_destination,
}
