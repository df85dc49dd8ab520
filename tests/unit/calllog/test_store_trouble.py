"""The call log in trouble: a disk that is full, records that cannot be written, callers that must not wait."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sptui.calllog import store
from sptui.calllog.store import CallLog
from sptui.database import Database, DatabaseError

from .test_store import record


def names(log: CallLog) -> list[str]:
    return [each.seller_id for each in log.tail(1_000_000)]


class FullDisk:
    """A database that takes no more than what fits, until there is room again: SQLite's own limit of pages."""

    def __init__(self, log: CallLog) -> None:
        self._database = log._database

    def fill(self) -> None:
        pages = self._database.query("PRAGMA page_count")[0][0]
        self._database.query(f"PRAGMA max_page_count = {pages}")

    def make_room(self) -> None:
        self._database.query("PRAGMA max_page_count = 1000000")


def test_a_disk_that_is_full_for_a_while_loses_nothing(tmp_path: Path) -> None:
    problems: list[DatabaseError] = []
    log = CallLog(tmp_path / "calls.sqlite3", on_problem=problems.append)
    for number in range(10):
        log.record(record(number))
    log.flush()
    disk = FullDisk(log)
    disk.fill()
    for number in range(10, 3000):
        log.record(record(number))
    log.flush()
    assert "full" in str(problems[-1])
    for number in range(3000, 5000):
        log.record(record(number))
    log.flush()
    disk.make_room()
    log.record(record(5000))
    assert names(log) == [f"A{number}" for number in range(5001)]
    log.close()


def test_what_was_kept_is_written_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "calls.sqlite3"
    log = CallLog(path)
    log.flush()
    disk = FullDisk(log)
    disk.fill()
    for number in range(2500):
        log.record(record(number))
    log.flush()
    disk.make_room()
    log.close()
    again = CallLog(path)
    assert names(again) == [f"A{number}" for number in range(2500)]
    again.close()


def test_a_failed_attempt_tries_no_more_than_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many records are kept: the next one must not cost their writing all over again."""
    tried: list[int] = []

    def full(self: Database, sql: str, rows: list[Any]) -> None:
        tried.append(len(rows))
        raise DatabaseError("full")

    log = CallLog(None)
    monkeypatch.setattr(Database, "write_many", full)
    for number in range(5000):
        log.record(record(number))
        if number % 500 == 0:
            log.flush()
    log.close()
    assert max(tried) <= 1000


def full(self: Database, sql: str, rows: list[Any]) -> None:
    raise DatabaseError("full")


def test_only_the_last_are_kept_where_the_disk_stays_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_KEPT_AT_MOST", 100)
    log = CallLog(None)
    with monkeypatch.context() as patched:
        patched.setattr(Database, "write_many", full)
        for number in range(500):
            log.record(record(number))
            log.flush()
    log.record(record(500))
    assert names(log) == [f"A{number}" for number in range(400, 501)]
    log.close()


@pytest.mark.parametrize("field", ["message", "details", "code", "path", "seller_id", "request_id"])
def test_half_a_character_holds_up_nobody(field: str) -> None:
    problems: list[DatabaseError] = []
    log = CallLog(None, on_problem=problems.append)
    log.record(record(1))
    log.record(record(2, **{field: "half \ud800 a character"}))
    log.record(record(3, marketplaces=("\udcff",)))
    written = log.tail(10)
    assert len(written) == 3
    assert getattr(written[1], field) == "half ? a character"
    assert not problems
    log.close()


def test_text_is_kept_as_it_is() -> None:
    log = CallLog(None)
    odd = record(1, message="[/x] 'a' \"b\"; DROP TABLE call; -- \x00 日本\r\n", details="\t")
    log.record(odd)
    assert log.tail(1) == [odd]
    log.close()


def test_recording_never_waits_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    writing, go_on = threading.Event(), threading.Event()

    def slow(self: Database, sql: str, rows: list[Any]) -> None:
        writing.set()
        assert go_on.wait(30)

    log = CallLog(None)
    monkeypatch.setattr(Database, "write_many", slow)
    log.record(record(0))
    assert writing.wait(30)
    began = time.perf_counter()
    for number in range(5000):
        log.record(record(number))
    assert time.perf_counter() - began < 20  # the writer stands still all the while, and for 30 s
    assert not go_on.is_set()
    go_on.set()
    log.close()


def test_batches_are_few_when_records_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each transaction waits for the disk: five thousand records must not be five thousand of them."""
    sizes: list[int] = []
    writing, go_on = threading.Event(), threading.Event()
    write_many = Database.write_many

    def counted(self: Database, sql: str, rows: list[Any]) -> None:
        writing.set()
        assert go_on.wait(30)
        sizes.append(len(rows))
        write_many(self, sql, rows)

    log = CallLog(None)
    monkeypatch.setattr(Database, "write_many", counted)
    log.record(record(0))
    assert writing.wait(30)
    for number in range(1, 5000):
        log.record(record(number))
    go_on.set()
    assert len(names(log)) == 5000
    assert len(sizes) <= 7
    log.close()


def test_many_threads_lose_nothing_and_keep_each_threads_order(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite3")

    def write(name: str) -> Iterator[None]:
        for number in range(500):
            log.record(record(0, seller_id=name, attempt=number))
            yield

    def run(name: str) -> None:
        for _ in write(name):
            pass

    threads = [threading.Thread(target=run, args=(f"A{number}",)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    again = CallLog(tmp_path / "calls.sqlite3")
    written = again.tail(10_000)
    again.close()
    assert len(written) == 5000
    for name in {each.seller_id for each in written}:
        assert [each.attempt for each in written if each.seller_id == name] == list(range(500))


def test_after_the_end_nobody_waits() -> None:
    log = CallLog(None)
    log.close()
    began = time.perf_counter()
    log.flush()
    with pytest.raises(DatabaseError):
        log.tail(1)
    assert time.perf_counter() - began < 10


PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from calllog.test_store import record
from sptui.calllog.store import CallLog
log = CallLog(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    log.record(record(number))
    if number % 100 == 99:
        log.flush()
        print(number + 1, flush=True)
log.close()
"""


def program(path: Path, count: int) -> subprocess.Popen[str]:
    tests = str(Path(__file__).parent.parent)
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), str(count), tests], stdout=subprocess.PIPE, text=True
    )


def test_two_programs_share_a_log(tmp_path: Path) -> None:
    path = tmp_path / "calls.sqlite3"
    running = [program(path, 1000) for _ in range(2)]
    assert [(each.communicate(timeout=60), each.returncode)[1] for each in running] == [0, 0]
    log = CallLog(path)
    assert sorted(names(log)) == sorted([f"A{number}" for number in range(1000)] * 2)
    log.close()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no kill -9")
def test_killed_it_has_all_that_was_flushed(tmp_path: Path) -> None:
    path = tmp_path / "calls.sqlite3"
    told = 0
    for _ in range(2):
        running = program(path, 1_000_000)
        assert running.stdout is not None
        last = [int(running.stdout.readline()) for _ in range(3)][-1]
        running.send_signal(signal.SIGKILL)
        running.communicate(timeout=60)
        told += last
        log = CallLog(path)
        assert len(names(log)) >= told
        told = len(names(log))
        log.close()
