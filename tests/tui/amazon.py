"""An Amazon whose answers a test decides while the app runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

Answer = tuple[int, Any]

DENIED: Answer = (
    403,
    {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": ""}]},
)


def participation(
    marketplace_id: str,
    country: str,
    *,
    participating: bool = True,
    suspended: bool = False,
    store: str = "",
    name: str = "Amazon",
    domain: str = "www.amazon.com",
) -> dict[str, Any]:
    """One entry of getMarketplaceParticipations."""
    return {
        "marketplace": {"id": marketplace_id, "countryCode": country, "name": name, "domainName": domain},
        "participation": {"isParticipating": participating, "hasSuspendedListings": suspended},
        "storeName": store,
    }


US = participation("ATVPDKIKX0DER", "US", store="Northwind")
CA = participation("A2EUQ1WTGCTBG2", "CA", participating=False)
MX = participation("A1AM78C64UM0Y8", "MX", suspended=True, store="[/x] [bold]Tricky[/] Store\x1b[31m")
NON_AMAZON = participation("A2ZV50J4W1RKNI", "US", name="Non-Amazon", domain="sim1.stores.amazon.com")
NEW_COUNTRY = participation("A9NEWCOUNTRY1", "CL", domain="www.amazon.cl")
DE = participation("A1PA6795UKMFR9", "DE", store="Northwind EU")


class Amazon:
    """Answers by refresh token: ``answers["Atzr|one"] = (200, {"payload": [...]})``.

    ``reports["Atzr|one"] = {...}`` is the content of that seller's newest performance report, made at ``made``;
    without one ``other`` answers. While ``gate`` is cleared, calls wait. ``asked`` counts the API calls by
    refresh token.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.reports: dict[str, Any] = {}
        self.made = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
        self.other: Callable[[httpx.Request, str], Answer] = lambda *_: (404, {})
        self.asked: dict[str, int] = {}
        self.participations_asked: dict[str, int] = {}
        self.gate = asyncio.Event()
        self.gate.set()

    def transport(self) -> httpx.AsyncBaseTransport:
        """What a workspace takes in place of the network."""
        return httpx.MockTransport(self._answer)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.host.startswith("tortuga"):
            return httpx.Response(200, json=self.reports["Atzr|" + request.url.path[1:]])
        if request.url.path == "/auth/o2/token":
            refresh_token = httpx.QueryParams(request.content.decode())["refresh_token"]
            return httpx.Response(200, json={"access_token": f"Atza|{refresh_token[5:]}", "expires_in": 3600})
        await self.gate.wait()
        token = "Atzr|" + request.headers["x-amz-access-token"][5:]
        self.asked[token] = self.asked.get(token, 0) + 1
        if request.url.path == "/sellers/v1/marketplaceParticipations":
            self.participations_asked[token] = self.participations_asked.get(token, 0) + 1
            status, body = self.answers.get(token, DENIED)
        elif token in self.reports and "/reports/2021-06-30/" in request.url.path:
            status, body = self._report(request, token)
        else:
            status, body = self.other(request, token)
        return httpx.Response(status, json=body)

    def _report(self, request: httpx.Request, token: str) -> Answer:
        if "/documents/" in request.url.path:
            return 200, {"url": f"https://tortuga-prod-na.s3-external-1.amazonaws.com/{token[5:]}"}
        made = self.made.isoformat().replace("+00:00", "Z")
        report = {
            "reportId": f"{token[5:]}-{made}", "reportType": "GET_V2_SELLER_PERFORMANCE_REPORT",
            "processingStatus": "DONE", "createdTime": made, "processingEndTime": made, "reportDocumentId": "document",
        }  # fmt: skip
        if request.method == "POST":
            return 202, {"reportId": report["reportId"]}
        return 200, report if "/reports/2021-06-30/reports/" in request.url.path else {"reports": [report]}


def statuses(**by_id: str) -> dict[str, Any]:
    """A report that tells the accounts' statuses alone."""
    return {"accountStatuses": [{"marketplaceId": id_, "status": status} for id_, status in by_id.items()]}


def rate(
    value: float, target: float, condition: str = "LESS_THAN", status: str = "GOOD", **counts: int
) -> dict[str, Any]:
    """A metric that is a share."""
    window = {"reportingDateFrom": "2026-10-22T00:00:00Z", "reportingDateTo": "2026-11-20T23:59:59Z"}
    return {
        "reportingDateRange": window, "status": status, "targetValue": target, "targetCondition": condition,
        "rate": value, **counts,
    }  # fmt: skip


SICK_REPORT: dict[str, Any] = {
    **statuses(ATVPDKIKX0DER="AT_RISK", A2EUQ1WTGCTBG2="NORMAL"),
    "performanceMetrics": [
        {
            "marketplaceId": "ATVPDKIKX0DER",
            "lateShipmentRate": rate(0.061, 0.04, status="BAD", orderCount=1817, lateShipmentCount=111),
            "onTimeDeliveryRate": rate(0.4286, 0.97, "GREATER_THAN", shipmentCountWithValidTracking=7),
            "validTrackingRate": rate(0.9824, 0.95, "GREATER_THAN"),
            "invoiceDefectRate": {"status": "NONE", "targetValue": 0.05, "targetCondition": "LESS_THAN"},
            "listingPolicyViolations": {
                "status": "BAD", "targetValue": 0, "targetCondition": "EQUALS", "defectsCount": 3,
            },
            "accountHealthRating": {"ahrStatus": "AT_RISK", "ahrScore": 172},
            "moonlightRate": {"status": "TWILIGHT[/]", "count": 5},
        },
        "[/x] what is this\x1b[31m",
    ],
}  # fmt: skip
"""Bad and good metrics, a status that does not fit its target, no data, a metric that nobody knows, a leftover."""
