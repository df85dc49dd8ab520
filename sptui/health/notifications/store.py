"""Notifications that were read, kept before anything else happens to them.

A notification names a subscription, not a seller (docs notifications guide), so the store also remembers which
subscription belongs to whom. One whose subscription is not known waits here until it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

import msgspec

from sptui.database import Database
from sptui.health.notifications.gaps import Gap, gaps_in
from sptui.health.notifications.message import (
    ACCOUNT_STATUS_CHANGED,
    Notification,
    OtherNotification,
    StatusChanged,
    Unreadable,
)
from sptui.health.notifications.subscriptions import SubscriptionBook, read_time, write_time
from sptui.health.status_change import StatusChange, StatusSource
from sptui.spapi.authorization import Authorization
from sptui.spapi.redaction import redact
from sptui.spapi.regions import Region

_MOST_KEPT_ASIDE: Final = 1000


class Fate(StrEnum):
    """What became of one notification."""

    STORED = "stored"
    KNOWN = "known"
    """It had been stored before: SQS delivers more than once."""
    UNASSIGNED = "unassigned"
    """Stored, but nobody knows whose subscription it is: it is left in the queue as well."""
    OTHER = "other"
    """Of another type: left alone, and not kept."""
    ASIDE = "aside"
    """It could not be read; its text is kept with the reason."""
    LEFT = "left"
    """It could not be read and nothing of it may be kept, so it is left where it is."""

    @property
    def is_settled(self) -> bool:
        """Whether all that sptui wants of it is on disk: only then may it be deleted from a queue."""
        return self in (Fate.STORED, Fate.KNOWN, Fate.ASIDE)


class Taken(msgspec.Struct, frozen=True):
    """What became of some notifications, in their order; the changes that are new; and where something is missing."""

    fates: tuple[Fate, ...] = ()
    changes: tuple[StatusChange, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def sellers(self) -> tuple[tuple[str, Region], ...]:
        """Seller id and region of all whose account status changed, or may have: ask for their report again."""
        return tuple(dict.fromkeys((each.seller_id, each.region) for each in self.changes))


class KeptAside(msgspec.Struct, frozen=True):
    """A message that could not be read."""

    received_at: datetime
    reason: str
    text: str


class KeepsStatusChanges(Protocol):
    """What the store asks of the history."""

    def store_status_changes(self, changes: Iterable[StatusChange], /) -> int:
        """Keeps changes, each once, whatever how often it comes; tells how many were new."""
        ...


class NotificationStore:
    """Notifications in the history's database, and whose they are (``book``). Raises DatabaseError alone."""

    def __init__(self, database: Database, history: KeepsStatusChanges, now: Callable[[], datetime]) -> None:
        self._database = database
        self._history = history
        self._now = now
        self.book = SubscriptionBook(database)

    # -- Notifications -------------------------------------------------------------------------------------------

    def take(
        self,
        notifications: Sequence[Notification],
        *,
        source: StatusSource = StatusSource.NOTIFICATION,
        owner: Authorization | None = None,
    ) -> Taken:
        """Keeps notifications; when it returns they are on disk. ``owner``: whose they are where nobody else is known.

        The history gets its change before the notification counts as known: whatever happens in between, the next
        delivery of the same message completes it.
        """
        changed = [each for each in notifications if isinstance(each, StatusChanged)]
        owners = self._owners(changed, owner)
        before = self._assigned([each.notification_id for each in changed])
        fates: list[Fate] = []
        changes: dict[str, StatusChange] = {}
        for each in notifications:
            if not isinstance(each, StatusChanged):
                fates.append(self._fate_of_unread(each))
                continue
            whose = owners(each.subscription_id)
            known = before.get(each.notification_id)
            if each.notification_id in changes or known:
                fates.append(Fate.KNOWN)
            elif whose is None:
                fates.append(Fate.UNASSIGNED)
            else:
                fates.append(Fate.STORED)
                changes[each.notification_id] = _change(each, *whose, source)
        new = tuple(sorted(changes.values(), key=lambda change: change.time))
        if new:
            self._history.store_status_changes(new)
        self._write(notifications, changes)
        return Taken(tuple(fates), new, self._gaps(new))

    def assign(self) -> Taken:
        """Gives the notifications that waited for their seller to the sellers that are known by now."""
        rows = self._database.query(
            "SELECT n.notification_id, s.seller_id, s.region, n.event_time, n.previous, n.current FROM notification n "
            "JOIN subscription s USING (subscription_id) WHERE n.seller_id = '' ORDER BY n.event_time"
        )
        new = tuple(
            StatusChange(id_, seller_id, Region(region), "", read_time(at), old, now, StatusSource.NOTIFICATION)
            for id_, seller_id, region, at, old, now in rows
        )
        if new:
            self._history.store_status_changes(new)
            self._database.write_many(
                "UPDATE notification SET seller_id = ?, region = ? WHERE notification_id = ?",
                [(each.seller_id, each.region.value, each.id) for each in new],
            )
        return Taken((Fate.STORED,) * len(new), new, self._gaps(new))

    def unassigned(self) -> int:
        """How many notifications wait for their seller."""
        return int(self._database.query("SELECT count(*) FROM notification WHERE seller_id = ''")[0][0])

    def newest(self, authorization: Authorization) -> datetime | None:
        """When the account's status changed last, as far as notifications tell."""
        rows = self._database.query(
            "SELECT max(event_time) FROM notification WHERE seller_id = ? AND region = ?",
            (authorization.seller_id, authorization.region.value),
        )
        return read_time(rows[0][0]) if rows[0][0] else None

    def newest_by_seller(self) -> dict[tuple[str, str], datetime]:
        """``newest`` of every seller id and region that has one."""
        rows = self._database.query(
            "SELECT seller_id, region, max(event_time) FROM notification WHERE seller_id <> '' GROUP BY 1, 2"
        )
        return {(seller_id, region): read_time(at) for seller_id, region, at in rows}

    def gaps(self, seller_id: str, region: Region) -> tuple[Gap, ...]:
        """Where a seller's notifications do not fit together: something in between was never delivered."""
        rows = self._database.query(
            "SELECT event_time, previous, current FROM notification WHERE seller_id = ? AND region = ? "
            "ORDER BY event_time, publish_time, notification_id",
            (seller_id, region.value),
        )
        return gaps_in(seller_id, region, [(read_time(at), old, new) for at, old, new in rows])

    def kept_aside(self) -> tuple[KeptAside, ...]:
        """The messages that could not be read, newest first."""
        rows = self._database.query("SELECT received_at, reason, body FROM notification_aside ORDER BY id DESC")
        return tuple(KeptAside(read_time(at), reason, body) for at, reason, body in rows)

    def count_aside(self) -> int:
        """How many messages could not be read."""
        return int(self._database.query("SELECT count(*) FROM notification_aside")[0][0])

    # -- Within --------------------------------------------------------------------------------------------------

    def _owners(
        self, changed: Sequence[StatusChanged], owner: Authorization | None
    ) -> Callable[[str], tuple[str, Region] | None]:
        found = self.book.with_ids(each.subscription_id for each in changed)
        known = {id_: (each.seller_id, each.region) for id_, each in found.items()}
        default = (owner.seller_id, owner.region) if owner else None
        return lambda subscription_id: known.get(subscription_id, default)

    def _assigned(self, ids: Sequence[str]) -> dict[str, bool]:
        """Of the notifications with these ids that are known: whether their seller is known as well."""
        rows = self._database.query(
            "SELECT notification_id, seller_id <> '' FROM notification "
            "WHERE notification_id IN (SELECT value FROM json_each(?))",
            (msgspec.json.encode(ids).decode(),),
        )
        return {id_: bool(assigned) for id_, assigned in rows}

    def _fate_of_unread(self, notification: OtherNotification | Unreadable) -> Fate:
        if isinstance(notification, OtherNotification):
            return Fate.OTHER
        return Fate.ASIDE if notification.text else Fate.LEFT

    def _write(self, notifications: Sequence[Notification], changes: dict[str, StatusChange]) -> None:
        received = write_time(self._now())
        statements: list[tuple[str, Sequence[Any]]] = []
        for each in notifications:
            if isinstance(each, StatusChanged):
                statements.append((_INSERT, _row(each, changes.get(each.notification_id), received)))
            elif isinstance(each, Unreadable):
                kept = each.text or f"(nothing of it is kept; SHA-256 {each.digest})"
                statements.append((_INSERT_ASIDE, (received, each.reason, kept, kept)))
        if any(isinstance(each, Unreadable) for each in notifications):
            statements.append((_FORGET_OLDEST_ASIDE, (_MOST_KEPT_ASIDE,)))
        if statements:
            self._database.write(statements)

    def _gaps(self, changes: Iterable[StatusChange]) -> tuple[Gap, ...]:
        """The gaps that the newest changes show: those at or after the earliest of them."""
        earliest: dict[tuple[str, Region], datetime] = {}
        for each in changes:
            key = (each.seller_id, each.region)
            earliest[key] = min(each.time, earliest.get(key, each.time))
        return tuple(
            gap for (who, where), since in earliest.items() for gap in self.gaps(who, where) if gap.time >= since
        )


_INSERT: Final = (
    "INSERT INTO notification (notification_id, type, subscription_id, event_time, publish_time, received_at, "
    "seller_id, region, previous, current) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (notification_id) "
    "DO UPDATE SET seller_id = excluded.seller_id, region = excluded.region "
    "WHERE notification.seller_id = '' AND excluded.seller_id <> ''"
)
_INSERT_ASIDE: Final = (
    "INSERT INTO notification_aside (received_at, reason, body) SELECT ?, ?, ? "
    "WHERE NOT EXISTS (SELECT 1 FROM notification_aside WHERE body = ?)"
)
_FORGET_OLDEST_ASIDE: Final = (
    "DELETE FROM notification_aside WHERE id <= (SELECT id FROM notification_aside ORDER BY id DESC LIMIT 1 OFFSET ?)"
)


def _row(found: StatusChanged, change: StatusChange | None, received: str) -> tuple[Any, ...]:
    return (
        found.notification_id,
        ACCOUNT_STATUS_CHANGED,
        found.subscription_id,
        write_time(found.event_time),
        write_time(found.publish_time) if found.publish_time else "",
        received,
        change.seller_id if change else "",
        change.region.value if change else "",
        redact(found.previous),
        redact(found.current),
    )


def _change(found: StatusChanged, seller_id: str, region: Region, source: StatusSource) -> StatusChange:
    previous, current = redact(found.previous), redact(found.current)
    return StatusChange(found.notification_id, seller_id, region, "", found.event_time, previous, current, source)
