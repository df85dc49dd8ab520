"""The home screen: all sellers, how they stand, and since when that is known."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widgets import DataTable, Footer, Input, Static

from sptui.health.participations import ParticipationState
from sptui.spapi.authorization import Authorization, Seller
from sptui.tui.marks import REFRESHING, STATE_MARKS, age_in_words, cell, line, mark_cell, one_line, state_of, worst
from sptui.tui.messages import AccountsChanged, KnownChanged
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.widgets.keyed_table import Cells, Column, KeyedTable
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

_TINY = (Column("seller", "SELLER", 26), Column("regions", "REGIONS", 9), Column("state", "STATE", 14))
_NARROW = (
    Column("seller", "SELLER", 28),
    Column("regions", "REGIONS", 9),
    Column("state", "STATE", 20),
    Column("age", "READ", 8),
)
_WIDE = (
    *_NARROW[:2],
    Column("ids", "SELLER IDS", 16),
    Column("application", "APPLICATION", 18),
    Column("state", "STATE", 13),
    Column("age", "READ", 7),
)
_VAST = (
    Column("seller", "SELLER", 34),
    Column("regions", "REGIONS", 9),
    Column("ids", "SELLER IDS", 34),
    Column("application", "APPLICATION", 24),
    Column("state", "STATE", 13),
    Column("age", "READ", 8),
    Column("problems", "WHAT STANDS IN THE WAY", 60),
)


class SellersTable(KeyedTable):
    """The sellers; Enter opens one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Open", id="sellers.open", tooltip="Open the seller under the cursor"),
    ]


class SellersScreen(SptuiScreen[None]):
    """All sellers. Enter opens one, typing after ``/`` filters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "filter", "Filter", id="sellers.filter", key_display="/", tooltip="Type to filter the sellers"
        ),
        Binding("r", "refresh", "Refresh", id="sellers.refresh", tooltip="Ask Amazon again about this seller"),
        Binding("R", "refresh_all", "Refresh all", show=False, id="sellers.refresh-all", tooltip="Ask about all shown"),
        Binding("a", "add", "Add", id="sellers.add", tooltip="Add a seller, or a region of one"),
        Binding("e", "edit", "Edit", show=False, id="sellers.edit", tooltip="Edit the seller under the cursor"),
        Binding("d", "remove", "Remove", show=False, id="sellers.remove", tooltip="Remove the seller under the cursor"),
        Binding("i", "import", "Import", show=False, id="sellers.import", tooltip="Take over many sellers from a file"),
        Binding("A", "applications", "Apps", id="sellers.applications", tooltip="The applications and their secrets"),
        Binding("escape", "clear_filter", "Show all", id="sellers.clear-filter", tooltip="Leave the filter"),
    ]

    def compose(self) -> ComposeResult:
        """Top bar, filter, table, what is known of the seller under the cursor."""
        yield TopBar("Sellers")
        with Horizontal(id="filter-line"):
            yield Static("Filter", markup=False)
            yield Input(placeholder="name, seller id, region, application, state or problem", id="filter", compact=True)
        yield SellersTable(_NARROW, id="sellers")
        yield QuietStatic(id="empty")
        yield QuietStatic(id="detail")
        yield Footer()

    def on_mount(self) -> None:
        """Shows what is known at once; ages move on without a call."""
        self._table.focus()
        self.set_interval(15, self._show)
        self._show()

    # What is shown ----------------------------------------------------------------------------------------

    @property
    def _table(self) -> KeyedTable:
        return self.query_one("#sellers", KeyedTable)

    @property
    def selected_seller(self) -> Seller | None:
        """The seller under the cursor."""
        key = self._table.selected_key
        return next((each for each in self.workspace.accounts.sellers if each.name == key), None)

    @on(KnownChanged)
    def _known_changed(self, message: KnownChanged) -> None:
        seller = self.workspace.accounts.seller(message.authorization.seller)
        if seller is not None:
            self._table.show_row(seller.name, self._cells(seller, self.workspace.clock.now()))
            if self._table.selected_key == seller.name:
                self._show_detail()

    @on(AccountsChanged)
    def _show(self) -> None:
        wanted = self.query_one("#filter", Input).value.casefold().split()
        now = self.workspace.clock.now()
        sellers = [each for each in self.workspace.accounts.sellers if self._fits(each, wanted)]
        table, empty = self._table, self.query_one("#empty", QuietStatic)
        table.show_rows({each.name: self._cells(each, now) for each in sellers})
        table.display = bool(sellers)
        empty.display = not sellers
        if not sellers:
            empty.show(self._why_empty(bool(wanted)))
        self._show_detail()

    @on(DataTable.RowHighlighted)
    def _show_detail(self) -> None:
        seller = self.selected_seller
        lines = [self._authorization_line(each) for each in seller.authorizations] if seller else []
        self.query_one("#detail", QuietStatic).show(Content("\n").join(lines))

    @on(Resize)
    def _choose_columns(self) -> None:
        width = self.size.width
        columns = _VAST if width >= 190 else _WIDE if width >= 108 else _NARROW if width >= 77 else _TINY
        self._table.set_columns(columns)
        self._show()

    def _fits(self, seller: Seller, wanted: list[str]) -> bool:
        words = [seller.name, self._state(seller).value]
        for each in seller.authorizations:
            words += [each.seller_id, each.region, self._application(each), each.application]
            latest = self.workspace.monitor.known(each).latest
            words += latest.problems if latest is not None else ()
        text = " ".join(words).casefold()
        return all(word in text for word in wanted)

    def _state(self, seller: Seller) -> ParticipationState:
        return worst([state_of(self.workspace.monitor.known(each)) for each in seller.authorizations])

    def _cells(self, seller: Seller, now: datetime) -> Cells:
        app, monitor = self.app, self.workspace.monitor
        busy = any(monitor.is_refreshing(each) for each in seller.authorizations)
        read = [known.reading.time for each in seller.authorizations if (known := monitor.known(each)).reading]
        state = self._state(seller)
        mark = REFRESHING if busy and state is ParticipationState.UNKNOWN else STATE_MARKS[state]
        by_column = {
            "seller": cell(app, seller.name),
            "regions": cell(app, " ".join(each.region for each in seller.authorizations), "muted"),
            "ids": cell(app, " ".join(dict.fromkeys(each.seller_id for each in seller.authorizations)), "muted"),
            "application": cell(app, ", ".join(dict.fromkeys(map(self._application, seller.authorizations))), "muted"),
            "state": mark_cell(app, mark),
            "age": cell(app, "…" if busy else age_in_words(min(read, default=None), now), "muted"),
            "problems": cell(app, "; ".join(self._problems(seller)), mark.tone),
        }
        return tuple(by_column[column.key] for column in self._table.shown_columns)

    def _problems(self, seller: Seller) -> list[str]:
        latest = [self.workspace.monitor.known(each).latest for each in seller.authorizations]
        return [problem for reading in latest if reading for problem in reading.problems]

    def _application(self, authorization: Authorization) -> str:
        found = self.workspace.accounts.application(authorization.application)
        return (found.name if found else "") or authorization.application

    def _authorization_line(self, authorization: Authorization) -> Content:
        monitor, now = self.workspace.monitor, self.workspace.clock.now()
        known = monitor.known(authorization)
        mark = STATE_MARKS[state_of(known)]
        latest, reading = known.latest, known.reading
        told = "; ".join(latest.problems) if latest and latest.problems else ""
        if latest is None:
            told = "not asked yet"
        elif known.failure and reading:
            told += f" — shown as read {age_in_words(reading.time, now)} ago"
        if monitor.is_refreshing(authorization):
            told = "asking Amazon…"
        return line(
            (f"{authorization.region}  ", "plain"),
            (f"{authorization.seller_id}  ", "muted"),
            (f"{one_line(self._application(authorization))}  ", "muted"),
            (mark.label, mark.tone),
            ("  " + one_line(told), "plain"),
        )

    def _why_empty(self, filtered: bool) -> Content:  # noqa: FBT001
        if filtered:
            return line("No seller fits the filter.\n\n", ("Esc", "warning"), " shows all again.")
        return line(
            "No sellers yet.\n\n",
            ("A", "warning"), " adds an application (client id and secret), ",
            ("a", "warning"), " a seller with its refresh token.\n\n",
            "To look around first: leave with q and run  sptui demo\n",
            ("i", "warning"), " takes over many at once from a file.",
        )  # fmt: skip

    def redraw(self) -> None:
        """Draws everything in the colours of the theme."""
        self._show()

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
        self._show()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self._table.focus()

    @on(DataTable.RowSelected)
    def _open(self) -> None:
        from sptui.tui.screens.seller import SellerScreen

        if (seller := self.selected_seller) is not None:
            self.app.push_screen(SellerScreen(seller.name))

    def action_refresh(self) -> None:
        """Asks Amazon about the seller under the cursor."""
        if (seller := self.selected_seller) is not None:
            self.sptui.refresh_by_hand(seller.authorizations)

    def action_refresh_all(self) -> None:
        """Asks Amazon about every seller that is shown."""
        shown = set(self._table.keys)
        sellers = [each for each in self.workspace.accounts.sellers if each.name in shown]
        self.sptui.refresh_by_hand([each for seller in sellers for each in seller.authorizations])

    def action_add(self) -> None:
        """Opens the form for a new seller."""
        from sptui.tui.screens.seller_form import SellerForm

        self.app.push_screen(SellerForm())

    def action_import(self) -> None:
        """Opens the form for a file of many sellers."""
        from sptui.tui.screens.import_form import ImportForm

        self.app.push_screen(ImportForm())

    def action_edit(self) -> None:
        """Opens the form of the seller under the cursor."""
        from sptui.tui.screens.seller_form import SellerForm

        if (seller := self.selected_seller) is not None:
            self.app.push_screen(SellerForm(seller))

    @work(exclusive=True, group="remove")
    async def action_remove(self) -> None:
        """Asks, then removes the seller under the cursor and its refresh tokens."""
        from sptui.onboarding import remove_seller

        if (seller := self.selected_seller) is None:
            return
        text = (
            f"{', '.join(each.key for each in seller.authorizations)}\n\nIts refresh tokens are deleted from "
            f"{self.workspace.vault.description}. Nothing changes at Amazon: the authorization itself stays until the "
            "seller withdraws it."
        )
        await self.remove_after_yes(seller.name, text, lambda: remove_seller(self.workspace, seller.name))

    def action_applications(self) -> None:
        """Opens the applications."""
        from sptui.tui.screens.applications import ApplicationsScreen

        self.app.push_screen(ApplicationsScreen())

    def action_back(self) -> None:
        """There is nothing behind the home screen: Esc clears the filter."""
        self.action_clear_filter()
