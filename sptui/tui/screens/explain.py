"""Paste a failing call in any form: what was recognised is shown at once, and the verdict, without a network."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Input, Label, TextArea

from sptui.spapi.authorization import Authorization, Seller
from sptui.spapi.catalogue import Operation
from sptui.triage.case import UnreadableCaseError
from sptui.triage.explanation import Explanation
from sptui.triage.reading import FORMS_IN_WORDS, FillIn, missing_in
from sptui.triage.support_case import SupportFacts, support_case
from sptui.tui.clipboard import copy
from sptui.tui.marks import hanging, line, one_line
from sptui.tui.pasted import is_cut, is_listed, preview, read_paste, recognised_text, text_of_file
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.verdict_text import verdict_text
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

_TYPING_PAUSE_SECONDS: Final = 0.4


class PasteArea(TextArea):
    """Takes a paste as a whole: it is read and masked before any of it is shown."""

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()  # the screen takes it, wherever the cursor is


class ExplainScreen(SptuiScreen[None]):
    """The paste above, what was recognised and the verdict below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "fill_in", "Fill in", id="explain.fill", tooltip="Add what the call does not tell"),
        Binding("f3", "choose_entry", "Other call", id="explain.entry", tooltip="Another call of the same HAR or text"),
        Binding("f4", "support", "Support text", id="explain.support", tooltip="Copy the text that Amazon asks for"),
        Binding("f5", "investigate", "Go on live", id="explain.live", tooltip="Go on with calls to Amazon"),
        Binding("ctrl+o", "open_file", "Open file", id="explain.open", tooltip="Read the call from a file"),
        Binding("ctrl+l", "clear", "Clear", id="explain.clear", tooltip="Start with an empty paste"),
    ]

    in_triage: ClassVar[bool] = True

    def __init__(self, text: str = "") -> None:
        """``text`` is read at once, where one was pasted already."""
        super().__init__()
        self._text = text
        self._shown = ""
        self._more = FillIn()
        self._entry: int | None = None
        self.explanation: Explanation | None = None
        self.problem = ""
        self._typing: Any = None

    def compose(self) -> ComposeResult:
        """The paste, a line for a file's name, what was recognised, the verdict."""
        yield TopBar("Explain", "Paste a call that failed")
        yield PasteArea(id="paste", show_line_numbers=False, tab_behavior="focus")
        with Horizontal(id="file-line", classes="field"):
            yield Label("File")
            yield Input(placeholder="call.txt, session.har, …", id="file", compact=True)
        with VerticalScroll(id="explained") as panel:
            panel.border_title = "Verdict"
            yield QuietStatic(id="verdict")
            yield QuietStatic(id="recognised")
        yield Footer()

    def on_mount(self) -> None:
        """The paste has the cursor."""
        area = self.query_one("#paste", PasteArea)
        area.cursor_blink = False
        area.focus()
        self._draw()
        if self._text:
            self._read(self._text)

    @property
    def selected_seller(self) -> Seller | None:
        """The seller that the call is made for, where its id is told."""
        chosen = self._authorizations()
        return self.workspace.accounts.seller(chosen[0].seller) if len(chosen) == 1 else None

    @property
    def selected_operation(self) -> Operation | None:
        """The operation that was recognised."""
        return self.explanation.case.operation if self.explanation else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what can be done with what was read."""
        if action in ("fill_in", "support", "investigate"):
            return self.explanation is not None
        if action == "choose_entry":
            return self.explanation is not None and len(self.explanation.found.entries) > 1
        if action == "clear":
            return bool(self._text)
        return super().check_action(action, parameters)

    # Reading ----------------------------------------------------------------------------------------------

    @on(events.Paste)
    def _pasted(self, event: events.Paste) -> None:
        area = self.query_one("#paste", PasteArea)
        # What is pasted below a call (its answer) belongs to it; over a selection or a long text it replaces.
        keeps = self._text and not area.read_only and not area.selected_text
        self._read(f"{area.text.rstrip()}\n{event.text}" if keeps else event.text)
        self.query_one("#explained").focus()

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        text = event.text_area.text
        if text == self._shown or event.text_area.read_only:
            return
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(_TYPING_PAUSE_SECONDS, lambda: self._read(text))

    @work(exclusive=True, group="reading")
    async def _read(self, text: str, *, anew: bool = True) -> None:
        if anew:
            self._text, self._entry = text, None
        if not text.strip():
            self._show(None, "", "")
            return
        self.query_one("#verdict", QuietStatic).show(line(("Reading…", "muted")))
        now = self.workspace.clock.now()
        try:
            found, shown = await asyncio.to_thread(read_paste, text, self._entry, self._more, now)
        except UnreadableCaseError as problem:
            self._show(None, str(problem), await asyncio.to_thread(preview, text))
            return
        self._show(found, "", shown)

    def _show(self, explanation: Explanation | None, problem: str, shown: str) -> None:
        self.explanation, self.problem, self._shown = explanation, problem, shown
        area = self.query_one("#paste", PasteArea)
        if area.text != shown:
            area.load_text(shown)
        # A text that is not shown whole cannot be gone on with by typing.
        area.read_only = is_cut(shown) or bool(explanation and is_listed(explanation))
        self.set_class(bool(shown), "-read")
        self._draw()
        self.refresh_bindings()

    # What is shown ----------------------------------------------------------------------------------------

    @on(events.Resize)
    def _draw(self) -> None:
        width = max(30, self.size.width - 6)
        recognised, verdict = self.query_one("#recognised", QuietStatic), self.query_one("#verdict", QuietStatic)
        if self.explanation is None:
            recognised.show(Content(""))
            told = hanging("✖", self.problem, tone="error", width=width, column=4) if self.problem else None
            hint = f"Paste {FORMS_IN_WORDS}; its answer below it. Nothing is sent anywhere, and secrets are masked."
            verdict.show(told or hanging("", hint, tone="muted", width=width, column=2))
            return
        verdict.show(Content("\n").join([verdict_text(self.explanation.verdict, width), Content("")]))
        recognised.show(recognised_text(self.explanation, width))

    def redraw(self) -> None:
        """Draws everything in the colours of the theme."""
        self._draw()

    # Actions ----------------------------------------------------------------------------------------------

    def action_fill_in(self) -> None:
        """Opens the form for what is missing."""
        from sptui.tui.screens.fill_in import FillInForm

        if self.explanation is not None:
            missing = frozenset(each.field for each in missing_in(self.explanation.found, self.explanation.case))
            self.app.push_screen(FillInForm(self._more, missing, self._use))

    def _use(self, more: FillIn) -> None:
        self._more = more
        self._read(self._text, anew=False)

    @work(exclusive=True, group="choice")
    async def action_choose_entry(self) -> None:
        """Another call of the same file."""
        from sptui.tui.screens.choice import ChoiceScreen

        if self.explanation is None:
            return
        found = self.explanation.found
        chosen = await self.app.push_screen_wait(ChoiceScreen("Which call?", found.entries, found.entry))
        if chosen is not None:
            self._entry = chosen
            self._read(self._text, anew=False)

    @work(group="copy")
    async def action_support(self) -> None:
        """Copies the text for Amazon's support."""
        if self.explanation is not None:
            told = await copy(self.app, support_case(SupportFacts.of_explanation(self.explanation)))
            self.app.notify(f"{told} Fill in what is marked.", title="Text for Amazon's support", markup=False)

    def action_clear(self) -> None:
        """An empty paste."""
        self._more, self._entry = FillIn(), None
        self._read("")
        self.query_one("#paste", PasteArea).focus()

    def action_open_file(self) -> None:
        """Asks for a file's name."""
        self.add_class("-file")
        self.query_one("#file", Input).focus()

    @on(Input.Submitted, "#file")
    @work(exclusive=True, group="file")
    async def _open(self, event: Input.Submitted) -> None:
        name = event.value.strip()
        try:
            text = await asyncio.to_thread(text_of_file, name)
        except (OSError, RuntimeError, ValueError) as problem:  # an unknown ~user is a RuntimeError
            told = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
            self.notify(f"{one_line(name)}: {one_line(told)}", title="Not read", severity="error", markup=False)
            return
        self.remove_class("-file")
        self.query_one("#explained").focus()
        self._read(text)

    def action_back(self) -> None:
        """Closes the line for a file's name; then leaves the screen."""
        if self.has_class("-file"):
            self.remove_class("-file")
            self.query_one("#paste", PasteArea).focus()
        else:
            super().action_back()

    def _authorizations(self) -> list[Authorization]:
        """Those of the accounts that the call may be made for."""
        if self.explanation is None:
            return []
        case, seller = self.explanation.case, self.explanation.found.about.get("seller_id")
        found = self.workspace.accounts.authorizations()
        found = [each for each in found if case.where in (None, each.region)]
        return [each for each in found if each.seller_id == seller] or found

    @work(exclusive=True, group="choice")
    async def action_investigate(self) -> None:
        """Goes on with the flow, for a seller of ours."""
        from sptui.tui.screens.choice import ChoiceScreen
        from sptui.tui.screens.investigation import InvestigationScreen

        if self.explanation is None:
            return
        authorizations = self._authorizations()
        if not authorizations:
            where = f" in {self.explanation.case.where}" if self.explanation.case.where else ""
            self.notify(
                f"There is no seller{where} to make the call for. Add one first.", severity="warning", markup=False
            )
            return
        chosen: int | None = 0
        if len(authorizations) > 1:
            names = [f"{each.seller} · {each.region}" for each in authorizations]
            chosen = await self.app.push_screen_wait(ChoiceScreen("For which seller?", names))
        if chosen is not None:
            self.app.push_screen(InvestigationScreen(self.explanation.case.for_authorization(authorizations[chosen])))
