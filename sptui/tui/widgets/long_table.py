"""A table of thousands of rows that makes only the lines on the screen.

Textual's DataTable takes about 0.13 ms a row to fill and walks all rows for much of what it does: 5,000 sellers would
stop the screen for most of a second at each new order. Here a row is a key; its cells are asked for when its line is
drawn, and kept until somebody says that they changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sptui.tui.marks import Tone, colour_of, one_line, printable
from sptui.tui.widgets.columns import Column
from sptui.tui.widgets.table_keys import TableKeys

Parts = tuple[tuple[str, Tone], ...]
"""A cell: pieces of plain text, each with its tone."""

Row = tuple[Parts, ...]

_LARGEST_CACHE: Final = 500


class LongTable(TableKeys, ScrollView, can_focus=True):
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
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._row_of = row_of
        self._keys: tuple[str, ...] = ()
        self._places: dict[str, int] = {}
        self._headings: Mapping[str, str] = {}
        self._cursor = -1
        self._moved = False
        self._hover = -1
        self._sorted_by = ""
        self._rows: dict[str, Row] = {}

    # What is shown ----------------------------------------------------------------------------------------

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        """The columns as they are now."""
        return self._columns

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the rows in their order, without headings."""
        return tuple(key for key in self._keys if key not in self._headings)

    @property
    def selected_key(self) -> str | None:
        """The key of the row under the cursor."""
        return self._keys[self._cursor] if 0 <= self._cursor < len(self._keys) else None

    def row_text(self, key: str) -> list[str]:
        """The cells of a row as plain text."""
        return ["".join(text for text, _ in parts) for parts in self._row(key)]

    def set_columns(self, columns: Sequence[Column], sorted_by: str = "") -> None:
        """Other columns, and the key of the one by which the rows are ordered."""
        if (tuple(columns), sorted_by) != (self._columns, self._sorted_by):
            self._columns, self._sorted_by = tuple(columns), sorted_by
            self.redraw()

    def set_rows(self, keys: Sequence[str], headings: Mapping[str, str] | None = None) -> None:
        """Shows rows in this order. Those of ``headings`` are lines of text between them, past which the cursor goes.

        The cursor stays on its key and at its height on the screen; until it was first moved it stays on top.
        """
        new, headings = tuple(keys), headings or {}
        if new == self._keys and headings == self._headings:
            return
        selected, height = self.selected_key, self._cursor - self.scroll_offset.y
        self._keys, self._headings = new, headings
        self._places = {key: place for place, key in enumerate(new)}
        self.virtual_size = Size(self._width, len(new) + 1)
        if self._moved and selected in self._places:
            self._cursor = self._places[selected]
            self.scroll_to(y=self._cursor - height, animate=False)
        else:
            self._cursor = self._nearest(min(max(self._cursor, 0), len(new) - 1) if self._moved else 0, 1)
        self._show_cursor()
        self.refresh()
        if self.selected_key != selected:
            self.post_message(self.RowHighlighted(self.selected_key))

    def touch(self, keys: Iterable[str]) -> None:
        """The cells of these rows changed: draws those that are on the screen, each line by itself."""
        for key in keys:
            self._rows.pop(key, None)
            if (place := self._places.get(key)) is not None:
                self._refresh_row(place)

    def forget_rows(self, keys: Iterable[str]) -> None:
        """The cells of these rows are asked for again when they are drawn next."""
        for key in keys:
            self._rows.pop(key, None)

    @property
    def keys_on_screen(self) -> tuple[str, ...]:
        """The keys of the rows that can be seen."""
        top = self.scroll_offset.y
        return tuple(key for key in self._keys[top : top + self.size.height] if key not in self._headings)

    def redraw(self) -> None:
        """Everything anew: other columns, other colours."""
        self._rows.clear()
        self.virtual_size = Size(self._width, len(self._keys) + 1)
        self.refresh()

    def select_key(self, key: str) -> None:
        """Puts the cursor on a row, if there is one of that key."""
        if key in self._places and key not in self._headings:
            self._go(self._places[key])

    # Drawing ----------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.size.width
        if y == 0:
            return self._strip([((self._label(column), "plain"),) for column in self._columns], "header", width)
        place = self.scroll_offset.y + y - 1
        if place >= len(self._keys):
            return Strip.blank(width, self.rich_style)
        key = self._keys[place]
        if (heading := self._headings.get(key)) is not None:
            style = self.rich_style + self.get_component_rich_style("long-table--heading", partial=True)
            return Strip([Segment(one_line(heading), style)]).adjust_cell_length(width, self.rich_style)
        kind = "cursor" if place == self._cursor else "hover" if place == self._hover else ""
        return self._strip(self._row(key), kind, width)

    def _strip(self, row: Sequence[Parts], kind: str, width: int) -> Strip:
        base = self.rich_style
        if kind:
            base += self.get_component_rich_style(f"long-table--{kind}", partial=True)
        segments = []
        for column, parts in zip(self._columns, row, strict=True):
            segments += self._cell(parts, column.width, base)
            segments.append(Segment("  ", base))
        return Strip(segments).adjust_cell_length(width, base)

    def _cell(self, parts: Parts, width: int, base: Style) -> list[Segment]:
        segments, room = [], width
        whole = sum(cell_len(text) for text, _ in parts) <= width
        for text, tone in parts:
            limit = room if whole else room - 1
            if limit <= 0:
                break
            piece = text if cell_len(text) <= limit else set_cell_size(text, limit)
            segments.append(Segment(piece, base if tone == "plain" else base + self._style(tone)))
            room -= cell_len(piece)
        if not whole:
            segments.append(Segment("…", base))
            room -= 1
        if room > 0:
            segments.append(Segment(" " * room, base))
        return segments

    def _style(self, tone: Tone) -> Style:
        return Style.parse(colour_of(self.app, tone) or "none")  # Rich remembers what it parsed

    def _label(self, column: Column) -> str:
        return f"{column.label} ▾" if column.key == self._sorted_by else column.label

    def _row(self, key: str) -> Row:
        found = self._rows.get(key)
        if found is None:
            if len(self._rows) >= _LARGEST_CACHE:
                self._rows.clear()
            found = tuple(tuple((printable(text), tone) for text, tone in parts) for parts in self._row_of(key))
            self._rows[key] = found
        return found

    def _refresh_row(self, place: int) -> None:
        line = place - self.scroll_offset.y + 1
        if 1 <= line < self.size.height + 1:
            self.refresh(Region(0, line, self.outer_size.width, 1))

    @property
    def _width(self) -> int:
        return sum(column.width + 2 for column in self._columns)

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
