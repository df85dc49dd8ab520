"""What recording costs the program that makes the calls: microseconds a call in its thread, and how much is written.

    python tests/bench/recorder_bench.py [--calls 20000]

Each client answers itself, without a network, once bare and once recorded, in turns; the difference of the medians is
what the recorder takes of the caller's time. The writing thread is measured alone.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import requests
import urllib3

from sptui.recorder import Recorder

URL = "https://sellingpartnerapi-na.amazon.com/orders/v0/orders?MarketplaceIds=ATVPDKIKX0DER&CreatedAfter=2026-11-01"
HEADERS = {"x-amz-access-token": "Atza|IwEB0example", "user-agent": "Bench/1.0 (Language=Python)"}
DENIED = json.dumps(
    {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": ""}]}
).encode()
ANSWER_HEADERS = {
    "x-amzn-RequestId": "6f1c2d3e-0000-4000-8000-000000000000",
    "x-amzn-ErrorType": "AccessDeniedException",
    "content-type": "application/json",
    "content-length": str(len(DENIED)),
}


class Answering(requests.adapters.HTTPAdapter):
    """An adapter of requests that answers itself."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Amazon's refusal."""
        raw = urllib3.HTTPResponse(io.BytesIO(DENIED), headers=ANSWER_HEADERS, status=403, preload_content=False)
        return self.build_response(request, raw)


class Manager(urllib3.PoolManager):
    """A pool manager that answers itself."""

    def urlopen(self, method: str, url: str, redirect: bool = True, **_: object) -> urllib3.HTTPResponse:  # type: ignore[override]
        del method, url, redirect
        return urllib3.HTTPResponse(io.BytesIO(DENIED), headers=ANSWER_HEADERS, status=403)


def httpx_client() -> httpx.Client:
    """A client that answers itself."""
    return httpx.Client(
        transport=httpx.MockTransport(
            lambda _: httpx.Response(403, headers=ANSWER_HEADERS, stream=httpx.ByteStream(DENIED))
        ),
        headers=HEADERS,
    )


def requests_session() -> requests.Session:
    """A session that answers itself."""
    session = requests.Session()
    session.mount("https://", Answering())
    session.trust_env = False
    return session


def median(call: Callable[[], object], calls: int) -> float:
    """Microseconds a call, of the median."""
    taken = []
    for _ in range(calls):
        start = time.perf_counter_ns()
        call()
        taken.append(time.perf_counter_ns() - start)
    return statistics.median(taken) / 1000


def compare(
    name: str, bare: Callable[[], object], recorded: Callable[[], object], recorder: Recorder, calls: int
) -> None:
    """Prints what the recorded one takes more, in five turns of each."""
    pairs = []
    for _ in range(5):
        pairs.append((median(bare, calls // 5), median(recorded, calls // 5)))
        recorder.flush(60)
    without, with_it = (statistics.median(each) for each in zip(*pairs, strict=True))
    print(f"{name:34} {without:8.1f} us bare {with_it:8.1f} us recorded {with_it - without:8.1f} us more")


def main() -> None:
    """All figures, one a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    calls = parser.parse_args().calls
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder) / "calls.jsonl", calls)


def measure(file: Path, calls: int) -> None:
    """Every client, then the line by hand, logging, the writing alone, and the import."""
    recorder = Recorder(file, application="amzn1.sp.solution.bench", deploy="1", limit=10**7, linger=1.0)
    around = recorder.call(seller_id="A1BENCH000000")
    bare, watched = httpx_client(), recorder.watch(httpx_client())
    with around:
        compare("httpx", lambda: bare.get(URL), lambda: watched.get(URL), recorder, calls)
        plain, session = requests_session(), recorder.watch(requests_session())
        compare(
            "requests",
            lambda: plain.get(URL, headers=HEADERS),
            lambda: session.get(URL, headers=HEADERS),
            recorder,
            calls,
        )
        manager, pool = Manager(), recorder.watch(Manager())
        compare(
            "urllib3", lambda: manager.request("GET", URL, headers=HEADERS),
            lambda: pool.request("GET", URL, headers=HEADERS), recorder, calls,
        )  # fmt: skip
        nothing = logging.getLogger("bench.bare")
        taken = logging.getLogger("bench.recorded")
        for each, handler in ((nothing, logging.NullHandler()), (taken, recorder.logging_handler())):
            each.addHandler(handler)
            each.propagate = False
        extra = {"path": "/orders/v0/orders", "status_code": 403, "sellerId": "A1"}
        compare(
            "logging",
            lambda: nothing.error("call", extra=extra),
            lambda: taken.error("call", extra=extra),
            recorder,
            calls,
        )
        compare("write", lambda: None, lambda: recorder.write(path="/a", status=200), recorder, calls)
        full = Recorder(file.with_name("full.jsonl"), limit=1, linger=60.0)
        compare("write, queue full", lambda: None, lambda: full.write(path="/a", status=200), recorder, calls)
        full.close()
    waiting = Recorder(file.with_name("written.jsonl"), limit=10**7, linger=60.0)
    written = waiting.watch(httpx_client())
    for _ in range(calls):
        written.get(URL)
    start = time.process_time()
    waiting.close(60)
    seconds, size = time.process_time() - start, file.with_name("written.jsonl").stat().st_size
    print(f"written: {calls / seconds:.0f} lines a second of processor time, {size / calls:.0f} bytes each")
    code = "import time; s = time.perf_counter(); import sptui.recorder; print((time.perf_counter() - s) * 1000)"
    taken_ms = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(7)
    ]
    print(f"import: {statistics.median(taken_ms):.1f} ms in a program that imports nothing else")


if __name__ == "__main__":
    main()
