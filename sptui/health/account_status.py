"""The account's status in each marketplace, from the newest seller performance report.

GET_V2_SELLER_PERFORMANCE_REPORT always tells the state when it was made; Amazon asks to reuse a recent one and
not to rely on the format (docs reports-faq, report-type-values-performance).
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import msgspec

from sptui.health.participations import Sends
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.requests import build_request

REPORT_TYPE: Final = "GET_V2_SELLER_PERFORMANCE_REPORT"
_POLL_SECONDS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 60.0, 60.0)
_LARGEST_DOCUMENT: Final = 32 * 1024 * 1024


class AccountStatus(msgspec.Struct, frozen=True):
    """NORMAL, AT_RISK, DEACTIVATED, SUSPENDED, or another word that Amazon sends."""

    marketplace_id: str
    status: str


class AccountStatusReading(msgspec.Struct, frozen=True):
    """``statuses`` is None where no report could be had; ``problem`` says why. ``as_of``: when it was made."""

    statuses: tuple[AccountStatus, ...] | None
    as_of: datetime | None = None
    problem: str = ""
    calls: tuple[Call, ...] = ()


class Downloads(Sends, Protocol):
    """What a report asks of the wire."""

    async def download(self, url: str, authorization: Authorization) -> tuple[Call, bytes]:
        """Fetches a pre-signed document."""
        ...


class NoReportError(Exception):
    """There is no report to read; the message says why."""


async def newest_account_status(
    client: Downloads,
    authorization: Authorization,
    *,
    create: bool,
    marketplaces: tuple[str, ...] = (),
    sleep: Callable[[float], Awaitable[None]],
) -> AccountStatusReading:
    """The statuses of the newest finished report; with ``create`` a new report is requested where there is none.

    Creating is a call with a mild side effect (it queues a report), so ``create`` needs somebody's yes.
    """
    errand = _Errand(client, authorization, sleep)
    try:
        report = await errand.newest_report() or (await errand.create_report(marketplaces) if create else None)
        if report is None:
            problem = "No performance report has been made for this seller in the last 90 days."
            return AccountStatusReading(None, problem=problem, calls=tuple(errand.calls))
        document = await errand.document(report)
        statuses = read_account_statuses(document)
    except NoReportError as problem:
        return AccountStatusReading(None, problem=str(problem), calls=tuple(errand.calls))
    return AccountStatusReading(statuses, _moment(report), calls=tuple(errand.calls))


def read_account_statuses(document: bytes) -> tuple[AccountStatus, ...]:
    """``accountStatuses`` of a report, gzipped or not, with or without a byte order mark.

    Raises NoReportError where the document is not such a report. An entry without a status in words is left out.
    """
    try:
        if document[:2] == b"\x1f\x8b":
            document = _unzip(document)
        data = msgspec.json.decode(document.decode("utf-8-sig"))
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as problem:
        raise NoReportError(f"The report could not be read: {problem}") from problem
    entries = data.get("accountStatuses") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise NoReportError("The report holds no accountStatuses; its format may have changed.")
    return tuple(
        AccountStatus(entry["marketplaceId"], entry["status"])
        for entry in entries
        if isinstance(entry, dict) and _words(entry, "marketplaceId") and _words(entry, "status")
    )


class _Errand:
    """The calls on the way to a report's document, kept as evidence."""

    def __init__(
        self, client: Downloads, authorization: Authorization, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._client = client
        self._authorization = authorization
        self._sleep = sleep
        self.calls: list[Call] = []

    async def newest_report(self) -> dict[str, Any] | None:
        data = await self._send(
            "reports-2021-06-30.getReports",
            {"reportTypes": [REPORT_TYPE], "processingStatuses": ["DONE"], "pageSize": 10},
        )
        found = data.get("reports")
        reports = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
        reports = [each for each in reports if isinstance(each.get("reportDocumentId"), str)]
        return max(reports, key=lambda each: str(each.get("createdTime", "")), default=None)

    async def create_report(self, marketplaces: tuple[str, ...]) -> dict[str, Any]:
        created = await self._send(
            "reports-2021-06-30.createReport", {"reportType": REPORT_TYPE, "marketplaceIds": list(marketplaces)}
        )
        report_id = _words(created, "reportId")
        if not report_id:
            raise NoReportError("createReport gave no reportId.")
        for seconds in _POLL_SECONDS:
            await self._sleep(seconds)
            report = await self._send("reports-2021-06-30.getReport", {"reportId": report_id})
            status = report.get("processingStatus")
            if status == "DONE":
                return report
            if status in ("CANCELLED", "FATAL"):
                raise NoReportError(f"The performance report {report_id} ended {status}.")
        raise NoReportError(f"The performance report {report_id} is not finished yet; look again later.")

    async def document(self, report: dict[str, Any]) -> bytes:
        document_id = _words(report, "reportDocumentId")
        if not document_id:
            raise NoReportError("The performance report is DONE but has no document.")
        where = await self._send("reports-2021-06-30.getReportDocument", {"reportDocumentId": document_id})
        call, document = await self._client.download(_words(where, "url"), self._authorization)
        self.calls.append(call)
        if not call.ok:
            raise NoReportError(f"The report's document could not be fetched: {call.summary}")
        return document

    async def _send(self, operation: str, values: dict[str, Any]) -> dict[str, Any]:
        request = build_request(load_catalogue().find(operation), values)
        call = await self._client.send(request, self._authorization)
        self.calls.append(call)
        if not call.ok or call.answer is None:
            raise NoReportError(f"{request.operation.name}: {call.summary}")
        if not isinstance(call.answer.data, dict):
            raise NoReportError(f"{request.operation.name}: the answer is not the object that Amazon's model promises.")
        return call.answer.data


def _words(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _unzip(document: bytes) -> bytes:
    import io

    with gzip.open(io.BytesIO(document)) as stream:
        text = stream.read(_LARGEST_DOCUMENT + 1)
    if len(text) > _LARGEST_DOCUMENT:
        raise NoReportError("The report is larger than 32 MiB; a performance report is a few kilobytes.")
    return text


def _moment(report: dict[str, Any]) -> datetime | None:
    for name in ("processingEndTime", "createdTime"):
        try:
            moment = datetime.fromisoformat(str(report.get(name)))
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
