"""The static sandbox: which sample of Amazon's models a request meets, and what it is answered."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sptui.simulator.arrival import Arrival, read_arrival
from sptui.simulator.sandbox import matching_case
from sptui.simulator.wire import WireRequest
from sptui.spapi.catalogue import Operation, Parameter, SandboxCase, load_catalogue
from sptui.spapi.catalogue.operation import SandboxCases
from sptui.spapi.regions import Region

from .amazon import US, Amazon, error_of


def an_operation(*cases: SandboxCase, method: str = "GET") -> Operation:
    """An operation of every kind of parameter with these samples."""
    place: Any = "query" if method == "GET" else "body"
    operation = Operation(
        "get",
        "things",
        "v1",
        method,
        "/things/{id}",
        parameters=(
            Parameter("id", "path"),
            Parameter("names", place, type="array", items="string"),
            Parameter("count", place, type="integer"),
            Parameter("all", place, type="boolean"),
            Parameter("since", place, format="date-time"),
            Parameter("address", place, type="object"),
        ),
        sandbox="static",
    )
    raw = msgspec.Raw(msgspec.json.encode({operation.key: cases}))
    return msgspec.structs.replace(operation, cases=SandboxCases(raw))


def arrival(operation: Operation, query: str = "", body: Any = None) -> Arrival:
    sent = b"" if body is None else msgspec.json.encode(body)
    headers = {"content-type": "application/json"}
    return read_arrival(WireRequest(operation.method, "", f"/things/1?{query}", headers, sent), operation, {"id": "1"})


@pytest.mark.parametrize(
    ("values", "query", "meets"),
    [
        ({"id": "1"}, "", True),
        ({"id": 1}, "whatever=else", True),
        ({"id": "2"}, "", False),
        ({"names": ["a", "b"]}, "names=a,b", True),
        ({"names": ["a", "b"]}, "names=b&names=a", True),
        ({"names": ["a", "b"]}, "names=a", False),
        ({"names": "a,b"}, "names=a&names=b", True),
        ({"names": []}, "", True),
        ({"names": []}, "names=a", False),
        ({"count": 10}, "count=10", True),
        ({"count": 10.0}, "count=10", True),
        ({"all": True}, "all=true", True),
        ({"all": True}, "all=True", True),
        ({"all": True}, "all=false", False),
        ({"count": None}, "", True),
        ({"since": "2024-03-10T20:11:24.000Z"}, "since=2019-12-10T20:11:24.000Z", True),
        ({"since": "2024-03-10T20:11:24.000Z"}, "since=2024-03-11T20:11:24.000Z", False),
        ({"since": "2024-03-10"}, "since=2019-12-10", False),
        ({"unheard": "of"}, "unheard=of", False),
    ],
    ids=str,
)
def test_what_a_sample_names_must_be_sent(values: dict[str, Any], query: str, meets: bool) -> None:
    operation = an_operation(SandboxCase(values))
    assert (matching_case(arrival(operation, query)) is not None) is meets


@pytest.mark.parametrize(
    ("named", "sent", "meets"),
    [
        ({"city": "Bath"}, {"city": "Bath", "street": "Main"}, True),
        ({"city": "Bath", "street": ""}, {"city": "Bath"}, True),
        ({"city": "Bath"}, {"city": "York"}, False),
        ({"city": "Bath"}, {"street": "Main"}, False),
        ({"city": "Bath"}, "Bath", False),
        ({"lines": [{"a": 1}]}, {"lines": [{"a": 1, "b": 2}]}, True),
        ({"lines": [{"a": 1}]}, {"lines": [{"a": 1}, {"a": 1}]}, False),
        ({"size": 1.0}, {"size": 1}, True),
        ({"size": "1"}, {"size": 1}, True),
        ({"size": 1}, {"size": {"value": 1}}, False),
        ({"size": {}}, {}, True),
    ],
    ids=str,
)
def test_a_sample_may_name_a_part_of_a_body(named: Any, sent: Any, meets: bool) -> None:
    operation = an_operation(SandboxCase({"address": named}), method="POST")
    assert (matching_case(arrival(operation, body={"address": sent})) is not None) is meets


def test_the_sample_that_names_most_answers() -> None:
    general, special = SandboxCase({}, 200), SandboxCase({"count": 1, "id": "1"}, 404)
    twin = SandboxCase({"count": 1, "id": "1"}, 500)
    operation = an_operation(general, SandboxCase({"count": 1}, 400), special, twin)
    for query, status in (("count=1", 404), ("count=2", 200), ("", 200)):
        found = matching_case(arrival(operation, query))
        assert found is not None
        assert found.status == status


async def test_an_answer_is_the_samples_own(amazon: Amazon) -> None:
    for case in load_catalogue().find("orders-v0.getOrder").sandbox_cases:
        answer = await amazon.call("orders-v0.getOrder", case.values, sandbox=True)
        assert (answer.status_code, answer.json()) == (case.status, case.answer)


async def test_values_that_no_production_host_would_take(amazon: Amazon) -> None:
    values = {"CreatedAfter": "TEST_CASE_200", "MarketplaceIds": [US], "marketplace": US, "marketplace_ids": US}
    answer = await amazon.call("orders-v0.getOrders", values, sandbox=True)
    assert answer.status_code == 200
    assert answer.json()["payload"]["Orders"]
    refused = await amazon.call("orders-v0.getOrders", {**values, "CreatedAfter": "TEST_CASE_400"}, sandbox=True)
    assert (refused.status_code, refused.headers["x-amzn-ErrorType"]) == (400, "ValidationException")


async def test_no_sample_is_met(amazon: Amazon) -> None:
    answer = await amazon.call("orders-v0.getOrders", {"CreatedAfter": "2026-11-01T00:00:00Z"}, sandbox=True)
    assert (answer.status_code, error_of(answer)["code"]) == (400, "InvalidInput")
    assert error_of(answer)["message"] == "Could not match input arguments"


async def test_headers_and_answers_without_a_body(amazon: Amazon) -> None:
    created = load_catalogue().find("awd-2024-05-09.createInbound")
    case = next(each for each in created.sandbox_cases if each.headers)
    answer = await amazon.call(created.key, case.values, sandbox=True)
    assert (answer.status_code, answer.headers["location"]) == (201, "TestOrderId")
    cancelled = await amazon.call("awd-2024-05-09.cancelInbound", {"orderId": "TestOrderId1"}, sandbox=True)
    assert (cancelled.status_code, cancelled.content) == (204, b"")
    assert "content-type" not in cancelled.headers


async def test_the_token_is_looked_at_first(amazon: Amazon) -> None:
    values = {"CreatedAfter": "TEST_CASE_200", "MarketplaceIds": [US]}
    assert (await amazon.call("orders-v0.getOrders", values, token="", sandbox=True)).status_code == 403
    elsewhere = await amazon.call("orders-v0.getOrders", values, region=Region.EU, sandbox=True)
    assert elsewhere.status_code == 403


async def test_a_dynamic_sandbox_answers_from_its_state(amazon: Amazon) -> None:
    values = {"granularityType": "Marketplace", "granularityId": US, "marketplaceIds": [US]}
    answer = await amazon.call("fbaInventory-v1.getInventorySummaries", values, sandbox=True)
    assert answer.json()["payload"]["granularity"]["granularityId"] == US


async def test_an_operation_without_a_sandbox(amazon: Amazon) -> None:
    operation = "aplusContent-2020-11-01.searchContentDocuments"
    assert (await amazon.call(operation, {"marketplaceId": US})).status_code == 200
    answer = await amazon.call(operation, {"marketplaceId": US}, sandbox=True)
    assert (answer.status_code, error_of(answer)["message"]) == (403, "Access to requested resource is denied.")
