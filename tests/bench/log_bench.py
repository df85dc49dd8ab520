"""The call log on millions of calls, beside what else reads such a file, in one run.

    python tests/bench/log_bench.py calls-2m.jsonl [calls-10m.jsonl] [--only part,part…] [--folder FOLDER]

Without --only: all parts. sqlite-utils is looked for in the Python of SQLITE_UTILS_PYTHON, lnav on the PATH. The files
are JSON Lines with ts, method, path, status, code, message, seller_id, marketplace_id, request_id and ms.
Everything runs in processes of its own; the peak memory is the process's. Times are the best of three where it says
so: the machine is rarely alone.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

QUESTIONS = (("createFeed", "POST", "/feeds/2021-06-30/feeds", 400), ("getOrders", "GET", "/orders/v0/orders", 500))
WINDOWS = (("24 hours", timedelta(days=1)), ("30 days", timedelta(days=30)))


def best(work: Callable[[], Any], times: int = 3) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


def told(**figures: Any) -> None:
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps(figures), flush=True)


def duckdb_alone(file: str, folder: str) -> None:
    """What DuckDB itself takes for the same."""
    import duckdb

    for name, method, path, status in QUESTIONS:
        for window, back in WINDOWS:
            sql = (
                "SELECT marketplace_id, count(DISTINCT seller_id), count(DISTINCT CASE WHEN status = ? THEN seller_id"
                f" END), min(CASE WHEN status = ? THEN ts END) FROM read_json_auto('{file}') WHERE method = ? AND"
                f" path = ? AND ts >= TIMESTAMP '2026-01-31' - INTERVAL {back.days} DAY GROUP BY ROLLUP (1)"
            )
            values = [status, status, method, path]
            took = best(lambda: duckdb.connect().execute(sql, values).fetchall())  # noqa: B023 - called at once
            told(what=f"DuckDB alone, the file where it lies: {name}, {window}", seconds=round(took, 3))
    target = Path(folder) / "alone.duckdb"
    connection = duckdb.connect(str(target))
    began = time.perf_counter()
    connection.execute(f"CREATE TABLE calls AS SELECT * FROM read_json_auto('{file}')")
    connection.close()
    told(what="DuckDB alone, load", seconds=round(time.perf_counter() - began, 2), mb=target.stat().st_size >> 20)


def where_it_lies(file: str, folder: str) -> None:
    """``log who --file``."""
    del folder
    from sptui.calllog.asking.ask import who, window_start
    from sptui.calllog.opening import asked_file
    from sptui.calllog.questions import Question
    from sptui.spapi.catalogue import load_catalogue

    def ask(name: str, status: int, back: timedelta) -> None:
        with asked_file(file) as engine:
            who(engine, Question(load_catalogue().find(name), status, since=window_start(engine, back)), deep=False)

    for name, _, _, status in QUESTIONS:
        for window, back in WINDOWS:
            took = best(lambda: ask(name, status, back))  # noqa: B023 - called at once
            told(what=f"sptui, the file where it lies: {name}, {window}", seconds=round(took, 3))


def imported(file: str, folder: str) -> None:
    """``log import``."""
    from sptui.calllog.importing.importer import Importer
    from sptui.calllog.opening import opened_ledger, opened_store
    from sptui.calllog.sizes import sizes

    began = time.perf_counter()
    with opened_ledger(Path(folder)) as ledger, opened_store(ledger, Path(folder)) as store:
        report = Importer(ledger, store).run(file)
    took = time.perf_counter() - began
    size = sizes(Path(folder)).imported >> 20
    told(what="sptui, import", seconds=round(took, 2), mb=size, calls_a_second=round(report.new / took))


def asked_imported(file: str, folder: str) -> None:
    """``log who`` on what was imported."""
    del file
    _ask_all("imported", folder, in_memory=True)


def recorded(file: str, folder: str) -> None:
    """What sptui records itself, as fast as it can; that Python reads the file meanwhile counts too."""
    from sptui.calllog.sizes import sizes
    from sptui.calllog.store import CallLog

    log = CallLog(Path(folder) / "calls.sqlite3")
    began, count, longest = time.perf_counter(), 0, 0.0
    for record in _records(file):
        before = time.perf_counter()
        log.record(record)
        longest = max(longest, time.perf_counter() - before)
        count += 1
        if count % 20_000 == 0:
            log.flush()
    log.close()
    took = time.perf_counter() - began
    told(
        what="sptui, recording",
        calls_a_second=round(count / took),
        longest_wait_ms=round(1000 * longest, 1),
        mb=sizes(Path(folder)).recorded >> 20,
    )


def asked_recorded(file: str, folder: str) -> None:
    """``log who`` on what was recorded."""
    del file
    _ask_all("recorded", folder)


def asked_recorded_plain(file: str, folder: str) -> None:
    """The same where DuckDB is not installed."""
    del file
    from unittest import mock

    with mock.patch("sptui.calllog.duck.available", return_value=False):
        _ask_all("recorded, without DuckDB", folder)


def stall(file: str, folder: str) -> None:
    """2,000 recorded calls a second beside a Textual app, on top of what was recorded before: the longest time for
    which its event loop did not come to a task that wakes every millisecond.
    """
    import asyncio
    from itertools import islice

    from textual.app import App, ComposeResult
    from textual.widgets import Digits

    from sptui.calllog.store import CallLog

    records = list(islice(_records(file), 2000))
    log = CallLog(Path(folder) / "calls.sqlite3")

    class Clock(App[None]):
        def compose(self) -> ComposeResult:
            yield Digits("0")

    async def beside(seconds: float, *, recording: bool) -> tuple[list[float], int]:
        gaps: list[float] = []
        count, began, last = 0, time.perf_counter(), time.perf_counter()
        app = Clock()
        async with app.run_test():
            last = began = time.perf_counter()
            while (now := time.perf_counter()) - began < seconds:
                due = int((now - began) * 2000) if recording else 0
                while count < due:
                    log.record(records[count % 2000])
                    count += 1
                app.query_one(Digits).update(str(count))
                await asyncio.sleep(0.001)
                gaps.append(time.perf_counter() - now)
                last = now
        del last
        return sorted(gaps), count

    for name, recording in (("nothing is recorded", False), ("2,000 calls a second are recorded", True)):
        gaps, count = asyncio.run(beside(30, recording=recording))
        before = time.perf_counter()
        log.flush()
        told(
            what=f"the event loop while {name}",
            longest_ms=round(1000 * gaps[-1], 1),
            of_1000_one_is_longer_than_ms=round(1000 * gaps[int(len(gaps) * 0.999)], 1),
            calls=count,
            written_after_ms=round(1000 * (time.perf_counter() - before), 1),
        )
    log.close()


def _ask_all(name: str, folder: str, *, in_memory: bool = False) -> None:
    from sptui.calllog.asking.ask import errors, who, window_start
    from sptui.calllog.opening import asked_log
    from sptui.calllog.questions import Question
    from sptui.calllog.store import CallLog
    from sptui.spapi.catalogue import load_catalogue

    log = CallLog(None if in_memory else Path(folder) / "calls.sqlite3")
    began = time.perf_counter()
    with asked_log(log, Path(folder)) as engine:
        told(what=f"sptui, {name}: opened", milliseconds=round(1000 * (time.perf_counter() - began)))
        for operation, _, _, status in QUESTIONS:
            for window, back in WINDOWS:
                question = Question(load_catalogue().find(operation), status, since=window_start(engine, back))
                for kind, deep in (("", False), (", with signatures and controls", True)):
                    took = best(lambda: who(engine, question, deep=deep), 7)  # noqa: B023 - called at once
                    told(what=f"sptui, {name}: {operation}, {window}{kind}", milliseconds=round(1000 * took, 1))
        told(what=f"sptui, {name}: all errors", milliseconds=round(1000 * best(lambda: errors(engine, None)), 1))
    log.close()


def _records(file: str) -> Iterator[Any]:
    from sptui.calllog.importing.fields import Mapped
    from sptui.calllog.importing.lines import read_json_line
    from sptui.calllog.importing.record import record_of
    from sptui.calllog.paths import PathMatcher

    mapped = Mapped({
        "time": "ts", "method": "method", "path": "path", "status": "status", "code": "code", "message": "message",
        "seller_id": "seller_id", "marketplaces": "marketplace_id", "request_id": "request_id", "milliseconds": "ms",
    })  # fmt: skip
    matcher = PathMatcher()
    with Path(file).open("rb") as lines:
        for line in lines:
            yield record_of(read_json_line(line, mapped), matcher)  # type: ignore[arg-type]  # all are readable


def sqlite_utils(file: str, folder: str) -> None:
    """sqlite-utils' load of the same file, and its answer: of an index by path and time, as one would make it."""
    python = os.environ.get("SQLITE_UTILS_PYTHON", sys.executable)
    began = time.perf_counter()
    with Path(file).open("rb") as lines:
        command = [python, "-m", "sqlite_utils", "insert", f"{folder}/utils.db", "calls", "-", "--nl"]
        subprocess.run(command, stdin=lines, check=True)
    took, size = time.perf_counter() - began, Path(f"{folder}/utils.db").stat().st_size >> 20
    told(what="sqlite-utils, load", seconds=round(took, 1), mb=size, peak_of_it_mb=_peak_of_children())
    subprocess.run(
        [python, "-m", "sqlite_utils", "create-index", f"{folder}/utils.db", "calls", "path", "ts"], check=True
    )
    for name, method, path, status in QUESTIONS:
        for window, back in WINDOWS:
            since = (datetime(2026, 1, 31, tzinfo=UTC) - back).isoformat()
            sql = (
                "SELECT marketplace_id, count(DISTINCT seller_id), count(DISTINCT CASE WHEN status = :status THEN"
                " seller_id END) FROM calls WHERE method = :method AND path = :path AND ts >= :since GROUP BY 1"
            )
            values = {"status": str(status), "method": method, "path": path, "since": since}
            given = [part for key, value in values.items() for part in ("-p", key, value)]
            command = [
                python,
                "-m",
                "sqlite_utils",
                "query",
                f"{folder}/utils.db",
                sql.replace(":status", str(status)),
                *given,
            ]
            took = best(lambda: subprocess.run(command, check=True, capture_output=True), 3)  # noqa: B023 - at once
            told(what=f"sqlite-utils, answer: {name}, {window}, the program's start included", seconds=round(took, 2))


def lnav(file: str, folder: str) -> None:
    """lnav's answer, with a format of its own for the file."""
    program = shutil.which("lnav")
    if program is None:
        told(what="lnav is not installed")
        return
    form = {
        "spapi": {
            "title": "calls", "json": True, "file-pattern": ".*[.]jsonl", "timestamp-field": "ts", "line-format": ["."],
            "value": {
                each: {"kind": "integer" if each == "status" else "string", "identifier": True}
                for each in ("method", "path", "status", "seller_id", "marketplace_id")
            },
        }
    }  # fmt: skip
    formats = Path(folder) / "lnav" / "formats" / "installed"
    formats.mkdir(parents=True)
    (formats / "spapi.json").write_text(json.dumps(form))
    sql = ";SELECT count(DISTINCT seller_id) FROM spapi WHERE path = '/feeds/2021-06-30/feeds' AND status = 400"
    began = time.perf_counter()
    done = subprocess.run(
        [program, "-n", "-I", f"{folder}/lnav", "-c", sql, file], capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - began
    told(
        what="lnav, answer", seconds=round(took, 1), answer=done.stdout.strip()[-80:], peak_of_it_mb=_peak_of_children()
    )


def _peak_of_children() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10


PARTS = {
    each.__name__: each
    for each in (
        duckdb_alone, where_it_lies, imported, asked_imported, recorded, asked_recorded, asked_recorded_plain, stall,
        sqlite_utils, lnav,
    )
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--only", default=",".join(PARTS), help=", ".join(PARTS))
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help="where imported and recorded calls go, and stay; else they are thrown away")
    given = parser.parse_args()
    if given.part:
        PARTS[given.part](given.files[0], given.folder)
        return
    for file in given.files:
        print(f"== {file}", flush=True)
        with tempfile.TemporaryDirectory() as thrown_away:
            folder = Path(given.folder or thrown_away) / Path(file).stem
            folder.mkdir(parents=True, exist_ok=True)
            for part in given.only.split(","):
                command = [sys.executable, __file__, file, "--part", part, "--folder", str(folder)]
                subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
