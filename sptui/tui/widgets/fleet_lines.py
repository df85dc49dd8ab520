"""The lines around the table of the fleet: how many stand how, how far a round is, one authorization in short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from sptui.health.fleet import Counts, problems_of
from sptui.spapi.authorization import Authorization
from sptui.tui.marks import RANKS, Tone, age_in_words, line, one_line, wait_in_words
from sptui.tui.widgets.bars import progress_bar

if TYPE_CHECKING:
    from sptui.workspace import Workspace


def counts_line(
    counts: Counts, progress: tuple[int, int] | None, *, order: str, grouping: str, shown: int, width: int
) -> Content:
    """``12 sellers · 4 with problems · 2 unknown   ▰▰▱▱ 30 of 120, x stops``, on the right how they are ordered."""
    told: list[tuple[str, Tone]] = [(f"{counts.sellers} seller{'' if counts.sellers == 1 else 's'}", "plain")]
    for number, words, tone in (
        (counts.closed, "■ {} closed", "error"),
        (counts.problems, "▲ {} with problems", "warning"),
        (counts.failed, "✖ {} failed", "error"),
        (counts.unknown, "○ {} unknown", "muted"),
        (counts.changed, "◆ {} changed", "warning"),
    ):
        if number:
            told.append((words.format(number), tone))  # type: ignore[arg-type]
    if shown < counts.sellers:
        told.append((f"{shown} shown", "muted"))
    if progress is not None:
        done, total = progress
        told.append((f"{progress_bar(done, total)} {done} of {total} asked, x stops", "muted"))
    parts: list[str | Content | tuple[str, Tone]] = []
    for place, part in enumerate(told):
        parts += [("  ", "muted"), part] if place else [part]
    right = f"order {order}" + (f" · by {grouping}" if grouping != "none" else "")
    left = line(*parts)
    gap = width - left.cell_length - len(right)
    return Content.assemble(left, " " * gap, line((right, "muted"))) if gap >= 2 else left


def authorization_line(workspace: Workspace, authorization: Authorization, application: str, width: int) -> Content:
    """One authorization: its state, what stands in the way, and what it waits for."""
    monitor, now = workspace.monitor, workspace.clock.now()
    known = monitor.known(authorization)
    mark = RANKS[monitor.standing(authorization).rank]
    latest, reading = known.latest, known.reading
    told = "; ".join(problems_of(known))
    if latest is None:
        told = "not asked yet"
    elif known.failure and reading:
        told += f" — shown as read {age_in_words(reading.time, now)} ago"
    if monitor.is_refreshing(authorization):
        told = "asking Amazon…"
    elif latest is not None and (wait := monitor.seconds_until_allowed(authorization)) > 0:
        told += f" — the usage plan allows the next call {wait_in_words(wait)}"
    shown: list[tuple[str, Tone]] = [(f"{authorization.region}  ", "plain"), (f"{authorization.seller_id}  ", "muted")]
    if width >= 90:
        shown.append((f"{one_line(application)}  ", "muted"))
    return line(*shown, (mark.label, mark.tone), ("  " + one_line(told), "plain"))


def empty_text(*, filtered: bool) -> Content:
    """Why there is no row, and what to do."""
    if filtered:
        return line("No seller fits the filter.\n\n", ("Esc", "warning"), " shows all again.")
    return line(
        "No sellers yet.\n\n",
        ("A", "warning"), " adds an application (client id and secret), ",
        ("a", "warning"), " a seller with its refresh token.\n\n",
        "To look around first: leave with q and run  sptui demo\n",
        ("i", "warning"), " takes over many at once from a file.",
    )  # fmt: skip
