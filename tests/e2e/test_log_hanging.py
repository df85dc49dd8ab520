"""A server that hangs in the middle of a question: the screen goes on, the question ends, the next one is answered."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import log_servers
import pytest
from log_tables import run

from sptui.calllog import opening
from sptui.calllog.asking.database import DatabaseLog
from sptui.calllog.browsing import Chosen
from sptui.calllog.desk import LogDesk

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found by their parents")
SECONDS_TO_END = 8.0
"""Far less than the limit of a question (60 s here), and more than the machine's other work takes."""

SECONDS_TO_WAKE = 20


@contextmanager
def hanging(port: str) -> Iterator[None]:
    """The server's processes stand still."""
    first = int(subprocess.run(
        ["pgrep", "-f", f"postgres .*-p {port}|-p {port} .*postgres"], capture_output=True, text=True, check=True
    ).stdout.split()[0])  # fmt: skip
    children = subprocess.run(["pgrep", "-P", str(first)], capture_output=True, text=True, check=True).stdout.split()
    processes = [first, *map(int, children)]
    for each in processes:
        os.kill(each, signal.SIGSTOP)
    # Where a driver holds up all of Python, only another process can end that.
    waking = f"sleep {SECONDS_TO_WAKE}; kill -CONT {' '.join(map(str, processes))}"
    with subprocess.Popen(["sh", "-c", waking], start_new_session=True) as rescue:
        try:
            yield
        finally:
            os.killpg(rescue.pid, signal.SIGKILL)
            for each in processes:
                os.kill(each, signal.SIGCONT)


async def widest_gap(stopped: asyncio.Event) -> float:
    """For how many seconds the event loop stood still at most."""
    widest, last = 0.0, time.monotonic()
    while not stopped.is_set():
        await asyncio.sleep(0.02)
        now = time.monotonic()
        widest, last = max(widest, now - last), now
    return widest


@pytest.mark.parametrize("opened_before", [True, False], ids=["a question", "the opening"])
async def test_a_hanging_server_holds_up_nothing(tmp_path: Path, *, opened_before: bool) -> None:
    pytest.importorskip("psycopg")
    with log_servers.postgresql() as url:
        run(
            url,
            "CREATE TABLE calls AS SELECT TIMESTAMPTZ '2026-11-01Z' AS time, 'GET' AS method, '/orders/v0/orders' AS"
            " path, 403 AS status, 'A' || n AS seller_id FROM generate_series(1, 50) n",
        )
        desk = LogDesk(partial(opening.asked_database, DatabaseLog(url)))
        if opened_before:
            await desk.ready()
        with hanging(url.rpartition(":")[2].partition("/")[0]):
            over = asyncio.Event()
            watching = asyncio.ensure_future(widest_gap(over))
            asking = asyncio.ensure_future(desk.count(Chosen()))
            await asyncio.sleep(0.5)
            assert not asking.done()
            began = time.monotonic()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            waiting = asyncio.ensure_future(desk.count(Chosen()))  # its turn comes when the first has ended
            while not (desk._asked is not None and not desk._asked.ended):
                await asyncio.sleep(0.02)
                assert time.monotonic() - began < SECONDS_TO_END
            over.set()
            assert await watching < 2.0
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert await asyncio.wait_for(desk.count(Chosen()), 60) == 50
        await asyncio.wait_for(desk.aclose(), 60)
