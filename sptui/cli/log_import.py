"""``sptui log import``: calls that other programs logged."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from sptui.cli.context import workspace_of
from sptui.cli.log_options import folder_of, trouble_told
from sptui.cli.output import CommandError, Exit, print_json, run, talk

if TYPE_CHECKING:
    from sptui.calllog.importing.importer import Importer, Report
    from sptui.calllog.importing.ledger import Ledger

_TICK = 1.0


@click.command(name="import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Which column holds what; kept.")
@click.option("--follow", is_flag=True, help="Go on while the file grows, through rotation, until Ctrl+C.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
@click.pass_context
def import_(
    ctx: click.Context, paths: tuple[str, ...], mapping: tuple[str, ...], *, follow: bool, as_json: bool
) -> None:
    """Import logs: JSON Lines, CSV, HAR and access logs, also compressed (gz, bz2, zst), folders, - for stdin.

    What was imported before is left out; Ctrl+C ends in order, and the next run goes on. Lines that cannot be read are
    counted and kept aside with the reason. Exit status 1 when there were any.
    """
    from sptui.calllog import duck, opening
    from sptui.calllog.importing.importer import Importer
    from sptui.calllog.importing.sources import files_in

    if follow and len(paths) != 1:
        raise click.UsageError("--follow takes one file.")
    workspace = workspace_of(ctx)
    folder = folder_of(workspace)
    run(workspace.close())
    if not duck.available():
        talk(duck.NEEDS_EXTRA)
    reports: list[Report] = []
    with trouble_told(), opening.opened_ledger(folder) as ledger, opening.opened_store(ledger, folder) as store:
        if workspace.config.call_log.keep is not None:
            store.forget_before(workspace.clock.now() - workspace.config.call_log.keep)
        try:
            importer = Importer(ledger, store, map_by_hand=mapping, on_progress=_shown)
        except ValueError as problem:
            raise CommandError(str(problem), Exit.USAGE) from problem
        try:
            if follow:
                _follow(importer, paths[0], reports)
                store.finish()
            else:
                reports += [importer.run(path) for path in files_in(list(paths))]
        except KeyboardInterrupt:
            talk("\nEnded. What is imported stays; the same command goes on from there.")
        _tell(reports, ledger, as_json=as_json)
    ctx.exit(Exit.PROBLEM_FOUND if any(each.aside for each in reports) else Exit.FINE)


def _follow(importer: Importer, path: str, reports: list[Report]) -> None:
    from sptui.calllog.importing.following import follow

    def wait() -> bool:
        time.sleep(_TICK)
        return True

    def told(report: Report) -> None:
        if report.new or report.known or report.aside:
            reports[:] = [*reports[-999:], report]

    follow(importer, path, wait, told)


def _shown(report: Report) -> None:
    """The progress, on a terminal only."""
    if sys.stderr.isatty():
        share = f"{100 * report.done // report.size:3d} %" if report.size else f"{report.done >> 20} MB"
        click.echo(f"\r{report.path}: {share}, {report.new} new calls ", nl=False, err=True)


def _tell(reports: list[Report], ledger: Ledger, *, as_json: bool) -> None:
    if sys.stderr.isatty():
        click.echo(err=True)
    for each in reports:
        columns = each.shape.mapped.columns
        if as_json:
            print_json(
                {
                    "path": each.path,
                    "form": each.shape.kind,
                    "mapping": columns,
                    "new": each.new,
                    "known": each.known,
                    "unreadable": each.aside,
                }
            )
            continue
        counted = f"{each.new} new calls, {each.known} known already, {each.aside} lines that cannot be read"
        click.echo(f"{each.path} ({each.shape.kind}): {counted}")
        if columns:
            click.echo("  " + ", ".join(f"{field} = {column}" for field, column in columns.items()))
    for _, problem in ledger.unreadable()[:5] if any(each.aside for each in reports) else ():
        talk(f"  kept aside: {problem.reason}: {problem.text[:100]}")
