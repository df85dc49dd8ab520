"""The account's status over time: a strip a marketplace, and every change with its time and source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from textual.content import Content

from sptui.health.status_change import StatusChange
from sptui.spapi.marketplaces import label_of_marketplace
from sptui.tui.marks import account_mark, line, one_line
from sptui.tui.widgets.bars import status_strip

_WHOLE_ACCOUNT: Final = "all"
_SOURCES: Final = {"notification": "notification", "report": "two reports", "import": "imported file"}
_ROOM_FOR_ONE_LINE: Final = 64
_AT_LEAST: Final = timedelta(days=30)


def timeline(
    changes: Sequence[StatusChange],
    statuses: Sequence[tuple[str, str, datetime | None, str]],
    now: datetime,
    width: int,
) -> Content:
    """``changes`` of one authorization; ``statuses`` are what holds now: (marketplace id, status, since, source)."""
    if not changes and not statuses:
        return line(
            ("Nothing is known of the account's status yet: no report was read, no notification came.", "muted")
        )
    ordered = sorted(changes, key=lambda each: each.time)
    start = min(ordered[0].time, now - _AT_LEAST) if ordered else now - _AT_LEAST
    lines = []
    for marketplace_id, status, since, _ in sorted(statuses, key=lambda each: _place(each[0])):
        own = _changes_of(marketplace_id, status, ordered)
        mark = account_mark(status)
        first = own[0].previous if own else status
        strip = status_strip([(each.time, each.current) for each in own], first, start, now, max(8, width - 32))
        held = f"since {since:%d %b}" if since is not None else ""
        lines.append(
            line(
                (f"{_place(marketplace_id)[:5]:<6}", "plain"),
                (strip, mark.tone),
                f"  {mark.label:<14}",
                (held, "muted"),
            )
        )
    if statuses:
        lines.append(_axis(start, max(8, width - 32)))
    if not ordered:
        lines.append(line(("No change of status was seen so far.", "muted")))
        return Content("\n").join(lines)
    lines.append(line(""))
    for each in reversed(ordered):
        lines += _change(each, now, narrow=width < _ROOM_FOR_ONE_LINE)
    return Content("\n").join(lines)


def _change(each: StatusChange, now: datetime, *, narrow: bool) -> list[Content]:
    before, after = account_mark(each.previous), account_mark(each.current)
    recent = now - each.time < timedelta(days=300)
    time = (
        f"{each.time:%Y-%m-%d %H:%M}  "
        if not narrow
        else f"{each.time:%d %b %H:%M} "
        if recent
        else f"{each.time:%d %b %Y}  "
    )
    told = line(
        (time, "muted"),
        (f"{_place(each.marketplace_id)[:4]:<5}", "plain"),
        (one_line(before.label if each.previous else "·"), before.tone), (" → ", "muted"),
        (one_line(after.label), after.tone),
    )  # fmt: skip
    source = _SOURCES.get(each.source, each.source)
    if narrow:
        return [told, line((f"{' ' * len(time)}{source}", "muted"))]
    return [Content.assemble(told, line((f"  {source}", "muted")))]


def _changes_of(marketplace_id: str, status: str, ordered: Sequence[StatusChange]) -> list[StatusChange]:
    """A notification names no marketplace: it counts for those whose status is what it led to."""
    every = [each for each in ordered if each.marketplace_id in ("", marketplace_id)]
    if every and every[-1].current == status:
        return every
    return [each for each in every if each.marketplace_id]


def _place(marketplace_id: str) -> str:
    return label_of_marketplace(marketplace_id) if marketplace_id else _WHOLE_ACCOUNT


def _axis(start: datetime, width: int) -> Content:
    left, right = f"{start.day} {start:%b}", "now"
    return line((" " * 6 + left + " " * max(1, width - len(left) - len(right)) + right, "muted"))
