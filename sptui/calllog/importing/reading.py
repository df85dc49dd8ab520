"""One line or entry of a foreign log, read into what is kept of a call.

Nothing here raises for what a file holds: a line that cannot be read comes back with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from sptui.calllog.importing.fields import Mapped, value_at
from sptui.calllog.paths import PathMatcher
from sptui.spapi.calls import CallRecord
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.redaction import redact

LONGEST_LINE: Final = 16 << 20
"""Bytes of a line that is read; a longer one is kept aside."""


class Unreadable(msgspec.Struct, frozen=True):
    """Why a line was kept aside, and how it begins (secrets masked)."""

    reason: str
    text: str


class Values(msgspec.Struct):
    """What a line says, as text ("" where it does not): the fields of ``importing.fields``, in their order."""

    time: str = ""
    method: str = ""
    path: str = ""
    operation: str = ""
    status: str = ""
    code: str = ""
    message: str = ""
    details: str = ""
    seller_id: str = ""
    region: str = ""
    application: str = ""
    marketplaces: str = ""
    request_id: str = ""
    milliseconds: str = ""
    attempt: str = ""


def read_json_line(line: bytes, mapped: Mapped) -> Values | Unreadable:
    """A line of JSON Lines."""
    if len(line) > LONGEST_LINE:
        return _aside(f"longer than {LONGEST_LINE >> 20} MB", line)
    try:
        value = msgspec.json.decode(line)
    except msgspec.DecodeError as problem:
        return _aside(f"no JSON: {problem}", line)
    except (UnicodeDecodeError, RecursionError):
        return _aside("no JSON: not UTF-8, or nested too deeply", line)
    if not isinstance(value, dict):
        return _aside("no JSON object", line)
    return values_of(value, mapped)


def values_of(value: Mapping[str, Any], mapped: Mapped) -> Values:
    """The mapped fields of a JSON object or of a row by its column names."""
    return Values(**{field: text_of(value_at(value, column)) for field, column in mapped.columns.items()})


def text_of(value: Any) -> str:
    """A JSON value as text: lists with commas, null as ""."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(each for each in map(text_of, value) if each)
    return msgspec.json.encode(value).decode()


_COMMON: Final = re.compile(
    r'(?P<client>\S+) \S+ \S+ \[(?P<time>[^\]]+)\] "(?P<method>[A-Z]+) (?P<path>\S+)[^"]*" (?P<status>\d{3}|-)'
    r'(?: (?:\d+|-))?(?: "[^"]*")*(?: (?P<seconds>\d+\.\d+))?'
)
_BALANCER: Final = re.compile(
    r"(?:https?|h2|wss?|grpcs?) (?P<time>\d{4}-\d\d-\d\dT\S+) \S+ \S+ \S+ -?[\d.]+ (?P<seconds>-?[\d.]+) -?[\d.]+"
    r' (?P<elb>\d+|-) (?P<status>\d+|-) \S+ \S+ "(?P<method>[A-Z]+) (?P<path>\S+)[^"]*"'
)


def is_access_line(line: str) -> bool:
    """Whether the line is of one of the access-log shapes that are read."""
    return bool(_COMMON.match(line) or _BALANCER.match(line))


def read_access_line(line: bytes) -> Values | Unreadable:
    """A line in Common or Combined Log Format (Apache, nginx), or of an AWS application load balancer."""
    text = line[:65536].decode(errors="replace")
    found = _COMMON.match(text) or _BALANCER.match(text)
    if found is None:
        return _aside("none of the known access-log shapes", line)
    parts = found.groupdict()
    status = parts["status"] if parts["status"] != "-" else (parts.get("elb") or "")
    seconds = parts["seconds"] or ""
    milliseconds = str(round(float(seconds) * 1000, 3)) if re.fullmatch(r"\d+(\.\d+)?", seconds) else ""
    return Values(
        time=_common_time(parts["time"]),
        method=parts["method"],
        path=parts["path"],
        status="" if status == "-" else status,
        milliseconds=milliseconds,
    )


def _common_time(text: str) -> str:
    try:
        return datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z").isoformat()
    except ValueError:
        return text


def read_har_entry(entry: Any) -> Values | Unreadable:
    """An entry of a HAR file (HTTP Archive 1.2)."""
    if not isinstance(entry, dict):
        return _aside("no HAR entry", text_of(entry).encode(errors="replace"))
    from sptui.spapi.answers import read_answer

    response = entry.get("response")
    headers = value_at(response, "headers")
    names = {
        text_of(value_at(each, "name")).lower(): text_of(value_at(each, "value"))
        for each in (headers if isinstance(headers, list) else [])
    }
    body = text_of(value_at(response, "content.text"))
    status = text_of(value_at(response, "status"))
    answer = read_answer(int(status) if re.fullmatch(r"\d{1,3}", status) else 0, names, body.encode(errors="replace"))
    return Values(
        time=text_of(entry.get("startedDateTime")),
        method=text_of(value_at(entry, "request.method")),
        path=text_of(value_at(entry, "request.url")),
        status=status,
        code=answer.code if not answer.ok else "",
        message=answer.message if not answer.ok else "",
        details=answer.details if not answer.ok else "",
        request_id=answer.request_id,
        milliseconds=text_of(entry.get("time")),
    )


_MARKETPLACE: Final = re.compile(r"[?&][Mm]arketplace_?[Ii]ds?=([^&#]+)")
_SELLER: Final = re.compile(r"/items/(A[A-Z0-9]{8,20})/")
_NUMBER: Final = re.compile(r"\d{9,11}(\.\d+)?|\d{12,14}(\.\d+)?")


def record_of(values: Values, matcher: PathMatcher) -> CallRecord | Unreadable:
    """The call that a line tells of, with path and operation of the catalogue and nothing personal."""
    time = time_of(values.time)
    if time is None:
        return _aside("no time that can be read", values.time.encode(errors="replace"))
    if not values.path and not values.operation:
        return _aside("neither path nor operation", values.time.encode(errors="replace"))
    status = status_of(values.status)
    if status is None:
        return _aside("the status is no number", values.status.encode(errors="replace"))
    operation, path, method = place_of(values, matcher)
    marketplaces = marketplaces_of(values)
    return CallRecord(
        time=time,
        method=method,
        path=path,
        operation=operation,
        stage="api",
        status=status,
        code=redact(values.code)[:100],
        message=redact(values.message)[:300],
        details=redact(values.details)[:300],
        seller_id=(values.seller_id or _in_path(_SELLER, values.path))[:64],
        region=region_of(values.region, marketplaces),
        application=redact(values.application)[:100],
        marketplaces=marketplaces,
        request_id=values.request_id[:100],
        milliseconds=_number(values.milliseconds),
        attempt=int(_number(values.attempt)) or 1,
    )


def place_of(values: Values, matcher: PathMatcher) -> tuple[str, str, str]:
    """Operation key, template and method of a line."""
    if values.operation:
        from sptui.spapi.catalogue import load_catalogue

        named = load_catalogue().get(values.operation)
        if named is not None:
            return named.key, named.path, named.method
    method = values.method.upper()[:10] or "GET"
    matched = matcher.match(method, values.path)
    return matched.operation, matched.path, method


def time_of(text: str) -> datetime | None:
    """ISO 8601 (without a zone: UTC) or seconds or milliseconds since 1970; None for anything else."""
    text = text.strip()
    try:
        if _NUMBER.fullmatch(text):
            number = float(text)
            return datetime.fromtimestamp(number / 1000 if number >= 1e11 else number, UTC)
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def status_of(text: str) -> int | None:
    """The status; 0 where there is none; None where it is no number."""
    text = text.strip()
    if not text:
        return 0
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text) else None


def marketplaces_of(values: Values) -> tuple[str, ...]:
    """The marketplace ids that a line names, in its field or in the address's query."""
    text = values.marketplaces or unquote(_in_path(_MARKETPLACE, values.path))
    return tuple(dict.fromkeys(re.findall(r"[A-Za-z0-9_-]{1,40}", text)))[:30]


def region_of(text: str, marketplaces: tuple[str, ...]) -> str:
    """The region: as told, else that of the first marketplace."""
    if text.upper() in ("NA", "EU", "FE"):
        return text.upper()
    known = next((MARKETPLACES[each] for each in marketplaces if each in MARKETPLACES), None)
    return known.region.value if known else ""


def _in_path(pattern: re.Pattern[str], path: str) -> str:
    found = pattern.search(path)
    return found[1] if found else ""


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if 0 <= number < 1e9 else 0.0


def _aside(reason: str, line: bytes) -> Unreadable:
    text = line[:2000].decode(errors="replace")
    return Unreadable(reason, redact(text)[:300])
