"""A request shown whole before it is sent: address, headers and body, without any token, also as a curl command."""

from __future__ import annotations

import shlex
from typing import Any, Final

import msgspec

from sptui.spapi.requests import ApiRequest

TOKEN_VARIABLE: Final = "SPAPI_TOKEN"
"""What stands for the access token in a curl command: the shell's variable, never the token."""


class RequestPreview(msgspec.Struct, frozen=True):
    """What will go out but for token, date and user agent. ``url`` is whole; ``body`` the JSON value or None."""

    method: str
    url: str
    headers: dict[str, str]
    body: Any = None

    def as_json(self) -> dict[str, Any]:
        """``{"method", "url", "headers", "body"}``."""
        return {"method": self.method, "url": self.url, "headers": self.headers, "body": self.body}

    def as_text(self) -> str:
        """As HTTP writes it: the request line, the headers, the body."""
        lines = [f"{self.method} {self.url}", *(f"{name}: {value}" for name, value in self.headers.items())]
        return "\n".join(lines if self.body is None else [*lines, "", pretty(self.body)])

    def as_curl(self) -> str:
        """The same as a curl command for a POSIX shell; the token is read from ``$SPAPI_TOKEN``."""
        parts = [f"curl -X {self.method} {shlex.quote(self.url)}", f'-H "x-amz-access-token: ${TOKEN_VARIABLE}"']
        parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in self.headers.items()]
        if self.body is not None:
            parts.append(f"--data-raw {shlex.quote(msgspec.json.encode(self.body).decode())}")
        return " \\\n  ".join(parts)


def preview_of(request: ApiRequest, base: str) -> RequestPreview:
    """``request`` under ``base``: scheme, host and whatever stands before the path, without a trailing slash."""
    headers = {**request.headers, "accept": "application/json"}
    if request.body is not None:
        headers["content-type"] = "application/json"
    return RequestPreview(request.method, base + request.target, headers, request.body)


def pretty(value: Any) -> str:
    """A JSON value over several lines."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
