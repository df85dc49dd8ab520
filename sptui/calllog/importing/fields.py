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

BESIDE: Final = ("stage", "host")
"""What tells of a call that went elsewhere than to the API, as sptui's recorder and export write it: the stage
``document`` or ``lwa``, and the host.
"""

MAPPED: Final = (*FIELDS, *BESIDE, "body")
"""What a log's fields are mapped to: ``body`` is an error's answer, where code and message are not apart."""

NEEDED: Final = ("time",)

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "time": (
        "time", "ts", "timestamp", "@timestamp", "datetime", "sent_at", "sent_time", "startedDateTime", "request_time",
        "time_iso8601", "time_local", "requestTimeEpoch", "log_time", "asctime", "created_at", "date", "when",
        "(prefix)",
    ),
    "method": (
        "method", "http_method", "verb", "request.method", "request_method", "http_request_method", "cs-method",
        "request.verb",
    ),
    "path": (
        "path", "resourcePath", "raw_path", "url", "uri", "request_url", "request_path", "request.url", "request.path",
        "request.uri", "endpoint", "request_uri", "http_url", "url_path", "cs-uri-stem", "resource", "route",
    ),
    "operation": ("operation", "operationId", "operation_name", "api_operation"),
    "status": (
        "status", "statusCode", "http_status", "http_status_code", "response_status", "response_status_code",
        "response_code", "response.status", "response.statusCode", "http_response_status_code", "sc-status",
        "http_code", "code_http",
    ),
    "code": (
        "code", "errorCode", "amzn_code", "error.code", "errors.0.code", "response.body.errors.0.code",
        "body.errors.0.code", "response.errors.0.code",
    ),
    "message": (
        "errorMessage", "error_description", "error.message", "errors.0.message", "response.body.errors.0.message",
        "body.errors.0.message", "response.errors.0.message", "message", "error",
    ),
    "details": (
        "details", "errorDetails", "error.details", "errors.0.details", "response.body.errors.0.details",
        "body.errors.0.details", "response.errors.0.details",
    ),
    "seller_id": (
        "sellerId", "merchantId", "selling_partner_id", "merchant_token", "seller", "merchant", "context.seller_id",
    ),
    "region": ("region", "spapi_region", "sp_region"),
    "application": ("application", "applicationId", "app_id", "client_id"),
    "marketplaces": ("marketplaceId", "marketplaceIds", "marketplaces", "marketplace", "context.marketplace_id"),
    "request_id": (
        "x-amzn-RequestId", "amzn_request_id", "amazon_request_id", "amz_request_id", "spapi_request_id", "requestId",
        "response.headers.x-amzn-RequestId", "headers.x-amzn-RequestId", "x-edge-request-id",
    ),
    "milliseconds": (
        "ms", "milliseconds", "duration_ms", "elapsed_ms", "latency_ms", "response_time_ms", "took_ms", "duration",
        "responseLatency", "latency",
    ),
    "attempt": ("attempt", "try", "retry"),
    "stage": ("stage",),
    "host": ("host",),
    "body": (
        "response_body", "response.body", "response.content.text", "response.text", "answer", "body", "error_body",
    ),
}  # fmt: skip
"""The names under which each field is looked for, best first (logging.md of Amazon's five fields, and what HTTP
libraries write). A dot leads into an object or, with a number, into a list."""


_VAGUE: Final = frozenset({"date", "when", "message", "error", "code", "try", "body", "answer", "duration", "latency"})
"""Names that mean the field only at the top."""


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
            if not equals or field not in MAPPED:
                raise ValueError(f"{pair!r} is no mapping; expected field=column with one of {', '.join(MAPPED)}.")
            if column:
                columns[field] = column
            else:
                columns.pop(field, None)
        return Mapped(columns)


def guess(names: Iterable[str], fields: Iterable[str] = FIELDS) -> Mapped:
    """The mapping for a log with these names (nested ones with dots); case, - and _ do not matter."""
    names = tuple(names)
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(_plain(name), name)
    columns: dict[str, str] = {}
    for field in fields:
        found = next((known[_plain(alias)] for alias in ALIASES[field] if _plain(alias) in known), None)
        found = found or _nested(field, names)
        if found is not None and found not in columns.values():
            columns[field] = found
    if "stage" not in columns:  # a host alone is as a rule that of the program
        columns.pop("host", None)
    return Mapped(columns)


def _nested(field: str, names: Iterable[str]) -> str | None:
    """A name below any other (``spapi.seller_id``), the least deep first; headers tell of other things."""
    aliases = {_plain(alias) for alias in ALIASES[field] if "." not in alias} - _VAGUE
    fitting = [
        name
        for name in names
        if "." in name and _plain(name.rpartition(".")[2]) in aliases and "headers." not in name.lower()
    ]
    return min(fitting, key=lambda name: name.count("."), default=None)


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
