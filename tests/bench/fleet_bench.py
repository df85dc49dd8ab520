"""A fleet of thousands: opening its history, a first refresh of all, and the greatest pace that usage plans allow.

    python tests/bench/fleet_bench.py                      # 2,000 sellers, two minutes at full pace
    python tests/bench/fleet_bench.py --only open --sellers 5000

The sellers live in sptui's simulator, in a process of its own on loopback, which answers 429 to whoever exceeds a
plan. ``open``: a history of three marketplaces and twenty metrics a seller is opened and sorted, worst first.
``first``: every seller's token, participations and newest report (five exchanges). ``pace``: the buckets of
getMarketplaceParticipations are empty at the start, so that 0.016 requests a second for each seller are the bound.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sptui.health.history import History
from sptui.health.metric import MarketplaceStatus, Metric, PerformanceReport
from sptui.health.monitor import Monitor
from sptui.health.participations import OPERATION, Participation, ParticipationReading
from sptui.health.performance import PerformanceReading
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.client import Client
from sptui.spapi.clock import SystemClock
from sptui.spapi.endpoints import Endpoints
from sptui.spapi.marketplaces import MarketplaceKind
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.spapi.usage_plan import PastCall


class Ticker:
    """Notes the longest time between two turns of the event loop, by the clock and by its thread's processor time.

    The second does not count what other programs take from a busy machine.
    """

    def __init__(self) -> None:
        self.longest = self.longest_busy = 0.0
        self._task = asyncio.create_task(self._tick())

    async def _tick(self) -> None:
        before, busy_before = time.perf_counter(), time.thread_time()
        while True:
            await asyncio.sleep(0.001)
            now, busy = time.perf_counter(), time.thread_time()
            self.longest = max(self.longest, now - before - 0.001)
            self.longest_busy = max(self.longest_busy, busy - busy_before)
            before, busy_before = now, busy

    def stop(self) -> str:
        self._task.cancel()
        return f"longest stall {self.longest * 1000:.0f} ms ({self.longest_busy * 1000:.0f} ms of processor time)"


APPLICATION = "amzn1.application-oa2-client.bench"
PLACES = ("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1AM78C64UM0Y8")


def fleet(count: int) -> list[Authorization]:
    return [Authorization(f"Seller {each}", f"A{each:012}X", Region.NA, APPLICATION) for each in range(count)]


def world(sellers: Iterable[Authorization]) -> str:
    lines = ["latency_ms = [40, 60]", "[[application]]", f'client_id = "{APPLICATION}"', 'client_secret = "secret"']
    for each in sellers:
        lines += ["[[seller]]", f'id = "{each.seller_id}"', f'name = "{each.seller}"', 'region = "NA"',
                  f'refresh_token = "Atzr|{each.seller_id}"']  # fmt: skip
        for place in PLACES:
            lines += ["[[seller.marketplace]]", f'id = "{place}"']
    return "\n".join(lines)


class Credentials:
    async def client_secret(self, client_id: str) -> Secret:
        return Secret("secret")

    async def refresh_token(self, authorization: Authorization) -> Secret:
        return Secret(f"Atzr|{authorization.seller_id}")


@contextmanager
def simulator(sellers: list[Authorization], folder: Path) -> Iterator[str]:
    path = folder / "world.toml"
    path.write_text(world(sellers), encoding="utf-8")
    command = [sys.executable, "-m", "sptui", "simulator", "--port", "0", "--world", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if "http://" not in line:
            raise SystemExit(f"The simulator did not start: {line!r}")
        yield "http://" + line.partition("http://")[2].split()[0].rstrip("/.")
    finally:
        process.kill()
        process.wait()


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def filled(path: Path, sellers: list[Authorization]) -> None:
    """A history in which every seller has participations and a report of 60 metrics; each tenth has a bad one."""
    history = History(path)
    now = datetime.now(UTC)
    stores = tuple(Participation(each, each[-2:], kind=MarketplaceKind.AMAZON, participating=True) for each in PLACES)
    for start in range(0, len(sellers), 200):
        readings: list[ParticipationReading | PerformanceReading] = []
        for number, who in enumerate(sellers[start : start + 200]):
            bad = number % 10 == 0
            metrics = tuple(
                Metric(place, f"metricNumber{each}Rate", "", "BAD" if bad and not each else "GOOD", each / 100,
                       "fraction", 0.5, "LESS_THAN", now, now, (("orderCount", 100), ("lateCount", each)))
                for place in PLACES for each in range(20)
            )  # fmt: skip
            statuses = tuple(MarketplaceStatus(place, "AT_RISK" if bad else "NORMAL") for place in PLACES)
            report = PerformanceReport(statuses, metrics)
            readings += [ParticipationReading(who, now, stores), PerformanceReading(who, now, report, now, "R1")]
        history.store(*readings)
    history.close()


def measure_open(sellers: list[Authorization], folder: Path) -> None:
    path = folder / "open.sqlite3"
    started = time.perf_counter()
    filled(path, sellers)
    print(f"open: {len(sellers)} sellers stored in {time.perf_counter() - started:.1f} s", flush=True)
    print(f"open: the file has {path.stat().st_size / 1e6:.1f} MB")
    clock = SystemClock()
    client = Client(Credentials(), clock=clock)
    started = time.perf_counter()
    history = History(path)
    monitor = Monitor(client, history, clock, timedelta(minutes=15), report_interval=timedelta(hours=6))
    opened = time.perf_counter()
    order = sorted(sellers, key=monitor.standing)
    drawn = time.perf_counter()
    summary = monitor.summary(order[0])
    looked = time.perf_counter()
    due = monitor.due(sellers)
    ended = time.perf_counter()
    print(f"open: {opened - started:.3f} s to read, {drawn - opened:.3f} s to sort worst first")
    print(f"open: {(looked - drawn) * 1000:.1f} ms for one seller's {len(summary.metrics)} metrics")
    print(f"open: {(ended - looked) * 1000:.1f} ms for what is due ({len(due)}); {megabytes():.0f} MB at most")
    history.close()
    asyncio.run(client.aclose())


def used_up(sellers: list[Authorization]) -> list[PastCall]:
    """As if a run before had used up every bucket just now."""
    now = datetime.now(UTC)
    key = load_catalogue().find(OPERATION).key
    return [PastCall(now, key, APPLICATION, each.seller_id, each.region, 429) for each in sellers]


async def measure_first(base: str, sellers: list[Authorization], folder: Path) -> None:
    records: list[CallRecord] = []
    client = Client(Credentials(), endpoints=Endpoints(base + "/{region}", base + "/auth/o2/token"),
                    on_record=records.append)  # fmt: skip
    history = History(folder / "first.sqlite3")
    monitor = Monitor(client, history, SystemClock(), timedelta(minutes=15), report_interval=timedelta(hours=8))
    ticker = Ticker()
    started = time.perf_counter()
    await monitor.refresh_all(sellers)
    seconds = time.perf_counter() - started
    stall = ticker.stop()
    without = [each.seller_id for each in sellers if monitor.known(each).performance.made is None]
    print(
        f"first: {len(sellers)} sellers in {seconds:.1f} s ({len(sellers) / seconds * 60:.0f} a minute),"
        f" {len(records)} exchanges, {sum(each.status != 200 for each in records)} not answered 200,"
        f" {len(without)} without a report, {stall}, {megabytes():.0f} MB at most",
        flush=True,
    )
    await monitor.aclose()
    await client.aclose()
    history.close()


async def measure_pace(base: str, sellers: list[Authorization], folder: Path, minutes: float) -> None:
    statuses: list[int] = []
    operation = load_catalogue().find(OPERATION)
    spent = used_up(sellers)
    client = Client(
        Credentials(), endpoints=Endpoints(base + "/{region}", base + "/auth/o2/token"), past_calls=lambda _: spent,
        on_record=lambda record: statuses.append(record.status) if record.operation == operation.key else None,
    )  # fmt: skip
    history = History(folder / "pace.sqlite3")
    monitor = Monitor(client, history, SystemClock(), timedelta(0))
    ticker = Ticker()

    async def keep_refreshing(who: Authorization, until: float) -> None:
        while time.monotonic() + monitor.seconds_until_allowed(who) < until:
            await monitor.refresh(who)

    began = time.monotonic()
    until = began + minutes * 60
    await asyncio.gather(*(keep_refreshing(each, until) for each in sellers))
    stall = ticker.stop()
    done = statuses.count(200)
    # Each bucket gives its n-th token n/rate seconds after the start.
    bound = int(minutes * 60 * (operation.rate or 0)) * len(sellers)
    print(
        f"pace: {done} refreshes of {len(sellers)} sellers in {minutes:g} minutes; the plans allow {bound}"
        f" ({done / bound:.1%}); {statuses.count(429)} refused; {stall};"
        f" {megabytes():.0f} MB at most",
        flush=True,
    )
    await monitor.aclose()
    await client.aclose()
    history.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sellers", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=2.1, help="of full pace")
    parser.add_argument("--only", choices=["open", "first", "pace"])
    options = parser.parse_args()
    sellers = fleet(options.sellers)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.only in (None, "open"):
            measure_open(sellers, folder)
        if options.only == "open":
            return
        with simulator(sellers, folder) as base:
            if options.only in (None, "first"):
                asyncio.run(measure_first(base, sellers, folder))
            if options.only in (None, "pace"):
                asyncio.run(measure_pace(base, sellers, folder, options.minutes))


if __name__ == "__main__":
    main()
