"""The home screen: the fleet. All sellers and their marketplaces, worst first, and what changed since the last look."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widgets import Footer, Input, Static

from sptui.health.fleet import Counts, Entry, Fleet, Grouping, counted, fitting, ordered
from sptui.spapi.authorization import Authorization, Seller
from sptui.tui.fleet_arrangement import Arrangement, Round
from sptui.tui.messages import AccountsChanged, KnownChanged
from sptui.tui.screens.account_forms import AccountForms
from sptui.tui.widgets.fleet_lines import authorization_line, counts_line, empty_text
from sptui.tui.widgets.fleet_table import FleetTable
from sptui.tui.widgets.long_table import LongTable
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

_REDRAW_SECONDS: Final = 0.2
_REORDER_SECONDS: Final = 2.0
_SMALL_FLEET: Final = 300
_SLICE: Final = 100


class SellersScreen(AccountForms):
    """All sellers. Enter opens one, typing after ``/`` filters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "filter", "Filter", id="sellers.filter", key_display="/", tooltip="Type to filter the sellers"
        ),
        Binding("r", "refresh", "Refresh", id="sellers.refresh", tooltip="Ask Amazon again about this seller"),
        Binding("R", "refresh_all", "Refresh all", show=False, id="sellers.refresh-all", tooltip="Ask about all shown"),
        Binding("x", "cancel", "Stop asking", show=False, id="sellers.cancel", tooltip="Stop the refreshes that run"),
        Binding("s", "next_order", "Sort", id="sellers.sort", tooltip="Order by the next: worst, name, age, changed…"),
        Binding("S", "turn_round", "Sort backwards", show=False, id="sellers.sort-backwards", tooltip="Turn the order"),
        Binding("b", "next_grouping", "Group", id="sellers.group", tooltip="Group by region, by application, not"),
        Binding(
            "v", "seen", "Seen", show=False, id="sellers.seen", tooltip="All that changed counts as seen: the marks go"
        ),
        Binding("a", "add", "Add", show=False, id="sellers.add", tooltip="Add a seller, or a region of one"),
        Binding("e", "edit", "Edit", show=False, id="sellers.edit", tooltip="Edit the seller under the cursor"),
        Binding("d", "remove", "Remove", show=False, id="sellers.remove", tooltip="Remove the seller under the cursor"),
        Binding("i", "import", "Import", show=False, id="sellers.import", tooltip="Take over many sellers from a file"),
        Binding(
            "A", "applications", "Apps", show=False, id="sellers.applications",
            tooltip="The applications and their secrets",
        ),
        Binding("escape", "clear_filter", "Show all", id="sellers.clear-filter", tooltip="Leave the filter"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._arrangement = Arrangement()
        self._round = Round()
        self._fleet: Fleet | None = None
        self._changed: set[str] = set()
        self._flush_waits = self._order_waits = False
        self._counts, self._number_shown = Counts(), 0

    def compose(self) -> ComposeResult:
        """Top bar, filter, how the fleet stands, the table, what is known of the seller under the cursor."""
        yield TopBar("Sellers")
        with Horizontal(id="filter-line"):
            yield Static("Filter", markup=False)
            fields = "seller, id, region, application, state or problem; !word: without"
            yield Input(placeholder=fields, id="filter", compact=True)
        yield QuietStatic(id="counts")
        yield FleetTable(id="sellers")
        yield QuietStatic(id="empty")
        yield QuietStatic(id="detail")
        yield Footer()

    def on_mount(self) -> None:
        """Shows what is known at once; ages move on without a call."""
        self._fleet = Fleet(self.workspace.monitor, self._application, self.sptui.last_look)
        self._table.use(self._fleet, self.workspace)
        self._table.focus()
        self.set_interval(15, self._ages_move_on)
        self._show()

    # What is shown ----------------------------------------------------------------------------------------

    @property
    def _table(self) -> FleetTable:
        return self.query_one("#sellers", FleetTable)

    @property
    def fleet(self) -> Fleet:
        """The rows of all sellers."""
        assert self._fleet is not None  # noqa: S101 - made when the screen was mounted
        return self._fleet

    @property
    def selected_entry(self) -> Entry | None:
        """The row under the cursor."""
        key = self._table.selected_key
        return self._table.entry(key) if key is not None else None

    @property
    def selected_seller(self) -> Seller | None:
        """The seller under the cursor."""
        entry = self.selected_entry
        return entry.seller if entry is not None else None

    @on(AccountsChanged)
    def _accounts_changed(self) -> None:
        self.fleet.forget_all()
        self._table.redraw()
        self._show()

    @property
    def _large(self) -> bool:
        """Whether to arrange all sellers takes long enough to be felt."""
        return len(self.workspace.accounts.sellers) > _SMALL_FLEET

    @on(Resize)
    def _show(self) -> None:
        """Everything at once where that is quick; else the sellers as they come, then in their order."""
        if self._large:
            if not self._table.keys and self._arrangement.grouping is Grouping.NONE:
                self._table.set_rows([each.name for each in self.workspace.accounts.sellers])
            self._arrange_in_slices()
        else:
            self._arrange()

    @work(exclusive=True, group="arrange", exit_on_error=False)
    async def _arrange_in_slices(self) -> None:
        sellers = self.workspace.accounts.sellers
        for start in range(0, len(sellers), _SLICE):
            self.fleet.rows(sellers[start : start + _SLICE], self._arrangement.grouping)
            await asyncio.sleep(0)
        self._arrange()

    def _arrange(self) -> None:
        """Orders, filters, groups."""
        wanted, by = self.query_one("#filter", Input).value, self._arrangement
        entries = self.fleet.rows(self.workspace.accounts.sellers, by.grouping)
        shown = ordered(fitting(entries, wanted), by.order, backwards=by.backwards)
        table, empty = self._table, self.query_one("#empty", QuietStatic)
        table.show_entries(shown, by.grouping, by.column)
        table.display = bool(shown)
        empty.display = not shown
        if not shown:
            empty.show(empty_text(filtered=bool(wanted.split())))
        self._counts = counted(entries)
        self._show_counts(len(shown))
        self._show_detail()

    def _show_counts(self, shown: int | None = None) -> None:
        if shown is not None:
            self._number_shown = shown
        by = self._arrangement
        told = counts_line(
            self._counts, self._round.progress, order=by.order_in_words, grouping=by.grouping.value,
            shown=self._number_shown, width=self.size.width - 2,
        )  # fmt: skip
        self.query_one("#counts", QuietStatic).show(told)

    @on(LongTable.RowHighlighted)
    def _show_detail(self) -> None:
        entry = self.selected_entry
        lines = [
            authorization_line(self.workspace, each, self._application(each), self.size.width - 4)
            for each in (entry.authorizations if entry else ())
        ]
        self.query_one("#detail", QuietStatic).show(Content("\n").join(lines))

    def _ages_move_on(self) -> None:
        self._table.touch(self._table.keys_on_screen)
        self._show_detail()

    def _application(self, authorization: Authorization) -> str:
        found = self.workspace.accounts.application(authorization.application)
        return (found.name if found else "") or authorization.application

    def redraw(self) -> None:
        """Draws everything in the colours of the theme."""
        self._table.redraw()

    # Changes, drawn together ------------------------------------------------------------------------------

    @on(KnownChanged)
    def _known_changed(self, message: KnownChanged) -> None:
        """In a round of thousands every change is one of many: lines are drawn a few times a second."""
        monitor = self.workspace.monitor
        for each in message.authorizations:
            self._round.note(each.key, asking=monitor.is_refreshing(each))
            self.fleet.forget(each.seller)
            self._changed.add(each.seller)
        if not self._flush_waits:
            self._flush_waits = True
            self.set_timer(_REDRAW_SECONDS if self._large else 0.01, self._draw_changes)

    def _draw_changes(self) -> None:
        self._flush_waits = False
        changed, self._changed = self._changed, set()
        self._round.end_where_all_answered()
        if not self._large:
            self._arrange()
        elif not self._order_waits:
            self._order_waits = True
            self.set_timer(_REORDER_SECONDS, self._reorder)
        self._table.touch_sellers(changed)
        self._show_counts()
        selected = self.selected_seller
        if selected is not None and selected.name in changed:
            self._show_detail()

    def _reorder(self) -> None:
        self._order_waits = False
        self._arrange_in_slices()

    # Actions ----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the filter is typed, letters are text."""
        if action == "filter":
            return not isinstance(self.focused, Input)
        if action == "clear_filter":
            return self.query_one("#filter-line").has_class("-open")
        return super().check_action(action, parameters)

    def action_filter(self) -> None:
        """Opens the filter."""
        self.query_one("#filter-line").add_class("-open")
        self.query_one("#filter", Input).focus()

    def action_clear_filter(self) -> None:
        """Closes the filter and shows all sellers."""
        self.query_one("#filter", Input).value = ""
        self.query_one("#filter-line").remove_class("-open")
        self._table.focus()

    @on(Input.Changed, "#filter")
    def _filter_typed(self) -> None:
        self._arrange()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self._table.focus()

    @on(LongTable.RowSelected)
    def _open(self) -> None:
        from sptui.tui.screens.seller import SellerScreen

        if (entry := self.selected_entry) is not None:
            self.fleet.acknowledge(entry.authorizations)
            self._arrange()
            self._table.touch_sellers([entry.seller.name])
            self.app.push_screen(SellerScreen(entry.seller.name))

    @on(LongTable.HeaderSelected)
    def _header_clicked(self, message: LongTable.HeaderSelected) -> None:
        self._arrangement.by_column(message.column)
        self._arrange()

    def action_next_order(self) -> None:
        """Orders by the next of the orders."""
        self._arrangement.next_order()
        self._arrange()

    def action_turn_round(self) -> None:
        """The same order, backwards."""
        self._arrangement.turn_round()
        self._arrange()

    def action_next_grouping(self) -> None:
        """Not grouped, by region, by application."""
        self._arrangement.next_grouping()
        self.fleet.forget_all()
        self._show()

    def action_seen(self) -> None:
        """All that changed counts as seen."""
        self.fleet.acknowledge(self.workspace.accounts.authorizations())
        self._arrange()
        self._table.redraw()

    def action_cancel(self) -> None:
        """Stops every refresh that runs; what was known stays."""
        self.workspace.monitor.cancel()

    def action_refresh(self) -> None:
        """Asks Amazon about the seller under the cursor."""
        if (seller := self.selected_seller) is not None:
            self.sptui.refresh_by_hand(seller.authorizations)

    def action_refresh_all(self) -> None:
        """Asks Amazon about every seller that is shown."""
        entries = [entry for key in self._table.keys if (entry := self._table.entry(key)) is not None]
        self.sptui.refresh_by_hand([each for entry in entries for each in entry.authorizations])

    def action_back(self) -> None:
        """There is nothing behind the home screen: Esc clears the filter."""
        self.action_clear_filter()
