"""What an earlier run sent, for the usage plans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sptui.calllog import store
from sptui.calllog.store import CallLog
from sptui.spapi.calls import CallRecord

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def record(age: int, stage: str = "api", status: int = 200, seller: str = "A1") -> CallRecord:
    return CallRecord(
        NOW - timedelta(seconds=age), "GET", "/x", "sellers-v1.getMarketplaceParticipations", stage, status, "", "", "",
        seller, "NA", "app", (), "", 1.0,
    )  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CallLog]:
    opened = CallLog(tmp_path / "calls.sqlite3")
    yield opened
    opened.close()


def test_the_calls_of_the_last_minutes_oldest_first(log: CallLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_PAGE", 3)
    for age in (5000, 4000, 100, 90, 80, 70, 60, 0):
        log.record(record(age, status=429 if age == 70 else 200))
    log.record(record(0, stage="lwa"))
    log.flush()
    found = log.sent_since(NOW - timedelta(seconds=100))
    assert [(NOW - each.time).total_seconds() for each in found] == [100, 90, 80, 70, 60, 0]
    assert [each.status for each in found].count(429) == 1
    assert (found[0].application, found[0].seller_id, found[0].region) == ("app", "A1", "NA")


def test_a_long_log_costs_no_more_than_a_short_one(log: CallLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_PAGE", 10)
    for age in range(1000, 0, -1):
        log.record(record(age * 10))
    log.flush()
    asked: list[object] = []
    query = log._database.query

    def counted(sql: str, values: object = ()) -> object:
        asked.append(values)
        return query(sql, values)  # type: ignore[arg-type]

    monkeypatch.setattr(log._database, "query", counted)
    assert len(log.sent_since(NOW - timedelta(seconds=250))) == 25
    assert len(asked) == 3


def test_an_empty_log_and_a_closed_one_tell_nothing() -> None:
    log = CallLog(None)
    assert log.sent_since(NOW) == []
    log.close()
    assert log.sent_since(NOW) == []
