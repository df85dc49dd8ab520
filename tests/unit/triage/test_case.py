"""Reading a failing call, and what it tells by itself."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.spapi.answers import BodyKind
from sptui.spapi.calls import Stage
from sptui.spapi.check import ProblemKind
from sptui.spapi.redaction import MASK
from sptui.spapi.regions import Region
from sptui.triage.case import Case, UnreadableCaseError, read_case, read_case_text
from sptui.triage.causes import Cause
from sptui.triage.evidence import (
    AccountStatusSeen,
    AnswerSeen,
    CallKnown,
    Finding,
    LivesElsewhere,
    MarketplacesTried,
    Presence,
    PresenceSeen,
    RegionsTried,
    RequestClean,
    RequestFlaw,
    RolesKnown,
    SellersTried,
    TokenSent,
)
from sptui.triage.masking import mask_json
from sptui.triage.observe import observe_case
from sptui.triage.rules import judge

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
US, DE, JP = "ATVPDKIKX0DER", "A1PA6795UKMFR9", "A1VC38T7YXB528"
NA = "https://sellingpartnerapi-na.amazon.com"
ORDERS = f"{NA}/orders/v0/orders?MarketplaceIds={US},A2EUQ1WTGCTBG2&CreatedAfter=2026-11-01T00:00:00Z"
DENIED = {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": ""}]}
CANARY = "canary9f8e7d6c"


def case_of(url: str = ORDERS, method: str = "GET", **more: Any) -> Case:
    return read_case({"request": {"method": method, "url": url, **more.pop("request", {})}, **more})


def findings(case: Case) -> list[Finding]:
    return [each.data for each in observe_case(case, NOW)]


def every(case: Case, kind: type[Any]) -> list[Any]:
    return [each for each in findings(case) if isinstance(each, kind)]


def one(case: Case, kind: type[Any]) -> Any:
    (found,) = every(case, kind)
    return found


# -- The request


def test_the_operation_and_its_values_come_from_the_address() -> None:
    case = case_of()
    assert case.operation is not None
    assert case.operation.name == "getOrders"
    assert case.values == {"MarketplaceIds": [US, "A2EUQ1WTGCTBG2"], "CreatedAfter": "2026-11-01T00:00:00Z"}
    assert (case.region, case.sandbox, case.stage) == (Region.NA, False, Stage.API)
    assert case.marketplaces == (US, "A2EUQ1WTGCTBG2")


def test_repeated_names_make_one_list_and_path_values_are_decoded() -> None:
    assert case_of(f"{NA}/orders/v0/orders?MarketplaceIds=A&MarketplaceIds=B").values == {"MarketplaceIds": ["A", "B"]}
    listing = case_of(f"{NA}/listings/2021-08-01/items/A1SELLER/SKU%2F1?marketplaceIds={US}")
    assert listing.values == {"sellerId": "A1SELLER", "sku": "SKU/1", "marketplaceIds": [US]}


@pytest.mark.parametrize("text", [False, True])
def test_a_body_gives_the_values_as_they_are(text: bool) -> None:
    body: Any = {"reportType": "GET_X", "marketplaceIds": US}
    given_body = msgspec.json.encode(body).decode() if text else body
    case = case_of(f"{NA}/reports/2021-06-30/reports", "POST", request={"body": given_body})
    assert case.values == body  # a string where a list belongs stays a string
    assert one(case, RequestFlaw).flaw is ProblemKind.TYPE


def test_a_body_that_is_no_json_is_kept_and_tells_nothing() -> None:
    case = case_of(f"{NA}/reports/2021-06-30/reports", "POST", request={"body": "reportType=GET_X"})
    assert (case.body, case.values) == ("reportType=GET_X", {})


def test_the_name_decides_where_no_address_is_given() -> None:
    case = read_case({"operation": "createFeed"})
    assert case.operation is not None
    assert (case.operation.name, case.method, case.region) == ("createFeed", "POST", None)


def test_an_operation_that_the_catalogue_lacks_keeps_its_name() -> None:
    case = read_case({"operation": "getTomorrow", "request": {"method": "GET", "url": "/tomorrow/v1/x?a=b"}})
    assert (case.operation, case.name, case.values) == (None, "getTomorrow", {"a": "b"})
    assert one(case, CallKnown).path_known is None


def test_a_version_that_no_operation_has_is_told() -> None:
    case = case_of(f"{NA}/reports/2020-09-04/reports", "POST")
    assert case.operation is None
    assert one(case, CallKnown).path_known is False
    assert judge(observe_case(case_of(f"{NA}/orders/v0/orders"), NOW)).first.cause is Cause.REQUEST


@pytest.mark.parametrize(
    ("url", "region", "sandbox", "host", "stage"),
    [
        ("https://sandbox.sellingpartnerapi-eu.amazon.com/orders/v0/orders", Region.EU, True, "", Stage.API),
        ("sellingpartnerapi-fe.amazon.com/orders/v0/orders", Region.FE, False, "", Stage.API),
        ("https://sellercentral.amazon.com/orders/v0/orders", None, False, "sellercentral.amazon.com", Stage.API),
        ("http://127.0.0.1:9000/orders/v0/orders", None, False, "", Stage.API),
        ("/orders/v0/orders", None, False, "", Stage.API),
        ("https://api.amazon.com/auth/o2/token", None, False, "", Stage.LWA),
        ("https://tortuga-prod-na.s3.amazonaws.com/x?X-Amz-Signature=1", None, False, "", Stage.DOCUMENT),
        ("https://d34o8swod1owfl.cloudfront.net/x", None, False, "", Stage.DOCUMENT),
    ],
)
def test_the_address_tells_the_server(url: str, region: Region | None, sandbox: bool, host: str, stage: Stage) -> None:
    case = case_of(url)
    assert (case.region, case.sandbox, case.host, case.stage) == (region, sandbox, host, stage)


# -- The response


def test_a_response_becomes_an_answer() -> None:
    case = case_of(response={"status": 403, "headers": {"X-Amzn-RequestId": "r1"}, "body": DENIED})
    assert case.answer is not None
    assert (case.answer.status, case.answer.code, case.answer.request_id) == (403, "Unauthorized", "r1")
    seen = one(case, AnswerSeen)
    assert (seen.denied, seen.ok, seen.details) == (True, False, "")


def test_lwa_is_known_by_its_shape_whatever_the_address() -> None:
    case = read_case({"response": {"status": 400, "body": {"error": "invalid_grant", "error_description": "x"}}})
    assert case.stage is Stage.LWA
    assert one(case, AnswerSeen).stage is Stage.LWA


@pytest.mark.parametrize(
    ("response", "status", "kind"),
    [
        ({"status": 503, "body": "<html>Website Temporarily Unavailable</html>"}, 503, BodyKind.HTML),
        ({"status": 200, "body": ""}, 200, BodyKind.EMPTY),
        ({"status": "404", "body": '{"errors": ['}, 404, BodyKind.BROKEN_JSON),
        ({"status": None, "body": {"processingStatus": "FATAL"}}, 200, BodyKind.JSON),
        ({"status": 9999, "body": DENIED}, 0, BodyKind.JSON),
    ],
)
def test_any_body(response: dict[str, Any], status: int, kind: BodyKind) -> None:
    answer = case_of(response=response).answer
    assert answer is not None
    assert (answer.status, answer.kind) == (status, kind)


@pytest.mark.parametrize("response", [None, {}, {"status": None}, {"status": None, "body": ""}, "gone"])
def test_no_response(response: Any) -> None:
    assert case_of(response=response).answer is None


def test_a_batch_answers_200_and_fails_inside() -> None:
    parts = [
        {"status": {"statusCode": 200}},
        {"status": {"statusCode": 400}, "body": {"errors": [{"code": "InvalidInput"}]}},
    ]
    case = case_of(
        f"{NA}/batches/products/pricing/v0/listingOffers",
        "POST",
        response={"status": 200, "body": {"responses": parts}},
    )
    seen = one(case, AnswerSeen)
    assert (seen.ok, seen.status, seen.code) == (False, 400, "InvalidInput")


@pytest.mark.parametrize(
    ("body", "empty"),
    [
        ({"payload": {"Orders": []}}, True),
        ({"payload": {}}, True),
        ({"payload": {"Orders": [], "NextToken": "x"}}, True),
        ({"payload": {"Orders": [{}]}}, False),
        ({"feedId": "1"}, False),
        ({"reports": []}, True),
        ([], True),
    ],
)
def test_an_empty_list_is_seen(body: Any, *, empty: bool) -> None:
    assert one(case_of(response={"status": 200, "body": body}), AnswerSeen).empty is empty


def test_the_parameters_that_the_text_names_are_found() -> None:
    body = {"errors": [{"code": "InvalidInput", "message": "Missing or invalid request parameters: [marketplaceIds]"}]}
    case = case_of(f"{NA}/feeds/2021-06-30/feeds", "POST", response={"status": 400, "body": body})
    assert one(case, AnswerSeen).named == ("marketplaceIds",)


def test_the_error_that_says_more_is_taken_of_several() -> None:
    errors = [{"code": "A", "message": "x"}, {"code": "B", "message": "y", "details": "the access token has expired"}]
    assert one(case_of(response={"status": 403, "body": {"errors": errors}}), AnswerSeen).code == "B"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Date range exceeded. Report can be requested only upto 30 days", Cause.REQUEST),
        ("item name\tseller sku\tunit price\tbuyer name", Cause.SUCCESS),
        ("item name,seller sku,unit price,buyer name", Cause.SUCCESS),
        ("order-id", Cause.SUCCESS),
        ("sku price\na b c d e\n", Cause.SUCCESS),
    ],
)
def test_a_document_that_holds_a_sentence_holds_an_error(text: str, cause: Cause) -> None:
    case = case_of("https://tortuga.s3.amazonaws.com/document", response={"status": 200, "body": text})
    assert judge(observe_case(case, NOW)).first.cause is cause


# -- What is known beside


def test_the_context_becomes_evidence() -> None:
    context = {
        "roles": ["Finance and Accounting"],
        "participations": [{"marketplaceId": US, "isParticipating": False, "hasSuspendedListings": False}],
        "account_status": "deactivated",
        "other_sellers": {"calling": 20, "failing": 1},
        "other_marketplaces_ok": True,
        "other_regions": {"passing": ["EU"], "failing": ["FE", "nowhere", None]},
        "token_kind": "grantless",
        "sandbox": True,
    }
    case = case_of(f"{NA}/catalog/2022-04-01/items?marketplaceIds={US}&keywords=x", context=context)
    assert one(case, RolesKnown).lacking
    assert one(case, PresenceSeen).presence is Presence.NOT_PARTICIPATING
    assert one(case, AccountStatusSeen).status == "DEACTIVATED"
    assert (one(case, SellersTried).calling, one(case, SellersTried).failing) == (20, 1)
    assert one(case, MarketplacesTried).passing
    assert one(case, RegionsTried) == RegionsTried((Region.EU,), (Region.FE,))
    assert one(case, TokenSent).prefix == "Atc|"
    assert one(case, CallKnown).sandbox


@pytest.mark.parametrize("told", [{}, {"passing": "EU"}, {"passing": []}, ["EU"], "EU", None])
def test_regions_in_another_form_are_left_out(told: Any) -> None:
    assert not every(case_of(context={"other_regions": told}), RegionsTried)


@pytest.mark.parametrize(
    ("url", "ids", "homes"),
    [
        ("sellers/v1/marketplaceParticipations", [DE], (Region.EU,)),
        ("sellers/v1/marketplaceParticipations", [DE, JP], (Region.EU, Region.FE)),
        ("sellers/v1/marketplaceParticipations", [DE, US], None),
        ("sellers/v1/marketplaceParticipations", [], None),
        (f"orders/v0/orders?MarketplaceIds={US}", [DE], None),
    ],
)
def test_a_seller_of_another_region_is_seen(url: str, ids: list[str], homes: tuple[Region, ...] | None) -> None:
    context = {"participations": [{"marketplaceId": id_, "isParticipating": True} for id_ in ids]}
    seen = every(case_of(f"{NA}/{url}", context=context), LivesElsewhere)
    assert seen == ([LivesElsewhere(homes)] if homes else [])


@pytest.mark.parametrize(
    ("participations", "presence"),
    [
        ([], Presence.MISSING),
        ([{"marketplaceId": US, "isParticipating": True}], Presence.PARTICIPATING),
        ([{"marketplaceId": US, "isParticipating": True, "hasSuspendedListings": True}], Presence.SUSPENDED_LISTINGS),
        ([{"marketplaceId": US}], Presence.UNKNOWN),
    ],
)
def test_how_the_seller_stands(participations: list[Any], presence: Presence) -> None:
    case = case_of(f"{NA}/orders/v0/orders?MarketplaceIds={US}", context={"participations": participations})
    assert one(case, PresenceSeen).presence is presence


def test_roles_in_words_of_ones_own_prove_nothing_lacking() -> None:
    case = case_of(context={"roles": ["all the vendor roles"]})
    assert not [each for each in findings(case) if isinstance(each, RolesKnown)]


def test_other_sellers_without_numbers_are_left_out() -> None:
    case = case_of(context={"other_sellers": {"failing": "many developers"}})
    assert not [each for each in findings(case) if isinstance(each, SellersTried)]


def test_a_good_request_is_told_clean() -> None:
    assert one(case_of(), RequestClean)


# -- Secrets


def _leaks(value: Any) -> bool:
    return CANARY in repr(value) or CANARY.encode() in msgspec.json.encode(value)


def test_secrets_are_masked_wherever_they_stand() -> None:
    token = f"Atza|{CANARY}"
    case = read_case(
        {
            "id": "c",
            "operation": f"Atzr|{CANARY}",
            "request": {
                "method": "POST",
                "url": f"https://api.amazon.com/auth/o2/token?client_secret={CANARY}&x={token}",
                "headers": {"X-Amz-Access-Token": token, "Authorization": f"AWS4 {CANARY}", "note": token},
                "body": {"refresh_token": CANARY, "deep": [{"clientSecret": CANARY}, token], "client_id": "id"},
            },
            "response": {
                "status": 200,
                "headers": {"x": token},
                "body": {"access_token": CANARY, "refresh_token": f"Atzr|{CANARY}", "token_type": "bearer"},
            },
            "context": {"roles": [token], "account_status": token},
        }
    )
    assert not _leaks(case)
    assert not _leaks([*observe_case(case, NOW)])
    assert case.token_kind == "Atza|"
    assert case.headers["X-Amz-Access-Token"] == f"Atza|{MASK}"


def test_secrets_in_a_text_body_are_masked() -> None:
    text = f"grant_type=refresh_token&refresh_token=Atzr|{CANARY}&client_secret={CANARY}"
    case = read_case({"request": {"body": text}, "response": {"status": 500, "body": text}})
    assert not _leaks(case)


def test_masking_keeps_what_is_no_secret() -> None:
    value = {"marketplaceIds": [US], "n": 1, "deep": {"nextToken": "abc"}, "none": None}
    assert mask_json(value) == value


# -- Anything at all


@pytest.mark.parametrize("text", ["", "[]", "null", "3", '"x"', "{", "curl https://…", b"\xff\xfe", "[" * 5000])
def test_what_is_no_case_is_said_to_be_none(text: str | bytes) -> None:
    with pytest.raises(UnreadableCaseError, match=r"call|JSON"):
        read_case_text(text)


def test_an_address_that_cannot_be_read_is_told_without_its_secrets() -> None:
    with pytest.raises(UnreadableCaseError) as problem:
        read_case({"request": {"url": f"https://[broken/?access_token={CANARY}"}})
    assert CANARY not in str(problem.value)


def test_deep_nesting_is_an_answer_not_a_crash() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(UnreadableCaseError, match="nested"):
        read_case({"request": {"body": {"a": deep}}})


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.sampled_from([US, DE, "Atza|x", "getOrders", "createFeed", ORDERS, f"{NA}/feeds/2021-06-30/feeds", "POST"]),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(
            st.text(max_size=8)
            | st.sampled_from(["errors", "code", "status", "statusCode", "responses", "body", "error"]),
            children,
            max_size=4,
        )
    ),
    max_leaves=12,
)
_CASES = st.fixed_dictionaries(
    {},
    optional={
        "id": _JSON,
        "operation": _JSON,
        "request": st.fixed_dictionaries({}, optional=dict.fromkeys(["method", "url", "headers", "body"], _JSON))
        | _JSON,
        "response": st.fixed_dictionaries({}, optional=dict.fromkeys(["status", "headers", "body"], _JSON)) | _JSON,
        "context": st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(
                [
                    "roles",
                    "participations",
                    "account_status",
                    "other_sellers",
                    "other_marketplaces_ok",
                    "other_regions",
                    "token_kind",
                ],
                _JSON,
            ),
        )
        | _JSON,
    },
)


@given(_CASES)
def test_any_case_is_read_or_refused_and_judged(data: Any) -> None:
    try:
        case = read_case(data)
    except UnreadableCaseError:
        return
    verdict = judge(observe_case(case, NOW))
    assert verdict.causes


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    with contextlib.suppress(UnreadableCaseError):
        assert judge(observe_case(read_case_text(text), NOW)).causes


@given(_JSON, st.sampled_from([f"Atza|{CANARY}", f"Atzr|{CANARY}", f"amzn1.oa2-cs.v1.{CANARY}"]), st.integers(0, 3))
def test_a_token_never_survives_the_reading(data: Any, token: str, place: int) -> None:
    holder = [
        {"request": {"headers": {"x-amz-access-token": token}, "body": data}},
        {"request": {"body": {"a": [data, token]}}},
        {"response": {"status": 400, "body": {"errors": [{"message": token, "details": token}], "x": data}}},
        {"operation": token, "request": {"url": f"https://x.example/{token}"}, "context": {"roles": [token]}},
    ][place]
    case = read_case(holder)
    assert not _leaks(case)
    assert not _leaks([*observe_case(case, NOW)])
