"""``sptui log errors``: which errors there are, whom they hit, since when, and whether they grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from sptui.cli.log_options import asked, chosen_of, filters
from sptui.cli.output import Exit, print_json, table

if TYPE_CHECKING:
    from sptui.calllog.query import Term
    from sptui.calllog.questions import Signature

_HEADER: Final = ("SELLERS", "CALLS", "SINCE (UTC)", "LAST (UTC)", "TREND", "OPERATION", "ERROR")
_WIDTH: Final = 12


@click.command()
@filters
@click.option("--json", "as_json", is_flag=True, help="One JSON object an error.")
@click.pass_context
def errors(ctx: click.Context, terms: list[Term], file: str | None, *, as_json: bool) -> None:
    """The errors in the log, alike ones as one: how many sellers they hit, since when, and the trend.

    The trend goes from the beginning of the time asked about (--since, else the log's first call) to its end. Exit
    status 1 when there are errors.
    """
    from sptui.calllog.asking.browse import signatures, window
    from sptui.calllog.questions import iso

    with asked(ctx, file) as engine:
        chosen = chosen_of(ctx, engine, terms)
        found = signatures(engine, chosen)
        start, end = window(engine, chosen) or (None, None)
    for each in found if as_json else ():
        print_json(
            {
                "operation": each.operation,
                "status": each.status,
                "code": each.code,
                "message": each.message,
                "sellers": each.sellers,
                "at_least": each.at_least,
                "calls": each.calls,
                "first": iso(each.first),
                "last": iso(each.last),
                "trend": each.trend,
                "trend_from": iso(start),
                "trend_to": iso(end),
            }
        )
    if not as_json and not found:
        click.echo("No call failed among these.")
    elif not as_json:
        click.echo(table([_row(each) for each in found], _HEADER))
        click.echo(f"\nTREND goes from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC.")
    ctx.exit(Exit.PROBLEM_FOUND if found else Exit.FINE)


def error_told(signature: Signature) -> str:
    """``403 Unauthorized Access to requested resource is denied.``"""
    from sptui.cli.plain import plain

    parts = (str(signature.status or "no answer"), signature.code, signature.message)
    return plain(" ".join(filter(None, parts)))[:160]


def _row(signature: Signature) -> tuple[str, ...]:
    from sptui.calllog.wording import sellers_hit
    from sptui.cli.plain import plain
    from sptui.tui.widgets.bars import counts_strip

    since, last = (f"{time:%Y-%m-%d %H:%M}" if time else "" for time in (signature.first, signature.last))
    trend = counts_strip(signature.trend, _WIDTH)
    operation = plain(signature.operation)[:60]
    return sellers_hit(signature), f"{signature.calls:,}", since, last, trend, operation, error_told(signature)
