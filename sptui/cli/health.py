"""``sptui health``: the health of sellers, as the panels show it."""

from __future__ import annotations

import asyncio
import sys
from typing import Final

import click

from sptui.cli.change_notice import ChangeNotice
from sptui.cli.context import workspace_of
from sptui.cli.health_report import change_text, report_text
from sptui.cli.output import Exit, print_json, run, talk
from sptui.cli.whom import chosen
from sptui.database import DatabaseError
from sptui.spapi.authorization import Authorization
from sptui.workspace import Workspace

_NOTICES: Final = "notify"
"""The name under which the history keeps when changes were last told."""


@click.command()
@click.argument("sellers", nargs=-1, metavar="[SELLER]...")
@click.option("--all", "everyone", is_flag=True, help="Every seller; the same as naming none.")
@click.option("--watch", type=click.FloatRange(min=1), metavar="SECONDS", help="Again and again, as the plans allow.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an authorization.")
@click.option("--notify", is_flag=True, help="Send what changed through apprise: [health] notify_config.")
@click.option(
    "--report/--no-report",
    default=None,
    help="Have Amazon make a performance report where there is no recent one, or only reuse one. Without either, one "
    "is made in a terminal, and elsewhere where config.toml says [health] create_reports = true.",
)
@click.pass_context
def health(
    ctx: click.Context,
    sellers: tuple[str, ...],
    watch: float | None,
    *,
    everyone: bool,
    as_json: bool,
    notify: bool,
    report: bool | None,
) -> None:
    """How SELLER stands: where it takes part, its accounts' status, its metrics, and what can be called today.

    SELLER is a name, a seller id, or either with @NA, @EU or @FE. Exit status 1 when a seller has a problem, 3
    when it could not be found out. --notify tells changes alone, each once: those since it was told last.
    """
    if sellers and everyone:
        raise click.UsageError("Name sellers or say --all, not both.")
    workspace = workspace_of(ctx)
    ctx.exit(run(_health(workspace, sellers, watch, as_json=as_json, notify=notify, report=report)))


async def _health(
    workspace: Workspace,
    names: tuple[str, ...],
    watch: float | None,
    *,
    as_json: bool,
    notify: bool,
    report: bool | None,
) -> Exit:
    try:
        authorizations = chosen(workspace.accounts, names)
        notice = ChangeNotice(workspace.config.health.notify_config) if notify else None
        workspace.monitor.create_reports = _may_create(workspace, report)
        while True:
            status = await _round(workspace, authorizations, as_json=as_json)
            if notice is not None:
                await _tell_changes(workspace, authorizations, notice)
            if watch is None:
                return status
            await asyncio.sleep(watch)
    finally:
        await workspace.close()


def _may_create(workspace: Workspace, report: bool | None) -> bool:  # noqa: FBT001 - three answers of one option
    """Making a report is a mild side effect at Amazon: somebody has to have said yes, or to sit in front."""
    config = workspace.config
    if config.read_only:
        return False
    if report is not None:
        return report
    agreed = "health.create_reports" in config.sources or sys.stdin.isatty() or workspace.simulated
    return config.health.create_reports and agreed


async def _round(workspace: Workspace, authorizations: list[Authorization], *, as_json: bool) -> Exit:
    monitor = workspace.monitor
    ready = [each for each in authorizations if monitor.seconds_until_allowed(each) == 0]
    if len(ready) < len(authorizations):
        talk(f"{len(authorizations) - len(ready)} not refreshed yet: the usage plan allows the next call later.")
    try:
        await monitor.refresh_all(ready)
    except DatabaseError as problem:
        talk(str(problem))
    order = authorizations if as_json else sorted(authorizations, key=monitor.standing)
    summaries = [monitor.summary(each) for each in order]
    for summary in summaries:
        if as_json:
            print_json(summary.as_json())
        else:
            click.echo(report_text(summary))
    if any(each.healthy is False for each in summaries):
        return Exit.PROBLEM_FOUND
    return Exit.COULD_NOT_FIND_OUT if any(each.healthy is None for each in summaries) else Exit.FINE


async def _tell_changes(workspace: Workspace, authorizations: list[Authorization], notice: ChangeNotice) -> None:
    """What changed since changes were told last; the first time there is nothing to compare with."""
    monitor, history, now = workspace.monitor, workspace.history, workspace.clock.now()
    try:
        told = history.last_look(_NOTICES)
        changed = [
            each
            for each in sorted(authorizations, key=monitor.standing)
            if told is not None and (moment := monitor.known(each).changed_at) is not None and moment > told
        ]
        if changed and not await notice.send([change_text(monitor.summary(each)) for each in changed]):
            talk("The changes could not be sent to every service; they are told again next time.")
            return
        history.store_look(now, _NOTICES)
    except DatabaseError as problem:
        talk(str(problem))
