"""Takes the pictures under screenshots/ anew: the demo, driven by keys, at the sizes people use.

    python tools/screenshots.py [NAME ...]

Each picture is an SVG of the screen as Textual draws it, on the built-in world, with a clock that stands still.
"""

from __future__ import annotations

import asyncio
import re
import sys
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
    "triage-question": [*FAILING_FEED, "ask"],
    "triage-account": [*FAILING_FEED, "ask", "y", "over"],
    "operations": ["o", *"createfeed"],
    "call-answer": ["o", *"getorders", "enter", "f5", "answer"],
    "call-question": ["o", *"createfeed", "enter", "f5", "ask"],
}
"""The keys that lead to each picture, from the home screen of the settled demo.

``over`` waits for the end of an investigation, ``waits`` for a step that waits for its go, ``ask`` for its question or
that of a call, ``answer`` for the answer of a call.
"""


def has_come(app: App[None], what: str) -> bool:
    """Whether what is waited for is on the screen."""
    from sptui.tui.screens.call import CallScreen
    from sptui.tui.screens.investigation import InvestigationScreen
    from sptui.tui.screens.question import QuestionScreen

    screen = app.screen
    if what == "ask":
        return isinstance(screen, QuestionScreen)
    if what == "answer":
        return isinstance(screen, CallScreen) and screen.call is not None
    if what == "waits":
        return isinstance(screen, InvestigationScreen) and screen.waits_before is not None
    return isinstance(screen, InvestigationScreen) and screen.over


async def press(pilot: Pilot[None], key: str) -> None:
    """A key, or a wait."""
    if key not in ("over", "ask", "answer", "waits"):
        await pilot.press(key)
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
