"""The wire over real sockets on loopback: what leaves, where to, over how many connections."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from waiting import until

from sptui.spapi import pools
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import CallRecord
from sptui.spapi.client import Client
from sptui.spapi.endpoints import Endpoints
from sptui.spapi.pools import Pools, PoolsClosedError
from sptui.spapi.regions import Region

from .server import PAYLOAD, Seen, Server, response, serving, usual
from .wire import (
    CREATE_REPORT,
    HERON,
    NORTHWIND,
    NORTHWIND_EU,
    PARTICIPATIONS,
    Credentials,
    assert_no_canary,
    request_of,
)

REPORT = request_of("getReport", reportId="1")
SELLERS = [Authorization(f"Seller {number}", f"A{number}", Region.NA, "app") for number in range(40)]


@asynccontextmanager
async def client_of(server: Server, lwa: Server | None = None, seconds: float = 30.0) -> AsyncIterator[Client]:
    endpoints = Endpoints(server.base + "/{region}", (lwa or server).base + "/auth/o2/token")
    client = Client(Credentials(), endpoints=endpoints, timeout_seconds=seconds)
    try:
        yield client
    finally:
        await client.aclose()


class Gate:
    """Answers as usual, once it is open; the token comes at once."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.waiting = 0
        self.most = 0

    async def __call__(self, seen: Seen) -> bytes:
        if not seen.target.endswith("/token"):
            self.waiting += 1
            self.most = max(self.most, self.waiting)
            await self.open.wait()
            self.waiting -= 1
        return await usual(seen)


async def test_a_get_carries_one_host_and_no_body() -> None:
    async with serving(usual) as server, client_of(server) as client:
        assert (await client.send(PARTICIPATIONS, NORTHWIND_EU)).ok
        token_request, call = server.requests
        assert (token_request.method, token_request.target) == ("POST", "/auth/o2/token")
        assert (call.method, call.target) == ("GET", "/eu/sellers/v1/marketplaceParticipations")
        assert [name for name, _ in call.header_list].count("host") == 1
        assert call.headers["host"] == f"127.0.0.1:{server.port}"
        for unwanted in ("content-length", "content-type", "transfer-encoding", "cookie", "authorization"):
            assert unwanted not in call.headers
        assert call.headers["x-amz-access-token"] == "Atza|loopback"


async def test_a_post_carries_its_json() -> None:
    async with serving(usual) as server, client_of(server) as client:
        assert (await client.send(CREATE_REPORT, NORTHWIND)).ok
        call = server.requests[-1]
        assert call.headers["content-type"] == "application/json"
        assert call.headers["content-length"] == str(len(call.body))
        assert call.body.startswith(b'{"reportType":')


async def test_compressed_answers_are_read_and_broken_ones_told() -> None:
    bodies = [gzip.compress(b'{"payload":[1]}'), b"\x1f\x8b broken"]

    async def answer(seen: Seen) -> bytes:
        return await usual(seen) if seen.target.endswith("/token") else response(bodies.pop(0), content_encoding="gzip")

    async with serving(answer) as server, client_of(server) as client:
        good = await client.send(REPORT, NORTHWIND)
        assert good.answer is not None
        assert good.answer.data == {"payload": [1]}
        bad = await client.send(REPORT, NORTHWIND)
        assert bad.failure is not None
        assert bad.failure.kind == "unreadable"


async def test_a_redirection_is_told_and_not_followed() -> None:
    async with serving(usual) as elsewhere:

        async def answer(seen: Seen) -> bytes:
            if seen.target.endswith("/token"):
                return await usual(seen)
            return response(b"", 307, location=f"{elsewhere.base}/stolen")

        async with serving(answer) as server, client_of(server) as client:
            for request in (PARTICIPATIONS, CREATE_REPORT):
                assert (await client.send(request, NORTHWIND)).status == 307
        assert not elsewhere.requests
        assert not elsewhere.connections


async def test_a_cookie_of_one_call_does_not_go_out_with_another() -> None:
    async def answer(seen: Seen) -> bytes:
        return (await usual(seen)).replace(b"\r\n\r\n", b"\r\nset-cookie: session=northwind; path=/\r\n\r\n", 1)

    async with serving(answer) as server, client_of(server) as client:
        for who in (NORTHWIND, NORTHWIND, HERON):
            assert (await client.send(REPORT, who)).ok
        assert server.connections == 1
        assert all("cookie" not in each.headers for each in server.requests)


async def test_proxies_of_the_environment_see_nothing_that_stays_on_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving(usual) as proxy, serving(usual) as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.base)
        async with client_of(server) as client:
            assert (await client.send(PARTICIPATIONS, NORTHWIND)).ok
        assert len(server.requests) == 2
        assert not proxy.connections


async def test_amazon_is_reached_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(seen: Seen) -> bytes:
        return response(b"", 407)

    async with serving(refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.base)
        client = Client(Credentials())
        call, _ = await client.download("https://tortuga.s3.amazonaws.com/doc?X-Amz-Signature=CANARY", NORTHWIND)
        await client.aclose()
        assert call.failure is not None
        assert call.failure.kind == "connect"
        (seen,) = proxy.requests
        assert (seen.method, seen.target) == ("CONNECT", "tortuga.s3.amazonaws.com:443")
        assert_no_canary(seen.target, seen.header_list, call)


async def test_an_answer_that_does_not_come_is_a_timeout() -> None:
    gate = Gate()
    async with serving(gate) as server, client_of(server, seconds=0.05) as client:
        call = await client.send(REPORT, NORTHWIND, retry=False)
        assert call.failure is not None
        assert call.failure.kind == "timeout"


@pytest.mark.parametrize("cut", [None, b"SSH-2.0-hello\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}"])
async def test_an_answer_that_is_none_is_told(cut: bytes | None) -> None:
    async def answer(seen: Seen) -> bytes | None:
        return await usual(seen) if seen.target.endswith("/token") else cut

    async with serving(answer) as server, client_of(server) as client:
        sending = asyncio.create_task(client.send(REPORT, NORTHWIND, retry=False))
        await until(lambda: len(server.requests) == 2)
        await asyncio.sleep(0)
        await server.stop()  # which closes the connection, if the answer has not
        call = await sending
        assert call.failure is not None
        assert call.failure.kind == "closed"


async def test_nobody_at_home_is_told() -> None:
    async with serving(usual) as server:
        pass  # its port is free again
    async with client_of(server) as client:
        call = await client.download(server.base + "/doc", NORTHWIND)
        assert call[0].failure is not None
        assert call[0].failure.kind == "connect"


async def test_tls_to_a_server_that_speaks_none_is_told() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 this is no TLS\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    client = Client(Credentials())
    call, _ = await client.download(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/doc", NORTHWIND)
    await client.aclose()
    server.close()
    await server.wait_closed()
    assert call.failure is not None
    assert call.failure.kind == "tls"


async def test_no_more_connections_than_pools_hold_and_none_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "POOLS", 3)
    monkeypatch.setattr(pools, "CONNECTIONS_A_POOL", 2)
    gate = Gate()
    async with serving(gate) as server, client_of(server) as client:
        sending = [asyncio.create_task(client.send(REPORT, who)) for who in SELLERS]
        await until(lambda: gate.waiting == 6)
        gate.open.set()
        assert all(call.ok for call in await asyncio.gather(*sending))
        assert gate.most == 6
        assert server.connections == 6
        for who in SELLERS[:10]:
            assert (await client.send(REPORT, who)).ok
        assert server.connections == 6


async def test_one_after_another_share_one_connection() -> None:
    async with serving(usual) as server, client_of(server) as client:
        for who in SELLERS[:5]:
            assert (await client.send(REPORT, who)).ok
        assert server.connections == 1


async def test_a_host_that_hangs_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "POOLS", 1)
    monkeypatch.setattr(pools, "CONNECTIONS_A_POOL", 1)
    gate = Gate()
    async with serving(gate) as api, serving(usual) as lwa, client_of(api, lwa) as client:
        hanging = [asyncio.create_task(client.send(REPORT, who)) for who in SELLERS[:5]]
        await until(lambda: gate.waiting == 1)
        assert (await client.refresh_token(HERON)).ok
        gate.open.set()
        assert all(call.ok for call in await asyncio.gather(*hanging))


async def test_a_call_cancelled_in_flight_or_in_line_frees_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "POOLS", 1)
    monkeypatch.setattr(pools, "CONNECTIONS_A_POOL", 1)
    gate = Gate()
    async with serving(gate) as server, serving(usual) as lwa, client_of(server, lwa) as client:
        first, second, third = (asyncio.create_task(client.send(REPORT, who)) for who in SELLERS[:3])
        await until(lambda: gate.waiting == 1)
        first.cancel()
        second.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        gate.open.set()
        assert (await third).ok
        assert (await client.send(REPORT, NORTHWIND)).ok


async def test_the_end_of_the_program_ends_what_is_in_flight_and_in_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "POOLS", 1)
    monkeypatch.setattr(pools, "CONNECTIONS_A_POOL", 1)
    gate = Gate()
    records: list[CallRecord] = []
    async with serving(gate) as server, serving(usual) as lwa, client_of(server, lwa) as client:
        client._on_record = records.append
        for who in SELLERS[:3]:
            assert (await client.refresh_token(who)).ok
        sending = [asyncio.create_task(client.send(REPORT, who)) for who in SELLERS[:3]]
        await until(lambda: gate.waiting == 1)
        await client.aclose()
        calls = await asyncio.gather(*sending)
        kinds = [call.failure.kind for call in calls if call.failure is not None]
        assert sorted(kinds) == ["cancelled", "cancelled", "closed"]
        assert [record.code for record in records if record.stage == "api"] == ["closed"]
        assert len([each for each in server.requests if each.method == "GET"]) == 1


async def test_after_the_end_nothing_is_sent() -> None:
    for transport in (None, lambda: httpx.MockTransport(lambda _: httpx.Response(200))):
        closed = Pools(1.0, transport)
        await closed.aclose()
        with pytest.raises(PoolsClosedError):
            async with closed.connection("http://127.0.0.1:1/"):
                pytest.fail("a connection after the end")


async def test_all_hosts_share_one_tls_context(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bool] = []
    original = httpx.create_ssl_context

    def counted(verify: bool = True) -> ssl.SSLContext:
        made.append(verify)
        return original(verify=verify)

    monkeypatch.setattr(httpx, "create_ssl_context", counted)
    many = Pools(1.0)

    async def visit(url: str) -> None:
        async with many.connection(url):
            await asyncio.sleep(0)

    await asyncio.gather(*(visit(f"https://{region.host}/") for region in Region for _ in range(20)))
    assert made == [True]
    await visit("https://127.0.0.1:1/")
    await visit("http://127.0.0.1:2/")
    assert made == [True, False]
    await many.aclose()


@pytest.mark.parametrize(("files", "places"), [(1024, 128), (256, 48), (100, 9), (20, 8), (0, 8), (None, 128)])
async def test_few_open_files_mean_few_connections(
    monkeypatch: pytest.MonkeyPatch, files: int | None, places: int
) -> None:
    resource = pytest.importorskip("resource")
    limit = resource.RLIM_INFINITY if files is None else files
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, resource.RLIM_INFINITY))
    assert pools.POOLS * pools.CONNECTIONS_A_POOL == 128
    assert pools._places() == places


class TestTurns:
    """Not all at once: the event loop has others to serve."""

    async def test_a_few_set_out_in_each_turn_in_the_order_of_their_coming(self) -> None:
        many = Pools(1.0, lambda: httpx.MockTransport(lambda _: httpx.Response(200)))
        turn = 0
        went: list[tuple[int, int]] = []
        broken: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: broken.append(context))

        async def go(number: int) -> None:
            async with many.connection("https://api.amazon.com/"):
                went.append((turn, number))

        tasks = [asyncio.create_task(go(number)) for number in range(50)]
        cancelled = {9, 10, 30, 49}
        await asyncio.sleep(0)
        for number in cancelled:
            tasks[number].cancel()
        while not all(task.done() for task in tasks):
            turn += 1
            await asyncio.sleep(0)
        await asyncio.gather(*tasks, return_exceptions=True)
        assert [number for _, number in went] == [number for number in range(50) if number not in cancelled]
        turns = [when for when, _ in went]
        assert max(turns.count(each) for each in set(turns)) <= pools.STARTS_A_TURN
        assert turns[-1] >= 4
        assert not broken
        await many.aclose()

    async def test_an_idle_turnstile_costs_the_loop_nothing(self) -> None:
        many = Pools(1.0, lambda: httpx.MockTransport(lambda _: httpx.Response(200)))
        async with many.connection("https://api.amazon.com/"):
            pass
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert many._turnstile._armed is False
        await many.aclose()


async def test_the_answer_of_a_connection_has_been_read() -> None:
    async def answer(seen: Seen) -> bytes:
        return PAYLOAD

    async with serving(answer) as server:
        plain = Pools(5.0)
        async with plain.connection(server.base) as connection:
            got = await connection.send("GET", server.base + "/x", {"x-a": "1"}, None)
            assert got.content == b'{"payload":[]}'
            assert got.is_closed
        await plain.aclose()
