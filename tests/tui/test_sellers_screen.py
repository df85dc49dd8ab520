"""The home screen: what it shows of the sellers, filtering, refreshing, failing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.widgets import Input

from sptui.settings import Config
from sptui.simulator.clock import ManualClock
from sptui.spapi.authorization import Seller
from sptui.tui.app import SptuiApp
from sptui.tui.screens.seller import SellerScreen
from sptui.tui.screens.sellers import SellersTable
from sptui.workspace import Workspace

from .amazon import DENIED, US, Amazon
from .conftest import minutes, settle
from .snapshot import assert_screen, screen_text


def rows(app: SptuiApp) -> list[list[str]]:
    table = app.screen.query_one(SellersTable)
    return [[cell.plain for cell in table.get_row(key)] for key in table.keys]


def opened(app: SptuiApp) -> Seller | None:
    """The seller whose screen is in front."""
    return app.screen.selected_seller if isinstance(app.screen, SellerScreen) else None


async def test_shows_every_seller_before_amazon_was_asked(workspace: Workspace, amazon: Amazon) -> None:
    amazon.gate.clear()
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert [row[0] for row in rows(app)][:3] == ["Northwind Outdoor", "Blue Heron Books", "Kestrel Audio"]
        amazon.gate.set()


async def test_first_refresh_fills_in_the_states(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert [row[2] for row in rows(app)] == ["▲ attention", "● ok", "✖ failed", "▲ attention"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_looks_as_approved(workspace: Workspace, size: tuple[int, int]) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        assert_screen(app, f"sellers-{size[0]}x{size[1]}")


async def test_looks_as_approved_while_loading(workspace: Workspace, amazon: Amazon) -> None:
    amazon.gate.clear()
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(200):
            await pilot.pause()
            if all(workspace.monitor.is_refreshing(each) for each in workspace.accounts.authorizations()):
                break
        await pilot.pause()
        assert_screen(app, "sellers-loading-80x24")
        amazon.gate.set()


async def test_looks_as_approved_without_sellers(make_workspace: Callable[..., Workspace]) -> None:
    app = SptuiApp(make_workspace(sellers=()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert_screen(app, "sellers-empty-80x24")


async def test_typing_filters_and_escape_shows_all_again(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"heron")
        await pilot.pause()
        assert [row[0] for row in rows(app)] == ["Blue Heron Books"]
        assert_screen(app, "sellers-filtered-80x24")
        await pilot.press("escape")
        await pilot.pause()
        assert len(rows(app)) == 4


async def test_filter_finds_state_and_problem(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash")
        app.screen.query_one("#filter", Input).value = "ca: not participating"
        await pilot.pause()
        assert [row[0] for row in rows(app)] == ["Northwind Outdoor"]
        app.screen.query_one("#filter", Input).value = "no such seller"
        await pilot.pause()
        assert "No seller fits the filter" in screen_text(app)


async def test_a_refresh_by_key_asks_about_this_seller_alone(workspace: Workspace, amazon: Amazon) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        asked = dict(amazon.asked)
        await pilot.press("down", "r")
        await settle(pilot)
        assert amazon.asked["Atzr|blueheron"] == asked["Atzr|blueheron"] + 1
        assert amazon.asked["Atzr|northwind-na"] == asked["Atzr|northwind-na"]


async def test_what_was_known_stays_when_a_refresh_fails(
    workspace: Workspace, amazon: Amazon, clock: ManualClock
) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        amazon.answers["Atzr|blueheron"] = DENIED
        clock.advance(minutes(7))
        await pilot.press("down", "r")
        await settle(pilot)
        assert rows(app)[1][2:] == ["✖ failed", "7 min"]
        await pilot.press("enter")
        await pilot.pause()
        assert "US United States" in screen_text(app)
        assert "403 Unauthorized" in screen_text(app)


async def test_the_cursor_stays_where_it_was(workspace: Workspace, amazon: Amazon) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("down", "down")
        amazon.answers["Atzr|kestrel"] = (200, {"payload": [US]})
        await pilot.press("R")
        await settle(pilot)
        assert app.screen.query_one(SellersTable).selected_key == "Kestrel Audio"
        assert rows(app)[2][2] == "● ok"


async def test_refreshes_by_interval_and_pause_stops_it(
    workspace: Workspace, amazon: Amazon, clock: ManualClock
) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        first = sum(amazon.asked.values())
        app._refresh_due()
        await settle(pilot)
        assert sum(amazon.asked.values()) == first  # nothing is due yet
        await pilot.press("p")
        clock.advance(minutes(20))
        app._refresh_due()
        await settle(pilot)
        assert sum(amazon.asked.values()) == first
        assert "paused" in screen_text(app)
        await pilot.press("p")
        await settle(pilot)
        assert sum(amazon.asked.values()) == first + 5


async def test_says_when_the_usage_plan_makes_one_wait(workspace: Workspace, amazon: Amazon) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settle(pilot)
        for _ in range(20):
            await pilot.press("r")
            await settle(pilot)
        assert amazon.asked["Atzr|northwind-na"] == 15  # the burst of the plan
        assert "Not yet" in screen_text(app)
        assert "in 63 s" in screen_text(app)


async def test_opens_the_seller_under_the_cursor_by_key_and_by_mouse(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("j", "enter")
        await pilot.pause()
        assert opened(app) == workspace.accounts.sellers[1]
        await pilot.press("escape")
        assert opened(app) is None
        await pilot.click(SellersTable, offset=(5, 3))
        await pilot.click(SellersTable, offset=(5, 3))
        await pilot.pause()
        assert opened(app) == workspace.accounts.sellers[2]


async def test_a_light_theme_and_other_keys_from_the_config(make_workspace: Callable[..., Workspace]) -> None:
    app = SptuiApp(make_workspace(config=Config(theme="sptui-light", keys={"sellers.filter": "f3"})))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert not app.current_theme.dark
        await pilot.press("f3")
        await pilot.pause()
        assert isinstance(app.focused, Input)


async def test_copies_a_row(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("c")
        assert app.clipboard.startswith("Northwind Outdoor\tNA EU\t▲ attention")
