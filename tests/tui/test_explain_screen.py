"""Pasting a failing call into the app: recognised at once, explained, completed, handed on."""

# ruff: noqa: E501 - pasted calls are as long as they are
from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, TextArea

from sptui.simulator.clock import ManualClock
from sptui.simulator.world import demo_world
from sptui.tui.app import SptuiApp
from sptui.tui.screens.choice import ChoiceScreen
from sptui.tui.screens.explain import ExplainScreen
from sptui.tui.screens.fill_in import FillInForm
from sptui.tui.screens.investigation import InvestigationScreen
from sptui.tui.screens.triage import TriageScreen
from sptui.workspace import Workspace

from .conftest import settle
from .patience import until, until_front, until_shown
from .snapshot import assert_screen, screen_text

CANARY = "canary5a4b3c2d"
CALL = f"""curl -i 'https://sellingpartnerapi-na.amazon.com/orders/v0/orders?MarketplaceIds=ATVPDKIKX0DER&CreatedAfter=2026-01-01T00:00:00Z' \\
  -H 'x-amz-access-token: Atza|{CANARY}' -b 'session={CANARY}'
HTTP/2 403
x-amzn-requestid: 252b173d-0120-4747-b400-18bc541bfeaf

{{"errors":[{{"code":"Unauthorized","message":"Access to requested resource is denied.","details":"The LWA secret token you provided has expired."}}]}}"""


@pytest.fixture
async def demo(clock: ManualClock) -> AsyncIterator[Workspace]:
    world = msgspec.structs.replace(demo_world(), latency_ms=(0, 0))
    workspace = Workspace.simulate(world, clock=clock)
    yield workspace
    await workspace.close()


async def open_explain(pilot: Pilot[None]) -> ExplainScreen:
    await settle(pilot)
    await pilot.press("t")
    await until_front(pilot, TriageScreen)
    await pilot.press("f3")
    return await until_front(pilot, ExplainScreen)


async def paste(pilot: Pilot[None], text: str) -> ExplainScreen:
    """A bracketed paste, as the terminal would send it, and what follows from it."""
    focused = pilot.app.screen.focused or pilot.app.screen
    focused.post_message(events.Paste(text))
    screen = await until_front(pilot, ExplainScreen)
    await read(pilot)
    return screen


async def read(pilot: Pilot[None]) -> None:
    """Waits until what was given has been read."""
    await until(pilot, lambda _: all(each.is_finished for each in pilot.app.workers), "the reading")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_shows_the_verdict_on_a_pasted_call(demo: Workspace, size: tuple[int, int]) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=size) as pilot:
        await open_explain(pilot)
        screen = await paste(pilot, CALL)
        assert screen.explanation is not None
        assert screen.explanation.verdict.first.cause == "lwa"
        shown = screen_text(app)
        assert "getOrders" in shown
        assert "LWA" in shown
        assert CANARY not in shown
        assert CANARY not in screen.query_one("#paste", TextArea).text
        assert_screen(app, f"explain-{size[0]}x{size[1]}")


async def test_begins_with_what_can_be_pasted(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_explain(pilot)
        assert_screen(app, "explain-empty-80x24")


async def test_a_paste_on_the_wizards_first_page_is_read(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("t")
        await until_front(pilot, TriageScreen)
        screen = await paste(pilot, CALL)
        assert screen.explanation is not None
        assert screen.explanation.verdict.first.cause == "lwa"


async def test_an_answer_pasted_below_a_call_belongs_to_it(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_explain(pilot)
        command, _, answer = CALL.partition("HTTP/2")
        screen = await paste(pilot, command)
        assert screen.explanation is not None
        assert screen.explanation.case.answer is None
        screen = await paste(pilot, f"HTTP/2{answer}")
        assert screen.explanation is not None
        assert screen.explanation.case.answer is not None
        assert screen.explanation.case.operation is not None
        assert screen.explanation.case.token_kind == "Atza|"


async def test_says_what_is_expected_where_nothing_is_recognised(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_explain(pilot)
        screen = await paste(pilot, "hello\x1b[31m there [/x]\nhow are you")
        assert screen.explanation is None
        assert "a curl command" in screen_text(app)
        assert "✖" in screen_text(app)


async def test_what_is_missing_is_filled_in(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_explain(pilot)
        screen = await paste(
            pilot,
            '{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.","details":""}]}',
        )
        await pilot.press("f2")
        form = await until_front(pilot, FillInForm)
        assert_screen(app, "explain-fill-in-80x24")
        form.query_one("#operation", Input).value = "getOrdrs"
        await pilot.press("enter")
        await until_shown(pilot, "getOrders")
        assert app.screen is form
        form.query_one("#operation", Input).value = "getOrders"
        form.query_one("#status", Input).value = "403"
        form.query_one("#marketplace", Input).value = "JP"
        form.query_one("#sellers", Input).value = "1/20"
        await pilot.press("enter")
        await read(pilot)
        assert screen.explanation is not None
        case = screen.explanation.case
        assert case.operation is not None
        assert case.operation.name == "getOrders"
        assert case.answer is not None
        assert case.answer.status == 403
        assert case.marketplaces == ("A1VC38T7YXB528",)
        assert case.context.other_sellers == (20, 1)


def har() -> str:
    def entry(path: str, status: int) -> dict[str, object]:
        return {
            "startedDateTime": "2026-11-23T10:00:00Z",
            "request": {
                "method": "GET",
                "url": f"https://sellingpartnerapi-na.amazon.com{path}",
                "headers": [{"name": "cookie", "value": CANARY}],
            },
            "response": {"status": status, "headers": [], "content": {"size": 0, "text": ""}},
        }

    return json.dumps({"log": {"entries": [entry("/orders/v0/orders", 503), entry("/feeds/2021-06-30/feeds", 429)]}})


async def test_a_file_is_opened_and_another_of_its_calls_chosen(demo: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "session.har"
    path.write_text(har(), encoding="utf-8")
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_explain(pilot)
        await pilot.press("ctrl+o")
        screen.query_one("#file", Input).value = str(path)
        await pilot.press("enter")
        await read(pilot)
        assert screen.explanation is not None
        assert screen.explanation.verdict.first.cause == "service"
        assert CANARY not in screen_text(app)
        await pilot.press("f3")
        (await until_front(pilot, ChoiceScreen)).query_one(OptionList).highlighted = 1
        await pilot.press("enter")
        await read(pilot)
        assert screen.explanation.verdict.first.cause == "throttled"


async def test_a_file_that_is_not_there_is_told(demo: Workspace, tmp_path: Path) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await open_explain(pilot)
        await pilot.press("ctrl+o")
        screen.query_one("#file", Input).value = str(tmp_path / "none.har")
        await pilot.press("enter")
        await read(pilot)
        await until_shown(pilot, "No such file")
        await pilot.press("escape")
        await until(pilot, lambda _: not screen.has_class("-file"), "the end of the line for a file")
        assert app.screen is screen


async def test_copies_the_text_for_support_without_secrets(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_explain(pilot)
        await paste(pilot, CALL)
        await pilot.press("f4")
        await until(pilot, lambda _: bool(app.clipboard), "the copy")
        assert "252b173d-0120-4747-b400-18bc541bfeaf" in app.clipboard
        assert CANARY not in app.clipboard


async def test_goes_on_live_with_the_same_call(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_explain(pilot)
        await paste(pilot, CALL)
        await pilot.press("f5")
        screen = await until(pilot, lambda front: isinstance(front, ChoiceScreen | InvestigationScreen), "the choice")
        if isinstance(screen, ChoiceScreen):
            await pilot.press("enter")
            await until_front(pilot, InvestigationScreen)


async def test_a_long_paste_is_shown_in_part_and_cleared(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_explain(pilot)
        screen = await paste(pilot, CALL + "\n" + "x" * 200 + "\n" * 50 + "log line\n" * 50_000)
        area = screen.query_one("#paste", TextArea)
        assert area.read_only
        assert len(area.text) < 10_000
        await pilot.press("ctrl+l")
        await read(pilot)
        assert area.text == ""
        assert screen.explanation is None


async def test_typing_is_read_after_a_pause(demo: Workspace) -> None:
    app = SptuiApp(demo)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_explain(pilot)
        await pilot.press(*"getOrders 429 QuotaExceeded")
        assert screen._typing is not None
        screen._read(screen.query_one("#paste", TextArea).text)
        await read(pilot)
        assert screen.explanation is not None
        assert screen.explanation.verdict.first.cause == "throttled"
