"""One seller: the verdict, marketplaces, metrics, history and advice, in every state and size."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from textual.pilot import Pilot
from textual.widgets import Footer

from sptui.health.status_change import StatusChange, StatusSource
from sptui.settings import Config
from sptui.settings.config import HealthConfig
from sptui.simulator.clock import ManualClock
from sptui.spapi.regions import Region
from sptui.tui.app import SptuiApp
from sptui.tui.screens.seller import SellerScreen
from sptui.tui.widgets.marketplaces_table import MarketplacesTable
from sptui.tui.widgets.metrics_panel import MetricsPanel
from sptui.workspace import Workspace

from .amazon import CA, DENIED, SICK_REPORT, US, Amazon
from .conftest import TOKENS, minutes, refreshing, settle
from .patience import until, until_front, until_shown
from .snapshot import assert_screen, screen_text

SIZES = [(80, 24), (120, 40), (200, 60)]
NORTHWIND, HERON, KESTREL, MARKUP = (
    "Northwind Outdoor",
    "Blue Heron Books",
    "Kestrel Audio",
    "[/x] [bold]Fjord\x1b[31m & Fell",
)


def marketplaces(app: SptuiApp) -> list[str]:
    return [key.partition("/")[2] for key in app.screen.query_one(MarketplacesTable).keys]


def metrics(app: SptuiApp) -> list[list[str]]:
    table = app.screen.query_one(MetricsPanel).table
    return [table.row_text(key) for key in table.keys]


def a_change(number: int, previous: str, current: str, when: datetime, marketplace_id: str = "") -> StatusChange:
    source = StatusSource.REPORT if marketplace_id else StatusSource.NOTIFICATION
    return StatusChange(
        f"change-{number}", "A1NORTHWIND001", Region.NA, marketplace_id, when, previous, current, source
    )


CHANGES = (
    a_change(1, "NORMAL", "AT_RISK", datetime(2026, 10, 2, 8, 15, tzinfo=UTC)),
    a_change(2, "AT_RISK", "NORMAL", datetime(2026, 10, 20, 9, 0, tzinfo=UTC), "ATVPDKIKX0DER"),
    a_change(3, "NORMAL", "AT_RISK", datetime(2026, 11, 9, 6, 47, tzinfo=UTC), "ATVPDKIKX0DER"),
)


@asynccontextmanager
async def showing(
    workspace: Workspace, name: str, size: tuple[int, int] = (80, 24), *, notifications: bool = False
) -> AsyncIterator[tuple[SptuiApp, Pilot[None]]]:
    """The seller's screen, once all were read and it is drawn."""
    app = SptuiApp(workspace)
    async with app.run_test(size=size, notifications=notifications) as pilot:
        await settle(pilot)
        await open_seller(pilot, name)
        yield app, pilot


async def open_seller(pilot: Pilot[None], name: str) -> None:
    pilot.app.push_screen(SellerScreen(name))
    await until_front(pilot, SellerScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_looks_as_approved(workspace: Workspace, size: tuple[int, int]) -> None:
    workspace.history.store_status_changes(CHANGES)
    async with showing(workspace, NORTHWIND, size) as (app, pilot):
        assert_screen(app, f"seller-{size[0]}x{size[1]}")
        for panel in ("metrics", "history", "advice") if size[0] < 100 else ():
            await pilot.press("tab")
            await pilot.pause()
            assert_screen(app, f"seller-{panel}-{size[0]}x{size[1]}")


async def test_tells_pseudo_and_unknown_marketplaces_apart(workspace: Workspace) -> None:
    async with showing(workspace, NORTHWIND) as (app, pilot):
        await pilot.press("1")
        await pilot.pause()
        assert marketplaces(app)[0] == "ATVPDKIKX0DER"  # the one that asks for care
        assert marketplaces(app)[-1] == "A2ZV50J4W1RKNI"  # no store at all
        text = screen_text(app)
        assert "∅ no store" in text
        assert "? unknown id" in text
        assert "○ not opened" in text


async def test_shows_one_region_or_all(workspace: Workspace) -> None:
    async with showing(workspace, NORTHWIND) as (app, pilot):
        await pilot.press("2")
        await pilot.pause()
        assert marketplaces(app) == ["A1PA6795UKMFR9"]
        await pilot.press("3")  # the seller has no authorization there: nothing changes
        await pilot.pause()
        assert marketplaces(app) == ["A1PA6795UKMFR9"]
        await pilot.press("0")
        await pilot.pause()
        assert len(marketplaces(app)) == 5
        await pilot.press("n")
        await pilot.pause()
        assert len(marketplaces(app)) == 4


async def test_never_read_and_failing(workspace: Workspace) -> None:
    async with showing(workspace, KESTREL) as (app, _pilot):
        assert_screen(app, "seller-failed-80x24")


async def test_stale_knowledge_stays_with_its_age(workspace: Workspace, amazon: Amazon, clock: ManualClock) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        amazon.answers["Atzr|northwind-na"] = DENIED
        amazon.answers["Atzr|northwind-eu"] = DENIED
        clock.advance(minutes(95))
        await open_seller(pilot, NORTHWIND)
        await pilot.press("r")
        await settle(pilot)
        assert_screen(app, "seller-stale-80x24")


async def test_a_refresh_can_be_stopped(workspace: Workspace, amazon: Amazon) -> None:
    async with showing(workspace, HERON) as (app, pilot):
        amazon.gate.clear()
        await pilot.press("r")
        await until_shown(pilot, "◌ refreshing")
        await pilot.press("x")
        await settle(pilot)
        assert "◌ refreshing" not in screen_text(app)
        assert "● ok" in screen_text(app)
        amazon.gate.set()


async def test_a_change_keeps_the_cursor(workspace: Workspace, amazon: Amazon) -> None:
    async with showing(workspace, HERON) as (app, pilot):
        await pilot.press("g")
        amazon.answers["Atzr|blueheron"] = (200, {"payload": [US, CA]})
        await pilot.press("r")
        await settle(pilot)
        assert app.screen.query_one(MarketplacesTable).selected_key == "A2BLUEHERON002@NA/ATVPDKIKX0DER"
        assert marketplaces(app) == ["ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"]


async def test_text_from_the_network_is_never_markup(workspace: Workspace) -> None:
    async with showing(workspace, MARKUP, (120, 40)) as (app, _pilot):
        text = screen_text(app)
        assert "[/x] [bold]Trick…" in text
        assert "\x1b" not in text


async def test_metrics_stand_worst_first_and_no_data_is_grey_at_the_end(workspace: Workspace) -> None:
    async with showing(workspace, NORTHWIND, (200, 60)) as (app, _pilot):
        told = [row[0].strip() for row in metrics(app)]
        assert told[:3] == ["✖ bad", "✖ bad", "✖ twilight[/]"]
        assert told[3] == "▲ at risk"
        assert told[-1] == "· no data"
        text = screen_text(app)
        assert "Asks for attention (4)" in text
        assert "No data: Amazon gives no verdict (1)" in text


async def test_a_status_that_does_not_fit_its_target_is_marked_and_explained(workspace: Workspace) -> None:
    async with showing(workspace, NORTHWIND, (120, 40)) as (app, pilot):
        await pilot.press("tab")
        panel = app.screen.query_one(MetricsPanel)
        panel.table.select_key(next(key for key in panel.table.keys if "onTimeDeliveryRate" in key))
        await pilot.pause()
        await pilot.pause()
        text = screen_text(app)
        assert "On time delivery rate ≠" in text
        assert "≠ Amazon says GOOD although the target is missed" in text


async def test_leftovers_are_shown_as_amazon_sent_them(workspace: Workspace) -> None:
    async with showing(workspace, NORTHWIND) as (app, pilot):
        await pilot.press("shift+tab", "end")
        await pilot.pause()
        text = screen_text(app)
        assert "Not understood, as Amazon sent it (1)" in text
        assert "[/x] what is this" in text
        assert "\x1b" not in text


async def test_panels_by_mouse_where_one_is_shown_at_a_time(workspace: Workspace) -> None:
    async with showing(workspace, NORTHWIND) as (app, pilot):
        place = screen_text(app).splitlines().index(next(x for x in screen_text(app).splitlines() if "Metrics" in x))
        await pilot.click(offset=(screen_text(app).splitlines()[place].index("Metrics") + 2, place))
        await pilot.pause()
        assert "[Metrics 4]" in screen_text(app)
        assert app.focused is app.screen.query_one(MetricsPanel).table


async def test_the_page_of_seller_central_is_copied(workspace: Workspace) -> None:
    async with showing(workspace, NORTHWIND, (120, 40)) as (app, pilot):
        await pilot.press("y")
        assert app.clipboard.startswith("https://sellercentral.amazon.com/")
        assert "account" in app.clipboard
        await pilot.press("tab", "y")
        assert app.clipboard == "https://sellercentral.amazon.com/performance/dashboard"


async def test_a_well_seller_needs_no_page(workspace: Workspace) -> None:
    async with showing(workspace, HERON, (120, 40), notifications=True) as (app, pilot):
        assert "Nothing asks for attention." in screen_text(app)
        assert "● call US" in screen_text(app)
        await pilot.press("y")
        await until_shown(pilot, "No page of Seller Central is needed now.")


async def test_a_trend_is_drawn_once_there_are_two_values(
    workspace: Workspace, amazon: Amazon, clock: ManualClock
) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        for worse in (0.07, 0.08):
            clock.advance(minutes(7 * 60))
            amazon.made = clock.now()
            entry = SICK_REPORT["performanceMetrics"][0]
            late = {**entry["lateShipmentRate"], "rate": worse}
            amazon.reports["Atzr|northwind-na"] = {
                **SICK_REPORT, "performanceMetrics": [{**entry, "lateShipmentRate": late}],
            }  # fmt: skip
            app.refresh_by_hand(workspace.accounts.authorizations())
            await settle(pilot)
        await open_seller(pilot, NORTHWIND)
        assert "▁▄█ ↗" in screen_text(app)


async def test_a_new_report_by_key_says_when_sptui_only_reads(make_workspace: Callable[..., Workspace]) -> None:
    workspace = make_workspace(config=Config(health=HealthConfig(create_reports=False)))
    async with showing(workspace, HERON, (120, 40), notifications=True) as (app, pilot):
        await pilot.press("m")
        await settle(pilot)
        assert "No new report" in screen_text(app)


@pytest.mark.parametrize("size", SIZES)
async def test_without_colour_the_same_is_told(
    workspace: Workspace, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    workspace.history.store_status_changes(CHANGES)
    async with showing(workspace, NORTHWIND, size) as (app, _pilot):
        assert_screen(app, f"seller-{size[0]}x{size[1]}")


async def test_loading_a_seller_that_was_never_read(workspace: Workspace, amazon: Amazon) -> None:
    amazon.gate.clear()
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda _: len(refreshing(workspace)) == len(TOKENS), "the questions to Amazon")
        await open_seller(pilot, HERON)
        assert_screen(app, "seller-loading-80x24")
        amazon.gate.set()


async def test_the_footer_fits_at_80_columns(workspace: Workspace) -> None:
    async with showing(workspace, NORTHWIND) as (app, _pilot):
        assert app.screen.query_one(Footer).virtual_size.width <= 80
