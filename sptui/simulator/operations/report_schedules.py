"""Reports API v2021-06-30: schedules, and the reports that they order.

A schedule for the same type and marketplaces replaces the one before (model).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import msgspec

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.documents import report_document_id
from sptui.simulator.processing import Ending, Job, time_text
from sptui.simulator.replies import RefusalError, Reply, invalid, json_reply
from sptui.simulator.report_calendar import PERIODS, Schedule
from sptui.simulator.report_types import PERFORMANCE, checked_type
from sptui.simulator.seeded import DIGITS
from sptui.simulator.validation import moment_in

_REQUEST_ONLY: Final = (PERFORMANCE, "GET_V1_SELLER_PERFORMANCE_REPORT")
"""Types that cannot be scheduled (docs report-type-values-performance)."""


def _create_report_schedule(context: CallContext) -> Reply:
    kind = context.values["reportType"]
    checked_type(context)
    if kind in _REQUEST_ONLY:
        raise invalid("Invalid Input")
    seller, store = context.seller, context.memory.schedules
    for each in store.running(seller.id, context.region):
        if each.kind == kind and set(each.marketplaces) == set(context.marketplaces):
            store.put(seller.id, context.region, msgspec.structs.replace(each, ended=context.now))
    made = Schedule(
        store.next_id(seller.id, context.region),
        kind,
        context.marketplaces,
        context.values["period"],
        max(moment_in(context.values, "nextReportCreationTime") or context.now, context.now),
        context.values.get("reportOptions") or {},
    )
    store.put(seller.id, context.region, made)
    return json_reply(201, {"reportScheduleId": made.id})


def _get_report_schedules(context: CallContext) -> Reply:
    running = context.memory.schedules.running(context.seller.id, context.region)
    found = [each for each in running if each.kind in context.values["reportTypes"]]
    return json_reply(200, {"reportSchedules": [_schedule(context, each) for each in found]})


def _get_report_schedule(context: CallContext) -> Reply:
    return json_reply(200, _schedule(context, _found(context)))


def _cancel_report_schedule(context: CallContext) -> Reply:
    """What it ordered stays."""
    order_due_reports(context)
    gone = msgspec.structs.replace(_found(context), ended=context.now)
    context.memory.schedules.put(context.seller.id, context.region, gone)
    return json_reply(200, {})


def _found(context: CallContext) -> Schedule:
    running = context.memory.schedules.running(context.seller.id, context.region)
    found = next((each for each in running if each.id == context.values["reportScheduleId"]), None)
    if found is None:
        raise RefusalError(404, "NotFound", "The report schedule could not be found.", None, error_type="")
    return found


def _schedule(context: CallContext, schedule: Schedule) -> dict[str, Any]:
    return {
        "reportScheduleId": schedule.id,
        "reportType": schedule.kind,
        "marketplaceIds": list(schedule.marketplaces),
        **({"reportOptions": schedule.options} if schedule.options else {}),
        "period": schedule.period,
        "nextReportCreationTime": time_text(schedule.next(context.now)),
    }


def order_due_reports(context: CallContext) -> None:
    """Makes the reports that the seller's schedules have ordered until now."""
    seller, region, reports = context.seller, context.region, context.memory.reports
    for schedule in context.memory.schedules.all_of(seller.id, region):
        for moment in schedule.due(context.now):
            what = (seller.id, region, schedule.id, moment)
            report_id = "7" + context.seeded.text(11, "scheduled report", *what, alphabet=DIGITS)
            if reports.holds(seller.id, region, report_id):
                continue
            closed = all(context.closed_in(each) for each in schedule.marketplaces)
            ending: Ending = "CANCELLED" if closed else "DONE"
            job = Job(
                report_id,
                schedule.kind,
                schedule.marketplaces,
                moment,
                queued=timedelta(seconds=context.seeded.between(0.3, 0.9, "report queue", *what)),
                working=timedelta(seconds=context.seeded.between(0.5, 2.5, "report work", *what)),
                ending=ending,
                document_id=report_document_id(context.seeded, region, *what),
                period=(moment - PERIODS[schedule.period], moment),
                options={"reportOptions": schedule.options} if schedule.options else {},
                schedule_id=schedule.id,
            )
            reports.add(seller.id, region, job)


HANDLERS: Final[dict[str, Handler]] = {
    "reports-2021-06-30.createReportSchedule": _create_report_schedule,
    "reports-2021-06-30.getReportSchedules": _get_report_schedules,
    "reports-2021-06-30.getReportSchedule": _get_report_schedule,
    "reports-2021-06-30.cancelReportSchedule": _cancel_report_schedule,
}
