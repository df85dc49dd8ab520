"""The call log on the screen: looked at, chosen from, grouped, asked who else, and gone on from into the triage."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from sptui.calllog.query import text_of
from sptui.tui.app import SptuiApp
from sptui.tui.screens.investigation import InvestigationScreen
from sptui.tui.screens.log import LogScreen
from sptui.tui.screens.log_call import CallSheet
from sptui.tui.screens.triage import TriageScreen
from sptui.tui.screens.who import WhoScreen
from sptui.tui.widgets.log_filter import LogFilter
from sptui.tui.widgets.long_table import LongTable
from sptui.tui.widgets.panel_bar import PanelName
from sptui.workspace import Workspace

from .log_calls import DENIED, View, answered, call, denied, logged, looking, screen_of
from .patience import until, until_told
from .snapshot import assert_screen, screen_text

SIZES = [(80, 24), (120, 40), (200, 60)]
GROUP = 'op:orders-v0.getOrders status:403 code:Unauthorized "Access to requested resource is denied"'


def name_of(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def asked_for(pilot: Pilot[None]) -> str:
    return text_of(screen_of(pilot).terms)


def shown_view(pilot: Pilot[None]) -> View:
    return screen_of(pilot).view


async def type_text(pilot: Pilot[None], text: str) -> None:
    names = {" ": "space", ":": "colon", '"': "quotation_mark", "-": "minus"}
    await pilot.press(*(names.get(each, each) for each in text))


async def keys(pilot: Pilot[None], *names: str) -> LogScreen:
    """Presses keys and waits for what the log answers."""
    for each in names:
        await pilot.press(each)
        await pilot.pause()
        await answered(pilot)
    return screen_of(pilot)


async def to_who(pilot: Pilot[None]) -> WhoScreen:
    await pilot.press("w")
    screen = await until(pilot, lambda front: isinstance(front, WhoScreen) and front.answer is not None, "who else")
    assert isinstance(screen, WhoScreen)
    return screen


async def until_triage(pilot: Pilot[None]) -> None:
    """Waits until a call of nobody known is being looked into; it may have asked something already."""

    def begun(_: object) -> bool:
        return any(isinstance(each, InvestigationScreen) for each in pilot.app.screen_stack)

    await until(pilot, begun, "the triage")


# How it looks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES, ids=name_of)
async def test_the_calls(workspace: Workspace, size: tuple[int, int]) -> None:
    async with looking(logged(workspace), size=size) as pilot:
        assert_screen(pilot.app, f"log-{name_of(size)}")


@pytest.mark.parametrize("size", SIZES, ids=name_of)
async def test_the_errors(workspace: Workspace, size: tuple[int, int]) -> None:
    async with looking(logged(workspace), size=size) as pilot:
        await keys(pilot, "2")
        assert_screen(pilot.app, f"log-errors-{name_of(size)}")


@pytest.mark.parametrize("size", SIZES[:2], ids=name_of)
async def test_who_else(workspace: Workspace, size: tuple[int, int]) -> None:
    async with looking(logged(workspace), size=size) as pilot:
        await keys(pilot, "2")
        await to_who(pilot)
        assert_screen(pilot.app, f"log-who-{name_of(size)}")


async def test_all_that_is_known_of_a_call(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        await pilot.press("v")
        await until(pilot, lambda front: isinstance(front, CallSheet), "the call")
        assert_screen(pilot.app, "log-call-80x24")


async def test_typing_what_to_choose(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        await pilot.press("slash")
        await type_text(pilot, "status:403 sel")
        await answered(pilot)
        await until_told(pilot, "seller:")
        assert_screen(pilot.app, "log-typing-80x24")


async def test_nothing_logged_says_how_it_fills(workspace: Workspace) -> None:
    async with looking(workspace) as pilot:
        assert_screen(pilot.app, "log-empty-80x24")
        await pilot.press("enter", "w", "v", "y", "S", "O", "E", "M")  # none of which has anything to work on
        await pilot.pause()
        assert isinstance(pilot.app.screen, LogScreen)
        await keys(pilot, "2")
        assert "No errors" in screen_text(pilot.app)


async def test_no_call_fits(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        await keys(pilot, "x")
        await pilot.press("slash")
        await type_text(pilot, "nowhere")
        await pilot.press("enter")
        await answered(pilot)
        assert_screen(pilot.app, "log-no-match-80x24")
        await keys(pilot, "escape")
        assert asked_for(pilot) == "status:failed"


async def test_names_of_sellers_stand_for_their_ids_where_they_are_known(workspace: Workspace) -> None:
    records = [call(1), call(2, seller_id="A2BLUEHERON002", region=""), call(3, seller_id="A9STRANGER")]
    async with looking(logged(workspace, records)) as pilot:
        shown = screen_text(pilot.app)
        for told in ("Northwind Outdo", "Blue Heron Books", "A9STRANGER"):
            assert told in shown


async def test_the_path_stands_there_as_it_was_sent_where_that_is_known(workspace: Workspace) -> None:
    items = {"path": "/orders/v0/orders/{orderId}/orderItems", "raw_path": "/orders/v0/orders/***/orderItems"}
    async with looking(logged(workspace, [call(1, **items)])) as pilot:
        assert "GET /orders/v0/orders/***/orderItems" in screen_text(pilot.app)
        await pilot.press("v")
        await until(pilot, lambda front: isinstance(front, CallSheet), "the call")
        shown = screen_text(pilot.app)
        assert "path        GET /orders/v0/orders/{orderId}/orderItems" in shown
        assert "raw path    /orders/v0/orders/***/orderItems" in shown


async def test_what_was_logged_is_never_markup(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        assert "✖ 400 [/x]Bad" in screen_text(pilot.app)
        assert "[bold]not[/] markup �[31m [/x]" in screen_text(pilot.app)
        await pilot.press("v")
        await until(pilot, lambda front: isinstance(front, CallSheet), "the call")
        assert "[bold]not[/] markup" in screen_text(pilot.app)


async def test_a_change_of_theme_draws_it_anew(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        before = pilot.app.export_screenshot()
        shown = screen_text(pilot.app)
        await pilot.press("ctrl+t")
        await pilot.pause()
        await pilot.pause()
        assert pilot.app.export_screenshot() != before
        assert screen_text(pilot.app) == shown


# Choosing calls -------------------------------------------------------------------------------------------


async def test_keys_choose_and_escape_takes_it_back_step_by_step(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        whole = screen_of(pilot).feed.total
        await keys(pilot, "x")
        assert asked_for(pilot) == "status:failed"
        failing = screen_of(pilot).feed.total
        assert failing is not None
        assert whole is not None
        assert failing < whole
        await keys(pilot, "left_square_bracket", "left_square_bracket")
        assert asked_for(pilot) == "status:failed since:7d"
        await keys(pilot, "x")
        assert asked_for(pilot) == "since:7d"
        await keys(pilot, "right_square_bracket", "x", "escape")
        assert asked_for(pilot) == "since:30d"
        await keys(pilot, "escape")
        assert asked_for(pilot) == ""
        await pilot.press("escape")
        await until(pilot, lambda front: not isinstance(front, LogScreen), "the screen before")


async def test_only_what_the_row_has(workspace: Workspace) -> None:
    records = [call(5, seller_id="A9STRANGER"), denied(1), denied(4, marketplaces=()), call(3, seller_id="")]
    async with looking(logged(workspace, records)) as pilot:
        await keys(pilot, "S")
        assert asked_for(pilot) == 'seller:"Northwind Outdoor"'
        assert screen_of(pilot).feed.total == 2
        await keys(pilot, "M")
        assert asked_for(pilot) == 'seller:"Northwind Outdoor" marketplace:DE'
        assert screen_of(pilot).feed.total == 1
        await keys(pilot, "escape", "escape", "O", "E")
        assert asked_for(pilot) == "op:orders-v0.getOrders status:403 code:Unauthorized"
        await keys(pilot, "escape", "escape", "escape", "j")
        assert screen_of(pilot).selected_call == call(3, seller_id="")
        await keys(pilot, "S")  # of nobody
        assert asked_for(pilot) == ""
        await keys(pilot, "G", "S")
        assert asked_for(pilot) == "seller:A9STRANGER"


async def test_what_is_typed_is_asked_for_while_it_is_typed_and_escape_goes_back(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        await keys(pilot, "x")
        await pilot.press("slash")
        line = pilot.app.screen.query_one(Input)
        assert line.value == "status:failed "
        await type_text(pilot, "code:quotaexceeded")
        await answered(pilot)
        assert screen_of(pilot).feed.total == 0  # codes are as they are
        await pilot.press("escape")
        await answered(pilot)
        assert asked_for(pilot) == "status:failed"
        assert not pilot.app.screen.query_one(LogFilter).is_open
        assert isinstance(pilot.app.focused, LongTable)


async def test_tab_takes_what_is_proposed(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        await pilot.press("slash")
        await type_text(pilot, "sta")
        await pilot.pause()
        await pilot.press("tab")
        await type_text(pilot, "fai")
        await pilot.pause()
        await pilot.press("tab", "enter")
        await answered(pilot)
        assert asked_for(pilot) == "status:failed"


async def test_what_cannot_be_understood_is_told_beside_the_line(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        await pilot.press("slash")
        await type_text(pilot, "seler:x")
        await until_told(pilot, "did you mean seller:?")
        await pilot.press("enter")
        await pilot.pause()
        assert pilot.app.screen.query_one(LogFilter).is_open  # until it is right, or left
        await pilot.press("escape")
        await answered(pilot)
        assert asked_for(pilot) == ""
        assert isinstance(pilot.app.screen, LogScreen)


# Going on -------------------------------------------------------------------------------------------------


async def test_enter_on_a_failing_call_starts_the_triage_with_it(workspace: Workspace) -> None:
    async with looking(logged(workspace, [denied(2, seller_id="A1NORTHWIND001")])) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda front: isinstance(front, TriageScreen), "the form")
        await until_told(pilot, "From the log of 2026-11-23 11:58 UTC: 403 Unauthorized")
        await pilot.press("escape")
        await until(pilot, lambda front: isinstance(front, LogScreen), "the log")


async def test_a_call_of_nobody_known_is_looked_into_at_once(workspace: Workspace) -> None:
    async with looking(logged(workspace, [denied(2, seller_id="A9STRANGER")])) as pilot:
        await pilot.press("t")
        await until_triage(pilot)


async def test_enter_on_a_good_call_shows_all_of_it_and_starts_nothing(workspace: Workspace) -> None:
    async with looking(logged(workspace, [call(2)])) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda front: isinstance(front, CallSheet), "the call")
        await pilot.press("enter", "t")
        await pilot.pause()
        assert isinstance(pilot.app.screen, CallSheet)
        await pilot.press("escape", "t")
        await until_told(pilot, "This call went well")


async def test_from_the_whole_of_a_call_into_the_triage_and_to_who_else(workspace: Workspace) -> None:
    async with looking(logged(workspace, [denied(2)])) as pilot:
        await pilot.press("v")
        await until(pilot, lambda front: isinstance(front, CallSheet), "the call")
        await pilot.press("w")
        await until(pilot, lambda front: isinstance(front, WhoScreen) and front.answer is not None, "who else")
        await pilot.press("escape", "v")
        await until(pilot, lambda front: isinstance(front, CallSheet), "the call")
        await pilot.press("enter")
        await until(pilot, lambda front: isinstance(front, TriageScreen), "the form")


async def test_enter_on_an_error_shows_its_calls(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        screen = await keys(pilot, "left_square_bracket", "2")
        error = screen.selected_error
        assert error is not None
        assert error.message == DENIED
        await pilot.press("enter")
        await answered(pilot)
        assert screen.view is View.CALLS
        assert asked_for(pilot) == f"since:30d {GROUP}"
        assert screen.feed.total == error.calls
        assert {each.status for each in screen.feed.calls.by_key.values()} == {403}


async def test_the_calls_of_every_error_are_found_again(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        screen = await keys(pilot, "2")
        errors = dict(screen.feed.errors)
        assert {each.operation for each in errors.values()} >= {"POST /not/in/the/{catalogue}", "orders-v0.getOrders"}
        for key, error in errors.items():
            await keys(pilot, "2")
            screen.table.select_key(key)
            await pilot.pause()
            await keys(pilot, "enter")
            assert screen.feed.total == error.calls, key
            while screen.terms:
                await keys(pilot, "escape")


async def test_a_triage_of_an_error_takes_the_newest_such_call(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        await keys(pilot, "2")
        await pilot.press("t")
        await until_triage(pilot)


async def test_who_else_goes_on_to_the_calls_and_to_the_triage(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        await keys(pilot, "2")
        who = await to_who(pilot)
        assert who.answer is not None
        assert (who.answer.failing, who.answer.calling) == (6, 20)
        for told in ("A group: 6 of 20 sellers", "They share the marketplace DE", "Over the whole log"):
            assert told in screen_text(pilot.app)
        assert "DE" in who.copied
        assert "6 of 20" in who.copied
        first = who.answer
        await pilot.press("left_square_bracket", "left_square_bracket", "left_square_bracket")
        await until(pilot, lambda _: who.answer is not first, "the answer of another time")
        await until_told(pilot, "Over the last 24h of the log, since 2026-11-22 11:59 UTC")
        await pilot.press("f")
        await until(pilot, lambda front: isinstance(front, LogScreen), "the log")
        await answered(pilot)
        assert asked_for(pilot) == "since:24h op:orders-v0.getOrders status:403 code:Unauthorized"
        await keys(pilot, "2")
        await to_who(pilot)
        await pilot.press("t")
        await until_triage(pilot)


async def test_who_else_of_a_good_call_asks_for_any_error(workspace: Workspace) -> None:
    async with looking(logged(workspace, [call(1), call(2, seller_id="A2BLUEHERON002")])) as pilot:
        who = await to_who(pilot)
        assert "getOrders · any error" in screen_text(pilot.app)
        assert who.answer is not None
        assert who.answer.failures == 0
        await pilot.press("t", "f", "enter")  # there is nothing to go on with
        await pilot.pause()
        assert pilot.app.screen is who
        assert "Too few to tell: 0 of 2 sellers" in screen_text(pilot.app)


async def test_of_a_call_that_no_catalogue_knows_nobody_else_can_be_told(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        await pilot.press("w")
        await until_told(pilot, "no operation of the catalogue")
        assert isinstance(pilot.app.screen, LogScreen)


async def test_copying_a_row(workspace: Workspace) -> None:
    async with looking(logged(workspace, [denied(2, request_id="the-id")])) as pilot:
        await pilot.press("y")
        await until(pilot, lambda _: "the-id" in pilot.app.clipboard, "the copy")
        await pilot.press("2")
        await answered(pilot)
        await pilot.press("y")
        await until(pilot, lambda _: "1 seller, 1 call" in pilot.app.clipboard, "the copy of the error")


# The mouse ------------------------------------------------------------------------------------------------


async def test_names_and_rows_answer_to_the_mouse(workspace: Workspace) -> None:
    async with looking(logged(workspace)) as pilot:
        screen = screen_of(pilot)
        await pilot.click(next(each for each in screen.query(PanelName) if each.panel == "errors"))
        await answered(pilot)
        assert shown_view(pilot) is View.ERRORS
        await pilot.click("#errors", offset=(10, 2))
        await pilot.pause()
        second = list(screen.feed.errors.values())[1]
        assert screen.selected_error == second
        await pilot.click("#errors", offset=(10, 2))
        await answered(pilot)
        assert shown_view(pilot) is View.CALLS
        assert screen.feed.total == second.calls


# From the wizard ------------------------------------------------------------------------------------------


async def test_the_wizard_picks_a_failing_call_in_the_same_screen(workspace: Workspace) -> None:
    app = SptuiApp(logged(workspace, [call(1), denied(2), call(3)]))
    app.workspace.monitor.paused = True
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("t")
        await until(pilot, lambda front: isinstance(front, TriageScreen), "the form")
        await pilot.press("f2")
        await until(pilot, lambda front: isinstance(front, LogScreen), "the log")
        screen = await answered(pilot)
        assert asked_for(pilot) == "status:failed"
        assert len(screen.feed.calls.by_key) == 1
        await pilot.press("L")
        await pilot.pause()
        assert pilot.app.screen is screen  # not another upon it
        await keys(pilot, "2")
        await to_who(pilot)
        await pilot.press("t")  # the newest call of that error, from whatever way
        await until_told(pilot, "From the log of 2026-11-23 11:58 UTC")
        assert len([each for each in app.screen_stack if isinstance(each, TriageScreen)]) == 1
