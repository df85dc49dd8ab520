"""Planted secrets, looked for in everything that a call leaves behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sptui.spapi.calls import Call
from sptui.spapi.redaction import MASK
from sptui.spapi.requests import ApiRequest

from .wire import (
    ACCESS_TOKEN,
    CLIENT_SECRET,
    CREATE_REPORT,
    NORTHWIND,
    PARTICIPATIONS,
    REFRESH_TOKEN,
    Credentials,
    Held,
    Scripted,
    Wire,
    assert_no_canary,
    expired,
    json_response,
    request_of,
)

ODD_TOKEN = "no-prefix-CANARY/+=~token\\\"'"
SENT_TO_LWA = {"refresh token": REFRESH_TOKEN, "client secret": CLIENT_SECRET}

ECHOES: dict[str, Callable[[str], httpx.Response]] = {
    "message": lambda secret: json_response({"errors": [{"code": "X", "message": f"Bad token {secret}."}]}, 400),
    "details": lambda secret: json_response({"errors": [{"code": "X", "message": "m", "details": secret}]}, 403),
    "code": lambda secret: json_response({"errors": [{"code": secret, "message": "m"}]}, 403),
    "field name": lambda secret: json_response({secret: 1, "errors": [{"code": "X"}]}, 400),
    "bare": lambda secret: httpx.Response(400, text=secret),
    "page": lambda secret: httpx.Response(
        400, html=f"<html>The header x-amz-access-token: {secret} is too long</html>"
    ),
    "xml": lambda secret: httpx.Response(400, text=f"<Error><Code>{secret}</Code><Message>{secret}</Message></Error>"),
    "percent-encoded": lambda secret: httpx.Response(400, text=f"token%3D{quote(secret, safe='')}%26x%3D1"),
    "in json in json": lambda secret: json_response({"message": json.dumps({"got": secret})}, 400),
    "slashes escaped": lambda secret: httpx.Response(
        400, content=json.dumps({"errors": [{"code": "X", "message": secret}]}).replace("/", "\\/").encode()
    ),
    "letters escaped": lambda secret: httpx.Response(
        400, content=json.dumps({"errors": [{"message": secret}]}).replace("C", "\\u0043").encode()
    ),
    "header": lambda secret: httpx.Response(400, headers={"x-echo": secret, "set-cookie": f"t={secret}"}),
    "good answer": lambda secret: json_response({"payload": {"token": secret, "more": [{"deep": secret}]}}),
    "broken json": lambda secret: httpx.Response(400, content=f'{{"got": {json.dumps(secret)}'.encode()),
}


def check(wire: Wire, *calls: Call) -> None:
    assert_no_canary(*calls, *wire.records)
    for call in calls:
        if call.answer is not None:
            assert_no_canary(
                call.answer.text, call.answer.data, call.answer.headers, *call.answer.errors, call.answer.lwa_error
            )


@pytest.mark.parametrize("echo", ECHOES.values(), ids=list(ECHOES))
@pytest.mark.parametrize("token", [ACCESS_TOKEN, ODD_TOKEN], ids=["usual", "odd"])
async def test_an_access_token_that_amazon_sends_back(
    wire: Wire, token: str, echo: Callable[[str], httpx.Response]
) -> None:
    wire.amazon.lwa.append(json_response({"access_token": token, "expires_in": 3600}))
    wire.amazon.api.append(echo(token))
    check(wire, await wire.send(PARTICIPATIONS))
    assert wire.amazon.calls[0].headers["x-amz-access-token"] == token  # it was sent nevertheless


@pytest.mark.parametrize("echo", ECHOES.values(), ids=list(ECHOES))
@pytest.mark.parametrize("secret", SENT_TO_LWA.values(), ids=list(SENT_TO_LWA))
async def test_a_secret_that_lwa_sends_back(wire: Wire, secret: str, echo: Callable[[str], httpx.Response]) -> None:
    wire.amazon.lwa.append(echo(secret))
    check(wire, await wire.client.refresh_token(NORTHWIND), await wire.send(PARTICIPATIONS))


@pytest.mark.parametrize("token", [ACCESS_TOKEN, ODD_TOKEN, "Atza|CANARY,with;odd)ends}"])
async def test_the_good_answer_of_lwa_keeps_its_form_without_its_tokens(wire: Wire, token: str) -> None:
    body = {"access_token": token, "token_type": "bearer", "expires_in": 3600, "refresh_token": REFRESH_TOKEN}
    wire.amazon.lwa.append(json_response(body))
    call = await wire.client.refresh_token(NORTHWIND)
    check(wire, call)
    assert call.answer is not None
    shown = json.loads(call.answer.text)
    assert shown["expires_in"] == 3600
    assert shown["refresh_token"] == f"Atzr|{MASK}"
    assert shown["access_token"] in (MASK, f"Atza|{MASK}")
    assert call.answer.data is None


async def test_the_token_request_shows_its_form_without_its_secrets(wire: Wire) -> None:
    call = await wire.client.refresh_token(NORTHWIND)
    check(wire, call)
    assert call.request.body == {
        "grant_type": "refresh_token",
        "refresh_token": f"Atzr|{MASK}",
        "client_id": NORTHWIND.application,
        "client_secret": MASK,
    }


FAILURES: list[Scripted] = [
    httpx.LocalProtocolError(f"Illegal header value b'{ACCESS_TOKEN}'"),
    httpx.ConnectError(f"https://x/?access_token={ODD_TOKEN}"),
    httpx.ReadTimeout(ACCESS_TOKEN),
    OSError(5, ACCESS_TOKEN),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda each: type(each).__name__)
async def test_errors_of_the_network_that_quote_the_token(wire: Wire, failure: Scripted) -> None:
    wire.amazon.api.append(failure)
    check(wire, await wire.send(PARTICIPATIONS, retry=False))


async def test_errors_of_the_network_that_quote_the_client_secret(wire: Wire) -> None:
    wire.amazon.lwa.extend(httpx.WriteError(f"while sending {CLIENT_SECRET}") for _ in range(3))
    check(wire, await wire.send(PARTICIPATIONS))


async def test_tokens_typed_into_a_request_are_sent_but_not_kept(wire: Wire) -> None:
    query = request_of("getReports", nextToken=REFRESH_TOKEN, reportTypes=[ACCESS_TOKEN])
    body = ApiRequest(CREATE_REPORT.operation, "/x", body={"client_secret": CLIENT_SECRET, "list": [REFRESH_TOKEN]})
    header = ApiRequest(PARTICIPATIONS.operation, "/x", headers={"authorization": "Bearer CANARY"})
    for request in (query, body, header):
        check(wire, await wire.send(request))
    assert b"CANARY" in wire.amazon.calls[0].url.raw_path
    assert b"CANARY" in wire.amazon.calls[1].content


async def test_a_pre_signed_address_serves_the_next_call_and_shows_nowhere_else(wire: Wire) -> None:
    url = "https://tortuga-prod-na.s3.amazonaws.com/doc?X-Amz-Credential=CANARY%2F1&X-Amz-Signature=CANARYsignature"
    wire.amazon.api.append(json_response({"reportDocumentId": "1", "url": url}))
    call = await wire.send(request_of("getReportDocument", reportDocumentId="1"))
    assert call.answer is not None
    assert call.answer.data["url"] == url
    for text in (repr(call), repr(call.answer), call.answer.text, repr(call.answer.__rich_repr__()), call.summary):
        assert "CANARY" not in text
    assert_no_canary(*wire.records)
    wire.amazon.api.append(httpx.ReadError(f"broken while reading {url}"))
    downloaded, _ = await wire.client.download(url, NORTHWIND)
    check(wire, downloaded)


async def test_a_restricted_data_token_in_an_answer_is_masked(wire: Wire) -> None:
    wire.amazon.api.append(json_response({"restrictedDataToken": "Atz.sprdt|CANARY", "expiresIn": 3600}))
    call = await wire.send(CREATE_REPORT)
    check(wire, call)
    assert call.answer is not None
    assert call.answer.data == {"restrictedDataToken": f"Atz.sprdt|{MASK}", "expiresIn": 3600}


async def test_what_is_raised_when_cancelled_holds_no_secret(wire: Wire) -> None:
    held = Held()
    wire.amazon.lwa.append(held)
    sending = asyncio.create_task(wire.client.send(PARTICIPATIONS, NORTHWIND))
    await held.started.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError) as raised:
        await sending
    assert_no_canary(raised.value, *wire.records)
    held.release.set()


async def test_the_client_itself_prints_no_secret(wire: Wire) -> None:
    await wire.send(PARTICIPATIONS)
    client: Any = wire.client
    assert_no_canary(client, client._tokens, client._tokens._tokens, wire.credentials, client._plans)


async def test_retries_leave_no_secret(wire: Wire) -> None:
    wire.amazon.api.extend([expired(), httpx.Response(503, text=ACCESS_TOKEN)])
    check(wire, await wire.send(PARTICIPATIONS))


PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=30)


@example(before="0\\", after="0", how="page")  # a field's value, as far as it is told, ends before the token does
@given(before=PRINTABLE, after=PRINTABLE, how=st.sampled_from(sorted(set(ECHOES) - {"letters escaped"})))
async def test_whatever_a_token_is_made_of(before: str, after: str, how: str) -> None:
    """A token of any characters, sent back in any of the ways above."""
    token = f"{before}-CANARY-{after}"
    wire = Wire(Credentials(client_secret=f"secret-CANARY-{after}-secret"))
    wire.amazon.lwa.append(json_response({"access_token": token, "expires_in": 3600}))
    wire.amazon.api.append(ECHOES[how](token))
    call = await wire.send(PARTICIPATIONS, retry=False)
    assert call.stage == "api"
    check(wire, call)
    await wire.client.aclose()
