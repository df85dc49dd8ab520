"""A question of the flow: shows what would be sent, and sends nothing without a yes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sptui.triage.events import Question
from sptui.tui.marks import line, one_line

_WIDEST_CHOICE = 18


class Choices(OptionList, inherit_bindings=False):
    """The choices; the keys for pages are left to the call above them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor_down", "Next choice", show=False, id="question.next", tooltip="To the next choice"),
        Binding("up,k", "cursor_up", "Choice before", show=False, id="question.before", tooltip="To the one before"),
        Binding("enter", "select", "Choose", show=False, id="question.choose", tooltip="Answer with this choice"),
    ]


class QuestionScreen(ModalScreen[str]):
    """Gives the choice. The careful one has the cursor and is what Esc gives: habit sends nothing.

    Each choice has its number and, where no other begins with it, its first letter as a key.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "careful", "The careful answer", show=False, id="question.careful", tooltip="Send nothing"),
        Binding("pagedown", "scroll_call(1)", "Further down", show=False, id="question.down", tooltip="Read on"),
        Binding("pageup", "scroll_call(-1)", "Further up", show=False, id="question.up", tooltip="Read back"),
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
            yield Choices(*self._options(), id="choices", markup=False)

    def on_mount(self) -> None:
        """The careful choice has the cursor: Enter by habit sends nothing."""
        choices = self.query_one("#choices", OptionList)
        choices.highlighted = self._question.choices.index(self._careful)
        choices.focus()

    @property
    def _careful(self) -> str:
        question = self._question
        return question.default if question.default in question.choices else question.choices[-1]

    def _options(self) -> Iterator[Option]:
        question = self._question
        told = question.told if len(question.told) == len(question.choices) else [""] * len(question.choices)
        widest = min(_WIDEST_CHOICE, max(map(len, question.choices)))
        letters = letters_of(question.choices)
        for number, (choice, meaning) in enumerate(zip(question.choices, told, strict=True), 1):
            keys = f"{number}" + (f" {letters[choice]}" if choice in letters else "")
            text = line((f"{keys:<5}", "warning"), f"{choice.capitalize():<{widest}}", (f"  {meaning}", "muted"))
            yield Option(text, id=f"choice-{number}")

    def on_key(self, event: events.Key) -> None:
        """A number or a first letter chooses at once."""
        choices = self._question.choices
        by_key = {str(number): choice for number, choice in enumerate(choices, 1)}
        by_key |= {letter: choice for choice, letter in letters_of(choices).items()}
        if event.character in by_key:
            event.stop()
            self.dismiss(by_key[event.character])

    def action_careful(self) -> None:
        """Ends with the careful choice."""
        self.dismiss(self._careful)

    def action_scroll_call(self, direction: int) -> None:
        """Moves through a call that is longer than the dialogue."""
        for call in self.query("#call"):
            call.scroll_relative(y=direction * max(1, call.size.height - 1), animate=False)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._question.choices[event.option_index])


def letters_of(choices: Sequence[str]) -> dict[str, str]:
    """The first letter of each choice that shares it with no other."""
    first = [each[:1].lower() for each in choices]
    return {each: letter for each, letter in zip(choices, first, strict=True) if first.count(letter) == 1}
