"""Takes the pictures under screenshots/ anew: the demo, driven by keys, at the sizes people use.

    python tools/screenshots.py [NAME ...]

Each picture is an SVG of the screen as Textual draws it, on the built-in world, with a clock that stands still.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot

FOLDER = Path(__file__).parent.parent / "screenshots"
SIZES = {"80x24": (80, 24), "120x40": (120, 40)}


async def settle(pilot: Pilot[None]) -> None:
    """Waits until no refresh runs and everything is drawn."""
    monitor = pilot.app.workspace.monitor  # type: ignore[attr-defined]  # the app under the pilot is sptui's
    for _ in range(400):
        await pilot.pause(0.02)
        authorizations = pilot.app.workspace.accounts.authorizations()  # type: ignore[attr-defined]
        if all(monitor.known(each).latest and not monitor.is_refreshing(each) for each in authorizations):
            break
    await pilot.pause()


FAILING_FEED = ["t", "ctrl+n", "ctrl+n", "ctrl+n", "ctrl+n", "ctrl+n", "enter"]
SCENES: dict[str, list[str]] = {
    "sellers": [],
    "sellers-light": ["ctrl+t"],
    "sellers-by-region": ["b"],
    "seller": ["enter"],
    "notifications": ["N"],
    "faults": ["f9", "question_mark"],
    "seller-form": ["a"],
    "help": ["question_mark"],
    "palette": ["ctrl+p"],
    "triage-form": ["t", "ctrl+n"],
    "triage-bad-option": ["t", "ctrl+n", "enter", "over"],
    "triage-step-by-step": ["t", "ctrl+n", "f6", "waits", "enter", "waits"],
    "triage-texts": [*FAILING_FEED, "ask", "n", "over", "w"],
    "explain": ["t", "f3"],
    "cases": ["t", "ctrl+n", "enter", "over", "escape", "escape", "C"],
    "log": ["L", "asked", "down"],
    "log-errors": ["L", "asked", "2", "asked"],
    "log-who": ["L", "asked", "2", "asked", "down", "w", "told"],
    "log-filter": ["L", "asked", "slash", *"status:failed reg", "asked"],
    "triage-question": [*FAILING_FEED, "ask"],
    "triage-account": [*FAILING_FEED, "ask", "y", "over"],
    "operations": ["o", *"createfeed"],
    "call-answer": ["o", *"getorders", "enter", "f5", "answer"],
    "call-question": ["o", *"createfeed", "enter", "f5", "ask"],
    "log-import": ["L", "i", "their-log", *"app.jsonl", "waited"],
}
"""The keys that lead to each picture, from the home screen of the settled demo.

``over`` waits for the end of an investigation, ``waits`` for a step that waits for its go, ``ask`` for its question or
that of a call, ``answer`` for the answer of a call. ``their-log`` writes a log of another program, ``app.jsonl``, and
goes where it lies; ``waited`` gives what is done after the last key its time. ``asked`` waits for what the call log
answers, ``told`` for who else gets an error.
"""


def has_come(app: App[None], what: str) -> bool:
    """Whether what is waited for is on the screen."""
    from sptui.tui.screens.call import CallScreen
    from sptui.tui.screens.investigation import InvestigationScreen
    from sptui.tui.screens.log import LogScreen
    from sptui.tui.screens.question import QuestionScreen
    from sptui.tui.screens.who import WhoScreen

    screen = app.screen
    if what == "ask":
        return isinstance(screen, QuestionScreen)
    if what == "answer":
        return isinstance(screen, CallScreen) and screen.call is not None
    if what == "asked":
        return isinstance(screen, LogScreen) and not screen.is_asking and screen.feed.is_loaded(screen.view)
    if what == "told":
        return isinstance(screen, WhoScreen) and screen.answer is not None
    if what == "waits":
        return isinstance(screen, InvestigationScreen) and screen.waits_before is not None
    return isinstance(screen, InvestigationScreen) and screen.over


def write_their_log() -> None:
    """A log as another program writes it, in a folder of its own."""
    folder = Path(tempfile.mkdtemp())
    lines = [
        {
            "ts": f"2026-11-23T11:{number:02d}:07.250Z",
            "method": "GET",
            "url": f"/orders/v0/orders/902-{number:07d}-7654321/orderItems",
            "http_status": 403 if number % 3 == 0 else 200,
            "error": {"code": "Unauthorized", "message": "Access to requested resource is denied."},
            "merchant": f"A{number % 3}DEMO0SELLER{number % 3}",
            "marketplace": "A1PA6795UKMFR9",
            "took_ms": 40 + number,
        }
        for number in range(60)
    ]
    (folder / "app.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    os.chdir(folder)


async def press(pilot: Pilot[None], key: str) -> None:
    """A key, or a wait."""
    if key == "their-log":
        write_their_log()
        return
    if key == "waited":
        await pilot.pause(1.0)
        return
    if key not in ("over", "ask", "answer", "waits", "asked", "told"):
        await pilot.press({":": "colon", " ": "space"}.get(key, key))
        await pilot.pause(0.1)
        return
    for _ in range(500):
        if has_come(pilot.app, key):
            return
        await pilot.pause(0.02)
    sys.exit(f"{key} did not come")


async def take(name: str, size_name: str) -> None:
    """One picture."""
    from sptui.simulator.clock import ManualClock
    from sptui.simulator.world import demo_world
    from sptui.tui.app import SptuiApp
    from sptui.workspace import Workspace

    workspace = Workspace.simulate(demo_world(), clock=ManualClock())
    app = SptuiApp(workspace)
    async with app.run_test(size=SIZES[size_name], notifications=True) as pilot:
        await settle(pilot)
        for key in SCENES[name]:
            await press(pilot, key)
        await pilot.pause(0.5)
        picture = app.export_screenshot(title=f"sptui demo: {name.replace('-', ' ')}")
    await workspace.close()
    # The fonts would be fetched from a foreign host by whoever looks at the picture, and the ids of its parts are
    # new at every run.
    picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
    picture = re.sub(r"terminal-\d+", "terminal-sptui", picture)
    (FOLDER / f"{name}-{size_name}.svg").write_text(picture, encoding="utf-8")


async def main() -> None:
    """All pictures, or those named."""
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or list(SCENES):
        for size_name in SIZES:
            await take(name, size_name)
            print(f"{name}-{size_name}.svg")


if __name__ == "__main__":
    asyncio.run(main())
