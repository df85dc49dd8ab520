"""Which types of reports can be had, how they end, and what their documents hold."""

from __future__ import annotations

import csv
import gzip
import io
import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from sptui.simulator.report_documents import format_of
from sptui.spapi.offered_types import OfferedType, TypeKind, types_of
from sptui.spapi.regions import Region

from .amazon import CA, DE, US, Amazon, document_of, error_of

ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
ONE_AT_A_TIME = (
    "Report rejected for this client. Multiple marketplaces were provided for this report type that can only be "
    "applied to one marketplace at a time."
)
REJECTED = "Report rejected for this client. "
MEDIA = {"tsv": "text/plain", "csv": "text/csv", "json": "application/json", "xml": "text/xml", "pdf": "pdf"}
EVERY = types_of(TypeKind.REPORT)
TO_BE_HAD = [
    each
    for each in EVERY
    if each.requestable is not False and each.sellers is not False and each.offered_in(DE) is not False
]


async def _report(
    amazon: Amazon, values: dict[str, Any], region: Region = Region.NA, token: str | None = None
) -> dict[str, Any]:
    token = token or await amazon.token()
    created = await amazon.call("createReport", {"marketplaceIds": [US], **values}, token=token, region=region)
    assert created.status_code == 202, created.text
    amazon.clock.advance(30)
    one = {"reportId": created.json()["reportId"]}
    return dict((await amazon.call("getReport", one, token=token, region=region)).json())


async def _content(amazon: Amazon, report: dict[str, Any], region: Region = Region.NA, token: str | None = None) -> Any:
    values = {"reportDocumentId": report["reportDocumentId"]}
    token = token or await amazon.token()
    answer = await amazon.call("getReportDocument", values, token=token, region=region)
    assert answer.status_code == 200, answer.text
    found = await amazon.http.get(answer.json()["url"])
    return found.headers["content-type"], gzip.decompress(found.content)


@pytest.mark.parametrize("offered", TO_BE_HAD, ids=lambda each: each.name)
async def test_every_type_that_a_seller_can_order(amazon: Amazon, offered: OfferedType) -> None:
    token = await amazon.token("Atzr|north-eu")
    values = {"reportType": offered.name, "marketplaceIds": [DE], "dataStartTime": "2026-11-10T00:00:00Z"}
    report = await _report(amazon, values, Region.EU, token)
    if offered.removed_by(amazon.clock.now().date()):
        assert report["processingStatus"] == "FATAL"
        return
    assert report["processingStatus"] == "DONE"
    if offered.restricted:
        path = f"/reports/2021-06-30/documents/{report['reportDocumentId']}"
        token = await amazon.restricted_token({"method": "GET", "path": path}, token=token, region=Region.EU)
    media, content = await _content(amazon, report, Region.EU, token)
    form = format_of(offered.name)
    assert offered.format in ("", form)
    if form == "json":
        assert json.loads(content)
    elif form == "xml":
        assert len(ET.fromstring(content)) > 1  # noqa: S314 - the simulator's own text
    elif form == "pdf":
        assert content.startswith(b"%PDF-")
    else:
        rows = list(csv.reader(io.StringIO(content.decode()), delimiter="\t" if form == "tsv" else ","))
        assert len(rows) > 1
        assert {len(row) for row in rows} == {len(rows[0])}
    assert MEDIA[form] in media


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"reportType": "GET_NO_SUCH_DATA"}, "Invalid Report Type GET_NO_SUCH_DATA"),
        ({"reportType": "nothing"}, "Invalid Report Type nothing"),
        (
            {"reportType": "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"},
            "Request for report type 1118 is not allowed at this time",
        ),
        (
            {"reportType": "END_USER_DATA_REPORT"},  # in some countries of Europe
            f"{REJECTED}your report could not be applied to any marketplaces",
        ),
        (
            {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": [US, CA]},
            ONE_AT_A_TIME,
        ),
    ],
    ids=["unknown", "no type", "made by itself", "not offered there", "one at a time"],
)
async def test_types_that_cannot_be_ordered(amazon: Amazon, values: dict[str, Any], message: str) -> None:
    answer = await amazon.call("createReport", {"marketplaceIds": [US], **values})
    assert (answer.status_code, error_of(answer)["message"]) == (400, message)


async def test_a_type_for_vendors(amazon: Amazon) -> None:
    answer = await amazon.call("createReport", {"reportType": "GET_VENDOR_SALES_REPORT", "marketplaceIds": [US]})
    assert answer.status_code == 400
    assert "does not support account ID of type class" in error_of(answer)["message"]


async def test_buyers_data_without_the_role(amazon: Amazon) -> None:
    token = await amazon.token("Atzr|narrow")
    for kind, message in (
        ("GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING", "Access to the resource is forbidden"),
        ("GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT", "Access to requested resource is denied."),
    ):
        answer = await amazon.call("createReport", {"reportType": kind, "marketplaceIds": [US]}, token=token)
        assert (answer.status_code, error_of(answer)["message"], error_of(answer)["details"]) == (403, message, "")


@pytest.mark.parametrize(
    ("values", "status", "told"),
    [
        ({"dataStartTime": "2026-11-10T00:00:00Z", "dataEndTime": "2026-11-10T00:00:00Z"}, "CANCELLED", ""),
        ({"dataStartTime": "2026-12-10T00:00:00Z"}, "CANCELLED", ""),
        ({"dataStartTime": "2026-08-10T00:00:00Z"}, "DONE", "amazon-order-id"),
        (
            {
                "reportType": "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL",
                "dataStartTime": "2026-10-01T00:00:00Z",
                "dataEndTime": "2026-11-10T00:00:00Z",
            },
            "DONE",
            "Date range exceeded. Report can be requested only upto 30 days",
        ),
    ],
    ids=["start is end", "future", "too long for orders", "too long for fulfilment"],
)
async def test_the_period_decides(amazon: Amazon, values: dict[str, Any], status: str, told: str) -> None:
    report = await _report(amazon, {"reportType": ORDERS, **values})
    assert (report["processingStatus"], "reportDocumentId" in report) == (status, bool(told))
    assert report["dataStartTime"][:10] == values["dataStartTime"][:10]
    if told:
        _, content = await _content(amazon, report)
        assert content.decode().startswith(told)
        assert len(content.splitlines()) == 1


async def test_wrong_options_are_fatal_and_told(amazon: Amazon) -> None:
    values = {
        "reportType": "GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT",
        "reportOptions": {"reportPeriod": "DAY"},
        "dataStartTime": "2026-11-01T00:00:00Z",
        "dataEndTime": "2026-11-02T00:00:00Z",
    }
    report = await _report(amazon, values)
    assert report["processingStatus"] == "FATAL"
    answer = await amazon.call("getReportDocument", {"reportDocumentId": report["reportDocumentId"]})
    told = "dataStartTime must be the same day as dataEndTime when reportPeriod=DAY"
    assert document_of(await amazon.http.get(answer.json()["url"])) == {"errorDetails": told}
    values["dataEndTime"] = "2026-11-01T23:59:59Z"
    assert (await _report(amazon, values))["processingStatus"] == "DONE"


async def test_near_real_time_inventory_is_made_every_half_hour(amazon: Amazon) -> None:
    values = {"reportType": "GET_AFN_INVENTORY_DATA"}
    found = []
    for seconds in (0, 60, 1800):
        amazon.clock.advance(seconds)
        found.append((await _report(amazon, values))["processingStatus"])
    assert found == ["DONE", "CANCELLED", "DONE"]


async def test_a_report_is_cancelled_while_it_is_queued(amazon: Amazon) -> None:
    token = await amazon.token()
    values = {"reportType": ORDERS, "marketplaceIds": [US]}
    one = {"reportId": (await amazon.call("createReport", values, token=token)).json()["reportId"]}
    assert (await amazon.call("cancelReport", one, token=token)).status_code == 200
    report = (await amazon.call("getReport", one, token=token)).json()
    assert (report["processingStatus"], "processingEndTime" in report) == ("CANCELLED", True)
    answer = await amazon.call("cancelReport", one, token=token)
    assert (answer.status_code, error_of(answer)["code"]) == (400, "InvalidInput")


async def test_the_rows_are_the_sellers_orders(amazon: Amazon) -> None:
    token = await amazon.token()
    span = {"dataStartTime": "2026-11-20T00:00:00Z", "dataEndTime": "2026-11-22T00:00:00Z"}
    _, content = await _content(amazon, await _report(amazon, {"reportType": ORDERS, **span}))
    rows = list(csv.DictReader(io.StringIO(content.decode()), delimiter="\t"))
    values = {"MarketplaceIds": [US], "CreatedAfter": span["dataStartTime"], "CreatedBefore": span["dataEndTime"]}
    orders = (await amazon.call("getOrders", values, token=token)).json()["payload"]["Orders"]
    assert [row["amazon-order-id"] for row in rows] == [order["AmazonOrderId"] for order in orders]


async def test_sales_and_traffic_adds_up(amazon: Amazon) -> None:
    report = await _report(amazon, {"reportType": "GET_SALES_AND_TRAFFIC_REPORT"})
    data = json.loads((await _content(amazon, report))[1])
    by_date = sum(each["salesByDate"]["unitsOrdered"] for each in data["salesAndTrafficByDate"])
    by_asin = sum(each["salesByAsin"]["unitsOrdered"] for each in data["salesAndTrafficByAsin"])
    assert by_date == by_asin > 0
