"""The screen as text, compared with what was approved under ``snapshots/``.

``SPTUI_APPROVE=1 pytest tests/tui`` writes what is shown now; read the diff before committing it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from textual.app import App

_REQUEST_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Of the simulator: another one at every run."""

FOLDER = Path(__file__).parent / "snapshots"


def screen_text(app: App[Any]) -> str:
    """What is on the screen, a line each, without colours and trailing spaces."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips) + "\n"


def assert_screen(app: App[Any], name: str) -> None:
    """Fails where the screen differs from the approved one of that name."""
    shown, path = _REQUEST_ID.sub("00000000-0000-4000-8000-000000000000", screen_text(app)), FOLDER / f"{name}.txt"
    if os.environ.get("SPTUI_APPROVE"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert path.exists(), f"No approved screen {path.name}; SPTUI_APPROVE=1 writes it."
    assert shown == path.read_text(encoding="utf-8")
