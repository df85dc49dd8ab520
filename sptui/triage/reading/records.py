"""A log line as a CallRecord, whatever its fields are called: what the questions over a log are asked of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from sptui.spapi.answers import read_answer
from sptui.spapi.calls import CallRecord, Stage
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.people import hide_emails
from sptui.spapi.redaction import redact
from sptui.spapi.regions import region_of_host
from sptui.triage.reading.hosts import Place, place_of
from sptui.triage.reading.log_line import fields_in, read_log_line
from sptui.triage.reading.piece import Piece

_STAGES: Final = {Place.LWA: Stage.LWA, Place.DOCUMENT: Stage.DOCUMENT}


def record_of(line: bytes | str) -> CallRecord | None:
    """The call that a line of JSON tells of; None where it is no JSON, or lacks a time or what was called."""
    try:
        data = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    if not isinstance(data, dict):
        return None
    own = _own(data)
    return own if own is not None else _foreign(data)


def _own(data: dict[str, Any]) -> CallRecord | None:
    """A line of sptui's own export."""
    try:
        record = msgspec.convert(data, CallRecord)
    except msgspec.ValidationError:
        return None
    if record.time.tzinfo is None:
        record = msgspec.structs.replace(record, time=record.time.replace(tzinfo=UTC))
    return msgspec.structs.replace(record, message=_clean(record.message), details=_clean(record.details))


def _foreign(data: dict[str, Any]) -> CallRecord | None:
    piece = read_log_line(data)
    time = _time(fields_in(data).get("time"))
    if time is None or not piece.has_request:
        return None
    error = _error(piece)
    host, path = _place(piece.url)
    known = region_of_host(host)
    found = load_catalogue().match(piece.method or "GET", path) if path else None
    named = found[0] if found else load_catalogue().get(piece.operation) if piece.operation else None
    return CallRecord(
        time=time,
        method=piece.method or (named.method if named else ""),
        path=named.path if named else redact(path),
        operation=named.key if named else redact(piece.operation),
        stage=_STAGES.get(place_of(piece.url), Stage.API),
        status=piece.status or 0,
        code=_clean(piece.failure[0] if piece.failure else error[0]),
        message=_clean(piece.failure[1] if piece.failure else error[1]),
        details=_clean(error[2]),
        seller_id=redact(str(piece.about.get("seller_id", ""))),
        region=str(piece.about.get("region", "")) or (known[0].value if known else ""),
        application=redact(str(piece.about.get("application", ""))),
        marketplaces=tuple(piece.about.get("marketplaces", ())),
        request_id=redact(piece.answer_headers.get("x-amzn-RequestId", "")),
        milliseconds=0.0,
    )


def _error(piece: Piece) -> tuple[str, str, str]:
    if piece.answer_body in (None, "", {}, []) or (piece.status is not None and piece.status < 300):
        return "", "", ""
    try:
        raw = msgspec.json.encode(piece.answer_body)
    except (TypeError, ValueError, RecursionError):
        return "", "", ""
    answer = read_answer(piece.status or 0, {}, raw)
    return answer.code, answer.message, answer.details


def _place(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.hostname or "", parts.path


def _clean(text: str) -> str:
    return hide_emails(redact(text))[:2000]


def _time(value: Any) -> datetime | None:
    """A moment in ISO 8601 or in seconds or milliseconds since 1970; UTC where it does not say."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        if not isinstance(value, str):
            return None
        time = datetime.fromisoformat(value.strip())
    except (ValueError, OverflowError, OSError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
