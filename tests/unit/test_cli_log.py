"""``sptui log``: import, who, errors and export as commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from calllog.importing_kit import line, lines
from click.testing import CliRunner, Result

from sptui.calllog import duck
from sptui.cli.main import cli


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["log", *arguments])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "their.jsonl"
    path.write_bytes(lines(300))
    return path


WHO = ("who", "getOrderAddress", "--status", "403", "--json")


def test_who_on_a_file_gives_the_promised_object(log: Path) -> None:
    done = run(*WHO, "--file", str(log))
    assert done.exit_code == 1  # somebody gets the error
    answer = json.loads(done.stdout)
    marketplace = {"calling": 7, "failing": 7}
    assert answer == {
        "operation": "orders-v0.getOrderAddress", "status": 403, "code": None, "since": None, "calling": 7,
        "failing": 7, "pattern": "all", "first_failure": "2026-11-01T00:00:00.000Z",
        "marketplaces": [{"marketplace": each, **marketplace} for each in ("A2EUQ1WTGCTBG2", "ATVPDKIKX0DER")],
    }  # fmt: skip


@pytest.mark.parametrize("extra", [True, False], ids=["DuckDB", "without"])
def test_an_import_answers_like_the_file(log: Path, extra: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from_file = json.loads(run(*WHO, "--since", "1m", "--file", str(log)).stdout)
    monkeypatch.setattr(duck, "available", lambda: extra)
    imported = run("import", str(log), "--json")
    assert imported.exit_code == 0
    assert (json.loads(imported.stdout)["new"], "pip install" in imported.stderr) == (300, not extra)
    assert json.loads(run(*WHO, "--since", "1m").stdout) == from_file
    again: Any = json.loads(run("import", str(log), "--json").stdout)
    assert (again["new"], again["known"]) == (0, 0)


def test_errors_and_the_words_for_people(log: Path) -> None:
    log.write_bytes(lines(300) + line(400, status=429, code="QuotaExceeded", sellerId="A9"))
    (first, second) = map(json.loads, run("errors", "--json", "--file", str(log)).stdout.splitlines())
    assert (first["status"], first["sellers"], first["message"]) == (403, 7, "denied for order {id}")
    assert (second["status"], second["sellers"]) == (429, 1)
    told = run("who", "GET /orders/v0/orders/1/address", "--code", "Unauthorized", "--file", str(log)).stdout
    assert "7 of 8 sellers that make this call" in told
    assert "403 Unauthorized denied for order {id}" in told


@pytest.mark.parametrize("shape", ["JSON Lines", "an array", "without DuckDB"])
def test_who_on_a_file_says_how_many_lines_it_passed_over(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "their.json"
    broken = [b"nonsense", b"{}", line(3, ts="yesterday").strip(), line(4, status="soon").strip(), b'"text"']
    calls = lines(50).splitlines()
    several = [*calls[:25], *broken, *calls[25:]]
    log.write_bytes(b"[" + b",\n".join([*calls, *broken[1:]]) + b"]" if shape == "an array" else b"\n".join(several))
    monkeypatch.setattr(duck, "available", lambda: shape != "without DuckDB")
    count = 4 if shape == "an array" else 5
    for window in ((), ("--since", "1h")):
        done = run(*WHO, *window, "--file", str(log))
        assert json.loads(done.stdout)["calling"] == 7
        assert f"{count} lines that cannot be read are not counted" in done.stderr
    log.write_bytes(lines(50))
    assert "cannot be read" not in run(*WHO, "--file", str(log)).stderr


def test_unreadable_lines_are_told(log: Path) -> None:
    log.write_bytes(lines(3) + b"nonsense\n")
    done = run("import", str(log))
    assert done.exit_code == 1
    assert "3 new calls, 0 known already, 1 line that cannot be read" in done.stdout
    assert f"kept aside: {log}:4: no JSON" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "/nowhere.log"),
        ("who", "getOrderz"),
        ("who", "getOrders", "--since", "x"),
        ("import", "x", "--map", "y"),
    ],
    ids=["no file", "no operation", "no time", "no mapping"],
)
def test_what_cannot_be_used_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_export_of_an_empty_log_has_a_header() -> None:
    assert run("export", "--csv").stdout.startswith("time,method,path,operation,")
    assert run("export").stdout == ""
