"""Every built-in scenario fails as it promises, and is well without the one thing that is wrong in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final, get_args

import msgspec
import pytest

from sptui.cli.main import COMMANDS
from sptui.simulator.clock import ManualClock
from sptui.simulator.engine import Simulator
from sptui.simulator.rehearsal import Exchange, perform
from sptui.simulator.scenario_case import scenario_case
from sptui.simulator.scenarios import UnknownScenarioError, load_scenario, scenario_names
from sptui.simulator.story import Before, CauseLabel, RawRequest, ScenarioCall
from sptui.simulator.world import Fault, World
from sptui.spapi.redaction import redact
from sptui.triage.case import read_case
from sptui.triage.causes import Cause

US: Final = "ATVPDKIKX0DER"
NOT_VALID: Final = "The input you have submitted is not valid."
DENIED: Final = "Access to requested resource is denied."
INTERNAL: Final = "InternalFailure"
CANCELLED: Final = '"processingStatus":"CANCELLED"'

Cured = tuple[World, ScenarioCall]
Cure = Callable[[World, ScenarioCall], Cured]


def calm(world: World, call: ScenarioCall) -> Cured:
    """Without Amazon's own trouble."""
    return msgspec.structs.replace(world, faults=()), call


def application(**more: Any) -> Cure:
    def cure(world: World, call: ScenarioCall) -> Cured:
        changed = tuple(msgspec.structs.replace(each, **more) for each in world.applications)
        return msgspec.structs.replace(world, applications=changed), call

    return cure


def every_seller(**more: Any) -> Cure:
    def cure(world: World, call: ScenarioCall) -> Cured:
        return msgspec.structs.replace(
            world, sellers=tuple(msgspec.structs.replace(each, **more) for each in world.sellers)
        ), call

    return cure


def every_marketplace(**more: Any) -> Cure:
    def cure(world: World, call: ScenarioCall) -> Cured:
        sellers = tuple(
            msgspec.structs.replace(
                each, marketplaces=tuple(msgspec.structs.replace(place, **more) for place in each.marketplaces)
            )
            for each in world.sellers
        )
        return msgspec.structs.replace(world, sellers=sellers), call

    return cure


def call_with(**more: Any) -> Cure:
    return lambda world, call: (world, msgspec.structs.replace(call, **more))


def values(**changes: Any) -> Cure:
    """The same call with other values; None leaves one out."""

    def cure(world: World, call: ScenarioCall) -> Cured:
        changed = {name: value for name, value in {**call.values, **changes}.items() if value is not None}
        return world, msgspec.structs.replace(call, values=changed)

    return cure


def request(change: Callable[[RawRequest], RawRequest]) -> Cure:
    def cure(world: World, call: ScenarioCall) -> Cured:
        assert call.request is not None
        return world, msgspec.structs.replace(call, request=change(call.request))

    return cure


def url(old: str, new: str) -> Cure:
    return request(lambda sent: msgspec.structs.replace(sent, url=sent.url.replace(old, new)))


def headers(**sent: str) -> Cure:
    return request(lambda raw: msgspec.structs.replace(raw, headers={k.replace("_", "-"): v for k, v in sent.items()}))


def body(change: Callable[[Any], Any]) -> Cure:
    return request(lambda sent: msgspec.structs.replace(sent, body=change(sent.body)))


def before(change: Callable[[tuple[Before, ...]], tuple[Before, ...]]) -> Cure:
    return lambda world, call: (world, msgspec.structs.replace(call, before=change(call.before)))


def first_before(values: dict[str, Any]) -> Cure:
    """Other values for what happened first."""
    return before(lambda steps: (msgspec.structs.replace(steps[0], values=values), *steps[1:]))


LISTINGS: Final = {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": [US]}
A_BATCH: Final = [
    {
        "uri": "/products/pricing/v0/listings/TID-0001/offers",
        "method": "GET",
        "MarketplaceId": US,
        "ItemCondition": "New",
    }
]

PROMISED: Final[dict[str, tuple[int, str, Cure]]] = {
    "account-closes-while-you-watch": (400, "Invalid request parameters", every_seller(status_changes=())),
    "account-refused": (403, DENIED, calm),
    "authorization-revoked": (400, "User may have revoked", every_seller(authorization="active")),
    "batch-outage": (500, INTERNAL, calm),
    "batch-wrong-uri": (500, INTERNAL, values(requests=A_BATCH)),
    "blank-answers": (200, "", calm),
    "brown-out": (503, "ServiceUnavailable", calm),
    "bucket-shared": (429, "QuotaExceeded", application(traffic=())),
    "dates-in-the-future": (400, NOT_VALID, values(CreatedBefore=None)),
    "denied-by-outage": (403, DENIED, calm),
    "document-expired": (403, "Request has expired", before(lambda steps: steps[:-1])),
    "document-signed-again": (400, "Only one auth mechanism allowed", headers()),
    "document-with-token": (403, "not signed: x-amz-access-token", headers()),
    "empty-list": (200, '"Orders":[]', values(CreatedAfter="2026-01-01T00:00:00Z", CreatedBefore=None)),
    "far-east-refusal": (400, NOT_VALID, calm),
    "feed-account-closed": (400, "Invalid request parameters", every_marketplace(status="NORMAL")),
    "feed-ids-as-text": (
        400,
        "Invalid request parameters",
        body(lambda sent: {**sent, "marketplaceIds": [sent["marketplaceIds"]]}),
    ),
    "marketplace-not-joined": (403, DENIED, every_marketplace(participating=True)),
    "marketplace-of-another-region": (403, "not valid for region", call_with(seller="Juniper & Loom@EU")),
    "option-misspelt": (400, NOT_VALID, values(includedData=["FULFILLMENT"])),
    "options-together": (400, NOT_VALID, calm),
    "orders-outage": (500, INTERNAL, calm),
    "path-of-an-old-version": (403, "MissingAuthenticationToken", url("2020-09-04", "2021-06-30")),
    "pseudo-marketplace": (403, DENIED, values(marketplaceIds=[US])),
    "quota-used-up": (429, "QuotaExceeded", call_with(times=20)),
    "report-account-closed": (200, CANCELLED, every_marketplace(status="NORMAL")),
    "report-asked-too-soon": (200, CANCELLED, before(lambda steps: steps[1:])),
    "report-no-data": (
        200,
        CANCELLED,
        first_before({**LISTINGS, "dataStartTime": "2026-11-01T03:00:00Z", "dataEndTime": "2026-11-02T03:00:00Z"}),
    ),
    "report-not-offered": (400, "Report rejected for this client", values(**LISTINGS)),
    "report-of-another-seller": (404, "could not be found", call_with(seller="Copperleaf Candles")),
    "restricted-role-missing": (400, "[buyerInfo, shippingAddress]", application(roles=None)),
    "role-by-region": (403, DENIED, call_with(seller="Larkspur Lamps@FE")),
    "role-came-later": (403, DENIED, every_seller(roles_when_authorized=None)),
    "role-missing": (403, DENIED, application(roles=("Product Listing",))),
    "sandbox-host": (400, "Could not match input arguments", url("sandbox.", "")),
    "secret-expired": (403, "LWA secret token you provided has expired", application(secret_expired=False)),
    "secret-wrong": (
        401,
        "invalid_client",
        body(lambda sent: sent.replace("amzn1.oa2-cs.v1.of-last-spring", "{client_secret}")),
    ),
    "subscription-exists": (409, "Subscription already exist", before(lambda steps: steps[:-1])),
    "token-expired": (403, "access token you provided has expired", before(lambda _: ())),
    "token-grantless": (403, DENIED, headers(x_amz_access_token="{access_token}")),
    "token-missing": (403, "Access token is missing", headers(x_amz_access_token="{access_token}")),
    "token-refresh-sent": (403, "revoked, malformed or invalid", headers(x_amz_access_token="{access_token}")),
    "website-unavailable": (503, "Website Temporarily Unavailable", calm),
    "wrong-region-host": (403, DENIED, url("-eu.", "-na.")),
}
"""The status of each scenario's first call, what its answer says, and what takes away the one thing that is wrong."""

PAIRS: Final = (
    ("feed-account-closed", "feed-ids-as-text"),
    ("option-misspelt", "far-east-refusal"),
    ("batch-wrong-uri", "batch-outage"),
    ("role-missing", "denied-by-outage"),
    ("role-missing", "role-came-later"),
    ("role-missing", "wrong-region-host"),
    ("marketplace-not-joined", "account-refused"),
    ("quota-used-up", "bucket-shared"),
)
"""Pairs of flow.md that one answer alone does not tell apart: status, code, message and details are the same."""


def answered(world: World, call: ScenarioCall) -> Exchange:
    return perform(Simulator(world, clock=ManualClock()), call)


def told(exchange: Exchange) -> str:
    return exchange.answer.body.decode("utf-8", "replace")


def test_the_table_is_about_every_scenario() -> None:
    assert tuple(sorted(PROMISED)) == scenario_names()


@pytest.mark.parametrize("name", scenario_names())
def test_it_fails_as_promised_and_is_well_without_what_is_wrong(name: str) -> None:
    status, words, cure = PROMISED[name]
    world = load_scenario(name)
    call = world.calls[0]
    exchange = answered(world, call)
    assert (exchange.answer.status, words in told(exchange)) == (status, True), told(exchange)
    if not words:
        assert not told(exchange)
    if words == DENIED:
        assert '"details":""' in told(exchange)
    well = answered(*cure(world, call))
    assert well.ok, told(well)
    assert told(well) or well.answer.status == 204
    assert not words or words not in told(well)
    assert CANCELLED not in told(well)


@pytest.mark.parametrize("name", scenario_names())
def test_it_is_written_as_agreed(name: str) -> None:
    world = load_scenario(name)
    scenario = world.scenario
    assert scenario is not None
    assert scenario.name == name
    assert scenario.calls
    assert len({(each.id, each.region) for each in world.sellers}) >= 2
    for sentence in (scenario.wrong, scenario.tell, *(each.story for each in scenario.calls)):
        assert sentence.endswith(".")
    assert not scenario.twin or scenario.twin in scenario_names()
    assert scenario.twin != name
    assert name not in COMMANDS
    for call in scenario.calls:
        assert scenario.cause_of(call)
        assert set(call.culprits) <= {*call.values, *_fields(call)}


def _fields(call: ScenarioCall) -> tuple[str, ...]:
    return tuple(call.request.body) if call.request is not None and isinstance(call.request.body, dict) else ()


def test_every_cause_has_a_scenario() -> None:
    causes = Counter(scenario.cause for name in scenario_names() if (scenario := load_scenario(name).scenario))
    assert set(causes) == {each.value for each in Cause}
    assert set(get_args(CauseLabel)) == {each.value for each in Cause}


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=[f"{one}-{other}" for one, other in PAIRS])
def test_hard_pairs_look_the_same(one: str, other: str) -> None:
    worlds = load_scenario(one), load_scenario(other)
    first, second = (answered(world, world.calls[0]) for world in worlds)
    assert first.answer.status == second.answer.status
    assert first.data == second.data
    causes = {world.scenario.cause for world in worlds if world.scenario}
    assert len(causes) == 2 or causes == {"throttled"}


def test_an_unknown_name_tells_the_nearest() -> None:
    with pytest.raises(UnknownScenarioError, match="did you mean 'secret-expired'"):
        load_scenario("secret-expird")
    with pytest.raises(UnknownScenarioError, match="--list"):
        load_scenario("../worlds/demo")


# Cases --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", scenario_names())
def test_a_case_can_be_read_and_holds_no_secret(name: str) -> None:
    world = load_scenario(name)
    found = scenario_case(world, world.calls[0])
    text = msgspec.json.encode(found).decode()
    assert redact(text) == text
    for seller in world.sellers:
        assert seller.refresh_token not in text
        assert seller.refresh_token.removeprefix("Atzr|") not in text
    for each in world.applications:
        assert each.client_secret not in text
    case = read_case(found)
    assert found["id"] == f"{name}-1"
    assert case.answer is not None
    assert case.answer.status == PROMISED[name][0]
    assert scenario_case(world, world.calls[0]) == found


def test_the_context_is_what_a_tool_could_have_observed() -> None:
    world = load_scenario("feed-account-closed")
    context = scenario_case(world, world.calls[0])["context"]
    assert context["account_status"] == "DEACTIVATED"
    assert context["other_sellers"] == {"calling": 2, "failing": 0}
    assert context["other_marketplaces_ok"] is True
    assert "other_regions" not in context
    assert [each["marketplaceId"] for each in context["participations"]] == [
        each.id for each in world.caller(world.calls[0]).marketplaces
    ]
    assert "roles" not in context
    world = load_scenario("role-missing")
    context = scenario_case(world, world.calls[0])["context"]
    assert context["roles"] == ["Inventory and Order Tracking", "Selling Partner Insights"]
    assert context["other_sellers"] == {"calling": 2, "failing": 2}
    world = load_scenario("authorization-revoked")
    context = scenario_case(world, world.calls[0])["context"]
    assert context == {"other_sellers": {"calling": 2, "failing": 0}}


def test_the_context_tells_how_the_call_fares_in_another_region() -> None:
    world = load_scenario("denied-by-outage")
    assert scenario_case(world, world.calls[0])["context"]["other_regions"] == {"passing": ["NA"]}


def test_the_account_status_is_that_of_the_marketplaces_that_the_answer_is_about() -> None:
    world = load_scenario("report-account-closed")
    assert scenario_case(world, world.calls[0])["context"]["account_status"] == "DEACTIVATED"


def test_a_status_changes_while_one_watches() -> None:
    world = load_scenario("account-closes-while-you-watch")
    call = msgspec.structs.replace(world.calls[0], before=())
    simulator = Simulator(world, clock=ManualClock())
    seen = []
    for minutes in (0, 11, 20):
        assert isinstance(simulator.clock, ManualClock)
        simulator.clock.advance(minutes * 60)
        found = scenario_case(world, call, simulator=simulator)
        seen.append((found["context"]["account_status"], found["response"]["status"]))
    assert seen == [("NORMAL", 202), ("AT_RISK", 202), ("DEACTIVATED", 400)]


def test_a_case_without_context_makes_the_call_alone() -> None:
    world = load_scenario("role-missing")
    simulator = Simulator(world, clock=ManualClock())
    found = scenario_case(world, world.calls[0], simulator=simulator, context=False)
    assert found["context"] == {}
    assert found["operation"] == "searchCatalogItems"
    assert found["request"]["headers"]["x-amz-access-token"] == "Atza|•••"


def test_a_dropped_connection_leaves_the_response_empty() -> None:
    world = msgspec.structs.replace(load_scenario("orders-outage"), faults=(Fault(drop=True),))
    assert scenario_case(world, world.calls[0])["response"] == {}
