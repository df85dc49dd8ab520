"""The program that makes the call: Postman's snippets and code like them, in whatever language.

No language is parsed. What all of them have in common is enough: strings, one of which is the address, pairs of a
header's name and its value, a method's name, and a JSON text or an object literal as the body.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlencode

from sptui.triage.reading.hosts import Place, place_of
from sptui.triage.reading.loose import json_or_text, parse
from sptui.triage.reading.piece import Form, Piece

_SIGNS = re.compile(
    r"""(?mx) \b(?:requests|axios|httpx|http|https|client|session|RestClient|unirest) \s?\.\s?
      (?:get|post|put|patch|delete|request|execute)\s?\(
    | \b(?:import\s{1,9}(?:requests|httpx|http\.client)|require\(['"](?:axios|https|request|node-fetch|unirest))
    | \bfetch\s?\(
    | \bnew\s+(?:OkHttpClient|RestClient|HttpClient|RestRequest|Request|HttpRequestMessage|GuzzleHttp|Client)\b
    | \bcurl_(?:init|setopt) | CURLOPT_ | \bcurl_easy_setopt | \bInvoke-(?:RestMethod|WebRequest)\b
    | \bhttp\.NewRequest\b
    | \bhttp\.client\.HTTPS?Connection\( | \bNet::HTTP | \bURLRequest\( | \bhttr2?:: | \bUnirest\.
    | \bHttpRequest\.newBuilder
    """
)
_STRING = re.compile(
    r'''(?x) """((?:[^"\\]|\\.|"(?!""))*)""" | @"((?:[^"]|"")*)" | "((?:[^"\\\n]|\\.)*)"
    | '((?:[^'\\]|\\.)*)' | `((?:[^`\\]|\\.)*)` ''',
    re.DOTALL,
)
_HOST = re.compile(r"(?:sandbox\.)?sellingpartnerapi-\w\w\.amazon\.com|api\.amazon\.com")
_METHODS: Final = "GET|POST|PUT|PATCH|DELETE|HEAD"
_METHOD = re.compile(
    rf"""(?x) (?: method['"]? \s? [:=]>? \s? | request\(\s? | REQUEST['"]? ,? \s? (?:=>)? \s? | Method\. | Method\(\s?
      | HttpMethod\. | NewRequest\(\s? | open\(\s? | Request\(\s? | method\(\s? | -Method \s | httpMethod \s? = \s?
      | Unirest\. | Request::
      | (?:requests|axios|httpx|http|client|session|fetch|unirest)\.  | \.method\( )
    ['"]? ( (?i:{_METHODS}) ) (?![A-Za-z]) """
)
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+|accept|host|authorization|cookie", re.IGNORECASE)
_WHOLE_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+|Accept|Host|Authorization|Cookie):[ \t]*(.*)")
_BETWEEN = re.compile(r"\s*\]?\s*(?::|=>|=|,)\s*")
_BODY_NAME = re.compile(
    r"""(?ix) \b (?:data|body|payload|json|postData|raw|content|CURLOPT_POSTFIELDS|jsonBody) ['"]? \s{0,4}
    (?:=>|=|:|,) \s{0,4}
    (?: (?:JSON\.stringify|json\.dumps|json_encode|new\ StringContent|RequestBody\.create|json) \s? \( \s{0,4} )?
    (?= [{\[] )"""
)
_PARAMS = re.compile(r"(?i)\b(?:params|query|queryParams)['\"]?\s{0,4}(?:=>|=|:)\s{0,4}(?=[{\[])")
_BRACED_BODY: Final = 100_000


def read_code(text: str) -> tuple[Piece, str] | None:
    """The call that a snippet makes; the text is left whole, for what it prints."""
    if not _SIGNS.search(text):
        return None
    strings = [(found.start(), found.end(), _text_of(found)) for found in _STRING.finditer(text)]
    url = _address(strings, text)
    if not url:
        return None
    headers, used = _headers(text, strings)
    body = _body(text, strings, used)
    found = _METHOD.search(text)
    method = found[1].upper() if found else ("POST" if body is not None else "GET")
    if params := _object_behind(_PARAMS, text):
        url += ("&" if "?" in url else "?") + urlencode(params, doseq=True)
    return Piece(Form.CODE, method=method, url=url, headers=headers, body=body, told=True), text


def _text_of(found: re.Match[str]) -> str:
    told = next((group for group in found.groups() if group is not None), "")
    if found[0].startswith('@"'):
        return told.replace('""', '"')
    return re.sub(r"\\(.)", _unescaped, told, flags=re.DOTALL) if "\\" in told else told


def _unescaped(found: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t", "r": "\r", "\n": ""}.get(found[1], found[1])


def _address(strings: list[tuple[int, int, str]], text: str) -> str:
    """The address: whole in one string, or a host in one and a path in another."""
    whole = [each.strip() for _, _, each in strings if re.match(r"\s*https?://[^\s/]", each)]
    bare = re.findall(r"(?<!['\"`\w])https?://[^\s'\"`<>()]{4,2000}", text[:200_000])
    found = next((each for each in [*whole, *bare] if place_of(each) is not Place.OTHER), whole[0] if whole else "")
    path = next((each for _, _, each in strings if re.match(r"/[a-z][\w-]*/[^\s]{2,}", each)), "")
    host = next((each for _, _, each in strings if _HOST.fullmatch(each)), "")
    if found and path and re.fullmatch(r"https?://[^/?]{4,253}/?", found):
        return found.rstrip("/") + path
    if not found and host:
        return f"https://{host}{path}" if path else ""
    return found


def _headers(text: str, strings: list[tuple[int, int, str]]) -> tuple[dict[str, str], set[int]]:
    """Headers, and which of the strings they were made of."""
    found: dict[str, str] = {}
    used: set[int] = set()
    for place, (_, end, told) in enumerate(strings):
        if place in used:
            continue
        if whole := _WHOLE_HEADER.fullmatch(told):
            found[whole[1]] = whole[2].strip()
            used.add(place)
        elif place + 1 < len(strings) and _HEADER_NAME.fullmatch(told):
            between = _BETWEEN.fullmatch(text, end, strings[place + 1][0])
            if between:
                found[told] = strings[place + 1][2]
                used |= {place, place + 1}
    return found, used


def _body(text: str, strings: list[tuple[int, int, str]], used: set[int]) -> Any:
    for place, (_, _, told) in enumerate(strings):
        if place not in used and told.strip()[:1] in ("{", "[") and not isinstance(json_or_text(told), str):
            return json_or_text(told)
        if place not in used and "grant_type=" in told and "://" not in told:
            return told
    found = _object_behind(_BODY_NAME, text)
    return found or None


def _object_behind(pattern: re.Pattern[str], text: str) -> dict[str, Any]:
    for place, found in enumerate(pattern.finditer(text)):
        if place >= 8:
            break
        value, _ = parse(text, found.end(), limit=_BRACED_BODY)
        if isinstance(value, dict) and value and not set(value) & {"headers", "method", "url"}:
            return value
    return {}
