"""The checker against Prism, a mock server that nobody here wrote: what the checker passes, Prism accepts.

Prism judges by Amazon's models alone. It knows nothing of what the checker adds (what excludes what, dates in order,
marketplaces), so the reverse does not hold. Where the checker is deliberately milder, nothing is made up here: null
and empty values (Amazon reads them as left out), dates without a zone (Amazon takes them), and names that an
operation does not have.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from test_prism import models, prism

from sptui.spapi.catalogue import Operation, Shape, load_catalogue
from sptui.spapi.check import check_request
from sptui.spapi.requests import (
    InvalidValueError,
    RequestContext,
    build_request,
    minimal_values,
    options_of,
    sample_value,
    with_needed,
)

__all__ = ["models", "prism"]

NOW = datetime.now(UTC)
CONTEXT = RequestContext("ATVPDKIKX0DER", "A1SELLER000001", NOW)

OPERATIONS = (
    "orders-v0.getOrders",
    "orders-v0.updateShipmentStatus",
    "orders-2026-01-01.searchOrders",
    "reports-2021-06-30.createReport",
    "reports-2021-06-30.getReports",
    "feeds-2021-06-30.createFeed",
    "catalogItems-2022-04-01.searchCatalogItems",
    "listingsItems-2021-08-01.patchListingsItem",
    "fbaInventory-v1.getInventorySummaries",
    "finances-2024-06-19.listTransactions",
    "tokens-2021-03-01.createRestrictedDataToken",
    "fulfillmentInbound-2024-03-20.createInboundPlan",
    "fulfillmentOutbound-2020-07-01.createFulfillmentOrder",
    "productFees-v0.getMyFeesEstimateForASIN",
    "merchantFulfillment-v0.getEligibleShipmentServices",
)
"""Of every kind: lists and dates in a query, flat and deep bodies, enums, patterns, limits."""

_LETTERS = string.ascii_letters + string.digits + "-_. äß/%+&=?"
_TEXT = st.text(_LETTERS, min_size=1, max_size=12)


def wild(shape: Shape, operation: Operation, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values near the shape: most of its type, within the limits or a little outside."""
    shape = operation.shapes.resolve(shape)
    if depth > 4:
        return _TEXT
    right = _right(shape, operation, depth)
    wrong = _TEXT | st.integers(-5, 500) | st.booleans() | st.lists(_TEXT, min_size=1, max_size=2)
    return st.integers(0, 9).flatmap(lambda dice: wrong if dice == 0 else right)


def _right(shape: Shape, operation: Operation, depth: int) -> st.SearchStrategy[Any]:
    if shape.enum:
        return st.sampled_from(shape.enum) | st.sampled_from(shape.enum).map(lambda each: str(each).swapcase())
    match shape.type:
        case "array":
            most = min(shape.max_items if shape.max_items is not None else 2, 60)
            one = wild(shape.items or Shape(type="string"), operation, depth + 1)
            few = st.lists(one, min_size=1, max_size=3)
            return few | one.flatmap(lambda each: st.integers(max(most, 1), most + 1).map(lambda count: [each] * count))
        case "object":
            if not shape.fields:
                return st.dictionaries(st.text(string.ascii_letters, min_size=1, max_size=5), _TEXT, max_size=2)
            asked = {name: wild(each, operation, depth + 1) for name, each in shape.fields.items()}
            required = {name: asked[name] for name in shape.required if name in asked}
            optional = {name: each for name, each in asked.items() if name not in required}
            whole = st.fixed_dictionaries(required, optional=optional)
            return whole | st.fixed_dictionaries({}, optional=asked)
        case "integer" | "number":
            ends = [each for each in (shape.minimum, shape.maximum) if each is not None] or [1]
            return st.sampled_from(ends).flatmap(lambda end: st.integers(int(end) - 1, int(end) + 1))
        case "boolean":
            return st.booleans()
    return _right_text(shape)


def _right_text(shape: Shape) -> st.SearchStrategy[Any]:
    if shape.format in ("date-time", "date"):
        form = "%Y-%m-%dT%H:%M:%SZ" if shape.format == "date-time" else "%Y-%m-%d"
        return st.integers(-30, 1).map(lambda day: (NOW + timedelta(days=day)).strftime(form))
    if shape.pattern:
        return st.from_regex(
            shape.pattern, fullmatch=True, alphabet=st.characters(codec="ascii", categories=["L", "N", "P"])
        )
    sizes = [each for each in (shape.min_length, shape.max_length) if each is not None and each <= 300]
    edges = [size + one for size in sizes for one in (-1, 0, 1) if size + one > 0]
    return _TEXT if not edges else _TEXT | st.sampled_from(edges).map(lambda size: "a" * size)


@st.composite
def near_requests(draw: st.DrawFn, operation: Operation) -> dict[str, Any]:
    """The minimal request with some options, one or two of the values replaced by wild ones."""
    values = minimal_values(operation, CONTEXT)
    offered = options_of(operation, CONTEXT)
    for name, value in draw(st.lists(st.sampled_from(offered), max_size=2)) if offered else []:
        beside = {each: sample_value(operation, each, CONTEXT) for each in with_needed(operation, [name])}
        values = {**beside, **values, name: value}
    for parameter in draw(st.lists(st.sampled_from(operation.parameters), min_size=1, max_size=2)):
        value = draw(wild(parameter.as_shape(), operation))
        values[parameter.name] = value
    if values and draw(st.integers(0, 5)) == 0:
        del values[draw(st.sampled_from(sorted(values)))]
    return values


@pytest.fixture(scope="module")
def client(prism: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=prism, timeout=60, trust_env=False) as opened:
        yield opened


def answer_of(client: httpx.Client, operation: Operation, values: dict[str, Any]) -> httpx.Response | None:
    """What Prism says; None for values of which no request can be made."""
    try:
        request = build_request(operation, values)
    except InvalidValueError:
        return None
    headers = {"x-amz-access-token": "Atza|nobody", **request.headers}
    body: dict[str, Any] = {} if request.body is None else {"json": request.body}
    return client.request(request.method, request.target, headers=headers, **body)


def without_blanks(value: Any) -> Any:
    """The request without what says nothing, which is not sent."""
    return {name: each for name, each in value.items() if each not in ("", [], {})}


@pytest.mark.parametrize("key", OPERATIONS)
def test_what_the_checker_passes_prism_accepts(client: httpx.Client, key: str) -> None:
    operation = load_catalogue().find(key)
    passed = refused = 0

    @settings(max_examples=120, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(near_requests(operation))
    def run(values: dict[str, Any]) -> None:
        nonlocal passed, refused
        values = without_blanks(values)
        faults = [each for each in check_request(operation, values, now=NOW) if not each.is_note]
        event("refused by the checker" if faults else "passed by the checker")
        if faults:
            refused += 1
            return
        passed += 1
        answer = answer_of(client, operation, values)
        assert answer is None or answer.status_code == 200, f"{values}: {answer.text}"

    run()
    assert passed >= 10, "too few requests pass for the test to prove anything"
    assert refused >= 10


@pytest.mark.parametrize("key", OPERATIONS)
def test_what_prism_refuses_in_a_broken_request_the_checker_finds(client: httpx.Client, key: str) -> None:
    """One required value missing, or one of the wrong type, at any depth of the minimal request."""
    operation = load_catalogue().find(key)
    refused = 0
    for values in broken(minimal_values(operation, CONTEXT)):
        answer = answer_of(client, operation, values)
        if answer is not None and answer.status_code != 200:
            refused += 1
            assert check_request(operation, values, now=NOW), f"{values}: {answer.text}"
    assert refused or not operation.required


def broken(value: Any) -> Iterator[Any]:
    """``value`` with one part left out or replaced, once for each part at any depth."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield {key: one for key, one in value.items() if key != name}
            for other in (*broken(each), *replaced(each)):
                yield {**value, name: other}
    elif isinstance(value, list):
        for index, each in enumerate(value):
            for other in (*broken(each), *replaced(each)):
                yield [*value[:index], other, *value[index + 1 :]]


def replaced(value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        yield from ({"a": 1}, ["x"], 5, value * 60, f"{value}\n")
    elif isinstance(value, list):
        yield from (value * 1100, {"a": value}, "text")
    else:
        yield from ("text", [value], -(10**12))
