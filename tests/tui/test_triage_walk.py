"""Walking: on by itself and step by step, skipping, going back, stopping, waiting, questions. Keyboard, 80x24."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import OptionList

from sptui.settings import Config
from sptui.simulator.clock import ManualClock
from sptui.spapi.catalogue import load_catalogue
from sptui.triage.case import Case, read_case
from sptui.triage.events import StepName, StepOutcome
from sptui.tui.screens.investigation import InvestigationScreen
from sptui.tui.screens.question import QuestionScreen
from sptui.tui.widgets.keyed_table import KeyedTable
from sptui.workspace import Workspace

from .patience import PATIENCE_SECONDS, until, until_front, until_shown, until_told
from .snapshot import assert_screen, screen_text
from .wizard import case_of_call, simulated, until_asked, until_over, until_waiting, walking

SIZES = [(80, 24), (120, 40), (200, 60)]


def outcomes(screen: InvestigationScreen) -> dict[StepName, StepOutcome]:
    """How each step ended."""
    assert screen.result is not None
    return {each.step: each.outcome for each in screen.result.steps}


def sent(workspace: Workspace, path: str) -> int:
    """How many calls of a path were sent."""
    return sum(each.path == path for each in workspace.call_log.tail(1000))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_end_looks_as_approved(size: tuple[int, int]) -> None:
    async with walking(simulated(), size=size) as pilot:
        await until_over(pilot)
        assert_screen(pilot.app, f"investigation-{size[0]}x{size[1]}")


async def test_without_colour_the_screen_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with walking(simulated()) as pilot:
        await until_over(pilot)
        assert_screen(pilot.app, "investigation-80x24")
        colours = {
            colour.triplet
            for strip in pilot.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None
            for colour in (segment.style.color, segment.style.bgcolor)
            if colour is not None and colour.triplet is not None
        }
        assert colours
        assert all(max(each) - min(each) <= 1 for each in colours), colours


async def test_step_by_step_waits_before_each_step_and_says_what_it_costs() -> None:
    async with walking(simulated(), step_by_step=True) as pilot:
        screen = await until_waiting(pilot, "minimal")
        assert_screen(pilot.app, "step-by-step-80x24")
        shown = screen_text(pilot.app)
        assert "up to 2 calls" in shown
        assert "Enter makes it, s leaves it out" in shown
        assert not screen.over
        assert sent(screen.workspace, "/orders/v0/orders") == 1


@pytest.mark.parametrize("size", SIZES[1:], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_step_by_step_looks_as_approved(size: tuple[int, int]) -> None:
    async with walking(simulated(), size=size, step_by_step=True) as pilot:
        await until_waiting(pilot, "options")
        assert_screen(pilot.app, f"step-by-step-{size[0]}x{size[1]}")


async def test_s_leaves_out_the_step_that_waits() -> None:
    async with walking(simulated(), step_by_step=True) as pilot:
        screen = await until_waiting(pilot, "options")
        before = sent(screen.workspace, "/orders/v0/orders")
        await pilot.press("s", "m")
        await until_over(pilot)
        assert outcomes(screen)[StepName.OPTIONS] is StepOutcome.SKIPPED
        assert sent(screen.workspace, "/orders/v0/orders") == before
        assert outcomes(screen)[StepName.MINIMAL] is StepOutcome.OK


async def test_a_step_to_come_can_be_struck_out_and_taken_back() -> None:
    async with walking(simulated(), step_by_step=True) as pilot:
        screen = await until_waiting(pilot)
        await pilot.press("G", "k", "k")  # on the account
        await pilot.press("s")
        assert "to skip" in screen_text(pilot.app)
        await pilot.press("s")
        assert "to skip" not in screen_text(pilot.app)
        await pilot.press("g", "j", "j", "j", "j", "s", "m")  # the minimal call
        await until_over(pilot)
        assert outcomes(screen)[StepName.MINIMAL] is StepOutcome.SKIPPED


async def test_m_lets_it_run_on_and_wait_again() -> None:
    async with walking(simulated(), step_by_step=True) as pilot:
        screen = await until_waiting(pilot)
        await pilot.press("m")
        assert (await until_over(pilot)) is screen
        assert screen.waits_before is None


async def test_enter_on_a_finished_step_goes_back_to_it_while_walking() -> None:
    async with walking(simulated(), step_by_step=True) as pilot:
        screen = await until_waiting(pilot, "minimal")
        await pilot.press("g", "enter")  # the answer
        await until(pilot, lambda _: screen.waits_before == "answer", "the first step again")
        assert screen.verdict is None  # what came after it is forgotten
        assert not screen.query_one("#trials", KeyedTable).keys
        await pilot.press("m")
        await until_over(pilot)
        assert sent(screen.workspace, "/orders/v0/orders") == 5


async def test_going_back_at_the_end_does_the_rest_again_and_keeps_one_run() -> None:
    async with walking(simulated()) as pilot:
        screen = await until_over(pilot)
        first = screen.result
        await pilot.press("g", "j", "j", "j", "j", "enter")  # the minimal call
        await until(pilot, lambda _: screen.over and screen.result is not first, "the end again")
        assert screen.result is not None
        assert first is not None
        assert screen.result.verdict == first.verdict
        assert screen.result.calls == first.calls + 3
        assert screen.saved is not None
        assert len(screen.saved.runs) == 1


async def test_a_step_that_is_to_come_cannot_be_gone_to() -> None:
    async with walking(simulated(), step_by_step=True) as pilot:
        screen = await until_waiting(pilot)
        await pilot.press("G", "enter")
        await until_told(pilot, "comes after the steps before it")
        assert screen.waits_before == "answer"


async def test_a_certain_cause_ends_it_early_and_a_step_can_be_made_all_the_same() -> None:
    async with walking(simulated("authorization-revoked")) as pilot:
        screen = await until_over(pilot)
        assert_screen(pilot.app, "early-end-80x24")
        assert outcomes(screen)[StepName.REQUEST] is StepOutcome.SKIPPED
        first = screen.result
        await pilot.press("g", "j", "enter")
        await until(pilot, lambda _: screen.over and screen.result is not first, "the end again")
        assert outcomes(screen)[StepName.REQUEST] is not StepOutcome.SKIPPED


async def test_the_verdict_tells_what_moved_it() -> None:
    async with walking(simulated(), step_by_step=True) as pilot:
        await until_waiting(pilot, "token")
        shown = screen_text(pilot.app)
        assert "request 40 % → 83 %, by “The request”" in shown
        assert "Verdict so far" in shown


# Panels ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("panel", ["evidence", "trials", "roles"])
async def test_each_panel_has_a_number_and_tab_goes_round(panel: str) -> None:
    number = str(["steps", "evidence", "trials", "roles", "verdict"].index(panel) + 1)
    async with walking(simulated("role-missing" if panel == "roles" else "demo")) as pilot:
        screen = await until_over(pilot)
        await pilot.press(number)
        await pilot.pause()
        await pilot.pause()
        assert_screen(pilot.app, f"panel-{panel}-80x24")
        for each in ("tab",) * 5:
            await pilot.press(each)
        assert screen.query_one("#investigation").panel == panel  # type: ignore[attr-defined]
        await pilot.press("shift+tab", "1")
        assert screen.query_one("#steps").has_focus


async def test_a_click_on_a_panel_s_name_shows_it() -> None:
    async with walking(simulated()) as pilot:
        screen = await until_over(pilot)
        trials, upper = screen.query_one("#trials-panel"), screen.query_one("#upper")
        assert [trials.display, upper.display] == [False, True]
        for name in screen.query("PanelName"):
            if "Trials" in str(name.render()):
                await pilot.click(name)
        await pilot.pause()
        assert [trials.display, upper.display] == [True, False]


async def test_the_evidence_of_one_step_alone() -> None:
    async with walking(simulated()) as pilot:
        screen = await until_over(pilot)
        await pilot.press("g", "a", "2")
        await pilot.pause()
        shown = screen_text(pilot.app)
        assert "It fails: 400 InvalidInput" in shown
        assert "The marketplace" not in shown
        assert screen.over


async def test_the_trials_fill_while_it_goes_on() -> None:
    async with walking(simulated(), size=(120, 40), step_by_step=True) as pilot:
        screen = await until_waiting(pilot, "minimal")
        trials = screen.query_one("#trials", KeyedTable)
        before = len(trials.keys)
        await pilot.press("enter")
        await until_waiting(pilot, "options")
        assert [before, len(trials.keys)] == [1, 2]
        shown = screen_text(pilot.app)
        assert "● 200 passes" in shown
        assert "+CreatedBefore" in shown  # of the call as given, against the minimal one


# Waiting and stopping -------------------------------------------------------------------------------------


class PatientClock(ManualClock):
    """Whoever sleeps, sleeps until the test lets go."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.asleep = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        if seconds > 0.5:
            self.asleep.set()
            await self.gate.wait()
        await super().sleep(seconds)


def waiting_workspace(clock: ManualClock) -> Workspace:
    plain = simulated("batch-wrong-uri")
    assert plain.simulation is not None
    return Workspace.simulate(plain.simulation.world, clock=clock)


async def test_a_long_wait_counts_down_and_can_be_stopped() -> None:
    clock = PatientClock()
    async with walking(waiting_workspace(clock)) as pilot:
        await asyncio.wait_for(clock.asleep.wait(), PATIENCE_SECONDS)
        screen = await until_front(pilot, InvestigationScreen)
        await until_shown(pilot, "waiting 2 s for the usage plan of getListingOffersBatch")
        clock.advance(1.0)
        await until_shown(pilot, "waiting 1 s")
        await pilot.press("x")
        await until_over(pilot)
        shown = screen_text(pilot.app)
        assert "Stopped: what was found stays" in shown
        assert screen.verdict is not None
        assert screen.result is not None
        assert screen.saved is None  # half a run is not kept
        await pilot.press("G", "k", "g", "enter")
        await until_told(pilot, "This run has ended")
        clock.gate.set()
        await pilot.press("r")
        await until(pilot, lambda _: screen.over and screen.saved is not None, "the end")


async def test_going_back_while_a_step_runs_happens_when_it_has_ended() -> None:
    clock = PatientClock()
    async with walking(waiting_workspace(clock)) as pilot:
        await asyncio.wait_for(clock.asleep.wait(), PATIENCE_SECONDS)
        await pilot.pause()
        await pilot.press("g", "enter")
        await until_told(pilot, "as soon as this step has ended")
        clock.gate.set()
        screen = await until_over(pilot)
        assert screen.result is not None
        assert screen.result.calls > 3


async def test_leaving_stops_the_flow() -> None:
    clock = PatientClock()
    async with walking(waiting_workspace(clock)) as pilot:
        await asyncio.wait_for(clock.asleep.wait(), PATIENCE_SECONDS)
        await pilot.press("escape")

        def stopped(_: object) -> bool:
            return all(each.is_finished for each in pilot.app.workers if each.group == "investigation")

        await until(pilot, stopped, "the end of the flow")


# Questions ------------------------------------------------------------------------------------------------


def listing_call(workspace: Workspace) -> Case:
    """A write that has a preview."""
    who = workspace.accounts.authorizations()[0]
    values = {
        "sellerId": who.seller_id, "sku": "NO-SUCH-SKU", "marketplaceIds": ["ATVPDKIKX0DER"],
        "productType": "LUGGAGE", "patches": [{"op": "replace", "path": "/attributes/item_name", "value": []}],
    }  # fmt: skip
    return Case(load_catalogue().find("patchListingsItem"), values, who)


async def test_a_write_is_offered_as_a_preview_first_and_not_sent_by_habit() -> None:
    workspace = simulated()
    async with walking(workspace, listing_call(workspace)) as pilot:
        question = await until_asked(pilot)
        assert_screen(pilot.app, "question-preview-80x24")
        shown = screen_text(pilot.app)
        assert "Amazon checks the listing and keeps nothing" in shown
        assert "/listings/2021-08-01/items/A1DEMO0SELLER1/NO-SUCH-SKU" in shown
        choices = question.query_one(OptionList)
        assert choices.highlighted is not None
        assert "No" in str(choices.get_option_at_index(choices.highlighted).prompt)
        await pilot.press("enter")
        await until_over(pilot)
        assert sent(workspace, "/listings/2021-08-01/items/{sellerId}/{sku}") == 0


@pytest.mark.parametrize(("key", "calls"), [("1", 1), ("p", 1), ("y", 1), ("n", 0), ("escape", 0)])
async def test_number_letter_and_esc_answer(key: str, calls: int) -> None:
    workspace = simulated()
    async with walking(workspace, listing_call(workspace)) as pilot:
        await until_asked(pilot)
        await pilot.press(key)
        await until_over(pilot)
        assert (sent(workspace, "/listings/2021-08-01/items/{sellerId}/{sku}") >= 1) is bool(calls)


async def test_the_plan_question_shows_calls_and_seconds_of_both() -> None:
    async with walking(simulated("options-together")) as pilot:
        await until_asked(pilot)
        assert_screen(pilot.app, "question-plan-80x24")
        await pilot.press("s")
        screen = await until_over(pilot)
        assert screen.result is not None
        assert screen.result.culprits


REFUSED_FEED = {
    "operation": "createFeed",
    "request": {
        "method": "POST",
        "url": "https://sellingpartnerapi-na.amazon.com/feeds/2021-06-30/feeds",
        "body": {
            "feedType": "JSON_LISTINGS_FEED",
            "marketplaceIds": ["ATVPDKIKX0DER"],
            "inputFeedDocumentId": "amzn1.tortuga.4.na.x",
        },
    },
    "response": {
        "status": 400,
        "body": {"errors": [{"code": "InvalidInput", "message": "Invalid request parameters"}]},
    },
}


async def test_a_person_may_not_know() -> None:
    workspace = simulated()
    harbor = next(each for each in workspace.accounts.authorizations() if each.seller == "Harbor & Pine Home")
    case = read_case(REFUSED_FEED).for_authorization(harbor)
    async with walking(workspace, case) as pilot:
        await until_asked(pilot)
        await pilot.press("n")  # the call itself is not sent again
        await until(
            pilot, lambda front: isinstance(front, QuestionScreen) and not front._question.is_call, "a question"
        )
        assert_screen(pilot.app, "question-person-80x24")
        await pilot.press("1")
        screen = await until_over(pilot)
        assert screen.result is not None
        assert any(each.source == "you" for step in screen.result.steps for each in step.evidence)


async def test_read_only_never_even_asks() -> None:
    workspace = simulated(config=Config(read_only=True))
    assert workspace.simulation is not None
    feed = next(each for each in workspace.simulation.world.calls if each.operation == "createFeed")
    async with walking(workspace, case_of_call(workspace, feed), size=(120, 40)) as pilot:

        def over_or_asked(front: object) -> bool:
            return isinstance(front, QuestionScreen) or (isinstance(front, InvestigationScreen) and front.over)

        assert isinstance(await until(pilot, over_or_asked, "the end"), InvestigationScreen)
        assert "read-only" in screen_text(pilot.app)
        assert not [each for each in workspace.call_log.tail(1000) if each.operation.endswith("createFeed")]
