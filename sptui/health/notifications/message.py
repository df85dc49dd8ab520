"""One notification, in whatever envelope it comes.

Amazon documents a camelCase envelope for ACCOUNT_STATUS_CHANGED and PascalCase for older types (docs notifications
guide); SNS, EventBridge, Lambda and ``aws sqs receive-message`` each wrap another one around it. All are read alike.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from sptui.spapi.redaction import redact

ACCOUNT_STATUS_CHANGED: Final = "ACCOUNT_STATUS_CHANGED"
LARGEST_MESSAGE: Final = 1024 * 1024
"""Bytes of an SQS message (AWS SQS quotas)."""
LARGEST_FILE: Final = 64 * 1024 * 1024

_MOST_MESSAGES: Final = 100_000
_DEEPEST: Final = 8
_LONGEST_WORD: Final = 256
_KEPT_CHARACTERS: Final = 32_768
_WRAPPERS: Final = ("detail", "message", "body", "sns", "messages", "records")
"""EventBridge, SNS, SQS, SNS inside Lambda, ``aws sqs receive-message``, Lambda; in small letters."""


class StatusChanged(msgspec.Struct, frozen=True):
    """An ACCOUNT_STATUS_CHANGED. The statuses are Amazon's words, known or not; ``previous`` may be "".

    It names neither seller nor marketplace: ``subscription_id`` ("" where it is missing) leads to the seller.
    ``notification_id`` is made of the content where Amazon sent none. ``publish_time`` may be missing.
    """

    notification_id: str
    subscription_id: str
    event_time: datetime
    publish_time: datetime | None
    previous: str
    current: str


class OtherNotification(msgspec.Struct, frozen=True):
    """A notification of another type: not sptui's to read."""

    type: str


class Unreadable(msgspec.Struct, frozen=True):
    """What could not be understood. ``text`` is what may be kept of it: tokens masked, and "" unless it speaks of an
    account's status, because messages of other types may hold buyers' data. ``digest`` tells two of them apart.
    """

    reason: str
    text: str
    digest: str


Notification = StatusChanged | OtherNotification | Unreadable


def read_notifications(body: bytes | str, *, limit: int = LARGEST_MESSAGE) -> tuple[Notification, ...]:
    """Every notification in a message's body or in a file, at least one entry; never raises.

    A file holds one message, an array, or one message a line; UTF-8, or UTF-16 with a byte order mark.
    """
    data = body.encode("utf-8", errors="surrogatepass") if isinstance(body, str) else body
    if len(data) > limit:
        return (_unreadable(data[:_KEPT_CHARACTERS], f"larger than {limit // 1024} KiB"),)
    try:
        text = _decode(data)
    except UnicodeDecodeError:
        return (_unreadable(data, "not UTF-8 text"),)
    found: list[Notification] = []
    for each in _notifications(text):
        if len(found) == _MOST_MESSAGES:
            found.append(_unreadable("", f"more than {_MOST_MESSAGES} messages; the rest was not read"))
            break
        found.append(each)
    return tuple(found) or (_unreadable(data, "no message in it"),)


# -- Envelopes -------------------------------------------------------------------------------------------------------


def _notifications(text: str) -> Iterator[Notification]:
    try:
        yield from _unwrap(_parse(text), 0)
    except (ValueError, RecursionError) as problem:
        lines = [each for each in text.splitlines() if each.strip()]
        if len(lines) < 2 or not any(map(_is_json, lines)):
            yield _unreadable(text, f"no JSON: {problem}")
            return
        for each in lines:
            yield from _of_line(each)


def _of_line(text: str) -> Iterator[Notification]:
    try:
        value = _parse(text)
    except (ValueError, RecursionError) as problem:
        yield _unreadable(text, f"no JSON: {problem}")
    else:
        yield from _unwrap(value, 0)


def _unwrap(value: Any, depth: int) -> Iterator[Notification]:
    if depth > _DEEPEST:
        yield _unreadable(value, f"wrapped more than {_DEEPEST} times")
    elif isinstance(value, str):
        yield from _unwrap_text(value, depth)
    elif isinstance(value, list):
        for each in value:
            yield from _unwrap(each, depth + 1)
    elif isinstance(value, dict):
        yield from _unwrap_object(value, depth)
    else:
        yield _unreadable(value, f"{_kind(value)} where a message was expected")


def _unwrap_text(text: str, depth: int) -> Iterator[Notification]:
    try:
        value = _parse(text)
    except (ValueError, RecursionError):
        yield _unreadable(text, "a text that is no JSON where a message was expected")
    else:
        yield from _unwrap(value, depth + 1)


def _unwrap_object(value: dict[str, Any], depth: int) -> Iterator[Notification]:
    fields = _fields(value)
    if "notificationtype" in fields:
        yield _read(value, fields)
        return
    for name in _WRAPPERS:
        if isinstance(fields.get(name), str | dict | list):
            yield from _unwrap(fields[name], depth + 1)
            return
    yield _unreadable(value, "a JSON object without a notificationType")


# -- The message itself ----------------------------------------------------------------------------------------------


def _read(value: dict[str, Any], fields: Mapping[str, Any]) -> Notification:
    kind = _word(fields.get("notificationtype"))
    if not kind:
        return _unreadable(value, "its notificationType is no word")
    if kind != ACCOUNT_STATUS_CHANGED:
        return OtherNotification(kind)
    change = _inner(_inner(fields, "payload"), "accountstatuschangenotification")
    current = _word(change.get("currentaccountstatus"))
    if not current:
        return _unreadable(value, "it tells no currentAccountStatus")
    metadata = _inner(fields, "notificationmetadata")
    published = _moment(metadata.get("publishtime"))
    happened = _moment(fields.get("eventtime")) or published
    if happened is None:
        return _unreadable(value, "it tells no eventTime and no publishTime")
    return StatusChanged(
        notification_id=_word(metadata.get("notificationid")) or f"content:{_digest(_canonical(value))}",
        subscription_id=_word(metadata.get("subscriptionid")),
        event_time=happened,
        publish_time=published,
        previous=_word(change.get("previousaccountstatus")),
        current=current,
    )


def _fields(value: Any) -> dict[str, Any]:
    """The fields by their names in small letters: both of Amazon's spellings are one."""
    if not isinstance(value, dict):
        return {}
    found: dict[str, Any] = {}
    for name, each in value.items():
        found.setdefault(name.lower(), each)
    return found


def _inner(fields: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The fields of an object within, also where it is written as a JSON string."""
    value = fields.get(name)
    if isinstance(value, str):
        try:
            value = _parse(value)
        except (ValueError, RecursionError):
            return {}
    return _fields(value)


def _word(value: Any) -> str:
    """A short text, or "" for anything else."""
    return value.strip() if isinstance(value, str) and len(value) <= _LONGEST_WORD else ""


def _moment(value: Any) -> datetime | None:
    """The moment in UTC; one without a zone is taken as UTC."""
    try:
        moment = datetime.fromisoformat(_word(value))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# -- Text ------------------------------------------------------------------------------------------------------------


def _decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def _parse(text: str) -> Any:
    """Raises ValueError (msgspec's among them) and RecursionError."""
    return msgspec.json.decode(text)


def _is_json(text: str) -> bool:
    try:
        _parse(text)
    except (ValueError, RecursionError):
        return False
    return True


def _unreadable(what: Any, reason: str) -> Unreadable:
    text = _text_of(what)
    speaks_of_it = "accountstatus" in text.replace("_", "").lower()
    return Unreadable(redact(reason)[:500], redact(text[:_KEPT_CHARACTERS]) if speaks_of_it else "", _digest(text))


def _text_of(what: Any) -> str:
    if isinstance(what, str):
        return what.encode(errors="replace").decode()
    if isinstance(what, bytes):
        return what.decode(errors="replace")
    return _canonical(what)


def _canonical(value: Any) -> str:
    try:
        return msgspec.json.encode(value, order="sorted").decode()
    except (ValueError, TypeError, RecursionError):  # deeper than can be written
        return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _kind(value: Any) -> str:
    return {bool: "true or false", type(None): "null"}.get(type(value), "a number")
