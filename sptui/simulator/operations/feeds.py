"""Feeds API v2021-06-30."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.documents import compressed, feed_document_id
from sptui.simulator.feed_processing import process, processing_report
from sptui.simulator.operations.jobs import cancel_job, matching_jobs
from sptui.simulator.processing import Ending, Job
from sptui.simulator.replies import RefusalError, Reply, denied, invalid, json_reply
from sptui.simulator.restricted import carries
from sptui.simulator.speech import invalid_feed
from sptui.spapi.offered_types import OfferedType, TypeKind, find_type

_DOCUMENT_ID: Final = re.compile(r"amzn1\.tortuga\.[A-Za-z0-9.-]+|[0-9a-f-]{36}")
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9.+-]+\s*(;\s*charset=[A-Za-z0-9_-]+\s*)?", re.IGNORECASE)


def _create_feed_document(context: CallContext) -> Reply:
    """Works for a closed account too: only createFeed looks at it (developer blog, 2022)."""
    content_type = context.values["contentType"]
    if not _MEDIA_TYPE.fullmatch(content_type):
        raise invalid("Invalid Input")
    documents = context.memory.documents
    document_id = feed_document_id(context.seeded, context.region, context.seller.id, documents.count)
    documents.expect(document_id, content_type)
    url = documents.address("PUT", document_id, context.region, context.origin, context.now)
    return json_reply(201, {"feedDocumentId": document_id, "url": url})


def _create_feed(context: CallContext) -> Reply:
    offered = _type(context)
    if any(context.closed_in(each) or offered.offered_in(each) is False for each in context.marketplaces):
        raise invalid_feed()
    document_id = context.values["inputFeedDocumentId"]
    if not _DOCUMENT_ID.fullmatch(document_id):
        raise invalid("Invalid Input")
    seller, store = context.seller, context.memory.feeds
    feed_id = store.next_id(seller.id, context.region)
    content = context.memory.documents.content(document_id)
    processed = process(offered, content) if content is not None else None
    # A type that was removed, or a feed without an uploaded document, is not processed at all.
    dead = processed is None or offered.removed_by(context.now.date())
    ending: Ending = "FATAL" if processed is None or dead or processed.fatal else "DONE"
    job = Job(
        feed_id,
        context.values["feedType"],
        context.marketplaces,
        context.now,
        queued=timedelta(seconds=context.seeded.between(0.3, 1.0, "feed queue", seller.id, feed_id)),
        working=timedelta(seconds=context.seeded.between(1.0, 4.0, "feed work", seller.id, feed_id)),
        ending=ending,
        document_id=feed_document_id(context.seeded, context.region, "result", seller.id, feed_id),
        input_id=document_id,
        told="" if processed is None or dead else processed.fatal,
    )
    store.add(seller.id, context.region, job)
    return json_reply(202, {"feedId": feed_id})


def _type(context: CallContext) -> OfferedType:
    """The type that the call names. Raises RefusalError for one that is none or that takes another role."""
    kind = context.values["feedType"]
    offered = find_type(TypeKind.FEED, kind)
    if offered is None:
        raise invalid(f"feed type _{kind}_ is invalid")
    if not carries(context.caller.roles, offered.roles):
        raise denied()
    return offered


def _get_feeds(context: CallContext) -> Reply:
    jobs, token = matching_jobs(context, context.memory.feeds, "feedTypes")
    data: dict[str, Any] = {"feeds": [_feed(context, each) for each in jobs]}
    return json_reply(200, {**data, **({"nextToken": token} if token else {})})


def _get_feed(context: CallContext) -> Reply:
    return json_reply(200, _feed(context, _found(context)))


def _cancel_feed(context: CallContext) -> Reply:
    cancel_job(context, context.memory.feeds, _found(context))
    return json_reply(200, {})


def _found(context: CallContext) -> Job:
    job = context.memory.feeds.find(context.seller.id, context.region, context.values["feedId"], context.now)
    if job is None:
        raise RefusalError(404, "NotFound", "The feed could not be found.", None, error_type="")
    return job


def _feed(context: CallContext, job: Job) -> dict[str, Any]:
    status = job.status(context.now)
    over = status in ("DONE", "FATAL") and job.has_document
    return {
        "feedId": job.id,
        "feedType": job.kind,
        "marketplaceIds": list(job.marketplaces),
        "processingStatus": status,
        **job.times(context.now),
        **({"resultFeedDocumentId": job.document_id} if over else {}),
    }


def _get_feed_document(context: CallContext) -> Reply:
    """The processing report of a feed that is over, or what was uploaded for one."""
    document_id, documents = context.values["feedDocumentId"], context.memory.documents
    seller, region = context.seller, context.region
    job = context.memory.feeds.with_document(seller.id, region, document_id)
    data: dict[str, Any] = {"feedDocumentId": document_id}
    if job is not None and job.status(context.now) in ("DONE", "FATAL") and job.has_document:
        documents.offer(document_id, compressed(*_report(context, job)))
        data["compressionAlgorithm"] = "GZIP"
    elif job is not None or not any(
        each.input_id == document_id for each in context.memory.feeds.newest_first(seller.id, region)
    ):
        raise invalid("Invalid Input")
    header = context.values.get("enableContentEncodingUrlHeader", False) and job is not None
    data["url"] = documents.address("GET", document_id, region, context.origin, context.now, gzip_header=header)
    return json_reply(200, data)


def _report(context: CallContext, job: Job) -> tuple[bytes, str]:
    offered = find_type(TypeKind.FEED, job.kind)
    content = context.memory.documents.content(job.input_id)
    assert offered is not None  # noqa: S101 - createFeed takes no other types
    return processing_report(offered, job.id, context.seller.id, process(offered, content or b""))


HANDLERS: Final[dict[str, Handler]] = {
    "feeds-2021-06-30.createFeedDocument": _create_feed_document,
    "feeds-2021-06-30.createFeed": _create_feed,
    "feeds-2021-06-30.getFeeds": _get_feeds,
    "feeds-2021-06-30.getFeed": _get_feed,
    "feeds-2021-06-30.cancelFeed": _cancel_feed,
    "feeds-2021-06-30.getFeedDocument": _get_feed_document,
}
