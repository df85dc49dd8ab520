"""What Login with Amazon answers, good and bad: always a Call of stage LWA, never an exception."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.spapi.answers import BodyKind
from sptui.spapi.calls import Call, Stage

from .wire import PARTICIPATIONS, Wire, json_response

REFUSALS = [
    (401, "invalid_client", "Client authentication failed"),
    (400, "invalid_grant",
     "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant it."),
    (400, "unauthorized_client", "Not authorized for requested operation"),
    (400, "invalid_scope", "The request has an invalid parameter : scope"),
    (400, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server"),
    (400, "invalid_request", "The request is missing a required parameter : refresh_token"),
    (500, "server_error", ""),
    (503, "temporarily_unavailable", "Try again"),
]  # fmt: skip


async def refused(wire: Wire, *answers: httpx.Response) -> Call:
    """The call that a refusal of the token becomes; it is the token request, and nothing went to the API."""
    wire.amazon.lwa.extend(answers)
    call = await wire.send(PARTICIPATIONS)
    assert call.stage is Stage.LWA
    assert not call.ok
    assert (call.request.method, call.request.url) == ("POST", "https://api.amazon.com/auth/o2/token")
    assert not wire.amazon.calls
    return call


@pytest.mark.parametrize(("status", "code", "description"), REFUSALS, ids=[code for _, code, _ in REFUSALS])
async def test_a_refusal_is_told_in_its_own_words(wire: Wire, status: int, code: str, description: str) -> None:
    body = {"error_description": description, "error": code, "error_index": "x", "request_id": "1"}
    call = await refused(
        wire, *(json_response(body, status, x_amzn_RequestId="r", x_amzn_ErrorType="OA2E:http://i") for _ in range(3))
    )
    assert call.answer is not None
    assert (call.answer.code, call.answer.message) == (code, description)
    assert call.answer.lwa_error is not None
    assert (call.answer.request_id, call.answer.error_type) == ("r", "OA2E")
    record = wire.records[-1]
    assert (record.stage, record.status, record.code, record.message) == ("lwa", status, code, description)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(503, html="<html><body>503 Service Temporarily Unavailable</body></html>"), BodyKind.HTML),
        (httpx.Response(500), BodyKind.EMPTY),
        (httpx.Response(400, content=b'{"error": "invalid_gr'), BodyKind.BROKEN_JSON),
        (httpx.Response(400, content=b"\xff\xfe{\x00"), BodyKind.BINARY),
        (httpx.Response(404, text="Not here"), BodyKind.TEXT),
        (httpx.Response(400, content=b"[" * 100_000), BodyKind.BROKEN_JSON),
    ],
    ids=["page", "empty", "cut", "binary", "text", "deep"],
)
async def test_other_bodies_are_kept_with_their_kind(wire: Wire, answer: httpx.Response, kind: BodyKind) -> None:
    call = await refused(wire, answer, answer, answer)
    assert call.answer is not None
    assert call.answer.kind is kind
    assert call.answer.text == ("" if kind is BodyKind.BINARY else answer.text)


@pytest.mark.parametrize(
    "body",
    [{}, [], "token", None, 7, {"access_token": None}, {"access_token": ""}, {"access_token": 7}, {"token": "Atza|x"},
     {"access_token": "two words"}, {"access_token": "Atza|ü"}],
    ids=repr,
)  # fmt: skip
async def test_200_without_a_token_is_no_success(wire: Wire, body: Any) -> None:
    call = await refused(wire, httpx.Response(200, content=json.dumps(body)))
    assert call.failure is not None
    assert call.failure.kind == "unreadable"
    assert call.failure.message == "Login with Amazon answered 200 without an access token."
    assert [record.status for record in wire.records] == [200]


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"access_token":"Atza|x","expires_in":3600}',
        b'  \r\n{ "expires_in" : "3600",\n"token_type":"bearer", "access_token" : "Atza|x" }\n',
        b'{"access_token":"Atza|x","note":"caf\xe9"}',
        b'{"access_token":"old","access_token":"Atza|x"}',
    ],
    ids=["BOM", "spaced", "latin-1", "twice"],
)
async def test_an_odd_answer_with_a_token_is_good(wire: Wire, body: bytes) -> None:
    wire.amazon.lwa.append(httpx.Response(200, content=body))
    assert (await wire.send(PARTICIPATIONS)).ok
    assert wire.amazon.calls[0].headers["x-amz-access-token"] == "Atza|x"


@given(
    status=st.integers(200, 599), body=st.binary(max_size=200), content_type=st.sampled_from(["", "application/json"])
)
async def test_whatever_comes_back_nothing_is_raised(status: int, body: bytes, content_type: str) -> None:
    wire = Wire()
    wire.amazon.lwa.extend(
        httpx.Response(status, content=body, headers={"content-type": content_type}) for _ in range(3)
    )
    call = await wire.send(PARTICIPATIONS)
    assert call.stage in (Stage.LWA, Stage.API)
    await wire.client.aclose()
