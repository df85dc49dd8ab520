"""A question of the flow: shows what would be sent, and sends nothing without a yes."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from sptui.triage.events import Question
from sptui.tui.marks import one_line


class QuestionScreen(ModalScreen[str]):
    """Gives the choice; Esc is the last choice, which is the careful one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "choose('yes')", "Yes", show=False, id="question.yes", tooltip="Send it"),
        Binding("n,escape", "choose('no')", "No", show=False, id="question.no", tooltip="Do not send it"),
        Binding("down,pagedown", "scroll_call(1)", "Further down", show=False, id="question.down", tooltip="Read on"),
        Binding("up,pageup", "scroll_call(-1)", "Further up", show=False, id="question.up", tooltip="Read back"),
    ]

    def __init__(self, question: Question, who: str) -> None:
        super().__init__()
        self._question = question
        self._who = who

    def compose(self) -> ComposeResult:
        """The question, the call as it would be sent, the choices."""
        question = self._question
        with Vertical(id="question") as box:
            box.border_title = "Side effects" if question.method else "A question"
            box.border_subtitle = Content(one_line(self._who))
            yield Static(Content(question.text), markup=False)
            if question.method:
                with VerticalScroll(id="call", can_focus=False):
                    yield Static(Content(f"{question.method} {question.path}"), markup=False)
                    if question.body is not None:
                        body = msgspec.json.format(msgspec.json.encode(question.body), indent=2).decode()
                        yield Static(Content(body), markup=False)
            with Horizontal(id="buttons"):
                for choice in question.choices:
                    sends = choice == "yes" and question.method
                    yield Button(
                        choice.capitalize(), name=choice, variant="warning" if sends else "default", compact=True
                    )

    def on_mount(self) -> None:
        """The careful choice has the cursor: Enter by habit sends nothing."""
        self.query(Button).last().focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for choices that are there."""
        if action == "choose" and parameters[0] == "yes":
            return "yes" in self._question.choices
        return super().check_action(action, parameters)

    def action_choose(self, choice: str) -> None:
        """Ends with a choice."""
        self.dismiss(choice if choice in self._question.choices else self._question.choices[-1])

    def action_scroll_call(self, direction: int) -> None:
        """Moves through a call that is longer than the dialogue."""
        for call in self.query("#call"):
            call.scroll_relative(y=direction * max(1, call.size.height - 1), animate=False)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.name or self._question.choices[-1])
