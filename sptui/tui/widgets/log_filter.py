"""The line in which calls of the log are chosen, with a line under it that helps while one types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import DescendantFocus
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from sptui.calllog.completion import completed
from sptui.calllog.query import KEYS, Sellers, query_of, terms_of
from sptui.tui.marks import line, one_line
from sptui.tui.widgets.quiet_static import QuietStatic


class LogFilter(Vertical):
    """Opened by a key; tells what stands in it while it is typed, and when it is done with."""

    DEFAULT_CSS = """
    LogFilter {
        display: none;
        height: 2;
        background: $surface;
        &.-open { display: block; }
        & > Horizontal { height: 1; }
        & > Horizontal > Static { width: 9; padding: 0 1; color: $accent; }
        & > Horizontal > Input { width: 1fr; background: $surface; }
        & > QuietStatic { height: 1; padding: 0 1 0 9; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    class Typed(Message):
        """Something else stands in the line. A last word that is only about to become a key is left out."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

        def can_replace(self, message: Message) -> bool:
            """Of a burst only the last matters."""
            return isinstance(message, LogFilter.Typed)

    class Done(Message):
        """Enter: what stands in the line is meant."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, sellers: Sellers, codes: Callable[[], Iterable[str]], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """``codes``: the errors' codes that are on the screen."""
        super().__init__(id=id)
        self._sellers = sellers
        self._codes = codes
        self.awaits_focus = False
        """Opened, but the keys do not go to it yet."""

    def compose(self) -> ComposeResult:
        """The line and the help under it."""
        with Horizontal():
            yield Static("Filter", markup=False)
            yield FilterInput(
                placeholder='words, or such as status:failed seller:"Blue Heron" since:24h',
                suggester=_Completing(self._sellers, self._codes),
                select_on_focus=False,
                compact=True,
            )
        yield QuietStatic()

    @property
    def _input(self) -> FilterInput:
        return self.query_one(FilterInput)

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""
        return self.has_class("-open")

    @property
    def problem(self) -> str:
        """What is not understood, "" where all is."""
        return next(iter(query_of(self._input.value, self._sellers).problems), "")

    def open(self, text: str) -> None:
        """Shows the line with what is asked for now; it has the cursor."""
        self.add_class("-open")
        self.awaits_focus = True
        self._input.value = f"{text} " if text else ""
        self._input.focus()
        self._input.action_end()
        self._help()

    def close(self) -> None:
        """Hides the line."""
        self.remove_class("-open")
        self.awaits_focus = False

    def take(self, character: str) -> None:
        """Takes a character that was typed before the keys went to the line."""
        self._input.insert_text_at_cursor(character)

    @on(DescendantFocus)
    def _has_focus(self) -> None:
        self.awaits_focus = False

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self._help()
            unfinished = completed(event.value, {}).endswith(":")
            self.post_message(self.Typed(event.value.rpartition(" ")[0] if unfinished else event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.problem:
            self.app.bell()
        else:
            self.post_message(self.Done(event.value))

    def _help(self) -> None:
        """What is wrong; else what the word that is typed takes; else what there is."""
        text, told = self._input.value, self.query_one(QuietStatic)
        last = terms_of(text)[-1:] if text and not text[-1].isspace() else ()
        key = last[0].key if last else ""
        if key in KEYS and not (last and last[0].value):
            told.show(line((f"{key}: {KEYS[key]}", "muted")))
        elif problem := self.problem:
            told.show(line(("✖ ", "error"), one_line(problem)))
        elif key in KEYS:
            told.show(line((f"{key}: {KEYS[key]}", "muted")))
        else:
            told.show(line((" ".join(f"{each}:" for each in KEYS), "muted")))


class FilterInput(Input):
    """An input in which Tab takes what is proposed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Done", id="log.done", tooltip="Back to the rows"),
        Binding("tab", "cursor_right", "Complete", id="log.complete", tooltip="Take what is proposed"),
        Binding("escape", "screen.leave", "Undo", id="log.undo", tooltip="As it was before it was typed"),
    ]


class _Completing(Suggester):
    def __init__(self, sellers: Sellers, codes: Callable[[], Iterable[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._sellers = sellers
        self._codes = codes

    async def get_suggestion(self, value: str) -> str | None:
        """How the line may go on."""
        return completed(value, self._sellers, self._codes()) or None
