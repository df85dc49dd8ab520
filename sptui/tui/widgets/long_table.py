"""The table of thousands of rows, with a cursor that keys and the mouse move."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from sptui.tui.widgets.columns import Column
from sptui.tui.widgets.long_rows import LongRows, Parts, Row
from sptui.tui.widgets.table_keys import TableKeys

__all__ = ["LongTable", "Parts", "Row"]


class LongTable(TableKeys, LongRows, can_focus=True):
    """Rows by key, headings between them, a cursor that stays on its key while rows come, go and move."""

    DEFAULT_CSS = """
    LongTable {
        overflow-x: hidden;
        overflow-y: auto;
        height: 1fr;
        padding: 0 1;
        & > .long-table--header { color: $secondary; }
        & > .long-table--heading { color: $accent; }
        & > .long-table--hover { background: $surface; }
        & > .long-table--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "long-table--header",
        "long-table--heading",
        "long-table--hover",
        "long-table--cursor",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor_up", "Up", show=False, id="table.arrow-up", tooltip="One row up"),
        Binding("down", "cursor_down", "Down", show=False, id="table.arrow-down", tooltip="One row down"),
        Binding("pageup", "page_up", "Page up", show=False, id="table.page-up", tooltip="One screen up"),
        Binding("pagedown", "page_down", "Page down", show=False, id="table.page-down", tooltip="One screen down"),
        Binding("home,ctrl+home", "scroll_top", "First row", show=False, id="table.home", tooltip="To the first row"),
        Binding("end,ctrl+end", "scroll_bottom", "Last row", show=False, id="table.end", tooltip="To the last row"),
    ]

    class RowHighlighted(Message):
        """The cursor stands on another row, or on none (``key`` None)."""

        def __init__(self, key: str | None) -> None:
            super().__init__()
            self.key = key

        def can_replace(self, message: Message) -> bool:
            """Of many moves in a burst only the last one matters."""
            return isinstance(message, LongTable.RowHighlighted)

    class RowSelected(Message):
        """Enter, or a click on the row under the cursor."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class HeaderSelected(Message):
        """A click on a column's name."""

        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    def __init__(self, columns: Sequence[Column], row_of: Callable[[str], Row], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(columns, row_of, id=id)
        self._cursor = -1
        self._moved = False
        self._hover = -1

    # What is shown ----------------------------------------------------------------------------------------

    @property
    def selected_key(self) -> str | None:
        """The key of the row under the cursor."""
        return self._keys[self._cursor] if 0 <= self._cursor < len(self._keys) else None

    @property
    def cursor_place(self) -> int:
        """Which row the cursor is on, headings counted: 0 on top, -1 where there are no rows."""
        return self._cursor

    def set_rows(self, keys: Sequence[str], headings: Mapping[str, str] | None = None) -> None:
        """Shows rows in this order. Those of ``headings`` are lines of text between them, past which the cursor goes.

        The cursor stays on its key and at its height on the screen; until it was first moved it stays on top.
        """
        new, headings = tuple(keys), headings or {}
        if new == self._keys and headings == self._headings:
            return
        selected, height = self.selected_key, self._cursor - self.scroll_offset.y
        self._put_rows(new, headings)
        if self._moved and selected in self._places:
            self._cursor = self._places[selected]
            self.scroll_to(y=self._cursor - height, animate=False)
        else:
            self._cursor = self._nearest(min(max(self._cursor, 0), len(new) - 1) if self._moved else 0, 1)
        self._show_cursor()
        self.refresh()
        if self.selected_key != selected:
            self.post_message(self.RowHighlighted(self.selected_key))

    def select_key(self, key: str) -> None:
        """Puts the cursor on a row, if there is one of that key."""
        if key in self._places and key not in self._headings:
            self._go(self._places[key])

    def _look_of(self, place: int) -> str:
        return "cursor" if place == self._cursor else "hover" if place == self._hover else ""

    # The cursor -------------------------------------------------------------------------------------------

    def action_cursor_up(self) -> None:
        """A row up."""
        self._go(self._nearest(self._cursor - 1, -1))

    def action_cursor_down(self) -> None:
        """A row down."""
        self._go(self._nearest(self._cursor + 1, 1))

    def action_page_up(self) -> None:
        """A screen up."""
        self._go(self._nearest(max(0, self._cursor - self._page), -1))

    def action_page_down(self) -> None:
        """A screen down."""
        self._go(self._nearest(min(len(self._keys) - 1, self._cursor + self._page), 1))

    def action_scroll_top(self) -> None:
        """To the first row."""
        self._go(self._nearest(0, 1))

    def action_scroll_bottom(self) -> None:
        """To the last row."""
        self._go(self._nearest(len(self._keys) - 1, -1))

    @property
    def _page(self) -> int:
        return max(1, self.size.height - 2)

    def action_select_cursor(self) -> None:
        """Opens the row under the cursor."""
        if (key := self.selected_key) is not None:
            self.post_message(self.RowSelected(key))

    def action_copy_row(self) -> None:
        """Copies the row under the cursor, cells separated by tabs."""
        if (key := self.selected_key) is not None:
            self.app.copy_to_clipboard("\t".join(self.row_text(key)))
            self.app.notify("Row copied.", markup=False)

    def _nearest(self, place: int, direction: int) -> int:
        """The first row from ``place`` in a direction that is no heading; the cursor's own where there is none."""
        step = 1 if direction >= 0 else -1
        while 0 <= place < len(self._keys):
            if self._keys[place] not in self._headings:
                return place
            place += step
        return self._cursor if 0 <= self._cursor < len(self._keys) else -1

    def _go(self, place: int) -> None:
        self._moved = True
        if place == self._cursor:
            self._show_cursor()
            return
        before, self._cursor = self._cursor, place
        self._refresh_row(before)
        self._refresh_row(place)
        self._show_cursor()
        self.post_message(self.RowHighlighted(self.selected_key))

    def _show_cursor(self) -> None:
        height, top = self.size.height - 1, self.scroll_offset.y
        if self._cursor < 0 or height <= 0:
            return
        above = 1 if self._cursor and self._keys[self._cursor - 1] in self._headings else 0
        if self._cursor - above < top:
            self.scroll_to(y=self._cursor - above, animate=False)
        elif self._cursor >= top + height:
            self.scroll_to(y=self._cursor - height + 1, animate=False)

    def on_resize(self) -> None:
        """The cursor stays on the screen."""
        self._show_cursor()

    # The mouse --------------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """A row goes under the cursor; the one that is there already opens. A column's name orders by it."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y == 0:
            self._header_clicked(offset.x)
            return
        place = self.scroll_offset.y + offset.y - 1
        if place < len(self._keys) and self._keys[place] not in self._headings:
            if place == self._cursor:
                self.action_select_cursor()
            else:
                self._go(place)

    def _header_clicked(self, x: int) -> None:
        for column in self._columns:
            if 0 <= x < column.width + 2:
                self.post_message(self.HeaderSelected(column.key))
                return
            x -= column.width + 2

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Shows which row is under the mouse."""
        offset = event.get_content_offset(self)
        place = self.scroll_offset.y + offset.y - 1 if offset is not None and offset.y > 0 else -1
        self._hover_over(place)

    def on_leave(self) -> None:
        """No row is under the mouse."""
        self._hover_over(-1)

    def _hover_over(self, place: int) -> None:
        if place != self._hover:
            before, self._hover = self._hover, place
            for each in (before, place):
                if each >= 0:
                    self._refresh_row(each)
