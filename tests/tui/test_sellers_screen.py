"""The home screen: what it shows of the fleet, its order and groups, filtering, refreshing, failing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from textual.widgets import Input

from sptui.settings import Config
from sptui.simulator.clock import ManualClock
from sptui.spapi.authorization import Seller
from sptui.spapi.regions import Region
from sptui.tui.app import SptuiApp
from sptui.tui.screens.seller import SellerScreen
from sptui.tui.screens.sellers import SellersScreen
from sptui.tui.widgets.fleet_table import FleetTable
from sptui.tui.widgets.long_table import Row
from sptui.workspace import Workspace

from .amazon import DENIED, US, Amazon, statuses
from .conftest import SELLERS, TOKENS, minutes, refreshing, seller, settle
from .patience import until, until_front, until_shown
from .snapshot import assert_screen, screen_text

KESTREL, NORTHWIND, MARKUP, HERON = (SELLERS[place].name for place in (2, 0, 3, 1))
WORST_FIRST = [KESTREL, NORTHWIND, MARKUP, HERON]


def names(app: SptuiApp) -> list[str]:
    return [key.partition("\n")[0] for key in app.screen.query_one(FleetTable).keys]


def cell(app: SptuiApp, name: str, column: str) -> str:
    table = app.screen.query_one(FleetTable)
    place = [each.key for each in table.shown_columns].index(column)
    return table.row_text(name)[place].strip()


def opened(app: SptuiApp) -> Seller | None:
    """The seller whose screen is in front."""
    return app.screen.selected_seller if isinstance(app.screen, SellerScreen) else None


async def test_shows_every_seller_before_amazon_was_asked(workspace: Workspace, amazon: Amazon) -> None:
    amazon.gate.clear()
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert sorted(names(app)) == sorted(each.name for each in SELLERS)
        amazon.gate.set()


async def test_first_refresh_fills_in_the_states_and_puts_the_worst_first(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert names(app) == WORST_FIRST
        told = [cell(app, name, "state") for name in WORST_FIRST]
        assert told == ["✖ failed", "▲ alarm", "▲ attention", "● ok"]
        assert app.screen.query_one(FleetTable).selected_key == KESTREL  # nobody moved the cursor: it stays on top


async def test_tells_the_marketplaces_each_with_its_mark(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert cell(app, NORTHWIND, "places").split() == ["▲US", "●CL", "●DE", "○CA"]


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
        await until(pilot, lambda _: len(refreshing(workspace)) == len(TOKENS), "the questions to Amazon")
        await until(pilot, lambda _: screen_text(app).count("◌ refreshing") == 4, "their marks")
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
        assert names(app) == [HERON]
        assert_screen(app, "sellers-filtered-80x24")
        await pilot.press("escape")
        await pilot.pause()
        assert len(names(app)) == 4


async def test_filter_finds_state_and_problem(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash")
        app.screen.query_one("#filter", Input).value = "us: account at_risk"
        await pilot.pause()
        assert names(app) == [NORTHWIND]
        app.screen.query_one("#filter", Input).value = "na !alarm !failed"
        await pilot.pause()
        assert names(app) == [MARKUP, HERON]
        app.screen.query_one("#filter", Input).value = "no such seller"
        await pilot.pause()
        assert "No seller fits the filter" in screen_text(app)


async def test_a_refresh_by_key_asks_about_this_seller_alone(workspace: Workspace, amazon: Amazon) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        asked = dict(amazon.asked)
        await pilot.press("G", "r")
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
        await pilot.press("G", "r")
        await settle(pilot)
        assert app.screen.query_one(FleetTable).selected_key == HERON
        assert (cell(app, HERON, "state"), cell(app, HERON, "age")) == ("✖ failed", "7 min")
        await pilot.press("enter")
        await until_front(pilot, SellerScreen)
        assert "US United States" in screen_text(app)
        assert "403 Unauthorized" in screen_text(app)


async def test_the_cursor_stays_on_its_seller_when_the_order_changes(workspace: Workspace, amazon: Amazon) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("down", "up")
        amazon.answers["Atzr|kestrel"] = (200, {"payload": [US]})
        amazon.reports["Atzr|kestrel"] = statuses(ATVPDKIKX0DER="NORMAL")
        await pilot.press("R")
        await settle(pilot)
        assert app.screen.query_one(FleetTable).selected_key == KESTREL
        assert cell(app, KESTREL, "state") == "▲ attention"  # no report is asked for so soon after one was refused
        assert names(app) == [NORTHWIND, MARKUP, KESTREL, HERON]


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
        assert sum(amazon.asked.values()) > first


async def test_says_when_the_usage_plan_makes_one_wait(workspace: Workspace, amazon: Amazon) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("down")
        for _ in range(20):
            await pilot.press("r")
            await settle(pilot)
        assert amazon.participations_asked["Atzr|northwind-na"] == 15  # the burst of the plan
        assert "Not yet" in screen_text(app)
        assert "in 63 s" in screen_text(app)


async def test_opens_the_seller_under_the_cursor_by_key_and_by_mouse(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("j", "enter")
        await until_front(pilot, SellerScreen)
        assert (found := opened(app)) is not None
        assert found.name == NORTHWIND
        await pilot.press("escape")
        await until_front(pilot, SellersScreen)
        await pilot.click(FleetTable, offset=(5, 3))
        await pilot.pause()
        assert opened(app) is None  # the first click moves the cursor
        await pilot.click(FleetTable, offset=(5, 3))
        await until_front(pilot, SellerScreen)
        assert (found := opened(app)) is not None
        assert found.name == MARKUP


async def test_a_click_on_a_columns_name_orders_by_it_and_turns_it_round(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        by_name = sorted(names(app), key=str.casefold)
        await pilot.click(FleetTable, offset=(8, 0))
        await pilot.pause()
        assert names(app) == by_name
        assert "SELLER ▾" in screen_text(app)
        await pilot.click(FleetTable, offset=(8, 0))
        await pilot.pause()
        assert names(app) == by_name[::-1]


async def test_orders_by_keys(workspace: Workspace, amazon: Amazon, clock: ManualClock) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        clock.advance(minutes(5))
        await pilot.press("G", "r")
        await settle(pilot)
        await pilot.press("s")
        await pilot.pause()
        assert "order name" in screen_text(app)
        for _ in range(3):
            await pilot.press("s")
        await pilot.pause()
        assert "order age" in screen_text(app)
        assert names(app)[0] == KESTREL  # never read
        assert names(app)[-1] == HERON  # read a moment ago
        await pilot.press("S")
        await pilot.pause()
        assert names(app)[0] == HERON


async def test_groups_by_region_and_by_application(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("b")
        await pilot.pause()
        assert names(app) == [NORTHWIND, KESTREL, NORTHWIND, MARKUP, HERON]
        assert_screen(app, "sellers-by-region-80x24")
        await pilot.press("j", "j", "k", "k", "k", "enter")  # past the headings, never onto one
        await until_front(pilot, SellerScreen)
        assert (found := opened(app)) is not None
        assert found.name == NORTHWIND
        await pilot.press("escape")
        await until_front(pilot, SellersScreen)
        await pilot.press("b")
        await until_shown(pilot, "Test app (4)")
        await pilot.press("b")
        await pilot.pause()
        assert names(app) == WORST_FIRST


async def test_marks_what_changed_since_the_last_look(
    make_workspace: Callable[..., Workspace], amazon: Amazon, clock: ManualClock
) -> None:
    workspace = make_workspace()
    workspace.history.store_look(clock.now() - timedelta(days=1))
    app = SptuiApp(workspace)
    async with app.run_test(size=(120, 24)) as pilot:
        await settle(pilot)
        assert "changed" not in screen_text(app)  # what was read for the first time is no change
        clock.advance(minutes(20))
        amazon.answers["Atzr|blueheron"] = (200, {"payload": [{**US, "participation": {"isParticipating": False}}]})
        await pilot.press("R")
        await settle(pilot)
        assert "◆ 1 changed" in screen_text(app)
        assert cell(app, HERON, "changed") == "◆"
        assert_screen(app, "sellers-changed-120x24")
        app.screen.query_one(FleetTable).select_key(HERON)
        await pilot.press("enter")
        await until_front(pilot, SellerScreen)
        await pilot.press("escape")  # opened: seen
        await until_front(pilot, SellersScreen)
        assert cell(app, HERON, "changed") == ""
    assert workspace.history.last_look() == clock.now()


async def test_all_can_be_marked_as_seen(workspace: Workspace, amazon: Amazon, clock: ManualClock) -> None:
    workspace.history.store_look(clock.now() - timedelta(days=1))
    app = SptuiApp(workspace)
    async with app.run_test(size=(120, 24)) as pilot:
        await settle(pilot)
        clock.advance(minutes(20))
        amazon.answers["Atzr|blueheron"] = (200, {"payload": []})
        await pilot.press("R")
        await settle(pilot)
        assert "◆ 1 changed" in screen_text(app)
        await pilot.press("v")
        await pilot.pause()
        assert "changed" not in screen_text(app)


async def test_a_round_shows_how_far_it_is_and_can_be_stopped(workspace: Workspace, amazon: Amazon) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(120, 24)) as pilot:
        await settle(pilot)
        amazon.gate.clear()
        await pilot.press("R")
        await until_shown(pilot, "0 of 5 asked, x stops")
        await pilot.press("x")
        await settle(pilot)
        assert "x stops" not in screen_text(app)
        assert cell(app, HERON, "state") == "● ok"
        amazon.gate.set()


MANY = tuple(seller(f"Seller {number:04}", f"A9MANY{number:08}", Region.NA) for number in range(5000))


async def test_thousands_of_sellers_are_drawn_a_screenful_at_a_time(
    make_workspace: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    cells = FleetTable._cells

    def counting(table: FleetTable, key: str) -> Row:
        drawn.append(key)
        return cells(table, key)

    monkeypatch.setattr(FleetTable, "_cells", counting)
    workspace = make_workspace(sellers=MANY)
    workspace.monitor.pause()
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "5000 sellers" in screen_text(app)
        assert len(set(drawn)) < 60
        await pilot.press("end")
        await pilot.pause()
        assert app.screen.query_one(FleetTable).selected_key == "Seller 4999"
        assert "Seller 4999" in screen_text(app)
        await pilot.press("slash", *"4321", "enter")
        await pilot.pause()
        assert names(app) == ["Seller 4321"]
        await pilot.press("escape", "home", "pagedown")
        await pilot.pause()
        assert app.screen.query_one(FleetTable).selected_key in MANY_ON_THE_SECOND_SCREEN
        assert len(set(drawn)) < 200


MANY_ON_THE_SECOND_SCREEN = {each.name for each in MANY[10:25]}


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_without_colour_the_same_is_told(
    make_workspace: Callable[..., Workspace], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = SptuiApp(make_workspace())
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        assert_screen(app, f"sellers-{size[0]}x{size[1]}")


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
        assert app.clipboard.strip().startswith("Kestrel Audio\t✖ failed")
