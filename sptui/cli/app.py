"""``sptui`` and ``sptui demo``: the app."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import click

from sptui.cli.context import BUILT_IN_WORLD, Invocation
from sptui.cli.output import CommandError, Exit, print_json, table


@click.command()
@click.option("--list", "listed", is_flag=True, help="List the scenarios: worlds in which one thing is wrong.")
@click.option("--json", "as_json", is_flag=True, help="With --list: a JSON object for each, with its calls.")
@click.option("--scenario", metavar="NAME", help="Open the app on a scenario instead of the demo world.")
@click.option(
    "--speed",
    type=click.FloatRange(0, 100_000, min_open=True),
    default=1.0,
    show_default=True,
    metavar="X",
    help="Let the world's clock run X times as fast: tokens expire, reports finish, statuses change.",
)
def demo(scenario: str | None, speed: float, *, listed: bool, as_json: bool) -> None:
    """Open the app on the embedded simulator: no account, no network, no keyring."""
    if as_json and not listed:
        raise click.UsageError("--json belongs to --list.")
    if listed:
        _list_scenarios(as_json=as_json)
        return
    run_app(Invocation(simulate=scenario or BUILT_IN_WORLD, speed=speed))


def _list_scenarios(*, as_json: bool) -> None:
    from sptui.simulator.scenarios import load_scenario, scenario_names

    found = [_summary(name, load_scenario(name)) for name in scenario_names()]
    if as_json:
        for each in found:
            print_json(each)
        return
    click.echo(
        table([(each["name"], each["cause"], each["wrong"]) for each in found], ("name", "cause", "what is wrong"))
    )


def _summary(name: str, world: Any) -> dict[str, Any]:
    """``{"name", "title", "cause", "wrong", "tell", "twin", "calls"}`` of one scenario."""
    import msgspec

    scenario = world.scenario
    return {
        "name": name,
        "title": scenario.title,
        "cause": scenario.cause,
        "wrong": scenario.wrong,
        "tell": scenario.tell,
        "twin": scenario.twin or None,
        "calls": [msgspec.to_builtins(each) for each in scenario.calls],
    }


def run_app(invocation: Invocation) -> None:
    """Opens the app and leaves with its exit status. Raises CommandError where there is no terminal."""
    import signal

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError(
            "The app needs a terminal. Without one: `sptui health --json`, `sptui triage --json`; "
            "`sptui --help` lists the commands.",
            Exit.USAGE,
        )
    from sptui.tui.app import SptuiApp

    workspace = invocation.open()

    async def run() -> int:
        app = SptuiApp(workspace)
        if sys.platform != "win32":  # leave the terminal as it was, also when told to end
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, app.exit)
        try:
            await app.run_async(mouse=workspace.config.mouse)
        finally:
            await workspace.close()
        return app.return_code or 0

    sys.exit(asyncio.run(run()))
