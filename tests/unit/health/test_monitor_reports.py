"""The monitor and the performance report: when it is looked for, when a new one is asked for, what is made of it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from spapi.wire import NORTHWIND, Credentials, Wire, error, json_response
from waiting import until

from health.reports import CA, US, document, metrics, rate
from sptui.database import DatabaseError
from sptui.health.gate import PLACES
from sptui.health.history import History
from sptui.health.monitor import Monitor
from sptui.health.standing import Rank
from sptui.health.status_change import StatusChange, StatusSource
from sptui.spapi.authorization import Authorization
from sptui.spapi.client import Client
from sptui.spapi.regions import Region

SIX_HOURS = timedelta(hours=6)


def entry(id_: str, *, participating: bool = True) -> dict[str, Any]:
    return {
        "marketplace": {"id": id_},
        "participation": {"isParticipating": participating, "hasSuspendedListings": False},
    }


class Reports:
    """Amazon's Reports API for one seller, in a few lines: reports by their ids, a document for all."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.stores = [entry(US)]
        self.reports: list[dict[str, Any]] = []
        self.document = document(metrics(US))
        self.polls = ["IN_QUEUE", "IN_PROGRESS", "DONE"]
        self.ending = "DONE"
        self.refusal: httpx.Response | None = None
        self.asked: list[str] = []
        self.bodies: list[Any] = []
        wire.client._pools._make_transport = lambda: httpx.MockTransport(self.answer)

    def add(self, age: timedelta, status: str = "DONE", places: tuple[str, ...] = (US,)) -> dict[str, Any]:
        moment = (self.wire.clock.now() - age).isoformat()
        number = f"R{len(self.reports)}"
        made = {"reportId": number, "processingStatus": status, "createdTime": moment, "marketplaceIds": list(places)}
        if status == "DONE":
            made |= {"reportDocumentId": "D" + number, "processingEndTime": moment}
        self.reports.append(made)
        return made

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if request.url.host == "api.amazon.com":
            return json_response({"access_token": "Atza|x", "expires_in": 3600})
        if path.startswith("/sellers"):
            return json_response({"payload": self.stores})
        name = "document" if "documents" in path else path.rpartition("/")[2] if "doc" not in path else "file"
        self.asked.append(f"{request.method} {name}")
        if request.url.host.endswith("example.com"):
            return httpx.Response(200, content=self.document)
        if "documents" in path:
            return json_response({"url": "https://documents.example.com/doc"})
        if request.method == "POST":
            self.bodies.append(msgspec.json.decode(request.content))
            if self.refusal is not None:
                return self.refusal
            made = self.add(timedelta(), "IN_QUEUE", tuple(self.bodies[-1]["marketplaceIds"]))
            return json_response({"reportId": made["reportId"]}, 202)
        if path.endswith("/reports"):
            return json_response({"reports": self.reports})
        found = next(each for each in self.reports if path.endswith(each["reportId"]))
        found["processingStatus"] = self.polls.pop(0) if self.polls else self.ending
        if found["processingStatus"] == "DONE":
            moment = self.wire.clock.now().isoformat()
            found |= {"reportDocumentId": "D", "processingEndTime": moment}
        return json_response(found)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def amazon(wire: Wire) -> Reports:
    return Reports(wire)


def monitor_of(wire: Wire, history: History | None = None, *, create: bool = True) -> Monitor:
    return Monitor(
        wire.client, history or History(None), wire.clock, timedelta(minutes=15),
        report_interval=SIX_HOURS, create_reports=create,
    )  # fmt: skip


async def refresh(wire: Wire, monitor: Monitor, **how: bool) -> None:
    """Refreshes, for which as much time passes as it takes; the thread that stores gets real time."""
    task = asyncio.create_task(monitor.refresh(NORTHWIND, **how))
    for _ in range(20_000):
        await wire.clock.settle()
        if task.done():
            break
        if wire.clock._sleepers:
            await wire.clock._wake_next()
        else:
            await asyncio.sleep(0.001)
    await task


async def test_a_recent_report_is_reused(wire: Wire, amazon: Reports) -> None:
    amazon.add(timedelta(days=2))
    amazon.add(timedelta(hours=3))
    monitor = monitor_of(wire)
    await refresh(wire, monitor)
    assert amazon.asked == ["GET reports", "GET document", "GET file"]
    known = monitor.known(NORTHWIND).performance
    assert (known.report_id, known.made) == ("R1", wire.clock.now() - timedelta(hours=3))
    summary = monitor.summary(NORTHWIND)
    assert len(summary.metrics) == 20
    assert summary.account_status[0].status == "NORMAL"
    await wire.client.aclose()


async def test_where_there_is_none_that_is_new_enough_one_is_created(wire: Wire, amazon: Reports) -> None:
    amazon.stores = [entry(US), entry(CA), entry("A2ZV50J4W1RKNI"), entry("A1AM78C64UM0Y8", participating=False)]
    amazon.add(timedelta(hours=7))
    monitor = monitor_of(wire)
    await refresh(wire, monitor)
    assert amazon.asked[:5] == ["GET reports", "POST reports", "GET R1", "GET R1", "GET R1"]
    assert amazon.bodies == [{"reportType": "GET_V2_SELLER_PERFORMANCE_REPORT", "marketplaceIds": sorted([US, CA])}]
    assert wire.clock.slept[:3] == [1.0, 2.0, 4.0]
    assert monitor.known(NORTHWIND).performance.report_id == "R1"
    await wire.client.aclose()


async def test_one_that_tells_of_other_marketplaces_will_not_do(wire: Wire, amazon: Reports) -> None:
    amazon.stores = [entry(US), entry(CA)]
    amazon.add(timedelta(hours=1))
    monitor = monitor_of(wire)
    await refresh(wire, monitor)
    assert "POST reports" in amazon.asked
    await wire.client.aclose()


async def test_one_on_its_way_is_waited_for_instead_of_a_second(wire: Wire, amazon: Reports) -> None:
    """As after a restart in the middle."""
    amazon.add(timedelta(minutes=2), "IN_PROGRESS")
    monitor = monitor_of(wire)
    await refresh(wire, monitor)
    assert "POST reports" not in amazon.asked
    assert monitor.known(NORTHWIND).performance.report_id == "R0"
    await wire.client.aclose()


async def test_one_that_hangs_for_hours_is_given_up(wire: Wire, amazon: Reports) -> None:
    amazon.add(timedelta(hours=3), "IN_QUEUE")
    monitor = monitor_of(wire)
    await refresh(wire, monitor)
    assert "POST reports" in amazon.asked
    await wire.client.aclose()


async def test_without_leave_none_is_created_and_the_newest_is_read(wire: Wire, amazon: Reports) -> None:
    amazon.add(timedelta(days=3))
    monitor = monitor_of(wire, create=False)
    await refresh(wire, monitor, new_report=True)
    assert "POST reports" not in amazon.asked
    assert monitor.known(NORTHWIND).performance.report_id == "R0"
    assert monitor.summary(NORTHWIND).healthy is None  # it is too old
    await wire.client.aclose()


@pytest.mark.parametrize("ending", ["CANCELLED", "FATAL"])
async def test_where_no_new_one_can_be_had_the_older_is_read_and_the_reason_told(
    wire: Wire, amazon: Reports, ending: str
) -> None:
    amazon.add(timedelta(hours=8))
    amazon.polls, amazon.ending = [], ending
    monitor = monitor_of(wire)
    await refresh(wire, monitor)
    known = monitor.known(NORTHWIND).performance
    assert known.report_id == "R0"
    assert f"ended {ending}" in known.problem
    assert known.problem in monitor.summary(NORTHWIND).errors[0]
    await wire.client.aclose()


async def test_a_refused_report_leaves_the_participations(wire: Wire, amazon: Reports) -> None:
    amazon.refusal = error(403, "Unauthorized", "Access to requested resource is denied.")
    monitor = monitor_of(wire)
    await refresh(wire, monitor)
    known = monitor.known(NORTHWIND)
    assert known.reading is not None
    assert known.performance.problem.startswith("createReport: 403")
    assert monitor.summary(NORTHWIND).healthy is None
    assert monitor.standing(NORTHWIND).rank is Rank.ATTENTION
    await wire.client.aclose()


async def test_it_is_looked_for_when_it_is_due_and_not_before(wire: Wire, amazon: Reports) -> None:
    amazon.add(timedelta(hours=5))
    monitor = monitor_of(wire)
    await refresh(wire, monitor)
    looks = amazon.asked.count("GET reports")
    for minutes, more in ((16, 0), (40, 0), (5, 1), (16, 1), (61, 1), (300, 2)):
        await wire.clock.advance(minutes * 60)
        amazon.polls = ["DONE"]
        await refresh(wire, monitor)
        assert amazon.asked.count("GET reports") == looks + more, minutes
    await wire.client.aclose()


async def test_a_failed_look_is_not_repeated_at_once(wire: Wire, amazon: Reports) -> None:
    amazon.refusal = error(403, "Unauthorized")
    monitor = monitor_of(wire)
    await refresh(wire, monitor)
    await wire.clock.advance(59 * 60)
    await refresh(wire, monitor)
    assert amazon.asked.count("POST reports") == 1
    await wire.clock.advance(2 * 60)
    await refresh(wire, monitor)
    assert amazon.asked.count("POST reports") == 2
    await wire.client.aclose()


async def test_a_new_one_on_demand_unless_it_is_some_minutes_old(wire: Wire, amazon: Reports) -> None:
    amazon.add(timedelta(minutes=5))
    monitor = monitor_of(wire)
    await refresh(wire, monitor, new_report=True)
    assert "POST reports" not in amazon.asked
    await wire.clock.advance(600)
    await refresh(wire, monitor, new_report=True)
    assert amazon.asked.count("POST reports") == 1
    await wire.client.aclose()


async def test_a_report_that_differs_makes_history(wire: Wire, amazon: Reports) -> None:
    history = History(None)
    monitor = monitor_of(wire, history)
    amazon.add(timedelta(hours=2))
    await refresh(wire, monitor)
    assert monitor.known(NORTHWIND).changed_at is None
    before = monitor.summary(NORTHWIND)
    assert monitor.summary(NORTHWIND) is before
    await wire.clock.advance(3600 * 4)
    bad = metrics(US, lateShipmentRate=rate(0.09, 0.04, status="BAD"))
    amazon.document = document(bad, statuses=[{"marketplaceId": US, "status": "AT_RISK"}])
    amazon.add(timedelta(minutes=1))
    await refresh(wire, monitor)
    (change,) = monitor.summary(NORTHWIND).status_history
    assert (change.previous, change.current, change.source) == ("NORMAL", "AT_RISK", StatusSource.REPORT)
    assert monitor.known(NORTHWIND).changed_at == monitor.known(NORTHWIND).performance.made
    assert monitor.standing(NORTHWIND).rank is Rank.ALARM
    again = Monitor(wire.client, history, wire.clock, timedelta(minutes=15))
    assert msgspec.structs.replace(again.known(NORTHWIND), reading=None) == msgspec.structs.replace(
        monitor.known(NORTHWIND), reading=None
    )
    await wire.client.aclose()


async def test_a_summary_grows_too_old_by_itself(wire: Wire, amazon: Reports) -> None:
    amazon.add(timedelta(hours=1))
    amazon.document = document(metrics(US, unitOnTimeDeliveryRate=None, documentRequests=None))
    monitor = monitor_of(wire)
    await refresh(wire, monitor)
    assert monitor.summary(NORTHWIND).healthy is True
    await wire.clock.advance(31 * 60)
    assert monitor.summary(NORTHWIND).healthy is None
    await wire.client.aclose()


async def test_what_is_heard_is_known_at_once(wire: Wire, amazon: Reports) -> None:
    amazon.add(timedelta(hours=1))
    monitor = monitor_of(wire)
    await refresh(wire, monitor)

    def change(id_: str, moment: datetime) -> StatusChange:
        return StatusChange(
            id_, NORTHWIND.seller_id, NORTHWIND.region, "", moment, "NORMAL", "DEACTIVATED", StatusSource.NOTIFICATION
        )

    heard: list[Authorization] = []
    monitor.on_change = heard.append
    monitor.heard(NORTHWIND, change("old", wire.clock.now() - timedelta(hours=2)))
    assert monitor.summary(NORTHWIND).preflight[0].answer == "yes"
    monitor.heard(NORTHWIND, change("new", wire.clock.now()))
    assert monitor.summary(NORTHWIND).preflight[0].answer == "no"
    assert monitor.standing(NORTHWIND).rank is Rank.CLOSED
    assert heard == [NORTHWIND, NORTHWIND]
    await wire.client.aclose()


async def test_a_report_that_cannot_be_stored_is_known_all_the_same(
    wire: Wire, amazon: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: History, *readings: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(History, "store", full)
    amazon.add(timedelta(hours=1))
    monitor = monitor_of(wire)
    with pytest.raises(DatabaseError, match="full"):
        await refresh(wire, monitor)
    assert len(monitor.summary(NORTHWIND).metrics) == 20
    await wire.client.aclose()


async def test_without_a_token_no_report_is_looked_for(wire: Wire) -> None:
    wire.amazon.lwa.append(json_response({"error": "invalid_grant"}, 400))
    monitor = monitor_of(wire)
    await refresh(wire, monitor)
    assert len(wire.amazon.token_requests) == 1
    assert monitor.known(NORTHWIND).performance.problem == ""
    await wire.client.aclose()


async def test_without_a_token_nothing_is_due_before_its_time(wire: Wire) -> None:
    wire.amazon.lwa += [json_response({"error": "invalid_grant"}, 400)] * 2
    monitor = monitor_of(wire)
    await refresh(wire, monitor)
    await wire.clock.advance(60)
    assert monitor.due([NORTHWIND]) == []  # else Amazon would be asked for a token every few seconds
    await wire.clock.advance(monitor.interval.total_seconds())
    assert monitor.due([NORTHWIND]) == [NORTHWIND]
    await wire.client.aclose()


async def test_paused_nothing_is_due(wire: Wire) -> None:
    monitor = monitor_of(wire)
    assert monitor.due([NORTHWIND]) == [NORTHWIND]
    monitor.pause()
    assert monitor.due([NORTHWIND]) == []
    monitor.resume()
    assert monitor.due([NORTHWIND]) == [NORTHWIND]
    await wire.client.aclose()


async def test_the_sickest_are_due_first(wire: Wire, amazon: Reports) -> None:
    amazon.add(timedelta(hours=1))
    monitor = monitor_of(wire)
    other = Authorization("Aaa", "A0", Region.NA, NORTHWIND.application)
    await refresh(wire, monitor)
    change = StatusChange("n", NORTHWIND.seller_id, Region.NA, "", wire.clock.now(), "", "AT_RISK", StatusSource.IMPORT)
    monitor._known["A0", "NA"] = monitor.known(NORTHWIND)
    monitor.heard(NORTHWIND, change)
    await wire.clock.advance(3600)
    assert monitor.due([other, NORTHWIND]) == [NORTHWIND, other]
    await wire.client.aclose()


async def test_no_more_calls_than_places_run_at_once() -> None:
    running, most = 0, 0
    held = asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal running, most
        if request.url.host == "api.amazon.com":
            return json_response({"access_token": "Atza|x", "expires_in": 3600})
        running += 1
        most = max(most, running)
        await held.wait()
        running -= 1
        return json_response({"payload": [entry(US)]})

    client = Client(Credentials(), transport=lambda: httpx.MockTransport(answer))
    history = History(None)
    from sptui.spapi.clock import SystemClock

    monitor = Monitor(client, history, SystemClock(), timedelta(minutes=15))
    sellers = [Authorization(f"S{number}", f"A{number}", Region.NA, "app") for number in range(PLACES + 90)]
    refreshing = asyncio.create_task(monitor.refresh_all(sellers))
    await until(lambda: running >= PLACES)
    await asyncio.sleep(0.02)
    assert running == PLACES
    held.set()
    assert len(await refreshing) == len(sellers)
    assert most == PLACES
    await monitor.aclose()
    await client.aclose()
