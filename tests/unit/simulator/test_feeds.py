"""Feeds: uploaded content decides how they end, and the processing report tells it."""

from __future__ import annotations

import gzip
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.simulator.feed_processing import process, processing_report
from sptui.spapi.offered_types import TypeKind, find_type, types_of
from sptui.spapi.regions import Region

from .amazon import SELLER, US, Amazon, document_of, error_of

JSON, XML, FLAT = "JSON_LISTINGS_FEED", "POST_ORDER_FULFILLMENT_DATA", "POST_FLAT_FILE_FULFILLMENT_DATA"
MEDIA = {
    JSON: "application/json; charset=UTF-8",
    XML: "text/xml; charset=UTF-8",
    FLAT: "text/tab-separated-values; charset=UTF-8",
}
GOOD = {
    JSON: b'{"header": {}, "messages": [{"messageId": 1, "sku": "A", "operationType": "PATCH"}]}',
    XML: b"<AmazonEnvelope><Message>1</Message><Message>2</Message></AmazonEnvelope>",
    FLAT: b"order-id\tsku\n1\tA\n2\tB\n",
}


async def _upload(amazon: Amazon, token: str, kind: str, content: bytes, content_type: str = "") -> tuple[str, int]:
    answer = await amazon.call("createFeedDocument", {"contentType": MEDIA.get(kind, "text/xml")}, token=token)
    data = answer.json()
    headers = {"content-type": content_type or MEDIA.get(kind, "text/xml")}
    put = await amazon.http.put(data["url"], content=content, headers=headers)
    return str(data["feedDocumentId"]), put.status_code


async def _feed(amazon: Amazon, token: str, kind: str, content: bytes) -> dict[str, Any]:
    document_id, status = await _upload(amazon, token, kind, content)
    assert status == 200
    values = {"feedType": kind, "marketplaceIds": [US], "inputFeedDocumentId": document_id}
    answer = await amazon.call("createFeed", values, token=token)
    assert answer.status_code == 202, answer.text
    amazon.clock.advance(30)
    return dict((await amazon.call("getFeed", {"feedId": answer.json()["feedId"]}, token=token)).json())


async def _report(amazon: Amazon, token: str, feed: dict[str, Any]) -> httpx.Response:
    values = {"feedDocumentId": feed["resultFeedDocumentId"]}
    answer = await amazon.call("getFeedDocument", values, token=token)
    assert answer.json()["compressionAlgorithm"] == "GZIP"
    return await amazon.http.get(answer.json()["url"])


@pytest.mark.parametrize("kind", [JSON, XML, FLAT])
async def test_a_good_feed_is_done(amazon: Amazon, kind: str) -> None:
    token = await amazon.token()
    feed = await _feed(amazon, token, kind, GOOD[kind])
    assert (feed["processingStatus"], feed["feedType"], feed["marketplaceIds"]) == ("DONE", kind, [US])
    answer = await _report(amazon, token, feed)
    assert answer.headers["content-type"] == MEDIA[kind]
    text = gzip.decompress(answer.content).decode()
    expected = {JSON: '"messagesAccepted":1', XML: "<MessagesSuccessful>2<", FLAT: "records successful\t\t2"}
    assert expected[kind] in text


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (JSON, b'{"header": '),
        (JSON, b"[]"),
        (JSON, b'{"messages": []}'),
        (XML, b"<AmazonEnvelope><Message>"),
        (XML, b"<Other/>"),
        (XML, b'<!DOCTYPE a [<!ENTITY b "c">]><AmazonEnvelope>&b;</AmazonEnvelope>'),
        (FLAT, b"no columns"),
        (FLAT, b" \n"),
        (JSON, b"\x1f\x8bnot gzip"),
    ],
    ids=["cut json", "list", "no header", "cut xml", "other root", "entities", "no tabs", "empty", "no gzip"],
)
async def test_malformed_content_is_fatal_and_told(amazon: Amazon, kind: str, content: bytes) -> None:
    token = await amazon.token()
    feed = await _feed(amazon, token, kind, content)
    assert feed["processingStatus"] == "FATAL"
    text = gzip.decompress((await _report(amazon, token, feed)).content).decode()
    assert "document" in text or "file" in text


async def test_rows_may_fail_in_a_feed_that_is_done(amazon: Amazon) -> None:
    token = await amazon.token()
    messages = [
        {"messageId": 1, "sku": "A", "operationType": "UPDATE"},
        {"messageId": 2, "operationType": "UPDATE"},
        {"messageId": 1, "sku": "B", "operationType": "UPDATE"},
        {"messageId": 4, "sku": "C", "operationType": "PUT"},
    ]
    content = httpx.Request("POST", "http://a", json={"header": {}, "messages": messages}).content
    feed = await _feed(amazon, token, JSON, content)
    assert feed["processingStatus"] == "DONE"
    report = document_of(await _report(amazon, token, feed))
    assert report["header"] == {"sellerId": SELLER, "version": "2.0", "feedId": feed["feedId"]}
    assert report["summary"] == {
        "errors": 3,
        "warnings": 0,
        "messagesProcessed": 4,
        "messagesAccepted": 1,
        "messagesInvalid": 3,
    }
    assert [each["messageId"] for each in report["issues"]] == [2, 1, 4]


async def test_a_compressed_upload_is_read(amazon: Amazon) -> None:
    feed = await _feed(amazon, await amazon.token(), JSON, gzip.compress(GOOD[JSON]))
    assert feed["processingStatus"] == "DONE"


async def test_an_upload_has_the_media_type_that_was_asked_for(amazon: Amazon) -> None:
    token = await amazon.token()
    assert (await _upload(amazon, token, JSON, b"{}", "application/json;charset=utf-8"))[1] == 200
    assert (await _upload(amazon, token, JSON, b"{}", "text/plain"))[1] == 403
    answer = await amazon.call("createFeedDocument", {"contentType": MEDIA[JSON]}, token=token)
    url = answer.json()["url"]
    assert "X-Amz-SignedHeaders=content-type%3Bhost" in url
    refused = await amazon.http.put(url, content=b"{}")
    assert "<Code>SignatureDoesNotMatch</Code>" in refused.text
    amazon.clock.advance(301)
    late = await amazon.http.put(url, content=b"{}", headers={"content-type": MEDIA[JSON]})
    assert "Request has expired" in late.text


async def test_a_type_that_was_removed_is_fatal_without_a_report(amazon: Amazon) -> None:
    feed = await _feed(amazon, await amazon.token(), "POST_PRODUCT_DATA", GOOD[XML])
    assert feed["processingStatus"] == "FATAL"
    assert "resultFeedDocumentId" not in feed


async def test_a_feed_is_cancelled_while_it_is_queued(amazon: Amazon) -> None:
    token = await amazon.token()
    document_id, _ = await _upload(amazon, token, JSON, GOOD[JSON])
    values = {"feedType": JSON, "marketplaceIds": [US], "inputFeedDocumentId": document_id}
    feed_id = (await amazon.call("createFeed", values, token=token)).json()["feedId"]
    assert (await amazon.call("cancelFeed", {"feedId": feed_id}, token=token)).status_code == 200
    amazon.clock.advance(60)
    feed = (await amazon.call("getFeed", {"feedId": feed_id}, token=token)).json()
    assert (feed["processingStatus"], "resultFeedDocumentId" in feed) == ("CANCELLED", False)
    answer = await amazon.call("cancelFeed", {"feedId": feed_id}, token=token)
    assert (answer.status_code, error_of(answer)["details"]) == (400, "Invalid input in processing status")


async def test_what_was_uploaded_can_be_read_back_by_its_seller(amazon: Amazon) -> None:
    token = await amazon.token()
    document_id, _ = await _upload(amazon, token, JSON, GOOD[JSON])
    values = {"feedType": JSON, "marketplaceIds": [US], "inputFeedDocumentId": document_id}
    await amazon.call("createFeed", values, token=token)
    answer = await amazon.call("getFeedDocument", {"feedDocumentId": document_id}, token=token)
    assert (await amazon.http.get(answer.json()["url"])).content == GOOD[JSON]
    other = await amazon.token("Atzr|old-role")
    assert (await amazon.call("getFeedDocument", {"feedDocumentId": document_id}, token=other)).status_code == 400


@pytest.mark.parametrize(
    ("kind", "status", "message"),
    [
        ("NO_SUCH_FEED", 400, "feed type _NO_SUCH_FEED_ is invalid"),
        ("POST_EASYSHIP_DOCUMENTS", 400, "Invalid request parameters"),  # India and Singapore alone
    ],
    ids=["unknown", "not offered there"],
)
async def test_types_that_cannot_be_sent(amazon: Amazon, kind: str, status: int, message: str) -> None:
    values = {"feedType": kind, "marketplaceIds": [US], "inputFeedDocumentId": "amzn1.tortuga.4.na.x"}
    answer = await amazon.call("createFeed", values)
    assert (answer.status_code, error_of(answer)["message"]) == (status, message)


async def test_a_type_has_roles_of_its_own(amazon: Amazon) -> None:
    token = await amazon.token("Atzr|narrow")
    values = {"feedType": "POST_FBA_INBOUND_CARTON_CONTENTS", "marketplaceIds": [US]}
    values["inputFeedDocumentId"] = "amzn1.tortuga.4.na.x"
    answer = await amazon.call("createFeed", values, token=token)
    assert (answer.status_code, error_of(answer)["details"]) == (403, "")


@pytest.mark.parametrize("content_type", ["POST_FBA_INBOUND_CARTON_CONTENTS", "", "text"])
async def test_what_is_no_media_type(amazon: Amazon, content_type: str) -> None:
    headers = {"x-amz-access-token": await amazon.token()}
    url = f"https://{Region.NA.host}/feeds/2021-06-30/documents"
    answer = await amazon.http.post(url, headers=headers, json={"contentType": content_type})
    assert (answer.status_code, error_of(answer)["code"]) == (400, "InvalidInput")


@given(kind=st.sampled_from(types_of(TypeKind.FEED)), content=st.binary(max_size=200))
def test_any_content_ends_somehow(kind: Any, content: bytes) -> None:
    processed = process(kind, content)
    report, media = processing_report(kind, "1", "A1", processed)
    assert report
    assert media
    assert bool(processed.fatal) or processed.rows >= len(processed.errors)


@given(messages=st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner)
       | st.dictionaries(st.sampled_from(["messageId", "sku", "operationType"]), inner)))  # fmt: skip
def test_any_messages_are_read(messages: Any) -> None:
    offered = find_type(TypeKind.FEED, JSON)
    assert offered is not None
    content = httpx.Request("POST", "http://a", json={"header": {}, "messages": [messages, messages]}).content
    processed = process(offered, content)
    assert (processed.rows, processed.fatal) == (2, "")
