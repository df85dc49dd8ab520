"""The wizard's first page: whose call fails, which one, with which parameters."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from msgspec import structs
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Paste
from textual.widgets import Button, Footer, Input, Label, Select

from sptui.calling import context_of
from sptui.spapi.authorization import Authorization, Seller
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.marketplaces import label_of_marketplace
from sptui.spapi.requests import InvalidValueError, RequestContext, build_request
from sptui.triage.case import Case
from sptui.triage.from_record import case_of_record
from sptui.tui.examples import Examples
from sptui.tui.marks import line, one_line
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.widgets.parameter_form import ParameterForm, as_typed
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar


class TriageScreen(SptuiScreen[None]):
    """A form made from the catalogue. Starting opens the investigation; coming back finds the form as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "start", "Find out why", id="triage.start", tooltip="Start with what the form says"),
        Binding("f3", "paste", "Paste", id="triage.paste", tooltip="From curl, HTTP, HAR, JSON or a traceback"),
        Binding(
            "f6", "step", "Step by step", show=False, id="triage.step", tooltip="The same, waiting before each step"
        ),
        Binding("f2", "log", "Log", id="triage.log", tooltip="Begin with a call of the log that failed"),
        Binding("f4", "cases", "Cases", id="triage.cases", tooltip="Begin with a case that was kept"),
        Binding("ctrl+n", "next_example", "Next example", id="triage.example", tooltip="Another call that fails"),
    ]

    def __init__(
        self,
        seller: Seller | None,
        operation: Operation | None = None,
        typed: dict[str, str] | None = None,
        *,
        record: CallRecord | None = None,
    ) -> None:
        """What is known of the call already; ``typed`` are parameters as for ``-p`` (None: the minimal request).

        ``record``: the call of the log to begin with.
        """
        super().__init__()
        self._record_at_start = record
        self._seller_at_start = seller
        self._operation_at_start = operation
        self._typed_at_start = typed
        self._form_of: tuple[str, str] | None = None
        self._story = ""
        self._given: tuple[Case, object, object, list[str]] | None = None
        self._logged: Case | None = None

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
            yield Button("Step by step", id="step", compact=True)
        yield Footer()

    def on_mount(self) -> None:
        """The first thing that is not known yet has the cursor."""
        unknown = "#operation" if self._operation is None else "#start"
        self.query_one(unknown if self._authorization else "#authorization").focus()
        self._show_hint()
        if self._record_at_start is not None:
            self._begin_with(self._record_at_start)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Examples belong to the demo."""
        if action == "next_example":
            return bool(self._examples.calls)
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

    @cached_property
    def _examples(self) -> Examples:
        return Examples(self.workspace)

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
            more = " Ctrl+N fills in a call of the demo that fails." if self._examples.calls else ""
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
        if not self._examples.calls:
            return
        example, found = self._examples.next()
        try:
            case = None if example.is_plain else self._examples.answered(example).for_authorization(found)
        except (LookupError, ValueError) as problem:
            self.notify(str(problem), title=one_line(f"{example.title} cannot be made"), severity="error", markup=False)
            return
        operation = example.found_operation or (case.operation if case else None)
        typed = as_typed(case.values) if case else example.typed
        await self._fill(found, operation, typed)
        self._story = f"{example.title}: {example.story}"
        self._given = (case, *self._entered) if case else None
        self._show_hint()
        self.query_one("#start", Button).focus()

    async def _fill(self, who: Authorization, operation: Operation | None, typed: dict[str, str]) -> None:
        """Says in the form who calls what with what."""
        self._logged = None
        self._form_of = (who.region, operation.key if operation else "")
        self.query_one("#authorization", Select).value = who.key
        self.query_one("#operation", Select).value = operation.key if operation else Select.NULL
        await self._form.show(operation, self._sample_context(who), typed)

    @work(exclusive=True, group="start")
    async def action_log(self) -> None:
        """Begins with a call of the log; the form then asks for the parameters, which no log keeps."""
        from sptui.tui.screens.log import LogPicker

        record = await self.app.push_screen_wait(LogPicker())
        if record is not None:
            await self._fill_from(record)

    @work(exclusive=True, group="start")
    async def _begin_with(self, record: CallRecord) -> None:
        await self._fill_from(record)

    async def _fill_from(self, record: CallRecord) -> None:
        from sptui.tui.screens.investigation import InvestigationScreen

        case = case_of_record(record, self.workspace.accounts.authorizations())
        if case.operation is None or case.authorization is None:
            self.app.push_screen(InvestigationScreen(case))
            return
        await self._fill(case.authorization, case.operation, as_typed(case.values))
        self._logged, self._given = case, None
        told = f"{record.status or 'no answer'} {record.code}".strip()
        when = f"{record.time:%Y-%m-%d %H:%M} UTC"
        self._story = f"From the log of {when}: {told}. No log keeps parameters: fill in those that you know."
        self._show_hint()
        self.query_one("#start", Button).focus()

    def action_cases(self) -> None:
        """Begins with a case that was kept."""
        from sptui.tui.screens.cases import CasesScreen

        self.app.push_screen(CasesScreen())

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
        self._start(step_by_step=False)

    @on(Button.Pressed, "#step")
    def action_step(self) -> None:
        """The same, waiting before each step."""
        self._start(step_by_step=True)

    def _start(self, *, step_by_step: bool) -> None:
        from sptui.tui.screens.investigation import InvestigationScreen

        case = self._given_case or self._typed_case()
        if case is not None:
            self.app.push_screen(InvestigationScreen(case, step_by_step=step_by_step))

    def _typed_case(self) -> Case | None:
        """The call that the form describes; None where that is told to be impossible."""
        authorization, operation = self._authorization, self._operation
        if authorization is None or operation is None:
            missing = "#authorization" if authorization is None else "#operation"
            self.query_one(missing).focus()
            self.notify("Choose a seller and an operation first.", severity="warning", markup=False)
            return None
        logged = self._logged
        if logged is not None and (logged.operation, logged.authorization) != (operation, authorization):
            logged = None
        try:
            values = self._form.values(operation)
            if logged is None:  # of a logged call the answer tells something, even where the call cannot be sent
                build_request(operation, values)
        except InvalidValueError as problem:
            self.notify(str(problem), title="This cannot be sent", severity="error", markup=False)
            return None
        if logged is not None:
            return structs.replace(logged, values=values)
        return Case(operation, values, authorization)


def _title(operation: Operation) -> Content:
    marks = " (writes)" if operation.side_effects == "real" else ""
    return Content(f"{operation.name} · {operation.api} {operation.version}{marks}")
