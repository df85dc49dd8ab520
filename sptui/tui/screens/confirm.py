"""Asks before something is lost."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from sptui.tui.marks import one_line


class ConfirmScreen(ModalScreen[bool]):
    """Gives True for a yes. The careful answer has the cursor: Enter by habit loses nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", show=False, id="confirm.yes", tooltip="Do it"),
        Binding("n,escape", "answer(False)", "No", show=False, id="confirm.no", tooltip="Leave it as it is"),
    ]

    def __init__(self, title: str, text: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._heading, self._text, self._labels = title, text, (yes, no)

    def compose(self) -> ComposeResult:
        """What would happen, and two answers."""
        with Vertical(classes="form") as box:
            box.border_title = Content(one_line(self._heading))
            yield Static(Content(self._text), markup=False)
            with Horizontal(id="buttons"):
                yield Button(f"{self._labels[0]} (y)", variant="error", id="yes", compact=True)
                yield Button(f"{self._labels[1]} (n)", id="no", compact=True)

    def on_mount(self) -> None:
        """The careful answer."""
        self.query_one("#no", Button).focus()

    def action_answer(self, answer: bool) -> None:  # noqa: FBT001 - an action's parameter
        """Ends with an answer."""
        self.dismiss(answer)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")
