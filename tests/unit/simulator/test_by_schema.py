"""What operations answer that have no subject of their own: the model's shape, and what was asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sptui.simulator.operations.by_schema.maker import AnswerMaker
from sptui.simulator.operations.by_schema.plain import Place, PlainValues
from sptui.simulator.operations.by_schema.scope import ABSENT, Scope
from sptui.simulator.operations.registry import HANDLERS
from sptui.simulator.seeded import Seeded
from sptui.spapi.catalogue import Shape, Shapes, load_catalogue
from sptui.spapi.catalogue.shapes import Type
from sptui.spapi.check.lifted import Lifted
from sptui.spapi.check.values import Scope as Checked
from sptui.spapi.check.values import value_problems
from sptui.spapi.regions import Region

from .amazon import CA, DE, US, Amazon

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEXT = Shape(type="string")


def made(shape: Shape, asked: dict[str, Any] | None = None, *, seed: int = 7, **named: Shape) -> Any:
    """A value of the shape, for a request that said ``asked``."""
    plain = PlainValues(Seeded(seed), Place(US, "US", "USD", "A1SELLER", NOW))
    return AnswerMaker(Shapes(named), plain).value("", shape, Scope(asked or {}), "what")


def an_object(required: tuple[str, ...] = (), **fields: Shape) -> Shape:
    return Shape(type="object", fields=fields, required=required)


async def test_the_same_request_gets_the_same_answer_and_another_another(amazon: Amazon) -> None:
    operation = "finances-2024-06-19.listTransactions"
    assert operation not in HANDLERS
    values = {"postedAfter": "2026-11-01T00:00:00Z", "marketplaceId": US}
    first = await amazon.call(operation, values)
    amazon.clock.advance(3600)
    again = await amazon.call(operation, values)
    other = await amazon.call(operation, {**values, "postedAfter": "2026-11-02T00:00:00Z"})
    assert (first.status_code, first.headers["content-type"]) == (200, "application/json")
    assert first.content == again.content
    assert first.content != other.content
    assert (await Amazon().call(operation, values)).content == first.content


async def test_what_was_asked_is_said_again(amazon: Amazon) -> None:
    path = {"sellerId": "A1SELLERNORTH1", "sku": "MY-SKU/1"}
    body = {"productType": "SHIRT", "attributes": {"a": [{"value": "b"}]}, "marketplaceIds": [US]}
    answer = (await amazon.call("listingsItems-2020-09-01.putListingsItem", {**path, **body})).json()
    assert answer["sku"] == "MY-SKU/1"
    assert answer["status"] == "ACCEPTED"
    assert "issues" not in answer


async def test_a_batch_has_an_item_for_each_that_was_asked_for(amazon: Amazon) -> None:
    asked = [
        {
            "FeesEstimateRequest": {
                "MarketplaceId": US,
                "PriceToEstimateFees": {"ListingPrice": {"CurrencyCode": "USD", "Amount": 10}},
                "Identifier": f"request-{number}",
            },
            "IdType": "ASIN",
            "IdValue": f"B0000000{number:02}",
        }
        for number in range(3)
    ]
    answer = await amazon.call("productFees-v0.getMyFeesEstimates", {"body": asked})
    items = answer.json()
    assert [each["FeesEstimateIdentifier"]["IdValue"] for each in items] == [each["IdValue"] for each in asked]


async def test_no_body_where_the_model_has_none(amazon: Amazon) -> None:
    plan = "wf1234abcd-1234-abcd-5678-1234abcd5678"
    operation = "fulfillmentInbound-2024-03-20.updateInboundPlanName"
    answer = await amazon.call(operation, {"inboundPlanId": plan, "name": "Autumn"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers


async def test_what_is_removed_and_what_only_the_sandbox_has(amazon: Amazon) -> None:
    gone = await amazon.call("catalogItems-v0.listCatalogCategories", {"MarketplaceId": US, "ASIN": "B07XJ8C8F5"})
    assert (gone.status_code, gone.headers["x-amzn-ErrorType"]) == (403, "AccessDeniedException")
    item = {"sellerSku": "S-1", "marketplaceId": US, "productName": "Shirt"}
    operation = "fbaInventory-v1.createInventoryItem"
    assert (await amazon.call(operation, item)).status_code == 403
    assert (await amazon.call(operation, item, sandbox=True)).status_code == 200


def test_a_recursive_shape_ends() -> None:
    node = an_object(("children",), children=Shape(type="array", items=Shape(ref="Node")))
    answer = made(Shape(ref="Node"), Node=node)
    depth = 0
    while answer["children"]:
        answer, depth = answer["children"][0], depth + 1
    assert 0 < depth < 30


def test_a_list_keeps_to_its_limits() -> None:
    for shape in (
        Shape(type="array", items=TEXT, min_items=4, max_items=4),
        Shape(type="array", items=an_object(name=TEXT), min_items=4),
    ):
        assert len(made(shape)) == 4
    assert made(Shape(type="array", items=an_object(name=TEXT), max_items=0)) == []
    words = Shape(type="array", items=Shape(type="string", enum=("A", "B")), min_items=2, unique=True)
    assert made(words) == ["A", "B"]


def test_no_next_page_no_errors_and_no_issues() -> None:
    shape = an_object(errors=TEXT, nextToken=TEXT, pagination=an_object(nextToken=TEXT), issues=TEXT, name=TEXT)
    assert list(made(shape)) == ["name"]


def test_words_of_trouble_are_not_chosen() -> None:
    status = Shape(type="string", enum=("FAILED", "FATAL", "CANCELLED", "DONE", "InvalidOrder"))
    assert {made(an_object(state=status), seed=seed)["state"] for seed in range(20)} == {"DONE"}


@pytest.mark.parametrize(
    ("shape", "asked", "said"),
    [
        (TEXT, "x", "x"),
        (TEXT, 7, "7"),
        (Shape(type="string", max_length=2), "xyz", ABSENT),
        (Shape(type="string", enum=("a",)), "b", ABSENT),
        (Shape(type="string", format="date-time"), "2026-11-01", "2026-11-01T00:00:00Z"),
        (Shape(type="string", format="date"), "2026-11-01T10:00:00Z", "2026-11-01"),
        (Shape(type="string", format="date-time"), "0218-04-28", "0218-04-28T00:00:00Z"),
        (Shape(type="string", format="date-time"), "soon", ABSENT),
        (Shape(type="integer", maximum=5), 6, ABSENT),
        (Shape(type="integer"), 2.5, ABSENT),
        (Shape(type="integer"), True, ABSENT),
        (Shape(type="boolean"), False, False),
        (Shape(type="boolean"), "no", ABSENT),
        (TEXT, {"a": 1}, ABSENT),
    ],
    ids=lambda each: each.type if isinstance(each, Shape) else "absent" if each is ABSENT else repr(each)[:40],
)
def test_only_what_fits_is_said_again(shape: Shape, asked: Any, said: Any) -> None:
    plain = PlainValues(Seeded(7), Place(US, "US", "USD", "A1SELLER", NOW))
    assert plain.asked(asked, shape) is said or plain.asked(asked, shape) == said


def test_names_are_told_apart_by_their_letters_alone() -> None:
    scope = Scope({"SellerSKU": "S", "asins": ["A", "B"], "shipFrom": {"city": "Bath"}})
    assert (scope.single("seller_sku"), scope.single("Asin"), scope.single("order")) == ("S", "A", ABSENT)
    assert (scope.inside("ShipFrom").find("city"), scope.find("city")) == ("Bath", ABSENT)
    assert [each.find("asin") for each in scope.items("payload", {"asin": TEXT})] == ["A", "B"]


@st.composite
def shapes(draw: st.DrawFn, depth: int = 0) -> Shape:
    """Shapes as the models have them: limits that can be kept."""
    kinds: list[Type] = ["string", "integer", "number", "boolean", "array", "object"]
    kind = draw(st.sampled_from(kinds if depth < 3 else kinds[:4]))
    low = draw(st.none() | st.integers(0, 6))
    high = None if draw(st.booleans()) else (low or 0) + draw(st.integers(0 if low else 1, 6))
    if kind == "string":
        form = draw(st.sampled_from(["", "", "date", "date-time", "byte"]))
        words = draw(st.sampled_from([(), (), ("A", "FAILED")]))
        return (
            Shape(type="string", format=form, enum=words)
            if form
            else Shape(type="string", enum=words, min_length=low, max_length=high)
        )
    if kind in ("integer", "number"):
        return Shape(type=kind, minimum=low, maximum=high)
    if kind == "array":
        return Shape(type="array", items=draw(shapes(depth=depth + 1)), min_items=low, max_items=high)
    names = draw(st.lists(st.sampled_from(["id", "status", "amount", "asin", "currencyCode", "count"]), unique=True))
    fields = {name: draw(shapes(depth=depth + 1)) for name in names}
    return Shape(type="object", fields=fields, required=tuple(draw(st.sets(st.sampled_from(names))) if names else ()))


@settings(max_examples=300)
@given(
    shapes(),
    st.dictionaries(st.sampled_from(["id", "asins", "count"]), st.integers() | st.text() | st.lists(st.text())),
)
def test_a_value_fits_its_shape_whatever_was_asked(shape: Shape, asked: dict[str, Any]) -> None:
    checked = Checked(Shapes({}), NOW, wire=False, lifted=Lifted(""))
    assert list(value_problems(checked, "answer", made(shape, asked), shape)) == []


async def test_the_place_is_the_callers(amazon: Amazon) -> None:
    assert "EUR" not in (await amazon.call("sales-v1.getOrderMetrics", _metrics(CA))).text
    token = await amazon.token("Atzr|north-eu")
    answer = await amazon.call("sales-v1.getOrderMetrics", _metrics(DE), token=token, region=Region.EU)
    assert answer.json()["payload"][0]["averageUnitPrice"]["currencyCode"] == "EUR"


def _metrics(marketplace: str) -> dict[str, Any]:
    interval = "2026-11-01T00:00:00-08:00--2026-11-08T00:00:00-08:00"
    return {"marketplaceIds": [marketplace], "interval": interval, "granularity": "Total"}


def test_every_operation_of_the_catalogue_names_a_success() -> None:
    assert all(any(200 <= each < 300 for each in operation.statuses) for operation in load_catalogue())
