"""The one way to the network: waits for the usage plan, adds the token, sends, times, reads, records."""

from __future__ import annotations

import asyncio
import platform
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from sptui import __version__
from sptui.spapi.answers import Answer, read_answer
from sptui.spapi.authorization import Authorization, CredentialError, CredentialSource
from sptui.spapi.calls import Call, CallRecord, SentRequest, Stage, TransportFailure
from sptui.spapi.catalogue import Operation
from sptui.spapi.clock import Clock, SystemClock
from sptui.spapi.endpoints import Endpoints, ForbiddenHostError, is_loopback
from sptui.spapi.failures import read_failure, transport_errors
from sptui.spapi.lwa import AccessToken, Form, TokenRefusedError, Tokens
from sptui.spapi.parcel import Parcel, check_headers, host_of, parcel_of
from sptui.spapi.passing import RETRIES, is_passing, is_token_expired
from sptui.spapi.pools import Connection, Pools, PoolsClosedError, Transport
from sptui.spapi.received import received
from sptui.spapi.redaction import MASK, Secret, redact, redact_headers, redact_json
from sptui.spapi.regions import LWA_PATH, LWA_URL
from sptui.spapi.requests import ApiRequest
from sptui.spapi.usage_plan import PastCalls, UsagePlans

_LONGEST_RETRY_WAIT: Final = 5.0
_ENCODINGS: Final = "gzip, deflate"

USER_AGENT: Final = (
    f"sptui/{__version__} (Language=Python/{platform.python_version()}; Platform={platform.system() or 'unknown'})"
)


class Client:
    """Sends calls for authorizations. Everything that goes wrong is told by the Call, not raised.

    ``on_record`` gets a CallRecord of every exchange, token requests and repetitions included.
    What ``transport`` makes takes the place of the network. ``past_calls`` tells what earlier runs sent, so that
    the usage plans go on where they were.
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
        past_calls: PastCalls | None = None,
    ) -> None:
        self._endpoints = endpoints or Endpoints()
        self._clock = clock or SystemClock()
        self._on_record = on_record
        self._pools = Pools(timeout_seconds, transport)
        self._plans = UsagePlans(self._clock, past_calls)
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
            if is_token_expired(call) and not renewed:
                renewed = True
            elif attempt <= RETRIES and is_passing(call) and not self._pools.closed:
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
        shown = redact(url.partition("?")[0])
        parcel = Parcel(Stage.DOCUMENT, authorization, SentRequest("GET", shown, {}), path=host_of(url))
        if not parcel.path or not (url.startswith("https://") or is_loopback(url)):
            problem = TransportFailure("forbidden host", "A document is fetched over https or from this machine only.")
            return self._call(parcel, problem), b""
        headers = {"user-agent": USER_AGENT, "accept-encoding": _ENCODINGS}
        return await self._exchange(msgspec.structs.replace(parcel, url=url, headers=headers))

    async def knock(self, url: str) -> Call:
        """Asks a host for its head: is it reached, and what time is it there? Sends no token and is not recorded."""
        parcel = Parcel(Stage.PROBE, None, SentRequest("HEAD", url, {}), path=host_of(url))
        call, _ = await self._exchange(msgspec.structs.replace(parcel, url=url, headers={"user-agent": USER_AGENT}))
        return call

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
        waited = 0.0
        try:
            url = self._endpoints.base(authorization.region, sandbox=sandbox) + request.target
            token = await self._tokens.get(authorization, scope)
            waited = await self._plans.take(operation, authorization, sandbox=sandbox)
            if waited:  # the token may have come to its end in the meantime
                token = await self._token_or_give_back(request, authorization, scope, sandbox=sandbox)
        except TokenRefusedError as refused:
            return refused.call
        except CredentialError as problem:
            return self._without_credentials(authorization, problem)
        except ForbiddenHostError as problem:
            return self._not_sent(request, authorization, TransportFailure("forbidden host", str(problem)))
        call = await self._send_once(request, authorization, url, token, attempt)
        if call.answer is not None:
            self._learn(call.answer, operation, authorization, sandbox=sandbox)
            if is_token_expired(call):
                self._tokens.discard(token)
        return msgspec.structs.replace(call, waited=waited) if waited else call

    async def _token_or_give_back(
        self, request: ApiRequest, authorization: Authorization, scope: str, *, sandbox: bool
    ) -> AccessToken:
        try:
            return await self._tokens.get(authorization, scope)
        except BaseException:
            self._plans.give_back(request.operation, authorization, sandbox=sandbox)
            raise

    async def _send_once(
        self, request: ApiRequest, authorization: Authorization, url: str, token: AccessToken, attempt: int
    ) -> Call:
        headers = {
            **request.headers,
            "x-amz-access-token": token.secret.reveal(),
            "x-amz-date": self._clock.now().strftime("%Y%m%dT%H%M%SZ"),
            "user-agent": USER_AGENT,
            "accept": "application/json",
            "accept-encoding": _ENCODINGS,
        }
        body, content, secrets = request.body, None, (token.secret,)
        try:
            if body is not None:
                headers["content-type"] = "application/json"
                content = msgspec.json.encode(body)
                body = redact_json(body, secrets)
            check_headers(headers)
        except (ValueError, TypeError, RecursionError) as problem:
            return self._not_sent(request, authorization, TransportFailure("other", f"It cannot be sent: {problem}"))
        sent = SentRequest(request.method, redact(url, secrets), redact_headers(headers), body)
        parcel = parcel_of(request, authorization, sent, attempt)
        parcel = msgspec.structs.replace(parcel, url=url, headers=headers, content=content, secrets=secrets)
        call, _ = await self._exchange(parcel)
        return call

    async def _post_token_request(self, form: Form, authorization: Authorization) -> tuple[Call, Any]:
        shown = {name: value.kind + MASK if isinstance(value, Secret) else value for name, value in form.items()}
        headers = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8", "user-agent": USER_AGENT}
        sent = SentRequest("POST", self._endpoints.lwa or LWA_URL, headers, shown)
        parcel = Parcel(Stage.LWA, authorization, sent, path=LWA_PATH)
        try:
            url = self._endpoints.lwa_url
        except ForbiddenHostError as problem:
            return self._call(parcel, TransportFailure("forbidden host", str(problem))), None
        plain = {name: value.reveal() if isinstance(value, Secret) else value for name, value in form.items()}
        secrets = tuple(value for value in form.values() if isinstance(value, Secret))
        content = urlencode(plain, errors="replace").encode()
        parcel = msgspec.structs.replace(parcel, url=url, headers=headers, content=content, secrets=secrets)
        call, body = await self._exchange(parcel)
        while call.attempt <= RETRIES and is_passing(call):
            await self._clock.sleep(self._backoff(call.attempt))
            call, body = await self._exchange(msgspec.structs.replace(parcel, attempt=call.attempt + 1))
        return call, read_answer(call.status, {}, body).data if call.ok else None

    async def _exchange(self, parcel: Parcel) -> tuple[Call, bytes]:
        """The exchange proper: every byte to and from the network passes here."""
        body = b""
        try:
            async with self._pools.connection(parcel.url) as connection:
                call, body = await self._through(connection, parcel)
        except PoolsClosedError as problem:
            call = self._call(parcel, read_failure(problem))
        return call, body

    async def _through(self, connection: Connection, parcel: Parcel) -> tuple[Call, bytes]:
        started, sent_at = self._clock.monotonic(), self._clock.now()
        outcome: Answer | TransportFailure
        body = b""
        try:
            response = await connection.send(parcel.sent.method, parcel.url, parcel.headers, parcel.content)
            body = response.content
            outcome = received(parcel, response.status_code, response.headers, body)
        except asyncio.CancelledError:
            # It may have reached Amazon all the same, so the log has it.
            gone = TransportFailure("cancelled", "The call was cancelled before its answer came.")
            self._record(self._call(parcel, gone, started, sent_at))
            raise
        except transport_errors() as problem:
            outcome = read_failure(problem, parcel.secrets)
        return self._record(self._call(parcel, outcome, started, sent_at)), body

    def _record(self, call: Call) -> Call:
        if self._on_record is not None and call.stage is not Stage.PROBE:
            self._on_record(call.record())
        return call

    def _call(
        self,
        parcel: Parcel,
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
        parcel = Parcel(Stage.LWA, authorization, sent, path=LWA_PATH)
        return self._call(parcel, TransportFailure("credentials", redact(str(problem))))

    def _not_sent(self, request: ApiRequest, authorization: Authorization, why: TransportFailure) -> Call:
        sent = SentRequest(request.method, redact(request.target), {}, redact_json(request.body))
        return self._call(parcel_of(request, authorization, sent, 1), why)

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
