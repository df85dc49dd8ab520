"""``sptui log explain``: every kind of failure in a window of the log, by damage, each with its verdict."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from sptui.cli.log_options import FILE, UNTIL, asked, since_of
from sptui.cli.output import CommandError, Exit, print_json

if TYPE_CHECKING:
    from sptui.triage.signatures import KindVerdict

_SELLERS_SHOWN: Final = 5
_KINDS_SHOWN: Final = 20
"""To people; --json tells all."""


@click.command()
@click.option(
    "--since", metavar="24h|TIME", default="24h", show_default=True,
    help="Back from the log's newest call, or from a moment on.",
)  # fmt: skip
@UNTIL
@FILE
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, the most harmful first.")
@click.pass_context
def explain(ctx: click.Context, *, since: str, until: str | None, file: str | None, as_json: bool) -> None:
    """Explain every kind of failure in the log: which hurts most, whose fault it is, what to do.

    Exit status 0 when no call failed, 1 when some did, 2 when the log cannot be read. Lines of a file that cannot be
    read as calls are passed over; `sptui log import` counts them and tells why.
    """
    from sptui.calllog.asking.kinds import kinds
    from sptui.calllog.browsing import Chosen
    from sptui.triage.signatures import explain_kinds

    with asked(ctx, file) as engine:
        newest = engine.newest()
        if newest is None and file is not None:
            raise CommandError(f"{file}: nothing in it is a call with a time and a path or an operation.", Exit.USAGE)
        chosen = Chosen(since=since_of(engine, since), until=since_of(engine, until))
        found = explain_kinds(kinds(engine, chosen), newest or datetime.now(UTC))
    if as_json:
        for each in found:
            print_json(each.as_json())
    else:
        click.echo(_describe(found, chosen.since) if found else "No call failed in that time.")
    ctx.exit(Exit.PROBLEM_FOUND if found else Exit.FINE)


def _describe(found: list[KindVerdict], since: datetime | None) -> str:
    from sptui.cli.plain import plain
    from sptui.cli.triage_report import listed

    counted = "1 kind of failure" if len(found) == 1 else f"{len(found)} kinds of failure"
    when = f" since {since:%Y-%m-%d %H:%M} UTC" if since else ""
    lines = [f"{counted}{when}, the most harmful first"]
    for number, each in enumerate(found[:_KINDS_SHOWN], 1):
        kind, cause = each.kind, each.verdict.first
        told = ": ".join(part for part in (kind.code, kind.message, kind.details) if part)
        name = each.operation or f"{kind.method} {kind.path}"
        head = f"{number}. {name} {kind.region} {kind.status or 'no answer'} {told}"
        lines += ["", plain(" ".join(head.split())), f"   {_damage(each)}"]
        lines.append(
            f"   {cause.cause.upper()} · {cause.strength.words} ({cause.likelihood:.0%}) · who acts: {cause.who}"
        )
        lines += listed("   Why", cause.because[:2], 100) + listed("   Do", cause.do[:2], 100)
        shown = ", ".join(kind.sellers[:_SELLERS_SHOWN])
        more = f" and {kind.hit - _SELLERS_SHOWN} more" if kind.hit > _SELLERS_SHOWN else ""
        lines += listed("   Hit", (f"{shown}{more}",) if shown else (), 100)
    if len(found) > _KINDS_SHOWN:
        rest = sum(each.kind.calls for each in found[_KINDS_SHOWN:])
        lines += ["", f"and {len(found) - _KINDS_SHOWN} more kinds with {rest} calls lost together: --json tells all"]
    return "\n".join(lines)


def _damage(explained: KindVerdict) -> str:
    kind = explained.kind
    hit = f"{kind.hit}{'+' if kind.at_least else ''}"
    sellers = f"{hit} of {kind.calling} sellers hit" if kind.calling else f"{hit} sellers hit" if kind.hit else ""
    until = "%H:%M" if kind.first.date() == kind.last.date() else "%Y-%m-%d %H:%M"
    lost = "1 call lost" if kind.calls == 1 else f"{kind.calls} calls lost"
    span = f"{kind.first:%Y-%m-%d %H:%M} to {kind.last.strftime(until)} UTC"
    return ", ".join(filter(None, (sellers or "sellers unknown", lost, span)))
