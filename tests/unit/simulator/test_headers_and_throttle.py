"""What every answer carries, and usage plans."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

import msgspec

from sptui.spapi.regions import Region

from .amazon import CA, US, Amazon, a_world, error_of


async def test_the_headers_of_an_answer(amazon: Amazon) -> None:
    answer = await amazon.call("getMarketplaceParticipations")
    request_id = answer.headers["x-amzn-RequestId"].replace("-", "")
    moment = int(amazon.clock.now().timestamp())
    assert answer.headers["X-Amzn-Trace-Id"] == f"Root=1-{moment:08x}-{request_id[:16]}"
    assert answer.headers["x-amz-apigw-id"] == "OPF" + request_id[:12]
    assert re.fullmatch(r"[A-Z0-9]{20}", answer.headers["x-amz-rid"])
    assert parsedate_to_datetime(answer.headers["date"]) == amazon.clock.now()
    assert answer.headers["x-amzn-RateLimit-Limit"] == "0.016"
    assert answer.headers["content-type"] == "application/json"


async def test_the_rate_comes_with_success_400_and_404_only(amazon: Amazon) -> None:
    found = {
        answer.status_code: answer.headers.get("x-amzn-RateLimit-Limit")
        for answer in [
            await amazon.call("getReport", {"reportId": "1"}),
            await amazon.call("getReports"),
            await amazon.call("getListingOffersBatch", {"requests": [{"uri": "/wrong", "method": "GET"}]}),
            await amazon.call("getDestinations"),
        ]
    }
    assert found == {404: "2.0", 400: "0.0222", 500: None, 403: None}


async def test_the_same_world_gives_the_same_ids() -> None:
    first, second = Amazon(), Amazon()
    assert await first.token() == await second.token()
    one, two = await first.call("getMarketplaceParticipations"), await second.call("getMarketplaceParticipations")
    assert one.headers["x-amzn-RequestId"] == two.headers["x-amzn-RequestId"]
    other = Amazon(msgspec.structs.replace(a_world(), seed=8))
    assert await other.token() != await second.token()


async def test_the_burst_and_then_429(amazon: Amazon) -> None:
    token = await amazon.token()
    for _ in range(15):
        assert (await amazon.call("getMarketplaceParticipations", token=token)).status_code == 200
    answer = await amazon.call("getMarketplaceParticipations", token=token)
    assert answer.status_code == 429
    assert error_of(answer) == {
        "code": "QuotaExceeded",
        "message": "You exceeded your quota for the requested resource.",
        "details": "",
    }
    assert answer.headers["x-amzn-ErrorType"] == "TooManyRequestsException"
    assert "x-amzn-RateLimit-Limit" not in answer.headers
    assert "retry-after" not in answer.headers


async def test_the_bucket_fills_at_the_plans_rate(amazon: Amazon) -> None:
    token = await amazon.token()
    for _ in range(15):
        await amazon.call("getMarketplaceParticipations", token=token)
    amazon.clock.advance(60)
    assert (await amazon.call("getMarketplaceParticipations", token=token)).status_code == 429
    amazon.clock.advance(2.5)
    assert (await amazon.call("getMarketplaceParticipations", token=token)).status_code == 200
    assert (await amazon.call("getMarketplaceParticipations", token=token)).status_code == 429


async def test_buckets_are_per_seller_operation_region_and_application(amazon: Amazon) -> None:
    token = await amazon.token()
    statuses = [(await amazon.call("getMarketplaceParticipations", token=token)).status_code for _ in range(16)]
    assert statuses[-1] == 429
    assert (await amazon.call("getReports", {"reportTypes": ["A_B"]}, token=token)).status_code == 200
    eu = await amazon.token("Atzr|north-eu")
    assert (await amazon.call("getMarketplaceParticipations", token=eu, region=Region.EU)).status_code == 200
    other = await amazon.token("Atzr|old-role")
    orders = {"MarketplaceIds": [US], "CreatedAfter": "2026-11-01T00:00:00Z"}
    assert (await amazon.call("getOrders", orders, token=other)).status_code == 200


async def test_a_refused_token_costs_nothing_of_the_plan(amazon: Amazon) -> None:
    for _ in range(20):
        await amazon.call("getMarketplaceParticipations", token="Atza|wrong")
    assert (await amazon.call("getMarketplaceParticipations")).status_code == 200


async def test_a_wrong_request_costs_as_much_as_a_right_one(amazon: Amazon) -> None:
    statuses = [(await amazon.call("createFeed", {"feedType": "X"})).status_code for _ in range(16)]
    assert statuses == [400] * 15 + [429]


async def test_the_sandbox_has_a_plan_of_its_own(amazon: Amazon) -> None:
    token = await amazon.token()
    answers = [await amazon.call("getMarketplaceParticipations", token=token, sandbox=True) for _ in range(16)]
    assert [each.status_code for each in answers] == [200] * 15 + [429]
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "5.0"
    amazon.clock.advance(0.2)
    assert (await amazon.call("getMarketplaceParticipations", token=token, sandbox=True)).status_code == 200
    assert (await amazon.call("getMarketplaceParticipations", token=token)).status_code == 200


async def test_the_sandbox_knows_no_production_values(amazon: Amazon) -> None:
    values = {"MarketplaceIds": [CA], "CreatedAfter": "2026-11-01T00:00:00Z"}
    answer = await amazon.call("getOrders", values, sandbox=True)
    assert (answer.status_code, error_of(answer)["message"]) == (400, "Could not match input arguments")
    assert error_of(answer)["code"] == "InvalidInput"


async def test_dates_are_the_worlds(amazon: Amazon) -> None:
    amazon.clock.advance(86_400)
    answer = await amazon.call("getMarketplaceParticipations")
    assert isinstance(parsedate_to_datetime(answer.headers["date"]), datetime)
    assert parsedate_to_datetime(answer.headers["date"]) == amazon.clock.now()
