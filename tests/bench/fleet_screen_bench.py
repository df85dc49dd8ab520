"""The fleet screen with thousands of sellers: how long a key takes to its frame, and how long the screen stands still.

    python tests/bench/fleet_screen_bench.py [SELLERS]

Headless at 120x40. ``key to paint``: from the press until the screen was drawn and nothing waits. ``stall``: the
longest time for which the event loop did not come to a task that wakes every millisecond. Idle, and while a round
refreshes every seller against answers that come at once.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from textual import events

from sptui.settings import Accounts, Config
from sptui.spapi.authorization import Application, Authorization, Seller
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.tui.app import SptuiApp
from sptui.vault import MemoryVault
from sptui.workspace import Workspace

APPLICATION = Application("amzn1.application-oa2-client.bench", "Bench")
REGIONS = list(Region)


def answer(request: httpx.Request) -> httpx.Response:
    """A token, the participations of a US seller (every fifth with suspended listings), no report."""
    if request.url.path == "/auth/o2/token":
        token = httpx.QueryParams(request.content.decode())["refresh_token"]
        return httpx.Response(200, json={"access_token": f"Atza|{token[5:]}", "expires_in": 3600})
    if "marketplaceParticipations" in request.url.path:
        sick = int(request.headers["x-amz-access-token"][5:]) % 5 == 0
        entry = {
            "marketplace": {"id": "ATVPDKIKX0DER", "countryCode": "US", "domainName": "www.amazon.com"},
            "participation": {"isParticipating": True, "hasSuspendedListings": sick},
        }
        return httpx.Response(200, json={"payload": [entry]})
    return httpx.Response(200, json={"reports": []})


def workspace_of(count: int) -> Workspace:
    """A workspace in memory of so many sellers."""
    sellers = tuple(
        Seller(
            f"Seller {number:05}",
            (Authorization(f"Seller {number:05}", f"A9{number:012}", REGIONS[number % 3], APPLICATION.client_id),),
        )
        for number in range(count)
    )
    tokens = {each.authorizations[0].key: Secret(f"Atzr|{number}") for number, each in enumerate(sellers)}
    return Workspace(
        Config(read_only=True), Accounts(applications=(APPLICATION,), sellers=sellers),
        MemoryVault({APPLICATION.client_id: Secret("bench")}, tokens),
        data_folder=None, transport=lambda: httpx.MockTransport(answer),
    )  # fmt: skip


@asynccontextmanager
async def stalls() -> AsyncIterator[list[float]]:
    """Gathers how much later than a millisecond a task woke."""
    gathered: list[float] = [0.0]

    async def watch() -> None:
        while True:
            started = time.perf_counter()
            await asyncio.sleep(0.001)
            gathered.append(time.perf_counter() - started - 0.001)

    task = asyncio.create_task(watch())
    try:
        yield gathered
    finally:
        task.cancel()


async def key_times(app: SptuiApp, keys: list[str]) -> list[float]:
    """Milliseconds from each key's event to the next frame that was handed to the terminal."""
    times, display = [], app._display
    drawn = asyncio.Event()

    def displayed(*arguments: Any) -> None:
        display(*arguments)
        drawn.set()

    setattr(app, "_display", displayed)  # noqa: B010 - the last step of drawing, whatever drew
    for key in keys:
        await asyncio.sleep(0.05)
        drawn.clear()
        started = time.perf_counter()
        event = events.Key(key, key if len(key) == 1 else "/" if key == "slash" else None)
        event.set_sender(app)
        app.post_message(event)
        await asyncio.wait_for(drawn.wait(), 20)
        times.append((time.perf_counter() - started) * 1000)
    setattr(app, "_display", display)  # noqa: B010
    return times


def say(text: str) -> None:
    """Past the app, which keeps standard output to itself."""
    print(text, file=sys.__stdout__, flush=True)


def tell(what: str, times: list[float], gathered: list[float]) -> None:
    """One line."""
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95) - 1] if ordered else 0.0
    median = statistics.median(ordered) if ordered else 0.0
    say(f"{what:<46} median {median:6.1f} ms   p95 {p95:6.1f} ms   longest stall {max(gathered) * 1000:6.1f} ms")


async def main() -> None:
    """Idle, sorting, filtering, then during a round."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    workspace = workspace_of(count)
    workspace.monitor.pause()
    app = SptuiApp(workspace)
    started = time.perf_counter()
    async with app.run_test(size=(120, 40)) as pilot, stalls() as gathered:
        await pilot.pause()
        say(f"{count} sellers; first screen after {(time.perf_counter() - started) * 1000:.0f} ms")
        await pilot.pause(2.0)
        tell("opening", [], gathered)
        for what, keys in (
            ("cursor down", ["down"] * 100),
            ("page down", ["pagedown"] * 30),
            ("first and last row", ["end", "home"] * 15),
            ("order by the next", ["s"] * 12),
            ("group by the next", ["b"] * 6),
            ("typing into the filter", ["slash", *"042", "backspace", "backspace", "backspace", "escape"]),
        ):
            gathered.clear()
            times = await key_times(app, keys)
            tell(what, times, gathered or [0.0])
        gathered.clear()
        began = time.perf_counter()
        app.refresh_authorizations(workspace.accounts.authorizations())
        await asyncio.sleep(0.5)
        times = []
        while any(map(workspace.monitor.is_refreshing, workspace.accounts.authorizations()[:: max(1, count // 50)])):
            times += await key_times(app, ["down"])
            await asyncio.sleep(0.03)
        await asyncio.sleep(1.5)
        tell("cursor down during a round of all", times, gathered)
        known = sum(workspace.monitor.known(each).reading is not None for each in workspace.accounts.authorizations())
        say(f"{known} sellers read in {time.perf_counter() - began - 1.5:.1f} s")
    await workspace.close()


if __name__ == "__main__":
    asyncio.run(main())
