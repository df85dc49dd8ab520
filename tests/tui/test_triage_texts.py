"""The texts at the end: shown, copied, written to a file."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from sptui.tui.clipboard import copy, program_for
from sptui.tui.screens.export_form import ExportForm
from sptui.tui.screens.texts import TEXTS, TextsScreen

from .patience import until, until_told
from .snapshot import assert_screen
from .wizard import names_in, simulated, until_over, walking


async def to_texts(pilot: Pilot[None]) -> TextsScreen:
    await until_over(pilot)
    await pilot.press("w")
    screen = await until(pilot, lambda front: isinstance(front, TextsScreen), "the texts")
    assert isinstance(screen, TextsScreen)
    return screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_texts_look_as_approved(size: tuple[int, int]) -> None:
    async with walking(simulated(), size=size) as pilot:
        await to_texts(pilot)
        assert_screen(pilot.app, f"texts-{size[0]}x{size[1]}")


async def test_every_text_has_its_number_and_tab_goes_round() -> None:
    async with walking(simulated("authorization-revoked")) as pilot:
        screen = await to_texts(pilot)
        seen = []
        for number in range(1, len(TEXTS) + 1):
            await pilot.press(str(number))
            seen.append(screen.text)
        assert [each[:24] for each in seen] == [
            "Hello Tidewater Toys,\n\nA",
            "Open the case at https:/",
            "getOrders for Tidewater ",
            "# getOrders: authorizati",
            '{\n  "verdict": [\n    {\n ',
        ]
        assert json.loads(seen[-1])["verdict"][0]["cause"] == "authorization"
        await pilot.press("tab")
        assert screen.text == seen[0]
        await pilot.press("shift+tab")
        assert screen.text == seen[-1]


async def test_where_there_is_nothing_to_write_to_the_seller_it_says_why() -> None:
    async with walking(simulated()) as pilot:
        screen = await to_texts(pilot)
        assert screen.text.startswith("Open the case")  # the first that there is
        await pilot.press("1")
        await until_told(pilot, "The developer must act, not the seller.")
        assert screen.text == ""
        await pilot.press("y", "e")  # nothing to copy and nothing to write
        await pilot.pause()
        assert pilot.app.clipboard == ""
        assert pilot.app.screen is screen


async def test_copying_says_what_was_done() -> None:
    async with walking(simulated()) as pilot:
        screen = await to_texts(pilot)
        await pilot.press("3", "y")
        await until_told(pilot, "OSC 52")
        assert pilot.app.clipboard == screen.text


async def test_the_verdict_is_copied_too() -> None:
    async with walking(simulated()) as pilot:
        await until_over(pilot)
        await pilot.press("y")
        await until_told(pilot, "Copied through the terminal")
        assert pilot.app.clipboard.startswith("REQUEST")


# The clipboard's own program ------------------------------------------------------------------------------


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.skipif(os.name != "posix", reason="shell scripts stand for the programs")
@pytest.mark.parametrize(
    ("script", "told"),
    [("cat > {out}", "Copied, by xclip and the terminal"), ("exit 1", "xclip did not take it"), ("", "")],
    ids=["takes it", "refuses", "none"],
)
async def test_the_system_s_program_is_used_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, told: str
) -> None:
    out = tmp_path / "out"
    if script:
        program(tmp_path, "xclip", script.format(out=out))
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin" if script else str(tmp_path))
    async with walking(simulated()) as pilot:
        said = await copy(pilot.app, "größer\nthan one line")
        assert told in said
        assert "OSC 52" in said
        if "cat" in script:
            assert out.read_text(encoding="utf-8") == "größer\nthan one line"


async def test_a_program_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "xclip", "exec sleep 60")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("sptui.tui.clipboard._PATIENCE_SECONDS", 0.1)
    async with walking(simulated()) as pilot:
        assert "did not take it" in await copy(pilot.app, "x")


async def test_a_text_too_long_for_terminals_is_told() -> None:
    async with walking(simulated()) as pilot:
        assert "longer than many terminals take" in await copy(pilot.app, "x" * 100_000)


@pytest.mark.parametrize(
    ("environment", "platform", "name"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "linux", "wl-copy"),
        ({"DISPLAY": ":0"}, "linux", "xclip"),
        ({}, "linux", ""),
        ({}, "darwin", "pbcopy"),
        ({"WSL_DISTRO_NAME": "Debian"}, "linux", "clip.exe"),
        ({}, "win32", "clip.exe"),
    ],
    ids=["wayland", "x11", "no display", "mac", "wsl", "windows"],
)
def test_which_program_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], platform: str, name: str
) -> None:
    monkeypatch.setattr("shutil.which", lambda program, **_: f"/usr/bin/{program}")
    assert program_for(environment, platform)[:1] == ((name,) if name else ())


# Files ----------------------------------------------------------------------------------------------------


async def to_export(pilot: Pilot[None], text: str) -> ExportForm:
    await to_texts(pilot)
    await pilot.press(text, "e")
    screen = await until(pilot, lambda front: isinstance(front, ExportForm), "the form")
    assert isinstance(screen, ExportForm)
    return screen


async def test_a_file_is_written_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with walking(simulated()) as pilot:
        form = await to_export(pilot, "4")
        assert form.query_one(Input).value == "getOrders-request.md"
        await pilot.press("enter")
        await until_told(pilot, "Written to")
        assert (tmp_path / "getOrders-request.md").read_text().startswith("# getOrders: request")


async def test_nothing_is_written_over_without_a_second_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    there = tmp_path / "getOrders-request.json"
    there.write_text("mine")
    async with walking(simulated()) as pilot:
        form = await to_export(pilot, "5")
        await pilot.press("enter")
        await until_told(pilot, "is there already")
        assert there.read_text() == "mine"
        await pilot.press("enter")  # by habit
        await pilot.pause()
        assert there.read_text() == "mine"
        form.query_one("#overwrite").focus()
        await pilot.press("enter")
        await until_told(pilot, "Written to")
        assert json.loads(there.read_text())["calls"] == 4


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Give the file a name"),
        ("missing/folder/x.md", "The folder has to be there"),
        (".", "is a folder"),
        ("a\0b.md", "was not written"),
    ],
    ids=["empty", "no folder", "a folder", "impossible"],
)
async def test_what_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    async with walking(simulated()) as pilot:
        form = await to_export(pilot, "4")
        form.query_one(Input).value = typed
        await pilot.press("enter")
        await until_told(pilot, told)
        await pilot.press("escape")
        await until(pilot, lambda front: isinstance(front, TextsScreen), "the texts")
    assert not names_in(tmp_path)
