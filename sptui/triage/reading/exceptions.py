"""Exceptions as the usual SP-API libraries print them: whose it is, and the status that its name stands for.

The names: python-amazon-sp-api ``sp_api.base.exceptions``, Amazon's generated clients (``ApiException``),
jlevers/selling-partner-api and Guzzle, amazon-sp-api for Node, FikaAmazonAPI for C#, and the HTTP libraries
below them.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from sptui.triage.reading.piece import Form, Piece


class _Library(msgspec.Struct, frozen=True):
    """``pattern`` may have the groups ``status``, ``kind`` (looked up in ``statuses``) and ``message``."""

    name: str
    pattern: re.Pattern[str]
    statuses: dict[str, int] = {}
    failures: dict[str, str] = {}


_TAIL: Final = r"[^\n]{0,2000}"
_LIBRARIES: Final = (
    _Library(
        "python-amazon-sp-api",
        re.compile(rf"\bSellingApi(?P<kind>[A-Za-z]{{0,40}})Exception\b:?\s?(?P<message>{_TAIL})"),
        {
            "BadRequest": 400, "Forbidden": 403, "NotFound": 404, "StateConflict": 409, "TooLarge": 413,
            "UnsupportedFormat": 415, "RequestThrottled": 429, "Server": 500, "TemporarilyUnavailable": 503,
            "GatewayTimeout": 504,
        },
    ),
    _Library(
        "python-amazon-sp-api",
        re.compile(rf"\bsp_api\.auth\.\w{{1,40}}\.AuthorizationError:\s?(?P<message>{_TAIL})"),
    ),
    _Library("Amazon's Python client", re.compile(r"\bApiException: \((?P<status>[1-5]\d\d|0)\)")),
    _Library(
        "selling-partner-api for PHP",
        re.compile(
            r"SellingPartnerApi\\{1,2}(?:\w{1,40}\\{1,2}){0,4}\w{0,40}Exception:?\s?(?:\[(?P<status>[1-5]\d\d)\])?"
            rf"(?P<message>{_TAIL})"
        ),
    ),
    _Library(
        "Saloon",
        re.compile(
            r"Saloon\\{1,2}Exceptions\\{1,2}[\w\\]{0,80}?(?P<kind>[A-Za-z]{1,30})Exception:?\s?"
            rf"(?P<message>{_TAIL})"
        ),
        {"Forbidden": 403, "Unauthorized": 401, "NotFound": 404, "TooManyRequests": 429, "InternalServerError": 500},
        {"FatalRequest": "connect"},
    ),
    _Library(
        "Guzzle",
        re.compile(rf"GuzzleHttp\\{{1,2}}Exception\\{{1,2}}(?P<kind>\w{{1,40}})Exception:?\s?(?P<message>{_TAIL})"),
        {},
        {"Connect": "connect"},
    ),
    _Library(
        "FikaAmazonAPI",
        re.compile(rf"\bAmazon(?P<kind>[A-Z][A-Za-z]{{2,40}})Exception\b:?\s?(?P<message>{_TAIL})"),
        {
            "Unauthorized": 403, "BadRequest": 400, "InvalidInput": 400, "NotFound": 404, "QuotaExceeded": 429,
            "InternalError": 500, "InvalidSignature": 403,
        },
    ),
    _Library("amazon-sp-api for Node", re.compile(rf"\bCustomError: (?P<message>{_TAIL})")),
    _Library("axios", re.compile(rf"\bAxiosError(?:\b\s?\[\w{{1,40}}\])?:\s?(?P<message>{_TAIL})")),
    _Library(
        "Amazon's client",
        re.compile(
            r"\b(?:[a-z]\w{0,40}\.){1,6}ApiException\b:?\s?(?:\((?P<status>[1-5]\d\d)\)\s?)?"
            rf"(?P<message>{_TAIL})"
        ),
    ),
    _Library("Amazon's client", re.compile(rf"\bError calling [A-Z]\w{{2,60}}: (?P<message>{_TAIL})")),
    _Library("okhttp", re.compile(r"\bResponse\{protocol=[\w/.]{1,12}, code=(?P<status>[1-5]\d\d)\b")),
    _Library(
        "requests",
        re.compile(rf"\brequests\.exceptions\.(?P<kind>\w{{1,40}}):\s?(?P<message>{_TAIL})"),
        {},
        {
            "ConnectTimeout": "timeout", "ReadTimeout": "timeout", "Timeout": "timeout", "SSLError": "tls",
            "ConnectionError": "connect", "ProxyError": "connect", "ChunkedEncodingError": "closed",
        },
    ),
    _Library(
        "httpx",
        re.compile(rf"\bhttpx\.(?P<kind>\w{{1,40}}):\s?(?P<message>{_TAIL})"),
        {},
        {
            "ConnectTimeout": "timeout", "ReadTimeout": "timeout", "WriteTimeout": "timeout", "PoolTimeout": "timeout",
            "ConnectError": "connect", "ReadError": "closed", "RemoteProtocolError": "closed", "ProxyError": "connect",
        },
    ),
    _Library(
        "aiohttp",
        re.compile(
            r"\baiohttp\.client_exceptions\.(?P<kind>\w{1,40}):\s?(?:(?P<status>[1-5]\d\d), )?"
            rf"(?P<message>{_TAIL})"
        ),
        {},
        {
            "ClientConnectorError": "connect", "ServerTimeoutError": "timeout", "ServerDisconnectedError": "closed",
            "ClientConnectorDNSError": "connect", "ClientConnectorCertificateError": "tls",
        },
    ),
    _Library(
        ".NET",
        re.compile(
            r"\bSystem\.Net\.(?:Http\.)?(?P<kind>HttpRequest|Web|Sockets\.Socket)Exception\b[^:\n]{0,40}:\s?"
            rf"(?P<message>{_TAIL})"
        ),
        {},
        {"Sockets.Socket": "connect"},
    ),
    _Library(
        "Java",
        re.compile(rf"\bjava(?:x)?\.net\.(?:ssl\.)?(?P<kind>\w{{1,40}})Exception:\s?(?P<message>{_TAIL})"),
        {},
        {
            "SocketTimeout": "timeout", "UnknownHost": "connect", "Connect": "connect", "SSLHandshake": "tls",
            "SSL": "tls",
        },
    ),
)  # fmt: skip
_SILENCES: Final = (
    (
        re.compile(
            r"(?i)\bread timed out|connect(?:ion)? timed out|ETIMEDOUT|ECONNABORTED|timeout of \d{1,7} ?ms exceeded"
            r"|The operation has timed out|cURL error 28"
        ),
        "timeout",
    ),
    (
        re.compile(
            r"(?i)ENOTFOUND|EAI_AGAIN|ECONNREFUSED|name or service not known|nodename nor servname"
            r"|could not resolve host|connection refused|NameResolutionError|Failed to establish a new connection"
            r"|No such host is known|cURL error [67]\b"
        ),
        "connect",
    ),
    (
        re.compile(
            r"(?i)CERTIFICATE_VERIFY_FAILED|SSL certificate problem|PKIX path building failed|self.signed certificate"
            r"|cURL error 60"
        ),
        "tls",
    ),
    (
        re.compile(
            r"(?i)ECONNRESET|socket hang up|connection (?:was )?reset|Connection aborted|Server disconnected"
            r"|RemoteDisconnected|cURL error 5[26]"
        ),
        "closed",
    ),
)  # fmt: skip
_TRACEBACK = re.compile(
    r"(?m)^Traceback \(most recent call last\)|^\s{1,40}at [\w$.<>]{1,200}\(|^#\d{1,4} /"
    r"|^\s{1,40}at (?:async )?[\w.<>]{1,100} \(|^Fatal error: |^\s{2,40}File \""
)


def read_exception(text: str) -> tuple[Piece, str] | None:
    """The exception that is printed in ``text``; the text is left whole, for what else it tells."""
    for library in _LIBRARIES:
        found = library.pattern.search(text)
        if found is None:
            continue
        told = found.groupdict()
        kind = told.get("kind") or ""
        status = int(told["status"] or 0) if told.get("status") else library.statuses.get(kind)
        piece = Piece(Form.EXCEPTION, status=status or None, notes=[f"An exception of {library.name}."])
        failure = library.failures.get(kind)
        if failure and status is None:
            # The library's word is coarse (requests calls an unknown host and a refusal alike): the message tells.
            piece.failure = (silence_in(told.get("message") or "") or failure, (told.get("message") or kind)[:500])
        return piece, text
    if _TRACEBACK.search(text):
        return Piece(Form.EXCEPTION), text
    return None


def message_in(text: str) -> str:
    """What the exception says, without objects; "" where there is none."""
    for library in _LIBRARIES:
        if found := library.pattern.search(text):
            told = (found.groupdict().get("message") or "").strip()
            return "" if told[:1] in ("{", "[", "(", "'") else told[:500]
    return ""


def silence_in(text: str) -> str:
    """The kind of failure where no answer came at all, as the words of the common libraries tell it; else ""."""
    return next((kind for pattern, kind in _SILENCES if pattern.search(text)), "")
