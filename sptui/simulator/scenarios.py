"""The built-in scenarios: worlds in which one thing is wrong, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sptui.simulator.world import World, built_in_world, demo_world
from sptui.simulator.world_check import nearest

DEMO: Final = "demo"
"""The name of the built-in demo world: sellers in every state, and a call for each of six causes."""

_FOLDER: Final = Path(__file__).parent / "scenarios"


class UnknownScenarioError(LookupError):
    """No scenario has that name; the message tells the nearest."""


def scenario_names() -> tuple[str, ...]:
    """The names of the built-in scenarios, in order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load_scenario(name: str) -> World:
    """The world of a scenario; ``demo`` is the demo world. Raises UnknownScenarioError."""
    if name == DEMO:
        return demo_world()
    if name not in scenario_names():
        hint = nearest(name, (DEMO, *scenario_names()))
        hint = hint if hint.startswith("did") else "`sptui demo --list` shows them."
        raise UnknownScenarioError(f"No scenario is called {name!r}: {hint}")
    return built_in_world(_FOLDER / f"{name}.toml")
