"""Bars, sparklines and strips: the same picture for every number, however odd."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.health.metric import Metric
from sptui.tui.widgets.bars import limit_bar, progress_bar, sparkline, status_strip, trend_arrow, used_of_limit

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NUMBERS = st.one_of(st.none(), st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False))


def metric(value: float | None, target: float | None, condition: str = "LESS_THAN", unit: str = "fraction") -> Metric:
    return Metric("ATVPDKIKX0DER", "x", value=value, target=target, condition=condition, unit=unit)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "target", "condition", "bar"),
    [
        (0.0, 0.04, "LESS_THAN", "        │   "),
        (0.02, 0.04, "LESS_THAN", "━━━━    │   "),
        (0.04, 0.04, "LESS_THAN", "━━━━━━━━│   "),
        (0.0405, 0.04, "LESS_THAN", "━━━━━━━━┿╸  "),
        (0.05, 0.04, "LESS_THAN", "━━━━━━━━┿━━ "),
        (0.2, 0.04, "LESS_THAN", "━━━━━━━━┿━━▶"),
        (0.99, 0.95, "GREATER_THAN", "━╸      │   "),
        (0.43, 0.97, "GREATER_THAN", "━━━━━━━━┿━━▶"),
        (3, 0, "EQUALS", "━━━━━━━━┿━━▶"),
        (0, 0, "EQUALS", "        │   "),
        (None, 0.04, "LESS_THAN", "············"),
        (0.5, 0.04, "NEARLY", "            "),
    ],
)
def test_a_longer_bar_is_always_the_worse_one(value: float | None, target: float, condition: str, bar: str) -> None:
    assert limit_bar(metric(value, target, condition), 12) == bar


@given(NUMBERS, NUMBERS, st.sampled_from(["LESS_THAN", "GREATER_THAN", "EQUALS", "", "[/]"]), st.integers(4, 30))
def test_every_number_has_a_bar_of_the_width(
    value: float | None, target: float | None, condition: str, width: int
) -> None:
    found = metric(value, target, condition)
    assert len(limit_bar(found, width)) == width
    used = used_of_limit(found)
    if used is not None and condition == "LESS_THAN" and value is not None and value > 0:
        assert (used < 1) is (found.meets_target is True) or value == target


@pytest.mark.parametrize(
    ("values", "drawn"),
    [([], ""), ([1], ""), ([None, 1], ""), ([1, 1], "▄▄"), ([0, 1, 2, 3], "▁▃▆█"), ([1, None, 2], "▁ █")],
)
def test_a_sparkline_lies_between_its_own_least_and_greatest(values: list[float | None], drawn: str) -> None:
    assert sparkline(values) == drawn


@given(st.lists(NUMBERS), st.integers(1, 20))
def test_a_sparkline_is_never_too_wide(values: list[float | None], width: int) -> None:
    assert len(sparkline(values, width)) <= width


@pytest.mark.parametrize(("values", "arrow"), [([1, 2], "↗"), ([2, 1], "↘"), ([1, 1], "→"), ([1], "")])
def test_the_arrow_tells_the_newest_step(values: list[float | None], arrow: str) -> None:
    assert trend_arrow(values) == arrow


def test_a_strip_shows_each_status_for_as_long_as_it_held() -> None:
    start = NOW - timedelta(days=10)
    changes = [(start + timedelta(days=4), "AT_RISK"), (start + timedelta(days=8), "DEACTIVATED")]
    assert status_strip(changes, "NORMAL", start, NOW, 10) == "▁▁▁▄▄▄▄▇▇▇"
    assert status_strip([], "", start, NOW, 3) == "···"
    assert status_strip([], "WORD", start, NOW, 3) == "▅▅▅"
    assert status_strip(changes, "NORMAL", NOW, NOW, 0) == ""


@pytest.mark.parametrize(("done", "total", "bar"), [(0, 0, "▰▰▰▰"), (0, 8, "▱▱▱▱"), (4, 8, "▰▰▱▱"), (9, 8, "▰▰▰▰")])
def test_progress(done: int, total: int, bar: str) -> None:
    assert progress_bar(done, total, 4) == bar
