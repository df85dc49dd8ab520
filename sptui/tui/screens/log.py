"""The call log: its calls as they come in, its errors grouped, who else gets one, and the way into the triage."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.query import Term, query_of_terms
from sptui.calllog.questions import Question, Signature
from sptui.database import DatabaseError
from sptui.spapi.calls import CallRecord
from sptui.triage.from_record import case_of_record, has_failed
from sptui.tui.clipboard import copy
from sptui.tui.log_details import call_in_full, error_in_short
from sptui.tui.log_feed import View
from sptui.tui.log_lines import FAILING
from sptui.tui.screens.log_choosing import LogChoosing, error_terms, group_terms, operation_terms
from sptui.tui.widgets.long_table import LongTable


class LogScreen(LogChoosing):
    """Enter on a failing call finds out why, on a kind of error shows its calls; w asks who else gets it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "who", "Who else", id="log.who", tooltip="Who else gets the error under the cursor"),
        Binding("e", "export", "Export", id="log.export", tooltip="Write the calls that fit as JSON Lines or CSV"),
        Binding("v", "whole", "Whole call", show=False, id="log.whole", tooltip="All that is known of the call"),
        Binding("t", "triage", "Triage", show=False, id="log.triage", tooltip="Find out why the call failed"),
        Binding("y", "copy", "Copy", show=False, id="log.copy", tooltip="Copy all that is known of the row"),
        Binding("i", "import", "Import", show=False, id="log.import", tooltip="Take over what other programs logged"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Each key only when there is a row for it."""
        if action == "whole":
            return self.selected_call is not None and super().check_action(action, parameters)
        if action in ("copy", "triage", "who"):
            return bool(self.selected_call or self.selected_error) and super().check_action(action, parameters)
        return super().check_action(action, parameters)

    # Going on with a call ---------------------------------------------------------------------------------

    @on(LongTable.RowSelected)
    def _entered(self) -> None:
        if (error := self.selected_error) is not None:
            self.show_calls((*self._window, *group_terms(error)))
        elif (call := self.selected_call) is not None:
            if has_failed(call):
                self.take(call)
            else:
                self.action_whole()

    def show_calls(self, terms: tuple[Term, ...]) -> None:
        """Shows the calls of these terms."""
        self.choose(terms)
        self.action_view(View.CALLS.value)

    def take(self, record: CallRecord) -> None:
        """Finds out why a call failed."""
        from sptui.tui.screens.investigation import InvestigationScreen
        from sptui.tui.screens.triage import TriageScreen

        case = case_of_record(record, self.workspace.accounts.authorizations())
        if case.operation is None or case.authorization is None:
            self.app.push_screen(InvestigationScreen(case))
        else:
            self.app.push_screen(TriageScreen(None, record=record))

    def action_triage(self) -> None:
        """With the call under the cursor, or the newest of the errors under it."""
        if (error := self.selected_error) is not None:
            self._triage_newest((*self._window, *group_terms(error)))
        elif (call := self.selected_call) is not None:
            if has_failed(call):
                self.take(call)
            else:
                self.notify("This call went well: there is nothing to find out.", markup=False)

    @property
    def _window(self) -> tuple[Term, ...]:
        return tuple(each for each in self.terms if each.key in ("since", "until"))

    @work(exclusive=True, group="triage")
    async def _triage_newest(self, terms: tuple[Term, ...]) -> None:
        query = query_of_terms(terms, self.names.ids)
        try:
            newest = await self.feed.desk.newest() if query.needs_newest else None
            found = await self.feed.desk.calls(query.at(newest), 1)
        except (CallLogError, DatabaseError) as problem:
            self.notify(str(problem), title="The call was not found", severity="error", markup=False)
            return
        if found:
            self.take(found[0])
        else:
            self.notify("No such call is in the log any more.", severity="warning", markup=False)

    @work(exclusive=True, group="sheet")
    async def action_whole(self) -> None:
        """All that is known of the call under the cursor."""
        from sptui.tui.screens.log_call import CallSheet

        if (call := self.selected_call) is None:
            return
        match await self.app.push_screen_wait(CallSheet(call, self.names)):
            case "triage":
                self.take(call)
            case "who":
                self.action_who()

    # Who else ---------------------------------------------------------------------------------------------

    @work(exclusive=True, group="who")
    async def action_who(self) -> None:
        """Who else gets the error under the cursor; of a good call, who gets any."""
        from sptui.tui.screens.who import WhoScreen

        row, operation = self.selected_call or self.selected_error, self.selected_operation
        if row is None:
            return
        if operation is None:
            told = "This is no operation of the catalogue: sptui cannot tell which calls are alike."
            self.notify(told, severity="warning", markup=False)
            return
        failed = isinstance(row, Signature) or has_failed(row)
        question = Question(operation, row.status, row.code) if failed else Question(operation)
        asked = WhoScreen(self.feed.desk, question, self.terms)
        done = await self.app.push_screen_wait(asked)
        terms = (*operation_terms(row), *(error_terms(row) if failed else (FAILING,)))
        if done == "calls":
            self.show_calls((*asked.window, *terms))
        elif done == "triage":
            if isinstance(row, CallRecord) and failed:
                self.take(row)
            else:
                self._triage_newest((*asked.window, *terms))

    # Taking away ------------------------------------------------------------------------------------------

    @work(group="copy")
    async def action_copy(self) -> None:
        """Copies all that is known of the row under the cursor."""
        call, error = self.selected_call, self.selected_error
        text = (
            call_in_full(call, self.names, 100).plain if call else error_in_short(error, 100, 20).plain if error else ""
        )
        self.notify(await copy(self.app, text + "\n"), markup=False)

    def action_export(self) -> None:
        """Writes the calls that fit to a file."""
        from sptui.tui.screens.log_export import LogExportForm

        self.app.push_screen(LogExportForm(self.feed.query, self.feed.total))

    @work(exclusive=True, group="import")
    async def action_import(self) -> None:
        """Takes over what other programs logged, and shows it."""
        from sptui.tui.screens.log_import import LogImportForm

        await self.app.push_screen_wait(LogImportForm())
        self.reload()


class LogPicker(LogScreen):
    """Gives a failing call to the wizard."""

    in_triage: ClassVar[bool] = True
    place: ClassVar[tuple[str, ...]] = ("Triage", "A call of the log")

    def __init__(self) -> None:
        super().__init__((FAILING,))

    def take(self, record: CallRecord) -> None:
        """Ends with the call."""
        self.dismiss(record)
