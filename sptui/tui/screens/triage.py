"""The wizard's first page: whose call fails, which one, with which parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Paste
from textual.widgets import Button, Footer, Input, Label, Select

from sptui.calling import context_of
from sptui.spapi.authorization import Authorization, Seller
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.marketplaces import label_of_marketplace
from sptui.spapi.requests import InvalidValueError, RequestContext, build_request
from sptui.triage.case import Case, read_case
from sptui.tui.marks import line, one_line
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.widgets.parameter_form import ParameterForm, as_typed
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from sptui.simulator.story import ScenarioCall


class TriageScreen(SptuiScreen[None]):
    """A form made from the catalogue. Starting opens the investigation; coming back finds the form as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "start", "Find out why", id="triage.start", tooltip="Start with what the form says"),
        Binding("f3", "paste", "Paste a call", id="triage.paste", tooltip="From curl, HTTP, HAR, JSON or a traceback"),
        Binding("ctrl+n", "next_example", "Next example", id="triage.example", tooltip="Another call that fails"),
    ]

    def __init__(
        self, seller: Seller | None, operation: Operation | None = None, typed: dict[str, str] | None = None
    ) -> None:
        """What is known of the call already; ``typed`` are parameters as for ``-p`` (None: the minimal request)."""
        super().__init__()
        self._seller_at_start = seller
        self._operation_at_start = operation
        self._typed_at_start = typed
        self._example = -1
        self._form_of: tuple[str, str] | None = None
        self._story = ""
        self._given: tuple[Case, object, object, list[str]] | None = None

    def compose(self) -> ComposeResult:
        """Who, what, with what."""
        authorizations = self.workspace.accounts.authorizations()
        seller = self._seller_at_start
        chosen = seller.authorizations[0].key if seller and seller.authorizations else Select.NULL
        yield TopBar("Triage", "Which call fails?")
        with Horizontal(classes="field"):
            yield Label("Seller")
            yield Select(
                [(Content(f"{one_line(each.seller)} · {each.region}"), each.key) for each in authorizations],
                prompt="Choose a seller and region", value=chosen, id="authorization", compact=True,
            )  # fmt: skip
        with Horizontal(classes="field"):
            yield Label("Operation")
            yield Select(
                [(_title(each), each.key) for each in sorted(load_catalogue(), key=lambda each: each.name.lower())],
                prompt="Choose an operation (type to search)", id="operation", compact=True,
                value=self._operation_at_start.key if self._operation_at_start else Select.NULL,
            )  # fmt: skip
        yield QuietStatic(id="hint")
        yield ParameterForm(id="parameters")
        with Horizontal(id="buttons"):
            yield Button("Find out why", variant="primary", id="start", compact=True)
        yield Footer()

    def on_mount(self) -> None:
        """The first thing that is not known yet has the cursor."""
        unknown = "#operation" if self._operation is None else "#start"
        self.query_one(unknown if self._authorization else "#authorization").focus()
        self._show_hint()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Examples belong to the demo."""
        if action == "next_example":
            return bool(self._examples)
        return super().check_action(action, parameters)

    in_triage: ClassVar[bool] = True

    # What is chosen ---------------------------------------------------------------------------------------

    @property
    def selected_seller(self) -> Seller | None:
        """The seller of the chosen authorization."""
        chosen = self._authorization
        return self.workspace.accounts.seller(chosen.seller) if chosen else None

    @property
    def _authorization(self) -> Authorization | None:
        key = self.query_one("#authorization", Select).value
        return next((each for each in self.workspace.accounts.authorizations() if each.key == key), None)

    @property
    def _operation(self) -> Operation | None:
        key = self.query_one("#operation", Select).value
        return load_catalogue().get(key) if isinstance(key, str) else None

    @property
    def _form(self) -> ParameterForm:
        return self.query_one("#parameters", ParameterForm)

    @property
    def _examples(self) -> tuple[ScenarioCall, ...]:
        """The calls of the simulated world's scenario, of sellers that were not removed."""
        simulation = self.workspace.simulation
        if simulation is None:
            return ()
        keys = {each.key for each in self.workspace.accounts.authorizations()}
        return tuple(each for each in simulation.world.calls if self._key_of(each) in keys)

    def _key_of(self, call: ScenarioCall) -> str:
        assert self.workspace.simulation is not None  # noqa: S101 - only a scenario has calls
        seller = self.workspace.simulation.world.caller(call)
        return f"{seller.id}@{seller.region}"

    # The form ---------------------------------------------------------------------------------------------

    @on(Select.Changed)
    async def _chosen(self) -> None:
        authorization, operation = self._authorization, self._operation
        form_of = (authorization.region if authorization else "", operation.key if operation else "")
        if form_of != self._form_of:
            self._form_of, self._story = form_of, ""
            typed, self._typed_at_start = self._typed_at_start, None
            await self._form.show(operation, self._sample_context(authorization), typed)
        self._show_hint()

    def _sample_context(self, authorization: Authorization | None) -> RequestContext:
        if authorization is None:
            return RequestContext("", "", self.workspace.clock.now())
        return context_of(self.workspace, authorization)

    def _show_hint(self) -> None:
        operation, authorization = self._operation, self._authorization
        hint = self.query_one("#hint", QuietStatic)
        if (given := self._given_case) is not None:
            answer = f"answered {given.answer.status}" if given.answer else "no answer"
            told = f"{given.method} {given.host}{given.path}: sent by another program, {answer}"
            hint.show(Content("\n").join([line(self._story), line((one_line(told), "muted"))]))
            return
        if operation is None:
            more = " Ctrl+N fills in a call of the demo that fails." if self._examples else ""
            hint.show(line((f"Choose the call that fails, or paste it with F3.{more}", "muted")))
            return
        context = self._sample_context(authorization)
        parts: list[str] = [f"{operation.method} {operation.path}"]
        if operation.side_effects != "none":
            parts.append("has side effects: asks before each call")
        if operation.rate:
            parts.append(f"{operation.rate:g} calls a second, {operation.burst} at once")
        if operation.deprecated:
            parts.append(f"deprecated{', use ' + operation.replaced_by if operation.replaced_by else ''}")
        if context.marketplace_id:
            parts.append(f"samples for {label_of_marketplace(context.marketplace_id)}")
        hint.show(Content("\n").join([line(self._story)] * bool(self._story) + [line((" · ".join(parts), "muted"))]))

    # Actions ----------------------------------------------------------------------------------------------

    @on(Paste)
    def _paste(self, event: Paste) -> None:
        """A paste that is more than a word is a call."""
        if "\n" in event.text.strip() or len(event.text) > 60:
            self.action_paste(event.text)

    def action_paste(self, text: str = "") -> None:
        """Opens the page that reads a failing call."""
        from sptui.tui.screens.explain import ExplainScreen

        self.app.push_screen(ExplainScreen(text))

    async def action_next_example(self) -> None:
        """Fills in the next failing call of the demo."""
        examples = self._examples
        if not examples:
            return
        self._example = (self._example + 1) % len(examples)
        example = examples[self._example]
        key = self._key_of(example)
        found = next(each for each in self.workspace.accounts.authorizations() if each.key == key)
        try:
            case = None if example.is_plain else self._answered(example).for_authorization(found)
        except (LookupError, ValueError) as problem:
            self.notify(str(problem), title=one_line(f"{example.title} cannot be made"), severity="error", markup=False)
            return
        operation = example.found_operation or (case.operation if case else None)
        typed = as_typed(case.values) if case else example.typed
        self._form_of = (found.region, operation.key if operation else "")
        self.query_one("#authorization", Select).value = found.key
        self.query_one("#operation", Select).value = operation.key if operation else Select.NULL
        await self._form.show(operation, self._sample_context(found), typed)
        self._story = f"{example.title}: {example.story}"
        self._given = (case, *self._entered) if case else None
        self._show_hint()
        self.query_one("#start", Button).focus()

    def _answered(self, call: ScenarioCall) -> Case:
        """A call that only some other program makes: as that one made it just now, with the answer.

        Raises LookupError and ValueError for what a world's author got wrong.
        """
        from sptui.simulator.scenario_case import scenario_case

        assert self.workspace.simulation is not None  # noqa: S101 - only a scenario has calls
        simulator = self.workspace.simulation.simulator
        return read_case(scenario_case(self.workspace.simulation.world, call, simulator=simulator, context=False))

    @property
    def _entered(self) -> tuple[object, object, list[str]]:
        """Everything that the form says."""
        chosen = (self.query_one("#authorization", Select).value, self.query_one("#operation", Select).value)
        return (*chosen, self._form.assignments)

    @property
    def _given_case(self) -> Case | None:
        """The example's call with its answer, as long as the form still says what it filled in."""
        if self._given is None or self._given[1:] != self._entered:
            return None
        return self._given[0]

    @on(Button.Pressed, "#start")
    @on(Input.Submitted)
    def action_start(self) -> None:
        """Opens the investigation of what the form says."""
        from sptui.tui.screens.investigation import InvestigationScreen

        if (given := self._given_case) is not None:
            self.app.push_screen(InvestigationScreen(given))
            return
        authorization, operation = self._authorization, self._operation
        if authorization is None or operation is None:
            missing = "#authorization" if authorization is None else "#operation"
            self.query_one(missing).focus()
            self.notify("Choose a seller and an operation first.", severity="warning", markup=False)
            return
        try:
            values = self._form.values(operation)
            build_request(operation, values)
        except InvalidValueError as problem:
            self.notify(str(problem), title="This cannot be sent", severity="error", markup=False)
            return
        self.app.push_screen(InvestigationScreen(Case(operation, values, authorization)))


def _title(operation: Operation) -> Content:
    marks = " (writes)" if operation.side_effects == "real" else ""
    return Content(f"{operation.name} · {operation.api} {operation.version}{marks}")
