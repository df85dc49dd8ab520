"""What to write to whom: the seller, Amazon's support, the team; and the whole as Markdown and JSON."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Footer

from sptui.triage.case import Case
from sptui.triage.events import TriageResult
from sptui.triage.export import ExportFormat, export_name, export_text
from sptui.triage.letters import letter_to_seller, letter_to_team, why_no_letter_to_seller
from sptui.triage.support_case import SupportFacts, support_case
from sptui.tui.clipboard import copy
from sptui.tui.marks import one_line
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.widgets.panel_bar import PanelBar
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

TEXTS: Final = {
    "seller": "To the seller",
    "support": "To Amazon",
    "team": "To the team",
    ExportFormat.MARKDOWN.value: "Markdown",
    ExportFormat.JSON.value: "JSON",
}
"""What can be shown, in the order of the keys."""


class TextsScreen(SptuiScreen[None]):
    """One text at a time; each can be copied and written to a file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,c", "copy", "Copy", id="texts.copy", tooltip="Copy the text that is shown"),
        Binding("e", "export", "Export", id="texts.export", tooltip="Write the text that is shown to a file"),
        Binding("tab", "turn(1)", "Next text", id="texts.next", tooltip="To the next text"),
        Binding("shift+tab", "turn(-1)", "Text before", show=False, id="texts.before", tooltip="To the text before"),
        *(
            Binding(str(number), f"show('{name}')", label, show=False, id=f"texts.{name}", tooltip="Show this text")
            for number, (name, label) in enumerate(TEXTS.items(), 1)
        ),
    ]

    in_triage: ClassVar[bool] = True

    def __init__(self, case: Case, result: TriageResult) -> None:
        super().__init__()
        self._case = case
        self._result = result
        self._shown = "seller" if letter_to_seller(case, result) else "support"

    def compose(self) -> ComposeResult:
        """The bar, the text."""
        name = self._case.operation.name if self._case.operation else self._case.name
        yield TopBar("Triage", name or "a call", "Texts")
        yield PanelBar(TEXTS, id="panels")
        with VerticalScroll(id="text-panel"):
            yield QuietStatic(id="text")
        yield Footer()

    def on_mount(self) -> None:
        """The text that is most likely to be sent."""
        self.query_one("#text-panel").focus()
        self.action_show(self._shown)

    @property
    def text(self) -> str:
        """The text that is shown, whole; "" where there is none to send."""
        case, result = self._case, self._result
        match self._shown:
            case "seller":
                return letter_to_seller(case, result)
            case "support":
                return support_case(SupportFacts.of_walk(case, result))
            case "team":
                return letter_to_team(case, result)
            case form:
                return export_text(case, result, ExportFormat(form))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is not there is neither copied nor written."""
        if action in ("copy", "export"):
            return bool(self.text)
        return super().check_action(action, parameters)

    def action_show(self, text: str) -> None:
        """Shows one of the texts, from its beginning."""
        self._shown = text
        told = self.text or why_no_letter_to_seller(self._result)
        lines = [_plain(each) for each in told.split("\n")]
        self.query_one("#text", QuietStatic).show(Content("\n".join(lines)))
        self.query_one("#panels", PanelBar).show(text)
        self.query_one("#text-panel").scroll_home(animate=False)
        self.refresh_bindings()

    def action_turn(self, step: int) -> None:
        """To the next text, or the one before."""
        names = list(TEXTS)
        self.action_show(names[(names.index(self._shown) + step) % len(names)])

    @on(PanelBar.Chosen)
    def _chosen(self, message: PanelBar.Chosen) -> None:
        self.action_show(message.panel)

    @work(group="copy")
    async def action_copy(self) -> None:
        """Copies the text that is shown."""
        self.app.notify(await copy(self.app, self.text), title=TEXTS[self._shown], markup=False)

    def action_export(self) -> None:
        """Writes the text that is shown to a file."""
        from sptui.tui.screens.export_form import ExportForm

        endings = {each.value: each.value for each in ExportFormat}
        ending = endings.get(self._shown, "txt")
        name = export_name(self._case, self._result, ending)
        self.app.push_screen(ExportForm(TEXTS[self._shown], name, self.text))


def _plain(text: str) -> str:
    """A line as it is, indentation too, without what would steer the terminal."""
    shown = text.lstrip(" ")
    return " " * (len(text) - len(shown)) + one_line(shown)
