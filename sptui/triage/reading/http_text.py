"""Raw HTTP: a request, an answer or both, as sent, as traced by ``curl -v`` and ``-i``, or as a proxy dumps it."""

from __future__ import annotations

import re
from typing import Any, Final

from sptui.triage.reading.loose import json_or_text
from sptui.triage.reading.piece import Form, Piece

_METHODS: Final = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_REQUEST_LINE = re.compile(
    rf"^[ \t]*(?:> ?)?({_METHODS})[ \t]+(/[^\s]{{0,8000}}|https?://[^\s]{{1,8000}})(?:[ \t]+HTTP/[\d.]{{1,3}})?[ \t]*$"
)
_STATUS_LINE = re.compile(r"^[ \t]*(?:< ?)?HTTP/[\d.]{1,3}[ \t]+([1-5]\d\d)\b")
_HEADER = re.compile(r"^[ \t]*(?:[<>] ?)?(:?[A-Za-z][A-Za-z0-9_-]{0,80})[ \t]?:(?!//)[ \t]*(.*)$")
_TRACE = re.compile(r"^[ \t]*(?:\*[ \t]|[{}] \[|[<>][ \t]*$|%[ \t]{1,9}Total|Dload)")
_PSEUDO: Final = {":method", ":path", ":authority", ":scheme", ":status"}


def read_http(text: str) -> tuple[Piece, str] | None:
    """The last request and the last answer in ``text``, and the lines that are neither."""
    piece, rest = _Scan(text.split("\n")).read()
    return (piece, rest) if piece.url or piece.status is not None else None


class _Scan:
    """Goes through the lines once: headings, headers, bodies, and what is left over."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0
        self._left: list[str] = []
        self._piece = Piece(Form.HTTP, told=True)

    def read(self) -> tuple[Piece, str]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if found := _REQUEST_LINE.match(line):
                self._at += 1
                self._request(found[1], found[2])
            elif found := _STATUS_LINE.match(line):
                self._at += 1
                self._answer(int(found[1]), proxy="established" in line.lower())
            elif line.lstrip("<> \t").startswith((":method", ":path", ":authority", ":status")):
                self._pseudo()
            else:
                if not _TRACE.match(line):
                    self._left.append(line)
                self._at += 1
        return self._piece, "\n".join(self._left)

    def _request(self, method: str, target: str) -> None:
        headers = self._headers()
        self._piece.method, self._piece.headers = method, headers
        self._piece.url = _whole(target, headers)
        body = self._body(traced=False)
        self._piece.body = json_or_text(body) if body else None

    def _answer(self, status: int, *, proxy: bool) -> None:
        headers = self._headers()
        body = self._body(traced=True)
        if status < 200 or (proxy and status == 200):
            return
        self._piece.status, self._piece.answer_headers = status, headers
        self._piece.answer_body = body_value(_dechunked(body, headers)) if body else ""

    def _pseudo(self) -> None:
        headers = self._headers()
        if ":status" in headers:
            status = headers[":status"][:3]
            self._piece.status = int(status) if re.fullmatch("[1-5][0-9]{2}", status) else None
            self._piece.answer_headers = _without_pseudo(headers)
            body = self._body(traced=True)
            self._piece.answer_body = body_value(body) if body else ""
            return
        self._piece.method = headers.get(":method", "").upper()
        self._piece.headers = _without_pseudo(headers)
        authority = headers.get(":authority", "")
        self._piece.url = (f"https://{authority}" if authority else "") + headers.get(":path", "/")
        body = self._body(traced=False)
        self._piece.body = json_or_text(body) if body else None

    def _headers(self) -> dict[str, str]:
        """The header lines from here on; an empty line behind them is passed over."""
        found: dict[str, str] = {}
        while self._at < len(self._lines):
            line = self._lines[self._at]
            header = _HEADER.match(line)
            if header is not None and not _STATUS_LINE.match(line):
                found[header[1]] = header[2].strip()
            elif not line.strip("<> \t"):
                self._at += 1
                break
            elif not _TRACE.match(line):
                break
            self._at += 1
        return found

    def _body(self, *, traced: bool) -> str:
        """The lines up to the next request or answer."""
        lines: list[str] = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if _REQUEST_LINE.match(line) or _STATUS_LINE.match(line) or line.lstrip().startswith(("> ", "< ")):
                break
            if line.lstrip("<> \t").startswith((":method:", ":status:")):
                break
            if not _TRACE.match(line):
                lines.append(line)
            self._at += 1
        text = "\n".join(lines).strip()
        if traced or not text or text[0] in "{[<" or "=" in text.split("\n")[0]:
            return text
        self._left.append(text)  # prose below a request is no body
        return ""


def _whole(target: str, headers: dict[str, str]) -> str:
    if not target.startswith("/"):
        return target
    host = next((value for name, value in headers.items() if name.lower() == "host"), "")
    return f"https://{host}{target}" if re.fullmatch(r"[\w.:-]{1,253}", host) else target


def _without_pseudo(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in _PSEUDO}


def body_value(body: str) -> Any:
    """An answer's body as a JSON value; JSON that is cut or has prose behind it as far as it goes; else the text."""
    value = json_or_text(body)
    if isinstance(value, str) and body[:1] in ("{", "["):
        from sptui.triage.reading.loose import parse

        found, end = parse(body)
        if isinstance(found, (dict, list)) and found and (end < len(body) or _is_error(found)):
            return found
    return value


def _is_error(value: Any) -> bool:
    first = value.get("errors") if isinstance(value, dict) else value
    return isinstance(first, list) and bool(first) and isinstance(first[0], dict)


def _dechunked(body: str, headers: dict[str, str]) -> str:
    if not any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers.items()):
        return body
    parts: list[str] = []
    at = 0
    size_line = re.compile(r"([0-9a-fA-F]{1,8})(?:;[^\n]{0,200})?[ \t]*(?:\n|$)")
    while found := size_line.match(body, at):
        size = int(found[1], 16)
        # Sizes count bytes; in text of other than ASCII characters the next size line is nearer.
        at = found.end() + size
        parts.append(body[found.end() : at])
        while body[at : at + 1] == "\n":
            at += 1
        if not size:
            break
    return "".join(parts) if parts else body
