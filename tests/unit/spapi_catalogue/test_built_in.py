"""The built-in catalogue: what is in it, and that it is what the builder makes of Amazon's models."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sptui.spapi.catalogue import Condition, DateRange, Operation, Shape, load_catalogue
from sptui.spapi.catalogue.store import built_in_bytes
from sptui.spapi.catalogue_build import BUILT_IN_AS_OF, build_catalogue
from sptui.spapi.catalogue_build.facts import fact_table, rule_table, sample_table

CATALOGUE = load_catalogue()


def test_the_file_is_what_the_builder_makes_of_the_models() -> None:
    folder = os.environ.get("SPTUI_MODELS", "")
    if not Path(folder).is_dir() or not folder:
        if os.environ.get("CI") == "true":
            pytest.fail("SPTUI_MODELS names no folder with Amazon's models: under CI this must run")
        pytest.skip("SPTUI_MODELS names no folder with Amazon's models")
    report = build_catalogue(Path(folder), as_of=BUILT_IN_AS_OF)
    assert report.problems == ()
    assert report.data == built_in_bytes(), "build the file again: tools/build_catalogue.py"


def test_every_operation_is_there() -> None:
    assert len(CATALOGUE) == 370
    assert len({operation.model for operation in CATALOGUE}) == 66


@pytest.mark.parametrize("table", [fact_table().operations, rule_table(), sample_table()])
def test_the_tables_name_operations_that_exist(table: dict[str, object]) -> None:
    assert set(table) <= {operation.key for operation in CATALOGUE}


def test_every_operation_has_its_facts() -> None:
    assert set(fact_table().operations) == {operation.key for operation in CATALOGUE}
    assert {operation.role_confidence for operation in CATALOGUE} == {
        "verified", "verified-2022", "secondary", "inferred",
    }  # fmt: skip
    unknown = [each.key for each in CATALOGUE if each.rate is None]
    assert len(unknown) == 55


def _named(operation: Operation) -> set[str]:
    groups = (*operation.one_of, *operation.excludes, *operation.needs)
    names = {name for group in groups for name in group}
    names |= {name for each in operation.ranges for name in (each.after, each.before)}
    for condition in operation.conditions:
        names |= {condition.parameter, *condition.needs, *condition.one_of, *condition.excludes}
    return names


def test_rules_name_parameters_that_exist() -> None:
    for operation in CATALOGUE:
        known = {each.name for each in operation.parameters}
        assert {name.partition(".")[0] for name in _named(operation)} <= known, operation.key
        for name in (each for each in _named(operation) if "." in each):
            assert _leads_somewhere(operation, name), f"{operation.key} {name}"


def _leads_somewhere(operation: Operation, dotted: str) -> bool:
    first, *rest = dotted.split(".")
    parameter = operation.parameter(first)
    assert parameter is not None
    shape = operation.shapes.resolve(parameter.as_shape())
    for name in rest:
        shape = operation.shapes.resolve(shape.fields.get(name, Shape(ref="nowhere")))
        if shape == Shape():
            return False
    return True


def test_every_reference_leads_to_a_shape() -> None:
    for operation in CATALOGUE:
        for parameter in operation.parameters:
            if parameter.shape is not None:
                _assert_known(operation, parameter.shape)
        for name in operation.shapes:
            _assert_known(operation, operation.shapes[name])


def _assert_known(operation: Operation, shape: Shape) -> None:
    assert not shape.ref or shape.ref in operation.shapes, f"{operation.key} {shape.ref}"
    for part in (shape.items, shape.others, *shape.fields.values()):
        if part is not None:
            _assert_known(operation, part)


def test_no_prose_is_in_the_file() -> None:
    """Names, numbers and single example values; the sandbox's samples hold what their authors put in."""
    content = msgspec.json.decode(built_in_bytes())
    del content["samples"]
    assert [text for text in _texts(content) if len(text.split()) > 12] == []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(each)


def test_a_nested_body() -> None:
    operation = CATALOGUE.find("fulfillmentInbound-2024-03-20.createInboundPlan")
    items = operation.parameter("items")
    assert items is not None
    assert (items.place, items.type, items.items, items.required) == ("body", "array", "object", True)
    assert (items.min_items, items.max_items) == (1, 2000)
    assert items.shape is not None
    whole = operation.shapes.resolve(items.shape)
    assert whole.items is not None
    item = operation.shapes.resolve(whole.items)
    assert set(item.required) == {"labelOwner", "msku", "prepOwner", "quantity"}
    assert operation.shapes.resolve(item.fields["labelOwner"]).enum == ("AMAZON", "SELLER", "NONE")
    assert operation.shapes.resolve(item.fields["quantity"]).maximum == 500000


def test_a_body_that_is_a_list() -> None:
    operation = CATALOGUE.find("getMyFeesEstimates")
    (body,) = operation.parameters
    assert (body.name, body.place, body.type, body.whole, body.required) == ("body", "body", "array", True, True)
    assert operation.values_of_body([{"IdType": "ASIN"}]) == {"body": [{"IdType": "ASIN"}]}


def test_a_field_that_is_called_like_a_parameter_of_the_path() -> None:
    operation = CATALOGUE.find("awd-2024-05-09.updateInbound")
    field = operation.parameter("body.orderId")
    assert field is not None
    assert (field.place, field.wire_name) == ("body", "orderId")
    assert operation.values_of_body({"orderId": "1", "other": 2}) == {"body.orderId": "1", "other": 2}


def test_shapes_that_are_joined_are_flat() -> None:
    operation = CATALOGUE.find("productPricing-v0.getListingOffersBatch")
    requests = operation.shapes.resolve(CATALOGUE.find("getListingOffersBatch").parameters[0].as_shape())
    assert requests.items is not None
    one = operation.shapes.resolve(requests.items)
    assert {"uri", "method", "MarketplaceId", "ItemCondition"} <= set(one.fields)
    assert {"uri", "method", "MarketplaceId", "ItemCondition"} <= set(one.required)


def test_the_rules_that_only_prose_tells() -> None:
    find = CATALOGUE.find
    assert find("getOrders").one_of == (("CreatedAfter", "LastUpdatedAfter", "NextToken"),)
    assert ("LastUpdatedAfter", "CreatedAfter", "CreatedBefore") in find("getOrders").excludes
    assert find("getReports").excludes[0][0] == "nextToken"
    assert len(find("getReports").excludes[0]) == len(find("getReports").parameters)
    assert find("services-v1.getServiceJobs").one_of == (("createdAfter", "lastUpdatedAfter"),)
    assert ("identifiersType", "identifiers") in find("searchListingsItems").needs
    assert find("getInvoiceHeaders").ranges == (DateRange("fromIssueDate", "toIssueDate", 90, both=True),)
    vendor = find("vendorOrders-v1.getPurchaseOrders").ranges
    assert {(each.after, each.max_days) for each in vendor} == {("createdAfter", 7), ("changedAfter", 7)}
    before = find("finances-v0.listFinancialEvents").parameter("PostedBefore")
    assert before is not None
    assert before.minutes_past == 2
    inbound = Condition("program", ("INBOUND",), needs=("marketplaceIds",))
    assert find("getItemEligibilityPreview").conditions == (inbound,)
    directive = find("createSubscription").shapes["ProcessingDirective"]
    assert directive.excludes == (("eventFilter", "filterExpression"),)


def test_who_may_call_and_with_which_token() -> None:
    find = CATALOGUE.find
    assert (find("getDestinations").token_kind, find("getDestinations").scope) == (
        "grantless",
        "sellingpartnerapi::notifications",
    )
    orders, address = find("getOrders"), find("getOrderAddress")
    assert (orders.token_kind, orders.rdt, orders.data_elements) == (
        "seller", "pii", ("buyerInfo", "buyerTaxInformation", "shippingAddress"),
    )  # fmt: skip
    assert orders.pii_roles["shippingAddress"] == ("Direct to Consumer Shipping (Restricted)",)
    assert (address.token_kind, address.rdt) == ("rdt", "always")
    assert (find("listFinancialEvents").removed_on, find("listFinancialEvents").replaced_by) == (
        "2027-08-27", "finances-2024-06-19.listTransactions",
    )  # fmt: skip
    assert find("invoices-2024-06-19.getInvoice").plan_as_of == "2026-01-28"


def test_side_effects_and_sandbox() -> None:
    find = CATALOGUE.find
    assert find("createReport").side_effects == "mild"
    assert find("createFeed").side_effects == "real"
    assert find("getItemOffersBatch").side_effects == "none"
    assert {each.key for each in CATALOGUE if each.sandbox_only} >= {"notifications-v1.sendTestNotification"}
    kinds = [each.sandbox for each in CATALOGUE]
    assert (kinds.count("static"), kinds.count("dynamic")) == (294, 57)
    assert sum(len(each.sandbox_cases) for each in CATALOGUE) == 926


def test_what_is_answered() -> None:
    operation = CATALOGUE.find("sellers-v1.getMarketplaceParticipations")
    answers = operation.answer_shapes()
    assert {200, 400, 429} <= set(answers)
    payload = operation.answers.shapes.resolve(answers[200]).fields["payload"]
    assert operation.answers.shapes.resolve(payload).type == "array"
