"""What a Call and the log tell of an exchange; every exchange is recorded exactly once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from sptui import __version__
from sptui.spapi.calls import Stage
from sptui.spapi.client import USER_AGENT
from sptui.spapi.redaction import MASK
from sptui.spapi.requests import ApiRequest

from .wire import (
    ACCESS_TOKEN,
    CREATE_REPORT,
    NORTHWIND,
    NORTHWIND_EU,
    PARTICIPATIONS,
    Held,
    Wire,
    error,
    json_response,
    request_of,
)

LISTING = request_of("getListingsItem", sellerId="A1NORTHWIND", sku="50% off/Ä+b", marketplaceIds=["ATVPDKIKX0DER"])


async def test_what_goes_on_the_wire(wire: Wire) -> None:
    await wire.send(LISTING)
    (request,) = wire.amazon.calls
    assert request.method == "GET"
    assert request.url.raw_path == (
        b"/listings/2021-08-01/items/A1NORTHWIND/50%25%20off%2F%C3%84%2Bb?marketplaceIds=ATVPDKIKX0DER"
    )
    assert dict(request.headers) == {
        "host": "sellingpartnerapi-na.amazon.com",
        "x-amz-access-token": f"{ACCESS_TOKEN}#1",
        "x-amz-date": "20261123T120000Z",
        "user-agent": USER_AGENT,
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
    }
    assert request.content == b""


async def test_the_user_agent_is_in_amazons_form() -> None:
    name, _, rest = USER_AGENT.partition(" (")
    assert name == f"sptui/{__version__}"
    assert rest.startswith("Language=Python/3.")
    assert rest.endswith(")")
    assert "; Platform=" in rest
    assert len(USER_AGENT) <= 500


async def test_a_body_goes_out_as_json(wire: Wire) -> None:
    await wire.send(CREATE_REPORT)
    (request,) = wire.amazon.calls
    assert request.headers["content-type"] == "application/json"
    assert request.content == b'{"reportType":"GET_MERCHANT_LISTINGS_ALL_DATA","marketplaceIds":["ATVPDKIKX0DER"]}'
    assert int(request.headers["content-length"]) == len(request.content)


async def test_a_path_of_dots_stays_what_it_is(wire: Wire) -> None:
    await wire.send(request_of("getReport", reportId=".."))
    assert wire.amazon.calls[0].url.raw_path == b"/reports/2021-06-30/reports/%2E%2E"


async def test_the_region_and_the_sandbox_choose_the_host(wire: Wire) -> None:
    await wire.send(PARTICIPATIONS, NORTHWIND_EU)
    await wire.send(PARTICIPATIONS, NORTHWIND_EU, sandbox=True)
    assert [each.url.host for each in wire.amazon.calls] == [
        "sellingpartnerapi-eu.amazon.com",
        "sandbox.sellingpartnerapi-eu.amazon.com",
    ]


async def test_what_a_call_and_its_record_tell(wire: Wire) -> None:
    refusal = error(
        400, "InvalidInput", "Invalid request parameters", "", x_amzn_RequestId="rid-1", x_amzn_RateLimit_Limit="0.5"
    )

    async def slow(request: httpx.Request) -> httpx.Response:
        await wire.clock.sleep(0.25)
        return refusal

    wire.amazon.api.append(slow)
    call = await wire.send(CREATE_REPORT)
    assert (call.stage, call.operation, call.path) == (
        Stage.API, "reports-2021-06-30.createReport", "/reports/2021-06-30/reports",
    )  # fmt: skip
    assert call.authorization == NORTHWIND
    assert (call.status, call.ok, call.attempt, call.waited) == (400, False, 1, 0)
    assert call.milliseconds == pytest.approx(250)
    assert call.sent_at == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert call.marketplaces == ("ATVPDKIKX0DER",)
    assert call.summary == "400 InvalidInput: Invalid request parameters"
    assert call.request.method == "POST"
    assert call.request.url == "https://sellingpartnerapi-na.amazon.com/reports/2021-06-30/reports"
    assert call.request.headers["x-amz-access-token"] == f"Atza|{MASK}"
    assert call.request.body == {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": ["ATVPDKIKX0DER"]}

    record = wire.records[-1]
    assert record == call.record()
    assert (record.time, record.method, record.path, record.operation) == (
        call.sent_at, "POST", "/reports/2021-06-30/reports", "reports-2021-06-30.createReport",
    )  # fmt: skip
    assert (record.status, record.code, record.message, record.details) == (
        400, "InvalidInput", "Invalid request parameters", "",
    )  # fmt: skip
    assert (record.seller_id, record.region, record.application) == ("A1NORTHWIND", "NA", NORTHWIND.application)
    assert (record.marketplaces, record.request_id, record.milliseconds) == (("ATVPDKIKX0DER",), "rid-1", 250.0)


async def test_a_path_with_values_is_logged_as_its_template(wire: Wire) -> None:
    await wire.send(LISTING)
    assert wire.records[-1].path == "/listings/2021-08-01/items/{sellerId}/{sku}"


async def test_every_exchange_is_recorded_once(wire: Wire) -> None:
    wire.amazon.lwa.extend([httpx.Response(503), httpx.ReadTimeout("slow")])
    wire.amazon.api.extend([httpx.ConnectError("refused"), error(500)])
    assert (await wire.send(PARTICIPATIONS)).ok
    assert [(record.stage, record.status, record.attempt) for record in wire.records] == [
        ("lwa", 503, 1), ("lwa", 0, 2), ("lwa", 200, 3), ("api", 0, 1), ("api", 500, 2), ("api", 200, 3),
    ]  # fmt: skip
    assert len(wire.amazon.token_requests) + len(wire.amazon.calls) == len(wire.records)


async def test_a_token_request_is_recorded_once_however_many_wait(wire: Wire) -> None:
    await asyncio.gather(*(wire.client.send(PARTICIPATIONS, NORTHWIND) for _ in range(10)))
    assert [record.stage for record in wire.records].count("lwa") == 1
    assert [record.stage for record in wire.records].count("api") == 10
    (lwa,) = (record for record in wire.records if record.stage == "lwa")
    assert (lwa.method, lwa.path, lwa.operation) == ("POST", "/auth/o2/token", "")
    assert (lwa.seller_id, lwa.application) == (NORTHWIND.seller_id, NORTHWIND.application)


async def test_a_call_cancelled_in_flight_is_in_the_log(wire: Wire) -> None:
    held = Held()
    wire.amazon.api.append(held)
    sending = asyncio.create_task(wire.client.send(CREATE_REPORT, NORTHWIND))
    await held.started.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert [(record.stage, record.status, record.code) for record in wire.records] == [
        ("lwa", 200, ""),
        ("api", 0, "cancelled"),
    ]


async def test_without_somebody_who_records_calls_work_too() -> None:
    from sptui.spapi.client import Client

    silent = Wire()
    client = Client(silent.credentials, transport=silent.amazon.transport, clock=silent.clock)
    assert (await client.send(PARTICIPATIONS, NORTHWIND)).ok
    await client.aclose()


@pytest.mark.parametrize(
    ("request_", "what"),
    [
        (ApiRequest(CREATE_REPORT.operation, "/x", body={"a": "\ud800"}), "surrogate"),
        (ApiRequest(CREATE_REPORT.operation, "/x", body={"a": object()}), "object"),
        (ApiRequest(PARTICIPATIONS.operation, "/x", headers={"x-shipping": "Köln →"}), "x-shipping"),
        (ApiRequest(PARTICIPATIONS.operation, "/x", headers={"x-shipping": "a\r\nb: c"}), "x-shipping"),
        (ApiRequest(PARTICIPATIONS.operation, "/x", headers={"x-shipping": " a"}), "x-shipping"),
    ],
)
async def test_what_cannot_be_sent_is_told_and_not_raised(wire: Wire, request_: ApiRequest, what: str) -> None:
    call = await wire.send(request_)
    assert call.failure is not None
    assert call.failure.kind == "other"
    assert what in call.failure.message
    assert not wire.amazon.calls
    assert [record.stage for record in wire.records] == ["lwa"]


async def test_a_body_nested_deeper_than_the_stack_is_told(wire: Wire) -> None:
    deep: list[object] = []
    for _ in range(200_000):
        deep = [deep]
    call = await wire.send(ApiRequest(CREATE_REPORT.operation, "/x", body={"a": deep}))
    assert call.failure is not None
    assert call.failure.kind == "other"


class TestDownloads:
    URL = "https://tortuga-prod-na.s3.amazonaws.com/doc?X-Amz-Signature=CANARYsignature&X-Amz-Expires=300"

    async def test_the_document_comes_without_a_token_and_stays_out_of_the_call(self, wire: Wire) -> None:
        wire.amazon.api.append(httpx.Response(200, content=b"buyer\tdata", headers={"content-type": "text/plain"}))
        call, document = await wire.client.download(self.URL, NORTHWIND)
        (request,) = wire.amazon.calls
        assert str(request.url) == self.URL
        assert "x-amz-access-token" not in request.headers
        assert "authorization" not in request.headers
        assert request.headers["user-agent"] == USER_AGENT
        assert not wire.amazon.token_requests
        assert document == b"buyer\tdata"
        assert (call.stage, call.status, call.ok) == (Stage.DOCUMENT, 200, True)
        assert call.answer is not None
        assert (call.answer.text, call.answer.data) == ("", None)
        assert call.request.url == "https://tortuga-prod-na.s3.amazonaws.com/doc"
        assert wire.records == [call.record()]
        assert wire.records[0].path == "tortuga-prod-na.s3.amazonaws.com"

    async def test_a_refusal_of_the_store_is_told_in_its_words(self, wire: Wire) -> None:
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code>'
            "<Message>Request has expired</Message><X-Amz-Expires>300</X-Amz-Expires></Error>"
        )
        wire.amazon.api.append(httpx.Response(403, text=body, headers={"content-type": "application/xml"}))
        call, _ = await wire.client.download(self.URL, NORTHWIND)
        assert not call.ok
        assert call.summary == "403 AccessDenied: Request has expired"

    async def test_an_empty_document_is_no_document(self, wire: Wire) -> None:
        wire.amazon.api.append(httpx.Response(200))
        call, document = await wire.client.download(self.URL, NORTHWIND)
        assert (call.ok, document) == (False, b"")

    @pytest.mark.parametrize(
        "url",
        ["", "doc", "http://s3.amazonaws.com/doc", "ftp://127.0.0.1/doc", "file:///etc/passwd", "https://", "https://[",
         "https://[::1", "https://host:99999/", "https://host:0/", "http://[", "https:// /", "https://a b/"],
    )  # fmt: skip
    async def test_other_addresses_are_told_and_not_raised(self, url: str) -> None:
        wire = Wire()
        wire.amazon.api.append(httpx.UnsupportedProtocol("Request URL has an unsupported protocol."))
        call, document = await wire.client.download(url, NORTHWIND)
        assert call.failure is not None
        assert call.failure.kind in ("forbidden host", "other")
        assert document == b""
        await wire.client.aclose()


async def test_a_batch_keeps_its_parts(wire: Wire) -> None:
    parts = {"responses": [{"status": {"statusCode": 400}, "body": {"errors": [{"code": "InvalidInput"}]}}]}
    wire.amazon.api.append(json_response(parts))
    call = await wire.send(PARTICIPATIONS)
    assert call.answer is not None
    assert call.answer.data == parts
