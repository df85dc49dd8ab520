"""An import that is killed: what was committed is there, the rest comes with the next run, nothing counts twice."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sptui.calllog import opening
from sptui.calllog.asking.ask import who
from sptui.calllog.importing.following import follow
from sptui.calllog.importing.importer import Importer, Report
from sptui.calllog.questions import Question
from sptui.calllog.store import CallLog
from sptui.spapi.catalogue import load_catalogue

from .importing_kit import STORES, import_file, lines, opened, stored

pytest.importorskip("duckdb")
IMPORT = """
import sys
from pathlib import Path
from calllog.importing_kit import opened
with opened(sys.argv[1], Path(sys.argv[2]), block_bytes=60_000) as (importer, _):
    print("begin", flush=True)
    importer._on_progress = lambda report: print(report.new, flush=True)
    importer.run(sys.argv[3])
"""
COUNT = 6000


@pytest.mark.parametrize("kind", STORES)
def test_killed_twenty_times_at_random_moments(kind: str, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(lines(COUNT))
    chance = random.Random(20)
    kept = 0
    for _ in range(20):
        command = [sys.executable, "-c", IMPORT, kind, str(tmp_path), str(log)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]) as process:
            assert process.stdout is not None
            told = [process.stdout.readline() for _ in range(chance.randrange(1, 4))]
            killer = threading.Timer(chance.random() * 0.05, process.kill)
            killer.start()
            process.wait(timeout=60)
            killer.cancel()
        assert told[0] == b"begin\n"
        now = len(stored(kind, tmp_path))
        committed = max((int(each) for each in told[1:] if each.strip().isdigit()), default=0)
        assert now >= kept + committed  # nothing that was committed is lost
        kept = now
        if kept == COUNT:
            break
    report = import_file(kind, tmp_path, log)
    assert report.known == 0
    rows = stored(kind, tmp_path)
    assert len(rows) == COUNT
    assert len(set(rows)) == COUNT
    recorded = CallLog(None)
    with opening.asked_log(recorded, tmp_path) as engine:
        answer = who(engine, Question(load_catalogue().find("getOrderAddress"), 403))
    recorded.close()
    assert (answer.calling, answer.failing, answer.failures) == (7, 7, COUNT // 3)


@pytest.mark.parametrize("kind", STORES)
def test_two_imports_at_once_store_each_line_once(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(2000))
    (tmp_path / "b.jsonl").write_bytes(lines(2000, start=500))
    command = [sys.executable, "-c", IMPORT, kind, str(tmp_path)]
    both = [
        subprocess.Popen([*command, str(tmp_path / name)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[1])
        for name in ("a.jsonl", "b.jsonl")
    ]
    for each in both:
        each.communicate(timeout=120)
        assert each.returncode == 0
    rows = stored(kind, tmp_path)
    assert (len(rows), len(set(rows))) == (2500, 2500)


@pytest.mark.parametrize("kind", STORES)
def test_a_growing_file_is_followed_through_rotation(kind: str, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_bytes(lines(10))
    steps = iter(["append", "half a line", "its rest", "rotate", "append", "truncate"])
    done: list[Report] = []
    whole = lines(1, start=20)

    def wait() -> bool:
        step = next(steps, None)
        if step == "append":
            with log.open("ab") as file:
                file.write(lines(5, start=10 if len(done) < 3 else 50))
        elif step in ("half a line", "its rest"):
            with log.open("ab") as file:
                file.write(whole[:40] if step == "half a line" else whole[40:])
        elif step == "rotate":
            with log.open("ab") as file:
                file.write(lines(3, start=30))  # written just before the renaming
            log.rename(tmp_path / "app.log.1")
            log.write_bytes(lines(4, start=40))
        elif step == "truncate":
            log.write_bytes(lines(2, start=60))
        return step is not None

    with opened(kind, tmp_path) as (importer, _):
        assert isinstance(importer, Importer)
        follow(importer, str(log), wait, done.append)
    assert sum(each.aside for each in done) == 0
    assert len(stored(kind, tmp_path)) == 10 + 5 + 1 + 3 + 4 + 5 + 2


@pytest.mark.parametrize("kind", STORES)
def test_old_calls_are_forgotten(kind: str, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    (tmp_path / "log.jsonl").write_bytes(lines(7200))
    import_file(kind, tmp_path, tmp_path / "log.jsonl", block_bytes=200_000)
    with opened(kind, tmp_path) as (importer, _):
        store = importer._store
        assert store.forget_before(datetime(2026, 11, 1, 1, tzinfo=UTC)) == 3600
        assert store.forget_before(datetime(2026, 11, 1, 1, tzinfo=UTC)) == 0
    assert len(stored(kind, tmp_path)) == 3600
    recorded = CallLog(None)
    with opening.asked_log(recorded, tmp_path) as engine:
        answer = who(engine, Question(load_catalogue().find("getOrderAddress"), 403))
    recorded.close()
    assert answer.failing == 7
    assert opening.sizes(tmp_path).imported > 0
