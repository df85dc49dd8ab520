"""``sptui log export``: the calls that sptui has sent, as JSON Lines or CSV."""

from __future__ import annotations

import csv
import sys
from typing import Any

import click

from sptui.cli.context import workspace_of
from sptui.cli.log_options import trouble_told
from sptui.cli.output import print_json, run


@click.command()
@click.option("--csv", "form", flag_value="csv", help="CSV with a header.")
@click.option("--jsonl", "form", flag_value="jsonl", default="jsonl", help="JSON Lines (the default).")
@click.option("-n", "count", default=1_000_000, show_default=True, help="The last so many.")
@click.pass_context
def export(ctx: click.Context, form: str, count: int) -> None:
    """The recorded calls on stdout, oldest first: no tokens, no bodies."""
    workspace = workspace_of(ctx)
    try:
        with trouble_told():
            records = workspace.call_log.tail(count)
    finally:
        run(workspace.close())
    if form == "jsonl":
        for record in records:
            print_json(record)
        return
    import msgspec

    writer = csv.writer(sys.stdout, lineterminator="\n")
    names = workspace_fields()
    writer.writerow(names)
    for record in records:
        values: dict[str, Any] = msgspec.to_builtins(record)
        writer.writerow([_cell(values[name]) for name in names])


def workspace_fields() -> tuple[str, ...]:
    """The columns, in order."""
    from sptui.spapi.calls import CallRecord

    return CallRecord.__struct_fields__


def _cell(value: Any) -> str:
    """A value as text; what a spreadsheet would take for a formula is text to it as well."""
    text = ",".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
