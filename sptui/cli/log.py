"""``sptui log``: the calls that sptui has sent."""

from __future__ import annotations

import click

from sptui.cli.context import workspace_of
from sptui.cli.log_explain import explain
from sptui.cli.log_export import export
from sptui.cli.log_import import import_
from sptui.cli.log_who import errors, who
from sptui.cli.output import print_json, run, table


@click.group()
def log() -> None:
    """The call log: what sptui has sent, what other programs logged, and who else gets an error."""


for command in (who, errors, explain, import_, export):
    log.add_command(command)


@log.command()
@click.option("-n", "count", default=20, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def tail(ctx: click.Context, count: int, *, as_json: bool) -> None:
    """The last calls, oldest first."""
    workspace = workspace_of(ctx)
    records = workspace.call_log.tail(count)
    run(workspace.close())
    if as_json:
        for record in records:
            print_json(record)
        return
    rows = [
        (
            f"{record.time:%Y-%m-%d %H:%M:%S}",
            str(record.status or "-"),
            f"{record.method} {record.path}",
            record.seller_id,
            record.region,
            record.code,
            f"{record.milliseconds:.0f} ms",
        )
        for record in records
    ]
    click.echo(table(rows, ("TIME (UTC)", "STATUS", "CALL", "SELLER", "REGION", "CODE", "TOOK")))
