"""A curl command, as typed, as copied from a browser or from Postman; with its trace or answer below it.

Which options take a value, and what each does to the request: curl's manual page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urlsplit

from sptui.triage.reading.piece import Form, Piece
from sptui.triage.reading.shells import Shell, split_command

_COMMAND = re.compile(
    r"""(?mx) ^ [ \t]* (?: [`]{1,3}(?:\w{1,12}[ \t])?  [ \t]* )?                # a fence of Markdown
    (?: [$%\#] [ \t]+ | PS[ ][^>\n]{0,200}> [ \t]* | [A-Za-z]:\\[^>\n]{0,200}> [ \t]*
      | [\w.-]{1,64}@[\w.-]{1,64}[^$\n]{0,200}\$ [ \t]+ )?
    (?= curl (?:\.exe)? [ \t\\^`] )"""
)
_SHORT_WITH_VALUE: Final = frozenset("XHdubeAoFTxmwcDEKYyzrCtQPhU") - {"h"}
_LONG_WITH_VALUE: Final = frozenset(
    {
        "request", "header", "data", "data-raw", "data-binary", "data-ascii", "data-urlencode", "json", "url", "user",
        "cookie", "cookie-jar", "referer", "user-agent", "output", "form", "form-string", "upload-file", "proxy",
        "proxy-user", "max-time", "connect-timeout", "write-out", "dump-header", "cert", "key", "cacert", "capath",
        "config", "retry", "retry-delay", "retry-max-time", "resolve", "connect-to", "interface", "limit-rate", "range",
        "max-redirs", "tls-max", "ciphers", "aws-sigv4", "oauth2-bearer", "url-query", "stderr", "trace",
        "trace-ascii", "output-dir", "unix-socket", "noproxy", "proto", "time-cond", "variable", "cert-type", "pass",
        "http-version", "location-trusted-user", "dns-servers", "doh-url", "expand-url", "continue-at", "netrc-file",
    }
)  # fmt: skip
_SHORT: Final = {
    "X": "request", "H": "header", "d": "data", "u": "user", "b": "cookie", "e": "referer", "A": "user-agent",
    "F": "form", "T": "upload-file", "G": "get", "I": "head",
}  # fmt: skip
_DATA: Final = frozenset({"data", "data-raw", "data-binary", "data-ascii", "data-urlencode", "json"})
_FAILED = re.compile(r"(?m)^[ \t]{0,9}curl: \((\d{1,3})\) ([^\n]{0,300})")
_FAILURES: Final = {
    5: "connect", 6: "connect", 7: "connect", 28: "timeout", 35: "tls", 51: "tls", 52: "closed", 56: "closed",
    58: "tls", 60: "tls", 77: "tls", 16: "closed", 18: "closed", 92: "closed", 97: "connect",
}  # fmt: skip


def commands_in(text: str) -> list[tuple[int, int]]:
    """Where each curl command begins and how far it and what belongs to it (up to the next) reach."""
    starts = [found.end() for found in _COMMAND.finditer(text)]
    return [(start, end) for start, end in zip(starts, [*starts[1:], len(text)], strict=False)]


def read_curl(text: str) -> tuple[Piece, str] | None:
    """The first curl command in ``text`` and the text without it."""
    found = _COMMAND.search(text)
    if found is None:
        return None
    words, end, shell = split_command(text, found.end())
    piece = _request(words, shell)
    rest = text[: found.start()] + "\n" + text[end:]
    if failed := _FAILED.search(rest):
        kind = _FAILURES.get(int(failed[1]), "other")
        piece.failure = (kind, failed[2].strip())
        rest = rest[: failed.start()] + rest[failed.end() :]
    return piece, rest


class _Request:
    """What curl's options add up to."""

    def __init__(self) -> None:
        self.method = ""
        self.urls: list[str] = []
        self.headers: dict[str, str] = {}
        self.data: list[str] = []
        self.query: list[str] = []
        self.notes: list[str] = []
        self.get = self.json = self.form = self.unread = False

    def take(self, name: str, value: str) -> None:
        match name:
            case "request":
                self.method = value.strip().upper()
            case "url":
                self.urls.append(value)
            case "header":
                key, _, told = value.partition(":")
                if key.strip() and (told.strip() or ";" not in key):
                    self.headers[key.strip()] = told.strip()
            case "user" | "oauth2-bearer":
                scheme = "Basic" if name == "user" else "Bearer"
                self.headers.setdefault("authorization", f"{scheme} {value}")
            case "user-agent" | "cookie" | "referer":
                self.headers.setdefault(name, value)
            case "url-query":
                self.query.append(value)
            case "upload-file":
                self.method, self.unread = self.method or "PUT", True
                self.notes.append("The body is a file of yours, which was not read.")
            case _ if name in _DATA:
                self._take_data(name, value)
            case _:
                self._switch(name)

    def _switch(self, name: str) -> None:
        self.get = self.get or name == "get"
        self.form = self.form or name in ("form", "form-string")
        if name == "head":
            self.method = self.method or "HEAD"

    def _take_data(self, name: str, value: str) -> None:
        self.json = self.json or name == "json"
        if name == "data-urlencode":
            key, equals, told = value.partition("=")
            if "@" in key or (not equals and "@" in value):
                self._not_read(value.partition("@")[2])
                return
            self.data.append(f"{key}={quote(told, safe='')}" if equals and key else quote(told or value, safe=""))
        elif value.startswith("@") and name != "data-raw":
            self._not_read(value[1:])
        else:
            self.data.append(value)

    def _not_read(self, name: str) -> None:
        self.unread = True
        self.notes.append(f"The body is in the file {name[:80]!r}, which was not read: paste it, or give --operation.")


def _request(words: list[str], shell: Shell) -> Piece:
    found = _Request()
    for name, value in _options(words[1:]):
        found.take(name, value)
    urls = [each for each in found.urls if each]
    url = next((each for each in urls if "amazon" in each or "{{" in each), urls[0] if urls else "")
    if len(urls) > 1:
        found.notes.append(f"The command has {len(urls)} addresses; this is about {_short(url)}.")
    body = ("" if found.json else "&").join(found.data) if found.data else None
    if found.get:
        found.query, body = [*found.query, *found.data], None
    if found.query:
        url += ("&" if "?" in url else "?") + "&".join(found.query)
    names = {name.lower() for name in found.headers}
    if found.data and not found.get and "content-type" not in names:
        kind = "application/json" if found.json else "application/x-www-form-urlencoded"
        found.headers["content-type"] = kind
        if not found.json and body and body.lstrip()[:1] in ("{", "["):
            found.notes.append("No Content-Type is given: curl sends JSON as application/x-www-form-urlencoded then.")
    method = found.method or ("POST" if (found.data and not found.get) or found.form else "GET")
    notes = [f"Quoted for {shell.value}." if shell is not Shell.BASH else "", *found.notes]
    return Piece(
        Form.CURL,
        method=method,
        url=url,
        headers=found.headers,
        body=body,
        told=not found.unread and not found.form,
        notes=[each for each in notes if each],
    )


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Options by their long names with their values; addresses as ``url``."""
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.startswith("--") and len(word) > 2:
            name, equals, value = word[2:].partition("=")
            if name in _LONG_WITH_VALUE and not equals:
                value = words[at] if at < len(words) else ""
                at += 1
            yield name, value
        elif word.startswith("-") and len(word) > 1:
            for place, letter in enumerate(word[1:], 1):
                if letter not in _SHORT_WITH_VALUE:
                    yield _SHORT.get(letter, letter), ""
                    continue
                value = word[place + 1 :]
                if not value and at < len(words):
                    value, at = words[at], at + 1
                yield _SHORT.get(letter, letter), value
                break
        elif word in ("&&", "||", ">", ">>", "2>&1", "&") or word.startswith((">", "2>")):
            return
        elif word.strip() and (_looks_like_address(word) or at == len(words)):
            yield "url", word


def _looks_like_address(word: str) -> bool:
    return "/" in word or "." in word or "{{" in word or "$" in word


def _short(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the first"
    return f"{parts.hostname or ''}{parts.path}"[:100]
