"""What a person types to choose calls, understood; and how it may go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.calllog.browsing import FAILED_STATUSES, Chosen
from sptui.calllog.completion import completed
from sptui.calllog.query import (
    KEYS,
    ONE_AT_A_TIME,
    WINDOWS,
    Term,
    next_window,
    query_of,
    query_of_terms,
    replaced,
    terms_of,
    text_of,
)

SELLERS = {"Northwind Outdoor": ("A1N", "A1E"), "Northern Lights": ("A2",), "Blue Heron Books": ("A3",)}
NEWEST = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def chosen(text: str, newest: datetime | None = NEWEST) -> Chosen:
    query = query_of(text, SELLERS)
    assert query.problems == ()
    return query.at(newest)


def test_nothing_typed_asks_for_everything() -> None:
    assert chosen("   ") == Chosen()


def test_plain_words_are_one_text_as_it_stands() -> None:
    assert chosen("access to denied").text == "access to denied"
    assert chosen('"two  blanks" status:403 more').text == "two  blanks more"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("seller:north", ("A1N", "A1E", "A2")),
        ('seller:"Northwind Outdoor"', ("A1N", "A1E")),
        ("seller:A9UNKNOWN", ("A9UNKNOWN",)),
        ("seller:heron seller:A9", ("A3", "A9")),
        ("SELLER:heron", ("A3",)),
    ],
)
def test_sellers_are_meant_by_name_or_id(text: str, ids: tuple[str, ...]) -> None:
    assert chosen(text).sellers == ids


def test_a_seller_whose_whole_name_it_is_wins_over_those_that_have_it_in_theirs() -> None:
    known = {"North": ("A7",), **SELLERS}
    assert query_of("seller:north", known).chosen.sellers == ("A7",)


def test_the_other_keys() -> None:
    found = chosen("status:failed marketplace:gb code:InvalidInput region:eu")
    assert found.statuses == FAILED_STATUSES
    assert found.marketplace == "A1F83G8C2ARO7P"
    assert (found.code, found.region) == ("InvalidInput", "EU")
    assert chosen("marketplace:A9NEWCOUNTRY1").marketplace == "A9NEWCOUNTRY1"
    assert chosen("status:403,5xx status:none").statuses == ((403, 403), (500, 599), (0, 0))


def test_an_operation_is_meant_by_key_name_or_part_of_its_name() -> None:
    assert chosen("op:orders-v0.getOrders").operations == ("orders-v0.getOrders",)
    assert "orders-v0.getOrders" in chosen("op:getorders").operations
    assert {each.rpartition(".")[2] for each in chosen("op:feed").operations} >= {"createFeed", "getFeeds"}


def test_durations_count_back_from_the_newest_call_and_moments_do_not() -> None:
    found = chosen("since:24h until:30m")
    assert found.since == NEWEST - timedelta(days=1)
    assert found.until == NEWEST - timedelta(minutes=30)
    assert chosen("since:2026-11-01").since == datetime(2026, 11, 1, tzinfo=UTC)
    assert chosen("since:2026-11-01T10:00+02:00").since == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert chosen("since:24h", None).since is None  # of an empty log
    assert chosen("since:999999999d").since is None  # before every time
    assert query_of("since:24h", {}).needs_newest
    assert not query_of("since:2026-11-01", {}).needs_newest


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("seler:x", "did you mean seller:?"),
        ("wibble:x", "there are seller, status"),
        ("status:funny", "'funny' is no status"),
        ("status:", "status: takes 403, 4xx"),
        ("op:getOrderz", "did you mean getOrder"),
        ("op:qqqq", "No operation is called 'qqqq'."),
        ("region:US", "'US' is no region"),
        ("marketplace:Atlantis", "No marketplace is called 'Atlantis'"),
        ("since:yesterday", "'yesterday' is no time"),
        ('seller:"no such name"', "No seller is called 'no such name'"),
        ("code:a code:b", "code: stands there twice"),
        ("https://example.com/x", "In quotes it is a text"),
    ],
)
def test_what_cannot_be_understood_is_told_in_words_and_left_out(text: str, told: str) -> None:
    query = query_of(f"denied {text}", SELLERS)
    assert len(query.problems) == 1
    assert told in query.problems[0]
    assert query.chosen.text == "denied"


def test_in_quotes_a_colon_is_a_text() -> None:
    assert chosen('"https://example.com/x"').text == "https://example.com/x"
    assert chosen("12:30").text == "12:30"


def test_a_term_takes_the_place_of_those_of_its_key() -> None:
    terms = terms_of("a seller:x b seller:y")
    assert text_of(replaced(terms, Term("seller", "Blue Heron"))) == 'a b seller:"Blue Heron"'
    assert text_of(replaced(terms, Term("seller", ""))) == "a b"


def test_the_window_is_made_shorter_and_longer_in_steps() -> None:
    terms, seen = terms_of("x since:1h"), []
    for _ in range(6):
        terms = next_window(terms, 1)
        seen.append(text_of(terms))
    assert seen == ["x since:24h", "x since:7d", "x since:30d", "x", "x", "x"]
    assert text_of(next_window(terms, -1)) == "x since:30d"
    assert text_of(next_window(terms_of("since:1h"), -1)) == "since:1h"
    assert text_of(next_window(terms_of("since:2d"), -1)) == "since:24h"
    assert text_of(next_window(terms_of("since:2d"), 1)) == "since:7d"
    assert text_of(next_window(terms_of("since:2026-01-01"), -1)) == "since:30d"
    assert text_of(next_window(terms_of("since:90d"), 1)) == ""


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("sel", "seller:"),
        ("denied st", "denied status:"),
        ("s", ""),
        ("denied", ""),
        ("status:f", "status:failed"),
        ("op:getOrderM", "op:getOrderMetrics"),
        ("seller:Blue", ""),  # a name with blanks begins with a quote
        ('seller:"blue', 'seller:"blue Heron Books"'),
        ("marketplace:d", "marketplace:dE"),
        ("since:2", "since:24h"),
        ("code:inv", "code:invalidInput"),
        ("region:e", "region:eU"),
        ("wibble:x", ""),
        ("status:failed", ""),
        ('"status:fa', ""),
    ],
)
def test_how_it_may_go_on(typed: str, whole: str) -> None:
    assert completed(typed, SELLERS, ["InvalidInput"]) == whole


# Whatever is typed ----------------------------------------------------------------------------------------

_WORDS = st.one_of(
    st.sampled_from(
        [*(f"{key}:" for key in KEYS), '"', " ", "24h", "403", "Northwind", ":", "wibble:", "\t", "2026-11-23"]
    ),
    st.text(max_size=8),
)
TYPED = st.lists(_WORDS, max_size=12).map("".join)


@given(TYPED)
def test_any_text_is_read_and_reads_the_same_when_written_again(text: str) -> None:
    terms = terms_of(text)
    assert terms_of(text_of(terms)) == terms
    query = query_of_terms(terms, SELLERS)
    assert query == query_of(query.text, SELLERS)
    assert query.at(NEWEST) == msgspec_copy(query.at(NEWEST))
    query.at(None)
    for step in (-1, 1):
        assert [each for each in next_window(terms, step) if each.key != "since"] == [
            each for each in terms if each.key != "since"
        ]


def msgspec_copy(made: Chosen) -> Chosen:
    import msgspec

    return msgspec.convert(msgspec.to_builtins(made), Chosen)


@given(TYPED)
def test_what_is_completed_begins_with_what_was_typed(text: str) -> None:
    whole = completed(text, SELLERS)
    assert whole == "" or (whole.startswith(text) and len(whole) > len(text))


@given(st.sampled_from(sorted(KEYS)), st.text(alphabet=st.characters(exclude_characters='"'), min_size=1, max_size=12))
def test_a_value_comes_back_as_it_was(key: str, value: str) -> None:
    assert terms_of(Term(key, value).text) == (Term(key, value),)


def test_the_words_agree() -> None:
    assert set(ONE_AT_A_TIME) < set(KEYS)
    assert not query_of(" ".join(f"since:{each}" for each in WINDOWS[:1]), {}).problems
