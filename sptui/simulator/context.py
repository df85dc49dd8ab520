"""What an operation answers from: the call as judged so far, and what the simulator remembers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from sptui.simulator.gate import Caller
from sptui.simulator.memory import Memory
from sptui.simulator.replies import Reply, denied
from sptui.simulator.seeded import Seeded
from sptui.simulator.standing import status_now
from sptui.simulator.world import AccountState, WorldMarketplace, WorldSeller
from sptui.spapi.catalogue import Operation
from sptui.spapi.regions import Region


class CallContext(msgspec.Struct, frozen=True):
    """One call that passed all checks. ``values`` are validated, ``marketplaces`` are those it names; ``sandbox``: it
    came to a sandbox host.
    """

    operation: Operation
    values: dict[str, Any]
    marketplaces: tuple[str, ...]
    caller: Caller
    region: Region
    origin: str
    now: datetime
    seeded: Seeded
    memory: Memory
    sandbox: bool = False

    @property
    def seller(self) -> WorldSeller:
        """For whom the call is. Raises RefusalError for a grantless call."""
        if self.caller.seller is None:
            raise denied()
        return self.caller.seller

    @property
    def elements(self) -> frozenset[str]:
        """The kinds of buyers' data that a Restricted Data Token opens in this call; none without one."""
        return self.caller.grant.elements(self.operation.key, self.values) or frozenset()

    def status(self, marketplace: WorldMarketplace) -> AccountState:
        """The account's status in one of the seller's marketplaces, now."""
        return status_now(self.seller, marketplace, self.memory.began, self.now)

    def closed_in(self, marketplace_id: str) -> bool:
        """Whether Amazon has closed the seller's account in a marketplace."""
        marketplace = self.seller.marketplace(marketplace_id)
        return marketplace is not None and self.status(marketplace) in ("DEACTIVATED", "SUSPENDED")


Handler = Callable[[CallContext], Reply]
"""What an operation answers. Raises RefusalError where it refuses."""
