"""The answer to "who else gets this error" as lines of the screen; the same lines, plain, are what is copied."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from textual.content import Content

from sptui.calllog.questions import Pattern, Share, WhoAnswer
from sptui.calllog.wording import (
    asked_in_words,
    calls,
    controls_in_words,
    elsewhere_in_words,
    error_in_words,
    how_sure,
    sellers_hit,
    what_they_share,
    where_to_look,
    whom_it_hits,
)
from sptui.spapi.marketplaces import label_of_marketplace
from sptui.tui.marks import Mark, Tone, line, one_line, wrapped

_MARKS: Final = {
    Pattern.ALL: ("■", "error"),
    Pattern.GROUP: ("▲", "warning"),
    Pattern.ONE: ("▲", "warning"),
    Pattern.NONE: ("●", "success"),
    Pattern.TOO_FEW: ("?", "muted"),
}
_BAR: Final = 16
_MOST_SHARES: Final = 12
_MOST_ERRORS: Final = 6
_FULL, _EMPTY = "█", "·"


def who_lines(answer: WhoAnswer, width: int, application: Callable[[str], str]) -> list[Content]:
    """The whole answer in lines of ``width`` cells. ``application`` gives the name to a client id."""
    glyph, tone = _MARKS[answer.pattern]
    mark = Mark(glyph, whom_it_hits(answer), "plain")
    told = [_toned(mark.label, tone)]
    for sentence in filter(None, (how_sure(answer), where_to_look(answer))):
        told += _indented(sentence, width, "muted")
    if answer.calling:
        told += [line(""), line("  ", (share_bar(answer.failing, answer.calling, max(_BAR, width - 40)), "warning"),
                                f"  {_percent(answer.failing, answer.calling)} of the sellers that call")]  # fmt: skip
    told += [line(""), *_findings(answer, width, application)]
    told += _table("MARKETPLACE", answer.marketplaces, label_of_marketplace, width)
    told += _table("REGION", answer.regions, str, width)
    told += _table("APPLICATION", answer.applications, application, width)
    return [*told, *_errors(answer, width)]


def who_text(answer: WhoAnswer, application: Callable[[str], str]) -> str:
    """The answer to be pasted elsewhere."""
    since, until = answer.question.since, answer.question.until
    window = " to ".join(f"{each:%Y-%m-%d %H:%M} UTC" for each in (since, until) if each) or "the whole log"
    head = f"Who else gets {asked_in_words(answer.question)} ({window})"
    return "\n".join([head, *(each.plain.rstrip() for each in who_lines(answer, 76, application))]) + "\n"


def share_bar(part: int, whole: int, width: int) -> str:
    """``████····``: what is there is never drawn as nothing, what is missing never as all."""
    filled = round(width * part / whole) if whole else 0
    if 0 < part < whole:
        filled = max(1, min(width - 1, filled))
    return _FULL * filled + _EMPTY * (width - filled)


def _findings(answer: WhoAnswer, width: int, application: Callable[[str], str]) -> list[Content]:
    told: list[Content] = []
    for each in answer.shared:
        value = {"marketplace": label_of_marketplace, "application": application}.get(each.attribute, str)(each.value)
        told += _indented(what_they_share(each, value), width, "plain" if each.sure else "muted")
    if answer.elsewhere:
        told += _indented(elsewhere_in_words(answer.elsewhere), width)
    for sentence in controls_in_words(answer.controls) if answer.controls is not None else ():
        told += _indented(sentence, width)
    if answer.first_failure and answer.last_failure:
        first, last = (f"{each:%Y-%m-%d %H:%M:%S}" for each in (answer.first_failure, answer.last_failure))
        when = f"at {first} UTC" if first == last else f"the first at {first}, the last at {last} UTC"
        told += _indented(f"{calls(answer.failures)} failed so: {when}.", width)
    return told


def _table(title: str, shares: Iterable[Share], label: Callable[[str], str], width: int) -> list[Content]:
    """The shares as a small table; nothing where the log does not tell them apart."""
    known = [each for each in shares if each.value]
    if not known:
        return []
    name = min(28, max(12, *(len(label(each.value)) for each in known)))
    told = [line(""), line((f"  {title:<{name}} {'CALLING':>8} {'FAILING':>8}", "muted"))]
    for each in known[:_MOST_SHARES]:
        shown = one_line(label(each.value))[:name]
        bar = share_bar(each.failing, each.calling, max(_BAR // 2, min(_BAR, width - name - 28)))
        told.append(
            line(f"  {shown:<{name}} {each.calling:>8,} {each.failing:>8,}  ", (bar, "warning"),
                 (f" {_percent(each.failing, each.calling):>5}", "muted"))
        )  # fmt: skip
    if len(known) > _MOST_SHARES:
        told.append(line((f"  and {len(known) - _MOST_SHARES} more", "muted")))
    return told


def _errors(answer: WhoAnswer, width: int) -> list[Content]:
    if not answer.signatures:
        return []
    told = [line(""), line(("  SELLERS    CALLS  ERROR", "muted"))]
    for each in answer.signatures[:_MOST_ERRORS]:
        room = max(10, width - 22)
        error = one_line(f"{error_in_words(each.status, each.code)}  {each.message}")
        cut = error if len(error) <= room else error[: room - 1] + "…"
        told.append(line(f"  {sellers_hit(each):>7} {each.calls:>8,}  {cut}"))
    if len(answer.signatures) > _MOST_ERRORS:
        told.append(line((f"  and {len(answer.signatures) - _MOST_ERRORS} more", "muted")))
    return told


def _indented(sentence: str, width: int, tone: Tone = "plain") -> list[Content]:
    return [line("  ", (each, tone)) for each in wrapped(sentence, width - 2)]


def _toned(text: str, tone: str) -> Content:
    tones: dict[str, Tone] = {"error": "error", "warning": "warning", "success": "success", "muted": "muted"}
    return line((one_line(text), tones[tone]))


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole if whole else 0.0
    return f"{share:.1f} %" if 0 < share < 1 or 99 < share < 100 else f"{share:.0f} %"
