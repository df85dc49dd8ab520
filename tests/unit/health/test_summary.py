"""What is known, put together: which marketplaces can be called without worry, which not, and why."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from health.reports import CA, DE, US, metrics, rate, report
from sptui.health.known import Details, Known, PerformanceKnown, StatusNow, alarms_of
from sptui.health.participations import Participation, ParticipationReading
from sptui.health.performance_report import read_performance_report
from sptui.health.seller_central import page_for
from sptui.health.standing import Rank, standing_of
from sptui.health.status_change import StatusChange, StatusSource
from sptui.health.summary import HealthSummary, Preflight, summarise
from sptui.spapi.authorization import Authorization
from sptui.spapi.marketplaces import MARKETPLACES, MarketplaceKind
from sptui.spapi.regions import Region

WHO = Authorization("Northwind", "A1", Region.NA, "app")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MX = "A1AM78C64UM0Y8"
QUARTER, SIX_HOURS = timedelta(minutes=15), timedelta(hours=6)


def store(id_: str, participating: bool | None = True, suspended: bool | None = False) -> Participation:
    kind = MarketplaceKind.AMAZON if id_ in MARKETPLACES else MarketplaceKind.PSEUDO
    country = MARKETPLACES[id_].country_code if id_ in MARKETPLACES else "US"
    return Participation(id_, country, kind=kind, participating=participating, suspended_listings=suspended)


def known_of(
    *stores: Participation, told: dict[str, Any] | None = None, age: timedelta = timedelta(hours=1), **more: Any
) -> tuple[Known, Details]:
    reading = ParticipationReading(WHO, more.pop("read", NOW), stores) if stores else None
    found = read_performance_report(json.dumps(told).encode()) if told is not None else None
    performance = PerformanceKnown(NOW, NOW - age, "R1", alarms_of(found)) if found else PerformanceKnown()
    statuses = (
        tuple(StatusNow(each.marketplace_id, each.status, None, "report") for each in found.statuses) if found else ()
    )
    details = Details(found, statuses) if found else Details()
    return Known(**{"reading": reading, "performance": performance, **more}), details


def summary_of(*stores: Participation, **more: Any) -> HealthSummary:
    known, details = known_of(*stores, **more)
    return summarise(WHO, known, details, now=NOW, interval=QUARTER, report_interval=SIX_HOURS)


def well(**changes: Any) -> dict[str, Any]:
    """A report of the US in which all is well."""
    good = {"unitOnTimeDeliveryRate": None, "documentRequests": None}
    return report(metrics(US, **{**good, **changes}))


def only(summary: HealthSummary) -> Preflight:
    (found,) = summary.preflight
    return found


def test_all_is_well() -> None:
    found = summary_of(store(US), told=well())
    assert (found.healthy, found.problems, found.errors, found.notes) == (True, (), (), ())
    assert only(found) == Preflight(US, "yes")
    assert found.preflight_line == "US can be called without worry."
    assert found.as_of == NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("participation", "answer", "why"),
    [
        (store(US, False), "no", "not participating"),
        (store(US, True, True), "care", "listings suspended (vacation, or suspended by Amazon)"),
        (store(US, None), "unknown", "Amazon does not tell how the seller takes part"),
        (store(US, True, None), "unknown", "Amazon does not tell how the seller takes part"),
    ],
)
def test_how_the_seller_takes_part(participation: Participation, answer: str, why: str) -> None:
    found = summary_of(participation, told=well())
    assert (only(found).answer, only(found).why) == (answer, (why,))
    assert found.healthy is (None if answer == "unknown" else False)


@pytest.mark.parametrize(
    ("status", "answer"), [("AT_RISK", "care"), ("DEACTIVATED", "no"), ("SUSPENDED", "no"), ("NEW_WORD", "care")]
)
def test_an_account_that_is_not_normal(status: str, answer: str) -> None:
    told = {**well(), "accountStatuses": [{"marketplaceId": US, "status": status}]}
    found = summary_of(store(US), told=told)
    assert (only(found).answer, only(found).why) == (answer, (f"account {status}",))
    assert only(found).page == page_for("account_information", US) == (
        "https://sellercentral.amazon.com/hz/sc/account-information"
    )  # fmt: skip
    assert (found.healthy, found.problems) == (False, (f"US: account {status}",))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"lateShipmentRate": rate(0.061, 0.04, status="BAD")}, "lateShipmentRate BAD (0.061, target < 0.04)"),
        ({"lateShipmentRate": rate(0.061, 0.04, status="ODD")}, "lateShipmentRate ODD (0.061, target < 0.04)"),
        ({"accountHealthRating": {"ahrStatus": "AT_RISK", "ahrScore": 150}}, "accountHealthRating AT_RISK (150)"),
        ({"warningStates": [{"warningType": "x", "status": "BAD"}]}, "warningStates x BAD"),
    ],
)
def test_a_metric_that_is_bad(changes: dict[str, Any], why: str) -> None:
    found = summary_of(store(US), told=well(**changes))
    assert (only(found).answer, only(found).why, found.healthy) == ("care", (why,), False)
    assert only(found).page == page_for("account_health", US)
    assert found.problems == (f"US: {why}",)
    assert found.metrics[0].status in why


def test_none_is_no_data_and_never_an_alarm() -> None:
    found = summary_of(store(US), told=well(lateShipmentRate=rate(0.5, 0.04, status="NONE")))
    assert found.healthy is True


def test_a_status_that_misses_its_target_is_a_note() -> None:
    found = summary_of(store(US), told=well(lateShipmentRate=rate(0.5, 0.04)))
    assert (found.healthy, found.problems) == (True, ())
    assert found.notes == ("US: lateShipmentRate GOOD (0.5, target < 0.04): Amazon's status decides.",)
    assert found.metrics[0].name == "lateShipmentRate"


def test_what_is_older_than_two_intervals_is_unknown_never_healthy() -> None:
    for age, healthy in (
        (timedelta(hours=12), True),
        (timedelta(hours=12, seconds=1), None),
        (timedelta(days=3), None),
    ):
        assert summary_of(store(US), told=well(), age=age).healthy is healthy
    bad = {**well(), "accountStatuses": [{"marketplaceId": US, "status": "DEACTIVATED"}]}
    stale = summary_of(store(US), told=bad, age=timedelta(days=3))
    assert (stale.healthy, only(stale).answer) == (None, "unknown")
    assert only(stale).why == (
        "the newest performance report is of 2026-11-20 12:00 UTC; the account was DEACTIVATED then",
    )
    old = summary_of(store(US), told=well(), read=NOW - timedelta(minutes=31))
    assert (old.healthy, only(old).answer) == (None, "unknown")
    ahead = summary_of(store(US), told=well(), read=NOW + timedelta(hours=1))
    assert ahead.healthy is None


def test_without_a_report_nothing_is_guessed() -> None:
    found = summary_of(store(US))
    assert (found.healthy, only(found).why) == (None, ("no performance report was read yet",))
    refused = summary_of(store(US), performance=PerformanceKnown(failed_at=NOW, problem="createReport: 403"))
    assert refused.errors == ("Performance report: createReport: 403",)
    assert only(refused).why == ("no performance report: createReport: 403",)


def test_a_failed_refresh_makes_it_unknown_but_a_bad_report_still_counts() -> None:
    failure = ParticipationReading(WHO, NOW, None, "403 Unauthorized")
    assert summary_of(store(US), told=well(), failure=failure).healthy is None
    bad = {**well(), "accountStatuses": [{"marketplaceId": US, "status": "AT_RISK"}]}
    found = summary_of(store(US), told=bad, failure=failure)
    assert (found.healthy, only(found).answer, found.errors) == (False, "care", ("403 Unauthorized",))


def test_a_store_that_nobody_opened_is_a_note() -> None:
    told = well()
    found = summary_of(store(US), store(CA, False), told=told)
    assert (found.healthy, found.problems) == (True, ())
    assert found.preflight_line == "US can be called without worry · not opened: CA."
    assert "CA: isParticipating is false" in found.notes[0]
    before = summary_of(store(US), store(CA, False), told=told, formerly=frozenset({CA}))
    assert (before.healthy, before.problems) == (False, ("CA: not participating",))
    assert before.preflight[1].why[0] == "not participating any more"
    with_listings = summary_of(store(US), store(CA, False, True), told=told)
    assert with_listings.healthy is False
    gone = summary_of(store(US), told=told, formerly=frozenset({CA}))
    assert (gone.healthy, gone.problems) == (False, ("CA: no longer listed",))


def test_pseudo_marketplaces_are_dropped_and_a_region_without_a_store_is_a_problem() -> None:
    pseudo = store("A2ZV50J4W1RKNI", False, True)
    found = summary_of(store(US), pseudo, told=well())
    assert (found.healthy, len(found.preflight)) == (True, 1)
    assert len(found.participations) == 2
    nowhere = summary_of(pseudo)
    assert nowhere.healthy is False
    assert nowhere.problems == ("No Amazon store is listed for this seller in this region.",)


def test_the_line_puts_like_answers_together() -> None:
    told = report(
        *(metrics(each, unitOnTimeDeliveryRate=None, documentRequests=None) for each in (US, CA)),
        statuses=[{"marketplaceId": US, "status": "NORMAL"}, {"marketplaceId": CA, "status": "NORMAL"},
                  {"marketplaceId": MX, "status": "DEACTIVATED"}],
    )  # fmt: skip
    found = summary_of(store(US), store(CA), store(MX), store("A2Q3Y263D00KWC"), told=told)
    assert found.preflight_line == (
        "US and CA can be called without worry · not MX: account DEACTIVATED · "
        "unknown BR: the newest performance report tells no account status."
    )
    nothing = summarise(WHO, Known(), Details(), now=NOW, interval=QUARTER, report_interval=SIX_HOURS)
    assert nothing.preflight_line == "Nothing is known yet."
    assert nothing.healthy is None


def test_a_notification_counts_until_a_newer_report() -> None:
    change = StatusChange("n", "A1", Region.NA, "", NOW, "NORMAL", "DEACTIVATED", StatusSource.NOTIFICATION)
    alone = summary_of(store(US), told=well(), notified=change)
    assert only(alone).answer == "no"
    assert alone.account_status[-1] == StatusNow("", "DEACTIVATED", NOW, "notification")
    assert alone.problems == ("account DEACTIVATED (notification of 2026-11-23 12:00 UTC)",)
    two = summary_of(store(US), store(CA), told=well(), notified=change)
    assert [each.answer for each in two.preflight] == ["care", "care"]
    assert "without telling in which marketplace" in two.preflight[0].why[0]


def test_the_json_is_that_of_the_contract() -> None:
    change = StatusChange("x", "A1", Region.NA, US, NOW, "NORMAL", "AT_RISK", StatusSource.REPORT)
    known, details = known_of(store(US), told=well())
    summary = summarise(
        WHO, known, msgspec.structs.replace(details, changes=(change,)),
        now=NOW, interval=QUARTER, report_interval=SIX_HOURS,
    )  # fmt: skip
    told = json.loads(msgspec.json.encode(summary.as_json()))
    assert list(told) == [
        "seller", "region", "as_of", "healthy", "problems", "participations", "account_status", "status_history",
        "metrics", "errors",
    ]  # fmt: skip
    assert told["account_status"] == [{"marketplace": US, "status": "NORMAL", "since": None, "source": "report"}]
    assert told["status_history"] == [
        {"time": "2026-11-23T12:00:00Z", "marketplace": US, "from": "NORMAL", "to": "AT_RISK", "source": "report"}
    ]
    late = next(each for each in told["metrics"] if each["metric"] == "lateShipmentRate")
    assert late == {
        "marketplace": US, "metric": "lateShipmentRate", "part": "", "status": "GOOD", "value": 0.031,
        "unit": "fraction", "target": 0.04, "condition": "LESS_THAN", "from": "2026-10-22T00:00:00Z",
        "to": "2026-11-20T23:59:00Z",
    }  # fmt: skip


def test_the_worst_stand_first() -> None:
    failure = ParticipationReading(WHO, NOW, None, "403 Unauthorized")
    bad = {**well(), "accountStatuses": [{"marketplaceId": US, "status": "DEACTIVATED"}]}
    late = well(lateShipmentRate=rate(0.061, 0.04, status="BAD"))
    rated = well(accountHealthRating={"ahrStatus": "AT_RISK"})
    worlds = [
        (Rank.CLOSED, known_of(store(US), told=bad)),
        (Rank.FAILED, known_of(store(US), told=well(), failure=failure)),
        (Rank.ALARM, known_of(store(US), told=late)),
        (Rank.ATTENTION, known_of(store(US), told=rated)),
        (Rank.ATTENTION, known_of(store(US, True, True), told=well())),
        (Rank.UNKNOWN, known_of(store(US))),
        (Rank.UNKNOWN, (Known(), Details())),
        (Rank.FINE, known_of(store(US), store(CA, False), told=well())),
    ]
    standings = [standing_of(WHO, known) for _, (known, _) in worlds]
    assert [each.rank for each in standings] == [rank for rank, _ in worlds]
    assert standings == sorted(standings, key=lambda each: each.rank)


@pytest.mark.parametrize("kind", ["account_information", "account_health", "charge_method"])
def test_every_store_has_its_own_pages(kind: Any) -> None:
    assert page_for(kind, DE).startswith("https://sellercentral-europe.amazon.com/")
    assert all(page_for(kind, id_).startswith("https://sellercentral") for id_ in MARKETPLACES)
    assert page_for(kind, "A2ZV50J4W1RKNI") == ""
