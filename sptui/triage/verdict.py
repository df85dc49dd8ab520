"""A verdict: causes ranked by likelihood, each with what speaks for and against it and what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from sptui.triage.causes import Actor, Cause


class Strength(StrEnum):
    """How sure a cause is: ``is``, ``very likely``, ``may be``."""

    CERTAIN = "certain"
    STRONG = "strong"
    WEAK = "weak"

    @property
    def words(self) -> str:
        """How a person would say it."""
        return {"certain": "certain", "strong": "very likely", "weak": "may be"}[self.value]


class RankedCause(msgspec.Struct, frozen=True):
    """One cause of a verdict. ``likelihood`` lies in 0 to 1; ``because`` and ``against`` the weightiest first."""

    cause: Cause
    likelihood: float
    strength: Strength
    because: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    do: tuple[str, ...] = ()
    who: Actor = Actor.DEVELOPER

    def as_json(self) -> dict[str, Any]:
        """The form of ``explain --json`` and ``triage --json``."""
        return {
            "cause": self.cause.value,
            "likelihood": self.likelihood,
            "because": list(self.because),
            "against": list(self.against),
            "do": list(self.do),
            "who": self.who.value,
        }


class Verdict(msgspec.Struct, frozen=True):
    """At least one cause, in falling order of likelihood; the likelihoods add up to at most 1."""

    causes: tuple[RankedCause, ...]

    @property
    def first(self) -> RankedCause:
        """The likeliest cause."""
        return self.causes[0]

    @property
    def is_certain(self) -> bool:
        """Whether nothing more needs to be looked at."""
        return self.first.strength is Strength.CERTAIN

    def is_settled(self, likelihood: float = 0.85) -> bool:
        """Whether the first cause is strong enough that only a costly look could still change it."""
        return self.first.strength is not Strength.WEAK and self.first.likelihood >= likelihood

    def as_json(self) -> list[dict[str, Any]]:
        """The list called ``verdict`` in every JSON output."""
        return [each.as_json() for each in self.causes]
