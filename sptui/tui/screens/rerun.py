"""Running a kept case again: what was blurred when it was kept has to be filled in before it can be sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Button, Input, Label, Static

from sptui.spapi.catalogue import Operation
from sptui.spapi.requests import InvalidValueError, parse_assignments
from sptui.triage.case import Case, UnreadableCaseError
from sptui.triage.saved import SavedCase
from sptui.tui.marks import line, one_line
from sptui.tui.widgets.quiet_static import QuietStatic

if TYPE_CHECKING:
    from sptui.tui.app import SptuiApp


def case_of(app: SptuiApp, saved: SavedCase, *, again: bool = False) -> Case | None:
    """The call of a kept case, for its seller as long as that one is known; None, and told, where it is unreadable.

    ``again``: as it is made anew, without what it answered then.
    """
    try:
        case = saved.case_again() if again else saved.case()
    except UnreadableCaseError as problem:
        app.notify(str(problem), title="The case cannot be read", severity="error", markup=False)
        return None
    known = app.workspace.accounts.authorizations()
    found = next((each for each in known if each.key == saved.authorization_key), None)
    return case.for_authorization(found) if found is not None else case


def run_again(app: SptuiApp, saved: SavedCase, *, instead_of: Screen[Any] | None = None) -> None:
    """Opens the investigation of a kept case, after what was blurred was filled in."""
    from sptui.tui.screens.investigation import InvestigationScreen

    case = case_of(app, saved, again=True)
    if case is None:
        return
    if saved.authorization_key and case.authorization is None:
        told = f"{saved.seller} ({saved.authorization_key}) is no longer among the sellers: nothing can be sent."
        app.notify(told, severity="warning", markup=False)

    def start(values: dict[str, Any] | None) -> None:
        if values is None:
            return
        filled = msgspec.structs.replace(case, values={**case.values, **values})
        screen = InvestigationScreen(filled, saved=saved)
        if instead_of is not None and app.screen is instead_of:
            app.switch_screen(screen)
        else:
            app.push_screen(screen)

    if saved.blurred and case.operation is not None:
        app.push_screen(FillInForm(case.operation, saved.blurred), start)
    else:
        start({})


class FillInForm(ModalScreen[dict[str, Any]]):
    """Gives the values of the parameters that were blurred."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False, id="fill-in.cancel", tooltip="Do not run it"),
    ]

    def __init__(self, operation: Operation, names: Iterable[str]) -> None:
        super().__init__()
        self._operation = operation
        self._names = tuple(names)

    def compose(self) -> ComposeResult:
        """A field for each."""
        with VerticalScroll(classes="form", can_focus=False) as box:
            box.border_title = Content(f"Run {one_line(self._operation.name)} again")
            box.border_subtitle = "Esc closes"
            told = "These parameters hold a person's data, which is never kept. Fill them in as they were:"
            yield Static(Content(told), markup=False)
            for name in self._names:
                with Horizontal(classes="field"):
                    yield Label(Content(one_line(name)))
                    yield Input(name=name, placeholder="as it was sent", compact=True)
            yield QuietStatic(id="message")
            with Horizontal(id="buttons"):
                yield Button("Run again", variant="primary", id="run", compact=True)

    def on_mount(self) -> None:
        """The first field."""
        self.query(Input).first().focus()

    @on(Input.Submitted)
    @on(Button.Pressed)
    def _run(self) -> None:
        fields = list(self.query(Input))
        if empty := [each for each in fields if not each.value.strip()]:
            empty[0].focus()
            self._tell(f"{empty[0].name} is still empty.")
            return
        try:
            typed = [f"{each.name}={each.value}" for each in fields]
            self.dismiss(parse_assignments(self._operation, typed))
        except InvalidValueError as problem:
            self._tell(str(problem))

    def _tell(self, problem: str) -> None:
        self.query_one("#message", QuietStatic).show(line(("✖ ", "error"), one_line(problem)))

    def action_cancel(self) -> None:
        """Runs nothing."""
        self.dismiss(None)
