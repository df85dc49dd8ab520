"""One request on its way: what is noted of it when it is sent, and of its answer or failure when that comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from .caseless import caseless, text_of
from .hosts import Place
from .tokens import token_kind

LONGEST_BODY: Final = 16 << 10
"""Bytes of a failure's body that are looked at."""
_BODY_LOOKED_AT: Final = 20_000
_BODY_KEPT: Final = 600
_SNIFFED: Final = 64
"""Bytes of a success that are looked at: Amazon has sent 200 with a blank body, and proxies send pages of HTML."""


class Exchange:
    """Ends once, with ``end`` or ``fail``; what comes later is passed over. One that is let go of unended counts as
    ended when it was last heard of.
    """

    __slots__ = (
        "_agent", "_answer", "_body", "_done", "_fields", "_length", "_marketplaces", "_method", "_ms", "_place",
        "_put", "_sent", "_start", "_token", "attempt", "status",
    )  # fmt: skip

    def __init__(
        self,
        put: Callable[..., None],
        method: str,
        place: Place,
        fields: Mapping[str, Any],
        token: str | bytes | None = None,
        agent: str | bytes | None = None,
        body: Any = None,
    ) -> None:
        self._done = False
        self.status = 0
        self.attempt = 1
        self._put = put
        self._method = method
        self._place = place
        self._fields = fields
        self._token = token_kind(text_of(token)) if token else ""
        self._agent = text_of(agent)
        self._marketplaces = _telling_part(body) if place.stage == "api" else b""
        self._answer: tuple[Any, ...] | None = None
        self._body: list[bytes] = []
        self._length = 0
        self._sent = time.time()
        self._start = time.perf_counter()
        self._ms = 0.0

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self._done

    @property
    def has_answer(self) -> bool:
        """Whether ``answered`` was called: its body is on its way."""
        return self._answer is not None

    def answered(self, status: int, headers: Any) -> None:
        """The status line and the headers are there (``headers``: any mapping that knows no case, or a dict)."""
        get = caseless(headers).get
        self.status = status
        self._answer = (
            get("x-amzn-requestid"),
            get("x-amzn-errortype"),
            get("x-amzn-ratelimit-limit"),
            get("content-encoding"),
        )
        self._ms = (time.perf_counter() - self._start) * 1000

    def sent_before(self, seconds: float) -> None:
        """It was sent as long ago: for hooks that see an answer alone."""
        self._sent -= seconds
        self._start -= seconds

    def take(self, chunk: bytes) -> None:
        """A piece of the answer's body."""
        if self._length < (LONGEST_BODY if self.status >= 400 else _SNIFFED):
            self._body.append(bytes(chunk[: LONGEST_BODY if self.status >= 400 else _SNIFFED]))
        self._length += len(chunk)

    def end(self, *, decoded: bool = False, whole: bool = True) -> None:
        """The answer is there. ``decoded``: its body was taken without its compression; ``whole``: all of it."""
        if self._done or self._answer is None:
            return
        self._done = True
        self._ms = (time.perf_counter() - self._start) * 1000
        self._answer = (*self._answer[:3], "" if decoded else self._answer[3], whole)
        self._put(self)

    def fail(self, raised: BaseException) -> None:
        """No answer, or not all of it. An exception that carries an answer (a raised status) counts as that answer."""
        if self._done:
            return
        carried = _answer_in(raised)
        if carried is not None:
            if self._answer is None:
                self.answered(*carried)
            self.end(whole=False)
            return
        self._done = True
        self._ms = (time.perf_counter() - self._start) * 1000
        self.status = 0
        from .failures import kind_of, message_of

        self._answer = (kind_of(raised), message_of(raised))
        self._put(self)

    def fields(self) -> dict[str, Any]:
        """All that is known, by the fields of a line; for the thread that writes, which alone imports what it takes."""
        from .lines import fields_of, marketplaces_in

        place = self._place
        told: dict[str, Any] = {
            "time": self._sent,
            "received": self._sent + self._ms / 1000,
            "ms": self._ms,
            "stage": place.stage,
            "method": self._method,
            "host": place.host,
            "region": place.region,
            "sandbox": place.sandbox,
            "path": place.path,
            "status": self.status,
            "token": self._token,
            "user_agent": self._agent,
            "attempt": self.attempt,
            **self._outcome(),
            **{name: value for name, value in fields_of(self._fields).items() if value not in (None, "", [], ())},
        }
        told.setdefault("marketplaces", marketplaces_in(place.query, self._marketplaces))
        return told

    def _outcome(self) -> dict[str, Any]:
        answer = self._answer or ("other", "")
        if len(answer) == 2:
            return {"code": answer[0], "message": answer[1]}
        from .answers import read_error

        request_id, error_type, rate_limit, encoding, whole = answer
        told: dict[str, Any] = {
            "request_id": request_id,
            "error_type": text_of(error_type).partition(":")[0],  # LWA puts an address behind it
            "rate_limit": rate_limit,
        }
        body = b"".join(self._body)
        error = read_error(body, text_of(encoding)) if body or whole else None
        if error is not None and self.status >= 400:
            told.update(code=error.code, message=error.message, details=error.details, body_kind=error.kind)
        elif error is not None and error.kind in ("empty", "html") and self.status not in (202, 204) and whole:
            told["body_kind"] = error.kind
        return told

    def __del__(self) -> None:
        if not getattr(self, "_done", True) and self._answer is not None:
            try:
                self._done = True
                self._answer = (*self._answer[:4], False)
                self._put(self, start=False)
            except Exception:  # noqa: BLE001, S110 - the interpreter may be ending
                pass


def _answer_in(raised: BaseException) -> tuple[int, Any] | None:
    """Status and headers of the answer that an exception carries: those of httpx and requests in ``response``, those
    of aiohttp themselves.
    """
    for each in (getattr(raised, "response", None), raised):
        status = getattr(each, "status_code", None) or getattr(each, "status", None)
        if isinstance(status, int) and status >= 100:
            return status, getattr(each, "headers", None) or {}
    return None


def _telling_part(body: Any) -> bytes:
    """Where a request's body first names marketplaces: this much is kept until the call is written."""
    if isinstance(body, str):
        body = body[:_BODY_LOOKED_AT].encode("utf-8", "replace")
    if not isinstance(body, (bytes, bytearray)):
        return b""
    place = body.find(b"arketplaceId", 0, _BODY_LOOKED_AT)
    return bytes(body[max(0, place - 2) : place + _BODY_KEPT]) if place >= 0 else b""
