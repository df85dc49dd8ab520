"""Which field of a foreign log means what: guessed from common names, shown to the person, kept for the next time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

FIELDS: Final = (
    "time", "method", "path", "operation", "status", "code", "message", "details", "seller_id", "region",
    "application", "marketplaces", "request_id", "milliseconds", "attempt",
)  # fmt: skip
"""What is read of a line, in the order that makes two lines the same call."""

NEEDED: Final = ("time",)

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "time": (
        "time", "ts", "timestamp", "@timestamp", "datetime", "date", "sent_at", "startedDateTime", "created_at", "when",
    ),
    "method": ("method", "http_method", "httpMethod", "verb", "request.method", "request_method"),
    "path": (
        "path", "resourcePath", "resource_path", "url", "uri", "request.url", "request.path", "endpoint", "request_uri",
    ),
    "operation": ("operation", "operationId", "operation_id", "api_operation"),
    "status": ("status", "statusCode", "status_code", "http_status", "httpStatus", "response.status", "code_http"),
    "code": ("code", "errorCode", "error_code", "error.code", "errors.0.code", "response.body.errors.0.code"),
    "message": (
        "message", "errorMessage", "error_message", "error.message", "errors.0.message",
        "response.body.errors.0.message", "error",
    ),
    "details": ("details", "errorDetails", "error_details", "error.details", "errors.0.details"),
    "seller_id": (
        "sellerId", "seller_id", "merchantId", "merchant_id", "selling_partner_id", "sellingPartnerId", "seller",
        "context.seller_id",
    ),
    "region": ("region", "spapi_region", "sp_region"),
    "application": ("application", "applicationId", "application_id", "app_id", "appId", "client_id", "clientId"),
    "marketplaces": (
        "marketplaceId", "marketplace_id", "marketplaceIds", "marketplace_ids", "marketplaces", "marketplace",
    ),
    "request_id": ("requestId", "request_id", "x-amzn-RequestId", "x_amzn_request_id", "amzn_request_id"),
    "milliseconds": (
        "ms", "milliseconds", "duration_ms", "durationMs", "elapsed_ms", "latency_ms", "took_ms", "duration",
    ),
    "attempt": ("attempt", "try", "retry"),
}  # fmt: skip
"""The names under which each field is looked for, best first (logging.md of Amazon's five fields, and what HTTP
libraries write). A dot leads into an object or, with a number, into a list."""


class Mapped(msgspec.Struct, frozen=True):
    """``columns``: for each field that the log has, the name there (with dots into nested values)."""

    columns: dict[str, str]

    @property
    def missing(self) -> list[str]:
        """What a line cannot be understood without, and this log has not."""
        gaps = [each for each in NEEDED if each not in self.columns]
        if "path" not in self.columns and "operation" not in self.columns:
            gaps.append("path")
        return gaps

    def changed(self, pairs: Iterable[str]) -> Mapped:
        """With ``field=column`` pairs of a person. Raises ValueError that tells what was expected."""
        columns = dict(self.columns)
        for pair in pairs:
            field, equals, column = pair.partition("=")
            if not equals or field not in FIELDS:
                raise ValueError(f"{pair!r} is no mapping; expected field=column with one of {', '.join(FIELDS)}.")
            if column:
                columns[field] = column
            else:
                columns.pop(field, None)
        return Mapped(columns)


def guess(names: Iterable[str]) -> Mapped:
    """The mapping for a log with these names (nested ones with dots); case, - and _ do not matter."""
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(_plain(name), name)
    columns: dict[str, str] = {}
    for field in FIELDS:
        found = next((known[_plain(alias)] for alias in ALIASES[field] if _plain(alias) in known), None)
        if found is not None and found not in columns.values():
            columns[field] = found
    return Mapped(columns)


def names_in(value: Any, prefix: str = "", levels: int = 4) -> list[str]:
    """The names of a JSON value's fields, those of nested ones with dots: ``request.url``, ``errors.0.code``."""
    if levels and isinstance(value, Mapping):
        pairs = value.items()
    elif levels and isinstance(value, list) and value and isinstance(value[0], Mapping):
        pairs = {"0": value[0]}.items()
    else:
        return []
    names = []
    for name, inner in pairs:
        full = f"{prefix}{name}"
        if not isinstance(inner, Mapping):
            names.append(full)
        names += names_in(inner, f"{full}.", levels - 1)
    return names


def value_at(value: Any, name: str) -> Any:
    """The value under a name with dots; a name that holds a dot itself is found too. None where there is none."""
    if isinstance(value, Mapping):
        if name in value:
            return value[name]
        first, _, rest = name.partition(".")
        return value_at(value.get(first), rest) if rest else None
    if isinstance(value, list):
        first, _, rest = name.partition(".")
        if first.isdigit() and int(first) < len(value):
            return value_at(value[int(first)], rest) if rest else value[int(first)]
    return None


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").lstrip("@")
