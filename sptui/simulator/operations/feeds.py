"""Feeds API v2021-06-30."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.documents import feed_document_id
from sptui.simulator.operations.jobs import matching_jobs
from sptui.simulator.processing import Ending, Job
from sptui.simulator.replies import Reply, invalid, json_reply
from sptui.simulator.speech import invalid_feed

_DOCUMENT_ID: Final = re.compile(r"amzn1\.tortuga\.[A-Za-z0-9.-]+|[0-9a-f-]{36}")


def _create_feed_document(context: CallContext) -> Reply:
    """Works for a closed account too: only createFeed looks at it (developer blog, 2022)."""
    documents = context.memory.documents
    document_id = feed_document_id(context.seeded, context.region, context.seller.id, documents.count)
    documents.expect(document_id)
    url = documents.address("PUT", document_id, context.region, context.origin, context.now)
    return json_reply(201, {"feedDocumentId": document_id, "url": url})


def _create_feed(context: CallContext) -> Reply:
    if any(context.closed_in(each) for each in context.marketplaces):
        raise invalid_feed()
    document_id = context.values["inputFeedDocumentId"]
    if not _DOCUMENT_ID.fullmatch(document_id):
        raise invalid("Invalid Input")
    seller, store = context.seller, context.memory.feeds
    feed_id = store.next_id(seller.id, context.region)
    # A feed without an uploaded document cannot be processed.
    ending: Ending = "DONE" if context.memory.documents.holds(document_id) else "FATAL"
    job = Job(
        feed_id,
        context.values["feedType"],
        context.marketplaces,
        context.now,
        queued=timedelta(seconds=context.seeded.between(0.3, 1.0, "feed queue", seller.id, feed_id)),
        working=timedelta(seconds=context.seeded.between(1.0, 4.0, "feed work", seller.id, feed_id)),
        ending=ending,
        document_id=feed_document_id(context.seeded, context.region, "result", seller.id, feed_id),
    )
    store.add(seller.id, context.region, job)
    return json_reply(202, {"feedId": feed_id})


def _get_feeds(context: CallContext) -> Reply:
    jobs, token = matching_jobs(context, context.memory.feeds, "feedTypes")
    data: dict[str, Any] = {"feeds": [_feed(context, each) for each in jobs]}
    return json_reply(200, {**data, **({"nextToken": token} if token else {})})


def _feed(context: CallContext, job: Job) -> dict[str, Any]:
    status = job.status(context.now)
    return {
        "feedId": job.id,
        "feedType": job.kind,
        "marketplaceIds": list(job.marketplaces),
        "processingStatus": status,
        **job.times(context.now),
        **({"resultFeedDocumentId": job.document_id} if status == "DONE" else {}),
    }


HANDLERS: Final[dict[str, Handler]] = {
    "feeds-2021-06-30.createFeedDocument": _create_feed_document,
    "feeds-2021-06-30.createFeed": _create_feed,
    "feeds-2021-06-30.getFeeds": _get_feeds,
}
