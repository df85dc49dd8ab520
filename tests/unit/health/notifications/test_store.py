"""What was read is kept once, in order, for the right seller; what does not fit together is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.database import DatabaseError
from sptui.health.history import History
from sptui.health.notifications.message import read_notifications
from sptui.health.notifications.store import Fate, NotificationStore, Taken
from sptui.health.notifications.subscriptions import Destination
from sptui.health.status_change import StatusSource

from .conftest import NOW, subscription
from .samples import CANARY, HERON, NORTHWIND, NORTHWIND_EU, OTHER, notification, text

FIRST = notification("NORMAL", "AT_RISK", id="n-1", at="2026-11-01T00:00:00Z")
SECOND = notification("AT_RISK", "DEACTIVATED", id="n-2", at="2026-11-02T00:00:00Z")
THIRD = notification("DEACTIVATED", "NORMAL", id="n-3", at="2026-11-03T00:00:00Z")


def take(store: NotificationStore, *messages: Any, **options: Any) -> Taken:
    return store.take([one for each in messages for one in read_notifications(text(each))], **options)


def told(history: History) -> list[str]:
    return [f"{each.seller_id} {each.previous}>{each.current}" for each in history.status_changes()]


def test_a_notification_becomes_a_change_of_its_seller(store: NotificationStore, history: History) -> None:
    taken = take(store, FIRST)
    (change,) = history.status_changes(NORTHWIND)
    assert taken.fates == (Fate.STORED,)
    assert taken.changes == (change,)
    assert taken.sellers == ((NORTHWIND.seller_id, NORTHWIND.region),)
    assert (change.id, change.previous, change.current, change.marketplace_id) == ("n-1", "NORMAL", "AT_RISK", "")
    assert change.source is StatusSource.NOTIFICATION
    assert store.newest(NORTHWIND) == change.time
    assert store.newest(HERON) is None


def test_a_duplicate_changes_nothing(store: NotificationStore, history: History) -> None:
    assert take(store, FIRST, FIRST).fates == (Fate.STORED, Fate.KNOWN)
    again = take(store, FIRST)
    assert (again.fates, again.changes) == ((Fate.KNOWN,), ())
    assert len(history.status_changes()) == 1


def test_order_is_that_of_the_events_whatever_came_first(store: NotificationStore, history: History) -> None:
    take(store, THIRD)
    take(store, FIRST)
    taken = take(store, SECOND)
    assert told(history) == [
        "A1NORTHWIND NORMAL>AT_RISK", "A1NORTHWIND AT_RISK>DEACTIVATED", "A1NORTHWIND DEACTIVATED>NORMAL"
    ]  # fmt: skip
    assert taken.gaps == store.gaps(NORTHWIND.seller_id, NORTHWIND.region) == ()


def test_publish_time_orders_events_of_one_moment(store: NotificationStore) -> None:
    at = "2026-11-01T00:00:00Z"
    later = notification("AT_RISK", "DEACTIVATED", id="a", at=at, published="2026-11-01T00:02:00Z")
    earlier = notification("NORMAL", "AT_RISK", id="b", at=at, published="2026-11-01T00:01:00Z")
    assert take(store, later, earlier).gaps == ()


def test_a_missing_notification_shows_as_a_gap(store: NotificationStore) -> None:
    assert take(store, FIRST).gaps == ()
    (gap,) = take(store, THIRD).gaps
    assert (gap.expected, gap.told) == ("AT_RISK", "DEACTIVATED")
    assert "AT_RISK was last known" in gap.in_words
    assert take(store, SECOND).gaps == ()
    assert store.gaps(NORTHWIND.seller_id, NORTHWIND.region) == ()


def test_a_change_to_the_same_status_is_a_gap(store: NotificationStore) -> None:
    (gap,) = take(store, notification("AT_RISK", "AT_RISK")).gaps
    assert "from AT_RISK to AT_RISK" in gap.in_words


def test_an_old_gap_is_not_told_with_every_further_change(store: NotificationStore) -> None:
    take(store, FIRST, THIRD)
    fourth = notification("NORMAL", "AT_RISK", id="n-4", at="2026-11-04T00:00:00Z")
    assert take(store, fourth).gaps == ()
    assert len(store.gaps(NORTHWIND.seller_id, NORTHWIND.region)) == 1


def test_a_secret_in_a_status_is_masked(store: NotificationStore, history: History) -> None:
    take(store, notification(f"Atza|{CANARY}", f"Atzr|{CANARY}", id="n-9"))
    for question in ("SELECT * FROM notification", "SELECT * FROM status_change"):
        rows = history.database.query(question)
        assert CANARY not in repr(rows)
        assert "n-9" in repr(rows)


def test_sellers_are_kept_apart(store: NotificationStore) -> None:
    other = notification("DEACTIVATED", "NORMAL", id="h-1", subscription="sub-heron")
    taken = take(store, FIRST, other)
    assert {each.seller_id for each in taken.changes} == {NORTHWIND.seller_id, HERON.seller_id}
    assert taken.gaps == ()


def test_an_unknown_subscription_waits_for_its_seller(store: NotificationStore, history: History) -> None:
    message = notification(id="e-1", subscription="sub-later")
    for _ in range(2):
        taken = take(store, message)
        assert (taken.fates, taken.changes) == ((Fate.UNASSIGNED,), ())
        assert not taken.fates[0].is_settled
    assert (store.unassigned(), store.assign().changes, history.status_changes()) == (1, (), ())
    store.book.remember_subscription(subscription(NORTHWIND_EU, "sub-later"))
    (change,) = store.assign().changes
    assert history.status_changes(NORTHWIND_EU) == (change,)
    assert (store.unassigned(), store.assign().changes) == (0, ())
    assert take(store, message).fates == (Fate.KNOWN,)


def test_the_next_delivery_finds_the_seller_too(store: NotificationStore, history: History) -> None:
    message = notification(id="e-1", subscription="sub-later")
    take(store, message)
    store.book.remember_subscription(subscription(NORTHWIND_EU, "sub-later"))
    assert take(store, message).fates == (Fate.STORED,)
    assert len(history.status_changes(NORTHWIND_EU)) == 1
    assert store.unassigned() == 0


def test_an_import_may_name_the_seller(store: NotificationStore, history: History) -> None:
    message = notification(id="i-1", subscription="")
    taken = take(store, message, FIRST, source=StatusSource.IMPORT, owner=HERON)
    assert [each.seller_id for each in taken.changes] == [NORTHWIND.seller_id, HERON.seller_id]
    assert {each.source for each in history.status_changes()} == {StatusSource.IMPORT}


def test_other_types_leave_no_trace_and_poison_is_kept_once(store: NotificationStore, history: History) -> None:
    poison = {"notificationType": "ACCOUNT_STATUS_CHANGED", "refresh_token": f"Atzr|{CANARY}"}
    for _ in range(2):
        assert take(store, OTHER, poison, {"garbage": CANARY}, FIRST).fates[:3] == (Fate.OTHER, Fate.ASIDE, Fate.LEFT)
    garbage, kept = store.kept_aside()
    assert (kept.received_at, kept.reason) == (NOW, "it tells no currentAccountStatus")
    assert "ACCOUNT_STATUS_CHANGED" in kept.text
    assert "nothing of it is kept" in garbage.text
    assert CANARY not in "\n".join(map(str, history.database.query("SELECT * FROM notification_aside")))
    assert len(history.status_changes()) == 1


def test_poison_does_not_fill_the_disk(store: NotificationStore) -> None:
    for number in range(1010):
        take(store, {"notificationType": "ACCOUNT_STATUS_CHANGED", "number": number})
    kept = store.kept_aside()
    assert len(kept) == 1000
    assert '"number":1009' in kept[0].text


def test_a_crash_between_history_and_notification_is_made_good(store: NotificationStore, history: History) -> None:
    take(store, FIRST)
    history.database.write([("DELETE FROM notification", ())])
    assert take(store, FIRST).fates == (Fate.STORED,)
    assert len(history.status_changes()) == 1


def test_everything_outlives_the_program(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    destination = Destination("dest-1", NORTHWIND.application, NORTHWIND.region, "arn:aws:sqs:x:1:q", "sptui", NOW)
    for _ in range(2):
        history = History(path)
        store = NotificationStore(history.database, history, lambda: NOW)
        store.book.remember_subscription(subscription(NORTHWIND, "sub-north"))
        store.book.remember_destination(destination)
        take(store, FIRST)
        assert len(history.status_changes()) == 1
        assert store.book.destinations() == (destination,)
        history.close()


def test_a_seller_has_one_subscription_through_an_application(store: NotificationStore) -> None:
    store.book.remember_subscription(subscription(NORTHWIND, "sub-new"))
    found = store.book.subscription_of(NORTHWIND)
    assert found is not None
    assert found.subscription_id == "sub-new"
    assert [each.subscription_id for each in store.book.subscriptions()] == ["sub-new", "sub-heron"]
    assert store.book.subscription_of(NORTHWIND_EU) is None


def test_a_closed_history_is_told_as_such(store: NotificationStore, history: History) -> None:
    history.close()
    with pytest.raises(DatabaseError):
        take(store, FIRST)


@given(st.permutations([FIRST, SECOND, THIRD, FIRST, OTHER, SECOND]), st.integers(1, 6))
def test_batches_duplicates_and_order_do_not_matter(messages: list[Any], size: int) -> None:
    history = History(None)
    try:
        store = NotificationStore(history.database, history, lambda: NOW)
        store.book.remember_subscription(subscription(NORTHWIND, "sub-north"))
        for start in range(0, len(messages), size):
            take(store, *messages[start : start + size])
        assert [each.id for each in history.status_changes(NORTHWIND)] == ["n-1", "n-2", "n-3"]
        assert store.gaps(NORTHWIND.seller_id, NORTHWIND.region) == ()
    finally:
        history.close()
