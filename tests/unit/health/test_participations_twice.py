"""A marketplace that Amazon lists twice, and other answers that contradict themselves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.health.participations import UnreadableAnswerError, read_participations
from sptui.spapi.marketplaces import MarketplaceKind


def entry(
    participating: Any = True, suspended: Any = False, id_: str = "A1PA6795UKMFR9", **more: Any
) -> dict[str, Any]:
    flags = {"isParticipating": participating, "hasSuspendedListings": suspended}
    return {"marketplace": {"id": id_}, "participation": flags, **more}


@pytest.mark.parametrize(
    ("first", "second", "participating", "suspended"),
    [
        (entry(), entry(), True, False),
        (entry(), entry(participating=False), None, False),
        (entry(suspended=True), entry(), True, None),
        (entry(), entry(participating=None), None, False),
        (entry(participating="true"), entry(participating="true"), None, False),
    ],
)
def test_a_marketplace_listed_twice_counts_once(
    first: Any, second: Any, participating: bool | None, suspended: bool | None
) -> None:
    (found,) = read_participations({"payload": [first, second]})
    assert (found.participating, found.suspended_listings) == (participating, suspended)


@pytest.mark.parametrize("value", [None, 0, 1, "true", "", [], {}])
def test_a_flag_that_is_none_is_unknown(value: Any) -> None:
    (found,) = read_participations({"payload": [entry(value, value)]})
    assert (found.participating, found.suspended_listings) == (None, None)
    assert found.problem == ""


@pytest.mark.parametrize("part", [None, [], "text", 7])
def test_parts_that_are_none_leave_the_rest(part: Any) -> None:
    (found,) = read_participations({"payload": [{**entry(), "participation": part, "storeName": part or 0}]})
    assert (found.marketplace_id, found.country_code) == ("A1PA6795UKMFR9", "DE")
    assert found.participating is None
    with pytest.raises(UnreadableAnswerError):
        read_participations({"payload": [{**entry(), "marketplace": part}]})


IDS = st.sampled_from(["A1PA6795UKMFR9", "ATVPDKIKX0DER", "A2ZV50J4W1RKNI", "A9NEW", "a\x00[/x]"])
FLAGS = st.sampled_from([True, False, None, "x"])


@given(st.lists(st.builds(entry, FLAGS, FLAGS, IDS)))
def test_each_marketplace_comes_once_and_in_order(entries: list[dict[str, Any]]) -> None:
    found = read_participations({"payload": entries})
    ids = [each.marketplace_id for each in found]
    assert set(ids) == {each["marketplace"]["id"] for each in entries}
    assert len(ids) == len(set(ids))
    kinds = [list(MarketplaceKind).index(each.kind) for each in found]
    assert kinds == sorted(kinds)
    for each in found:
        mine = [one["participation"] for one in entries if one["marketplace"]["id"] == each.marketplace_id]
        told = {one["isParticipating"] for one in mine}
        assert each.participating is None or told == {each.participating}
