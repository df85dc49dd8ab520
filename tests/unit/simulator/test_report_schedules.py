"""Schedules order reports by the world's clock, until they are ended."""

from __future__ import annotations

from typing import Any

from .amazon import CA, US, Amazon, error_of

ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"


def _wanted(**more: Any) -> dict[str, Any]:
    return {"reportType": ORDERS, "marketplaceIds": [US], "period": "PT1H", **more}


async def _reports(amazon: Amazon, token: str) -> list[dict[str, Any]]:
    values = {"reportTypes": [ORDERS], "pageSize": 100}
    return list((await amazon.call("getReports", values, token=token)).json()["reports"])


async def test_a_schedule_and_what_it_orders(amazon: Amazon) -> None:
    token = await amazon.token()
    answer = await amazon.call("createReportSchedule", _wanted(reportOptions={"a": "b"}), token=token)
    assert answer.status_code == 201
    schedule_id = answer.json()["reportScheduleId"]
    one = {"reportScheduleId": schedule_id}
    assert (await amazon.call("getReportSchedule", one, token=token)).json() == {
        "reportScheduleId": schedule_id,
        "reportType": ORDERS,
        "marketplaceIds": [US],
        "reportOptions": {"a": "b"},
        "period": "PT1H",
        "nextReportCreationTime": "2026-11-23T13:00:00+00:00",
    }
    assert [each["processingStatus"] for each in await _reports(amazon, token)] == ["IN_QUEUE"]
    amazon.clock.advance(3 * 3600 + 60)
    token = await amazon.token()
    reports = await _reports(amazon, token)
    assert [each["createdTime"][11:16] for each in reports] == ["15:00", "14:00", "13:00", "12:00"]
    assert {each["reportScheduleId"] for each in reports} == {schedule_id}
    assert {each["processingStatus"] for each in reports} == {"DONE"}
    assert reports[0]["dataStartTime"] == reports[1]["createdTime"]
    answer = await amazon.call("getReportDocument", {"reportDocumentId": reports[0]["reportDocumentId"]}, token=token)
    assert (await amazon.http.get(answer.json()["url"])).status_code == 200
    assert (await amazon.call("cancelReportSchedule", one, token=token)).status_code == 200
    amazon.clock.advance(7200)
    token = await amazon.token()
    assert await _reports(amazon, token) == reports
    assert (await amazon.call("getReportSchedule", one, token=token)).status_code == 404
    assert (await amazon.call("cancelReportSchedule", one, token=token)).status_code == 404


async def test_the_same_schedule_again_replaces_the_first(amazon: Amazon) -> None:
    token = await amazon.token()
    ids = []
    for values in (_wanted(), _wanted(period="P1D"), _wanted(marketplaceIds=[US, CA])):
        answer = await amazon.call("createReportSchedule", values, token=token)
        ids.append(answer.json()["reportScheduleId"])
    listed = (await amazon.call("getReportSchedules", {"reportTypes": [ORDERS]}, token=token)).json()
    assert [each["reportScheduleId"] for each in listed["reportSchedules"]] == ids[1:]
    none = await amazon.call("getReportSchedules", {"reportTypes": ["GET_AFN_INVENTORY_DATA"]}, token=token)
    assert none.json() == {"reportSchedules": []}


async def test_a_schedule_that_begins_later(amazon: Amazon) -> None:
    token = await amazon.token()
    values = _wanted(nextReportCreationTime="2026-11-24T00:00:00Z", period="P1D")
    await amazon.call("createReportSchedule", values, token=token)
    assert not await _reports(amazon, token)
    amazon.clock.advance(100 * 86_400)
    reports = await _reports(amazon, await amazon.token())
    assert len(reports) == 90  # as long as reports are kept
    assert reports[0]["createdTime"] == "2027-03-03T00:00:00+00:00"


async def test_what_cannot_be_scheduled(amazon: Amazon) -> None:
    for values in (
        _wanted(reportType="GET_V2_SELLER_PERFORMANCE_REPORT"),
        _wanted(reportType="GET_NO_SUCH_DATA"),
        _wanted(period="PT7M"),
        _wanted(marketplaceIds=["A1PA6795UKMFR9"]),
    ):
        answer = await amazon.call("createReportSchedule", values)
        assert answer.status_code in (400, 403), values
        assert error_of(answer)["code"] in ("InvalidInput", "Unauthorized")


async def test_the_schedule_of_another_seller(amazon: Amazon) -> None:
    answer = await amazon.call("createReportSchedule", _wanted())
    one = {"reportScheduleId": answer.json()["reportScheduleId"]}
    other = await amazon.token("Atzr|narrow")
    assert (await amazon.call("getReportSchedule", one, token=other)).status_code == 404
