"""The wizard shows what the call log tells of other sellers, and makes no call for them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sptui.calllog.desk import LogDesk
from sptui.calllog.preparing import Preparing
from sptui.simulator.clock import ManualClock
from sptui.simulator.world import parse_world
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import load_catalogue
from sptui.triage.case import Case
from sptui.triage.causes import Cause
from sptui.triage.events import StepFinished, StepName, StepOutcome
from sptui.tui.screens.investigation import InvestigationScreen
from sptui.workspace import Workspace

from .snapshot import screen_text
from .wizard import until_over, walking

US = "ATVPDKIKX0DER"
OWN = "A1NORTH0000001"
WORLD = f"""
latency_ms = [0, 0]
[[application]]
client_id = "app"
client_secret = "amzn1.oa2-cs.v1.x"
[[seller]]
id = "{OWN}"
name = "North"
region = "NA"
refresh_token = "Atzr|x"
  [[seller.marketplace]]
  id = "{US}"
[[seller]]
id = "A2SOUTH0000002"
name = "South"
region = "NA"
refresh_token = "Atzr|y"
  [[seller.marketplace]]
  id = "{US}"
[[fault]]
operation = "getOrders"
seller = "{OWN}"
status = 403
code = "Unauthorized"
message = "Access to requested resource is denied."
"""


@pytest.fixture
def workspace() -> Workspace:
    """North's calls are refused for an hour; forty other sellers' pass, as the log knows."""
    made = Workspace.simulate(parse_world(WORLD), clock=ManualClock())
    operation = load_catalogue().find("getOrders")
    for number in range(41):
        seller, status = (OWN, 403) if number == 40 else (f"A{number:013}", 200)
        made.call_log.record(
            CallRecord(
                time=made.clock.now() - timedelta(minutes=10 + number), method="GET", path=operation.path,
                operation=operation.key, stage="api", status=status, code="Unauthorized" if status == 403 else "",
                message="", details="", seller_id=seller, region="NA", application="app", marketplaces=(US,),
                request_id="", milliseconds=1.0,
            )
        )  # fmt: skip
    return made


def case_of(workspace: Workspace) -> Case:
    authorization = next(each for each in workspace.accounts.authorizations() if each.seller_id == OWN)
    values = {"MarketplaceIds": [US], "CreatedAfter": "2026-01-01T00:00:00Z"}
    return Case(operation=load_catalogue().find("getOrders"), values=values).for_authorization(authorization)


def of_sellers(screen: InvestigationScreen) -> StepFinished:
    assert screen.result is not None
    return next(each for each in screen.result.steps if each.step is StepName.SELLERS)


async def test_the_log_tells_of_the_others(workspace: Workspace) -> None:
    async with walking(workspace, case_of(workspace), size=(120, 40)) as pilot:
        screen = await until_over(pilot)
        step = of_sellers(screen)
        assert (step.outcome, step.calls) == (StepOutcome.OK, 0)
        assert step.evidence[0].source == "the call log: 40 sellers in 50 min"
        assert screen.result is not None
        assert screen.result.verdict.first.cause is Cause.AUTHORIZATION
        assert {each.seller_id for each in workspace.call_log.tail(1000)[41:]} == {OWN}
        shown = " ".join(screen_text(pilot.app).split())
        assert "The same call passes for 40 sellers" in shown


async def test_a_log_that_cannot_be_opened_does_not_end_the_walk(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sptui.calllog.asking.engine import CallLogError

    def refused(_: Workspace) -> LogDesk:
        def opened(_: Preparing) -> None:
            raise CallLogError("The database is not reached.")

        return LogDesk(opened)  # type: ignore[arg-type]

    monkeypatch.setattr(Workspace, "open_log", refused)
    async with walking(workspace, case_of(workspace)) as pilot:
        screen = await until_over(pilot)
        facts = [each.fact for each in of_sellers(screen).evidence]
        assert facts[0] == "The call log could not be asked. The database is not reached."
        assert facts[1] == "It does not fail in this way for South."
