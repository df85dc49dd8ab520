"""A dialogue with fields, a line that tells what is wrong, and work that can be cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, Label

from sptui.tui.marks import line
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.vault import NoBackendError

if TYPE_CHECKING:
    from sptui.tui.app import SptuiApp
    from sptui.workspace import Workspace


class Form(ModalScreen[None]):
    """What a form does; ``fields`` and ``buttons`` say of what it is made. The button ``cancel`` does what Esc does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="form.cancel", tooltip="Stop what runs, or close the form"),
    ]

    title_of_form = ""
    told_when_stopped: ClassVar[str] = "Stopped. Nothing was saved."

    def compose(self) -> ComposeResult:
        """Fields, message, buttons."""
        with VerticalScroll(classes="form", can_focus=False) as box:
            box.border_title = Content(self.title_of_form)
            box.border_subtitle = "Esc closes"
            yield from self.fields()
            yield QuietStatic(id="message")
            with Horizontal(id="buttons"):
                yield from self.buttons()
                yield Button("Keep for this run only", variant="warning", id="memory", compact=True)

    def fields(self) -> Iterator[Widget]:
        """The fields, from top to bottom."""
        yield from ()

    def buttons(self) -> Iterator[Button]:
        """The buttons, the usual one first."""
        yield from ()

    @property
    def sptui(self) -> SptuiApp:
        """The app, typed."""
        return cast("SptuiApp", self.app)

    @property
    def workspace(self) -> Workspace:
        """The services behind the form."""
        return self.sptui.workspace

    def text(self, field: str) -> str:
        """What stands in an Input, without the blanks around it."""
        return self.query_one(f"#{field}", Input).value.strip()

    def tell(self, text: str, advice: str = "", *, problem: bool = False) -> None:
        """Shows what is going on, or what is wrong and what to do."""
        parts = [line(("✖ ", "error"), text) if problem else line((text, "muted"))]
        if advice:
            parts.append(line(("  " + advice, "plain")))
        self.query_one("#message", QuietStatic).show(Content("\n").join(parts))

    def tell_problem(self, problem: Exception) -> None:
        """Shows what went wrong; without a keyring, offers to go on without one."""
        self.tell(str(problem), problem=True)
        self.set_class(isinstance(problem, NoBackendError), "-no-keyring")

    @on(Button.Pressed, "#memory")
    def _keep_in_memory(self) -> None:
        self.workspace.keep_secrets_in_memory()
        self.remove_class("-no-keyring")
        self.tell(f"Secrets are now kept in {self.workspace.vault.description}: save again.")

    @contextmanager
    def working(self) -> Iterator[None]:
        """While something runs, nothing else is started; what leaves the form stays, to stop it."""
        self._set_busy(busy=True)
        try:
            yield
        finally:
            if self.is_attached:
                self._set_busy(busy=False)

    def _set_busy(self, *, busy: bool) -> None:
        for button in self.query("#buttons Button").exclude("#cancel").results(Button):
            button.disabled = busy
        self.set_class(busy, "-busy")

    @on(Button.Pressed, "#cancel")
    def _leave(self) -> None:
        self.action_cancel()

    def action_cancel(self) -> None:
        """Stops what runs; closes the form when nothing does."""
        if self.has_class("-busy"):
            self.workers.cancel_node(self)
            self._set_busy(busy=False)
            self.tell(self.told_when_stopped)
        else:
            self.dismiss()


def field(label: str, widget: Widget) -> Horizontal:
    """A labelled line of a form."""
    return Horizontal(Label(Content(label)), widget, classes="field")
