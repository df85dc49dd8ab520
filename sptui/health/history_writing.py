"""How a reading is written into the history's tables.

Whether something changed is decided inside the transaction that writes it, so that several sptui at once count no
change twice.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from sptui.health.known import alarms_of
from sptui.health.metric import PerformanceReport
from sptui.health.participations import ParticipationReading
from sptui.health.performance import PerformanceReading
from sptui.health.status_change import StatusChange

Statement = tuple[str, tuple[Any, ...]]

_PARTICIPATION_GOOD: Final = "INSERT OR REPLACE INTO participation_reading VALUES (?, ?, ?, ?)"
_PARTICIPATION_FAILED: Final = "INSERT OR REPLACE INTO participation_failure VALUES (?, ?, ?, ?)"
_PARTICIPATION_MENDED: Final = "DELETE FROM participation_failure WHERE seller_id = ? AND region = ?"
_NO_LONGER_LISTED: Final = """
    INSERT OR IGNORE INTO participation_change
    SELECT seller_id, region, marketplace_id, ?3, 0, NULL, NULL, 0 FROM participation_change AS last
    WHERE seller_id = ?1 AND region = ?2 AND listed = 1
        AND time = (
            SELECT max(time) FROM participation_change
            WHERE seller_id = ?1 AND region = ?2 AND marketplace_id = last.marketplace_id
        )
        AND marketplace_id NOT IN (SELECT json_extract(value, '$[0]') FROM json_each(?4))
"""
_LISTED_OTHERWISE: Final = """
    INSERT OR IGNORE INTO participation_change
    SELECT ?1, ?2, json_extract(value, '$[0]'), ?3, 1, json_extract(value, '$[1]'), json_extract(value, '$[2]'),
        NOT EXISTS (SELECT 1 FROM participation_change WHERE seller_id = ?1 AND region = ?2 AND time < ?3)
    FROM json_each(?4)
    WHERE (1, json_extract(value, '$[1]'), json_extract(value, '$[2]')) IS NOT (
        SELECT listed, participating, suspended_listings FROM participation_change
        WHERE seller_id = ?1 AND region = ?2 AND marketplace_id = json_extract(value, '$[0]')
        ORDER BY time DESC LIMIT 1
    )
"""
_PERFORMANCE_FAILED: Final = "INSERT OR REPLACE INTO performance_failure VALUES (?, ?, ?, ?)"
_PERFORMANCE_MENDED: Final = "DELETE FROM performance_failure WHERE seller_id = ? AND region = ?"
_PERFORMANCE_GOOD: Final = """
    INSERT INTO performance_reading VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET read_at = excluded.read_at, as_of = excluded.as_of, made_known = excluded.made_known,
        report_id = excluded.report_id, alarms = excluded.alarms
    WHERE excluded.as_of >= as_of
"""
_DOCUMENT: Final = """
    INSERT OR REPLACE INTO performance_document
    SELECT ?1, ?2, ?3 WHERE ?4 >= (SELECT as_of FROM performance_reading WHERE seller_id = ?1 AND region = ?2)
"""
_STATUS_TURNED: Final = """
    INSERT OR IGNORE INTO status_change
    SELECT ?5 || json_extract(told.value, '$[0]'), ?1, ?2, marketplace_id, ?3, status, json_extract(told.value, '$[1]'),
        'report'
    FROM json_each(?4) AS told JOIN account_status ON marketplace_id = json_extract(told.value, '$[0]')
    WHERE seller_id = ?1 AND region = ?2 AND as_of < ?3 AND status <> json_extract(told.value, '$[1]')
"""
_STATUS_NOW: Final = """
    INSERT INTO account_status
    SELECT ?1, ?2, json_extract(value, '$[0]'), json_extract(value, '$[1]'), NULL, ?3 FROM json_each(?4) WHERE true
    ON CONFLICT DO UPDATE SET since = CASE WHEN status = excluded.status THEN since ELSE excluded.as_of END,
        status = excluded.status, as_of = excluded.as_of
    WHERE excluded.as_of >= as_of
"""
_WORDS: Final = "INSERT OR IGNORE INTO word (text) SELECT value FROM json_each(?)"
_POINTS: Final = """
    INSERT OR IGNORE INTO metric_point
    SELECT who, marketplace, metric, ?2, value, status, last IS NOT NULL AND status IS NOT last FROM (
        SELECT who.id AS who, marketplace.id AS marketplace, metric.id AS metric,
            json_extract(told.value, '$[2]') AS value, status.id AS status,
            (
                SELECT status FROM metric_point AS point
                WHERE point.who = who.id AND point.marketplace = marketplace.id AND point.metric = metric.id
                    AND point.time <= ?2 ORDER BY point.time DESC LIMIT 1
            ) AS last,
            (
                SELECT value FROM metric_point AS point
                WHERE point.who = who.id AND point.marketplace = marketplace.id AND point.metric = metric.id
                    AND point.time <= ?2 ORDER BY point.time DESC LIMIT 1
            ) AS last_value
        FROM json_each(?3) AS told
        JOIN word AS who ON who.text = ?1
        JOIN word AS marketplace ON marketplace.text = json_extract(told.value, '$[0]')
        JOIN word AS metric ON metric.text = json_extract(told.value, '$[1]')
        JOIN word AS status ON status.text = json_extract(told.value, '$[3]')
    ) WHERE (value, status) IS NOT (last_value, last)
"""
STATUS_CHANGE: Final = "INSERT OR IGNORE INTO status_change VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


def participation_statements(reading: ParticipationReading) -> Iterator[Statement]:
    """What keeps a reading of participations: a good one replaces what was known, a failed one stands beside it."""
    who = (reading.authorization.seller_id, reading.authorization.region.value)
    when = time_text(reading.time)
    if reading.participations is None:
        yield _PARTICIPATION_FAILED, (*who, when, reading.problem)
        return
    yield _PARTICIPATION_GOOD, (*who, when, msgspec.json.encode(reading.participations).decode())
    yield _PARTICIPATION_MENDED, who
    told = [(each.marketplace_id, each.participating, each.suspended_listings) for each in reading.participations]
    listed = (*who, when, msgspec.json.encode(told).decode())
    yield _NO_LONGER_LISTED, listed
    yield _LISTED_OTHERWISE, listed


def performance_statements(reading: PerformanceReading) -> Iterator[Statement]:
    """What keeps a reading of the performance report. A report that is older than the newest adds to the trend only."""
    who = (reading.authorization.seller_id, reading.authorization.region.value)
    if reading.report is None:
        yield _PERFORMANCE_FAILED, (*who, time_text(reading.time), reading.problem)
        return
    report, made = reading.report, reading.as_of or reading.time
    as_of = time_text(made)
    alarms = msgspec.json.encode(alarms_of(report)).decode()
    statuses = msgspec.json.encode([(each.marketplace_id, each.status) for each in report.statuses]).decode()
    changes = f"report:{reading.authorization.key}:{reading.report_id}:"
    yield _STATUS_TURNED, (*who, as_of, statuses, changes)
    yield _STATUS_NOW, (*who, as_of, statuses)
    yield from _point_statements(reading.authorization.key, made, report)
    read_at = time_text(reading.time)
    yield _PERFORMANCE_GOOD, (*who, read_at, as_of, reading.as_of is not None, reading.report_id, alarms)
    yield _DOCUMENT, (*who, zlib.compress(msgspec.json.encode(report)), as_of)
    yield _PERFORMANCE_MENDED, who
    if reading.problem:
        yield _PERFORMANCE_FAILED, (*who, read_at, reading.problem)


def _point_statements(key: str, made: datetime, report: PerformanceReport) -> Iterator[Statement]:
    points = [
        (each.marketplace_id, metric_word(each.name, each.part), each.value, each.status) for each in report.metrics
    ]
    words = {key, *(word for place, metric, _, status in points for word in (place, metric, status))}
    yield _WORDS, (msgspec.json.encode(sorted(words)).decode(),)
    yield _POINTS, (key, int(made.timestamp()), msgspec.json.encode(points).decode())


def status_change_row(change: StatusChange) -> tuple[Any, ...]:
    """A row for ``STATUS_CHANGE``."""
    return (
        change.id, change.seller_id, change.region.value, change.marketplace_id, time_text(change.time),
        change.previous, change.current, change.source.value,
    )  # fmt: skip


def metric_word(name: str, part: str) -> str:
    """What stands for a metric among the words."""
    return f"{name}\n{part}"


def time_text(moment: datetime) -> str:
    """A moment as the tables hold it: in UTC, so that texts sort as times do."""
    return moment.astimezone(UTC).isoformat()
