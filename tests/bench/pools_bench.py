"""How long many sellers' calls take at once, and how long the event loop stands still meanwhile.

A server on loopback, in a process of its own, answers every request after a while. Each seller has an
authorization of its own: the cold round fetches a token and sends a call for each, the warm round only the call.

    python tests/bench/pools_bench.py --shapes 1x128 32x4
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib.machinery
import multiprocessing
import socket
import statistics
import sys
import time
from collections.abc import Awaitable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Protocol

from sptui.spapi import pools
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.client import Client
from sptui.spapi.endpoints import Endpoints
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.spapi.requests import build_request

SHAPES = ["1x8", "1x128", "4x32", "8x16", "16x8", "32x1", "32x2", "32x4", "64x2", "128x1"]
TOKEN_BODY = b'{"access_token":"Atza|' + b"x" * 300 + b'","token_type":"bearer","expires_in":3600}'
CALL_BODY = (
    b'{"payload":['
    + b",".join(
        b'{"marketplace":{"id":"A1PA6795UKMFR%d","name":"Amazon.de","countryCode":"DE","defaultCurrencyCode":"EUR",'
        b'"defaultLanguageCode":"de_DE","domainName":"www.amazon.de"},"participation":{"isParticipating":true,'
        b'"hasSuspendedListings":false},"storeName":"Northwind Outdoor"}' % number
        for number in range(8)
    )
    + b"]}"
)


class Receive(Protocol):
    def __call__(self) -> Awaitable[MutableMapping[str, Any]]: ...


class Send(Protocol):
    def __call__(self, message: MutableMapping[str, Any]) -> Awaitable[None]: ...


def serve(listener: socket.socket, seconds: float) -> None:
    """Answers tokens and calls after ``seconds`` until it is killed."""
    import uvicorn

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        await asyncio.sleep(seconds)
        body = TOKEN_BODY if scope["path"] == "/auth/o2/token" else CALL_BODY
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    config = uvicorn.Config(
        answer, log_level="error", access_log=False, lifespan="off", http="h11", backlog=2048, timeout_keep_alive=60
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


@contextmanager
def server(seconds: float) -> Iterator[int]:
    """A server process; gives its port."""
    # Named as TCP: asyncio sends small packets at once (TCP_NODELAY) only on sockets that say so.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    process = multiprocessing.get_context("fork").Process(target=serve, args=(listener, seconds), daemon=True)
    process.start()
    port: int = listener.getsockname()[1]
    listener.close()
    try:
        yield port
    finally:
        process.kill()
        process.join()


class Missing:
    """A finder that looks for sniffio on the whole path, like Python's own, and does not find it."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "sniffio":
            importlib.machinery.PathFinder.find_spec("a_name_that_no_package_has")
            raise ModuleNotFoundError(name)


class Credentials:
    """Made-up secrets, at hand at once."""

    async def client_secret(self, client_id: str) -> Secret:
        return Secret(f"amzn1.oa2-cs.v1.{client_id}")

    async def refresh_token(self, authorization: Authorization) -> Secret:
        return Secret("Atzr|" + authorization.seller_id * 20)


class Ticker:
    """Notes the longest time between two turns of the event loop, beside the millisecond asked for."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._task = asyncio.create_task(self._tick())

    async def _tick(self) -> None:
        before = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            self.longest = max(self.longest, now - before - 0.001)
            before = now

    def stop(self) -> float:
        self._task.cancel()
        return self.longest


async def round_of_calls(client: Client, sellers: list[Authorization]) -> tuple[float, float]:
    """One call for each seller, all at once: seconds until the last is there, and the longest stall."""
    request = build_request(load_catalogue().find("getMarketplaceParticipations"), {})
    gc.collect()
    ticker = Ticker()
    await asyncio.sleep(0.01)
    started = time.perf_counter()
    calls = await asyncio.gather(*(client.send(request, each) for each in sellers))
    seconds = time.perf_counter() - started
    failed = [call.summary for call in calls if not call.ok]
    if failed:
        raise SystemExit(f"{len(failed)} calls failed: {failed[0]}")
    return seconds, ticker.stop()


async def measure(port: int, count: int) -> list[tuple[float, float]]:
    """The cold round and the warm round of a fresh client."""
    sellers = [
        Authorization(f"Seller {number}", f"A{number:012}X", tuple(Region)[number % 3], f"app{number % 2}")
        for number in range(count)
    ]
    records: list[CallRecord] = []
    base = f"http://127.0.0.1:{port}"
    endpoints = Endpoints(base + "/{region}", base + "/auth/o2/token")
    client = Client(Credentials(), endpoints=endpoints, on_record=records.append)
    try:
        cold = await round_of_calls(client, sellers)
        warm = await round_of_calls(client, sellers)
    finally:
        await client.aclose()
    if len(records) != 3 * count:
        raise SystemExit(f"{len(records)} exchanges were recorded instead of {3 * count}.")
    return [cold, warm]


def measure_shape(port: int, count: int, shape: str, repeat: int) -> None:
    """Prints the medians of some rounds with ``shape``: pools a host, connections a pool."""
    wide, deep = (int(each) for each in shape.split("x"))
    vars(pools).update(POOLS=wide, CONNECTIONS_A_POOL=deep)
    rounds = [asyncio.run(measure(port, count)) for _ in range(repeat)]
    figures = [statistics.median(each) * 1000 for part in zip(*rounds, strict=True) for each in zip(*part, strict=True)]
    print("{:7} {:>8}  {:8.0f} {:8.1f}  {:8.0f} {:8.1f}".format(count, shape, *figures), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, nargs="+", default=[100, 300], help="sellers at once")
    parser.add_argument("--shapes", nargs="+", default=SHAPES, metavar="POOLSxCONNECTIONS")
    parser.add_argument("--turn", type=int, default=pools.STARTS_A_TURN, help="requests that set out in a turn")
    parser.add_argument("--latency", type=float, default=50.0, help="milliseconds until the server answers")
    parser.add_argument("--repeat", type=int, default=5, help="rounds; their medians are printed")
    parser.add_argument("--without-sniffio", action="store_true", help="as if it were not installed")
    options = parser.parse_args()
    if options.without_sniffio:
        sys.meta_path.insert(0, Missing())
        sys.modules.pop("sniffio", None)

    vars(pools).update(STARTS_A_TURN=options.turn)
    with server(options.latency / 1000) as port:
        asyncio.run(measure(port, 10))  # imports, and the server's first requests
        print("sellers    shape   cold ms stall ms   warm ms stall ms")
        for count in options.requests:
            for shape in options.shapes:
                measure_shape(port, count, shape, options.repeat)


if __name__ == "__main__":
    main()
