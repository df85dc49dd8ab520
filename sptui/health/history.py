"""What was known of each seller and when: a local SQLite file.

For each authorization the last good reading of its participations, and the failure that came after it, if any:
what was known stays, with its age, while a refresh runs or fails.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from sptui.database import Database
from sptui.health.participations import Participation, ParticipationReading
from sptui.spapi.authorization import Authorization
from sptui.spapi.regions import Region

MIGRATIONS: Final = (
    """
    CREATE TABLE participation_reading (
        seller_id TEXT NOT NULL,
        region TEXT NOT NULL,
        read_at TEXT NOT NULL,
        participations TEXT NOT NULL,
        PRIMARY KEY (seller_id, region)
    ) WITHOUT ROWID;
    CREATE TABLE participation_failure (
        seller_id TEXT NOT NULL,
        region TEXT NOT NULL,
        failed_at TEXT NOT NULL,
        problem TEXT NOT NULL,
        PRIMARY KEY (seller_id, region)
    ) WITHOUT ROWID;
    """,
)


class Known(msgspec.Struct, frozen=True):
    """What is known of one authorization: the last good reading, and a failure where one came after it."""

    reading: ParticipationReading | None = None
    failure: ParticipationReading | None = None

    @property
    def latest(self) -> ParticipationReading | None:
        """The newest attempt, good or failed."""
        return self.failure or self.reading


class History:
    """The readings of every authorization. Raises DatabaseError where the file cannot be used."""

    def __init__(self, path: Path | None) -> None:
        """Opens the file, or memory where ``path`` is None."""
        self._database = Database(path, MIGRATIONS)

    def store(self, reading: ParticipationReading) -> None:
        """Keeps a reading: a good one replaces what was known, a failed one stands beside it."""
        who = (reading.authorization.seller_id, reading.authorization.region.value)
        when = reading.time.isoformat()
        if reading.participations is None:
            failed = (*who, when, reading.problem)
            self._database.write([("INSERT OR REPLACE INTO participation_failure VALUES (?, ?, ?, ?)", failed)])
            return
        good = (*who, when, msgspec.json.encode(reading.participations).decode())
        self._database.write(
            [
                ("INSERT OR REPLACE INTO participation_reading VALUES (?, ?, ?, ?)", good),
                ("DELETE FROM participation_failure WHERE seller_id = ? AND region = ?", who),
            ]
        )

    def known(self) -> dict[tuple[str, str], Known]:
        """All that is known, by seller id and region; an entry that cannot be read counts as not known."""
        found: dict[tuple[str, str], Known] = {}
        for seller_id, region, read_at, text in self._database.query("SELECT * FROM participation_reading"):
            found[seller_id, region] = Known(reading=_reading(seller_id, region, read_at, text))
        for seller_id, region, failed_at, problem in self._database.query("SELECT * FROM participation_failure"):
            failure = _reading(seller_id, region, failed_at, None, problem)
            found[seller_id, region] = Known(found.get((seller_id, region), Known()).reading, failure)
        return found

    def close(self) -> None:
        """Closes the file."""
        self._database.close()


def _reading(
    seller_id: str, region: str, when: str, text: str | None, problem: str = ""
) -> ParticipationReading | None:
    try:
        authorization = Authorization("", seller_id, Region(region), "")
        participations = None if text is None else msgspec.json.decode(text, type=tuple[Participation, ...])
        moment = datetime.fromisoformat(when)
    except (TypeError, ValueError, RecursionError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return ParticipationReading(authorization, moment, participations, problem)
