"""Destinations and subscriptions of the Notifications API, as created so far.

Destinations belong to an application in a region; a subscription to application, seller, region, type and payload
version (notifications model; selling-partner-api-models issue 2145).
"""

from __future__ import annotations

from typing import Any

import msgspec

from sptui.simulator.seeded import DIGITS, Seeded
from sptui.spapi.regions import Region


class Destination(msgspec.Struct, frozen=True):
    """Where messages go: ``resource`` has either ``sqs`` or ``eventBridge``, as the model writes it."""

    id: str
    name: str
    resource: dict[str, Any]

    @property
    def arn(self) -> str:
        """The queue's name, or that of the partner event source."""
        if "sqs" in self.resource:
            return str(self.resource["sqs"]["arn"])
        return str(self.resource["eventBridge"]["name"])

    def as_json(self) -> dict[str, Any]:
        """As answers write it."""
        return {"name": self.name, "destinationId": self.id, "resource": self.resource}


class Subscription(msgspec.Struct, frozen=True):
    """What a seller's events are sent for, and where to."""

    id: str
    seller_id: str
    kind: str
    version: str
    destination_id: str
    directive: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """As answers write it."""
        found: dict[str, Any] = {
            "subscriptionId": self.id,
            "payloadVersion": self.version,
            "destinationId": self.destination_id,
        }
        return {**found, **({"processingDirective": self.directive} if self.directive else {})}


class SubscriberStore:
    """Everything by application (client id) and region."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self._count = 0
        self._destinations: dict[tuple[str, Region], dict[str, Destination]] = {}
        self._subscriptions: dict[tuple[str, Region], dict[str, Subscription]] = {}

    def application_id(self, client_id: str) -> str:
        """The application's id, which Amazon puts into texts; it is not the client id."""
        return f"amzn1.sp.solution.{self._seeded.uuid('application', client_id)}"

    def next_id(self, client_id: str, region: Region) -> str:
        """An id for what is created next."""
        self._count += 1
        return self._seeded.uuid("notifications", client_id, region, self._count)

    def event_source(self, client_id: str, account_id: str) -> str:
        """The partner event source that Amazon makes for an AWS account."""
        number = self._seeded.text(12, "event source", client_id, account_id, alphabet=DIGITS)
        return f"aws.partner/sellingpartnerapi.amazon.com/{account_id}/{self.application_id(client_id)}.{number}"

    def destinations(self, client_id: str, region: Region) -> dict[str, Destination]:
        """The application's destinations in the region, by id; changing it changes them."""
        return self._destinations.setdefault((client_id, region), {})

    def subscriptions(self, client_id: str, region: Region) -> dict[str, Subscription]:
        """The application's subscriptions in the region, by id, of every seller; changing it changes them."""
        return self._subscriptions.setdefault((client_id, region), {})
