"""The seller performance report's document: bytes in, statuses and metrics out, nothing lost on the way."""

from __future__ import annotations

from typing import Any, Final

from sptui.health.metric import Leftover, MarketplaceStatus, Metric, PerformanceReport, Severity
from sptui.health.report_metrics import Reader
from sptui.health.report_text import UnreadableReportError, json_of_document
from sptui.health.report_values import clean, word_of

__all__ = [
    "Leftover",
    "MarketplaceStatus",
    "Metric",
    "PerformanceReport",
    "Severity",
    "UnreadableReportError",
    "read_performance_report",
]

_STATUSES: Final = "accountStatuses"
_METRICS: Final = "performanceMetrics"


def read_performance_report(document: bytes) -> PerformanceReport:
    """Gzipped or not, with or without a byte order mark, in any of Unicode's encodings. Raises UnreadableReportError.

    A section that is missing tells nothing. A report without both sections is none.
    """
    parts = _parts(json_of_document(document))
    if not parts:
        raise UnreadableReportError(
            f"The report holds neither {_STATUSES} nor {_METRICS}; its format may have changed, or it is another one."
        )
    reader, statuses = Reader(), list[MarketplaceStatus]()
    for path, part in parts:
        for key, value in part.items():
            where = f"{path}{key}"
            if key == _STATUSES:
                statuses += _read_statuses(value, where, reader)
            elif key == _METRICS:
                _read_metrics(value, where, reader)
            else:
                reader.leave("", where, value)
    return PerformanceReport(tuple(dict.fromkeys(statuses)), tuple(reader.metrics), tuple(reader.leftovers))


def _parts(data: Any) -> list[tuple[str, dict[str, Any]]]:
    """Every object that has a section of a report: the whole, each of a list, or what an envelope holds."""
    if isinstance(data, list):
        found = [(f"[{index}].", each) for index, each in enumerate(data)]
    elif isinstance(data, dict) and not data.keys() & {_STATUSES, _METRICS}:
        found = [(f"{key}.", each) for key, each in data.items()]
    else:
        found = [("", data)]
    if not any(isinstance(each, dict) and each.keys() & {_STATUSES, _METRICS} for _, each in found):
        return []
    return [(path, each) if isinstance(each, dict) else ("", {path.rstrip("."): each}) for path, each in found]


def _read_statuses(value: Any, path: str, reader: Reader) -> list[MarketplaceStatus]:
    """A list of ``{marketplaceId, status}``; or one such object; or statuses by the marketplaces' ids."""
    if isinstance(value, dict):
        if "marketplaceId" in value or "status" in value:
            value = [value]
        else:
            value = [
                {"marketplaceId": key, **(each if isinstance(each, dict) else {"status": each})}
                for key, each in value.items()
            ]
    if not isinstance(value, list):
        reader.leave("", path, value)
        return []
    found = []
    for index, entry in enumerate(value):
        where = f"{path}[{index}]"
        place, status = (_id(entry), word_of(entry.get("status"))) if isinstance(entry, dict) else ("", "")
        if not place or not status:
            reader.leave(place, where, entry)  # a status is never guessed
            continue
        found.append(MarketplaceStatus(place, status))
        for key, each in entry.items():
            if key not in ("marketplaceId", "status"):
                reader.leave(place, f"{where}.{key}", each)
    return found


def _read_metrics(value: Any, path: str, reader: Reader) -> None:
    """A list with an object a marketplace; or one such object; or objects by the marketplaces' ids."""
    if isinstance(value, dict):
        by_id = all(isinstance(each, dict) and _looks_like_id(key) for key, each in value.items())
        value = [{"marketplaceId": key, **each} for key, each in value.items()] if by_id else [value]
    if not isinstance(value, list):
        reader.leave("", path, value)
        return
    for index, entry in enumerate(value):
        where = f"{path}[{index}]"
        if not isinstance(entry, dict):
            reader.leave("", where, entry)
            continue
        place = _id(entry)
        if not place:
            reader.leave("", f"{where}.marketplaceId", entry.get("marketplaceId"))
        reader.read_marketplace(place, entry, where)


def _id(entry: dict[str, Any]) -> str:
    value = entry.get("marketplaceId")
    return clean(value.strip()) if isinstance(value, str) else ""


def _looks_like_id(key: str) -> bool:
    return key.isascii() and key.isalnum() and key.isupper() and len(key) >= 10
