"""Reports API v2021-06-30: reports and their documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.documents import report_document_id
from sptui.simulator.memory import Memory
from sptui.simulator.operations.jobs import cancel_job, matching_jobs
from sptui.simulator.operations.report_schedules import order_due_reports
from sptui.simulator.processing import Job, time_text
from sptui.simulator.replies import RefusalError, Reply, denied, invalid, json_reply
from sptui.simulator.report_documents import document_of, reported_marketplaces
from sptui.simulator.report_endings import outcome_of
from sptui.simulator.report_types import PERFORMANCE, checked_type
from sptui.simulator.seeded import Seeded
from sptui.simulator.validation import moment_in
from sptui.simulator.world import World, WorldSeller
from sptui.spapi.offered_types import TypeKind, find_type


def first_reports(world: World, memory: Memory, seeded: Seeded) -> None:
    """Gives each seller with a valid authorization one finished performance report, a few hours old.

    So it stands wherever any tool watches the account. Its document shows the state at the time of reading.
    """
    for seller in world.sellers:
        marketplaces = reported_marketplaces(seller, tuple(each.id for each in seller.marketplaces))
        if seller.authorization != "active" or not marketplaces:
            continue
        age = timedelta(minutes=seeded.integer(120, 360, "first report", seller.id, seller.region))
        memory.reports.add(seller.id, seller.region, _first(seller, memory, seeded, marketplaces, memory.began - age))


def _first(seller: WorldSeller, memory: Memory, seeded: Seeded, marketplaces: tuple[str, ...], at: datetime) -> Job:
    report_id = memory.reports.next_id(seller.id, seller.region)
    return Job(
        report_id,
        PERFORMANCE,
        marketplaces,
        at,
        queued=timedelta(seconds=12),
        working=timedelta(seconds=41),
        document_id=report_document_id(seeded, seller.region, seller.id, report_id),
    )


def _create_report(context: CallContext) -> Reply:
    offered = checked_type(context)
    period = (moment_in(context.values, "dataStartTime"), moment_in(context.values, "dataEndTime"))
    outcome = outcome_of(context, offered, context.marketplaces, period)
    seller, store = context.seller, context.memory.reports
    report_id = store.next_id(seller.id, context.region)
    what = (seller.id, context.region, report_id)
    options: dict[str, Any] = {"reportOptions": context.values.get("reportOptions") or {}, "empty": outcome.empty}
    job = Job(
        report_id,
        context.values["reportType"],
        context.marketplaces,
        context.now,
        queued=timedelta(seconds=context.seeded.between(0.3, 0.9, "report queue", *what)),
        working=timedelta(seconds=context.seeded.between(0.5, 2.5, "report work", *what)),
        ending=outcome.ending,
        document_id=report_document_id(context.seeded, context.region, *what),
        period=period,
        options={name: value for name, value in options.items() if value},
        told=outcome.told,
    )
    store.add(seller.id, context.region, job)
    return json_reply(202, {"reportId": report_id})


def _get_reports(context: CallContext) -> Reply:
    order_due_reports(context)
    jobs, token = matching_jobs(context, context.memory.reports, "reportTypes")
    data: dict[str, Any] = {"reports": [_report(context, each) for each in jobs]}
    return json_reply(200, {**data, **({"nextToken": token} if token else {})})


def _get_report(context: CallContext) -> Reply:
    return json_reply(200, _report(context, _found(context)))


def _cancel_report(context: CallContext) -> Reply:
    cancel_job(context, context.memory.reports, _found(context))
    return json_reply(200, {})


def _found(context: CallContext) -> Job:
    order_due_reports(context)
    store, seller = context.memory.reports, context.seller
    job = store.find(seller.id, context.region, context.values["reportId"], context.now)
    if job is None:
        told = "One or more of the provided ReportRequestIds could not be found."
        raise RefusalError(404, "NotFound", told, None, error_type="")
    return job


def _report(context: CallContext, job: Job) -> dict[str, Any]:
    status = job.status(context.now)
    names: Sequence[str] = ("dataStartTime", "dataEndTime")
    over = status in ("DONE", "FATAL") and job.has_document
    return {
        "reportType": job.kind,
        "reportId": job.id,
        "marketplaceIds": list(job.marketplaces),
        "processingStatus": status,
        **{name: time_text(each) for name, each in zip(names, job.period, strict=True) if each is not None},
        **({"reportScheduleId": job.schedule_id} if job.schedule_id else {}),
        **job.times(context.now),
        **({"reportDocumentId": job.document_id} if over else {}),
    }


def _get_report_document(context: CallContext) -> Reply:
    document_id = context.values["reportDocumentId"]
    job = context.memory.reports.with_document(context.seller.id, context.region, document_id)
    if job is None or job.status(context.now) not in ("DONE", "FATAL") or not job.has_document:
        raise invalid("Invalid Input")
    offered = find_type(TypeKind.REPORT, job.kind)
    if offered is not None and offered.restricted and not context.caller.grant.restricted:
        raise denied()  # buyers' data: a Restricted Data Token for this very document opens it
    context.memory.documents.offer(document_id, document_of(context, job))
    url = context.memory.documents.address(
        "GET",
        document_id,
        context.region,
        context.origin,
        context.now,
        gzip_header=context.values.get("enableContentEncodingUrlHeader", False),
    )
    return json_reply(200, {"reportDocumentId": document_id, "compressionAlgorithm": "GZIP", "url": url})


HANDLERS: Final[dict[str, Handler]] = {
    "reports-2021-06-30.createReport": _create_report,
    "reports-2021-06-30.getReports": _get_reports,
    "reports-2021-06-30.getReport": _get_report,
    "reports-2021-06-30.cancelReport": _cancel_report,
    "reports-2021-06-30.getReportDocument": _get_report_document,
}
