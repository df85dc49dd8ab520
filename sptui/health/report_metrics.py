"""The metrics of a performance report, read tolerantly: "you shouldn't rely on this format" (developer blog, 2022).

What is known of the format is in the schema accountHealthReport-2020-11-18 and in what integrators saw. Every metric
comes through under its own name, known or not; what cannot be understood becomes a Leftover.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, Final

from sptui.health.metric import ACCOUNT_HEALTH_RATING, Leftover, Metric, Number, Unit
from sptui.health.report_values import clean, is_end, is_start, moment_of, number_of, window_of, word_of
from sptui.spapi.redaction import redact

_PROPERTY_NAMES: Final = {
    "prefulfillmentCancelRate": "preFulfillmentCancellationRate",
    "documentRequest": "documentRequests",
    "warningState": "warningStates",
}
"""The schema's own example spells three keys otherwise than its properties; live reports have the properties' names."""

_STATUS: Final = ("status", "ahrStatus", "accountHealthRatingStatus")
_RANGE: Final = "reportingDateRange"
_SIGNS_OF_A_METRIC: Final = frozenset({"rate", "targetValue", "targetCondition", _RANGE, "ahrStatus", "defectsCount"})
_CHANNELS: Final = frozenset({"mfn", "afn"})
_LONGEST_TEXT: Final = 2000
_DEEPEST: Final = 4


class Reader:
    """Gathers what a report tells."""

    def __init__(self) -> None:
        self.metrics: list[Metric] = []
        self.leftovers: list[Leftover] = []
        self._labels: set[tuple[str, str, str]] = set()

    def read_marketplace(self, place: str, entry: dict[str, Any], path: str) -> None:
        """Reads the metrics of one marketplace: every field but its id."""
        for key, value in entry.items():
            if key != "marketplaceId":
                self._read(place, _PROPERTY_NAMES.get(key, clean(key)), "", value, f"{path}.{key}")

    def leave(self, place: str, path: str, value: Any) -> None:
        """Keeps what could not be understood, so that a person can look at it; null tells nothing."""
        if value is None:
            return
        text = redact(clean(json.dumps(value, ensure_ascii=False)))
        shown = text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"
        self.leftovers.append(Leftover(place, clean(path), shown))

    def _read(self, place: str, name: str, part: str, value: Any, path: str, depth: int = 0) -> None:
        if depth > _DEEPEST:
            self.leave(place, path, value)
        elif isinstance(value, dict):
            self._read_object(place, name, part, value, path, depth)
        elif isinstance(value, list):
            self._read_list(place, name, part, value, path, depth)
        else:
            self._read_bare(place, name, part, value, path)

    def _read_object(self, place: str, name: str, part: str, value: dict[str, Any], path: str, depth: int) -> None:
        inner = {key: each for key, each in value.items() if _is_metric(key, each)}
        own = {key: each for key, each in value.items() if key not in inner}
        if own or not inner:
            self._read_fields(place, name, part, own, path)
        for key, each in inner.items():
            self._read(place, name, f"{part} {clean(key)}".strip(), each, f"{path}.{key}", depth + 1)

    def _read_list(self, place: str, name: str, part: str, value: list[Any], path: str, depth: int) -> None:
        for index, each in enumerate(value):
            where = f"{path}[{index}]"
            if isinstance(each, str) and number_of(each) is None:
                # A warning may be its type alone; so may an entry of a list that this version does not know.
                self._add(Metric(place, name, f"{part} {clean(each)}".strip()))
                continue
            told = _kind_of_entry(each) or (str(index + 1) if len(value) > 1 else "")
            self._read(place, name, f"{part} {told}".strip(), each, where, depth + 1)

    def _read_bare(self, place: str, name: str, part: str, value: Any, path: str) -> None:
        number = number_of(value)
        if number is not None:
            self._add(Metric(place, name, part, value=number, unit=_unit_of(name)))
        elif isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z_]*", value.strip()):
            self._add(Metric(place, name, part, status=word_of(value)))
        else:
            self.leave(place, path, value)

    def _read_fields(self, place: str, name: str, part: str, fields: dict[str, Any], path: str) -> None:
        rest = dict(fields)
        status = _take_status(rest)
        start, end = _take_window(rest)
        target = _take_number(rest, "targetValue")
        condition = _take_word(rest, "targetCondition")
        value, unit = _take_value(rest)
        counts: list[tuple[str, Number | str]] = []
        for key, each in rest.items():
            if (told := _counts_of(clean(key), each)) is not None:
                counts += told
            else:
                self.leave(place, f"{path}.{key}", each)
        if not (status or start or end or condition or counts or target is not None or value is not None):
            # Nothing of it was understood, and what was not is left over already; an empty object is told so.
            if not any(each is not None for each in fields.values()):
                self.leave(place, path, fields)
            return
        self._add(Metric(place, name, part, status, value, unit, target, condition, start, end, tuple(counts)))

    def _add(self, metric: Metric) -> None:
        """Keeps a metric; one that is told again under the same label gets a number behind its part."""
        part, again = metric.part, 1
        while (metric.marketplace_id, metric.name, part) in self._labels:
            again += 1
            part = f"{metric.part} #{again}".strip()
        self._labels.add((metric.marketplace_id, metric.name, part))
        if part != metric.part:
            fields = {name: getattr(metric, name) for name in metric.__struct_fields__}
            metric = Metric(**{**fields, "part": part})
        self.metrics.append(metric)


def _is_metric(key: str, value: Any) -> bool:
    """Whether a field of a metric is a metric itself: ``mfn``, or an object that has what only metrics have."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, dict) for each in value) and key != _RANGE
    if not isinstance(value, dict) or key == _RANGE:
        return False
    return key in _CHANNELS or not _SIGNS_OF_A_METRIC.isdisjoint(value)


def _kind_of_entry(entry: Any) -> str:
    """What tells an entry of a list from the others: its type, else the days of its window."""
    if not isinstance(entry, dict):
        return ""
    for key, value in entry.items():
        if key.lower().endswith("type") and isinstance(value, str):
            return clean(value.strip())
    window = window_of(entry.get(_RANGE))
    if window is None or window[0] is None or window[1] is None:
        return ""
    return f"{max(1, round(abs((window[1] - window[0]).total_seconds()) / 86400))} d"


def _take_status(rest: dict[str, Any]) -> str:
    for name in _STATUS:
        if word := word_of(rest.get(name)):
            del rest[name]
            return word
    return ""


def _take_word(rest: dict[str, Any], name: str) -> str:
    word = word_of(rest.get(name))
    if word:
        del rest[name]
    return word


def _take_number(rest: dict[str, Any], name: str) -> Number | None:
    number = number_of(rest.get(name))
    if number is not None:
        del rest[name]
    return number


def _take_window(rest: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    """The window, from its own object or from fields beside the others; what of it is not read stays in ``rest``."""
    told = rest.get(_RANGE)
    window = window_of(told)
    if window is not None:
        left = (
            {key: each for key, each in told.items() if moment_of(each) is None or not (is_start(key) or is_end(key))}
            if isinstance(told, dict)
            else {}
        )
        if isinstance(told, list | str) and None in window:
            return None, None
        rest.pop(_RANGE)
        if left:
            rest[_RANGE] = left
        return window
    ends: list[datetime | None] = [None, None]
    for place, is_this in enumerate((is_start, is_end)):
        for key in [key for key in rest if is_this(key)]:
            if ends[place] is None and (moment := moment_of(rest[key])) is not None:
                ends[place] = moment
                del rest[key]
    return ends[0], ends[1]


def _take_value(rest: dict[str, Any]) -> tuple[Number | None, Unit]:
    """The value: a rate, a score, or the one count there is. Counts are never divided: they need not add up."""
    counts = [key for key, each in rest.items() if key.lower().endswith("count") and number_of(each) is not None]
    for key in ("rate", "ahrScore", "defectsCount", "warningsCount", *rest, *(counts if len(counts) == 1 else ())):
        unit = _unit_of(key)
        if unit == "count" and key not in ("defectsCount", "warningsCount") and counts != [key]:
            continue
        if unit and (number := number_of(rest.get(key))) is not None:
            del rest[key]
            return number, unit
    return None, ""


def _unit_of(name: str) -> Unit:
    low = name.lower()
    if low.endswith(("rate", "percentage", "ratio")):
        return "fraction"
    if low.endswith("score") or name == ACCOUNT_HEALTH_RATING:
        return "score"
    return "count" if low.endswith(("count", "violations", "complaints", "requests", "issues", "warnings")) else ""


def _counts_of(key: str, value: Any, depth: int = 0) -> list[tuple[str, Number | str]] | None:
    """The numbers and words that stand beside a metric's value; None for what is neither.

    ``{"count": 442, "status": "NONE"}`` under ``claims`` is ``claims`` and ``claims.status``.
    """
    if value is None:
        return []
    if isinstance(value, bool):
        return [(key, str(value).lower())]
    if isinstance(value, int | float):
        return [(key, value)]
    if isinstance(value, str):
        return [(key, redact(clean(value)))]
    if not isinstance(value, dict) or not value or depth == _DEEPEST:
        return None
    found: list[tuple[str, Number | str]] = []
    for name, each in value.items():
        told = _counts_of(key if name == "count" else f"{key}.{clean(name)}", each, depth + 1)
        if told is None:
            return None
        found += told
    return found
