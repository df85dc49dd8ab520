"""Completes the path of a file or folder while it is typed; the right arrow takes what is offered."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from textual.suggester import Suggester


class PathSuggester(Suggester):
    """Offers the first entry of the folder that begins with what is typed; a folder with the slash behind it."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The whole path, or None where nothing begins so."""
        return await asyncio.to_thread(completed, value) if value else None


def completed(typed: str) -> str | None:
    """``typed`` with the rest of the first name that fits; hidden files only where a dot is typed."""
    folder, _, begun = typed.rpartition("/")
    if not folder and typed.startswith("~"):
        return None  # the home folder's name is not finished
    place = Path(f"{folder}/" if folder or typed.startswith("/") else ".").expanduser()
    try:
        with os.scandir(place) as entries:
            names = sorted(
                (each.name, each.is_dir())
                for each in entries
                if each.name.startswith(begun) and (begun.startswith(".") or not each.name.startswith("."))
            )
    except (OSError, ValueError):
        return None
    if not names:
        return None
    name, is_folder = names[0]
    whole = typed[: len(typed) - len(begun)] + name + ("/" if is_folder else "")
    return whole if whole != typed else None
