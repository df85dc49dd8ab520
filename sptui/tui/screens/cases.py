"""The cases that were looked into: open one as it was, run it again after the fix, compare, export, remove."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import msgspec
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize, ScreenResume
from textual.widgets import DataTable, Footer, Input, Static

from sptui.settings import SettingsError
from sptui.triage.causes import Cause
from sptui.triage.saved import SavedCase, Shelf
from sptui.tui.filtering import fits
from sptui.tui.marks import Tone, age_in_words, cell, line, one_line
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.screens.rerun import case_of, run_again
from sptui.tui.widgets.keyed_table import Cells, Column, KeyedTable
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

_NARROW = (
    Column("when", "RUN", 8),
    Column("title", "CALL", 30),
    Column("cause", "CAUSE", 14),
    Column("seller", "SELLER", 14),
    Column("runs", "N", 2),
)
_WIDE = (
    Column("when", "LAST RUN", 9),
    Column("title", "CALL", 40),
    Column("cause", "CAUSE", 15),
    Column("seller", "SELLER", 24),
    Column("region", "REGION", 7),
    Column("runs", "RUNS", 5),
)


class CasesTable(KeyedTable):
    """The kept cases; Enter opens one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Open", id="cases.open", tooltip="Show the last run as it was"),
    ]


class CasesScreen(SptuiScreen[None]):
    """The newest first. Files that cannot be read are told and left alone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", "Run again", id="cases.again", tooltip="Send the same call again, and compare"),
        Binding("v", "compare", "Compare", id="cases.compare", tooltip="The last two runs beside each other"),
        Binding("w", "texts", "Texts", id="cases.texts", tooltip="What to write to whom; copy and export"),
        Binding("e", "export", "Export", id="cases.export", tooltip="Write the case with its runs as JSON"),
        Binding("d", "remove", "Remove", show=False, id="cases.remove", tooltip="Forget the case under the cursor"),
        Binding("slash", "filter", "Filter", id="cases.filter", key_display="/", tooltip="Type to filter the cases"),
        Binding("escape", "leave", "Back", id="cases.leave", tooltip="Leave the filter, then the screen"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shelf = Shelf(())
        self._read = False

    def compose(self) -> ComposeResult:
        """Filter, list, what is known of the case under the cursor."""
        yield TopBar("Cases")
        with Horizontal(id="filter-line"):
            yield Static("Filter", markup=False)
            yield Input(placeholder="call, seller, cause; !word leaves out", id="filter", compact=True)
        yield CasesTable(_NARROW, id="cases")
        yield QuietStatic(id="empty")
        yield QuietStatic(id="remarks")
        yield QuietStatic(id="detail")
        yield Footer()

    def on_mount(self) -> None:
        """The list has the cursor."""
        self.query_one("#cases").focus()
        self._show()

    @on(ScreenResume)
    def _resumed(self) -> None:
        self._load()

    @work(exclusive=True, group="cases")
    async def _load(self) -> None:
        try:
            self._shelf = await asyncio.to_thread(self.workspace.cases.list)
        except SettingsError as problem:
            self._shelf = Shelf((), (str(problem),))
        self._read = True
        self._show()

    # What is shown ----------------------------------------------------------------------------------------

    @property
    def selected(self) -> SavedCase | None:
        """The case under the cursor."""
        key = self.query_one("#cases", KeyedTable).selected_key
        return next((each for each in self._shelf.cases if each.id == key), None)

    @on(Resize)
    @on(Input.Changed, "#filter")
    def _show(self) -> None:
        table, empty = self.query_one("#cases", KeyedTable), self.query_one("#empty", QuietStatic)
        table.set_columns(_WIDE if self.size.width >= 116 else _NARROW)
        typed = self.query_one("#filter", Input).value
        found = [each for each in self._shelf.cases if fits(_words_of(each), typed)]
        table.show_rows({each.id: self._row(each) for each in found})
        table.display = bool(found)
        empty.display = self._read and not found
        empty.show(_why_empty(filtered=bool(self._shelf.cases)))
        remarks = self.query_one("#remarks", QuietStatic)
        remarks.display = bool(self._shelf.problems)
        told = [line(("▲ ", "warning"), one_line(each)) for each in self._shelf.problems[:3]]
        more = len(self._shelf.problems) - 3
        remarks.show(Content("\n").join([*told, *[line((f"  and {more} more", "muted"))] * (more > 0)]))
        self._show_detail()

    @on(DataTable.RowHighlighted)
    def _show_detail(self) -> None:
        saved = self.selected
        self.query_one("#detail", QuietStatic).show(_detail(saved) if saved else line(""))
        self.refresh_bindings()

    def _row(self, saved: SavedCase) -> Cells:
        app, last = self.app, saved.runs[-1] if saved.runs else None
        cause = last.cause if last else ""
        tone: Tone = "success" if cause == Cause.SUCCESS else "warning" if cause else "muted"
        mark = "●" if cause == Cause.SUCCESS else "▲" if cause else "○"
        by_column = {
            "when": cell(app, age_in_words(last.at if last else saved.created, self.workspace.clock.now()), "muted"),
            "title": cell(app, saved.title),
            "cause": cell(app, f"{mark} {cause or 'not run'}", tone),
            "seller": cell(app, saved.seller or "no seller"),
            "region": cell(app, saved.region or "", "muted"),
            "runs": cell(app, str(len(saved.runs)), "muted"),
        }
        return tuple(by_column[column.key] for column in self.query_one("#cases", KeyedTable).shown_columns)

    def redraw(self) -> None:
        """Draws everything in the colours of the theme."""
        self._show()

    # Actions ----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters are text while the filter is typed; each key only when it does something."""
        saved = self.selected
        if action in ("again", "compare", "texts", "export", "remove", "filter") and isinstance(self.focused, Input):
            return False
        if action == "compare":
            return saved is not None and len(saved.runs) > 1
        if action == "texts":
            return saved is not None and bool(saved.runs) and saved.runs[-1].whole is not None
        if action in ("again", "export", "remove"):
            return saved is not None
        return super().check_action(action, parameters)

    @on(DataTable.RowSelected)
    def _open(self) -> None:
        from sptui.tui.screens.investigation import InvestigationScreen

        saved = self.selected
        case = case_of(self.sptui, saved) if saved is not None else None
        if saved is None or case is None:
            return
        whole = saved.runs[-1].whole if saved.runs else None
        if whole is None:
            told = "Another version of sptui kept this run: its cause can be told, its steps not. r runs it again."
            self.app.notify(told, severity="warning", markup=False)
            return
        self.app.push_screen(InvestigationScreen(case, saved=saved, recorded=whole))

    def action_again(self) -> None:
        """Runs the case under the cursor again."""
        if (saved := self.selected) is not None:
            run_again(self.sptui, saved)

    def action_compare(self) -> None:
        """The last two runs of the case under the cursor."""
        from sptui.tui.screens.comparison import ComparisonScreen

        if (saved := self.selected) is not None:
            self.app.push_screen(ComparisonScreen(saved))

    def action_texts(self) -> None:
        """What to write to whom about the case under the cursor."""
        from sptui.tui.screens.texts import TextsScreen

        saved = self.selected
        case = case_of(self.sptui, saved) if saved is not None else None
        whole = saved.runs[-1].whole if saved is not None and saved.runs else None
        if case is not None and whole is not None:
            self.app.push_screen(TextsScreen(case, whole))

    def action_export(self) -> None:
        """Writes the case under the cursor, with its runs."""
        from sptui.tui.screens.export_form import ExportForm

        if (saved := self.selected) is not None:
            text = msgspec.json.format(msgspec.json.encode(saved), indent=2).decode() + "\n"
            self.app.push_screen(ExportForm(saved.title, f"{saved.id}.json", text))

    @work(exclusive=True, group="remove")
    async def action_remove(self) -> None:
        """Asks, then forgets the case under the cursor."""
        from sptui.tui.screens.confirm import ConfirmScreen

        if (saved := self.selected) is None:
            return
        count = f"{len(saved.runs)} {'run' if len(saved.runs) == 1 else 'runs'}"
        whose = one_line(f"{saved.title} for {saved.seller or 'no seller'}")
        text = f"{whose}, with {count}. It cannot be undone."
        if not await self.app.push_screen_wait(ConfirmScreen("Remove this case?", text, yes="Remove", no="Keep")):
            return
        try:
            await asyncio.to_thread(self.workspace.cases.remove, saved.id)
        except SettingsError as problem:
            self.app.notify(str(problem), title="Not removed", severity="error", markup=False)
        self._load()

    def action_filter(self) -> None:
        """Opens the filter."""
        self.query_one("#filter-line").add_class("-open")
        self.query_one("#filter", Input).focus()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.query_one("#cases").focus()

    def action_leave(self) -> None:
        """Leaves the filter; without one the screen."""
        filter_line = self.query_one("#filter-line")
        if filter_line.has_class("-open"):
            self.query_one("#filter", Input).value = ""
            filter_line.remove_class("-open")
            self.query_one("#cases").focus()
        else:
            self.action_back()


def _words_of(saved: SavedCase) -> str:
    cause = saved.runs[-1].cause if saved.runs else ""
    return " ".join((saved.title, saved.seller, saved.seller_id, saved.region or "", cause))


def _why_empty(*, filtered: bool) -> Content:
    if filtered:
        return line("No case fits the filter.\n\n", ("Esc", "warning"), " shows all again.")
    return line(
        "No cases yet.\n\n",
        "Every triage that comes to its end is kept here by itself, without secrets and buyers' data.\n",
        ("t", "warning"), " begins one.",
    )  # fmt: skip


def _detail(saved: SavedCase) -> Content:
    runs = [f"{each.at:%Y-%m-%d %H:%M} UTC {each.cause or 'no cause'}" for each in saved.runs[-3:]]
    lines = [
        line((f"{saved.id}  ", "muted"), one_line(saved.title)),
        line((one_line(" · ".join(runs) or "never run"), "muted")),
    ]
    if saved.blurred:
        names = one_line(", ".join(saved.blurred))
        lines.append(line((f"To run it again, fill in: {names} (persons are not kept)", "muted")))
    return Content("\n").join(lines)
