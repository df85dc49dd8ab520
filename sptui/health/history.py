"""What was known of each seller and when: a local SQLite file.

For each authorization the last good readings of its participations and of its performance report, and the failures
that came after them, if any: what was known stays, with its age, while a refresh runs or fails. Beside that every
change since the first reading: participations, account statuses, metrics.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from sptui.database import Database
from sptui.health.history_schema import MIGRATIONS
from sptui.health.history_writing import (
    STATUS_CHANGE,
    metric_word,
    participation_statements,
    performance_statements,
    status_change_row,
    time_text,
)
from sptui.health.known import (
    Alarm,
    Details,
    Known,
    ParticipationChange,
    PerformanceKnown,
    StatusNow,
    TrendPoint,
)
from sptui.health.metric import Metric, PerformanceReport
from sptui.health.participations import Participation, ParticipationReading
from sptui.health.performance import PerformanceReading
from sptui.health.status_change import StatusChange, StatusSource
from sptui.spapi.authorization import Authorization
from sptui.spapi.regions import Region

__all__ = [
    "MIGRATIONS",
    "Details",
    "History",
    "Known",
    "ParticipationChange",
    "PerformanceKnown",
    "StatusNow",
    "TrendPoint",
]

T = TypeVar("T")
Who = tuple[str, str]
Reading = ParticipationReading | PerformanceReading

_PARTICIPATIONS = msgspec.json.Decoder(tuple[Participation, ...])
_ALARMS = msgspec.json.Decoder(tuple[Alarm, ...])
_REPORT = msgspec.json.Decoder(PerformanceReport)
_REGIONS = {each.value: each for each in Region}
_SOURCES = {each.value: each for each in StatusSource}
_LARGEST_REPORT = 64 * 1024 * 1024


class History:
    """The readings of every authorization. Raises DatabaseError where the file cannot be used."""

    def __init__(self, path: Path | None) -> None:
        """Opens the file, or memory where ``path`` is None."""
        self.database = Database(path, MIGRATIONS)

    # Writing ----------------------------------------------------------------------------------------------

    def store(self, *readings: Reading) -> None:
        """Keeps readings, all of them or none: a good one replaces what was known, a failed one stands beside it."""
        self.database.write(
            [
                statement
                for reading in readings
                for statement in (
                    participation_statements(reading)
                    if isinstance(reading, ParticipationReading)
                    else performance_statements(reading)
                )
            ]
        )

    def store_participations(self, reading: ParticipationReading) -> None:
        """Keeps one reading of participations."""
        self.store(reading)

    def store_performance(self, reading: PerformanceReading) -> None:
        """Keeps one reading of the performance report; a status that differs from the last becomes a StatusChange."""
        self.store(reading)

    def store_status_changes(self, changes: Iterable[StatusChange]) -> int:
        """Keeps changes by their ids; gives how many were new."""
        rows = {change.id: status_change_row(change) for change in changes}
        ids = msgspec.json.encode(list(rows)).decode()
        known = self.database.query(
            "SELECT count(*) FROM status_change WHERE id IN (SELECT value FROM json_each(?))", (ids,)
        )
        self.database.write_many(STATUS_CHANGE, rows.values())
        return len(rows) - int(known[0][0])

    def store_look(self, moment: datetime, name: str = "fleet") -> None:
        """Notes when a person last looked."""
        self.database.write([("INSERT OR REPLACE INTO look VALUES (?, ?)", (name, time_text(moment)))])

    # Reading ----------------------------------------------------------------------------------------------

    def last_look(self, name: str = "fleet") -> datetime | None:
        """When a person last looked; None for never."""
        rows = self.database.query("SELECT time FROM look WHERE name = ?", (name,))
        return _moment(rows[0][0]) if rows else None

    def known(self) -> dict[Who, Known]:
        """All that is known in short, by seller id and region; an entry that cannot be read counts as not known."""
        performances = self._performances()
        readings, failures = self._readings()
        formerly = self._formerly()
        notified = self._notified()
        changed = self._changed()
        found: dict[Who, Known] = {}
        for who in {*readings, *failures, *performances, *notified}:
            performance = performances.get(who, PerformanceKnown())
            change = notified.get(who)
            if change is not None and performance.made is not None and change.time <= performance.made:
                change = None
            found[who] = Known(
                readings.get(who), failures.get(who), performance,
                formerly.get(who, frozenset()), change, changed.get(who),
            )  # fmt: skip
        return found

    def details(self, authorization: Authorization) -> Details:
        """The newest report whole, the statuses and their changes (oldest first): for one that is looked at."""
        who = (authorization.seller_id, authorization.region.value)
        rows = self.database.query("SELECT report FROM performance_document WHERE seller_id = ? AND region = ?", who)
        report = _report(rows[0][0]) if rows else PerformanceReport()
        statuses = self.database.query(
            "SELECT marketplace_id, status, since FROM account_status WHERE seller_id = ? AND region = ?", who
        )
        return Details(
            report,
            tuple(StatusNow(place, status, _moment(since), "report") for place, status, since in statuses),
            self.status_changes(authorization),
        )

    def status_changes(self, authorization: Authorization | None = None) -> tuple[StatusChange, ...]:
        """The changes of one authorization's statuses, or all, oldest first."""
        sql = "SELECT id, seller_id, region, marketplace_id, time, previous, current, source FROM status_change"
        if authorization is None:
            rows = self.database.query(f"{sql} ORDER BY time, id")
        else:
            who = (authorization.seller_id, authorization.region.value)
            rows = self.database.query(f"{sql} WHERE seller_id = ? AND region = ? ORDER BY time, id", who)
        return tuple(change for row in rows if (change := _change(row)) is not None)

    def participation_changes(self, authorization: Authorization) -> tuple[ParticipationChange, ...]:
        """What was told of each marketplace and when it changed, oldest first; the first readings included."""
        rows = self.database.query(
            "SELECT time, marketplace_id, listed, participating, suspended_listings, first FROM participation_change"
            " WHERE seller_id = ? AND region = ? ORDER BY time, marketplace_id",
            (authorization.seller_id, authorization.region.value),
        )
        return tuple(
            ParticipationChange(moment, place, bool(listed), _flag(taking_part), _flag(suspended), bool(first))
            for time, place, listed, taking_part, suspended, first in rows
            if (moment := _moment(time)) is not None
        )

    def trend(self, authorization: Authorization, metric: Metric) -> tuple[TrendPoint, ...]:
        """The values of a metric since the first reading, oldest first; a value stands until the next point."""
        rows = self.database.query(
            "SELECT point.time, point.value, status.text FROM metric_point AS point"
            " JOIN word AS who ON who.id = point.who JOIN word AS place ON place.id = point.marketplace"
            " JOIN word AS metric ON metric.id = point.metric JOIN word AS status ON status.id = point.status"
            " WHERE who.text = ? AND place.text = ? AND metric.text = ? ORDER BY point.time",
            (authorization.key, metric.marketplace_id, metric_word(metric.name, metric.part)),
        )
        return tuple(TrendPoint(datetime.fromtimestamp(time, UTC), value, status) for time, value, status in rows)

    def close(self) -> None:
        """Closes the file."""
        self.database.close()

    def _readings(self) -> tuple[dict[Who, ParticipationReading], dict[Who, ParticipationReading]]:
        good, failed = {}, {}
        for seller_id, region, read_at, text in self.database.query("SELECT * FROM participation_reading"):
            if (reading := _reading(seller_id, region, read_at, text)) is not None:
                good[seller_id, region] = reading
        for seller_id, region, failed_at, problem in self.database.query("SELECT * FROM participation_failure"):
            if (reading := _reading(seller_id, region, failed_at, None, problem)) is not None:
                failed[seller_id, region] = reading
        return good, failed

    def _performances(self) -> dict[Who, PerformanceKnown]:
        found: dict[Who, PerformanceKnown] = {}
        rows = self.database.query(
            "SELECT seller_id, region, read_at, as_of, made_known, report_id, alarms FROM performance_reading"
        )
        for seller_id, region, read_at, as_of, made_known, report_id, alarms in rows:
            told = _decoded(_ALARMS, alarms)
            if told is not None and (moment := _moment(read_at)) is not None:
                made = _moment(as_of) if made_known else None
                found[seller_id, region] = PerformanceKnown(moment, made, report_id, told)
        for seller_id, region, failed_at, problem in self.database.query("SELECT * FROM performance_failure"):
            known = found.get((seller_id, region), PerformanceKnown())
            found[seller_id, region] = msgspec.structs.replace(known, failed_at=_moment(failed_at), problem=problem)
        return found

    def _formerly(self) -> dict[Who, frozenset[str]]:
        rows = self.database.query(
            "SELECT seller_id, region, marketplace_id, max(time), participating FROM participation_change"
            " GROUP BY seller_id, region, marketplace_id HAVING count(*) > 1 AND total(participating) > 0"
        )
        found: dict[Who, set[str]] = {}
        for seller_id, region, marketplace_id, _, participating in rows:
            if not participating:  # of the newest entry: SQLite takes the other columns from the row with the maximum
                found.setdefault((seller_id, region), set()).add(marketplace_id)
        return {who: frozenset(places) for who, places in found.items()}

    def _notified(self) -> dict[Who, StatusChange]:
        rows = self.database.query(
            "SELECT id, seller_id, region, marketplace_id, max(time), previous, current, source FROM status_change"
            " WHERE source <> 'report' GROUP BY seller_id, region"
        )
        changes = (change for row in rows if (change := _change(row)) is not None)
        return {(change.seller_id, change.region.value): change for change in changes}

    def _changed(self) -> dict[Who, datetime]:
        found: dict[Who, datetime] = {}
        rows = self.database.query(
            "SELECT seller_id, region, max(time) FROM participation_change WHERE first = 0 GROUP BY seller_id, region"
            " UNION ALL SELECT seller_id, region, max(time) FROM status_change GROUP BY seller_id, region"
        )
        told = [((seller_id, region), _moment(time)) for seller_id, region, time in rows]
        for key, time in self.database.query(
            "SELECT word.text, max(point.time) FROM metric_point AS point JOIN word ON word.id = point.who"
            " WHERE point.turned = 1 GROUP BY point.who"
        ):
            seller_id, _, region = str(key).rpartition("@")
            told.append(((seller_id, region), datetime.fromtimestamp(time, UTC)))
        for who, moment in told:
            if moment is not None:
                found[who] = max(moment, found.get(who, moment))
        return found


def _reading(seller_id: str, region: str, when: Any, text: Any, problem: str = "") -> ParticipationReading | None:
    moment = _moment(when)
    participations = None if text is None else _decoded(_PARTICIPATIONS, text)
    if moment is None or region not in _REGIONS or (text is not None and participations is None):
        return None
    return ParticipationReading(Authorization("", seller_id, _REGIONS[region], ""), moment, participations, problem)


def _change(row: tuple[Any, ...]) -> StatusChange | None:
    id_, seller_id, region, marketplace_id, time, previous, current, source = row
    moment = _moment(time)
    if moment is None or region not in _REGIONS or source not in _SOURCES:
        return None
    return StatusChange(id_, seller_id, _REGIONS[region], marketplace_id, moment, previous, current, _SOURCES[source])


def _report(blob: Any) -> PerformanceReport:
    try:
        text = zlib.decompressobj().decompress(blob, _LARGEST_REPORT)
    except (TypeError, zlib.error):
        return PerformanceReport()
    return _decoded(_REPORT, text) or PerformanceReport()


def _decoded(decoder: msgspec.json.Decoder[T], text: Any) -> T | None:
    try:
        return decoder.decode(text)
    except (TypeError, ValueError, RecursionError):
        return None


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _flag(value: Any) -> bool | None:
    return None if value is None else bool(value)
