"""How to search the options: one by one, or by halves; how many calls each takes, and how long."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

import msgspec

_SECONDS_A_CALL: Final = 0.5


class SearchKind(StrEnum):
    """``STEP`` adds the options one by one; ``BISECT`` tries them by halves."""

    STEP = "step"
    BISECT = "bisect"


class Plan(msgspec.Struct, frozen=True):
    """One way to search, for one option to blame: the calls that it takes on average and at most, and the seconds that
    the most of them take within the usage plan.
    """

    kind: SearchKind
    average: float
    calls: int
    seconds: float


def plans_for(options: int, *, rate: float | None, burst: int | None) -> tuple[Plan, Plan]:
    """The plans for so many options, the one with fewer calls first; where both take the same, one by one.

    ``rate``: calls a second; ``burst``: calls at once; None where the usage plan is not known.
    """
    step = _plan(SearchKind.STEP, [1 if place == 1 else place + 1 for place in range(1, options + 1)], rate, burst)
    bisect = _plan(
        SearchKind.BISECT, [_calls_by_halves(place, options) for place in range(1, options + 1)], rate, burst
    )
    return (bisect, step) if bisect.average < step.average else (step, bisect)


def _calls_by_halves(place: int, options: int) -> int:
    """The calls that lead by halves to the option at a place: to it, to the whole call where no trial failed on the
    way, and once more for the option alone.
    """
    passing, fails, calls, seen = 0, options, 0, False
    while fails - passing > 1:
        middle = (passing + fails) // 2
        calls += 1
        if place <= middle:
            fails, seen = middle, True
        else:
            passing = middle
    return calls + (not seen) + (place > 1)


def _plan(kind: SearchKind, calls: list[int], rate: float | None, burst: int | None) -> Plan:
    most = max(calls, default=0)
    over = max(0, most - (burst or 1))
    seconds = most * _SECONDS_A_CALL + (over / rate if rate else 0.0)
    return Plan(kind, sum(calls) / len(calls) if calls else 0.0, most, math.ceil(seconds))
