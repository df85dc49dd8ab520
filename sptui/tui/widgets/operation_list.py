"""The operations, grouped by API: headings that the cursor passes over, and the operations under them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from sptui.spapi.catalogue import Operation
from sptui.tui.marks import Tone, line

_NAME: Final = 36
_METHOD: Final = 6


class OperationList(OptionList):
    """One line each; Enter asks for the highlighted one to be called."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,c", "select", "Call it", id="operations.call", tooltip="Open the form that calls it"),
        Binding("j", "cursor_down", "Down", show=False, id="table.operation-down", tooltip="One row down"),
        Binding("k", "cursor_up", "Up", show=False, id="table.operation-up", tooltip="One row up"),
        Binding("g", "first", "First row", show=False, id="table.operation-first", tooltip="To the first row"),
        Binding("G", "last", "Last row", show=False, id="table.operation-last", tooltip="To the last row"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False, compact=True)
        self._shown: tuple[str, ...] = ()

    def show(self, operations: Iterable[Operation]) -> None:
        """Shows ``operations`` by API; the best one of each comes first, and its API with it. The cursor stays on
        its operation where that is still shown, else it goes to the first.
        """
        groups: dict[str, list[Operation]] = {}
        for each in operations:
            groups.setdefault(each.model, []).append(each)
        keys = tuple(each.key for group in groups.values() for each in group)
        if keys == self._shown:
            return
        self._shown = keys
        options: list[Option] = []
        for group in groups.values():
            options.append(Option(_heading(group[0]), disabled=True))
            options += [Option(_row(each), id=each.key) for each in group]
        self.clear_options()
        self.add_options(options)
        if keys:
            self.highlighted = self.get_option_index(keys[0])
            self.scroll_home(animate=False)

    @property
    def selected_key(self) -> str | None:
        """The key of the highlighted operation."""
        option = self.highlighted_option
        return option.id if option is not None else None

    def select_key(self, key: str) -> None:
        """Puts the cursor on an operation, if it is shown."""
        if key in self._shown:
            self.highlighted = self.get_option_index(key)


def _heading(operation: Operation) -> Content:
    return line((f"{operation.api} ", "plain"), (operation.version, "muted")).stylize("bold", 0, len(operation.api))


def _row(operation: Operation) -> Content:
    tone: Tone = "muted" if operation.deprecated else "plain"
    parts: list[str | tuple[str, Tone]] = [
        (f"  {operation.name:<{_NAME}} ", tone),
        (f"{operation.method:<{_METHOD}} ", "muted"),
    ]
    if operation.side_effects != "none":
        parts.append(("writes ", "warning") if operation.side_effects == "real" else ("mild ", "muted"))
    if operation.token_kind != "seller":
        parts.append((f"{operation.token_kind} ", "muted"))
    if operation.deprecated:
        parts.append(("deprecated", "muted"))
    return line(*parts)
