"""``sptui doctor``: what works here and what to do about the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sptui.cli.context import Invocation
from sptui.cli.output import Exit, print_json, run

if TYPE_CHECKING:
    from sptui.diagnosis import Circumstances, Finding

MARKS = {
    "ok": ("✓", "green"),
    "warning": ("!", "yellow"),
    "problem": ("✗", "red"),
    "unknown": ("?", "yellow"),
    "skipped": ("-", "blue"),
}


@click.command()
@click.option("--offline", is_flag=True, help="Leave the network alone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding.")
@click.pass_context
def doctor(ctx: click.Context, *, offline: bool, as_json: bool) -> None:
    """What works here and what does not: settings, keyring, network, clock, terminal, versions.

    Amazon's hosts are asked for their head; nothing secret is sent. Exit status 1 when there is a problem, 3 when
    something could not be found out.
    """
    from sptui.diagnosis import Circumstances
    from sptui.diagnosis.terminal import this_terminal
    from sptui.vault import open_vault

    invocation = ctx.find_object(Invocation) or Invocation()
    simulated = invocation.simulated
    vault = None if simulated else open_vault(only_this_run=invocation.only_this_run)
    circumstances = Circumstances(this_terminal(), vault, network=not offline and not simulated)
    ctx.exit(run(_examine(circumstances, as_json=as_json)))


async def _examine(circumstances: Circumstances, *, as_json: bool) -> Exit:
    from sptui.diagnosis import State, diagnose

    seen: set[State] = set()
    async for finding in diagnose(circumstances):
        seen.add(finding.state)
        if as_json:
            print_json(finding.as_json())
        else:
            _show(finding)
    if State.PROBLEM in seen:
        return Exit.PROBLEM_FOUND
    return Exit.COULD_NOT_FIND_OUT if State.UNKNOWN in seen else Exit.FINE


def _show(finding: Finding) -> None:
    mark, colour = MARKS[finding.state]
    indent = " " * 18
    found = click.wrap_text(finding.found, 100, subsequent_indent=indent)
    click.echo(f"{click.style(mark, fg=colour)} {finding.check:<15} {found}")
    if finding.do:
        click.echo(click.wrap_text(finding.do, 100, initial_indent=indent + "→ ", subsequent_indent=indent + "  "))
