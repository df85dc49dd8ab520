"""What a person's words of comparisons and changes are taken to mean."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.spapi.regions import Region
from sptui.triage.comparisons import changes_in, compared_aspects
from sptui.triage.context import read_context
from sptui.triage.evidence import Aspect, Change

COMPARED: Final = (
    ("all other operations", {Aspect.OPERATIONS}),
    ("catalog and orders", {Aspect.OPERATIONS}),
    ("getReports and createFeed", {Aspect.OPERATIONS}),
    ("getOrders with fewer parameters", {Aspect.VALUES}),
    ("GET_MERCHANT_LISTINGS_ALL_DATA", {Aspect.TYPES}),
    ("other report types", {Aspect.TYPES}),
    ("the same call for Canada", {Aspect.MARKETPLACES}),
    ("A1AM78C64UM0Y8", {Aspect.MARKETPLACES}),
    ("the same call in Europe", {Aspect.REGIONS}),
    ("the DE marketplace", {Aspect.REGIONS}),
    ("plain curl", {Aspect.CLIENT}),
    ("another HTTP library", {Aspect.CLIENT}),
    ("TLS 1.2", {Aspect.CLIENT}),
    ("a fresh access token", {Aspect.TOKEN}),
    ("a seller's token", {Aspect.TOKEN}),
    ("the first calls of the day", {Aspect.PACE}),
    ("a pause of two seconds", {Aspect.PACE}),
    ("another seller", {Aspect.SELLERS}),
    ("production", {Aspect.PRODUCTION}),
    ("the body without ShipDate", {Aspect.VALUES}),
    ("every operation", {Aspect.EVERYTHING}),
)


@pytest.mark.parametrize(("text", "aspects"), COMPARED, ids=[text for text, _ in COMPARED])
def test_what_is_compared(text: str, aspects: set[Aspect]) -> None:
    assert compared_aspects(text, "getOrders", "/orders/v0/orders", Region.NA) == aspects


def test_what_is_the_same_is_not_compared() -> None:
    found = compared_aspects("catalog calls with the same token", "getOrders", "/orders/v0/orders", Region.NA)
    assert found == {Aspect.OPERATIONS}


CHANGED: Final[tuple[tuple[str, set[Change]], ...]] = (
    ("nothing in the code", {Change.UNCHANGED}),
    ("it worked until yesterday", {Change.STOPPED}),
    ("nothing was deployed; it stopped at noon", {Change.UNCHANGED, Change.STOPPED}),
    ("it ended by itself", {Change.ENDED}),
    ("the role was added last week", {Change.NEW_ROLE}),
    ("the role was approved; refresh token not renewed", {Change.NEW_ROLE, Change.OLD_CONSENT}),
    ("the seller re-authorized", {Change.NEW_CONSENT}),
    ("the application is in Draft", {Change.DRAFT}),
    ("the same report was requested ten minutes before", {Change.REPEATED}),
    ("the client secret was rotated", {Change.NEW_SECRET}),
    ("an IAM role is configured", {Change.SIGNING}),
    ("it starts two hours after the start", {Change.DELAYED}),
    ("it stays in the queue very long", {Change.SLOW}),
    ("the weather is good", set()),
)


@pytest.mark.parametrize(("text", "changes"), CHANGED, ids=[text for text, _ in CHANGED])
def test_what_changed(text: str, changes: set[Change]) -> None:
    assert changes_in(text) == changes


@given(st.text(max_size=300), st.sampled_from([*Region, None]))
def test_any_words_are_read(text: str, region: Region | None) -> None:
    assert compared_aspects(text, "getOrders", "/orders/v0/orders", region)
    assert changes_in(text) <= set(Change)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "roles",
                "participations",
                "account_status",
                "other_sellers",
                "works_with",
                "fails_with",
                "recent_change",
                "application_type",
                "sandbox",
                "other_marketplaces_ok",
                "other_regions",
            ]
        ),
        JSON,
    )
)
def test_any_context_is_read(context: dict[str, object]) -> None:
    read = read_context(context)
    assert read.other_sellers is None or read.other_sellers[0] >= read.other_sellers[1]


def test_no_secret_of_the_context_is_kept() -> None:
    canary = "Atzr|CANARY0123456789"
    read = read_context(
        {"works_with": f"the token {canary}", "recent_change": canary, "other_sellers": {"failing": canary}}
    )
    assert "CANARY" not in repr(read)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("date of the call: 2021-06-13", "2021-06-13"),
        ("date of the call: 1 July 2021", "2021-07-01"),
        ("date of the call: 31 June 2021", None),
        ("2021-06-13", None),
    ],
)
def test_the_day_of_the_call(text: str, day: str | None) -> None:
    found = read_context({"recent_change": text}).called_on
    assert (found.date().isoformat() if found else None) == day
