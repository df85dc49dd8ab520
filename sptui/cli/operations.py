"""``sptui operations``: the catalogue of SP-API's operations, shown and built anew."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from sptui.cli.operations_list import LISTING, QueryGroup, operations_list
from sptui.cli.output import CommandError, Exit, print_json, talk


@click.group(cls=QueryGroup)
def operations() -> None:
    """The operations of SP-API: what each needs and takes, costs, and who may call it."""
    from sptui.settings import data_dir
    from sptui.spapi.catalogue import CATALOGUE_NAME, use_catalogue_file

    use_catalogue_file(data_dir() / CATALOGUE_NAME)


@operations.command()
@click.argument("models_folder", type=click.Path(path_type=Path))
@click.option(
    "--as-of",
    metavar="DATE",
    help="The date of the models (2026-08-05); the newer of two catalogues is used. Default: today.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def build(models_folder: Path, as_of: str | None, *, as_json: bool) -> None:
    """Write a newer catalogue into the data folder, from a clone of Amazon's models (MODELS_FOLDER).

    Every command then uses it instead of the one that came with sptui, as long as it is the newer one. What cannot
    be read is told and left out.
    """
    from sptui.settings import data_dir
    from sptui.spapi.catalogue import CATALOGUE_NAME
    from sptui.spapi.catalogue_build import ModelsError, write_catalogue

    file = data_dir() / CATALOGUE_NAME
    date = _date(as_of)
    try:
        report = write_catalogue(models_folder, file, as_of=date)
    except ModelsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror or error}.", Exit.USAGE) from error
    for problem in report.problems:
        talk(problem)
    used = _problem_of_use(date)
    if as_json:
        counts = {"models": report.models, "operations": report.operations, "problems": report.problems}
        print_json({"file": str(file), "as_of": date, **counts, "used": not used})
    else:
        click.echo(f"{report.operations} operations of {report.models} models, as of {date}: {file}")
    if used:
        talk(used)
    if report.problems:
        raise SystemExit(Exit.PROBLEM_FOUND)


def _problem_of_use(date: str) -> str:
    """Why the file just written is not the one that is used; empty where it is."""
    from sptui.spapi.catalogue import BUILT_IN, catalogue_origin, catalogue_problem, forget_catalogue, load_catalogue

    forget_catalogue()
    catalogue = load_catalogue()
    if catalogue_origin() != BUILT_IN:
        return ""
    told = f"The built-in catalogue ({catalogue.as_of}) is not older than {date} and stays in use."
    return catalogue_problem() or told


def _date(text: str | None) -> str:
    if text is None:
        return datetime.now(UTC).date().isoformat()
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date().isoformat()
    except ValueError as error:
        raise CommandError(f"--as-of is {text!r}; expected is a date such as 2026-08-05.", Exit.USAGE) from error


operations.add_command(operations_list, LISTING)
