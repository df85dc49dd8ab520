"""Reports API v2021-06-30.

Of the report types only the seller performance report has content that follows from the world; of the others the
document is a short flat file of the seller's products.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from sptui.simulator.context import CallContext, Handler, Memory
from sptui.simulator.documents import Document, compressed, report_document_id
from sptui.simulator.operations.jobs import matching_jobs
from sptui.simulator.performance_report import performance_report
from sptui.simulator.processing import Ending, Job, time_text
from sptui.simulator.products import products_of
from sptui.simulator.replies import RefusalError, Reply, denied, invalid, json_reply
from sptui.simulator.seeded import Seeded
from sptui.simulator.standing import Standing, standing_of
from sptui.simulator.validation import moment_in
from sptui.simulator.world import World, WorldSeller
from sptui.spapi.marketplaces import PSEUDO_MARKETPLACES

PERFORMANCE: Final = "GET_V2_SELLER_PERFORMANCE_REPORT"

_TYPE_ROLES: Final = {PERFORMANCE: ("Selling Partner Insights",)}
"""Roles of single report types, where they are narrower than the operation's (docs report-type-values-performance)."""

_SHORTEST_INTERVAL: Final = {PERFORMANCE: timedelta(minutes=5)}
"""Asked again sooner, a report is cancelled (docs reports-faq); the time is not published."""

_REJECTED: Final = "Report rejected for this client. "


def first_reports(world: World, memory: Memory, seeded: Seeded) -> None:
    """Gives each seller with a valid authorization one finished performance report, a few hours old.

    So it stands wherever any tool watches the account. Its document shows the state at the time of reading.
    """
    for seller in world.sellers:
        marketplaces = _reported(seller, tuple(each.id for each in seller.marketplaces))
        if seller.authorization != "active" or not marketplaces:
            continue
        age = timedelta(minutes=seeded.integer(120, 360, "first report", seller.id, seller.region))
        memory.reports.add(seller.id, seller.region, _job(seller, memory, seeded, marketplaces, memory.began - age))


def _job(seller: WorldSeller, memory: Memory, seeded: Seeded, marketplaces: tuple[str, ...], created: datetime) -> Job:
    report_id = memory.reports.next_id(seller.id, seller.region)
    return Job(
        report_id,
        PERFORMANCE,
        marketplaces,
        created,
        queued=timedelta(seconds=12),
        working=timedelta(seconds=41),
        document_id=report_document_id(seeded, seller.region, seller.id, report_id),
    )


def _create_report(context: CallContext) -> Reply:
    kind = context.values["reportType"]
    if not re.fullmatch(r"[A-Z0-9]+(_[A-Z0-9]+)+", kind):
        raise invalid(f"Invalid Report Type {kind}")
    roles = context.caller.roles
    if roles is not None and kind in _TYPE_ROLES and roles.isdisjoint(_TYPE_ROLES[kind]):
        raise denied()
    _check_marketplaces(context)
    seller, store = context.seller, context.memory.reports
    report_id = store.next_id(seller.id, context.region)
    what = (seller.id, context.region, report_id)
    job = Job(
        report_id,
        kind,
        context.marketplaces,
        context.now,
        queued=timedelta(seconds=context.seeded.between(0.3, 0.9, "report queue", *what)),
        working=timedelta(seconds=context.seeded.between(0.5, 2.5, "report work", *what)),
        ending=_ending(context, kind),
        document_id=report_document_id(context.seeded, context.region, *what),
        options={
            name: time_text(moment)
            for name in ("dataStartTime", "dataEndTime")
            if (moment := moment_in(context.values, name)) is not None
        },
    )
    store.add(seller.id, context.region, job)
    return json_reply(202, {"reportId": report_id})


def _check_marketplaces(context: CallContext) -> None:
    standings = [standing_of(each, context.seller, context.region) for each in context.marketplaces]
    allowed = standings.count(Standing.PARTICIPATING)
    if not allowed:
        raise invalid(f"{_REJECTED}your report could not be applied to any marketplaces")
    if allowed < len(standings):
        raise invalid(f"{_REJECTED}Some of the marketplaces are not allowed for this Report")


def _ending(context: CallContext, kind: str) -> Ending:
    """How a report ends: there is no data where the account is closed, but its health is always told."""
    if kind == PERFORMANCE:
        return "CANCELLED" if _asked_too_soon(context, kind) else "DONE"
    if all(context.closed_in(each) for each in context.marketplaces):
        entries = [context.seller.marketplace(each) for each in context.marketplaces]
        suspended = any(each is not None and context.status(each) == "SUSPENDED" for each in entries)
        return "FATAL" if suspended else "CANCELLED"
    return "DONE"


def _asked_too_soon(context: CallContext, kind: str) -> bool:
    interval = _SHORTEST_INTERVAL[kind]
    return any(
        each.kind == kind
        and each.ending == "DONE"
        and set(each.marketplaces) == set(context.marketplaces)
        and context.now - each.created < interval
        for each in context.memory.reports.newest_first(context.seller.id, context.region)
    )


def _get_reports(context: CallContext) -> Reply:
    jobs, token = matching_jobs(context, context.memory.reports, "reportTypes")
    data: dict[str, Any] = {"reports": [_report(context, each) for each in jobs]}
    return json_reply(200, {**data, **({"nextToken": token} if token else {})})


def _get_report(context: CallContext) -> Reply:
    store, seller = context.memory.reports, context.seller
    job = store.find(seller.id, context.region, context.values["reportId"], context.now)
    if job is None:
        told = "One or more of the provided ReportRequestIds could not be found."
        raise RefusalError(404, "NotFound", told, None, error_type="")
    return json_reply(200, _report(context, job))


def _report(context: CallContext, job: Job) -> dict[str, Any]:
    status = job.status(context.now)
    return {
        "reportType": job.kind,
        "reportId": job.id,
        "marketplaceIds": list(job.marketplaces),
        "processingStatus": status,
        **job.options,
        **job.times(context.now),
        **({"reportDocumentId": job.document_id} if status == "DONE" else {}),
    }


def _get_report_document(context: CallContext) -> Reply:
    document_id = context.values["reportDocumentId"]
    jobs = context.memory.reports.newest_first(context.seller.id, context.region)
    job = next((each for each in jobs if each.document_id == document_id), None)
    if job is None or job.status(context.now) != "DONE":
        raise invalid("Invalid Input")
    context.memory.documents.offer(document_id, _document(context, job))
    url = context.memory.documents.address(
        "GET",
        document_id,
        context.region,
        context.origin,
        context.now,
        gzip_header=context.values.get("enableContentEncodingUrlHeader", False),
    )
    return json_reply(200, {"reportDocumentId": document_id, "compressionAlgorithm": "GZIP", "url": url})


def _document(context: CallContext, job: Job) -> Document:
    if job.kind == PERFORMANCE:
        marketplaces = _reported(context.seller, job.marketplaces)
        statuses = {each.id: context.status(each) for each in context.seller.marketplaces if each.id in marketplaces}
        report = performance_report(context.seller, statuses, context.now, context.seeded)
        return compressed(msgspec.json.encode(report), "application/json; charset=UTF-8")
    rows = [
        f"{each.title}\t{each.sku}\t{each.asin}\t{each.price:.2f}\t{each.stock}"
        for each in products_of(context.seeded, context.seller.id, context.seller.name)
    ]
    rows.insert(0, "item-name\tseller-sku\tasin1\tprice\tquantity")
    return compressed("\r\n".join(rows).encode(), "text/plain; charset=UTF-8")


def _reported(seller: WorldSeller, asked: tuple[str, ...]) -> tuple[str, ...]:
    """The marketplaces that a performance report tells about: stores in which the seller takes part."""
    return tuple(
        each.id
        for each in seller.marketplaces
        if each.participating and each.id in asked and each.id not in PSEUDO_MARKETPLACES
    )


HANDLERS: Final[dict[str, Handler]] = {
    "reports-2021-06-30.createReport": _create_report,
    "reports-2021-06-30.getReports": _get_reports,
    "reports-2021-06-30.getReport": _get_report,
    "reports-2021-06-30.getReportDocument": _get_report_document,
}
