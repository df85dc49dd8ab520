"""Copying so that it arrives: through the terminal (OSC 52), and with the system's own program where there is one.

Terminals that know no OSC 52 drop it without a word, so both ways are taken and both are told.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import Mapping
from typing import Any, Final

from textual.app import App

_PATIENCE_SECONDS: Final = 2.0
_MOST_BYTES: Final = 74_994
"""What xterm and those that copy it take at most through OSC 52."""


def program_for(environment: Mapping[str, str], platform: str = sys.platform) -> tuple[str, ...]:
    """The command that takes the clipboard's new content on standard input; () where there is none."""
    wanted: list[tuple[str, ...]] = []
    if platform == "darwin":
        wanted.append(("pbcopy",))
    if environment.get("WAYLAND_DISPLAY"):
        wanted.append(("wl-copy",))
    if environment.get("DISPLAY"):
        wanted += [("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")]
    if platform == "win32" or environment.get("WSL_DISTRO_NAME"):
        wanted.append(("clip.exe",))
    return next((each for each in wanted if shutil.which(each[0], path=environment.get("PATH"))), ())


async def copy(app: App[Any], text: str) -> str:
    """Copies a text and says what was done. Never raises, never waits longer than two seconds."""
    app.copy_to_clipboard(text)
    command = program_for(os.environ)
    done = bool(command) and await _hand_over(command, text)
    too_long = len(text.encode()) * 4 / 3 > _MOST_BYTES
    terminal = "the terminal (OSC 52)"
    if done:
        return f"Copied, by {command[0]} and {terminal}."
    if too_long:
        return f"Sent to {terminal}: longer than many terminals take. Export it to a file if pasting gives nothing."
    failed = f" {command[0]} did not take it." if command else ""
    return f"Copied through {terminal}.{failed} If pasting gives something else, your terminal does not take that."


async def _hand_over(command: tuple[str, ...], text: str) -> bool:
    content = text.encode("utf-16" if command[0] == "clip.exe" else "utf-8", "replace")
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(content), _PATIENCE_SECONDS)
    except (TimeoutError, OSError):
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return False
    return process.returncode == 0
