"""Whatever a text tells of a call: addresses, statuses, error objects, request ids, names of operations.

The last reader, and the one that completes the others: a traceback says the exception, and somewhere above it
the address; a chat message says both in prose.
"""

from __future__ import annotations

import functools
import re
from typing import Any, Final

from sptui.spapi.catalogue import Catalogue
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.triage.reading.error_objects import error_in
from sptui.triage.reading.exceptions import message_in, silence_in
from sptui.triage.reading.hosts import ADDRESS, Place, place_of
from sptui.triage.reading.loose import objects_in
from sptui.triage.reading.piece import Form, Piece

_METHOD_BEFORE = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE|HEAD)\b[^A-Za-z0-9]{0,6}$")
_METHOD_NAMED = re.compile(r"(?i)\b(?:request )?method['\"]?\s?[:=]\s?['\"]?(GET|POST|PUT|PATCH|DELETE|HEAD)\b")
_PATH = re.compile(r"(?<![\w/.\\:-])(/[a-z][a-zA-Z]{2,30}/[A-Za-z0-9/_.{}~%?=&,:+-]{2,2000})")
_CODE_NAME: Final = r"\b(?:http[ _]?)?(?:response[ _]?)?status[ _]?code['\"\]]?(?::[\w\\]{1,60}:private\])?"
_REASONS: Final = (
    "Client Error|Server Error|Forbidden|Bad Request|Unauthorized|Not Found|Too Many Requests|Internal Server Error|"
    "Service Unavailable|Gateway Time-?out|Bad Gateway|Conflict|Request Entity|Unsupported"
)
_BEFORE: Final = r"\b(?:error|returned|responds? with|got|status|answers?|with|receiv\w{2,5}|a)\s(?:an?\s)?(?:http\s)?"
_STATUS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?i)\bHTTP response code:\s?([1-5]\d\d)\b",
        rf"(?i){_CODE_NAME}\s{{0,3}}(?:=>|[:=]|is|of)?\s{{0,3}}['\"(]?([1-5]\d\d)\b",
        r"(?i)\bstatus['\"]?\s{0,3}(?:=>|[:=])\s{0,3}['\"]?([1-5]\d\d)\b",
        r"(?i)\b(?:http[ _]?|response[ _]?|error[ _]?)code['\"]?\s{0,3}(?:=>|[:=])?\s{0,3}['\"]?([1-5]\d\d)\b",
        r"\bcode=([1-5]\d\d)\b",
        r"\bHTTP(?:/[\d.]{1,3})?[ :]{1,2}([1-5]\d\d)\b",
        rf"\b([45]\d\d) (?:{_REASONS})",
        rf"(?i){_BEFORE}([45]\d\d)\b",
        r"\[([45]\d\d)\]|\(([45]\d\d)\)",
    )
)
_ID = re.compile(
    r"(?i)x-amzn-?request-?id['\"\]]?\s{0,60}(?:=>|[:=])?[\s'\"(\[]{0,20}"
    r"(?:Array\s{1,40}\(\s{1,40}\[0\] => )?([0-9a-f-]{20,40})"
)
_ERROR_TYPE = re.compile(
    r"(?i)x-amzn-?error-?type['\"\]]?\s{0,60}(?:=>|[:=])[\s'\"\[]{0,20}"
    r"(?:Array\s{1,40}\(\s{1,40}\[0\] => )?(?!Array)(\w{5,60})"
)
_TRUNCATED = re.compile(r"\s?\(truncated\.\.\.\)")
_CODES: Final = (
    "Unauthorized", "InvalidInput", "QuotaExceeded", "InternalFailure", "NotFound", "ServiceUnavailable",
    "AccessDenied", "MissingAuthenticationToken", "InvalidSignature", "TooManyRequests", "ResourceNotFound",
    "InvalidRequest", "BadRequest",
)  # fmt: skip
_CODE = re.compile(rf"\b(?:([45]\d\d)[ :,/()-]{{1,3}})?['\"]?({'|'.join(_CODES[:10])})\b")
_POOL_HOST = re.compile(r"host='([\w.-]{4,100})'")
_DATE = re.compile(r"(?i)\bdate['\"]?\s{0,3}[:=][\s'\"\[]{0,6}(\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)")
_MOMENT = re.compile(r"\b20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?")
_WORD = re.compile(r"[A-Za-z][A-Za-z_]{5,60}")
_MARKETPLACE = re.compile(r"\bA[0-9A-Z]{11,14}\b")
_MOST_WORDS: Final = 20_000


def glean(text: str, catalogue: Catalogue) -> Piece:
    """What ``text`` tells of one call; an empty piece where that is nothing."""
    piece = Piece(Form.TEXT)
    cut = bool(_TRUNCATED.search(text))
    text = _TRUNCATED.sub("", text) if cut else text
    piece.url, piece.method = _address(text, catalogue)
    piece.answer_body, start = _answer(text)
    piece.status = _status(text, piece.answer_body)
    if found := _ID.search(text):
        piece.answer_headers["x-amzn-RequestId"] = found[1]
    if found := _ERROR_TYPE.search(text):
        piece.answer_headers["x-amzn-ErrorType"] = found[1]
    if found := _DATE.search(text):
        piece.answer_headers["Date"] = found[1]
    if found := _MOMENT.search(text[:start] if start else text):
        piece.about["time"] = found[0]
    if place_of(piece.url) is not Place.LWA:
        piece.operation = _operation(text, catalogue)
    marketplaces = [each for each in _MARKETPLACE.findall(text[:100_000]) if each in MARKETPLACES]
    piece.about["marketplaces"] = list(dict.fromkeys(marketplaces))[:20]
    message = message_in(text)
    if piece.answer_body is None and message and not silence_in(message):
        piece.answer_body = {"errors": [{"code": "", "message": message, "details": ""}]}
    _complete(piece, text, message, cut=cut)
    if not piece.has_answer and (silence := silence_in(text)):
        piece.failure = (silence, message or "No answer came.")
    piece.told = "?" in piece.url
    return piece


def _complete(piece: Piece, text: str, message: str, *, cut: bool) -> None:
    """What stands beside an error object belongs to it: the exception's message, the code that prose names."""
    if (coded := _CODE.search(text)) and piece.answer_body is None and (coded[1] or piece.status):
        piece.status = piece.status or int(coded[1])
        piece.answer_body = {"errors": [{"code": coded[2], "message": "", "details": ""}]}
    errors = piece.answer_body.get("errors") if isinstance(piece.answer_body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict):
        return
    if not first.get("message") and message:
        first["message"] = message
    code = first.get("code")
    if cut and isinstance(code, str) and code:
        first["code"] = next((each for each in _CODES if each.startswith(code)), code)


def _address(text: str, catalogue: Catalogue) -> tuple[str, str]:
    """The address of the call (SP-API's before LWA's before a document's) and its method."""
    best, rank = None, 3
    order = {Place.API: 0, Place.LWA: 1, Place.DOCUMENT: 2}
    for place, found in enumerate(ADDRESS.finditer(text)):
        if place > 200 or not rank:
            break
        its = order.get(place_of(found[0]), 3)
        if its < rank:
            best, rank = found, its
    if best is not None:
        url = best[0].rstrip(".,;:)'")
        before = _METHOD_BEFORE.search(text[max(0, best.start() - 12) : best.start()])
        if before is None:
            before = _METHOD_NAMED.search(text)
        return url, before[1].upper() if before else _method_of(url, catalogue)
    for place, found in enumerate(_PATH.finditer(text)):
        if place > 200:
            break
        path = found[1].rstrip(".,;:)'")
        if matched := catalogue.match_path(path):
            before = _METHOD_BEFORE.search(text[max(0, found.start() - 12) : found.start()])
            pool = _POOL_HOST.search(text)  # urllib3 names the host apart from the path
            path = f"https://{pool[1]}{path}" if pool else path
            return path, before[1] if before else matched[0][0].method if len(matched) == 1 else ""
    return "", ""


def _method_of(url: str, catalogue: Catalogue) -> str:
    matched = catalogue.match_path(url)
    return matched[0][0].method if len(matched) == 1 else ""


def _status(text: str, answer: Any) -> int | None:
    for pattern in _STATUS:
        if found := pattern.search(text):
            return int(next(each for each in found.groups() if each))
    if isinstance(answer, dict):  # LWA's errors have one status each (auth.md)
        return {"invalid_client": 401, "invalid_grant": 400, "invalid_scope": 400, "unauthorized_client": 400}.get(
            str(answer.get("error"))
        )
    return None


def _answer(text: str) -> tuple[Any, int]:
    for place, (value, start, _) in enumerate(objects_in(text)):
        if place > 200:
            break
        if (found := error_in(value)) is not None:
            return found, start
    if found_lwa := _LWA_TUPLE.search(text):
        return {"error": found_lwa[1], "error_description": found_lwa[2]}, found_lwa.start()
    return None, 0


_LWA_TUPLE = re.compile(
    r"\b(invalid_client|invalid_grant|invalid_scope|unauthorized_client|unsupported_grant_type|invalid_request)\b"
    r"['\"]?,?:?\s?['\"]?([^'\"\n)]{0,300})"
)


def _operation(text: str, catalogue: Catalogue) -> str:
    """The first operation that is named as a call (``get_orders(``, ``in get_orders``), else the first named."""
    names = _names(catalogue)
    first = ""
    for place, found in enumerate(_WORD.finditer(text)):
        if place > _MOST_WORDS:
            break
        word = found[0].replace("_", "").lower().removesuffix("withhttpinfo").removesuffix("async")
        name = names.get(word)
        if name is None or (found[0].islower() and "_" not in found[0]):
            continue
        called = text[found.end() : found.end() + 1] == "(" or text[found.start() - 3 : found.start()] == "in "
        if called:
            return name
        first = first or name
    return first


@functools.lru_cache(maxsize=2)
def _names(catalogue: Catalogue) -> dict[str, str]:
    """Operations by their names in small letters; a name that several APIs share is left out."""
    return {each.name.lower(): each.name for each in catalogue if catalogue.get(each.name) is not None}
