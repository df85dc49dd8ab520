"""One seller: its participations, by region, while a refresh runs, fails, or waits for the plan."""

from __future__ import annotations

import pytest

from sptui.simulator.clock import ManualClock
from sptui.tui.app import SptuiApp
from sptui.tui.widgets.keyed_table import KeyedTable
from sptui.workspace import Workspace

from .amazon import CA, DENIED, US, Amazon
from .conftest import minutes, settle
from .snapshot import assert_screen, screen_text


def marketplaces(app: SptuiApp) -> list[str]:
    table = app.screen.query_one(KeyedTable)
    return [key.partition("/")[2] for key in table.keys]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_looks_as_approved(workspace: Workspace, size: tuple[int, int]) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert_screen(app, f"seller-{size[0]}x{size[1]}")


async def test_tells_pseudo_and_unknown_marketplaces_apart(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert marketplaces(app)[:4] == ["A2EUQ1WTGCTBG2", "ATVPDKIKX0DER", "A2ZV50J4W1RKNI", "A9NEWCOUNTRY1"]
        text = screen_text(app)
        assert "∅ no store" in text
        assert "? unknown id" in text
        assert "CA: the seller does not take part" in text


async def test_shows_one_region_or_all(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "2")
        await pilot.pause()
        assert marketplaces(app) == ["A1PA6795UKMFR9"]
        await pilot.press("3")  # the seller has no authorization there: nothing changes
        await pilot.pause()
        assert marketplaces(app) == ["A1PA6795UKMFR9"]
        await pilot.press("0")
        await pilot.pause()
        assert len(marketplaces(app)) == 5
        await pilot.press("tab")
        await pilot.pause()
        assert len(marketplaces(app)) == 4


async def test_never_read_and_failing(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        assert_screen(app, "seller-failed-80x24")


async def test_stale_knowledge_stays_with_its_age(workspace: Workspace, amazon: Amazon, clock: ManualClock) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        amazon.answers["Atzr|northwind-na"] = DENIED
        amazon.answers["Atzr|northwind-eu"] = DENIED
        clock.advance(minutes(95))
        await pilot.press("enter", "r")
        await settle(pilot)
        assert_screen(app, "seller-stale-80x24")


async def test_a_refresh_can_be_stopped(workspace: Workspace, amazon: Amazon) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("down", "enter")
        amazon.gate.clear()
        await pilot.press("r")
        await pilot.pause()
        assert "◌ refreshing" in screen_text(app)
        await pilot.press("x")
        await settle(pilot)
        assert "◌ refreshing" not in screen_text(app)
        assert "● ok" in screen_text(app)
        amazon.gate.set()


async def test_a_change_keeps_the_cursor(workspace: Workspace, amazon: Amazon) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("down", "enter")
        await pilot.pause()
        amazon.answers["Atzr|blueheron"] = (200, {"payload": [US, CA]})
        await pilot.press("r")
        await settle(pilot)
        assert app.screen.query_one(KeyedTable).selected_key == "A2BLUEHERON002@NA/ATVPDKIKX0DER"
        assert marketplaces(app) == ["A2EUQ1WTGCTBG2", "ATVPDKIKX0DER"]


async def test_text_from_the_network_is_never_markup(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(150, 24)) as pilot:
        await settle(pilot)
        await pilot.press("down", "down", "down", "enter")
        await pilot.pause()
        text = screen_text(app)
        assert "[/x] [bold]Tricky[/] Store" in text
        assert "\x1b" not in text
