"""The one way to the network: waits for the usage plan, adds the token, sends, times, reads, records."""

from __future__ import annotations

import asyncio
import platform
import random
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec

from sptui import __version__
from sptui.spapi.answers import Answer, BodyKind, read_answer
from sptui.spapi.authorization import Authorization, CredentialError, CredentialSource
from sptui.spapi.calls import Call, CallRecord, SentRequest, Stage, TransportFailure
from sptui.spapi.catalogue import Operation
from sptui.spapi.clock import Clock, SystemClock
from sptui.spapi.endpoints import Endpoints, ForbiddenHostError, is_loopback
from sptui.spapi.lwa import AccessToken, Form, TokenRefusedError, Tokens
from sptui.spapi.pools import Pools, Transport
from sptui.spapi.redaction import MASK, Secret, redact, redact_headers
from sptui.spapi.regions import LWA_PATH, LWA_URL
from sptui.spapi.requests import ApiRequest
from sptui.spapi.usage_plan import UsagePlans

RETRIES: Final = 2
"""Repetitions of a GET or of a token request that met a passing fault."""

_LONGEST_RETRY_WAIT: Final = 5.0
_PASSING: Final = frozenset({429, 500, 502, 503, 504})
_PASSING_FAILURES: Final = frozenset({"timeout", "connect", "closed"})

USER_AGENT: Final = (
    f"sptui/{__version__} (Language=Python/{platform.python_version()}; Platform={platform.system() or 'unknown'})"
)


class _Parcel(msgspec.Struct, frozen=True):
    """One exchange that is about to happen: what is shown of it (``sent``) and what goes on the wire."""

    stage: Stage
    authorization: Authorization
    sent: SentRequest
    path: str = ""
    operation: str = ""
    marketplaces: tuple[str, ...] = ()
    attempt: int = 1
    url: str = ""
    headers: dict[str, str] = {}
    content: bytes | None = None

    def __repr__(self) -> str:
        return f"_Parcel({self.stage}, {self.sent!r})"  # the headers on the wire hold the token


class Client:
    """Sends calls for authorizations. Everything that goes wrong is told by the Call, not raised.

    ``on_record`` gets a CallRecord of every exchange, token requests and repetitions included.
    What ``transport`` makes takes the place of the network.
    """

    def __init__(
        self,
        credentials: CredentialSource,
        *,
        endpoints: Endpoints | None = None,
        timeout_seconds: float = 30.0,
        transport: Transport | None = None,
        clock: Clock | None = None,
        on_record: Callable[[CallRecord], None] | None = None,
    ) -> None:
        self._endpoints = endpoints or Endpoints()
        self._clock = clock or SystemClock()
        self._on_record = on_record
        self._pools = Pools(timeout_seconds, transport)
        self._plans = UsagePlans(self._clock)
        self._tokens = Tokens(credentials, self._post_token_request, self._clock)
        self._jitter = random.Random()  # noqa: S311 - spreads repetitions, guards nothing

    async def send(
        self, request: ApiRequest, authorization: Authorization, *, retry: bool = True, sandbox: bool = False
    ) -> Call:
        """Sends one request and gives the exchange; never raises but for cancellation.

        Only a GET that met a passing fault (429, 5xx, no answer) is repeated, and only with ``retry``; a GET
        refused for an expired token goes out once more with a new one.
        """
        attempt, renewed = 1, False
        while True:
            call = await self._attempt(request, authorization, attempt, sandbox=sandbox)
            if not retry or request.method != "GET" or call.stage is not Stage.API:
                return call
            if _token_expired(call) and not renewed:
                renewed = True
            elif attempt <= RETRIES and _is_passing(call):
                if not await self._pause(request.operation, authorization, attempt, sandbox=sandbox):
                    return call
            else:
                return call
            attempt += 1

    async def refresh_token(self, authorization: Authorization) -> Call:
        """Fetches a new access token; the exchange with LWA (``stage`` LWA) says whether it worked."""
        try:
            return await self._tokens.refresh(authorization)
        except TokenRefusedError as refused:
            return refused.call
        except CredentialError as problem:
            return self._without_credentials(authorization, problem)

    async def download(self, url: str, authorization: Authorization) -> tuple[Call, bytes]:
        """Fetches a pre-signed document, without any token, and gives its bytes.

        The address itself is a bearer right for five minutes: it is kept without its query.
        """
        sent = SentRequest("GET", url.partition("?")[0], {})
        parcel = _Parcel(Stage.DOCUMENT, authorization, sent, path=urlsplit(url).hostname or "", url=url)
        if not url.startswith("https://") and not is_loopback(url):
            problem = TransportFailure("forbidden host", "A document is fetched over https or from this machine only.")
            return self._call(parcel, problem), b""
        return await self._exchange(parcel)

    def seconds_until_allowed(
        self, operation: Operation, authorization: Authorization, *, sandbox: bool = False
    ) -> float:
        """Seconds until the usage plan takes the next request of this operation; 0 when it takes one now."""
        return self._plans.seconds_until_allowed(operation, authorization, sandbox=sandbox)

    def forget_tokens(self, authorization: Authorization | None = None) -> None:
        """Drops the cached access token of one authorization, or all."""
        self._tokens.forget(authorization)

    async def aclose(self) -> None:
        """Ends what is in flight and closes every connection."""
        await self._tokens.aclose()
        await self._pools.aclose()

    async def _attempt(self, request: ApiRequest, authorization: Authorization, attempt: int, *, sandbox: bool) -> Call:
        operation = request.operation
        scope = operation.scope if operation.token == "grantless" else ""
        try:
            token = await self._tokens.get(authorization, scope)
            url = self._endpoints.base(authorization.region, sandbox=sandbox) + request.target
        except TokenRefusedError as refused:
            return refused.call
        except CredentialError as problem:
            return self._without_credentials(authorization, problem)
        except ForbiddenHostError as problem:
            return self._not_sent(request, authorization, str(problem))
        waited = await self._wait_for_plan(operation, authorization, sandbox=sandbox)
        call = await self._send_once(request, authorization, url, token, attempt)
        if call.answer is not None:
            self._learn(call.answer, operation, authorization, sandbox=sandbox)
            if _token_expired(call):
                self._tokens.forget(authorization, scope)
        return msgspec.structs.replace(call, waited=waited) if waited else call

    async def _send_once(
        self, request: ApiRequest, authorization: Authorization, url: str, token: AccessToken, attempt: int
    ) -> Call:
        headers = {
            **request.headers,
            "x-amz-access-token": token.secret.reveal(),
            "x-amz-date": self._clock.now().strftime("%Y%m%dT%H%M%SZ"),
            "user-agent": USER_AGENT,
            "accept": "application/json",
        }
        content = None
        if request.body is not None:
            headers["content-type"] = "application/json"
            content = msgspec.json.encode(request.body)
        sent = SentRequest(request.method, redact(url), redact_headers(headers), request.body)
        parcel = _parcel(request, authorization, sent, attempt)
        call, _ = await self._exchange(msgspec.structs.replace(parcel, url=url, headers=headers, content=content))
        return call

    async def _post_token_request(self, form: Form, authorization: Authorization) -> tuple[Call, Any]:
        shown = {name: value.kind + MASK if isinstance(value, Secret) else value for name, value in form.items()}
        headers = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8", "user-agent": USER_AGENT}
        sent = SentRequest("POST", self._endpoints.lwa or LWA_URL, headers, shown)
        parcel = _Parcel(Stage.LWA, authorization, sent, path=LWA_PATH)
        try:
            url = self._endpoints.lwa_url
        except ForbiddenHostError as problem:
            return self._call(parcel, TransportFailure("forbidden host", str(problem))), None
        plain = {name: value.reveal() if isinstance(value, Secret) else value for name, value in form.items()}
        parcel = msgspec.structs.replace(parcel, url=url, headers=headers, content=urlencode(plain).encode())
        call, body = await self._exchange(parcel)
        while call.attempt <= RETRIES and _is_passing(call):
            await self._clock.sleep(self._backoff(call.attempt))
            call, body = await self._exchange(msgspec.structs.replace(parcel, attempt=call.attempt + 1))
        return call, _json(body) if call.ok else None

    async def _exchange(self, parcel: _Parcel) -> tuple[Call, bytes]:
        """The exchange proper: every byte to and from the network passes here."""
        started, sent_at = self._clock.monotonic(), self._clock.now()
        outcome: Answer | TransportFailure
        body = b""
        try:
            pool = await self._pools.client_for(parcel.url, parcel.authorization.key)
            response = await pool.request(
                parcel.sent.method, parcel.url, headers=parcel.headers, content=parcel.content
            )
            body = response.content
            outcome = _read_outcome(parcel.stage, response.status_code, response.headers, body)
        except asyncio.CancelledError:
            # It may have reached Amazon all the same, so the log has it.
            gone = TransportFailure("cancelled", "The call was cancelled before its answer came.")
            self._record(self._call(parcel, gone, started, sent_at))
            raise
        except _transport_errors() as problem:
            outcome = _read_failure(problem)
        return self._record(self._call(parcel, outcome, started, sent_at)), body

    def _record(self, call: Call) -> Call:
        if self._on_record is not None:
            self._on_record(call.record())
        return call

    def _call(
        self,
        parcel: _Parcel,
        outcome: Answer | TransportFailure,
        started: float | None = None,
        sent_at: datetime | None = None,
    ) -> Call:
        return Call(
            stage=parcel.stage,
            operation=parcel.operation,
            path=parcel.path,
            authorization=parcel.authorization,
            request=parcel.sent,
            answer=outcome if isinstance(outcome, Answer) else None,
            failure=outcome if isinstance(outcome, TransportFailure) else None,
            sent_at=sent_at or self._clock.now(),
            milliseconds=0.0 if started is None else (self._clock.monotonic() - started) * 1000,
            attempt=parcel.attempt,
            marketplaces=parcel.marketplaces,
        )

    def _without_credentials(self, authorization: Authorization, problem: CredentialError) -> Call:
        sent = SentRequest("POST", self._endpoints.lwa or LWA_URL, {})
        parcel = _Parcel(Stage.LWA, authorization, sent, path=LWA_PATH)
        return self._call(parcel, TransportFailure("credentials", redact(str(problem))))

    def _not_sent(self, request: ApiRequest, authorization: Authorization, why: str) -> Call:
        sent = SentRequest(request.method, request.target, {}, request.body)
        return self._call(_parcel(request, authorization, sent, 1), TransportFailure("forbidden host", why))

    async def _wait_for_plan(self, operation: Operation, authorization: Authorization, *, sandbox: bool) -> float:
        seconds = self._plans.reserve(operation, authorization, sandbox=sandbox)
        if seconds > 0:
            try:
                await self._clock.sleep(seconds)
            except asyncio.CancelledError:
                self._plans.give_back(operation, authorization, sandbox=sandbox)
                raise
        return seconds

    def _learn(self, answer: Answer, operation: Operation, authorization: Authorization, *, sandbox: bool) -> None:
        if answer.status == 429:
            self._plans.observe_refusal(operation, authorization, sandbox=sandbox)
        elif answer.rate_limit is not None:
            self._plans.observe_rate(operation, authorization, answer.rate_limit, sandbox=sandbox)

    async def _pause(self, operation: Operation, authorization: Authorization, attempt: int, *, sandbox: bool) -> bool:
        """Waits before a repetition; False where the plan would make it too long to be one."""
        if self._plans.seconds_until_allowed(operation, authorization, sandbox=sandbox) > _LONGEST_RETRY_WAIT:
            return False
        await self._clock.sleep(self._backoff(attempt))
        return True

    def _backoff(self, attempt: int) -> float:
        return self._jitter.uniform(0.25, 0.75) * 2.0**attempt


def _parcel(request: ApiRequest, authorization: Authorization, sent: SentRequest, attempt: int) -> _Parcel:
    operation = request.operation
    return _Parcel(Stage.API, authorization, sent, operation.path, operation.key, request.marketplaces, attempt)


def _token_expired(call: Call) -> bool:
    return call.status in (401, 403) and call.answer is not None and "token you provided has expired" in (
        call.answer.details.lower()
    ) and "secret" not in call.answer.details.lower()  # fmt: skip


def _is_passing(call: Call) -> bool:
    if call.failure is not None:
        return call.failure.kind in _PASSING_FAILURES
    return call.status in _PASSING or (200 <= call.status < 300 and not call.ok)


def _read_outcome(stage: Stage, status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    if stage is Stage.DOCUMENT and 200 <= status < 300:
        # What a document holds may be buyers' data: it goes to whoever asked, not into the Call.
        kind = BodyKind.BINARY if body else BodyKind.EMPTY
        return msgspec.structs.replace(read_answer(status, headers, b""), kind=kind)
    answer = read_answer(status, headers, body)
    if stage is Stage.LWA:  # a good answer of LWA is a token
        return msgspec.structs.replace(answer, text=redact(answer.text), data=None)
    return answer


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None


def _transport_errors() -> tuple[type[Exception], ...]:
    import ssl

    import httpx

    return httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ssl.SSLError, OSError


def _read_failure(problem: Exception) -> TransportFailure:
    import ssl

    import httpx

    told = redact(str(problem)) or type(problem).__name__
    chain: list[BaseException] = [problem]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
        chain.append(cause)
    if isinstance(problem, httpx.TimeoutException):
        return TransportFailure("timeout", f"No answer within the time limit ({type(problem).__name__}).")
    if any(isinstance(each, ssl.SSLError) for each in chain):
        return TransportFailure("tls", f"The TLS connection failed: {told}")
    if isinstance(problem, httpx.ConnectError | httpx.ProxyError):
        return TransportFailure("connect", f"No connection: {told}")
    if isinstance(problem, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError | httpx.CloseError):
        return TransportFailure("closed", f"The connection ended before the answer was whole: {told}")
    return TransportFailure("other", told)
