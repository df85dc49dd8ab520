"""``sptui cases``: the calls that were looked into: show, run again after the fix, compare, write out, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sptui.cli.cases_report import (
    comparison_json,
    comparison_lines,
    head_of,
    last_result,
    last_verdict,
    row_of,
    summary_json,
)
from sptui.cli.context import workspace_of
from sptui.cli.output import CommandError, Exit, print_json, run, table, talk
from sptui.cli.plain import plain
from sptui.cli.triage_face import Face, keep, walk
from sptui.cli.triage_report import describe_result

if TYPE_CHECKING:
    from sptui.triage.case import Case
    from sptui.triage.events import TriageResult
    from sptui.triage.saved import SavedCase
    from sptui.workspace import Workspace


@click.group()
def cases() -> None:
    """The calls that were looked into: show, run again, compare, export, remove.

    `sptui triage` keeps each case (not with --no-save); tokens and people's data are not in it.
    """


@cases.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, without the runs.")
@click.pass_context
def list_cases(ctx: click.Context, *, as_json: bool) -> None:
    """The kept cases, the newest first."""
    from sptui.settings import SettingsError

    workspace = workspace_of(ctx)
    try:
        shelf = workspace.cases.list()
    except SettingsError as problem:
        raise CommandError(str(problem), Exit.COULD_NOT_FIND_OUT) from problem
    finally:
        run(workspace.close())
    for problem_told in shelf.problems:
        talk(plain(problem_told))
    if as_json:
        for each in shelf.cases:
            print_json(summary_json(each))
        return
    rows = [tuple(plain(str(cell)) for cell in row_of(each)) for each in shelf.cases]
    click.echo(table(rows, ("ID", "CALL", "SELLER", "LAST RUN (UTC)", "RUNS", "CAUSE")))


@cases.command()
@click.argument("case_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="The case with all its runs as one JSON object.")
@click.pass_context
def show(ctx: click.Context, case_id: str, *, as_json: bool) -> None:
    """What the last run of a case found."""
    saved = _loaded(ctx, case_id)
    if as_json:
        print_json(saved)
        return
    click.echo("\n".join([*head_of(saved), "", *last_verdict(saved)]))


@cases.command(name="run")
@click.argument("case_id", metavar="ID")
@click.option(
    "-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="What was not kept, or is changed."
)
@click.option("--yes", "assume_yes", is_flag=True, help="Say yes beforehand to every call with side effects.")
@click.option("--read-only", is_flag=True, help="Never send a call with side effects.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object at the end, as of `sptui triage`.")
@click.option("--stream", is_flag=True, help="With --json: a line of JSON for each step before it.")
@click.pass_context
def run_again(
    ctx: click.Context,
    case_id: str,
    parameters: tuple[str, ...],
    *,
    assume_yes: bool,
    read_only: bool,
    as_json: bool,
    stream: bool,
) -> None:
    """Look into a case anew, after the fix: the call is sent as it was, and the run is kept beside the others.

    Exit status as of `sptui triage`: 0 when nothing fails any more.
    """
    from sptui.cli.triage import EXITS

    if assume_yes and read_only:
        raise click.UsageError("--yes and --read-only contradict each other.")
    workspace = workspace_of(ctx)
    face = Face(assume_yes=assume_yes, as_json=as_json or stream, stream=stream)
    saved, result = run(_run(workspace, case_id, parameters, face, read_only=read_only))
    if as_json or stream:
        print_json(result.as_json())
    else:
        click.echo(describe_result(result))
        if saved.runs:
            click.echo(f"\n{_compared_with(saved, result)}")
    ctx.exit(EXITS[result.conclusion])


async def _run(
    workspace: Workspace, case_id: str, parameters: tuple[str, ...], face: Face, *, read_only: bool
) -> tuple[SavedCase, TriageResult]:
    try:
        saved = _load(workspace, case_id)
        case = _case_again(workspace, saved, parameters)
        result = await walk(workspace, case, face, read_only=read_only)
        keep(workspace, case, result, saved, quiet=True)
        return saved, result
    finally:
        await workspace.close()


def _case_again(workspace: Workspace, saved: SavedCase, parameters: tuple[str, ...]) -> Case:
    import msgspec

    from sptui.spapi.requests import InvalidValueError, parse_assignments
    from sptui.triage.case import UnreadableCaseError

    try:
        case = saved.case_again()
        given = parse_assignments(case.operation, parameters) if case.operation is not None else {}
    except (UnreadableCaseError, InvalidValueError) as problem:
        raise CommandError(str(problem), Exit.USAGE) from problem
    if missing := [name for name in saved.blurred if name not in given]:
        told = "These parameters hold a person's data and were not kept; give them with -p"
        raise CommandError(f"{told}: {', '.join(missing)}.", Exit.USAGE)
    case = msgspec.structs.replace(case, values={**case.values, **given})
    if not saved.authorization_key:
        return case
    known = workspace.accounts.authorizations()
    found = next((each for each in known if each.key == saved.authorization_key), None)
    if found is None:
        told = f"{saved.seller} ({saved.authorization_key}) is no longer among the sellers: nothing can be sent."
        raise CommandError(told, Exit.USAGE)
    return case.for_authorization(found)


def _compared_with(saved: SavedCase, result: TriageResult) -> str:
    from sptui.triage.saved import compare

    after = saved.with_run(result, saved.runs[-1].at).runs[-1]
    return compare(saved.runs[-1], after).summary


@cases.command(name="compare")
@click.argument("case_id", metavar="ID")
@click.option("--runs", nargs=2, type=int, metavar="A B", help="Which runs, from 1; by default the last two.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def compare_runs(ctx: click.Context, case_id: str, runs: tuple[int, int] | None, *, as_json: bool) -> None:
    """Two runs of a case beside each other: what the fix changed."""
    from sptui.triage.saved import compare

    saved = _loaded(ctx, case_id)
    count = len(saved.runs)
    first, second = runs or (count - 1, count)
    if not (1 <= first <= count and 1 <= second <= count):
        told = f"{saved.id} has {count} {'run' if count == 1 else 'runs'}; `sptui cases run {saved.id}` makes one more."
        raise CommandError(told, Exit.USAGE)
    found = compare(saved.runs[first - 1], saved.runs[second - 1])
    if as_json:
        print_json(comparison_json(found))
    else:
        click.echo("\n".join(comparison_lines(found)))


@cases.command()
@click.argument("case_id", metavar="ID")
@click.option("--markdown", "as_markdown", is_flag=True, help="The last run to read (default).")
@click.option("--json", "as_json", is_flag=True, help="The last run as of `sptui triage --json`.")
@click.pass_context
def export(ctx: click.Context, case_id: str, *, as_markdown: bool, as_json: bool) -> None:
    """Write the last run of a case to standard output, as Markdown or JSON."""
    from sptui.triage.export import ExportFormat, export_text

    if as_markdown and as_json:
        raise click.UsageError("--markdown and --json contradict each other.")
    saved = _loaded(ctx, case_id)
    result = last_result(saved)
    if result is None:
        raise CommandError(f"No run of {saved.id} can be written out.", Exit.USAGE)
    form = ExportFormat.JSON if as_json else ExportFormat.MARKDOWN
    click.echo(export_text(_case_of(saved), result, form), nl=False)


def _case_of(saved: SavedCase) -> Case:
    from sptui.triage.case import UnreadableCaseError

    try:
        return saved.case()
    except UnreadableCaseError as problem:
        raise CommandError(str(problem), Exit.USAGE) from problem


@cases.command()
@click.argument("case_ids", nargs=-1, required=True, metavar="ID…")
@click.pass_context
def remove(ctx: click.Context, case_ids: tuple[str, ...]) -> None:
    """Forget cases."""
    from sptui.settings import SettingsError

    workspace = workspace_of(ctx)
    try:
        for each in case_ids:
            _load(workspace, each)
            workspace.cases.remove(each)
            talk(f"Removed {each}.")
    except SettingsError as problem:
        raise CommandError(str(problem), Exit.COULD_NOT_FIND_OUT) from problem
    finally:
        run(workspace.close())


def _loaded(ctx: click.Context, case_id: str) -> SavedCase:
    workspace = workspace_of(ctx)
    try:
        return _load(workspace, case_id)
    finally:
        run(workspace.close())


def _load(workspace: Workspace, case_id: str) -> SavedCase:
    """A case by its id. Raises CommandError."""
    from sptui.settings import SettingsError
    from sptui.triage.saved import UnreadableCaseFileError

    try:
        return workspace.cases.load(case_id)
    except LookupError as problem:
        raise CommandError(f"{problem} `sptui cases list` shows them.", Exit.USAGE) from problem
    except (SettingsError, UnreadableCaseFileError) as problem:
        raise CommandError(str(problem), Exit.COULD_NOT_FIND_OUT) from problem
