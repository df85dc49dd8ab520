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
    """``simulate`` is the world given with ``--simulate`` (a file or a built-in world's name), or None."""

    simulate: str | None = None
    only_this_run: bool = False

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
                return Workspace.simulate(self.world())
            return Workspace.open(only_this_run=self.only_this_run)
        except (SettingsError, TomlFileError) as problem:
            raise CommandError(str(problem), Exit.USAGE) from problem
        except DatabaseError as problem:
            raise CommandError(str(problem), Exit.COULD_NOT_FIND_OUT) from problem

    def world(self) -> World:
        """The simulated world. Raises CommandError."""
        from sptui.simulator.world import demo_world, load_world
        from sptui.toml_file import TomlFileError

        name = self.simulate or BUILT_IN_WORLD
        if name == BUILT_IN_WORLD and not Path(name).exists():
            return demo_world()
        try:
            return load_world(Path(name))
        except TomlFileError as problem:
            raise CommandError(str(problem), Exit.USAGE) from problem


def workspace_of(context: click.Context) -> Workspace:
    """The workspace that the options before the command asked for."""
    invocation = context.find_object(Invocation) or Invocation()
    return invocation.open()
