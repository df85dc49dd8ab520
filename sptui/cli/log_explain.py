"""``sptui log explain``: every kind of failure in a window of the log, by damage, each with its verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sptui.cli.context import workspace_of
from sptui.cli.output import CommandError, Exit, print_json, run

if TYPE_CHECKING:
    from sptui.spapi.calls import CallRecord
    from sptui.triage.signatures import SignatureVerdict

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_MOST_RECORDS: Final = 1_000_000
_SELLERS_SHOWN: Final = 5


def _span(ctx: click.Context, param: click.Parameter, value: str) -> timedelta:  # noqa: ARG001
    """``90m``, ``24h``, ``7d``, ``2w``."""
    found = re.fullmatch(r"(\d{1,5})([mhdw])", value.strip().lower())
    if found is None or not int(found[1]):
        raise click.BadParameter(f"{value!r} is no span of time: expected is a number with m, h, d or w, such as 24h.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@click.command()
@click.option("--since", callback=_span, default="24h", show_default=True, help="How far back: 90m, 24h, 7d.")
@click.option(
    "--file", "file", metavar="LOG", help="A file of JSON Lines instead of sptui's own log; - is standard input."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, the most harmful first.")
@click.pass_context
def explain(ctx: click.Context, *, since: timedelta, file: str | None, as_json: bool) -> None:
    """Explain every kind of failure in the log: which hurts most, whose fault it is, what to do.

    With --file the window reaches back from the newest line of the file. Exit status 0 when no call failed, 1 when
    some did, 2 when the file cannot be read or lines of it could not.
    """
    from sptui.triage.signatures import explain_log

    bad = 0
    if file is None:
        workspace = workspace_of(ctx)
        now = workspace.clock.now()
        records = workspace.call_log.tail(_MOST_RECORDS)
        run(workspace.close())
    else:
        records, bad = _from_file(file)
        now = max((each.time for each in records), default=workspace_now())
    found = explain_log([each for each in records if each.time >= now - since], now)
    if as_json:
        for each in found:
            print_json(each.as_json())
    else:
        click.echo(_describe(found, since) if found else "No call failed in that time.")
    if bad:
        click.echo(f"{bad} {'line' if bad == 1 else 'lines'} could not be read as calls.", err=True)
    ctx.exit(Exit.USAGE if bad else Exit.PROBLEM_FOUND if found else Exit.FINE)


def workspace_now() -> datetime:
    """The time, where no line of a file tells one."""
    from datetime import UTC

    return datetime.now(UTC)


def _from_file(file: str) -> tuple[list[CallRecord], int]:
    """The calls in a file of JSON Lines, and how many lines were none. Raises CommandError."""
    from sptui.triage.reading.records import record_of

    records: list[CallRecord] = []
    bad = 0
    for line in _lines(file):
        record = record_of(line)
        if record is None:
            bad += 1
        else:
            records.append(record)
    if bad and not records:
        raise CommandError(
            f"{file}: no line of it is a call in JSON with a time and a path or an operation.", Exit.USAGE
        )
    return records, bad


def _lines(file: str) -> Iterator[bytes]:
    import sys

    try:
        if file == "-":
            yield from filled(sys.stdin.buffer)
        else:
            with Path(file).open("rb") as source:
                yield from filled(source)
    except OSError as problem:
        raise CommandError(f"{file} cannot be read: {problem.strerror or problem}.", Exit.USAGE) from problem


def filled(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines that are not blank."""
    return (line for line in lines if line.strip())


def _describe(found: list[SignatureVerdict], since: timedelta) -> str:
    from sptui.cli.triage_report import listed, plain

    hours = since / timedelta(hours=1)
    lines = [f"{len(found)} {'kind' if len(found) == 1 else 'kinds'} of failure in {hours:g} h, the most harmful first"]
    for number, each in enumerate(found, 1):
        cause = each.verdict.first
        told = ": ".join(part for part in (each.code, each.message) if part)
        sellers = f"{len(each.sellers)} of {each.calling}" if each.calling else "unknown"
        until = "%H:%M" if each.first_seen.date() == each.last_seen.date() else "%Y-%m-%d %H:%M"
        span = f"{each.first_seen:%Y-%m-%d %H:%M} to {each.last_seen.strftime(until)} UTC"
        name = each.operation or f"{each.signature.method} {each.signature.path}"
        head = f"{number}. {name} {each.signature.region} {each.signature.status or 'no answer'} {told}"
        lines += ["", plain(" ".join(head.split()))]
        lines.append(f"   {sellers} sellers hit, {each.calls} calls lost, {span}")
        lines.append(
            f"   {cause.cause.upper()} · {cause.strength.words} ({cause.likelihood:.0%}) · who acts: {cause.who}"
        )
        lines += listed("   Why", cause.because[:2], 100) + listed("   Do", cause.do[:2], 100)
        shown = ", ".join(each.sellers[:_SELLERS_SHOWN])
        more = f" and {len(each.sellers) - _SELLERS_SHOWN} more" if len(each.sellers) > _SELLERS_SHOWN else ""
        lines += listed("   Hit", (f"{shown}{more}",) if shown else (), 100)
    return "\n".join(lines)
