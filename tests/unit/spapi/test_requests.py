"""From an operation and values to a request: what is typed is what is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sptui.spapi.catalogue import Operation, Parameter, Type, load_catalogue
from sptui.spapi.requests import (
    ApiRequest,
    InvalidValueError,
    RequestContext,
    build_request,
    format_value,
    marketplaces_in,
    minimal_values,
    parse_assignments,
    parse_value,
    sample_value,
    with_needed,
)

CATALOGUE = load_catalogue()
CONTEXT = RequestContext("A1PA6795UKMFR9", "A1SELLER", datetime(2026, 11, 23, 12, tzinfo=UTC))
GET = Operation(
    name="find", api="x", version="v1", method="GET", path="/x/v1/{id}/parts",
    parameters=(
        Parameter("id", "path", required=True), Parameter("many", "query", "array", items="string"),
        Parameter("when", "query"), Parameter("x-mode", "header"),
    ),
)  # fmt: skip
POST = Operation(
    name="make", api="x", version="v1", method="POST", path="/x/v1/things",
    parameters=(Parameter("size", "body", "integer"), Parameter("dry", "query", "boolean")),
)  # fmt: skip


@pytest.mark.parametrize("key", [each.key for each in CATALOGUE])
def test_every_operation_has_a_smallest_request(key: str) -> None:
    operation = CATALOGUE.find(key)
    values = minimal_values(operation, CONTEXT)
    names = set(values)
    assert {each.name for each in operation.required} <= names
    for group in operation.one_of:
        assert names & set(group)
    for first, *others in operation.needs:
        assert first not in names or names.issuperset(others)
    for first, *others in operation.excludes:
        assert first not in names or not names & set(others)
    request = build_request(operation, values)
    assert "{" not in request.target
    assert CATALOGUE.match(request.method, request.target) is not None
    if any(each.place == "body" and each.required for each in operation.parameters):
        assert request.body is not None
    if request.body is not None:
        msgspec.json.encode(request.body)
        assert not any(mark in str(request.body) for mark in ("{marketplace}", "{seller_id}", "{now"))


@pytest.mark.parametrize("key", [each.key for each in CATALOGUE])
def test_every_sample_fits_its_parameter(key: str) -> None:
    types: dict[Type, type | tuple[type, ...]] = {
        "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
    }  # fmt: skip
    for parameter in CATALOGUE.find(key).parameters:
        value = sample_value(CATALOGUE.find(key), parameter.name, CONTEXT)
        assert isinstance(value, types[parameter.type]), parameter.name
        if parameter.enum:
            assert set(value if isinstance(value, list) else [value]) <= set(parameter.enum), parameter.name
        if parameter.max_items and isinstance(value, list):
            assert len(value) <= parameter.max_items


def test_given_values_take_the_place_of_samples() -> None:
    orders = CATALOGUE.find("getOrders")
    assert minimal_values(orders, CONTEXT) == {
        "MarketplaceIds": ["A1PA6795UKMFR9"],
        "CreatedAfter": "2026-11-16T12:00:00Z",
    }
    given_values = {"NextToken": "abc", "MarketplaceIds": ["ATVPDKIKX0DER"], "BuyerEmail": "a@b"}
    assert minimal_values(orders, CONTEXT, given_values) == {"MarketplaceIds": ["ATVPDKIKX0DER"], "NextToken": "abc"}


def test_a_parameter_brings_what_it_needs() -> None:
    items = CATALOGUE.find("searchCatalogItems")
    assert with_needed(items, ["identifiers"]) == ["identifiers", "identifiersType"]
    assert with_needed(items, ["identifiersType", "identifiers"]) == ["identifiersType", "identifiers"]


def test_samples_without_an_example() -> None:
    kinds: list[tuple[Parameter, Any]] = [
        (Parameter("p", "query"), "sample"),
        (Parameter("p", "query", enum=("A", "B")), "A"),
        (Parameter("p", "query", "integer"), 1),
        (Parameter("p", "query", "number"), 1.0),
        (Parameter("p", "query", "boolean"), False),
        (Parameter("p", "query", "array", items="string", enum=("A",)), ["A"]),
        (Parameter("p", "body", "object"), {"sample": "sample"}),
        (Parameter("p", "body", "object", sample={"a": ["{marketplace}", "{seller_id}x", "{now+2h}", 7]}),
         {"a": ["A1PA6795UKMFR9", "A1SELLERx", "2026-11-23T14:00:00Z", 7]}),
        (Parameter("p", "query", sample="{now-5m}"), "2026-11-23T11:55:00Z"),
    ]  # fmt: skip
    for parameter, value in kinds:
        operation = Operation(name="o", api="x", version="v1", method="GET", path="/x", parameters=(parameter,))
        assert sample_value(operation, "p", CONTEXT) == value
    assert sample_value(GET, "unknown", CONTEXT) == ""


def test_each_value_goes_to_its_place() -> None:
    request = build_request(
        GET, {"id": "a/b?c", "many": ["1", "2"], "when": "2026-11-23T12:00:00+01:00", "x-mode": "fast"}
    )
    assert request == ApiRequest(
        GET, "/x/v1/a%2Fb%3Fc/parts", "many=1,2&when=2026-11-23T12:00:00%2B01:00", None, {"x-mode": "fast"}, ()
    )
    assert request.target == "/x/v1/a%2Fb%3Fc/parts?many=1,2&when=2026-11-23T12:00:00%2B01:00"
    request = build_request(POST, {"dry": True, "size": 7})
    assert (request.path, request.query, request.body) == ("/x/v1/things", "dry=true", {"size": 7})


def test_unknown_names_are_sent_as_given() -> None:
    assert (
        build_request(GET, {"id": "1", "Many": ["x"], "wrong name": "a b&c"}).query == "Many=x&wrong%20name=a%20b%26c"
    )
    assert build_request(POST, {"sise": {"a": 1}}).body == {"sise": {"a": 1}}


def test_values_of_the_wrong_type_are_sent_as_given() -> None:
    assert build_request(POST, {"size": "seven", "dry": "perhaps"}).body == {"size": "seven"}
    assert build_request(GET, {"id": 7, "many": "one"}).target == "/x/v1/7/parts?many=one"
    assert build_request(CATALOGUE.find("createReport"), {"marketplaceIds": "ATVPDKIKX0DER"}).body == {
        "marketplaceIds": "ATVPDKIKX0DER"
    }


def test_without_values_there_is_no_body_unless_one_is_needed() -> None:
    assert build_request(POST, {}).body is None
    needed = msgspec.structs.replace(POST, body_required=True)
    assert build_request(needed, {}).body == {}
    assert build_request(GET, {"id": "1"}).body is None


@pytest.mark.parametrize("values", [{}, {"many": ["1"]}, {"ID": "1"}])
def test_a_path_needs_its_values(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match="find needs id"):
        build_request(GET, values)


@given(st.text(st.characters(exclude_categories=[]), min_size=1))
def test_any_text_finds_its_way_into_path_and_query_and_back(text: str) -> None:
    request = build_request(GET, {"id": text, "when": text})
    assert request.target.isascii()
    assert request.path.count("/") == 4
    assert request.path.removeprefix("/x/v1/").removesuffix("/parts") not in (".", "..")
    assume(not any(0xD800 <= ord(each) <= 0xDFFF for each in text))
    assert parse_qsl(request.query, keep_blank_values=True) == [("when", text)]
    found = CATALOGUE.match("GET", build_request(CATALOGUE.find("getReport"), {"reportId": text}).target)
    assert found is not None
    assert found[1] == {"reportId": text}


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        ({"marketplaceIds": ["A", "B", "A"]}, ("A", "B")),
        ({"MarketplaceIds": "A,B"}, ("A", "B")),
        ({"marketplaceId": "A", "MarketplaceId": "B"}, ("A", "B")),
        ({"marketplace_ids": ["A"]}, ("A",)),
        ({"marketplaceIds": 7}, ()),
        ({"granularityType": "Marketplace", "granularityId": "A"}, ("A",)),
        ({"granularityType": "Other", "granularityId": "A"}, ()),
        ({"requests": [{"MarketplaceId": "A"}, {"MarketplaceId": "B"}, {"x": 1}, "y"]}, ("A", "B")),
        ({"requests": "A"}, ()),
        ({"other": "A"}, ()),
        ({}, ()),
    ],
)
def test_the_marketplaces_of_a_request(values: dict[str, Any], ids: tuple[str, ...]) -> None:
    assert marketplaces_in(values) == ids


TYPED = [
    (Parameter("p", "query"), "7", "7"),
    (Parameter("p", "query", "integer"), "7", 7),
    (Parameter("p", "query", "integer"), "-7", -7),
    (Parameter("p", "query", "integer"), "7.5", "7.5"),
    (Parameter("p", "query", "integer"), "seven", "seven"),
    (Parameter("p", "query", "integer"), "٣", "٣"),
    (Parameter("p", "query", "integer"), "9" * 30, "9" * 30),
    (Parameter("p", "query", "number"), "7.5", 7.5),
    (Parameter("p", "query", "number"), "1e-7", 1e-7),
    (Parameter("p", "query", "number"), "1e999", "1e999"),
    (Parameter("p", "query", "boolean"), "TRUE", True),
    (Parameter("p", "query", "boolean"), "false", False),
    (Parameter("p", "query", "boolean"), "yes", "yes"),
    (Parameter("p", "query", "array", items="string"), "a, b,,c", ["a", "b", "c"]),
    (Parameter("p", "query", "array", items="string"), ' ["a,b", "c"]', ["a,b", "c"]),
    (Parameter("p", "query", "array", items="string"), "[a", "[a"),
    (Parameter("p", "query", "array", items="string"), "", []),
    (Parameter("p", "body", "array", items="object"), '[{"a": 1}]', [{"a": 1}]),
    (Parameter("p", "body", "array", items="object"), "a,b", "a,b"),
    (Parameter("p", "body", "object"), '{"a": [1]}', {"a": [1]}),
    (Parameter("p", "body", "object"), "{broken", "{broken"),
    (Parameter("p", "body", "object"), "[" * 100_000, "[" * 100_000),
    (None, "7", "7"),
    (None, "true", "true"),
]


@pytest.mark.parametrize(("parameter", "text", "value"), TYPED, ids=lambda each: repr(each)[:30])
def test_what_a_person_types(parameter: Parameter | None, text: str, value: Any) -> None:
    parsed = parse_value(parameter, text)
    assert parsed == value
    assert type(parsed) is type(value)


PLAIN = st.text(max_size=12)
VALUES: dict[str, tuple[Parameter, st.SearchStrategy[Any]]] = {
    "string": (Parameter("p", "query"), PLAIN),
    "integer": (Parameter("p", "query", "integer"), st.integers(-(10**17), 10**17)),
    "number": (Parameter("p", "query", "number"), st.floats(-1e15, 1e15)),
    "boolean": (Parameter("p", "query", "boolean"), st.booleans()),
    "list": (Parameter("p", "query", "array", items="string"), st.lists(PLAIN, max_size=4)),
    "list of numbers": (Parameter("p", "query", "array", items="integer"), st.lists(st.integers(-9, 9), max_size=4)),
    "object": (Parameter("p", "body", "object"), st.dictionaries(PLAIN, PLAIN | st.integers() | st.none(), max_size=3)),
    "list of objects": (
        Parameter("p", "body", "array", items="object"),
        st.lists(st.dictionaries(PLAIN, st.booleans() | st.lists(PLAIN)), max_size=3),
    ),
}


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
def test_what_is_shown_can_be_typed_again(kind: str, data: st.DataObject) -> None:
    parameter, strategy = VALUES[kind]
    value = data.draw(strategy)
    shown = format_value(value)
    assert parse_value(parameter, shown) == value


def test_lists_are_shown_as_a_person_would_type_them() -> None:
    assert format_value(["Unshipped", "Shipped"]) == "Unshipped,Shipped"
    assert format_value([]) == ""
    assert format_value(["a,b"]) == '["a,b"]'
    assert format_value([" a"]) == '[" a"]'
    assert format_value(["\ud800"]) == "\ud800"
    assert format_value({"a": "\ud800"}) == '{"a":"\\ud800"}'
    assert format_value(None) == "null"


def test_assignments() -> None:
    assert parse_assignments(
        GET, ["many=a,b", "many=c", "when=1=2", " id =x", "when=later", "new=a,b"]
    ) == {"many": ["a", "b", "c"], "when": "later", "id": "x", "new": "a,b"}  # fmt: skip
    for wrong in ("many", "=x", "  =x", ""):
        with pytest.raises(InvalidValueError, match="is not name=value"):
            parse_assignments(GET, [wrong])


@given(st.sampled_from(list(CATALOGUE)), st.dictionaries(st.text(max_size=8), PLAIN | st.integers() | st.lists(PLAIN)))
def test_any_values_make_a_request(operation: Operation, extra: dict[str, Any]) -> None:
    request = build_request(operation, {**minimal_values(operation, CONTEXT), **extra})
    assert request.target.isascii()
    assert request.method == operation.method
