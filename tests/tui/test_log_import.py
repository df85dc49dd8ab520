"""Importing a log in the app: looked at, understood or corrected, imported, stopped, and what came of it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Button, DataTable, Input, OptionList

from sptui.calllog.importing.importer import Importer
from sptui.settings import Accounts, Config
from sptui.simulator.clock import ManualClock
from sptui.simulator.world import demo_world
from sptui.tui.app import SptuiApp
from sptui.tui.screens.choice import ChoiceScreen
from sptui.tui.screens.log_import import LogImportForm
from sptui.tui.widgets.path_suggester import completed
from sptui.vault import MemoryVault
from sptui.workspace import Workspace

from .amazon import Amazon
from .conftest import click_button, settle
from .patience import PATIENCE_SECONDS, until, until_front, until_shown
from .snapshot import assert_screen

pytest.importorskip("duckdb")


@pytest.fixture
async def workspace(amazon: Amazon, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Workspace]:
    """One that keeps what is imported on the disk."""
    made = Workspace(
        Config(),
        Accounts(),
        MemoryVault({}, {}),
        data_folder=tmp_path / "data",
        transport=amazon.transport,
        clock=clock,
    )
    yield made
    await made.close()


def lines(count: int, **changes: Any) -> bytes:
    return b"".join(
        msgspec.json.encode(
            {
                "ts": f"2026-11-01T00:{number // 60 % 60:02d}:{number % 60:02d}Z",
                "method": "GET",
                "url": f"/orders/v0/orders/902-{number:07d}-7654321/address",
                "status": 403 if number % 3 == 0 else 200,
                "message": "[/x] [bold]denied" if number % 3 == 0 else None,
                "sellerId": f"A{number % 7:012d}",
                "marketplaceIds": ["ATVPDKIKX0DER"],
            }
            | changes
        )
        + b"\n"
        for number in range(count)
    )


@asynccontextmanager
async def opened(workspace: Workspace, size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[Pilot[None], Any]]:
    app, form = SptuiApp(workspace), LogImportForm()
    async with app.run_test(size=size, notifications=True) as pilot:
        await settle(pilot)
        await app.push_screen(form)
        await pilot.pause()
        yield pilot, form


async def name(pilot: Pilot[None], form: LogImportForm, path: Path) -> None:
    form.query_one("#path", Input).value = str(path)
    await until_shown(pilot, "In the log")
    await looked(pilot)


async def looked(pilot: Pilot[None]) -> None:
    """Waits until what was typed has been looked at, which begins a moment after the typing."""

    def over(_: object) -> bool:
        return all(each.is_finished for each in pilot.app.workers if each.group == "look")

    await until(pilot, over, "the look at the file")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_a_log_is_shown_as_it_would_be_imported_and_what_came_of_it(
    workspace: Workspace, tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.jsonl").write_bytes(lines(300) + b"broken\n" + lines(1, ts="yesterday"))
    async with opened(workspace, size) as (pilot, form):
        assert_screen(pilot.app, f"log-import-empty-{size[0]}x{size[1]}")
        await name(pilot, form, Path("app.jsonl"))
        assert_screen(pilot.app, f"log-import-{size[0]}x{size[1]}")
        await pilot.press("enter")
        await until_shown(pilot, "300 new calls, 0 known already, 2 lines that cannot be read.")
        await until_shown(pilot, "Done.")
        assert_screen(pilot.app, f"log-import-over-{size[0]}x{size[1]}")
        await pilot.press("escape")
        await until(pilot, lambda front: front is not form, "the screen before")


async def test_the_mapping_is_corrected_and_kept(workspace: Workspace, tmp_path: Path) -> None:
    strange = b"".join(
        msgspec.json.encode({"moment": 1762000000 + each, "where": "/orders/v0/orders", "status": 200}) + b"\n"
        for each in range(4)
    )
    (tmp_path / "a.log").write_bytes(strange)
    async with opened(workspace) as (pilot, form):
        await name(pilot, form, tmp_path / "a.log")
        await until_shown(pilot, "Nothing tells the time and the path of a call.")
        for field, column in (("time", "moment"), ("path", "where")):
            table = form.query_one("#fields", DataTable)
            table.focus()
            table.move_cursor(row=table.get_row_index(field))
            await pilot.press("enter")
            choices = (await until_front(pilot, ChoiceScreen)).query_one(OptionList)
            choices.highlighted = ["", "moment", "where", "status"].index(column)
            await pilot.press("enter")
            await until_front(pilot, LogImportForm)
        await until_shown(pilot, "2025-11-01 12:26:40")
        await click_button(pilot, "#import")
        await until_shown(pilot, "4 new calls")
    (tmp_path / "b.log").write_bytes(strange.replace(b"17620", b"17630"))
    async with opened(workspace) as (pilot, form):
        await name(pilot, form, tmp_path / "b.log")
        await until_shown(pilot, "2025-11-13 02:13:20")  # what was chosen for these fields is known


async def test_an_import_is_stopped_and_goes_on_later(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sptui.calllog.importing.importer.BLOCK", 20_000)
    gate, take = threading.Event(), Importer._take

    def slow(self: Importer, *arguments: Any, **named: Any) -> bool:
        done = take(self, *arguments, **named)
        if self._ledger.progress(str(tmp_path / "a.jsonl")):
            assert gate.wait(PATIENCE_SECONDS)
        return done

    monkeypatch.setattr(Importer, "_take", slow)
    (tmp_path / "a.jsonl").write_bytes(lines(1000))
    async with opened(workspace) as (pilot, form):
        await name(pilot, form, tmp_path / "a.jsonl")
        await pilot.press("f5")
        await until_shown(pilot, "Esc stops.")
        assert form.query_one("#import", Button).disabled
        await pilot.press("f5")  # one at a time
        await pilot.press("escape")
        await until_shown(pilot, "Stopping after what is being read.")
        gate.set()
        await until_shown(pilot, "Stopped. What is imported stays; the next import goes on from there.")
        await until_shown(pilot, "known already")
        await pilot.press("f5")
        await until_shown(pilot, "Done.")
        await pilot.press("f5")
        await until_shown(pilot, "nothing new since the last import.")


async def test_leaving_the_app_ends_an_import(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sptui.calllog.importing.importer.BLOCK", 2_000)
    (tmp_path / "a.jsonl").write_bytes(lines(2000))
    async with opened(workspace) as (pilot, form):
        await name(pilot, form, tmp_path / "a.jsonl")
        await pilot.press("f5")
        await until_shown(pilot, "new calls")
        assert form._run is not None


async def test_a_folder_is_imported_and_a_file_that_is_no_log_is_told(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(lines(3))
    (folder / "b.jsonl").write_bytes(lines(3, ts="2026-11-02T00:00:00Z"))
    (folder / "c.jsonl").write_bytes(b"hello\n")
    async with opened(workspace) as (pilot, form):
        form.query_one("#path", Input).value = f"{folder}/"
        await until_shown(pilot, "in 3 files (shown: a.jsonl)")
        await pilot.press("f5")
        await until_shown(pilot, "2 files: 6 new calls")
        await until_shown(pilot, "is no log that can be read")
        form.query_one("#path", Input).value = str(folder / "c.jsonl")
        await until_shown(pilot, "✖")
        form.query_one("#path", Input).value = str(tmp_path / "nowhere")
        await pilot.pause()
        await looked(pilot)
        await pilot.press("f5")
        await until_shown(pilot, "There is no file")


async def test_in_a_simulated_world_the_calls_go_to_memory_once(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(30))
    workspace = Workspace.simulate(demo_world())
    before = len(workspace.call_log.tail(1000))
    for expected in ("30 new calls, 0 known", "0 new calls, 30 known"):
        async with opened(workspace) as (pilot, form):
            await until_shown(pilot, "the calls go to memory")
            await name(pilot, form, tmp_path / "a.jsonl")
            await pilot.press("f5")
            await until_shown(pilot, expected)
    records = [each for each in workspace.call_log.tail(1000) if each.operation == "orders-v0.getOrderAddress"]
    assert len(records) == 30
    assert before < 1000
    await workspace.close()


def test_paths_are_completed(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "app.jsonl").write_bytes(b"")
    (tmp_path / "logs" / ".hidden").write_bytes(b"")
    assert completed(f"{tmp_path}/lo") == f"{tmp_path}/logs/"
    assert completed(f"{tmp_path}/logs/") == f"{tmp_path}/logs/app.jsonl"
    assert completed(f"{tmp_path}/logs/.h") == f"{tmp_path}/logs/.hidden"
    assert completed(f"{tmp_path}/logs/app.jsonl") is None
    assert completed(f"{tmp_path}/nowhere/x") is None
    assert completed("~someb") is None
    assert completed("\0") is None
