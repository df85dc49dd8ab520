"""One seller: may it be called today, how its accounts and metrics stand, what changed, and what to do about it."""

from __future__ import annotations

import functools
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Footer

from sptui.health.seller_central import page_for
from sptui.health.summary import HealthSummary
from sptui.spapi.authorization import Authorization, Seller
from sptui.spapi.regions import Region
from sptui.tui.marks import line
from sptui.tui.messages import AccountsChanged, KnownChanged
from sptui.tui.screens.account_forms import AccountForms
from sptui.tui.seller_known import SellerKnown
from sptui.tui.seller_text import region_line, today_text, why_empty_text
from sptui.tui.widgets.advice_panel import advice, pages_of
from sptui.tui.widgets.marketplaces_table import MarketplacesTable
from sptui.tui.widgets.metrics_panel import MetricsPanel
from sptui.tui.widgets.panel_strip import PanelStrip
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.timeline_panel import timeline
from sptui.tui.widgets.top_bar import TopBar

_PANELS: Final = ("marketplaces-panel", "metrics-panel", "history-panel", "advice-panel")
_TITLES: Final = dict(zip(_PANELS, ("Marketplaces", "Metrics", "Account history", "What to do"), strict=True))


class SellerScreen(AccountForms):
    """The health of one seller, in one region or in all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "refresh", "Refresh", id="seller.refresh", tooltip="Ask Amazon again"),
        Binding(
            "m", "new_report", "New report", show=False, id="seller.new-report",
            tooltip="Have Amazon make a new performance report, unless the last one is some minutes old",
        ),
        Binding("x", "cancel", "Stop asking", show=False, id="seller.cancel", tooltip="Stop a refresh that runs"),
        Binding("tab", "panel(1)", "Panel", id="seller.next-panel", tooltip="To the next panel"),
        Binding("shift+tab", "panel(-1)", "Back", show=False, id="seller.panel-before", tooltip="To the panel before"),
        Binding("n", "next_region", "Region", id="seller.next-region", tooltip="The next of the seller's regions"),
        Binding("0", "region('')", "All regions", show=False, id="seller.all-regions", tooltip="Show every region"),
        Binding("1", "region('NA')", "NA", show=False, id="seller.na", tooltip="Show North America alone"),
        Binding("2", "region('EU')", "EU", show=False, id="seller.eu", tooltip="Show Europe alone"),
        Binding("3", "region('FE')", "FE", show=False, id="seller.fe", tooltip="Show the Far East alone"),
        Binding(
            "y", "copy_page", "Link", id="seller.copy-page",
            tooltip="Copy the address in Seller Central where a person acts",
        ),
        Binding("e", "edit", "Edit", show=False, id="seller.edit", tooltip="Edit this seller"),
    ]  # fmt: skip

    def __init__(self, seller_name: str) -> None:
        super().__init__()
        self._seller_name = seller_name
        self._shown_region: Region | None = None
        self._front = _PANELS[0]
        self._waiting = False

    def compose(self) -> ComposeResult:
        """Top bar, a line a region, the verdict, and the panels."""
        yield TopBar("Sellers", self._seller_name)
        yield QuietStatic(id="regions")
        yield QuietStatic(id="today")
        yield PanelStrip(id="panel-strip")
        yield QuietStatic(id="empty")
        with Container(id="panels"):
            with Vertical(id="marketplaces-panel", classes="panel"):
                yield MarketplacesTable(id="marketplaces")
            yield MetricsPanel(self._known.trend, id="metrics-panel")
            with VerticalScroll(id="history-panel", classes="panel"):
                yield QuietStatic(id="history")
            with VerticalScroll(id="advice-panel", classes="panel"):
                yield QuietStatic(id="advice")
        yield Footer()

    def on_mount(self) -> None:
        """Shows what is known at once; the countdown of the usage plan moves by the second while it runs."""
        self.query_one("#metrics-panel").add_class("panel")
        for panel, title in _TITLES.items():
            self.query_one(f"#{panel}").border_title = title
        self._marketplaces.focus()
        self.set_interval(1, self._show_regions)
        self._show()

    @property
    def selected_seller(self) -> Seller | None:
        """The seller that is shown; None once it was removed."""
        return self.workspace.accounts.seller(self._seller_name)

    @functools.cached_property
    def _known(self) -> SellerKnown:
        return SellerKnown(self.workspace)

    @property
    def _marketplaces(self) -> MarketplacesTable:
        return self.query_one("#marketplaces", MarketplacesTable)

    @property
    def _metrics_panel(self) -> MetricsPanel:
        return self.query_one("#metrics-panel", MetricsPanel)

    @property
    def _authorizations(self) -> list[Authorization]:
        seller = self.selected_seller
        if seller is None:
            return []
        return [each for each in seller.authorizations if self._shown_region in (None, each.region)]

    # What is shown ----------------------------------------------------------------------------------------

    @on(KnownChanged)
    def _known_changed(self, message: KnownChanged) -> None:
        # A refresh tells several changes within a moment: they are drawn once.
        if any(each.seller == self._seller_name for each in message.authorizations) and not self._waiting:
            self._waiting = True
            self.call_after_refresh(self._show)

    @on(AccountsChanged)
    def _show(self) -> None:
        self._waiting = False
        if self.selected_seller is None:
            if self.is_current:
                self.app.pop_screen()
            return
        now = self.workspace.clock.now()
        known = self._known
        known.look(self._authorizations)
        self.set_class(known.is_nothing, "-nothing")
        if known.is_nothing:
            told = why_empty_text(self.workspace.monitor, self._authorizations, known.summary)
            self.query_one("#empty", QuietStatic).show(told)
        self._marketplaces.show(known.stores, now)
        self._metrics_panel.show({key: metric for key, (_, metric) in known.metrics.items()})
        self.query_one("#today", QuietStatic).show(today_text(known.summaries))
        self._show_texts(known.summaries)
        self._show_regions()
        self._show_strip()
        self._share_out(len(known.stores))

    def _show_texts(self, summaries: list[HealthSummary]) -> None:
        now = self.workspace.clock.now()
        width = self.query_one("#history-panel").scrollable_content_region.width or self.size.width - 4
        told = []
        for summary in summaries:
            statuses = [(each.marketplace_id, each.status, each.since, each.source) for each in summary.account_status]
            body = timeline(summary.status_history, statuses, now, width)
            told.append(Content("\n").join([line((summary.region, "muted")), body]) if len(summaries) > 1 else body)
        self.query_one("#history", QuietStatic).show(Content("\n\n").join(told))
        width = self.query_one("#advice-panel").scrollable_content_region.width or self.size.width - 4
        self.query_one("#advice", QuietStatic).show(advice(summaries, width))

    def _show_strip(self) -> None:
        counts = dict(zip(_PANELS, self._known.counts, strict=True))
        labels = [(panel, f"{title} {counts[panel] or ''}".rstrip()) for panel, title in _TITLES.items()]
        self.query_one(PanelStrip).show(labels, self._front)
        for panel in _PANELS:
            self.query_one(f"#{panel}").set_class(panel == self._front, "-front")

    @property
    def _tabbed(self) -> bool:
        return self.size.width < 100 or self.size.height < 32

    def _share_out(self, stores: int) -> None:
        """The table of marketplaces takes what it needs, at most a third of the height."""
        height = max(6, min(stores + 3, self.size.height // 3))
        panels = self.query_one("#panels")
        if self._tabbed:
            return
        panels.styles.grid_rows = (
            f"{height} 1fr 1fr" if self.size.width >= 150 else f"{height} 1fr {max(8, self.size.height // 4 - 1)}"
        )

    @on(Resize)
    def _resized(self) -> None:
        self.set_class(self._tabbed, "-tabbed")
        self.set_class(not self._tabbed and self.size.width >= 150, "-beside")
        self.call_after_refresh(self._show)

    def _show_regions(self) -> None:
        seller = self.selected_seller
        lines = [
            region_line(self.workspace, each, self.size.width, shown=self._shown_region in (None, each.region))
            for each in (seller.authorizations if seller else ())
        ]
        self.query_one("#regions", QuietStatic).show(Content("\n").join(lines))

    def redraw(self) -> None:
        """Draws everything in the colours of the theme."""
        self._marketplaces.redraw()
        self._metrics_panel.redraw()

    # Actions ----------------------------------------------------------------------------------------------

    def action_refresh(self) -> None:
        """Asks Amazon about the regions that are shown."""
        self.sptui.refresh_by_hand(self._authorizations)

    def action_new_report(self) -> None:
        """Has Amazon make a new performance report for the regions that are shown."""
        if not self.workspace.monitor.create_reports:
            self.app.notify(
                "sptui only reads here (read_only, or [health] create_reports = false in config.toml): a report that "
                "others have made is used.", title="No new report", severity="warning", markup=False,
            )  # fmt: skip
        self.sptui.refresh_by_hand(self._authorizations, new_report=True)

    def action_cancel(self) -> None:
        """Stops the refreshes of this seller; what was known stays."""
        self.workspace.monitor.cancel(self._authorizations)

    def action_panel(self, step: int) -> None:
        """The next panel: to the front where one is shown at a time, under the keys in any case."""
        inside = [
            panel
            for panel in _PANELS
            if self.focused and self.query_one(f"#{panel}") in self.focused.ancestors_with_self
        ]
        place = _PANELS.index(inside[0] if inside else self._front)
        self._bring_forward(_PANELS[(place + step) % len(_PANELS)])

    @on(PanelStrip.Chosen)
    def _panel_chosen(self, message: PanelStrip.Chosen) -> None:
        self._bring_forward(message.panel)

    def _bring_forward(self, panel: str) -> None:
        self._front = panel
        self._show()
        target = {"marketplaces-panel": self._marketplaces, "metrics-panel": self._metrics_panel.table}
        (target.get(panel) or self.query_one(f"#{panel}")).focus()

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

    def action_copy_page(self) -> None:
        """Copies the page of Seller Central that fits what is under the cursor, else the one that is needed most."""
        metric = self._metrics_panel.selected if self._metrics_panel.table.has_focus else None
        store = self._marketplaces.selected if self._marketplaces.has_focus else None
        pages = pages_of([self._known.summary(each) for each in self._authorizations])
        page = ""
        if metric is not None:
            page = page_for("account_health", metric.marketplace_id)
        elif store is not None and store.preflight is not None:
            page = store.preflight.page
        page = page or next(iter(pages), "")
        if not page:
            self.app.notify("No page of Seller Central is needed now.", markup=False)
            return
        self.app.copy_to_clipboard(page)
        self.app.notify(page, title="Copied", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done is not offered."""
        if action == "next_region":
            seller = self.selected_seller
            return seller is not None and len(seller.authorizations) > 1
        return super().check_action(action, parameters)
