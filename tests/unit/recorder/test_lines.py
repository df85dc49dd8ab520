"""What stands in a line: the fields that the import knows, and never a secret, a body or a buyer."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sptui.calllog.importing.fields import FIELDS, guess, names_in
from sptui.calllog.importing.lines import read_json_line
from sptui.calllog.importing.record import record_of
from sptui.calllog.importing.values import Values
from sptui.calllog.paths import PathMatcher
from sptui.recorder import Recorder
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.requests import RequestContext, build_request, minimal_values

from .recorder_kit import DENIED, HEADERS, NA, TOKEN, US, lines, one

LONG = json.dumps(
    {"errors": [{"code": "x", "message": 'a "b" €', "details": "d"}], "issues": ["y" * 99_999]}
).encode()  # fmt: skip


def test_the_fields_of_a_failing_call(made: Callable[..., Recorder], file: Path) -> None:
    recorder = made(application="amzn1.sp.solution.x", deploy="2026-11-23.4")
    before = datetime.now(UTC)
    with recorder.call(seller_id="A1SELLER", attempt=2):
        line = one(
            recorder,
            file,
            (403, HEADERS, json.dumps(DENIED).encode()),
            headers={"X-Amz-Access-Token": TOKEN, "User-Agent": "Mine/1.0 (Language=Python)"},
        )
    time, received = (datetime.fromisoformat(line.pop(name)) for name in ("time", "received"))
    assert before - timedelta(milliseconds=1) <= time <= received <= datetime.now(UTC)
    assert 0 <= line.pop("ms") < 60_000
    assert line == {
        "stage": "api",
        "method": "GET",
        "host": "sellingpartnerapi-na.amazon.com",
        "region": "NA",
        "path": "/orders/v0/orders",
        "status": 403,
        "code": "Unauthorized",
        "message": "Access to requested resource is denied.",
        "details": "",
        "error_type": "AccessDeniedException",
        "seller_id": "A1SELLER",
        "marketplaces": [US],
        "request_id": "6f1c",
        "rate_limit": 0.5,
        "application": "amzn1.sp.solution.x",
        "token": "Atza|",
        "attempt": 2,
        "user_agent": "Mine/1.0 (Language=Python)",
        "deploy": "2026-11-23.4",
        "body_kind": "json",
    }


def test_the_import_guesses_every_field_from_the_barest_line(recorder: Recorder, file: Path) -> None:
    line = one(recorder, file, (200, {}, b"{}"))
    mapped = guess(names_in(line))
    assert set(FIELDS) - set(mapped.columns) == {"operation"}  # found by the path
    values = read_json_line(msgspec.json.encode(line), mapped)
    assert isinstance(values, Values)
    record = record_of(values, PathMatcher())
    assert isinstance(record, CallRecord)
    assert (record.operation, record.region, record.marketplaces) == ("orders-v0.getOrders", "NA", (US,))


def test_every_operations_path_is_found_again(made: Callable[..., Recorder], file: Path) -> None:
    recorder, matcher, wanted = made(limit=10_000), PathMatcher(), []
    context = RequestContext(US, "A1SELLER0000", datetime.now(UTC))
    for operation in load_catalogue():
        url = f"{NA}{build_request(operation, minimal_values(operation, context)).path}"
        wanted.append(matcher.match(operation.method, url).operation)
        recorder.write(method=operation.method, url=url, status=200)
    assert recorder.flush()
    assert [matcher.match(line["method"], line["path"]).operation for line in lines(file)] == wanted
    assert len(set(wanted)) > 300


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        (json.dumps(DENIED).encode(), "json", ("Unauthorized", "Access to requested resource is denied.", "")),
        (b'\xef\xbb\xbf[{"code": "c", "message": "m"}]', "json", ("c", "m", "")),
        (b'{"errors": {"code": 400, "message": "m", "details": ["a"]}}', "json", ("400", "m", '["a"]')),
        (b'{"errors": [7, {"message": "m"}]}', "json", ("", "m", "")),
        (b'{"error": "invalid_grant", "error_description": "d"}', "json", ("invalid_grant", "d", "")),
        (b"<?xml?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>", "xml",
         ("AccessDenied", "Request has expired", "")),
        (b"<html><body>Website Temporarily Unavailable jane@example.org", "html", ("", "", "")),
        (b"jane@example.org", "text", ("", "", "")),
        (b"", "empty", ("", "", "")),
        (b'{"errors": [{"code": "x", "message": "m\\u0022', "broken json", ("x", "", "")),
        (LONG, "broken json", ("x", 'a "b" \u20ac', "d")),
        (b"[" * 50_000, "broken json", ("", "", "")),
        (b"\x1f\x8b\x00", "binary", ("", "", "")),
        (b"9", "text", ("", "", "")),
    ],
    ids=[
        "errors", "bare array", "object", "odd entries", "lwa", "s3", "html", "text", "empty", "cut", "long", "deep",
        "bytes", "number",
    ],
)  # fmt: skip
def test_of_a_failures_body_code_message_and_details(
    recorder: Recorder, file: Path, body: bytes, kind: str, told: tuple[str, str, str]
) -> None:
    line = one(recorder, file, (400, {}, body))
    assert (line["code"], line["message"], line["details"]) == told
    assert line["body_kind"] == kind
    assert "jane" not in file.read_text()


def test_a_compressed_failure_is_read(recorder: Recorder, file: Path) -> None:
    line = one(recorder, file, (403, {"Content-Encoding": "gzip"}, gzip.compress(json.dumps(DENIED).encode())))
    assert line["code"] == "Unauthorized"


@pytest.mark.parametrize(
    ("status", "body", "kind"), [(200, b"", "empty"), (200, b"<html>", "html"), (200, b"{}", None), (204, b"", None)]
)
def test_a_success_whose_body_is_no_answer_is_noted(
    recorder: Recorder, file: Path, status: int, body: bytes, kind: str | None
) -> None:
    line = one(recorder, file, (status, {}, body))
    assert (line.get("body_kind"), line["code"], line["message"]) == (kind, "", "")


@pytest.mark.parametrize(
    ("url", "stage", "region", "sandbox", "path"),
    [
        (f"{NA}/sellers/v1/account", "api", "NA", False, "/sellers/v1/account"),
        ("https://sandbox.sellingpartnerapi-eu.amazon.com:443/a?b#c", "api", "EU", True, "/a"),
        ("https://SellingPartnerAPI-FE.amazon.com", "api", "FE", False, "/"),
        ("https://api.amazon.com/auth/o2/token?refresh_token=CANARY", "lwa", "", False, "/auth/o2/token"),
        ("https://tortuga-prod-na.s3-external-1.amazonaws.com/CANARY?X-Amz-Signature=a", "document", "", False, "/"),
        ("http://127.0.0.1:8080/sandbox/na/a/b", "api", "NA", True, "/a/b"),
        ("http://localhost/eu/a", "api", "EU", False, "/a"),
        ("http://[::1]:1/auth/o2/token", "lwa", "", False, "/auth/o2/token"),
        ("http://127.0.0.1:8080/documents/CANARY?X-Amz-Signature=CANARY", "document", "", False, "/"),
        ("http://127.0.0.1:8080/native/a", "api", "", False, "/native/a"),
    ],
)  # fmt: skip
def test_stage_region_and_path_by_the_address(
    recorder: Recorder, file: Path, url: str, stage: str, region: str, sandbox: bool, path: str
) -> None:
    line = one(recorder, file, (200, {}, b"{}"), url=url)
    assert (line["stage"], line["region"], line.get("sandbox", False), line["path"]) == (stage, region, sandbox, path)
    assert "CANARY" not in file.read_text()


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/orders/v0/orders",
        "https://sellingpartnerapi-na.amazon.com.evil.example/a",
        "https://sellingpartnerapi-na.amazon.com@example.com/a",
        "https://api.amazon.com/user/profile?access_token=x",
        "https://mybucket.s3.amazonaws.com/a?X-Amz-Signature=x",
        "http://127.0.0.1/a",
        "//sellingpartnerapi-na.amazon.com/a",
        "",
    ],
)
def test_other_hosts_are_passed_over(made: Callable[..., Recorder], url: str) -> None:
    assert made(loopback=False).begin("GET", url) is None


def test_a_proxys_host_on_request(made: Callable[..., Recorder]) -> None:
    assert made(hosts=("Gateway.Example",)).begin("GET", "https://gateway.example/na/orders/v0/orders") is not None


@pytest.mark.parametrize(
    ("url", "body", "found"),
    [
        ("/a?marketplaceIds=A1,B2&x=1", None, ["A1", "B2"]),
        ("/a?MarketplaceId=A1&MarketplaceId=A1", None, ["A1"]),
        ("/a?marketplaceIds=A1%2CB2", None, ["A1", "B2"]),
        ("/a?marketplaceIds%5B0%5D=A1", None, ["A1"]),
        ("/a", b'{"reportType": "X", "marketplaceIds": ["A1", "B2"]}', ["A1", "B2"]),
        ("/a", '{"requests": [{"MarketplaceId": "A1"}, {"MarketplaceId": "B2"}]}', ["A1", "B2"]),
        ("/a", b" " * 9_000 + b'{"marketplaceIds": ["A1"]}' + b" " * 90_000, ["A1"]),
        ("/a?marketplaceIds=C3", b'{"marketplaceIds": ["A1"]}', ["C3"]),
        ("/a", iter([b"a stream"]), []),
        ("/a?marketplaceIds=jane%40example.org", None, []),
    ],
)
def test_marketplaces_of_query_and_body(recorder: Recorder, file: Path, url: str, body: Any, found: list[str]) -> None:
    assert one(recorder, file, (200, {}, b"{}"), url=NA + url, body=body)["marketplaces"] == found


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("/orders/v0/orders/123-1234567-1234567/address", "/orders/v0/orders/{order}/address"),
        ("/fba/outbound/2020-07-01/fulfillmentOrders/Jane%20Doe/cancel",
         "/fba/outbound/2020-07-01/fulfillmentOrders/{order}/cancel"),
        ("/fba/outbound/2020-07-01/fulfillmentOrders/preview", "/fba/outbound/2020-07-01/fulfillmentOrders/preview"),
        ("/a/jane.doe%40example.org/b", "/a/{email}/b"),
        ("/a/Atza%7CCANARY", "/a/Atza%7C•••"),
        ("/listings/2021-08-01/items/A1SELLER0000/SKU-1", "/listings/2021-08-01/items/A1SELLER0000/SKU-1"),
    ],
)  # fmt: skip
def test_personal_ids_in_a_path_are_masked(recorder: Recorder, file: Path, raw: str, kept: str) -> None:
    line = one(recorder, file, (200, {}, b"{}"), url=NA + raw)
    assert line["path"] == kept
    assert line["seller_id"] == ("A1SELLER0000" if "items" in raw else "")


@pytest.mark.parametrize(
    ("token", "kind"),
    [(TOKEN, "Atza|"), ("Atc|x", "Atc|"), ("Atz.sprdt|x", "Atz.sprdt|"), ("Bearer Atza|x", "Bearer Atza|"),
     ('"Atzr|x"', '"Atzr|'), ("CANARY", "unknown"), (None, None)],
)  # fmt: skip
def test_of_a_token_its_kind_alone(recorder: Recorder, file: Path, token: str | None, kind: str | None) -> None:
    headers = {"x-amz-access-token": token} if token else {}
    line = one(recorder, file, (200, {}, b"{}"), headers=headers)
    assert line.get("token") == kind
    assert "CANARY" not in file.read_text()


def test_the_seller_from_a_function_of_the_programs(made: Callable[..., Recorder], file: Path) -> None:
    def seller_of(method: str, url: str, headers: Any) -> str:
        assert (method, "/orders/" in url) == ("GET", True)
        return {TOKEN: "A1SELLER"}[headers["x-amz-access-token"]]

    recorder = made(seller_of=seller_of)
    assert one(recorder, file, (200, {}, b"{}"), headers={"x-amz-access-token": TOKEN})["seller_id"] == "A1SELLER"
    assert one(recorder, file, (200, {}, b"{}"))["seller_id"] == ""  # it raised
    with recorder.call(seller_id="A2"):
        assert one(recorder, file, (200, {}, b"{}"))["seller_id"] == "A2"


def test_what_is_known_around_a_call_holds_inside_alone(recorder: Recorder, file: Path) -> None:
    outer, inner = recorder.call(sellerId="A1", job="nightly"), recorder.call(marketplaces=("M1",))
    with outer, inner, outer:
        assert one(recorder, file, (200, {}, b"{}"), url=NA)["marketplaces"] == ["M1"]
    assert (lines(file)[0]["seller_id"], lines(file)[0]["job"]) == ("A1", "nightly")
    assert one(recorder, file, (200, {}, b"{}"), url=NA)["seller_id"] == ""


def test_one_around_may_be_shared_by_threads(recorder: Recorder, file: Path) -> None:
    around, entered, left = recorder.call(seller_id="A1"), threading.Event(), threading.Event()

    def other() -> None:
        with around:
            entered.set()
            left.wait(30)
        one(recorder, file, (200, {}, b"{}"), url=f"{NA}/outside")

    thread = threading.Thread(target=other)
    with around:
        thread.start()
        entered.wait(30)
    left.set()
    thread.join()
    one(recorder, file, (200, {}, b"{}"), url=f"{NA}/outside")
    assert [each["seller_id"] for each in lines(file)] == ["", ""]


def test_bytes_where_text_is_expected(recorder: Recorder, file: Path) -> None:
    headers = {"x-amz-access-token": TOKEN.encode(), "user-agent": b"Mine/\xff"}
    answer: Any = (403, {"X-Amzn-ErrorType": b"Denied:http://a", "Content-Encoding": b"gzip"}, gzip.compress(b"[]"))
    line = one(recorder, file, answer, url=f"{NA}/a".encode(), method=b"GET", headers=headers)
    assert (line["error_type"], line["body_kind"]) == ("Denied", "json")
    assert (line["path"], line["method"], line["token"], line["user_agent"]) == ("/a", "GET", "Atza|", "Mine/\ufffd")


def test_a_line_by_hand(recorder: Recorder, file: Path) -> None:
    moment = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=timezone(timedelta(hours=1)))
    recorder.write(
        url=f"{NA}/orders/v0/orders/123-1234567-1234567?MarketplaceIds={US}&BuyerEmail=CANARY",
        statusCode="400",
        sentAt=moment,
        errorMessage="buyer jane@example.org of 123-1234567-1234567",
        marketplaceId=US,
        job=7,
        client_secret="CANARY",
        body="CANARY",
        buyer_name="CANARY",
        note=f"{TOKEN} https://x.s3.amazonaws.com/CANARY?X-Amz-Credential=CANARY&a=b",
    )
    assert recorder.flush()
    line = lines(file)[0]
    assert (line["time"], line["status"], line["region"]) == ("2026-11-23T00:02:03.456Z", 400, "NA")
    assert (line["path"], line["marketplaces"]) == ("/orders/v0/orders/{order}", [US])
    assert line["message"] == "buyer ••• of {order}"
    assert (line["job"], line["note"]) == (7, "Atza|••• •••")
    assert "CANARY" not in file.read_text()
