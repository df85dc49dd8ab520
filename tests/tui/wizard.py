"""Driving the wizard in tests: a world without latency, a case of it on the screen, and what it comes to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from textual.pilot import Pilot
from textual.screen import Screen

from sptui.settings import Config
from sptui.simulator.clock import ManualClock
from sptui.simulator.scenario_case import scenario_case
from sptui.simulator.scenarios import load_scenario
from sptui.simulator.story import ScenarioCall
from sptui.spapi.catalogue import load_catalogue
from sptui.triage.case import Case, read_case
from sptui.triage.events import StepName
from sptui.tui.app import SptuiApp
from sptui.tui.screens.investigation import InvestigationScreen
from sptui.tui.screens.question import QuestionScreen
from sptui.workspace import Workspace

from .patience import until


def simulated(scenario: str = "demo", config: Config | None = None) -> Workspace:
    """A workspace over a scenario whose answers take no time and whose clock stands still."""
    world = msgspec.structs.replace(load_scenario(scenario), latency_ms=(0, 0))
    return Workspace.simulate(world, config, clock=ManualClock())


def case_of_call(workspace: Workspace, call: ScenarioCall | None = None) -> Case:
    """The case of a scenario's call, by default its first; one that sptui cannot make itself comes with its answer."""
    assert workspace.simulation is not None
    world, simulator = workspace.simulation.world, workspace.simulation.simulator
    call = call or world.calls[0]
    who = world.caller(call)
    authorization = next(each for each in workspace.accounts.authorizations() if each.key == f"{who.id}@{who.region}")
    operation = load_catalogue().find(call.operation) if call.operation else None
    case = (
        Case(operation=operation, values=call.values)
        if call.is_plain
        else read_case(scenario_case(world, call, simulator=simulator, context=False))
    )
    return case.for_authorization(authorization)


@asynccontextmanager
async def walking(
    workspace: Workspace, case: Case | None = None, *, size: tuple[int, int] = (80, 24), **more: Any
) -> AsyncIterator[Pilot[None]]:
    """An app in which a case is being looked into; the workspace is closed at the end."""
    app = SptuiApp(workspace)
    app.workspace.monitor.paused = True  # no refreshing beside the walk: what is seen is the walk's alone
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            await app.push_screen(InvestigationScreen(case or case_of_call(workspace), **more))
            yield pilot
    finally:
        await workspace.close()


async def until_over(pilot: Pilot[None], key: str = "escape") -> InvestigationScreen:
    """Answers every question with a key until the flow has ended."""

    def over(screen: Screen[Any]) -> bool:
        return isinstance(screen, QuestionScreen) or (isinstance(screen, InvestigationScreen) and screen.over)

    while not isinstance(screen := await until(pilot, over, "the end"), InvestigationScreen):
        await pilot.press(key)
        await until(pilot, lambda front: front is not screen, "what follows a question")
    return screen


async def until_waiting(pilot: Pilot[None], step: str = "") -> InvestigationScreen:
    """Goes on step by step until the walk waits before a step, by default any."""
    while True:
        screen = await until(
            pilot, lambda front: isinstance(front, InvestigationScreen) and front.waits_before is not None, "a wait"
        )
        assert isinstance(screen, InvestigationScreen)
        before = screen.waits_before
        if not step or before == step:
            return screen
        await pilot.press("enter")
        await until(pilot, partial(_has_gone_on, screen, before), "the step after it")


def _has_gone_on(screen: InvestigationScreen, before: StepName | None, _: object) -> bool:
    return screen.waits_before != before


async def until_asked(pilot: Pilot[None]) -> QuestionScreen:
    """Waits for a question."""
    screen = await until(pilot, lambda front: isinstance(front, QuestionScreen), "a question")
    assert isinstance(screen, QuestionScreen)
    return screen


def names_in(folder: Path) -> list[str]:
    """The files of a folder."""
    return sorted(each.name for each in folder.iterdir())
