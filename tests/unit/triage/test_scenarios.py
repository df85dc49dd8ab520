"""The flow over every built-in scenario: the cause that the scenario promises comes first."""

from __future__ import annotations

from typing import Final

import msgspec
import pytest

from sptui.simulator.clock import ManualClock
from sptui.simulator.scenario_case import scenario_case
from sptui.simulator.scenarios import load_scenario, scenario_names
from sptui.simulator.story import ScenarioCall
from sptui.spapi.catalogue import load_catalogue
from sptui.triage.case import Case, read_case
from sptui.triage.causes import Cause
from sptui.triage.events import TriageResult
from sptui.triage.flow import investigate
from sptui.workspace import Workspace

from .worlds import play, result_of

CALLS: Final = [
    pytest.param(name, at, id=f"{name}-{at}" if at else name)
    for name in scenario_names()
    for at in range(len(load_scenario(name).calls))
]


async def investigated(workspace: Workspace, call: ScenarioCall) -> TriageResult:
    """What the wizard finds: a call that sptui cannot make itself comes with its answer."""
    assert workspace.simulation is not None
    world, simulator = workspace.simulation.world, workspace.simulation.simulator
    who = world.caller(call)
    authorization = next(each for each in workspace.accounts.authorizations() if each.key == f"{who.id}@{who.region}")
    operation = load_catalogue().find(call.operation) if call.operation else None
    case = (
        Case(operation=operation, values=call.values)
        if call.is_plain
        else read_case(scenario_case(world, call, simulator=simulator, context=False))
    )
    return result_of(await play(investigate(case.for_authorization(authorization), workspace.triage_services())))


@pytest.mark.parametrize(("name", "at"), CALLS)
async def test_the_wizard_names_the_cause_first(name: str, at: int) -> None:
    world = load_scenario(name)
    assert world.scenario is not None
    call = world.calls[at]
    workspace = Workspace.simulate(msgspec.structs.replace(world, latency_ms=(0, 0)), clock=ManualClock())
    try:
        result = await investigated(workspace, call)
    finally:
        await workspace.close()
    assert result.verdict.first.cause == world.scenario.cause_of(call), result.verdict
    if call.is_plain and result.culprits and result.verdict.first.cause is not Cause.SERVICE:
        assert set(result.culprits) == set(call.culprits)


@pytest.mark.parametrize(("name", "at"), CALLS)
async def test_the_case_alone_names_the_cause_first(name: str, at: int) -> None:
    world = load_scenario(name)
    assert world.scenario is not None
    call = world.calls[at]
    case = read_case(scenario_case(world, call))
    workspace = Workspace.simulate(world, clock=ManualClock())
    try:
        result = result_of(await play(investigate(case, workspace.triage_services())))
    finally:
        await workspace.close()
    assert result.verdict.first.cause == world.scenario.cause_of(call), result.verdict
    assert result.calls == 0
