"""What holds on every screen: keys, help, palette, modes, and what happens when something breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import OptionList

from sptui.settings import Config
from sptui.tui.app import SptuiApp
from sptui.tui.keymap import all_bindings
from sptui.tui.screens.help import HelpScreen
from sptui.tui.theme import DARK, LIGHT
from sptui.tui.widgets.fleet_table import FleetTable
from sptui.workspace import Workspace

from .conftest import settle
from .patience import until, until_front, until_shown
from .snapshot import assert_screen, screen_text

BINDINGS = list(all_bindings())


@pytest.mark.parametrize(("owner", "binding"), BINDINGS, ids=lambda each: getattr(each, "id", None) or each.__name__)
def test_every_binding_can_be_found_and_changed(owner: type[DOMNode], binding: Binding) -> None:
    assert binding.id
    assert binding.tooltip
    assert binding.description


def test_no_binding_id_and_no_key_of_a_screen_stands_for_two_things() -> None:
    ids = Counter(binding.id for _, binding in BINDINGS)
    assert [id_ for id_, count in ids.items() if count > 1] == []
    keys = Counter((owner, key) for owner, binding in BINDINGS for key in binding.key.split(","))
    assert [key for key, count in keys.items() if count > 1] == []


async def test_wrong_and_clashing_keys_of_the_config_are_told(make_workspace: Callable[..., Workspace]) -> None:
    config = Config(keys={"sellers.refrehs": "f2", "sellers.add": "r"})
    app = SptuiApp(make_workspace(config=config))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settle(pilot)
        told = [each.message for each in app._notifications]
        assert [each for each in told if "no action is called sellers.refrehs. Did you mean sellers.refresh" in each]
        assert "[keys] in config.toml: sellers.refresh and sellers.add are both on r." in told


async def test_help_tells_the_keys_of_the_screen_in_front(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(100, 48)) as pilot:
        await settle(pilot)
        await pilot.press("question_mark")
        await until_front(pilot, HelpScreen)
        assert_screen(app, "help-100x48")
        await pilot.press("escape")
        await until(pilot, lambda front: not isinstance(front, HelpScreen), "the screen before")


def offered_in(palette: Screen[Any]) -> list[str]:
    """The titles that the palette has found for what was typed."""
    return [str(each.prompt).partition("\n")[0].strip() for each in palette.query_one(OptionList).options]


async def test_palette_offers_every_action_with_its_key(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(100, 40)) as pilot:
        await settle(pilot)
        offered = [command.title for command in app.get_system_commands(app.screen)]
        for title in ("Open  (⏎)", "Filter  (/)", "Refresh  (r)", "Pause  (p)", "Triage  (t)", "Help  (?)", "Theme"):
            assert title in offered
        await pilot.press("ctrl+p", *"pause")
        await until(pilot, lambda front: offered_in(front)[:1] == ["Pause  (p)"], "what is sought")
        await pilot.press("enter")
        await until(pilot, lambda _: workspace.monitor.paused, "the pause")


async def test_the_footer_stays_short(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for keys in ([], ["enter"]):
            await pilot.press(*keys)
            await pilot.pause()
            shown = {each.binding.id for each in app.screen.active_bindings.values() if each.binding.show}
            assert len(shown - {None}) <= 8


async def test_the_interval_and_the_theme_change_by_key(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(120, 24)) as pilot:
        await settle(pilot)
        await pilot.press("plus")
        await until_shown(pilot, "every 30 min")
        await pilot.press("minus", "minus")
        await until_shown(pilot, "every 10 min")
        await pilot.press("ctrl+t")
        assert not app.current_theme.dark


async def test_a_crash_prints_no_local_variable(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    app = SptuiApp(workspace)

    def fail() -> None:
        refresh_token = "".join(["Atzr|", "planted-canary"])
        raise RuntimeError(f"a fault that tells {refresh_token}")

    async def run() -> None:
        async with app.run_test() as pilot:
            app.call_later(fail)
            await pilot.pause()

    with pytest.raises(RuntimeError):
        await run()
    app._print_error_renderables()
    printed = "".join(capsys.readouterr())
    assert "RuntimeError" in printed
    assert "planted-canary" not in printed


async def test_every_size_is_drawn(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(200, 60)) as pilot:
        await settle(pilot)
        for width, height in ((200, 60), (120, 40), (80, 24), (60, 15), (30, 8), (10, 3), (120, 40)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
        await pilot.press("enter")
        for width, height in ((200, 60), (80, 24), (40, 10), (10, 3), (120, 40)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
        assert "Kestrel Audio" in screen_text(app)


def colours_of(app: SptuiApp, word: str) -> set[str | None]:
    """The colours in which the rows of the fleet tell a word."""
    table = app.screen.query_one(FleetTable)
    strips = [table.render_line(y) for y in range(table.size.height)]
    segments = [segment for strip in strips for segment in strip if word in segment.text]
    return {each.style.color.name if each.style and each.style.color else None for each in segments}


async def test_a_change_of_theme_recolours_the_cells(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        before = colours_of(app, "failed")
        await pilot.press("ctrl+t")
        await pilot.pause()
        after = colours_of(app, "failed")
        assert (before, after) == ({DARK.error}, {LIGHT.error})


async def test_the_doctor_tells_what_works(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPTUI_ENDPOINT", "http://127.0.0.1:9/{region}")  # nobody listens there
    monkeypatch.setenv("SPTUI_LWA_ENDPOINT", "http://127.0.0.1:9/auth/o2/token")
    app = SptuiApp(workspace)
    async with app.run_test(size=(100, 40)) as pilot:
        await settle(pilot)
        await pilot.press("D")
        await settle(pilot)
        await until_shown(pilot, "✖ network")
        await settle(pilot)
        text = screen_text(app)
        assert "● config.toml" in text
        assert "✖ network" in text
        assert "? clock" in text
        assert "looking" not in text
