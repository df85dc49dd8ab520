"""The calls of a simulated world's scenario: what the demo offers to look into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sptui.spapi.authorization import Authorization
from sptui.triage.case import Case, read_case

if TYPE_CHECKING:
    from sptui.simulator.story import ScenarioCall
    from sptui.workspace import Workspace


class Examples:
    """One after another, round and round."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._place = -1

    @property
    def calls(self) -> tuple[ScenarioCall, ...]:
        """Those of sellers that were not removed."""
        simulation = self._workspace.simulation
        if simulation is None:
            return ()
        keys = {each.key for each in self._workspace.accounts.authorizations()}
        return tuple(each for each in simulation.world.calls if self._key_of(each) in keys)

    def next(self) -> tuple[ScenarioCall, Authorization]:
        """The next one, and for whom it is made; ``calls`` must not be empty."""
        calls = self.calls
        self._place = (self._place + 1) % len(calls)
        example = calls[self._place]
        key = self._key_of(example)
        return example, next(each for each in self._workspace.accounts.authorizations() if each.key == key)

    def answered(self, call: ScenarioCall) -> Case:
        """A call that only some other program makes: as that one made it just now, with the answer.

        Raises LookupError and ValueError for what a world's author got wrong.
        """
        from sptui.simulator.scenario_case import scenario_case

        simulation = self._workspace.simulation
        assert simulation is not None  # noqa: S101 - only a scenario has calls
        return read_case(scenario_case(simulation.world, call, simulator=simulation.simulator, context=False))

    def _key_of(self, call: ScenarioCall) -> str:
        assert self._workspace.simulation is not None  # noqa: S101 - only a scenario has calls
        seller = self._workspace.simulation.world.caller(call)
        return f"{seller.id}@{seller.region}"
