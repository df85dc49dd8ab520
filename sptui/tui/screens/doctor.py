"""What works on this machine and what does not, as `sptui doctor` tells it."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Footer

from sptui.diagnosis import Circumstances, Finding, State, diagnose
from sptui.diagnosis.terminal import this_terminal
from sptui.tui.marks import Mark, hanging, line
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

_MARKS: Final = {
    State.OK: Mark("●", "ok", "success"),
    State.WARNING: Mark("▲", "warning", "warning"),
    State.PROBLEM: Mark("✖", "problem", "error"),
    State.UNKNOWN: Mark("?", "unknown", "warning"),
    State.SKIPPED: Mark("-", "left out", "muted"),
}


class DoctorScreen(SptuiScreen[None]):
    """The findings, as they are found."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", "Look again", id="doctor.again", tooltip="Look at everything again"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._findings: list[Finding] = []
        self._looking = True

    def compose(self) -> ComposeResult:
        """One scrolling list."""
        yield TopBar("Doctor", "What works here")
        with VerticalScroll(id="doctor"):
            yield QuietStatic(id="doctor-findings")
        yield Footer()

    def on_mount(self) -> None:
        """Begins to look."""
        self.query_one("#doctor").focus()
        self.action_again()

    def action_again(self) -> None:
        """Looks at everything again."""
        self._findings, self._looking = [], True
        self.redraw()
        self._look()

    @work(exclusive=True, group="doctor")
    async def _look(self) -> None:
        simulated = self.workspace.simulated
        vault = None if simulated else self.workspace.vault
        async for finding in diagnose(Circumstances(this_terminal(), vault, network=not simulated)):
            self._findings.append(finding)
            self.redraw()
        self._looking = False
        self.redraw()

    def on_resize(self) -> None:
        """Lines are as long as the screen is wide."""
        self.redraw()

    def redraw(self) -> None:
        """Draws the findings."""
        width = max(40, self.size.width - 6)
        parts: list[Content] = []
        for each in self._findings:
            mark = _MARKS[each.state]
            parts.append(hanging(f"{mark.glyph} {each.check}", each.found, tone=mark.tone, width=width, column=19))
            if each.do:
                parts.append(hanging("", f"→ {each.do}", tone="muted", width=width, column=19))
        if self._looking:
            parts.append(line(("  looking…", "muted")))
        self.query_one("#doctor-findings", QuietStatic).show(Content("\n").join(parts))
