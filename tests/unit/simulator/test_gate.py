"""Who is let in: every 403, and what tells it from the others."""

from __future__ import annotations

import re

import httpx
import msgspec
import pytest

from sptui.spapi.regions import Region

from .amazon import NARROW_ID, US, Amazon, error_of

DENIED = "Access to requested resource is denied."
ORDERS = {"MarketplaceIds": [US], "CreatedAfter": "2026-11-01T00:00:00Z"}


def _expect_denied(answer: httpx.Response, details: str) -> None:
    assert answer.status_code == 403
    assert error_of(answer) == {"code": "Unauthorized", "message": DENIED, "details": details}
    assert answer.headers["x-amzn-ErrorType"] == "AccessDeniedException"
    assert "x-amzn-RateLimit-Limit" not in answer.headers
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.headers["x-amzn-RequestId"])


async def test_a_valid_token_passes(amazon: Amazon) -> None:
    assert (await amazon.call("getMarketplaceParticipations")).status_code == 200


async def test_no_token(amazon: Amazon) -> None:
    _expect_denied(await amazon.call("getOrders", ORDERS, token=""), "Access token is missing in the request header.")


@pytest.mark.parametrize("token", ["Atza|cut", "Atzr|north", "Bearer {}", '"{}"', "x"])
async def test_what_is_no_access_token(amazon: Amazon, token: str) -> None:
    answer = await amazon.call("getOrders", ORDERS, token=token.format(await amazon.token()))
    _expect_denied(answer, "The access token you provided is revoked, malformed or invalid.")


async def test_a_token_lives_an_hour(amazon: Amazon) -> None:
    token = await amazon.token()
    amazon.clock.advance(3599)
    assert (await amazon.call("getMarketplaceParticipations", token=token)).status_code == 200
    amazon.clock.advance(1)
    answer = await amazon.call("getMarketplaceParticipations", token=token)
    _expect_denied(answer, "The access token you provided has expired.")


async def test_an_expired_client_secret_stops_every_call(amazon: Amazon) -> None:
    token = await amazon.token("Atzr|secret")
    for operation in ("getMarketplaceParticipations", "createFeedDocument"):
        answer = await amazon.call(operation, token=token)
        _expect_denied(answer, "The LWA secret token you provided has expired.")


async def test_an_authorization_revoked_after_the_token_was_given(amazon: Amazon) -> None:
    token = await amazon.token()
    world = amazon.simulator.world
    first, *others = world.sellers
    revoked = msgspec.structs.replace(first, authorization="revoked")
    amazon.simulator.replace_world(msgspec.structs.replace(world, sellers=(revoked, *others)))
    answer = await amazon.call("getMarketplaceParticipations", token=token)
    _expect_denied(answer, "The access token you provided is revoked, malformed or invalid.")


async def test_a_grantless_token_for_a_sellers_operation(amazon: Amazon) -> None:
    _expect_denied(await amazon.call("getOrders", ORDERS, token=await amazon.grantless_token()), "")


async def test_a_sellers_token_for_a_grantless_operation(amazon: Amazon) -> None:
    _expect_denied(await amazon.call("getDestinations"), "")


async def test_a_grantless_token_of_another_scope(amazon: Amazon) -> None:
    token = await amazon.grantless_token("sellingpartnerapi::client_credential:rotation")
    _expect_denied(await amazon.call("getDestinations", token=token), "")


async def test_a_grantless_token_serves_every_region(amazon: Amazon) -> None:
    token = await amazon.grantless_token()
    for region in Region:
        assert (await amazon.call("getDestinations", token=token, region=region)).json() == {"payload": []}


async def test_the_token_of_another_region(amazon: Amazon) -> None:
    _expect_denied(await amazon.call("getMarketplaceParticipations", region=Region.EU), "")


async def test_a_role_that_the_application_lacks(amazon: Amazon) -> None:
    token = await amazon.token("Atzr|narrow")
    values = {"marketplaceIds": [US], "keywords": ["lamp"]}
    _expect_denied(await amazon.call("searchCatalogItems", values, token=token), "")
    assert (await amazon.call("getOrders", ORDERS, token=token)).status_code == 200


async def test_a_role_that_holds_in_the_far_east_only(amazon: Amazon) -> None:
    _expect_denied(await amazon.call("getMarketplaceParticipations", token=await amazon.token("Atzr|narrow")), "")
    answer = await amazon.call(
        "getMarketplaceParticipations", token=await amazon.token("Atzr|narrow-fe"), region=Region.FE
    )
    assert answer.status_code == 200


async def test_a_role_added_after_the_seller_authorized(amazon: Amazon) -> None:
    token = await amazon.token("Atzr|old-role")
    values = {"marketplaceIds": [US], "keywords": ["lamp"]}
    _expect_denied(await amazon.call("searchCatalogItems", values, token=token), "")
    assert (await amazon.call("searchCatalogItems", values)).status_code == 200


async def test_the_performance_report_needs_its_own_role(amazon: Amazon) -> None:
    token = await amazon.token("Atzr|narrow")
    values = {"reportType": "GET_V2_SELLER_PERFORMANCE_REPORT", "marketplaceIds": [US]}
    _expect_denied(await amazon.call("createReport", values, token=token), "")
    values["reportType"] = "GET_MERCHANT_LISTINGS_ALL_DATA"
    assert (await amazon.call("createReport", values, token=token)).status_code == 202


async def test_a_role_that_the_application_lost_does_not_count(amazon: Amazon) -> None:
    world = amazon.simulator.world
    sellers = tuple(
        msgspec.structs.replace(each, roles_when_authorized=("Product Listing",))
        if each.application == NARROW_ID
        else each
        for each in world.sellers
    )
    amazon.simulator.replace_world(msgspec.structs.replace(world, sellers=sellers))
    token = await amazon.token("Atzr|narrow")
    values = {"marketplaceIds": [US], "keywords": ["lamp"]}
    _expect_denied(await amazon.call("searchCatalogItems", values, token=token), "")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/orders/v0/order"),
        ("POST", "/reports/2020-09-04/reports"),
        ("DELETE", "/orders/v0/orders"),
        ("POST", "/auth/o2/token"),
        ("OPTIONS", "/orders/v0/orders"),
    ],
)
async def test_an_unknown_path(amazon: Amazon, method: str, path: str) -> None:
    headers = {"x-amz-access-token": await amazon.token()}
    answer = await amazon.http.request(method, f"https://{Region.NA.host}{path}", headers=headers)
    assert answer.status_code == 403
    assert error_of(answer) == {"code": "MissingAuthenticationToken", "message": DENIED, "details": ""}
    assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


async def test_the_bare_host(amazon: Amazon) -> None:
    answer = await amazon.http.post(f"https://{Region.NA.host}/")
    assert (answer.status_code, answer.content) == (403, b"")
    assert "content-type" not in answer.headers
    assert "x-amzn-requestid" not in answer.headers


async def test_a_header_that_is_too_long(amazon: Amazon) -> None:
    answer = await amazon.call("getOrders", ORDERS, token="Atza|" + "x" * 9000)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html")
    assert b"Size of a request header field exceeds server limit" in answer.content
