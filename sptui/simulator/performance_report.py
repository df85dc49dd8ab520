"""The content of GET_V2_SELLER_PERFORMANCE_REPORT, from the state of the world.

Names and fields as in Amazon's schema accountHealthReport-2020-11-18 and, where that and real reports differ, as in
real ones. A healthy account's figures are invented; what the world says of a metric is copied over them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from sptui.simulator.seeded import Seeded
from sptui.simulator.world import AccountState, WorldMarketplace, WorldSeller
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.regions import Region

_DAYS_BEHIND: Final = 3
"""Reports tell of days up to some days ago."""


class _Rate(msgspec.Struct, frozen=True):
    """A metric that is a share: its window, the two counts behind it, a good value, and the target."""

    days: int
    total: str
    part: str
    good: tuple[float, float]
    condition: str
    target: float


_RATES: Final = {
    "lateShipmentRate": _Rate(30, "orderCount", "lateShipmentCount", (0.002, 0.02), "LESS_THAN", 0.04),
    "onTimeDeliveryRate": _Rate(
        30, "shipmentCountWithValidTracking", "onTimeDeliveryCount", (0.97, 0.995), "GREATER_THAN", 0.95
    ),
    "validTrackingRate": _Rate(30, "shipmentCount", "validTrackingCount", (0.97, 0.999), "GREATER_THAN", 0.95),
    "preFulfillmentCancellationRate": _Rate(7, "orderCount", "cancellationCount", (0, 0.008), "LESS_THAN", 0.025),
}
_UNIT_ON_TIME: Final = _Rate(30, "totalUnitCount", "unitOnTimeDeliveryCount", (0.93, 0.99), "GREATER_THAN", 0.9)
_INVOICE_DEFECTS: Final = _Rate(7, "orderCount", "", (0, 0.02), "LESS_THAN", 0.05)
_ORDER_DEFECTS: Final = _Rate(60, "orderCount", "", (0, 0.004), "LESS_THAN", 0.01)
_VIOLATIONS: Final = (
    "listingPolicyViolations",
    "productAuthenticityCustomerComplaints",
    "productConditionCustomerComplaints",
    "productSafetyCustomerComplaints",
    "receivedIntellectualPropertyComplaints",
    "restrictedProductPolicyViolations",
    "suspectedIntellectualPropertyViolations",
    "foodAndProductSafetyIssues",
    "customerProductReviewsPolicyViolations",
    "otherPolicyViolations",
    "documentRequests",
)
_SCORES: Final[dict[AccountState, tuple[int, int]]] = {
    "NORMAL": (240, 1000),
    "AT_RISK": (110, 190),
    "DEACTIVATED": (0, 90),
    "SUSPENDED": (0, 90),
}
"""Account health ratings that fit a status: 200 and more is healthy, below 100 critical (dashboard)."""


def performance_report(
    seller: WorldSeller, statuses: Mapping[str, AccountState], now: datetime, seeded: Seeded
) -> dict[str, Any]:
    """The document for the marketplaces in ``statuses`` (id to status)."""
    marketplaces = [each for each in seller.marketplaces if each.id in statuses]
    return {
        "accountStatuses": [{"marketplaceId": each.id, "status": statuses[each.id]} for each in marketplaces],
        "performanceMetrics": [_metrics(seller, each, statuses[each.id], now, seeded) for each in marketplaces],
    }


def _metrics(
    seller: WorldSeller, marketplace: WorldMarketplace, status: AccountState, now: datetime, seeded: Seeded
) -> dict[str, Any]:
    what = (seller.id, marketplace.id)
    found: dict[str, Any] = {"marketplaceId": marketplace.id}
    found.update({name: _rate(name, rate, now, seeded, what) for name, rate in _RATES.items()})
    found["orderDefectRate"] = {kind: _order_defects(kind, now, seeded, what) for kind in ("mfn", "afn")}
    found["accountHealthRating"] = _rating(marketplace, status, now, seeded, what)
    found["warningStates"] = []
    found.update({name: _violations(now) for name in _VIOLATIONS})
    if marketplace.id in MARKETPLACES and MARKETPLACES[marketplace.id].country_code == "US":
        found["unitOnTimeDeliveryRate"] = _rate("unitOnTimeDeliveryRate", _UNIT_ON_TIME, now, seeded, what)
    if seller.region is Region.EU:
        found["invoiceDefectRate"] = _invoice_defects(now, seeded, what)
    for name, given in marketplace.metrics.items():
        found[name] = _merged(found.get(name), given)
    _count_parts(found, marketplace)
    return found


def _merged(base: Any, given: Any) -> Any:
    """``given`` over ``base``: field by field where both are tables."""
    if not isinstance(base, dict) or not isinstance(given, dict):
        return given
    return {**base, **{name: _merged(base.get(name), value) for name, value in given.items()}}


def _count_parts(metrics: dict[str, Any], marketplace: WorldMarketplace) -> None:
    """Makes a rate's count fit a rate that the world gives without it."""
    for name, rate in (*_RATES.items(), ("unitOnTimeDeliveryRate", _UNIT_ON_TIME)):
        given, entry = marketplace.metrics.get(name), metrics.get(name)
        if not isinstance(given, dict) or not isinstance(entry, dict) or rate.part in given or "rate" not in given:
            continue
        total, share = entry.get(rate.total), entry["rate"]
        if isinstance(total, int) and isinstance(share, int | float):
            entry[rate.part] = round(total * share)


def _rate(name: str, rate: _Rate, now: datetime, seeded: Seeded, what: tuple[str, str]) -> dict[str, Any]:
    total = seeded.integer(180, 2400, "orders", *what)
    part = round(total * seeded.between(*rate.good, name, *what))
    return {
        "reportingDateRange": _range(now, rate.days),
        rate.total: total,
        rate.part: part,
        **_verdict(rate, part / total),
    }


def _order_defects(kind: str, now: datetime, seeded: Seeded, what: tuple[str, str]) -> dict[str, Any]:
    total = seeded.integer(200, 3000, "orders", kind, *what)
    defects = round(total * seeded.between(*_ORDER_DEFECTS.good, "defects", kind, *what))
    return {
        "reportingDateRange": _range(now, _ORDER_DEFECTS.days),
        "orderCount": total,
        "orderWithDefects": {"count": defects, "status": "GOOD"},
        # Amazon's own example has NONE for the parts of a whole that is GOOD.
        "claims": {"count": defects // 2, "status": "NONE"},
        "chargebacks": {"count": 0, "status": "NONE"},
        "negativeFeedback": {"count": defects - defects // 2, "status": "NONE"},
        "fulfillmentType": kind,
        **_verdict(_ORDER_DEFECTS, defects / total),
    }


def _invoice_defects(now: datetime, seeded: Seeded, what: tuple[str, str]) -> dict[str, Any]:
    total = seeded.integer(20, 300, "invoices", *what)
    defects = round(total * seeded.between(*_INVOICE_DEFECTS.good, "invoice defects", *what))
    return {
        "reportingDateRange": _range(now, _INVOICE_DEFECTS.days),
        "orderCount": total,
        "invoiceDefect": {"count": defects, "status": "GOOD"},
        "missingInvoice": {"count": defects, "status": "NONE"},
        "lateInvoice": {"count": 0, "status": "NONE"},
        **_verdict(_INVOICE_DEFECTS, defects / total),
    }


def _verdict(rate: _Rate, value: float) -> dict[str, Any]:
    return {
        "status": "GOOD",
        "rate": round(value, 6),
        "targetValue": rate.target,
        "targetCondition": rate.condition,
    }


def _violations(now: datetime) -> dict[str, Any]:
    return {
        "reportingDateRange": _range(now, 180),
        "defectsCount": 0,
        "status": "GOOD",
        "targetValue": 0,
        "targetCondition": "EQUALS",
    }


def _rating(
    marketplace: WorldMarketplace, status: AccountState, now: datetime, seeded: Seeded, what: tuple[str, str]
) -> dict[str, Any]:
    score = marketplace.ahr_score
    if score is None:
        score = seeded.integer(*_SCORES[status], "rating", *what)
    word = "GREAT" if score >= 200 else "AT_RISK" if score >= 100 else "CRITICAL"
    return {"ahrStatus": word, "ahrScore": score, "reportingDateRange": _range(now, 180)}


def _range(now: datetime, days: int) -> dict[str, str]:
    last = now - timedelta(days=_DAYS_BEHIND)
    first = last - timedelta(days=days - 1)
    return {"reportingDateFrom": f"{first:%Y-%m-%d}T00:00:00Z", "reportingDateTo": f"{last:%Y-%m-%d}T23:59:59Z"}
