"""Finding an operation, reading its card, and calling it, with the keyboard and with the mouse."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import msgspec
import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Checkbox, Input, OptionList, Select

from sptui.settings import Config
from sptui.simulator.clock import ManualClock
from sptui.simulator.world import demo_world
from sptui.spapi.catalogue import load_catalogue
from sptui.tui.app import SptuiApp
from sptui.tui.screens.call import CallScreen
from sptui.tui.screens.operations import OperationsScreen
from sptui.tui.screens.question import QuestionScreen
from sptui.tui.screens.sellers import SellersScreen
from sptui.tui.screens.triage import TriageScreen
from sptui.tui.widgets.operation_list import OperationList
from sptui.workspace import Workspace

from .amazon import Amazon
from .conftest import choose, settle
from .patience import until, until_front, until_shown
from .snapshot import assert_screen, screen_text


@pytest.fixture
async def demo(clock: ManualClock) -> AsyncIterator[Workspace]:
    world = msgspec.structs.replace(demo_world(), latency_ms=(0, 0))
    workspace = Workspace.simulate(world, clock=clock)
    yield workspace
    await workspace.close()


async def open_operations(pilot: Pilot[None], query: str = "") -> OperationsScreen:
    await settle(pilot)
    await choose(pilot)
    await pilot.press("o")
    screen = await until_front(pilot, OperationsScreen)
    screen.query_one("#search", Input).value = query
    await pilot.pause()
    await pilot.pause()
    return screen


async def open_call(pilot: Pilot[None], query: str) -> CallScreen:
    await open_operations(pilot, query)
    await pilot.press("enter")
    screen = await until_front(pilot, CallScreen)
    await settle(pilot)
    return screen


def in_front(pilot: Pilot[None]) -> Screen[object]:
    return pilot.app.screen


def status_of(screen: CallScreen) -> int | None:
    return screen.call.status if screen.call is not None else None


def fields(screen: CallScreen | TriageScreen) -> dict[str, str]:
    return {field.name: field.value for field in screen.query_one("#parameters").query(Input) if field.name}


# Finding --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_list_and_card_look_as_approved(demo: Workspace, size: tuple[int, int]) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=size) as pilot:
        await open_operations(pilot, "getord")
        assert_screen(app, f"operations-{size[0]}x{size[1]}")


async def test_all_are_listed_by_api_and_typing_searches(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_operations(pilot)
        found = screen.query_one(OperationList)
        models = {each.model for each in load_catalogue()}
        assert found.option_count == len(load_catalogue()) + len(models)
        assert sum(option.disabled for option in found.options) == len(models)
        assert screen.selected_operation is not None
        await pilot.press(*"gmp")
        await pilot.pause()
        assert [option.id for option in found.options if option.id] == ["sellers-v1.getMarketplaceParticipations"]
        assert "1 of 370" in screen_text(app)
        assert "/sellers/v1/marketplaceParticipations" in screen_text(app)


async def test_the_cursor_passes_over_headings_from_within_the_search(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_operations(pilot, "getord")
        found = screen.query_one(OperationList)
        seen = [found.selected_key]
        for _ in range(4):
            await pilot.press("down")
            seen.append(found.selected_key)
        assert len(set(seen)) == 5
        assert None not in seen
        assert screen.focused is screen.query_one("#search")
        await pilot.press("up")
        assert found.selected_key == seen[3]
        await pilot.press("tab", "G")
        assert found.selected_key == found.options[-1].id
        await pilot.press("g", "j", "k")
        assert found.selected_key == seen[0]
        await pilot.press("slash")
        assert screen.focused is screen.query_one("#search")


async def test_nothing_found_is_told_and_escape_shows_all_again_then_leaves(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_operations(pilot, "xyzzyplugh [/x]")
        assert "No operation fits." in screen_text(app)
        assert screen.query_one(OperationList).selected_key is None
        await pilot.press("enter")
        assert in_front(pilot) is screen
        await pilot.press("escape")
        await pilot.pause()
        assert "No operation fits." not in screen_text(app)
        assert screen.selected_operation is not None
        await pilot.press("escape")
        await until_front(pilot, SellersScreen)


async def test_the_mouse_selects_and_opens(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_operations(pilot, "getord")
        first = screen.query_one(OperationList).selected_key
        await pilot.click("#operations", offset=(6, 4))
        assert (await until_front(pilot, CallScreen)).selected_operation.key != first


async def test_copies_the_minimal_request_as_curl(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_operations(pilot, "getOrders")
        await pilot.press("tab", "y")
        assert app.clipboard.startswith("curl -X GET 'https://sellingpartnerapi-na.amazon.com/orders/v0/orders?")
        assert "$SPAPI_TOKEN" in app.clipboard


async def test_triage_opens_with_the_operation_chosen(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_operations(pilot, "getOrders")
        await pilot.press("tab", "t")
        await settle(pilot)
        assert isinstance(app.screen, TriageScreen)
        assert app.screen.query_one("#operation", Select).value == "orders-v0.getOrders"
        assert fields(app.screen)["MarketplaceIds"] == "ATVPDKIKX0DER"


async def test_the_browser_is_not_opened_twice_nor_under_a_dialogue(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_operations(pilot)
        await pilot.press("tab", "o")
        await pilot.pause()
        assert sum(isinstance(screen, OperationsScreen) for screen in app.screen_stack) == 1


# Calling --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_form_and_answer_look_as_approved(demo: Workspace, size: tuple[int, int]) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=size) as pilot:
        screen = await open_call(pilot, "getMarketplaceParticipations")
        assert_screen(app, f"call-form-{size[0]}x{size[1]}")
        await pilot.press("f5")
        await settle(pilot)
        assert screen.call is not None
        told = screen_text(app).replace(screen.call.answer.request_id if screen.call.answer else "", "")
        assert "● 200 OK" in told
        assert '"payload"' in told
        assert "0.016 a second" in told


async def test_the_form_is_the_minimal_request_and_is_checked_while_it_is_typed(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_call(pilot, "reports-2021-06-30.createReport")
        assert screen.query_one("#authorization", Select).value == "A1DEMO0SELLER1@NA"
        assert fields(screen)["marketplaceIds"] == "ATVPDKIKX0DER"
        assert "The catalogue has nothing against it." in screen_text(app)
        screen.query_one("#parameters").query(Input).first().value = ""
        await pilot.pause()
        assert "▲" in screen_text(app)
        assert "nothing against it" not in screen_text(app)


async def test_another_seller_fills_the_form_anew_unless_it_was_touched(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_call(pilot, "getOrders")
        screen.query_one("#authorization", Select).value = "A1DEMO0SELLER1@EU"
        await settle(pilot)
        european = fields(screen)["MarketplaceIds"]
        assert european != "ATVPDKIKX0DER"
        field = next(each for each in screen.query(Input) if each.name == "MarketplaceIds")
        field.value = "MINE"
        await pilot.pause()
        screen.query_one("#authorization", Select).value = "A1DEMO0SELLER1@NA"
        await settle(pilot)
        assert fields(screen)["MarketplaceIds"] == "MINE"


async def test_the_sandbox_is_filled_with_what_it_answers(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_call(pilot, "getOrders")
        screen.query_one("#sandbox", Checkbox).value = True
        await settle(pilot)
        assert fields(screen)["CreatedAfter"] == "TEST_CASE_200"
        assert "The catalogue has nothing against it." in screen_text(app)
        await pilot.press("u")
        assert "https://sandbox.sellingpartnerapi-na.amazon.com/orders/v0/orders" in app.clipboard


async def test_what_the_sandbox_alone_serves_goes_there(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_call(pilot, "fbaInventory-v1.createInventoryItem")
        assert screen.query_one("#sandbox", Checkbox).value
        assert "▐X▌ to the sandbox" in screen_text(app)
        await pilot.press("u")
        assert "https://sandbox." in app.clipboard


async def test_side_effects_are_asked_about_with_the_whole_call(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_call(pilot, "createReport")
        await pilot.press("f5")
        await until_front(pilot, QuestionScreen)
        assert_screen(app, "call-question-80x24")
        await pilot.press("enter")  # by habit: the careful answer has the cursor
        await settle(pilot)
        assert in_front(pilot) is screen
        assert status_of(screen) is None
        assert not [each for each in demo.call_log.tail(1000) if each.operation.endswith("createReport")]
        await pilot.press("f5")
        await until_front(pilot, QuestionScreen)
        await pilot.press("y")
        await until_front(pilot, CallScreen)
        await settle(pilot)
        assert status_of(screen) == 202
        assert "reportId" in screen_text(app)


async def test_a_long_call_is_read_to_its_end_before_the_yes(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_call(pilot, "createReport")
        field = next(each for each in screen.query(Input) if each.name == "marketplaceIds")
        field.value = ",".join([*(f"FILLER{number}" for number in range(40)), "THE-LAST-ONE"])
        await pilot.press("f5")
        await until_front(pilot, QuestionScreen)
        assert "THE-LAST-ONE" not in screen_text(app)
        for _ in range(8):
            await pilot.press("pagedown")
        await pilot.pause()
        assert "THE-LAST-ONE" in screen_text(app)


async def test_read_only_refuses_side_effects_and_nothing_else(demo: Workspace) -> None:
    demo.config = Config(read_only=True)
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        screen = await open_call(pilot, "createReport")
        await pilot.press("f5")
        await settle(pilot)
        assert in_front(pilot) is screen
        assert status_of(screen) is None
        assert "read_only is set" in " ".join(screen_text(app).split())
        await pilot.press("escape")
        (await until_front(pilot, OperationsScreen)).query_one("#search", Input).value = "gmp"
        await pilot.pause()
        await pilot.press("enter")
        calling = await until_front(pilot, CallScreen)
        await pilot.press("f5")
        await until(pilot, lambda _: calling.call is not None, "the answer")


async def test_a_failing_call_is_told_copied_and_handed_to_the_wizard(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        screen = await open_call(pilot, "getOrders")
        next(each for each in screen.query(Input) if each.name == "CreatedAfter").value = ""
        await pilot.press("f5")
        await settle(pilot)
        assert "✖ 400 InvalidInput" in screen_text(app)
        await pilot.press("y")
        assert json.loads(app.clipboard)["errors"][0]["code"] == "InvalidInput"
        await pilot.press("t")
        await settle(pilot)
        assert isinstance(app.screen, TriageScreen)
        assert fields(app.screen)["MarketplaceIds"] == "ATVPDKIKX0DER"
        assert fields(app.screen)["CreatedAfter"] == ""


async def test_no_token_is_told(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_call(pilot, "gmp")
        screen.query_one("#authorization", Select).value = "A7DEMO0SELLER7@NA"
        await settle(pilot)
        await pilot.press("f5")
        await settle(pilot)
        assert "No access token" in screen_text(app)


async def test_without_a_seller_it_says_what_is_missing(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await open_call(pilot, "getOrders")
        screen.query_one("#authorization", Select).clear()
        await settle(pilot)
        await pilot.press("f5")
        await pilot.pause()
        assert "Choose a seller first." in screen_text(app)
        assert status_of(screen) is None


async def test_a_call_that_hangs_is_stopped_with_escape(workspace: Workspace, amazon: Amazon) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await open_call(pilot, "getMarketplaceParticipations")
        amazon.gate.clear()
        await pilot.press("f5")
        await until_shown(pilot, "waiting for the answer")
        await pilot.press("escape")
        await settle(pilot)
        assert in_front(pilot) is screen
        assert "Stopped" in screen_text(app)
        assert status_of(screen) is None
        await pilot.press("escape")
        await until_front(pilot, OperationsScreen)
        amazon.gate.set()


async def test_what_amazon_answers_is_never_markup_nor_a_command(workspace: Workspace, amazon: Amazon) -> None:
    tricky = "[/x] [bold]no[/] \x1b[31mred Atza|planted-canary"
    amazon.other = lambda *_: (400, {"errors": [{"code": tricky, "message": tricky}]})
    app = SptuiApp(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_call(pilot, "getOrders")
        await pilot.press("f5")
        await settle(pilot)
        text = screen_text(app)
        assert "[/x] [bold]no[/]" in text
        assert "\x1b" not in text
        assert "planted-canary" not in text


async def test_a_long_answer_is_cut_on_screen_and_copied_whole(workspace: Workspace, amazon: Amazon) -> None:
    amazon.other = lambda *_: (200, {"payload": [{"n": n} for n in range(2000)]})
    app = SptuiApp(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_call(pilot, "getOrders")
        await pilot.press("f5")
        await settle(pilot)
        await pilot.press("end")
        await pilot.pause()
        assert "more lines" in str(app.screen.query_one("#answer").render())
        await pilot.press("y")
        assert json.loads(app.clipboard)["payload"][-1] == {"n": 1999}


async def test_themes_and_no_colour_draw_both_screens(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_call(pilot, "getOrders")
        await pilot.press("f5")
        await settle(pilot)
        before = screen_text(app)
        await pilot.press("ctrl+t")
        await settle(pilot)
        assert screen_text(app) == before
        await pilot.press("escape", "ctrl+t")
        await pilot.pause()
        assert isinstance(app.screen.query_one("#operations"), OptionList)
