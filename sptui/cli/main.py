"""The root command: its options, and the commands by name, each imported when it is called."""

from __future__ import annotations

import importlib
import sys

import click

from sptui import __version__
from sptui.cli.context import BUILT_IN_WORLD, Invocation

COMMANDS = {
    "demo": ("sptui.cli.app", "demo"),
    "health": ("sptui.cli.health", "health"),
    "explain": ("sptui.cli.explain", "explain"),
    "notifications": ("sptui.cli.notifications", "notifications"),
    "triage": ("sptui.cli.triage", "triage"),
    "cases": ("sptui.cli.cases", "cases"),
    "call": ("sptui.cli.call", "call"),
    "operations": ("sptui.cli.operations", "operations"),
    "sellers": ("sptui.cli.sellers", "sellers"),
    "log": ("sptui.cli.log", "log"),
    "simulator": ("sptui.cli.simulator", "simulator"),
    "doctor": ("sptui.cli.doctor", "doctor"),
    "completion": ("sptui.cli.completion", "completion"),
}
"""Where each command lives; the order is that of the help."""

SUMMARIES = {
    "demo": "Open the app on the embedded simulator: no account, no network, no keyring.",
    "health": "Where the sellers take part, and what stands in the way.",
    "explain": "Say why a call failed: from a curl command, raw HTTP, HAR, JSON or a traceback; offline.",
    "notifications": "Changes of accounts' status as Amazon tells them: set up, read, import.",
    "triage": "Find out why a call fails: the whole flow, without the screen.",
    "cases": "The calls that were looked into: run one again after the fix, compare, export.",
    "call": "Send one call, or show it.",
    "operations": "The operations of SP-API: find one, show what it needs, build a newer catalogue.",
    "sellers": "List, add, remove and import sellers and applications.",
    "log": "The calls that sptui has sent.",
    "simulator": "Serve the simulator on loopback for any other client.",
    "doctor": "What works here and what does not: keyring, settings, clock, network, terminal.",
    "completion": "Print the shell completion script.",
}


class LazyGroup(click.Group):
    """Knows its commands by name and imports one when it is called: ``--version`` imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Imports the command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101 - the table above names commands
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Lets ``--simulate`` stand without a value: the built-in world is meant."""
        return super().parse_args(ctx, [*_with_world(args)])


def _with_world(args: list[str]) -> list[str]:
    for place, arg in enumerate(args):
        if arg in COMMANDS:
            break
        if arg == "--simulate":
            following = args[place + 1 : place + 2]
            if not following or following[0].startswith("-") or following[0] in COMMANDS:
                return [*args[:place], f"--simulate={BUILT_IN_WORLD}", *args[place + 1 :]]
            break
    return args


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="sptui %(version)s")
@click.option(
    "--simulate",
    metavar="[WORLD.toml|SCENARIO]",
    help="Run the command against the embedded simulator instead of Amazon: on the world of a file, on a built-in "
    "scenario (`sptui demo --list`), by default on the demo world.",
)
@click.option("--only-this-run", is_flag=True, help="Keep secrets in memory for this run, not in the keyring.")
@click.pass_context
def cli(ctx: click.Context, simulate: str | None, *, only_this_run: bool) -> None:
    """Why does this Selling Partner API call fail, and how healthy are the sellers?

    Without a command the app opens. Settings: flags before environment (SPTUI_…) before config.toml.
    Exit status: 0 fine, 1 a problem was found, 2 usage or unreadable input, 3 could not find out.
    """
    ctx.obj = Invocation(simulate, only_this_run)
    if ctx.invoked_subcommand is None:
        from sptui.cli.app import run_app

        run_app(ctx.obj)


def main() -> None:
    """The entry point. What a terminal cannot show is shown as ``?`` rather than ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli(prog_name="sptui")


if __name__ == "__main__":
    main()
