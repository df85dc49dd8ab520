"""A log line in JSON: Amazon's five fields and more under the many names that programs give them.

The names: the aliases that logs of SP-API clients were seen to use, and those of common log formats.
"""

from __future__ import annotations

import re
from typing import Any, Final

from sptui.spapi.calls import Stage
from sptui.spapi.regions import LWA_PATH, Region
from sptui.triage.reading.http_text import body_value
from sptui.triage.reading.piece import Form, Piece

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "url": (
        "url", "requesturl", "uri", "requesturi", "path", "resourcepath", "requestpath", "endpoint", "route", "httpurl",
        "resource", "urlpath",
    ),
    "method": ("method", "httpmethod", "requestmethod", "verb", "httprequestmethod"),
    "operation": ("operation", "operationid", "operationname", "apioperation", "api", "action", "function"),
    "status": (
        "status", "statuscode", "httpstatus", "httpstatuscode", "responsestatus", "responsestatuscode", "responsecode",
        "httpcode", "httpresponsestatuscode",
    ),
    "code": ("code", "errorcode", "amzncode", "amazoncode", "errcode"),
    "message": ("message", "errormessage", "errormsg", "errordescription", "msg", "reason"),
    "details": ("details", "errordetails", "detail"),
    "seller": (
        "sellerid", "merchantid", "sellingpartnerid", "merchanttoken", "seller", "merchant", "sellingpartner",
    ),
    "marketplaces": ("marketplaceid", "marketplaceids", "marketplace", "marketplaces"),
    "request_id": ("requestid", "xamznrequestid", "amznrequestid", "amazonrequestid", "amzrequestid", "spapirequestid"),
    "error_type": ("errortype", "xamznerrortype"),
    "time": ("time", "timestamp", "ts", "datetime", "date", "attimestamp", "senttime", "sentat", "logtime"),
    "region": ("region", "awsregion", "spregion"),
    "application": ("application", "applicationid", "appid", "clientid"),
    "answer": ("response", "responsebody", "body", "answer", "error", "errors", "exception", "err"),
    "stage": ("stage",),
}  # fmt: skip
_BY_NAME: Final = {alias: field for field, names in _NAMES.items() for alias in names}
_DECIDING: Final = ("url", "operation", "status", "code", "seller", "marketplaces", "request_id", "error_type")
_MARKETPLACE = re.compile(r"A[0-9A-Z]{9,14}")
_DEEPEST: Final = 3
_MOST_FIELDS: Final = 500
_REGIONS: Final = {each.aws_region: each for each in Region} | {each.value.lower(): each for each in Region}


def fields_in(data: dict[str, Any]) -> dict[str, Any]:
    """The known fields of a log line, from its top level first, then from what is nested in it."""
    found: dict[str, tuple[int, Any]] = {}
    level, seen = [data], 0
    for _ in range(_DEEPEST):
        following: list[dict[str, Any]] = []
        for part in level:
            for name, value in part.items():
                seen += 1
                if seen > _MOST_FIELDS:
                    break
                field = _BY_NAME.get("".join(filter(str.isalnum, str(name).lower())))
                if isinstance(value, dict) and (field is None or field == "answer"):
                    following.append(value)
                if field is None or not _fits(field, value):
                    continue
                rank = len(_NAMES[field]) if field == "answer" else _rank(field, str(name))
                if field not in found or (part is data and rank < found[field][0]):
                    found[field] = (rank, value)
        level = following
    return {field: value for field, (_, value) in found.items()}


def _rank(field: str, name: str) -> int:
    return _NAMES[field].index("".join(filter(str.isalnum, name.lower())))


def _fits(field: str, value: Any) -> bool:
    if value in (None, "", [], {}):
        return False
    if field == "status":
        return _status(value) is not None or value in (0, "0", "000")
    if field == "answer":
        return isinstance(value, (dict, list, str))
    if field == "marketplaces":
        return bool(_marketplaces(value))
    if field == "code":
        return isinstance(value, str) and not value.isdigit()
    if field == "time":
        return isinstance(value, (str, int, float))
    return isinstance(value, str)


def is_log_line(data: dict[str, Any]) -> bool:
    """Whether a JSON object tells of a call: two fields that decide cases, or one and an answer."""
    found = fields_in(data)
    deciding = sum(name in found for name in _DECIDING)
    return deciding >= 2 or (deciding == 1 and ("answer" in found or "message" in found) and "status" in found)


def read_log_line(data: dict[str, Any]) -> Piece:
    """The call that a log line tells of."""
    found = fields_in(data)
    url, method = found.get("url", ""), found.get("method", "")
    if " /" in url:  # "GET /orders/v0/orders HTTP/1.1"
        words = url.split()
        method, url = method or words[0], next((each for each in words if each.startswith("/")), url)
    if found.get("stage") == Stage.LWA and not url:
        url = LWA_PATH
    region = _REGIONS.get(str(found.get("region", "")).lower())
    operation = found.get("operation", "")
    failure = None
    if found.get("status") in (0, "0", "000"):
        failure = (str(found.get("code", "other")), str(found.get("message", "No answer came.")))
    return Piece(
        Form.LOG_LINE,
        method=method.upper() if method.isalpha() else "",
        url=url if "/" in url else "",
        status=_status(found.get("status")),
        answer_headers={
            name: found[field]
            for name, field in (("x-amzn-RequestId", "request_id"), ("x-amzn-ErrorType", "error_type"))
            if field in found
        },
        answer_body=None if failure else _answer(found),
        failure=failure,
        operation=operation or ("" if "/" in url else url),
        told="?" in url,
        about={
            "time": str(found.get("time", "")),
            "seller_id": found.get("seller", ""),
            "marketplaces": _marketplaces(found.get("marketplaces")),
            "application": found.get("application", ""),
            "region": region.value if region else "",
        },
    )


def _answer(found: dict[str, Any]) -> Any:
    if "code" in found or "details" in found:
        error = {name: found.get(name, "") for name in ("code", "message", "details")}
        return {"errors": [error]}
    answer = found.get("answer")
    if isinstance(answer, str):
        value = body_value(answer.strip())
        answer = value if isinstance(value, (dict, list)) else {"errors": [{"code": "", "message": answer}]}
    if isinstance(answer, dict) and "message" in answer and "errors" not in answer:
        return {"errors": [answer]}
    if answer is None and "message" in found and _status(found.get("status")) not in (None, 200):
        return {"errors": [{"code": "", "message": found["message"]}]}
    return answer


def _status(value: Any) -> int | None:
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isdigit():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599 else None


def _marketplaces(value: Any) -> list[str]:
    if isinstance(value, str):
        value = value.replace(";", ",").split(",")
    if not isinstance(value, list):
        return []
    return [each.strip() for each in value if isinstance(each, str) and _MARKETPLACE.fullmatch(each.strip())][:20]
