"""One call made by hand: the form from the catalogue, checked while it is typed, and what came back."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Checkbox, Footer, Input, Label, Select

from sptui.calling import (
    PlannedCall,
    body_for_people,
    context_of,
    plan_call,
    sample_context,
    smallest_values,
)
from sptui.spapi.authorization import Authorization, Seller
from sptui.spapi.calls import Call
from sptui.spapi.catalogue import Operation
from sptui.spapi.endpoints import Endpoints, ForbiddenHostError
from sptui.spapi.requests import InvalidValueError, RequestContext
from sptui.triage.events import Question, StepName
from sptui.tui.call_text import hint_text, outcome_text, problems_text
from sptui.tui.marks import line, one_line
from sptui.tui.operation_text import body_text
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.screens.question import QuestionScreen
from sptui.tui.widgets.parameter_form import ParameterForm, as_typed
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.tick import Tick
from sptui.tui.widgets.top_bar import TopBar

_WORTH_TELLING_SECONDS: Final = 1.0


class CallScreen(SptuiScreen[None]):
    """The form of one operation, filled with its minimal request. Leaving stops a call that is under way."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "send", "Send", id="call.send", tooltip="Send what the form says"),
        Binding("y", "copy", "Copy answer", id="call.copy", tooltip="Copy the answer's body"),
        Binding("u", "copy_curl", "Copy curl", id="call.curl", tooltip="Copy the request as a curl command"),
    ]

    def __init__(self, operation: Operation, authorization: Authorization | None = None) -> None:
        super().__init__()
        self.selected_operation = operation
        self._authorization_at_start = authorization
        self._filled: dict[str, str] = {}
        self._filled_for: tuple[str, bool] | None = None
        self.call: Call | None = None
        self._doing = ""

    def compose(self) -> ComposeResult:
        """Who, with what; and beside or below it the answer."""
        operation, who = self.selected_operation, self._authorization_at_start
        authorizations = self.workspace.accounts.authorizations()
        if who is None and len(authorizations) == 1:
            who = authorizations[0]
        yield TopBar("Operations", f"{operation.name} · {operation.api} {operation.version}")
        with Horizontal(classes="field"):
            yield Label("Seller")
            yield Select(
                [(Content(f"{one_line(each.seller)} · {each.region}"), each.key) for each in authorizations],
                prompt="Choose a seller and region", value=who.key if who else Select.NULL, id="authorization",
                compact=True,
            )  # fmt: skip
        yield QuietStatic(id="hint")
        with Container(id="calling"):
            with Vertical(id="request"):
                yield ParameterForm(id="parameters")
                yield QuietStatic(id="problems")
                with Horizontal(id="buttons"):
                    yield Button("Send", variant="primary", id="send", compact=True)
                    yield Tick("to the sandbox", operation.sandbox_only, id="sandbox", compact=True)
            with Vertical(id="answer-side"):
                yield QuietStatic(id="outcome")
                with VerticalScroll(id="answer-panel"):
                    yield QuietStatic(id="answer")
        yield Footer()

    def on_mount(self) -> None:
        """The first thing that is not known yet has the cursor."""
        self.query_one("#sandbox").display = bool(self.selected_operation.sandbox)
        self.query_one("#send" if self._authorization else "#authorization").focus()
        self.call_later(self._chosen)

    # What is chosen ---------------------------------------------------------------------------------------

    @property
    def selected_seller(self) -> Seller | None:
        """The seller of the chosen authorization."""
        chosen = self._authorization
        return self.workspace.accounts.seller(chosen.seller) if chosen else None

    @property
    def typed_values(self) -> dict[str, str]:
        """What stands in the form, by parameter."""
        return dict(each.split("=", 1) for each in self._form.assignments if "=" in each)

    @property
    def _authorization(self) -> Authorization | None:
        key = self.query_one("#authorization", Select).value
        return next((each for each in self.workspace.accounts.authorizations() if each.key == key), None)

    @property
    def _form(self) -> ParameterForm:
        return self.query_one("#parameters", ParameterForm)

    @property
    def _sandbox(self) -> bool:
        return self.query_one("#sandbox", Checkbox).value

    @property
    def _samples(self) -> RequestContext:
        who = self._authorization
        return context_of(self.workspace, who) if who else sample_context(self.workspace.clock.now())

    # The form ---------------------------------------------------------------------------------------------

    @on(Select.Changed)
    @on(Checkbox.Changed)
    async def _chosen(self) -> None:
        await self._fill()
        self._draw()

    async def _fill(self) -> None:
        """Fills in the minimal request for another seller or the sandbox, unless the person typed something."""
        who = self._authorization
        filled_for = (who.key if who else "", self._sandbox)
        untouched = self._filled_for is None or self.typed_values == self._filled
        if filled_for == self._filled_for or not untouched:
            return
        operation, context = self.selected_operation, self._samples
        self._filled_for = filled_for
        self._filled = as_typed(smallest_values(operation, context, sandbox=self._sandbox))
        await self._form.show(operation, context, self._filled)
        self._filled = self.typed_values

    @on(Input.Changed)
    def _check(self) -> None:
        try:
            planned = self._plan(self._form.values(self.selected_operation))
        except (InvalidValueError, ForbiddenHostError) as problem:
            told = line(("✖ ", "error"), one_line(str(problem)))
        else:
            told = problems_text(planned.problems)
        self.query_one("#problems", QuietStatic).show(told)

    def _plan(self, values: dict[str, Any]) -> PlannedCall:
        workspace, who = self.workspace, self._authorization
        network = workspace.config.network
        region = who.region if who else None
        return plan_call(
            self.selected_operation,
            values,
            region=region,
            now=workspace.clock.now(),
            endpoints=Endpoints(network.endpoint, network.lwa_endpoint),
            sandbox=self._sandbox,
        )

    # Sending ----------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#send")
    @on(Input.Submitted)
    def action_send(self) -> None:
        """Sends what the form says; asks first where the call has side effects."""
        who = self._authorization
        if who is None:
            self.query_one("#authorization").focus()
            self.notify("Choose a seller first.", severity="warning", markup=False)
            return
        try:
            planned = self._plan(self._form.values(self.selected_operation))
        except (InvalidValueError, ForbiddenHostError) as problem:
            self.notify(str(problem), title="This cannot be sent", severity="error", markup=False)
            return
        if planned.has_side_effects and self.workspace.config.read_only:
            told = f"{planned.operation.name} has side effects, and read_only is set in config.toml."
            self.notify(told, title="Not sent", severity="warning", markup=False)
            return
        self._send(planned, who)

    @work(exclusive=True, group="call")
    async def _send(self, planned: PlannedCall, who: Authorization) -> None:
        if planned.has_side_effects and not await self._may_send(planned, who):
            return
        client, operation = self.workspace.client, planned.operation
        seconds = client.seconds_until_allowed(operation, who, sandbox=planned.sandbox)
        waits = seconds > _WORTH_TELLING_SECONDS
        self._show_doing(f"the usage plan wants a wait of {seconds:.0f} s" if waits else "waiting for the answer")
        try:
            self.call = await client.send(planned.request, who, sandbox=planned.sandbox)
        finally:
            self._doing = ""
        self._draw()
        self.query_one("#answer-panel").focus()

    async def _may_send(self, planned: PlannedCall, who: Authorization) -> bool:
        effects = {"mild": "mild side effects", "real": "side effects"}[planned.operation.side_effects]
        where = " to the sandbox" if planned.sandbox else ""
        faults = f" The catalogue has {len(planned.faults)} things against it." if planned.faults else ""
        question = Question(
            step=StepName.REQUEST,
            id="call",
            text=f"Send {planned.operation.name}{where}? It has {effects}.{faults}",
            method=planned.preview.method,
            path=planned.preview.url,
            body=planned.preview.body,
        )
        asked = QuestionScreen(question, f"{who.seller} · {who.region}")
        return await self.app.push_screen_wait(asked) == "yes"

    # What is shown ----------------------------------------------------------------------------------------

    def _show_doing(self, doing: str) -> None:
        self._doing = doing
        self._draw()

    def _draw(self) -> None:
        self.query_one("#hint", QuietStatic).show(hint_text(self.selected_operation))
        self._check()
        busy, call = bool(self._doing), self.call
        self.set_class(busy or call is not None, "-answered")
        self.query_one("#outcome", QuietStatic).show(outcome_text(call, self._doing))
        text, is_json = body_for_people(call) if call is not None and not busy else ("", False)
        self.query_one("#answer", QuietStatic).show(body_text(text, is_json=is_json))
        self.query_one("#send", Button).disabled = busy
        self.refresh_bindings()

    def redraw(self) -> None:
        """Draws everything in the colours of the theme."""
        self._draw()

    # Actions ----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters are text where something is typed; there is an answer to copy once there is one."""
        if action == "copy":
            return self.call is not None and not isinstance(self.focused, Input)
        if action == "copy_curl":
            return not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        """Stops the call that is under way; leaves the screen where none is."""
        if not self._doing:
            super().action_back()
            return
        self.workers.cancel_group(self, "call")
        self._doing = ""
        self._draw()
        self.notify("Stopped. The call may have reached Amazon all the same.", severity="warning", markup=False)

    def action_copy(self) -> None:
        """Copies the answer's body, all of it."""
        if self.call is not None:
            self.app.copy_to_clipboard(body_for_people(self.call)[0])
            self.notify("Answer copied.", markup=False)

    def action_copy_curl(self) -> None:
        """Copies the request as a curl command, with a variable in place of the token."""
        try:
            planned = self._plan(self._form.values(self.selected_operation))
        except (InvalidValueError, ForbiddenHostError) as problem:
            self.notify(str(problem), title="Not copied", severity="error", markup=False)
            return
        self.app.copy_to_clipboard(planned.preview.as_curl())
        self.notify("The request is copied as a curl command.", markup=False)
