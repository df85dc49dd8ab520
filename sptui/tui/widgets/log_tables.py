"""The two tables of the log: its calls, and its errors with like ones as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from sptui.tui.widgets.columns import Column
from sptui.tui.widgets.long_table import LongTable, Row


class _LogTable(LongTable):
    """Enter is offered only where there is a row for it."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is opened where nothing is."""
        if action == "select_cursor":
            return self.selected_key is not None
        return super().check_action(action, parameters)


class CallsTable(_LogTable):
    """One row a call; Enter finds out why it failed, and shows all of one that went well."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Triage", id="log-calls.open", tooltip="Find out why this call failed"),
        Binding("enter", "show_good", "Whole call", id="log-calls.good", tooltip="All that is known of the call"),
    ]

    def __init__(
        self,
        columns: Sequence[Column],
        row_of: Callable[[str], Row],
        has_failed: Callable[[str], bool],
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(columns, row_of, id=id)
        self._has_failed = has_failed

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter is called what it does with the call under the cursor."""
        if action in ("select_cursor", "show_good"):
            key = self.selected_key
            return key is not None and self._has_failed(key) is (action == "select_cursor")
        return super().check_action(action, parameters)

    def action_show_good(self) -> None:
        """Shows the call under the cursor."""
        self.action_select_cursor()


class ErrorsTable(_LogTable):
    """One row a kind of error; Enter shows its calls."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Calls", id="log-errors.open", tooltip="Show the calls that failed so"),
    ]
