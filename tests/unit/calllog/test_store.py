"""The call log: from many threads, through a full disk, and what is (not) in it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from sptui.calllog.store import MIGRATIONS, CallLog, row_of
from sptui.database import Database, DatabaseError
from sptui.spapi.calls import CallRecord


def record(number: int = 0, **changes: object) -> CallRecord:
    fields: dict[str, object] = {
        "time": datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC) + timedelta(seconds=number),
        "method": "GET",
        "path": "/orders/v0/orders",
        "operation": "orders-v0.getOrders",
        "stage": "api",
        "status": 200,
        "code": "",
        "message": "",
        "details": "",
        "seller_id": f"A{number}",
        "region": "NA",
        "application": "amzn1.application-oa2-client.tests",
        "marketplaces": ("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"),
        "request_id": "id",
        "milliseconds": 12.5,
        "attempt": 1,
    }
    return CallRecord(**(fields | changes))  # type: ignore[arg-type]  # the fields above, some changed


def test_gives_back_what_was_recorded(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite3")
    elsewhere = timezone(timedelta(hours=9))
    records = [
        record(1),
        record(2, marketplaces=(), status=403, code="Unauthorized", message="denied", details="why", attempt=2),
        record(3, time=datetime(2026, 11, 23, 21, 0, 3, tzinfo=elsewhere)),
    ]
    for each in records:
        log.record(each)
    assert log.tail(10) == records
    assert log.tail(2) == records[1:]
    log.close()
    again = CallLog(tmp_path / "calls.sqlite3")
    assert again.tail(10) == records
    again.close()


def test_close_writes_what_is_left(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite3")
    for number in range(5000):
        log.record(record(number))
    log.close()
    again = CallLog(tmp_path / "calls.sqlite3")
    assert [each.seller_id for each in again.tail(10_000)] == [f"A{number}" for number in range(5000)]
    again.close()


def test_takes_records_from_many_threads() -> None:
    log = CallLog(None)

    def write(start: int) -> None:
        for number in range(start, start + 200):
            log.record(record(number))

    threads = [threading.Thread(target=write, args=(start,)) for start in range(0, 2000, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {each.seller_id for each in log.tail(5000)} == {f"A{number}" for number in range(2000)}
    log.close()


def test_keeps_records_while_the_disk_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    problems: list[DatabaseError] = []
    log = CallLog(None, on_problem=problems.append)
    write_many = Database.write_many

    def full(self: Database, sql: str, rows: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(Database, "write_many", full)
    log.record(record(1))
    log.record(record(2))
    log.flush()
    assert problems
    monkeypatch.setattr(Database, "write_many", write_many)
    log.record(record(3))
    assert [each.seller_id for each in log.tail(10)] == ["A1", "A2", "A3"]
    log.close()


def test_an_unusable_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "calls.sqlite3").mkdir()
    with pytest.raises(DatabaseError):
        CallLog(tmp_path / "calls.sqlite3")


def test_old_calls_are_forgotten_by_the_hour_with_their_part_of_the_roll_up(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite3")
    for number in range(0, 3000 * 60, 60):
        log.record(record(number, seller_id=f"A{number // 60 % 5}"))
    assert log.tallied().query("SELECT count(*), sum(calls) FROM tally") == [(5, 3000)]
    assert log.forget_before(record(2998 * 60).time) == 2940
    assert [each.time for each in log.tail(100)] == [record(60 * number).time for number in range(2940, 3000)]
    left = "SELECT sum(calls), min(first_time), max(last_time) FROM hour"
    assert log.tallied().query(left) == [(60, "2026-11-25T13:00:00+00:00", "2026-11-25T13:59:00+00:00")]
    assert log.tallied().query("SELECT count(*), min(first_time) FROM tally") == [(5, "2026-11-25T13:00:00+00:00")]
    log.close()


def test_the_newest_call_stays_so_that_its_number_is_not_given_again(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite3")
    for number in range(10):
        log.record(record(number))
    log.tallied()
    assert log.forget_before(record(0).time + timedelta(days=9)) == 9
    log.record(record(86_400))
    assert log.tallied().query("SELECT seller_id FROM tally") == [("A86400",)]
    log.close()


def test_opens_a_file_of_an_older_sptui(tmp_path: Path) -> None:
    """Its calls have no raw path, and its roll-up knows no hours: both are made up for."""
    for versions in range(1, len(MIGRATIONS)):
        path = tmp_path / f"{versions}.sqlite3"
        old = Database(path, MIGRATIONS[:versions])
        row = row_of(record(1, status=403, code="Unauthorized", message="denied"))
        old.write([(f"INSERT INTO call VALUES (NULL{', ?' * 16})", row[:16])])
        if versions == 2:
            catch_up_as_before(old)
        old.close()
        log = CallLog(path)
        log.record(record(3600, raw_path="/orders/v0/orders/{order}"))
        assert [(each.seller_id, each.raw_path) for each in log.tail(2)] == [
            ("A1", ""),
            ("A3600", "/orders/v0/orders/{order}"),
        ]
        tallied = log.tallied()
        assert tallied.query("SELECT hour, status, calls FROM hour ORDER BY hour") == [
            ("2026-11-23T12", 403, 1),
            ("2026-11-23T13", 200, 1),
        ]
        assert tallied.query("SELECT seller_id, calls FROM tally ORDER BY seller_id") == [("A1", 1), ("A3600", 1)]
        log.close()


def catch_up_as_before(old: Database) -> None:
    """What the first roll-up held of one call."""
    alike = (
        "INSERT INTO tally SELECT operation, seller_id, marketplaces, region, application, status, code, message,"
        " method || ' ' || path, time, time, 1 FROM call"
    )
    old.write([(alike, ()), ("UPDATE tallied SET up_to = 1", ())])
