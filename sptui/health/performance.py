"""Getting a seller performance report: a recent one is reused before a new one is asked for.

Reports that are asked for too often end CANCELLED or FATAL (docs reports-faq), so one that Amazon still works on is
waited for, and a finished one that is new enough is read, whoever asked for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

import msgspec

from sptui.health.metric import PerformanceReport
from sptui.health.participations import Sends
from sptui.health.performance_report import UnreadableReportError, read_performance_report
from sptui.health.report_values import moment_of
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.clock import Clock
from sptui.spapi.requests import build_request

REPORT_TYPE: Final = "GET_V2_SELLER_PERFORMANCE_REPORT"

_POLL_SECONDS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, *(60.0,) * 8)
"""A report takes from 20 seconds to 5 minutes (observed often); after 9 minutes it is looked for again later."""

_ABANDONED: Final = timedelta(hours=2)
"""A report that is not finished by then is not waited for: one integrator allows as much (observed once)."""

_LARGE: Final = 256 * 1024
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)


class Downloads(Sends, Protocol):
    """What a report asks of the wire."""

    async def download(self, url: str, authorization: Authorization) -> tuple[Call, bytes]:
        """Fetches a pre-signed document."""
        ...


class PerformanceReading(msgspec.Struct, frozen=True):
    """One attempt to read a report at ``time``. ``report`` is None where none could be had.

    ``problem`` says why there is none, or, beside a report, why there is none newer. ``as_of``: when Amazon made it;
    ``report_id``: unique for the seller alone.
    """

    authorization: Authorization
    time: datetime
    report: PerformanceReport | None
    as_of: datetime | None = None
    report_id: str = ""
    problem: str = ""
    calls: tuple[Call, ...] = ()


async def fetch_performance(
    client: Downloads,
    authorization: Authorization,
    *,
    marketplaces: tuple[str, ...],
    newer_than: timedelta,
    create: bool,
    sleep: Callable[[float], Awaitable[None]],
    clock: Clock,
) -> PerformanceReading:
    """Reads the newest report; with ``create``, one older than ``newer_than`` is replaced by a new one.

    ``marketplaces``: those that the report has to tell about. Creating is a call with a mild side effect (it queues
    a report), so ``create`` needs somebody's yes. Never raises for what the network or Amazon does.
    """
    errand = _Errand(client, authorization, sleep, clock)
    problem = ""
    try:
        found = await errand.reports()
        report = newest = max((each for each in found if each.done), key=_age_order, default=None)
        if create and marketplaces and not (newest and newest.serves(marketplaces, clock.now() - newer_than)):
            try:
                report = await errand.new_report(found, marketplaces)
            except _NoReportError as why:
                problem = str(why)
        if report is None:
            return errand.reading(
                problem=problem or "No performance report has been made for this seller in the last 90 days."
            )
        return errand.reading(await errand.read(report), report, problem)
    except (_NoReportError, UnreadableReportError) as why:
        return errand.reading(problem=str(why))


class _NoReportError(Exception):
    """There is no report to read; the message says why."""


class _Report(msgspec.Struct, frozen=True):
    """A report as getReports and getReport tell of it."""

    id: str
    status: str
    document_id: str
    created: datetime | None
    made: datetime | None
    marketplaces: frozenset[str]

    @property
    def done(self) -> bool:
        return self.status == "DONE" and bool(self.document_id)

    def serves(self, marketplaces: Iterable[str], oldest: datetime) -> bool:
        """Whether it is made after ``oldest`` and was asked for these marketplaces, as far as that is told."""
        return self.made is not None and self.made > oldest and (
            not self.marketplaces or self.marketplaces.issuperset(marketplaces)
        )  # fmt: skip


def _age_order(report: _Report) -> datetime:
    return report.created or report.made or _EARLIEST


class _Errand:
    """The calls on the way to a report, kept as evidence."""

    def __init__(
        self,
        client: Downloads,
        authorization: Authorization,
        sleep: Callable[[float], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._client = client
        self._authorization = authorization
        self._sleep = sleep
        self._clock = clock
        self._calls: list[Call] = []

    def reading(
        self, report: PerformanceReport | None = None, told: _Report | None = None, problem: str = ""
    ) -> PerformanceReading:
        return PerformanceReading(
            self._authorization,
            self._clock.now(),
            report,
            told.made if told else None,
            told.id if told else "",
            problem,
            tuple(self._calls),
        )

    async def reports(self) -> list[_Report]:
        """The reports of the last 90 days that are finished or on their way."""
        data = await self._send(
            "reports-2021-06-30.getReports",
            {
                "reportTypes": [REPORT_TYPE],
                "processingStatuses": ["DONE", "IN_PROGRESS", "IN_QUEUE"],
                "pageSize": 100,
            },
        )
        found = data.get("reports")
        return [_report(each) for each in found if isinstance(each, dict)] if isinstance(found, list) else []

    async def new_report(self, found: list[_Report], marketplaces: tuple[str, ...]) -> _Report:
        """A report on its way that will do, else one asked for now, when it is finished."""
        oldest = self._clock.now() - _ABANDONED
        on_their_way = (
            each
            for each in found
            if each.status in ("IN_QUEUE", "IN_PROGRESS")
            and each.id
            and each.created is not None
            and each.created > oldest
            and (not each.marketplaces or each.marketplaces.issuperset(marketplaces))
        )
        coming = max(on_their_way, key=_age_order, default=None)
        report_id = coming.id if coming else await self._create(marketplaces)
        for seconds in _POLL_SECONDS:
            await self._sleep(seconds)
            report = _report(await self._send("reports-2021-06-30.getReport", {"reportId": report_id}), report_id)
            if report.status == "DONE":
                return report
            if report.status == "CANCELLED":
                raise _NoReportError(
                    f"The performance report {report_id} ended CANCELLED: Amazon had no data for it, or was asked again"
                    " too soon."
                )
            if report.status == "FATAL":
                raise _NoReportError(f"The performance report {report_id} ended FATAL: Amazon could not make it.")
        raise _NoReportError(f"The performance report {report_id} is not finished yet; look again later.")

    async def read(self, report: _Report) -> PerformanceReport:
        """The report's document, fetched and read."""
        if not report.document_id:
            raise _NoReportError("The performance report is DONE but has no document.")
        where = await self._send("reports-2021-06-30.getReportDocument", {"reportDocumentId": report.document_id})
        call, document = await self._client.download(_words(where, "url"), self._authorization)
        self._calls.append(call)
        if not call.ok:
            raise _NoReportError(f"The report's document could not be fetched: {call.summary}")
        if len(document) > _LARGE:
            return await asyncio.to_thread(read_performance_report, document)
        return read_performance_report(document)

    async def _create(self, marketplaces: tuple[str, ...]) -> str:
        created = await self._send(
            "reports-2021-06-30.createReport", {"reportType": REPORT_TYPE, "marketplaceIds": list(marketplaces)}
        )
        report_id = _words(created, "reportId")
        if not report_id:
            raise _NoReportError("createReport gave no reportId.")
        return report_id

    async def _send(self, operation: str, values: dict[str, Any]) -> dict[str, Any]:
        request = build_request(load_catalogue().find(operation), values)
        call = await self._client.send(request, self._authorization)
        self._calls.append(call)
        if not call.ok or call.answer is None:
            raise _NoReportError(f"{request.operation.name}: {call.summary}")
        if not isinstance(call.answer.data, dict):
            problem = "the answer is not the object that Amazon's model promises"
            raise _NoReportError(f"{request.operation.name}: {problem}.")
        return call.answer.data


def _report(data: dict[str, Any], report_id: str = "") -> _Report:
    told = data.get("marketplaceIds")
    places = told if isinstance(told, list) else ()
    created = moment_of(data.get("createdTime"))
    return _Report(
        id=_words(data, "reportId") or report_id,
        status=_words(data, "processingStatus"),
        document_id=_words(data, "reportDocumentId"),
        created=created,
        made=moment_of(data.get("processingEndTime")) or created,
        marketplaces=frozenset(each for each in places if isinstance(each, str)),
    )


def _words(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
