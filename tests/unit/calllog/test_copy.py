"""The copy in Parquet: made while recording, by two programs at once, thrown away, of another file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from calllog.test_store import record
from sptui.calllog import copying, duck
from sptui.calllog.asking.ask import errors, who
from sptui.calllog.asking.browse import page
from sptui.calllog.asking.imported import StoredEngine
from sptui.calllog.browsing import Chosen
from sptui.calllog.copying import COPY_FOLDER, opened_copy
from sptui.calllog.importing import sqlite_copy
from sptui.calllog.importing.sqlite_copy import copied_up_to
from sptui.calllog.opening import asked_log
from sptui.calllog.questions import Question
from sptui.calllog.store import CallLog
from sptui.spapi.catalogue import load_catalogue

pytestmark = pytest.mark.skipif(not duck.available(), reason="DuckDB is not installed")
QUESTION = Question(load_catalogue().find("getOrders"), 403, since=record(20).time)


@pytest.fixture(autouse=True)
def small_steps() -> Iterator[None]:
    with mock.patch.object(copying, "LONG", 10), mock.patch.object(sqlite_copy, "STEP", 10):
        yield


def write(log: CallLog, numbers: range) -> None:
    for number in numbers:
        log.record(record(number, status=403 if number % 3 == 0 else 200, code="Unauthorized", message=f"no {number}"))
    log.flush()


def failures(log: CallLog, folder: Path) -> int:
    with asked_log(log, folder) as engine:
        assert isinstance(engine, StoredEngine)
        assert who(engine, QUESTION).failures == sum(each.calls for each in errors(engine, record(20).time))
        return who(engine, QUESTION).failures


def expected(numbers: range) -> int:
    return sum(number % 3 == 0 and number >= 20 for number in numbers)


def test_it_may_be_deleted_at_any_time(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite3")
    write(log, range(95))
    assert failures(log, tmp_path) == expected(range(95))
    shutil.rmtree(tmp_path / COPY_FOLDER)
    assert failures(log, tmp_path) == expected(range(95))
    log.close()


def test_one_of_another_file_is_not_used(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite3")
    write(log, range(95))
    assert failures(log, tmp_path) == expected(range(95))
    log.close()
    for each in tmp_path.glob("calls.sqlite3*"):
        each.unlink()
    for numbers in (range(30, 60), range(30, 300)):  # fewer than were copied, then more
        log = CallLog(tmp_path / "calls.sqlite3")
        write(log, range(numbers.start if numbers.stop == 60 else 60, numbers.stop))
        assert failures(log, tmp_path) == expected(numbers)
        log.close()


def test_two_programs_copy_each_call_once(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite3")
    write(log, range(40))
    folder = tmp_path / COPY_FOLDER
    with log.reading() as database, opened_copy(database, folder) as one, opened_copy(database, folder) as other:
        read = sqlite_copy.read_calls

        def first_the_other(*given: Any) -> int:
            sqlite_copy.read_calls = read
            other.step()
            return read(*given)

        with mock.patch.object(sqlite_copy, "read_calls", first_the_other):
            one.step()
        assert copied_up_to(one._ledger) == 10
        assert sum(each.calls for each in one._ledger.segments()) == 10
    assert failures(log, tmp_path) == expected(range(40))
    log.close()


def test_it_follows_what_is_recorded(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite3")
    with mock.patch("sptui.calllog.tally.MOST_AT_ONCE", 10):
        near = copying.KeptNear(log._database, tmp_path / "calls.sqlite3")
    write(log, range(95))
    with near:
        assert near.step()
        while near.step():
            continue
    with log.reading() as database, opened_copy(database, tmp_path / COPY_FOLDER) as copy:
        assert copied_up_to(copy._ledger) == 90
        assert not copy.step()
    log.close()


def test_a_question_goes_on_while_the_files_are_merged(tmp_path: Path) -> None:
    """Between the making of its SQL and the reading of the files another program puts them into one."""
    log = CallLog(tmp_path / "calls.sqlite3")
    write(log, range(95))
    with asked_log(log, tmp_path) as engine, log.reading() as database:
        times_of = engine.times_of
        merged: list[object] = []

        def merging(question: Question) -> Any:
            found = times_of(question)
            if not merged:
                with opened_copy(database, tmp_path / COPY_FOLDER) as copy:
                    copy.finish()
                    merged.append(copy)
            return found

        with mock.patch.object(engine, "times_of", merging):
            assert who(engine, QUESTION).failures == expected(range(95))
        assert merged
    log.close()


def test_its_calls_are_listed_as_they_were_recorded(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite3")
    write(log, range(30))
    log.record(record(31, stage="lwa", operation="", path="/auth/o2/token", marketplaces=()))
    log.record(record(32, raw_path="/orders/v0/orders/{order}", details="why", attempt=3, message="no 32"))
    write(log, range(33, 60))
    with asked_log(log, tmp_path) as engine:
        assert page(engine, Chosen(), 100) == log.tail(100)[::-1]
    log.close()


def test_the_window_of_a_day_ends_with_the_newest_call(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite3")
    write(log, range(25))
    with asked_log(log, tmp_path) as engine:
        assert engine.newest() == record(24).time
        assert engine.oldest() == record(0).time
        log.record(record(100))
        assert engine.refresh()
        assert engine.newest() == record(0).time + timedelta(seconds=100)
    log.close()
