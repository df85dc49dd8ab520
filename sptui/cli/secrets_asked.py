"""Secrets are asked for without echo or read from standard input; an argument that holds one is refused."""

from __future__ import annotations

import sys

import click

from sptui.cli.output import CommandError, Exit
from sptui.cli.plain import printable
from sptui.settings import problem_of_text

from_stdin_option = click.option(
    "--secrets-from-stdin", "from_stdin", is_flag=True, help="Read the secret from standard input, one line."
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


def _refuse_secrets(ctx: click.Context, args: list[str]) -> None:
    """Looks at the arguments before anything could print them."""
    if any(problem_of_text(arg) for arg in args):
        raise click.UsageError(
            "An argument looks like a secret. Arguments are visible to other programs, and the shell keeps them: "
            "leave it out, and sptui asks for it (or give it with --secrets-from-stdin). Renew the one just typed.",
            ctx,
        )


class SecretFreeCommand(click.Command):
    """Refuses arguments that are secrets."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click's, for arguments without secrets."""
        _refuse_secrets(ctx, args)
        return super().parse_args(ctx, args)


class SecretFreeGroup(click.Group):
    """Refuses arguments that are secrets; so do its commands."""

    command_class = SecretFreeCommand
    group_class = type

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click's, for arguments without secrets."""
        _refuse_secrets(ctx, args)
        return super().parse_args(ctx, args)


def ask_secret(prompt: str, *, from_stdin: bool) -> str:
    """Asks without echo, or takes a line of standard input. Raises CommandError where neither can be."""
    if from_stdin:
        line = sys.stdin.buffer.readline().decode(errors="replace")
        if not line.strip():
            raise CommandError("Standard input held no secret; expected one line.", Exit.USAGE)
        return line
    if not _on_a_terminal():
        raise CommandError(
            "There is no terminal to ask for the secret on. Give it on standard input, with --secrets-from-stdin.",
            Exit.USAGE,
        )
    answer: str = click.prompt(printable(prompt), hide_input=True, err=True)
    return answer


def confirm(question: str, *, yes: bool) -> None:
    """Asks before something is removed, unless ``yes`` was said beforehand. Raises CommandError for a no."""
    if yes:
        return
    if not _on_a_terminal():
        raise CommandError("There is no terminal to ask on. Say yes beforehand, with --yes.", Exit.USAGE)
    if not click.confirm(printable(question), err=True):
        raise CommandError("Nothing was removed.", Exit.USAGE)


def _on_a_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
