"""What every form does that takes over a file: it asks for a path, works, tells, and can be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Button, Input

from sptui.tui.app import SptuiApp
from sptui.tui.screens.path_form import PathForm
from sptui.workspace import Workspace

from .conftest import click_button, settle
from .patience import until, until_shown
from .snapshot import screen_text


class Unfit(Exception):  # noqa: N818
    """What the work of these tests raises."""


class Worked(PathForm):
    """Takes over a file by counting its letters, once the gate is open."""

    title_of_form = "Count letters"
    placeholder = "letters.txt"
    advice = "Any text."
    problems = (Unfit,)

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.began: list[str] = []

    async def take_over(self, path: Path) -> None:
        self.began.append(path.name)
        await self.gate.wait()
        text = await asyncio.to_thread(path.read_text, encoding="utf-8")
        if not text:
            raise Unfit("The file is empty. Give another.")
        self.tell(f"{len(text)} letters.")


@asynccontextmanager
async def open_form(workspace: Workspace) -> AsyncIterator[tuple[Pilot[None], Worked]]:
    app, form = SptuiApp(workspace), Worked()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await app.push_screen(form)
        await pilot.pause()
        yield pilot, form


async def start(pilot: Pilot[None], form: Worked, path: Path) -> None:
    form.query_one("#path", Input).value = str(path)
    form.query_one("#path").focus()
    await pilot.press("enter")
    await pilot.pause()


async def test_the_path_can_be_typed_at_once_and_the_advice_stands_there(workspace: Workspace) -> None:
    async with open_form(workspace) as (pilot, form):
        assert form.focused is form.query_one("#path")
        assert "Any text." in screen_text(pilot.app)
        assert "letters.txt" in screen_text(pilot.app)


async def test_what_was_taken_over_and_what_is_wrong_is_told(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "full.txt").write_text("seven!!", encoding="utf-8")
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    async with open_form(workspace) as (pilot, form):
        for name, told in (
            ("full.txt", "7 letters."),
            ("empty.txt", "✖ The file is empty. Give another."),
            ("none.txt", "✖ The file cannot be read: No such file or directory."),
        ):
            await start(pilot, form, tmp_path / name)
            await until_shown(pilot, told)
            await settle(pilot)
            assert not form.has_class("-busy")


async def test_without_a_path_nothing_begins(workspace: Workspace) -> None:
    async with open_form(workspace) as (pilot, form):
        await click_button(pilot, "#import")
        await until_shown(pilot, "No file is named.")
        assert form.began == []


async def test_nothing_begins_twice_while_it_works(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "full.txt").write_text("seven!!", encoding="utf-8")
    async with open_form(workspace) as (pilot, form):
        form.gate.clear()
        await start(pilot, form, tmp_path / "full.txt")
        assert form.query_one("#import", Button).disabled
        await pilot.press("enter")
        await pilot.pause()
        assert form.began == ["full.txt"]
        form.gate.set()
        await until_shown(pilot, "7 letters.")
        await settle(pilot)
        assert not form.query_one("#import", Button).disabled


async def test_escape_and_the_button_stop_the_work_and_then_close(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "full.txt").write_text("seven!!", encoding="utf-8")
    async with open_form(workspace) as (pilot, form):
        form.gate.clear()
        for _ in range(2):
            await start(pilot, form, tmp_path / "full.txt")
            await click_button(pilot, "#cancel")
            await until_shown(pilot, "Stopped. Nothing was saved.")
            assert form.is_current
            await start(pilot, form, tmp_path / "full.txt")
            await pilot.press("escape")
            await until_shown(pilot, "Stopped.")
        assert form.began == ["full.txt"] * 4
        await click_button(pilot, "#cancel")
        await until(pilot, lambda _: not form.is_attached, "the end of the form")
