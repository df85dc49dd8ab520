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
from textual.style import Style

from sptui.health.metric import Severity
from sptui.health.standing import Rank

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


RANKS: Final = {
    Rank.CLOSED: Mark("■", "closed", "error"),
    Rank.FAILED: Mark("✖", "failed", "error"),
    Rank.ALARM: Mark("▲", "alarm", "error"),
    Rank.ATTENTION: Mark("▲", "attention", "warning"),
    Rank.UNKNOWN: Mark("○", "unknown", "muted"),
    Rank.FINE: Mark("●", "ok", "success"),
}
REFRESHING: Final = Mark("◌", "refreshing", "muted")

YES: Final = Mark("●", "yes", "success")
NO: Final = Mark("○", "no", "warning")
SUSPENDED: Final = Mark("▲", "suspended", "warning")
ACTIVE: Final = Mark("●", "active", "success")
NOT_TOLD: Final = Mark("?", "not told", "muted")

ANSWERS: Final = {
    "yes": Mark("●", "call", "success"),
    "care": Mark("▲", "with care", "warning"),
    "no": Mark("✖", "do not", "error"),
    "unknown": Mark("○", "unknown", "muted"),
}
"""Whether a marketplace can be called today: the answers of the pre-flight."""

NOT_OPENED: Final = Mark("○", "not opened", "muted")
NO_DATA: Final = Mark("·", "no data", "muted")
NO_STORE: Final = Mark("∅", "no store", "muted")
UNKNOWN_ID: Final = Mark("?", "unknown id", "warning")


def account_mark(status: str) -> Mark:
    """An account's status: Amazon's word, whatever it is; "" where no source told one."""
    if not status:
        return Mark("·", "not told", "muted")
    glyph, tone = _ACCOUNT.get(status, ("?", "warning"))
    return Mark(glyph, status.replace("_", " ").lower() if status in _ACCOUNT else status, tone)


def severity_mark(severity: Severity, word: str) -> Mark:
    """A metric's status: Amazon's word; grey where there is no data."""
    if severity is Severity.NO_DATA:
        return NO_DATA
    glyph, tone = _SEVERITIES[severity]
    return Mark(glyph, word.replace("_", " ").lower(), tone)


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
    return Text(one_line(text), style=colour_of(app, tone), no_wrap=True, overflow="ellipsis", end="")


def mark_cell(app: App[object], mark: Mark) -> Text:
    """A mark as a table's cell."""
    return cell(app, mark.label, mark.tone)


def line(*parts: str | Content | tuple[str, Tone]) -> Content:
    """A line of a Static: parts of plain text with tones."""
    return Content.assemble(
        *(part if isinstance(part, (str, Content)) else (part[0], _STYLES[part[1]]) for part in parts)
    )


def link(address: str) -> Content:
    """An address that terminals which know how (OSC 8) open on a click; the others show it to be copied.

    For sptui's own addresses alone: nothing that came from the network becomes a link.
    """
    return Content.styled(address, Style(underline=True, link=address))


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
    return printable(" ".join(text.split()))


def printable(text: str) -> str:
    """``text`` with a mark for every character that a terminal would obey; blanks stay where they are."""
    return "".join(character if character.isprintable() else "�" for character in text)


_ACCOUNT: Final[dict[str, tuple[str, Tone]]] = {
    "NORMAL": ("●", "success"),
    "AT_RISK": ("▲", "warning"),
    "DEACTIVATED": ("✖", "error"),
    "SUSPENDED": ("✖", "error"),
}
_SEVERITIES: Final[dict[Severity, tuple[str, Tone]]] = {
    Severity.FINE: ("●", "success"),
    Severity.WARNING: ("▲", "warning"),
    Severity.ALARM: ("✖", "error"),
}

_STYLES: Final[dict[Tone, str]] = {
    "success": "$text-success",
    "warning": "$text-warning",
    "error": "$text-error",
    "muted": "$secondary",
    "plain": "",
}


def colour_of(app: App[object], tone: Tone) -> str:
    """The theme's colour of a tone, "" for the plain one."""
    theme = app.current_theme
    return {
        "success": theme.success,
        "warning": theme.warning,
        "error": theme.error,
        "muted": theme.secondary,
        "plain": "",
    }[tone] or ""
