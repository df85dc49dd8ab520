"""Reports in the history: changes alone are kept, none is counted twice, none gets lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from health.reports import CA, US, document, metrics, rate
from sptui.database import Database, DatabaseError
from sptui.health.history import MIGRATIONS, History
from sptui.health.metric import Metric
from sptui.health.participations import Participation, ParticipationReading
from sptui.health.performance import PerformanceReading
from sptui.health.performance_report import read_performance_report
from sptui.health.status_change import StatusChange, StatusSource
from sptui.spapi.authorization import Authorization
from sptui.spapi.regions import Region

WHO = Authorization("Northwind", "A1", Region.NA, "app")
OTHER = Authorization("Heron", "A2", Region.NA, "app")
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
LATE = Metric(US, "lateShipmentRate")


def made(
    day: int, *, who: Authorization = WHO, number: str = "", late: float = 0.01, **statuses: str
) -> PerformanceReading:
    """A report of a day of November; statuses by country."""
    status = "BAD" if late > 0.04 else "GOOD"
    told = [{"marketplaceId": {"us": US, "ca": CA}[name], "status": word} for name, word in statuses.items()]
    text = document(metrics(US, lateShipmentRate=rate(late, 0.04, status=status)), statuses=told)
    moment = BEGAN + timedelta(days=day)
    return PerformanceReading(
        who, moment + timedelta(hours=1), read_performance_report(text), moment, number or f"R{day}"
    )


def failed(day: int, problem: str = "createReport: 403") -> PerformanceReading:
    return PerformanceReading(WHO, BEGAN + timedelta(days=day), None, problem=problem)


def store(name: str, participating: bool | None = True, suspended: bool | None = False) -> Participation:
    return Participation(name, name, participating=participating, suspended_listings=suspended)


def listed(day: int, *stores: Participation) -> ParticipationReading:
    return ParticipationReading(WHO, BEGAN + timedelta(days=day), stores)


def changes_of(history: History) -> list[tuple[int, str, str, str]]:
    return [
        ((each.time - BEGAN).days, each.marketplace_id, each.previous, each.current)
        for each in history.status_changes(WHO)
    ]


def test_the_first_reading_is_no_change_and_the_next_differing_one_is() -> None:
    history = History(None)
    for reading in (made(1, us="NORMAL", ca="AT_RISK"), made(2, us="NORMAL", ca="AT_RISK"),
                    made(3, us="AT_RISK", ca="AT_RISK"), made(4, us="NORMAL", ca="NORMAL")):  # fmt: skip
        history.store(reading)
    assert changes_of(history) == [
        (3, US, "NORMAL", "AT_RISK"), (4, CA, "AT_RISK", "NORMAL"), (4, US, "AT_RISK", "NORMAL"),
    ] or changes_of(history) == [
        (3, US, "NORMAL", "AT_RISK"), (4, US, "AT_RISK", "NORMAL"), (4, CA, "AT_RISK", "NORMAL"),
    ]  # fmt: skip
    assert {each.source for each in history.status_changes()} == {StatusSource.REPORT}
    now = {each.marketplace_id: each for each in history.details(WHO).statuses}
    assert now[US].status == "NORMAL"
    assert now[US].since == BEGAN + timedelta(days=4)
    assert history.known()["A1", "NA"].changed_at == BEGAN + timedelta(days=4)


def test_a_marketplace_that_a_report_leaves_out_keeps_its_last_status() -> None:
    history = History(None)
    history.store(made(1, us="NORMAL", ca="AT_RISK"), made(2, us="NORMAL"), made(3, us="NORMAL", ca="NORMAL"))
    assert changes_of(history) == [(3, CA, "AT_RISK", "NORMAL")]


def test_the_same_report_and_an_older_one_change_nothing() -> None:
    history = History(None)
    history.store(made(1, us="NORMAL"))
    history.store(made(5, us="AT_RISK", late=0.05))
    history.store(made(5, us="AT_RISK", late=0.05))
    history.store(made(3, us="NORMAL", late=0.02))
    assert changes_of(history) == [(5, US, "NORMAL", "AT_RISK")]
    known = history.known()["A1", "NA"].performance
    assert known.as_of == BEGAN + timedelta(days=5)
    assert {each.metric for each in known.alarms} == {"", "lateShipmentRate"}
    assert history.details(WHO).report.statuses[0].status == "AT_RISK"


def test_a_trend_holds_changes_alone() -> None:
    history = History(None)
    for day, late in enumerate([0.01, 0.01, 0.02, 0.02, 0.05, 0.01]):
        history.store(made(day, late=late))
    told = [((each.time - BEGAN).days, each.value, each.status) for each in history.trend(WHO, LATE)]
    assert told == [(0, 0.01, "GOOD"), (2, 0.02, "GOOD"), (4, 0.05, "BAD"), (5, 0.01, "GOOD")]
    assert history.trend(OTHER, LATE) == ()
    assert len(history.trend(WHO, Metric(US, "orderDefectRate", "mfn"))) == 1


def test_a_failure_stands_beside_the_report_until_the_next() -> None:
    history = History(None)
    history.store(failed(0))
    known = history.known()["A1", "NA"].performance
    assert (known.made, known.problem) == (None, "createReport: 403")
    history.store(made(1))
    assert history.known()["A1", "NA"].performance.problem == ""
    history.store(failed(2, "timeout"))
    known = history.known()["A1", "NA"].performance
    assert (known.as_of, known.problem, known.tried_at) == (BEGAN + timedelta(days=1), "timeout", BEGAN + timedelta(2))


def test_a_report_beside_which_a_problem_is_told_keeps_both() -> None:
    import msgspec

    history = History(None)
    history.store(msgspec.structs.replace(made(1), problem="createReport: 403"))
    known = history.known()["A1", "NA"].performance
    assert (known.made, known.problem) == (BEGAN + timedelta(days=1), "createReport: 403")


def test_participations_are_kept_by_their_changes() -> None:
    history = History(None)
    history.store(listed(0, store(US), store(CA, False)))
    history.store(listed(1, store(US), store(CA, False)))
    assert history.known()["A1", "NA"].changed_at is None
    history.store(listed(2, store(US, suspended=True), store(CA, False)))
    history.store(listed(3, store(CA, False)))
    history.store(listed(4, store(CA), store(US)))
    told = [
        ((each.time - BEGAN).days, each.marketplace_id, each.listed, each.participating, each.suspended_listings)
        for each in history.participation_changes(WHO)
        if not each.first
    ]
    assert told == [
        (2, US, True, True, True), (3, US, False, None, None), (4, CA, True, True, False), (4, US, True, True, False),
    ]  # fmt: skip
    assert history.known()["A1", "NA"].changed_at == BEGAN + timedelta(days=4)
    assert history.known()["A1", "NA"].formerly == frozenset()


@pytest.mark.parametrize(
    "later", [(store(CA),), (store(CA), store(US, False)), (store(CA), store(US, None))], ids=["gone", "no", "not told"]
)
def test_where_the_seller_once_took_part(later: tuple[Participation, ...]) -> None:
    history = History(None)
    history.store(listed(0, store(US), store(CA, False)), listed(1, *later))
    assert history.known()["A1", "NA"].formerly == {US}


def told_by(id_: str, day: float, current: str = "AT_RISK") -> StatusChange:
    return StatusChange(
        id_, "A1", Region.NA, "", BEGAN + timedelta(days=day), "NORMAL", current, StatusSource.NOTIFICATION
    )


def test_changes_from_elsewhere_are_kept_once_and_count_until_a_newer_report() -> None:
    history = History(None)
    history.store(made(2, us="NORMAL"))
    assert history.store_status_changes([told_by("n1", 1), told_by("n2", 3)]) == 2
    assert history.store_status_changes([told_by("n2", 3), told_by("n3", 2.5, "DEACTIVATED"), told_by("n3", 2.5)]) == 1
    assert [each.id for each in history.status_changes(WHO)] == ["n1", "n3", "n2"]
    notified = history.known()["A1", "NA"].notified
    assert notified is not None
    assert notified.id == "n2"
    history.store(made(4, us="NORMAL"))
    assert history.known()["A1", "NA"].notified is None
    assert history.store_status_changes([]) == 0


def test_the_last_look_is_kept(tmp_path: Path) -> None:
    history = History(tmp_path / "h.sqlite3")
    assert history.last_look() is None
    history.store_look(BEGAN)
    history.close()
    again = History(tmp_path / "h.sqlite3")
    assert again.last_look() == BEGAN


def test_two_programs_count_a_change_once(tmp_path: Path) -> None:
    one, two = (History(tmp_path / "h.sqlite3") for _ in range(2))
    one.store(made(1, us="NORMAL"))
    threads = [
        threading.Thread(target=each.store, args=(made(2 + place, us="AT_RISK", late=0.05),))
        for place, each in enumerate((one, two))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(one.status_changes(WHO)) == 1
    assert one.details(WHO) == two.details(WHO)


def test_a_file_of_the_first_form_is_brought_up_to_date_without_loss(tmp_path: Path) -> None:
    path = tmp_path / "h.sqlite3"
    old = Database(path, MIGRATIONS[:1])
    rows = [
        ("A1", "NA", "2026-10-01T00:00:00+00:00", f'[{{"marketplace_id":"{US}","participating":true}}]'),
        ("A2", "NA", "2026-10-01T00:00:00+00:00", "no json"),
        ("A3", "NA", "7", '[7, {"marketplace_id": null}, "x", {}]'),
        ("A4", "NA", "2026-10-01T00:00:00+00:00", b"\xff"),
    ]
    old.write_many("INSERT INTO participation_reading VALUES (?, ?, ?, ?)", rows)
    old.write([("INSERT INTO participation_failure VALUES ('A1', 'NA', '2026-10-02T00:00:00+00:00', '403')", ())])
    old.close()
    history = History(path)
    known = history.known()["A1", "NA"]
    assert known.reading is not None
    assert known.failure is not None
    assert [each.first for each in history.participation_changes(WHO)] == [True]
    history.store(listed(40, store(US, False)))
    assert history.known()["A1", "NA"].formerly == {US}
    left = history.database.query("SELECT * FROM participation_reading WHERE seller_id <> 'A1' ORDER BY seller_id")
    assert left == rows[1:]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("performance_reading", "alarms", "no json"), ("performance_reading", "alarms", '[["US"]]'),
     ("performance_reading", "read_at", "never"), ("performance_reading", "as_of", "x"),
     ("performance_document", "report", b"no zip"), ("performance_document", "report", "text"),
     ("account_status", "since", "x"), ("status_change", "time", "x"), ("status_change", "source", "x"),
     ("status_change", "region", "XX"), ("participation_change", "time", "x")],
)  # fmt: skip
def test_what_cannot_be_read_counts_as_not_known(tmp_path: Path, table: str, column: str, value: Any) -> None:
    path = tmp_path / "h.sqlite3"
    history = History(path)
    history.store(made(1, us="NORMAL"), made(2, us="AT_RISK"), made(2, who=OTHER, us="NORMAL"), listed(1, store(US)))
    history.close()
    connection = sqlite3.connect(path)
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE seller_id = 'A1'", (value,))
    connection.commit()
    connection.close()
    history = History(path)
    history.details(WHO)
    history.status_changes()
    history.participation_changes(WHO)
    assert history.known()["A2", "NA"].performance.as_of == BEGAN + timedelta(days=2)
    history.store(made(3, us="NORMAL"))


def test_a_full_disk_loses_nothing_and_shows_no_half(tmp_path: Path) -> None:
    history = History(tmp_path / "h.sqlite3")
    history.store(made(1, us="NORMAL"))
    pages = history.database.query("PRAGMA page_count")[0][0]
    history.database.query(f"PRAGMA max_page_count = {pages}")
    others = [made(1, who=Authorization("", f"B{number}", Region.NA, ""), us="NORMAL") for number in range(300)]
    with pytest.raises(DatabaseError, match="full"):
        history.store(made(2, us="AT_RISK", late=0.05), *others)
    assert changes_of(history) == []
    assert set(history.known()) == {("A1", "NA")}
    assert history.details(WHO).report.statuses[0].status == "NORMAL"
    history.database.query("PRAGMA max_page_count = 1000000")
    history.store(made(2, us="AT_RISK", late=0.05))
    assert changes_of(history) == [(2, US, "NORMAL", "AT_RISK")]


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from health.test_history_performance import made, told_by
from sptui.health.history import History
history = History(Path(sys.argv[1]))
print("ready", flush=True)
for day in range(int(sys.argv[3]), 100_000):
    bad = day % 2 == 1
    history.store(made(day, number=str(day), us="AT_RISK" if bad else "NORMAL", late=0.05 if bad else 0.01))
    history.store_status_changes([told_by(f"n{day}", day)])
    print(day, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no kill -9")
def test_killed_at_any_moment_it_keeps_what_was_stored_and_no_half(tmp_path: Path) -> None:
    path, tests = tmp_path / "h.sqlite3", Path(__file__).parent.parent
    begin = 0
    for lines in (2, 7, 15, 30):
        program = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(tests), str(begin)], stdout=subprocess.PIPE, text=True
        )
        assert program.stdout is not None
        told = [program.stdout.readline().strip() for _ in range(lines)]
        program.send_signal(signal.SIGKILL)
        program.communicate(timeout=60)
        last = int(told[-1])
        history = History(path)
        assert history.database.query("PRAGMA integrity_check") == [("ok",)]
        changes = {each.id for each in history.status_changes(WHO)}
        assert {f"n{day}" for day in range(begin, last + 1)} <= changes
        details, known = history.details(WHO), history.known()["A1", "NA"]
        newest = int(known.performance.report_id)
        assert newest >= last
        expected = "AT_RISK" if newest % 2 else "NORMAL"
        assert {each.status for each in details.report.statuses} == {each.status for each in details.statuses}
        assert details.statuses[0].status == expected
        assert bool(known.performance.alarms) == (newest % 2 == 1)
        assert history.trend(WHO, LATE)[-1].status == ("BAD" if newest % 2 else "GOOD")
        history.close()
        begin = newest + 1


def test_a_closed_history_says_so() -> None:
    history = History(None)
    history.close()
    for ask in (history.known, lambda: history.details(WHO), history.status_changes, history.last_look):
        with pytest.raises(DatabaseError):
            ask()
    with pytest.raises(DatabaseError):
        history.store(made(1))
