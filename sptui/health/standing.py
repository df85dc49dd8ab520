"""Who needs eyes first: a sort key that costs nothing, for fleets of thousands."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from sptui.health.known import Known
from sptui.health.metric import Severity
from sptui.health.preflight import CLOSED, store_problems
from sptui.spapi.authorization import Authorization


class Rank(IntEnum):
    """How an authorization stands, as far as is known; the worst first."""

    CLOSED = 0
    """An account is deactivated or suspended."""
    FAILED = 1
    """The last refresh failed."""
    ALARM = 2
    """An account's status or a metric is bad."""
    ATTENTION = 3
    """Not participating, listings suspended, a rating below good, a warning."""
    UNKNOWN = 4
    FINE = 5


class Standing(NamedTuple):
    """Sorts the worst first: by rank, then those with more to look at, then by name."""

    rank: Rank
    fewer: int
    seller: str
    region: str


def standing_of(authorization: Authorization, known: Known) -> Standing:
    """Where an authorization stands among others."""
    alarms = known.performance.alarms
    return Standing(_rank(known), -len(alarms), authorization.seller.casefold(), authorization.region.value)


def _rank(known: Known) -> Rank:
    alarms, notified = known.performance.alarms, known.notified
    words = {each.status for each in alarms if not each.metric} | ({notified.current} if notified else set())
    if words & CLOSED:
        return Rank.CLOSED
    if known.failure is not None:
        return Rank.FAILED
    if words - {"NORMAL"} or any(each.severity is Severity.ALARM for each in alarms):
        return Rank.ALARM
    if alarms or known.performance.problem or store_problems(known):
        return Rank.ATTENTION
    return Rank.UNKNOWN if known.reading is None or known.performance.made is None else Rank.FINE
