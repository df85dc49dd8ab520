"""``sptui simulator``: the simulator on loopback, for any other client."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from sptui.cli.context import Invocation
from sptui.cli.output import CommandError, Exit, talk

_DEFAULT_PORT: Final = 8787


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=_DEFAULT_PORT,
    show_default=True,
    help="The port on 127.0.0.1; 0 takes a free one.",
)
@click.option(
    "--world",
    "world_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The world file to answer from; by default the demo world.",
)
@click.option("--scenario", metavar="NAME", help="A built-in scenario instead: `sptui demo --list` shows them.")
@click.option("--sandbox", is_flag=True, help="Every address is the sandbox, also without /sandbox.")
@click.option(
    "--speed",
    type=click.FloatRange(0, 100_000, min_open=True),
    default=1.0,
    show_default=True,
    metavar="X",
    help="Let the world's clock run X times as fast: tokens expire, reports finish, statuses change.",
)
@click.pass_context
def simulator(
    ctx: click.Context, port: int, world_file: Path | None, scenario: str | None, speed: float, *, sandbox: bool
) -> None:
    """Serve the simulator on loopback for any other client.

    Prints "listening on http://127.0.0.1:PORT". Tokens come from /auth/o2/token there. An address that ends in /na,
    /eu or /fe stands for that region's host, /sandbox before it for the sandbox host; without either the region is
    that of the token's seller. Client ids, secrets and refresh tokens are those of the world file. Ctrl+C ends it.
    """
    from sptui.simulator.serve import PortInUseError, serve

    invocation = ctx.find_object(Invocation) or Invocation()
    if world_file is not None and scenario is not None:
        raise click.UsageError("--world and --scenario contradict each other.")
    if world_file is not None:
        invocation = replace(invocation, simulate=str(world_file.absolute()))
    elif scenario is not None:
        invocation = replace(invocation, simulate=scenario)
    try:
        serve(invocation.world(), port, sandbox=sandbox, speed=speed, announce=_announce)
    except PortInUseError as problem:
        raise CommandError(str(problem), Exit.USAGE) from problem


def _announce(line: str) -> None:
    click.echo(line)
    base = line.removeprefix("listening on ")
    talk(f"LWA: {base}/auth/o2/token. Regions: {base}/na, /eu, /fe. Sandbox: {base}/sandbox/na, … Ctrl+C ends it.")
