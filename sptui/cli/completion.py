"""``sptui completion SHELL``: what the shell needs to complete commands and options."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of SHELL.

    For bash: sptui completion bash >> ~/.bashrc; for fish into ~/.config/fish/completions/sptui.fish.
    """
    from click.shell_completion import get_completion_class

    from sptui.cli.main import cli

    found = get_completion_class(shell)
    assert found is not None  # noqa: S101 - the choice above names shells that click has
    click.echo(found(cli, {}, "sptui", "_SPTUI_COMPLETE").source())
