"""Where a triage begins: the form, a call of the log, a kept case, a pasted call."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, Select

from sptui.spapi.marketplaces import MARKETPLACES
from sptui.tui.app import SptuiApp
from sptui.tui.screens.cases import CasesScreen
from sptui.tui.screens.explain import ExplainScreen
from sptui.tui.screens.investigation import InvestigationScreen
from sptui.tui.screens.log import LogPicker
from sptui.tui.screens.triage import TriageScreen
from sptui.tui.widgets.keyed_table import KeyedTable
from sptui.tui.widgets.long_table import LongTable
from sptui.workspace import Workspace

from .patience import until, until_told
from .snapshot import assert_screen, screen_text
from .wizard import simulated, until_over, until_waiting


@pytest.fixture
async def demo() -> AsyncIterator[Workspace]:
    workspace = simulated()
    yield workspace
    await workspace.close()


def app_of(workspace: Workspace) -> SptuiApp:
    app = SptuiApp(workspace)
    app.workspace.monitor.paused = True
    return app


async def to_form(pilot: Pilot[None], examples: int = 0) -> TriageScreen:
    await pilot.pause()
    await pilot.press("t")
    screen = await until(pilot, lambda front: isinstance(front, TriageScreen), "the form")
    for _ in range(examples):
        await pilot.press("ctrl+n")
        await pilot.pause()
    await pilot.pause()
    assert isinstance(screen, TriageScreen)
    return screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_form_looks_as_approved(demo: Workspace, size: tuple[int, int]) -> None:
    app = app_of(demo)
    async with app.run_test(size=size) as pilot:
        await to_form(pilot, 1)
        assert_screen(app, f"triage-form-{size[0]}x{size[1]}")


async def test_the_form_is_made_from_the_catalogue(demo: Workspace) -> None:
    app = app_of(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await to_form(pilot)
        assert screen.query_one("#authorization", Select).value == "A3DEMO0SELLER3@EU"  # the worst is selected first
        assert isinstance(app.focused, Select)
        screen.query_one("#operation", Select).value = "reports-2021-06-30.createReport"
        await pilot.pause()
        await pilot.pause()
        fields = {field.name: field.value for field in screen.query_one("#parameters").query(Input)}
        assert fields["reportType"] == "GET_MERCHANT_LISTINGS_ALL_DATA"
        assert fields["marketplaceIds"] in MARKETPLACES
        assert MARKETPLACES[fields["marketplaceIds"]].region == "EU"
        assert fields["dataStartTime"] == ""
        assert "side effects" in screen_text(app)


async def test_starting_without_an_operation_says_what_is_missing(demo: Workspace) -> None:
    app = app_of(demo)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await to_form(pilot)
        await pilot.press("f5")
        await until_told(pilot, "Choose a seller and an operation")
        assert isinstance(app.screen, TriageScreen)


async def test_enter_runs_on_and_f6_goes_step_by_step(demo: Workspace) -> None:
    app = app_of(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_form(pilot, 1)
        await pilot.press("enter")
        await until_over(pilot)
        await pilot.press("escape")
        screen = await until(pilot, lambda front: isinstance(front, TriageScreen), "the form")
        assert isinstance(app.focused, Button)
        assert screen.query(Input)
        await pilot.press("f6")
        waiting = await until_waiting(pilot)
        assert waiting.waits_before == "answer"


async def test_every_call_of_the_wizard_is_recorded(demo: Workspace) -> None:
    app = app_of(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        await to_form(pilot, 1)
        before = len(demo.call_log.tail(1000))
        await pilot.press("enter")
        await until_over(pilot)
        orders = [each for each in demo.call_log.tail(1000)[before:] if each.path == "/orders/v0/orders"]
        assert [each.status for each in orders] == [400, 200, 400, 200]
        assert orders[0].marketplaces == ("ATVPDKIKX0DER",)
        assert orders[0].seller_id == "A1DEMO0SELLER1"


# From the log ---------------------------------------------------------------------------------------------


async def after_a_failure(pilot: Pilot[None]) -> None:
    """One walk, so that the log has failing calls, and back in the form."""
    await to_form(pilot, 1)
    await pilot.press("enter")
    await until_over(pilot)
    await pilot.press("escape")
    await until(pilot, lambda front: isinstance(front, TriageScreen), "the form")


async def to_log(pilot: Pilot[None]) -> LogPicker:
    await pilot.press("f2")
    screen = await until(
        pilot,
        lambda front: isinstance(front, LogPicker) and bool(front.query_one("#calls", LongTable).keys),
        "the calls",
    )
    assert isinstance(screen, LogPicker)
    return screen


async def test_a_call_of_the_log_fills_the_form_and_brings_its_answer(demo: Workspace) -> None:
    app = app_of(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await after_a_failure(pilot)
        picker = await to_log(pilot)
        assert_screen(app, "log-picker-80x24")
        assert picker.selected_call is not None
        assert picker.selected_call.status == 400
        await pilot.press("enter")
        await until_told(pilot, "No log keeps parameters")
        assert_screen(app, "triage-form-from-log-80x24")
        fields = {field.name: field.value for field in app.screen.query_one("#parameters").query(Input)}
        assert fields["MarketplaceIds"] == "ATVPDKIKX0DER"
        assert fields["CreatedAfter"] == ""
        before = len(demo.call_log.tail(1000))
        await pilot.press("f6")
        await until_waiting(pilot, "request")
        assert len(demo.call_log.tail(1000)) == before  # the answer is known: nothing was sent to learn it
        assert "400 InvalidInput" in screen_text(app) or "REQUEST" in screen_text(app)


async def test_another_operation_makes_it_another_call(demo: Workspace) -> None:
    app = app_of(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await after_a_failure(pilot)
        await to_log(pilot)
        await pilot.press("enter")
        await until_told(pilot, "No log keeps parameters")
        app.screen.query_one("#operation", Select).value = "sellers-v1.getMarketplaceParticipations"
        await pilot.pause()
        await pilot.press("f5")
        screen = await until_over(pilot)
        assert screen.verdict is not None
        assert screen.verdict.first.cause == "success"


async def test_the_log_is_filtered_and_left(demo: Workspace) -> None:
    app = app_of(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        await after_a_failure(pilot)
        picker = await to_log(pilot)
        count = len(picker.query_one("#calls", LongTable).keys)
        await pilot.press("slash", *"no such")
        await until_told(pilot, "No call fits.")
        await pilot.press("escape")
        await until(pilot, lambda _: len(picker.query_one("#calls", LongTable).keys) == count, "all of them")
        await pilot.press("escape")
        await until(pilot, lambda front: isinstance(front, TriageScreen), "the form")


async def test_a_log_without_failures_says_so(demo: Workspace) -> None:
    app = app_of(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_form(pilot)
        await pilot.press("f2")
        await until_told(pilot, "No call of the log has failed.")
        await pilot.press("enter", "escape")
        await until(pilot, lambda front: isinstance(front, TriageScreen), "the form")


async def test_a_failure_of_the_token_is_looked_into_at_once(demo: Workspace) -> None:
    app = app_of(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_form(pilot, 3)  # of a seller who has revoked it
        await pilot.press("enter")
        await until_over(pilot)
        await pilot.press("escape")
        await to_log(pilot)
        await pilot.press("enter")
        screen = await until_over(pilot)
        assert isinstance(screen, InvestigationScreen)
        assert screen.verdict is not None
        assert screen.verdict.first.cause == "authorization"


# Elsewhere ------------------------------------------------------------------------------------------------


async def test_f4_shows_the_kept_cases(demo: Workspace) -> None:
    app = app_of(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await after_a_failure(pilot)
        await pilot.press("f4")
        await until(
            pilot,
            lambda front: isinstance(front, CasesScreen) and bool(front.query_one("#cases", KeyedTable).keys),
            "the cases",
        )


async def test_f3_opens_the_screen_for_a_pasted_call(demo: Workspace) -> None:
    app = app_of(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_form(pilot)
        await pilot.press("f3")
        await until(pilot, lambda front: isinstance(front, ExplainScreen), "the screen")
