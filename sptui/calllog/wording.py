"""The answer to "who else gets this error" in sentences: whom it hits, how sure that is, where to look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sptui.calllog.questions import (
    FEWEST_SELLERS,
    NEARLY_ALL,
    Controls,
    Pattern,
    Question,
    Shared,
    Signature,
    WhoAnswer,
)

_PLACEHOLDER: Final = re.compile(r"\{[a-z]*\}|\"")
_SHORTEST_PIECE: Final = 4
_FEW: Final = 20
"""Fewer sellers than that leave a wide range, which is then worth its sentence."""


def asked_in_words(question: Question) -> str:
    """``getOrders · 403 Unauthorized``."""
    return f"{question.operation.name} · {error_in_words(question.status, question.code)}"


def error_in_words(status: int | None, code: str = "") -> str:
    """``403 Unauthorized``, ``no answer timeout``, ``any error``."""
    told = "" if status is None else str(status or "no answer")
    return " ".join(filter(None, (told, code))) or "any error"


def whom_it_hits(answer: WhoAnswer) -> str:
    """The pattern with its counts."""
    counts = (
        f"{answer.failing:,} of {sellers(answer.calling)} that {'makes' if answer.calling == 1 else 'make'} this call"
    )
    match answer.pattern:
        case _ if not answer.calling:
            return "Nobody made this call in this time"
        case Pattern.ALL:
            return f"{'All' if answer.failing == answer.calling else 'Nearly all'}: {counts}"
        case Pattern.GROUP:
            return f"A group: {counts}"
        case Pattern.ONE:
            return f"One alone: {counts}"
        case Pattern.NONE:
            return f"Nobody: {counts}"
        case _:
            return f"Too few to tell: {counts}"


def where_to_look(answer: WhoAnswer) -> str:
    """What the pattern points to, "" where to nothing."""
    match answer.pattern:
        case Pattern.ALL:
            return "Not these sellers' accounts: Amazon, the application's role or secret, or the request itself."
        case Pattern.GROUP:
            return "What they share, and the others do not, tells where to look."
        case Pattern.ONE:
            return "Look at its authorization, its marketplaces and its account."
        case Pattern.TOO_FEW if answer.calling:
            return f"With fewer than {FEWEST_SELLERS} callers look further back, or at other sellers' calls."
        case _:
            return ""


def how_sure(answer: WhoAnswer) -> str:
    """Which share of all sellers these counts still allow (Wilson interval, 95 %)."""
    if not answer.calling:
        return ""
    low, high = (f"{100 * each:.0f}" for each in answer.range)
    if low == high:
        return ""
    told = "So few sellers tell little: it may hit" if answer.calling < _FEW else "As far as these counts tell, it hits"
    return f"{told} {low} to {high} % of all sellers (95 % sure)."


def what_they_share(shared: Shared, value: str = "") -> str:
    """One thing that the failing sellers have in common; ``value`` instead of its id."""
    (hit, of), (others, other_sellers) = shared.among_failing, shared.among_others
    told = f"They share {_KINDS.get(shared.attribute, shared.attribute)} {value or shared.value}: {hit:,} of {of:,}"
    if other_sellers:
        told += (
            f", and {others:,} of the {other_sellers:,} others"
            if others
            else f", and none of the {other_sellers:,} others"
        )
    return told + ("." if shared.sure else "; that may be chance.")


def controls_in_words(controls: Controls) -> list[str]:
    """The control groups, each with what it says."""
    told = []
    calling, failing = controls.same_sellers_calling, controls.same_sellers_failing
    if calling == 1:
        too = (
            "gets the same error there too, so it is this seller, whatever it calls"
            if failing
            else "never gets it there"
        )
        told.append(f"The same seller, other calls: it {too}.")
    elif calling:
        counts = f"Same sellers, other calls: {failing:,} of {calling:,} get the same error there"
        told.append(counts + (", so it is this call." if not failing else _both_ways(failing / calling)))
    if controls.other_sellers_calling:
        told.append(f"Other sellers, same call: {controls.other_sellers_calling:,} never get it.")
    return told


def elsewhere_in_words(count: int) -> str:
    """Sellers that get the error in one marketplace and not in another."""
    return f"{count:,} of them {'gets' if count == 1 else 'get'} it in one marketplace and never in another of theirs."


def trend_in_words(trend: Sequence[int]) -> str:
    """Whether an error grows, from the counts of equal steps; "" where they say nothing."""
    if len(trend) < 2 or not any(trend):
        return ""
    middle, quarter = len(trend) // 2, max(1, len(trend) // 4)
    before, after = sum(trend[:middle]), sum(trend[middle:])
    if not any(trend[-quarter:]):
        return f"over: none in the last quarter of the time, {sum(trend):,} before"
    if not any(trend[:-quarter]):
        return "new: all in the last quarter of the time"
    word = "rising" if after > 1.5 * before else "falling" if before > 1.5 * after else "steady"
    return f"{word}: {before:,} in the first half of the time, {after:,} in the second"


def piece_to_find(message: str) -> str:
    """The longest piece of a signature that stands as it is in every message of its kind, "" where none is long."""
    pieces = [each.strip(" \t'()[]{},;:.") for each in _PLACEHOLDER.split(message)]
    longest = max(pieces, key=len)
    return longest if len(longest) >= _SHORTEST_PIECE else ""


def sellers(count: int) -> str:
    """``1 seller``, ``1,204 sellers``."""
    return f"{count:,} {'seller' if count == 1 else 'sellers'}"


def calls(count: int) -> str:
    """``1 call``, ``1,204 calls``."""
    return f"{count:,} {'call' if count == 1 else 'calls'}"


def sellers_hit(signature: Signature) -> str:
    """How many sellers an error hits; with ``+`` where it is at least that many."""
    return f"{signature.sellers:,}{'+' if signature.at_least else ''}"


_KINDS: Final = {"marketplace": "the marketplace", "region": "the region", "application": "the application"}


def _both_ways(share: float) -> str:
    return ", so it is these sellers, whatever they call." if share >= NEARLY_ALL else "."
