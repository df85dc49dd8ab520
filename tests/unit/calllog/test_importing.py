"""Importing logs of other programs: every form, every mishap, and each line once."""

from __future__ import annotations

import bz2
import io
import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.importing import blocks as cutting
from sptui.calllog.importing.access_lines import read_access_line
from sptui.calllog.importing.blocks import blocks
from sptui.calllog.importing.fields import guess, names_in
from sptui.calllog.importing.importer import Importer
from sptui.calllog.importing.lines import read_json_line
from sptui.calllog.importing.record import record_of
from sptui.calllog.importing.shape import JSON_LINES, Shape
from sptui.calllog.importing.sources import files_in
from sptui.calllog.importing.values import Unreadable, Values
from sptui.calllog.paths import PathMatcher

from .importing_kit import STORES, everything_on_disk, import_file, line, lines, opened, packed, stored

pytest.importorskip("duckdb")
both = pytest.mark.parametrize("kind", STORES)


@both
def test_a_line_becomes_a_call_of_the_catalogue(kind: str, tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_bytes(line(3))
    report = import_file(kind, tmp_path, tmp_path / "log.jsonl")
    assert (report.new, report.known, report.aside, report.shape.kind) == (1, 0, 0, "json lines")
    assert stored(kind, tmp_path) == [
        (
            "2026-11-01T00:00:03.003000+00:00", "GET", "/orders/v0/orders/{orderId}/address",
            "orders-v0.getOrderAddress", 403, "Unauthorized", "denied for order 902-0000003-7654321", "",
            "A000000000003", "NA", "", "ATVPDKIKX0DER,A2EUQ1WTGCTBG2", "00000003", 12.5, 1,
        )
    ]  # fmt: skip


@both
def test_the_same_line_counts_once_wherever_it_comes_from(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(200))
    (tmp_path / "b.jsonl").write_bytes(lines(200, start=100) + lines(10))
    (tmp_path / "c.log.gz").write_bytes(packed(lines(300)))
    assert import_file(kind, tmp_path, tmp_path / "a.jsonl").new == 200
    second = import_file(kind, tmp_path, tmp_path / "b.jsonl")
    assert (second.new, second.known) == (100, 110)
    third = import_file(kind, tmp_path, tmp_path / "c.log.gz")
    assert (third.new, third.known) == (0, 300)
    assert len(stored(kind, tmp_path)) == 300


@both
def test_a_file_imported_again_is_read_from_where_it_was_left(kind: str, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(lines(50))
    import_file(kind, tmp_path, log)
    again = import_file(kind, tmp_path, log)
    assert (again.new, again.known) == (0, 0)
    with log.open("ab") as file:
        file.write(lines(5, start=50))
    more = import_file(kind, tmp_path, log)
    assert (more.new, more.known) == (5, 0)


@both
def test_another_file_of_the_same_name_is_read_from_its_start(kind: str, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(lines(50))
    import_file(kind, tmp_path, log)
    log.write_bytes(lines(80, start=100))
    assert import_file(kind, tmp_path, log).new == 80


BAD_LINES = {
    "cut": line(900)[:60] + b"\n",
    "no JSON": b"Traceback (most recent call last):\n",
    "not UTF-8": b'{"ts": "2026-11-01T00:00:00Z", "path": "\xff\xfe"}\n',
    "an array": b"[1, 2]\n",
    "without a time": line(901, ts=None),
    "a time that is none": line(902, ts="yesterday"),
    "without a path": line(903, path=None),
    "a status in words": line(904, status="forbidden"),
    "nested deeply": b'{"a":' * 3000 + b"1" + b"}" * 3000 + b"\n",
}


@both
@pytest.mark.parametrize("name", BAD_LINES)
def test_a_line_that_cannot_be_read_is_kept_aside_and_stops_nothing(kind: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_bytes(lines(20) + BAD_LINES[name] + lines(20, start=20))
    with opened(kind, tmp_path) as (importer, ledger):
        report = importer.run(str(tmp_path / "log.jsonl"))
        aside = ledger.unreadable()
    assert (report.new, report.aside) == (40, 1)
    assert len(aside) == 1
    assert aside[0][1].reason
    assert len(stored(kind, tmp_path)) == 40


@both
def test_a_giant_line_is_dropped_without_holding_it(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "LONGEST_LINE", 10_000)
    monkeypatch.setattr(cutting, "_PIECE", 1000)
    (tmp_path / "log.jsonl").write_bytes(lines(20) + b"x" * 100_000 + b"\n" + lines(20, start=20))
    report = import_file(kind, tmp_path, tmp_path / "log.jsonl", block_bytes=2000)
    assert (report.new, report.aside) == (40, 1)


@both
def test_a_last_line_without_its_end_waits_for_it(kind: str, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    whole = lines(3)
    log.write_bytes(whole[:-30])
    first = import_file(kind, tmp_path, log)
    assert (first.new, first.aside) == (2, 0)
    log.write_bytes(whole)
    second = import_file(kind, tmp_path, log)
    assert (second.new, second.aside) == (1, 0)


@both
def test_cancelled_and_run_again(kind: str, tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_bytes(lines(400))
    with opened(kind, tmp_path, block_bytes=5000) as (importer, _):
        importer._on_progress = lambda report: importer.cancel() if report.new else None
        first = importer.run(str(tmp_path / "log.jsonl"))
    assert first.cancelled
    assert 0 < first.new < 400
    second = import_file(kind, tmp_path, tmp_path / "log.jsonl", block_bytes=5000)
    assert (second.new, second.known) == (400 - first.new, 0)


CSV = (
    "Timestamp;HTTP-Method;Resource_Path;Status Code;status_code;merchant_id;marketplace_id;error_message\n"
    '2026-11-01T00:00:01+01:00;get;/orders/v0/orders?MarketplaceIds=X;x;429;A1;A1PA6795UKMFR9;"too; many"\n'
    "2026-11-01T00:00:02+01:00;get;/orders/v0/orders;x;200;A2;A1PA6795UKMFR9;\n"
    "only;three;columns\n"
)
HAR = {
    "log": {
        "entries": [
            {
                "startedDateTime": "2026-11-01T00:00:01.000Z",
                "time": 31.5,
                "request": {"method": "GET", "url": "https://sellingpartnerapi-eu.amazon.com/orders/v0/orders"},
                "response": {
                    "status": 403,
                    "headers": [{"name": "X-Amzn-RequestId", "value": "abc"}],
                    "content": {"text": '{"errors":[{"code":"Unauthorized","message":"denied","details":"why"}]}'},
                },
            },
            "no entry",
        ]
    }
}
ACCESS = (
    '203.0.113.7 - - [01/Nov/2026:00:00:01 +0000] "GET /orders/v0/orders?MarketplaceIds=ATVPDKIKX0DER%2CA2EUQ1WTGCTBG2'
    ' HTTP/1.1" 200 512 "-" "me" 0.031\n'
    '203.0.113.7 - bob [01/Nov/2026:00:00:02 +0000] "GET /listings/2021-08-01/items/A1DEMO0SELLER1/S HTTP/1.1" 403 5\n'
    "https 2026-11-01T00:00:03.5Z lb 1.2.3.4:5 6.7.8.9:80 0.001 0.250 0.000 503 503 34 366"
    ' "GET https://x.example:443/orders/v0/orders HTTP/1.1" "-" - -\n'
    "what is this\n"
)


@both
def test_csv_with_a_guessed_mapping(kind: str, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(b"\xef\xbb\xbf" + CSV.encode())
    report = import_file(kind, tmp_path, tmp_path / "log.csv")
    assert report.shape.mapped.columns == {
        "time": "Timestamp", "method": "HTTP-Method", "path": "Resource_Path", "status": "status_code",
        "message": "error_message", "seller_id": "merchant_id", "marketplaces": "marketplace_id",
    }  # fmt: skip
    assert (report.new, report.aside) == (2, 1)
    first = stored(kind, tmp_path)[0]
    assert first[:7] == (
        "2026-10-31T23:00:01+00:00", "GET", "/orders/v0/orders", "orders-v0.getOrders", 429, "", "too; many",
    )  # fmt: skip


@both
def test_har(kind: str, tmp_path: Path) -> None:
    (tmp_path / "calls.har").write_bytes(msgspec.json.encode(HAR))
    report = import_file(kind, tmp_path, tmp_path / "calls.har")
    assert (report.new, report.aside, report.shape.kind) == (1, 1, "har")
    (call,) = stored(kind, tmp_path)
    assert call[3:8] == ("orders-v0.getOrders", 403, "Unauthorized", "denied", "why")
    assert call[12:14] == ("abc", 31.5)


@both
def test_access_logs(kind: str, tmp_path: Path) -> None:
    (tmp_path / "access.log.bz2").write_bytes(bz2.compress(ACCESS.encode()))
    report = import_file(kind, tmp_path, tmp_path / "access.log.bz2")
    assert (report.new, report.aside, report.shape.kind) == (3, 1, "access log")
    first, second, third = stored(kind, tmp_path)
    assert (first[3], first[4], first[11], first[13]) == (
        "orders-v0.getOrders", 200, "ATVPDKIKX0DER,A2EUQ1WTGCTBG2", 31.0,
    )  # fmt: skip
    assert (second[3], second[4], second[8]) == ("listingsItems-2021-08-01.getListingsItem", 403, "A1DEMO0SELLER1")
    assert (third[3], third[4], third[13]) == ("orders-v0.getOrders", 503, 250.0)


@both
def test_standard_input(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": Pipe(lines(30))}))
    with opened(kind, tmp_path) as (importer, _):
        assert importer.run("-").new == 30
    assert len(stored(kind, tmp_path)) == 30


def test_a_mapping_by_hand_is_kept_for_the_next_log_with_these_fields(tmp_path: Path) -> None:
    strange = b"".join(
        msgspec.json.encode({"moment": 1762000000 + each, "where": "/orders/v0/orders", "who": f"A{each}"}) + b"\n"
        for each in range(3)
    )
    (tmp_path / "a.log").write_bytes(strange)
    with pytest.raises(CallLogError, match=r"--map time=FIELD"):
        import_file("parquet", tmp_path, tmp_path / "a.log")
    by_hand = ("time=moment", "path=where", "seller_id=who")
    assert import_file("parquet", tmp_path, tmp_path / "a.log", map_by_hand=by_hand).new == 3
    (tmp_path / "b.log").write_bytes(strange.replace(b"A0", b"A9"))
    again = import_file("parquet", tmp_path, tmp_path / "b.log")
    assert again.shape.mapped.columns == {"time": "moment", "path": "where", "seller_id": "who"}
    with pytest.raises(ValueError, match="expected field=column"):
        import_file("parquet", tmp_path, tmp_path / "a.log", map_by_hand=("nonsense",))


def test_nothing_secret_or_personal_is_kept(tmp_path: Path) -> None:
    secrets = {
        "message": "token Atza|canary-one was refused",
        "path": "/orders/v0/orders/902-0000009-7654321/address?email=canary-two@example.org",
        "code": "refresh_token=Atzr|canary-three",
        "body": "canary-four",
        "headers": {"x-amz-access-token": "Atza|canary-five"},
    }
    bad = b'{"access_token": "Atza|canary-six", broken\n'
    (tmp_path / "log.jsonl").write_bytes(lines(2) + line(9, status=400, **secrets) + bad)
    report = import_file("parquet", tmp_path, tmp_path / "log.jsonl")
    assert (report.new, report.aside) == (3, 1)
    (tmp_path / "log.jsonl").unlink()
    on_disk = everything_on_disk(tmp_path)
    assert b"canary" not in on_disk
    from sptui.calllog.duck import Duck

    duck = Duck()
    raw = duck.rows(f"SELECT raw FROM read_parquet('{tmp_path}/imported/calls-*.parquet') WHERE status = 400")
    duck.close()
    assert raw == [("/orders/v0/orders/{order}/address",)]


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"hello\n", b"\x1f\x8b broken"], ids=["binary", "prose", "gzip"])
def test_what_is_no_log_is_said_to_be_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(content)
    with pytest.raises(CallLogError, match="no log that can be read"):
        import_file("parquet", tmp_path, tmp_path / "x.log")


def test_a_broken_archive_gives_what_could_be_read(tmp_path: Path) -> None:
    whole = packed(lines(5000))
    (tmp_path / "x.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    first = import_file("parquet", tmp_path, tmp_path / "x.jsonl.gz")
    assert "cannot be read to its end" in first.problem
    assert 0 < first.new < 5000
    (tmp_path / "x.jsonl.gz").write_bytes(whole)
    second = import_file("parquet", tmp_path, tmp_path / "x.jsonl.gz")
    assert (second.new, second.known, second.aside, second.problem) == (5000 - first.new, 0, 0, "")


def test_folders_and_missing_files(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.log.gz", "c.log.1", "notes.md", ".hidden.log"):
        (tmp_path / name).write_bytes(b"")
    found = [Path(each).name for each in files_in([str(tmp_path)])]
    assert found == ["a.log.gz", "b.jsonl", "c.log.1"]
    with pytest.raises(CallLogError, match="There is no file"):
        files_in([str(tmp_path / "nowhere")])


def test_both_stores_read_alike(tmp_path: Path) -> None:
    """The quick way (DuckDB reads the lines) and the plain one (Python does) must agree on every field."""
    log = tmp_path / "log.jsonl"
    odd = [
        line(1, ts=1762000000, status="500"), line(2, ts=1762000000123.5, status=None),
        line(3, ts="2026-11-01 10:00:00"),
        line(4, ts="2026-11-01T10:00:00+05:30", path="https://h.example/feeds/2021-06-30/feeds", method="post"),
        line(5, path="/unknown/902-0000009-7654321/thing"), line(6, marketplaceIds="A1PA6795UKMFR9"), line(7, ms="x"),
        line(8, marketplaceIds=None, path="/orders/v0/orders?MarketplaceIds=A1PA6795UKMFR9,A13V1IB3VIYZZH"),
        line(9, sellerId=None, path="/listings/2021-08-01/items/A1DEMO0SELLER1/SKU"), line(10, region="fe"),
    ]  # fmt: skip
    log.write_bytes(b"".join(odd))
    for kind in STORES:
        assert import_file(kind, tmp_path / kind, log).new == len(odd)
    assert stored("parquet", tmp_path / "parquet") == stored("sqlite", tmp_path / "sqlite")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["ts", "path", "status", "code", "error", "sellerId", "marketplaceIds"]), JSON))
def test_reading_any_json_object_raises_nothing(value: dict[str, Any]) -> None:
    text = json.dumps(value).encode()
    read = read_json_line(text, guess(names_in(value)))
    if isinstance(read, Values):
        record_of(read, PathMatcher())


@given(st.binary(max_size=300))
def test_reading_any_bytes_raises_nothing(data: bytes) -> None:
    mapped = guess(["ts", "path", "status"])
    for read in (read_json_line(data, mapped), read_access_line(data)):
        if isinstance(read, Values):
            record_of(read, PathMatcher())
        else:
            assert isinstance(read, Unreadable)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=15)
@given(st.binary(max_size=2000))
@both
def test_importing_any_file_ends_in_order(kind: str, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "log.jsonl").write_bytes(line(1) + data)
    import_file(kind, tmp_path, tmp_path / "log.jsonl")
    assert len(stored(kind, tmp_path)) >= 1


@given(st.lists(st.binary(max_size=40).map(lambda data: data.replace(b"\n", b"")), max_size=30), st.integers(1, 60))
def test_blocks_hold_every_line_once_and_whole(parts: list[bytes], size: int) -> None:
    data = b"\n".join(parts)
    found = list(blocks(io.BytesIO(data), Shape(JSON_LINES), size=size))
    assert b"".join(each.data for each in found) == data
    place = 0
    for each in found:
        assert (each.start, each.end - each.start) == (place, len(each.data))
        assert each.finished == each.data.endswith(b"\n")
        place = each.end


def test_paths_are_matched_with_all_kinds_of_ids() -> None:
    matcher = PathMatcher()
    assert matcher.match("get", "https://h/sandbox/orders/v0/orders/1?x=/a/b").operation == "orders-v0.getOrder"
    assert matcher.match("PATCH", "/listings/2021-08-01/items/A1/items").path.endswith("/items/{sellerId}/{sku}")
    assert matcher.match("GET", "/health").operation == ""


def test_importer_names_the_mapping_it_would_use(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as (importer, _):
        assert isinstance(importer, Importer)
        assert importer.shape_of(line(1), "x").mapped.columns["seller_id"] == "sellerId"
