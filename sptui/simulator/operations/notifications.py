"""Notifications API v1, read only so far: nobody has created a destination or a subscription."""

from __future__ import annotations

from typing import Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.replies import RefusalError, Reply, json_reply


def _get_destinations(context: CallContext) -> Reply:
    del context
    return json_reply(200, {"payload": []})


def _get_subscription(context: CallContext) -> Reply:
    """404 means that there is no subscription yet (model); the text of it has not been recorded."""
    kind = context.values["notificationType"]
    raise RefusalError(404, "NotFound", f"There is no subscription to {kind}.", error_type="")


HANDLERS: Final[dict[str, Handler]] = {
    "notifications-v1.getDestinations": _get_destinations,
    "notifications-v1.getSubscription": _get_subscription,
}
