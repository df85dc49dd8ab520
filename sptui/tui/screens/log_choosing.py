"""The part of the log screen that chooses calls: by typing, by keys, by the row under the cursor; Esc goes back."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.events import Key

from sptui.calllog.query import Term, next_window, replaced, terms_of, value_of
from sptui.calllog.questions import Signature
from sptui.calllog.wording import piece_to_find
from sptui.spapi.calls import CallRecord
from sptui.spapi.marketplaces import label_of_marketplace
from sptui.tui.log_lines import FAILING
from sptui.tui.screens.log_asking import TYPING_PAUSE_SECONDS
from sptui.tui.screens.log_showing import LogShowing
from sptui.tui.widgets.log_filter import FilterInput, LogFilter


class LogChoosing(LogShowing):
    """What is asked for is always a list of terms, however it came about."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="log.filter", key_display="/", tooltip="Choose calls by typing"),
        Binding("x", "failing", "Failing", id="log.failing", tooltip="Only calls that failed, or all again"),
        Binding(
            "left_square_bracket", "window(-1)", "Shorter time", show=False, id="log.shorter", key_display="[",
            tooltip="Only the last 30 days, 7 days, 24 hours, hour",
        ),
        Binding(
            "right_square_bracket", "window(1)", "Longer time", show=False, id="log.longer", key_display="]",
            tooltip="A longer time, up to the whole log",
        ),
        Binding("S", "only('seller')", "Only this seller", show=False, id="log.seller", tooltip="Of the row's seller"),
        Binding("O", "only('op')", "Only this operation", show=False, id="log.operation", tooltip="Of the row's call"),
        Binding("E", "only('error')", "Only this error", show=False, id="log.error", tooltip="With the row's answer"),
        Binding(
            "M", "only('marketplace')", "Only this marketplace", show=False, id="log.marketplace",
            tooltip="Of the row's marketplace",
        ),
        Binding("escape", "leave", "Back", show=False, id="log.leave", tooltip="Stop, then undo filters, then leave"),
    ]  # fmt: skip

    def __init__(self, terms: tuple[Term, ...] = ()) -> None:
        """``terms``: what is asked for at first."""
        super().__init__(terms)
        self._before_typing = terms

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters are text while the filter is typed; each key only when the row has something for it."""
        if action in _WITH_LETTERS and (isinstance(self.focused, FilterInput) or self._is_opening):
            return False
        if action == "only":
            return bool(self._terms_of_row(str(parameters[0])))
        return super().check_action(action, parameters)

    # By typing --------------------------------------------------------------------------------------------

    @property
    def _filter(self) -> LogFilter:
        return self.query_one("#log-filter", LogFilter)

    def action_filter(self) -> None:
        """Opens the line in which calls are chosen."""
        self._before_typing = self.terms
        self._filter.open(" ".join(each.text for each in self.terms))

    @property
    def _is_opening(self) -> bool:
        return any(each.awaits_focus for each in self.query(LogFilter))

    def on_key(self, event: Key) -> None:
        """What is typed right behind the key that opens the line belongs into it, however busy the machine is: the app,
        which looks at the keys last, would take it for commands.
        """
        if self._is_opening:
            if event.is_printable and event.character:
                event.stop()
                self._filter.take(event.character)
        elif (found := self.active_bindings.get(event.key)) is not None and found.binding.id == "log.filter":
            event.stop()
            self.action_filter()

    @on(LogFilter.Typed)
    def _typed(self, message: LogFilter.Typed) -> None:
        if not self._filter.problem:
            self.choose(terms_of(message.text), pause=TYPING_PAUSE_SECONDS)

    @on(LogFilter.Done)
    def _typed_to_the_end(self, message: LogFilter.Done) -> None:
        self._filter.close()
        self.table.focus()
        self.choose(terms_of(message.text))

    # By keys ----------------------------------------------------------------------------------------------

    def action_failing(self) -> None:
        """Only calls that failed; again, all."""
        on = value_of(self.terms, FAILING.key) == FAILING.value
        self.choose(replaced(self.terms, Term(FAILING.key, "" if on else FAILING.value)))

    def action_window(self, step: int) -> None:
        """A shorter or a longer time up to the newest call."""
        self.choose(next_window(self.terms, step), pause=TYPING_PAUSE_SECONDS)

    def action_only(self, what: str) -> None:
        """Only calls that have that in common with the row under the cursor."""
        terms = self.terms
        for each in self._terms_of_row(what):
            terms = replaced(terms, each)
        self.choose(terms)

    def _terms_of_row(self, what: str) -> tuple[Term, ...]:
        call, error = self.selected_call, self.selected_error
        row = call or error
        if row is None:
            return ()
        if what == "error":
            return error_terms(row)
        if what == "op":
            return operation_terms(row)
        if call is None:
            return ()
        if what == "marketplace":
            return (Term("marketplace", label_of_marketplace(call.marketplaces[0])),) if call.marketplaces else ()
        return (Term("seller", _plain(self.names.of(call))),) if call.seller_id else ()

    def action_leave(self) -> None:
        """Out of the line as it was before; then ends a question; then takes away the last term; then leaves."""
        if self._filter.is_open:
            self._filter.close()
            self.table.focus()
            self.choose(self._before_typing)
        elif self.standing.asking is not None and not self.standing.loaded:
            self.stop()
        elif not self.standing.leaving:
            self.choose(self.terms[:-1])
        else:
            self.dismiss(None)


_WITH_LETTERS: Final = frozenset({
    "filter", "failing", "window", "only", "view", "turn", "follow", "reload", "who", "export", "whole", "triage",
    "copy", "import",
})  # fmt: skip


def error_terms(row: CallRecord | Signature) -> tuple[Term, ...]:
    """What finds the calls that ended as this one did."""
    status = Term("status", str(row.status) if row.status else "none")
    code = _plain(row.code)
    return (status, Term("code", code)) if code and code == row.code else (status,)


def operation_terms(row: CallRecord | Signature) -> tuple[Term, ...]:
    """What finds the calls of the same operation; of one that the catalogue does not know, the path."""
    if isinstance(row, CallRecord):
        return (Term("op", row.operation),) if row.operation else (Term("", _plain(row.path)),)
    if " " not in row.operation:
        return (Term("op", row.operation),)
    return (Term("", _plain(row.operation.partition(" ")[2])),)


def group_terms(signature: Signature) -> tuple[Term, ...]:
    """What finds the calls of a kind of error: by a piece of its message, where that stands in each of them."""
    operation = operation_terms(signature)
    terms = (*operation, *error_terms(signature))
    piece = piece_to_find(signature.message)
    return (*terms, Term("", piece)) if piece and operation[0].key else terms


def _plain(value: str) -> str:
    return value.replace('"', "").strip()
