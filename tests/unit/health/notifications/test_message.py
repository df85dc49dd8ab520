"""Notifications are read in every envelope and spelling; nothing ever comes out of the reading but a reading."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.health.notifications.message import (
    LARGEST_MESSAGE,
    Notification,
    OtherNotification,
    StatusChanged,
    Unreadable,
    read_notifications,
)

from .samples import CANARY, NEW_SECRET, OTHER, notification, pascal, text

PLAIN = notification()
EVENT_BRIDGE = {
    "version": "0",
    "id": "e-1",
    "detail-type": "ACCOUNT_STATUS_CHANGED",
    "source": "aws.partner/sellingpartnerapi.amazon.com/123/amzn1.sellerapps.app.one",
    "time": "2026-11-20T08:19:00Z",
    "resources": [],
}
EXPECTED = StatusChanged(
    notification_id="n-1",
    subscription_id="sub-north",
    event_time=datetime(2026, 11, 20, 8, 15, 0, 284000, tzinfo=UTC),
    publish_time=datetime(2026, 11, 20, 8, 18, 0, 284000, tzinfo=UTC),
    previous="NORMAL",
    current="AT_RISK",
)

FORMS: dict[str, Any] = {
    "as documented": PLAIN,
    "pascal case": pascal(PLAIN),
    "a JSON string": text(PLAIN),
    "a payload that is a JSON string": {**PLAIN, "payload": text(PLAIN["payload"])},
    "SNS": {"Type": "Notification", "MessageId": "m", "Message": text(PLAIN), "Timestamp": "2026-11-20T08:19:00Z"},
    "SNS with an object": {"Type": "Notification", "Message": PLAIN},
    "EventBridge": {**EVENT_BRIDGE, "detail": PLAIN},
    "EventBridge, pascal case": {**EVENT_BRIDGE, "detail": pascal(PLAIN)},
    "EventBridge over SNS": {"Message": text({**EVENT_BRIDGE, "detail": PLAIN})},
    "aws sqs receive-message": {"Messages": [{"MessageId": "m", "ReceiptHandle": "r", "Body": text(PLAIN)}]},
    "Lambda over SQS": {"Records": [{"messageId": "m", "body": text(PLAIN), "eventSource": "aws:sqs"}]},
    "Lambda over SNS": {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": text(PLAIN)}}]},
    "an array": [PLAIN],
    "an array of texts": [text(PLAIN)],
}


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_every_form_is_the_same_message(form: Any) -> None:
    assert read_notifications(text(form)) == (EXPECTED,)
    assert read_notifications(text(form).encode()) == (EXPECTED,)


def test_a_file_may_hold_one_message_a_line_an_array_or_several_lines_of_one() -> None:
    second = notification("AT_RISK", "DEACTIVATED", id="n-2")
    lines = f"{text(PLAIN)}\n\n{text(second)}\r\n"
    for data in (lines, text([PLAIN, second]), json.dumps([PLAIN, pascal(second)], indent=2)):
        assert [each.notification_id for each in changes(data)] == ["n-1", "n-2"]
    assert changes(json.dumps(PLAIN, indent=4)) == [EXPECTED]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_trouble(encoding: str) -> None:
    assert read_notifications(text(PLAIN).encode(encoding)) == (EXPECTED,)


def test_a_bad_line_leaves_the_others() -> None:
    found = read_notifications(f"{text(PLAIN)}\n{{cut\n{text(OTHER)}")
    assert [type(each) for each in found] == [StatusChanged, Unreadable, OtherNotification]


def test_statuses_are_an_open_set() -> None:
    (found,) = changes(text(notification("SUSPENDED", "ZUKÜNFTIG")))
    assert (found.previous, found.current) == ("SUSPENDED", "ZUKÜNFTIG")


def test_what_may_be_missing() -> None:
    message = notification()
    del message["eventTime"], message["payload"]["accountStatusChangeNotification"]["previousAccountStatus"]
    del message["notificationMetadata"]["notificationId"], message["notificationMetadata"]["subscriptionId"]
    (found,) = changes(text(message))
    assert found.event_time == EXPECTED.publish_time
    assert (found.previous, found.subscription_id) == ("", "")
    assert found.notification_id.startswith("content:")
    assert changes(text(dict(reversed(message.items()))))[0].notification_id == found.notification_id
    message["payload"]["accountStatusChangeNotification"]["currentAccountStatus"] = "NORMAL"
    assert changes(text(message))[0].notification_id != found.notification_id


def _without_time() -> dict[str, Any]:
    message = notification(at="soon")
    del message["notificationMetadata"]["publishTime"]
    return message


UNREADABLE: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "no JSON"),
    "no JSON": ("<html>", "no JSON"),
    "cut": (text(PLAIN)[:-9], "no JSON"),
    "no text": (b"\x80\x81\xff", "not UTF-8"),
    "an empty array": ("[]", "no message"),
    "a number": ("7", "a number where"),
    "null": ("null", "null where"),
    "another object": ('{"hello": "world"}', "without a notificationType"),
    "a type that is no word": ('{"notificationType": 7}', "no word"),
    "no status": (text({**PLAIN, "payload": {}}), "no currentAccountStatus"),
    "a status that is no word": (text(notification(current=7)), "no currentAccountStatus"),  # type: ignore[arg-type]
    "no time": (text(_without_time()), "no eventTime"),
    "too large": (" " * LARGEST_MESSAGE + text(PLAIN), "larger than"),
    "too deep": ("[" * 20 + text(PLAIN) + "]" * 20, "wrapped more than"),
    "far too deep": ("[" * 100_000, "no JSON"),
    "wrapped in texts": (json.dumps(json.dumps(json.dumps(json.dumps("x")))), "no JSON"),
}


@pytest.mark.parametrize(("body", "reason"), UNREADABLE.values(), ids=list(UNREADABLE))
def test_tells_why_something_cannot_be_read(body: str | bytes, reason: str) -> None:
    (found,) = read_notifications(body)
    assert isinstance(found, Unreadable)
    assert reason in found.reason


def test_other_types_are_named_and_nothing_else_of_them_is_kept() -> None:
    for message in (OTHER, NEW_SECRET):
        (found,) = read_notifications(text(message))
        assert isinstance(found, OtherNotification)
        assert CANARY not in repr(found)
    assert read_notifications(text(OTHER)) == (OtherNotification("ORDER_CHANGE"),)


def test_of_a_broken_message_only_one_about_an_accounts_status_is_kept_and_without_secrets() -> None:
    for message in (OTHER, NEW_SECRET):
        (found,) = read_notifications(text(message)[:-2])
        assert isinstance(found, Unreadable)
        assert (found.text, CANARY in found.reason) == ("", False)
    secret = {**PLAIN, "payload": {"accountStatusChangeNotification": {}, "newClientSecret": f"{CANARY}secret"}}
    for body in (text(secret), text(secret)[:-2], text({"Message": text(secret)})[:-2], text(text(secret))):
        (found,) = read_notifications(body)
        assert isinstance(found, Unreadable)
        assert "accountStatusChangeNotification" in found.text
        assert CANARY not in found.text


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=8), each, max_size=4),
    max_leaves=20,
)
FIELDS = st.sampled_from(
    ["notificationType", "NotificationType", "payload", "Payload", "eventTime", "notificationMetadata", "detail",
     "Message", "Body", "Messages", "Records", "accountStatusChangeNotification", "currentAccountStatus"]
)  # fmt: skip


@given(st.binary(max_size=400) | st.text(max_size=400))
def test_never_raises_for_any_bytes_or_text(body: bytes | str) -> None:
    assert read_notifications(body)


@given(st.dictionaries(FIELDS, JSON_VALUES | st.dictionaries(FIELDS, JSON_VALUES, max_size=4), max_size=6))
def test_never_raises_for_any_json(value: dict[str, Any]) -> None:
    assert read_notifications(text(value))


@given(st.data())
def test_never_raises_for_a_mutated_message_and_reads_no_status_that_is_not_there(data: st.DataObject) -> None:
    message = data.draw(st.sampled_from(list(FORMS.values())))
    mutated = _mutate(data, json.loads(text(message)))
    for each in read_notifications(text(mutated)):
        if isinstance(each, StatusChanged):
            assert each.current.strip() == each.current != ""
            assert each.event_time.tzinfo is not None
            assert each.notification_id


@given(st.data())
def test_a_cut_or_flipped_message_is_read_or_told(data: st.DataObject) -> None:
    body = bytearray(text(data.draw(st.sampled_from(list(FORMS.values())))).encode())
    for _ in range(data.draw(st.integers(0, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    assert read_notifications(bytes(body[: data.draw(st.integers(0, len(body)))]))


def changes(body: str) -> list[StatusChanged]:
    found: tuple[Notification, ...] = read_notifications(body)
    assert all(isinstance(each, StatusChanged) for each in found), found
    return [each for each in found if isinstance(each, StatusChanged)]


def _mutate(data: st.DataObject, value: Any) -> Any:
    """Somewhere within, something else."""
    if isinstance(value, dict) and value and data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(value)))
        return {**value, name: _mutate(data, value[name])}
    if isinstance(value, list) and value and data.draw(st.booleans()):
        return [_mutate(data, value[0]), *value[1:]]
    return data.draw(JSON_VALUES)
