"""The fleet: its order, its groups, its filter, what counts as changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sptui.health.fleet import Counts, Fleet, Grouping, Order, counted, fitting, ordered
from sptui.health.known import Alarm, Known, PerformanceKnown
from sptui.health.metric import Severity
from sptui.health.participations import Participation, ParticipationReading
from sptui.health.standing import Standing, standing_of
from sptui.spapi.authorization import Authorization, Seller
from sptui.spapi.marketplaces import MarketplaceKind
from sptui.spapi.regions import Region

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
US = Participation("ATVPDKIKX0DER", "US", kind=MarketplaceKind.AMAZON, participating=True, suspended_listings=False)


def seller(name: str, *regions: Region, application: str = "one") -> Seller:
    return Seller(name, tuple(Authorization(name, f"A-{name}", region, application) for region in regions))


def known(authorization: Authorization, *alarms: str, hours: int = 0, changed: datetime | None = None) -> Known:
    found = tuple(Alarm("ATVPDKIKX0DER", "", each, Severity.ALARM) for each in alarms)
    performance = PerformanceKnown(read_at=NOW, as_of=NOW, report_id="1", alarms=found)
    reading = ParticipationReading(authorization, NOW - timedelta(hours=hours), (US,))
    return Known(reading=reading, performance=performance, changed_at=changed)


ALPHA, BETA, GAMMA = seller("alpha", Region.NA), seller("Beta", Region.EU, Region.NA), seller("Gamma", Region.FE)
SELLERS = (ALPHA, BETA, GAMMA)


class Source:
    """A monitor that knows what it is told."""

    def __init__(self, **by_key: Known) -> None:
        self.by_key = {key.replace("__", "@").replace("_", "-"): value for key, value in by_key.items()}

    def known(self, authorization: Authorization) -> Known:
        return self.by_key.get(authorization.key, Known())

    def standing(self, authorization: Authorization) -> Standing:
        return standing_of(authorization, self.known(authorization))


def fleet(source: Source, last_look: datetime | None = None) -> Fleet:
    return Fleet(source, lambda each: f"app {each.application}", last_look)


SOURCE = Source(
    A_alpha__NA=known(ALPHA.authorizations[0], hours=2, changed=NOW),
    A_Beta__EU=known(BETA.authorizations[0], "DEACTIVATED"),
    A_Beta__NA=known(BETA.authorizations[1]),
)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.WORST, ["Beta", "Gamma", "alpha"]),
        (Order.NAME, ["alpha", "Beta", "Gamma"]),
        (Order.REGION, ["Beta", "Gamma", "alpha"]),
        (Order.AGE, ["Gamma", "alpha", "Beta"]),
        (Order.CHANGED, ["alpha", "Beta", "Gamma"]),
    ],
)
def test_orders(order: Order, expected: list[str]) -> None:
    entries = fleet(SOURCE, NOW - timedelta(days=1)).rows(SELLERS, Grouping.NONE)
    assert [each.key for each in ordered(entries, order)] == expected
    assert [each.key for each in ordered(entries, order, backwards=True)] == expected[::-1]


def test_groups_show_a_seller_once_in_each_of_its_regions() -> None:
    entries = ordered(fleet(SOURCE).rows(SELLERS, Grouping.REGION), Order.WORST)
    assert [(each.group, each.seller.name) for each in entries] == [
        ("EU", "Beta"), ("FE", "Gamma"), ("NA", "alpha"), ("NA", "Beta"),
    ]  # fmt: skip


def test_counts_each_seller_once_by_its_worst_part() -> None:
    entries = fleet(SOURCE).rows(SELLERS, Grouping.REGION)
    assert counted(entries) == Counts(sellers=3, closed=1, unknown=1)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("", ["alpha", "Beta", "Gamma"]),
        ("BETA", ["Beta"]),
        ("deactivated us:", ["Beta"]),
        ("app !beta !", ["alpha", "Gamma"]),
        ("fe", ["Gamma"]),
        ("nothing", []),
    ],
)
def test_filters_by_every_word(wanted: str, expected: list[str]) -> None:
    entries = fleet(SOURCE).rows(SELLERS, Grouping.NONE)
    assert [each.key for each in fitting(entries, wanted)] == expected


def test_marks_what_changed_after_the_last_look_until_it_was_seen() -> None:
    found = fleet(SOURCE, NOW - timedelta(hours=1))
    assert [each.key for each in found.rows(SELLERS, Grouping.NONE) if each.changed] == ["alpha"]
    found.acknowledge(ALPHA.authorizations)
    assert not any(each.changed for each in found.rows(SELLERS, Grouping.NONE))
    SOURCE.by_key["A-alpha@NA"] = known(ALPHA.authorizations[0], hours=2, changed=NOW + timedelta(hours=1))
    found.forget("alpha")
    assert [each.key for each in found.rows(SELLERS, Grouping.NONE) if each.changed] == ["alpha"]
    SOURCE.by_key["A-alpha@NA"] = known(ALPHA.authorizations[0], hours=2, changed=NOW)


@pytest.mark.parametrize("last_look", [None, NOW], ids=["never-looked", "looked-after"])
def test_nothing_counts_as_changed_without_an_earlier_look(last_look: datetime | None) -> None:
    assert not any(each.changed for each in fleet(SOURCE, last_look).rows(SELLERS, Grouping.NONE))
