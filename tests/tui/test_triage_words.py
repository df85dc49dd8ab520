"""The wizard's panels in words: parameters against the minimal call, roles, moves of the verdict, filters."""

from __future__ import annotations

from typing import Any

import pytest

from sptui.triage.causes import Cause
from sptui.triage.events import StepName, VerdictSoFar
from sptui.triage.evidence import Evidence, RoleProof, RolesInferred, RolesKnown, RoleState
from sptui.triage.isolation import Trial
from sptui.triage.verdict import RankedCause, Strength, Verdict
from sptui.tui.filtering import fits
from sptui.tui.screens.question import letters_of
from sptui.tui.walk import Move, Walk
from sptui.tui.walk_roles import roles_of
from sptui.tui.walk_text import parameters_told, seconds_in_words, status_mark, verdict_text


def trial(purpose: str, status: int = 200, **values: Any) -> Trial:
    return Trial(tuple(values), values, purpose, status, "", ok=status == 200)


WHOLE = trial("the call as given", 400, a=1, b=2, c=3)
MINIMAL = trial("the minimal call", a=1)


@pytest.mark.parametrize(
    ("each", "told"),
    [
        (WHOLE, "+b +c"),
        (MINIMAL, "a"),
        (trial("with b", a=1, b=2), "+b"),
        (trial("b with a sample value", a=1, b=9), "≠b"),
        (trial("without a", b=2), "-a +b"),
        (trial("sample values", a=7), "≠a"),
        (trial("once more", a=1), "the same"),
    ],
    ids=lambda value: value.purpose if isinstance(value, Trial) else value,
)
def test_parameters_are_told_against_the_minimal_call(each: Trial, told: str) -> None:
    assert parameters_told(each, [WHOLE, MINIMAL, each]) == told


def test_without_a_minimal_call_all_names_are_told() -> None:
    assert parameters_told(WHOLE, [WHOLE]) == "a, b, c"
    assert parameters_told(trial("nothing"), []) == "none"


def test_an_answer_is_told_by_more_than_its_colour() -> None:
    assert [status_mark(each).label for each in (MINIMAL, WHOLE, trial("x", 0))] == [
        "● 200 passes", "✖ 400 fails", "✖ no answer",
    ]  # fmt: skip


def test_roles_are_proven_refuted_or_unknown_and_by_what() -> None:
    proofs = (
        RoleProof(("A",), RoleState.PROVEN, "getA passes"),
        RoleProof(("B", "C"), RoleState.PROVEN, "getBC passes"),
        RoleProof(("D",), RoleState.REFUTED, "getD is refused"),
    )
    evidence = [Evidence("", "", RolesInferred(("D", "B"), proofs))]
    told = [(each.role, each.mark.word, each.by) for each in roles_of(evidence, ("D", "B"))]
    assert told == [
        ("D", "refuted", "getD is refused"),
        ("B", "unknown", "it or another: getBC passes"),
        ("A", "proven", "getA passes"),
        ("C", "unknown", "it or another: getBC passes"),
    ]


def test_what_the_configuration_says_of_roles_stays_until_a_call_tells_more() -> None:
    known = Evidence("", "", RolesKnown(("A", "B"), ("A", "C")))
    inferred = Evidence("", "", RolesInferred(("A", "C"), (RoleProof(("C",), RoleState.PROVEN, "getC passes"),)))
    told = {each.role: each.mark.word for each in roles_of([known, inferred], ("A", "C"))}
    assert told == {"A": "listed", "C": "proven", "B": "listed"}
    assert {each.mark.word for each in roles_of([], ("A",))} == {"unknown"}


def verdict(cause: Cause, likelihood: float) -> Verdict:
    return Verdict((RankedCause(cause, likelihood, Strength.WEAK, ("It was seen.",)),))


def test_a_move_is_told_only_where_something_moved() -> None:
    walk = Walk()
    from sptui.triage.events import StepFinished, StepOutcome

    for step, cause, likelihood in (
        (StepName.ANSWER, Cause.ROLE, 0.4),
        (StepName.REQUEST, Cause.ROLE, 0.401),
        (StepName.TOKEN, Cause.ACCOUNT, 0.31),
        (StepName.MINIMAL, Cause.ACCOUNT, 0.78),
    ):
        walk.take(StepFinished(step, StepOutcome.OK), 0.0)
        walk.take(VerdictSoFar(verdict(cause, likelihood)), 0.0)
    assert {step: move.words for step, move in walk.moves.items()} == {
        StepName.ANSWER: "role 40 %",
        StepName.TOKEN: "role 40 % → account 31 %",
        StepName.MINIMAL: "account 31 % → 78 %",
    }


def test_text_from_outside_is_text() -> None:
    cause = RankedCause(Cause.ROLE, 0.5, Strength.WEAK, ("[/x] [bold]\x1b[31m",))
    shown = verdict_text(Verdict((cause,)), Move(StepName.ANSWER, "a", 0.1, "b", 0.2), 80).plain
    assert "[/x] [bold]" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(("seconds", "told"), [(0.2, "1 s"), (43, "43 s"), (120, "2 min"), (7200, "2 h")])
def test_seconds_in_words(seconds: float, told: str) -> None:
    assert seconds_in_words(seconds) == told


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", True),
        ("north", True),
        ("NORTH 400", True),
        ("!400", False),
        ("north !500", True),
        ("south", False),
        ("!", False),
    ],
)
def test_words_filter(typed: str, *, found: bool) -> None:
    assert fits("Northwind 400", typed) is found


def test_first_letters_are_keys_only_where_they_are_one_s_own() -> None:
    assert letters_of(("yes", "no", "don't know")) == {"yes": "y", "no": "n", "don't know": "d"}
    assert letters_of(("some", "step", "all")) == {"all": "a"}
