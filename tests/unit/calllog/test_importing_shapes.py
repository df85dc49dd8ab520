"""The shapes that logs come in: each read into the same calls, by both stores and by the one reader."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.importing import json_values
from sptui.calllog.importing.values import Unreadable
from sptui.spapi.calls import CallRecord, Stage

from .importing_kit import STORES, import_file, opened, records_in, stored

pytest.importorskip("duckdb")
both = pytest.mark.parametrize("kind", STORES)


def call(number: int = 0, **changes: Any) -> dict[str, Any]:
    fields = {
        "ts": f"2026-11-01T00:00:{number:02d}Z",
        "method": "GET",
        "url": f"https://sellingpartnerapi-eu.amazon.com/listings/2021-08-01/items/A1DEMO0SELLER1/SKU-{number}?x=1",
        "status": 403,
        "errors": [{"code": "Unauthorized", "message": f"line 1\nline 2, {{[{number}]}}", "details": "d"}],
    }
    return fields | changes


CALLS = [call(each) for each in range(5)]
SHAPES: dict[str, Callable[[list[dict[str, Any]]], str]] = {
    "one object a line": lambda calls: "\n".join(map(json.dumps, calls)) + "\n",
    "an array on one line": json.dumps,
    "an array over many lines": lambda calls: json.dumps(calls, indent=2),
    "an array with an object a line": lambda calls: "[\n" + ",\n".join(map(json.dumps, calls)) + "\n]\n",
    "objects over many lines": lambda calls: "\n".join(json.dumps(each, indent=4) for each in calls),
    "objects without line breaks": lambda calls: "".join(map(json.dumps, calls)),
    "several arrays": lambda calls: json.dumps(calls[:2]) + "\n" + json.dumps(calls[2:], indent=1),
    "after a prefix": lambda calls: "".join(
        f"2026-11-01 00:00:{number:02d},000 INFO spapi [worker-1] "
        f"{json.dumps({name: value for name, value in each.items() if name != 'ts'})}\n"
        for number, each in enumerate(calls)
    ),
    "Windows lines": lambda calls: "\ufeff" + "\r\n".join(map(json.dumps, calls)) + "\r\n",
}


def read(text: str | bytes) -> list[CallRecord | Unreadable]:
    return list(records_in(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def calls_in(text: str | bytes) -> list[CallRecord]:
    return [each for each in read(text) if isinstance(each, CallRecord)]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_of_json_gives_the_same_calls_everywhere(shape: str, tmp_path: Path) -> None:
    expected = calls_in(SHAPES["one object a line"](CALLS))
    assert [(each.operation, each.seller_id, each.region, each.code) for each in expected] == [
        ("listingsItems-2021-08-01.getListingsItem", "A1DEMO0SELLER1", "EU", "Unauthorized")
    ] * 5
    text = SHAPES[shape](CALLS)
    assert read(text) == expected
    (tmp_path / "log.json").write_text(text, encoding="utf-8", newline="")
    for kind in STORES:
        for size in (300, 1 << 20):
            folder = tmp_path / f"{kind}{size}"
            report = import_file(kind, folder, tmp_path / "log.json", block_bytes=size)
            assert (report.new, report.known, report.aside) == (5, 0, 0)
            assert [row[0] for row in stored(kind, folder)] == [f"2026-11-01T00:00:0{each}+00:00" for each in range(5)]
    assert stored("parquet", tmp_path / "parquet300") == stored("sqlite", tmp_path / "sqlite300")


@both
@pytest.mark.parametrize("shape", [each for each in SHAPES if each not in ("after a prefix", "one object a line")])
def test_an_object_that_is_broken_is_kept_aside_with_its_line(kind: str, shape: str, tmp_path: Path) -> None:
    text = SHAPES[shape](CALLS).replace("SKU-2", 'SKU-2" oops "')
    (tmp_path / "log.json").write_text(text, encoding="utf-8", newline="")
    with opened(kind, tmp_path) as (importer, ledger):
        report = importer.run(str(tmp_path / "log.json"))
        ((_, aside),) = ledger.unreadable()
    assert (report.new, report.aside) == (4, 1)
    assert aside.reason.startswith("no JSON")
    start = text.replace("\r\n", "\n").index('"ts": "2026-11-01T00:00:02Z"')
    line_of_brace = text.replace("\r\n", "\n").rindex("{", 0, start)
    assert aside.line == 1 + text.replace("\r\n", "\n").count("\n", 0, line_of_brace)


def test_lines_without_an_object_are_passed_over_in_an_application_log(tmp_path: Path) -> None:
    log = (
        "2026-11-01 10:00:00,123 INFO starting {x}\n"
        '2026-11-01 10:00:01,500 INFO spapi {"method":"GET","path":"/orders/v0/orders","status":200}\n'
        "Traceback (most recent call last):\n"
        '2026/11/01 10:00:02 spapi {"method":"GET","path":"/orders/v0/orders","status":429, oops}\n'
        '[03/Nov/2026:10:00:03 +0100] spapi {"path":"/orders/v0/orders","status":500}\n'
    )
    (tmp_path / "app.log").write_text(log, encoding="utf-8")
    report = import_file("parquet", tmp_path, tmp_path / "app.log")
    assert (report.new, report.aside, report.passed) == (2, 1, 2)
    assert [row[0] for row in stored("parquet", tmp_path)] == [
        "2026-11-01T10:00:01.500000+00:00", "2026-11-03T09:00:03+00:00",
    ]  # fmt: skip


def test_an_answer_that_is_logged_whole_gives_its_error(tmp_path: Path) -> None:
    body = {"errors": [{"code": "QuotaExceeded", "message": "You exceeded your quota", "details": ""}]}
    lines = [
        {"time": 1762000000, "path": "/orders/v0/orders", "status": 429, "response_body": json.dumps(body)},
        {"time": 1762000001, "path": "/orders/v0/orders", "status": 200, "response_body": '{"buyer": "canary"}'},
        {"time": 1762000002, "path": "/orders/v0/orders", "status": 503, "response_body": "<html>canary</html>"},
        {"time": 1762000003, "path": "/orders/v0/orders", "status": 400, "response_body": body},
    ]
    (tmp_path / "log.jsonl").write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in lines))
    for kind in STORES:
        assert import_file(kind, tmp_path / kind, tmp_path / "log.jsonl").new == 4
        rows = stored(kind, tmp_path / kind)
        assert [row[4:7] for row in rows] == [
            (429, "QuotaExceeded", "You exceeded your quota"), (200, "", ""), (503, "", ""),
            (400, "QuotaExceeded", "You exceeded your quota"),
        ]  # fmt: skip
        assert "canary" not in repr(rows)


def test_a_line_with_names_of_its_own_is_read_by_them(tmp_path: Path) -> None:
    lines = [
        {"ts": "2026-11-01T00:00:00Z", "path": "/orders/v0/orders", "status": 200},
        {"time": "2026-11-01T00:00:01Z", "http": {"url": "/orders/v0/orders", "status_code": 500},
         "spapi": {"seller_id": "A1DEMO0SELLER1"}},
    ]  # fmt: skip
    (tmp_path / "log.jsonl").write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in lines))
    for kind in STORES:
        import_file(kind, tmp_path / kind, tmp_path / "log.jsonl")
        assert [(row[4], row[8]) for row in stored(kind, tmp_path / kind)] == [(200, ""), (500, "A1DEMO0SELLER1")]


ACCESS_LINES = {
    "common": (
        '1.2.3.4 - - [01/Nov/2026:00:00:01 +0000] "GET /orders/v0/orders HTTP/1.1" 200 512',
        ("orders-v0.getOrders", 200, "", 0.0),
    ),
    "combined with a virtual host": (
        'h:443 ::1 - b [01/Nov/2026:00:00:01 +0000] "GET /eu/orders/v0/orders?SellerId=A1DEMO0SELLER1 HTTP/2.0" 429 5',
        ("orders-v0.getOrders", 429, "A1DEMO0SELLER1", 0.0),
    ),
    "nginx with named times of the upstream": (
        (
            '::1 - - [01/Nov/2026:01:00:01 +0100] "PUT /sandbox/listings/2021-08-01/items/A1DEMO0SELLER1/S H" 502 7'
            ' "-" "python-requests/2.31" "10.0.0.1" rt=1.250 uct="0.001" uht="1.249" urt="1.249"'
        ),
        ("listingsItems-2021-08-01.putListingsItem", 502, "A1DEMO0SELLER1", 1250.0),
    ),
    "nginx with bare times": (
        '1.2.3.4 - - [01/Nov/2026:00:00:01 +0000] "POST /feeds/2021-06-30/feeds HTTP/1.1" 202 9 "-" "a" 0.250 0.2 .',
        ("feeds-2021-06-30.createFeed", 202, "", 250.0),
    ),
    "load balancer": (
        (
            "h2 2026-11-01T00:00:01.5Z app/lb/1 203.0.113.7:5 10.0.0.1:80 0.001 0.250 0.000 502 - 34 366"
            ' "GET https://x.example:443/orders/v0/orders/902-1234567-1234567 HTTP/2.0" "agent" - -'
        ),
        ("orders-v0.getOrder", 502, "", 250.0),
    ),
}


@pytest.mark.parametrize("name", ACCESS_LINES)
def test_access_logs_as_servers_write_them(name: str) -> None:
    text, expected = ACCESS_LINES[name]
    (found,) = calls_in(text + "\n")
    assert (found.operation, found.status, found.seller_id, found.milliseconds) == expected
    assert f"{found.time:%Y-%m-%d %H:%M:%S}" == "2026-11-01 00:00:01"
    assert "902-1234567" not in found.raw_path


def test_an_api_gateway_log_in_json() -> None:
    line = {
        "requestId": "c6af9ac6", "ip": "203.0.113.7", "requestTime": "09/Apr/2026:12:34:56 +0200", "httpMethod": "GET",
        "resourcePath": "/orders/v0/orders", "status": "429", "protocol": "HTTP/1.1", "responseLatency": "31",
    }  # fmt: skip
    (found,) = calls_in(json.dumps(line) + "\n")
    assert (found.time.isoformat(), found.operation, found.status, found.request_id, found.milliseconds) == (
        "2026-04-09T10:34:56+00:00", "orders-v0.getOrders", 429, "c6af9ac6", 31.0,
    )  # fmt: skip


@both
def test_cloudfront(kind: str, tmp_path: Path) -> None:
    names = (
        "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs-uri-query"
        " x-edge-request-id time-taken"
    )
    row = (
        "2026-11-01\t10:00:00\tFRA50\t10\t203.0.113.7\tGET\tx\t/orders/v0/orders\t503\t-\tMarketplaceIds=A1PA6795UKMFR9"
    )
    (tmp_path / "log.gz").write_text(f"#Version: 1.0\n#Fields: {names}\n{row}\tabc\t0.123\nshort\n", encoding="utf-8")
    (tmp_path / "log.gz").rename(tmp_path / "cf.log")
    report = import_file(kind, tmp_path, tmp_path / "cf.log")
    assert (report.shape.kind, report.new, report.aside) == ("w3c log", 1, 1)
    (found,) = stored(kind, tmp_path)
    assert (found[3], found[4], found[11], found[12], found[13]) == (
        "orders-v0.getOrders", 503, "A1PA6795UKMFR9", "abc", 123.0,
    )  # fmt: skip


def test_the_token_request_is_told_apart() -> None:
    (found,) = calls_in('{"ts":1762000000,"method":"POST","url":"https://api.amazon.com/auth/o2/token","status":400}\n')
    assert (found.stage, found.path, found.operation) == (Stage.LWA, "/auth/o2/token", "")


def test_what_is_no_log_is_an_error_before_the_first_call() -> None:
    with pytest.raises(CallLogError, match="no log that can be read"):
        next(records_in(io.BytesIO(b"hello\n")))
    with pytest.raises(CallLogError, match="UTF-16"):
        next(records_in(io.BytesIO("time,path\n".encode("utf-16"))))
    assert read(b"\xef\xbb\xbf\n") == []


def test_a_mapping_by_hand_goes_before_the_guess() -> None:
    line = b'{"ts":"2026-11-01T00:00:00Z","at":"2026-11-02T00:00:00Z","path":"/orders/v0/orders"}\n'
    (found,) = records_in(io.BytesIO(line), mapping=("time=at",))
    assert isinstance(found, CallRecord)
    assert found.time.day == 2


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), min_size=1, max_size=6)


@given(OBJECTS, st.sampled_from([None, 0, 2]), st.booleans(), st.integers(1, 40), st.booleans())
def test_any_objects_are_cut_apart_wherever_the_pieces_end(
    objects: list[dict[str, Any]], indent: int | None, array: bool, size: int, plain: bool
) -> None:
    text = json.dumps(objects, indent=indent, ensure_ascii=plain) if array else "\n".join(
        json.dumps(each, indent=indent, ensure_ascii=plain) for each in objects
    )  # fmt: skip
    data = text.encode(errors="replace")
    found, rest = [], b""
    for start in range(0, len(data), size):
        rest += data[start : start + size]
        cut = json_values.objects_in(rest, 2 if array and indent else 0, at_end=start + size >= len(data))
        assert not cut.aside
        found += [json.loads(line) for line in cut.data.splitlines() if line]
        rest = rest[cut.end :]
    assert found == json.loads(json.dumps(objects).encode(errors="replace"))


@given(
    st.binary(max_size=300), st.booleans(), st.sampled_from([b"[{", b"{\n", b"x {", b"#Fields: date time\n", b"a,b\n"])
)
def test_any_bytes_end_in_order(data: bytes, last: bool, begin: bytes) -> None:
    found = json_values.objects_in(data, 0, at_end=last)
    assert 0 <= found.end <= len(data)
    assert all(line.startswith(b"{") for line in found.data.splitlines())
    with suppress(CallLogError):
        read(begin + data)
