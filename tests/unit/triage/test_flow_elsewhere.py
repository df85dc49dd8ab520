"""The flow where a comparison decides, or the catalogue: other regions, another host, calls that come and go."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sptui.spapi.answers import read_answer
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Stage
from sptui.spapi.regions import Region
from sptui.triage.case import Case
from sptui.triage.causes import Cause
from sptui.triage.events import (
    NO,
    YES,
    Conclusion,
    Event,
    Finished,
    GoTo,
    Reply,
    StepFinished,
    StepName,
    StepStarted,
    TriageResult,
)
from sptui.triage.evidence import RegionsTried
from sptui.triage.flow import investigate
from sptui.triage.sending import relayed

from .fakes import DENIED, GOOD, INVALID, OTHERS, SELLER, US, FakeServices, Said, case, error
from .worlds import play, result_of

DE = "A1PA6795UKMFR9"
EUROPE = Authorization("Northwind", "A1NORTHWINDEU", Region.EU, "app")
ORDERS = {"MarketplaceIds": [US], "CreatedAfter": "2026-11-01T00:00:00Z"}
SEARCH = {"marketplaceIds": [US], "createdAfter": "2026-11-01T00:00:00Z", "includedData": ["FULFILLMENT"]}
NOT_VALID = error(
    400, "InvalidInput", "The input you have submitted is not valid. Please check your input and try again."
)
UNAVAILABLE = error(503, "ServiceUnavailable")

Answer = Callable[[dict[str, Any], Authorization], Said]


async def run(services: FakeServices, what: Case, reply: Reply = NO) -> TriageResult:
    return result_of(await play(investigate(what, services), reply))


def step(result: TriageResult, name: StepName) -> StepFinished:
    return next(each for each in result.steps if each.step is name)


def regions(result: TriageResult) -> list[RegionsTried]:
    return [each.data for done in result.steps for each in done.evidence if isinstance(each.data, RegionsTried)]


def answering(answer: Answer, *, elsewhere: bool = True) -> FakeServices:
    services = FakeServices(answer)
    services.others, services.elsewhere = OTHERS, (EUROPE,) if elsewhere else ()
    return services


# -- Another region


async def test_a_refusal_of_all_sellers_is_compared_with_another_region() -> None:
    services = answering(lambda _, who: GOOD if who is EUROPE else DENIED)
    services.roles = ("Inventory and Order Tracking",)
    result = await run(services, case())
    assert regions(result) == [RegionsTried(passing=(Region.EU,))]
    assert result.verdict.first.cause is Cause.SERVICE
    sent = services.sent[-1][1]
    assert DE in sent.target  # a store of that region, not the seller's at home
    assert US not in sent.target


async def test_a_refusal_that_follows_the_application_everywhere_stays_the_roles() -> None:
    result = await run(answering(lambda *_: DENIED), case())
    assert regions(result) == [RegionsTried(failing=(Region.EU,))]
    assert result.verdict.first.cause is Cause.ROLE


async def test_an_option_refused_without_words_is_compared_with_another_region() -> None:
    def answer(values: dict[str, Any], who: Authorization) -> Said:
        return NOT_VALID if "includedData" in values and who is not EUROPE else GOOD

    result = await run(answering(answer), case("searchOrders", SEARCH))
    assert regions(result) == [RegionsTried(passing=(Region.EU,))]
    assert (result.verdict.first.cause, result.culprits) == (Cause.SERVICE, ("includedData",))


@pytest.mark.parametrize(
    ("said", "elsewhere"),
    [
        pytest.param(error(400, "InvalidInput", "includedData has no such value."), True, id="Amazon names it"),
        pytest.param(NOT_VALID, False, id="no other region"),
    ],
)
async def test_no_region_is_asked_where_that_would_not_change_the_verdict(said: Said, *, elsewhere: bool) -> None:
    services = answering(lambda values, _: said if "includedData" in values else GOOD, elsewhere=elsewhere)
    result = await run(services, case("searchOrders", SEARCH))
    assert (result.verdict.first.cause, result.culprits) == (Cause.REQUEST, ("includedData",))
    assert {who.region for who, _ in services.sent} == {Region.NA}


# -- Another host


async def test_a_call_that_was_sent_to_another_region_is_the_hosts_fault() -> None:
    answer = read_answer(
        403, {}, b'{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied."}]}'
    )
    result = await run(FakeServices(GOOD), case("getMarketplaceParticipations", {}, answer=answer, region=Region.EU))
    assert result.verdict.first.cause is Cause.HOST
    assert result.conclusion is Conclusion.PROBLEM
    assert "authorization is for NA" in " ".join(each.fact for each in step(result, StepName.REPRODUCE).evidence)


async def test_the_document_store_leads_to_no_call() -> None:
    services = FakeServices()
    answer = read_answer(
        403,
        {},
        b"<Error><Code>AccessDenied</Code><Message>There were headers present in the request which were not signed"
        b"</Message></Error>",
    )
    result = await run(services, Case(authorization=SELLER, answer=answer, stage=Stage.DOCUMENT, method="GET"))
    assert result.verdict.first.cause is Cause.CLIENT
    assert (services.sent, services.asked, result.calls) == ([], [], 0)


# -- What comes and goes


async def test_a_fault_that_others_do_not_meet_is_looked_at_once_more() -> None:
    calls = 0

    def answer(_: dict[str, Any], who: Authorization) -> Said:
        nonlocal calls
        calls += who is SELLER
        return UNAVAILABLE if who is SELLER and calls < 2 else GOOD

    result = await run(answering(answer, elsewhere=False), case())
    assert "passes at one time and fails at another" in step(result, StepName.SELLERS).evidence[0].fact
    assert result.verdict.first.cause is Cause.SERVICE


async def test_a_parameter_is_not_blamed_for_what_comes_and_goes() -> None:
    said = iter([UNAVAILABLE, GOOD, GOOD, GOOD, GOOD])
    services = FakeServices(lambda *_: next(said, GOOD))
    result = await run(services, case("getOrders", {**ORDERS, "CreatedAfter": "2026-11-02T00:00:00Z"}))
    assert result.culprits == ()
    assert result.verdict.first.cause is not Cause.REQUEST


# -- What the catalogue says already


async def test_a_wrong_value_in_a_call_with_side_effects_is_named_without_a_trial() -> None:
    values = {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": [US], "dataStartTime": "yesterday"}
    errors = {"errors": [{"code": "InvalidInput", "message": "Invalid 'dataStartTime' provided.", "details": ""}]}
    answer = read_answer(400, {}, json.dumps(errors).encode())
    services = FakeServices()
    result = await run(services, case("createReport", values, answer=answer))
    assert (result.verdict.first.cause, result.culprits) == (Cause.REQUEST, ("dataStartTime",))
    assert (services.sent, services.asked) == ([], [])


async def test_an_id_that_is_not_found_leads_to_no_look_at_the_seller() -> None:
    services = FakeServices(error(404, "NotFound", "not found"))
    result = await run(services, case("getReport", {"reportId": "5"}))
    assert (result.verdict.first.cause, result.calls, services.asked) == (Cause.NOT_FOUND, 1, [])


async def test_a_refused_input_that_names_no_marketplace_leads_to_none() -> None:
    services = FakeServices(INVALID)
    await run(services, case("getReports", {"reportTypes": ["GET_MERCHANT_LISTINGS_ALL_DATA"]}))
    assert not [each for each in services.asked if each.startswith(("participations", "account"))]


# -- Going to a step that was not made


async def test_going_to_a_step_that_was_not_made_yet_changes_nothing() -> None:
    flow, events = investigate(case(), FakeServices(INVALID)), list[Event]()
    async with relayed(flow) as relay:
        async for event in relay:
            events.append(event)
            if isinstance(event, StepStarted) and event.step is StepName.REQUEST:
                relay.reply = GoTo(StepName.ACCOUNT)
    last = events[-1]
    assert isinstance(last, Finished)
    assert [each.step for each in last.result.steps] == list(StepName)


async def test_a_call_asked_for_again_takes_its_own_yes() -> None:
    """Going back over a step with side effects asks anew, whatever was answered before."""
    values = {"feedType": "F", "inputFeedDocumentId": "amzn1.tortuga.4.na.x", "marketplaceIds": [US]}
    services, asked, gone_back = FakeServices(INVALID), 0, False
    async with relayed(investigate(case("createFeed", values), services)) as relay:
        async for event in relay:
            if getattr(event, "is_call", False):
                asked += 1
                relay.reply = YES if asked == 1 else NO
            elif isinstance(event, StepFinished) and event.step is StepName.ANSWER and not gone_back:
                gone_back, relay.reply = True, GoTo(StepName.ANSWER)
    assert asked >= 2
    assert len(services.sent) == 1
