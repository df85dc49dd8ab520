"""What the counts mean: the pattern, how sure it is, and what the failing sellers share."""

from __future__ import annotations

import pytest

from sptui.calllog.questions import Pattern, Share, pattern_of, shared_by, wilson
from sptui.calllog.signatures import LONGEST, signature_of


@pytest.mark.parametrize(
    ("calling", "failing", "pattern"),
    [
        (0, 0, Pattern.TOO_FEW), (2, 2, Pattern.TOO_FEW), (3, 0, Pattern.NONE), (3, 3, Pattern.ALL),
        (10, 9, Pattern.ALL), (100, 89, Pattern.GROUP), (10, 2, Pattern.GROUP), (10, 1, Pattern.ONE),
    ],
    ids=str,
)  # fmt: skip
def test_patterns(calling: int, failing: int, pattern: Pattern) -> None:
    assert pattern_of(calling, failing) is pattern


def test_few_sellers_say_little() -> None:
    low, high = wilson(3, 3)
    assert (round(low, 2), high) == (0.44, 1.0)
    assert wilson(300, 300)[0] > 0.98
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(50, 100)
    assert (round(low, 3), round(high, 3)) == (0.404, 0.596)


def test_what_a_group_shares_and_the_others_have_not() -> None:
    shares = (Share("DE", 25, 20), Share("US", 90, 20), Share("FR", 3, 2), Share("", 120, 20))
    found = shared_by("marketplace", shares, calling=120, failing=20)
    assert [(each.value, each.among_failing, each.among_others, each.sure) for each in found] == [
        ("DE", (20, 20), (5, 100), True),
        ("US", (20, 20), (70, 100), True),
    ]
    assert shared_by("marketplace", (Share("DE", 3, 2),), calling=4, failing=2)[0].sure is False


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "No destination with 7d0d7f3e-0000-4000-8000-000000000000",
            "No destination with 7d0d7f3e-1111-4000-8000-000000000001",
        ),
        ("LastUpdatedBefore 2026-11-23T11:59:00Z is too late", "LastUpdatedBefore 2026-11-20T01:00:00Z is too late"),
        ("Order 902-1845936-5435065 is unknown", "Order 902-0000000-5435065 is unknown"),
        ("Invalid 'sku' provided", "Invalid 'asin' provided"),
        ("at most 50 of 120", "at most 10 of 11"),
        ("The seller's item 'a b' is not his", "The seller's item 'c d e' is not his"),
        ("see https://example.com/a?b=1 for more", "see https://example.org/c for more"),
        ("(zX9k3LmQ2wErTy8uI) is unknown", "(8bX9k3LmQ2wErTy8) is unknown"),
        ("arn:aws:sqs:us-east-1:1:q exists", "arn:aws:sqs:eu-west-1:2:other exists"),
    ],
)
def test_what_differs_from_call_to_call_is_left_out(one: str, other: str) -> None:
    assert signature_of(one) == signature_of(other)
    assert signature_of(one) != one


def test_what_tells_errors_apart_stays() -> None:
    report = "GET_V2_SELLER_PERFORMANCE_REPORT is not offered"
    assert signature_of(report) != signature_of("GET_V2_SETTLEMENT_REPORT_DATA is not offered")
    assert signature_of("the seller's and the buyers' data") == "the seller's and the buyers' data"
    assert signature_of("Invalid date") != signature_of("Invalid marketplace")


@pytest.mark.parametrize(
    ("message", "signature"),
    [
        ("Order 902-1234567-7654321 of A1F83G8C2ARO7P not found", "Order {id} of {id} not found"),
        ("expired at 2026-11-23T12:00:00.5Z after 3600 s", "expired at {date} after {n} s"),
        ("id 1f0c3b2a-0d6e-4c4b-9d2f-5a1f3d7e9b10,\n mail a.b@example.org", "id {id}, mail {email}"),
        ("INVALID_INPUT for DEACTIVATED account", "INVALID_INPUT for DEACTIVATED account"),
    ],
)
def test_like_messages_have_one_signature(message: str, signature: str) -> None:
    assert signature_of(message) == signature


def test_a_signature_is_short_and_holds_no_token() -> None:
    assert "canary" not in signature_of("refused: Atza|canary-token")
    assert len(signature_of("x y " * 10_000)) <= LONGEST
