"""How states, ages and answers look: a mark and a word each, and a colour of the theme to help.

Nothing here parses markup: text from the network goes into Text and Content as it is.
"""

from __future__ import annotations

import textwrap
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from rich.text import Text
from textual.app import App
from textual.content import Content

from sptui.health.history import Known
from sptui.health.participations import ParticipationState

Tone = Literal["success", "warning", "error", "muted", "plain"]


class Mark(NamedTuple):
    """A glyph that also stands without colour, the word beside it, and its tone."""

    glyph: str
    word: str
    tone: Tone

    @property
    def label(self) -> str:
        """Glyph and word."""
        return f"{self.glyph} {self.word}"


STATE_MARKS: Final = {
    ParticipationState.OK: Mark("●", "ok", "success"),
    ParticipationState.ATTENTION: Mark("▲", "attention", "warning"),
    ParticipationState.FAILED: Mark("✖", "failed", "error"),
    ParticipationState.UNKNOWN: Mark("○", "unknown", "muted"),
}
REFRESHING: Final = Mark("◌", "refreshing", "muted")

YES: Final = Mark("●", "yes", "success")
NO: Final = Mark("○", "no", "warning")
SUSPENDED: Final = Mark("▲", "suspended", "warning")
ACTIVE: Final = Mark("●", "active", "success")
NOT_TOLD: Final = Mark("?", "not told", "muted")


def state_of(known: Known) -> ParticipationState:
    """How an authorization stands now: a failure after the last good reading counts."""
    return known.latest.state if known.latest is not None else ParticipationState.UNKNOWN


def worst(states: list[ParticipationState]) -> ParticipationState:
    """The state that needs eyes first; of none at all, nothing is known."""
    order = (ParticipationState.FAILED, ParticipationState.ATTENTION, ParticipationState.UNKNOWN, ParticipationState.OK)
    return min(states, key=order.index, default=ParticipationState.UNKNOWN)


def age_in_words(moment: datetime | None, now: datetime) -> str:
    """How old something is, coarse enough that an idle screen rests: ``now``, ``4 min``, ``3 h``, ``12 d``."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    for limit, unit, word in ((60, 0, "now"), (3600, 60, "min"), (172800, 3600, "h")):
        if seconds < limit:
            return word if not unit else f"{int(seconds // unit)} {word}"
    return f"{int(seconds // 86400)} d"


def wait_in_words(seconds: float) -> str:
    """How long something takes from now: ``now``, ``43 s``, ``2 min``."""
    if seconds <= 0:
        return "now"
    whole = int(seconds + 0.999)
    return f"in {whole} s" if whole < 120 else f"in {round(timedelta(seconds=whole) / timedelta(minutes=1))} min"


def cell(app: App[object], text: str, tone: Tone = "plain") -> Text:
    """A table's cell: plain text in a colour of the theme, never markup; what would break the line is shown."""
    return Text(one_line(text), style=_colour(app, tone), no_wrap=True, overflow="ellipsis", end="")


def mark_cell(app: App[object], mark: Mark) -> Text:
    """A mark as a table's cell."""
    return cell(app, mark.label, mark.tone)


def line(*parts: str | tuple[str, Tone]) -> Content:
    """A line of a Static: parts of plain text with tones."""
    return Content.assemble(*(part if isinstance(part, str) else (part[0], _STYLES[part[1]]) for part in parts))


def hanging(label: str, text: str, *, tone: Tone, width: int, column: int = 13) -> Content:
    """``text`` beside a label, its further lines under its first."""
    first, *others = wrapped(text, width - column)
    parts = [line((f"  {label:<{column - 2}}", tone), first)]
    parts += [line(" " * column, each) for each in others]
    return Content("\n").join(parts)


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a text, at least one."""
    return textwrap.wrap(one_line(text), max(20, width)) or [""]


def one_line(text: str) -> str:
    """``text`` without line ends, control characters or other traps for a terminal."""
    return "".join(character if character.isprintable() else "�" for character in " ".join(text.split()))


_STYLES: Final[dict[Tone, str]] = {
    "success": "$text-success",
    "warning": "$text-warning",
    "error": "$text-error",
    "muted": "$secondary",
    "plain": "",
}


def _colour(app: App[object], tone: Tone) -> str:
    theme = app.current_theme
    return {
        "success": theme.success,
        "warning": theme.warning,
        "error": theme.error,
        "muted": theme.secondary,
        "plain": "",
    }[tone] or ""
