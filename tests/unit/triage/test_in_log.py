"""The flow asks the call log for whom else the call fails, before it makes calls for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest

from sptui.calllog.asking.engine import CallLogError, Engine
from sptui.calllog.beside import Beside, FailingCall, OtherSellers, OwnCalls
from sptui.calllog.desk import LogDesk
from sptui.calllog.preparing import Preparing
from sptui.calllog.questions import Share
from sptui.simulator.clock import ManualClock
from sptui.simulator.world import World, parse_world
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.regions import Region
from sptui.triage.case import Case
from sptui.triage.causes import Cause
from sptui.triage.events import Event, StepFinished, StepName, StepOutcome, StepStarted, TriageResult
from sptui.triage.evidence import (
    Change,
    Changed,
    MarketplacesTried,
    NotTried,
    OperationsTried,
    RegionsTried,
    SellersTried,
)
from sptui.triage.flow import investigate
from sptui.triage.observe_log import log_tells_enough, observe_log
from sptui.triage.services import ClientServices, LogLook
from sptui.workspace import Workspace

from .fakes import DENIED, INVALID, NOW, OTHERS, US, FakeServices, case, error
from .worlds import play, result_of

HOUR: Final = timedelta(hours=1)
CA: Final = "A2EUQ1WTGCTBG2"
FEED: Final = {"feedType": "JSON_LISTINGS_FEED", "inputFeedDocumentId": "amzn1.tortuga.4.na.x", "marketplaceIds": [US]}


def told(calling: int, refused: int, own: OwnCalls | None = None, **more: Any) -> LogLook:
    """What the log says of so many other sellers in the last three hours."""
    others = OtherSellers(NOW - 3 * HOUR, calling, refused)
    return LogLook(Beside(others, own or OwnCalls(), **more))


def failing_call(status: int = 403, name: str = "getOrders") -> FailingCall:
    return FailingCall(load_catalogue().find(name), status, "X", "A1", "NA", "app", NOW, (US,))


def data(look: LogLook, call: FailingCall | None = None) -> list[object]:
    assert look.beside is not None
    return [each.data for each in observe_log(look.beside, call or failing_call(), NOW)]


async def run(services: FakeServices, what: Case) -> tuple[TriageResult, list[Event]]:
    events = await play(investigate(what, services))
    return result_of(events), events


def of_sellers(result: TriageResult) -> StepFinished:
    return next(each for each in result.steps if each.step is StepName.SELLERS)


# -- What it amounts to


def test_sellers_are_counted_with_their_source() -> None:
    look = told(512, 509, first_failure=NOW - 2 * HOUR)
    assert look.beside is not None
    (only,) = observe_log(look.beside, failing_call(), NOW)
    assert only.data == SellersTried(512, 509, 403)
    assert only.source == "the call log: 512 sellers in 3 h"
    assert only.fact == (
        "Since 2026-11-23 09:00 UTC 512 other sellers called getOrders in NA: it fails so for 509 of them, "
        "first at 2026-11-23 10:00 UTC."
    )


@pytest.mark.parametrize(
    ("calling", "failing", "status", "enough"),
    [
        (2, 2, 403, False), (4, 4, 403, False), (5, 5, 403, True), (5, 0, 403, True), (20, 1, 403, True),
        (12, 6, 403, False), (40, 20, 403, True), (50, 0, 500, False), (50, 49, 500, True), (50, 1, 429, False),
    ],
    ids=str,
)  # fmt: skip
def test_what_saves_calls(calling: int, failing: int, status: int, *, enough: bool) -> None:
    look = told(calling, failing)
    assert look.beside is not None
    (only,) = observe_log(look.beside, failing_call(status), NOW)
    assert log_tells_enough(only) is enough


def test_two_sellers_are_hearsay() -> None:
    assert data(told(2, 2)) == [SellersTried(2, 2, 403, trusted=False)]
    assert data(told(0, 0)) == []


def test_what_passed_before_it_failed_here_tells_little() -> None:
    """An outage that has just begun has not reached the others' last calls."""
    since = NOW - 24 * HOUR
    passed, failed = (LogLook(Beside(OtherSellers(since, 40, each, earlier=True), OwnCalls())) for each in (0, 40))
    assert data(passed) == [SellersTried(40, 0, 403, trusted=False)]
    assert data(failed) == [SellersTried(40, 40, 403)]


def test_it_passed_before() -> None:
    own = OwnCalls(NOW - 9 * HOUR, NOW - 3 * HOUR, passes=1, failures=1)
    stopped = Changed(frozenset({Change.STOPPED}))
    assert data(told(0, 0, own)) == [stopped]
    # Of a call that Amazon read, one that passed may have had other values: it takes a habit on either side.
    assert data(told(0, 0, own), failing_call(400)) == []
    often = OwnCalls(NOW - 9 * HOUR, NOW - 3 * HOUR, passes=9, failures=4)
    assert data(told(0, 0, often), failing_call(400)) == [stopped]
    assert data(told(0, 0, OwnCalls(NOW - 9 * HOUR, NOW, passes=9, failures=9)), failing_call(400)) == []
    assert data(told(0, 0, own), failing_call(429)) == []
    assert data(told(0, 0, OwnCalls(NOW - 4 * HOUR, NOW - 3 * HOUR, 9, 9, mixed=True))) == []


def test_other_regions_count_where_this_one_fails() -> None:
    shares = (Share("EU", 30, 0), Share("FE", 1, 0))
    assert RegionsTried((Region.EU,), (), of_others=True) in data(told(9, 9, elsewhere=shares))
    assert data(told(9, 1, elsewhere=shares)) == [SellersTried(9, 1, 403)]
    both = (Share("EU", 9, 9), Share("FE", 9, 1))
    assert RegionsTried((Region.FE,), (Region.EU,), of_others=True) in data(told(9, 9, elsewhere=both))


def test_other_operations_and_marketplaces_of_the_seller() -> None:
    own = OwnCalls(None, NOW - 3 * HOUR, failures=4, passing_in=(CA,))
    found = data(told(0, 0, own, passing=("reports-2021-06-30.getReports",), failing=("feeds-2021-06-30.getFeeds",)))
    assert found == [MarketplacesTried(passing=True), OperationsTried(("getReports",), ("getFeeds",))]


# -- In the flow


async def test_a_log_that_tells_saves_the_calls_for_others() -> None:
    services = FakeServices(DENIED)
    services.others, services.log = OTHERS, told(512, 512)
    result, _ = await run(services, case())
    assert {who.seller for who, _ in services.sent} == {"Northwind"}
    assert of_sellers(result).outcome is StepOutcome.FOUND
    assert of_sellers(result).calls == 0
    assert result.verdict.first.cause is Cause.ROLE
    assert [(each.status, each.seller_id, each.region) for each in services.in_log_asked] == [
        (403, "A1NORTHWIND", "NA")
    ]


async def test_a_thin_log_is_told_and_the_calls_are_made() -> None:
    services = FakeServices(DENIED)
    services.others, services.log = OTHERS, told(1, 1)
    result, _ = await run(services, case())
    assert {who.seller for who, _ in services.sent} == {"Northwind", "Second", "Third"}
    assert len(of_sellers(result).evidence) == 2


async def test_an_empty_log_changes_nothing() -> None:
    services, without = FakeServices(INVALID), FakeServices(INVALID)
    services.log = told(0, 0)
    result, events = await run(services, case("createFeed", FEED))
    other, others = await run(without, case("createFeed", FEED))
    assert [type(each) for each in events] == [type(each) for each in others]
    assert result.steps == other.steps
    assert of_sellers(result).outcome is StepOutcome.SKIPPED


async def test_a_log_that_cannot_be_asked_is_noted_and_ends_nothing() -> None:
    services = FakeServices(DENIED)
    services.others, services.log = OTHERS, LogLook(problem="The disk is gone.")
    result, _ = await run(services, case())
    first = of_sellers(result).evidence[0]
    assert isinstance(first.data, NotTried)
    assert first.fact == "The call log could not be asked. The disk is gone."
    assert {who.seller for who, _ in services.sent} == {"Northwind", "Second", "Third"}


async def test_a_feed_that_is_not_sent_again_has_its_log() -> None:
    services = FakeServices(INVALID)
    own = OwnCalls(None, NOW - 3 * HOUR, failures=5, passing_in=(CA,))
    services.log = told(400, 0, own)
    status, body = error(400, "InvalidInput", "Invalid request parameters")  # type: ignore[misc]
    given = case("createFeed", FEED, answer=_answer(status, body))
    result, events = await run(services, given)
    assert services.sent == []
    assert result.verdict.first.cause is Cause.ACCOUNT
    assert any(isinstance(each, StepStarted) and each.step is StepName.SELLERS for each in events)
    facts = " ".join(each.fact for each in of_sellers(result).evidence)
    assert "400 other sellers called createFeed in NA: it fails so for none of them" in facts
    assert "passes for this seller in CA" in facts


async def test_a_seller_of_the_log_alone_is_asked_for_as_well() -> None:
    services = FakeServices(DENIED)
    services.log = told(558, 558)
    status, body = error(403, "Unauthorized", "Access to requested resource is denied.")  # type: ignore[misc]
    given = case("getOrders", {}, answer=_answer(status, body))
    stranger = msgspec.structs.replace(given, authorization=None, seller_id="A9", application="app", region=Region.EU)
    result, _ = await run(services, stranger)
    assert [(each.seller_id, each.region, each.application) for each in services.in_log_asked] == [("A9", "EU", "app")]
    assert services.sent == []
    assert "it fails so for 558 of them" in of_sellers(result).evidence[0].fact
    assert result.verdict.first.cause is Cause.ROLE


async def test_it_is_not_asked_where_others_have_nothing_to_add() -> None:
    from .fakes import GOOD

    passing = FakeServices(GOOD)
    await run(passing, case())
    grantless = FakeServices(DENIED)
    await run(grantless, case("getDestinations", {}))
    option = FakeServices(lambda values, _: INVALID if "MaxResultsPerPage" in values else GOOD)
    await run(option, case(values={"MarketplaceIds": [US], "CreatedAfter": "2026-11-01", "MaxResultsPerPage": 500}))
    assert passing.in_log_asked == grantless.in_log_asked == option.in_log_asked == []


def _answer(status: int, body: Any) -> Any:
    import json

    from sptui.spapi.answers import read_answer

    return read_answer(status, {}, json.dumps(body).encode())


# -- The service


class _Stuck:
    """A log whose answer never comes, until it is told to end."""

    def __init__(self) -> None:
        import threading

        self.ended = threading.Event()

    def refresh(self) -> bool:
        return True

    def calls_of(self, question: object) -> None:
        assert self.ended.wait(30)
        raise CallLogError("interrupted")

    def cancel(self) -> None:
        self.ended.set()


def services_over(engine: object) -> ClientServices:
    @contextmanager
    def opened(_: Preparing) -> Iterator[Engine]:
        yield engine  # type: ignore[misc]  # no more of an engine than is asked

    return ClientServices(
        None, ManualClock(), applications=(), authorizations=(), open_log=lambda: LogDesk(opened)  # type: ignore[arg-type]
    )  # fmt: skip


async def test_a_slow_log_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sptui.triage.services.LOG_SECONDS", 0.02)
    stuck = _Stuck()
    look = await services_over(stuck).in_log(failing_call())
    assert look.problem == "The call log did not answer within 0.02 s."
    assert stuck.ended.is_set()


async def test_whoever_ends_the_flow_ends_the_question() -> None:
    stuck = _Stuck()
    task = asyncio.create_task(services_over(stuck).in_log(failing_call()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_broken_log_is_a_problem_and_no_log_is_none() -> None:
    class Broken(_Stuck):
        def calls_of(self, question: object) -> None:
            raise CallLogError("The table is gone.")

    assert (await services_over(Broken()).in_log(failing_call())).problem == "The table is gone."
    without = ClientServices(None, ManualClock(), applications=(), authorizations=())  # type: ignore[arg-type]
    assert await without.in_log(failing_call()) == LogLook()


# -- Over a world with recorded calls of several sellers

WORLD: Final = f"""
latency_ms = [0, 0]
[[application]]
client_id = "app"
client_secret = "amzn1.oa2-cs.v1.x"
roles = ["Selling Partner Insights", "Inventory and Order Tracking"]
[[seller]]
id = "A1NORTH0000001"
name = "North"
region = "NA"
refresh_token = "Atzr|x"
  [[seller.marketplace]]
  id = "{US}"
[[fault]]
operation = "getOrders"
status = 403
code = "Unauthorized"
message = "Access to requested resource is denied."
"""


def world() -> World:
    return parse_world(WORLD)


def recorded(workspace: Workspace, sellers: int, *, status: int) -> None:
    """Every other seller's call in the last half hour, and one of North's that was refused before."""
    operation = load_catalogue().find("getOrders")
    for number in range(sellers + 1):
        own = number == sellers
        ended = 403 if own else status
        workspace.call_log.record(
            CallRecord(
                time=workspace.clock.now() - timedelta(minutes=5 + number), method="GET", path=operation.path,
                operation=operation.key, stage="api", status=ended, code="Unauthorized" if ended == 403 else "",
                message="", details="", seller_id="A1NORTH0000001" if own else f"A{number:013}", region="NA",
                application="app", marketplaces=(US,), request_id="", milliseconds=1.0,
            )
        )  # fmt: skip


@pytest.mark.parametrize(("status", "cause"), [(200, Cause.AUTHORIZATION), (403, Cause.SERVICE)])
async def test_the_workspace_asks_what_it_recorded(status: int, cause: Cause) -> None:
    workspace = Workspace.simulate(world(), clock=ManualClock())
    try:
        recorded(workspace, 30, status=status)
        (authorization,) = workspace.accounts.authorizations()
        what = case(authorization=authorization)
        result = result_of(await play(investigate(what, workspace.triage_services())))
    finally:
        await workspace.close()
    evidence = of_sellers(result).evidence
    assert SellersTried(30, 30 if status == 403 else 0, 403) in [each.data for each in evidence]
    assert evidence[0].source.startswith("the call log: 30 sellers in")
    assert of_sellers(result).calls == 0
    assert result.verdict.first.cause is cause
    shown = next(each for each in result.as_json()["steps"] if each["step"] == "sellers")
    assert shown["evidence"][0]["source"].startswith("the call log")
