"""``sptui log explain``: over a file of any shape, what was imported and recorded; its verdicts and exit statuses."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from calllog.importing_kit import line
from click.testing import CliRunner, Result

from sptui.calllog import duck
from sptui.cli.main import cli

US, DE = "ATVPDKIKX0DER", "A1PA6795UKMFR9"
DENIED: dict[str, Any] = {"status": 403, "code": "Unauthorized", "message": "Access to requested resource is denied."}
EXPIRED: dict[str, Any] = {**DENIED, "details": "The LWA secret token you provided has expired."}


def run(*arguments: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["log", *arguments], input=given)


def call(second: int, seller: str, path: str = "/orders/v0/orders", **more: Any) -> dict[str, Any]:
    return {
        "timestamp": f"2026-11-01T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z", "method": "GET",
        "path": path, "status": 200, "sellerId": seller, "marketplaceId": US, "requestId": f"r-{second}", **more,
    }  # fmt: skip


def calls() -> list[dict[str, Any]]:
    """Seven sellers: one is refused everywhere, getReports fails for all, the rest passes."""
    found = []
    for number in range(7):
        for turn in range(3):
            second = 100 * turn + number
            refused = DENIED if number == 3 else {}
            found.append(call(second, f"A{number:012}X", **refused))
            found.append(call(second + 20, f"A{number:012}X", "/catalog/2022-04-01/items", **refused))
            found.append(call(second + 40, f"A{number:012}X", "/reports/2021-06-30/reports", **DENIED))
    return found


def as_lines(found: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in found)


def as_csv(found: list[dict[str, Any]]) -> bytes:
    names = list(dict.fromkeys(name for each in found for name in each))
    rows = [names, *([str(each.get(name, "")) for name in names] for each in found)]
    return "\n".join(",".join(row) for row in rows).encode() + b"\n"


def told(done: Result) -> dict[tuple[str, str], tuple[int, int, str]]:
    """By operation and region: sellers hit and calling, and the likeliest cause."""
    rows = [json.loads(each) for each in done.stdout.splitlines()]
    return {
        (each["operation"], each["region"]): (
            each["sellers_hit"], each["sellers_calling"], each["verdict"][0]["cause"],
        )
        for each in rows
    }  # fmt: skip


EXPECTED = {
    ("getReports", "NA"): (7, 7, "role"),
    ("getOrders", "NA"): (1, 7, "authorization"),
    ("searchCatalogItems", "NA"): (1, 7, "authorization"),
}


@pytest.mark.parametrize("extra", [True, False], ids=["DuckDB", "without"])
@pytest.mark.parametrize("shape", ["jsonl", "csv", "jsonl.gz"])
def test_a_file_of_any_shape(shape: str, tmp_path: Path, extra: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duck, "available", lambda: extra)
    log = tmp_path / f"their.{shape}"
    content = as_csv(calls()) if shape == "csv" else as_lines(calls())
    log.write_bytes(gzip.compress(content) if shape.endswith("gz") else content)
    done = run("explain", "--file", str(log), "--json")
    assert done.exit_code == 1
    assert told(done) == EXPECTED


def test_standard_input() -> None:
    done = run("explain", "--file", "-", "--json", given=as_lines(calls()))
    assert told(done) == EXPECTED


def test_what_was_imported(tmp_path: Path) -> None:
    (tmp_path / "their.jsonl").write_bytes(as_lines(calls()))
    assert run("import", str(tmp_path / "their.jsonl")).exit_code == 0
    assert told(run("explain", "--json")) == EXPECTED


def test_details_tell_two_causes_apart(tmp_path: Path) -> None:
    log = tmp_path / "their.jsonl"
    same = [call(each, f"A{each:012}X", **(EXPIRED if each % 2 else DENIED)) for each in range(12)]
    log.write_bytes(as_lines(same))
    rows = [json.loads(each) for each in run("explain", "--file", str(log), "--json").stdout.splitlines()]
    assert {each["details"]: each["verdict"][0]["cause"] for each in rows}[EXPIRED["details"]] == "lwa"
    assert len(rows) == 2


def test_the_window_reaches_back_from_the_newest_call(tmp_path: Path) -> None:
    log = tmp_path / "their.jsonl"
    log.write_bytes(as_lines([call(0, "A1", **DENIED), call(7200, "A1")]))
    assert run("explain", "--file", str(log), "--since", "1h").exit_code == 0
    assert run("explain", "--file", str(log), "--since", "3h").exit_code == 1
    assert run("explain", "--file", str(log), "--since", "3h", "--until", "2026-11-01T00:00:00Z").exit_code == 0
    assert run("explain", "--file", str(log), "--since", "soon").exit_code == 2


def test_words_for_people(tmp_path: Path) -> None:
    log = tmp_path / "their.jsonl"
    log.write_bytes(as_lines([*calls(), call(900, "A000000000000X", status=500, code="Internal\x1b[31mFailure")]))
    shown = run("explain", "--file", str(log)).stdout
    assert "4 kinds of failure since 2026-10-31 00:15 UTC, the most harmful first" in shown
    assert "1. getReports NA 403 Unauthorized: Access to requested resource is denied." in shown
    assert "7 of 7 sellers hit, 21 calls lost, 2026-11-01 00:00 to 00:04 UTC" in shown
    assert "   Hit   A" in shown
    assert "\x1b" not in shown


def test_people_see_the_most_harmful_kinds_and_programs_all(tmp_path: Path) -> None:
    log = tmp_path / "their.jsonl"
    log.write_bytes(as_lines([call(each, "A1", status=400 + each, code="Odd") for each in range(23)]))
    shown = run("explain", "--file", str(log)).stdout
    assert "\n20. getOrders" in shown
    assert "\n21. " not in shown
    assert "and 3 more kinds with 3 calls lost together" in shown
    assert len(run("explain", "--file", str(log), "--json").stdout.splitlines()) == 23


def test_lines_that_are_no_calls_are_passed_over(tmp_path: Path) -> None:
    log = tmp_path / "their.jsonl"
    log.write_bytes(as_lines(calls()) + b"no json\n" + line(1)[:20] + b"\n")
    assert told(run("explain", "--file", str(log), "--json")) == EXPECTED


def test_no_log_no_call_no_failure(tmp_path: Path) -> None:
    assert run("explain", "--file", str(tmp_path / "none.jsonl")).exit_code == 2
    (tmp_path / "empty.jsonl").write_bytes(b'{"a": 1}\n')
    assert run("explain", "--file", str(tmp_path / "empty.jsonl")).exit_code == 2
    good = tmp_path / "good.jsonl"
    good.write_bytes(as_lines([call(1, "A1")]))
    done = run("explain", "--file", str(good))
    assert (done.exit_code, done.stdout) == (0, "No call failed in that time.\n")
    assert run("explain").exit_code == 0
