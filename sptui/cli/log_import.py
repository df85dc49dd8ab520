"""``sptui log import``: calls that other programs logged."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sptui.calllog.importing.sources import STDIN, named, source_of
from sptui.cli.context import workspace_of
from sptui.cli.log_options import folder_of, trouble_told
from sptui.cli.output import CommandError, Exit, print_json, run, talk

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sptui.calllog.importing.importer import Importer, Report
    from sptui.calllog.importing.ledger import Ledger
    from sptui.calllog.importing.store import ImportStore
    from sptui.calllog.store import CallLog

_TICK: Final = 1.0
_SHOWN_ASIDE: Final = 5
_COUNTED: Final = ("new", "known", "aside", "passed", "old")
_TIDY_EVERY: Final = 60
"""So many times that something came: about once a minute."""


@click.command(name="import")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Which column holds what; kept.")
@click.option("--follow", is_flag=True, help="Go on while the file grows, through rotation, until Ctrl+C.")
@click.option("--again", is_flag=True, help="Read files from their beginning once more; what is stored counts once.")
@click.option("--aside", "list_aside", is_flag=True, help="Import nothing: list the lines kept aside, and why.")
@click.option("--forget-aside", is_flag=True, help="Import nothing: remove them from the list.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file; with --aside one a line.")
@click.pass_context
def import_(
    ctx: click.Context,
    paths: tuple[str, ...],
    mapping: tuple[str, ...],
    *,
    follow: bool,
    again: bool,
    list_aside: bool,
    forget_aside: bool,
    as_json: bool,
) -> None:
    """Import logs: JSON in all its shapes, CSV, HAR and access logs, also compressed (gz, bz2, zst); folders; - is
    standard input.

    What was imported before is left out; Ctrl+C ends in order, and the next run goes on. Lines that cannot be read are
    counted and kept aside with the reason and their number, without what they hold: --aside lists them, all or those of
    the files named. Calls older than keep = "…" of [call_log] are left out. Exit status 1 when there were lines kept
    aside, 2 when a file could not be read.
    """
    if list_aside and forget_aside:
        raise click.UsageError("--aside lists the lines, --forget-aside removes them: one after the other.")
    if list_aside or forget_aside:
        from sptui.cli.log_aside import forget_lines, list_lines

        ctx.exit((forget_lines if forget_aside else list_lines)(ctx, paths, as_json=as_json))
    if not paths:
        raise click.UsageError("Name a log, a folder of logs, or - for standard input.")
    if follow and len(paths) != 1:
        raise click.UsageError("--follow takes one file.")
    if follow and again:
        raise click.UsageError("--again reads a file once more: do that first, then --follow.")
    ctx.exit(_import(ctx, paths, mapping, follow=follow, again=again, as_json=as_json))


def _import(
    ctx: click.Context, paths: tuple[str, ...], mapping: tuple[str, ...], *, follow: bool, again: bool, as_json: bool
) -> Exit:
    from sptui.calllog import duck, opening
    from sptui.calllog.importing.importer import Importer
    from sptui.calllog.importing.run import import_each

    workspace = workspace_of(ctx)
    folder, keep, now = folder_of(workspace), workspace.config.call_log.keep, workspace.clock.now()
    if folder is not None and keep is not None:
        _forget_old(workspace.call_log, folder, keep, now)
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
        if folder is not None and keep is not None:
            store.leave_out_before(now - keep)
        try:
            importer = Importer(ledger, store, map_by_hand=mapping, on_progress=_Progress().show, again=again)
        except ValueError as problem:
            raise CommandError(str(problem), Exit.USAGE) from problem
        try:
            if follow:
                _follow(importer, store, paths[0], reports)
            else:
                import_each(importer, paths, reports, lambda problem: failures.append(str(problem)))
        except KeyboardInterrupt:
            rest = "the rest of standard input is not read" if STDIN in paths else "the same command goes on from there"
            talk(f"\nEnded. What is imported stays; {rest}.")
        _tell(reports, ledger, mapping, keep, as_json=as_json)
    for each in failures:
        talk(each)
    if failures or any(report.problem for report in reports):
        return Exit.USAGE
    return Exit.PROBLEM_FOUND if any(each.aside for each in reports) else Exit.FINE


def _forget_old(call_log: CallLog, folder: Path, keep: timedelta, now: datetime) -> None:
    """As the app does: once a day, of everything."""
    from sptui.calllog.keeping import forget_if_due
    from sptui.settings import format_duration

    if removed := forget_if_due(call_log, folder, keep, now):
        talk(f"{removed:,} calls older than {format_duration(keep)} were forgotten, as keep of [call_log] says.")


def _pause() -> bool:
    time.sleep(_TICK)
    return True


def _follow(
    importer: Importer, store: ImportStore, path: str, reports: list[Report], wait: Callable[[], bool] = _pause
) -> None:
    """Puts what came so far into ``reports``, as one. Every so often the store's small files become larger ones."""
    from sptui.calllog.importing.following import follow
    from sptui.calllog.importing.pace import counted

    taken = 0

    def told(report: Report) -> None:
        nonlocal taken
        if not any(getattr(report, each) for each in _COUNTED):
            return
        taken += 1
        if taken % _TIDY_EVERY == 0:
            store.finish()
        if reports:
            for each in _COUNTED:
                setattr(report, each, getattr(report, each) + getattr(reports[0], each))
        reports[:] = [report]
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{path}: {counted(report)}. Ctrl+C ends it.", nl=False, err=True)

    follow(importer, path, wait, told)
    store.finish()


class _Progress:
    """How far an import is, how quick, and how long it will take: on a terminal only."""

    def __init__(self) -> None:
        self._path = ""
        self._since = 0.0
        self._from = 0

    def show(self, report: Report) -> None:
        """One line, written over and over."""
        if not sys.stderr.isatty() or not report.done:
            return
        from sptui.calllog.importing.pace import told

        now = time.monotonic()
        if report.path != self._path:
            self._path, self._since, self._from = report.path, now, report.done
        text = told(report, now - self._since, self._from)
        click.echo(f"\r\x1b[K{named(report.path)}: {text}", nl=False, err=True)


def _tell(
    reports: list[Report], ledger: Ledger, mapping: tuple[str, ...], keep: timedelta | None, *, as_json: bool
) -> None:
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
                    "too_old": each.old,
                    "passed_over": each.passed,
                    "problem": each.problem,
                }
            )
            continue
        click.echo(f"{named(each.path)} ({each.shape.kind}): {counted(each)}")
        if columns:
            click.echo("  " + ", ".join(f"{field} = {column}" for field, column in columns.items()))
        _advise(each, mapping, keep)
        if each.problem:
            talk(f"  {each.problem} Mend it and run the same command: it goes on from there.")
    sources = {source_of(each.path) for each in reports if each.aside}
    if sources:
        kept = [each for each in ledger.unreadable() if each[0] in sources]
        for path, problem in kept[:_SHOWN_ASIDE]:
            talk(f"  kept aside: {named(path)}:{problem.line}: {problem.reason}")
        if kept:
            talk("  All of them: sptui log import --aside")


def _advise(report: Report, mapping: tuple[str, ...], keep: timedelta | None) -> None:
    """What may surprise: fields that do not come, calls that are not stored."""
    from sptui.calllog.importing.shape import unseen
    from sptui.settings import format_duration

    for pair in unseen(report.shape, mapping) if report.shape.has_fields else ():
        field, _, column = pair.partition("=")
        talk(f"  None of its first lines has a field {column}: {field} stays empty wherever a line lacks it.")
    if report.before and mapping and report.shape.has_fields:
        talk("  What was imported before stays as it was read then: --map is for the lines that come.")
    if report.old and keep is not None:
        what = "Some calls are" if report.new or report.known else "All its calls are"
        talk(
            f"  {what} older than {format_duration(keep)}, the keep of [call_log], and not stored. To have them, set it"
            " longer in config.toml, and import with --again."
        )
