"""The wizard, walked with the keyboard over the demo world: every demo call ends at its cause."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, Select

from sptui.settings import Config
from sptui.simulator.clock import ManualClock
from sptui.simulator.story import ScenarioCall
from sptui.simulator.world import demo_world
from sptui.tui.app import SptuiApp
from sptui.tui.screens.investigation import InvestigationScreen
from sptui.tui.screens.question import QuestionScreen
from sptui.tui.screens.triage import TriageScreen
from sptui.tui.widgets.keyed_table import KeyedTable
from sptui.workspace import Workspace

from .conftest import choose, settle
from .snapshot import assert_screen, screen_text

DEMO_CALLS = demo_world().calls


@pytest.fixture
async def demo(clock: ManualClock) -> AsyncIterator[Workspace]:
    world = msgspec.structs.replace(demo_world(), latency_ms=(0, 0))
    workspace = Workspace.simulate(world, clock=clock)
    yield workspace
    await workspace.close()


async def open_example(pilot: Pilot[None], example: ScenarioCall) -> None:
    await settle(pilot)
    await choose(pilot)
    await pilot.press("t")
    await pilot.pause()
    for _ in range(DEMO_CALLS.index(example) + 1):
        await pilot.press("ctrl+n")
        await pilot.pause()
    await pilot.pause()


async def until_over(pilot: Pilot[None], *, yes: bool) -> InvestigationScreen:
    """Answers every question in the same way until the flow has ended."""
    for _ in range(3000):
        await pilot.pause()
        if isinstance(pilot.app.screen, QuestionScreen):
            await pilot.press("y" if yes else "n")
        found = [screen for screen in pilot.app.screen_stack if isinstance(screen, InvestigationScreen)]
        if found and found[0].over and pilot.app.screen is found[0]:
            await pilot.pause()
            return found[0]
    raise AssertionError("the flow did not end")


@pytest.mark.parametrize("example", DEMO_CALLS, ids=lambda example: example.cause)
async def test_walks_every_demo_call_to_its_cause(demo: Workspace, example: ScenarioCall) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_example(pilot, example)
        await pilot.press("enter")
        screen = await until_over(pilot, yes=True)
        assert screen.verdict is not None
        assert screen.verdict.first.cause == example.cause
        assert example.cause.upper() in screen_text(app)


async def test_a_call_with_side_effects_is_not_sent_without_a_yes(demo: Workspace) -> None:
    example = next(each for each in DEMO_CALLS if each.operation == "createFeed")
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_example(pilot, example)
        await pilot.press("enter")
        for _ in range(1000):
            await pilot.pause()
            if isinstance(app.screen, QuestionScreen):
                break
        assert isinstance(app.screen, QuestionScreen)
        await pilot.pause()
        assert_screen(app, "question-80x24")
        await pilot.press("enter")  # by habit: the careful answer has the cursor
        await until_over(pilot, yes=False)
        assert "createFeed" not in {record.path.rpartition(".")[2] for record in demo.call_log.tail(1000)}
        assert not [each for each in demo.call_log.tail(1000) if each.operation.endswith("createFeed")]


async def test_read_only_never_even_asks(demo: Workspace) -> None:
    demo.config = Config(read_only=True)
    example = next(each for each in DEMO_CALLS if each.operation == "createFeed")
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_example(pilot, example)
        await pilot.press("enter")
        for _ in range(3000):
            await pilot.pause()
            assert not isinstance(app.screen, QuestionScreen)
            if isinstance(app.screen, InvestigationScreen) and app.screen.over:
                break
        assert "read-only" in screen_text(app)
        assert not [each for each in demo.call_log.tail(1000) if each.operation.endswith("createFeed")]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_form_and_investigation_look_as_approved(demo: Workspace, size: tuple[int, int]) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=size) as pilot:
        await open_example(pilot, DEMO_CALLS[0])
        assert_screen(app, f"triage-form-{size[0]}x{size[1]}")
        await pilot.press("enter")
        await until_over(pilot, yes=True)
        if size[0] < 180:  # wider, request ids of this run are shown
            assert_screen(app, f"investigation-{size[0]}x{size[1]}")


async def test_form_is_made_from_the_catalogue(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await choose(pilot)
        await pilot.press("t")
        await pilot.pause()
        assert isinstance(app.screen, TriageScreen)
        assert app.screen.query_one("#authorization", Select).value == "A1DEMO0SELLER1@NA"
        assert isinstance(app.focused, Select)
        app.screen.query_one("#operation", Select).value = "reports-2021-06-30.createReport"
        await pilot.pause()
        await pilot.pause()
        fields = {field.name: field.value for field in app.screen.query_one("#parameters").query(Input)}
        assert fields["reportType"] == "GET_MERCHANT_LISTINGS_ALL_DATA"
        assert fields["marketplaceIds"] == "ATVPDKIKX0DER"
        assert fields["dataStartTime"] == ""
        assert "side effects" in screen_text(app)


async def test_starting_without_an_operation_says_what_is_missing(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settle(pilot)
        await choose(pilot)
        await pilot.press("t")
        await pilot.pause()
        await pilot.press("f5")
        await pilot.pause()
        assert isinstance(app.screen, TriageScreen)
        assert "Choose a seller and an operation" in screen_text(app)


async def test_stop_run_again_copy_and_leave(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_example(pilot, DEMO_CALLS[0])
        await pilot.press("enter", "x")
        await until_over(pilot, yes=True)
        await pilot.press("r")
        screen = await until_over(pilot, yes=True)
        assert screen.verdict is not None
        assert screen.verdict.first.cause == "request"
        await pilot.press("y")
        assert app.clipboard.startswith("REQUEST")
        assert len(app.screen.query_one("#trials", KeyedTable).keys) == 3
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, TriageScreen)
        assert isinstance(app.focused, Button)
        await pilot.press("escape")
        await pilot.pause()
        assert len(app.screen_stack) == 2


async def test_leaving_stops_the_flow(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_example(pilot, DEMO_CALLS[0])
        await pilot.press("enter")
        await pilot.press("escape")
        await pilot.pause()
        await pilot.pause()
        assert not [worker for worker in app.workers if worker.group == "investigation" and not worker.is_finished]


async def test_every_call_of_the_wizard_is_recorded(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_example(pilot, DEMO_CALLS[0])
        before = len(demo.call_log.tail(1000))
        await pilot.press("enter")
        await until_over(pilot, yes=True)
        made = demo.call_log.tail(1000)[before:]
        orders = [each for each in made if each.path == "/orders/v0/orders"]
        assert [each.status for each in orders] == [400, 200, 400]
        assert orders[0].marketplaces == ("ATVPDKIKX0DER",)
        assert orders[0].seller_id == "A1DEMO0SELLER1"
