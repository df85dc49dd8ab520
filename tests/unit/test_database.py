"""The SQLite files: versions, whole transactions, several programs, broken files and full disks."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sptui.database import Database, DatabaseError

FIRST = "CREATE TABLE thing (name TEXT PRIMARY KEY, size INTEGER NOT NULL);"
SECOND = "ALTER TABLE thing ADD COLUMN colour TEXT NOT NULL DEFAULT 'none'; CREATE INDEX by_size ON thing (size);"


def test_migrations_run_once_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file.sqlite3"
    database = Database(path, [FIRST])
    database.write([("INSERT INTO thing VALUES (?, ?)", ("one", 1))])
    database.close()
    database = Database(path, [FIRST, SECOND])
    assert database.query("SELECT * FROM thing") == [("one", 1, "none")]
    database.close()
    Database(path, [FIRST, SECOND]).close()


def test_a_file_of_a_later_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "file.sqlite3"
    Database(path, [FIRST, SECOND]).close()
    with pytest.raises(DatabaseError, match="newer sptui"):
        Database(path, [FIRST])
    Database(path, [FIRST, SECOND]).close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file.sqlite3"
    Database(path, [FIRST]).close()
    with pytest.raises(DatabaseError, match="cannot be used"):
        Database(path, [FIRST, "CREATE TABLE other (a); CREATE NONSENSE;"])
    again = Database(path, [FIRST])
    assert again.query("SELECT name FROM sqlite_master WHERE type = 'table'") == [("thing",)]
    again.close()


def test_a_transaction_is_whole_or_not_at_all() -> None:
    database = Database(None, [FIRST])
    with pytest.raises(DatabaseError):
        database.write(
            [
                ("INSERT INTO thing VALUES (?, ?)", ("one", 1)),
                ("INSERT INTO thing VALUES (?, ?)", ("one", 2)),
            ]
        )
    assert database.query("SELECT * FROM thing") == []
    database.write_many("INSERT INTO thing VALUES (?, ?)", [("a", 1), ("b", 2)])
    assert database.query("SELECT count(*) FROM thing") == [(2,)]
    database.close()


def test_a_closed_database_says_so() -> None:
    database = Database(None, [FIRST])
    database.close()
    with pytest.raises(DatabaseError):
        database.query("SELECT 1")


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "file.sqlite3"
    path.write_bytes(b"this is no database, but somebody's text\n" * 50)
    with pytest.raises(DatabaseError, match="not a database"):
        Database(path, [FIRST])
    assert path.read_bytes().startswith(b"this is no database")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DatabaseError, match="SPTUI_DATA_DIR"):
        Database(tmp_path / "file" / "calls.sqlite3", [FIRST])


def test_a_full_disk_loses_nothing_that_was_stored(tmp_path: Path) -> None:
    database = Database(tmp_path / "file.sqlite3", [FIRST])
    database.write([("INSERT INTO thing VALUES (?, ?)", ("kept", 1))])
    pages = database.query("PRAGMA page_count")[0][0]
    database.query(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(DatabaseError, match="full"):
        database.write_many("INSERT INTO thing VALUES (?, ?)", [(f"{number:04}" * 500, 1) for number in range(100)])
    assert database.query("SELECT name FROM thing") == [("kept",)]
    database.query("PRAGMA max_page_count = 100000")
    database.write([("INSERT INTO thing VALUES (?, ?)", ("later", 1))])  # the disk has room again
    database.close()


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "file.sqlite3"
    Database(path, [FIRST]).close()
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


WRITER = """
import sys
from pathlib import Path
from sptui.database import Database
database = Database(Path(sys.argv[1]), [sys.argv[2]])
print("ready", flush=True)
for number in range(int(sys.argv[4])):
    database.write([("INSERT INTO thing VALUES (?, ?)", (f"{sys.argv[3]}-{number}", number))])
    print(number, flush=True)
database.close()
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), FIRST, name, str(count)], stdout=subprocess.PIPE, text=True
    )


def test_two_programs_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "file.sqlite3"
    programs = [writer(path, name, 50) for name in ("one", "two")]
    for program in programs:
        program.communicate(timeout=60)
        assert program.returncode == 0
    database = Database(path, [FIRST])
    assert database.query("SELECT count(*) FROM thing") == [(100,)]
    database.close()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no kill -9")
def test_killed_at_any_moment_it_keeps_what_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "file.sqlite3"
    told = -1
    for lines in (3, 17, 40):
        program = writer(path, f"until{lines}", 100_000)
        assert program.stdout is not None
        for _ in range(lines):
            told = int(line) if (line := program.stdout.readline().strip()).isdigit() else told
        program.send_signal(signal.SIGKILL)
        program.communicate(timeout=60)
        connection = sqlite3.connect(path)
        stored = connection.execute("SELECT max(size) FROM thing WHERE name LIKE ?", (f"until{lines}-%",)).fetchone()[0]
        assert stored >= told  # every number that was told had been committed
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
