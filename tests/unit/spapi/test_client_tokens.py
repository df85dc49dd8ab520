"""Access tokens: fetched once, shared, renewed in time, replaced once where Amazon says that they are too old."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs

import httpx
import pytest

from sptui.spapi.authorization import CredentialError
from sptui.spapi.calls import Stage
from sptui.spapi.redaction import Secret

from .wire import (
    CLIENT_SECRET,
    CREATE_REPORT,
    DESTINATIONS,
    HERON,
    NORTHWIND,
    NORTHWIND_EU,
    OTHER_APPLICATION,
    PARTICIPATIONS,
    REFRESH_TOKEN,
    Credentials,
    Held,
    Wire,
    error,
    expired,
    json_response,
    request_of,
)

REPORT = request_of("getReport", reportId="1")


def form_of(request: httpx.Request) -> dict[str, list[str]]:
    return parse_qs(request.content.decode(), strict_parsing=True)


async def test_a_token_request_is_a_form_in_the_body(wire: Wire) -> None:
    assert (await wire.send(PARTICIPATIONS)).ok
    (request,) = wire.amazon.token_requests
    assert (request.method, str(request.url)) == ("POST", "https://api.amazon.com/auth/o2/token")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded;charset=UTF-8"
    assert form_of(request) == {
        "grant_type": ["refresh_token"],
        "refresh_token": [REFRESH_TOKEN],
        "client_id": [NORTHWIND.application],
        "client_secret": [CLIENT_SECRET],
    }


async def test_many_calls_at_once_fetch_one_token(wire: Wire) -> None:
    held = Held(json_response({"access_token": "Atza|one#1", "expires_in": 3600}))
    wire.amazon.lwa.append(held)
    sending = [asyncio.create_task(wire.client.send(REPORT, NORTHWIND)) for _ in range(15)]
    await wire.clock.settle()
    assert len(wire.amazon.token_requests) == 1
    assert not wire.amazon.calls
    held.release.set()
    calls = await asyncio.gather(*sending)
    assert all(call.ok for call in calls)
    assert len(wire.amazon.token_requests) == 1
    assert wire.amazon.tokens_used == ["1"] * 15


async def test_a_token_serves_until_five_minutes_before_its_end(wire: Wire) -> None:
    await wire.send(REPORT)
    await wire.clock.advance(3299)
    await wire.send(REPORT)
    assert wire.amazon.tokens_used == ["1", "1"]
    await wire.clock.advance(1)
    await wire.send(REPORT)
    assert wire.amazon.tokens_used == ["1", "1", "2"]


@pytest.mark.parametrize("life", [600, "600", 600.0])
async def test_the_life_may_be_a_number_or_a_string(wire: Wire, life: object) -> None:
    wire.amazon.token_life = life
    await wire.send(REPORT)
    await wire.clock.advance(299)
    await wire.send(REPORT)
    await wire.clock.advance(1)
    await wire.send(REPORT)
    assert wire.amazon.tokens_used == ["1", "1", "2"]


@pytest.mark.parametrize("life", [None, "soon", [], "inf", "nan", {"a": 1}])
async def test_a_life_that_makes_no_sense_counts_as_an_hour(wire: Wire, life: object) -> None:
    wire.amazon.token_life = life
    await wire.send(REPORT)
    await wire.clock.advance(3200)
    await wire.send(REPORT)
    await wire.clock.advance(200)
    await wire.send(REPORT)
    assert wire.amazon.tokens_used == ["1", "1", "2"]


async def test_each_authorization_and_application_has_its_own_token(wire: Wire) -> None:
    for who in (NORTHWIND, NORTHWIND_EU, HERON, OTHER_APPLICATION, NORTHWIND):
        assert (await wire.send(REPORT, who)).ok
    assert wire.amazon.tokens_used == ["1", "2", "3", "4", "1"]


async def test_grantless_tokens_belong_to_application_and_scope(wire: Wire) -> None:
    for who in (NORTHWIND, HERON, NORTHWIND_EU):
        assert (await wire.send(DESTINATIONS, who)).ok
    assert len(wire.amazon.token_requests) == 1
    assert form_of(wire.amazon.token_requests[0]) == {
        "grant_type": ["client_credentials"],
        "scope": ["sellingpartnerapi::notifications"],
        "client_id": [NORTHWIND.application],
        "client_secret": [CLIENT_SECRET],
    }
    await wire.send(DESTINATIONS, OTHER_APPLICATION)
    assert len(wire.amazon.token_requests) == 2
    await wire.send(REPORT)  # the seller's token is another
    assert len(wire.amazon.token_requests) == 3


async def test_one_who_stops_waiting_does_not_take_the_token_from_the_others(wire: Wire) -> None:
    held = Held(json_response({"access_token": "Atza|one#1", "expires_in": 3600}))
    wire.amazon.lwa.append(held)
    first, second = (asyncio.create_task(wire.client.send(REPORT, NORTHWIND)) for _ in range(2))
    await held.started.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    held.release.set()
    assert (await second).ok
    assert len(wire.amazon.token_requests) == 1


async def test_when_all_stop_waiting_the_token_is_kept_for_the_next(wire: Wire) -> None:
    held = Held(json_response({"access_token": "Atza|one#1", "expires_in": 3600}))
    wire.amazon.lwa.append(held)
    only = asyncio.create_task(wire.client.send(REPORT, NORTHWIND))
    await held.started.wait()
    only.cancel()
    await asyncio.gather(only, return_exceptions=True)
    held.release.set()
    await wire.clock.settle()
    assert (await wire.send(REPORT)).ok
    assert len(wire.amazon.token_requests) == 1


async def test_a_refusal_reaches_all_who_wait_and_is_asked_for_again_by_the_next(wire: Wire) -> None:
    wire.amazon.lwa.append(json_response({"error": "invalid_grant", "error_description": "revoked"}, 400))
    calls = await asyncio.gather(*(wire.client.send(REPORT, NORTHWIND) for _ in range(5)))
    assert [call.stage for call in calls] == [Stage.LWA] * 5
    assert {call.summary for call in calls} == {"400 invalid_grant: revoked"}
    assert len(wire.amazon.token_requests) == 1
    assert not wire.amazon.calls
    assert (await wire.send(REPORT)).ok


async def test_an_expired_token_is_replaced_once_for_a_get(wire: Wire) -> None:
    wire.amazon.api.append(expired())
    call = await wire.send(REPORT)
    assert call.ok
    assert call.attempt == 2
    assert wire.amazon.tokens_used == ["1", "2"]
    assert wire.clock.slept == []  # a new token needs no waiting


async def test_a_new_token_that_is_refused_too_is_not_replaced_again(wire: Wire) -> None:
    wire.amazon.api.extend([expired(), expired(), expired()])
    call = await wire.send(REPORT)
    assert call.status == 403
    assert wire.amazon.tokens_used == ["1", "2"]


async def test_a_post_with_an_expired_token_goes_out_once_and_the_next_has_a_new_one(wire: Wire) -> None:
    wire.amazon.api.append(expired())
    assert (await wire.send(CREATE_REPORT)).status == 403
    assert wire.amazon.tokens_used == ["1"]
    await wire.send(CREATE_REPORT)
    assert wire.amazon.tokens_used == ["1", "2"]


async def test_without_retry_an_expired_token_is_told_and_not_replaced(wire: Wire) -> None:
    wire.amazon.api.append(expired())
    assert (await wire.send(REPORT, retry=False)).status == 403
    assert wire.amazon.tokens_used == ["1"]


@pytest.mark.parametrize(
    "details",
    [
        "",
        "The LWA secret token you provided has expired.",
        "The access token you provided is revoked, malformed or invalid.",
        "Access token is missing in the request header.",
    ],
)
async def test_other_refusals_keep_the_token(wire: Wire, details: str) -> None:
    wire.amazon.api.append(error(403, "Unauthorized", "Access to requested resource is denied.", details))
    assert (await wire.send(REPORT)).status == 403
    assert wire.amazon.tokens_used == ["1"]
    await wire.send(REPORT)
    assert wire.amazon.tokens_used == ["1", "1"]


async def test_many_refused_with_one_old_token_fetch_one_new(wire: Wire) -> None:
    await wire.send(REPORT)
    slow = [Held(expired()) for _ in range(4)]
    wire.amazon.api.extend(slow)
    sending = [asyncio.create_task(wire.client.send(REPORT, NORTHWIND)) for _ in range(4)]
    await wire.clock.settle()
    for each in slow:  # the second refusal comes when the first has its new token already
        each.release.set()
        await wire.clock.settle()
    assert all(call.ok for call in await asyncio.gather(*sending))
    assert len(wire.amazon.token_requests) == 2
    assert wire.amazon.tokens_used[-4:] == ["2"] * 4


async def test_a_token_that_ends_while_the_usage_plan_is_waited_for_is_replaced(wire: Wire) -> None:
    wire.amazon.token_life = 330
    for _ in range(15):
        await wire.send(PARTICIPATIONS)
    assert set(wire.amazon.tokens_used) == {"1"}
    call = await wire.send(PARTICIPATIONS)
    assert call.waited == pytest.approx(62.5)
    assert wire.amazon.tokens_used[-1] == "2"


async def test_a_token_refused_after_the_wait_gives_the_place_back(wire: Wire) -> None:
    wire.amazon.token_life = 330
    for _ in range(15):
        await wire.send(PARTICIPATIONS)
    wire.amazon.lwa.append(json_response({"error": "invalid_grant"}, 400))
    call = await wire.send(PARTICIPATIONS)
    assert call.stage is Stage.LWA
    assert wire.client.seconds_until_allowed(PARTICIPATIONS.operation, NORTHWIND) == pytest.approx(0)


async def test_refreshing_fetches_a_new_token_and_gives_the_exchange(wire: Wire) -> None:
    await wire.send(REPORT)
    call = await wire.client.refresh_token(NORTHWIND)
    assert (call.stage, call.status, call.ok) == (Stage.LWA, 200, True)
    await wire.send(REPORT)
    assert wire.amazon.tokens_used == ["1", "2"]


async def test_refreshing_tells_a_refusal(wire: Wire) -> None:
    wire.amazon.lwa.append(json_response({"error": "invalid_client", "error_description": "no"}, 401))
    call = await wire.client.refresh_token(NORTHWIND)
    assert (call.status, call.answer and call.answer.code) == (401, "invalid_client")


async def test_forgotten_tokens_are_fetched_anew(wire: Wire) -> None:
    await wire.send(REPORT)
    await wire.send(REPORT, HERON)
    wire.client.forget_tokens(NORTHWIND)
    await wire.send(REPORT)
    await wire.send(REPORT, HERON)
    assert wire.amazon.tokens_used == ["1", "2", "3", "2"]
    wire.client.forget_tokens()
    await wire.send(REPORT, HERON)
    assert wire.amazon.tokens_used[-1] == "4"


async def test_a_token_forgotten_while_it_is_fetched_serves_nobody_after(wire: Wire) -> None:
    held = Held(json_response({"access_token": "Atza|old#old", "expires_in": 3600}))
    wire.amazon.lwa.append(held)
    first = asyncio.create_task(wire.client.send(REPORT, NORTHWIND))
    await held.started.wait()
    wire.client.forget_tokens()  # the secrets are others from now on
    held.release.set()
    await first
    await wire.send(REPORT)
    assert wire.amazon.tokens_used == ["old", "2"]


async def test_missing_credentials_are_told_by_the_call(wire: Wire) -> None:
    wire.credentials.problem = CredentialError("The keyring is locked. Unlock it and try again.")
    for call in (await wire.send(REPORT), await wire.client.refresh_token(NORTHWIND)):
        assert call.stage is Stage.LWA
        assert call.failure is not None
        assert call.failure.kind == "credentials"
        assert call.failure.message == "The keyring is locked. Unlock it and try again."
    assert not wire.amazon.token_requests
    assert not wire.records


async def test_a_token_that_no_header_carries_is_no_token(wire: Wire) -> None:
    wire.amazon.lwa.append(json_response({"access_token": "Atza|CANARY\r\nx-evil: 1", "expires_in": 3600}))
    call = await wire.send(REPORT)
    assert call.stage is Stage.LWA
    assert call.failure is not None
    assert call.failure.kind == "unreadable"
    assert not wire.amazon.calls


async def test_a_secret_with_half_a_character_is_refused_by_amazon_and_breaks_nothing() -> None:
    wire = Wire(Credentials(refresh_token="Atzr|\udcff", client_secret="\ud800"))
    wire.amazon.lwa.append(json_response({"error": "invalid_grant"}, 400))
    assert (await wire.send(REPORT)).status == 400
    assert Secret("\ud800") == Secret("\ud800") != Secret("\ud801")
    await wire.client.aclose()


async def test_the_end_of_the_program_ends_a_token_request_without_hurting_who_waits(wire: Wire) -> None:
    wire.amazon.lwa.append(Held())
    waiting = asyncio.create_task(wire.client.send(REPORT, NORTHWIND))
    await wire.clock.settle()
    await wire.client.aclose()
    call = await waiting
    assert call.failure is not None
    assert call.failure.kind == "credentials"
    assert [record.code for record in wire.records] == ["cancelled"]
