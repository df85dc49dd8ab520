"""``sptui log import``: calls that other programs logged."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sptui.cli.context import workspace_of
from sptui.cli.log_options import folder_of, trouble_told
from sptui.cli.output import CommandError, Exit, print_json, run, talk

if TYPE_CHECKING:
    from sptui.calllog.importing.importer import Importer, Report
    from sptui.calllog.importing.ledger import Ledger

_TICK: Final = 1.0
_SHOWN_ASIDE: Final = 5


@click.command(name="import")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Which column holds what; kept.")
@click.option("--follow", is_flag=True, help="Go on while the file grows, through rotation, until Ctrl+C.")
@click.option("--aside", "list_aside", is_flag=True, help="Import nothing: list the lines kept aside, and why.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file; with --aside one a line.")
@click.pass_context
def import_(
    ctx: click.Context,
    paths: tuple[str, ...],
    mapping: tuple[str, ...],
    *,
    follow: bool,
    list_aside: bool,
    as_json: bool,
) -> None:
    """Import logs: JSON in all its shapes, CSV, HAR and access logs, also compressed (gz, bz2, zst); folders; - is
    standard input.

    What was imported before is left out; Ctrl+C ends in order, and the next run goes on. Lines that cannot be read are
    counted and kept aside with the reason and their number, without what they hold: --aside lists them. Exit status 1
    when there were any, 2 when a file could not be read.
    """
    if list_aside:
        ctx.exit(_list_aside(ctx, paths, as_json=as_json))
    if not paths:
        raise click.UsageError("Name a log, a folder of logs, or - for standard input.")
    if follow and len(paths) != 1:
        raise click.UsageError("--follow takes one file.")
    ctx.exit(_import(ctx, paths, mapping, follow=follow, as_json=as_json))


def _import(
    ctx: click.Context, paths: tuple[str, ...], mapping: tuple[str, ...], *, follow: bool, as_json: bool
) -> Exit:
    from sptui.calllog import duck, opening
    from sptui.calllog.importing.importer import Importer
    from sptui.calllog.importing.run import import_each

    workspace = workspace_of(ctx)
    folder = folder_of(workspace)
    run(workspace.close())
    if folder is None:
        talk("This is a simulated world: what is imported is read and counted, and forgotten at the end.")
    elif workspace.config.call_log.url:
        talk("The log that is asked is the database of [call_log] url: imported calls are not in it.")
    if folder is not None and not duck.available():
        talk(duck.NEEDS_EXTRA)
    reports: list[Report] = []
    failures: list[str] = []
    with trouble_told(), opening.opened_ledger(folder) as ledger, opening.opened_store(ledger, folder) as store:
        if workspace.config.call_log.keep is not None:
            store.forget_before(workspace.clock.now() - workspace.config.call_log.keep)
        try:
            importer = Importer(ledger, store, map_by_hand=mapping, on_progress=_Progress().show)
        except ValueError as problem:
            raise CommandError(str(problem), Exit.USAGE) from problem
        try:
            if follow:
                _follow(importer, paths[0], reports)
                store.finish()
            else:
                import_each(importer, paths, reports, lambda problem: failures.append(str(problem)))
        except KeyboardInterrupt:
            talk("\nEnded. What is imported stays; the same command goes on from there.")
        _tell(reports, ledger, as_json=as_json)
    for each in failures:
        talk(each)
    if failures or any(report.problem for report in reports):
        return Exit.USAGE
    return Exit.PROBLEM_FOUND if any(each.aside for each in reports) else Exit.FINE


def _follow(importer: Importer, path: str, reports: list[Report]) -> None:
    from sptui.calllog.importing.following import follow

    def wait() -> bool:
        time.sleep(_TICK)
        return True

    def told(report: Report) -> None:
        if report.new or report.known or report.aside:
            reports[:] = [*reports[-999:], report]

    follow(importer, path, wait, told)


class _Progress:
    """How far an import is, how quick, and how long it will take: on a terminal only."""

    def __init__(self) -> None:
        self._path = ""
        self._since = 0.0
        self._from = 0

    def show(self, report: Report) -> None:
        """One line, written over and over."""
        if not sys.stderr.isatty():
            return
        from sptui.calllog.importing.pace import told

        now = time.monotonic()
        if report.path != self._path:
            self._path, self._since, self._from = report.path, now, report.done
        text = told(report, now - self._since, self._from)
        click.echo(f"\r\x1b[K{report.path}: {text}", nl=False, err=True)


def _tell(reports: list[Report], ledger: Ledger, *, as_json: bool) -> None:
    from sptui.calllog.importing.pace import counted

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
                    "passed_over": each.passed,
                    "problem": each.problem,
                }
            )
            continue
        click.echo(f"{each.path} ({each.shape.kind}): {counted(each)}")
        if columns:
            click.echo("  " + ", ".join(f"{field} = {column}" for field, column in columns.items()))
        if each.problem:
            talk(f"  {each.problem} Mend it and run the same command: it goes on from there.")
    if any(each.aside for each in reports):
        kept = ledger.unreadable()
        for path, problem in kept[:_SHOWN_ASIDE]:
            talk(f"  kept aside: {path}:{problem.line}: {problem.reason}")
        talk("  All of them: sptui log import --aside")


def _list_aside(ctx: click.Context, paths: tuple[str, ...], *, as_json: bool) -> Exit:
    """The lines kept aside, of the files and folders named or of all."""
    from sptui.calllog import opening

    workspace = workspace_of(ctx)
    folder = folder_of(workspace)
    run(workspace.close())
    with trouble_told(), opening.opened_ledger(folder) as ledger:
        places = [str(Path(each).absolute()) for each in paths] or [""]
        kept = [each for place in places for each in reversed(ledger.unreadable(place))]
    for path, problem in kept:
        if as_json:
            print_json({"path": path, "line": problem.line, "reason": problem.reason, "text": problem.text})
        else:
            click.echo(f"{path}:{problem.line}: {problem.reason}")
            if problem.text:
                click.echo(f"    {' '.join(problem.text.split())[:200]}")
    if not kept and not as_json:
        click.echo("No line is kept aside.")
    return Exit.PROBLEM_FOUND if kept else Exit.FINE
