"""Kept cases: listed, opened as they were, run again after the fix, compared, exported, removed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from sptui.settings import SettingsError
from sptui.spapi.catalogue import load_catalogue
from sptui.triage.case import Case
from sptui.triage.saved import CaseStore
from sptui.tui.app import SptuiApp
from sptui.tui.screens.cases import CasesScreen
from sptui.tui.screens.comparison import ComparisonScreen
from sptui.tui.screens.confirm import ConfirmScreen
from sptui.tui.screens.investigation import InvestigationScreen
from sptui.tui.screens.rerun import FillInForm
from sptui.tui.screens.texts import TextsScreen
from sptui.tui.widgets.keyed_table import KeyedTable
from sptui.workspace import Workspace

from .patience import until, until_told
from .snapshot import assert_screen, screen_text
from .wizard import names_in, simulated, until_over, walking

US = "ATVPDKIKX0DER"


async def to_cases(pilot: Pilot[None], count: int = 1) -> CasesScreen:
    """From wherever one is."""
    await pilot.press("escape", "C")
    screen = await until(
        pilot,
        lambda front: isinstance(front, CasesScreen) and len(front.query_one("#cases", KeyedTable).keys) == count,
        "the cases",
    )
    assert isinstance(screen, CasesScreen)
    return screen


def mend(workspace: Workspace) -> None:
    """The fault of the scenario goes away."""
    assert workspace.simulation is not None
    simulator = workspace.simulation.simulator
    simulator.replace_world(msgspec.structs.replace(simulator.world, faults=()))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_case_is_kept_by_itself_and_listed(size: tuple[int, int]) -> None:
    async with walking(simulated(), size=size) as pilot:
        await until_over(pilot)
        await to_cases(pilot)
        assert_screen(pilot.app, f"cases-{size[0]}x{size[1]}")


async def test_without_cases_it_says_how_they_come() -> None:
    workspace = simulated()
    app = SptuiApp(workspace)
    app.workspace.monitor.paused = True
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("C")
        await until_told(pilot, "No cases yet.")
        assert_screen(app, "cases-empty-80x24")
        await pilot.press("r", "v", "w", "e", "d", "enter")  # none of which has anything to work on
        await pilot.pause()
        assert isinstance(app.screen, CasesScreen)
    await workspace.close()


async def test_opening_shows_the_last_run_as_it_was() -> None:
    async with walking(simulated()) as pilot:
        first = await until_over(pilot)
        await to_cases(pilot)
        before = len(first.workspace.call_log.tail(1000))
        await pilot.press("enter")
        screen = await until(pilot, lambda front: isinstance(front, InvestigationScreen), "the run")
        assert isinstance(screen, InvestigationScreen)
        assert screen.over
        assert screen.verdict == first.verdict
        assert "As it was then: 4 calls" in screen_text(pilot.app)
        assert len(screen.query_one("#trials", KeyedTable).keys) == 4
        await pilot.press("G", "enter")
        await until_told(pilot, "This run has ended")
        assert len(screen.workspace.call_log.tail(1000)) == before  # looking sends nothing
        await pilot.press("w")
        assert isinstance(await until(pilot, lambda front: isinstance(front, TextsScreen), "texts"), TextsScreen)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_running_again_after_the_fix_shows_what_changed(size: tuple[int, int]) -> None:
    workspace = simulated("option-misspelt")
    async with walking(workspace, size=size) as pilot:
        await until_over(pilot)
        await to_cases(pilot)
        await pilot.press("r")
        screen = await until(pilot, lambda front: isinstance(front, ComparisonScreen), "the comparison")
        assert isinstance(screen, ComparisonScreen)
        assert_screen(pilot.app, f"comparison-same-{size[0]}x{size[1]}")
        assert "still fails" in screen_text(pilot.app)


async def test_a_fault_that_went_away_is_told_as_fixed() -> None:
    workspace = simulated("orders-outage")
    async with walking(workspace) as pilot:
        await until_over(pilot)
        mend(workspace)
        await pilot.press("r")  # from the screen of the run itself
        screen = await until(pilot, lambda front: isinstance(front, ComparisonScreen), "the comparison")
        assert isinstance(screen, ComparisonScreen)
        assert screen.comparison.fixed
        assert_screen(pilot.app, "comparison-fixed-80x24")
        await pilot.press("escape")
        await until(pilot, lambda front: isinstance(front, InvestigationScreen), "the run")
        await pilot.press("r")  # a third run
        screen = await until(pilot, lambda front: isinstance(front, ComparisonScreen), "the comparison")
        assert isinstance(screen, ComparisonScreen)
        assert "passes, as before" in screen_text(pilot.app)
        await pilot.press("[")
        await until_told(pilot, "run 1 of 3")
        assert screen.comparison.fixed
        await pilot.press("]")
        await until_told(pilot, "run 2 of 3")


async def test_what_was_blurred_is_filled_in_before_it_is_sent_again() -> None:
    workspace = simulated()
    who = workspace.accounts.authorizations()[0]
    values: dict[str, Any] = {
        "MarketplaceIds": [US], "CreatedAfter": "2026-01-01T00:00:00Z", "BuyerEmail": "jane.doe@example.com",
        "CreatedBefore": "2099-01-01T00:00:00Z",
    }  # fmt: skip
    case = Case(load_catalogue().find("getOrders"), values, who)
    async with walking(workspace, case) as pilot:
        first = await until_over(pilot)
        assert first.saved is not None
        assert first.saved.blurred == ("BuyerEmail",)
        await to_cases(pilot)
        assert "fill in: BuyerEmail" in screen_text(pilot.app)
        assert "jane" not in screen_text(pilot.app)
        await pilot.press("r")
        form = await until(pilot, lambda front: isinstance(front, FillInForm), "the form")
        assert_screen(pilot.app, "case-fill-in-80x24")
        await pilot.press("enter")
        await until_told(pilot, "BuyerEmail is still empty")
        form.query_one(Input).value = "jane.doe@example.com"
        await pilot.press("enter")
        await until(pilot, lambda front: isinstance(front, ComparisonScreen), "the comparison")
        shelf = workspace.cases.list()
        assert len(shelf.cases[0].runs) == 2
        assert "jane" not in msgspec.json.encode(shelf.cases[0]).decode()


async def test_a_form_that_is_left_runs_nothing() -> None:
    workspace = simulated()
    who = workspace.accounts.authorizations()[0]
    values = {"MarketplaceIds": [US], "CreatedAfter": "2099-01-01T00:00:00Z", "BuyerEmail": "jane.doe@example.com"}
    async with walking(workspace, Case(load_catalogue().find("getOrders"), values, who)) as pilot:
        await until_over(pilot)
        await to_cases(pilot)
        before = len(workspace.call_log.tail(1000))
        await pilot.press("r")
        await until(pilot, lambda front: isinstance(front, FillInForm), "the form")
        await pilot.press("escape")
        await until(pilot, lambda front: isinstance(front, CasesScreen), "the cases")
        assert len(workspace.call_log.tail(1000)) == before


async def test_removing_takes_a_yes() -> None:
    async with walking(simulated()) as pilot:
        await until_over(pilot)
        screen = await to_cases(pilot)
        for key, left in (("n", 1), ("y", 0)):
            await pilot.press("d")
            await until(pilot, lambda front: isinstance(front, ConfirmScreen), "the question")
            await pilot.press(key)
            await until(pilot, lambda front: isinstance(front, CasesScreen), "the cases")
            await until(pilot, lambda _: len(screen.workspace.cases.list().cases) == left, "removal")  # noqa: B023
        await until_told(pilot, "No cases yet.")


async def test_the_filter_finds_and_leaves_out() -> None:
    async with walking(simulated()) as pilot:
        await until_over(pilot)
        screen = await to_cases(pilot)
        table = screen.query_one("#cases", KeyedTable)
        await pilot.press("slash", *"northwind")
        assert len(table.keys) == 1
        screen.query_one("#filter", Input).value = "!request"
        await until_told(pilot, "No case fits the filter.")
        await pilot.press("d", "r")  # letters are text
        assert isinstance(pilot.app.screen, CasesScreen)
        await pilot.press("escape")
        await until(pilot, lambda _: len(table.keys) == 1, "the list")
        await pilot.press("escape")
        await until(pilot, lambda front: not isinstance(front, CasesScreen), "leaving")


async def test_a_case_is_exported_with_its_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with walking(simulated()) as pilot:
        await until_over(pilot)
        await to_cases(pilot)
        await pilot.press("e")
        await until_told(pilot, "Export: getOrders")
        await pilot.press("enter")
        await until_told(pilot, "Written to")
    (written,) = names_in(tmp_path)
    assert len(json.loads((tmp_path / written).read_text())["runs"]) == 1


async def test_broken_files_are_told_and_the_others_shown(tmp_path: Path) -> None:
    workspace = simulated()
    workspace.cases = CaseStore(tmp_path, workspace.clock.now)
    async with walking(workspace) as pilot:
        await until_over(pilot)
        (tmp_path / "broken.json").write_text("{ not json")
        await to_cases(pilot)
        await until_told(pilot, "broken.json holds no case of sptui")
        assert (tmp_path / "broken.json").exists()


async def test_a_case_that_cannot_be_kept_is_told_and_nothing_is_lost() -> None:
    workspace = simulated()

    def full(*_: object, **__: object) -> None:
        raise SettingsError("cases was not saved: No space left on device.")

    workspace.cases.keep = full  # type: ignore[method-assign, assignment]
    async with walking(workspace) as pilot:
        screen = await until_over(pilot)
        await until_told(pilot, "No space left on device")
        assert screen.verdict is not None
        assert screen.saved is None
        assert "case kept" not in screen_text(pilot.app)


async def test_a_seller_that_is_gone_is_told() -> None:
    workspace = simulated()
    async with walking(workspace) as pilot:
        await until_over(pilot)
        await to_cases(pilot)
        workspace._accounts = msgspec.structs.replace(workspace.accounts, sellers=())
        await pilot.press("r")
        await until_told(pilot, "is no longer among the sellers")
        await until(pilot, lambda front: isinstance(front, ComparisonScreen), "the comparison")
