"""How the same call, or another, fares elsewhere: other sellers, operations, regions, marketplaces."""

from __future__ import annotations

import msgspec

from sptui.spapi.regions import Region


class SellersTried(msgspec.Struct, frozen=True, tag="other sellers"):
    """The same call for other sellers: how many made it, and for how many it failed in the same way.

    ``trusted``: of the same application and region, made or logged for this purpose; False for hearsay.
    """

    calling: int
    failing: int
    status: int = 0
    trusted: bool = True

    @property
    def all_fail(self) -> bool:
        """Nine in ten or more: the seller is not what matters (the thresholds are a proposal, not Amazon's)."""
        return self.failing == self.calling or (self.failing > 2 and self.failing * 10 >= self.calling * 9)

    @property
    def few_fail(self) -> bool:
        """One in ten or fewer, or one of several."""
        return self.failing * 10 <= self.calling or (self.failing == 1 and self.calling > 2) or self.failing == 0


class OthersToo(msgspec.Struct, frozen=True, tag="others too"):
    """Others meet the same, as somebody said. ``developers``: other developers, so of other applications."""

    told: str
    developers: bool = False


class OperationsTried(msgspec.Struct, frozen=True, tag="other operations"):
    """Other operations with the same authorization: the names of those that pass and of those that fail."""

    passing: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()


class RegionsTried(msgspec.Struct, frozen=True, tag="other regions"):
    """The same operation in other regions: where it passes and where it fails; for this seller, or ``of_others``."""

    passing: tuple[Region, ...] = ()
    failing: tuple[Region, ...] = ()
    of_others: bool = False


class MarketplacesTried(msgspec.Struct, frozen=True, tag="other marketplaces"):
    """Whether the same call passes in another marketplace of this seller."""

    passing: bool
