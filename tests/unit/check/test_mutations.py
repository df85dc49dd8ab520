"""What is broken on purpose in a valid request of any operation is found, at the parameter that was broken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sptui.spapi.catalogue import Operation, Parameter, Shape, load_catalogue
from sptui.spapi.check import ProblemKind, check_call, check_request
from sptui.spapi.check.lifted import Lifted
from sptui.spapi.regions import Region
from sptui.spapi.requests import RequestContext, minimal_values, sample_value, with_needed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONTEXT = RequestContext("ATVPDKIKX0DER", "A1SELLER000001", NOW)
OPERATIONS = [*load_catalogue()]


def with_option(operation: Operation, parameter: Parameter) -> dict[str, Any]:
    names = with_needed(operation, [parameter.name])
    return {**{name: sample_value(operation, name, CONTEXT) for name in names}, **minimal_values(operation, CONTEXT)}


def found(operation: Operation, values: dict[str, Any], name: str) -> set[ProblemKind]:
    return {each.kind for each in check_request(operation, values, now=NOW) if each.name == name}


def each_parameter(wanted: str = "") -> Iterator[tuple[Operation, Parameter, Shape]]:
    for operation in OPERATIONS:
        for parameter in operation.parameters:
            shape = operation.shapes.resolve(parameter.as_shape())
            if not wanted or shape.type == wanted:
                yield operation, parameter, shape


def test_a_required_parameter_is_dropped() -> None:
    count = 0
    for operation, parameter, _ in each_parameter():
        if parameter.required:
            values = minimal_values(operation, CONTEXT)
            del values[parameter.name]
            assert ProblemKind.MISSING in found(operation, values, parameter.name), (operation.key, parameter.name)
            count += 1
    assert count > 500


@pytest.mark.parametrize(("type_", "wrong"), [("integer", "many"), ("boolean", "yes"), ("object", 5), ("array", {})])
def test_a_value_is_of_the_wrong_type(type_: str, wrong: Any) -> None:
    count = 0
    for operation, parameter, _ in each_parameter(type_):
        if parameter.place == "body" or not isinstance(wrong, dict):
            values = {**with_option(operation, parameter), parameter.name: wrong or {"a": "b"}}
            assert ProblemKind.TYPE in found(operation, values, parameter.name), (operation.key, parameter.name)
            count += 1
    assert count > 5


def test_a_list_in_a_body_is_sent_as_a_string() -> None:
    count = 0
    for operation, parameter, _ in each_parameter("array"):
        if parameter.place == "body":
            values = {**with_option(operation, parameter), parameter.name: "one"}
            assert ProblemKind.TYPE in found(operation, values, parameter.name), (operation.key, parameter.name)
            count += 1
    assert count > 50


def test_an_enum_is_broken() -> None:
    count = 0
    for operation, parameter, shape in each_parameter():
        members = operation.shapes.resolve(shape.items) if shape.items else shape
        if members.enum and not Lifted(operation.key)(parameter.name, ProblemKind.ENUM):
            wrong: Any = f"{members.enum[0]}x"
            values = {**with_option(operation, parameter), parameter.name: [wrong] if shape.items else wrong}
            kinds = found(operation, values, parameter.name)
            assert kinds & {ProblemKind.ENUM, ProblemKind.TYPE}, (operation.key, parameter.name)
            count += 1
    assert count > 150


def test_a_list_has_too_many_members() -> None:
    count = 0
    for operation, parameter, shape in each_parameter("array"):
        if shape.max_items is not None and shape.max_items <= 1000:
            value = sample_value(operation, parameter.name, CONTEXT)
            values = {**with_option(operation, parameter), parameter.name: value[:1] * (shape.max_items + 1)}
            assert ProblemKind.COUNT in found(operation, values, parameter.name), (operation.key, parameter.name)
            count += 1
    assert count > 30


def test_a_date_is_none() -> None:
    count = 0
    for operation, parameter, shape in each_parameter("string"):
        lifted = Lifted(operation.key)(parameter.name, ProblemKind.FORMAT)
        if shape.format in ("date", "date-time") and not shape.enum and not lifted:
            values = {**with_option(operation, parameter), parameter.name: "31.01.2026"}
            assert ProblemKind.FORMAT in found(operation, values, parameter.name), (operation.key, parameter.name)
            count += 1
    assert count > 80


def test_a_mistyped_name_is_found_with_the_right_one() -> None:
    for operation, parameter, _ in each_parameter():
        values = with_option(operation, parameter)
        wrong = parameter.name + "x"
        if operation.parameter(wrong) is None:
            values[wrong] = values.pop(parameter.name)
            assert ProblemKind.UNKNOWN_NAME in found(operation, values, wrong.partition(".")[0]) | found(
                operation, values, wrong
            )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=10), children, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.sampled_from(OPERATIONS), st.data())
def test_any_values_are_checked_without_a_crash(operation: Operation, data: st.DataObject) -> None:
    names = [each.name for each in operation.parameters] + ["other", "body"]
    values = data.draw(st.dictionaries(st.sampled_from(names) | st.text(max_size=9), _JSON, max_size=6))
    if data.draw(st.booleans()):
        values = {**minimal_values(operation, CONTEXT), **values}
    region = data.draw(st.sampled_from([None, *Region]))
    kind = data.draw(st.sampled_from(["", "Atza|", "Atc|", "Atzr|", "Atz.sprdt|", "odd"]))
    for each in check_request(operation, values, now=NOW, region=region, token_kind=kind):
        assert each.problem.endswith((".", "?"))
        assert len(each.problem) < 2000


@settings(deadline=None)
@given(st.data())
def test_any_call_is_checked_without_a_crash(data: st.DataObject) -> None:
    paths = st.sampled_from([each.path for each in OPERATIONS]) | st.text(max_size=40)
    hosts = st.sampled_from(
        ["https://sellingpartnerapi-na.amazon.com", "http://127.0.0.1:1/eu", "", "https://[", "//x"]
    )
    url = data.draw(hosts) + data.draw(paths) + data.draw(st.sampled_from(["", "?"])) + data.draw(st.text(max_size=30))
    method = data.draw(st.sampled_from(["GET", "post", "PUT", "DELETE", "PATCH", "", "x"]))
    names = st.sampled_from(["x-amz-access-token", "Host", "Content-Type", "User-Agent"]) | st.text(max_size=9)
    headers = data.draw(st.none() | st.dictionaries(names, st.text(max_size=30), max_size=3))
    for each in check_call(method, url, headers, data.draw(_JSON | st.binary(max_size=30)), now=NOW):
        assert each.problem.endswith((".", "?"))
        assert len(each.problem) < 2000
