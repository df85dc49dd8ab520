"""What a seller performance report tells: account statuses, metrics, and what could not be understood."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Final, Literal

import msgspec

Unit = Literal["fraction", "count", "score", ""]
Number = float | int

ACCOUNT_HEALTH_RATING: Final = "accountHealthRating"
WARNING_STATES: Final = "warningStates"
_NO_DATA: Final = ("", "NONE")


class Severity(IntEnum):
    """How much attention something asks for."""

    FINE = 0
    NO_DATA = 1
    WARNING = 2
    ALARM = 3


class MarketplaceStatus(msgspec.Struct, frozen=True, gc=False):
    """NORMAL, AT_RISK, DEACTIVATED, SUSPENDED, or another word that Amazon sends."""

    marketplace_id: str
    status: str

    @property
    def severity(self) -> Severity:
        """Everything but NORMAL is an alarm."""
        return Severity.FINE if self.status == "NORMAL" else Severity.ALARM


class Metric(msgspec.Struct, frozen=True, gc=False):
    """One metric of one marketplace, as Amazon tells it.

    ``name``: the first-level key as Amazon spells it (a known misspelling of the schema's example is the property's
    name). ``part``: "" or what tells several entries of a name apart: ``mfn``, ``afn``, a warning's type, the days of
    the window or the place of a list's entry. ``status``: Amazon's word, "" where none is told. ``value``: a fraction
    from 0 to 1, a count, or the account health rating's score. ``counts``: the numbers behind it, as told; they are
    never divided here, because they need not add up.
    """

    marketplace_id: str
    name: str
    part: str = ""
    status: str = ""
    value: Number | None = None
    unit: Unit = ""
    target: Number | None = None
    condition: str = ""
    start: datetime | None = None
    end: datetime | None = None
    counts: tuple[tuple[str, Number | str], ...] = ()

    @property
    def label(self) -> str:
        """``orderDefectRate mfn``."""
        return f"{self.name} {self.part}" if self.part else self.name

    @property
    def meets_target(self) -> bool | None:
        """Whether the value is where the target wants it; None where either, or the condition, is not known."""
        if self.value is None or self.target is None:
            return None
        if self.condition == "LESS_THAN":
            return self.value < self.target
        if self.condition == "GREATER_THAN":
            return self.value > self.target
        return self.value == self.target if self.condition == "EQUALS" else None

    @property
    def disagrees(self) -> bool:
        """Whether Amazon's status says other than the target: GOOD and missed, or BAD and met. The status decides."""
        return (self.status == "GOOD" and self.meets_target is False) or (
            self.status == "BAD" and self.meets_target is True
        )

    @property
    def severity(self) -> Severity:
        """BAD or a word that this version does not know is an alarm; of the rating and of warnings, a warning.

        NONE, and no word at all, is no data: never an alarm. But a warning that is listed by its type alone is one.
        """
        if self.name == WARNING_STATES and not self.status:
            return Severity.WARNING
        if self.status in _NO_DATA:
            return Severity.NO_DATA
        if self.status == "GOOD" or (self.name == ACCOUNT_HEALTH_RATING and self.status == "GREAT"):
            return Severity.FINE
        return Severity.WARNING if self.name in (ACCOUNT_HEALTH_RATING, WARNING_STATES) else Severity.ALARM


class Leftover(msgspec.Struct, frozen=True, gc=False):
    """Something of a report that could not be understood: where it stood, and its JSON text, shortened."""

    marketplace_id: str
    path: str
    text: str


class PerformanceReport(msgspec.Struct, frozen=True, gc=False):
    """All that a report told."""

    statuses: tuple[MarketplaceStatus, ...] = ()
    metrics: tuple[Metric, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
