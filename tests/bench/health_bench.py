"""A hundred sellers refreshed at once: sptui's monitor, python-amazon-sp-api and Amazon's own SDK, in one run.

A server on loopback, in a process of its own, answers every request after a while (50 ms). Each seller has an
authorization of its own: cold, that is a token and a call for each; again, the call alone, where tokens are kept.
sptui writes every reading into its history meanwhile. The others have no such thing: they run one seller after the
other, as they are usually called, and in a thread for each seller, which is the fastest that their interface offers.
Their clients are kept for the second round. One that is not installed is left out:

    pip install python-amazon-sp-api amzn-sp-api
    python tests/bench/health_bench.py
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import importlib
import importlib.util
import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from pools_bench import Credentials, Ticker, server

from sptui.health.history import History
from sptui.health.monitor import Monitor
from sptui.spapi.authorization import Authorization
from sptui.spapi.client import Client
from sptui.spapi.clock import SystemClock
from sptui.spapi.endpoints import Endpoints
from sptui.spapi.regions import Region

COLD, AGAIN, STALL = 0.3, 0.15, 0.05
"""Seconds that sptui may take for a hundred sellers, cold and again, and that the event loop may stand still."""


def sellers(count: int) -> list[Authorization]:
    regions = tuple(Region)
    return [Authorization(f"S{each}", f"A{each:012}X", regions[each % 3], f"app{each % 2}") for each in range(count)]


async def sptui_rounds(port: int, count: int, folder: Path) -> list[float]:
    """Seconds cold and again, and the longest stall of the event loop in both."""
    base = f"http://127.0.0.1:{port}"
    client = Client(Credentials(), endpoints=Endpoints(base + "/{region}", base + "/auth/o2/token"))
    history = History(folder / "history.sqlite3")
    monitor = Monitor(client, history, SystemClock(), timedelta(minutes=15))
    found = []
    stalls = []
    try:
        for _ in range(2):
            gc.collect()
            ticker = Ticker()
            await asyncio.sleep(0.01)
            started = time.perf_counter()
            readings = await monitor.refresh_all(sellers(count))
            found.append(time.perf_counter() - started)
            stalls.append(ticker.stop())
            failed = [each.problem for each in readings if each.problem]
            if failed or len(readings) != count:
                raise SystemExit(f"sptui: {len(failed)} of {len(readings)} failed: {failed[:1]}")
        if len(history.known()) != count:
            raise SystemExit("sptui: not every reading is in the history")
    finally:
        await monitor.aclose()
        await client.aclose()
        history.close()
    return [*found, max(stalls)]


def measured(call: Callable[[int], object], count: int, threads: int) -> list[float]:
    """Seconds of two rounds of ``call`` for every seller."""
    found = []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(2):
            started = time.perf_counter()
            list(pool.map(call, range(count)))
            found.append(time.perf_counter() - started)
    return found


def python_amazon_sp_api(port: int, count: int, threads: int) -> list[float]:
    """A client for each seller, kept for the second round; its token cache holds ten tokens unless told otherwise."""
    library, markets = importlib.import_module("sp_api.api"), importlib.import_module("sp_api.base")
    tokens = importlib.import_module("sp_api.auth.access_token_client").AccessTokenClient
    base = f"http://127.0.0.1:{port}"
    tokens.scheme, tokens.host = "http://", f"127.0.0.1:{port}"

    clients: dict[int, Any] = {}

    def call(number: int) -> object:
        if number not in clients:
            credentials = {
                "lwa_app_id": f"app{number % 2}", "lwa_client_secret": "secret",
                "refresh_token": f"Atzr|{number:012}" * 20,
            }  # fmt: skip
            clients[number] = library.Sellers(marketplace=markets.Marketplaces.US, credentials=credentials)
            clients[number].endpoint = base
        return clients[number].get_marketplace_participation().payload

    return measured(call, count, threads)


def official_sdk(port: int, count: int, threads: int) -> list[float]:
    """Amazon's amzn-sp-api: a client for each seller, kept for the second round with its token."""
    sdk = importlib.import_module("spapi")
    base = f"http://127.0.0.1:{port}"

    def api_of(number: int) -> Any:
        config = sdk.SPAPIConfig(
            client_id=f"app{number % 2}", client_secret="secret", refresh_token=f"Atzr|{number:012}" * 20, region="NA"
        )
        client = sdk.SPAPIClient(config, oauth_endpoint=f"{base}/auth/o2/token", endpoint=base)
        return sdk.SellersApi(client.api_client)

    apis: dict[int, Any] = {}

    def call(number: int) -> object:
        if number not in apis:
            apis[number] = api_of(number)
        return apis[number].get_marketplace_participations()

    return measured(call, count, threads)


OTHERS = {"python-amazon-sp-api": ("sp_api", python_amazon_sp_api), "amzn-sp-api": ("spapi", official_sdk)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sellers", type=int, default=100)
    parser.add_argument("--latency", type=float, default=50.0, help="milliseconds until the server answers")
    parser.add_argument("--repeat", type=int, default=5, help="rounds of sptui; their medians are printed")
    parser.add_argument("--check", action="store_true", help="exit status 1 where sptui is slower than promised")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with server(options.latency / 1000) as port, tempfile.TemporaryDirectory() as folder:
        asyncio.run(sptui_rounds(port, 10, Path(folder) / "warm"))  # imports, and the server's first requests
        rounds = [
            asyncio.run(sptui_rounds(port, options.sellers, Path(folder) / str(number)))
            for number in range(options.repeat)
        ]
        cold, again, stall = (statistics.median(each) for each in zip(*rounds, strict=True))
        print(f"{'':36} cold s  again s  stall ms")
        print(f"{'sptui':36} {cold:6.3f}  {again:7.3f}  {stall * 1000:8.1f}", flush=True)
        for name, (module, measure) in OTHERS.items():
            if importlib.util.find_spec(module) is None:
                print(f"{name:36} is not installed: pip install {name}")
                continue
            for threads, how in ((1, "one by one"), (options.sellers, "a thread each")):
                with contextlib.redirect_stdout(None):
                    first, second = measure(port, options.sellers, threads)
                print(f"{name + ', ' + how:36} {first:6.3f}  {second:7.3f}         -", flush=True)
    if options.check and (cold > COLD or again > AGAIN or stall > STALL):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
