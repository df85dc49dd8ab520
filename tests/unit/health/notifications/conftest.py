"""A store over a history in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sptui.health.history import History
from sptui.health.notifications.store import NotificationStore
from sptui.health.notifications.subscriptions import Subscription
from sptui.spapi.authorization import Authorization

from .samples import HERON, NORTHWIND

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def history() -> Iterator[History]:
    made = History(None)
    yield made
    made.close()


@pytest.fixture
def store(history: History) -> NotificationStore:
    """Knows the subscriptions ``sub-north`` and ``sub-heron``."""
    made = NotificationStore(history.database, history, lambda: NOW)
    for who, subscription_id in ((NORTHWIND, "sub-north"), (HERON, "sub-heron")):
        made.book.remember_subscription(subscription(who, subscription_id))
    return made


def subscription(who: Authorization, subscription_id: str, destination_id: str = "dest-1") -> Subscription:
    """A subscription of ``who``."""
    return Subscription(subscription_id, who.application, who.seller_id, who.region, destination_id)
