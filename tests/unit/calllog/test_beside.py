"""What a log tells beside one failing call: others since it began, the seller's own calls before, other operations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sptui.calllog import opening
from sptui.calllog.asking.beside import beside
from sptui.calllog.beside import Beside, FailingCall
from sptui.calllog.store import CallLog
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import load_catalogue

NOW: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
US, CA, DE = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1PA6795UKMFR9"
DENIED: Final[dict[str, Any]] = {"status": 403, "code": "Unauthorized"}


def record(minutes: float, seller: str, name: str = "getOrders", **more: Any) -> CallRecord:
    """A call so many minutes before now."""
    operation = load_catalogue().find(name)
    fields: dict[str, Any] = {
        "status": 200, "code": "", "region": "NA", "application": "app", "marketplaces": (US,), "stage": "api",
        "message": "", "details": "",
    } | more  # fmt: skip
    return CallRecord(
        time=NOW - timedelta(minutes=minutes), method=operation.method, path=operation.path, operation=operation.key,
        seller_id=seller, request_id="", milliseconds=1.0, **fields,
    )  # fmt: skip


def asked(records: Iterable[CallRecord], name: str = "getOrders", **more: Any) -> Beside:
    fields: dict[str, Any] = {
        "status": 403, "code": "Unauthorized", "seller_id": "A0", "region": "NA", "application": "app", "at": NOW,
        "marketplaces": (US,),
    } | more  # fmt: skip
    log = CallLog(None)
    try:
        for each in records:
            log.record(each)
        with opening.asked_log(log, None) as engine:
            return beside(engine, FailingCall(load_catalogue().find(name), **fields))
    finally:
        log.close()


def test_others_count_from_when_it_began_to_fail() -> None:
    before = [record(600, f"A{each}") for each in range(30)]
    since = [record(50 - each, f"A{each}", **DENIED) for each in range(1, 9)]
    found = asked([*before, record(60, "A0"), record(55, "A0", **DENIED), *since])
    assert (found.others.calling, found.others.failing) == (8, 8)
    assert found.others.since == NOW - timedelta(minutes=55)
    assert found.first_failure == NOW - timedelta(minutes=49)
    assert found.own.passed_last == NOW - timedelta(minutes=60)
    assert found.own.failing_since == NOW - timedelta(minutes=55)
    assert not found.own.mixed


def test_a_failure_that_a_good_call_followed_is_over() -> None:
    over = [record(minutes, f"A{each}", **ended) for each in range(1, 6) for minutes, ended in ((30, DENIED), (9, {}))]
    found = asked([*over, record(40, "A0", **DENIED)])
    assert (found.others.calling, found.others.failing) == (5, 0)


def test_another_error_at_the_values_counts_as_let_in_and_trouble_in_passing_for_nothing() -> None:
    others = [record(5, "A1", status=404, code="NotFound"), record(5, "A2", status=429), record(5, "A3", status=503)]
    found = asked([*others, record(6, "A4"), record(6, "A5"), record(9, "A0", **DENIED)])
    assert (found.others.calling, found.others.failing) == (3, 0)


def test_few_since_then_widen_the_time() -> None:
    day = [record(600, f"A{each}") for each in range(1, 5)]
    assert asked([*day, record(5, "A0", **DENIED)]).others.calling == 4
    month = [record(60 * 24 * 20, f"A{each}") for each in range(1, 5)]
    found = asked([*month, record(5, "A0", **DENIED)])
    assert (found.others.calling, found.others.since) == (4, NOW - timedelta(days=30))
    assert found.others.earlier
    assert not asked([record(4, f"A{each}") for each in range(1, 5)] + [record(5, "A0", **DENIED)]).others.earlier
    assert asked([record(60 * 24 * 40, "A1")]).others.calling == 0


def test_the_code_tells_errors_apart_where_the_log_has_codes() -> None:
    others = [
        record(5, "A1", **DENIED),
        record(5, "A2", status=403, code=""),
        record(5, "A3", status=403, code="Other"),
    ]
    found = asked([*others, record(9, "A0", **DENIED)])
    assert (found.others.calling, found.others.failing) == (2, 2)


def test_other_applications_and_regions_are_others() -> None:
    there = [record(5, f"A{each}", region="EU", marketplaces=(DE,)) for each in range(1, 4)]
    foreign = [record(5, f"B{each}", application="other") for each in range(9)]
    nobodys = [record(5, "A9", application="")]
    found = asked([*there, *foreign, *nobodys, record(9, "A0", **DENIED)])
    assert found.others.calling == 1
    assert [(each.value, each.calling, each.failing) for each in found.elsewhere] == [("EU", 3, 0)]


def test_the_sellers_other_operations_since_then() -> None:
    before = record(99, "A0", "getFeeds")
    since = [record(5, "A0", "searchCatalogItems"), record(4, "A0", "getReports", **DENIED)]
    elsewhere = record(3, "A0", "getInventorySummaries", region="EU")
    found = asked([before, *since, elsewhere, record(9, "A0", **DENIED), record(5, "A1", "getReport")])
    assert found.passing == ("catalogItems-2022-04-01.searchCatalogItems",)
    assert found.failing == ("reports-2021-06-30.getReports",)


def test_another_marketplace_of_the_seller_has_a_history_of_its_own() -> None:
    bad = [record(minutes, "A0", "createFeed", status=400, code="InvalidInput") for minutes in (90, 60, 30)]
    good = [record(minutes, "A0", "createFeed", status=202, marketplaces=(CA,)) for minutes in (80, 20)]
    found = asked([*bad, *good], "createFeed", status=400, code="InvalidInput")
    assert found.own.passing_in == (CA,)
    assert (found.own.passed_last, found.own.failing_since) == (None, NOW - timedelta(minutes=90))
    assert (found.own.failures, found.own.mixed) == (3, False)


def test_what_passes_between_two_failures_is_mixed() -> None:
    found = asked([record(9, "A0", **DENIED), record(8, "A0"), record(7, "A0", **DENIED)])
    assert found.own.mixed
    assert found.own.passed_last == NOW - timedelta(minutes=8)


def test_nothing_logged() -> None:
    found = asked([])
    assert (found.others.calling, found.own.failures, found.passing) == (0, 0, ())
