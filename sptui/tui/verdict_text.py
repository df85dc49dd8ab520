"""A verdict on the screen: the likeliest cause with why and what to do, the others in one line."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from sptui.triage.verdict import RankedCause, Strength, Verdict
from sptui.tui.marks import Tone, hanging, line

_STRENGTHS: Final[dict[Strength, Tone]] = {
    Strength.CERTAIN: "error",
    Strength.STRONG: "warning",
    Strength.WEAK: "plain",
}


def verdict_text(verdict: Verdict, width: int) -> Content:
    """The verdict in lines of at most ``width`` columns."""
    first, *others = verdict.causes
    parts = [_headline(first)]
    groups: tuple[tuple[str, Tone, tuple[str, ...]], ...] = (
        ("because", "muted", first.because),
        ("against", "muted", first.against),
        (first.who.value, "warning", first.do),
    )
    for label, tone, told in groups:
        parts += [hanging("" if number else label, text, tone=tone, width=width) for number, text in enumerate(told)]
    likely = [each for each in others if each.likelihood >= 0.05]
    if likely:
        told_others = ", ".join(f"{each.cause.value} {each.likelihood:.0%}" for each in likely)
        parts.append(hanging("or else", told_others, tone="muted", width=width))
    return Content("\n").join(parts)


def _headline(cause: RankedCause) -> Content:
    return line(
        (cause.cause.value.upper(), _STRENGTHS[cause.strength]),
        f"  {cause.strength.words}, {cause.likelihood:.0%}  ",
        (cause.cause.meaning, "muted"),
    )
