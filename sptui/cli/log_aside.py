"""``sptui log import --aside`` and ``--forget-aside``: the lines that could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from sptui.calllog.importing.sources import named, source_of
from sptui.cli.context import workspace_of
from sptui.cli.log_options import folder_of, trouble_told
from sptui.cli.output import Exit, print_json, run

if TYPE_CHECKING:
    from sptui.calllog.importing.ledger import Ledger


def list_lines(ctx: click.Context, paths: tuple[str, ...], *, as_json: bool) -> Exit:
    """Lists those of the files and folders named, or all: where each is, why, and how it looks without its content."""
    with _opened(ctx) as ledger:
        kept = [each for place in _places(paths) for each in reversed(ledger.unreadable(place))]
    for path, problem in kept:
        if as_json:
            print_json({"path": path, "line": problem.line, "reason": problem.reason, "text": problem.text})
        else:
            click.echo(f"{named(path)}:{problem.line}: {problem.reason}")
            if problem.text:
                click.echo(f"    {' '.join(problem.text.split())[:200]}")
    if not kept and not as_json:
        click.echo(_none(paths))
    return Exit.PROBLEM_FOUND if kept else Exit.FINE


def forget_lines(ctx: click.Context, paths: tuple[str, ...], *, as_json: bool) -> Exit:
    """Removes those of the files and folders named, or all, from the list; the files stay as they are."""
    with _opened(ctx) as ledger:
        count = sum(ledger.forget_unreadable(place) for place in _places(paths))
    if as_json:
        print_json({"forgotten": count})
    else:
        click.echo(f"{count:,} {'line' if count == 1 else 'lines'} kept aside: forgotten." if count else _none(paths))
    return Exit.FINE


@contextmanager
def _opened(ctx: click.Context) -> Iterator[Ledger]:
    from sptui.calllog import opening

    workspace = workspace_of(ctx)
    folder = folder_of(workspace)
    run(workspace.close())
    with trouble_told(), opening.opened_ledger(folder) as ledger:
        yield ledger


def _places(paths: tuple[str, ...]) -> list[str]:
    return [source_of(each) for each in paths] or [""]


def _none(paths: tuple[str, ...]) -> str:
    return f"No line of {', '.join(map(named, paths))} is kept aside." if paths else "No line is kept aside."
