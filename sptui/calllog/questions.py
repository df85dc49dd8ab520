"""Who else gets this error: one set of questions, answered by whatever engine holds the log.

A seller counts as calling when it made the call in the window, and as failing when at least one of its calls there
got the error that was asked for (without status and code: any status from 400 on, or no answer at all).
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from sptui.spapi.catalogue import Operation

FEWEST_SELLERS: Final = 3
"""Fewer callers tell nothing of whether it is everybody (design proposal in the procedure's step 5)."""
NEARLY_ALL: Final = 0.9
"""From this share of failing sellers on it is everybody: a few always get through."""


STEPS: Final = 24
"""Of a trend."""


class Pattern(StrEnum):
    """Whom the error hits."""

    ALL = "all"
    GROUP = "group"
    ONE = "one"
    NONE = "none"
    TOO_FEW = "too few"


class Question(msgspec.Struct, frozen=True):
    """Which call, which error, and when. ``until`` is the first moment that no longer counts.

    ``status`` None and ``code`` "": any failure. The operation is asked for in all marketplaces and regions.
    """

    operation: Operation
    status: int | None = None
    code: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Share(msgspec.Struct, frozen=True):
    """How many distinct sellers of one marketplace, region or application call and fail; ``value`` names it."""

    value: str
    calling: int
    failing: int


class Signature(msgspec.Struct, frozen=True):
    """One kind of error: its message without ids, dates and numbers.

    ``sellers`` is at least that many where the engine could not group the messages itself (``at_least``).
    ``operation`` is the catalogue's key, or the method and path where it has none. ``trend``: how many calls failed
    so in each of ``STEPS`` equal steps from the window's start to its end; () where that was not asked for.
    """

    operation: str
    status: int
    code: str
    message: str
    sellers: int
    calls: int
    first: datetime | None
    last: datetime | None
    at_least: bool = False
    trend: tuple[int, ...] = ()


class Shared(msgspec.Struct, frozen=True):
    """What the failing sellers have in common and the others rather not.

    ``among_failing`` and ``among_others`` are (how many have it, of how many). ``sure`` tells whether the two
    shares lie apart by more than chance: their Wilson intervals (95 %) do not overlap.
    """

    attribute: str
    value: str
    among_failing: tuple[int, int]
    among_others: tuple[int, int]
    sure: bool


class Controls(msgspec.Struct, frozen=True):
    """The control groups: distinct sellers.

    ``same_sellers_calling``: of the failing sellers, those that also make other calls in the window;
    ``same_sellers_failing``: those of them whose other calls get the same error. ``other_sellers_calling``:
    sellers that make this call and never get the error.
    """

    same_sellers_calling: int
    same_sellers_failing: int
    other_sellers_calling: int


class WhoAnswer(msgspec.Struct, frozen=True):
    """The answer, with the counts that say so. Times are UTC.

    ``failures`` counts failed calls. ``elsewhere``: failing sellers that get the error in one of their marketplaces
    and never in another.
    ``range``: the share of failing sellers that these counts still allow (Wilson interval, 95 %).
    """

    question: Question
    calling: int
    failing: int
    failures: int
    pattern: Pattern
    range: tuple[float, float]
    marketplaces: tuple[Share, ...]
    regions: tuple[Share, ...]
    applications: tuple[Share, ...]
    first_failure: datetime | None
    last_failure: datetime | None
    elsewhere: int = 0
    shared: tuple[Shared, ...] = ()
    signatures: tuple[Signature, ...] = ()
    controls: Controls | None = None

    def as_json(self) -> dict[str, Any]:
        """The form of ``log who --json``: the counts are of distinct sellers; times are ISO 8601 in UTC."""
        question = self.question
        return {
            "operation": question.operation.key,
            "status": question.status,
            "code": question.code or None,
            "since": iso(question.since),
            "calling": self.calling,
            "failing": self.failing,
            "pattern": self.pattern.value,
            "marketplaces": [
                {"marketplace": each.value, "calling": each.calling, "failing": each.failing}
                for each in self.marketplaces
                if each.value
            ],
            "first_failure": iso(self.first_failure),
        }


def iso(time: datetime | None) -> str | None:
    """``2026-11-23T12:00:00.123Z``, or None."""
    if time is None:
        return None
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pattern_of(calling: int, failing: int) -> Pattern:
    """Whom an error hits, of so many sellers that call."""
    if calling < FEWEST_SELLERS:
        return Pattern.TOO_FEW
    if not failing:
        return Pattern.NONE
    if failing >= NEARLY_ALL * calling:
        return Pattern.ALL
    return Pattern.ONE if failing == 1 else Pattern.GROUP


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson score): wide with few, and right at 0 and at all."""
    if of <= 0:
        return 0.0, 1.0
    z = 1.959964
    share = hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def shared_by(attribute: str, shares: tuple[Share, ...], calling: int, failing: int) -> tuple[Shared, ...]:
    """The values of one attribute that nearly all failing sellers have, and the others less often."""
    others = calling - failing
    found = []
    for each in shares:
        if not each.value or failing < 2 or each.failing < NEARLY_ALL * failing:
            continue
        passing = each.calling - each.failing
        if others and passing / others > NEARLY_ALL * (each.failing / failing):
            continue
        sure = wilson(each.failing, failing)[0] > wilson(passing, others)[1] if others else False
        found.append(Shared(attribute, each.value, (each.failing, failing), (passing, others), sure))
    return tuple(found)
