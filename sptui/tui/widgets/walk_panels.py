"""The wizard's panels: steps, evidence, trials and roles. Beside each other where there is room, else one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import DataTable

from sptui.triage.case import Case
from sptui.triage.events import StepName
from sptui.tui.marks import Tone, cell, line, mark_cell, one_line
from sptui.tui.walk import Walk
from sptui.tui.walk_roles import opening_roles, roles_note, roles_of
from sptui.tui.walk_text import (
    cost_of,
    evidence_text,
    mark_of,
    parameters_told,
    status_mark,
    trial_detail,
)
from sptui.tui.widgets.keyed_table import Cells, Column, KeyedTable
from sptui.tui.widgets.panel_bar import PanelBar
from sptui.tui.widgets.quiet_static import QuietStatic

STEPS: Final = "steps"
EVIDENCE: Final = "evidence"
TRIALS: Final = "trials"
ROLES: Final = "roles"
VERDICT: Final = "verdict"
PANELS: Final = {STEPS: "Steps", EVIDENCE: "Evidence", TRIALS: "Trials", ROLES: "Roles", VERDICT: "Verdict"}
"""The panels in the order of their keys; the verdict is the screen's own."""

_STATE: Final = Column("state", "STEP", 11)
_TITLE: Final = Column("title", "", 29)
_STEPS_BESIDE: Final = (_STATE, _TITLE, Column("cost", "COST", 15))
_STEPS_ALONE: Final = (_STATE, _TITLE, Column("cost", "COST", 26))
_TRIALS_NARROW: Final = (
    Column("what", "TRIED", 22),
    Column("with", "PARAMETERS", 20),
    Column("status", "ANSWER", 12),
    Column("code", "CODE", 13),
)
_TRIALS_WIDE: Final = (
    Column("number", "#", 3),
    Column("what", "TRIED", 29),
    Column("with", "PARAMETERS", 28),
    Column("status", "ANSWER", 12),
    Column("code", "CODE", 18),
    Column("time", "TOOK", 8),
)
_TRIALS_VAST: Final = (
    Column("number", "#", 3),
    Column("what", "TRIED", 42),
    Column("with", "PARAMETERS", 48),
    *_TRIALS_WIDE[3:],
    Column("request", "REQUEST ID", 37),
)
_ROLES_NARROW: Final = (Column("role", "ROLE", 34), Column("state", "STATE", 12), Column("by", "BY WHICH CALL", 24))
_ROLES_BESIDE: Final = (Column("role", "ROLE", 22), Column("state", "STATE", 12), Column("by", "BY WHICH CALL", 13))
_ROLES_THIRD: Final = (Column("role", "ROLE", 28), Column("state", "STATE", 12), Column("by", "BY WHICH CALL", 16))
_ROLES_VAST: Final = (Column("role", "ROLE", 40), Column("state", "STATE", 12), Column("by", "BY WHICH CALL", 34))


class StepsTable(KeyedTable):
    """The steps; Enter makes the next one, or goes back to one that was made."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "select_cursor", "Do it", id="investigation.do",
            tooltip="Make the step that is next; of one that was made: do it again, and all after it",
        ),
    ]  # fmt: skip


class EvidencePanel(VerticalScroll):
    """What the steps found; tells when there is another width to fill."""

    class Widened(Message):
        """Lines have to be broken anew."""

    def on_resize(self) -> None:
        """Another width."""
        self.post_message(self.Widened())


class WalkPanels(Vertical):
    """Draws a walk; ``panel`` is the one that is in front."""

    def __init__(self, case: Case, wait_of: Callable[[StepName], float], *, id: str | None = None) -> None:  # noqa: A002
        """``wait_of`` tells about how many seconds a step would wait for the usage plan."""
        super().__init__(id=id)
        self._wait_of = wait_of
        self._walk = Walk()
        self._next: StepName | None = None
        self._case = case
        self._opening = opening_roles(case)
        self.panel = STEPS
        self.only_chosen = False
        """Whether the evidence is that of the step under the cursor alone."""

    def compose(self) -> ComposeResult:
        """The bar, then the panels."""
        yield PanelBar(PANELS, id="panels")
        with Horizontal(id="upper"):
            yield StepsTable(_STEPS_ALONE, id="steps")
            with EvidencePanel(id="evidence-panel"):
                yield QuietStatic(id="evidence")
            with Vertical(id="roles-panel"):
                yield QuietStatic(id="roles-note")
                yield KeyedTable(_ROLES_NARROW, id="roles")
                yield QuietStatic(id="role-detail")
        with Vertical(id="trials-panel"):
            yield KeyedTable(_TRIALS_NARROW, id="trials")
            yield QuietStatic(id="trial-detail")

    # What is in front -------------------------------------------------------------------------------------

    def show_panel(self, panel: str) -> None:
        """Brings a panel to the front and puts the cursor into it; the verdict is only marked."""
        self.panel = panel
        self.set_out()
        if panel != VERDICT:
            self.query_one({EVIDENCE: "#evidence-panel"}.get(panel, f"#{panel}")).focus()

    def set_out(self) -> None:
        """Shows what there is room for."""
        width, together = self.screen.size.width, self.screen.size.width >= 100 and self.screen.size.height >= 32
        vast, front = width >= 190, STEPS if self.panel == VERDICT else self.panel
        shown = {
            STEPS: together or front == STEPS,
            EVIDENCE: (together and (vast or front != ROLES)) or front == EVIDENCE,
            ROLES: (together and vast) or front == ROLES,
            TRIALS: (together and bool(self._walk.trials)) or front == TRIALS,
        }
        self.query_one("#steps").display = shown[STEPS]
        self.query_one("#evidence-panel").display = shown[EVIDENCE]
        self.query_one("#roles-panel").display = shown[ROLES]
        self.query_one("#trials-panel").display = shown[TRIALS]
        self.query_one("#upper").display = any(shown[each] for each in (STEPS, EVIDENCE, ROLES))
        self.set_class(together, "-together")
        bar = self.query_one("#panels", PanelBar)
        bar.show(self.panel)
        bar.rename(TRIALS, f"Trials {len(self._walk.trials)}" if self._walk.trials else "Trials")
        self.query_one("#steps", KeyedTable).set_columns(_STEPS_BESIDE if together else _STEPS_ALONE)
        trials = _TRIALS_VAST if width >= 190 else _TRIALS_WIDE if width >= 116 else _TRIALS_NARROW
        self.query_one("#trials", KeyedTable).set_columns(trials)
        alone = _ROLES_VAST if width >= 100 else _ROLES_NARROW
        roles = alone if not together else _ROLES_THIRD if vast else _ROLES_BESIDE
        self.query_one("#roles", KeyedTable).set_columns(roles)

    # What is shown ----------------------------------------------------------------------------------------

    @property
    def chosen(self) -> StepName | None:
        """The step under the cursor."""
        key = self.query_one("#steps", KeyedTable).selected_key
        return StepName(key) if key else None

    def choose(self, step: StepName) -> None:
        """Puts the cursor on a step."""
        self.query_one("#steps", KeyedTable).select_key(step)

    def show(self, walk: Walk, next_: StepName | None) -> None:
        """Draws a walk; ``next_`` waits for somebody's go."""
        self._walk, self._next = walk, next_
        self.set_out()
        steps = self.query_one("#steps", KeyedTable)
        steps.show_rows({each: self._step_row(each) for each in walk.order})
        trials = self.query_one("#trials", KeyedTable)
        trials.show_rows({str(number): self._trial_row(number) for number, _ in enumerate(walk.trials)})
        self._show_evidence()
        self._show_roles()
        self._show_trial()

    @on(EvidencePanel.Widened)
    @on(DataTable.RowHighlighted, "#steps")
    def _show_evidence(self) -> None:
        panel = self.query_one("#evidence-panel", EvidencePanel)
        walk, chosen = self._walk, self.chosen
        alone = [chosen] if self.only_chosen and chosen is not None else None
        steps = alone or [each for each in walk.order if each in (*walk.finished, walk.running, chosen)]
        text, at = evidence_text(walk, steps, chosen, self._next, max(30, panel.size.width - 2))
        self.query_one("#evidence", QuietStatic).show(text)
        panel.call_after_refresh(panel.scroll_to, y=at, animate=False)

    def _step_row(self, step: StepName) -> Cells:
        walk, app = self._walk, self.app
        mark = mark_of(walk, step, next_=self._next)
        tone: Tone = "muted" if mark.tone == "muted" else "plain"
        cost = cost_of(walk, step, 0.0 if walk.is_done(step) else self._wait_of(step))
        return (mark_cell(app, mark), cell(app, walk.title(step), tone), cell(app, cost, "muted"))

    def _trial_row(self, place: int) -> Cells:
        app, trial, table = self.app, self._walk.trials[place], self.query_one("#trials", KeyedTable)
        by_column = {
            "number": cell(app, str(place + 1), "muted"),
            "what": cell(app, trial.purpose),
            "with": cell(app, parameters_told(trial, self._walk.trials), "muted"),
            "status": mark_cell(app, status_mark(trial)),
            "code": cell(app, trial.code),
            "time": cell(app, f"{trial.milliseconds:.0f} ms", "muted"),
            "request": cell(app, trial.request_id, "muted"),
        }
        return tuple(by_column[column.key] for column in table.shown_columns)

    @on(DataTable.RowHighlighted, "#trials")
    def _show_trial(self) -> None:
        detail, key = self.query_one("#trial-detail", QuietStatic), self.query_one("#trials", KeyedTable).selected_key
        self.query_one("#trials").display = bool(self._walk.trials)
        if key is None or int(key) >= len(self._walk.trials):
            detail.show(line(("No call has been tried yet.", "muted")))
        else:
            width = max(40, self.screen.size.width - 4)
            detail.show(trial_detail(self._walk.trials[int(key)], self._walk.trials, width))

    def _show_roles(self) -> None:
        app, roles = self.app, roles_of(self._walk.evidence, self._opening)
        rows = {each.role: (cell(app, each.role), mark_cell(app, each.mark), cell(app, each.by)) for each in roles}
        table = self.query_one("#roles", KeyedTable)
        table.display = bool(rows)
        table.show_rows(rows)
        self.query_one("#roles-note", QuietStatic).show(line((roles_note(self._case, self._opening), "muted")))
        self._show_role()

    @on(DataTable.RowHighlighted, "#roles")
    def _show_role(self) -> None:
        key = self.query_one("#roles", KeyedTable).selected_key
        found = next((each for each in roles_of(self._walk.evidence, self._opening) if each.role == key), None)
        detail = self.query_one("#role-detail", QuietStatic)
        detail.display = found is not None and bool(found.by)
        if found is not None:
            detail.show(line(one_line(found.role), (f"  {found.mark.word}: {one_line(found.by)}", "muted")))

    @on(PanelBar.Chosen)
    def _clicked(self, message: PanelBar.Chosen) -> None:
        if message.panel != VERDICT:  # the screen's own: it takes the message further up
            message.stop()
            self.show_panel(message.panel)
