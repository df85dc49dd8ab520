"""The day's verdict on a seller in one line: what can be called without worry, what not, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from sptui.health.summary import HealthSummary, Preflight
from sptui.health.wording import code_in_words
from sptui.tui.marks import ANSWERS, NOT_OPENED, line, one_line

_ORDER = ("yes", "care", "no", "unknown")
_WORDS = {"yes": "call", "care": "with care", "no": "do not call", "unknown": "unknown"}


def verdict(summaries: Sequence[HealthSummary]) -> Content:
    """``Today  ● call DE ES IT   ▲ with care US (at risk)   ✖ do not call FR (deactivated)``."""
    preflight = [each for summary in summaries for each in summary.preflight]
    places = {
        each.marketplace_id: code_in_words(each.marketplace_id, summary.participations)
        for summary in summaries
        for each in summary.preflight
    }
    if not preflight:
        return line(("Today  ", "muted"), (f"{ANSWERS['unknown'].glyph} ", "muted"), "unknown: nothing was read yet")
    parts: list[Content] = [line(("Today  ", "muted"))]
    for answer in _ORDER:
        inside = [each for each in preflight if each.answer == answer and each.opened]
        if inside:
            mark = ANSWERS[answer]
            words = _grouped(inside, places, tell_why=answer != "yes")
            parts.append(line((f"{mark.glyph} {_WORDS[answer]} ", mark.tone), one_line(words), "   "))
    if unopened := [places[each.marketplace_id] for each in preflight if not each.opened]:
        parts.append(line((f"{NOT_OPENED.label} {' '.join(unopened)}", "muted")))
    return Content.assemble(*parts)


def _grouped(answers: Sequence[Preflight], places: Mapping[str, str], *, tell_why: bool) -> str:
    """``FR (account DEACTIVATED)  US CA (listings suspended)``: those of one reason together."""
    by_why: dict[str, list[str]] = {}
    for each in answers:
        by_why.setdefault(each.why[0] if tell_why and each.why else "", []).append(places[each.marketplace_id])
    return ", ".join(f"{' '.join(inside)} ({why})" if why else " ".join(inside) for why, inside in by_why.items())
