"""Which subscription belongs to which seller, and where it delivers to, as it was last seen at Amazon."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import msgspec

from sptui.database import Database
from sptui.spapi.authorization import Authorization
from sptui.spapi.regions import Region

PAYLOAD_VERSION: Final = "2021-01-01"
"""Of ACCOUNT_STATUS_CHANGED (docs notifications guide)."""


class Subscription(msgspec.Struct, frozen=True):
    """A subscription to ACCOUNT_STATUS_CHANGED as it was last seen at Amazon."""

    subscription_id: str
    client_id: str
    seller_id: str
    region: Region
    destination_id: str
    created_at: datetime | None = None
    """When sptui created it; None where it was there before."""


class Destination(msgspec.Struct, frozen=True):
    """A destination as it was last seen at Amazon: it belongs to an application in a region."""

    destination_id: str
    client_id: str
    region: Region
    arn: str
    name: str = ""
    created_at: datetime | None = None
    """When sptui created it; None where it was there before."""


_SUBSCRIPTIONS: Final = (
    "SELECT subscription_id, client_id, seller_id, region, destination_id, created_at FROM subscription"
)
_FORGET_OTHERS: Final = """
    DELETE FROM subscription WHERE client_id = ? AND seller_id = ? AND region = ? AND subscription_id <> ?
"""
_SUBSCRIPTION: Final = """
    INSERT INTO subscription
        (subscription_id, client_id, seller_id, region, destination_id, payload_version, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (subscription_id) DO UPDATE SET client_id = excluded.client_id, seller_id = excluded.seller_id,
        region = excluded.region, destination_id = excluded.destination_id,
        created_at = CASE WHEN excluded.created_at = '' THEN created_at ELSE excluded.created_at END
"""
_DESTINATION: Final = """
    INSERT INTO destination (destination_id, client_id, region, arn, name, created_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (destination_id, client_id, region) DO UPDATE SET arn = excluded.arn, name = excluded.name,
        created_at = CASE WHEN excluded.created_at = '' THEN created_at ELSE excluded.created_at END
"""


class SubscriptionBook:
    """Subscriptions and destinations in the history's database. Raises DatabaseError alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def subscriptions(self) -> tuple[Subscription, ...]:
        """All that are known."""
        return self._found("ORDER BY seller_id, region, subscription_id")

    def with_ids(self, ids: Iterable[str]) -> dict[str, Subscription]:
        """Those of these ids that are known."""
        wanted = msgspec.json.encode(sorted(set(ids))).decode()
        found = self._found("WHERE subscription_id IN (SELECT value FROM json_each(?))", wanted)
        return {each.subscription_id: each for each in found}

    def subscription_of(self, authorization: Authorization) -> Subscription | None:
        """The one of an authorization, through its application."""
        wanted = (authorization.application, authorization.seller_id, authorization.region.value)
        return next(iter(self._found("WHERE client_id = ? AND seller_id = ? AND region = ?", *wanted)), None)

    def remember_subscription(self, found: Subscription) -> None:
        """Keeps one, in place of another of the same application and seller; when sptui created it stays known."""
        whose = (found.client_id, found.seller_id, found.region.value)
        values = (
            found.subscription_id, *whose, found.destination_id, PAYLOAD_VERSION,
            write_time(found.created_at) if found.created_at else "",
        )  # fmt: skip
        self._database.write(
            [
                (_FORGET_OTHERS, (*whose, found.subscription_id)),
                (_SUBSCRIPTION, values),
            ]
        )

    def forget_subscription(self, subscription_id: str) -> None:
        """Drops one that was deleted at Amazon. What it delivered stays."""
        self._database.write([("DELETE FROM subscription WHERE subscription_id = ?", (subscription_id,))])

    def destinations(self) -> tuple[Destination, ...]:
        """All that are known."""
        rows = self._database.query(
            "SELECT destination_id, client_id, region, arn, name, created_at FROM destination "
            "ORDER BY client_id, region, destination_id"
        )
        return tuple(
            Destination(id_, client_id, Region(region), arn, name, _maybe_time(at))
            for id_, client_id, region, arn, name, at in rows
        )

    def remember_destination(self, found: Destination) -> None:
        """Keeps one; when sptui created it stays known."""
        key = (found.destination_id, found.client_id, found.region.value)
        created = write_time(found.created_at) if found.created_at else ""
        self._database.write([(_DESTINATION, (*key, found.arn, found.name, created))])

    def forget_destination(self, found: Destination) -> None:
        """Drops one that was deleted at Amazon."""
        self._database.write(
            [
                (
                    "DELETE FROM destination WHERE destination_id = ? AND client_id = ? AND region = ?",
                    (found.destination_id, found.client_id, found.region.value),
                )
            ]
        )

    def _found(self, which: str, *values: str) -> tuple[Subscription, ...]:
        rows = self._database.query(f"{_SUBSCRIPTIONS} {which}", values)
        return tuple(
            Subscription(id_, client_id, seller_id, Region(region), destination_id, _maybe_time(at))
            for id_, client_id, seller_id, region, destination_id, at in rows
        )


def write_time(moment: datetime) -> str:
    """A moment for the tables, of one length, so that the texts sort as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def read_time(text: str) -> datetime:
    """A moment from the tables."""
    return datetime.fromisoformat(text)


def _maybe_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
