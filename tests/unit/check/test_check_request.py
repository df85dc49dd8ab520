"""A request held against the catalogue."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.spapi.catalogue import Operation, Parameter, load_catalogue
from sptui.spapi.check import ProblemKind, RequestProblem, check_request, read_moment
from sptui.spapi.regions import Region
from sptui.spapi.requests import RequestContext, minimal_values, options_of, sample_value, with_needed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
US, CA, DE, JP, PSEUDO = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1PA6795UKMFR9", "A1VC38T7YXB528", "A2ZV50J4W1RKNI"
DATED = {"CreatedAfter": "2026-11-01T00:00:00Z"}
ORDERS = {"MarketplaceIds": [US], "CreatedAfter": "2026-11-01T00:00:00Z"}
FEED = {"feedType": "JSON_LISTINGS_FEED", "inputFeedDocumentId": "amzn1.tortuga.4.na.x", "marketplaceIds": [US]}


def check(operation: str, values: dict[str, Any], **more: Any) -> list[RequestProblem]:
    found = check_request(load_catalogue().find(operation), values, now=NOW, **more)
    return [each for each in found if not each.is_note]


def only(operation: str, values: dict[str, Any], **more: Any) -> RequestProblem:
    (problem,) = check(operation, values, **more)
    return problem


TOKENS = {"seller": "Atza|", "grantless": "Atc|", "rdt": "Atz.sprdt|"}


def test_the_minimal_request_of_every_operation_is_clean() -> None:
    for operation in load_catalogue():
        values = minimal_values(operation, RequestContext(US, "A1SELLER", NOW))
        token = TOKENS[operation.token_kind]
        found = check_request(operation, values, now=NOW, region=Region.NA, token_kind=token)
        gone = [ProblemKind.REMOVED] if operation.removed_on and operation.removed_on <= "2026-11-23" else []
        assert [each.kind for each in found if not each.is_note] == gone, (operation.key, found)


def test_every_option_added_to_the_minimal_request_is_clean() -> None:
    context = RequestContext(US, "A1SELLER", NOW)
    for operation in load_catalogue():
        minimal = minimal_values(operation, context)
        for name, value in options_of(operation, context):
            beside = {each: sample_value(operation, each, context) for each in with_needed(operation, [name])}
            found = check_request(operation, {**beside, **minimal, name: value}, now=NOW, region=Region.NA)
            faults = [each for each in found if not each.is_note and each.kind is not ProblemKind.REMOVED]
            assert faults == [], (operation.key, name)


@pytest.mark.parametrize(
    ("operation", "values", "parameter", "kind"),
    [
        ("createReport", {"marketplaceIds": [US]}, "reportType", ProblemKind.MISSING),
        ("createReport", {"marketplaceIds": [], "reportType": "X"}, "marketplaceIds", ProblemKind.MISSING),
        ("getOrders", {"MarketplaceIds": [US]}, "CreatedAfter or LastUpdatedAfter or NextToken", ProblemKind.ONE_OF),
        ("getOrders", {**ORDERS, "MaxResultPerPage": 5}, "MaxResultPerPage", ProblemKind.UNKNOWN_NAME),
        ("getOrders", {**ORDERS, "MaxResultsPerPage": 500}, "MaxResultsPerPage", ProblemKind.RANGE),
        ("getOrders", {**ORDERS, "MaxResultsPerPage": 0}, "MaxResultsPerPage", ProblemKind.RANGE),
        ("getOrders", {**ORDERS, "MaxResultsPerPage": "many"}, "MaxResultsPerPage", ProblemKind.TYPE),
        ("getOrders", {**ORDERS, "IsISPU": "yes"}, "IsISPU", ProblemKind.TYPE),
        ("getOrders", {**ORDERS, "OrderStatuses": ["Shiped"]}, "OrderStatuses", ProblemKind.ENUM),
        ("getOrders", {**ORDERS, "AmazonOrderIds": ["1"] * 51}, "AmazonOrderIds", ProblemKind.COUNT),
        ("getOrders", {**ORDERS, "CreatedBefore": "yesterday"}, "CreatedBefore", ProblemKind.FORMAT),
        ("getOrders", {**ORDERS, "CreatedBefore": "2026-11-23T11:59:00Z"}, "CreatedBefore", ProblemKind.TOO_RECENT),
        ("getOrders", {**ORDERS, "CreatedBefore": "2026-10-01T00:00:00Z"}, "CreatedBefore", ProblemKind.ORDER),
        ("getOrders", {**ORDERS, "LastUpdatedAfter": "2026-11-01"}, "LastUpdatedAfter", ProblemKind.CONFLICT),
        ("searchCatalogItems", {"marketplaceIds": [US], "identifiers": ["B0"]}, "identifiersType", ProblemKind.NEEDS),
        ("createFeed", {**FEED, "marketplaceIds": US}, "marketplaceIds", ProblemKind.TYPE),
        ("createFeed", {**FEED, "feedOptions": "none"}, "feedOptions", ProblemKind.TYPE),
        ("createFeed", {**FEED, "feedType": 5}, "feedType", ProblemKind.TYPE),
        (
            "createReport",
            {
                "reportType": "X",
                "marketplaceIds": [US],
                "dataStartTime": "2026-02-01T00:00:00Z",
                "dataEndTime": "2026-01-01T00:00:00Z",
            },
            "dataEndTime",
            ProblemKind.ORDER,
        ),
        (
            "getListingOffersBatch",
            {
                "requests": [
                    {
                        "uri": "/products/pricing/v0/items/B0/offers",
                        "method": "GET",
                        "MarketplaceId": US,
                        "ItemCondition": "New",
                    }
                ]
            },
            "requests[0].uri",
            ProblemKind.FORMAT,
        ),
        ("getOrders", {**ORDERS, "MarketplaceIds": [JP]}, "MarketplaceIds", ProblemKind.OTHER_REGION),
        ("getOrders", {**ORDERS, "MarketplaceIds": [PSEUDO]}, "MarketplaceIds", ProblemKind.PSEUDO_MARKETPLACE),
        ("getOrders", {**ORDERS, "MarketplaceIds": [f"{US}X"]}, "MarketplaceIds", ProblemKind.UNKNOWN_MARKETPLACE),
        (
            "getInventorySummaries",
            {"granularityType": "Marketplace", "granularityId": DE, "marketplaceIds": [US]},
            "granularityId",
            ProblemKind.OTHER_REGION,
        ),
    ],
)
def test_a_problem(operation: str, values: dict[str, Any], parameter: str, kind: ProblemKind) -> None:
    problem = only(operation, values, region=Region.NA)
    assert (problem.parameter, problem.kind) == (parameter, kind)
    assert problem.problem.endswith((".", "?"))


def test_the_sentence_tells_what_is_allowed() -> None:
    assert only("getOrders", {**ORDERS, "MaxResultsPerPage": 500}).allowed == "1 to 100"
    assert "Did you mean Shipped?" in only("getOrders", {**ORDERS, "OrderStatuses": ["Shiped"]}).problem
    assert "Did you mean MarketplaceIds?" in check("getOrders", {**DATED, "marketplaceIds": [US]})[1].problem
    assert only("createFeed", {**FEED, "marketplaceIds": US}).allowed == f'["{US}"]'
    other = only("getOrders", {**ORDERS, "MarketplaceIds": [JP]}, region=Region.EU)
    assert "sellingpartnerapi-fe.amazon.com" in other.allowed
    space = only("getOrders", {**ORDERS, "CreatedBefore": "2026-11-02T00:00:00 02:00"})
    assert "URL-encoded" in space.problem


def test_a_clash_is_told_once_however_often_the_catalogue_names_it() -> None:
    both = {**ORDERS, "LastUpdatedAfter": "2026-11-01T00:00:00Z"}
    assert [each.kind for each in check("getOrders", both)] == [ProblemKind.CONFLICT]


def test_in_a_query_text_that_reads_as_the_type_is_fine() -> None:
    values = {**ORDERS, "MaxResultsPerPage": "50", "IsISPU": "true", "OrderStatuses": "Shipped,Unshipped"}
    assert check("getOrders", values) == []


def test_a_marketplace_of_the_region_is_fine_and_an_unknown_region_proves_nothing() -> None:
    assert check("getOrders", {**ORDERS, "MarketplaceIds": [US, CA]}, region=Region.NA) == []
    assert check("getOrders", {**ORDERS, "MarketplaceIds": [JP]}) == []


@pytest.mark.parametrize(
    ("operation", "token", "wrong"),
    [
        ("getOrders", "Atza|", False),
        ("getOrders", "Atc|", True),
        ("getOrders", "Atzr|", True),
        ("getOrders", "", False),
        ("getDestinations", "Atc|", False),
        ("getDestinations", "Atza|", True),
    ],
)
def test_the_kind_of_token(operation: str, token: str, *, wrong: bool) -> None:
    values = ORDERS if operation == "getOrders" else {}
    found = check(operation, values, token_kind=token)
    assert [each.kind for each in found] == ([ProblemKind.TOKEN] if wrong else [])


def test_a_deprecated_operation_is_a_note() -> None:
    (note,) = check_request(load_catalogue().find("getOrders"), ORDERS, now=NOW)
    assert note.is_note
    assert "2026-01-01" in note.problem


def test_an_enum_of_single_values_and_numbers() -> None:
    operation = Operation(
        name="x",
        api="x",
        version="v1",
        method="GET",
        path="/x",
        parameters=(
            Parameter(name="kind", place="query", enum=("A", "B")),
            Parameter(name="share", place="query", type="number", maximum=1.5),
            Parameter(name="few", place="query", type="array", items="string", min_items=2),
        ),
    )
    found = check_request(operation, {"kind": "C", "share": 2.0, "few": ["a"]}, now=NOW)
    assert [each.kind for each in found] == [ProblemKind.ENUM, ProblemKind.RANGE, ProblemKind.COUNT]
    assert check_request(operation, {"kind": "A", "share": "1.25", "few": "a,b"}, now=NOW) == []


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("2026-01-31", True),
        ("2026-01-31T08:00:00Z", True),
        ("2026-01-31T08:00:00.123+02:00", True),
        ("2026-01-31T08:00", True),
        ("2026-02-31", False),
        ("31.01.2026", False),
        ("20260131T080000Z", False),
        ("1769846400", False),
        (5, False),
    ],
)
def test_what_counts_as_a_date(text: Any, *, readable: bool) -> None:
    assert (read_moment(text) is not None) == readable


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=10), children, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([*load_catalogue()]), st.data())
def test_any_values_are_checked_without_a_crash(operation: Operation, data: st.DataObject) -> None:
    names = [each.name for each in operation.parameters] + ["other"]
    values = data.draw(st.dictionaries(st.sampled_from(names), _JSON, max_size=6))
    region = data.draw(st.sampled_from([None, *Region]))
    for each in check_request(operation, values, now=NOW, region=region, token_kind="Atza|"):
        assert each.problem
        assert len(each.problem) < 2000


def test_the_spellings_that_a_library_adds_are_passed_over() -> None:
    assert check("getOrders", {**ORDERS, "marketplaceIds": [US], "MarketplaceId": US, "marketplaceId": US}) == []
    assert check("getMarketplaceParticipations", {"MarketplaceIds": US}) == []


@pytest.mark.parametrize(("operation", "token"), [("getOrderAddress", "Atza|"), ("searchOrders", "Atz.sprdt|")])
def test_a_restricted_token_is_a_note(operation: str, token: str) -> None:
    found = check_request(load_catalogue().find(operation), {}, now=NOW, token_kind=token)
    (note,) = [each for each in found if each.kind is ProblemKind.RESTRICTED]
    assert note.is_note
