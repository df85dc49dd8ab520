"""Requests of every operation: the smallest one, its options, and those that the sandbox answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest

from sptui.spapi.catalogue import Operation, SandboxCase, load_catalogue
from sptui.spapi.catalogue_build.samples import conforms
from sptui.spapi.requests import RequestContext, build_request, minimal_values, options_of, with_needed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CONTEXT = RequestContext("A1F83G8C2ARO7P", "A1SELLER000001", NOW)
CATALOGUE = load_catalogue()
every_operation = pytest.mark.parametrize("operation", list(CATALOGUE), ids=lambda each: each.key)


@every_operation
def test_minimal_values_and_options_fit_their_shapes(operation: Operation) -> None:
    minimal = minimal_values(operation, CONTEXT)
    for name, value in [*minimal.items(), *options_of(operation, CONTEXT)]:
        parameter = operation.parameter(name)
        assert parameter is not None
        assert conforms(value, parameter.as_shape(), operation.shapes), f"{name} {value}"


@every_operation
def test_the_minimal_request_keeps_to_the_rules_of_prose(operation: Operation) -> None:
    minimal = minimal_values(operation, CONTEXT)
    assert {each.name for each in operation.required} <= set(minimal)
    assert all(set(group) & set(minimal) for group in operation.one_of)
    for first, *others in operation.excludes:
        assert first not in minimal or not set(others) & set(minimal)
    assert set(with_needed(operation, minimal)) == set(minimal)


@every_operation
def test_no_placeholder_is_left(operation: Operation) -> None:
    request = build_request(operation, minimal_values(operation, CONTEXT))
    for left in ("{marketplace}", "{seller_id}", "{now", "{day"):
        assert left not in f"{unquote(request.target)} {request.body} {request.headers}"


def test_the_callers_own_marketplace_seller_and_clock() -> None:
    listings = build_request(
        CATALOGUE.find("getListingsItem"), minimal_values(CATALOGUE.find("getListingsItem"), CONTEXT)
    )
    assert listings.target == "/listings/2021-08-01/items/A1SELLER000001/SKU-1?marketplaceIds=A1F83G8C2ARO7P"
    plan = minimal_values(CATALOGUE.find("createInboundPlan"), CONTEXT)
    assert plan["destinationMarketplaces"] == ["A1F83G8C2ARO7P"]
    events = minimal_values(CATALOGUE.find("getOrders"), CONTEXT)
    assert events["CreatedAfter"] == "2026-11-16T12:00:00Z"


def test_a_value_asks_for_what_belongs_to_it() -> None:
    shipments = minimal_values(
        CATALOGUE.find("fulfillmentInbound-v0.getShipments"), CONTEXT, {"QueryType": "DATE_RANGE"}
    )
    assert {"LastUpdatedAfter", "LastUpdatedBefore"} <= set(shipments)
    assert with_needed(CATALOGUE.find("getInvoiceHeaders"), ["toIssueDate"]) == ["toIssueDate", "fromIssueDate"]


def test_options_come_in_order_and_without_what_cannot_be_added() -> None:
    names = [name for name, _ in options_of(CATALOGUE.find("getOrders"), CONTEXT)]
    assert names[:2] == ["CreatedBefore", "OrderStatuses"]
    assert not {"NextToken", "LastUpdatedAfter", "LastUpdatedBefore", "CreatedAfter", "MarketplaceIds"} & set(names)


def test_lists_bodies_and_slashes_on_the_wire() -> None:
    multi = next(each for each in CATALOGUE for one in each.parameters if one.collection == "multi")
    name = next(one.name for one in multi.parameters if one.collection == "multi")
    values = {**minimal_values(multi, CONTEXT), name: ["A", "B"]}
    assert [value for key, value in parse_qsl(build_request(multi, values).query) if key == name] == ["A", "B"]
    fees = build_request(CATALOGUE.find("getMyFeesEstimates"), {"body": [{"IdType": "ASIN"}]})
    assert fees.body == [{"IdType": "ASIN"}]
    both = build_request(CATALOGUE.find("awd-2024-05-09.updateInbound"), {"orderId": "path", "body.orderId": "body"})
    assert both.path.endswith("/path")
    assert both.body == {"orderId": "body"}
    upload = build_request(CATALOGUE.find("createUploadDestinationForResource"), {"resource": "a/b"})
    assert upload.path == "/uploads/2020-11-01/uploadDestinations/a/b"
    assert build_request(CATALOGUE.find("processShipment"), {"shipmentId": "1", "operation": "CONFIRM"}).body is None


SUCCESSES = [
    pytest.param(operation, case, id=f"{operation.key}-{number}")
    for operation in CATALOGUE
    for number, case in enumerate(operation.sandbox_cases)
    if 200 <= case.status < 300
]


@pytest.mark.parametrize(("operation", "case"), SUCCESSES)
def test_a_sample_of_the_sandbox_can_be_sent(operation: Operation, case: SandboxCase) -> None:
    """Every value of a sample arrives where it belongs; path values that a sample leaves open are made up."""
    made_up = {each.name: "x" for each in operation.parameters if each.place == "path"}
    request = build_request(operation, {**made_up, **case.values})
    query = parse_qsl(request.query, keep_blank_values=True)
    found = CATALOGUE.match(request.method, request.target)
    assert found is not None
    assert found[0].key == operation.key
    for name, value in case.values.items():
        assert _arrived(operation, request.body, request.headers, query, found[1], name, value), f"{name} {value}"


def _arrived(
    operation: Operation,
    body: Any,
    headers: dict[str, str],
    query: list[tuple[str, str]],
    path: dict[str, str],
    name: str,
    value: Any,
) -> bool:
    parameter = operation.parameter(name)
    if parameter is not None and parameter.place == "path":
        return path[name] == str(value)
    if parameter is not None and parameter.place == "header":
        return name in headers
    if parameter is not None and parameter.whole:
        return bool(body == value)
    if parameter is not None and parameter.place == "body":
        return bool(body[parameter.wire_name] == value)
    return name in dict(query) or (isinstance(body, dict) and body.get(name) == value)
