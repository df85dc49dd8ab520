"""Numbers as lines of blocks that tell the same without colour: a limit's use, a trend, a status over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from sptui.health.metric import Metric

_FULL: Final = "━"
_HALF: Final = "╸"
_LEVELS: Final = "▁▂▃▄▅▆▇█"
_LIMIT: Final = "│"
_CROSSED: Final = "┿"
_BEYOND: Final = "▶"


def used_of_limit(metric: Metric) -> float | None:
    """How much of what Amazon allows is used up: 1.0 is the limit itself, more is past it; None where unknown.

    Of ``rate < 0.04`` that is the rate over 0.04; of ``rate > 0.95`` what is missing to 1 over the 0.05 that may be
    missing. So a longer bar is always the worse one. Counts are not divided: only a value by its own target.
    """
    value, target = metric.value, metric.target
    if value is None or target is None:
        return None
    if metric.condition == "LESS_THAN":
        return value / target if target > 0 else None
    if metric.condition == "GREATER_THAN":
        if metric.unit == "fraction" and target < 1:
            return max(0.0, 1 - value) / (1 - target)
        return target / value if value > 0 else None
    if metric.condition == "EQUALS":
        return 0.0 if value == target else float("inf")
    return None


def limit_bar(metric: Metric, width: int = 12) -> str:
    """``━━━━╸   │   ``: the limit stands at two thirds; past it the bar goes on, past the scale it ends in an arrow."""
    used = used_of_limit(metric)
    if used is None:
        return "·" * width if metric.value is None and metric.unit == "fraction" else " " * width
    within = max(2, width * 2 // 3)
    beyond = width - within - 1
    if used <= 1:
        return _filled(used, within) + _LIMIT + " " * beyond
    share = (used - 1) * within / beyond if beyond else 0.0
    tail = _FULL * (beyond - 1) + _BEYOND if share > 1 else _filled(max(share, 1 / (2 * beyond)), beyond)
    return _FULL * within + _CROSSED + tail


def sparkline(values: Sequence[float | int | None], width: int = 10) -> str:
    """The newest ``width`` values, oldest first, between their own least and greatest; a gap where one is unknown.

    "" for fewer than two values: one reading is no trend.
    """
    shown = list(values)[-width:]
    known = [value for value in shown if value is not None]
    if len(known) < 2:
        return ""
    least, span = min(known) / 2, max(known) / 2 - min(known) / 2  # halves: a span beyond any float is no number
    return "".join(
        " " if value is None else _LEVELS[round((value / 2 - least) / span * 7) if span else 3] for value in shown
    )


def counts_strip(counts: Sequence[int], width: int) -> str:
    """How many in each step, oldest first: ``··▁▂█``. A dot is none at all, a full block the most of them.

    Steps are put together where there is room for fewer; "" where there are none.
    """
    if not counts or width <= 0:
        return ""
    cells = min(width, len(counts))
    edges = [len(counts) * each // cells for each in range(cells + 1)]
    sums = [sum(counts[start:end]) for start, end in pairwise(edges)]
    most = max(sums)
    return "".join("·" if each <= 0 else _LEVELS[-(-each * len(_LEVELS) // most) - 1] for each in sums)


def trend_arrow(values: Sequence[float | int | None]) -> str:
    """``↗``, ``↘`` or ``→``: the newest value against the one before it; "" for fewer than two."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    return "→" if known[-1] == known[-2] else "↗" if known[-1] > known[-2] else "↘"


STATUS_BLOCKS: Final = {"": "·", "NORMAL": "▁", "AT_RISK": "▄", "DEACTIVATED": "▇", "SUSPENDED": "▇"}


def status_strip(
    changes: Sequence[tuple[datetime, str]], first: str, start: datetime, now: datetime, width: int
) -> str:
    """A status over time, the higher the worse: ``▁▁▁▁▄▄▄▄▇▇▇``, each cell the status in force at its end.

    ``changes`` are (time, the status from then on), oldest first; ``first`` is the status before them, "" unknown.
    """
    if width <= 0:
        return ""
    span = max((now - start).total_seconds(), 1.0)
    cells = []
    for cell in range(width):
        moment = span * (cell + 1) / width
        status = first
        for time, current in changes:
            if (time - start).total_seconds() <= moment:
                status = current
        cells.append(STATUS_BLOCKS.get(status, "▅"))
    return "".join(cells)


def progress_bar(done: int, total: int, width: int = 10) -> str:
    """``▰▰▰▱▱▱``."""
    filled = width if total <= 0 else min(width, done * width // total)
    return "▰" * filled + "▱" * (width - filled)


def _filled(share: float, width: int) -> str:
    full, half = divmod(max(0, min(width * 2, round(share * width * 2))), 2)
    return (_FULL * full + _HALF * half).ljust(width)
