"""All operations of SP-API: found as one types, each with its card, and from there called or triaged."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Footer, Input, OptionList, Static

from sptui.calling import context_of, sample_context, smallest_values
from sptui.spapi.authorization import Authorization, Seller
from sptui.spapi.catalogue import Operation, catalogue_problem, load_catalogue
from sptui.spapi.preview import preview_of
from sptui.spapi.regions import Region
from sptui.spapi.requests import build_request
from sptui.tui.marks import line
from sptui.tui.operation_text import card_text
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.widgets.operation_list import OperationList
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

_WIDE: Final = 100


class OperationsScreen(SptuiScreen[None]):
    """The search has the cursor; up and down move through what is found, Enter opens the call."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "search", "Search", id="operations.search", key_display="/", tooltip="Back to the search field"
        ),
        Binding("y", "copy", "Copy curl", id="operations.copy", tooltip="Copy the minimal request as a curl command"),
        Binding("tab", "app.focus_next", "Panel", show=False, id="operations.panel", tooltip="Search, list or card"),
    ]

    def __init__(self, seller: Seller | None = None) -> None:
        super().__init__()
        self._seller_at_start = seller

    def compose(self) -> ComposeResult:
        """Search, list, card."""
        yield TopBar("Operations")
        with Container(id="search-line"):
            yield Static("Search", markup=False)
            yield SearchField(id="search", compact=True, placeholder="a name, an API, a path, a role; initials do")
        with Container(id="browser"):
            yield OperationList(id="operations")
            yield QuietStatic(id="empty")
            with VerticalScroll(id="card-panel"):
                yield QuietStatic(id="card")
        yield Footer()

    def on_mount(self) -> None:
        """Shows all of them."""
        self.query_one("#search", Input).focus()
        self._search()
        if problem := catalogue_problem():
            self.notify(problem, severity="warning", markup=False, timeout=15)

    # What is chosen ---------------------------------------------------------------------------------------

    @property
    def selected_seller(self) -> Seller | None:
        """The seller from whose screen one came."""
        return self._seller_at_start

    @property
    def selected_operation(self) -> Operation | None:
        """The operation under the cursor."""
        key = self._list.selected_key
        return load_catalogue().get(key) if key else None

    @property
    def _list(self) -> OperationList:
        return self.query_one("#operations", OperationList)

    @property
    def _authorization(self) -> Authorization | None:
        seller = self._seller_at_start
        return seller.authorizations[0] if seller and seller.authorizations else None

    # What is shown ----------------------------------------------------------------------------------------

    @on(Input.Changed, "#search")
    def _search(self) -> None:
        query = self.query_one("#search", Input).value.strip()
        catalogue = load_catalogue()
        found = catalogue.search(query) if query else list(catalogue)
        self._list.show(found)
        self._list.display = bool(found)
        self.query_one("#card-panel").display = bool(found)
        empty = self.query_one("#empty", QuietStatic)
        empty.display = not found
        if not found:
            empty.show(line("No operation fits.\n\n", ("Esc", "warning"), " shows all again."))
        count = f"{len(found)} of {len(catalogue)}" if query else str(len(catalogue))
        as_of = f", as of {catalogue.as_of}" if self.size.width >= _WIDE else ""
        self.query_one(TopBar).show_place("Operations", count + as_of)
        self._show_card()

    @on(OptionList.OptionHighlighted)
    @on(Resize)
    def _show_card(self) -> None:
        operation, panel = self.selected_operation, self.query_one("#card-panel", VerticalScroll)
        width = (panel.size.width or self.size.width) - 3
        text = card_text(operation, width) if operation is not None else Content("")
        self.query_one("#card", QuietStatic).show(text)
        panel.scroll_home(animate=False)

    def redraw(self) -> None:
        """Draws the card in the colours of the theme."""
        self._show_card()

    # Actions ----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the search is typed, letters are text."""
        if action in ("search", "copy"):
            return not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    def action_search(self) -> None:
        """Back to the search field."""
        self.query_one("#search", Input).focus()

    def action_back(self) -> None:
        """Leaves the search first, then the screen."""
        search = self.query_one("#search", Input)
        if search.value:
            search.value = ""
            search.focus()
        else:
            super().action_back()

    @on(Input.Submitted, "#search")
    @on(OptionList.OptionSelected)
    def _call(self) -> None:
        from sptui.tui.screens.call import CallScreen

        if (operation := self.selected_operation) is not None:
            self.app.push_screen(CallScreen(operation, self._authorization))

    def action_copy(self) -> None:
        """Copies the minimal request of the operation under the cursor as a curl command."""
        operation, who = self.selected_operation, self._authorization
        if operation is None:
            return
        context = context_of(self.workspace, who) if who else sample_context(self.workspace.clock.now())
        request = build_request(operation, smallest_values(operation, context))
        host = (who.region if who else Region.NA).host
        self.app.copy_to_clipboard(preview_of(request, f"https://{host}").as_curl())
        self.notify("The minimal request is copied as a curl command.", markup=False)


class SearchField(Input):
    """Typing searches; up, down and their bigger sisters move through what is found."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "through('cursor_down')", "Next", show=False, id="search.next", tooltip="Next operation"),
        Binding("up", "through('cursor_up')", "Previous", show=False, id="search.previous", tooltip="Previous one"),
        Binding("pagedown", "through('page_down')", "Page down", show=False, id="search.page-down", tooltip="A page"),
        Binding("pageup", "through('page_up')", "Page up", show=False, id="search.page-up", tooltip="A page back"),
        Binding("enter", "submit", "Call it", id="search.call", tooltip="Open the form that calls it"),
    ]

    def action_through(self, move: str) -> None:
        """Moves in the list without leaving the field."""
        found = self.screen.query_one(OperationList)
        getattr(found, f"action_{move}")()
