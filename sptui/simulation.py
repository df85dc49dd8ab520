"""The embedded simulator behind a workspace: its world, its clock, its transport, and its sellers' past."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sptui.health.status_change import StatusChange, StatusSource
from sptui.spapi.clock import Clock

if TYPE_CHECKING:
    import httpx

    from sptui.simulator.engine import Simulator
    from sptui.simulator.world import World


class Simulation:
    """The embedded simulator behind a workspace: one for all its connections, made when it is first needed.

    ``world`` is as it began; ``simulator.world`` is as it is now, faults switched on and off included.
    """

    def __init__(self, world: World, clock: Clock | None = None, speed: float = 1.0) -> None:
        from sptui.simulator.clock import InnerClock

        self.world = world
        self.speed = speed
        self.clock: Clock = clock or InnerClock(speed)
        self._simulator: Simulator | None = None

    @property
    def simulator(self) -> Simulator:
        """The running simulator."""
        if self._simulator is None:
            from sptui.simulator.engine import Simulator

            self._simulator = Simulator(self.world, clock=self.clock)
        return self._simulator

    @property
    def title(self) -> str:
        """What a face calls it; the plain demo says what matters most about it."""
        scenario = self.world.scenario
        if scenario is None or scenario.name == "demo":
            return "DEMO, nothing leaves this machine"
        return f"DEMO {scenario.name or scenario.title}"

    @property
    def disturbed(self) -> bool:
        """Whether other faults are at work now than those that the world began with."""
        return self._simulator is not None and self._simulator.world.faults != self.world.faults

    def transport(self) -> httpx.AsyncBaseTransport:
        """What stands for the network; every one leads to the same simulator."""
        from sptui.simulator.transport import SimulatorTransport

        return SimulatorTransport(self.simulator)


def past_changes(world: World, now: datetime) -> list[StatusChange]:
    """What notifications would have told of the world before it began."""
    return [
        StatusChange(
            f"{seller.id}@{seller.region} {moment.isoformat()}", seller.id, seller.region, "",
            moment, each.before, each.after, StatusSource.NOTIFICATION,
        )
        for seller in world.sellers
        for each in seller.status_changes
        if (moment := each.moment(now)) <= now
    ]  # fmt: skip
