"""A call as one line of JSON: the fields that decide cases, under the names that ``sptui log import`` knows.

Source of the fields: Amazon's developer blog (path, status, error, seller, marketplace) and docs on what a support case
must hold. Nothing else of a request or answer gets into a line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, Final
from urllib.parse import unquote

from .hosts import place_of
from .redacting import clean, clean_path
from .tokens import token_kind

_LONGEST: Final[dict[str, int]] = {
    "stage": 10, "method": 10, "host": 100, "region": 10, "path": 300, "operation": 100, "code": 100, "message": 300,
    "details": 300, "error_type": 100, "seller_id": 64, "request_id": 100, "application": 100, "token": 20,
    "user_agent": 200, "deploy": 100, "body_kind": 20,
}  # fmt: skip
_ORDER: Final = (
    "time", "received", "ms", "stage", "method", "host", "region", "sandbox", "path", "operation", "status", "code",
    "message", "details", "error_type", "seller_id", "marketplaces", "request_id", "rate_limit", "application", "token",
    "attempt", "user_agent", "deploy", "body_kind",
)  # fmt: skip
_ALWAYS: Final[dict[str, Any]] = {
    "ms": 0.0, "method": "", "region": "", "path": "", "status": 0, "code": "", "message": "", "details": "",
    "seller_id": "", "marketplaces": [], "request_id": "", "application": "", "attempt": 1,
}  # fmt: skip
"""What stands in every line, also where it is not known: whoever guesses fields guesses them by the first lines."""

_OTHER_NAMES: Final[dict[str, str]] = {
    "resourcepath": "path", "url": "path", "uri": "path", "statuscode": "status", "httpstatus": "status",
    "errorcode": "code", "errormessage": "message", "errordetails": "details", "merchantid": "seller_id",
    "sellingpartnerid": "seller_id", "seller": "seller_id", "marketplace": "marketplaces",
    "marketplaceid": "marketplaces", "marketplaceids": "marketplaces", "milliseconds": "ms", "durationms": "ms",
    "elapsedms": "ms", "latencyms": "ms", "xamznrequestid": "request_id", "xamznerrortype": "error_type",
    "applicationid": "application", "appid": "application", "clientid": "application", "httpmethod": "method",
    "timestamp": "time", "sentat": "time", "receivedat": "received", "operationid": "operation",
}  # fmt: skip
_NAMES: Final[dict[str, str]] = {**{each.replace("_", ""): each for each in _ORDER}, **_OTHER_NAMES}
_REFUSED = re.compile(
    r"token|secret|passw|authoriz|cookie|credential|signature|body|payload|header|buyer|customer|recipient|address"
    r"|e-?mail|phone|street|city|postal|zip|name|url|query|param",
    re.IGNORECASE,
)
_OWN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
_OWN_FIELDS: Final = 20
_MARKETPLACE = re.compile(r"(?:^|[?&])[Mm]arketplace_?[Ii]ds?(?:\[[0-9]*\]|%5B[0-9]*%5D)?=([^&#]*)")
_MARKETPLACE_IN_BODY = re.compile(rb'"[Mm]arketplaceIds?"\s{0,9}:\s{0,9}(\[[^\]]{0,2000}\]|"[^"]{0,60}")')
_MARKETPLACE_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_TOLD_AS_TEXT: Final = ("datetime", "decimal", "uuid", "httpx", "yarl")
_SELLER = re.compile(r"/items/(A[A-Z0-9]{8,20})/")


def field_of(name: str) -> str:
    """The field that a name means, whatever its spelling; "" for none of them."""
    return _NAMES.get(name.replace("_", "").replace("-", "").replace(".", "").lower(), "")


def fields_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a program told of a call, by field; its own fields stay where their name is harmless."""
    fields: dict[str, Any] = {}
    own = 0
    for name, value in told.items():
        field = field_of(str(name))
        if field:
            fields[field] = value
        elif own < _OWN_FIELDS and _OWN_NAME.fullmatch(str(name)) and not _REFUSED.search(str(name)):
            own += 1
            fields[str(name)] = value
    return fields


def line_of(fields: Mapping[str, Any], dropped: int = 0) -> bytes:
    """The line, with its line break; ``fields`` as of ``fields_of``. Whatever a value holds, the line can be read."""
    known = _placed(dict(fields))
    line: dict[str, Any] = {}
    for name in _ORDER:
        value = _value(name, known.pop(name, None))
        if value not in (None, "", []):
            line[name] = value
        elif name in _ALWAYS:
            line[name] = _ALWAYS[name]
    for name, value in known.items():
        line[name] = _own_value(value)
    if dropped:
        line["dropped_before"] = dropped
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def marketplaces_in(query: str, body: bytes = b"") -> list[str]:
    """The marketplace ids of a query, else those in a JSON body."""
    found = [unquote(each) for each in _MARKETPLACE.findall(query[:8000])]
    if not found:
        found = [each.decode("ascii", "replace") for each in _MARKETPLACE_IN_BODY.findall(body)]
    return _ids(found)


def _ids(texts: Iterable[str]) -> list[str]:
    parts = (part for text in texts for part in re.split(r"[\s,\"\[\]]+", text))
    return list(dict.fromkeys(each for each in parts if _MARKETPLACE_ID.fullmatch(each)))[:30]


def _placed(fields: dict[str, Any]) -> dict[str, Any]:
    """A whole address taken apart; what the path and the query tell added where it is not told."""
    path = _text(fields.get("path"))
    if "://" in path[:30]:
        place = place_of(path, all_hosts=True)
        if place is not None:
            for name in ("stage", "region", "sandbox", "host"):
                fields.setdefault(name, getattr(place, name))
            path = f"{place.path}?{place.query}"
        else:
            path = "/" + path.split("://", 1)[1].partition("/")[2]
    path, _, query = path.partition("#")[0].partition("?")
    fields["path"] = path
    if not fields.get("marketplaces"):
        fields["marketplaces"] = marketplaces_in(query)
    if not fields.get("seller_id"):
        seller = _SELLER.search(path)
        fields["seller_id"] = seller[1] if seller else ""
    return fields


def _value(name: str, value: Any) -> Any:
    if name in ("time", "received"):
        return _time(value)
    if name == "marketplaces":
        values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        return _ids([_text(each) for each in list(values)[:30]])
    if name in ("status", "attempt"):
        return int(_number(value, 999 if name == "status" else 10**6)) or _ALWAYS[name]
    if name in ("ms", "rate_limit"):
        return round(_number(value, 1e9), 4 if name == "rate_limit" else 1) or None
    if name == "sandbox":
        return bool(value) or None
    text = _text(value)
    if name == "path":
        return clean_path(text)
    if name == "token":
        return token_kind(text)
    return clean(text, _LONGEST[name])


def _own_value(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return value if abs(value) < 1e15 else None  # neither NaN nor infinite, which are no JSON
    return clean(_text(value), 200)


def _text(value: Any) -> str:
    """A value as text; bytes as UTF-8, what is no plain value as nothing."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value[:10_000]).decode("utf-8", "replace")
    if isinstance(value, (int, float)):
        return repr(value) if abs(value) < 1e15 else ""
    return str(value) if type(value).__module__.partition(".")[0] in _TOLD_AS_TEXT else ""


def _number(value: Any, most: float) -> float:
    """A number from 0 to ``most``, also of digits; else 0."""
    if isinstance(value, str) and len(value) < 30:
        try:
            value = float(value)
        except ValueError:
            return 0
    return value if isinstance(value, (int, float)) and 0 <= value <= most else 0


def _time(value: Any) -> str:
    """ISO 8601 in UTC to the millisecond, of a datetime (without a zone: UTC), seconds since 1970, or such text."""
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value[:40].replace("Z", "+00:00"))
        if isinstance(value, (int, float)):
            value = datetime.fromtimestamp(value, timezone.utc)
        if not isinstance(value, datetime):
            return ""
        aware = value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)
        return aware.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return ""
