"""Reading getMarketplaceParticipations: what Amazon sends, what it should not, and what it amounts to."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.mutations import JSON, mutate
from sptui.health.history import Details, Known, PerformanceKnown
from sptui.health.metric import MarketplaceStatus, PerformanceReport
from sptui.health.participations import (
    ParticipationReading,
    ParticipationState,
    UnreadableAnswerError,
    read_participations,
)
from sptui.health.summary import HealthSummary, summarise
from sptui.spapi.authorization import Authorization
from sptui.spapi.marketplaces import MarketplaceKind
from sptui.spapi.regions import Region

WHO = Authorization("Seller", "A1", Region.EU, "app")
NOW = datetime(2026, 11, 23, tzinfo=UTC)

# As recorded in 2025: another order, a locale for a language, GB for the United Kingdom, an off-Amazon channel.
ANSWER: dict[str, Any] = {
    "payload": [
        {
            "marketplace": {
                "id": "AZMDEXL2RVFNN",
                "name": "SI UK Prod Marketplace",
                "countryCode": "GB",
                "defaultCurrencyCode": "GBP",
                "defaultLanguageCode": "en_GB",
                "domainName": "siprod.stores.amazon.co.uk",
            },
            "participation": {"isParticipating": True, "hasSuspendedListings": False},
            "storeName": "Shop",
        },
        {
            "marketplace": {
                "id": "A1F83G8C2ARO7P",
                "name": "Amazon.co.uk",
                "countryCode": "GB",
                "defaultCurrencyCode": "GBP",
                "defaultLanguageCode": "en_GB",
                "domainName": "www.amazon.co.uk",
            },
            "participation": {"isParticipating": True, "hasSuspendedListings": True},
            "storeName": "Shop",
        },
        {
            "marketplace": {"id": "A1PA6795UKMFR9", "name": "Amazon.de", "countryCode": "DE"},
            "participation": {"isParticipating": False, "hasSuspendedListings": False},
        },
        {
            "marketplace": {"id": "A9NEWCOUNTRY1", "name": "Amazon.pt", "domainName": "www.amazon.pt"},
            "participation": {},
        },
    ]
}


def reading(answer: Any) -> ParticipationReading:
    return ParticipationReading(WHO, NOW, tuple(read_participations(answer)))


def test_reads_every_entry_stores_first() -> None:
    germany, britain, channel, new = read_participations(ANSWER)
    assert (germany.marketplace_id, germany.kind, germany.participating) == (
        "A1PA6795UKMFR9",
        MarketplaceKind.AMAZON,
        False,
    )
    assert (britain.country_code, britain.suspended_listings, britain.store_name) == ("GB", True, "Shop")
    assert channel.kind is MarketplaceKind.PSEUDO
    assert (new.kind, new.participating, new.suspended_listings, new.store_name) == (
        MarketplaceKind.UNKNOWN,
        None,
        None,
        "",
    )


def test_problems_name_the_marketplace_and_leave_pseudo_ones_out() -> None:
    found = reading(ANSWER)
    assert found.problems == ("DE: not participating", "GB: listings suspended")
    assert found.state is ParticipationState.ATTENTION


def test_well_is_ok_and_nothing_at_all_too() -> None:
    assert reading({"payload": ANSWER["payload"][:1]}).state is ParticipationState.OK
    assert reading({"payload": []}).state is ParticipationState.OK


@pytest.mark.parametrize(
    "answer",
    [None, [], "text", {}, {"payload": None}, {"payload": {}}, {"payload": ["x"]}, {"payload": [{}]},
     {"payload": [{"marketplace": {"id": 5}}]}, {"payload": [{"marketplace": {"id": ""}}]}],
)  # fmt: skip
def test_what_the_model_does_not_promise_is_told(answer: Any) -> None:
    with pytest.raises(UnreadableAnswerError):
        read_participations(answer)


@given(st.data())
def test_a_mutated_answer_is_read_or_told(data: st.DataObject) -> None:
    answer = copy.deepcopy(ANSWER)
    mutate(data, answer, data.draw(JSON))
    try:
        found = read_participations(answer)
    except UnreadableAnswerError:
        return
    for each in found:
        assert each.marketplace_id
        assert each.participating in (True, False, None)
        assert each.problem in ("", "not participating", "listings suspended")


def test_a_failed_refresh_leaves_the_older_participations_and_makes_health_unknown() -> None:
    active = {"isParticipating": True, "hasSuspendedListings": False}
    good = reading({"payload": [{**ANSWER["payload"][1], "participation": active}]})
    failed = ParticipationReading(WHO, NOW, None, "403 Unauthorized")
    assert good.participations is not None
    report = PerformanceReport(statuses=(MarketplaceStatus(good.participations[0].marketplace_id, "NORMAL"),))
    performance = PerformanceKnown(NOW, NOW)
    details = Details(report)
    hour = timedelta(hours=1)

    def summary(known: Known) -> HealthSummary:
        return summarise(WHO, known, details, now=NOW, interval=hour, report_interval=hour)

    assert summary(Known(good, performance=performance)).healthy is True
    assert summary(Known(good)).healthy is None  # no report was read
    assert summary(Known(reading(ANSWER), performance=performance)).healthy is False
    assert summary(Known()).healthy is None
    after = summary(Known(good, failed, performance))
    assert (after.healthy, after.errors, len(after.participations)) == (None, ("403 Unauthorized",), 1)
    assert after.as_of == NOW
