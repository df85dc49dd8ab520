"""Metrics, statuses and marketplaces in words for people: the same in both faces."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sptui.health.metric import Metric, Number, Unit
from sptui.health.participations import Participation
from sptui.spapi.marketplaces import MARKETPLACES, label_of_marketplace

_CONDITIONS: Final = {"LESS_THAN": "<", "GREATER_THAN": ">", "EQUALS": "="}
_SHORT: Final = {
    "accountHealthRating": "Account health rating",
    "customerProductReviewsPolicyViolations": "Product review violations",
    "foodAndProductSafetyIssues": "Food and product safety",
    "preFulfillmentCancellationRate": "Cancellation rate",
    "productAuthenticityCustomerComplaints": "Authenticity complaints",
    "productConditionCustomerComplaints": "Condition complaints",
    "productSafetyCustomerComplaints": "Safety complaints",
    "receivedIntellectualPropertyComplaints": "Intellectual property complaints",
    "restrictedProductPolicyViolations": "Restricted products",
    "suspectedIntellectualPropertyViolations": "Suspected IP violations",
    "unitOnTimeDeliveryRate": "On-time delivery of units",
}


def metric_in_words(metric: Metric) -> str:
    """``Order defect rate, mfn``: Amazon's name as words, also where this version does not know it."""
    words = _SHORT.get(metric.name) or words_of_name(metric.name)
    return f"{words}, {metric.part}" if metric.part else words


def words_of_name(name: str) -> str:
    """``lateShipmentRate`` -> ``Late shipment rate``; what is no such name stays as it is."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name):
        return name
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    words = [part if part.isupper() and len(part) > 1 else part.lower() for part in parts]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def number_in_words(value: Number | None, unit: Unit) -> str:
    """``6.1 %`` of a fraction, a count or a score as it is, "" for none."""
    if value is None:
        return ""
    if unit == "fraction":
        return f"{round(value * 100, 2):g} %"
    return f"{value:g}" if isinstance(value, float) else str(value)


def target_in_words(metric: Metric) -> str:
    """``< 4 %``, ``= 0``; a condition that this version does not know stands as Amazon's word."""
    if metric.target is None:
        return ""
    condition = _CONDITIONS.get(metric.condition, metric.condition)
    share = isinstance(metric.target, float) and 0 < metric.target < 1
    return f"{condition} {number_in_words(metric.target, metric.unit or ('fraction' if share else ''))}".strip()


def window_in_words(start: datetime | None, end: datetime | None) -> str:
    """``24 Oct - 23 Nov``; "" where no window is told."""
    told = [f"{moment.day} {moment:%b}" for moment in (start, end) if moment is not None]
    return " - ".join(told)


def place_in_words(marketplace_id: str, participation: Participation | None = None) -> str:
    """``DE Germany``; a store that is not in the table by what Amazon said of it, or by its id."""
    known = MARKETPLACES.get(marketplace_id)
    if known is not None:
        return f"{known.country_code} {known.country}"
    code = (participation.country_code if participation else "") or "??"
    name = (participation.name if participation else "") or label_of_marketplace(marketplace_id)
    return name if name.startswith(code) else f"{code} {name}"


def code_in_words(marketplace_id: str, participations: Iterable[Participation] = ()) -> str:
    """``DE``; a store that is not in the table by the country that Amazon tells, else by its id."""
    if marketplace_id not in MARKETPLACES:
        for each in participations:
            if each.marketplace_id == marketplace_id and each.country_code:
                return each.country_code
    return label_of_marketplace(marketplace_id)


def disagreement_in_words(metric: Metric) -> str:
    """Why a status and a target do not fit together; "" where they do."""
    if not metric.disagrees:
        return ""
    missed = "missed" if metric.meets_target is False else "met"
    return (
        f"Amazon says {metric.status} although the target is {missed}: with few orders, and inside an allowance that "
        "it does not tell, Amazon judges otherwise. Its status decides."
    )
