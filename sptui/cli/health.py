"""``sptui health``: the health of sellers, as the panels show it."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from sptui.cli.context import workspace_of
from sptui.cli.output import CommandError, Exit, print_json, run, table, talk
from sptui.database import DatabaseError
from sptui.health.summary import HealthSummary, summarise
from sptui.spapi.authorization import Authorization
from sptui.workspace import Workspace


@click.command()
@click.argument("sellers", nargs=-1, metavar="[SELLER]...")
@click.option("--all", "everyone", is_flag=True, help="Every seller; the same as naming none.")
@click.option("--watch", type=click.FloatRange(min=1), metavar="SECONDS", help="Again and again, as the plans allow.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an authorization.")
@click.pass_context
def health(ctx: click.Context, sellers: tuple[str, ...], watch: float | None, *, everyone: bool, as_json: bool) -> None:
    """Where SELLER takes part, and what stands in the way.

    SELLER is a name, a seller id, or either with @NA, @EU or @FE. Exit status 1 when a seller has a problem, 3
    when it could not be found out.
    """
    if sellers and everyone:
        raise click.UsageError("Name sellers or say --all, not both.")
    ctx.exit(run(_health(workspace_of(ctx), sellers, watch, as_json=as_json)))


async def _health(workspace: Workspace, names: tuple[str, ...], watch: float | None, *, as_json: bool) -> Exit:
    try:
        authorizations = _chosen(workspace, names)
        while True:
            status = await _round(workspace, authorizations, as_json=as_json)
            if watch is None:
                return status
            await asyncio.sleep(watch)
    finally:
        await workspace.close()


async def _round(workspace: Workspace, authorizations: list[Authorization], *, as_json: bool) -> Exit:
    ready = [each for each in authorizations if workspace.monitor.seconds_until_allowed(each) == 0]
    if len(ready) < len(authorizations):
        talk(f"{len(authorizations) - len(ready)} not refreshed yet: the usage plan allows the next call later.")
    try:
        await workspace.monitor.refresh_all(ready)
    except DatabaseError as problem:
        talk(str(problem))
    summaries = [summarise(each, workspace.monitor.known(each)) for each in authorizations]
    _print(summaries, as_json=as_json)
    if any(each.healthy is False for each in summaries):
        return Exit.PROBLEM_FOUND
    return Exit.COULD_NOT_FIND_OUT if any(each.healthy is None for each in summaries) else Exit.FINE


def _chosen(workspace: Workspace, names: tuple[str, ...]) -> list[Authorization]:
    accounts = workspace.accounts
    if not names:
        if not accounts.authorizations():
            raise CommandError("There are no sellers yet. Add one with `sptui sellers add`.", Exit.USAGE)
        return list(accounts.authorizations())
    chosen: dict[str, Authorization] = {}
    for name in names:
        found = accounts.find(name)
        if not found:
            raise CommandError(f"No seller is called {name!r}. `sptui sellers list` shows them.", Exit.USAGE)
        chosen |= {each.key: each for each in found}
    return list(chosen.values())


def _print(summaries: list[HealthSummary], *, as_json: bool) -> None:
    if as_json:
        for summary in summaries:
            print_json(summary.as_json())
        return
    for summary in summaries:
        word = {True: "no problem seen", False: "has problems", None: "unknown"}[summary.healthy]
        as_of = f", as of {summary.as_of:%Y-%m-%d %H:%M:%S} UTC" if summary.as_of else ""
        click.echo(f"{summary.seller} · {summary.region} · {word}{as_of}")
        for problem in summary.errors or summary.problems:
            click.echo(f"  ! {problem}")
        if summary.participations:
            rows = [_row(each) for each in summary.as_json()["participations"]]
            text = table(rows, ("MARKETPLACE", "COUNTRY", "KIND", "PARTICIPATING", "SUSPENDED LISTINGS", "STORE"))
            click.echo("\n".join(f"  {line}" for line in text.splitlines()))


def _row(entry: dict[str, Any]) -> tuple[str, ...]:
    words = {True: "yes", False: "no", None: "unknown"}
    return (
        entry["marketplace"],
        entry["country"],
        entry["kind"],
        words[entry["participating"]],
        words[entry["suspended_listings"]],
        entry["store_name"],
    )
