"""The error object of SP-API or Login with Amazon, wherever it lies inside what a program printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sptui.triage.reading.loose import objects_in


def error_in(value: Any, depth: int = 6) -> Any:
    """The error object of SP-API or LWA inside a value, in the form that SP-API sends; None where there is none."""
    if isinstance(value, dict):
        errors = value.get("errors")
        if isinstance(errors, list) and any(map(_is_error, errors)):
            return value
        if isinstance(value.get("error"), str) and ("error_description" in value or value["error"] in _LWA_WORDS):
            return value
        if isinstance(value.get("processingStatus"), str):
            return value
        if _is_error(value) and ("details" in value or value.get("type") == "error" or set(value) <= _ERROR_KEYS):
            return {"errors": [{name: value[name] for name in ("code", "message", "details") if name in value}]}
        parts: Iterator[Any] = iter(value.values())
    elif isinstance(value, list):
        if value and all(map(_is_error, value)):
            return {"errors": value}
        parts = iter(value)
    elif isinstance(value, str) and value.lstrip()[:1] in ("{", "[") and len(value) < 200_000:
        parts = (inner for inner, _, _ in objects_in(value, 2 * len(value)))
    else:
        return None
    if not depth:
        return None
    return next((found for part in parts if (found := error_in(part, depth - 1)) is not None), None)


_ERROR_KEYS: Final = frozenset({"code", "message", "details", "type", "errorLevel", "statusCode", "status"})
_LWA_WORDS: Final = frozenset(
    {
        "invalid_client",
        "invalid_grant",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_request",
    }
)


def _is_error(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("code"), str) and bool({"message", "details"} & set(value))
