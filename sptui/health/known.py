"""What is known of an authorization's health: small enough to hold for thousands, and the details of one.

``gc=False``: frozen values cannot hold each other in a circle, and a fleet of them would make every full collection
of garbage stop the screen.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from sptui.health.metric import Number, PerformanceReport, Severity
from sptui.health.participations import ParticipationReading
from sptui.health.status_change import StatusChange


class Alarm(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something in the newest report that asks for attention. ``metric``: its label, or "" for the account itself."""

    marketplace_id: str
    metric: str
    status: str
    severity: Severity


def alarms_of(report: PerformanceReport) -> tuple[Alarm, ...]:
    """What of a report asks for attention, the worst first."""
    found = [
        Alarm(each.marketplace_id, "", each.status, each.severity)
        for each in report.statuses
        if each.severity >= Severity.WARNING
    ]
    found += [
        Alarm(each.marketplace_id, each.label, each.status, each.severity)
        for each in report.metrics
        if each.severity >= Severity.WARNING
    ]
    return tuple(sorted(found, key=lambda each: -each.severity))


class PerformanceKnown(msgspec.Struct, frozen=True, gc=False):
    """The newest report in short, and the failure after it, if any.

    ``read_at`` and ``as_of`` are None where no report was ever read. ``problem`` is "" where the last attempt was
    good, else why the one at ``failed_at`` was not.
    """

    read_at: datetime | None = None
    as_of: datetime | None = None
    report_id: str = ""
    alarms: tuple[Alarm, ...] = ()
    failed_at: datetime | None = None
    problem: str = ""

    @property
    def made(self) -> datetime | None:
        """When the report was made; where Amazon did not say, when it was read."""
        return self.as_of or self.read_at

    @property
    def tried_at(self) -> datetime | None:
        """The newest attempt, good or failed."""
        return self.failed_at or self.read_at


class Known(msgspec.Struct, frozen=True, gc=False):
    """What is known of one authorization: the last good reading, and a failure where one came after it.

    ``formerly``: marketplaces in which the seller once took part and now does not, or that are no longer listed.
    ``notified``: the newest change that a notification or an import told after the newest report was made.
    ``changed_at``: when participation, an account's status or a metric's status last changed, a first reading not.
    """

    reading: ParticipationReading | None = None
    failure: ParticipationReading | None = None
    performance: PerformanceKnown = PerformanceKnown()
    formerly: frozenset[str] = frozenset()
    notified: StatusChange | None = None
    changed_at: datetime | None = None

    @property
    def latest(self) -> ParticipationReading | None:
        """The newest attempt to read the participations, good or failed."""
        return self.failure or self.reading


class StatusNow(msgspec.Struct, frozen=True, gc=False):
    """An account's status in a marketplace. ``since``: when it changed to it; None where no change was seen.

    ``source``: ``report``, ``notification`` or ``import``. ``marketplace_id`` is "" where the source names none.
    """

    marketplace_id: str
    status: str
    since: datetime | None
    source: str


class Details(msgspec.Struct, frozen=True, gc=False):
    """What is looked up for one authorization when somebody looks at it."""

    report: PerformanceReport = PerformanceReport()
    statuses: tuple[StatusNow, ...] = ()
    changes: tuple[StatusChange, ...] = ()


class TrendPoint(msgspec.Struct, frozen=True, gc=False):
    """From ``time`` on, until the next point, a metric had this value and Amazon's status."""

    time: datetime
    value: Number | None
    status: str


class ParticipationChange(msgspec.Struct, frozen=True, gc=False):
    """From ``time`` on a marketplace was listed so; the first reading is no change (``first``)."""

    time: datetime
    marketplace_id: str
    listed: bool
    participating: bool | None
    suspended_listings: bool | None
    first: bool
