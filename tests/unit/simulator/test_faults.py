"""Faults on top of the state: what they match and what they do."""

from __future__ import annotations

import gzip
from typing import Any

import httpx
import pytest

from sptui.simulator.clock import ManualClock
from sptui.simulator.world import World
from sptui.spapi.regions import LWA_URL, Region

from .amazon import CA, DE, SELLER, US, Amazon, a_world, error_of

WEEK = "2026-11-16T12:00:00Z"
ORDERS: dict[str, Any] = {"MarketplaceIds": [US], "CreatedAfter": WEEK}


def _with(fault: str) -> Amazon:
    return Amazon(a_world(f"\n[[fault]]\n{fault}\n"))


async def test_an_outage_of_one_operation_in_one_region() -> None:
    amazon = _with('operation = "getOrders"\nregion = "NA"\nstatus = 500')
    answer = await amazon.call("getOrders", ORDERS)
    assert answer.status_code == 500
    assert error_of(answer) == {
        "code": "InternalFailure",
        "message": "We encountered an internal error. Please try again.",
        "details": "",
    }
    assert answer.headers["x-amzn-ErrorType"] == "InternalServerErrorException"
    assert "x-amzn-RateLimit-Limit" not in answer.headers
    assert (await amazon.call("searchOrders", {"createdAfter": WEEK})).status_code == 200
    eu = {"MarketplaceIds": [DE], "CreatedAfter": WEEK}
    assert (await amazon.call("getOrders", eu, token=await amazon.token("Atzr|north-eu"), region=Region.EU)).is_success


async def test_the_fields_of_an_error() -> None:
    amazon = _with('operation = "orders-v0.getOrders"\nstatus = 403\ncode = "C"\nmessage = "M"\ndetails = "D"')
    answer = await amazon.call("getOrders", ORDERS)
    assert (answer.status_code, error_of(answer)) == (403, {"code": "C", "message": "M", "details": "D"})


async def test_an_error_without_a_status_is_a_500() -> None:
    assert (await _with('message = "M"').call("getOrders", ORDERS)).status_code == 500


async def test_one_seller_only() -> None:
    amazon = _with(f'seller = "{SELLER}"\nstatus = 503')
    assert (await amazon.call("getOrders", ORDERS)).status_code == 503
    assert (await amazon.call("getOrders", ORDERS, token=await amazon.token("Atzr|old-role"))).status_code == 200


async def test_one_marketplace_only() -> None:
    amazon = _with(f'marketplace = "{CA}"\nstatus = 500')
    assert (await amazon.call("getOrders", ORDERS)).status_code == 200
    assert (await amazon.call("getOrders", {**ORDERS, "MarketplaceIds": [US, CA]})).status_code == 500
    report = {"reportType": "A_B", "marketplaceIds": [CA]}
    assert (await amazon.call("createReport", report)).status_code == 500
    assert (await amazon.call("getMarketplaceParticipations")).status_code == 200


async def test_only_when_all_parameters_are_there() -> None:
    amazon = _with('operation = "getOrders"\nparameters = ["OrderStatuses", "CreatedAfter"]\nstatus = 500')
    assert (await amazon.call("getOrders", ORDERS)).status_code == 200
    assert (await amazon.call("getOrders", {**ORDERS, "OrderStatuses": ["Shipped"]})).status_code == 500


async def test_a_parameter_of_a_body_counts() -> None:
    amazon = _with('parameters = ["reportOptions"]\nstatus = 500')
    values: dict[str, Any] = {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": [US]}
    assert (await amazon.call("createReport", values)).status_code == 202
    assert (await amazon.call("createReport", {**values, "reportOptions": {}})).status_code == 500


async def test_after_some_calls() -> None:
    amazon = _with('operation = "getOrders"\nafter_calls = 2\nstatus = 500')
    assert [(await amazon.call("getOrders", ORDERS)).status_code for _ in range(4)] == [200, 200, 500, 500]


async def test_a_probability_follows_the_seed() -> None:
    async def statuses() -> list[int]:
        amazon = _with('operation = "getDestinations"\nprobability = 0.3\nstatus = 503')
        token = await amazon.grantless_token()
        found = []
        for _ in range(100):
            found.append((await amazon.call("getDestinations", token=token)).status_code)
            amazon.clock.advance(1)
        return found

    first = await statuses()
    assert 15 <= first.count(503) <= 45
    assert set(first) == {200, 503}
    assert await statuses() == first


@pytest.mark.parametrize(
    ("fault", "status", "content_type", "body"),
    [
        ('status = 503\nbody = "<html>down</html>"', 503, "text/html", "<html>down</html>"),
        ("status = 200\nbody = '{\"payload\":'", 200, "application/json", '{"payload":'),
        ('status = 200\nbody = ""', 200, None, ""),
        ('body = "oops"', 200, "text/plain", "oops"),
        ('status = 204\nbody = "not sent"', 204, "text/plain", ""),
    ],
)
async def test_another_body(fault: str, status: int, content_type: str | None, body: str) -> None:
    answer = await _with(fault).call("getOrders", ORDERS)
    assert (answer.status_code, answer.headers.get("content-type"), answer.text) == (status, content_type, body)


async def test_an_empty_body_beside_a_message_is_not_one() -> None:
    answer = await _with('status = 500\ncode = "InternalFailure"\nbody = ""').call("getOrders", ORDERS)
    assert error_of(answer)["code"] == "InternalFailure"


async def test_the_first_fault_with_an_answer_wins_and_delays_add_up() -> None:
    amazon = Amazon(
        a_world("\n[[fault]]\ndelay_ms = 1500\n[[fault]]\nstatus = 500\ndelay_ms = 500\n[[fault]]\nstatus = 503\n")
    )
    before = amazon.clock.monotonic()
    assert (await amazon.call("getOrders", ORDERS)).status_code == 500
    assert amazon.clock.monotonic() - before == pytest.approx(2.0)


async def test_a_delay_alone_changes_no_answer() -> None:
    amazon = _with("delay_ms = 2500")
    before = amazon.clock.monotonic()
    assert (await amazon.call("getOrders", ORDERS)).status_code == 200
    assert amazon.clock.monotonic() - before == pytest.approx(2.5)


async def test_a_dropped_connection() -> None:
    amazon = _with("drop = true")
    with pytest.raises(httpx.RemoteProtocolError, match="disconnected without sending a response"):
        await amazon.call("getOrders", ORDERS)


async def test_a_delay_beyond_the_read_timeout() -> None:
    amazon = _with("delay_ms = 60000")
    token = await amazon.token()
    headers = {"x-amz-access-token": token}
    before = amazon.clock.monotonic()
    url = f"https://{Region.NA.host}/sellers/v1/marketplaceParticipations"
    with pytest.raises(httpx.ReadTimeout):
        await amazon.http.get(url, headers=headers, timeout=7.0)
    assert amazon.clock.monotonic() - before == pytest.approx(7.0)
    answer = await amazon.http.get(url, headers=headers, timeout=None)
    assert answer.status_code == 200


async def test_a_refused_token_comes_before_a_fault() -> None:
    assert (await _with("status = 500").call("getOrders", ORDERS, token="x")).status_code == 403


async def test_a_fault_comes_before_a_wrong_request() -> None:
    assert (await _with("status = 500").call("getOrders", {})).status_code == 500


async def test_tokens_and_documents_have_faults_of_their_own_only() -> None:
    amazon = _with("status = 500")
    assert (await amazon.token()).startswith("Atza|")
    down = _with('operation = "lwa"\nstatus = 503\nbody = "<html>"')
    assert (await down.http.post(LWA_URL, data={"grant_type": "refresh_token"})).status_code == 503
    slow = _with('operation = "document"\ndrop = true')
    token = await slow.token()
    values: dict[str, Any] = {"reportTypes": ["GET_V2_SELLER_PERFORMANCE_REPORT"]}
    report = (await slow.call("getReports", values, token=token)).json()["reports"][0]
    values = {"reportDocumentId": report["reportDocumentId"]}
    url = (await slow.call("getReportDocument", values, token=token)).json()["url"]
    with pytest.raises(httpx.RemoteProtocolError):
        await slow.http.get(url)


async def test_latency_lies_in_its_range_and_follows_the_seed() -> None:
    world = World(seed=3, latency_ms=(20, 80), applications=a_world().applications, sellers=a_world().sellers)

    async def latencies() -> list[float]:
        amazon = Amazon(world)
        assert isinstance(amazon.clock, ManualClock)
        found = []
        for _ in range(20):
            before = amazon.clock.monotonic()
            await amazon.lwa(grant_type="none")
            found.append(amazon.clock.monotonic() - before)
        return found

    first = await latencies()
    assert all(0.02 <= each <= 0.08 for each in first)
    assert len(set(first)) > 10
    assert await latencies() == first


def test_gzip_of_the_same_text_is_the_same() -> None:
    from sptui.simulator.documents import compressed

    assert compressed(b"x", "text/plain") == compressed(b"x", "text/plain")
    assert gzip.decompress(compressed(b"x", "text/plain").content) == b"x"


async def test_conditions_add_up() -> None:
    amazon = _with(
        f'operation = "getOrders"\nmarketplace = "{CA}"\nparameters = ["OrderStatuses"]\nseller = "{SELLER}"\n'
        'region = "NA"\nafter_calls = 1\nstatus = 400\ncode = "InvalidInput"'
    )
    whole = {**ORDERS, "MarketplaceIds": [CA], "OrderStatuses": ["Shipped"]}
    others = ({**ORDERS, "OrderStatuses": ["Shipped"]}, {**ORDERS, "MarketplaceIds": [CA]})
    assert [(await amazon.call("getOrders", each)).status_code for each in others] == [200, 200]
    assert [(await amazon.call("getOrders", whole)).status_code for _ in range(3)] == [200, 400, 400]
    assert [(await amazon.call("getOrders", each)).status_code for each in others] == [200, 200]


async def test_a_brown_out_begins_after_some_calls() -> None:
    amazon = _with('operation = "getDestinations"\nafter_calls = 20\nprobability = 0.5\nstatus = 503')
    token, statuses = await amazon.grantless_token(), []
    for _ in range(60):
        statuses.append((await amazon.call("getDestinations", token=token)).status_code)
        amazon.clock.advance(1)
    assert set(statuses[:20]) == {200}
    assert 10 <= statuses[20:].count(503) <= 30


async def test_a_whole_region_is_out() -> None:
    amazon = _with('region = "NA"\nstatus = 503\nbody = "<html>down</html>"')
    token = await amazon.token()
    for operation in ("getMarketplaceParticipations", "createFeedDocument", "getOrders"):
        answer = await amazon.call(operation, {} if operation != "getOrders" else ORDERS, token=token)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html")
    eu = await amazon.token("Atzr|north-eu")
    assert (await amazon.call("getMarketplaceParticipations", token=eu, region=Region.EU)).status_code == 200


async def test_the_token_endpoint_for_one_seller() -> None:
    amazon = _with(f'operation = "lwa"\nseller = "{SELLER}"\nregion = "NA"\nafter_calls = 1\nstatus = 503')
    assert (await amazon.token()).startswith("Atza|")
    form = {"grant_type": "refresh_token", "refresh_token": "Atzr|north", "client_id": "a", "client_secret": "b"}
    assert (await amazon.http.post(LWA_URL, data=form)).status_code == 503
    assert (await amazon.http.post(LWA_URL, json=form)).status_code == 503
    assert (await amazon.token("Atzr|north-eu")).startswith("Atza|")


async def test_a_429_by_a_fault_looks_like_one_of_the_plan() -> None:
    answer = await _with('operation = "getOrders"\nstatus = 429').call("getOrders", ORDERS)
    assert (answer.status_code, error_of(answer)["code"]) == (429, "QuotaExceeded")
    assert answer.headers["x-amzn-ErrorType"] == "TooManyRequestsException"
    assert "x-amzn-RateLimit-Limit" not in answer.headers


async def test_an_answer_may_tell_the_rate_whatever_its_status() -> None:
    amazon = _with('operation = "getOrders"\nstatus = 429\nrate_limit = 0.0167')
    assert (await amazon.call("getOrders", ORDERS)).headers.get_list("x-amzn-RateLimit-Limit") == ["0.0167"]
    amazon = _with('operation = "getOrders"\nstatus = 400\nrate_limit = 2')
    assert (await amazon.call("getOrders", ORDERS)).headers.get_list("x-amzn-RateLimit-Limit") == ["2.0"]


async def test_documents_of_one_region() -> None:
    amazon = _with('operation = "document"\nregion = "EU"\nstatus = 503\nbody = "<html>down</html>"\ndelay_ms = 700')
    token = await amazon.token()
    values: dict[str, Any] = {"contentType": "text/xml"}
    url = (await amazon.call("createFeedDocument", values, token=token)).json()["url"]
    assert (await amazon.http.put(url, content=b"a", headers={"content-type": "text/xml"})).status_code == 200
    token = await amazon.token("Atzr|north-eu")
    url = (await amazon.call("createFeedDocument", values, token=token, region=Region.EU)).json()["url"]
    before = amazon.clock.monotonic()
    answer = await amazon.http.put(url, content=b"a", headers={"content-type": "text/xml"})
    assert answer.status_code == 503
    assert amazon.clock.monotonic() - before == pytest.approx(0.7)
