"""SQLite files under several programs at once, in folders that may not be written, and with odd values."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from sptui.database import Database, DatabaseError

TABLE = "CREATE TABLE thing (name TEXT PRIMARY KEY, size INTEGER NOT NULL); CREATE INDEX by_size ON thing (size);"
INSERT = "INSERT INTO thing VALUES (?, ?)"


def open_and_write(path: Path, name: str, barrier: threading.Barrier, told: multiprocessing.SimpleQueue[str]) -> None:
    """What a program does at its start, at the same moment as the others."""
    barrier.wait(30)
    try:
        database = Database(path, [TABLE])
        database.write([(INSERT, (name, 1))])
        database.close()
        told.put("")
    except DatabaseError as problem:
        told.put(str(problem))


def test_programs_that_start_at_the_same_moment_all_get_the_file(tmp_path: Path) -> None:
    """A new file is switched to WAL and migrated by whoever comes first; SQLite refuses the others at once."""
    context = multiprocessing.get_context("spawn")
    told: multiprocessing.SimpleQueue[str] = context.SimpleQueue()
    rounds, programs = 40, 4
    barrier = context.Barrier(programs)
    workers = [
        context.Process(
            target=open_each, args=([tmp_path / f"{turn}.sqlite3" for turn in range(rounds)], name, barrier, told)
        )
        for name in "abcd"[:programs]
    ]
    for worker in workers:
        worker.start()
    outcomes = [told.get() for _ in range(rounds * programs)]
    for worker in workers:
        worker.join(30)
    assert outcomes == [""] * (rounds * programs)
    for turn in range(rounds):
        database = Database(tmp_path / f"{turn}.sqlite3", [TABLE])
        assert database.query("SELECT name FROM thing ORDER BY name") == [(name,) for name in "abcd"]
        assert database.query("PRAGMA user_version") == [(1,)]
        database.close()


def open_each(paths: list[Path], name: str, barrier: threading.Barrier, told: multiprocessing.SimpleQueue[str]) -> None:
    for path in paths:
        open_and_write(path, name, barrier, told)


def test_it_is_in_wal_and_waits_for_the_disk(tmp_path: Path) -> None:
    database = Database(tmp_path / "file.sqlite3", [TABLE])
    assert database.query("PRAGMA journal_mode") == [("wal",)]
    assert database.query("PRAGMA synchronous") == [(2,)]  # FULL
    database.close()


def test_somebody_reads_while_another_writes(tmp_path: Path) -> None:
    writer, reader = (Database(tmp_path / "file.sqlite3", [TABLE]) for _ in range(2))
    writer.write([(INSERT, ("kept", 1))])
    with pytest.raises(DatabaseError):
        writer.write([(INSERT, ("new", 1)), ("SELECT nonsense", ())])
    assert reader.query("SELECT name FROM thing") == [("kept",)]
    writer.close()
    reader.close()


def test_a_migration_goes_through_whatever_else_is_open(tmp_path: Path) -> None:
    path = tmp_path / "file.sqlite3"
    old = Database(path, [TABLE])
    new = Database(path, [TABLE, "CREATE TABLE more (a);"])
    assert new.query("PRAGMA user_version") == [(2,)]
    old.write([(INSERT, ("still", 1))])
    assert new.query("SELECT name FROM thing") == [("still",)]
    old.close()
    new.close()


@pytest.mark.parametrize(
    "value", [2**70, -(2**70), "half \ud800 a character", object(), {"a": 1}], ids=lambda each: type(each).__name__
)
def test_a_value_that_sqlite_does_not_take_is_told_and_nothing_stored(value: object) -> None:
    database = Database(None, [TABLE])
    with pytest.raises(DatabaseError):
        database.write([(INSERT, ("first", 1)), (INSERT, (str(id(value)), value))])
    with pytest.raises(DatabaseError):
        database.write_many(INSERT, [("first", 1), (value, 1)])
    with pytest.raises(DatabaseError):
        database.query("SELECT ?", (value,))
    assert database.query("SELECT count(*) FROM thing") == [(0,)]
    database.write([(INSERT, ("next", 1))])
    database.close()


def test_an_error_of_the_caller_undoes_the_transaction_and_stays_the_callers() -> None:
    database = Database(None, [TABLE])

    def rows() -> object:
        yield "one", 1
        raise KeyError("caller")

    with pytest.raises(KeyError, match="caller"):
        database.write_many(INSERT, rows())  # type: ignore[arg-type]  # a generator of rows
    assert database.query("SELECT count(*) FROM thing") == [(0,)]
    database.write([(INSERT, ("next", 1))])
    database.close()


def test_many_threads_share_one_connection() -> None:
    database = Database(None, [TABLE])

    def write(start: int) -> None:
        for number in range(start, start + 50):
            database.write([(INSERT, (str(number), number))])
            assert database.query("SELECT size FROM thing WHERE name = ?", (str(number),)) == [(number,)]

    threads = [threading.Thread(target=write, args=(start,)) for start in range(0, 400, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert database.query("SELECT count(*) FROM thing") == [(400,)]
    database.close()


def test_the_message_tells_file_cause_and_next_step(tmp_path: Path) -> None:
    path = tmp_path / "calls.sqlite3"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(DatabaseError) as raised:
        Database(path, [TABLE])
    for part in (str(path), "file is not a database", "SPTUI_DATA_DIR"):
        assert part in str(raised.value)
    assert path.read_bytes() == b"no database" * 1000


def test_a_cut_file_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "file.sqlite3"
    database = Database(path, [TABLE])
    database.write_many(INSERT, [(str(number), number) for number in range(2000)])
    database.close()
    cut = path.read_bytes()[:9000]
    path.write_bytes(cut)
    with pytest.raises(DatabaseError):
        Database(path, [TABLE]).query("SELECT name, size FROM thing WHERE size > 0 ORDER BY name")
    assert path.read_bytes()[4096:] == cut[4096:]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no list of open files")
def test_nothing_is_left_open_when_it_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "file.sqlite3"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(DatabaseError) as raised:
        Database(path, [TABLE])
    open_files = [str(each.readlink()) for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    assert str(path) not in open_files
    assert raised.value is not None  # which keeps alive what its traceback refers to


READ_ONLY = """
import os
import sqlite3
import sys
from pathlib import Path
from sptui.database import Database, DatabaseError
if os.geteuid() == 0:  # root may write everywhere
    os.setgid(65534)
    os.setuid(65534)
try:
    Database(Path(sys.argv[1]), [sys.argv[2]]).write([("INSERT INTO thing VALUES ('x', 1)", ())])
except DatabaseError as problem:
    print(problem)
else:
    print("written")
"""


@pytest.mark.skipif(os.name != "posix", reason="the rights of POSIX")
@pytest.mark.parametrize("exists", [False, True], ids=["new file", "existing file"])
def test_a_folder_that_may_only_be_read_is_told(exists: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="sptui-readonly-"))  # outside pytest's folders, which are their owner's alone
    try:
        path = folder / "calls.sqlite3"
        if exists:
            Database(path, [TABLE]).close()
            path.chmod(0o444)
        folder.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(path), TABLE], capture_output=True, text=True, timeout=60, check=True
        )
        assert str(path) in done.stdout
        assert "cannot be used" in done.stdout
        assert "SPTUI_DATA_DIR" in done.stdout
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_device_that_is_always_full_is_told(tmp_path: Path) -> None:
    path = tmp_path / "calls.sqlite3"
    path.symlink_to("/dev/full")
    with pytest.raises(DatabaseError, match="cannot be used"):
        Database(path, [TABLE])


def test_a_file_locked_by_another_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.sqlite3"
    database = Database(path, [TABLE])
    database.query("PRAGMA busy_timeout = 1")  # instead of ten seconds
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseError, match="locked"):
        database.write([(INSERT, ("x", 1))])
    other.execute("ROLLBACK")
    other.close()
    database.write([(INSERT, ("x", 1))])
    database.close()
