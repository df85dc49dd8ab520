"""``sptui log tail``: the newest calls, and those that come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import click

from sptui.cli.log_options import asked, chosen_of, filters, trouble_told, understood
from sptui.cli.output import print_json, run, table

if TYPE_CHECKING:
    from sptui.calllog.browsing import Chosen
    from sptui.calllog.desk import LogDesk
    from sptui.calllog.query import Term
    from sptui.spapi.calls import CallRecord

HEADER: Final = ("TIME (UTC)", "STATUS", "CALL", "SELLER", "PLACE", "ERROR", "TOOK")
_WIDTHS: Final = (19, 6, 34, 14, 8, 50, 8)
_LATE: Final = timedelta(minutes=2)
"""A call is logged when it ends, with the time at which it was sent."""
_MOST: Final = 10_000
_TICK: Final = 1.0
_SHARE: Final = 4
"""So many times as long as a question took is waited until the next one."""


@click.command()
@filters
@click.option("-n", "count", default=20, show_default=True, type=click.IntRange(min=1), metavar="N", help="How many.")
@click.option("--follow", is_flag=True, help="Go on with the calls that come, until Ctrl+C.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def tail(ctx: click.Context, terms: list[Term], file: str | None, count: int, *, follow: bool, as_json: bool) -> None:
    """The newest calls, oldest first: recorded and imported ones, or those of your database or of a file."""
    if follow:
        if file == "-" or any(each.key == "until" for each in terms):
            raise click.UsageError("--follow goes on: neither --until nor standard input go with it.")
        _follow(ctx, terms, file, count, print_json if as_json else _Lines().show)
        return
    from sptui.calllog.asking.browse import page

    with asked(ctx, file) as engine:
        records = page(engine, chosen_of(ctx, engine, terms), count)[::-1]
    if as_json:
        for record in records:
            print_json(record)
        return
    click.echo(table([cells(each) for each in records], HEADER) if records else "There are no such calls in the log.")


def cells(record: CallRecord) -> tuple[str, ...]:
    """A call in words, under ``HEADER``."""
    from sptui.cli.plain import plain
    from sptui.spapi.marketplaces import label_of_marketplace

    error = ": ".join(filter(None, (record.code, record.message)))
    call = record.operation.rpartition(".")[2] or f"{record.method} {record.path}"
    place = ", ".join(label_of_marketplace(each) for each in record.marketplaces) or record.region
    took = f"{record.milliseconds:.0f} ms"
    moment = f"{record.time:%Y-%m-%d %H:%M:%S}"
    status = str(record.status or "-")
    return moment, status, plain(call)[:60], plain(record.seller_id), plain(place)[:40], plain(error)[:80], took


class _Lines:
    """Calls one by one, in columns of a fixed width."""

    def __init__(self) -> None:
        self._begun = False

    def show(self, record: CallRecord) -> None:
        """The header before the first."""
        for row in ([] if self._begun else [HEADER]) + [cells(record)]:
            click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, _WIDTHS, strict=True)).rstrip())
        self._begun = True


def _follow(ctx: click.Context, terms: list[Term], file: str | None, count: int, show: Callable[[Any], None]) -> None:
    from sptui.calllog import opening
    from sptui.calllog.desk import LogDesk
    from sptui.cli.context import workspace_of
    from sptui.cli.log_opening import ShownSteps

    workspace = workspace_of(ctx)
    query = understood(ctx, terms)
    shown = ShownSteps()

    async def work() -> None:
        opened = partial(opening.asked_file, file) if file is not None else workspace.asked_log
        desk = LogDesk(opened, shown.show)
        try:
            await desk.ready()
            shown.over()
            chosen = query.at(await desk.newest() if query.needs_newest else None)
            await follow_log(desk, chosen, count, show)
        finally:
            await desk.aclose()
            shown.over()
            await workspace.close()

    try:
        with trouble_told():
            run(work())
    except (click.Abort, KeyboardInterrupt):  # how it is meant to end
        ctx.exit(0)


async def follow_log(
    desk: LogDesk,
    chosen: Chosen,
    count: int,
    show: Callable[[CallRecord], None],
    wait: Callable[[float], Any] = asyncio.sleep,
) -> None:
    """Shows the newest calls, then each that comes, once. ``wait`` is awaited between two looks; it ends by raising."""
    page = await desk.calls(chosen, max(count, _MOST))
    for record in reversed(page[:count]):
        show(record)
    floor = page[-1].time if len(page) >= max(count, _MOST) else None  # what is older was not shown on purpose
    newest = page[0].time if page else None
    seen = set(page)
    while True:
        began = time.monotonic()
        start = newest and newest - _LATE
        seen = {each for each in seen if start is None or each.time >= start}
        page = await desk.calls(_from(chosen, start), _MOST)
        fresh = [each for each in page if each not in seen and (floor is None or each.time >= floor)]
        for record in reversed(fresh):
            show(record)
        seen.update(fresh)
        newest = max((each.time for each in seen), default=newest)
        await wait(max(_TICK, _SHARE * (time.monotonic() - began)))


def _from(chosen: Chosen, start: datetime | None) -> Chosen:
    import msgspec

    later = max(filter(None, (chosen.since, start)), default=None)
    return msgspec.structs.replace(chosen, since=later)
