"""The performance report in every form that is documented or was seen: nothing breaks it, and nothing gets lost."""

from __future__ import annotations

import copy
import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.mutations import JSON, mutate
from health.reports import CA, US, document, metrics, rate, report, violations, window
from sptui.health.performance_report import (
    Metric,
    PerformanceReport,
    Severity,
    UnreadableReportError,
    read_performance_report,
)


def read(value: Any) -> PerformanceReport:
    return read_performance_report(json.dumps(value).encode())


def one(name: str, value: Any) -> Metric:
    """The only metric that a field of a marketplace makes."""
    found = read({"performanceMetrics": [{"marketplaceId": US, name: value}]})
    assert not found.leftovers
    (metric,) = found.metrics
    return metric


def labels(value: Any) -> dict[str, Metric]:
    found = read(value)
    assert len({each.label for each in found.metrics}) == len(found.metrics)
    return {each.label: each for each in found.metrics}


def test_the_shape_of_the_schema_is_read_whole() -> None:
    found = read(report())
    assert found.leftovers == ()
    by_label = {each.label: each for each in found.metrics}
    assert len(by_label) == len(found.metrics) == 20
    late = by_label["lateShipmentRate"]
    assert (late.status, late.value, late.unit, late.target, late.condition) == (
        "GOOD", 0.031, "fraction", 0.04, "LESS_THAN",
    )  # fmt: skip
    assert (late.start, late.end) == (datetime(2026, 10, 22, tzinfo=UTC), datetime(2026, 11, 20, 23, 59, tzinfo=UTC))
    assert late.counts == (("orderCount", 870), ("lateShipmentCount", 27))
    defects = by_label["orderDefectRate afn"]
    assert defects.part == "afn"  # its own fulfillmentType says mfn, in Amazon's example too
    assert dict(defects.counts)["claims"] == 3
    assert dict(defects.counts)["claims.status"] == "NONE"
    assert by_label["documentRequests"].value == 8
    assert by_label["warningStates spammingSellerMessaging"].status == "GOOD"
    assert [each.status for each in found.statuses] == ["NORMAL"]


@pytest.mark.parametrize(
    ("schema", "real"),
    [("prefulfillmentCancelRate", "preFulfillmentCancellationRate"), ("documentRequest", "documentRequests"),
     ("warningState", "warningStates")],
)  # fmt: skip
def test_both_spellings_are_one_metric(schema: str, real: str) -> None:
    entry = metrics()
    other = {schema if name == real else name: value for name, value in entry.items()}
    assert read(report(other)).metrics == read(report(entry)).metrics


def test_both_spellings_at_once_are_both_kept() -> None:
    found = labels(report(metrics(documentRequest=violations(3))))
    assert (found["documentRequests"].value, found["documentRequests #2"].value) == (8, 3)


@pytest.mark.parametrize("name", ["ahrStatus", "accountHealthRatingStatus", "status"])
def test_the_rating_under_each_of_its_names(name: str) -> None:
    found = one("accountHealthRating", {name: "FAIR", "ahrScore": 172, "reportingDateRange": window(180)})
    assert (found.status, found.value, found.unit, found.severity) == ("FAIR", 172, "score", Severity.WARNING)


def test_the_rates_of_two_windows_in_a_list() -> None:
    both = [rate(0, 0.04, days=10), rate(1, 0.04, days=30)]
    found = labels({"performanceMetrics": [{"marketplaceId": US, "lateShipmentRateList": both}]})
    assert [(label, each.value) for label, each in found.items()] == [
        ("lateShipmentRateList 10 d", 0), ("lateShipmentRateList 30 d", 1),
    ]  # fmt: skip


def test_warnings_without_a_status_and_counts_without_one() -> None:
    assert read(report(metrics(warningStates=[]))).leftovers == ()
    warned = one("warningStates", ["spammingSellerMessaging"])
    assert (warned.part, warned.status, warned.severity) == ("spammingSellerMessaging", "", Severity.WARNING)
    count = one("policyViolationWarnings", {"warningsCount": 4, "reportingDateRange": window()})
    assert (count.value, count.unit, count.status, count.severity) == (4, "count", "", Severity.NO_DATA)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"status": "WARNED", "rate": 0.5}, Metric(US, "newRate", "", "WARNED", 0.5, "fraction")),
        ({"status": "odd", "defectsCount": 3}, Metric(US, "newRate", "", "odd", 3, "count")),
        ({"fooCount": 3}, Metric(US, "newRate", "", "", 3, "count")),
        ({"fooCount": 3, "barCount": 4}, Metric(US, "newRate", counts=(("fooCount", 3), ("barCount", 4)))),
        ({"b2b": {"rate": 0.1, "status": "BAD"}}, Metric(US, "newRate", "b2b", "BAD", 0.1, "fraction")),
        (0.25, Metric(US, "newRate", value=0.25, unit="fraction")),
        ("BAD", Metric(US, "newRate", status="BAD")),
        ([{"rate": 1, "status": "NONE"}], Metric(US, "newRate", "", "NONE", 1, "fraction")),
        ([{"kindType": "x", "rate": 1}], Metric(US, "newRate", "x", value=1, unit="fraction",
                                                counts=(("kindType", "x"),))),
    ],
    ids=repr,
)  # fmt: skip
def test_a_metric_that_nobody_knows_comes_through_under_its_name(value: Any, told: Metric) -> None:
    assert one("newRate", value) == told


@pytest.mark.parametrize(
    ("told", "value"),
    [(0, 0), (1, 1), (0.031, 0.031), ("0.031", 0.031), ("1", 1), ("3.1%", 0.031), (" 4 % ", 0.04)],
    ids=repr,
)
def test_rates_as_numbers_and_as_text(told: Any, value: float) -> None:
    assert one("lateShipmentRate", {"rate": told}).value == pytest.approx(value)


@pytest.mark.parametrize(
    "told",
    ["2026-09-24T23:59:59Z", "2026-09-24T23:59:59.000+00:00", "2026-09-25T01:59:59+02:00", "20260924T235959Z",
     1790294399, 1790294399000, "1790294399", "Thu, 24 Sep 2026 23:59:59 GMT"],
    ids=repr,
)  # fmt: skip
def test_moments_in_other_forms(told: Any) -> None:
    found = one(
        "lateShipmentRate", {"reportingDateRange": {"reportingDateFrom": "2026-08-26", "reportingDateTo": told}}
    )
    assert found.start == datetime(2026, 8, 26, tzinfo=UTC)
    assert found.end == datetime(2026, 9, 24, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "fields",
    [{"reportingDateRange": ["2026-08-26", "2026-09-24"]}, {"reportingDateRange": "2026-08-26--2026-09-24"},
     {"reportingDateFrom": "2026-08-26", "reportingDateTo": "2026-09-24"},
     {"reportingDateRange": {"startDate": "2026-08-26", "endDate": "2026-09-24"}}],
    ids=repr,
)  # fmt: skip
def test_windows_in_other_forms(fields: dict[str, Any]) -> None:
    found = one("lateShipmentRate", {"status": "GOOD", **fields})
    assert (found.start, found.end) == (datetime(2026, 8, 26, tzinfo=UTC), datetime(2026, 9, 24, tzinfo=UTC))


def test_a_window_that_ends_before_it_begins_is_given_as_told() -> None:
    told = {"reportingDateFrom": "2020-11-21T00:00Z", "reportingDateTo": "2020-11-19T23:59Z"}
    found = one("documentRequests", {**violations(8), "reportingDateRange": told})
    assert found.start is not None
    assert found.end is not None
    assert found.start > found.end


def test_a_date_that_cannot_be_read_is_left_over() -> None:
    told = {"reportingDateFrom": "yesterday", "reportingDateTo": "2026-09-24"}
    found = read({"performanceMetrics": [{"marketplaceId": US, "x": {"rate": 1, "reportingDateRange": told}}]})
    assert found.metrics[0].counts == (("reportingDateRange.reportingDateFrom", "yesterday"),)


@pytest.mark.parametrize(
    ("value", "condition", "status", "meets", "disagrees"),
    [
        (0.03, "LESS_THAN", "GOOD", True, False),
        (0.04, "LESS_THAN", "GOOD", False, True),
        (0.03, "LESS_THAN", "BAD", True, True),
        (0.4286, "GREATER_THAN", "GOOD", True, False),
        (0.01, "GREATER_THAN", "NONE", False, False),
        (0.04, "EQUALS", "BAD", True, True),
        (0.04, "AT_MOST", "BAD", None, False),
        (None, "LESS_THAN", "BAD", None, False),
    ],
)
def test_amazons_status_decides_and_a_mismatch_shows(
    value: float | None, condition: str, status: str, meets: bool | None, disagrees: bool
) -> None:
    metric = Metric(US, "x", "", status, value, "fraction", 0.04, condition)
    assert (metric.meets_target, metric.disagrees) == (meets, disagrees)


@pytest.mark.parametrize(
    ("name", "status", "severity"),
    [("x", "GOOD", "FINE"), ("x", "NONE", "NO_DATA"), ("x", "", "NO_DATA"), ("x", "BAD", "ALARM"),
     ("x", "WARNED", "ALARM"), ("x", "something", "ALARM"), ("accountHealthRating", "GREAT", "FINE"),
     ("accountHealthRating", "GOOD", "FINE"), ("accountHealthRating", "NONE", "NO_DATA"),
     ("accountHealthRating", "AT_RISK", "WARNING"), ("warningStates", "BAD", "WARNING")],
)  # fmt: skip
def test_what_asks_for_attention(name: str, status: str, severity: str) -> None:
    assert Metric(US, name, status=status).severity is Severity[severity]


def test_sections_may_be_missing_and_metrics_too() -> None:
    assert read({"performanceMetrics": []}) == PerformanceReport()
    assert read({"accountStatuses": [{"marketplaceId": US, "status": "NORMAL"}]}).statuses[0].status == "NORMAL"
    without = metrics(orderDefectRate={"afn": rate(0, 0.01)}, unitOnTimeDeliveryRate=None)
    assert "orderDefectRate mfn" not in labels(report(without))
    assert read(report(metrics(lateShipmentRate=None))).leftovers == ()


@pytest.mark.parametrize(
    "statuses",
    [[{"marketplaceId": US, "status": "at_risk"}], {"marketplaceId": US, "status": "AT_RISK"}, {US: "AT_RISK"},
     {US: {"status": "AT_RISK"}}, [{"marketplaceId": US, "status": ["AT_RISK"]}]],
    ids=repr,
)  # fmt: skip
def test_account_statuses_in_other_forms(statuses: Any) -> None:
    found = read(report(statuses=statuses))
    assert [(each.marketplace_id, each.status) for each in found.statuses] == [(US, "AT_RISK")]
    assert not found.leftovers


@pytest.mark.parametrize(
    "entry",
    [{"marketplaceId": US}, {"status": "BAD"}, {"marketplaceId": US, "status": ""}, {"marketplaceId": 1, "status": "x"},
     {"marketplaceId": US, "status": 7}, "x", 7, []],
    ids=repr,
)  # fmt: skip
def test_a_status_is_never_guessed(entry: Any) -> None:
    found = read(report(statuses=[entry, {"marketplaceId": CA, "status": "NORMAL"}]))
    assert [each.marketplace_id for each in found.statuses] == [CA]
    assert json.loads(found.leftovers[0].text) == entry


@pytest.mark.parametrize("wrap", [lambda each: [each], lambda each: {"payload": each}], ids=["list", "envelope"])
def test_a_report_in_a_wrapping(wrap: Any) -> None:
    assert read(wrap(report())).metrics == read(report()).metrics


@pytest.mark.parametrize("told", [lambda entry: entry, lambda entry: {US: entry}], ids=["object", "by id"])
def test_metrics_that_are_no_list(told: Any) -> None:
    entry = metrics()
    assert read({"performanceMetrics": told(entry)}).metrics == read(report(entry)).metrics


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode("utf-32"),
        lambda text: gzip.compress(text.encode("utf-8-sig")),
        lambda text: gzip.compress(gzip.compress(text.encode())),
        lambda text: text.replace("Shop", "Sh\xf6p").encode("latin-1"),
    ],
    ids=["utf-8", "mark", "utf-16", "utf-16 without a mark", "utf-32", "gzip and mark", "gzip twice", "latin-1"],
)
def test_every_wrapping_and_encoding(encode: Any) -> None:
    text = document(metrics(), store="Shop").decode()
    found = read_performance_report(encode(text))
    assert found.metrics == read(report()).metrics
    assert found.leftovers[0].path == "store"


@pytest.mark.parametrize(
    "bad",
    [b"", b"\xff\xfe", b"[]", b"{}", b"null", b'{"reports": []}', b"<xml/>", b"\x1f\x8bnonsense",
     gzip.compress(b"{}", mtime=0)[:-9], b"[" * 100_000, b'{"performanceMetrics": [' + b"1" * 5000 + b"}"],
    ids=lambda each: repr(each[:20]),
)  # fmt: skip
def test_what_is_no_report_is_told(bad: bytes) -> None:
    with pytest.raises(UnreadableReportError):
        read_performance_report(bad)


def test_a_document_that_swells_is_refused() -> None:
    with pytest.raises(UnreadableReportError, match="32 MiB"):
        read_performance_report(gzip.compress(b" " * (33 * 1024 * 1024)))


def test_names_that_are_told_twice_are_both_kept() -> None:
    text = b'{"performanceMetrics": [{"marketplaceId": "A", "x": {"rate": 0.1}, "x": {"rate": 0.2}}]}'
    found = read_performance_report(text)
    assert [each.value for each in found.metrics] == [0.1, 0.2]


def test_numbers_that_json_does_not_know_are_left_over() -> None:
    fields = b'{"rate": NaN, "n": 1e999, "m": 123456789012345678901}'
    text = b'{"performanceMetrics": [{"marketplaceId": "A", "xRate": %s}]}' % fields
    (metric,) = read_performance_report(text).metrics
    assert metric.value is None
    assert dict(metric.counts) == {"rate": "NaN", "n": "1e999", "m": "123456789012345678901"}


def test_secrets_in_a_report_are_masked() -> None:
    found = read(report(metrics(x={"status": "GOOD", "y": "Atzr|CANARY"}), z=["Atza|CANARY"]))
    assert "CANARY" not in repr(found)


WORDS = st.from_regex(r"planted[a-z]{8}", fullmatch=True)


@given(st.data())
def test_a_mutated_report_never_breaks_it(data: st.DataObject) -> None:
    value = copy.deepcopy(report(metrics(), metrics(CA)))
    for _ in range(data.draw(st.integers(1, 3))):
        mutate(data, value, data.draw(JSON))
    found = read(value)
    assert len({(each.marketplace_id, each.label) for each in found.metrics}) == len(found.metrics)
    repr([(each.meets_target, each.disagrees, each.severity) for each in found.metrics])


@given(st.data())
def test_nothing_is_lost_silently(data: st.DataObject) -> None:
    """A word that is planted anywhere, in whatever it stands, is in what was read or in what is left over."""
    value = copy.deepcopy(report(metrics(), metrics(CA)))
    word = data.draw(WORDS)
    wrap = data.draw(
        st.sampled_from(
            [lambda x: x, lambda x: [x], lambda x: {"a": x}, lambda x: {x: 1}, lambda x: [{"a": [x]}],
             lambda x: {"status": x}, lambda x: {"rate": 1, "deep": {"er": {"and": [x]}}}, lambda x: [1, x, {"b": 2}]]
        )
    )  # fmt: skip
    mutate(data, value, wrap(word))
    if not isinstance(value.get("accountStatuses"), list) and not isinstance(value.get("performanceMetrics"), list):
        return
    assert word in repr(read(value))


@given(st.binary(max_size=200) | st.binary(max_size=100).map(gzip.compress) | JSON.map(json.dumps).map(str.encode))
def test_any_bytes_are_read_or_refused(bad: bytes) -> None:
    try:
        read_performance_report(bad)
    except UnreadableReportError:
        return
