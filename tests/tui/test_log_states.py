"""The log screen while the log is slow, silent, broken or fast: what it shows, what it asks, what it leaves alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import msgspec
import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Select

from sptui.calllog.asking.engine import CallLogError, Engine
from sptui.calllog.desk import LogDesk
from sptui.calllog.exporting import Form as FileForm
from sptui.calllog.preparing import COPYING, Preparing, Step
from sptui.calllog.query import text_of
from sptui.database import DatabaseError
from sptui.settings import Config
from sptui.settings.config import CallLogConfig
from sptui.tui import log_feed
from sptui.tui.screens import log_asking, log_choosing, who
from sptui.tui.screens.log import LogScreen
from sptui.tui.screens.log_export import LogExportForm
from sptui.tui.screens.log_import import LogImportForm
from sptui.tui.screens.sellers import SellersScreen
from sptui.tui.screens.who import WhoScreen
from sptui.tui.widgets.log_filter import FilterInput
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.workspace import Workspace

from .conftest import click_button
from .log_calls import FakeDesk, answered, call, denied, logged, looking, screen_of
from .patience import until, until_told
from .snapshot import assert_screen, screen_text
from .wizard import names_in


@pytest.fixture
def desk(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> FakeDesk:
    """A log of three calls whose answers the test holds up."""
    made = FakeDesk([call(1), denied(2), call(3)])
    monkeypatch.setattr(workspace, "open_log", lambda: made)
    return made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting takes no time."""
    monkeypatch.setattr(log_asking, "FOLLOW_SECONDS", 0.02)
    monkeypatch.setattr(log_asking, "PATIENCE_SECONDS", 0.01)


async def until_asked(pilot: Pilot[None], desk: FakeDesk, what: str, count: int) -> None:
    await until(pilot, lambda _: len(desk.questions(what)) >= count, f"{count} questions for {what}")


# Slow, silent, broken -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
async def test_a_slow_log_is_told_of_and_escape_ends_the_question(workspace: Workspace, desk: FakeDesk) -> None:
    desk.gate.clear()
    async with looking(workspace, settled=False) as pilot:
        assert "Asking the log…" in screen_text(pilot.app)
        await until_asked(pilot, desk, "calls", 1)
        screen_of(pilot)._asked_at = 0.0  # since the machine began
        await until_told(pilot, "Esc stops")
        await pilot.press("escape")
        await until_told(pilot, "Stopped before the log answered.")
        assert desk.cancelled == 1
        assert isinstance(pilot.app.screen, LogScreen)
        assert_screen(pilot.app, "log-stopped-80x24")
        desk.gate.set()
        await pilot.press("r")
        await answered(pilot)
        assert "3 calls" in screen_text(pilot.app)


class Watch:
    """Time that stands still until a test moves it."""

    seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.mark.usefixtures("quick")
async def test_what_is_done_before_the_log_can_be_asked_is_told(
    workspace: Workspace, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch()
    for each in (log_asking, who):
        monkeypatch.setattr(each, "time", watch)
    desk.gate.clear()
    desk.preparing = Step(COPYING, 34)
    async with looking(workspace, settled=False) as pilot:
        await until_asked(pilot, desk, "calls", 1)
        watch.seconds += 0.5
        await until_told(pilot, "◌ copying the recorded calls, 34 %, Esc stops")
        assert_screen(pilot.app, "log-preparing-80x24")
        watch.seconds += 11.5
        await until_told(pilot, "◌ copying the recorded calls, 34 %, 12 s, Esc stops")
        desk.preparing = Step(COPYING, 35)
        await until_told(pilot, "Copying the recorded calls, 35 %…")  # the middle is kept up too
        desk.preparing = None
        desk.gate.set()
        await answered(pilot)
        await pilot.press("j")
        desk.gate.clear()
        desk.preparing = Step(COPYING, 99)
        await pilot.press("w")
        await until(pilot, lambda front: isinstance(front, WhoScreen), "who else")
        watch.seconds += 0.4
        await until_told(pilot, "◌ copying the recorded calls, 99 %, 0 s · Esc stops")


@pytest.mark.parametrize("leaving", ["escape", "q", ""], ids=["Esc", "quit", "the app ends"])
async def test_an_opening_ends_with_the_screen(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, leaving: str
) -> None:
    begun, left = threading.Event(), threading.Event()

    @contextmanager
    def opened(preparing: Preparing) -> Iterator[Engine]:
        try:
            while not left.wait(0.01):
                begun.set()
                preparing.tell(COPYING, 1, 2)
        finally:
            left.set()
        yield cast("Engine", None)

    monkeypatch.setattr(workspace, "open_log", lambda: LogDesk(opened))
    async with looking(workspace, settled=False) as pilot:
        await until(pilot, lambda _: begun.is_set(), "the opening")
        await pilot.press(*filter(None, [leaving]))
        if leaving == "escape":
            await until_told(pilot, "Stopped before the log answered.")
    assert left.wait(60)


async def test_an_export_tells_what_is_done_before_and_can_be_stopped_then(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = threading.Event()

    @contextmanager
    def opened(preparing: Preparing) -> Iterator[Engine]:
        try:
            while not left.wait(0.01):
                preparing.tell(COPYING, 34, 100)
        finally:
            left.set()
        yield cast("Engine", None)

    async with looking(logged(workspace)) as pilot:
        form = await to_export(pilot)
        monkeypatch.setattr(workspace, "asked_log", opened)
        form.query_one("#path", Input).value = str(tmp_path / "calls.jsonl")
        await pilot.press("enter")
        await until_message(pilot, form, "Copying the recorded calls, 34 %, Esc stops")
        await pilot.press("escape")
        await until_message(pilot, form, "Stopped. No file was written.")
        assert await asyncio.to_thread(left.wait, 60)
        assert not [each for each in names_in(tmp_path) if each.startswith("calls")]


DATABASE = msgspec.structs.replace(
    Config(), call_log=CallLogConfig(url="clickhouse+native://log/x", table="logs.calls")
)


async def test_a_database_is_named_and_its_emptiness_is_not_that_of_the_own_log(
    make_workspace: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, desk = make_workspace(config=DATABASE), FakeDesk()
    monkeypatch.setattr(workspace, "open_log", lambda: desk)
    async with looking(workspace) as pilot:
        assert "Call log > logs.calls in clickhouse" in screen_text(pilot.app)
        assert_screen(pilot.app, "log-database-empty-80x24")
        desk.problem = CallLogError("The table logs.calls has no column 'tuk'.")
        await pilot.press("r")
        await answered(pilot)
        assert "Changes to config.toml count from the next start." in screen_text(pilot.app)


async def test_old_rows_stay_while_new_ones_load(workspace: Workspace, desk: FakeDesk) -> None:
    async with looking(workspace) as pilot:
        desk.gate.clear()
        await pilot.press("x")
        await until_asked(pilot, desk, "calls", 2)
        assert "✖ 403 Unauthorized" in screen_text(pilot.app)
        assert "status:failed" in screen_text(pilot.app)
        desk.gate.set()
        await answered(pilot)


async def test_of_several_quick_changes_the_last_wins(
    workspace: Workspace, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_choosing, "TYPING_PAUSE_SECONDS", 1.0)
    async with looking(workspace) as pilot:
        await pilot.press("slash")
        for letter in "denied":  # as fast as they come, whatever the machine does beside
            pilot.app.post_message(events.Key(letter, letter))
        await answered(pilot)
        asked = [each.text for each in desk.questions("calls")]
        assert asked[0] == ""
        assert asked[-1] == "denied"
        assert len(asked) <= 3


async def test_what_is_typed_in_haste_behind_the_slash_belongs_into_the_line(
    workspace: Workspace, desk: FakeDesk
) -> None:
    async with looking(workspace) as pilot:
        pilot.app.post_message(events.Key("slash", "/"))
        for character in "etxwi":
            pilot.app.post_message(events.Key(character, character))
        await until(pilot, lambda _: text_of(screen_of(pilot).terms) == "etxwi", "the word")
        assert isinstance(pilot.app.focused, FilterInput)
        assert isinstance(pilot.app.screen, LogScreen)


async def test_a_change_ends_the_question_before_it(workspace: Workspace, desk: FakeDesk) -> None:
    async with looking(workspace) as pilot:
        desk.gate.clear()
        await pilot.press("x")
        await until_asked(pilot, desk, "calls", 2)
        await pilot.press("x")
        await until_asked(pilot, desk, "calls", 3)
        assert desk.cancelled == 1
        desk.gate.set()
        await answered(pilot)
        assert text_of(screen_of(pilot).terms) == ""


@pytest.mark.parametrize("kind", [CallLogError, DatabaseError], ids=["engine", "file"])
async def test_a_log_that_cannot_be_read_says_why_and_what_to_do(
    workspace: Workspace, desk: FakeDesk, kind: type[Exception]
) -> None:
    desk.problem = kind("The database [db] did not answer within 30 s. Look at [call_log] url, or raise timeout.")
    async with looking(workspace) as pilot:
        assert "The database [db] did not answer" in screen_text(pilot.app)
        assert_screen(pilot.app, "log-failed-80x24")
        desk.problem = None
        await pilot.press("r")
        await answered(pilot)
        assert "3 calls" in screen_text(pilot.app)
        desk.problem = kind("The file is locked.")
        await pilot.press("r")
        await answered(pilot)
        assert_screen(pilot.app, "log-stale-80x24")
        assert "✖ The file is locked." in screen_text(pilot.app)
        assert "✖ 403 Unauthorized" in screen_text(pilot.app)  # the rows of before stay


async def test_who_else_of_a_broken_log_and_of_a_slow_one(
    workspace: Workspace, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with looking(workspace) as pilot:
        await pilot.press("j")
        desk.problem = CallLogError("The engine went away.")
        await pilot.press("w")
        await until_told(pilot, "✖ The engine went away.")
        screen = pilot.app.screen
        assert isinstance(screen, WhoScreen)
        desk.gate.clear()
        await pilot.press("r")
        await until_asked(pilot, desk, "who", 2)
        await pilot.press("escape")
        await until(pilot, lambda front: isinstance(front, LogScreen), "the log")
        await until(pilot, lambda _: desk.cancelled == 1, "the end of the question")


async def test_leaving_lets_go_of_the_log(workspace: Workspace, desk: FakeDesk) -> None:
    desk.gate.clear()
    async with looking(workspace, settled=False) as pilot:
        await until_asked(pilot, desk, "calls", 1)
        await pilot.press("escape", "escape")  # the question, then the screen
        await until(pilot, lambda front: isinstance(front, SellersScreen), "the sellers")
        await until(pilot, lambda _: desk.closed == 1, "the end of the log")


# Following ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
async def test_new_calls_come_on_top_and_the_readers_row_stays(workspace: Workspace, desk: FakeDesk) -> None:
    async with looking(workspace) as pilot:
        screen = screen_of(pilot)
        desk.records.insert(0, denied(0.5))
        await until(pilot, lambda _: len(screen.feed.calls.by_key) == 4, "the new call")
        assert screen.selected_call == denied(0.5)  # the reader looks at the newest
        await pilot.press("j", "j")
        read = screen.selected_call
        desk.records.insert(0, call(0.4))
        desk.records.insert(0, call(0.3))
        await until_told(pilot, "▲ 2 new above, g")
        assert screen.selected_call == read
        assert screen.feed.total == 6
        await pilot.press("g")
        await pilot.pause()
        assert "new above" not in screen_text(pilot.app)


@pytest.mark.usefixtures("quick")
async def test_paused_nothing_is_asked(workspace: Workspace, desk: FakeDesk) -> None:
    async with looking(workspace) as pilot:
        await pilot.press("f")
        await until_told(pilot, "‖ paused, f follows")
        await asyncio.sleep(0)
        asked = len(desk.asked)
        desk.records.insert(0, call(0.5))
        for _ in range(20):
            await pilot.pause(0.01)
        assert len(desk.asked) == asked
        await pilot.press("space")
        await until_told(pilot, "4 calls · ● following")


@pytest.mark.usefixtures("quick")
async def test_more_than_can_be_read_at_once_is_told_until_the_reader_comes_up(
    workspace: Workspace, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_feed, "FIRST_PAGE", 10)
    async with looking(workspace) as pilot:
        screen = screen_of(pilot)
        await pilot.press("j")
        read = screen.selected_call
        desk.records[:0] = [call(0.5 - number / 100) for number in range(30)][::-1]
        await until_told(pilot, "▲ many new above, g")
        assert screen.selected_call == read
        await pilot.press("g")
        await until(pilot, lambda _: screen.standing.total == 33, "the newest")
        await pilot.press("g")
        await pilot.pause()
        assert screen.selected_call == desk.records[0]


@pytest.mark.usefixtures("quick")
async def test_a_log_that_fails_while_it_is_followed_is_looked_at_again(workspace: Workspace, desk: FakeDesk) -> None:
    async with looking(workspace) as pilot:
        desk.problem = DatabaseError("The disk is gone.")
        await until_told(pilot, "✖ The disk is gone.")
        desk.problem = None
        await until(pilot, lambda _: "disk is gone" not in screen_text(pilot.app), "the log again")


@pytest.mark.usefixtures("quick")
async def test_a_database_is_followed_only_when_somebody_says_so(
    make_workspace: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = msgspec.structs.replace(Config(), call_log=CallLogConfig(url="clickhouse://log.example/default"))
    workspace, desk = make_workspace(config=config), FakeDesk([call(1)])
    monkeypatch.setattr(workspace, "open_log", lambda: desk)
    async with looking(workspace) as pilot:
        assert "‖ paused, f follows" in screen_text(pilot.app)
        asked = len(desk.asked)
        for _ in range(20):
            await pilot.pause(0.01)
        assert len(desk.asked) == asked
        await pilot.press("f")
        await until(pilot, lambda _: len(desk.asked) > asked, "the next look")


@pytest.mark.usefixtures("quick")
async def test_under_another_screen_nothing_is_asked(workspace: Workspace, desk: FakeDesk) -> None:
    async with looking(workspace) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        await pilot.pause()
        asked = len(desk.asked)
        for _ in range(20):
            await pilot.pause(0.01)
        assert len(desk.asked) == asked
        await pilot.press("escape")
        await until(pilot, lambda _: len(desk.asked) > asked, "the next look")


@pytest.mark.usefixtures("quick")
async def test_a_time_with_an_end_is_not_followed(workspace: Workspace, desk: FakeDesk) -> None:
    async with looking(workspace) as pilot:
        await pilot.press("slash")
        pilot.app.screen.query_one(Input).value = "until:1h"
        await pilot.press("enter")
        await answered(pilot)
        asked = len(desk.asked)
        for _ in range(20):
            await pilot.pause(0.01)
        assert len(desk.asked) == asked
        assert "following" not in screen_text(pilot.app)


async def test_at_the_end_of_the_list_older_calls_come(
    workspace: Workspace, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_feed, "FIRST_PAGE", 10)
    desk.records = [call(number) for number in range(60)]
    async with looking(workspace) as pilot:
        screen = screen_of(pilot)
        assert "newest 10 of 60 calls" in screen_text(pilot.app)
        await pilot.press("G")
        await until(pilot, lambda _: len(screen.feed.calls.by_key) == 40, "older calls")
        assert screen.selected_call == call(9)
        await pilot.press("G")
        await until_told(pilot, "60 calls · ● following")


# Export ---------------------------------------------------------------------------------------------------


async def to_export(pilot: Pilot[None]) -> LogExportForm:
    await pilot.press("e")
    screen = await until(pilot, lambda front: isinstance(front, LogExportForm), "the form")
    assert isinstance(screen, LogExportForm)
    return screen


async def until_message(pilot: Pilot[None], form: LogExportForm, told: str) -> None:
    """Waits until the form tells that, wherever its lines break."""

    def tells(_: object) -> bool:
        return told in str(form.query_one("#message", QuietStatic).visual)

    await until(pilot, tells, repr(told))


async def test_all_that_fits_is_written_and_never_over_a_file_unasked(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "calls.jsonl").write_text("mine", encoding="utf-8")
    async with looking(logged(workspace)) as pilot:
        await pilot.press("x")
        await answered(pilot)
        form = await to_export(pilot)
        await pilot.press("enter")
        await until_message(pilot, form, "is there already")
        assert (tmp_path / "calls.jsonl").read_text(encoding="utf-8") == "mine"
        await click_button(pilot, "#overwrite")
        await until(pilot, lambda front: isinstance(front, LogScreen), "the log")
        lines = (tmp_path / "calls.jsonl").read_text(encoding="utf-8").splitlines()
        assert len(lines) == screen_of(pilot).feed.total
        assert not any('"status":200' in each for each in lines)
        form = await to_export(pilot)
        form.query_one("#form", Select).value = FileForm.CSV
        await until(pilot, lambda _: form.query_one("#path", Input).value == "calls.csv", "the name of the form")
        await click_button(pilot, "#write")
        await until(pilot, lambda front: isinstance(front, LogScreen), "the log")
        assert len((tmp_path / "calls.csv").read_text(encoding="utf-8").splitlines()) == len(lines) + 1


async def test_names_that_cannot_be_are_told(workspace: Workspace, tmp_path: Path) -> None:
    async with looking(logged(workspace)) as pilot:
        form = await to_export(pilot)
        for typed, told in (
            ("", "Give the file a name."), (str(tmp_path), "is a folder"), ("a\0b", "was not saved"),
            ("~nobody-of-that-name/calls.csv", "cannot be a file's name"),
            (str(tmp_path / "none" / "calls.csv"), "was not saved: No such file or directory."),
        ):  # fmt: skip
            form.query_one("#path", Input).value = typed
            await pilot.pause()
            await pilot.press("enter")
            await until_message(pilot, form, told)
        assert isinstance(pilot.app.screen, LogExportForm)
        await pilot.press("escape")
        await until(pilot, lambda front: isinstance(front, LogScreen), "the log")


async def test_importing_is_a_key_away_and_what_was_imported_is_shown(workspace: Workspace, desk: FakeDesk) -> None:
    async with looking(workspace) as pilot:
        await pilot.press("i")
        await until(pilot, lambda front: isinstance(front, LogImportForm), "the form")
        desk.records.append(call(9))
        await pilot.press("escape")
        await until(pilot, lambda front: isinstance(front, LogScreen), "the log")
        await until_told(pilot, "4 calls")


async def test_an_export_can_be_stopped_and_leaves_no_file(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sptui.tui.screens import log_export

    pace = threading.Event()

    def slow(*_: object, on_progress: Callable[[int], None]) -> int:
        while True:
            on_progress(1000)
            pace.wait(0.01)

    monkeypatch.setattr(log_export, "export", slow)
    async with looking(logged(workspace)) as pilot:
        form = await to_export(pilot)
        form.query_one("#path", Input).value = str(tmp_path / "calls.jsonl")
        await pilot.press("enter")
        await until_message(pilot, form, "1,000 calls written, Esc stops")
        await pilot.press("escape")
        await until_message(pilot, form, "Stopped. No file was written.")
        assert not [each for each in names_in(tmp_path) if each.startswith("calls")]
