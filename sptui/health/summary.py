"""One authorization's health in the form that both faces and ``--json`` show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from sptui.health.known import Details, Known, StatusNow
from sptui.health.metric import Leftover, Metric, Severity
from sptui.health.participations import Participation
from sptui.health.preflight import (
    Answer,
    Preflight,
    label_of,
    line_of,
    preflight_of,
    store_problems,
    trouble_in_words,
    unopened,
)
from sptui.health.status_change import StatusChange
from sptui.spapi.authorization import Authorization

__all__ = ["Answer", "HealthSummary", "Preflight", "StatusNow", "summarise"]


class HealthSummary(msgspec.Struct, frozen=True):
    """``healthy`` is None where it is not known, and never guessed. ``as_of``: how old the oldest part of it is.

    ``metrics``: worst first. ``notes``: what is worth knowing and no problem.
    """

    seller: str
    region: str
    as_of: datetime | None
    healthy: bool | None
    problems: tuple[str, ...] = ()
    participations: tuple[Participation, ...] = ()
    account_status: tuple[StatusNow, ...] = ()
    status_history: tuple[StatusChange, ...] = ()
    metrics: tuple[Metric, ...] = ()
    preflight: tuple[Preflight, ...] = ()
    preflight_line: str = ""
    notes: tuple[str, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    errors: tuple[str, ...] = ()

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
            "account_status": [
                {
                    "marketplace": each.marketplace_id,
                    "status": each.status,
                    "since": each.since,
                    "source": each.source,
                }
                for each in self.account_status
            ],
            "status_history": [
                {
                    "time": each.time,
                    "marketplace": each.marketplace_id,
                    "from": each.previous,
                    "to": each.current,
                    "source": each.source,
                }
                for each in self.status_history
            ],
            "metrics": [
                {
                    "marketplace": each.marketplace_id,
                    "metric": each.name,
                    "part": each.part,
                    "status": each.status,
                    "value": each.value,
                    "unit": each.unit,
                    "target": each.target,
                    "condition": each.condition,
                    "from": each.start,
                    "to": each.end,
                }
                for each in self.metrics
            ],
            "errors": list(self.errors),
        }


def summarise(
    authorization: Authorization,
    known: Known,
    details: Details,
    *,
    now: datetime,
    interval: timedelta,
    report_interval: timedelta,
) -> HealthSummary:
    """What is known, put together. ``interval`` and ``report_interval``: how often the two sources are asked.

    ``healthy``: False where the newest readings tell of a problem; True where every store that the seller opened can
    be called without worry; else None: a source failed, is too old or does not tell.
    """
    preflight = preflight_of(known, details, now=now, interval=interval, report_interval=report_interval)
    reading, performance = known.reading, known.performance
    moments = [each for each in (reading.time if reading else None, performance.made) if each is not None]
    return HealthSummary(
        seller=authorization.seller,
        region=authorization.region,
        as_of=min(moments, default=None),
        healthy=_healthy(preflight, known),
        problems=_problems(known, details),
        participations=(reading.participations or ()) if reading else (),
        account_status=_statuses(known, details),
        status_history=details.changes,
        metrics=_worst_first(details.report.metrics, preflight),
        preflight=preflight,
        preflight_line=line_of(preflight, known),
        notes=_notes(known, details),
        leftovers=details.report.leftovers,
        errors=_errors(known),
    )


def _healthy(preflight: tuple[Preflight, ...], known: Known) -> bool | None:
    answers = {each.answer for each in preflight if each.opened}
    if answers & {"no", "care"}:
        return False
    if "unknown" in answers or known.failure is not None or known.reading is None:
        return None
    return bool(answers)  # no store at all is a problem, and told as one


def _problems(known: Known, details: Details) -> tuple[str, ...]:
    report = details.report
    found = list(store_problems(known))
    found += [
        f"{label_of(each.marketplace_id, known)}: account {each.status}"
        for each in report.statuses
        if each.severity >= Severity.WARNING
    ]
    change = known.notified
    if change is not None and change.current != "NORMAL":
        where = f"{label_of(change.marketplace_id, known)}: " if change.marketplace_id else ""
        found.append(f"{where}account {change.current} ({change.source.value} of {change.time:%Y-%m-%d %H:%M} UTC)")
    found += [
        f"{label_of(each.marketplace_id, known)}: {trouble_in_words(each)}"
        for each in sorted(report.metrics, key=lambda each: -each.severity)
        if each.severity >= Severity.WARNING
    ]
    return tuple(found)


def _statuses(known: Known, details: Details) -> tuple[StatusNow, ...]:
    """Those of the report, and the newest notification's where it is newer: it names no marketplace."""
    change = known.notified
    if change is None:
        return details.statuses
    return (*details.statuses, StatusNow(change.marketplace_id, change.current, change.time, change.source.value))


def _worst_first(metrics: tuple[Metric, ...], preflight: tuple[Preflight, ...]) -> tuple[Metric, ...]:
    places = {each.marketplace_id: place for place, each in enumerate(preflight)}
    return tuple(
        sorted(
            metrics,
            key=lambda each: (
                -each.severity, not each.disagrees, places.get(each.marketplace_id, len(places)), each.name, each.part
            ),
        )
    )  # fmt: skip


def _notes(known: Known, details: Details) -> tuple[str, ...]:
    found = [
        f"{label_of(each.marketplace_id, known)}: {trouble_in_words(each)}: Amazon's status decides."
        for each in details.report.metrics
        if each.disagrees
    ]
    if nobodys := unopened(known):
        places = ", ".join(sorted(label_of(id_, known) for id_ in nobodys))
        found.append(f"{places}: isParticipating is false, and was never seen otherwise: a store that nobody opened.")
    return tuple(found)


def _errors(known: Known) -> tuple[str, ...]:
    found = [known.failure.problem] if known.failure else []
    if known.performance.problem:
        found.append(f"Performance report: {known.performance.problem}")
    return tuple(found)
