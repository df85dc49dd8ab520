"""A table of thousands of rows that makes only the lines on the screen.

Textual's DataTable takes about 0.13 ms a row to fill and walks all rows for much of what it does: 5,000 sellers would
stop the screen for most of a second at each new order. Here a row is a key; its cells are asked for when its line is
drawn, and kept until somebody says that they changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sptui.tui.marks import Tone, colour_of, one_line, printable
from sptui.tui.widgets.columns import Column

Parts = tuple[tuple[str, Tone], ...]
"""A cell: pieces of plain text, each with its tone."""

Row = tuple[Parts, ...]

_LARGEST_CACHE: Final = 500


class LongRows(ScrollView):
    """Rows by key with headings between them, drawn; what is under a cursor or the mouse says ``_look_of``.

    The colours are the component classes of the table that this is a part of.
    """

    def __init__(self, columns: Sequence[Column], row_of: Callable[[str], Row], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._row_of = row_of
        self._keys: tuple[str, ...] = ()
        self._places: dict[str, int] = {}
        self._headings: Mapping[str, str] = {}
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
    def keys_on_screen(self) -> tuple[str, ...]:
        """The keys of the rows that can be seen."""
        top = self.scroll_offset.y
        return tuple(key for key in self._keys[top : top + self.size.height] if key not in self._headings)

    def row_text(self, key: str) -> list[str]:
        """The cells of a row as plain text."""
        return ["".join(text for text, _ in parts) for parts in self._row(key)]

    def set_columns(self, columns: Sequence[Column], sorted_by: str = "") -> None:
        """Other columns, and the key of the one by which the rows are ordered."""
        if (tuple(columns), sorted_by) != (self._columns, self._sorted_by):
            self._columns, self._sorted_by = tuple(columns), sorted_by
            self.redraw()

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

    def redraw(self) -> None:
        """Everything anew: other columns, other colours."""
        self._rows.clear()
        self.virtual_size = Size(self._width, len(self._keys) + 1)
        self.refresh()

    def _put_rows(self, keys: tuple[str, ...], headings: Mapping[str, str]) -> None:
        self._keys, self._headings = keys, headings
        self._places = {key: place for place, key in enumerate(keys)}
        self.virtual_size = Size(self._width, len(keys) + 1)

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
        return self._strip(self._row(key), self._look_of(place), width)

    def _look_of(self, place: int) -> str:  # noqa: ARG002 - of a table without a cursor every row looks the same
        """``cursor``, ``hover`` or ""."""
        return ""

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
