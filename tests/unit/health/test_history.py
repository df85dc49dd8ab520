"""The history: what was known stays, whatever happens to it meanwhile."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sptui.database import DatabaseError
from sptui.health.history import History, Known
from sptui.health.participations import Participation, ParticipationReading
from sptui.spapi.authorization import Authorization
from sptui.spapi.marketplaces import MarketplaceKind
from sptui.spapi.regions import Region

WHO = Authorization("Northwind", "A1", Region.EU, "app")
ELSEWHERE = Authorization("Northwind", "A1", Region.NA, "app")
GERMANY = Participation(
    "A1PA6795UKMFR9", "DE", "Amazon.de", "www.amazon.de", MarketplaceKind.AMAZON, True, None, "Shop"
)


def good(hour: int, who: Authorization = WHO, *participations: Participation) -> ParticipationReading:
    return ParticipationReading(who, datetime(2026, 11, 23, hour, tzinfo=UTC), participations)


def failed(hour: int, problem: str = "403 Unauthorized") -> ParticipationReading:
    return ParticipationReading(WHO, datetime(2026, 11, 23, hour, tzinfo=UTC), None, problem)


def stored(path: Path, *readings: ParticipationReading) -> dict[tuple[str, str], Known]:
    history = History(path)
    for reading in readings:
        history.store(reading)
    history.close()
    history = History(path)
    known = history.known()
    history.close()
    return known


def test_each_region_of_a_seller_has_its_own(tmp_path: Path) -> None:
    known = stored(tmp_path / "h.sqlite3", good(9, WHO, GERMANY), good(10, ELSEWHERE))
    assert set(known) == {("A1", "EU"), ("A1", "NA")}
    reading = known["A1", "EU"].reading
    assert reading is not None
    assert reading.participations == (GERMANY,)
    assert reading.time == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_a_good_reading_takes_the_place_of_all_before_it(tmp_path: Path) -> None:
    known = stored(tmp_path / "h.sqlite3", good(8), failed(9), good(10, WHO, GERMANY))["A1", "EU"]
    assert known.reading is not None
    assert known.reading.participations == (GERMANY,)
    assert known.failure is None
    assert known.latest is known.reading


def test_a_failure_stands_beside_what_was_known(tmp_path: Path) -> None:
    known = stored(tmp_path / "h.sqlite3", good(8, WHO, GERMANY), failed(9), failed(10, "timeout"))["A1", "EU"]
    assert known.reading is not None
    assert known.reading.participations == (GERMANY,)
    assert known.failure is not None
    assert (known.failure.problem, known.failure.time.hour) == ("timeout", 10)
    assert known.latest is known.failure


def test_a_failure_alone_is_known_too(tmp_path: Path) -> None:
    known = stored(tmp_path / "h.sqlite3", failed(9))["A1", "EU"]
    assert known.reading is None
    assert known.failure is not None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("read_at", "yesterday"),
        ("read_at", 7),
        ("read_at", b"\xff"),
        ("participations", "no json"),
        ("participations", '[{"marketplace_id": 7}]'),
        ("participations", '[{"marketplace_id": "A1", "kind": "a new kind"}]'),
        ("participations", "[" * 100_000),
        ("participations", 7),
        ("participations", b"\xff\xfe"),
        ("region", "XX"),
    ],
)
def test_an_entry_that_cannot_be_read_counts_as_not_known(tmp_path: Path, column: str, value: Any) -> None:
    path = tmp_path / "h.sqlite3"
    stored(path, good(9, WHO, GERMANY), good(10, ELSEWHERE, GERMANY))
    connection = sqlite3.connect(path)
    connection.execute(f"UPDATE participation_reading SET {column} = ? WHERE region = 'EU'", (value,))
    connection.commit()
    connection.close()
    known = stored(path)
    assert known.pop(("A1", "XX" if column == "region" else "EU"), Known()).reading is None
    assert known["A1", "NA"].reading is not None


def test_a_time_without_a_zone_is_utc(tmp_path: Path) -> None:
    path = tmp_path / "h.sqlite3"
    stored(path, good(9, WHO, GERMANY))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE participation_reading SET read_at = '2026-11-23T09:00:00'")
    connection.commit()
    connection.close()
    reading = stored(path)["A1", "EU"].reading
    assert reading is not None
    assert reading.time == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_text_from_amazon_is_kept_as_it_came(tmp_path: Path) -> None:
    odd = Participation("A9NEW", "XX", "[/x] 'quoted' \x00 日本", store_name='"; DROP TABLE participation_reading; --')
    known = stored(tmp_path / "h.sqlite3", good(9, WHO, odd))["A1", "EU"]
    assert known.reading is not None
    assert known.reading.participations == (odd,)


def test_a_closed_history_says_so() -> None:
    history = History(None)
    history.close()
    with pytest.raises(DatabaseError):
        history.store(good(9))
    with pytest.raises(DatabaseError):
        history.known()
