"""``sptui log import``: many files, what is kept aside, what is told on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from calllog.importing_kit import line, lines
from click.testing import CliRunner, Result

from sptui.calllog import duck
from sptui.calllog.importing import pace
from sptui.calllog.importing.importer import Report
from sptui.calllog.importing.shape import Shape
from sptui.cli.main import cli

pytest.importorskip("duckdb")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["log", "import", *arguments])


def test_one_file_that_cannot_be_read_stops_none_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(3))
    (tmp_path / "b.jsonl").write_bytes(b"hello\n")
    (tmp_path / "c.jsonl").write_bytes(lines(3, start=10))
    done = run(str(tmp_path), "--json")
    assert done.exit_code == 2
    assert [json.loads(each)["new"] for each in done.stdout.splitlines()] == [3, 3]
    assert "b.jsonl is no log that can be read" in done.stderr
    assert run(str(tmp_path / "b.jsonl")).exit_code == 2


def test_a_file_that_breaks_off_ends_with_2_and_says_what_to_do(tmp_path: Path) -> None:
    import gzip

    whole = gzip.compress(lines(2000))
    (tmp_path / "a.gz").write_bytes(whole[: len(whole) // 2])
    done = run(str(tmp_path / "a.gz"))
    assert done.exit_code == 2
    assert "cannot be read to its end" in done.stderr
    assert "it goes on from there" in done.stderr


def test_what_is_kept_aside_is_listed_of_one_file_or_of_all(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.jsonl").write_bytes(lines(2) + b"canary broken\n")
    (tmp_path / "b.jsonl").write_bytes(line(5) + line(6, ts="canary"))
    assert run(str(tmp_path / "logs"), str(tmp_path / "b.jsonl")).exit_code == 1
    told = run("--aside")
    assert told.exit_code == 1
    assert f"{tmp_path}/logs/a.jsonl:3: no JSON" in told.stdout
    assert f"{tmp_path}/b.jsonl:2: no time that can be read" in told.stdout
    assert "canary" not in told.stdout
    (one,) = map(json.loads, run("--aside", "--json", str(tmp_path / "logs")).stdout.splitlines())
    assert (one["path"], one["line"], one["text"]) == (f"{tmp_path}/logs/a.jsonl", 3, "xxxxxx xxxxxx")
    nothing = run("--aside", str(tmp_path / "elsewhere"))
    assert (nothing.exit_code, nothing.stdout) == (0, f"No line of {tmp_path}/elsewhere is kept aside.\n")


def test_without_a_path_the_usage_is_told() -> None:
    done = run()
    assert done.exit_code == 2
    assert "Name a log, a folder of logs, or -" in done.stderr


def test_without_duckdb_the_command_that_installs_it_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duck, "available", lambda: False)
    (tmp_path / "a.jsonl").write_bytes(lines(3))
    (tmp_path / "b.jsonl").write_bytes(lines(3, start=5))
    done = run(str(tmp_path))
    assert done.stderr.count("pip install 'sptui[log]'") == 1
    assert "times" in done.stderr


def test_a_simulated_world_says_that_it_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(3))
    done = CliRunner().invoke(cli, ["--simulate", "log", "import", str(tmp_path / "a.jsonl"), "--json"])
    assert "simulated world" in done.stderr
    assert json.loads(done.stdout)["new"] == 3


def test_how_far_an_import_is_in_words() -> None:
    report = Report("x", Shape("csv"), new=900, known=100, done=50, size=200)
    assert pace.told(report, 10.0) == "25 %, 900 new calls, 100 calls/s, 30 s left"
    assert pace.told(report, 0.1) == "25 %, 900 new calls"
    assert pace.told(report, 10.0, done_before=45) == "25 %, 900 new calls, 100 calls/s, 5 min left"
    assert [pace.span(each) for each in (3.2, 99, 700, 9000)] == ["3 s", "99 s", "11 min", "2 h"]
    assert pace.counted(Report("x", Shape("csv"), new=1234, aside=1, passed=5)) == (
        "1,234 new calls, 0 known already, 1 line that cannot be read, 5 lines that tell of no call"
    )
