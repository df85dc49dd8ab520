"""What the call logs take, and for how long calls are kept."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Final

from sptui.calllog.sizes import Sizes, sizes
from sptui.diagnosis.finding import Finding, State

LARGE: Final = 2 << 30
"""Bytes from which on it is worth a word when nothing is ever forgotten."""


async def check_call_log(data_folder: Path, keep: timedelta | None) -> Finding:
    """The size of what was recorded and imported, and what to do where it only grows."""
    found = await asyncio.to_thread(sizes, data_folder)
    kept = f"calls are kept for {keep.days} days" if keep is not None else "calls are kept for ever"
    told = f"{_told(found)}; {kept}."
    if keep is None and found.recorded + found.imported >= LARGE:
        do = 'Set a limit in config.toml, such as keep = "90d" under [call_log]: older calls are then forgotten.'
        return Finding("call log", State.WARNING, told, do)
    return Finding("call log", State.OK, told)


def _told(found: Sizes) -> str:
    recorded = f"{found.recorded_calls:,} calls recorded ({_in_words(found.recorded)})"
    return f"{recorded}, {found.imported_calls:,} imported ({_in_words(found.imported)})"


def _in_words(size: float) -> str:
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            break
        size /= 1024
    return f"{size:.1f} {unit}" if unit == "GB" else f"{size:.0f} {unit}"
