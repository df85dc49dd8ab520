"""Account-status notifications: the queue, how each seller stands, and the set-up with a yes to every change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Footer

from sptui.database import DatabaseError
from sptui.health.notifications.queue_check import QueueFinding
from sptui.health.notifications.queue_errors import QueueError
from sptui.health.notifications.service import NOT_CONFIGURED, Notifications
from sptui.health.notifications.setup import SellerResult, Setup, Standing
from sptui.health.notifications.subscriptions import Subscription
from sptui.spapi.authorization import Authorization
from sptui.spapi.regions import Region
from sptui.tui.consent import Consent
from sptui.tui.marks import Mark, Tone, age_in_words, cell, hanging, line, mark_cell
from sptui.tui.messages import AccountsChanged, KnownChanged, ModesChanged
from sptui.tui.notifications_text import queue_text, trouble_of
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.widgets.keyed_table import Cells, Column, KeyedTable
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

_COLUMNS: Final = (
    Column("seller", "SELLER", 26),
    Column("region", "REGION", 6),
    Column("standing", "NOTIFICATIONS", 18),
    Column("last", "LAST CHANGE", 12),
)
_WIDE: Final = (*_COLUMNS, Column("subscription", "SUBSCRIPTION", 36))
_MARKS: Final = {
    Standing.SUBSCRIBED: Mark("●", "subscribed", "success"),
    Standing.ELSEWHERE: Mark("▲", "elsewhere", "warning"),
    Standing.NOT_SUBSCRIBED: Mark("○", "not subscribed", "muted"),
    Standing.FAILED: Mark("✖", "failed", "error"),
    Standing.DECLINED: Mark("-", "not done", "warning"),
}
_NOT_ASKED: Final = Mark("?", "not asked yet", "muted")
_GROUP: Final = "notifications"


class NotificationsScreen(SptuiScreen[None]):
    """What is remembered is shown at once; AWS and Amazon are asked by key. Esc stops what runs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "look", "Look", id="notifications.look", tooltip="Ask AWS about the queue and Amazon about all"),
        Binding("n", "read", "Read", id="notifications.read", tooltip="Read what the queue holds"),
        Binding("s", "set_up(False)", "Set up", id="notifications.set-up", tooltip="Subscribe this one"),
        Binding(
            "S", "set_up(True)", "Set up all", show=False, id="notifications.set-up-all",
            tooltip="Subscribe every seller",
        ),
        Binding("u", "undo(False)", "Undo", id="notifications.undo", tooltip="Delete its subscription"),
        Binding(
            "U", "undo(True)", "Undo all", show=False, id="notifications.undo-all",
            tooltip="Delete every subscription and sptui's own destinations",
        ),
        Binding("i", "import", "Import", id="notifications.import", tooltip="Take over a file of notifications"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._results: dict[str, SellerResult] = {}
        self._findings: tuple[QueueFinding, ...] | None = None
        self._problem = ""
        self._doing = ""
        self._done = ""
        self._consent = Consent(self)
        self._subscriptions: dict[tuple[str, str, Region], Subscription] = {}
        self._newest: dict[tuple[str, str], datetime] = {}

    def compose(self) -> ComposeResult:
        """The queue, the sellers, what is to be said of the one under the cursor."""
        yield TopBar("Sellers", "Notifications")
        yield QuietStatic(id="queue")
        yield KeyedTable(_COLUMNS, id="subscriptions")
        yield QuietStatic(id="empty")
        yield QuietStatic(id="detail")
        yield Footer()

    def on_mount(self) -> None:
        """Shows what is remembered; nothing is asked yet."""
        self._table.focus()
        self._show()

    @property
    def _service(self) -> Notifications:
        return self.workspace.notifications

    @property
    def _table(self) -> KeyedTable:
        return self.query_one("#subscriptions", KeyedTable)

    def _wanted(self, *, everyone: bool) -> list[Authorization]:
        key = self._table.selected_key
        return [each for each in self.workspace.accounts.authorizations() if everyone or each.key == key]

    # What is shown ----------------------------------------------------------------------------------------

    @on(AccountsChanged)
    def _show(self) -> None:
        """Everything, from what is remembered."""
        self._table.set_columns(_WIDE if self.size.width >= 115 else _COLUMNS)
        try:
            self._recall()
        except DatabaseError as problem:
            self._problem = str(problem)
        rows = {each.key: self._cells(each) for each in self.workspace.accounts.authorizations()}
        self._table.show_rows(rows)
        self._table.display = bool(rows)
        empty = self.query_one("#empty", QuietStatic)
        empty.display = not rows
        empty.show(line("No sellers yet. ", ("a", "warning"), " on the screen before adds one."))
        self._show_queue()
        self._show_detail()

    def _recall(self) -> None:
        store = self._service.store
        self._subscriptions = {
            (each.client_id, each.seller_id, each.region): each for each in store.book.subscriptions()
        }
        self._newest = store.newest_by_seller()

    def _cells(self, who: Authorization) -> Cells:
        subscription = self._subscriptions.get((who.application, who.seller_id, who.region))
        result = self._results.get(who.key)
        mark = _MARKS[result.standing] if result else _MARKS[Standing.SUBSCRIBED] if subscription else _NOT_ASKED
        changed = self._newest.get((who.seller_id, who.region.value))
        cells = (
            cell(self.app, who.seller),
            cell(self.app, who.region.value, "muted"),
            mark_cell(self.app, mark),
            cell(self.app, age_in_words(changed, self.workspace.clock.now()) if changed else "none yet", "muted"),
            cell(self.app, subscription.subscription_id if subscription else "", "muted"),
        )
        return cells[: len(self._table.shown_columns)]

    @on(KnownChanged)
    def _show_some(self, event: KnownChanged) -> None:
        """Of thousands that are refreshed, the rows of those of which a notification told something new."""
        for who in event.authorizations:
            change = self.workspace.monitor.known(who).notified
            key = (who.seller_id, who.region.value)
            if change is not None and (key not in self._newest or change.time > self._newest[key]):
                self._newest[key] = change.time
                self._table.show_row(who.key, self._cells(who))

    @on(ModesChanged)
    def _show_queue(self) -> None:
        told = queue_text(self._service, self._findings or (), self._news(), max(40, self.size.width - 4))
        self.query_one("#queue", QuietStatic).show(told)

    def _news(self) -> Iterator[tuple[str, Tone]]:
        if self.sptui.queue_problem:
            yield f"✖ not being read: {self.sptui.queue_problem}", "error"
        if self._problem:
            yield f"✖ {self._problem}", "error"
        for told in self._service.waiting_in_words():
            yield f"▲ {told}", "warning"
        if self._doing:
            yield f"◌ {self._doing} …  Esc stops", "muted"
        elif self._done:
            yield self._done, "muted"
        elif not self._service.is_configured:
            yield "Without a queue, i takes over files of notifications.", "muted"
        elif self._findings is None:
            yield "r looks at the queue and asks Amazon how each seller stands", "muted"

    @on(DataTable.RowHighlighted)
    def _show_detail(self) -> None:
        text = trouble_of(self._table.selected_key or "", self.workspace, self._results)
        detail = self.query_one("#detail", QuietStatic)
        detail.display = bool(text)
        detail.show(
            hanging("", text, tone="warning", width=max(40, self.size.width - 6), column=2) if text else line("")
        )

    def on_resize(self) -> None:
        """Lines and columns are as the screen is wide."""
        if self.is_mounted:
            self._show()

    def redraw(self) -> None:
        """Draws everything in the colours of the theme."""
        self._show()

    # What is done ---------------------------------------------------------------------------------------------

    def action_look(self) -> None:
        """Asks AWS about the queue and Amazon about every seller; changes nothing."""

        async def look() -> str:
            self._findings = await self._service.check()
            self._show()
            wanted = self._wanted(everyone=True)
            results = await self._setup().look(wanted, self._service.arn, self._counting("asked Amazon", len(wanted)))
            self._service.assign()
            subscribed = sum(1 for each in results if each.standing is Standing.SUBSCRIBED)
            return f"{subscribed} of {len(results)} subscribed."

        self._start("looking at the queue", look)

    def action_read(self) -> None:
        """Reads what the queue holds."""

        async def read() -> str:
            done = await self._service.reader().read_once()
            if not done.received:
                return "The queue holds nothing to read now."
            return f"{done.received} received, {len(done.changes)} new."

        self._start("reading the queue", read)

    def action_set_up(self, everyone: bool) -> None:  # noqa: FBT001 - an action's parameter
        """Subscribes the one under the cursor, or all; asks before each call that changes something."""

        async def set_up() -> str:
            wanted, service = self._wanted(everyone=everyone), self._service
            counting = self._counting("set up", len(wanted))
            results = await self._setup().set_up(wanted, service.arn, service.config.destination, counting)
            service.assign()
            subscribed = sum(1 for each in results if each.standing is Standing.SUBSCRIBED)
            return f"{subscribed} of {len(results)} subscribed."

        self._start("setting up", set_up)

    def action_undo(self, everyone: bool) -> None:  # noqa: FBT001 - an action's parameter
        """Deletes the subscription of the one under the cursor, or all; asks before each call."""

        async def undo() -> str:
            wanted = self._wanted(everyone=everyone)
            done = await self._setup().undo(wanted, self._service.arn, self._counting("undone", len(wanted)))
            deleted = sum(1 for each in done.sellers if each.standing is Standing.NOT_SUBSCRIBED)
            gone = sum(1 for _, problem in done.destinations if not problem)
            return f"{deleted} of {len(done.sellers)} are not subscribed now; {gone} destinations deleted."

        self._start("undoing", undo)

    @work(exclusive=True, group="import")
    async def action_import(self) -> None:
        """Asks for a file and takes it over."""
        from sptui.tui.screens.notifications_import import NotificationsImportForm

        await self.app.push_screen_wait(NotificationsImportForm())
        self._show()

    def action_back(self) -> None:
        """Stops what runs; leaves the screen where nothing does."""
        if not self._doing:
            super().action_back()
            return
        self.workers.cancel_group(self, _GROUP)
        self._doing, self._done = "", "Stopped. What was done is remembered; a further run goes on from there."
        self._show()

    def _start(self, doing: str, what: Callable[[], Awaitable[str]]) -> None:
        if self._doing:
            self.notify("Something runs already; Esc stops it.", severity="warning", markup=False)
        elif not self._service.is_configured:
            self.notify(NOT_CONFIGURED, title="No queue is set", severity="warning", markup=False, timeout=15)
        else:
            self._doing, self._done, self._problem = doing, "", ""
            self._consent = Consent(self)
            self._show()
            self._run(what)

    @work(exclusive=True, group=_GROUP)
    async def _run(self, what: Callable[[], Awaitable[str]]) -> None:
        try:
            self._done = await what()
        except (QueueError, DatabaseError) as problem:
            self._problem = str(problem)
        self._doing = ""
        self._show()

    def _setup(self) -> Setup:
        return self._service.setup(self._consent.ask)

    def _counting(self, word: str, of: int) -> Callable[[SellerResult], None]:
        count = 0

        def tell(result: SellerResult) -> None:
            nonlocal count
            count += 1
            who = result.authorization
            self._results[who.key] = result
            self._doing = f"{word} {count} of {of}"
            self._table.show_row(who.key, self._cells(who))
            self._show_queue()

        return tell
