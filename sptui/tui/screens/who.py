"""Who else gets this error: asked over a window that can be made shorter and longer, and gone on from."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar, Final, cast

import msgspec
from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.timer import Timer

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.query import Term, next_window, query_of_terms, window_in_words
from sptui.calllog.questions import Question, WhoAnswer
from sptui.calllog.wording import asked_in_words
from sptui.database import DatabaseError
from sptui.tui.log_feed import Desk
from sptui.tui.marks import line, one_line
from sptui.tui.screens.sheet import Sheet
from sptui.tui.who_text import who_lines, who_text
from sptui.tui.widgets.quiet_static import QuietStatic

if TYPE_CHECKING:
    from sptui.tui.app import SptuiApp

_PATIENCE_SECONDS: Final = 0.3


class WhoScreen(Sheet):
    """Ends with ``triage`` or ``calls`` where that is to be done next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,t", "go('triage')", "Triage", id="who.triage", tooltip="Find out why, with such a call"),
        Binding("f", "go('calls')", "The calls", id="who.calls", tooltip="Show the calls that failed so"),
        Binding(
            "left_square_bracket", "window(-1)", "Shorter", id="who.shorter", key_display="[",
            tooltip="Ask about a shorter time",
        ),
        Binding(
            "right_square_bracket", "window(1)", "Longer", id="who.longer", key_display="]",
            tooltip="Ask about a longer time",
        ),
        Binding("r", "ask", "Again", show=False, id="who.again", tooltip="Ask again"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, question: Question, terms: tuple[Term, ...]) -> None:
        """Of ``terms`` those count that say which time is asked about."""
        super().__init__(f"Who else gets it: {asked_in_words(question)}")
        self._desk = desk
        self._question = question
        self._window = tuple(each for each in terms if each.key in ("since", "until"))
        self.answer: WhoAnswer | None = None
        self._problem = ""
        self._asked_at = 0.0
        self._busy: Timer | None = None

    def on_mount(self) -> None:
        """Asks at once."""
        self.action_ask()

    @work(exclusive=True, group="who")
    async def action_ask(self) -> None:
        """Asks the log; the answer before stays until the next has come."""
        self._asked_at, self._problem = time.monotonic(), ""
        self._busy = self.set_interval(_PATIENCE_SECONDS, self._show_state)
        try:
            query = query_of_terms(self._window, {})
            newest = await self._desk.newest() if query.needs_newest else None
            chosen = query.at(newest)
            self._question = msgspec.structs.replace(self._question, since=chosen.since, until=chosen.until)
            self.answer = await self._desk.who(self._question)
        except (CallLogError, DatabaseError) as problem:
            self._problem = str(problem)
        finally:
            self._asked_at = 0.0
            self._busy.stop()
        self._draw()

    @on(Resize)
    def _draw(self) -> None:
        if self.answer is not None:
            self.show(Content("\n").join(who_lines(self.answer, self.room, self._application)))
        self._show_state()
        self.refresh_bindings()

    def _show_state(self) -> None:
        waited = time.monotonic() - self._asked_at if self._asked_at else 0.0
        if self._problem:
            told = line(("✖ ", "error"), one_line(self._problem), ("  r asks again", "muted"))
        elif waited >= _PATIENCE_SECONDS:
            step = self._desk.preparing
            doing = step.told if step is not None else "asking the log"
            told = line((f"◌ {doing}, {waited:.0f} s · Esc stops", "muted"))
        else:
            since = f", since {self._question.since:%Y-%m-%d %H:%M} UTC" if self._question.since else ""
            told = line((f"Over {window_in_words(self._window)}{since}", "muted"))
        self.query_one("#sheet-state", QuietStatic).show(told)

    def _application(self, client_id: str) -> str:
        found = cast("SptuiApp", self.app).workspace.accounts.application(client_id)
        return (found.name if found else "") or client_id

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a failing call there is nothing to go on with."""
        if action == "go":
            return self.answer is not None and bool(self.answer.failures)
        return super().check_action(action, parameters)

    @property
    def copied(self) -> str:
        """The answer as text."""
        return who_text(self.answer, self._application) if self.answer is not None else ""

    @property
    def window(self) -> tuple[Term, ...]:
        """The terms of the time that was asked about last."""
        return self._window

    def action_window(self, step: int) -> None:
        """Asks about a shorter or longer time."""
        window = next_window(self._window, step)
        if window != self._window:
            self._window = window
            self.action_ask()

    def action_go(self, what: str) -> None:
        """Goes on with what was found."""
        self.dismiss(what)
