"""``sptui log export``: the calls of a log, as JSON Lines or CSV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sptui.cli.log_options import asked, chosen_of, filters
from sptui.cli.output import CommandError, Exit, talk

if TYPE_CHECKING:
    from sptui.calllog.query import Term


@click.command()
@filters
@click.option("--csv", "form", flag_value="csv", help="CSV with a header.")
@click.option("--jsonl", "form", flag_value="jsonl", help="JSON Lines (the default, unless FILE ends with .csv).")
@click.option("-n", "count", type=click.IntRange(min=1), metavar="N", help="The last so many. Default: all.")
@click.option("-o", "--output", metavar="FILE", help="Into a file that only you may read, whole or not at all.")
@click.option("--overwrite", is_flag=True, help="-o may replace a file that is there.")
@click.pass_context
def export(
    ctx: click.Context,
    terms: list[Term],
    file: str | None,
    form: str | None,
    count: int | None,
    output: str | None,
    *,
    overwrite: bool,
) -> None:
    """The calls of the log, oldest first: no tokens, no bodies. On stdout, unless -o names a file."""
    from sptui.calllog.exporting import Form, encoded, export, form_of, header, oldest_first

    meant = Form(form) if form else form_of(output or "")
    path = None if output is None or output == "-" else _may_write(Path(output), overwrite=overwrite)
    with asked(ctx, file) as engine:
        chosen = chosen_of(ctx, engine, terms)
        if path is not None:
            written = export(engine, chosen, path, meant, last=count, on_progress=_shown)
            talk(f"{_over()}{output}: {written} {'call' if written == 1 else 'calls'}.")
            return
        out = sys.stdout.buffer
        out.write(header(meant))
        for record in oldest_first(engine, chosen, count):
            out.write(encoded(record, meant))
        out.flush()


def _may_write(path: Path, *, overwrite: bool) -> Path:
    """The path, where a file may become its content: before the log is asked. Raises CommandError."""
    try:
        there, replaceable = path.exists(), path.is_file()
    except (OSError, ValueError) as problem:
        raise CommandError(f"{path} cannot be a file's name: {problem}.", Exit.USAGE) from problem
    if not path.parent.is_dir():
        raise CommandError(f"There is no folder {path.parent}: make it first.", Exit.USAGE)
    if there and not replaceable:
        raise CommandError(f"{path} is no file that can be written: give a file's name, or - for stdout.", Exit.USAGE)
    if there and not overwrite:
        raise CommandError(f"{path} is there already: give another name, or add --overwrite.", Exit.USAGE)
    return path


def _shown(count: int) -> None:
    """The progress, on a terminal only."""
    if sys.stderr.isatty():
        click.echo(f"\r{count} calls ", nl=False, err=True)


def _over() -> str:
    return "\r" if sys.stderr.isatty() else ""
