"""The keys that every table has, beside those that Textual's own gives it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget


class TableKeys(Widget):
    """``j k g G c``; the table itself has the actions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False, id="table.down", tooltip="One row down"),
        Binding("k", "cursor_up", "Up", show=False, id="table.up", tooltip="One row up"),
        Binding("g", "scroll_top", "First row", show=False, id="table.first", tooltip="To the first row"),
        Binding("G", "scroll_bottom", "Last row", show=False, id="table.last", tooltip="To the last row"),
        Binding("c", "copy_row", "Copy row", show=False, id="table.copy", tooltip="Copy the row as text"),
    ]
