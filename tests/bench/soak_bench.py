"""A minute of 200 requests a second against ``sptui simulator``: ``python tests/bench/soak_bench.py``.

The requests start by the clock, whether or not those before have been answered, from 200 sellers who stay within their
usage plans; every answer is looked at. ``--rate`` and ``--seconds`` change the load.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent / "e2e"))
from simulator_process import running

SELLERS = 200
US = "ATVPDKIKX0DER"
SECRET = "amzn1.oa2-cs.v1.soak"

Look = Callable[[int, Any], bool]
"""Whether the answer to a seller's request is the one that was to be expected."""

CALLS: tuple[tuple[str, str, Look], ...] = (
    ("GET", f"/catalog/2022-04-01/items/B0SOAK0001?marketplaceIds={US}", lambda _, body: body["asin"] == "B0SOAK0001"),
    ("GET", "/reports/2021-06-30/reports/1", lambda _, body: body["errors"][0]["code"] == "NotFound"),
    ("GET", f"/listings/2021-08-01/items/{{seller}}/SKU-1?marketplaceIds={US}", lambda _, body: "sku" in body),
    ("GET", "/notifications/v1/subscriptions/ACCOUNT_STATUS_CHANGED", lambda _, body: "errors" in body),
    ("GET", f"/fba/inventory/v1/summaries?granularityType=Marketplace&granularityId={US}&marketplaceIds={US}",
     lambda _, body: body["payload"]["granularity"]["granularityId"] == US),
)  # fmt: skip


def world() -> str:
    """A world of sellers who have nothing wrong."""
    lines = ["latency_ms = [0, 0]", "[[application]]", f'client_id = "soak"\nclient_secret = "{SECRET}"']
    for number in range(SELLERS):
        lines += ["[[seller]]", f'id = "A{number:013d}"\nregion = "NA"\nrefresh_token = "Atzr|soak{number}"']
        lines += ["[[seller.marketplace]]", f'id = "{US}"']
    return "\n".join(lines)


async def token(client: httpx.AsyncClient, base: str, number: int) -> str:
    """A seller's access token."""
    form = {"grant_type": "refresh_token", "refresh_token": f"Atzr|soak{number}", "client_id": "soak"}
    answer = await client.post(f"{base}/auth/o2/token", data=form | {"client_secret": SECRET})
    found: str = answer.json()["access_token"]
    return found


async def soak(base: str, rate: int, seconds: int) -> None:
    """Sends, looks and tells."""
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    told: Counter[str] = Counter()
    took: list[float] = []
    async with httpx.AsyncClient(limits=limits, timeout=30, trust_env=False) as client:
        tokens = [await token(client, base, number) for number in range(SELLERS)]

        async def one(number: int) -> None:
            seller = number % SELLERS
            method, path, look = CALLS[(number // SELLERS) % len(CALLS)]
            address = f"{base}/na" + path.replace("{seller}", f"A{seller:013d}")
            began = time.perf_counter()
            try:
                answer = await client.request(method, address, headers={"x-amz-access-token": tokens[seller]})
                as_expected = look(seller, answer.json())
                told[f"{answer.status_code} {'as expected' if as_expected else 'UNEXPECTED'}"] += 1
            except (httpx.HTTPError, ValueError, KeyError) as problem:
                told[f"UNEXPECTED {type(problem).__name__}"] += 1
            took.append(time.perf_counter() - began)

        start = time.perf_counter()
        tasks = []
        for number in range(rate * seconds):
            await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(one(number)))
        await asyncio.gather(*tasks)
        whole = time.perf_counter() - start
    took.sort()
    print(f"{len(took)} requests in {whole:.1f} s, {len(took) / whole:.0f} a second")
    for outcome, count in sorted(told.items()):
        print(f"  {count:6d}  {outcome}")
    at = [took[int(len(took) * share)] * 1000 for share in (0.5, 0.99)]
    print(f"answered in {at[0]:.1f} ms (median), {at[1]:.1f} ms (99 of 100), {took[-1] * 1000:.1f} ms at worst, "
          f"{statistics.fmean(took) * 1000:.1f} ms on average")  # fmt: skip


def main() -> None:
    """Starts a simulator of its own."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rate", type=int, default=200, help="requests a second")
    arguments.add_argument("--seconds", type=int, default=60)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "world.toml"
        file.write_text(world())
        with running("--world", str(file)) as simulator:
            asyncio.run(soak(simulator.base, chosen.rate, chosen.seconds))
            status = Path(f"/proc/{simulator.process.pid}/status")
            if status.exists():
                peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
                print(f"the simulator's memory at its peak: {peak.split(':')[1].strip()}")


if __name__ == "__main__":
    main()
