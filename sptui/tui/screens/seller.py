"""One seller: where it takes part, as Amazon says, and how old that knowledge is."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.widgets import Footer

from sptui.health.participations import Participation
from sptui.spapi.authorization import Authorization, Seller
from sptui.spapi.marketplaces import MARKETPLACES, MarketplaceKind
from sptui.spapi.regions import Region
from sptui.tui.marks import (
    ACTIVE,
    NO,
    NOT_TOLD,
    REFRESHING,
    STATE_MARKS,
    SUSPENDED,
    YES,
    Mark,
    Tone,
    age_in_words,
    cell,
    line,
    mark_cell,
    one_line,
    state_of,
    wait_in_words,
)
from sptui.tui.messages import AccountsChanged, KnownChanged
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.widgets.keyed_table import Cells, Column, KeyedTable
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

_NARROW = (
    Column("marketplace", "MARKETPLACE", 19),
    Column("participating", "PARTICIPATES", 13),
    Column("listings", "LISTINGS", 12),
    Column("store", "STORE NAME", 21),
)
_TINY = _NARROW[:3]
_WIDE = (
    Column("region", "REGION", 7),
    Column("marketplace", "MARKETPLACE", 22),
    Column("id", "ID", 15),
    Column("participating", "PARTICIPATES", 13),
    Column("listings", "LISTINGS", 12),
    Column("store", "STORE NAME", 26),
)
_VAST = (*_WIDE[:-1], Column("store", "STORE NAME", 48))
_PSEUDO = Mark("∅", "no store", "muted")
_UNKNOWN = Mark("?", "unknown id", "warning")


class SellerScreen(SptuiScreen[None]):
    """The participations of one seller, in one region or in all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "refresh", "Refresh", id="seller.refresh", tooltip="Ask Amazon again"),
        Binding("x", "cancel", "Stop asking", show=False, id="seller.cancel", tooltip="Stop a refresh that runs"),
        Binding("0", "region('')", "All regions", show=False, id="seller.all-regions", tooltip="Show every region"),
        Binding("1", "region('NA')", "NA", show=False, id="seller.na", tooltip="Show North America alone"),
        Binding("2", "region('EU')", "EU", show=False, id="seller.eu", tooltip="Show Europe alone"),
        Binding("3", "region('FE')", "FE", show=False, id="seller.fe", tooltip="Show the Far East alone"),
        Binding("tab", "next_region", "Region", id="seller.next-region", tooltip="The next of the seller's regions"),
        Binding("e", "edit", "Edit", show=False, id="seller.edit", tooltip="Edit this seller"),
    ]

    def __init__(self, seller_name: str) -> None:
        super().__init__()
        self._seller_name = seller_name
        self._shown_region: Region | None = None

    def compose(self) -> ComposeResult:
        """Top bar, a line a region, the participations, what is wrong."""
        yield TopBar("Sellers", self._seller_name)
        yield QuietStatic(id="regions")
        yield KeyedTable(_NARROW, id="participations")
        yield QuietStatic(id="empty")
        yield QuietStatic(id="explanation")
        yield Footer()

    def on_mount(self) -> None:
        """Shows what is known at once; the countdown of the usage plan moves by the second while it runs."""
        self._table.focus()
        self.set_interval(1, self._show_regions)
        self._show()

    @property
    def selected_seller(self) -> Seller | None:
        """The seller that is shown; None once it was removed."""
        return self.workspace.accounts.seller(self._seller_name)

    @property
    def _table(self) -> KeyedTable:
        return self.query_one("#participations", KeyedTable)

    @property
    def _authorizations(self) -> list[Authorization]:
        seller = self.selected_seller
        if seller is None:
            return []
        return [each for each in seller.authorizations if self._shown_region in (None, each.region)]

    @on(KnownChanged)
    def _known_changed(self, message: KnownChanged) -> None:
        if message.authorization.seller == self._seller_name:
            self._show()

    @on(AccountsChanged)
    def _show(self) -> None:
        if self.selected_seller is None:
            self.app.pop_screen()
            return
        rows: dict[str, Cells] = {}
        for authorization in self._authorizations:
            reading = self.workspace.monitor.known(authorization).reading
            for each in (reading.participations or ()) if reading else ():
                rows[f"{authorization.key}/{each.marketplace_id}"] = self._cells(authorization, each)
        self._table.show_rows(rows)
        self._table.display = bool(rows)
        empty = self.query_one("#empty", QuietStatic)
        empty.display = not rows
        if not rows:
            empty.show(self._why_empty())
        self._show_regions()
        self._explain()

    @on(Resize)
    def _choose_columns(self) -> None:
        width = self.size.width
        columns = _VAST if width >= 134 else _WIDE if width >= 112 else _NARROW if width >= 77 else _TINY
        self._table.set_columns(columns)
        self._show()

    def _cells(self, authorization: Authorization, each: Participation) -> Cells:
        app = self.app
        known = MARKETPLACES.get(each.marketplace_id)
        name = known.country if known else each.name or each.marketplace_id
        participating = {True: YES, False: NO, None: NOT_TOLD}[each.participating]
        listings = {True: SUSPENDED, False: ACTIVE, None: NOT_TOLD}[each.suspended_listings]
        if each.kind is MarketplaceKind.PSEUDO:
            participating, listings = _PSEUDO, Mark("-", "", "muted")
        elif each.kind is MarketplaceKind.UNKNOWN:
            name = f"{each.country_code or '??'} {each.marketplace_id}"
        tone: Tone = "plain" if each.kind is MarketplaceKind.AMAZON else "muted"
        by_column = {
            "region": cell(app, authorization.region, "muted"),
            "marketplace": cell(app, f"{each.country_code or known.country_code} {name}" if known else name, tone),
            "id": cell(app, each.marketplace_id, "muted"),
            "participating": mark_cell(app, _UNKNOWN if each.kind is MarketplaceKind.UNKNOWN else participating),
            "listings": mark_cell(app, listings),
            "store": cell(app, each.store_name, tone),
        }
        return tuple(by_column[column.key] for column in self._table.shown_columns)

    def _show_regions(self) -> None:
        seller = self.selected_seller
        content = Content("\n").join([self._region_line(each) for each in seller.authorizations] if seller else [])
        self.query_one("#regions", QuietStatic).show(content)

    def _region_line(self, authorization: Authorization) -> Content:
        monitor, now = self.workspace.monitor, self.workspace.clock.now()
        known = monitor.known(authorization)
        mark = REFRESHING if monitor.is_refreshing(authorization) else STATE_MARKS[state_of(known)]
        shown = self._shown_region in (None, authorization.region)
        read = f"read {age_in_words(known.reading.time, now)}" if known.reading else "never read"
        if known.reading and (now - known.reading.time).total_seconds() >= 60:
            read += " ago"
        next_call = f"next call {wait_in_words(monitor.seconds_until_allowed(authorization))}"
        return line(
            ("▌ " if shown else "  ", "warning"),
            (f"{authorization.region}  ", "plain"),
            (f"{authorization.seller_id}  ", "muted"),
            (f"{mark.label:<13}", mark.tone),
            (f"{read} · {next_call}", "muted"),
        )

    def _explain(self) -> None:
        told: list[Content] = []
        for authorization in self._authorizations:
            known = self.workspace.monitor.known(authorization)
            if known.failure and known.reading:  # without a reading, the middle of the screen tells it
                told.append(line(("✖ ", "error"), f"{authorization.region}: {one_line(known.failure.problem)}"))
            participations = (known.reading.participations or ()) if known.reading else ()
            told += [line(("▲ ", "warning"), one_line(_advice(each))) for each in participations if each.problem]
        self.query_one("#explanation", QuietStatic).show(Content("\n").join(told))

    def _why_empty(self) -> Content:
        monitor = self.workspace.monitor
        authorizations = self._authorizations
        if any(monitor.is_refreshing(each) for each in authorizations):
            return line("Asking Amazon where this seller takes part…")
        failures = [failure for each in authorizations if (failure := monitor.known(each).failure)]
        if failures:
            return line(
                ("✖ Amazon could not be asked.\n\n", "error"),
                "\n".join(f"{each.authorization.region}: {one_line(each.problem)}" for each in failures),
                "\n\n", ("r", "warning"), " tries again; ", ("t", "warning"), " finds out why.",
            )  # fmt: skip
        return line("Nothing has been read yet. ", ("r", "warning"), " asks Amazon now.")

    def redraw(self) -> None:
        """Draws everything in the colours of the theme."""
        self._show()

    def action_refresh(self) -> None:
        """Asks Amazon about the regions that are shown."""
        self.sptui.refresh_by_hand(self._authorizations)

    def action_cancel(self) -> None:
        """Stops the refreshes of this seller; what was known stays."""
        self.workspace.monitor.cancel(self._authorizations)

    def action_region(self, region: str) -> None:
        """Shows one region, or all."""
        seller = self.selected_seller
        if not region or (seller and seller.in_region(Region(region))):
            self._shown_region = Region(region) if region else None
            self._show()

    def action_next_region(self) -> None:
        """All regions, then each in turn."""
        seller = self.selected_seller
        regions: list[Region | None] = [None, *(each.region for each in (seller.authorizations if seller else ()))]
        place = regions.index(self._shown_region) if self._shown_region in regions else 0
        self._shown_region = regions[(place + 1) % len(regions)]
        self._show()

    def action_edit(self) -> None:
        """Opens the seller's form."""
        from sptui.tui.screens.seller_form import SellerForm

        if (seller := self.selected_seller) is not None:
            self.app.push_screen(SellerForm(seller))


def _advice(each: Participation) -> str:
    where = each.country_code or each.marketplace_id
    if each.participating is False:
        return f"{where}: the seller does not take part; calls for this marketplace fail. The seller can join it."
    known = MARKETPLACES.get(each.marketplace_id)
    page = f" at {known.seller_central}" if known else ""
    return f"{where}: listings are inactive (vacation mode or suspended). The seller looks in Seller Central{page}."
