"""``sptui log import`` and ``[call_log] keep``: what is too old is not stored, or goes as in the app."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from calllog.importing_kit import STORES, line, opened, stored
from calllog.test_store import record
from click.testing import CliRunner, Result

from sptui.calllog import duck, keeping
from sptui.calllog.importing.run import ImportRun, Outcome
from sptui.calllog.store import CallLog
from sptui.cli.main import cli

DAY = timedelta(days=1)
NOW = datetime.now(UTC)
ENGINES = [
    pytest.param(True, marks=pytest.mark.skipif(not duck.available(), reason="DuckDB is not installed"), id="DuckDB"),
    pytest.param(False, id="SQLite"),
]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["log", *arguments])


def at(time: datetime, number: int = 0) -> bytes:
    return line(number, ts=time.isoformat())


@pytest.fixture
def data(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SPTUI_CALL_LOG_KEEP", "30d")
    folder = Path(os.environ["SPTUI_DATA_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def kept(data: Path) -> int:
    return len(json.loads(f"[{','.join(run('export').stdout.splitlines())}]"))


@pytest.mark.parametrize("with_duckdb", ENGINES)
def test_a_log_of_old_calls_alone_is_not_stored_and_the_command_says_why(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, with_duckdb: bool
) -> None:
    monkeypatch.setattr(duck, "available", lambda: with_duckdb)
    (tmp_path / "a.jsonl").write_bytes(b"".join(at(NOW - 40 * DAY, number) for number in range(5)))
    done = run("import", str(tmp_path / "a.jsonl"))
    assert done.exit_code == 0
    assert "0 new calls, 0 known already, 0 lines that cannot be read, 5 left out" in done.stdout
    assert "All its calls are older than 30d, the keep of [call_log], and not stored." in done.stderr
    assert kept(data) == 0
    monkeypatch.setenv("SPTUI_CALL_LOG_KEEP", "50d")
    assert "nothing new since the last import" in run("import", str(tmp_path / "a.jsonl")).stdout
    assert "5 new calls" in run("import", "--again", str(tmp_path / "a.jsonl")).stdout
    assert kept(data) == 5


@pytest.mark.parametrize("with_duckdb", ENGINES)
def test_of_others_the_old_calls_are_counted_apart(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, with_duckdb: bool
) -> None:
    monkeypatch.setattr(duck, "available", lambda: with_duckdb)
    calls = [at(NOW - age * DAY, age) for age in (50, 31, 29, 1)]
    (tmp_path / "a.jsonl").write_bytes(b"".join([*calls, calls[-1], b"broken\n"]))
    (told,) = map(json.loads, run("import", "--json", str(tmp_path / "a.jsonl")).stdout.splitlines())
    assert [told[each] for each in ("new", "known", "too_old", "unreadable")] == [2, 1, 2, 1]
    done = run("import", "--again", str(tmp_path / "a.jsonl"))
    assert "0 new calls, 3 known already, 1 line that cannot be read, 2 left out" in done.stdout
    assert "Some calls are older than 30d" in done.stderr


@pytest.mark.parametrize("kind", STORES)
def test_the_limit_is_the_whole_hour_by_which_calls_are_forgotten(tmp_path: Path, kind: str) -> None:
    hour = datetime(2026, 11, 1, 12, tzinfo=UTC)
    times = (hour - timedelta(microseconds=1), hour, hour + timedelta(minutes=59))
    (tmp_path / "a.jsonl").write_bytes(b"".join(map(at, times, range(3))))
    with opened(kind, tmp_path) as (importer, _):
        importer._store.leave_out_before(hour + timedelta(minutes=40))
        report = importer.run(str(tmp_path / "a.jsonl"))
    assert (report.new, report.old) == (2, 1)
    assert [row[0] for row in stored(kind, tmp_path)] == [each.isoformat() for each in times[1:]]


def test_the_form_of_the_app_leaves_them_out_too(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(at(NOW - 40 * DAY) + at(NOW - DAY, 1))
    outcome: Outcome = ImportRun(tmp_path, oldest=NOW - 30 * DAY).run([str(tmp_path / "a.jsonl")])
    assert (outcome.reports[0].new, outcome.reports[0].old) == (1, 1)


def test_what_became_too_old_is_forgotten_with_the_recorded_calls_once_a_day(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPTUI_CALL_LOG_KEEP")
    log = CallLog(data / "calls.sqlite3")
    for number, age in enumerate((40, 35, 1)):
        log.record(record(number, time=NOW - age * DAY))
    log.close()
    (tmp_path / "a.jsonl").write_bytes(at(NOW - 40 * DAY) + at(NOW - DAY, 1))
    (tmp_path / "b.jsonl").write_bytes(at(NOW - DAY, 2))
    assert run("import", str(tmp_path / "a.jsonl")).exit_code == 0
    assert kept(data) == 5
    monkeypatch.setenv("SPTUI_CALL_LOG_KEEP", "30d")
    done = run("import", str(tmp_path / "b.jsonl"))
    assert "3 calls older than 30d were forgotten, as keep of [call_log] says." in done.stderr
    assert kept(data) == 3
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "forget_before", lambda *_: pytest.fail("it is not due"))
        assert "were forgotten" not in run("import", str(tmp_path / "b.jsonl")).stderr


def test_a_simulated_world_knows_no_age(data: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(at(NOW - 4000 * DAY))
    done = CliRunner().invoke(cli, ["--simulate", "log", "import", "--json", str(tmp_path / "a.jsonl")])
    assert json.loads(done.stdout)["new"] == 1
