"""What goes wrong while importing: each told clearly, and nothing lost or counted twice."""

from __future__ import annotations

import bz2
import gzip
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.duck import Duck
from sptui.calllog.importing.following import follow
from sptui.calllog.importing.importer import Report
from sptui.calllog.importing.sources import files_in, open_log
from sptui.calllog.importing.values import outline
from sptui.database import DatabaseError
from sptui.spapi.calls import CallRecord

from .importing_kit import STORES, everything_on_disk, import_file, line, lines, opened, records_in, stored

pytest.importorskip("duckdb")
both = pytest.mark.parametrize("kind", STORES)
UNIT = Path(__file__).parents[1]
COUNT = 30_000


def zstd(data: bytes) -> bytes:
    if sys.version_info >= (3, 14):
        from compression import zstd as module
    else:
        module = pytest.importorskip("backports.zstd")
    compressed: bytes = module.compress(data)
    return compressed


PACKED: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "zst": zstd}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_full_disk_is_told_in_words() -> None:
    duck = Duck()
    with pytest.raises(CallLogError, match=r"^The disk is full\. Make room, and do it again"):
        duck.run("COPY (SELECT * FROM range(100000)) TO '/dev/full' (FORMAT csv)")
    duck.close()


@pytest.mark.parametrize("ending", PACKED)
def test_a_compressed_log_is_read_and_a_cut_one_as_far_as_it_goes(ending: str, tmp_path: Path) -> None:
    whole = PACKED[ending](lines(COUNT))
    log = tmp_path / f"x.jsonl.{ending}"
    log.write_bytes(whole[: len(whole) * 3 // 4])
    first = import_file("parquet", tmp_path, log, block_bytes=500_000)
    assert f"{log} cannot be read to its end" in first.problem
    assert 1000 < first.new < COUNT
    assert first.aside == 0
    again = import_file("parquet", tmp_path, log, block_bytes=500_000)
    assert (again.new, again.known, again.aside) == (0, 0, 0)
    log.write_bytes(whole)
    rest = import_file("parquet", tmp_path, log, block_bytes=500_000)
    assert (rest.new, rest.known, rest.aside, rest.problem) == (COUNT - first.new, 0, 0, "")
    assert rest.done <= rest.size == len(whole)


@pytest.mark.parametrize("ending", PACKED)
def test_an_archive_that_is_none_is_told(ending: str, tmp_path: Path) -> None:
    (tmp_path / f"x.{ending}").write_bytes(b"no archive at all")
    with pytest.raises(CallLogError, match="cannot be read"):
        import_file("sqlite", tmp_path, tmp_path / f"x.{ending}")


def test_the_one_reader_counts_a_broken_archive_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = gzip.compress(lines(COUNT))
    (tmp_path / "x.gz").write_bytes(whole[: len(whole) // 2])
    found = []
    with pytest.raises(CallLogError, match="What came before is counted"):  # noqa: PT012 - it raises at its end
        for each in records_in(str(tmp_path / "x.gz")):
            found.append(each)  # noqa: PERF402 - what came before the end is to be counted
    assert 1000 < len(found) < COUNT
    assert all(isinstance(each, CallRecord) for each in found)


def test_zstandard_without_its_reader_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    (tmp_path / "x.zst").write_bytes(b"")
    with pytest.raises(CallLogError, match=r"pip install 'sptui\[log\]'"):
        open_log(str(tmp_path / "x.zst"))


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "gone.log").symlink_to(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CallLogError, match="leads nowhere"):
        files_in([str(tmp_path / "gone.log")])
    with pytest.raises(CallLogError, match="There is no log in"):
        files_in([str(tmp_path)])
    (tmp_path / "a.log").write_bytes(b"")
    assert files_in([str(tmp_path)]) == [str(tmp_path / "a.log")]


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(3))

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CallLogError, match=r"a\.jsonl cannot be read: Permission denied"):
        open_log(str(tmp_path / "a.jsonl"))


@both
def test_a_file_that_shrinks_or_is_replaced_while_it_is_read(kind: str, tmp_path: Path) -> None:
    log = tmp_path / "x.jsonl"
    log.write_bytes(lines(400))
    seen: list[int] = []

    def shrink(report: Report) -> None:
        seen.append(report.done)
        if len(seen) == 3:
            log.write_bytes(lines(50, start=1000))

    first = import_file(kind, tmp_path, log, block_bytes=5000, on_progress=shrink)
    assert 0 < first.new < 400
    second = import_file(kind, tmp_path, log)
    assert second.new + second.known == 50
    assert len(stored(kind, tmp_path)) == first.new + second.new

    def replace(report: Report) -> None:
        if not log.with_suffix(".1").exists():
            log.rename(log.with_suffix(".1"))
            log.write_bytes(lines(20, start=3000))

    log.write_bytes(lines(300, start=2000))
    third = import_file(kind, tmp_path, log, block_bytes=5000, on_progress=replace)
    assert third.new == 300  # the file that was opened is read to its end
    assert import_file(kind, tmp_path, log).new == 20


@both
def test_a_followed_file_may_be_away_for_a_while(kind: str, tmp_path: Path) -> None:
    log = tmp_path / "x.jsonl"
    log.write_bytes(lines(20))
    steps = iter(["rename", "nothing", "come back", "end"])
    done: list[Report] = []

    def wait() -> bool:
        step = next(steps)
        if step == "rename":
            with log.open("ab") as file:
                file.write(lines(3, start=20))
            log.rename(log.with_suffix(".1"))
        elif step == "come back":
            log.write_bytes(lines(5, start=100))
        return step != "end"

    with opened(kind, tmp_path) as (importer, _):
        follow(importer, str(log), wait, done.append)
    assert (sum(each.new for each in done), sum(each.known for each in done)) == (28, 0)


@both
def test_a_ledger_that_another_program_holds_is_told(kind: str, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(lines(20))
    with opened(kind, tmp_path) as (importer, ledger):
        ledger.database.query("PRAGMA busy_timeout = 20")
        other = sqlite3.connect(tmp_path / "imported" / "imported.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="Another program holds the folder"):
            importer.run(str(tmp_path / "x.jsonl"))
        other.execute("ROLLBACK")
        other.close()
        assert importer.run(str(tmp_path / "x.jsonl")).new == 20


FULL = """
import resource, signal, sys
from pathlib import Path
from calllog.importing_kit import opened
from sptui.calllog import duck
from sptui.calllog.asking.engine import CallLogError
from sptui.database import Database, DatabaseError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
kind, folder, log = sys.argv[1:]
full = False

def on_a_full_disk(function):
    def wrapped(self, sql, *values):
        if not full or (kind == "parquet" and not sql.startswith("COPY")):
            return function(self, sql, *values)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
        try:
            return function(self, sql, *values)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    return wrapped

owner, name = (duck.Duck, "rows") if kind == "parquet" else (Database, "write")
setattr(owner, name, on_a_full_disk(getattr(owner, name)))
with opened(kind, Path(folder), block_bytes=200_000) as (importer, _):
    def fill(report):
        global full
        full = report.new > 0
    importer._on_progress = fill
    try:
        importer.run(log)
    except (CallLogError, DatabaseError) as problem:
        print(problem)
"""


@both
def test_a_disk_that_is_full_loses_nothing(kind: str, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(lines(3000))
    command = [sys.executable, "-c", FULL, kind, str(tmp_path), str(tmp_path / "x.jsonl")]
    done = subprocess.run(command, cwd=UNIT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip()
    kept = len(stored(kind, tmp_path))
    assert 0 < kept < 3000
    rest = import_file(kind, tmp_path, tmp_path / "x.jsonl")
    assert (rest.new, rest.known) == (3000 - kept, 0)
    if kind == "parquet":
        with opened(kind, tmp_path) as (_, ledger):
            named = {each.name for each in ledger.segments()}
            assert {each.name for each in (tmp_path / "imported").glob("calls-*.parquet")} == named


INTERRUPTED = """
import os, signal, sys
from click.testing import CliRunner
from sptui.calllog.importing import importer
signal.signal(signal.SIGINT, signal.default_int_handler)  # a program begun in the background is born deaf to it
from sptui.cli.main import cli
take, count = importer.Importer._take, 0
def interrupted(self, *arguments, **named):
    global count
    done = take(self, *arguments, **named)
    count += 1
    if count == 3:
        os.kill(os.getpid(), signal.SIGINT)
    return done
importer.Importer._take = interrupted
importer.BLOCK = importer._SLOW_BLOCK = 50_000
done = CliRunner().invoke(cli, ["log", "import", sys.argv[1], "--json"])
print(done.exit_code, done.stderr)
"""


@both
def test_ctrl_c_keeps_what_is_imported(kind: str, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(lines(3000))
    environment = os.environ | {"SPTUI_DATA_DIR": str(tmp_path), "SPTUI_CONFIG_DIR": str(tmp_path)}
    without = "import sptui.calllog.duck; sptui.calllog.duck.available = lambda: False\n" if kind == "sqlite" else ""
    command = [sys.executable, "-c", without + INTERRUPTED, str(tmp_path / "x.jsonl")]
    done = subprocess.run(command, cwd=UNIT, capture_output=True, text=True, timeout=60, check=True, env=environment)
    assert "Ended. What is imported stays; the same command goes on from there." in done.stdout
    kept = len(stored(kind, tmp_path))
    assert 0 < kept < 3000
    rest = import_file(kind, tmp_path, tmp_path / "x.jsonl")
    assert (rest.new, rest.known) == (3000 - kept, 0)


@both
def test_lines_kept_aside_have_their_number_in_every_block(kind: str, tmp_path: Path) -> None:
    bad = {7: b"broken\n", 150: line(0, ts="yesterday"), 151: b"\n", 399: b'{"cut": \n'}
    whole = b"".join(bad.get(each, line(each)) for each in range(1, 401))
    (tmp_path / "x.jsonl").write_bytes(whole)
    with opened(kind, tmp_path, block_bytes=4000) as (importer, ledger):
        report = importer.run(str(tmp_path / "x.jsonl"))
        aside = [each.line for _, each in reversed(ledger.unreadable())]
    assert (report.new, report.aside, aside) == (396, 3, [7, 150, 399])
    with (tmp_path / "x.jsonl").open("ab") as file:
        file.write(line(500) + b"broken too\n")
    with opened(kind, tmp_path) as (importer, ledger):
        importer.run(str(tmp_path / "x.jsonl"))
        assert ledger.unreadable()[0][1].line == 402
        assert len(ledger.unreadable(str(tmp_path))) == 4
        assert ledger.unreadable(str(tmp_path / "y.jsonl")) == []
        (tmp_path / "x.jsonl").write_bytes(lines(5, start=700) + b"oops\n")
        importer.run(str(tmp_path / "x.jsonl"))
        assert [each.line for _, each in ledger.unreadable()] == [6]  # what was known of another file is forgotten
        assert ledger.forget_unreadable(str(tmp_path)) == 1
        assert ledger.unreadable() == []


SECRETS = (
    b'{"access_token":"Atza|canary","buyerName":"Canary Smith","x": canary}\n',
    b"Canary Smith, 12 Canary Street, +1 555 0100200 refresh_token=Atzr|canary canary@canary.example\n",
    b'{"name":"Canary \\" Smith","ts":"canary","address":["Canary 1',
    '{"ts": "2026-11-01T00:00:00Z", "κανάρι": "Canary"\n'.encode(),
)


@both
def test_nothing_that_a_line_holds_is_kept_aside(kind: str, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(lines(3) + b"".join(SECRETS))
    with opened(kind, tmp_path) as (importer, ledger):
        importer.run(str(tmp_path / "x.jsonl"))
        assert len(ledger.unreadable()) >= 3
    (tmp_path / "x.jsonl").unlink()
    on_disk = everything_on_disk(tmp_path).lower()
    assert b"canary" not in on_disk
    assert b"5550100200" not in on_disk
    assert b"555 0100200" not in on_disk


def test_what_is_kept_of_a_line_tells_its_form() -> None:
    assert outline('{"ts":"2026-11-01T00:00:00Z","method":"GET","who":"Jane 12", oops') == (
        '{"ts":"2026-11-01T00:00:00Z","method":"GET","who":"xxxx 00", xxxx'
    )
    assert outline("INFO Jane called GET /orders/902-1") == "INFO xxxx xxxxxx GET /xxxxxx/000-0"


@both
def test_the_disk_holds_nothing_of_a_killed_import(kind: str, tmp_path: Path) -> None:
    """Lines on their way to DuckDB lie in memory: after a kill no file is left with what they held."""
    (tmp_path / "x.jsonl").write_bytes(lines(50) + line(60, note="canary in another field"))

    def stop(report: Report) -> None:
        on_disk = b"".join(each.read_bytes() for each in (tmp_path / "imported").iterdir() if each.is_file())
        assert b"canary" not in on_disk
        assert not list((tmp_path / "imported").glob("*.part"))

    assert import_file(kind, tmp_path, tmp_path / "x.jsonl", on_progress=stop, block_bytes=3000).new == 51
