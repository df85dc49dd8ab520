"""Listing reports and feeds: both APIs filter and page alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sptui.simulator.context import CallContext
from sptui.simulator.paging import page_token, read_page_token
from sptui.simulator.processing import RETENTION, Job, JobStore
from sptui.simulator.replies import invalid
from sptui.simulator.validation import moment_in

_USUAL_PAGE: Final = 10


def matching_jobs(context: CallContext, store: JobStore, types: str) -> tuple[list[Job], str]:
    """The jobs of one page, newest first, and the token of the next page ("" where there is none).

    ``types`` is the parameter that names the report or feed types.
    """
    values, start = context.values, 0
    if "nextToken" in values:
        refusal = invalid("Invalid Input")
        start, values = read_page_token(context.seeded, context.operation.key, values["nextToken"], refusal)
    seller = context.seller
    jobs = store.newest_first(seller.id, context.region)
    found = [each for each in jobs if _matches(context, each, values, types)]
    size = values.get("pageSize", _USUAL_PAGE)
    more = start + size < len(found)
    token = page_token(context.seeded, context.operation.key, values, start + size) if more else ""
    return found[start : start + size], token


def cancel_job(context: CallContext, store: JobStore, job: Job) -> None:
    """Cancels a job while it is queued; later none can be (models). Raises RefusalError."""
    if job.status(context.now) != "IN_QUEUE":
        raise invalid("Invalid Input", "Invalid input in processing status")
    store.add(context.seller.id, context.region, job.cancelled(context.now))


def _matches(context: CallContext, job: Job, values: dict[str, Any], types: str) -> bool:
    since = moment_in(values, "createdSince") or context.now - RETENTION
    until = moment_in(values, "createdUntil") or context.now + timedelta(seconds=1)
    statuses, marketplaces = values.get("processingStatuses"), values.get("marketplaceIds")
    return (
        job.kind in values.get(types, ())
        and since <= job.created <= until
        and (not statuses or job.status(context.now) in statuses)
        and (not marketplaces or not set(marketplaces).isdisjoint(job.marketplaces))
    )
