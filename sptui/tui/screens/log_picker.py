"""The calls of the log that failed, to find out why: the newest first."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widgets import DataTable, Footer, Input, Static

from sptui.database import DatabaseError
from sptui.spapi.calls import CallRecord
from sptui.spapi.marketplaces import label_of_marketplace
from sptui.triage.from_record import authorization_of, has_failed
from sptui.tui.filtering import fits
from sptui.tui.marks import age_in_words, cell, line, one_line, wrapped
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.widgets.keyed_table import Cells, Column, KeyedTable
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

_LOOKED_AT: Final = 5000
_SHOWN: Final = 500
_NARROW = (
    Column("when", "WHEN", 7),
    Column("operation", "CALL", 25),
    Column("status", "ANSWER", 20),
    Column("seller", "SELLER", 16),
)
_WIDE = (
    Column("when", "WHEN", 7),
    Column("operation", "CALL", 34),
    Column("status", "ANSWER", 24),
    Column("seller", "SELLER", 24),
    Column("marketplaces", "MARKETPLACES", 14),
)


class FailingCalls(KeyedTable):
    """The failing calls; Enter takes one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Find out why", id="log-picker.take", tooltip="Take this call"),
    ]


class LogPickerScreen(SptuiScreen[CallRecord | None]):
    """Gives the call that was picked, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="log-picker.filter", key_display="/", tooltip="Type to filter"),
        Binding("escape", "leave", "Back", id="log-picker.leave", tooltip="Leave the filter, then the screen"),
    ]

    in_triage: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self._records: dict[str, CallRecord] = {}
        self._read = False
        self._problem = ""

    def compose(self) -> ComposeResult:
        """Filter, calls, the whole error of the one under the cursor."""
        yield TopBar("Triage", "A call of the log")
        with Horizontal(id="filter-line"):
            yield Static("Filter", markup=False)
            yield Input(placeholder="operation, seller, status, code; !word leaves out", id="filter", compact=True)
        yield FailingCalls(_NARROW, id="calls")
        yield QuietStatic(id="empty")
        yield QuietStatic(id="detail")
        yield Footer()

    def on_mount(self) -> None:
        """Reads the log once."""
        self.query_one("#calls").focus()
        self._show()
        self._load()

    @work(exclusive=True, group="log")
    async def _load(self) -> None:
        try:
            records = await asyncio.to_thread(self.workspace.call_log.tail, _LOOKED_AT)
        except DatabaseError as problem:
            records, self._problem = [], str(problem)
        failing = [each for each in reversed(records) if has_failed(each)][:_SHOWN]
        self._records = {str(number): each for number, each in enumerate(failing)}
        self._read = True
        self._show()

    # What is shown ----------------------------------------------------------------------------------------

    @property
    def selected(self) -> CallRecord | None:
        """The call under the cursor."""
        return self._records.get(self.query_one("#calls", KeyedTable).selected_key or "")

    @on(Resize)
    @on(Input.Changed, "#filter")
    def _show(self) -> None:
        table, empty = self.query_one("#calls", KeyedTable), self.query_one("#empty", QuietStatic)
        table.set_columns(_WIDE if self.size.width >= 116 else _NARROW)
        typed = self.query_one("#filter", Input).value
        found = {key: each for key, each in self._records.items() if fits(self._words_of(each), typed)}
        table.show_rows({key: self._row(each) for key, each in found.items()})
        table.display = bool(found)
        empty.display = self._read and not found
        empty.show(self._why_empty())
        self._show_detail()

    def _why_empty(self) -> Content:
        if self._problem:
            return line(("✖ ", "error"), one_line(self._problem))
        if self._records:
            return line("No failing call fits the filter.\n\n", ("Esc", "warning"), " shows all again.")
        return line("No call of the log has failed.\n\n", ("Esc", "warning"), " goes back to the form.")

    def _words_of(self, record: CallRecord) -> str:
        named = (record.operation, record.path, str(record.status), record.code)
        return " ".join((*named, self._seller(record), record.seller_id))

    def _seller(self, record: CallRecord) -> str:
        found = authorization_of(record, self.workspace.accounts.authorizations())
        return f"{found.seller} · {found.region}" if found else record.seller_id

    def _row(self, record: CallRecord) -> Cells:
        app = self.app
        called = record.operation.rpartition(".")[2] or f"{record.method} {record.path}"
        by_column = {
            "when": cell(app, age_in_words(record.time, self.workspace.clock.now()), "muted"),
            "operation": cell(app, called),
            "status": cell(app, f"✖ {record.status or 'no answer'} {record.code}".strip(), "error"),
            "seller": cell(app, self._seller(record)),
            "marketplaces": cell(app, " ".join(map(label_of_marketplace, record.marketplaces)), "muted"),
        }
        return tuple(by_column[column.key] for column in self.query_one("#calls", KeyedTable).shown_columns)

    @on(DataTable.RowHighlighted)
    def _show_detail(self) -> None:
        record = self.selected
        if record is None:
            self.query_one("#detail", QuietStatic).show(line(""))
            return
        told = f"{record.message} {record.details}".strip() or "no message"
        where = f"{record.method} {record.path}  {record.time:%Y-%m-%d %H:%M:%S} UTC"
        lines = [*map(line, wrapped(told, self.size.width - 6)[:3]), line((one_line(where), "muted"))]
        if record.request_id:
            lines.append(line((f"request id {one_line(record.request_id)}", "muted")))
        self.query_one("#detail", QuietStatic).show(Content("\n").join(lines))

    def redraw(self) -> None:
        """Draws everything in the colours of the theme."""
        self._show()

    # Actions ----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the filter is typed, letters are text."""
        if action == "filter":
            return not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    @on(DataTable.RowSelected)
    def _taken(self) -> None:
        if (record := self.selected) is not None:
            self.dismiss(record)

    def action_filter(self) -> None:
        """Opens the filter."""
        self.query_one("#filter-line").add_class("-open")
        self.query_one("#filter", Input).focus()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.query_one("#calls").focus()

    def action_leave(self) -> None:
        """Leaves the filter; without one the screen."""
        filter_line = self.query_one("#filter-line")
        if filter_line.has_class("-open"):
            self.query_one("#filter", Input).value = ""
            filter_line.remove_class("-open")
            self.query_one("#calls").focus()
        else:
            self.dismiss(None)
