"""The account's status through the real client: documents as the store sends them, answers as they should not be."""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx
import pytest
from spapi.wire import NORTHWIND, Wire, error, json_response

from sptui.health.account_status import (
    AccountStatus,
    AccountStatusReading,
    newest_account_status,
)

URL = "https://tortuga-prod-na.s3.amazonaws.com/doc?X-Amz-Signature=CANARY"
DOCUMENT = json.dumps(
    {
        "accountStatuses": [
            {"marketplaceId": "ATVPDKIKX0DER", "status": "AT_RISK", "more": 1},
            {"marketplaceId": "A9NEW", "status": "SOMETHING_NEW"},
        ],
        "performanceMetrics": [],
    }
).encode()
STATUSES = (AccountStatus("ATVPDKIKX0DER", "AT_RISK"), AccountStatus("A9NEW", "SOMETHING_NEW"))
DONE = {
    "reportId": "1",
    "processingStatus": "DONE",
    "reportDocumentId": "d",
    "createdTime": "2026-11-20T10:00:00+00:00",
    "processingEndTime": "2026-11-20T10:05:00Z",
}
WHERE = {"reportDocumentId": "d", "url": URL}


async def ask(wire: Wire, *answers: httpx.Response | Any, create: bool = False) -> AccountStatusReading:
    """The reading after ``answers`` (objects are good answers)."""
    wire.amazon.api.extend(each if isinstance(each, httpx.Response) else json_response(each) for each in answers)
    reading = await wire.clock.finish(
        newest_account_status(
            wire.client,
            NORTHWIND,
            create=create,
            marketplaces=("ATVPDKIKX0DER",),
            sleep=wire.clock.sleep,
            clock=wire.clock,
        )
    )
    await wire.client.aclose()
    assert (reading.statuses is None) == bool(reading.problem)
    assert "CANARY" not in repr(reading)
    assert "CANARY" not in reading.problem
    return reading


def store(body: bytes, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(
        status, content=body, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


@pytest.mark.parametrize(
    "document",
    [
        store(DOCUMENT),
        store(gzip.compress(DOCUMENT)),
        store(b"\xef\xbb\xbf" + DOCUMENT),
        store(gzip.compress(b"\xef\xbb\xbf" + DOCUMENT), content_type="application/x-gzip"),
        store(gzip.compress(DOCUMENT), content_encoding="gzip"),  # the wire unzips this one
        store(gzip.compress(gzip.compress(DOCUMENT)), content_encoding="gzip"),
    ],
    ids=["plain", "zipped", "mark", "zipped mark", "zipped by the store", "zipped twice"],
)
async def test_the_document_in_every_wrapping(document: httpx.Response) -> None:
    wire = Wire()
    reading = await ask(wire, {"reports": [DONE]}, WHERE, document)
    assert reading.statuses == STATUSES
    assert reading.as_of is not None
    assert reading.as_of.isoformat() == "2026-11-20T10:05:00+00:00"
    assert [call.stage.value for call in reading.calls] == ["api", "api", "document"]
    listing, where, document_request = wire.amazon.calls
    assert dict(listing.url.params) == {
        "reportTypes": "GET_V2_SELLER_PERFORMANCE_REPORT", "processingStatuses": "DONE,IN_PROGRESS,IN_QUEUE",
        "pageSize": "100",
    }  # fmt: skip
    assert where.url.path == "/reports/2021-06-30/documents/d"
    assert str(document_request.url) == URL
    assert "x-amz-access-token" not in document_request.headers


async def test_the_newest_of_several_that_has_a_document() -> None:
    older = {**DONE, "reportDocumentId": "older", "createdTime": "2026-10-01T00:00:00+00:00"}
    without = {**DONE, "createdTime": "2026-11-22T00:00:00+00:00", "reportDocumentId": None}
    wire = Wire()
    await ask(wire, {"reports": [older, without, "x", DONE, {}]}, WHERE, store(DOCUMENT))
    assert wire.amazon.calls[1].url.path == "/reports/2021-06-30/documents/d"


@pytest.mark.parametrize("listing", [{"reports": []}, {"reports": None}, {"reports": "x"}, {"reports": [{}]}, {}])
async def test_without_a_report_none_is_made_unasked(listing: Any) -> None:
    wire = Wire()
    reading = await ask(wire, listing)
    assert reading.problem == "No performance report has been made for this seller in the last 90 days."
    assert [each.method for each in wire.amazon.calls] == ["GET"]


async def test_a_report_made_on_demand() -> None:
    wire = Wire()
    reading = await ask(
        wire,
        {"reports": []}, json_response({"reportId": "7"}, 202), {"processingStatus": "IN_QUEUE"},
        {"processingStatus": "IN_PROGRESS"}, {**DONE, "reportId": "7"}, WHERE, store(DOCUMENT),
        create=True,
    )  # fmt: skip
    assert reading.statuses == STATUSES
    assert json.loads(wire.amazon.calls[1].content) == {
        "reportType": "GET_V2_SELLER_PERFORMANCE_REPORT",
        "marketplaceIds": ["ATVPDKIKX0DER"],
    }
    assert wire.clock.slept == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ([{"reports": []}, {}], "createReport gave no reportId."),
        ([{"reports": []}, {"reportId": None}], "createReport gave no reportId."),
        ([{"reports": []}, {"reportId": "7"}, {"processingStatus": "CANCELLED"}], "ended CANCELLED"),
        ([{"reports": []}, {"reportId": "7"}, {"processingStatus": "FATAL", "reportDocumentId": "d"}], "ended FATAL"),
        ([{"reports": []}, {"reportId": "7"}, {"processingStatus": "DONE"}], "has no document"),
        ([{"reports": []}, error(400, "InvalidInput", "no")], "createReport: 400 InvalidInput: no"),
        ([{"reports": []}, error(503, "ServiceUnavailable")], "createReport: 503 ServiceUnavailable"),
        ([error(403, "Unauthorized", "denied")], "getReports: 403 Unauthorized: denied"),
        (["text"], "getReports: the answer is not the object"),
        ([{"reports": [DONE]}, error(404, "NotFound", "gone")], "getReportDocument: 404 NotFound: gone"),
        ([{"reports": [DONE]}, {}], "could not be fetched"),
        ([{"reports": [DONE]}, {"url": 7}], "could not be fetched"),
        ([{"reports": [DONE]}, {"url": "https://["}], "could not be fetched"),
        ([{"reports": [DONE]}, {"url": "http://evil.example/doc"}], "could not be fetched"),
        ([{"reports": [DONE]}, WHERE, store(b"", 200)], "could not be fetched"),
        ([{"reports": [DONE]}, WHERE,
          store(b"<?xml?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>", 403)],
         "could not be fetched: 403 AccessDenied: Request has expired"),
        ([{"reports": [DONE]}, WHERE, store(b"Date range exceeded.")], "could not be read"),
        ([{"reports": [DONE]}, WHERE, store(gzip.compress(DOCUMENT, mtime=0)[:40])], "could not be read"),
        ([{"reports": [DONE]}, WHERE, store(gzip.compress(DOCUMENT, mtime=0) + b"trailing")], "could not be read"),
        ([{"reports": [DONE]}, WHERE, store(b"[" * 100_000)], "could not be read"),
        ([{"reports": [DONE]}, WHERE, store(b'{"dataRange": []}')], "holds neither accountStatuses nor"),
        ([{"reports": [DONE]}, WHERE, store(b"[]")], "holds neither accountStatuses nor"),
    ],
)  # fmt: skip
async def test_what_goes_wrong_is_told(answers: list[Any], problem: str) -> None:
    reading = await ask(Wire(), *answers, create=True)
    assert reading.statuses is None
    assert problem in reading.problem
    assert reading.calls
