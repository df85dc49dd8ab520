"""A Postman collection (2.0, 2.1) with the answers that were saved beside its requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sptui.triage.reading.http_text import body_value
from sptui.triage.reading.loose import json_or_text
from sptui.triage.reading.piece import Form, Piece

_DEEPEST: Final = 20
_MOST: Final = 500


def is_collection(data: Any) -> bool:
    """Whether a JSON value is a collection."""
    return isinstance(data, dict) and isinstance(data.get("info"), dict) and isinstance(data.get("item"), list)


def read_collection(data: dict[str, Any]) -> list[Piece]:
    """The calls in a collection, those with a failing answer first."""
    pieces = [piece for item in _items(data["item"], 0) for piece in _calls(item)][:_MOST]
    return sorted(pieces, key=lambda each: (each.status is None, (each.status or 0) < 400))


def _items(items: list[Any], depth: int) -> Iterator[dict[str, Any]]:
    for item in items:
        if isinstance(item, dict):
            if isinstance(item.get("request"), (dict, str)):
                yield item
            if isinstance(item.get("item"), list) and depth < _DEEPEST:
                yield from _items(item["item"], depth + 1)


def _calls(item: dict[str, Any]) -> Iterator[Piece]:
    answers = [each for each in _list(item, "response") if isinstance(each, dict)]
    if not answers:
        yield _call(item["request"], {})
    for answer in answers:
        own = answer.get("originalRequest")
        yield _call(own if isinstance(own, dict) else item["request"], answer)


def _call(request: dict[str, Any] | str, answer: dict[str, Any]) -> Piece:
    if isinstance(request, str):
        request = {"url": request}
    status, text = answer.get("code"), answer.get("body")
    known = isinstance(status, int) and not isinstance(status, bool) and 100 <= status <= 599
    return Piece(
        Form.POSTMAN,
        method=_text(request.get("method")).upper() or "GET",
        url=_url(request.get("url")),
        headers=_headers(request),
        body=_body(request.get("body")),
        status=status if known else None,
        answer_headers=_headers(answer),
        answer_body=body_value(text) if isinstance(text, str) else None,
        told=True,
    )


def _url(url: Any) -> str:
    if isinstance(url, dict):
        return _text(url.get("raw"))
    return _text(url)


def _headers(part: dict[str, Any]) -> dict[str, str]:
    return {
        _text(each.get("key")): _text(each.get("value"))
        for each in _list(part, "header")
        if isinstance(each, dict) and _text(each.get("key")) and each.get("disabled") is not True
    }


def _body(body: Any) -> Any:
    if not isinstance(body, dict):
        return None
    if _text(body.get("raw")):
        return json_or_text(_text(body.get("raw")))
    pairs = [
        f"{_text(each.get('key'))}={_text(each.get('value'))}"
        for each in _list(body, "urlencoded")
        if isinstance(each, dict)
    ]
    return "&".join(pairs) or None


def _list(data: dict[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
