"""The fields of a body, at every depth, with a path to each fault."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sptui.spapi.catalogue import Condition, DateRange, Operation, Parameter, Shape, Shapes, load_catalogue
from sptui.spapi.check import ProblemKind, RequestProblem, check_request, first_level
from sptui.spapi.requests import RequestContext, minimal_values

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
US, JP = "ATVPDKIKX0DER", "A1VC38T7YXB528"

ADDRESS = Shape(
    type="object",
    fields={
        "city": Shape(type="string", min_length=2, max_length=5),
        "country": Shape(type="string", pattern="^[A-Z]{2}$"),
        "kind": Shape(type="string", enum=("Home", "Work")),
    },
    required=("city",),
    closed=True,
)
ITEM = Shape(
    type="object",
    fields={
        "count": Shape(type="integer", format="int32", minimum=1),
        "price": Shape(type="number", multiple_of=0.5, maximum=10),
        "tags": Shape(type="array", items=Shape(type="string"), max_items=2, unique=True),
        "until": Shape(type="string", format="date"),
        "photo": Shape(type="string", format="uri"),
        "data": Shape(type="string", format="byte"),
        "server": Shape(type="string", format="ip"),
        "gift": Shape(type="boolean"),
        "marketplaceId": Shape(type="string"),
        "startDate": Shape(type="string", format="date-time"),
        "endDate": Shape(type="string", format="date-time"),
        "child": Shape(ref="Item"),
        "sku": Shape(type="string"),
        "asin": Shape(type="string"),
    },
    one_of=(("sku", "asin"),),
    excludes=(("sku", "asin"), ("asin", "sku")),
    needs=(("price", "count"),),
)
OPERATION = Operation(
    name="send",
    api="x",
    version="v1",
    method="POST",
    path="/x/v1/things",
    body_name="body",
    body_required=True,
    parameters=(
        Parameter(name="address", place="body", type="object", shape=ADDRESS),
        Parameter(name="items", place="body", type="array", shape=Shape(type="array", items=Shape(ref="Item"))),
        Parameter(name="labels", place="body", type="object", shape=Shape(type="object", others=Shape(type="string"))),
        Parameter(name="from", place="body", shape=Shape(type="string", format="date-time")),
        Parameter(name="to", place="body", shape=Shape(type="string", format="date-time")),
        Parameter(name="mode", place="body", shape=Shape(type="string")),
    ),
    ranges=(DateRange("from", "to", max_days=7, both=True),),
    conditions=(Condition("mode", ("BULK",), needs=("address.city",), one_of=("items", "labels"), excludes=("from",)),),
    paging_token="",
    shapes=Shapes({"Item": ITEM, "Loop": Shape(ref="Loop")}),
)


def check(values: dict[str, Any], operation: Operation = OPERATION) -> list[RequestProblem]:
    return check_request(operation, values, now=NOW)


def item(**fields: Any) -> dict[str, Any]:
    return {"items": [{"sku": "A"}, {"asin": "B", **fields}]}


@pytest.mark.parametrize(
    ("values", "path", "kind"),
    [
        ({"address": {}}, "address.city", ProblemKind.MISSING),
        ({"address": {"city": None}}, "address.city", ProblemKind.MISSING),
        ({"address": {"city": "A"}}, "address.city", ProblemKind.LENGTH),
        ({"address": {"city": "Abcdef"}}, "address.city", ProblemKind.LENGTH),
        ({"address": {"city": "Rome", "country": "it"}}, "address.country", ProblemKind.FORMAT),
        ({"address": {"city": "Rome", "country": "IT\n"}}, "address.country", ProblemKind.FORMAT),
        ({"address": {"city": "Rome", "kind": "home"}}, "address.kind", ProblemKind.ENUM),
        ({"address": {"city": "Rome", "zip": "1"}}, "address.zip", ProblemKind.UNKNOWN_NAME),
        ({"address": "Rome"}, "address", ProblemKind.TYPE),
        ({"address": [{"city": "Rome"}]}, "address", ProblemKind.TYPE),
        ({"items": {"sku": "A"}}, "items", ProblemKind.TYPE),
        ({"items": ["A"]}, "items[0]", ProblemKind.TYPE),
        (item(count="3"), "items[1].count", ProblemKind.TYPE),
        (item(count=3.5), "items[1].count", ProblemKind.TYPE),
        (item(count=True), "items[1].count", ProblemKind.TYPE),
        (item(count=0), "items[1].count", ProblemKind.RANGE),
        (item(count=2**31), "items[1].count", ProblemKind.RANGE),
        (item(count=1, price=1.25), "items[1].price", ProblemKind.RANGE),
        (item(count=1, price=10.5), "items[1].price", ProblemKind.RANGE),
        (item(price=1.5), "items[1].count", ProblemKind.NEEDS),
        (item(tags=["a", "b", "c"]), "items[1].tags", ProblemKind.COUNT),
        (item(tags=["a", "a"]), "items[1].tags", ProblemKind.COUNT),
        (item(tags="a"), "items[1].tags", ProblemKind.TYPE),
        (item(tags=["a", 5]), "items[1].tags[1]", ProblemKind.TYPE),
        (item(until="2026-02-30"), "items[1].until", ProblemKind.FORMAT),
        (item(until="2026-02-20T00:00:00Z"), "items[1].until", ProblemKind.FORMAT),
        (item(photo="photo.png"), "items[1].photo", ProblemKind.FORMAT),
        (item(data="not base64"), "items[1].data", ProblemKind.FORMAT),
        (item(server="300.1.1.1"), "items[1].server", ProblemKind.FORMAT),
        (item(gift="true"), "items[1].gift", ProblemKind.TYPE),
        (item(cuont=1), "items[1].cuont", ProblemKind.UNKNOWN_NAME),
        (item(marketplaceId="A2ZV50J4W1RKNI"), "items[1].marketplaceId", ProblemKind.PSEUDO_MARKETPLACE),
        (item(child={"sku": "A", "child": {"sku": 5}}), "items[1].child.child.sku", ProblemKind.TYPE),
        (item(child={}), "items[1].child.sku or items[1].child.asin", ProblemKind.ONE_OF),
        (item(sku="A"), "items[1].asin", ProblemKind.CONFLICT),
        (
            item(startDate="2026-02-02T00:00:00Z", endDate="2026-02-01T00:00:00Z"),
            "items[1].endDate",
            ProblemKind.ORDER,
        ),
        ({"labels": {"a": 5}}, "labels.a", ProblemKind.TYPE),
        ({"from": "2026-01-01T00:00:00Z"}, "to", ProblemKind.NEEDS),
        ({"from": "2026-01-01T00:00:00Z", "to": "2026-01-09T00:00:00Z"}, "to", ProblemKind.RANGE),
        ({"from": "2026-01-09T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "to", ProblemKind.ORDER),
        ({"mode": "BULK", "items": [{"sku": "A"}]}, "address.city", ProblemKind.NEEDS),
        ({"mode": "BULK", "address": {"city": "Rome"}}, "items or labels", ProblemKind.ONE_OF),
        ({"body": ["a"]}, "body", ProblemKind.TYPE),
    ],
)
def test_a_fault_has_a_path(values: dict[str, Any], path: str, kind: ProblemKind) -> None:
    (problem,) = check(values)
    assert (problem.parameter, problem.kind) == (path, kind)
    assert problem.problem.endswith((".", "?"))
    assert len(problem.problem) < 200


def test_what_fits_is_left_in_peace() -> None:
    fitting = item(
        count=3, price=1.5, tags=["a", "b"], until="2026-02-20", photo="https://example.com/a.png", data="c2FtcGxl",
        server="2001:db8::1", gift=True, marketplaceId=US, startDate="2026-01-01T00:00:00Z", endDate="2026-01-01",
        child={"sku": "A", "later": "an open object takes names that the model does not have"},
    )  # fmt: skip
    more = {"address": {"city": "Rome", "country": "IT", "kind": "Home"}, "labels": {"any": "name"}}
    dates = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-08T00:00:00Z"}
    assert check({**fitting, **more, **dates}) == []
    assert check({"items": [{"sku": "A", "count": 2.0, "gift": None}]}) == []


def test_the_sentence_helps() -> None:
    (case,) = check({"address": {"city": "Rome", "kind": "home"}})
    assert case.problem == "address.kind does not take 'home'. Case matters: Home."
    assert case.allowed == "Home, Work"
    (as_text,) = check(item(count="3"))
    assert as_text.problem == 'items[1].count is the string "3" where a whole number belongs.'
    (one,) = check({"address": [{"city": "Rome"}]})
    assert one.problem == "address is a list where an object belongs."
    (near,) = check(item(cuont=1))
    assert "Did you mean count?" in near.problem


def test_a_long_list_of_faults_is_cut() -> None:
    assert len(check({"items": [5] * 10_000})) == 50


def test_a_value_nested_without_end_is_read_to_a_depth() -> None:
    value: Any = {"sku": "A"}
    for _ in range(500):
        value = {"sku": "A", "child": value}
    assert check({"items": [value]}) == []


def test_marketplaces_of_the_batch_are_held_against_the_host() -> None:
    operation = load_catalogue().find("getListingOffersBatch")
    values = minimal_values(operation, RequestContext(US, "A1SELLER", NOW))
    values["requests"] = [{**values["requests"][0], "MarketplaceId": JP}]
    from sptui.spapi.regions import Region

    (problem,) = check_request(operation, values, now=NOW, region=Region.NA)
    assert (problem.parameter, problem.kind) == ("requests[0].MarketplaceId", ProblemKind.OTHER_REGION)
    assert problem.name == "requests"


def test_a_next_token_takes_no_filters() -> None:
    operation = load_catalogue().find("getReports")
    (problem,) = check_request(operation, {"nextToken": "x", "pageSize": 10}, now=NOW)
    assert problem.problem == "nextToken asks for the next page and takes no pageSize beside it."


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("requests[0].uri", "requests"),
        ("filters.type", "filters"),
        ("body.orderId", "body.orderId"),
        ("plain", "plain"),
    ],
)
def test_the_first_level_of_a_path(path: str, name: str) -> None:
    assert first_level(path) == name
