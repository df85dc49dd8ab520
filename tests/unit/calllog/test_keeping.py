"""Old calls are forgotten wherever they lie, in small steps, once a day."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest

from calllog.test_store import record
from sptui.calllog import copying, duck
from sptui.calllog.asking.ask import errors
from sptui.calllog.importing import sqlite_copy
from sptui.calllog.importing.importer import Importer
from sptui.calllog.keeping import Keeper, forget_before, forget_if_due, is_due
from sptui.calllog.opening import asked_log, opened_ledger, opened_store
from sptui.calllog.sizes import sizes
from sptui.calllog.store import CallLog
from sptui.settings import Accounts, Config
from sptui.settings.config import CallLogConfig
from sptui.simulator.clock import ManualClock
from sptui.vault import MemoryVault
from sptui.workspace import Workspace

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ENGINES = [
    pytest.param(True, marks=pytest.mark.skipif(not duck.available(), reason="DuckDB is not installed"), id="DuckDB"),
    pytest.param(False, id="SQLite"),
]


def filled(folder: Path, days: int = 7) -> CallLog:
    """An hourly call that was recorded and one that was imported, of the days before NOW."""
    log = CallLog(folder / "calls.sqlite3")
    lines = []
    for hour in range(24 * days, -1, -1):
        time = NOW - timedelta(hours=hour)
        log.record(record(hour, time=time, status=400, code="InvalidInput"))
        lines.append(
            f'{{"time": "{time.isoformat()}", "method": "GET", "path": "/orders/v0/orders", "status": 400,'
            f' "code": "InvalidInput", "seller_id": "B{hour}", "request_id": "{hour}"}}\n'
        )
    log.flush()
    (folder / "their.log").write_text("".join(lines))
    with opened_ledger(folder) as ledger, opened_store(ledger, folder) as store:
        assert Importer(ledger, store).run(str(folder / "their.log")).new == 24 * days + 1
    return log


def times(log: CallLog, folder: Path) -> tuple[int, datetime | None]:
    with asked_log(log, folder) as engine:
        return sum(each.calls for each in errors(engine, None)), engine.oldest()


@pytest.mark.parametrize("with_duckdb", ENGINES)
def test_everything_older_is_forgotten(tmp_path: Path, *, with_duckdb: bool) -> None:
    with (
        mock.patch.object(duck, "available", return_value=with_duckdb),
        mock.patch.object(copying, "LONG", 50),
        mock.patch.object(sqlite_copy, "STEP", 50),
    ):
        log = filled(tmp_path)
        assert times(log, tmp_path) == (2 * (24 * 7 + 1), NOW - 7 * DAY)
        assert forget_before(log, tmp_path, NOW - 2 * DAY + timedelta(minutes=30)) == 2 * 24 * 5
        assert times(log, tmp_path) == (2 * (24 * 2 + 1), NOW - 2 * DAY)
        assert len(log.tail(1000)) == 49
        log.close()


def test_once_a_day_and_not_while_it_is_to_end(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite3")
    for number in range(10):
        log.record(record(number, time=NOW - (10 - number) * DAY))
    log.flush()
    assert forget_if_due(log, tmp_path, 5 * DAY, NOW, lambda: False) == 5  # the step that was begun
    assert is_due(tmp_path, NOW)
    assert forget_if_due(log, tmp_path, 4 * DAY, NOW) == 1
    assert not is_due(tmp_path, NOW)
    assert forget_if_due(log, tmp_path, 2 * DAY, NOW + timedelta(hours=23)) == 0
    assert len(log.tail(100)) == 4
    assert is_due(tmp_path, NOW + DAY)
    assert is_due(tmp_path, NOW - DAY)  # the clock was wrong
    log.close()


def test_in_a_thread(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite3")
    for number in range(10):
        log.record(record(number, time=NOW - (10 - number) * DAY))
    log.flush()
    keeper = Keeper()
    keeper.begin(log, tmp_path, 5 * DAY, NOW)
    assert keeper._thread is not None
    keeper._thread.join(timeout=30)
    keeper.close()
    assert len(log.tail(100)) == 5
    log.close()


async def test_a_workspace_keeps_calls_as_long_as_its_config_says(tmp_path: Path) -> None:
    for keep, left in ((None, 10), (5 * DAY, 5)):
        config = Config(call_log=CallLogConfig(keep=keep))
        workspace = Workspace(config, Accounts(), MemoryVault(), data_folder=tmp_path, clock=ManualClock(NOW))
        for number in range(10 if keep is None else 0):
            workspace.call_log.record(record(number, time=NOW - (10 - number) * DAY))
        workspace.call_log.flush()
        workspace.forget_old_calls()
        if (thread := workspace._keeper._thread) is not None:
            await asyncio.to_thread(thread.join)
        assert len(workspace.call_log.tail(100)) == left
        await workspace.close()


def test_sizes(tmp_path: Path) -> None:
    assert sizes(tmp_path).recorded == sizes(tmp_path).imported_calls == 0
    log = filled(tmp_path, days=1)
    found = sizes(tmp_path)
    assert (found.recorded_calls, found.imported_calls) == (25, 25)
    assert found.recorded > 4096
    assert found.imported > 4096
    log.close()
