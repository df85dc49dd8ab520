"""The queue and the file: nothing is mixed or lost that the disk takes, and nothing reaches the caller."""

from __future__ import annotations

import errno
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sptui.calllog.importing.following import follow
from sptui.calllog.importing.importer import Importer, Report
from sptui.calllog.importing.store import SqliteStore
from sptui.calllog.opening import opened_ledger
from sptui.recorder import Recorder
from sptui.recorder.append_file import AppendFile
from sptui.recorder.writer import LineWriter

from .recorder_kit import NA, lines

ROOT = Path(__file__).parents[3]


def record(recorder: Recorder, number: int = 0) -> None:
    recorder.write(path="/a", status=200, number=number)


def run(code: str, *arguments: str) -> None:
    """Runs a program of its own, which has to end well and silently."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_lines_come_in_order(recorder: Recorder, file: Path) -> None:
    for number in range(2000):
        record(recorder, number)
    assert recorder.flush()
    assert [each["number"] for each in lines(file)] == list(range(2000))


def test_lines_come_by_themselves(recorder: Recorder, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written, append = threading.Event(), AppendFile.append

    def told(self: AppendFile, batch: list[bytes]) -> int:
        try:
            return append(self, batch)
        finally:
            written.set()

    monkeypatch.setattr(AppendFile, "append", told)
    for number in range(3):
        written.clear()
        record(recorder, number)
        assert written.wait(30)
    assert [each["number"] for each in lines(file)] == [0, 1, 2]


def test_after_the_disk_was_full_lines_come_by_themselves(
    recorder: Recorder, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries, written, append = [0], threading.Event(), AppendFile.append

    def full_once(self: AppendFile, batch: list[bytes]) -> int:
        tries[0] += 1
        if tries[0] == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.set()
        return append(self, batch)

    monkeypatch.setattr(AppendFile, "append", full_once)
    record(recorder)
    assert written.wait(30)  # nothing was put meanwhile
    assert recorder.flush()
    assert len(lines(file)) == 1


def test_a_full_queue_drops_and_tells_how_many(made: Callable[..., Recorder], file: Path) -> None:
    recorder = made(limit=3, linger=60.0)
    for number in range(10):
        record(recorder, number)
    assert recorder.flush()
    record(recorder, 10)
    assert recorder.flush()
    told = lines(file)
    assert [(each["number"], each.get("dropped_before", 0)) for each in told] == [(0, 7), (1, 0), (2, 0), (10, 0)]
    assert recorder.dropped == 7


def test_after_close_it_goes_on(recorder: Recorder, file: Path) -> None:
    for number in range(3):
        record(recorder, number)
        assert recorder.close()
        assert len(lines(file)) == number + 1


def test_only_the_user_may_read_the_file(recorder: Recorder, file: Path) -> None:
    record(recorder)
    assert recorder.flush()
    assert file.stat().st_mode & 0o777 == 0o600


def test_missing_folders_are_made(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a" / "b" / "calls.jsonl", linger=0.0)
    record(recorder)
    assert recorder.close()
    assert len(lines(tmp_path / "a" / "b" / "calls.jsonl")) == 1


def test_a_path_that_cannot_be_written_is_told_once_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    recorder = Recorder(blocked / "calls.jsonl", linger=60.0, limit=5)
    for number in range(8):
        record(recorder, number)
    assert not recorder.flush()
    assert not recorder.flush()
    assert [each.levelname for each in caplog.records] == ["WARNING"]
    assert "cannot be written" in caplog.text
    blocked.unlink()
    assert recorder.close()
    assert [each["number"] for each in lines(blocked / "calls.jsonl")][:5] == [0, 1, 2, 3, 4]


def test_a_disk_that_is_full_for_a_while(
    recorder: Recorder, file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write, room = os.write, [120]

    def limited(descriptor: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = write(descriptor, data[: room[0]])
        room[0] -= written
        return written

    monkeypatch.setattr(os, "write", limited)
    for number in range(3):
        record(recorder, number)
    assert not recorder.flush()
    room[0] = 10**6
    assert recorder.flush()
    torn, *whole = file.read_bytes().splitlines()
    assert len(torn) == 120
    assert [json.loads(each)["number"] for each in whole] == [0, 1, 2]
    assert len(caplog.records) == 1


@pytest.mark.parametrize("room", range(1, 30))
def test_a_short_write_loses_and_repeats_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:room]))
    file, todo = AppendFile(str(tmp_path / "a")), [b"%d" % number + b"x" * number + b"\n" for number in range(9)]
    wanted = list(todo)
    for _ in range(100):
        if todo and room >= len(todo[0]):  # with less room, none can ever be whole
            del todo[: file.append(todo)]
    monkeypatch.undo()
    assert file.append([b"end\n"]) == 1
    file.close()
    found = [each for each in (tmp_path / "a").read_bytes().splitlines(keepends=True) if each in wanted]
    assert found == wanted[: len(wanted) - len(todo)]
    assert not todo or room < len(todo[0])


def test_what_a_killed_program_left_of_a_line_is_ended_first(recorder: Recorder, file: Path) -> None:
    torn = b'{"time": "2026'
    for _ in range(2):
        with file.open("ab") as stream:
            stream.write(torn)
        record(recorder)
        assert recorder.flush()
    first, whole, second, last = file.read_bytes().splitlines()
    assert first == second == torn
    assert json.loads(whole)["status"] == json.loads(last)["status"] == 200


def test_a_file_renamed_by_another_program_is_begun_anew(recorder: Recorder, file: Path) -> None:
    record(recorder, 1)
    assert recorder.flush()
    file.rename(file.with_suffix(".1"))
    record(recorder, 2)
    assert recorder.flush()
    assert [each["number"] for each in lines(file)] == [2]
    assert [each["number"] for each in lines(file.with_suffix(".1"))] == [1]


def test_rotation_keeps_every_line_and_the_newest_files(made: Callable[..., Recorder], file: Path) -> None:
    recorder = made(rotate_bytes=1000, rotated=3)
    (file.parent / "calls.old.jsonl").write_text("another's")
    for number in range(40):
        record(recorder, number)
        assert recorder.flush()
    files = sorted(file.parent.glob("calls.2*.jsonl"))
    assert len(files) == 3
    assert all(each.stat().st_size <= 1000 for each in [*files, file])
    numbers = [each["number"] for path in [*files, file] for each in lines(path)]
    assert numbers == list(range(numbers[0], 40))
    assert (file.parent / "calls.old.jsonl").exists()


def test_an_import_follows_through_rotation(made: Callable[..., Recorder], file: Path, tmp_path: Path) -> None:
    recorder, wanted, left = made(rotate_bytes=3000, rotated=0), 0, list(range(12))
    reports: list[Report] = []
    recorder.write(time=1_790_000_000, path="/first", status=200)
    assert recorder.flush()

    def wait() -> bool:
        nonlocal wanted
        if not left:
            return False
        left.pop()
        for _ in range(5):
            wanted += 1
            recorder.write(time=1_790_000_000 + wanted, path="/orders/v0/orders", status=200, seller_id="A1")
        return recorder.flush()

    with opened_ledger(tmp_path) as ledger:
        follow(Importer(ledger, SqliteStore(ledger)), str(file), wait, reports.append)
    assert len(list(file.parent.glob("calls.2*.jsonl"))) > 3
    assert sum(each.new for each in reports) == wanted + 1
    assert not any(each.aside for each in reports)


MANY = """
import sys
from sptui.recorder import Recorder
recorder = Recorder(sys.argv[1], linger=0.0, rotate_bytes=int(sys.argv[3]), rotated=0)
for number in range(1500):
    recorder.write(path="/a/" + "x" * (number % 200), status=200, process=sys.argv[2], number=number)
    if number % 50 == 0:
        recorder.flush()
"""


@pytest.mark.parametrize("rotate", [0, 60_000], ids=["one file", "rotated"])
def test_lines_of_several_processes_do_not_mix(file: Path, rotate: int) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", MANY, str(file), str(each), str(rotate)], cwd=ROOT) for each in range(4)
    ]
    assert [each.wait(60) for each in running] == [0] * 4
    files = [*sorted(file.parent.glob("calls.2*.jsonl")), file] if rotate else [file]
    told = [each for path in files if path.exists() for each in lines(path)]
    for process in range(4):
        assert [each["number"] for each in told if each["process"] == str(process)] == list(range(1500))


def test_what_waits_at_the_end_is_written(file: Path) -> None:
    run(
        "import sys; from sptui.recorder import Recorder; r = Recorder(sys.argv[1], linger=60.0)\n"
        "for n in range(500): r.write(path='/a', status=200, number=n)",
        str(file),
    )
    assert [each["number"] for each in lines(file)] == list(range(500))


def test_a_program_whose_log_cannot_be_written_ends_as_ever(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("")
    code = (
        "import logging, sys; logging.disable(); from sptui.recorder import Recorder; "
        "r = Recorder(sys.argv[1]); r.write(path='/a', status=200)"
    )
    run(code, str(tmp_path / "blocked" / "calls.jsonl"))


FORKED = """
import os, sys
from sptui.recorder import Recorder
recorder = Recorder(sys.argv[1], linger=0.01)
for number in range(200):
    recorder.write(path="/a", status=200, who="parent", number=number)
children = []
for child in range(3):
    pid = os.fork()
    if not pid:
        for number in range(200):
            recorder.write(path="/a", status=200, who=f"child {child}", number=number)
        sys.exit(0)  # as a gunicorn worker ends
    children.append(pid)
for number in range(200, 400):
    recorder.write(path="/a", status=200, who="parent", number=number)
for pid in children:
    assert os.waitpid(pid, 0)[1] == 0
"""


def test_forked_children_write_their_own_and_nothing_twice(file: Path) -> None:
    run(FORKED, str(file))
    told = lines(file)
    for who, count in [("parent", 400), ("child 0", 200), ("child 1", 200), ("child 2", 200)]:
        assert [each["number"] for each in told if each["who"] == who] == list(range(count))


POOL = """
import multiprocessing, sys
from sptui.recorder import Recorder
recorder = Recorder(sys.argv[1], linger=60.0)
def work(number):
    recorder.write(path="/a", status=200, number=number)
if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=work, args=(each,)) for each in range(3)]
    [each.start() for each in workers]
    [each.join() for each in workers]
"""


def test_children_of_multiprocessing_write_what_waits(file: Path) -> None:
    run(POOL, str(file))
    assert sorted(each["number"] for each in lines(file)) == [0, 1, 2]


def test_without_threads_it_is_written_at_the_end(
    recorder: Recorder, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_left)
    record(recorder)
    assert recorder.close()
    assert len(lines(file)) == 1


def test_an_item_that_makes_no_line_is_left_out(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    def line_of(item: Any, dropped: int) -> bytes:
        return b"%d\n" % (1 / item)

    writer = LineWriter(AppendFile(str(file)), line_of, linger=60.0)
    for item in (1, 0, 0, 1):
        writer.put(item)
    assert writer.close()
    assert file.read_bytes() == b"1\n1\n"
    assert len(caplog.records) == 1


def test_a_broken_log_of_the_program_is_passed_over(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("the log is full, too")

    monkeypatch.setattr(logging.Logger, "warning", broken)
    recorder = Recorder(file / "not" / "a folder", linger=0.0)
    file.write_text("")
    record(recorder)
    assert not recorder.close()


def test_it_stands_alone_and_is_quickly_there() -> None:
    run(
        "import sys; import sptui.recorder\n"
        "theirs = {each for each in sys.modules if each.startswith('sptui.')}\n"
        "assert all(each.startswith('sptui.recorder') for each in theirs), theirs\n"
        "heavy = {'logging', 'httpx', 'requests', 'urllib3', 'asyncio', 'json', 'msgspec', 'socket', 'pathlib'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )


def test_calls_from_many_threads(recorder: Recorder, file: Path) -> None:
    def many(name: int) -> None:
        for number in range(300):
            with recorder.call(seller_id=f"A{name}"):
                call = recorder.begin("GET", f"{NA}/a/{number}")
                assert call is not None
                call.answered(200, {})
                call.end()

    threads = [threading.Thread(target=many, args=(each,)) for each in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert recorder.flush()
    found = {(each["seller_id"], each["path"]) for each in lines(file)}
    assert found == {(f"A{name}", f"/a/{number}") for name in range(5) for number in range(300)}
