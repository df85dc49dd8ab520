"""JSON in any form: a case, a HAR, a Postman collection, a log line, an answer's body; told apart by their keys."""

from __future__ import annotations

from typing import Any, Final

from sptui.triage.reading.error_objects import error_in
from sptui.triage.reading.har import is_har, read_har
from sptui.triage.reading.log_line import is_log_line, read_log_line
from sptui.triage.reading.piece import Form, Piece
from sptui.triage.reading.postman import is_collection, read_collection

_CASE_KEYS: Final = frozenset({"operation", "request", "response", "context"})
_MOST: Final = 500


def is_case(data: Any) -> bool:
    """Whether a JSON value is a call in sptui's own form."""
    if not isinstance(data, dict):
        return False
    if set(data) <= {"id"}:
        return True  # every part of a case may be missing
    if not _CASE_KEYS & set(data):
        return False
    if any(isinstance(data.get(name), dict) for name in ("request", "response", "context")):
        request = data.get("request")
        return not (isinstance(request, dict) and isinstance(request.get("headers"), list))
    return "operation" in data and set(data) <= _CASE_KEYS | {"id"}


def read_json(data: Any) -> list[Piece] | str | None:
    """The calls in a JSON value that is no case, the likeliest first; a text that it wraps; None for anything else."""
    if is_har(data):
        return read_har(data)
    if is_collection(data):
        return read_collection(data)
    if isinstance(data, list):
        found = [piece for each in data[:_MOST] if isinstance(each, dict) for piece in _one(each)]
        return found if found and error_in(data) is None else _answer(data)
    if isinstance(data, str):
        return data
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("errors"), list) or "error_description" in data or "payload" in data:
        answer = _answer(data)
        if answer and not is_log_line({name: data[name] for name in data if name not in ("errors", "error")}):
            return answer
    return _one(data) or _answer(data) or _wrapped(data)


def _one(data: dict[str, Any]) -> list[Piece]:
    return [read_log_line(data)] if is_log_line(data) else []


def _answer(data: Any) -> list[Piece] | None:
    """A body alone: SP-API's or LWA's error, a payload, a report's or feed's status."""
    error = error_in(data)
    if error is not None:
        return [Piece(Form.ANSWER, answer_body=data if isinstance(data, list) or "errors" in data else error)]
    known = isinstance(data, dict) and bool({"payload", "pagination", "responses", "access_token"} & set(data))
    return [Piece(Form.ANSWER, answer_body=data)] if known else None


def _wrapped(data: dict[str, Any]) -> str | None:
    """The text that a log collector put into ``log`` or ``message``."""
    texts = [data[name] for name in ("log", "message", "msg", "text", "event") if isinstance(data.get(name), str)]
    return max(texts, key=len) if texts else None
