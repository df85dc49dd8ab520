"""The flow: its events, what it sends, what it asks, when it stops."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from sptui.health.account_status import AccountStatus
from sptui.health.participations import Participation
from sptui.spapi.answers import read_answer
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call, TransportFailure
from sptui.spapi.requests import ApiRequest
from sptui.triage.case import Case
from sptui.triage.causes import Cause
from sptui.triage.events import (
    NO,
    SKIP,
    YES,
    Conclusion,
    Event,
    Finished,
    GoTo,
    Planned,
    Question,
    Reply,
    StepFinished,
    StepName,
    StepOutcome,
    StepStarted,
    TriageResult,
    TrialMade,
    VerdictSoFar,
    Waiting,
)
from sptui.triage.flow import Options, investigate
from sptui.triage.sending import relayed

from .fakes import (
    DENIED,
    GOOD,
    INVALID,
    OTHERS,
    REVOKED,
    SELLER,
    US,
    FakeServices,
    Said,
    case,
    error,
)
from .worlds import play, result_of

ORDERS = {"MarketplaceIds": [US], "CreatedAfter": "2026-11-01T00:00:00Z"}
WITH_OPTIONS = {**ORDERS, "OrderStatuses": ["Shipped"], "MaxResultsPerPage": 10, "BuyerEmail": "x@example.com"}
FEED = {"feedType": "JSON_LISTINGS_FEED", "inputFeedDocumentId": "amzn1.tortuga.4.na.x", "marketplaceIds": [US]}
FEED_400 = read_answer(400, {}, b'{"errors":[{"code":"InvalidInput","message":"Invalid request parameters"}]}')


def given(said: Said, **more: Any) -> Case:
    """getOrders with options, and what came back."""
    assert not isinstance(said, TransportFailure)
    status, body = said
    answer = read_answer(status, {}, json.dumps(body).encode())
    return case("getOrders", more.pop("values", WITH_OPTIONS), answer=answer, **more)


async def run(services: FakeServices, what: Case, *, reply: Any = NO, options: Options | None = None) -> TriageResult:
    return result_of(await play(investigate(what, services, options), reply))


def step(result: TriageResult, name: StepName) -> StepFinished:
    return next(each for each in result.steps if each.step is name)


def outcomes(result: TriageResult) -> dict[str, str]:
    return {each.step.value: each.outcome.value for each in result.steps}


def facts(result: TriageResult, name: StepName) -> str:
    found = step(result, name)
    return " ".join([*(each.fact for each in found.evidence), *([found.why] if found.why else [])])


# -- The events


async def test_the_order_of_events() -> None:
    events = await play(investigate(case(), FakeServices(GOOD)))
    assert isinstance(events[0], Planned)
    assert [each.step for each in events[0].steps] == list(StepName)
    assert isinstance(events[-1], Finished)
    finished = [each for each in events if isinstance(each, StepFinished)]
    assert tuple(finished) == result_of(events).steps
    assert [each.step for each in finished] == list(StepName)
    for place, event in enumerate(events):
        if isinstance(event, StepStarted):
            rest = events[place + 1 :]
            assert next(each for each in rest if isinstance(each, StepFinished)).step is event.step
            ended = next(at for at, each in enumerate(rest) if isinstance(each, StepFinished))
            assert isinstance(rest[ended + 1], VerdictSoFar)


async def test_a_plan_says_what_each_step_will_do_and_cost() -> None:
    events = await play(investigate(given(INVALID), FakeServices(INVALID)))
    assert isinstance(events[0], Planned)
    calls = {each.step: each.calls for each in events[0].steps}
    assert calls[StepName.ANSWER] == 0  # the answer was given
    assert calls[StepName.REQUEST] == 0
    assert calls[StepName.REPRODUCE] == 1
    assert calls[StepName.OPTIONS] == 5  # three options one by one, the culprit alone, and with another value
    assert all(each.title and each.purpose for each in events[0].steps)


async def test_calls_with_side_effects_come_last_in_the_plan() -> None:
    events = await play(investigate(case("createFeed", FEED), FakeServices()))
    assert isinstance(events[0], Planned)
    order = [each.step for each in events[0].steps]
    assert order.index(StepName.ACCOUNT) < order.index(StepName.MINIMAL)


async def test_the_verdict_moves_as_evidence_comes() -> None:
    services = FakeServices(DENIED)
    services.stores = (Participation(US, "US", participating=False),)
    events = await play(investigate(case(), services))
    seen = [each.verdict.first.cause for each in events if isinstance(each, VerdictSoFar)]
    assert seen[0] is not Cause.MARKETPLACE
    assert seen[-1] is Cause.MARKETPLACE


# -- Where it stops


async def test_a_call_that_passes_is_the_end_of_it() -> None:
    services = FakeServices(GOOD)
    result = await run(services, case())
    assert (result.conclusion, result.verdict.first.cause) == (Conclusion.FINE, Cause.SUCCESS)
    assert (result.calls, len(services.sent), services.asked) == (1, 1, [])
    assert {each for name, each in outcomes(result).items() if name not in ("answer", "verdict")} == {"skipped"}


async def test_an_empty_list_is_fine_but_the_marketplace_is_looked_at() -> None:
    services = FakeServices((200, {"payload": {"Orders": []}}))
    services.stores = ()
    result = await run(services, case())
    assert services.asked == ["participations"]
    assert result.verdict.first.cause is Cause.MARKETPLACE


@pytest.mark.parametrize(
    "details", ["The LWA secret token you provided has expired.", "The access token you provided has expired."]
)
async def test_explicit_words_end_the_search_at_once(details: str) -> None:
    services = FakeServices()
    result = await run(services, given(error(403, "Unauthorized", "Access to requested resource is denied.", details)))
    assert (services.sent, services.asked, result.calls) == ([], [], 0)
    assert "certain" in facts(result, StepName.MINIMAL)


async def test_a_contradiction_in_the_request_ends_it_without_a_call() -> None:
    services = FakeServices()
    result = await run(services, given(DENIED, values={**ORDERS, "MarketplaceIds": ["A1VC38T7YXB528"]}))
    assert result.verdict.first.cause is Cause.HOST
    assert (services.sent, services.asked) == ([], [])


async def test_no_access_token_ends_it() -> None:
    services = FakeServices()
    services.without_token = True
    result = await run(services, case())
    assert result.verdict.first.cause is Cause.AUTHORIZATION
    assert (result.conclusion, len(services.sent)) == (Conclusion.PROBLEM, 1)


async def test_a_revoked_authorization_shows_at_the_fresh_token() -> None:
    services = FakeServices(DENIED)
    services.token = REVOKED
    result = await run(services, given(DENIED))
    assert result.verdict.first.cause is Cause.AUTHORIZATION
    assert (outcomes(result)["token"], services.sent) == ("found", [])


async def test_a_token_that_is_lost_under_way_stops_the_isolation() -> None:
    services = FakeServices()
    services.without_token = True
    result = await run(services, given(INVALID))
    assert result.verdict.first.cause is Cause.AUTHORIZATION
    assert len(services.sent) == 1


# -- The isolation


def bad_option(values: dict[str, Any], _: Authorization) -> Said:
    return INVALID if "BuyerEmail" in values else GOOD


async def test_the_option_that_fails_is_named() -> None:
    services = FakeServices(bad_option)
    result = await run(services, case("getOrders", WITH_OPTIONS))
    assert result.culprits == ("BuyerEmail",)
    assert result.verdict.first.cause is Cause.REQUEST
    assert [each.parameters for each in result.trials][:2] == [tuple(WITH_OPTIONS), tuple(ORDERS)]
    assert result.calls == len(services.sent) == len(result.trials)
    assert outcomes(result)["sellers"] == outcomes(result)["account"] == "skipped"
    assert services.asked == []  # the request was read, so the token is good


async def test_the_same_call_is_not_sent_twice() -> None:
    services = FakeServices(INVALID)
    await run(services, case())  # no options: the whole call is the minimal call
    targets = [request.target for _, request in services.sent]
    assert len(targets) == len(set(targets))


async def test_a_given_failure_that_does_not_come_back_is_told() -> None:
    services = FakeServices(GOOD)
    result = await run(services, given(INVALID))
    assert "could not be reproduced" in facts(result, StepName.REPRODUCE)
    assert (result.conclusion, result.culprits) == (Conclusion.FINE, ())
    assert [each.values.keys() for each in result.trials] == [WITH_OPTIONS.keys()]


async def test_a_fault_that_may_come_and_go_is_sent_again_before_it_counts_as_gone() -> None:
    services = FakeServices(GOOD)
    result = await run(services, given(error(503, "ServiceUnavailable")))
    assert "could not be reproduced" in facts(result, StepName.REPRODUCE)
    assert len(services.sent) == 3


async def test_a_missing_parameter_is_named_where_its_sample_helps() -> None:
    def answer(values: dict[str, Any], _: Authorization) -> Said:
        return GOOD if "CreatedAfter" in values else INVALID

    result = await run(FakeServices(answer), case("getOrders", {"MarketplaceIds": [US], "MaxResultsPerPage": 5}))
    assert result.culprits == ("CreatedAfter",)
    assert result.verdict.first.cause is Cause.REQUEST


async def test_an_outage_that_comes_and_goes_is_told() -> None:
    said = iter([GOOD, error(500, "InternalFailure"), GOOD, GOOD, GOOD])
    services = FakeServices(lambda *_: next(said, GOOD))
    result = await run(services, given(error(500, "InternalFailure")))
    assert "passes at one time and fails at another" in facts(result, StepName.REPRODUCE)
    assert result.verdict.first.cause is Cause.SERVICE


async def test_a_refusal_brings_the_other_sellers_in() -> None:
    services = FakeServices(lambda _, who: DENIED if who is SELLER else GOOD)
    services.others = OTHERS
    result = await run(services, case())
    assert "does not fail in this way for Second" in facts(result, StepName.SELLERS)
    assert [who.seller for who, _ in services.sent] == ["Northwind", "Second"]  # one that passes decides


async def test_two_other_sellers_at_most() -> None:
    services = FakeServices(DENIED)
    services.others = (*OTHERS, *OTHERS)
    result = await run(services, case())
    assert [who.seller for who, _ in services.sent] == ["Northwind", "Second", "Third"]
    assert "Second and Third" in facts(result, StepName.SELLERS)


async def test_the_other_seller_is_asked_for_his_own_id() -> None:
    values = {"sellerId": SELLER.seller_id, "sku": "S", "marketplaceIds": [US]}
    services = FakeServices(DENIED)
    services.others = OTHERS[:1]
    await run(services, case("getListingsItem", values))
    assert "/A2SECOND/" in services.sent[-1][1].path


async def test_an_id_of_ones_own_is_not_tried_for_others_once_it_is_read() -> None:
    services = FakeServices(error(404, "NotFound", "not found"))
    services.others = OTHERS
    result = await run(services, case("getReport", {"reportId": "5"}))
    assert outcomes(result)["sellers"] == "skipped"
    assert len(services.sent) == 1


async def test_the_trouble_of_another_seller_is_not_counted() -> None:
    said = {"Northwind": DENIED, "Second": error(429, "QuotaExceeded"), "Third": DENIED}
    services = FakeServices(lambda _, who: said[who.seller])
    services.others = OTHERS
    result = await run(services, case())
    assert facts(result, StepName.SELLERS) == "It fails in the same way for Third."


# -- Side effects


async def test_a_call_with_side_effects_is_asked_for_whole() -> None:
    events = await play(investigate(case("createFeed", FEED), FakeServices()))
    (question, *_) = [each for each in events if isinstance(each, Question)]
    assert (question.method, question.path, question.body) == ("POST", "/feeds/2021-06-30/feeds", FEED)
    assert question.choices == ("yes", "no")


@pytest.mark.parametrize("reply", [NO, SKIP, None])
async def test_without_a_yes_nothing_with_side_effects_is_sent(reply: Any) -> None:
    services = FakeServices()
    services.statuses = (AccountStatus(US, "DEACTIVATED"),)
    events = await play(investigate(case("createFeed", FEED), services), reply)
    result = result_of(events)
    assert services.sent == []
    assert outcomes(result)["answer"] == "asked"
    assert result.verdict.first.cause is Cause.ACCOUNT  # the harmless looks go on
    assert len([each for each in events if isinstance(each, Question)]) == 1


async def test_read_only_does_not_even_ask() -> None:
    services = FakeServices()
    events = await play(investigate(case("createFeed", FEED), services, Options(read_only=True)), YES)
    assert services.sent == []
    assert not [each for each in events if isinstance(each, Question)]
    assert outcomes(result_of(events))["answer"] == "asked"


async def test_each_call_with_side_effects_takes_its_own_yes() -> None:
    values = {**FEED, "feedOptions": {"a": "b"}}
    services = FakeServices(INVALID)
    services.statuses = None
    events = await play(investigate(case("createFeed", values), services), YES)
    questions = [each for each in events if isinstance(each, Question) and each.id.startswith("send")]
    assert len(questions) == len(services.sent) == 2
    assert questions[0].body != questions[1].body
    assert len({each.id for each in questions}) == 2


async def test_sample_values_are_never_sent_where_they_would_change_something() -> None:
    services = FakeServices(INVALID)
    services.statuses = None
    await run(services, case("createFeed", {**FEED, "feedType": "MY_FEED"}), reply=YES)
    assert {request.body["feedType"] for _, request in services.sent} == {"MY_FEED"}


async def test_a_given_answer_and_the_account_spare_the_call_with_side_effects() -> None:
    services = FakeServices()
    services.statuses = (AccountStatus(US, "SUSPENDED"),)
    events = await play(investigate(case("createFeed", FEED, answer=FEED_400), services), YES)
    result = result_of(events)
    assert (services.sent, result.verdict.first.cause) == ([], Cause.ACCOUNT)
    assert not [each for each in events if isinstance(each, Question)]
    assert "no call with side effects is needed" in facts(result, StepName.MINIMAL)


async def test_a_no_is_remembered() -> None:
    values = {**FEED, "feedOptions": {"a": "b"}}
    services = FakeServices()
    services.statuses = None
    events = await play(investigate(case("createFeed", values, answer=FEED_400), services), NO)
    sends = [each for each in events if isinstance(each, Question) and each.id.startswith("send")]
    assert len(sends) == 1
    assert outcomes(result_of(events))["minimal"] == "asked"


# -- The marketplace and the account


async def test_a_marketplace_without_participation_names_its_parameter() -> None:
    services = FakeServices(DENIED)
    services.stores = (Participation("A2EUQ1WTGCTBG2", "CA", participating=True),)
    result = await run(services, case())
    assert (result.verdict.first.cause, result.culprits) == (Cause.MARKETPLACE, ("MarketplaceIds",))


async def test_participations_that_are_refused_are_evidence() -> None:
    services = FakeServices(DENIED)
    services.stores = DENIED
    services.roles = ("Selling Partner Insights",)
    result = await run(services, case())
    assert "getMarketplaceParticipations fails too" in facts(result, StepName.MARKETPLACE)
    assert result.verdict.first.cause is Cause.AUTHORIZATION


async def test_a_missing_report_is_asked_for_and_made_with_a_yes() -> None:
    services = FakeServices(DENIED)
    services.statuses, services.created = None, (AccountStatus(US, "DEACTIVATED"),)
    events = await play(investigate(case(), services), YES)
    (question,) = [each for each in events if isinstance(each, Question)]
    assert question.id == "create-report"
    assert question.body["marketplaceIds"] == [US]
    assert services.asked[-1] == "account create=True"
    assert result_of(events).verdict.first.cause is Cause.ACCOUNT


async def test_a_missing_report_is_not_made_without_a_yes() -> None:
    services = FakeServices(DENIED)
    services.statuses = None
    result = await run(services, case(), reply=NO)
    assert services.asked.count("account create=True") == 0
    assert outcomes(result)["account"] == "asked"


# -- Roles


async def test_the_role_table_speaks_without_a_call() -> None:
    services = FakeServices(DENIED)
    services.roles = ("Brand Analytics",)
    services.own = "searchCatalogItems"
    result = await run(services, case("searchCatalogItems", {"marketplaceIds": [US], "keywords": ["x"]}))
    assert "none of the roles" in facts(result, StepName.TOKEN)
    assert result.verdict.first.cause is Cause.ROLE
    assert any("Product Listing" in each for each in result.verdict.first.do)


# -- What a person may do meanwhile


async def test_a_step_can_be_left_out() -> None:
    services = FakeServices(DENIED)
    events: list[Event] = []
    async with relayed(investigate(case(), services)) as flow:
        async for event in flow:
            events.append(event)
            if isinstance(event, StepStarted) and event.step is StepName.MARKETPLACE:
                flow.reply = SKIP
    assert "participations" not in services.asked
    assert facts(result_of(events), StepName.MARKETPLACE) == "Left out."


async def test_the_wait_for_the_usage_plan_is_told() -> None:
    services = FakeServices(GOOD)
    services.waits = 42.0
    events = await play(investigate(case(), services))
    (waiting,) = [each for each in events if isinstance(each, Waiting)]
    assert (waiting.seconds, waiting.step) == (42.0, StepName.ANSWER)
    assert "getOrders" in waiting.why


async def test_the_waits_of_the_seller_steps_are_told_too() -> None:
    services = FakeServices(DENIED)
    services.waits = 42.0
    events = await play(investigate(given(DENIED, values=ORDERS), services), NO)
    steps = [each.step for each in events if isinstance(each, Waiting)]
    assert steps == [StepName.REPRODUCE, StepName.OPERATIONS, StepName.MARKETPLACE, StepName.ACCOUNT]
    none = await run(FakeServices(DENIED), given(DENIED), options=Options(longest_wait_seconds=-1))
    assert outcomes(none)["marketplace"] == outcomes(none)["account"] == "failed"


async def test_too_long_a_wait_leaves_the_call_out() -> None:
    services = FakeServices(GOOD)
    services.waits = 42.0
    result = await run(services, case(), options=Options(longest_wait_seconds=10))
    assert services.sent == []
    assert outcomes(result)["answer"] == "failed"
    assert "42 s" in facts(result, StepName.ANSWER)
    assert result.conclusion is Conclusion.UNKNOWN


async def test_trials_are_told_as_they_happen() -> None:
    events = await play(investigate(case("getOrders", WITH_OPTIONS), FakeServices(bad_option)))
    assert tuple(each.trial for each in events if isinstance(each, TrialMade)) == result_of(events).trials


class Hanging(FakeServices):
    """A call that never comes back; ``ended`` once it was cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()
        self.ended = False

    async def send(self, request: ApiRequest, authorization: Authorization, *, sandbox: bool = False) -> Call:
        self.reached.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True
        raise AssertionError


async def test_cancelling_stops_it_in_the_middle_of_a_call() -> None:
    services = Hanging()
    task = asyncio.ensure_future(play(investigate(case(), services)))
    await services.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert services.ended


async def test_closing_it_at_a_question_sends_nothing() -> None:
    services = FakeServices()
    async with relayed(investigate(case("createFeed", FEED), services)) as flow:
        async for event in flow:
            if isinstance(event, Question):
                break
    assert services.sent == []


async def test_a_sandbox_call_is_repeated_in_the_sandbox_and_asks_nobody_else() -> None:
    services = FakeServices(error(400, "InvalidInput", "Could not match input arguments"))
    services.others = OTHERS
    result = await run(services, case(sandbox=True))
    assert services.sandbox
    assert {who.seller for who, _ in services.sent} == {"Northwind"}
    assert services.asked == []
    assert result.verdict.first.cause in (Cause.REQUEST, Cause.HOST)


# -- Without a seller, without an operation, without a network


async def test_without_a_seller_it_judges_what_is_given() -> None:
    services = FakeServices()
    result = await run(services, given(DENIED, authorization=None))
    assert (services.sent, services.asked, result.calls) == ([], [], 0)
    assert result.verdict.first.cause is Cause.ROLE


async def test_an_unknown_operation_is_judged_by_its_answer() -> None:
    services = FakeServices()
    unknown = Case(name="getTomorrow", authorization=SELLER, answer=read_answer(503, {}, b"<html></html>"))
    result = await run(services, unknown)
    assert result.verdict.first.cause is Cause.SERVICE
    assert services.sent == []


async def test_credentials_out_of_reach_are_no_finding() -> None:
    gone = TransportFailure("credentials", "the keyring is locked")
    services = FakeServices(gone)
    services.token = gone
    result = await run(services, case())
    assert result.conclusion is Conclusion.UNKNOWN


async def test_a_network_that_is_down_is_no_finding() -> None:
    down = TransportFailure("connect", "name or service not known")
    services = FakeServices(down)
    services.token = services.stores = down
    result = await run(services, case())
    assert (result.conclusion, result.verdict.first.cause) == (Conclusion.UNKNOWN, Cause.CLIENT)


async def test_a_timeout_while_lwa_answers_is_amazons() -> None:
    services = FakeServices(TransportFailure("timeout", "no answer"))
    services.others = OTHERS
    result = await run(services, case())
    assert (result.conclusion, result.verdict.first.cause) == (Conclusion.PROBLEM, Cause.SERVICE)


# -- The result


async def test_the_json_form() -> None:
    result = (await run(FakeServices(bad_option), case("getOrders", WITH_OPTIONS))).as_json()
    assert list(result) == ["verdict", "steps", "trials", "culprits", "calls", "seconds"]
    assert set(result["steps"][0]) == {"step", "outcome", "evidence"}
    assert set(result["steps"][0]["evidence"][0]) == {"fact", "source"}
    assert set(result["trials"][0]) == {"parameters", "status", "code", "ok"}
    assert {each["outcome"] for each in result["steps"]} <= {each.value for each in StepOutcome}
    assert result["culprits"] == ["BuyerEmail"]
    assert result["seconds"] > 0


async def test_evidence_tells_where_it_came_from() -> None:
    result = await run(FakeServices(INVALID), case())
    sources = [each.source for each in step(result, StepName.ANSWER).evidence]
    assert any("request-1" in each and "Northwind" in each for each in sources)


# -- Going back, and again


async def walked(
    services: FakeServices, what: Case, answers: dict[tuple[type[Event], StepName | None], Any]
) -> list[Event]:
    """Every event; each answer is given once, to the first event of its kind (and step)."""
    events: list[Event] = []
    async with relayed(investigate(what, services)) as relay:
        async for event in relay:
            events.append(event)
            relay.reply = answers.pop((type(event), getattr(event, "step", None)), None)
    assert not answers
    return events


async def test_a_step_can_be_made_again_and_its_calls_are_sent_anew() -> None:
    services = FakeServices(lambda values, _: INVALID if "BuyerEmail" in values else GOOD)
    back: dict[Any, Any] = {(StepFinished, StepName.OPTIONS): GoTo(StepName.OPTIONS)}
    events = await walked(services, given(INVALID), back)
    result = result_of(events)
    assert [each.step for each in events if isinstance(each, StepFinished)].count(StepName.OPTIONS) == 2
    assert [each.step for each in result.steps].count(StepName.OPTIONS) == 1
    assert result.culprits == ("BuyerEmail",)
    assert result.calls == len(services.sent) == 2 + 2 * 4  # the four trials of the options twice
    assert len(result.trials) == 2 + 4


async def test_the_flow_goes_back_to_an_earlier_step_and_forgets_what_came_after() -> None:
    services = FakeServices(DENIED)
    back: dict[Any, Any] = {(StepStarted, StepName.MARKETPLACE): GoTo(StepName.REQUEST)}
    events = await walked(services, given(DENIED, values=ORDERS), back)
    order = [each.step for each in events if isinstance(each, StepFinished)]
    assert order.count(StepName.REQUEST) == order.count(StepName.TOKEN) == 2
    assert order.count(StepName.ANSWER) == 1
    assert [each.step for each in result_of(events).steps] == list(dict.fromkeys(order))


async def test_the_end_can_be_answered_with_a_step_too() -> None:
    services = FakeServices(DENIED)
    events = await walked(services, given(DENIED, values=ORDERS), {(Finished, None): GoTo(StepName.ACCOUNT)})
    assert sum(isinstance(each, Finished) for each in events) == 2
    assert services.asked.count("account create=False") == 2
    assert services.asked.count("participations") == 1


async def test_a_step_that_was_not_needed_is_made_when_somebody_goes_to_it() -> None:
    services = FakeServices(DENIED)
    throttled = error(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")
    events = await walked(services, given(throttled, values=ORDERS), {(Finished, None): GoTo(StepName.REPRODUCE)})
    made = [each.outcome for each in events if isinstance(each, StepFinished) and each.step is StepName.REPRODUCE]
    assert made == [StepOutcome.SKIPPED, StepOutcome.FOUND]


async def test_a_step_that_was_never_reached_cannot_be_gone_back_to() -> None:
    services = FakeServices(DENIED)
    ahead: dict[Any, Any] = {(StepFinished, StepName.REQUEST): GoTo(StepName.ACCOUNT)}
    events = await walked(services, given(DENIED, values=ORDERS), ahead)
    order = [each.step for each in events if isinstance(each, StepFinished)]
    assert order == list(dict.fromkeys(order))


# -- Which way to search


MANY = {
    **ORDERS,
    "OrderStatuses": ["Shipped"],
    "MaxResultsPerPage": 10,
    "FulfillmentChannels": ["MFN"],
    "PaymentMethods": ["COD"],
    "EasyShipShipmentStatuses": ["PendingSchedule"],
    "ElectronicInvoiceStatuses": ["NotRequired"],
}


async def test_many_options_are_searched_by_halves_unless_the_person_says_otherwise() -> None:
    services = FakeServices(lambda values, _: INVALID if "PaymentMethods" in values else GOOD)
    by_halves = await walked(services, given(INVALID, values=MANY), {})
    question = next(each for each in by_halves if isinstance(each, Question))
    assert (question.choices, question.default) == (("bisect", "step"), "bisect")
    one_by_one = await walked(
        FakeServices(services.answer), given(INVALID, values=MANY), {(Question, StepName.OPTIONS): Reply("step")}
    )
    assert result_of(by_halves).culprits == result_of(one_by_one).culprits == ("PaymentMethods",)
    assert result_of(by_halves).calls < result_of(one_by_one).calls


# -- Where it has no side effects

LISTING = {
    "sellerId": SELLER.seller_id,
    "sku": "SKU-1",
    "marketplaceIds": [US],
    "productType": "LUGGAGE",
    "patches": [{"op": "replace", "path": "/attributes/item_name", "value": [{"value": "x"}]}],
}
PREVIEW: dict[Any, Any] = {(Question, StepName.MINIMAL): Reply("preview")}


async def test_a_preview_is_offered_before_the_real_call_and_takes_no_further_yes() -> None:
    services = FakeServices(INVALID)
    events = await walked(services, case("patchListingsItem", LISTING, answer=given(INVALID).answer), dict(PREVIEW))
    questions = [each for each in events if isinstance(each, Question) and each.id.startswith("send")]
    assert [each.choices for each in questions] == [("preview", "yes", "no")]
    assert services.sent
    assert all("mode=VALIDATION_PREVIEW" in request.query for _, request in services.sent)
    assert result_of(events).verdict.first.cause is Cause.REQUEST


async def test_a_preview_that_passes_speaks_for_the_request() -> None:
    services = FakeServices((200, {"sku": "SKU-1", "status": "VALID", "submissionId": "1"}))
    events = await walked(services, case("patchListingsItem", LISTING, answer=given(INVALID).answer), dict(PREVIEW))
    assert len(services.sent) == 1
    assert "As a preview the call passes" in facts(result_of(events), StepName.MINIMAL)


async def test_what_a_preview_finds_invalid_is_told_in_amazons_words() -> None:
    found = {"sku": "SKU-1", "status": "INVALID", "issues": [{"code": "90220", "message": "'brand' is required."}]}
    services = FakeServices((200, found))
    events = await walked(services, case("patchListingsItem", LISTING, answer=given(INVALID).answer), dict(PREVIEW))
    first = result_of(events).verdict.first
    assert first.cause is Cause.REQUEST
    assert any("'brand' is required." in each for each in (*first.because, *first.do))


async def test_a_sandbox_without_such_a_sample_tells_nothing() -> None:
    services = FakeServices(error(400, "InvalidInput", "Could not match input arguments"))
    what = case("updateFulfillmentOrder", {"sellerFulfillmentOrderId": "1"}, answer=given(INVALID).answer)
    events = await walked(services, what, {(Question, StepName.MINIMAL): Reply("sandbox")})
    assert services.sandbox
    assert [request.operation.name for _, request in services.sent].count("updateFulfillmentOrder") == 1
    assert outcomes(result_of(events))["minimal"] == "failed"
