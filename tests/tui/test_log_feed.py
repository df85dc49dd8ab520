"""What the log screen keeps of the log: like calls apart, the newest, and each under the key that it had."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.calllog.query import Term, query_of
from sptui.spapi.calls import CallRecord
from sptui.tui import log_feed
from sptui.tui.log_feed import LogFeed, ShownCalls, View
from sptui.tui.log_lines import Standing, log_line
from sptui.tui.log_rows import by_day, took_in_words
from sptui.tui.who_text import share_bar
from sptui.tui.widgets.bars import counts_strip

from .log_calls import NOW, FakeDesk, call, denied

CALLS = st.lists(st.integers(0, 8).map(call), max_size=20)


def newest_first(records: list[CallRecord]) -> list[CallRecord]:
    return sorted(records, key=lambda each: each.time, reverse=True)


@given(CALLS, CALLS)
def test_following_loses_nothing_and_shows_nothing_twice(shown: list[CallRecord], page: list[CallRecord]) -> None:
    calls = ShownCalls()
    calls.replace(newest_first(shown))
    before = dict(calls.by_key)
    new = calls.add(newest_first(page), 1000)
    after = list(calls.by_key.values())
    assert after == newest_first(after)
    assert len(after) == len(shown) + new
    for each in page:
        assert after.count(each) == max(shown.count(each), page.count(each))
    assert {key: each for key, each in calls.by_key.items() if key in before} == before


@given(CALLS, CALLS, st.integers(1, 10))
def test_of_too_many_the_newest_stay(shown: list[CallRecord], page: list[CallRecord], most: int) -> None:
    calls = ShownCalls()
    calls.replace(newest_first(shown)[:most])
    everything = newest_first([*calls.by_key.values(), *page])
    calls.add(newest_first(page), most)
    times = [each.time for each in calls.by_key.values()]
    assert len(times) <= most
    assert times[:1] == [each.time for each in everything[:1]]


async def test_what_is_asked_and_what_is_not() -> None:
    desk = FakeDesk([call(1), denied(2), call(90)])
    feed = LogFeed(desk)
    await feed.load(View.CALLS)
    await feed.count()
    assert feed.total == 3
    assert desk.questions("count") == []  # the page holds them all
    feed.ask_for(query_of("since:1h", {}))
    assert not feed.is_loaded(View.CALLS)
    assert len(feed.calls.by_key) == 3  # what was known stays
    await feed.load(View.CALLS)
    assert desk.questions("calls")[-1].since == call(61).time
    assert len(feed.calls.by_key) == 2


async def test_following_reads_from_a_little_before_the_newest() -> None:
    desk = FakeDesk([call(1), denied(2)])
    feed = LogFeed(desk)
    await feed.load(View.CALLS)
    await feed.count()
    assert await feed.follow(View.CALLS, 0) == (0, False)
    desk.records.insert(1, call(1.5, status=503))  # began before the newest, ended after it
    assert await feed.follow(View.CALLS, 0) == (1, False)
    assert [each.status for each in feed.calls.by_key.values()] == [200, 503, 403]
    assert feed.total == 3
    assert desk.questions("calls")[-1].since == call(3).time


async def test_errors_are_asked_again_only_when_something_came() -> None:
    desk = FakeDesk([call(1)])
    feed = LogFeed(desk)
    await feed.load(View.ERRORS)
    assert await feed.follow(View.ERRORS, 0) == (0, False)
    assert len(desk.questions("signatures")) == 1
    desk.records.insert(0, denied(0.5))
    assert (await feed.follow(View.ERRORS, 0)).new
    assert len(desk.questions("signatures")) == 2


def test_the_list_grows_up_to_a_limit() -> None:
    feed = LogFeed(FakeDesk())
    for _ in range(9):
        feed.grow()
    assert feed.limit == log_feed.LARGEST_PAGE
    assert not feed.has_more


def test_times_and_bars_in_cells() -> None:
    keys, headings = by_day({"a": call(1), "b": call(60 * 24), "c": call(60 * 24 + 1), "d": call(60 * 24 * 400)}, NOW)
    assert keys == ["a", "day 2026-11-22", "b", "c", "day 2025-10-19", "d"]
    assert headings == {"day 2026-11-22": "2026-11-22", "day 2025-10-19": "2025-10-19"}
    assert [took_in_words(each) for each in (24.4, 1249, 31_000)] == ["24 ms", "1.2 s", "31 s"]
    assert counts_strip((0, 0, 1, 8), 4) == "··▁█"
    assert counts_strip((0, 0, 1, 8), 2) == "·█"
    assert counts_strip((), 4) == ""
    assert share_bar(0, 9, 4) == "····"
    assert share_bar(1, 1000, 4) == "█···"
    assert share_bar(999, 1000, 4) == "███·"
    assert share_bar(9, 9, 4) == "████"


@given(st.lists(st.integers(0, 10**9), max_size=40), st.integers(0, 30))
def test_a_strip_has_its_width_and_a_dot_for_nothing(counts: list[int], width: int) -> None:
    strip = counts_strip(counts, width)
    assert len(strip) == min(width, len(counts))
    assert ("█" in strip) == (any(counts) and width > 0)


# What the line tells --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (90, "status:failed since:24h  newest 500 of 4,473 calls · ‖ paused, f follows"),
        (60, "status:failed since:24h  500 of 4,473 · ‖ paused"),
        (30, "stat…  500 of 4,473 · ‖ paused"),
    ],
)
def test_what_is_asked_for_goes_before_how_much_of_it_is_shown(width: int, told: str) -> None:
    terms = (Term("status", "failed"), Term("since", "24h"))
    standing = Standing(View.CALLS, terms, shown=500, total=4473, following=False)
    assert re.sub(" {2,}", "  ", log_line(standing, width).plain) == told


@pytest.mark.parametrize("problem", ["", "The file is locked."])
def test_rows_that_answer_another_question_are_told_to(problem: str) -> None:
    standing = Standing(View.CALLS, (), shown=3, total=None, loaded=False, problem=problem)
    assert log_line(standing, 80).plain.endswith(" · rows of before")
    assert "before" not in log_line(msgspec.structs.replace(standing, asking=1.0), 80).plain
    assert "before" not in log_line(msgspec.structs.replace(standing, shown=0), 80).plain
