"""Everything that the log keeps of one call."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.events import Resize

from sptui.spapi.calls import CallRecord
from sptui.triage.from_record import has_failed
from sptui.tui.log_details import call_in_full
from sptui.tui.log_rows import SellerNames, answer_mark, name_of_call
from sptui.tui.screens.sheet import Sheet


class CallSheet(Sheet):
    """Ends with ``triage`` or ``who`` where that is to be done with the call."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,t", "go('triage')", "Triage", id="log-call.triage", tooltip="Find out why this call failed"),
        Binding("w", "go('who')", "Who else", id="log-call.who", tooltip="Who else gets this error"),
    ]

    def __init__(self, record: CallRecord, names: SellerNames) -> None:
        super().__init__(f"{name_of_call(record)} · {answer_mark(record).word}")
        self._record = record
        self._names = names

    @on(Resize)
    def _draw(self) -> None:
        self.show(call_in_full(self._record, self._names, self.room))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A call that went well has nothing to find out."""
        if parameters == ("triage",):
            return has_failed(self._record)
        if parameters == ("who",):
            return bool(self._record.operation)
        return super().check_action(action, parameters)

    @property
    def copied(self) -> str:
        """The whole, as it stands here."""
        return call_in_full(self._record, self._names, 100).plain + "\n"

    def action_go(self, what: str) -> None:
        """Goes on with the call."""
        self.dismiss(what)
