"""The call log on millions of calls, beside what else reads such a file, in one run.

    python tests/bench/log_bench.py calls-2m.jsonl [calls-10m.jsonl] [--sqlite-utils] [--lnav]

The files are JSON Lines with ts, method, path, status, code, message, seller_id, marketplace_id, request_id and ms.
Everything runs in processes of its own; the peak memory is the process's. Times are the best of three where it says
so: the machine is rarely alone.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
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
    from sptui.calllog.opening import opened_ledger, opened_store, sizes

    began = time.perf_counter()
    with opened_ledger(Path(folder)) as ledger, opened_store(ledger, Path(folder)) as store:
        report = Importer(ledger, store).run(file)
    took = time.perf_counter() - began
    size = sizes(Path(folder)).imported >> 20
    told(what="sptui, import", seconds=round(took, 2), mb=size, calls_a_second=round(report.new / took))


def asked_imported(file: str, folder: str) -> None:
    """``log who`` on what was imported."""
    del file
    from sptui.calllog.asking.ask import errors, who, window_start
    from sptui.calllog.opening import asked_log
    from sptui.calllog.questions import Question
    from sptui.calllog.store import CallLog
    from sptui.spapi.catalogue import load_catalogue

    log = CallLog(None)
    with asked_log(log, Path(folder)) as engine:
        for name, _, _, status in QUESTIONS:
            operation = load_catalogue().find(name)
            for window, back in WINDOWS:
                question = Question(operation, status, since=window_start(engine, back))
                for kind, deep in (("", False), (", with signatures and controls", True)):
                    took = best(lambda: who(engine, question, deep=deep), 7)  # noqa: B023 - called at once
                    told(what=f"sptui, imported: {name}, {window}{kind}", milliseconds=round(1000 * took, 1))
        told(what="sptui, imported: all errors", milliseconds=round(1000 * best(lambda: errors(engine, None)), 1))
    log.close()


def recorded(file: str, folder: str) -> None:
    """What sptui records itself: the rate of writing, and ``log who`` on it."""
    from sptui.calllog.asking.ask import who, window_start
    from sptui.calllog.importing.fields import Mapped
    from sptui.calllog.importing.reading import read_json_line, record_of
    from sptui.calllog.opening import asked_log
    from sptui.calllog.paths import PathMatcher
    from sptui.calllog.questions import Question
    from sptui.calllog.store import CallLog
    from sptui.spapi.catalogue import load_catalogue

    mapped = Mapped({
        "time": "ts", "method": "method", "path": "path", "status": "status", "code": "code", "message": "message",
        "seller_id": "seller_id", "marketplaces": "marketplace_id", "request_id": "request_id", "milliseconds": "ms",
    })  # fmt: skip
    matcher = PathMatcher()
    log = CallLog(Path(folder) / "calls.sqlite3")
    began, count, longest = time.perf_counter(), 0, 0.0
    with Path(file).open("rb") as lines:
        for line in lines:
            record: Any = record_of(read_json_line(line, mapped), matcher)  # type: ignore[arg-type]  # all are readable
            before = time.perf_counter()
            log.record(record)
            longest = max(longest, time.perf_counter() - before)
            count += 1
            if count % 20_000 == 0:
                log.flush()
    log.flush()
    took = time.perf_counter() - began
    told(what="sptui, recording", calls_a_second=round(count / took), longest_wait_ms=round(1000 * longest, 1))
    with asked_log(log, None) as engine:
        for name, _, _, status in QUESTIONS:
            operation = load_catalogue().find(name)
            for window, back in WINDOWS:
                question = Question(operation, status, since=window_start(engine, back))
                took = best(lambda: who(engine, question, deep=False), 5)  # noqa: B023 - called at once
                told(what=f"sptui, recorded: {name}, {window}", milliseconds=round(1000 * took, 1))
    log.close()


def sqlite_utils(file: str, folder: str) -> None:
    """sqlite-utils' load of the same file."""
    began = time.perf_counter()
    with Path(file).open("rb") as lines:
        command = [sys.executable, "-m", "sqlite_utils", "insert", f"{folder}/utils.db", "calls", "-", "--nl"]
        subprocess.run(command, stdin=lines, check=True)
    told(what="sqlite-utils, load", seconds=round(time.perf_counter() - began, 1))


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
    told(what="lnav, answer", seconds=round(time.perf_counter() - began, 1), answer=done.stdout.strip()[-80:])


PARTS = {
    each.__name__: each
    for each in (duckdb_alone, where_it_lies, imported, asked_imported, recorded, sqlite_utils, lnav)
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--only", default="duckdb_alone,where_it_lies,imported,asked_imported", help=", ".join(PARTS))
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        PARTS[given.part](given.files[0], given.folder)
        return
    for file in given.files:
        print(f"== {file}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            for part in given.only.split(","):
                command = [sys.executable, __file__, file, "--part", part, "--folder", folder]
                subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
