"""A performance report in the shape of Amazon's schema, with figures of our own."""

from __future__ import annotations

import json
from typing import Any

US, CA, DE = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1PA6795UKMFR9"


def window(days: int = 30, end: str = "2026-11-20T23:59Z") -> dict[str, str]:
    start = {7: "2026-11-14", 10: "2026-11-11", 30: "2026-10-22", 60: "2026-09-22", 180: "2026-05-25"}[days]
    return {"reportingDateFrom": f"{start}T00:00Z", "reportingDateTo": end}


def rate(
    value: float, target: float, condition: str = "LESS_THAN", status: str = "GOOD", **more: Any
) -> dict[str, Any]:
    return {
        "reportingDateRange": window(more.pop("days", 30)), **more, "status": status, "rate": value,
        "targetValue": target, "targetCondition": condition,
    }  # fmt: skip


def violations(count: int = 0, status: str = "GOOD") -> dict[str, Any]:
    return {
        "reportingDateRange": window(180), "defectsCount": count, "status": status,
        "targetValue": 0, "targetCondition": "EQUALS",
    }  # fmt: skip


def order_defects(kind: str) -> dict[str, Any]:
    part = {"count": 3, "status": "NONE"}
    return rate(
        0.004, 0.01, days=60, orderCount=1500, orderWithDefects={"count": 6, "status": "GOOD"}, claims=part,
        chargebacks=part, negativeFeedback=part, fulfillmentType=kind,
    )  # fmt: skip


def metrics(marketplace_id: str = US, **changes: Any) -> dict[str, Any]:
    """One marketplace's metrics as the schema has them; ``changes`` replaces some, None leaves one out."""
    told: dict[str, Any] = {
        "marketplaceId": marketplace_id,
        "lateShipmentRate": rate(0.031, 0.04, orderCount=870, lateShipmentCount=27),
        "invoiceDefectRate": rate(0.02, 0.05, days=7, orderCount=90, invoiceDefect={"count": 2, "status": "GOOD"},
                                  missingInvoice={"count": 1, "status": "NONE"},
                                  lateInvoice={"count": 1, "status": "NONE"}),
        "orderDefectRate": {"mfn": order_defects("mfn"), "afn": order_defects("mfn")},
        "onTimeDeliveryRate": rate(0.96, 0.95, "GREATER_THAN", shipmentCountWithValidTracking=800,
                                   onTimeDeliveryCount=840),
        "unitOnTimeDeliveryRate": rate(0.88, 0.9, "GREATER_THAN", unitOnTimeDeliveryCount=146, totalUnitCount=165),
        "validTrackingRate": rate(0.97, 0.95, "GREATER_THAN", shipmentCount=870, validTrackingCount=890),
        "preFulfillmentCancellationRate": rate(0.005, 0.01, days=7, orderCount=170, cancellationCount=5),
        "warningStates": [{"warningType": "spammingSellerMessaging", "status": "GOOD"}],
        "accountHealthRating": {"ahrStatus": "GREAT", "reportingDateRange": window(180)},
        **{
            name: violations()
            for name in (
                "listingPolicyViolations", "productAuthenticityCustomerComplaints",
                "productConditionCustomerComplaints", "productSafetyCustomerComplaints",
                "receivedIntellectualPropertyComplaints", "restrictedProductPolicyViolations",
                "suspectedIntellectualPropertyViolations", "foodAndProductSafetyIssues", "otherPolicyViolations",
            )
        },
        "documentRequests": violations(8),
    }  # fmt: skip
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


def report(*entries: dict[str, Any], statuses: Any = None, **more: Any) -> dict[str, Any]:
    entries = entries or (metrics(),)
    told = [{"marketplaceId": each["marketplaceId"], "status": "NORMAL"} for each in entries]
    return {"accountStatuses": told if statuses is None else statuses, "performanceMetrics": list(entries), **more}


def document(*entries: dict[str, Any], **more: Any) -> bytes:
    return json.dumps(report(*entries, **more)).encode()
