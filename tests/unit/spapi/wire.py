"""What the tests of the wire share: a clock that a test drives, an Amazon that it scripts, planted secrets."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
import msgspec

from sptui.spapi.authorization import Authorization, CredentialError
from sptui.spapi.calls import Call, CallRecord
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.client import Client
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.spapi.requests import ApiRequest, build_request

T = TypeVar("T")
Answerer = Callable[[httpx.Request], Awaitable[httpx.Response]]
Scripted = httpx.Response | Exception | Answerer

APPLICATION = "amzn1.application-oa2-client.one"
NORTHWIND = Authorization("Northwind", "A1NORTHWIND", Region.NA, APPLICATION)
NORTHWIND_EU = Authorization("Northwind", "A1NORTHWIND", Region.EU, APPLICATION)
HERON = Authorization("Heron", "A2HERON", Region.NA, APPLICATION)
OTHER_APPLICATION = Authorization("Northwind", "A1NORTHWIND", Region.NA, "amzn1.application-oa2-client.two")

CANARY = "CANARY"
REFRESH_TOKEN = "Atzr|IwEB-CANARYrefresh/+=0123456789"
CLIENT_SECRET = "CANARYsecret0123456789abcdef0123456789abcdef0123456789abcdef"  # the older form: without a prefix
ACCESS_TOKEN = "Atza|IwEB-CANARYaccess/+=0123456789"


class FakeClock:
    """Time that passes only when a test lets it."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._seconds = 1000.0
        self._count = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(seconds=self._seconds - 1000.0)

    def monotonic(self) -> float:
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        awake = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._seconds + seconds, next(self._count), awake))
        await awake

    async def settle(self) -> None:
        """Lets everything run that can without time passing."""
        for _ in range(100):
            await asyncio.sleep(0)

    async def advance(self, seconds: float) -> None:
        """Lets ``seconds`` pass, waking on the way whoever sleeps."""
        target = self._seconds + seconds
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= target + 1e-9:
            await self._wake_next()
        self._seconds = max(self._seconds, target)
        await self.settle()

    async def finish(self, work: Awaitable[T]) -> T:
        """The outcome of ``work``, for which as much time passes as it takes."""
        task = asyncio.ensure_future(work)
        await self.settle()
        while not task.done():
            assert self._sleepers, "it waits for something that is not the time"
            await self._wake_next()
        return await task

    async def _wake_next(self) -> None:
        at, _, awake = heapq.heappop(self._sleepers)
        if not awake.done():
            self._seconds = max(self._seconds, at)
            awake.set_result(None)
            await self.settle()


class Credentials:
    """Planted secrets; ``problem`` is raised instead where it is set."""

    def __init__(self, refresh_token: str = REFRESH_TOKEN, client_secret: str = CLIENT_SECRET) -> None:
        self.problem: CredentialError | None = None
        self._refresh_token = refresh_token
        self._client_secret = client_secret

    async def client_secret(self, client_id: str) -> Secret:
        if self.problem is not None:
            raise self.problem
        return Secret(self._client_secret)

    async def refresh_token(self, authorization: Authorization) -> Secret:
        if self.problem is not None:
            raise self.problem
        return Secret(self._refresh_token)


class Amazon:
    """Answers token requests from ``lwa`` and calls from ``api``, then with what is usual.

    An exception there is raised instead; a function is asked. Tokens carry a number: the first is ``…#1``.
    """

    def __init__(self) -> None:
        self.lwa: deque[Scripted] = deque()
        self.api: deque[Scripted] = deque()
        self.token_requests: list[httpx.Request] = []
        self.calls: list[httpx.Request] = []
        self.token_life: Any = 3600

    def transport(self) -> httpx.AsyncBaseTransport:
        return httpx.MockTransport(self._answer)

    @property
    def tokens_used(self) -> list[str]:
        """The number of the token that came with each call."""
        return [each.headers["x-amz-access-token"].partition("#")[2] for each in self.calls]

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        is_token_request = request.url.host == "api.amazon.com"
        seen, script = (self.token_requests, self.lwa) if is_token_request else (self.calls, self.api)
        seen.append(request)
        scripted: Scripted
        if script:
            scripted = script.popleft()
        elif is_token_request:
            scripted = json_response({"access_token": self._new_token(), "expires_in": self.token_life})
        else:
            scripted = json_response({"payload": []})
        if isinstance(scripted, Exception):
            raise scripted
        return scripted if isinstance(scripted, httpx.Response) else await scripted(request)

    def _new_token(self) -> str:
        return f"{ACCESS_TOKEN}#{len(self.token_requests)}"


class Held:
    """An answer that comes when the test releases it; ``started`` tells that it is asked for."""

    def __init__(self, response: httpx.Response | None = None) -> None:
        self.started = asyncio.Event()
        self.release = asyncio.Event()
        self._response = response

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.started.set()
        await self.release.wait()
        return self._response or json_response({"payload": []})


class Wire:
    """A client over a scripted Amazon and a driven clock, with the log of what it recorded."""

    def __init__(self, credentials: Credentials | None = None) -> None:
        self.amazon = Amazon()
        self.clock = FakeClock()
        self.records: list[CallRecord] = []
        self.credentials = credentials or Credentials()
        self.client = Client(
            self.credentials, transport=self.amazon.transport, clock=self.clock, on_record=self.records.append
        )

    async def send(self, request: ApiRequest, authorization: Authorization = NORTHWIND, **options: bool) -> Call:
        """Sends, letting as much time pass as it takes."""
        return await self.clock.finish(self.client.send(request, authorization, **options))


def json_response(value: Any, status: int = 200, **headers: str) -> httpx.Response:
    """A JSON answer."""
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    return httpx.Response(status, json=value, headers=names)


def error(status: int, code: str = "", message: str = "", details: str = "", **headers: str) -> httpx.Response:
    """An answer with Amazon's error object."""
    return json_response({"errors": [{"code": code, "message": message, "details": details}]}, status, **headers)


def expired() -> httpx.Response:
    """How Amazon refuses an access token that is too old."""
    return error(
        403, "Unauthorized", "Access to requested resource is denied.", "The access token you provided has expired."
    )


def request_of(operation: str, **values: Any) -> ApiRequest:
    """A request of the catalogue."""
    return build_request(load_catalogue().find(operation), values)


PARTICIPATIONS = request_of("getMarketplaceParticipations")
"""A GET; 15 at once, then one every 62.5 s."""
DESTINATIONS = request_of("getDestinations")
"""A grantless GET."""
CREATE_REPORT = request_of(
    "createReport", reportType="GET_MERCHANT_LISTINGS_ALL_DATA", marketplaceIds=["ATVPDKIKX0DER"]
)
"""A POST."""


def assert_no_canary(*things: Any) -> None:
    """No planted secret shows, however the thing is printed or written."""
    for thing in things:
        texts = [repr(thing), str(thing), f"{thing}"]
        if isinstance(thing, msgspec.Struct):
            texts.append(msgspec.json.encode(msgspec.to_builtins(thing, builtin_types=(datetime,))).decode())
            texts.append(repr(thing.__rich_repr__()))
        if isinstance(thing, Call):
            texts.append(thing.summary)
        for text in texts:
            assert CANARY not in text, text
