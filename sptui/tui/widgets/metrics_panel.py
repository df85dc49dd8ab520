"""A seller's metrics: worst first, each value against its target and its trend, and what stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from sptui.health.metric import Metric, Number, Severity
from sptui.health.seller_central import page_for
from sptui.health.wording import (
    disagreement_in_words,
    metric_in_words,
    number_in_words,
    place_in_words,
    target_in_words,
    window_in_words,
)
from sptui.spapi.marketplaces import label_of_marketplace
from sptui.tui.marks import Tone, line, link, one_line, severity_mark
from sptui.tui.widgets.bars import limit_bar, sparkline, trend_arrow
from sptui.tui.widgets.columns import Column
from sptui.tui.widgets.long_table import LongTable, Row
from sptui.tui.widgets.quiet_static import QuietStatic

Trend = Sequence[float | int | None]

_NARROW = (
    Column("status", "STATUS", 11),
    Column("place", "IN", 3),
    Column("metric", "METRIC", 25),
    Column("value", "VALUE", 7),
    Column("target", "TARGET", 7),
    Column("bar", "LIMIT", 11),
)
_WIDE = (
    Column("status", "STATUS", 11),
    Column("place", "IN", 3),
    Column("metric", "METRIC", 26),
    Column("value", "VALUE", 8),
    Column("target", "TARGET", 8),
    Column("bar", "USE OF LIMIT", 15),
    Column("trend", "TREND", 12),
)
_VAST = (*_WIDE, Column("window", "WINDOW", 15))
_TONES: dict[Severity, Tone] = {
    Severity.ALARM: "error", Severity.WARNING: "warning", Severity.FINE: "success", Severity.NO_DATA: "muted",
}  # fmt: skip
_GROUPS = (
    ("attention", "Asks for attention", (Severity.ALARM, Severity.WARNING)),
    ("good", "Good", (Severity.FINE,)),
    ("none", "No data: Amazon gives no verdict", (Severity.NO_DATA,)),
)


class MetricsPanel(Vertical):
    """The table, and below it what stands behind the metric under the cursor."""

    DEFAULT_CSS = """
    MetricsPanel {
        & > #metric-detail {
            height: auto;
            max-height: 7;
            padding: 0 2;
            border-top: solid $border-blurred;
        }
    }
    """

    def __init__(self, trend_of: Callable[[str], Trend], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._trend_of = trend_of
        self._metrics: dict[str, Metric] = {}

    def compose(self) -> ComposeResult:
        """The table and the details."""
        yield LongTable(_NARROW, self._row, id="metrics")
        yield QuietStatic(id="metric-detail")

    @property
    def table(self) -> LongTable:
        """The table, to focus."""
        return self.query_one("#metrics", LongTable)

    @property
    def selected(self) -> Metric | None:
        """The metric under the cursor."""
        return self._metrics.get(self.table.selected_key or "")

    def show(self, metrics: dict[str, Metric]) -> None:
        """``metrics`` by a key of their own, worst first."""
        changed = [key for key, metric in metrics.items() if self._metrics.get(key) != metric]
        self._metrics = metrics
        keys, headings = [], {}
        for name, words, severities in _GROUPS:
            inside = [key for key, metric in metrics.items() if metric.severity in severities]
            if inside:
                headings[f"\n{name}"] = f"{words} ({len(inside)})"
                keys += [f"\n{name}", *inside]
        self.table.set_rows(keys, headings)
        self.table.touch(changed)
        self.show_detail()

    def redraw(self) -> None:
        """The colours changed."""
        self.table.redraw()
        self.show_detail()

    def on_resize(self) -> None:
        """As many columns as there is room for."""
        width = self.size.width
        self.table.set_columns(_VAST if width >= 117 else _WIDE if width >= 100 else _NARROW)

    def on_long_table_row_highlighted(self) -> None:
        """Another metric is under the cursor."""
        self.show_detail()

    def show_detail(self) -> None:
        """What stands behind the metric under the cursor."""
        metric, detail = self.selected, self.query_one("#metric-detail", QuietStatic)
        detail.display = metric is not None
        if metric is not None:
            detail.show(_detail(metric))

    def _row(self, key: str) -> Row:
        metric = self._metrics[key]
        mark, tone = severity_mark(metric.severity, metric.status), _TONES[metric.severity]
        plain: Tone = "muted" if metric.severity is Severity.NO_DATA else "plain"
        trend = self._trend_of(key)
        columns = {column.key: column.width for column in self.table.shown_columns}
        mismatch = " ≠" if metric.disagrees else ""
        cells: dict[str, tuple[tuple[str, Tone], ...]] = {
            "status": ((mark.label, mark.tone),),
            "place": ((label_of_marketplace(metric.marketplace_id)[:3], "muted"),),
            "metric": ((metric_in_words(metric), plain), (mismatch, "warning")),
            "value": ((number_in_words(metric.value, metric.unit) or "-", plain),),
            "target": ((target_in_words(metric) or "-", "muted"),),
            "bar": ((limit_bar(metric, columns.get("bar", 0)), tone),),
            "trend": ((sparkline(trend), plain), (f" {trend_arrow(trend)}", "muted")),
            "window": ((window_in_words(metric.start, metric.end), "muted"),),
        }
        return tuple(cells[column.key] for column in self.table.shown_columns)


def _detail(metric: Metric) -> Content:
    told = " · ".join(f"{name} {value}" for name, value in metric.counts if not _says_nothing(name, value))
    target = target_in_words(metric)
    value = number_in_words(metric.value, metric.unit) or "no value"
    lines = [
        line(
            (metric_in_words(metric), "plain"), f"  {one_line(place_in_words(metric.marketplace_id))}  ",
            (f"{value}{f', to stay good {target}' if target else ''}", "plain"),
        ),
        line((one_line(" · ".join(filter(None, (metric.label, _window(metric.start, metric.end), told)))), "muted")),
    ]  # fmt: skip
    if words := disagreement_in_words(metric):
        lines.append(line(("≠ ", "warning"), words))
    if metric.severity >= Severity.WARNING and (page := page_for("account_health", metric.marketplace_id)):
        lines.append(line("A person looks at ", link(page), ("  y copies the address", "muted")))
    return Content("\n").join(lines)


def _says_nothing(name: str, value: Number | str) -> bool:
    """The parts of a metric have a status each, and mostly none of their own; which kind it is stands in its name."""
    return name == "fulfillmentType" or (name.endswith("status") and value in ("NONE", "GOOD"))


def _window(start: datetime | None, end: datetime | None) -> str:
    words = window_in_words(start, end)
    if start is not None and end is not None and start > end:
        return f"{words} (the start after the end, as Amazon sent it)"
    return words
