"""The answer to "who else gets this error" for people who read the command line, and the command that goes on."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sptui.calllog.questions import Pattern, Share, WhoAnswer
from sptui.calllog.wording import (
    controls_in_words,
    elsewhere_in_words,
    error_in_words,
    how_sure,
    sellers_hit,
    what_they_share,
    where_to_look,
    whom_it_hits,
)
from sptui.cli.log_errors import error_told
from sptui.cli.output import table
from sptui.cli.plain import plain
from sptui.spapi.marketplaces import label_of_marketplace

if TYPE_CHECKING:
    from sptui.spapi.calls import CallRecord

_MOST: Final = 20
_NEAR_THE_EDGE: Final = 0.02
"""Of the window: a first failure so near its beginning may well not be the first."""


def describe(answer: WhoAnswer, file: str | None = None, latest: CallRecord | None = None) -> str:
    """The whole answer. ``file`` is what ``--file`` named; ``latest`` the newest failing call, where few fail."""
    question = answer.question
    lines = [f"{question.operation.key} · {plain(error_in_words(question.status, question.code))} · {_window(answer)}"]
    lines.append(whom_it_hits(answer))
    lines += [f"  {each}" for each in (how_sure(answer), where_to_look(answer)) if each]
    lines += _when(answer)
    for each in answer.shared:
        value = label_of_marketplace(each.value) if each.attribute == "marketplace" else each.value
        lines.append(plain(what_they_share(each, value)))
    if answer.elsewhere:
        lines.append(elsewhere_in_words(answer.elsewhere))
    lines += controls_in_words(answer.controls) if answer.controls is not None else []
    if latest is not None:
        lines.append(plain(_latest(latest)))
    for title, shares in (
        ("MARKETPLACE", [(label_of_marketplace(each.value), each) for each in answer.marketplaces if each.value]),
        ("REGION", [(each.value, each) for each in answer.regions if each.value]),
        ("APPLICATION", [(each.value, each) for each in answer.applications if each.value]),
    ):
        lines += _shares(title, shares)
    if answer.signatures:
        rows = [(sellers_hit(each), f"{each.calls:,}", error_told(each)) for each in answer.signatures[:_MOST]]
        lines += ["", table(rows, ("SELLERS", "CALLS", "ERROR"))]
    return "\n".join([*lines, "", *(f"Next: {each}" for each in _next(answer, file, latest))])


def _window(answer: WhoAnswer) -> str:
    since, until = (each and f"{each:%Y-%m-%d %H:%M} UTC" for each in (answer.question.since, answer.question.until))
    told = ([f"from {since}"] if since else []) + ([f"to {until}"] if until else [])
    return " ".join(told) or "the whole log"


def _when(answer: WhoAnswer) -> Iterator[str]:
    first, last, since = answer.first_failure, answer.last_failure, answer.question.since
    if first is None or last is None:
        return
    calls = f"{answer.failures:,} {'call' if answer.failures == 1 else 'calls'} failed so"
    if first == last:
        yield f"{calls}: at {first:%Y-%m-%d %H:%M:%S} UTC"
        return
    yield f"{calls}: first {first:%Y-%m-%d %H:%M:%S} UTC, last {last:%Y-%m-%d %H:%M:%S} UTC ({_span(last - first)})"
    if since is not None and first - since <= _NEAR_THE_EDGE * (last - since):
        yield "  It fails from the beginning of this time on: an earlier --since tells since when."


def _span(time: timedelta) -> str:
    hours = time / timedelta(hours=1)
    if hours >= 48:
        return f"{hours / 24:.0f} days"
    return f"{hours:.0f} hours" if hours >= 2 else f"{max(1, round(60 * hours))} minutes"


def _latest(call: CallRecord) -> str:
    who = f"seller {call.seller_id}" if call.seller_id else "no seller named"
    where = ", ".join(label_of_marketplace(each) for each in call.marketplaces) or call.region
    request = f"request id {call.request_id}" if call.request_id else ""
    return f"The newest: {call.time:%Y-%m-%d %H:%M:%S} UTC, {', '.join(filter(None, (who, where, request)))}"


def _shares(title: str, shares: Iterable[tuple[str, Share]]) -> list[str]:
    rows = [(plain(label), f"{each.calling:,}", f"{each.failing:,}") for label, each in shares]
    if not rows:
        return []
    more = [f"and {len(rows) - _MOST} more"] if len(rows) > _MOST else []
    return ["", table(rows[:_MOST], (title, "CALLING", "FAILING")), *more]


def _next(answer: WhoAnswer, file: str | None, latest: CallRecord | None) -> list[str]:
    """What goes on from here, as commands to be typed."""
    question = answer.question
    operation = question.operation.key
    here = ["--file", file] if file else []
    since = ["--since", f"{question.since:%Y-%m-%dT%H:%M:%SZ}"] if question.since else []
    error = ["--status", "failed" if question.status is None else str(question.status or "none")]
    error += ["--code", question.code] if question.code else []
    calls = ["sptui", "log", "tail", "--operation", operation, *error]
    match answer.pattern:
        case _ if not answer.calling:
            return [_told("which errors there are", "sptui", "log", "errors", *here)]
        case Pattern.ALL:
            return [
                _told("do the smallest requests pass?", "sptui", "call", operation, "--minimal", "--seller", "NAME"),
                _told("the calls themselves", *calls, *since, *here),
            ]
        case Pattern.GROUP:
            shared = next((each.value for each in answer.shared if each.attribute == "marketplace"), "")
            place = ["--marketplace", shared] if shared else []
            return [_told("the calls themselves", *calls, *place, *since, *here)]
        case Pattern.NONE:
            other = ["--operation", operation, *here]
            return [_told("which errors this call gets", "sptui", "log", "errors", *other)]
        case _ if latest is not None and latest.seller_id:
            one = [*calls, "--seller", latest.seller_id, "-n", "1", "--json", *since, *here]
            return [
                _told("why it fails", *one, after=" | sptui explain -"),
                _told("step by step", "sptui", "triage", "--operation", operation, "--seller", latest.seller_id),
            ]
        case _:
            return [_told("the calls themselves", *calls, *since, *here)]


def _told(what: str, *command: str, after: str = "") -> str:
    return f"{plain(shlex.join(command))}{after}   ({what})"
