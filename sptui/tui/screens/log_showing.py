"""The part of the log screen that shows: two tables, what is asked for, what is known of the row under the cursor."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import Footer

from sptui.calllog.questions import Signature
from sptui.spapi.authorization import Seller
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.triage.from_record import authorization_of
from sptui.tui.log_details import call_in_short, error_in_short
from sptui.tui.log_feed import View
from sptui.tui.log_lines import log_line, why_empty
from sptui.tui.log_rows import by_day, columns_of, row_of_call, row_of_error
from sptui.tui.marks import line, one_line
from sptui.tui.screens.log_asking import LogAsking
from sptui.tui.widgets.columns import Column
from sptui.tui.widgets.log_filter import LogFilter
from sptui.tui.widgets.log_tables import CallsTable, ErrorsTable
from sptui.tui.widgets.long_table import LongTable, Row
from sptui.tui.widgets.panel_bar import PanelBar
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar


class LogShowing(LogAsking):
    """Calls or errors, as the keys 1 and 2 say."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "view('calls')", "Calls", show=False, id="log.calls", tooltip="The calls, newest first"),
        Binding("2", "view('errors')", "Errors", show=False, id="log.errors", tooltip="The errors, like ones as one"),
        Binding("tab", "turn", "Calls or errors", show=False, id="log.turn", tooltip="The other of the two"),
        Binding("f,space", "follow", "Follow", show=False, id="log.follow", tooltip="Pause and resume the live tail"),
        Binding("r", "reload", "Ask again", show=False, id="log.reload", tooltip="Ask the log again"),
    ]

    _top = 0
    """Which line is the first with a row: a day may stand above it."""

    place: ClassVar[tuple[str, ...]] = ("Call log",)

    def compose(self) -> ComposeResult:
        """The names of the two views, what is asked for, the rows, what is known of one."""
        yield TopBar(*self.place, *filter(None, (self.workspace.log_source,)))
        yield PanelBar({View.CALLS.value: "Calls", View.ERRORS.value: "Errors"}, id="panels")
        yield QuietStatic(id="log-line")
        yield LogFilter(self.names.ids, self._codes, id="log-filter")
        yield QuietStatic(id="log-problem")
        yield CallsTable(self._columns(View.CALLS), self._call_row, id="calls")
        yield ErrorsTable(self._columns(View.ERRORS), self._error_row, id="errors")
        yield QuietStatic(id="empty")
        yield QuietStatic(id="detail")
        yield Footer()

    def on_mount(self) -> None:
        """The calls have the cursor."""
        self.query_one("#panels", PanelBar).show(self.view.value)
        self.table.focus()

    # What is known ----------------------------------------------------------------------------------------

    @property
    def table(self) -> LongTable:
        """The table of the view that is shown."""
        return self.query_one(f"#{self.view.value}", LongTable)

    @property
    def reader_place(self) -> int:
        """Where the reader looks, 0 on top."""
        return max(self.table.cursor_place - self._top, 0)

    @property
    def selected_call(self) -> CallRecord | None:
        """The call under the cursor."""
        key = self.table.selected_key if self.view is View.CALLS else None
        return self.feed.calls.by_key.get(key or "")

    @property
    def selected_error(self) -> Signature | None:
        """The kind of error under the cursor."""
        key = self.table.selected_key if self.view is View.ERRORS else None
        return self.feed.errors.get(key or "")

    @property
    def selected_operation(self) -> Operation | None:
        """The operation of the row under the cursor."""
        row = self.selected_call or self.selected_error
        return load_catalogue().get(row.operation) if row is not None and row.operation else None

    @property
    def selected_seller(self) -> Seller | None:
        """The seller of the call under the cursor, where it is one of the person's own."""
        call = self.selected_call
        found = authorization_of(call, self.workspace.accounts.authorizations()) if call is not None else None
        return self.workspace.accounts.seller(found.seller) if found is not None else None

    def _codes(self) -> list[str]:
        seen = [each.code for each in self.feed.calls.by_key.values()]
        seen += [each.code for each in self.feed.errors.values()]
        return list(dict.fromkeys(filter(None, seen)))

    # Drawing ----------------------------------------------------------------------------------------------

    def _columns(self, view: View) -> tuple[Column, ...]:
        return columns_of(calls=view is View.CALLS, width=self.app.size.width - 3)

    def _call_row(self, key: str) -> Row:
        columns = self.query_one("#calls", LongTable).shown_columns
        return row_of_call(self.feed.calls.by_key[key], columns, self.names)

    def _error_row(self, key: str) -> Row:
        columns = self.query_one("#errors", LongTable).shown_columns
        return row_of_error(self.feed.errors[key], columns, self.workspace.clock.now())

    def rows_changed(self) -> None:
        """An error keeps its row and gets other numbers."""
        self.query_one("#errors", LongTable).redraw()

    @on(Resize)
    def draw(self) -> None:
        """Shows what is known now."""
        days = by_day(self.feed.calls.by_key, self.workspace.clock.now())
        for view, (keys, headings) in ((View.CALLS, days), (View.ERRORS, (list(self.feed.errors), {}))):
            table = self.query_one(f"#{view.value}", LongTable)
            table.set_columns(self._columns(view))
            table.set_rows(keys, headings)
            table.display = view is self.view
        self._top = 1 if days[0] and days[0][0] in days[1] and self.view is View.CALLS else 0
        self.query_one("#empty", QuietStatic).display = not self.table.keys
        self.set_class(not self.table.keys, "-nothing")
        self.draw_state()
        self.draw_detail()

    def draw_state(self) -> None:
        """Shows what is asked for, how many calls fit, whether it is followed."""
        standing = self.standing
        self.query_one("#log-line", QuietStatic).show(log_line(standing, self.size.width - 2))
        if not self.table.keys:
            self.query_one("#empty", QuietStatic).show(why_empty(standing))
        problem = self.query_one("#log-problem", QuietStatic)
        problem.display = bool(standing.problem) and bool(self.table.keys)
        problem.show(line(("✖ ", "error"), one_line(standing.problem)))

    @on(LongTable.RowHighlighted)
    def _moved(self) -> None:
        self.draw_detail()
        self.reader_moved()

    def draw_detail(self) -> None:
        """Shows what is known of the row under the cursor."""
        width, lines = self.size.width - 4, 5 if self.size.height < 32 else 8
        call, error, told = self.selected_call, self.selected_error, line("")
        if call is not None:
            told = call_in_short(call, self.names, width, lines)
        elif error is not None:
            told = error_in_short(error, width, lines)
        self.query_one("#detail", QuietStatic).show(told)
        self.refresh_bindings()

    def redraw(self) -> None:
        """Draws everything in the colours of the theme."""
        for table in self.query(LongTable):
            table.redraw()

    # The keys ---------------------------------------------------------------------------------------------

    @on(PanelBar.Chosen)
    def _name_clicked(self, message: PanelBar.Chosen) -> None:
        self.action_view(message.panel)

    def action_view(self, view: str) -> None:
        """Shows the calls or the errors."""
        self.view = View(view)
        self.query_one("#panels", PanelBar).show(view)
        self.draw()
        self.table.focus()
        self.ask()

    def action_turn(self) -> None:
        """The other of the two views."""
        self.action_view(View.ERRORS if self.view is View.CALLS else View.CALLS)

    def action_follow(self) -> None:
        """Stops or resumes showing what comes in."""
        self.follow(on=not self.following)

    def action_reload(self) -> None:
        """Asks the log again."""
        self.reload()
