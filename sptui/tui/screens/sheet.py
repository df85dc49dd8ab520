"""A sheet over the screen: text that scrolls, the keys that go on from it, Esc closes it."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer

from sptui.tui.clipboard import copy
from sptui.tui.marks import one_line
from sptui.tui.widgets.quiet_static import QuietStatic


class Sheet(ModalScreen[str]):
    """Ends with the name of what is to be done next, or nothing. Subclasses show text and say what is copied."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", id="sheet.copy", tooltip="Copy what stands here as text"),
        Binding("escape", "close", "Close", id="sheet.close", tooltip="Back to the log"),
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._heading = one_line(title)

    def compose(self) -> ComposeResult:
        """The text, and the keys under it."""
        with Vertical(classes="sheet") as box:
            box.border_title = Content(self._heading)
            with VerticalScroll(id="sheet-text"):
                yield QuietStatic(id="sheet-lines")
            with Vertical(id="sheet-foot"):
                yield QuietStatic(id="sheet-state")
                yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """The text scrolls by the arrow keys."""
        self.query_one("#sheet-text").focus()

    def show(self, text: Content) -> None:
        """Shows a text."""
        self.query_one("#sheet-lines", QuietStatic).show(text)

    @property
    def room(self) -> int:
        """How many cells a line has."""
        return max(30, self.query_one("#sheet-text").size.width - 3)

    @property
    def copied(self) -> str:
        """What the key for copying copies."""
        return ""

    @work(group="copy")
    async def action_copy(self) -> None:
        """Copies what stands here."""
        if text := self.copied:
            self.app.notify(await copy(self.app, text), markup=False)

    def action_close(self) -> None:
        """Ends with nothing."""
        self.dismiss(None)
