"""HAR, as browsers, Postman and proxies save it: the calls of SP-API in it, the failing ones first."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from sptui.spapi.redaction import redact, token_kind
from sptui.triage.reading.hosts import Place, place_of
from sptui.triage.reading.http_text import body_value
from sptui.triage.reading.loose import json_or_text
from sptui.triage.reading.piece import Form, Piece

_LARGEST_BODY: Final = 4 * 1024 * 1024
_MOST: Final = 500


def is_har(data: Any) -> bool:
    """Whether a JSON value is a HAR or one entry of it."""
    if not isinstance(data, dict):
        return False
    log = data.get("log")
    if isinstance(log, dict) and isinstance(log.get("entries"), list):
        return True
    request = data.get("request")
    return isinstance(request, dict) and isinstance(request.get("headers"), list) and "startedDateTime" in data


def read_har(data: dict[str, Any]) -> list[Piece]:
    """The calls in a HAR, the likeliest to be meant first: failing ones of SP-API, then of LWA, then others."""
    log = data.get("log")
    raw = log.get("entries", []) if isinstance(log, dict) else [data]
    entries = [each for each in raw if isinstance(each, dict) and _url(each)]
    ordered = sorted(enumerate(entries), key=lambda each: (_rank(each[1]), each[0]))
    issued = dict(_issued(entries))
    return [_piece(entry, issued) for _, entry in ordered[:_MOST] if _rank(entry) < 6] or [
        _piece(entry, issued) for _, entry in ordered[:_MOST]
    ]


def _url(entry: dict[str, Any]) -> str:
    request = entry.get("request")
    url = request.get("url") if isinstance(request, dict) else None
    return url if isinstance(url, str) else ""


def _rank(entry: dict[str, Any]) -> int:
    place = place_of(_url(entry))
    status = _status(entry)
    failing = status is None or status >= 400
    if place is Place.API:
        return 0 if failing else 3
    if place is Place.LWA:
        return 1 if failing else 4
    if place is Place.DOCUMENT:
        return 2 if failing else 5
    return 6


def _status(entry: dict[str, Any]) -> int | None:
    status = _dict(entry, "response").get("status")
    return status if isinstance(status, int) and not isinstance(status, bool) and 100 <= status <= 599 else None


def _piece(entry: dict[str, Any], issued: dict[str, str]) -> Piece:
    request, response = _dict(entry, "request"), _dict(entry, "response")
    headers = _headers(request)
    piece = Piece(
        Form.HAR,
        method=_text(request.get("method")).upper(),
        url=_url(entry),
        headers=headers,
        body=_posted(request),
        status=_status(entry),
        answer_headers=_headers(response),
        told=True,
        about={"time": _text(entry.get("startedDateTime"))},
    )
    content = _dict(response, "content")
    text = _content(content)
    if text is None:
        piece.notes.append("The HAR does not hold the answer's body.")
    elif piece.status is not None:
        piece.answer_body = body_value(text) if len(text) <= _LARGEST_BODY else text[:_LARGEST_BODY]
    error = entry.get("_error") or response.get("_error")
    if piece.status is None:
        piece.failure = _failure(_text(error) or _text(response.get("statusText")))
    _tell_age(piece, headers, issued)
    return piece


def _posted(request: dict[str, Any]) -> Any:
    posted = _dict(request, "postData")
    if _text(posted.get("text")):
        return json_or_text(_text(posted.get("text")))
    pairs = [
        (_text(each.get("name")), _text(each.get("value")))
        for each in _list(posted, "params")
        if isinstance(each, dict)
    ]
    return urlencode(pairs) if pairs else None


def _content(content: dict[str, Any]) -> str | None:
    text = content.get("text")
    if not isinstance(text, str):
        return None if content.get("size") not in (0, None) else ""
    if content.get("encoding") != "base64":
        return text
    try:
        return base64.b64decode(text, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return text


def _failure(error: str) -> tuple[str, str]:
    lowered = error.lower()
    kinds = (
        (("timed_out", "timeout"), "timeout"),
        (("name_not_resolved", "refused", "unreachable", "internet_disconnected", "failed"), "connect"),
        (("cert", "ssl", "tls"), "tls"),
        (("reset", "closed", "empty_response", "aborted"), "closed"),
    )
    kind = next((kind for words, kind in kinds if any(word in lowered for word in words)), "other")
    return kind, error or "The HAR holds no answer."


def _issued(entries: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The access tokens that this very HAR saw being issued, with the time: so a token's age can be told."""
    for entry in entries:
        if place_of(_url(entry)) is Place.LWA:
            answer = json_or_text(_content(_dict(_dict(entry, "response"), "content")) or "")
            token = answer.get("access_token") if isinstance(answer, dict) else None
            if isinstance(token, str) and token:
                yield token, _text(entry.get("startedDateTime"))


def _tell_age(piece: Piece, headers: dict[str, str], issued: dict[str, str]) -> None:
    token = next((value for name, value in headers.items() if name.lower() == "x-amz-access-token"), "")
    if token not in issued:
        return
    try:
        age = datetime.fromisoformat(piece.about["time"]) - datetime.fromisoformat(issued[token])
        seconds = int(age.total_seconds())
    except (ValueError, TypeError, OverflowError):
        return
    if 0 <= seconds < 30 * 86_400:
        piece.context["token_age_seconds"] = seconds
        kind = token_kind(token) or "The token"
        piece.notes.append(redact(f"{kind} was issued {seconds} s before the call (its own request is in the HAR)."))


def _headers(part: dict[str, Any]) -> dict[str, str]:
    return {
        _text(each.get("name")): _text(each.get("value"))
        for each in _list(part, "headers")
        if isinstance(each, dict) and _text(each.get("name")) and not _text(each.get("name")).startswith(":")
    }


def title_of(piece: Piece) -> str:
    """One line that tells a call from the others in a list: ``403 GET /orders/v0/orders``."""
    try:
        path = urlsplit(piece.url).path
    except ValueError:
        path = ""
    end = str(piece.status or "no answer" if piece.has_answer else "")
    return redact(" ".join(each for each in (end, piece.method, path or piece.operation) if each))[:160]


def _dict(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _list(data: dict[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
