"""Reports and feeds on their way: IN_QUEUE, IN_PROGRESS, then DONE, CANCELLED or FATAL, as the world's time passes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from sptui.simulator.seeded import DIGITS, Seeded
from sptui.spapi.regions import Region

Ending = Literal["DONE", "CANCELLED", "FATAL"]

RETENTION: Final = timedelta(days=90)
"""How long Amazon keeps reports and feeds."""


class Job(msgspec.Struct, frozen=True):
    """One report or feed. Its status follows from the time: nothing runs.

    ``period``: what a report is about, from and to. ``options``: what else was sent. ``schedule_id``: of the schedule
    that ordered it. ``input_id``: the document of a feed. ``told``: what its document says instead of data, mostly
    why it failed.
    """

    id: str
    kind: str
    marketplaces: tuple[str, ...]
    created: datetime
    queued: timedelta
    working: timedelta
    ending: Ending = "DONE"
    document_id: str = ""
    period: tuple[datetime | None, datetime | None] = (None, None)
    options: dict[str, Any] = {}
    schedule_id: str = ""
    input_id: str = ""
    told: str = ""

    @property
    def started(self) -> datetime:
        """When work on it begins."""
        return self.created + self.queued

    @property
    def ended(self) -> datetime:
        """When it is over."""
        return self.started + self.working

    def status(self, now: datetime) -> str:
        """The processing status at ``now``. What is cancelled never begins."""
        if now < self.started:
            return "IN_QUEUE"
        if self.ending == "CANCELLED" or now >= self.ended:
            return self.ending
        return "IN_PROGRESS"

    @property
    def has_document(self) -> bool:
        """Whether a document tells of it once it is over; one that failed has one where there is something to tell."""
        return self.ending == "DONE" or (self.ending == "FATAL" and bool(self.told))

    def cancelled(self, now: datetime) -> Job:
        """The same job, cancelled at ``now``: possible while it is queued."""
        return msgspec.structs.replace(self, ending="CANCELLED", queued=now - self.created)

    def times(self, now: datetime) -> dict[str, str]:
        """The fields of the models that tell the times so far."""
        found = {"createdTime": time_text(self.created)}
        status = self.status(now)
        if status != "IN_QUEUE":
            found["processingStartTime"] = time_text(self.started)
        if status not in ("IN_QUEUE", "IN_PROGRESS"):
            found["processingEndTime"] = time_text(self.started if status == "CANCELLED" else self.ended)
        return found


class JobStore:
    """The jobs of every seller; ids are unique for a seller only, as at Amazon."""

    def __init__(self, seeded: Seeded, name: str) -> None:
        self._seeded = seeded
        self._name = name
        self._jobs: dict[tuple[str, Region], dict[str, Job]] = {}

    def next_id(self, seller_id: str, region: Region) -> str:
        """The id that the seller's next job gets."""
        count = len(self._jobs.get((seller_id, region), {}))
        start = self._seeded.text(6, self._name, seller_id, region, alphabet=DIGITS[1:])
        return f"{start}{count + 20519}"

    def add(self, seller_id: str, region: Region, job: Job) -> None:
        """Keeps a job, in place of one with its id."""
        self._jobs.setdefault((seller_id, region), {})[job.id] = job

    def holds(self, seller_id: str, region: Region, job_id: str) -> bool:
        """Whether the seller ever had a job of that id."""
        return job_id in self._jobs.get((seller_id, region), {})

    def find(self, seller_id: str, region: Region, job_id: str, now: datetime) -> Job | None:
        """The seller's job of that id, or None."""
        job = self._jobs.get((seller_id, region), {}).get(job_id)
        return job if job and now - job.created <= RETENTION else None

    def with_document(self, seller_id: str, region: Region, document_id: str) -> Job | None:
        """The seller's job whose result that document is, or None."""
        jobs = self._jobs.get((seller_id, region), {}).values()
        return next((each for each in jobs if each.document_id == document_id), None)

    def newest_first(self, seller_id: str, region: Region) -> Iterable[Job]:
        """All jobs of the seller."""
        return sorted(self._jobs.get((seller_id, region), {}).values(), key=lambda each: each.created, reverse=True)


def time_text(moment: datetime) -> str:
    """``2026-10-02T08:15:00+00:00``: how Reports and Feeds write times."""
    return moment.isoformat(timespec="seconds")
