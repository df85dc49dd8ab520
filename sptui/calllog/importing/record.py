"""What a line says, as the call that it tells of: path and operation of the catalogue, nothing personal."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from sptui.calllog.importing.times import as_iso, time_of
from sptui.calllog.importing.values import Unreadable, Values
from sptui.calllog.paths import PathMatcher
from sptui.spapi.calls import CallRecord, Stage
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.raw_path import masked
from sptui.spapi.redaction import redact
from sptui.spapi.regions import LWA_PATH

IS_DOCUMENT: Final = "^(?:document://[A-Za-z0-9]|https://tortuga-[a-z0-9-]+[.]s3[a-z0-9.-]*[.]amazonaws[.]com)"
"""An address of a document, also in SQL; ``document://`` stands for one of which the host alone is told."""
DOCUMENT_HOST: Final = "^[a-z]+://([A-Za-z0-9.-]{1,100})"
_MARKETPLACE: Final = re.compile(r"[?&][Mm]arketplace_?[Ii]ds?=([^&#]+)")
_SELLER: Final = re.compile(r"/items/(A[A-Z0-9]{8,20})(?:[/?#]|$)")
_HOST: Final = re.compile(r"^https?://(?:sandbox\.)?sellingpartnerapi-(na|eu|fe)\.amazon\.com")
_SELLER_ASKED: Final = re.compile(r"[?&](?:[Ss]eller|[Mm]erchant|[Ss]ellingPartner)_?[Ii]ds?=(A[A-Z0-9]{8,20})")


def checked(values: Values) -> Values | Unreadable:
    """The values with their time in one form; where they are no call, the reason. Lines from elsewhere go by here."""
    time = time_of(values.time)
    if time is None:
        return Unreadable("no time" if not values.time.strip() else "no time that can be read")
    if not values.path and not values.operation:
        return Unreadable("neither path nor operation")
    if status_of(values.status) is None:
        return Unreadable("the status is no number")
    values.time = as_iso(time)
    return values


def path_of_stage(stage: str, host: str, path: str) -> str:
    """The path, where the stage of a call is told: a document's host, the token's path (``json_sql`` does the same)."""
    if stage == Stage.LWA:
        return LWA_PATH
    where = host or path
    return f"document://{where}" if stage == Stage.DOCUMENT and where and not where.startswith("/") else path


def stage_of(path: str) -> Stage:
    """Where a stored call went: only a document has its host in the place of a path, as in sptui's own log."""
    if path == LWA_PATH:
        return Stage.LWA
    return Stage.API if path.startswith("/") else Stage.DOCUMENT


def record_of(values: Values, matcher: PathMatcher) -> CallRecord | Unreadable:
    """The call that a line tells of."""
    good = checked(values)
    if isinstance(good, Unreadable):
        return good
    time = time_of(good.time)
    assert time is not None  # noqa: S101 - checked
    operation, path, method = place_of(values, matcher)
    marketplaces = marketplaces_of(values)
    host = _in_path(_HOST, values.path).upper()
    return CallRecord(
        time=time,
        method=method,
        path=path,
        operation=operation,
        stage=stage_of(path),
        status=status_of(values.status) or 0,
        code=redact(values.code)[:100],
        message=redact(values.message)[:300],
        details=redact(values.details)[:300],
        seller_id=seller_of(values)[:64],
        region=region_of(values.region, marketplaces) or host,
        application=redact(values.application)[:100],
        marketplaces=marketplaces,
        request_id=values.request_id[:100],
        milliseconds=_number(values.milliseconds),
        attempt=int(_number(values.attempt)) or 1,
        raw_path=_raw_path(values, path),
    )


def place_of(values: Values, matcher: PathMatcher) -> tuple[str, str, str]:
    """Operation key, template and method of a line."""
    if values.operation:
        from sptui.spapi.catalogue import load_catalogue

        named = load_catalogue().get(values.operation)
        if named is not None:
            return named.key, named.path, named.method
    method = values.method.upper()[:10] or "GET"
    if re.match(IS_DOCUMENT, values.path) and (host := re.match(DOCUMENT_HOST, values.path)):
        return "", host[1].lower(), method
    matched = matcher.match(method, values.path)
    return matched.operation, matched.path, method


def status_of(text: str) -> int | None:
    """The status; 0 where there is none; None where it is no number."""
    text = text.strip()
    if not text:
        return 0
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text) else None


def seller_of(values: Values) -> str:
    """The seller: as told, else from the address (a listing's path, or a seller id in the query)."""
    return values.seller_id or _in_path(_SELLER, values.path) or _in_path(_SELLER_ASKED, values.path)


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


def _raw_path(values: Values, template: str) -> str:
    """The path as it was called, of calls that failed."""
    if values.status.strip() in ("200", "201", "202", "204") or stage_of(template) is Stage.DOCUMENT:
        return ""
    raw = masked(values.path)
    return "" if raw == template else raw


def _in_path(pattern: re.Pattern[str], path: str) -> str:
    found = pattern.search(path)
    return found[1] if found else ""


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if 0 <= number < 1e9 else 0.0
