"""The texts that leave sptui: to the seller, to the team, as Markdown."""

from __future__ import annotations

from typing import Any

import pytest

from sptui.triage.case import Case
from sptui.triage.causes import Cause
from sptui.triage.events import Conclusion, StepFinished, StepName, StepOutcome, TriageResult
from sptui.triage.evidence import Evidence, NotReproduced
from sptui.triage.isolation import Trial
from sptui.triage.letters import letter_to_seller, letter_to_team
from sptui.triage.markdown import as_markdown
from sptui.triage.verdict import RankedCause, Strength, Verdict

from .fakes import US, case

WHAT: Case = case("getOrders", {"MarketplaceIds": [US], "BuyerEmail": "jane.doe@example.com"})


def result(cause: Cause = Cause.ACCOUNT, strength: Strength = Strength.STRONG, **more: Any) -> TriageResult:
    first = RankedCause(
        cause, 0.9, strength, ("It was *seen* for jane.doe@example.com.",), ("Not always.",), ("Do this.", "Do that."),
        cause.who,
    )  # fmt: skip
    other = RankedCause(Cause.ROLE, 0.05, Strength.WEAK, ("Perhaps.",))
    trial = Trial(("MarketplaceIds",), {}, "the minimal | call", 403, "Unauthorized", ok=False, request_id="r-1")
    found = StepFinished(
        StepName.ANSWER, StepOutcome.FOUND, (Evidence("A <b>fact</b>.", "getOrders", NotReproduced()),)
    )
    left = StepFinished(StepName.TOKEN, StepOutcome.SKIPPED, why="Not needed.")
    fields: dict[str, Any] = {"culprits": ("MarketplaceIds",), "trials": (trial,)} | more
    return TriageResult(
        verdict=Verdict((first, other)),
        steps=(found, left),
        calls=3,
        seconds=1.5,
        conclusion=Conclusion.PROBLEM,
        **fields,
    )


@pytest.mark.parametrize("cause", list(Cause))
def test_a_seller_is_written_to_where_the_seller_can_act(cause: Cause) -> None:
    text = letter_to_seller(WHAT, result(cause))
    asked = cause in (Cause.ACCOUNT, Cause.AUTHORIZATION, Cause.MARKETPLACE, Cause.UNAVAILABLE)
    assert bool(text) is asked
    if asked:
        assert text.startswith("Hello Northwind,")
        assert "{" not in text
        assert "likeliest cause" in text
        assert "403" not in text  # a seller reads no status codes


def test_a_certain_cause_is_told_as_certain() -> None:
    assert "likeliest" not in letter_to_seller(WHAT, result(strength=Strength.CERTAIN))


def test_the_seller_central_of_the_marketplace_is_named() -> None:
    german = case("getOrders", {"MarketplaceIds": ["A1PA6795UKMFR9"]})
    assert "sellercentral-europe.amazon.com" in letter_to_seller(german, result())


def test_the_team_reads_what_was_found_and_the_request_ids() -> None:
    text = letter_to_team(WHAT, result())
    assert text.startswith("getOrders for Northwind (A1NORTHWIND, NA): account (very likely, 90%).")
    assert "Request ids: r-1" in text
    assert "1. Do this." in text
    assert "jane" not in text


def test_markdown_holds_everything_and_no_foreign_marks() -> None:
    text = as_markdown(WHAT, result())
    assert text.startswith("# getOrders: account\n")
    assert "| 1 | the minimal \\| call | MarketplaceIds | 403 Unauthorized | 0 | r-1 |" in text
    assert "A \\<b\\>fact\\</b\\>." in text
    assert "- **token**: skipped. Not needed." in text
    assert "It was \\*seen\\*" in text
    assert "jane" not in text


def test_a_table_of_trials_only_where_there_are_some() -> None:
    assert "## Trials" not in as_markdown(WHAT, result(trials=()))
