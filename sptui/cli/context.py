"""What the options before the command decide: whose accounts, whose answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sptui.cli.output import CommandError, Exit

if TYPE_CHECKING:
    from sptui.simulator.world import World
    from sptui.workspace import Workspace

BUILT_IN_WORLD: Final = "demo"


@dataclass(frozen=True)
class Invocation:
    """``simulate`` is the world given with ``--simulate`` (a file, a scenario's name or ``demo``), or None.

    ``speed``: how many times as fast the simulated world's clock runs.
    """

    simulate: str | None = None
    only_this_run: bool = False
    speed: float = 1.0

    @property
    def simulated(self) -> bool:
        """Whether the embedded simulator stands for Amazon."""
        return self.simulate is not None

    def open(self) -> Workspace:
        """The user's workspace, or the simulated one. Raises CommandError."""
        from sptui.database import DatabaseError
        from sptui.settings import SettingsError
        from sptui.toml_file import TomlFileError
        from sptui.workspace import Workspace

        try:
            if self.simulate is not None:
                return Workspace.simulate(self.world(), speed=self.speed)
            return Workspace.open(only_this_run=self.only_this_run)
        except (SettingsError, TomlFileError) as problem:
            raise CommandError(str(problem), Exit.USAGE) from problem
        except DatabaseError as problem:
            raise CommandError(str(problem), Exit.COULD_NOT_FIND_OUT) from problem

    def world(self) -> World:
        """The simulated world: of a file, else a built-in one by its name. Raises CommandError."""
        from sptui.simulator.scenarios import UnknownScenarioError, load_scenario
        from sptui.simulator.world import load_world
        from sptui.toml_file import TomlFileError

        name = self.simulate or BUILT_IN_WORLD
        path = Path(name)
        try:
            if path.is_file() or path.suffix or len(path.parts) > 1:
                return load_world(path)
            return load_scenario(name)
        except TomlFileError as problem:
            raise CommandError(str(problem), Exit.USAGE) from problem
        except UnknownScenarioError as problem:
            raise CommandError(f"{problem} There is no file of that name either.", Exit.USAGE) from problem


def workspace_of(context: click.Context) -> Workspace:
    """The workspace that the options before the command asked for."""
    invocation = context.find_object(Invocation) or Invocation()
    return invocation.open()
