"""What a campaign's worlds are made of: a challenge, and the least calls that its fault takes.

``least`` is the fewest calls with which any procedure could tell the fault from all others that answer alike, where it
knows nothing of the world but what came back:

* the answer itself is one call, unless it was given; a failure that LWA or Amazon's own words explain needs no more
  than it takes to see it;
* a culprit among n options (one or two together, and for one: it or its value) is one hypothesis of 1 + 2n + n(n-1)/2,
  each trial tells one bit, and the answer seen already counts as none: ceil(log2) more calls; but never fewer than the
  certificate: the smallest failing set once, and once without each of its members. A fault of the server's (500) must
  be seen once more, for it may come and go by itself. Where the catalogue names the culprit, the certificate is all;
* a refusal at the door without words: a fresh token (the authorization), the participations (the marketplace), another
  seller (the role), and for an account the three calls that read its report; whichever of them the cause takes;
* an outage: the answer, and, unless a gateway gives it, the same fault once more;
* a refusal in one region alone: the answer, another seller's, and the same call in another region.
"""

from __future__ import annotations

import math
import random
from typing import Any

import msgspec

from sptui.simulator.world import Fault, World, WorldApplication, WorldMarketplace, WorldSeller
from sptui.spapi.regions import Region
from sptui.triage.causes import Cause

from .operation_pool import CATALOGUE, SELLER_ID
from .worlds import HOME, marketplaces_in_region


class Challenge(msgspec.Struct, frozen=True):
    """A world with one fault, the call that fails in it, and what the flow must find with at least so many calls."""

    kind: str
    region: Region
    world: World
    operation: str
    values: dict[str, Any]
    causes: tuple[Cause, ...]
    least: int
    culprits: frozenset[str] | None = None
    roles_known: bool = True
    given: tuple[int, Any] | None = None

    @property
    def family(self) -> str:
        """The API that the operation belongs to."""
        return CATALOGUE.find(self.operation).api


def sellers_of(
    rng: random.Random,
    region: Region,
    *,
    first: dict[str, Any] | None = None,
    store: dict[str, Any] | None = None,
    least: int = 1,
) -> tuple[WorldSeller, ...]:
    """One to four sellers in every marketplace of the region; ``first`` and ``store`` change the first one and its
    main store.
    """
    home = HOME[region]
    rest = tuple(WorldMarketplace(each) for each in marketplaces_in_region(region) if each != home)
    return tuple(
        WorldSeller(
            SELLER_ID if number == 0 else f"A{number}CAMPAIGN000{number}",
            region,
            "First" if number == 0 else f"Seller {number}",
            marketplaces=(WorldMarketplace(home, **((store or {}) if number == 0 else {})), *rest),
            **((first or {}) if number == 0 else {}),
        )
        for number in range(rng.randint(least, 4))
    )


def world_of(rng: random.Random, sellers: tuple[WorldSeller, ...], *faults: Fault, **application: Any) -> World:
    return World(
        seed=rng.randint(1, 10**6),
        latency_ms=(0, 0),
        applications=(WorldApplication(**application),),
        sellers=sellers,
        faults=faults,
    )


def least_for_options(options: int, culprits: int, *, known: bool = False, again: int = 0) -> int:
    """The least calls for culprits among options, the answer included (see above)."""
    hypotheses = 1 + 2 * options + options * (options - 1) // 2
    certificate = culprits + (0 if culprits == options else 1)
    return 1 + again + (certificate if known else max(math.ceil(math.log2(hypotheses)), certificate))
