"""The token endpoint: each answer with its exact status, words and headers.

The ids of the cases tell where each is known from.
"""

from __future__ import annotations

import json
import re

import httpx
import pytest

from sptui.spapi.regions import LWA_URL

from .amazon import CLIENT_ID, CLIENT_SECRET, EXPIRED_ID, EXPIRED_SECRET, NARROW_ID, NARROW_SECRET, Amazon

SELLER = {
    "grant_type": "refresh_token",
    "refresh_token": "Atzr|north",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
}
GRANTLESS = {
    "grant_type": "client_credentials",
    "scope": "sellingpartnerapi::notifications",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
}


async def test_a_sellers_token(amazon: Amazon) -> None:
    answer = await amazon.lwa(**SELLER)
    data = answer.json()
    assert answer.status_code == 200
    assert data.pop("access_token").startswith("Atza|")
    assert data == {"refresh_token": "Atzr|north", "token_type": "bearer", "expires_in": 3600}
    assert answer.headers["content-type"] == "application/json"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.headers["x-amzn-RequestId"])
    assert re.fullmatch(r"[A-Z0-9]{20}", answer.headers["x-amz-rid"])
    assert "no-cache" in answer.headers["cache-control"]
    assert "x-amzn-errortype" not in answer.headers


async def test_a_grantless_token(amazon: Amazon) -> None:
    data = (await amazon.lwa(**GRANTLESS)).json()
    assert data.pop("access_token").startswith("Atc|")
    assert data == {"scope": "sellingpartnerapi::notifications", "token_type": "bearer", "expires_in": 3600}


async def test_json_works_too(amazon: Amazon) -> None:
    answer = await amazon.http.post(LWA_URL, json=SELLER)
    assert (answer.status_code, answer.json()["expires_in"]) == (200, 3600)


async def test_every_token_is_a_new_one(amazon: Amazon) -> None:
    assert await amazon.token() != await amazon.token()


async def test_an_expired_client_secret_still_gets_a_token(amazon: Amazon) -> None:
    answer = await amazon.lwa(
        **{**SELLER, "refresh_token": "Atzr|secret", "client_id": EXPIRED_ID, "client_secret": EXPIRED_SECRET}
    )
    assert answer.status_code == 200


REVOKED = (
    "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission."
)
MISSING = "The request is missing a required parameter : "


@pytest.mark.parametrize(
    ("form", "status", "error", "description", "type_"),
    [
        ({**SELLER, "client_secret": "other"}, 401, "invalid_client", "Client authentication failed", "InvalidClient"),
        ({**SELLER, "client_id": "unknown"}, 401, "invalid_client", "Client authentication failed", "InvalidClient"),
        ({**SELLER, "refresh_token": "Atzr|revoked"}, 400, "invalid_grant", REVOKED, "InvalidGrant"),
        ({**SELLER, "refresh_token": "Atzr|lapsed"}, 400, "invalid_grant", REVOKED, "InvalidGrant"),
        (
            {**SELLER, "refresh_token": "Atzr|nobody"},
            400,
            "invalid_grant",
            "The request has an invalid grant parameter : refresh_token",
            "InvalidGrant",
        ),
        (
            {**SELLER, "client_id": NARROW_ID, "client_secret": NARROW_SECRET},
            400,
            "unauthorized_client",
            "Not authorized for requested operation",
            "UnauthorizedClient",
        ),
        (
            {**GRANTLESS, "scope": "SCOPE_NOTIFICATIONS_API"},
            400,
            "invalid_scope",
            "The request has an invalid parameter : scope",
            "InvalidScope",
        ),
        (
            {**GRANTLESS, "scope": "sellingpartnerapi::migration"},
            400,
            "invalid_scope",
            "The request has an invalid parameter : scope",
            "InvalidScope",
        ),
        (
            {**SELLER, "grant_type": "refresh"},
            400,
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server",
            "UnsupportedGrantType",
        ),
        ({**SELLER, "refresh_token": ""}, 400, "invalid_request", MISSING + "refresh_token", "InvalidRequest"),
        ({**SELLER, "client_id": ""}, 400, "invalid_request", MISSING + "client_id", "InvalidRequest"),
        ({**SELLER, "client_secret": ""}, 400, "invalid_request", MISSING + "client_secret", "InvalidRequest"),
        ({**GRANTLESS, "scope": ""}, 400, "invalid_request", MISSING + "scope", "InvalidRequest"),
        (
            {**SELLER, "grant_type": "authorization_code", "code": "ANabc"},
            400,
            "invalid_grant",
            "The request has an invalid grant parameter : code",
            "InvalidGrant",
        ),
        (
            {**SELLER, "grant_type": "authorization_code", "code": "no code"},
            400,
            "invalid_request",
            "The request has an invalid parameter : code",
            "InvalidRequest",
        ),
        (
            {**SELLER, "grant_type": "authorization_code"},
            400,
            "invalid_request",
            MISSING + "code",
            "InvalidRequest",
        ),
    ],
    ids=[
        "docs#3030 wrong secret",
        "docs#1447 unknown client",
        "docs#2379 revoked",
        "docs#2723 lapsed",
        "docs#268 foreign token",
        "docs#1447 token of another application",
        "docs#622 constant for a scope",
        "deprecations removed scope",
        "VCR 2024-09 grant type",
        "peddler no refresh token",
        "peddler no client id",
        "peddler no client secret",
        "peddler no scope",
        "docs#2527 code too old",
        "amazon-sp-api tests malformed code",
        "peddler no code",
    ],
)
async def test_refusals(
    amazon: Amazon, form: dict[str, str], status: int, error: str, description: str, type_: str
) -> None:
    _expect(await amazon.lwa(**form), status, error, description, type_)


async def test_json_under_the_header_of_a_form(amazon: Amazon) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"}
    answer = await amazon.http.post(LWA_URL, content=json.dumps(SELLER), headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


async def test_a_form_under_the_header_of_json(amazon: Amazon) -> None:
    headers = {"content-type": "application/json"}
    answer = await amazon.http.post(LWA_URL, content="grant_type=refresh_token", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


async def test_parameters_in_the_address_break_lwa(amazon: Amazon) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await amazon.http.post(LWA_URL, params=SELLER, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")


async def test_another_content_type_breaks_lwa(amazon: Amazon) -> None:
    answer = await amazon.http.post(LWA_URL, content="grant_type=refresh_token", headers={"content-type": "text/plain"})
    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")


async def test_what_a_token_is(amazon: Amazon) -> None:
    token = await amazon.token()
    amazon.clock.advance(600)
    url = "https://api.amazon.com/auth/o2/tokeninfo"
    data = (await amazon.http.get(url, params={"access_token": token})).json()
    assert (data["aud"], data["exp"]) == (CLIENT_ID, 3000)
    amazon.clock.advance(3000)
    for each in (token, "Atza|other"):
        answer = await amazon.http.get(url, params={"access_token": each})
        _expect(answer, 400, "invalid_token", "The request has an invalid parameter : access_token", "InvalidToken")


async def test_another_path_of_the_host(amazon: Amazon) -> None:
    answer = await amazon.http.get("https://api.amazon.com/user/profile")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html")


def _expect(answer: httpx.Response, status: int, error: str, description: str, type_: str) -> None:
    data = answer.json()
    assert (answer.status_code, data["error"], data["error_description"]) == (status, error, description)
    assert data["request_id"] == answer.headers["x-amzn-RequestId"]
    assert answer.headers["x-amzn-ErrorType"].partition(":")[0] == f"OA2{type_}Exception"
    assert "://internal.amazon.com/" in answer.headers["x-amzn-ErrorType"]
    assert "errors" not in data
