"""The answer to "who else" in sentences, and what finds the calls of a kind of error again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.calllog.questions import Controls, Pattern, Question, Shared, Signature, WhoAnswer, pattern_of, wilson
from sptui.calllog.signatures import signature_of
from sptui.calllog.wording import (
    asked_in_words,
    calls,
    controls_in_words,
    elsewhere_in_words,
    error_in_words,
    how_sure,
    piece_to_find,
    sellers_hit,
    trend_in_words,
    what_they_share,
    where_to_look,
    whom_it_hits,
)
from sptui.spapi.catalogue import load_catalogue

THERE, WHATEVER = "get the same error there", "whatever they call."


def answer(calling: int, failing: int) -> WhoAnswer:
    question = Question(load_catalogue().find("orders-v0.getOrders"), 403, "Unauthorized")
    return WhoAnswer(
        question, calling, failing, failing, pattern_of(calling, failing), wilson(failing, calling), (), (), (),
        None, None,
    )  # fmt: skip


def test_what_was_asked() -> None:
    assert asked_in_words(answer(1, 1).question) == "getOrders · 403 Unauthorized"
    assert error_in_words(None) == "any error"
    assert error_in_words(0, "timeout") == "no answer timeout"


@pytest.mark.parametrize(
    ("calling", "failing", "told"),
    [
        (0, 0, "Nobody made this call in this time"),
        (1, 1, "Too few to tell: 1 of 1 seller that makes this call"),
        (2, 0, "Too few to tell: 0 of 2 sellers that make this call"),
        (50, 50, "All: 50 of 50 sellers that make this call"),
        (1000, 950, "Nearly all: 950 of 1,000 sellers that make this call"),
        (50, 20, "A group: 20 of 50 sellers that make this call"),
        (50, 1, "One alone: 1 of 50 sellers that make this call"),
        (50, 0, "Nobody: 0 of 50 sellers that make this call"),
    ],
)
def test_whom_it_hits(calling: int, failing: int, told: str) -> None:
    assert whom_it_hits(answer(calling, failing)) == told


@pytest.mark.parametrize(
    ("calling", "failing", "told"),
    [
        (0, 0, ""),
        (3, 3, "So few sellers tell little: it may hit 44 to 100 % of all sellers (95 % sure)."),
        (200, 100, "As far as these counts tell, it hits 43 to 57 % of all sellers (95 % sure)."),
        (50_000, 0, ""),
    ],
)
def test_how_sure_that_is(calling: int, failing: int, told: str) -> None:
    assert how_sure(answer(calling, failing)) == told


def test_every_pattern_says_where_to_look_unless_there_is_nothing() -> None:
    told = {each.pattern: where_to_look(each) for each in map(answer, (9, 9, 9, 9, 2), (9, 4, 1, 0, 1))}
    assert set(told) == set(Pattern)
    assert told.pop(Pattern.NONE) == ""
    assert all(told.values())
    assert where_to_look(answer(0, 0)) == ""


def test_what_they_share() -> None:
    sure = Shared("marketplace", "A1PA", (20, 20), (5, 100), sure=True)
    assert what_they_share(sure, "DE") == "They share the marketplace DE: 20 of 20, and 5 of the 100 others."
    chance = Shared("region", "EU", (2, 2), (0, 3), sure=False)
    assert what_they_share(chance) == "They share the region EU: 2 of 2, and none of the 3 others; that may be chance."
    alone = Shared("application", "app", (3, 3), (0, 0), sure=False)
    assert what_they_share(alone) == "They share the application app: 3 of 3; that may be chance."


@pytest.mark.parametrize(
    ("controls", "told"),
    [
        (Controls(0, 0, 0), []),
        (Controls(8, 0, 3), ["Same sellers, other calls: 0 of 8 get the same error there, so it is this call.",
                             "Other sellers, same call: 3 never get it."]),
        (Controls(8, 8, 0), [f"Same sellers, other calls: 8 of 8 {THERE}, so it is these sellers, {WHATEVER}"]),
        (Controls(1, 0, 0), ["The same seller, other calls: it never gets it there."]),
        (Controls(8, 3, 0), ["Same sellers, other calls: 3 of 8 get the same error there."]),
    ],
    ids=["none", "this call", "these sellers", "one seller", "neither"],
)  # fmt: skip
def test_the_control_groups(controls: Controls, told: list[str]) -> None:
    assert controls_in_words(controls) == told


@pytest.mark.parametrize(
    ("trend", "word"),
    [
        ((), ""), ((0, 0, 0, 0), ""), ((5,), ""), ((0, 0, 0, 4), "new"), ((4, 0, 0, 0), "over"),
        ((1, 1, 3, 3), "rising"), ((3, 3, 1, 1), "falling"), ((2, 2, 2, 2), "steady"),
    ],
    ids=str,
)  # fmt: skip
def test_whether_it_grows(trend: tuple[int, ...], word: str) -> None:
    assert trend_in_words(trend).partition(":")[0] == word


def test_counts() -> None:
    assert (calls(1), calls(1204)) == ("1 call", "1,204 calls")
    assert elsewhere_in_words(1).startswith("1 of them gets it")
    signature = Signature("x", 403, "", "", 1200, 5, None, None, at_least=True)
    assert sellers_hit(signature) == "1,200+"


@pytest.mark.parametrize(
    ("message", "piece"),
    [
        ("Order {id} of {id} was not found", "was not found"),
        ("{n} {id}", ""),
        ("", ""),
        ("Access to requested resource is denied.", "Access to requested resource is denied"),
        ('{value} says "no" to {id} again and again', "again and again"),
    ],
)
def test_the_piece_of_a_message_that_stands_in_all_of_its_kind(message: str, piece: str) -> None:
    assert piece_to_find(message) == piece


@given(st.text(alphabet="abc DEF12345 \"'-:.{}@", max_size=60))
def test_that_piece_stands_in_the_message_itself(message: str) -> None:
    piece = piece_to_find(signature_of(message))
    assert piece in " ".join(message.split())
    assert '"' not in piece
