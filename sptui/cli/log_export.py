"""``sptui log export``: the calls of a log, as JSON Lines or CSV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sptui.cli.log_options import asked, chosen_of, filters
from sptui.cli.output import talk

if TYPE_CHECKING:
    from sptui.calllog.query import Term


@click.command()
@filters
@click.option("--csv", "form", flag_value="csv", help="CSV with a header.")
@click.option("--jsonl", "form", flag_value="jsonl", help="JSON Lines (the default, unless FILE ends with .csv).")
@click.option("-n", "count", type=click.IntRange(min=1), metavar="N", help="The last so many. Default: all.")
@click.option("-o", "--output", metavar="FILE", help="Into a file that only you may read, whole or not at all.")
@click.pass_context
def export(
    ctx: click.Context,
    terms: list[Term],
    file: str | None,
    form: str | None,
    count: int | None,
    output: str | None,
) -> None:
    """The calls of the log, oldest first: no tokens, no bodies. On stdout, unless -o names a file."""
    from sptui.calllog.exporting import Form, encoded, export, form_of, header, oldest_first

    meant = Form(form) if form else form_of(output or "")
    with asked(ctx, file) as engine:
        chosen = chosen_of(ctx, engine, terms)
        if output is not None and output != "-":
            written = export(engine, chosen, Path(output), meant, last=count, on_progress=_shown)
            talk(f"{_over()}{output}: {written} {'call' if written == 1 else 'calls'}.")
            return
        out = sys.stdout.buffer
        out.write(header(meant))
        for record in oldest_first(engine, chosen, count):
            out.write(encoded(record, meant))
        out.flush()


def _shown(count: int) -> None:
    """The progress, on a terminal only."""
    if sys.stderr.isatty():
        click.echo(f"\r{count} calls ", nl=False, err=True)


def _over() -> str:
    return "\r" if sys.stderr.isatty() else ""
