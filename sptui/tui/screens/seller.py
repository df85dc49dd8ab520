"""One seller: may it be called today, how its accounts and metrics stand, what changed, and what to do about it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Footer

from sptui.database import DatabaseError
from sptui.health.metric import Metric, Severity
from sptui.health.seller_central import page_for
from sptui.health.summary import HealthSummary
from sptui.spapi.authorization import Authorization, Seller
from sptui.spapi.regions import Region
from sptui.tui.marks import RANKS, REFRESHING, age_in_words, line, one_line, wait_in_words
from sptui.tui.messages import AccountsChanged, KnownChanged
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.widgets.advice_panel import advice, pages_of
from sptui.tui.widgets.marketplaces_table import MarketplacesTable, Store, stores_of, worst_first
from sptui.tui.widgets.metrics_panel import MetricsPanel
from sptui.tui.widgets.panel_strip import PanelStrip
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.timeline_panel import timeline
from sptui.tui.widgets.top_bar import TopBar
from sptui.tui.widgets.verdict_line import verdict

_PANELS: Final = ("marketplaces-panel", "metrics-panel", "history-panel", "advice-panel")
_TITLES: Final = dict(zip(_PANELS, ("Marketplaces", "Metrics", "Account history", "What to do"), strict=True))


class SellerScreen(SptuiScreen[None]):
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
        self._metrics: dict[str, tuple[Authorization, Metric]] = {}
        self._trends: dict[str, list[float | int | None]] = {}
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
            yield MetricsPanel(self._trend, id="metrics-panel")
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
        asked = [(each, self._summary(each)) for each in self._authorizations]
        summaries = [summary for _, summary in asked]
        stores = [
            (f"{each.key}/{store.marketplace_id}", store) for each, summary in asked for store in stores_of(summary)
        ]
        stores.sort(key=lambda entry: worst_first(entry[1]))
        self._metrics = {
            f"{each.key}/{metric.marketplace_id}/{metric.label}": (each, metric)
            for each, summary in asked
            for metric in summary.metrics
        }
        if len(asked) > 1:
            self._metrics = dict(sorted(self._metrics.items(), key=lambda entry: -entry[1][1].severity))
        self._trends.clear()
        nothing = not stores and not self._metrics and not any(summary.status_history for summary in summaries)
        self.set_class(nothing, "-nothing")
        if nothing:
            self.query_one("#empty", QuietStatic).show(self._why_empty())
        self._marketplaces.show(stores, now)
        self._metrics_panel.show({key: metric for key, (_, metric) in self._metrics.items()})
        self.query_one("#today", QuietStatic).show(self._verdict(summaries))
        self._show_texts(summaries)
        self._show_regions()
        self._show_strip(stores, summaries)
        self._share_out(len(stores))

    def _summary(self, authorization: Authorization) -> HealthSummary:
        try:
            return self.workspace.monitor.summary(authorization)
        except DatabaseError as problem:
            return HealthSummary(authorization.seller, authorization.region, None, None, errors=(str(problem),))

    def _verdict(self, summaries: list[HealthSummary]) -> Content:
        """The verdict, and below it what could not be found out: what is shown is older then."""
        failures = [
            line(("✖ ", "error"), one_line(f"{summary.region}: {error}"))
            for summary in summaries
            for error in summary.errors[:1]
        ]
        return Content("\n").join([verdict(summaries), *failures])

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

    def _show_strip(self, stores: list[tuple[str, Store]], summaries: list[HealthSummary]) -> None:
        bad = sum(metric.severity >= Severity.WARNING for _, metric in self._metrics.values())
        asking = sum(each.answer in ("no", "care") for summary in summaries for each in summary.preflight)
        counts = {
            "marketplaces-panel": len(stores),
            "metrics-panel": bad,
            "history-panel": sum(len(summary.status_history) for summary in summaries),
            "advice-panel": asking,
        }
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

    def _trend(self, key: str) -> list[float | int | None]:
        """The values that a metric had, oldest first; looked up when its row is drawn."""
        if key not in self._trends and key in self._metrics:
            authorization, metric = self._metrics[key]
            try:
                points = self.workspace.history.trend(authorization, metric)
            except DatabaseError:
                points = ()
            self._trends[key] = [point.value for point in points]
        return self._trends.get(key, [])

    def _show_regions(self) -> None:
        seller = self.selected_seller
        lines = [self._region_line(each) for each in seller.authorizations] if seller else []
        self.query_one("#regions", QuietStatic).show(Content("\n").join(lines))

    def _region_line(self, authorization: Authorization) -> Content:
        monitor, now = self.workspace.monitor, self.workspace.clock.now()
        known = monitor.known(authorization)
        mark = REFRESHING if monitor.is_refreshing(authorization) else RANKS[monitor.standing(authorization).rank]
        shown = self._shown_region in (None, authorization.region)
        read = f"read {_ago(known.reading.time, now)}" if known.reading else "never read"
        report = f"report {_ago(known.performance.made, now)}" if known.performance.made else "no report"
        next_call = f"next call {wait_in_words(monitor.seconds_until_allowed(authorization))}"
        return line(
            ("▌ " if shown else "  ", "warning"),
            (f"{authorization.region}  ", "plain"),
            (f"{one_line(authorization.seller_id)}  " if self.size.width >= 90 else "", "muted"),
            (f"{mark.label:<13}", mark.tone),
            (f"{read} · {report} · {next_call}", "muted"),
        )

    def _why_empty(self) -> Content:
        monitor = self.workspace.monitor
        authorizations = self._authorizations
        if any(monitor.is_refreshing(each) for each in authorizations):
            return line("Asking Amazon where this seller takes part…")
        failures = [(each, error) for each in authorizations for error in self._summary(each).errors]
        if failures:
            return line(
                ("✖ Amazon could not be asked.\n\n", "error"),
                "\n".join(f"{each.region}: {one_line(error)}" for each, error in failures),
                "\n\n", ("r", "warning"), " tries again; ", ("t", "warning"), " finds out why.",
            )  # fmt: skip
        return line("Nothing has been read yet. ", ("r", "warning"), " asks Amazon now.")

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
        pages = pages_of([self._summary(each) for each in self._authorizations])
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

    def action_edit(self) -> None:
        """Opens the seller's form."""
        from sptui.tui.screens.seller_form import SellerForm

        if (seller := self.selected_seller) is not None:
            self.app.push_screen(SellerForm(seller))


def _ago(moment: datetime, now: datetime) -> str:
    age = age_in_words(moment, now)
    return age if age == "now" else f"{age} ago"
