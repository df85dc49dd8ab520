"""The rules over a whole log: signatures, who is hit, what is compared, and the order of damage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sptui.calllog import opening
from sptui.calllog.asking.kinds import kinds
from sptui.calllog.browsing import Chosen
from sptui.calllog.store import CallLog
from sptui.spapi.calls import CallRecord
from sptui.triage.causes import Cause
from sptui.triage.signatures import KindVerdict, explain_kinds

NOW: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
START: Final = NOW - timedelta(hours=6)
US, CA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
DENIED: Final = "Access to requested resource is denied."
ORDERS: Final = ("orders-v0.getOrders", "GET", "/orders/v0/orders")
CATALOG: Final = ("catalogItems-2022-04-01.searchCatalogItems", "GET", "/catalog/2022-04-01/items")
FEED: Final = ("feeds-2021-06-30.createFeed", "POST", "/feeds/2021-06-30/feeds")


def record(
    minute: float, seller: str, call: tuple[str, str, str] = ORDERS, status: int = 200, **more: Any
) -> CallRecord:
    operation, method, path = call
    fields: dict[str, Any] = {
        "stage": "api", "code": "", "message": "", "details": "", "region": "NA", "marketplaces": (US,),
        "request_id": f"r{minute}",
    }  # fmt: skip
    return CallRecord(
        time=START + timedelta(minutes=minute), method=method, path=path, operation=operation,
        status=status, seller_id=seller, application="app", milliseconds=10.0, **(fields | more),
    )  # fmt: skip


def passing(sellers: int, call: tuple[str, str, str] = ORDERS, **more: Any) -> Iterator[CallRecord]:
    """Every seller passes once before and once after all the rest."""
    for number in range(sellers):
        yield record(0, f"A{number}", call, **more)
        yield record(300, f"A{number}", call, **more)


def explained(*records: CallRecord, chosen: Chosen | None = None) -> list[KindVerdict]:
    log = CallLog(None)
    try:
        for each in sorted(records, key=lambda each: each.time):
            log.record(each)
        with opening.asked_log(log, None) as engine:
            return explain_kinds(kinds(engine, chosen or Chosen()), NOW)
    finally:
        log.close()


def only(*records: CallRecord) -> KindVerdict:
    found = explained(*records)
    assert len(found) == 1
    return found[0]


def refusals(sellers: int, call: tuple[str, str, str] = ORDERS, **more: Any) -> list[CallRecord]:
    told: dict[str, Any] = {"status": 403, "code": "Unauthorized", "message": DENIED, **more}
    return [record(10 + step, f"A{number}", call, **told) for number in range(sellers) for step in (0, 30, 60)]


def test_messages_with_ids_dates_and_values_are_one_signature() -> None:
    told = (
        "Requested item, B07XJ8C8F5, not found in marketplace(s) ATVPDKIKX0DER.",
        "Requested item, B00EXAMPLE, not found in marketplace(s) A2EUQ1WTGCTBG2.",
    )
    found = only(*(record(each, f"A{each}", CATALOG, 404, code="NOT_FOUND", message=told[each]) for each in (0, 1)))
    assert found.kind.calls == 2
    assert set(found.kind.sellers) == {"A0", "A1"}
    assert found.verdict.first.cause is Cause.NOT_FOUND


def test_damage_orders_by_sellers_then_calls() -> None:
    found = explained(
        *(record(each, "A0", CATALOG, 500, code="InternalFailure") for each in range(9)),
        *(record(each, f"A{each}", ORDERS, 429, code="QuotaExceeded") for each in range(3)),
        record(5, "A0", FEED, 400, code="InvalidInput"),
    )
    assert [(each.kind.hit, each.kind.calls) for each in found] == [(3, 3), (1, 9), (1, 1)]


def test_a_role_that_is_missing_for_all() -> None:
    found = only(*passing(6, CATALOG), *refusals(6))
    assert found.verdict.first.cause is Cause.ROLE
    assert (found.kind.hit, found.kind.calling) == (6, 6)


def test_one_seller_of_many_is_refused() -> None:
    found = only(*(each for each in passing(12) if each.seller_id != "A0"), *refusals(1))
    assert found.verdict.first.cause is Cause.AUTHORIZATION
    assert (found.kind.hit, found.kind.calling) == (1, 12)


def test_an_outage_of_one_region() -> None:
    broken = [
        record(60 + step, f"A{number}", status=500, code="InternalFailure", message="We encountered an internal error.")
        for number in range(8)
        for step in (0, 20, 40)
    ]
    elsewhere = list(passing(8, region="EU", marketplaces=("A1PA6795UKMFR9",)))
    found = only(*passing(8), *elsewhere, *broken)
    assert found.verdict.first.cause is Cause.SERVICE
    assert any("passes again" in each.fact for each in found.evidence)


def test_a_feed_refused_in_one_marketplace_of_each_seller() -> None:
    others = [record(each, f"A{number}", FEED, 202, marketplaces=(CA,)) for number in range(30) for each in (0, 200)]
    bad = [
        record(100 + step, f"A{number}", FEED, 400, code="InvalidInput", message="Invalid request parameters")
        for number in range(2)
        for step in (0, 5)
    ]
    found = only(*others, *bad)
    assert found.verdict.first.cause is Cause.ACCOUNT
    assert found.kind.marketplaces == (US,)


def test_nothing_passes_for_anybody() -> None:
    found = explained(*refusals(6), *refusals(6, CATALOG), *refusals(6, FEED))
    assert {each.verdict.first.cause for each in found} <= {Cause.ACCOUNT, Cause.LWA}


def test_scattered_failures_between_good_calls_are_no_outage() -> None:
    bad = [
        record(30 + number, f"A{number}", status=400, code="InvalidInput", message="Invalid Input")
        for number in range(8)
    ]
    found = only(*passing(8), *bad)
    assert found.verdict.first.cause is Cause.REQUEST


def test_no_answer_and_the_token_endpoint() -> None:
    lwa = record(3, "A0", ("", "POST", "/auth/o2/token"), 400, code="invalid_grant", message="… revoked", stage="lwa")
    silent = record(1, "A0", status=0, code="timeout", message="no answer in 60 s")
    by_stage = {each.kind.stage: each for each in explained(lwa, silent)}
    assert by_stage["lwa"].verdict.first.cause is Cause.AUTHORIZATION
    assert by_stage["api"].verdict.first.cause is Cause.SERVICE


def test_the_newest_request_ids_are_kept() -> None:
    found = only(
        *(record(each, "A0", status=500, code="InternalFailure", request_id=f"id-{each}") for each in range(9))
    )
    assert found.kind.request_ids == ("id-8", "id-7", "id-6")
    assert (found.kind.first, found.kind.last) == (START, START + timedelta(minutes=8))


def test_an_empty_log_and_a_good_one() -> None:
    assert explained() == []
    assert explained(*passing(3)) == []


def test_as_json_is_json() -> None:
    found = msgspec.json.decode(msgspec.json.encode(only(*refusals(3)).as_json()))
    assert found["sellers_hit"] == 3
    assert found["verdict"][0]["cause"]


TEXT = st.text(max_size=30)


@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.sampled_from("abc"), st.integers(0, 599), TEXT, TEXT, TEXT, TEXT), max_size=12
    )
)
def test_any_records_are_explained(rows: list[tuple[int, str, int, str, str, str, str]]) -> None:
    records = [
        record(minute, seller, (path, "GET", path), status, code=code, message=message, region=region)
        for minute, seller, status, path, code, message, region in rows
    ]
    found = explained(*records)
    lost = [each for each in records if each.status >= 400 or not each.status]
    assert sum(each.kind.calls for each in found) == len(lost)


def test_the_log_gives_the_records_of_a_window() -> None:
    log = CallLog(None)
    try:
        for minute in range(12):
            log.record(record(minute, "A0"))
        found = list(log.window(START + timedelta(minutes=2), START + timedelta(minutes=5)))
        assert [each.time for each in found] == [START + timedelta(minutes=each) for each in (2, 3, 4)]
        assert len(list(log.window(START))) == 12
        assert list(log.window(NOW)) == []
    finally:
        log.close()
