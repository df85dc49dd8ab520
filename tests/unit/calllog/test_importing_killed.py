"""An import that is killed: what was committed is there, the rest comes with the next run, nothing counts twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sptui.calllog import opening
from sptui.calllog.asking.ask import who
from sptui.calllog.importing.following import follow
from sptui.calllog.importing.importer import Importer, Report
from sptui.calllog.questions import Question
from sptui.calllog.sizes import sizes
from sptui.calllog.store import CallLog
from sptui.spapi.catalogue import load_catalogue

from .importing_kit import STORES, import_file, lines, opened, stored

pytest.importorskip("duckdb")
UNIT = Path(__file__).parents[1]
FORKS = """
import os, signal, sys
from pathlib import Path
import duckdb
from calllog.importing_kit import opened
from sptui.calllog import duck, store
from sptui.calllog.importing import parquet, run
from sptui.calllog.importing.importer import Importer
from sptui.database import Database

kind, folder, log = sys.argv[1:]
left = 0

def moment():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

def around(function):
    def wrapped(*arguments, **named):
        moment()
        answer = function(*arguments, **named)
        moment()
        return answer
    return wrapped

def each(statements):
    for statement in statements:
        moment()
        yield statement

written = Database.write
Database.write = lambda self, statements: written(self, each(statements))
for owner, name in ((Database, "write"), (duck.Duck, "rows"), (os, "fsync"), (Path, "unlink"), (Importer, "_take")):
    setattr(owner, name, around(getattr(owner, name)))

for line in sys.stdin:
    left = int(line)
    child = os.fork()
    if not child:
        with opened(kind, Path(folder), block_bytes=60_000) as (importer, _):
            importer.run(log)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Imports as often as it is told, each time until so many steps of the import are done; then it kills itself: with a
statement written or not, a file written and not noted, or one noted and its forerunners not removed. The steps are
counted, not timed: a slow machine is killed at the same moments.
"""
COUNT = 4200


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are killed as Unix does")
@pytest.mark.parametrize("kind", STORES)
def test_killed_twenty_times_at_random_moments(kind: str, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(lines(COUNT))
    chance = random.Random(f"{kind} 20")
    steps = 400 if kind == "sqlite" else 30
    kept: list[object] = []
    ends: list[int] = []
    command = [sys.executable, "-c", FORKS, kind, str(tmp_path), str(log)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=UNIT, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(20):
            ahead = len(kept) * 22 > COUNT * number  # so that the last one is killed as well
            process.stdin.write(f"{chance.randrange(1, steps) if ahead else chance.randrange(steps, steps * 2)}\n")
            process.stdin.flush()
            ends.append(int(process.stdout.readline()))
            rows = stored(kind, tmp_path) if (tmp_path / "imported").exists() else []
            assert len(set(rows)) == len(rows)
            assert set(kept) <= set(rows)  # nothing that was committed is lost
            kept = list(rows)
        process.stdin.close()
    assert ends == [-signal.SIGKILL] * 20
    assert 0 < len(kept) < COUNT
    report = import_file(kind, tmp_path, log)
    assert (report.known, report.aside, len(kept) + report.new) == (0, 0, COUNT)
    rows = stored(kind, tmp_path)
    assert len(set(rows)) == len(rows) == COUNT
    recorded = CallLog(None)
    with opening.asked_log(recorded, tmp_path) as engine:
        answer = who(engine, Question(load_catalogue().find("getOrderAddress"), 403))
    recorded.close()
    assert (answer.calling, answer.failing, answer.failures) == (7, 7, COUNT // 3)


IMPORT = """
import sys
from pathlib import Path
from calllog.importing_kit import opened
with opened(sys.argv[1], Path(sys.argv[2]), block_bytes=60_000) as (importer, _):
    importer.run(sys.argv[3])
"""


@pytest.mark.parametrize("names", [("a.jsonl", "b.jsonl"), ("a.jsonl", "a.jsonl")], ids=["two files", "one file"])
@pytest.mark.parametrize("kind", STORES)
def test_two_imports_at_once_store_each_line_once(kind: str, names: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(2000))
    (tmp_path / "b.jsonl").write_bytes(lines(2000, start=500))
    expected = 2500 if "b.jsonl" in names else 2000
    command = [sys.executable, "-c", IMPORT, kind, str(tmp_path)]
    both = [subprocess.Popen([*command, str(tmp_path / name)], cwd=UNIT) for name in names]
    for each in both:
        assert each.wait(timeout=120) == 0
    rows = stored(kind, tmp_path)
    assert (len(rows), len(set(rows))) == (expected, expected)


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
    assert sizes(tmp_path).imported > 0
