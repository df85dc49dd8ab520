"""Every call of every scenario, walked through the screens with the keyboard: the cause it promises comes first."""

from __future__ import annotations

from typing import Final

import pytest

from sptui.simulator.scenarios import load_scenario, scenario_names

from .snapshot import screen_text
from .wizard import case_of_call, simulated, until_over, walking

CALLS: Final = [
    pytest.param(name, at, id=f"{name}-{at}" if at else name)
    for name in scenario_names()
    for at in range(len(load_scenario(name).calls))
]


@pytest.mark.parametrize(("name", "at"), CALLS)
async def test_the_wizard_shows_the_cause_first(name: str, at: int) -> None:
    workspace = simulated(name)
    assert workspace.simulation is not None
    world = workspace.simulation.world
    assert world.scenario is not None
    call = world.calls[at]
    async with walking(workspace, case_of_call(workspace, call)) as pilot:
        screen = await until_over(pilot)
        assert screen.verdict is not None
        cause = world.scenario.cause_of(call)
        assert screen.verdict.first.cause == cause
        shown = screen_text(pilot.app)
        assert screen.verdict.first.cause.upper() in shown
        assert "Verdict" in shown
        assert screen.saved is not None
        assert [each.cause for each in screen.saved.runs] == [screen.verdict.first.cause]


def test_there_are_scenarios_for_most_causes() -> None:
    causes = {
        world.scenario.cause_of(call)
        for world in map(load_scenario, scenario_names())
        if world.scenario is not None
        for call in world.calls
    }
    assert len(causes) >= 10
