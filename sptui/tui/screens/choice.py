"""One of several, chosen with the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from sptui.tui.marks import one_line


class ChoiceScreen(ModalScreen[int | None]):
    """Ends with the number of the choice, from 0; None where nothing was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Back", id="choice.cancel", tooltip="Choose nothing"),
    ]

    def __init__(self, title: str, choices: Sequence[str], chosen: int = 0) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """The choices, one a line."""
        with Vertical(classes="form") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = "Enter chooses · Esc closes"
            yield OptionList(*(Option(Content(one_line(each))) for each in self._choices), id="choices", compact=True)

    def on_mount(self) -> None:
        """The cursor is where it was."""
        choices = self.query_one("#choices", OptionList)
        choices.highlighted = self._chosen
        choices.focus()

    def action_cancel(self) -> None:
        """Ends without a choice."""
        self.dismiss(None)

    @on(OptionList.OptionSelected)
    def _chose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)
