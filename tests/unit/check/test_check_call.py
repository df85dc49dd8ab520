"""A whole call: address, method, headers, token and body."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.check import ProblemKind, RequestProblem, check_call
from sptui.spapi.requests import RequestContext, build_request, minimal_values

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
US, JP = "ATVPDKIKX0DER", "A1VC38T7YXB528"
NA, EU, SANDBOX = (
    "https://sellingpartnerapi-na.amazon.com",
    "https://sellingpartnerapi-eu.amazon.com",
    "https://sandbox.sellingpartnerapi-na.amazon.com",
)
TOKEN = {"x-amz-access-token": "Atza|IQEBcanary"}
SCENARIOS = "/vendor/directFulfillment/sandbox/2021-10-28/transactions/1"  # of the sandbox alone
REPORTS = "/reports/2021-06-30/reports"
REPORT = {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": [US]}
ORDERS = f"/orders/2026-01-01/orders?marketplaceIds={US}&createdAfter=2026-11-01T00:00:00Z"


def check(method: str, url: str, headers: Any = TOKEN, body: Any = None) -> list[RequestProblem]:
    found = check_call(method, url, headers, body, now=NOW)
    assert "canary" not in str(found)
    return [each for each in found if not each.is_note]


def only(method: str, url: str, headers: Any = TOKEN, body: Any = None) -> RequestProblem:
    (problem,) = check(method, url, headers, body)
    return problem


TOKENS = {"seller": "Atza|x", "grantless": "Atc|x", "rdt": "Atz.sprdt|x"}


def test_the_minimal_call_of_every_operation_is_clean() -> None:
    for operation in load_catalogue():
        request = build_request(operation, minimal_values(operation, RequestContext(US, "A1SELLER", NOW)))
        host = SANDBOX if operation.sandbox_only else NA
        headers = {"x-amz-access-token": TOKENS[operation.token_kind], **request.headers}
        body = None if request.body is None else msgspec.json.encode(request.body).decode()
        found = [
            each
            for each in check_call(request.method, host + request.target, headers, body, now=NOW)
            if not each.is_note and each.kind is not ProblemKind.REMOVED
        ]
        # Values that stand in headers are not read from there.
        found = [each for each in found if (place := operation.parameter(each.name)) is None or place.place != "header"]
        assert found == [], operation.key


@pytest.mark.parametrize(
    ("method", "url", "headers", "body", "parameter", "kind"),
    [
        ("GET", "https://sellercentral.amazon.com" + ORDERS, TOKEN, None, "url", ProblemKind.HOST),
        ("GET", "https://api.amazon.com" + ORDERS, TOKEN, None, "url", ProblemKind.HOST),
        ("GET", NA.replace("https", "http") + ORDERS, TOKEN, None, "url", ProblemKind.HOST),
        ("GET", NA + ORDERS, {**TOKEN, "Host": "example.com"}, None, "Host", ProblemKind.HOST),
        ("GET", EU + ORDERS, TOKEN, None, "marketplaceIds", ProblemKind.OTHER_REGION),
        (
            "GET",
            NA + ORDERS.replace(US, "A2ZV50J4W1RKNI"),
            TOKEN,
            None,
            "marketplaceIds",
            ProblemKind.PSEUDO_MARKETPLACE,
        ),
        ("GET", NA + ORDERS.replace(US, "US"), TOKEN, None, "marketplaceIds", ProblemKind.UNKNOWN_MARKETPLACE),
        ("DELETE", NA + ORDERS, TOKEN, None, "method", ProblemKind.METHOD),
        ("GET", NA + ORDERS.replace("2026-01-01", "2025-01-01"), TOKEN, None, "url", ProblemKind.VERSION),
        ("POST", NA + "/reports/2020-09-04/reports", TOKEN, REPORT, "url", ProblemKind.REMOVED),
        ("POST", NA + "/fba/inbound/v0/plans", TOKEN, {}, "url", ProblemKind.REMOVED),
        ("GET", NA + "/orders/2026-01-01/order", TOKEN, None, "url", ProblemKind.PATH),
        ("GET", NA + "/nothing", TOKEN, None, "url", ProblemKind.PATH),
        ("GET", NA, TOKEN, None, "url", ProblemKind.PATH),
        (
            "GET",
            NA + "/listings/2021-08-01/items/A1SELLER/a/b?marketplaceIds=" + US,
            TOKEN,
            None,
            "url",
            ProblemKind.PATH,
        ),
        ("GET", NA + ORDERS, {"Accept": "*/*"}, None, "x-amz-access-token", ProblemKind.TOKEN),
        ("GET", NA + ORDERS, {"Authorization": "Bearer Atza|x"}, None, "x-amz-access-token", ProblemKind.TOKEN),
        ("GET", NA + ORDERS, {"x-amz-access-token": "Bearer Atza|x"}, None, "x-amz-access-token", ProblemKind.TOKEN),
        ("GET", NA + ORDERS, {"x-amz-access-token": '"Atza|x"'}, None, "x-amz-access-token", ProblemKind.TOKEN),
        ("GET", NA + ORDERS, {"x-amz-access-token": ""}, None, "x-amz-access-token", ProblemKind.TOKEN),
        (
            "GET",
            NA + ORDERS,
            {"x-amz-access-token": "Atza|" + "x" * 2048},
            None,
            "x-amz-access-token",
            ProblemKind.TOKEN,
        ),
        ("GET", NA + ORDERS, {"x-amz-access-token": "Atzr|x"}, None, "x-amz-access-token", ProblemKind.TOKEN),
        ("GET", NA + ORDERS, {"x-amz-access-token": "Atc|x"}, None, "x-amz-access-token", ProblemKind.TOKEN),
        ("GET", NA + "/notifications/v1/destinations", TOKEN, None, "x-amz-access-token", ProblemKind.TOKEN),
        ("POST", NA + "/auth/o2/token", {}, None, "url", ProblemKind.HOST),
        ("GET", NA + ORDERS, {**TOKEN, "User-Agent": "a" * 501}, None, "User-Agent", ProblemKind.HEADER),
        ("GET", NA + ORDERS, TOKEN, {"a": 1}, "body", ProblemKind.BODY),
        ("POST", NA + REPORTS, TOKEN, "reportType=X", "body", ProblemKind.BODY),
        ("POST", NA + REPORTS, TOKEN, "{", "body", ProblemKind.BODY),
        ("POST", NA + REPORTS, TOKEN, [REPORT], "createReport", ProblemKind.TYPE),
        ("POST", NA + REPORTS, {**TOKEN, "Content-Type": "text/plain"}, REPORT, "Content-Type", ProblemKind.HEADER),
        (
            "POST",
            NA + REPORTS,
            TOKEN,
            '{"reportType": 5, "marketplaceIds": ["' + US + '"]}',
            "reportType",
            ProblemKind.TYPE,
        ),
        (
            "GET",
            NA + ORDERS + "&createdBefore=2026-11-02T00:00:00+01:00",
            TOKEN,
            None,
            "createdBefore",
            ProblemKind.FORMAT,
        ),
        ("GET", "https://[", TOKEN, None, "url", ProblemKind.PATH),
        (
            "GET",
            NA + SCENARIOS,
            TOKEN,
            None,
            "url",
            ProblemKind.HOST,
        ),
    ],
)
def test_a_problem(method: str, url: str, headers: Any, body: Any, parameter: str, kind: ProblemKind) -> None:
    found = [each for each in check(method, url, headers, body) if each.kind is kind]
    (problem,) = found
    assert problem.problem.endswith((".", "?"))
    if kind is not ProblemKind.TYPE or not isinstance(body, list):
        assert problem.parameter == parameter


def test_a_clean_call_is_clean_with_and_without_host_and_headers() -> None:
    for url in (NA + ORDERS, ORDERS, "http://127.0.0.1:8080/na" + ORDERS, "http://localhost:1" + ORDERS):
        assert check("GET", url) == []
        assert check("GET", url, None) == []
    assert check("POST", NA + REPORTS, {**TOKEN, "content-type": "application/json; charset=utf-8"}, REPORT) == []
    assert check("POST", NA + REPORTS, TOKEN, msgspec.json.encode(REPORT)) == []


def test_nothing_else_is_told_of_a_body_that_cannot_be_read() -> None:
    assert only("POST", NA + REPORTS, TOKEN, "reportType=X").problem == "The body is a form's fields."


def test_a_body_sent_in_the_query() -> None:
    found = check("POST", NA + REPORTS + f"?reportType=X&marketplaceIds={US}")
    assert [(each.parameter, each.kind) for each in found] == [
        ("reportType", ProblemKind.PLACE),
        ("marketplaceIds", ProblemKind.PLACE),
        ("reportType", ProblemKind.MISSING),
        ("marketplaceIds", ProblemKind.MISSING),
    ]


def test_what_is_right_is_named() -> None:
    assert only("GET", EU + ORDERS).allowed.startswith("sellingpartnerapi-na.amazon.com")
    version = only("GET", NA + ORDERS.replace("2026-01-01", "2025-01-01"))
    assert version.allowed == "GET /orders/2026-01-01/orders"
    assert "2025-01-01" in version.problem
    near = only("GET", NA + "/orders/2026-01-01/order")
    assert "GET /orders/2026-01-01/orders" in near.allowed
    assert only("DELETE", NA + ORDERS).allowed == "GET"
    assert "%2F" in only("GET", NA + f"/listings/2021-08-01/items/A1SELLER/a/b?marketplaceIds={US}").problem
    gone = only("POST", NA + "/reports/2020-09-04/reports", TOKEN, REPORT)
    assert "2024-06-27" in gone.problem
    assert gone.allowed == "reports-2021-06-30"


def test_a_removed_operation_is_no_note_after_its_day() -> None:
    url = NA + f"/catalog/v0/categories?MarketplaceId={US}&ASIN=B07XJ8C8F5"
    assert only("GET", url).kind is ProblemKind.REMOVED
    before = check_call("GET", url, TOKEN, now=datetime(2026, 8, 25, tzinfo=UTC))
    assert [each.kind for each in before] == [ProblemKind.DEPRECATED]
    assert "2026-08-26" in before[0].problem


def test_the_sandbox_knows_its_samples_alone() -> None:
    other = f"{SANDBOX}/orders/v0/orders?MarketplaceIds={US}&CreatedAfter=2026-11-01T00:00:00Z"
    notes = [each for each in check_call("GET", other, TOKEN, now=NOW) if each.kind is ProblemKind.SANDBOX]
    assert len(notes) == 1
    assert "TEST_CASE_200" in notes[0].allowed
    sample = f"{SANDBOX}/orders/v0/orders?MarketplaceIds={US}&CreatedAfter=TEST_CASE_200"
    assert ProblemKind.SANDBOX not in [each.kind for each in check_call("GET", sample, TOKEN, now=NOW)]
    assert check_call("GET", sample.replace("sandbox.", ""), TOKEN, now=NOW) != []


def test_the_call_for_a_token_is_none_of_sp_apis() -> None:
    assert check("POST", "https://api.amazon.com/auth/o2/token", {}, "grant_type=refresh_token") == []
