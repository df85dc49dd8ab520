"""Repetitions: of a GET and of a token request that met a passing fault, and of nothing else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

import httpx
import pytest

from sptui.spapi.calls import Stage
from sptui.spapi.catalogue import Operation
from sptui.spapi.requests import ApiRequest

from .wire import CREATE_REPORT, NORTHWIND, PARTICIPATIONS, Held, Scripted, Wire, error, json_response, request_of

REPORT = request_of("getReport", reportId="1")
BLANK = b"  \r\n"


def chained(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


PASSING: list[tuple[str, Callable[[], Scripted]]] = [
    ("500", lambda: error(500, "InternalFailure")),
    ("502", lambda: httpx.Response(502)),
    ("503 page", lambda: httpx.Response(503, html="<html><title>Website Temporarily Unavailable</title></html>")),
    ("504", lambda: httpx.Response(504)),
    ("blank 200", lambda: httpx.Response(200, content=BLANK)),
    ("empty 200", lambda: httpx.Response(200)),
    ("cut 200", lambda: httpx.Response(200, content=b'{"payload": [')),
    ("page 200", lambda: httpx.Response(200, html="<!doctype html>hello")),
    ("read timeout", lambda: httpx.ReadTimeout("slow")),
    ("connect timeout", lambda: httpx.ConnectTimeout("slow")),
    ("no connection", lambda: httpx.ConnectError("refused")),
    ("closed", lambda: httpx.RemoteProtocolError("Server disconnected without sending a response.")),
    ("reset", lambda: httpx.ReadError("reset")),
]
FINAL: list[tuple[str, Callable[[], Scripted]]] = [
    ("400", lambda: error(400, "InvalidInput")),
    ("401", lambda: error(401, "Unauthorized")),
    ("403", lambda: error(403, "Unauthorized")),
    ("404", lambda: error(404, "NotFound")),
    ("409", lambda: error(409, "Conflict")),
    ("302", lambda: httpx.Response(302, headers={"location": "https://evil.example/"})),
    ("204", lambda: httpx.Response(204)),
    ("tls", lambda: chained(httpx.ConnectError("bad"), ssl.SSLCertVerificationError("self-signed"))),
    ("too many redirects", lambda: httpx.TooManyRedirects("no")),
]


@pytest.mark.parametrize("fault", [make for _, make in PASSING], ids=[name for name, _ in PASSING])
class TestPassingFaults:
    async def test_a_get_is_repeated_until_it_works(self, wire: Wire, fault: Callable[[], Scripted]) -> None:
        wire.amazon.api.extend([fault(), fault()])
        call = await wire.send(REPORT)
        assert (call.ok, call.attempt) == (True, 3)
        assert len(wire.amazon.calls) == 3
        assert [record.attempt for record in wire.records if record.stage == Stage.API] == [1, 2, 3]

    async def test_a_get_is_repeated_twice_at_most(self, wire: Wire, fault: Callable[[], Scripted]) -> None:
        wire.amazon.api.extend([fault() for _ in range(9)])
        call = await wire.send(REPORT)
        assert not call.ok
        assert len(wire.amazon.calls) == 3

    async def test_without_retry_it_goes_out_once(self, wire: Wire, fault: Callable[[], Scripted]) -> None:
        wire.amazon.api.append(fault())
        assert not (await wire.send(REPORT, retry=False)).ok
        assert len(wire.amazon.calls) == 1

    async def test_a_post_is_never_repeated(self, wire: Wire, fault: Callable[[], Scripted]) -> None:
        wire.amazon.api.append(fault())
        assert not (await wire.send(CREATE_REPORT)).ok
        assert len(wire.amazon.calls) == 1

    async def test_a_token_request_is_repeated(self, wire: Wire, fault: Callable[[], Scripted]) -> None:
        wire.amazon.lwa.extend([fault(), fault()])
        assert (await wire.send(CREATE_REPORT)).ok
        assert len(wire.amazon.token_requests) == 3
        assert [record.attempt for record in wire.records if record.stage == Stage.LWA] == [1, 2, 3]

    async def test_a_token_request_is_repeated_twice_at_most(self, wire: Wire, fault: Callable[[], Scripted]) -> None:
        wire.amazon.lwa.extend([fault() for _ in range(9)])
        call = await wire.send(REPORT)
        assert (call.stage, call.ok, call.attempt) == (Stage.LWA, False, 3)
        assert len(wire.amazon.token_requests) == 3
        assert not wire.amazon.calls


@pytest.mark.parametrize("fault", [make for _, make in FINAL], ids=[name for name, _ in FINAL])
async def test_other_faults_are_final(wire: Wire, fault: Callable[[], Scripted]) -> None:
    wire.amazon.api.append(fault())
    await wire.send(REPORT)
    assert len(wire.amazon.calls) == 1
    wire.amazon.lwa.append(fault())
    wire.client.forget_tokens()
    await wire.send(REPORT)
    assert len(wire.amazon.token_requests) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_what_changes_something_is_sent_once(wire: Wire, method: str) -> None:
    operation = Operation(name="changeIt", api="x", version="v1", method=method, path="/x/v1/it")
    wire.amazon.api.append(error(503, "ServiceUnavailable"))
    assert (await wire.send(ApiRequest(operation, "/x/v1/it"))).status == 503
    assert [each.method for each in wire.amazon.calls] == [method]


async def test_a_throttled_get_is_repeated_where_the_plan_allows_it_soon(wire: Wire) -> None:
    wire.amazon.api.append(error(429, "QuotaExceeded"))
    call = await wire.send(REPORT)  # 2 a second
    assert (call.ok, call.attempt) == (True, 2)


async def test_a_throttled_get_is_not_repeated_where_the_plan_makes_it_wait_long(wire: Wire) -> None:
    wire.amazon.api.append(error(429, "QuotaExceeded"))
    call = await wire.send(PARTICIPATIONS)  # one every 62.5 s
    assert (call.status, call.attempt) == (429, 1)
    assert wire.clock.slept == []


async def test_throttled_token_requests_are_repeated(wire: Wire) -> None:
    wire.amazon.lwa.append(httpx.Response(429))
    assert (await wire.send(REPORT)).ok
    assert len(wire.amazon.token_requests) == 2


async def test_repetitions_wait_longer_each_time_and_never_equally_long(wire: Wire) -> None:
    waits: list[list[float]] = []
    for _ in range(20):
        wire.amazon.api.extend([error(500), error(500)])
        wire.clock.slept.clear()
        assert (await wire.send(REPORT)).ok
        await wire.clock.advance(60)  # the plan is full again
        waits.append(list(wire.clock.slept))
    assert all(len(pair) == 2 for pair in waits)
    assert all(0.5 <= first <= 1.5 and 1.0 <= second <= 3.0 for first, second in waits)
    assert len({first for first, _ in waits}) == 20


async def test_a_repetition_takes_its_place_in_the_plan(wire: Wire) -> None:
    wire.amazon.api.extend([error(500), error(500)])
    await wire.send(PARTICIPATIONS)
    for _ in range(12):
        assert (await wire.send(PARTICIPATIONS)).waited == 0
    assert (await wire.send(PARTICIPATIONS)).waited > 50


async def test_a_repetition_can_be_cancelled_while_it_waits(wire: Wire) -> None:
    wire.amazon.api.append(error(500))
    sending = asyncio.create_task(wire.client.send(REPORT, NORTHWIND))
    await wire.clock.settle()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert [record.status for record in wire.records] == [200, 500]


async def test_nothing_is_repeated_once_the_program_ends(wire: Wire) -> None:
    held = Held(error(503))
    wire.amazon.api.append(held)
    sending = asyncio.create_task(wire.client.send(REPORT, NORTHWIND))
    await held.started.wait()
    await wire.client.aclose()
    held.release.set()
    assert (await sending).status == 503
    assert len(wire.amazon.calls) == 1
    later = await wire.client.send(REPORT, NORTHWIND)
    assert later.failure is not None
    assert later.failure.kind == "cancelled"
    assert len(wire.amazon.calls) == 1


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (httpx.ReadTimeout("CANARY"), "timeout"),
        (httpx.WriteTimeout("x"), "timeout"),
        (httpx.PoolTimeout("x"), "timeout"),
        (httpx.ConnectError("[Errno 111] refused"), "connect"),
        (httpx.ProxyError("407"), "connect"),
        (chained(httpx.ConnectError("x"), ssl.SSLError("handshake")), "tls"),
        (httpx.RemoteProtocolError("cut"), "closed"),
        (httpx.WriteError("broken pipe"), "closed"),
        (httpx.DecodingError("gzip"), "unreadable"),
        (httpx.UnsupportedProtocol("ftp"), "other"),
        (httpx.LocalProtocolError("Illegal header value"), "other"),
        (httpx.InvalidURL("bad"), "other"),
        (OSError(24, "Too many open files"), "other"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
async def test_failures_have_a_kind_and_words(wire: Wire, problem: Exception, kind: str) -> None:
    wire.amazon.api.append(problem)
    call = await wire.send(REPORT, retry=False)
    assert call.answer is None
    assert call.failure is not None
    assert call.failure.kind == kind
    assert call.failure.message
    assert call.status == 0
    assert call.summary.startswith(f"no answer ({kind}): ")
    assert (wire.records[-1].status, wire.records[-1].code) == (0, kind)


async def test_a_blank_answer_says_so(wire: Wire) -> None:
    wire.amazon.api.append(httpx.Response(200, content=BLANK))
    assert (await wire.send(REPORT, retry=False)).summary == "200 with an empty body"
    wire.amazon.api.append(httpx.Response(503, html="<html>Website Temporarily Unavailable</html>"))
    assert (await wire.send(REPORT, retry=False)).summary == "503 with an HTML page"
    wire.amazon.api.append(json_response({"payload": {}}, 500))
    assert (await wire.send(REPORT, retry=False)).summary == "500 without an error object"
