"""One HTTP exchange as it happened, and what the log keeps of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from sptui.spapi.answers import Answer
from sptui.spapi.authorization import Authorization
from sptui.spapi.raw_path import masked
from sptui.spapi.redaction import redact


class Stage(StrEnum):
    """Which server a call went to: they answer in different shapes and for different reasons."""

    LWA = "lwa"
    API = "api"
    DOCUMENT = "document"
    PROBE = "probe"
    """Is a host reached at all? Without a token, and not in the log."""


class TransportFailure(msgspec.Struct, frozen=True):
    """No answer came: why, in the words of the field."""

    kind: str
    """``timeout``, ``connect``, ``tls``, ``closed``, ``unreadable``, ``credentials``, ``forbidden host``,
    ``cancelled`` or ``other``."""
    message: str


class SentRequest(msgspec.Struct, frozen=True):
    """What was sent, secrets masked. ``body`` is the JSON value, or None."""

    method: str
    url: str
    headers: dict[str, str]
    body: Any = None


class Call(msgspec.Struct, frozen=True):
    """One exchange. Exactly one of ``answer`` and ``failure`` is set.

    ``operation`` is the catalogue's key, or "" where the path is none of the catalogue's. When the token could
    not be fetched, the call is the token request itself (``stage`` LWA). ``milliseconds`` runs from sending to
    the last byte, without the wait for the usage plan (``waited`` seconds).
    """

    stage: Stage
    operation: str
    path: str
    authorization: Authorization | None
    request: SentRequest
    answer: Answer | None
    failure: TransportFailure | None
    sent_at: datetime
    milliseconds: float
    waited: float = 0.0
    attempt: int = 1
    marketplaces: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether a readable 2xx answer came."""
        return self.answer is not None and self.answer.ok

    @property
    def status(self) -> int:
        """The HTTP status; 0 where no answer came."""
        return self.answer.status if self.answer is not None else 0

    @property
    def summary(self) -> str:
        """One line for people: ``403 Unauthorized: Access to requested resource is denied.``"""
        if self.failure is not None and self.failure.kind == "credentials":
            return self.failure.message
        if self.failure is not None:
            return f"no answer ({self.failure.kind}): {self.failure.message}"
        assert self.answer is not None  # noqa: S101 - the invariant of this class
        answer = self.answer
        if answer.ok:
            return f"{answer.status} OK"
        told = ": ".join(part for part in (answer.code, answer.message) if part)
        if answer.details:
            told += f" ({answer.details})"
        return redact(f"{answer.status} {told or _body_in_words(answer)}".strip())

    def record(self) -> CallRecord:
        """What the log keeps: no token, no body, no buyer's data."""
        answer, who = self.answer, self.authorization
        return CallRecord(
            time=self.sent_at,
            method=self.request.method,
            path=self.path,
            operation=self.operation,
            stage=self.stage,
            status=self.status,
            code=answer.code if answer else (self.failure.kind if self.failure else ""),
            message=redact(answer.message if answer else (self.failure.message if self.failure else "")),
            details=redact(answer.details) if answer else "",
            seller_id=who.seller_id if who else "",
            region=who.region if who else "",
            application=who.application if who else "",
            marketplaces=self.marketplaces,
            request_id=answer.request_id if answer else "",
            milliseconds=round(self.milliseconds, 1),
            attempt=self.attempt,
            raw_path=self._raw_path(),
        )

    def _raw_path(self) -> str:
        """The path as it was sent, where the template does not say it already; only of calls to the API."""
        raw = masked(self.request.url) if self.stage is Stage.API else ""
        return "" if self.path and raw.endswith(self.path) else raw


class CallRecord(msgspec.Struct, frozen=True):
    """What the log keeps of a call; ``path`` is the template, so that like calls group.

    The first five fields that decide cases (Amazon developer blog, 2022): path, status, error, seller id,
    marketplace id; the others are those that support asks for. ``raw_path`` is the path as it was sent, personal ids
    masked, "" where it is the template.
    """

    time: datetime
    method: str
    path: str
    operation: str
    stage: str
    status: int
    code: str
    message: str
    details: str
    seller_id: str
    region: str
    application: str
    marketplaces: tuple[str, ...]
    request_id: str
    milliseconds: float
    attempt: int = 1
    raw_path: str = ""


def _body_in_words(answer: Answer) -> str:
    return {
        "json": "without an error object",
        "empty": "with an empty body",
        "html": "with an HTML page",
    }.get(answer.kind.value, f"with a {answer.kind.value} body")
