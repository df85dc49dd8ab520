"""A small campaign, always the same: shares of right causes and culprits, and calls against the least possible.

The large one is ``python tests/bench/campaign.py``.
"""

from __future__ import annotations

import math

import pytest

from sptui.spapi.regions import Region

from .campaign import KINDS, Outcome, challenges, walk
from .challenge import least_for_options

WORLDS = 250


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return walk(challenges(20261123, WORLDS))


def test_the_worlds_are_of_every_kind_and_region(outcomes: list[Outcome]) -> None:
    assert {each.challenge.region for each in outcomes} == set(Region)
    assert len({each.challenge.kind for each in outcomes}) > len(KINDS) - 4
    assert len({each.challenge.family for each in outcomes}) > 25
    interplay = sum(len(each.challenge.culprits or ()) == 2 for each in outcomes)
    assert interplay / WORLDS > 0.28


def test_the_cause_is_right(outcomes: list[Outcome]) -> None:
    wrong = [each for each in outcomes if not each.cause_right]
    assert len(wrong) <= WORLDS * 0.01, wrong


def test_the_culprits_are_right(outcomes: list[Outcome]) -> None:
    told = [each for each in outcomes if each.culprits_right is not None]
    wrong = [each for each in told if not each.culprits_right]
    assert len(told) > WORLDS / 3
    assert not wrong


def test_few_calls_are_used(outcomes: list[Outcome]) -> None:
    used = sum(each.result.calls for each in outcomes)
    assert used <= 1.5 * sum(each.challenge.least for each in outcomes)
    assert max(each.result.calls for each in outcomes) <= 16


@pytest.mark.parametrize(
    ("options", "culprits", "least"),
    [(1, 1, 3), (2, 2, 4), (2, 1, 4), (8, 1, 7)],
)
def test_the_least_calls(options: int, culprits: int, least: int) -> None:
    assert least_for_options(options, culprits) == least
    assert least <= 1 + math.ceil(math.log2(1 + 2 * options + math.comb(options, 2))) + culprits
