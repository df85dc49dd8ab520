"""What the log screen tells about itself: what is asked for, how much of it is shown, and why nothing is."""

from __future__ import annotations

from typing import Final

import msgspec
from textual.content import Content

from sptui.calllog.preparing import Step
from sptui.calllog.query import Term, text_of
from sptui.calllog.wording import calls
from sptui.tui.log_feed import FIRST_PAGE, View
from sptui.tui.marks import Tone, line, one_line

FAILING: Final = Term("status", "failed")
PATIENCE_SECONDS: Final = 0.3
"""What takes longer is told."""


class Standing(msgspec.Struct, frozen=True):
    """How it stands with the log.

    ``total``: how many calls fit, None where that was not counted. ``loaded``: the rows answer what is asked for now.
    ``asking``: for how many seconds the log has been asked, None while it is not. ``ended``: the window has an end, so
    that nothing can come in. ``new_above``: calls that came in above what is looked at; -1: too many to be listed.
    ``leaving``: Esc leaves the screen. ``preparing``: what is done before the log can be asked. ``source``: the
    table and its database, "" where the log is sptui's own.
    """

    view: View
    terms: tuple[Term, ...]
    shown: int
    total: int | None = None
    loaded: bool = True
    asking: float | None = None
    following: bool = True
    ended: bool = False
    new_above: int = 0
    problem: str = ""
    simulated: bool = False
    leaving: bool = False
    preparing: Step | None = None
    source: str = ""


def log_line(standing: Standing, width: int) -> Content:
    """``status:failed since:24h      newest 500 of 1,204 calls · ● following``: the right side is short where the left
    is long.
    """
    asked, right = one_line(text_of(standing.terms)), _right(standing)
    if len(asked) > width - right.cell_length - 2:
        right = _right(standing, short=True)
    room = width - right.cell_length - 2
    if len(asked) > room:
        asked = asked[: max(0, room - 1)] + "…"
    left = line((asked, "warning")) if asked else line(("everything", "muted"))
    gap = width - left.cell_length - right.cell_length
    return Content.assemble(left, " " * gap, right) if gap >= 1 else right


def _right(standing: Standing, *, short: bool = False) -> Content:
    told: list[tuple[str, Tone]] = []
    if standing.asking is not None and standing.asking >= PATIENCE_SECONDS:
        seconds = f", {standing.asking:.0f} s" if standing.asking >= 1 else ""
        doing = standing.preparing.told if standing.preparing is not None else "asking"
        told.append((f"◌ {doing}{seconds}, Esc stops", "warning"))
    elif standing.problem:
        told.append((f"✖ not read, {'looks again' if standing.loaded else 'r asks again'}", "error"))
    elif not standing.loaded and standing.asking is None:
        told.append(("‖ stopped, r asks again", "warning"))
    if standing.new_above:
        above = "many" if standing.new_above < 0 else f"{standing.new_above:,}"
        told.append((f"▲ {above} new above, g", "warning"))
    told.append((_how_many(standing, short=short), "plain"))
    if standing.loaded and not standing.ended and not standing.problem:
        paused = "‖ paused" if short else "‖ paused, f follows"
        told.append(("● following", "success") if standing.following else (paused, "warning"))
    parts: list[str | tuple[str, Tone]] = []
    for place, part in enumerate(each for each in told if each[0]):
        parts += [(" · ", "muted"), part] if place else [part]
    return line(*parts)


def _how_many(standing: Standing, *, short: bool) -> str:
    if not standing.loaded:
        return "rows of before" if standing.shown and standing.asking is None else ""
    if short and standing.view is View.CALLS and standing.total is not None:
        return f"{standing.shown:,} of {standing.total:,}" if standing.total > standing.shown else f"{standing.shown:,}"
    if standing.view is View.ERRORS:
        of = f" in {calls(standing.total)}" if standing.total is not None else ""
        return f"{standing.shown:,} {'kind' if standing.shown == 1 else 'kinds'} of error{of}"
    if standing.total is None:
        return f"newest {standing.shown:,}, counting…" if standing.shown >= FIRST_PAGE else ""
    if standing.total > standing.shown:
        return f"newest {standing.shown:,} of {calls(standing.total)}"
    return calls(standing.shown)


def why_empty(standing: Standing) -> Content:
    """Why there is no row, and what to do."""
    if standing.problem:
        told = line(("✖ ", "error"), one_line(standing.problem), "\n\n", ("r", "warning"), " asks again.")
        if standing.source:
            told = Content.assemble(told, line(" Changes to config.toml count from the next start."))
    elif not standing.loaded and standing.asking is None:
        told = line("Stopped before the log answered.\n\n", ("r", "warning"), " asks again.")
    elif not standing.loaded:
        return _before_the_answer(standing.preparing)
    elif not standing.terms:
        return _nothing_logged(standing)
    elif standing.view is View.ERRORS:
        told = line("No error among the calls that fit.")
    elif standing.terms == (FAILING,):
        told = line("No call of the log has failed.")
    else:
        told = line("No call fits.")
    if standing.leaving:
        return Content.assemble(told, "\n\n", line(("Esc", "warning"), " goes back."))
    if standing.terms:
        last = one_line(standing.terms[-1].text)
        told = Content.assemble(
            told, "\n\n", line(("Esc", "warning"), f" takes  {last}  away; ", ("/", "warning"), " changes it.")
        )
    return told


def _before_the_answer(step: Step | None) -> Content:
    """What is done meanwhile, and that it may be ended."""
    if step is None:
        return line(("Asking the log…", "muted"))
    told = line(f"{step.told_first}…")
    return Content.assemble(told, "\n\n", line((step.work.about, "muted"))) if step.work.about else told


def _nothing_logged(standing: Standing) -> Content:
    if standing.view is View.ERRORS:
        return line("No errors: every call in the log went well, or there is none yet.")
    if standing.source:
        return line(
            f"No calls in {one_line(standing.source)}.\n\n",
            (
                (
                    "Rows whose time cannot be read, or that have neither a path nor an operation, are no calls: "
                    "`sptui doctor` tells which column is taken for what."
                ),
                "muted",
            ),
        )
    told = line(
        "No calls yet. They come from three places:\n\n",
        "  sptui    logs what it sends itself; ", ("o", "warning"), " finds an operation to call.\n",
        "  import   ", ("i", "warning"), " takes over what your own programs logged.\n",
        "  record   sptui.recorder, one line in your program, logs its calls.",
    )  # fmt: skip
    if standing.simulated:
        told = Content.assemble(told, "\n\n", line(("The demo keeps its calls in memory, for this run.", "muted")))
    return told
