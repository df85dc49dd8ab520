"""Two runs of a case beside each other: is it fixed, does it still fail, is it another cause?"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.widgets import Footer

from sptui.triage.events import StepName, StepOutcome
from sptui.triage.flow import TITLES
from sptui.triage.saved import Comparison, SavedCase, SavedRun, TrialPair, compare
from sptui.tui.marks import Mark, cell, line, mark_cell, one_line
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.walk_text import OUTCOMES
from sptui.tui.widgets.keyed_table import Cells, Column, KeyedTable
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

_FIXED = Mark("●", "fixed", "success")
_PASSES = Mark("●", "passes, as before", "success")
_OTHER = Mark("▲", "another cause", "warning")
_SAME = Mark("✖", "still fails", "error")
_BROKEN = Mark("✖", "fails now", "error")
_MENDED = Mark("●", "changed", "warning")
_AS_BEFORE = Mark("=", "as before", "muted")
_ONE_SIDE = Mark("·", "one only", "muted")


class ComparisonScreen(SptuiScreen[None]):
    """The last two runs at first; the brackets choose an earlier one to compare with."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left_square_bracket", "earlier(-1)", "Earlier run", id="comparison.earlier", key_display="[",
            tooltip="Compare with an earlier run",
        ),
        Binding(
            "right_square_bracket", "earlier(1)", "Later run", id="comparison.later", key_display="]",
            tooltip="Compare with a later run",
        ),
    ]  # fmt: skip

    in_triage: ClassVar[bool] = True

    def __init__(self, saved: SavedCase) -> None:
        """``saved`` has at least two runs; the last is compared."""
        super().__init__()
        self._saved = saved
        self._earlier = len(saved.runs) - 2

    def compose(self) -> ComposeResult:
        """What changed in a sentence, then the calls."""
        yield TopBar("Cases", one_line(self._saved.title), "Before and after")
        yield QuietStatic(id="summary")
        yield KeyedTable((), id="runs")
        yield Footer()

    def on_mount(self) -> None:
        """The table has the cursor."""
        self.query_one("#runs").focus()
        self.redraw()

    @property
    def comparison(self) -> Comparison:
        """What changed from the chosen run to the last."""
        return compare(self._saved.runs[self._earlier], self._saved.runs[-1])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only where there is another run to choose."""
        if action == "earlier":
            step = parameters[0]
            return isinstance(step, int) and 0 <= self._earlier + step <= len(self._saved.runs) - 2
        return super().check_action(action, parameters)

    @on(Resize)
    def redraw(self) -> None:
        """Draws everything."""
        comparison, runs = self.comparison, self._saved.runs
        before, after = runs[self._earlier], runs[-1]
        mark = mark_of_comparison(comparison)
        lines = [
            line((f"{mark.label}  ", mark.tone), one_line(comparison.summary)),
            line((f"before: {_when(before)}, run {self._earlier + 1} of {len(runs)}", "muted")),
            line((f"after:  {_when(after)}, run {len(runs)}", "muted")),
        ]
        lines += [
            line((f"{_title(name)}: {_outcome(old)} → {_outcome(new)}", "muted")) for name, old, new in comparison.steps
        ]
        self.query_one("#summary", QuietStatic).show(Content("\n").join(lines))
        table, room = self.query_one("#runs", KeyedTable), max(18, self.size.width - 63)
        table.set_columns(
            (
                Column("with", "CALL WITH", room),
                Column("before", "BEFORE", 20),
                Column("after", "AFTER", 20),
                Column("change", "", 11),
            )
        )
        table.show_rows({",".join(each.parameters): self._row(each) for each in comparison.trials})

    def _row(self, pair: TrialPair) -> Cells:
        app = self.app
        mark = _ONE_SIDE if not (pair.before and pair.after) else _MENDED if pair.changed else _AS_BEFORE
        return (
            cell(app, ", ".join(pair.parameters) or "no parameter"),
            cell(app, pair.before or "not tried"),
            cell(app, pair.after or "not tried"),
            mark_cell(app, mark),
        )

    def action_earlier(self, step: int) -> None:
        """Another run to compare with."""
        self._earlier += step
        self.redraw()
        self.refresh_bindings()


def mark_of_comparison(comparison: Comparison) -> Mark:
    """What became of the failure."""
    if comparison.fixed:
        return _FIXED
    if comparison.cause_before == comparison.cause_after:
        return _PASSES if comparison.cause_after == "success" else _SAME
    return _BROKEN if comparison.cause_before == "success" else _OTHER


def _title(name: str) -> str:
    return TITLES[StepName(name)] if name in set(StepName) else one_line(name)


def _outcome(told: str) -> str:
    return OUTCOMES[StepOutcome(told)].word if told in set(StepOutcome) else one_line(told)


def _when(run: SavedRun) -> str:
    return f"{run.at:%Y-%m-%d %H:%M} UTC"
