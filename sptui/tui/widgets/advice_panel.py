"""What to do about a seller, who does it and where; at the end what could not be understood, as Amazon sent it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from sptui.health.metric import Severity
from sptui.health.participations import Participation
from sptui.health.seller_central import page_for
from sptui.health.summary import HealthSummary, Preflight
from sptui.health.wording import code_in_words
from sptui.spapi.marketplaces import MarketplaceKind, label_of_marketplace
from sptui.tui.marks import ANSWERS, Tone, hanging, line, link, one_line, wrapped

_TONES: dict[str, Tone] = {"no": "error", "care": "warning", "unknown": "muted", "yes": "success"}


def pages_of(summaries: Sequence[HealthSummary]) -> list[str]:
    """The addresses in Seller Central where a person is needed, each once, worst first."""
    order = list(_TONES)
    asked = sorted(
        (each for summary in summaries for each in summary.preflight if each.page),
        key=lambda each: order.index(each.answer),
    )
    return list(dict.fromkeys(each.page for each in asked))


def advice(summaries: Sequence[HealthSummary], width: int) -> Content:
    """The problems of every marketplace with the page that settles them, then what else is known, then leftovers."""
    lines: list[Content] = []
    for summary in summaries:
        for error in summary.errors:
            lines += _hanging("✖ ", "error", f"{summary.region}: {error}", width)
    for summary in summaries:
        for each in sorted(summary.preflight, key=lambda each: list(_TONES).index(each.answer)):
            if each.answer != "yes" and each.why and each.opened:
                lines += _marketplace(each, summary, width)
    for summary in summaries:
        for note in summary.notes:
            lines += _hanging("· ", "muted", note, width)
    if not lines:
        known = any(summary.healthy is not None for summary in summaries)
        lines.append(
            line(("● ", "success"), "Nothing asks for attention.")
            if known
            else line(("Nothing is known yet.", "muted"))
        )
    lines += _pseudo([each for summary in summaries for each in summary.participations], width)
    lines += _leftovers(summaries, width)
    return Content("\n").join(lines)


def _marketplace(each: Preflight, summary: HealthSummary, width: int) -> list[Content]:
    place = code_in_words(each.marketplace_id, summary.participations) or "all"
    lines = _hanging(f"{ANSWERS[each.answer].glyph} ", _TONES[each.answer], f"{place}: {each.why[0]}", width)
    for why in each.why[1:]:
        lines += [line("  ", part) for part in _hanging("· ", "muted", why, width - 2)]
    pages = [each.page] if each.page else []
    if any(one.severity >= Severity.WARNING for one in summary.metrics if one.marketplace_id == each.marketplace_id):
        pages.append(page_for("account_health", each.marketplace_id))
    return lines + [link(page) for page in dict.fromkeys(filter(None, pages))]


def _pseudo(participations: Sequence[Participation], width: int) -> list[Content]:
    pseudo = [each for each in participations if each.kind is MarketplaceKind.PSEUDO]
    if not pseudo:
        return []
    names = ", ".join(label_of_marketplace(each.marketplace_id) for each in pseudo)
    return _hanging("∅ ", "muted", f"{names}: order channels outside Amazon's stores; no call takes these ids.", width)


def _leftovers(summaries: Sequence[HealthSummary], width: int) -> list[Content]:
    found = [each for summary in summaries for each in summary.leftovers]
    if not found:
        return []
    lines = [line(""), line((f"Not understood, as Amazon sent it ({len(found)})", "muted"))]
    for each in found:
        where = " ".join(filter(None, (label_of_marketplace(each.marketplace_id), each.path)))
        lines.append(
            hanging(one_line(where)[:24], each.text, tone="muted", width=width, column=min(26, len(where) + 4))
        )
    return lines


def _hanging(mark: str, tone: Tone, text: str, width: int) -> list[Content]:
    first, *others = wrapped(text, width - 2)
    return [line((mark, tone), first), *(line("  ", each) for each in others)]
