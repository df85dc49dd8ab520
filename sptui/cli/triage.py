"""``sptui triage``: the whole flow, headless."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sptui.cli.context import workspace_of
from sptui.cli.output import CommandError, Exit, print_json, run, talk
from sptui.cli.triage_face import Face, keep, walk
from sptui.cli.triage_report import describe_result
from sptui.cli.whom import no_sellers, unknown_seller
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.regions import Region
from sptui.spapi.requests import InvalidValueError, parse_assignments
from sptui.triage.case import Case, UnreadableCaseError
from sptui.triage.events import Conclusion, TriageResult
from sptui.triage.export import ExportError, ExportFormat, export_text, write_export
from sptui.triage.reading import read_text

if TYPE_CHECKING:
    from sptui.settings import Accounts
    from sptui.spapi.authorization import Authorization
    from sptui.workspace import Workspace


@click.command()
@click.argument("file", required=False, metavar="[FILE or -]")
@click.option("--seller", metavar="NAME", help="A seller's name or id, alone or with @NA, @EU or @FE.")
@click.option("--region", type=click.Choice([each.value for each in Region], case_sensitive=False))
@click.option(
    "--operation", metavar="NAME", help="The operation, instead of a file: getOrders, feeds-2021-06-30.createFeed."
)
@click.option(
    "-p",
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter; a list with commas, or by repeating -p.",
)
@click.option("--yes", "assume_yes", is_flag=True, help="Say yes beforehand to every call with side effects.")
@click.option("--read-only", is_flag=True, help="Never send a call with side effects.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object at the end.")
@click.option("--stream", is_flag=True, help="With --json: a line of JSON for each step before it.")
@click.option(
    "--export", "export", type=click.Path(path_type=Path), metavar="FILE", help="Write the end to FILE.md or FILE.json."
)
@click.option("--save/--no-save", default=True, help="Keep the case for `sptui cases` (default), or do not.")
@click.pass_context
def triage(
    ctx: click.Context,
    file: str | None,
    seller: str | None,
    region: str | None,
    operation: str | None,
    parameters: tuple[str, ...],
    *,
    assume_yes: bool,
    read_only: bool,
    as_json: bool,
    stream: bool,
    export: Path | None,
    save: bool,
) -> None:
    """Find out why a call fails, step by step, and say who must do what.

    The call is FILE (- reads standard input) in any form that `sptui explain` reads: curl, raw HTTP, HAR, JSON,
    a log line, a traceback; or --operation with -p. Where the answer is not given, the call is sent. A call with
    side effects is sent only with a yes: asked for on the terminal, or given with --yes; without a terminal the
    answer is no. What only you can know is asked on a terminal, and skipped without one.

    Exit status 0 when nothing fails, 1 when a cause was found, 2 for usage or unreadable input, 3 when it could
    not be found out.
    """
    if (file is None) == (operation is None):
        raise click.UsageError("Give the call either as FILE (- for standard input) or with --operation.")
    if parameters and operation is None:
        raise click.UsageError("-p belongs to --operation; a FILE holds its own parameters.")
    if assume_yes and read_only:
        raise click.UsageError("--yes and --read-only contradict each other.")
    form = export_format(export)
    case = _case_from_file(file) if file is not None else _case_from_options(operation or "", parameters)
    workspace = workspace_of(ctx)
    face = Face(assume_yes=assume_yes, as_json=as_json or stream, stream=stream)
    wanted = Region(region.upper()) if region else None
    case, result = run(_triage(workspace, case, face, seller, wanted, read_only=read_only, save=save))
    if export is not None:
        _export(export, case, result, form)
    if as_json or stream:
        print_json(result.as_json())
    else:
        click.echo(describe_result(result))
    ctx.exit(EXITS[result.conclusion])


def export_format(path: Path | None) -> ExportFormat:
    """What a file's name asks for. Raises UsageError; also where the file is there already: before anything is sent."""
    if path is None:
        return ExportFormat.MARKDOWN
    if path.suffix.lower() not in (".md", ".json"):
        raise click.UsageError(f"--export takes a name that ends in .md or .json, not {path.name!r}.")
    if path.exists():
        raise click.UsageError(f"{path} is there already and is not written over: give another name.")
    return ExportFormat(path.suffix.lower()[1:])


def _export(path: Path, case: Case, result: TriageResult, form: ExportFormat) -> None:
    try:
        talk(f"Written to {write_export(path, export_text(case, result, form), overwrite=False)}.")
    except (ExportError, FileExistsError) as problem:
        talk(f"The export was not written: {problem}")


EXITS = {
    Conclusion.FINE: Exit.FINE,
    Conclusion.PROBLEM: Exit.PROBLEM_FOUND,
    Conclusion.UNKNOWN: Exit.COULD_NOT_FIND_OUT,
}


def _case_from_file(file: str) -> Case:
    try:
        text = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as problem:
        raise CommandError(f"{file} cannot be read: {problem.strerror or problem}.", Exit.USAGE) from problem
    try:
        return read_text(text).case()
    except UnreadableCaseError as problem:
        name = "Standard input" if file == "-" else file
        raise CommandError(f"{name}: {problem}", Exit.USAGE) from problem


def _case_from_options(name: str, parameters: tuple[str, ...]) -> Case:
    try:
        operation = load_catalogue().find(name)
        values = parse_assignments(operation, parameters)
    except (LookupError, InvalidValueError) as problem:
        raise CommandError(str(problem), Exit.USAGE) from problem
    return Case(operation=operation, values=values, name=operation.name, method=operation.method)


async def _triage(
    workspace: Workspace,
    case: Case,
    face: Face,
    seller: str | None,
    region: Region | None,
    *,
    read_only: bool,
    save: bool,
) -> tuple[Case, TriageResult]:
    try:
        case = case.for_authorization(choose_authorization(workspace.accounts, case, seller, region))
        result = await walk(workspace, case, face, read_only=read_only)
        if save:
            keep(workspace, case, result, quiet=face.is_quiet)
        return case, result
    finally:
        await workspace.close()


def choose_authorization(
    accounts: Accounts, case: Case, seller: str | None, region: Region | None = None
) -> Authorization:
    """For whom the call is made: the seller that was named, in the region that was named, or that the call's
    address or marketplaces belong to. Raises CommandError where nobody or more than one is meant.
    """
    found = accounts.find(seller) if seller is not None else accounts.authorizations()
    if not found:
        if seller is None:
            raise no_sellers()
        raise CommandError(unknown_seller(accounts, seller), Exit.USAGE)
    if region is not None:
        found = [each for each in found if each.region is region]
        if not found:
            raise CommandError(f"{seller or 'No seller'} has no authorization for {region}.", Exit.USAGE)
    for told in (case.region, _region_of_marketplaces(case)):
        if len(found) > 1 and told is not None:
            found = [each for each in found if each.region is told] or found
    if len(found) > 1:
        names = ", ".join(f"{each.seller}@{each.region}" for each in found[:6])
        more = f" and {len(found) - 6} more" if len(found) > 6 else ""
        raise CommandError(f"Which seller? --seller takes one of: {names}{more}.", Exit.USAGE)
    return found[0]


def _region_of_marketplaces(case: Case) -> Region | None:
    homes = {MARKETPLACES[each].region for each in case.marketplaces if each in MARKETPLACES}
    return homes.pop() if len(homes) == 1 else None
