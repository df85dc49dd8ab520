"""A table whose rows have names: a refresh changes the cells that differ and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual.widgets import DataTable
from textual.widgets.data_table import RowDoesNotExist, RowKey

from sptui.tui.widgets.columns import Column
from sptui.tui.widgets.table_keys import TableKeys

__all__ = ["Cells", "Column", "KeyedTable"]

Cells = tuple[Text, ...]


class KeyedTable(DataTable[Text], TableKeys):
    """Rows by key; cursor and scroll stay where the person left them."""

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, cursor_type="row", zebra_stripes=False)
        self._fields: list[Column] = []
        self._shown: dict[str, Cells] = {}
        self.set_columns(columns)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Other columns (the terminal became wider): the rows have to be shown again."""
        if list(columns) == self._fields:
            return
        self.clear(columns=True)
        self._shown = {}
        self._fields = list(columns)
        for column in columns:
            self.add_column(column.label, width=column.width, key=column.key)

    def show_rows(self, rows: Mapping[str, Cells]) -> None:
        """Shows ``rows`` in their order, each a cell for each column."""
        selected = self.selected_key
        kept = [key for key in self._shown if key in rows]
        if list(rows)[: len(kept)] == kept:
            self._patch(rows)
        else:
            self._rebuild(rows)
        self._shown = dict(rows)
        if selected is not None and selected in rows and selected != self.selected_key:
            self.move_cursor(row=self.get_row_index(selected), scroll=False)

    def show_row(self, key: str, cells: Cells) -> None:
        """Shows one row's cells anew; does nothing where there is no such row."""
        if key in self._shown:
            self._patch_row(key, cells)
            self._shown[key] = cells

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        """The columns as they are now."""
        return tuple(self._fields)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the rows, in their order."""
        return tuple(self._shown)

    @property
    def selected_key(self) -> str | None:
        """The key of the row under the cursor."""
        if not self.row_count or not self.is_valid_row_index(self.cursor_row):
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value

    def select_key(self, key: str) -> None:
        """Puts the cursor on a row, if there is one of that key."""
        try:
            self.move_cursor(row=self.get_row_index(RowKey(key)))
        except RowDoesNotExist:
            return

    def action_copy_row(self) -> None:
        """Copies the row under the cursor, cells separated by tabs."""
        if (key := self.selected_key) is not None:
            self.app.copy_to_clipboard("\t".join(cell.plain for cell in self._shown[key]))
            self.app.notify("Row copied.", markup=False)

    def _patch(self, rows: Mapping[str, Cells]) -> None:
        for key in self._shown:
            if key not in rows:
                self.remove_row(key)
        for key, cells in rows.items():
            if key in self._shown:
                self._patch_row(key, cells)
            else:
                self.add_row(*cells, key=key)

    def _patch_row(self, key: str, cells: Cells) -> None:
        for column, old, new in zip(self._fields, self._shown[key], cells, strict=True):
            if old != new or old.style != new.style:
                self.update_cell(key, column.key, new)

    def _rebuild(self, rows: Mapping[str, Cells]) -> None:
        scroll = self.scroll_offset
        self.clear()
        for key, cells in rows.items():
            self.add_row(*cells, key=key)
        self.scroll_to(scroll.x, scroll.y, animate=False)
