"""A verdict on the screen: the likeliest cause with why and what to do, the others in one line."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from sptui.triage.verdict import RankedCause, Strength, Verdict
from sptui.tui.marks import Tone, hanging, line

STRENGTH_TONES: Final[dict[Strength, Tone]] = {
    Strength.CERTAIN: "error",
    Strength.STRONG: "warning",
    Strength.WEAK: "plain",
}
WORTH_TELLING: Final = 0.05
"""The likelihood from which on another cause is named beside the first."""


def verdict_text(verdict: Verdict, width: int) -> Content:
    """The verdict in lines of at most ``width`` columns."""
    first, *others = verdict.causes
    parts = [_headline(first), *grounds(first, width)]
    likely = [each for each in others if each.likelihood >= WORTH_TELLING]
    if likely:
        told_others = ", ".join(f"{each.cause.value} {each.likelihood:.0%}" for each in likely)
        parts.append(hanging("or else", told_others, tone="muted", width=width))
    return Content("\n").join(parts)


def grounds(cause: RankedCause, width: int) -> list[Content]:
    """What speaks for and against a cause, and who does what."""
    groups: tuple[tuple[str, Tone, tuple[str, ...]], ...] = (
        ("because", "muted", cause.because),
        ("against", "muted", cause.against),
        (cause.who.value, "warning", cause.do),
    )
    return [
        hanging("" if number else label, text, tone=tone, width=width)
        for label, tone, told in groups
        for number, text in enumerate(told)
    ]


def _headline(cause: RankedCause) -> Content:
    return line(
        (cause.cause.value.upper(), STRENGTH_TONES[cause.strength]),
        f"  {cause.strength.words}, {cause.likelihood:.0%}  ",
        (cause.cause.meaning, "muted"),
    )
