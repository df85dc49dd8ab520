"""One authorization's health in the form that both faces and ``--json`` show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from sptui.health.history import Known
from sptui.health.participations import Participation
from sptui.spapi.authorization import Authorization


class HealthSummary(msgspec.Struct, frozen=True):
    """``healthy`` is None where it is not known, and never guessed. ``as_of``: when what is shown was read."""

    seller: str
    region: str
    as_of: datetime | None
    healthy: bool | None
    problems: tuple[str, ...]
    participations: tuple[Participation, ...]
    errors: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that ``health --json`` prints; what no source has told yet is an empty list."""
        return {
            "seller": self.seller,
            "region": self.region,
            "as_of": self.as_of,
            "healthy": self.healthy,
            "problems": list(self.problems),
            "participations": [
                {
                    "marketplace": each.marketplace_id,
                    "country": each.country_code,
                    "kind": each.kind,
                    "participating": each.participating,
                    "suspended_listings": each.suspended_listings,
                    "store_name": each.store_name,
                }
                for each in self.participations
            ],
            "account_status": [],
            "status_history": [],
            "metrics": [],
            "errors": list(self.errors),
        }


def summarise(authorization: Authorization, known: Known) -> HealthSummary:
    """What is known, put together. A failed refresh leaves the older participations and makes health unknown."""
    reading, failure = known.reading, known.failure
    problems = reading.problems if reading else ()
    return HealthSummary(
        seller=authorization.seller,
        region=authorization.region,
        as_of=reading.time if reading else None,
        healthy=None if failure or not reading else not problems,
        problems=problems,
        participations=(reading.participations or ()) if reading else (),
        errors=(failure.problem,) if failure else (),
    )
