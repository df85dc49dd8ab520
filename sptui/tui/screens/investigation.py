"""The wizard at work: the steps, what they found, the trials, the roles, and the verdict as it moves."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.timer import Timer
from textual.widgets import DataTable, Footer

from sptui.settings import SettingsError
from sptui.spapi.authorization import Seller
from sptui.triage.case import Case
from sptui.triage.costs import seconds_of_waiting
from sptui.triage.events import Question, StepName, TriageResult
from sptui.triage.flow import investigate
from sptui.triage.run import Options
from sptui.triage.saved import SavedCase, SavedRun
from sptui.triage.verdict import Verdict
from sptui.tui.clipboard import copy
from sptui.tui.guide import Guide
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.screens.question import QuestionScreen
from sptui.tui.walk import Walk
from sptui.tui.walk_text import doing_text, verdict_text
from sptui.tui.widgets.panel_bar import PanelBar
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar
from sptui.tui.widgets.walk_panels import EVIDENCE, PANELS, ROLES, STEPS, TRIALS, VERDICT, WalkPanels


class InvestigationScreen(SptuiScreen[None]):
    """Runs the flow over one case, and keeps the case at its end. Leaving stops it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next", "Do it", show=False, id="investigation.next", tooltip="Make the next step"),
        Binding("x", "stop", "Stop", id="investigation.stop", tooltip="Stop; what was found so far stays"),
        Binding("s", "skip", "Skip", id="investigation.skip", tooltip="Leave the step out that is under the cursor"),
        Binding("m", "mode", "Mode", id="investigation.mode", tooltip="Wait before each step, or run on"),
        Binding("r", "again", "Run again", id="investigation.again", tooltip="The same call once more, from the start"),
        Binding("w", "texts", "Texts", id="investigation.texts", tooltip="What to write to whom; copy and export"),
        Binding("v", "compare", "Compare", id="investigation.compare", tooltip="This run beside the one before"),
        Binding("y", "copy", "Copy verdict", show=False, id="investigation.copy", tooltip="Copy the verdict as text"),
        Binding("a", "all", "All evidence", show=False, id="investigation.all", tooltip="Of every step, or of one"),
        Binding("tab", "panel(1)", "Panel", show=False, id="investigation.panel", tooltip="To the next panel"),
        Binding("shift+tab", "panel(-1)", "Panel before", show=False, id="investigation.panel-back", tooltip="Back"),
        *(
            Binding(str(number), f"show('{name}')", label, show=False, id=f"investigation.{name}", tooltip="This panel")
            for number, (name, label) in enumerate(PANELS.items(), 1)
        ),
    ]

    in_triage: ClassVar[bool] = True

    def __init__(
        self,
        case: Case,
        *,
        step_by_step: bool = False,
        saved: SavedCase | None = None,
        recorded: TriageResult | None = None,
    ) -> None:
        """``saved``: the kept case that this run belongs to. ``recorded`` is shown instead of starting a run."""
        super().__init__()
        self._case = case
        self._saved = saved
        self._recorded = recorded
        self._kept: SavedRun | None = None
        """This walk as it is kept: a step that is done again changes its last word."""
        self._is_again = saved is not None
        self._ticks: Timer | None = None
        walk = Walk.of_result(recorded) if recorded is not None else None
        self._guide = Guide(self, self._now, walk, step_by_step=step_by_step)

    def compose(self) -> ComposeResult:
        """The panels, what is going on, the verdict."""
        name = self._case.operation.name if self._case.operation else self._case.name
        yield TopBar("Triage", name or "a call", self._who)
        yield WalkPanels(self._case, self._wait_of, id="investigation")
        yield QuietStatic(id="doing")
        with VerticalScroll(id="verdict-panel"):
            yield QuietStatic(id="verdict")
        yield Footer()

    def on_mount(self) -> None:
        """Starts at once, unless a run of before is shown."""
        self._ticks = self.set_interval(1.0, self._show_doing, pause=True)
        self._panels.show_panel(STEPS)
        if self._recorded is None:
            self._investigate()
        else:
            self.changed()

    # What is known ----------------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Whether nothing runs (any more)."""
        return self._guide.over

    @property
    def verdict(self) -> Verdict | None:
        """The verdict so far."""
        return self._guide.walk.verdict

    @property
    def result(self) -> TriageResult | None:
        """What was found: the end's, or what a run that was stopped came to."""
        return self._guide.walk.outcome_so_far() if self.over else None

    @property
    def saved(self) -> SavedCase | None:
        """The case as it is kept, with its runs."""
        return self._saved

    @property
    def waits_before(self) -> StepName | None:
        """The step before which the walk waits for somebody."""
        return self._guide.next

    @property
    def selected_seller(self) -> Seller | None:
        """The seller of the case."""
        who = self._case.authorization
        return self.workspace.accounts.seller(who.seller) if who else None

    @property
    def _who(self) -> str:
        who = self._case.authorization
        return f"{who.seller} · {who.region}" if who else "no seller"

    @property
    def _panels(self) -> WalkPanels:
        return self.query_one("#investigation", WalkPanels)

    def _now(self) -> float:
        return self.workspace.clock.monotonic()

    def _wait_of(self, step: StepName) -> float:
        calls = self._guide.walk.planned_calls(step)
        return seconds_of_waiting(self._case, step, calls, self.workspace.triage_services())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Each key only when it does something."""
        applies = {
            "stop": not self.over,
            "skip": not self.over,
            "mode": not self.over,
            "next": self._guide.next is not None,
            "again": self.over,
            "copy": self.verdict is not None,
            "texts": self.result is not None,
            "compare": self.over and self._saved is not None and len(self._saved.runs) > 1,
        }
        return applies[action] if action in applies else super().check_action(action, parameters)

    # The flow ---------------------------------------------------------------------------------------------

    @work(exclusive=True, group="investigation", exit_on_error=True)
    async def _investigate(self) -> None:
        self._recorded = self._kept = None
        options = Options(read_only=self.workspace.config.read_only)
        try:
            await self._guide.lead(investigate(self._case, self.workspace.triage_services(), options))
        finally:
            if self.is_mounted and self.is_attached:
                self.changed()

    def came_to(self, step: StepName) -> None:
        """The cursor goes along with the walk."""
        self._panels.choose(step)

    async def ask(self, question: Question) -> str:
        """Asks on top of everything."""
        return await self.app.push_screen_wait(QuestionScreen(question, self._who))

    async def finished(self, result: TriageResult) -> None:
        """Keeps the case, and shows what changed where it is a case of before."""
        if (move := self._guide.walk.last_move) is not None:
            self._panels.choose(move.step)
        keep = self.workspace.cases.keep
        try:
            self._saved = await asyncio.to_thread(keep, self._case, result, self._saved, instead_of=self._kept)
        except SettingsError as problem:
            self.app.notify(str(problem), title="The case was not kept", severity="error", markup=False, timeout=15)
            return
        self._kept = self._saved.runs[-1]
        self.changed()
        if self._is_again:
            self._is_again = False
            self.action_compare()

    # What is shown ----------------------------------------------------------------------------------------

    def changed(self) -> None:
        """Draws what there is to draw."""
        walk = self._guide.walk
        self._panels.show(walk, self._guide.next)
        self.query_one("#verdict-panel").border_title = "Verdict" if self.over else "Verdict so far"
        self.set_class(self.over, "-over")
        width = max(30, self.size.width - 6)
        self.query_one("#verdict", QuietStatic).show(verdict_text(self.verdict, walk.last_move, width))
        self._show_doing()
        if self._ticks is not None:
            (self._ticks.resume if walk.running else self._ticks.pause)()
        self.refresh_bindings()

    def _show_doing(self) -> None:
        guide = self._guide
        wait = self._wait_of(guide.next) if guide.next else 0.0
        end = "" if not self.over else "recorded" if self._recorded is not None else "kept" if self._saved else "over"
        told = doing_text(guide.walk, self._now(), guide.next, wait, end, self.size.width - 4)
        self.query_one("#doing", QuietStatic).show(told)

    @on(Resize)
    def redraw(self) -> None:
        """Draws everything in the colours of the theme, in the room that there is."""
        self.changed()

    # Actions ----------------------------------------------------------------------------------------------

    @on(DataTable.RowSelected, "#steps")
    def _step_selected(self) -> None:
        if (step := self._panels.chosen) is not None:
            self._tell(self._guide.choose(step))

    def action_next(self) -> None:
        """Makes the step that waits."""
        self._guide.proceed()

    def action_skip(self) -> None:
        """Leaves out the step under the cursor, where it is still to come; else the next one."""
        self._guide.skip(self._panels.chosen)

    def action_mode(self) -> None:
        """Between running on by itself and waiting before each step."""
        self._tell(self._guide.change_mode())

    def action_stop(self) -> None:
        """Stops the flow; what was found stays."""
        self.workers.cancel_group(self, "investigation")

    def action_again(self) -> None:
        """Runs the flow once more; a case that was opened again may want some parameters filled in first."""
        if self._recorded is not None and self._saved is not None:
            from sptui.tui.screens.rerun import run_again

            run_again(self.sptui, self._saved, instead_of=self)
            return
        self._is_again = self._saved is not None
        self._investigate()

    def action_texts(self) -> None:
        """What to write to whom."""
        from sptui.tui.screens.texts import TextsScreen

        if self.result is not None:
            self.app.push_screen(TextsScreen(self._case, self.result))

    def action_compare(self) -> None:
        """The last two runs beside each other."""
        from sptui.tui.screens.comparison import ComparisonScreen

        if self._saved is not None and len(self._saved.runs) > 1:
            self.app.push_screen(ComparisonScreen(self._saved))

    @work(group="copy")
    async def action_copy(self) -> None:
        """Copies the verdict as plain text."""
        self._tell(await copy(self.app, verdict_text(self.verdict, None, 100).plain))

    def action_all(self) -> None:
        """The evidence of every step, or of the one under the cursor alone."""
        self._panels.only_chosen = not self._panels.only_chosen
        self.changed()

    def action_panel(self, step: int) -> None:
        """To the next panel, or the one before."""
        names = list(PANELS)
        self.action_show(names[(names.index(self._panels.panel) + step) % len(names)])

    def action_show(self, panel: str) -> None:
        """Brings a panel to the front."""
        self._panels.show_panel(panel)
        self.set_class(panel == VERDICT, "-verdict")
        self.set_class(panel in (EVIDENCE, TRIALS, ROLES), "-reading")
        if panel == VERDICT:
            self.query_one("#verdict-panel").focus()

    @on(PanelBar.Chosen)
    def _panel_chosen(self, message: PanelBar.Chosen) -> None:
        self.action_show(message.panel)

    def _tell(self, text: str) -> None:
        if text:
            self.app.notify(text, markup=False)
