"""How the seller stands: in a marketplace, in a region, with Amazon."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sptui.spapi.regions import Region


class Presence(StrEnum):
    """How the seller stands in a marketplace."""

    PARTICIPATING = "participating"
    SUSPENDED_LISTINGS = "listings suspended"
    NOT_PARTICIPATING = "not participating"
    MISSING = "missing"
    PSEUDO = "pseudo"
    UNKNOWN = "unknown"


class PresenceSeen(msgspec.Struct, frozen=True, tag="presence"):
    """What the participations say of a marketplace that the call names."""

    marketplace: str
    presence: Presence


class LivesElsewhere(msgspec.Struct, frozen=True, tag="lives elsewhere"):
    """All the seller's participations are of other regions than the host that was called."""

    regions: tuple[Region, ...]


class ParticipationsRefused(msgspec.Struct, frozen=True, tag="participations refused"):
    """getMarketplaceParticipations failed too. ``role_opens``: does a role of the application open it here?"""

    status: int
    code: str = ""
    role_opens: bool | None = None


class AccountStatusSeen(msgspec.Struct, frozen=True, tag="account status"):
    """The account's status in a marketplace ("" where nobody said which), from a report so many days old."""

    status: str
    marketplace: str = ""
    days_old: float | None = None
