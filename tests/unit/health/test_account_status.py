"""The newest performance report: found, created only when allowed, fetched, read."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.health.account_status import (
    AccountStatus,
    AccountStatusReading,
    newest_account_status,
)
from sptui.spapi.answers import BodyKind, read_answer
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call, SentRequest, Stage
from sptui.spapi.regions import Region
from sptui.spapi.requests import ApiRequest

WHO = Authorization("Seller", "A1", Region.NA, "app")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
STATUSES = {"accountStatuses": [{"marketplaceId": "ATVPDKIKX0DER", "status": "DEACTIVATED"}]}
DOCUMENT = msgspec.json.encode(STATUSES)


def call(status: int, body: bytes, stage: Stage = Stage.API) -> Call:
    answer = read_answer(status, {}, body)
    if stage is Stage.DOCUMENT and status == 200:
        answer = msgspec.structs.replace(answer, kind=BodyKind.BINARY)
    return Call(stage, "", "/", WHO, SentRequest("GET", "", {}), answer, None, NOW, 1.0)


class Amazon:
    """Answers by operation; an operation's answers come one after the other, the last one for ever."""

    def __init__(self, **answers: list[tuple[int, Any]]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.document: tuple[int, bytes] = (200, DOCUMENT)

    async def send(self, request: ApiRequest, authorization: Authorization, *, retry: bool = True) -> Call:
        name = request.operation.name
        self.asked.append(name)
        answers = self.answers[name]
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        return call(status, msgspec.json.encode(body))

    async def download(self, url: str, authorization: Authorization) -> tuple[Call, bytes]:
        self.asked.append(url)
        status, body = self.document
        return call(status, body, Stage.DOCUMENT), body


def report(status: str = "DONE", created: str = "2026-11-20T10:00:00Z", document: str = "doc") -> dict[str, Any]:
    return {"reportId": "1", "processingStatus": status, "createdTime": created, "reportDocumentId": document}


WHERE = {"getReportDocument": [(200, {"reportDocumentId": "doc", "url": "https://example.invalid/doc"})]}


async def ask(amazon: Amazon, *, create: bool = False) -> tuple[AccountStatusReading, list[float]]:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    reading = await newest_account_status(amazon, WHO, create=create, marketplaces=("ATVPDKIKX0DER",), sleep=sleep)
    return reading, slept


async def test_reads_the_newest_report_that_there_is() -> None:
    older, newer = report(created="2026-11-01T00:00:00Z", document="old"), report()
    amazon = Amazon(getReports=[(200, {"reports": [older, newer]})], **WHERE)
    reading, _ = await ask(amazon)
    assert reading.statuses == (AccountStatus("ATVPDKIKX0DER", "DEACTIVATED"),)
    assert reading.as_of == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert amazon.asked == ["getReports", "getReportDocument", "https://example.invalid/doc"]
    assert len(reading.calls) == 3


async def test_creates_none_without_a_yes() -> None:
    amazon = Amazon(getReports=[(200, {"reports": []})])
    reading, _ = await ask(amazon)
    assert reading.statuses is None
    assert "No performance report" in reading.problem
    assert amazon.asked == ["getReports"]


async def test_with_a_yes_one_is_created_and_waited_for() -> None:
    amazon = Amazon(
        getReports=[(200, {"reports": []})],
        createReport=[(202, {"reportId": "1"})],
        getReport=[(200, report("IN_QUEUE")), (200, report("IN_PROGRESS")), (200, report())],
        **WHERE,
    )
    reading, slept = await ask(amazon, create=True)
    assert reading.statuses == (AccountStatus("ATVPDKIKX0DER", "DEACTIVATED"),)
    assert amazon.asked.count("getReport") == 3
    assert slept == sorted(slept)


@pytest.mark.parametrize("ending", ["CANCELLED", "FATAL"])
async def test_a_report_that_ends_badly_is_told(ending: str) -> None:
    amazon = Amazon(
        getReports=[(200, {"reports": []})], createReport=[(202, {"reportId": "1"})], getReport=[(200, report(ending))]
    )
    reading, _ = await ask(amazon, create=True)
    assert reading.statuses is None
    assert ending in reading.problem


async def test_a_report_that_never_ends_is_not_waited_for_for_ever() -> None:
    amazon = Amazon(
        getReports=[(200, {"reports": []})],
        createReport=[(202, {"reportId": "1"})],
        getReport=[(200, report("IN_PROGRESS"))],
    )
    reading, slept = await ask(amazon, create=True)
    assert "not finished yet" in reading.problem
    assert sum(slept) < 600


async def test_refusals_on_the_way_are_told_with_their_operation() -> None:
    denied = (403, {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied."}]})
    reading, _ = await ask(Amazon(getReports=[denied]))
    assert reading.problem.startswith("getReports: 403 Unauthorized")
    amazon = Amazon(getReports=[(200, {"reports": [report()]})], **WHERE)
    amazon.document = (403, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
    reading, _ = await ask(amazon)
    assert "Request has expired" in reading.problem


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        gzip.compress(DOCUMENT, mtime=0)[:-9],
        b"\x1f\x8bnonsense",
    ],
)
async def test_a_document_that_is_no_report_is_told(document: bytes) -> None:
    amazon = Amazon(getReports=[(200, {"reports": [report()]})], **WHERE)
    amazon.document = (200, document)
    reading, _ = await ask(amazon)
    assert reading.statuses is None
    assert reading.problem


@given(st.binary(max_size=200) | st.binary(max_size=100).map(gzip.compress))
async def test_any_bytes_are_read_or_told(document: bytes) -> None:
    amazon = Amazon(getReports=[(200, {"reports": [report()]})], **WHERE)
    amazon.document = (200, document)
    reading, _ = await ask(amazon)
    assert (reading.statuses is None) == bool(reading.problem)
