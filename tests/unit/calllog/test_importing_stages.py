"""Documents and access tokens: imported as sptui records them itself, from its recorder, its export, or an address."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from calllog.importing_kit import STORES, import_file, records_in, stored
from sptui.calllog import duck
from sptui.calllog.asking.browse import page
from sptui.calllog.asking.kinds import kinds
from sptui.calllog.browsing import Chosen
from sptui.calllog.exporting import Form, export
from sptui.calllog.opening import asked_file, asked_log
from sptui.calllog.store import CallLog
from sptui.recorder import Recorder
from sptui.spapi.calls import CallRecord

pytest.importorskip("duckdb")
BUCKET = "tortuga-prod-na.s3.amazonaws.com"
TIME = "2026-11-23T12:00:00Z"


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """What the recorder wrote of a call, its token, and documents at Amazon and of a simulator."""
    path = tmp_path / "spapi-calls.jsonl"
    recorder = Recorder(path, loopback=True)
    for method, url, status in (
        ("POST", "https://api.amazon.com/auth/o2/token", 400),
        ("POST", "http://127.0.0.1:8080/proxy/auth/o2/token", 401),
        ("GET", "https://sellingpartnerapi-eu.amazon.com/orders/v0/orders", 403),
        ("GET", f"https://{BUCKET}/NinetyDays/amzn1.canary?X-Amz-Signature=canary", 404),
        ("PUT", "http://127.0.0.1:8080/documents/canary?X-Amz-Signature=canary", 500),
    ):
        exchange = recorder.begin(method, url)
        assert exchange is not None
        exchange.answered(status, {})
        exchange.end()
    assert recorder.close()
    return path


def told(records: list[CallRecord]) -> list[tuple[str, str, str, int]]:
    assert all(each.raw_path in ("", "/proxy/auth/o2/token") for each in records)
    return sorted((each.stage, each.method, each.path, each.status) for each in records)


RECORDED = [
    ("api", "GET", "/orders/v0/orders", 403),
    ("document", "GET", BUCKET, 404),
    ("document", "PUT", "127.0.0.1", 500),
    ("lwa", "POST", "/auth/o2/token", 400),
    ("lwa", "POST", "/auth/o2/token", 401),
]
KINDS = sorted((stage, path) for stage, _, path, _ in RECORDED)


@pytest.mark.parametrize("with_duckdb", [True, False], ids=["DuckDB", "SQLite"])
def test_what_the_recorder_wrote_is_imported_as_what_sptui_records(
    tmp_path: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch, *, with_duckdb: bool
) -> None:
    monkeypatch.setattr(duck, "available", lambda: with_duckdb)
    assert import_file("parquet" if with_duckdb else "sqlite", tmp_path, recorded).new == 5
    log = CallLog(tmp_path / "calls.sqlite3")
    with asked_log(log, tmp_path) as engine:
        assert told(page(engine, Chosen(), 9)) == RECORDED
        assert sorted((each.stage, each.path) for each in kinds(engine, Chosen())) == KINDS
    log.close()
    with asked_file(str(recorded)) as engine:
        assert told(page(engine, Chosen(), 9)) == RECORDED
        assert sorted((each.stage, each.path) for each in kinds(engine, Chosen())) == KINDS


def test_both_stores_take_them_alike(tmp_path: Path, recorded: Path) -> None:
    for kind in STORES:
        import_file(kind, tmp_path / kind, recorded)
    assert stored("parquet", tmp_path / "parquet") == stored("sqlite", tmp_path / "sqlite")


@pytest.mark.parametrize("form", list(Form), ids=list(Form))
def test_what_is_exported_of_them_comes_back(tmp_path: Path, recorded: Path, form: Form) -> None:
    out = tmp_path / f"out.{form}"
    with asked_file(str(recorded)) as engine:
        export(engine, Chosen(), out, form)
    found = [each for each in records_in(str(out)) if isinstance(each, CallRecord)]
    assert told(found) == RECORDED


@pytest.mark.parametrize(
    ("fields", "stage", "path"),
    [
        ({"path": f"https://{BUCKET}/NinetyDays/canary?X-Amz-Signature=canary"}, "document", BUCKET),
        ({"path": "https://tortuga-prod-na.s3.example.org/x"}, "api", "/{}"),
        ({"path": "/orders/v0/orders", "stage": "prod", "host": "web-1"}, "api", "/orders/v0/orders"),
        ({"path": "/orders/v0/orders", "stage": None, "host": BUCKET}, "api", "/orders/v0/orders"),
        ({"path": "/", "stage": "document", "host": ""}, "api", "/"),
        ({"path": "/", "stage": "document", "host": "no host, a canary"}, "document", "no"),
        ({"path": "/", "stage": "document", "host": BUCKET.upper()}, "document", BUCKET),
    ],
    ids=["address", "foreign", "of the program", "host alone", "no host", "text", "capitals"],
)
def test_of_other_programs(tmp_path: Path, fields: dict[str, Any], stage: str, path: str) -> None:
    log = tmp_path / "a.jsonl"
    lines = [{"time": TIME, "method": "GET", "status": 500, **fields}, {"time": TIME, "path": "/x", "status": 200}]
    log.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in lines))
    read, _ = records_in(str(log))
    assert isinstance(read, CallRecord)
    assert (read.stage, read.path) == (stage, path)
    for kind in STORES:
        import_file(kind, tmp_path / kind, log)
        assert path in [row[2] for row in stored(kind, tmp_path / kind)]
        assert "canary" not in repr(stored(kind, tmp_path / kind))


def test_an_address_in_a_har_file(tmp_path: Path) -> None:
    url = f"https://{BUCKET}/NinetyDays/canary?X-Amz-Signature=canary"
    entry = {"startedDateTime": TIME, "request": {"method": "GET", "url": url}, "response": {"status": 200}}
    (tmp_path / "a.har").write_text(json.dumps({"log": {"entries": [entry]}}))
    (read,) = records_in(str(tmp_path / "a.har"))
    assert isinstance(read, CallRecord)
    assert (read.stage, read.path, read.raw_path) == ("document", BUCKET, "")
