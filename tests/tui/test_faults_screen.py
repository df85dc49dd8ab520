"""The demo's panel: faults act at once, and nothing is told about the world before somebody asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, OptionList, Select

from sptui.simulator.clock import InnerClock, ManualClock
from sptui.simulator.scenarios import load_scenario
from sptui.simulator.switches import STANDARD
from sptui.simulator.world import parse_world
from sptui.tui.app import SptuiApp
from sptui.tui.keymap import all_bindings, problems_of
from sptui.tui.screens.faults import FaultsScreen
from sptui.tui.screens.investigation import InvestigationScreen
from sptui.tui.screens.triage import TriageScreen
from sptui.tui.widgets.keyed_table import KeyedTable
from sptui.workspace import Workspace

from .conftest import settle
from .patience import PATIENCE_SECONDS, until_front
from .snapshot import assert_screen, screen_text
from .wizard import until_over

Simulated = Callable[..., Workspace]


@pytest.fixture
async def simulated(clock: ManualClock) -> AsyncIterator[Simulated]:
    """Makes workspaces over scenarios and closes them."""
    made: list[Workspace] = []

    def make(name: str, **more: object) -> Workspace:
        world = msgspec.structs.replace(load_scenario(name), latency_ms=(0, 0), **more)
        made.append(Workspace.simulate(world, clock=clock))
        return made[-1]

    yield make
    for workspace in made:
        await workspace.close()


async def open_panel(pilot: Pilot[None]) -> FaultsScreen:
    await settle(pilot)
    await pilot.press("f9")
    return await until_front(pilot, FaultsScreen)


async def open_example(pilot: Pilot[None]) -> TriageScreen:
    """The wizard's form, filled with the scenario's call."""
    await pilot.press("t")
    screen = await until_front(pilot, TriageScreen)
    await pilot.press("ctrl+n")
    await pilot.pause()
    return screen


def on(screen: FaultsScreen) -> list[str]:
    """The keys of the switches that the panel shows as on."""
    options = screen.query_one(OptionList).options
    return [str(each.id) for each in options if "▲ on" in str(each.prompt)]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_panel_looks_as_approved(simulated: Simulated, size: tuple[int, int]) -> None:
    app = SptuiApp(simulated("orders-outage"))
    async with app.run_test(size=size) as pilot:
        await open_panel(pilot)
        assert_screen(app, f"faults-{size[0]}x{size[1]}")
        await pilot.press("w")
        await pilot.pause()
        assert_screen(app, f"faults-told-{size[0]}x{size[1]}")


async def test_state_is_a_word_and_a_mark_without_colours(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = SptuiApp(simulated("orders-outage"))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_panel(pilot)
        text = screen_text(app)
        assert "▲ on   This world: 500 InternalFailure for getOrders in NA" in text
        assert "○ off  Login with Amazon down: no tokens" in text
        assert on(screen) == ["own-0"]


async def test_a_fault_acts_at_once_and_stops_at_once(simulated: Simulated) -> None:
    workspace = simulated("dates-in-the-future")
    app = SptuiApp(workspace)
    [first, *_] = workspace.accounts.authorizations()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_panel(pilot)
        assert on(screen) == []
        for key, status in (("outage-na", 500), ("blank", 200), ("html", 503), ("throttled", 429)):
            screen.query_one(OptionList).highlighted = [each.key for each in STANDARD].index(key)
            await pilot.press("space")
            await pilot.pause()
            assert on(screen) == [key]
            assert await status_now(workspace) == status
            await pilot.press("enter")
            await pilot.pause()
            assert on(screen) == []
            assert await status_now(workspace) == 400
        await pilot.press("f9")
        await pilot.pause()
        assert not isinstance(app.screen, FaultsScreen)
        assert first.seller in screen_text(app)


def faults_of(workspace: Workspace) -> int:
    """How many are at work."""
    assert workspace.simulation is not None
    return len(workspace.simulation.simulator.world.faults)


async def status_now(workspace: Workspace) -> int:
    """The status that the scenario's call gets; one try."""
    from sptui.spapi.requests import build_request

    assert workspace.simulation is not None
    [call] = workspace.simulation.world.calls
    operation = call.found_operation
    assert operation is not None
    authorization = workspace.accounts.authorizations()[0]
    answer = (await workspace.client.send(build_request(operation, call.values), authorization, retry=False)).answer
    assert answer is not None
    return answer.status


async def test_several_faults_and_all_off(simulated: Simulated) -> None:
    workspace = simulated("orders-outage")
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_panel(pilot)
        await pilot.press("j", "space", "j", "space", "k")
        await pilot.pause()
        assert on(screen) == ["own-0", "outage-na", "outage-eu"]
        assert workspace.simulation is not None
        assert faults_of(workspace) == 3
        await pilot.press("x")
        await pilot.pause()
        assert on(screen) == []
        assert faults_of(workspace) == 0
        assert len(workspace.simulation.world.faults) == 1
        await pilot.press("escape")
        await pilot.pause()
        assert "faults switched" in screen_text(app)
        await open_panel(pilot)
        await pilot.press("home", "space", "escape")
        await pilot.pause()
        assert "faults switched" not in screen_text(app)


async def test_the_mouse_switches_too(simulated: Simulated) -> None:
    app = SptuiApp(simulated("role-missing"))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_panel(pilot)
        await pilot.click(OptionList, offset=(5, 3))
        await pilot.pause()
        assert on(screen) == [STANDARD[3].key]


async def test_what_is_wrong_is_told_when_asked_for(simulated: Simulated) -> None:
    workspace = simulated("secret-expired")
    assert workspace.simulation is not None
    scenario = workspace.simulation.world.scenario
    assert scenario is not None
    beginning = scenario.wrong[:40]
    app = SptuiApp(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert "DEMO secret-expired" in screen_text(app)
        assert beginning not in screen_text(app)
        await open_example(pilot)
        assert beginning not in screen_text(app)
        await open_panel(pilot)
        assert beginning not in screen_text(app)
        await pilot.press("question_mark")
        await pilot.pause()
        assert beginning in screen_text(app)
        assert "How one can tell: Every seller" in screen_text(app)
        await pilot.press("w")
        await pilot.pause()
        assert beginning not in screen_text(app)


async def test_a_world_without_a_scenario_says_so(simulated: Simulated) -> None:
    app = SptuiApp(simulated("role-missing", scenario=None))
    async with app.run_test(size=(80, 24)) as pilot:
        await open_panel(pilot)
        await pilot.press("w")
        await pilot.pause()
        assert "no scenario" in screen_text(app)
        assert "DEMO, nothing leaves this machine" in screen_text(app)


async def test_without_a_simulation_there_is_no_panel(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert "f9 Demo" not in screen_text(app)
        await pilot.press("f9")
        await pilot.pause()
        assert len(app.screen_stack) == 2
        await pilot.press("question_mark")
        await pilot.pause()
        assert "f9" not in screen_text(app)


def test_its_key_is_free_everywhere() -> None:
    owners = {binding.id for _, binding in all_bindings() if "f9" in binding.key.split(",")}
    assert owners == {"app.faults", "faults.close"}
    assert problems_of({}) == []


async def test_footer_and_help_tell_the_key(simulated: Simulated) -> None:
    app = SptuiApp(simulated("orders-outage"))
    async with app.run_test(size=(120, 70)) as pilot:
        await settle(pilot)
        assert "q Quit  f9 Demo" in screen_text(app)
        await pilot.press("question_mark")
        await pilot.pause()
        assert "f9            Demo" in screen_text(app)


# The wizard's examples in a scenario -----------------------------------------------------------------------------


async def test_a_call_of_another_program_is_looked_into_with_its_answer(simulated: Simulated) -> None:
    workspace = simulated("token-refresh-sent")
    app = SptuiApp(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await open_example(pilot)
        text = screen_text(app)
        assert "sent by another program, answered 403" in text
        assert "scenario-jun" not in text
        assert isinstance(app.focused, Button)
        await pilot.press("enter")
        screen = await until_over(pilot)
        assert screen.verdict is not None
        assert screen.verdict.first.cause == "token"


async def test_a_call_off_the_api_is_looked_into_too(simulated: Simulated) -> None:
    app = SptuiApp(simulated("secret-wrong"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await open_example(pilot)
        assert app.screen.query_one("#operation", Select).value == Select.NULL
        assert "of-last-spring" not in screen_text(app)
        await pilot.press("f5")
        screen = await until_over(pilot)
        assert screen.verdict is not None
        assert screen.verdict.first.cause == "lwa"


async def test_a_changed_form_is_sent_anew(simulated: Simulated) -> None:
    app = SptuiApp(simulated("token-refresh-sent"))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await open_example(pilot)
        assert isinstance(app.screen, TriageScreen)
        field = next(each for each in app.screen.query(Input) if each.name == "CreatedAfter")
        field.value = "2026-02-01T00:00:00Z"
        await pilot.pause()
        await pilot.press("f5")
        screen = await until_over(pilot)
        assert isinstance(screen, InvestigationScreen)
        assert len(screen.query_one("#trials", KeyedTable).keys) > 0
        assert screen.verdict is not None
        assert screen.verdict.first.cause == "success"


async def test_an_example_that_cannot_be_made_is_told(clock: ManualClock) -> None:
    text = """
        [scenario]
        title = "Mine"
        wrong = "The address."
        [[scenario.call]]
        title = "Elsewhere"
        seller = "A1"
        [scenario.call.request]
        url = "https://[example"
        [[seller]]
        id = "A1"
        region = "NA"
    """
    workspace = Workspace.simulate(parse_world(text), clock=clock)
    app = SptuiApp(workspace)
    try:
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await settle(pilot)
            assert "DEMO Mine" in screen_text(app)
            await open_example(pilot)
            assert "Elsewhere cannot be made" in screen_text(app)
            assert isinstance(app.screen, TriageScreen)
    finally:
        await workspace.close()


# Time -------------------------------------------------------------------------------------------------------------


async def test_a_fast_world_is_told_and_waits_are_short() -> None:
    workspace = Workspace.simulate(load_scenario("role-came-later"), speed=600)
    app = SptuiApp(workspace)
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            assert "600× time" in screen_text(app)  # noqa: RUF001
            before = workspace.clock.now()
            async with asyncio.timeout(PATIENCE_SECONDS):
                await workspace.clock.sleep(300)
            assert (workspace.clock.now() - before).total_seconds() >= 299
            await pilot.press("p")
            await pilot.pause()
            assert "paused" in screen_text(app)
            await pilot.press("p", "R")
            await settle(pilot)
    finally:
        await workspace.close()


async def test_the_whole_workspace_is_on_the_worlds_clock() -> None:
    workspace = Workspace.simulate(load_scenario("account-closes-while-you-watch"), speed=60)
    try:
        assert workspace.simulation is not None
        assert isinstance(workspace.simulation.clock, InnerClock)
        assert workspace.simulation.simulator.clock is workspace.clock
        services = workspace.triage_services()
        before = services.monotonic()
        workspace.simulation.clock.advance(1800)
        assert services.monotonic() - before >= 1800
    finally:
        await workspace.close()
