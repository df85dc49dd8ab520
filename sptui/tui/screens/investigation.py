"""The wizard at work: the steps, what they found, the trials, and the verdict so far."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Footer

from sptui.spapi.authorization import Seller
from sptui.triage.case import Case
from sptui.triage.events import (
    NO,
    Event,
    Finished,
    Planned,
    PlannedStep,
    Question,
    Reply,
    StepFinished,
    StepName,
    StepOutcome,
    StepStarted,
    TrialMade,
    VerdictSoFar,
    Waiting,
)
from sptui.triage.flow import investigate
from sptui.triage.isolation import Trial
from sptui.triage.run import Options
from sptui.triage.sending import relayed
from sptui.triage.verdict import Verdict
from sptui.tui.marks import Mark, Tone, cell, line, mark_cell, wrapped
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.screens.question import QuestionScreen
from sptui.tui.verdict_text import verdict_text
from sptui.tui.widgets.keyed_table import Cells, Column, KeyedTable
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

_TO_COME: Final = Mark("·", "to come", "muted")
_RUNNING: Final = Mark("◌", "running", "plain")
_FACT: Final = Mark(" ", "fact", "plain")
_REMARK: Final = Mark(" ", "remark", "muted")
_OUTCOMES: Final = {
    StepOutcome.OK: Mark("●", "nothing wrong", "success"),
    StepOutcome.FOUND: Mark("▲", "found", "warning"),
    StepOutcome.SKIPPED: Mark("-", "left out", "muted"),
    StepOutcome.FAILED: Mark("✖", "failed", "error"),
    StepOutcome.ASKED: Mark("?", "not allowed", "muted"),
}
_NARROW = (Column("what", "TRIED", 22), Column("status", "STATUS", 7), Column("code", "CODE", 12))
_WIDE = (
    Column("number", "#", 3),
    Column("what", "TRIED", 38),
    Column("status", "STATUS", 8),
    Column("code", "CODE", 16),
    Column("time", "TOOK", 8),
)
_VAST = (
    *_WIDE[:1],
    Column("what", "TRIED", 60),
    *_WIDE[2:],
    Column("request", "REQUEST ID", 37),
)


class InvestigationScreen(SptuiScreen[None]):
    """Runs the flow over one case. Leaving stops it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "stop", "Stop", id="investigation.stop", tooltip="Stop; what was found so far stays"),
        Binding("r", "again", "Run again", id="investigation.again", tooltip="The same call once more, from the start"),
        Binding("y", "copy", "Copy verdict", id="investigation.copy", tooltip="Copy the verdict as text"),
        Binding("tab", "app.focus_next", "Panel", show=False, id="investigation.panel", tooltip="To the next panel"),
    ]

    def __init__(self, case: Case) -> None:
        super().__init__()
        self._case = case
        self._plan: tuple[PlannedStep, ...] = ()
        self._marks: dict[StepName, Mark] = {}
        self._found: list[tuple[str, Mark]] = []
        self._trials: list[Trial] = []
        self.verdict: Verdict | None = None
        self._doing = ""
        self.over = False

    def compose(self) -> ComposeResult:
        """Steps on the left, what was found on the right, the verdict below."""
        name = self._case.operation.name if self._case.operation else self._case.name
        yield TopBar("Triage", name, self._who)
        with Horizontal(id="investigation"):
            yield QuietStatic(id="steps")
            with Vertical(id="findings"):
                with VerticalScroll(id="evidence-panel"):
                    yield QuietStatic(id="evidence")
                yield KeyedTable(_NARROW, id="trials")
        with VerticalScroll(id="verdict-panel") as panel:
            panel.border_title = "Verdict so far"
            yield QuietStatic(id="verdict")
        yield Footer()

    def on_mount(self) -> None:
        """Starts at once."""
        self.query_one("#verdict-panel").focus()
        self._begin()

    in_triage: ClassVar[bool] = True

    @property
    def selected_seller(self) -> Seller | None:
        """The seller of the case."""
        who = self._case.authorization
        return self.workspace.accounts.seller(who.seller) if who else None

    @property
    def _who(self) -> str:
        who = self._case.authorization
        return f"{who.seller} · {who.region}" if who else "no seller"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stop while it runs, again when it is over."""
        if action == "stop":
            return not self.over
        if action in ("again", "copy"):
            return self.over
        return super().check_action(action, parameters)

    # The flow ---------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._plan, self._marks, self._found, self._trials = (), {}, [], []
        self.verdict, self.over = None, False
        self.query_one("#trials", KeyedTable).show_rows({})
        self._draw()
        self.refresh_bindings()
        self._investigate()

    @work(exclusive=True, group="investigation", exit_on_error=True)
    async def _investigate(self) -> None:
        options = Options(read_only=self.workspace.config.read_only)
        flow = investigate(self._case, self.workspace.triage_services(), options)
        try:
            async with relayed(flow) as relay:
                async for event in relay:
                    relay.reply = await self._take(event)
                    self._draw()
        finally:
            self._end()

    async def _take(self, event: Event) -> Reply | None:
        match event:
            case Planned():
                self._plan = event.steps
            case StepStarted():
                self._marks[event.step] = _RUNNING
                self._doing = event.purpose
            case Waiting():
                self._doing = f"{event.why} ({event.seconds:.0f} s)"
            case TrialMade():
                self._trials.append(event.trial)
                self._doing = ""
            case StepFinished():
                self._step_finished(event)
            case VerdictSoFar():
                self.verdict = event.verdict
            case Finished():
                self.verdict = event.result.verdict
            case Question():
                return Reply(await self.app.push_screen_wait(QuestionScreen(event, self._who)) or NO.choice)
        return None

    def _step_finished(self, event: StepFinished) -> None:
        mark = self._marks[event.step] = _OUTCOMES[event.outcome]
        title = next((each.title for each in self._plan if each.step is event.step), event.step.value)
        self._doing = ""
        facts = [(each.fact, _FACT) for each in event.evidence]
        if event.why and event.why not in [fact for fact, _ in facts]:
            facts.append((event.why, _REMARK))
        self._found += [(title, mark), *facts]

    def _end(self) -> None:
        self.over = True
        self._doing = ""
        if self.is_mounted and self.is_attached:
            self._draw()
            self.refresh_bindings()

    # What is shown ----------------------------------------------------------------------------------------

    def _draw(self) -> None:
        self.query_one("#steps", QuietStatic).show(Content("\n").join(map(self._step_line, self._plan)))
        self.query_one("#evidence", QuietStatic).show(self._evidence_text(self.query_one("#evidence-panel").size.width))
        self.query_one("#evidence-panel", VerticalScroll).scroll_end(animate=False)
        trials = self.query_one("#trials", KeyedTable)
        trials.display = bool(self._trials)
        trials.show_rows({str(number): self._trial_row(number, each) for number, each in enumerate(self._trials, 1)})
        panel = self.query_one("#verdict-panel", VerticalScroll)
        panel.border_title = "Verdict" if self.over else "Verdict so far"
        panel.set_class(self.over, "-over")
        self.query_one("#verdict", QuietStatic).show(self._verdict_text(max(30, self.size.width - 6)))

    def _step_line(self, step: PlannedStep) -> Content:
        mark = self._marks.get(step.step, _TO_COME)
        tone: Tone = "muted" if mark.tone == "muted" else "plain"
        return line((f"{mark.glyph} ", mark.tone), (step.title, tone))

    def _evidence_text(self, width: int) -> Content:
        now = [(self._doing, _RUNNING)] if self._doing else []
        parts = []
        for text, mark in [*self._found, *now]:
            first, *others = wrapped(text, width - 4)
            tone: Tone = "muted" if mark in (_REMARK, _RUNNING) else "plain"
            parts.append(line((f"{mark.glyph} ", mark.tone), (first, tone)))
            parts += [line("  ", (each, tone)) for each in others]
        return Content("\n").join(parts)

    def _trial_row(self, number: int, trial: Trial) -> Cells:
        app = self.app
        mark = Mark("●", str(trial.status), "success") if trial.ok else Mark("✖", str(trial.status or "-"), "error")
        by_column = {
            "number": cell(app, str(number), "muted"),
            "what": cell(app, trial.purpose),
            "status": mark_cell(app, mark),
            "code": cell(app, trial.code),
            "time": cell(app, f"{trial.milliseconds:.0f} ms", "muted"),
            "request": cell(app, trial.request_id, "muted"),
        }
        return tuple(by_column[column.key] for column in self.query_one("#trials", KeyedTable).shown_columns)

    @on(Resize)
    def _fit(self) -> None:
        width = self.size.width
        self.query_one("#trials", KeyedTable).set_columns(_VAST if width >= 180 else _WIDE if width >= 118 else _NARROW)
        self._draw()

    def _verdict_text(self, width: int) -> Content:
        if self.verdict is None:
            return line(("Nothing is known yet.", "muted"))
        return verdict_text(self.verdict, width)

    def redraw(self) -> None:
        """Draws everything in the colours of the theme."""
        self._draw()

    # Actions ----------------------------------------------------------------------------------------------

    def action_stop(self) -> None:
        """Stops the flow; what was found stays."""
        self.workers.cancel_group(self, "investigation")

    def action_again(self) -> None:
        """Runs the flow once more."""
        self._begin()

    def action_copy(self) -> None:
        """Copies the verdict as plain text."""
        self.app.copy_to_clipboard(self._verdict_text(100).plain)
        self.app.notify("Verdict copied.", markup=False)
