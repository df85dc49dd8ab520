"""Reports: their way to the end, their documents, and what the performance report says."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from sptui.spapi.regions import Region

from .amazon import BR, CA, DE, NEWLAND, SELLER, US, Amazon, document_of, error_of

PERFORMANCE = "GET_V2_SELLER_PERFORMANCE_REPORT"
LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"


async def _create(amazon: Amazon, token: str, kind: str, *marketplaces: str) -> str:
    answer = await amazon.call("createReport", {"reportType": kind, "marketplaceIds": list(marketplaces)}, token=token)
    assert answer.status_code == 202, answer.text
    assert list(answer.json()) == ["reportId"]
    return str(answer.json()["reportId"])


async def _report(amazon: Amazon, token: str, report_id: str) -> dict[str, Any]:
    answer = await amazon.call("getReport", {"reportId": report_id}, token=token)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def _finished(amazon: Amazon, token: str, report_id: str) -> dict[str, Any]:
    amazon.clock.advance(30)
    return await _report(amazon, token, report_id)


async def _document_address(amazon: Amazon, token: str, report: dict[str, Any], **more: Any) -> str:
    values = {"reportDocumentId": report["reportDocumentId"], **more}
    answer = await amazon.call("getReportDocument", values, token=token)
    assert answer.status_code == 200, answer.text
    data = answer.json()
    assert (data["reportDocumentId"], data["compressionAlgorithm"]) == (report["reportDocumentId"], "GZIP")
    return str(data["url"])


async def test_the_way_of_a_report(amazon: Amazon) -> None:
    token = await amazon.token()
    report_id = await _create(amazon, token, LISTINGS, US)
    report: dict[str, Any] = {}
    seen = []
    for _ in range(60):
        report = await _report(amazon, token, report_id)
        seen.append(report["processingStatus"])
        assert ("reportDocumentId" in report) == (report["processingStatus"] == "DONE")
        assert ("processingEndTime" in report) == (report["processingStatus"] == "DONE")
        amazon.clock.advance(0.5)
    assert list(dict.fromkeys(seen)) == ["IN_QUEUE", "IN_PROGRESS", "DONE"]
    assert report["createdTime"] == "2026-11-23T12:00:00+00:00"
    assert (report["reportType"], report["marketplaceIds"]) == (LISTINGS, [US])


async def test_the_document_and_its_five_minutes(amazon: Amazon) -> None:
    token = await amazon.token()
    report = await _finished(amazon, token, await _create(amazon, token, LISTINGS, US))
    url = await _document_address(amazon, token, report)
    assert re.fullmatch(r"tortuga-prod-na\.s3\.[a-z0-9-]+\.amazonaws\.com", urlsplit(url).hostname or "")
    amazon.clock.advance(300)
    answer = await amazon.http.get(url)
    assert (answer.status_code, answer.content[:2]) == (200, b"\x1f\x8b")
    assert "content-encoding" not in answer.headers
    amazon.clock.advance(1)
    answer = await amazon.http.get(url)
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/xml")
    assert "<Code>AccessDenied</Code><Message>Request has expired</Message>" in answer.text
    assert "x-amzn-requestid" not in answer.headers
    again = await _document_address(amazon, token, report)
    assert (await amazon.http.get(again)).status_code == 200


async def test_a_document_opens_with_its_address_alone(amazon: Amazon) -> None:
    token = await amazon.token()
    report = await _finished(amazon, token, await _create(amazon, token, LISTINGS, US))
    url = await _document_address(amazon, token, report)
    assert (await amazon.http.get(url, headers={"x-amz-access-token": token})).status_code == 403
    assert (await amazon.http.get(url, headers={"authorization": f"Bearer {token}"})).status_code == 400
    assert (await amazon.http.put(url, content=b"x")).status_code == 403
    assert (await amazon.http.get(url.partition("?")[0])).status_code == 403
    assert (await amazon.http.get(url[:-1] + ("0" if url[-1] != "0" else "1"))).status_code == 403
    assert (await amazon.http.get(url.replace("T", "U"))).status_code == 403
    assert (await amazon.http.get(url)).status_code == 200


async def test_the_flag_that_lets_http_unzip(amazon: Amazon) -> None:
    token = await amazon.token()
    report = await _finished(amazon, token, await _create(amazon, token, LISTINGS, US))
    answer = await amazon.http.get(await _document_address(amazon, token, report, enableContentEncodingUrlHeader=True))
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text.startswith("item-name\tseller-sku\tasin1\tprice\tquantity\r\n")


async def test_the_world_begins_with_a_performance_report(amazon: Amazon) -> None:
    token = await amazon.token()
    values = {"reportTypes": [PERFORMANCE], "processingStatuses": ["DONE"]}
    reports = (await amazon.call("getReports", values, token=token)).json()["reports"]
    assert len(reports) == 1
    assert "2026-11-23T05:59" < reports[0]["createdTime"] < "2026-11-23T10:01"
    document = document_of(await amazon.http.get(await _document_address(amazon, token, reports[0])))
    assert document["accountStatuses"] == [
        {"marketplaceId": US, "status": "AT_RISK"},
        {"marketplaceId": CA, "status": "DEACTIVATED"},
        {"marketplaceId": BR, "status": "SUSPENDED"},
        {"marketplaceId": NEWLAND, "status": "NORMAL"},
    ]


async def test_what_the_performance_report_says(amazon: Amazon) -> None:
    token = await amazon.token()
    report = await _finished(amazon, token, await _create(amazon, token, PERFORMANCE, US))
    document = document_of(await amazon.http.get(await _document_address(amazon, token, report)))
    assert document["accountStatuses"] == [{"marketplaceId": US, "status": "AT_RISK"}]
    [metrics] = document["performanceMetrics"]
    late = metrics["lateShipmentRate"]
    assert (late["status"], late["rate"], late["targetValue"], late["targetCondition"]) == (
        "BAD",
        0.061,
        0.04,
        "LESS_THAN",
    )
    assert late["lateShipmentCount"] == round(0.061 * late["orderCount"])
    assert late["reportingDateRange"]["reportingDateTo"] == "2026-11-20T23:59:59Z"
    assert metrics["brandNewMetric"] == {"status": "WARNED", "something": ["as", "it", "is"]}
    rating = metrics["accountHealthRating"]
    assert (rating["ahrScore"], rating["ahrStatus"]) == (172, "AT_RISK")
    assert metrics["orderDefectRate"]["afn"]["fulfillmentType"] == "afn"
    assert metrics["listingPolicyViolations"]["defectsCount"] == 0
    assert "unitOnTimeDeliveryRate" in metrics
    assert metrics["warningStates"] == []
    good = [name for name, each in metrics.items() if isinstance(each, dict) and each.get("status") == "GOOD"]
    assert len(good) > 12


async def test_metrics_that_only_some_marketplaces_have(amazon: Amazon) -> None:
    token = await amazon.token("Atzr|north-eu")
    values = {"reportTypes": [PERFORMANCE]}
    answer = await amazon.call("getReports", values, token=token, region=Region.EU)
    report = answer.json()["reports"][0]
    answer = await amazon.call(
        "getReportDocument", {"reportDocumentId": report["reportDocumentId"]}, token=token, region=Region.EU
    )
    assert "tortuga-prod-eu" in answer.json()["url"]
    [metrics] = document_of(await amazon.http.get(answer.json()["url"]))["performanceMetrics"]
    assert metrics["marketplaceId"] == DE
    assert "invoiceDefectRate" in metrics
    assert "unitOnTimeDeliveryRate" not in metrics
    assert metrics["accountHealthRating"]["ahrScore"] >= 200


async def test_reports_of_a_closed_account(amazon: Amazon) -> None:
    token = await amazon.token()
    found = {
        "deactivated": await _create(amazon, token, LISTINGS, CA),
        "suspended": await _create(amazon, token, LISTINGS, BR),
        "one of two": await _create(amazon, token, ORDERS, US, CA),
        "health": await _create(amazon, token, PERFORMANCE, CA),
    }
    statuses = {name: (await _finished(amazon, token, each))["processingStatus"] for name, each in found.items()}
    assert statuses == {"deactivated": "CANCELLED", "suspended": "FATAL", "one of two": "DONE", "health": "DONE"}


async def test_health_asked_twice_within_minutes_is_cancelled(amazon: Amazon) -> None:
    token = await amazon.token()
    first = await _finished(amazon, token, await _create(amazon, token, PERFORMANCE, US))
    again = await _finished(amazon, token, await _create(amazon, token, PERFORMANCE, US))
    amazon.clock.advance(300)
    later = await _finished(amazon, token, await _create(amazon, token, PERFORMANCE, US))
    assert [each["processingStatus"] for each in (first, again, later)] == ["DONE", "CANCELLED", "DONE"]
    assert "reportDocumentId" not in again


async def test_a_report_of_nobody_or_of_somebody_else(amazon: Amazon) -> None:
    token = await amazon.token()
    report_id = await _create(amazon, token, LISTINGS, US)
    other = await amazon.token("Atzr|old-role")
    for answer in (
        await amazon.call("getReport", {"reportId": "0"}, token=token),
        await amazon.call("getReport", {"reportId": report_id}, token=other),
    ):
        assert answer.status_code == 404
        assert error_of(answer) == {
            "code": "NotFound",
            "message": "One or more of the provided ReportRequestIds could not be found.",
        }
        assert "x-amzn-errortype" not in answer.headers
    report = await _finished(amazon, token, report_id)
    answer = await amazon.call("getReportDocument", {"reportDocumentId": report["reportDocumentId"]}, token=other)
    assert answer.status_code == 400
    answer = await amazon.call("getReportDocument", {"reportDocumentId": report_id}, token=token)
    assert answer.status_code == 400


async def test_filters_and_pages(amazon: Amazon) -> None:
    token = await amazon.token()
    ids = []
    for _ in range(5):
        ids.append(await _create(amazon, token, LISTINGS, US))
        amazon.clock.advance(61)
    values: dict[str, Any] = {"reportTypes": [LISTINGS], "pageSize": 2}
    seen: list[str] = []
    for _ in range(3):
        data = (await amazon.call("getReports", values, token=token)).json()
        seen += [each["reportId"] for each in data["reports"]]
        values = {"nextToken": data.get("nextToken", "")}
    assert seen == list(reversed(ids))
    assert not values["nextToken"]
    since = {"reportTypes": [LISTINGS, PERFORMANCE], "createdSince": "2026-11-23T12:02:30Z", "pageSize": 10}
    assert len((await amazon.call("getReports", since, token=token)).json()["reports"]) == 2
    eu = {"reportTypes": [LISTINGS], "marketplaceIds": [CA]}
    assert (await amazon.call("getReports", eu, token=token)).json() == {"reports": []}


async def test_a_page_token_of_another_operation(amazon: Amazon) -> None:
    token = await amazon.token()
    for _ in range(2):
        await _create(amazon, token, LISTINGS, US)
    data = (await amazon.call("getReports", {"reportTypes": [LISTINGS], "pageSize": 1}, token=token)).json()
    assert (await amazon.call("getFeeds", {"nextToken": data["nextToken"]}, token=token)).status_code == 400


async def test_reports_are_kept_for_90_days(amazon: Amazon) -> None:
    report_id = await _create(amazon, await amazon.token(), LISTINGS, US)
    amazon.clock.advance(91 * 86_400)
    assert (await amazon.call("getReport", {"reportId": report_id})).status_code == 404
    assert (await amazon.call("getReports", {"reportTypes": [LISTINGS]})).json() == {"reports": []}


@pytest.mark.parametrize("seller", ["Atzr|revoked", "Atzr|lapsed"])
async def test_no_report_waits_for_a_seller_without_authorization(amazon: Amazon, seller: str) -> None:
    entry = next(each for each in amazon.simulator.world.sellers if each.refresh_token == seller)
    assert not list(amazon.simulator._memory.reports.newest_first(entry.id, entry.region))
    assert list(amazon.simulator._memory.reports.newest_first(SELLER, Region.NA))
