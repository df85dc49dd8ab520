"""A call of the log as a case."""

from __future__ import annotations

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from sptui.spapi.calls import CallRecord, Stage
from sptui.spapi.redaction import MASK
from sptui.spapi.regions import Region
from sptui.triage.from_record import authorization_of, case_of_record, has_failed

from .fakes import NOW, SELLER, US


def record(**more: object) -> CallRecord:
    fields = {
        "time": NOW, "method": "GET", "path": "/orders/v0/orders", "operation": "orders-v0.getOrders", "stage": "api",
        "status": 403, "code": "Unauthorized", "message": "Access to requested resource is denied.", "details": "",
        "seller_id": SELLER.seller_id, "region": SELLER.region.value, "application": SELLER.application,
        "marketplaces": (US,), "request_id": "r-1", "milliseconds": 12.0,
    } | more  # fmt: skip
    return CallRecord(**fields)  # type: ignore[arg-type]


def test_what_came_back_is_the_given_answer() -> None:
    case = case_of_record(record(), [SELLER])
    assert case.operation is not None
    assert case.operation.name == "getOrders"
    assert case.authorization == SELLER
    assert case.answer is not None
    assert (case.answer.status, case.answer.code, case.answer.request_id) == (403, "Unauthorized", "r-1")
    assert case.answer.message == "Access to requested resource is denied."
    assert case.failure is None
    assert case.region is Region.NA


@pytest.mark.parametrize(
    ("operation", "values"),
    [
        ("orders-v0.getOrders", {"MarketplaceIds": [US]}),
        ("orders-2026-01-01.searchOrders", {"marketplaceIds": [US]}),
        ("fbaInventory-v1.getInventorySummaries", {"marketplaceIds": [US]}),
        ("productPricing-v0.getPricing", {"MarketplaceId": US}),
        ("sellers-v1.getMarketplaceParticipations", {}),
        ("none-such.getNothing", {}),
    ],
)
def test_the_marketplaces_stand_in_the_parameter_that_takes_them(operation: str, values: dict[str, object]) -> None:
    case = case_of_record(record(operation=operation), [SELLER])
    assert case.values == values


@pytest.mark.parametrize(
    ("operation", "raw_path", "values"),
    [
        ("reports-2021-06-30.getReport", "/reports/2021-06-30/reports/5003901800", {"reportId": "5003901800"}),
        ("orders-v0.getOrderItems", "/orders/v0/orders/{order}/orderItems", {}),
        (
            "listingsItems-2021-08-01.getListingsItem",
            "/listings/2021-08-01/items/A1NORTHWIND/red%2Fshoe",
            {"sellerId": "A1NORTHWIND", "sku": "red/shoe"},
        ),
        ("listingsItems-2021-08-01.getListingsItem", "", {"sellerId": "A1NORTHWIND"}),
        ("listingsItems-2021-08-01.getListingsItem", f"/listings/2021-08-01/items/A1/{MASK}", {"sellerId": "A1"}),
        ("listingsItems-2021-08-01.getListingsItem", "/elsewhere/x", {"sellerId": "A1NORTHWIND"}),
        ("reports-2021-06-30.getReport", "/reports/2021-06-30/reports/" + "5" * 272, {}),
    ],
    ids=["an id", "a masked id", "two values", "no raw path", "a secret", "another path", "one that was cut off"],
)
def test_the_raw_path_fills_the_parameters_of_the_path(
    operation: str, raw_path: str, values: dict[str, object]
) -> None:
    case = case_of_record(record(operation=operation, raw_path=raw_path, marketplaces=()), [SELLER])
    assert case.values == values


def test_when_the_call_was_made() -> None:
    assert case_of_record(record(), [SELLER]).context.called_on == NOW


def test_no_answer_stays_a_failure_of_the_transport() -> None:
    case = case_of_record(record(status=0, code="timeout", message="no answer in 30 s"), [SELLER])
    assert case.answer is None
    assert case.failure is not None
    assert case.failure.kind == "timeout"


def test_a_failure_of_the_token_endpoint_is_one() -> None:
    told = record(stage="lwa", operation="", path="/auth/o2/token", status=400, code="invalid_grant", message="gone")
    case = case_of_record(told, [SELLER])
    assert case.stage is Stage.LWA
    assert case.operation is None
    assert case.answer is not None
    assert case.answer.lwa_error is not None
    assert case.answer.lwa_error.error == "invalid_grant"


def test_a_seller_that_is_gone_leaves_the_region() -> None:
    case = case_of_record(record(), [])
    assert case.authorization is None
    assert case.where is Region.NA
    assert case.seller_id == record().seller_id
    assert authorization_of(record(region="EU"), [SELLER]) is None


@pytest.mark.parametrize(("status", "failed"), [(200, False), (204, False), (0, True), (301, True), (429, True)])
def test_what_counts_as_failing(status: int, *, failed: bool) -> None:
    assert has_failed(record(status=status)) is failed


@drawn(
    st.text(), st.text(), st.text(), st.text(), st.integers(0, 599), st.text(), st.lists(st.text(), max_size=2),
    st.text(),
)  # fmt: skip
def test_any_record_makes_a_case(
    operation: str,
    stage: str,
    region: str,
    code: str,
    status: int,
    message: str,
    marketplaces: list[str],
    raw_path: str,
) -> None:
    told = record(
        operation=operation, stage=stage, region=region, code=code, status=status, message=message,
        marketplaces=tuple(marketplaces), raw_path=raw_path,
    )  # fmt: skip
    case = case_of_record(told, [SELLER])
    assert (case.answer is None) == (status == 0)
