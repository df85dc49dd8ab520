"""The two tables of the log: its calls, and its errors with like ones as one."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from sptui.tui.widgets.long_table import LongTable


class _LogTable(LongTable):
    """Enter is offered only where there is a row for it."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is opened where nothing is."""
        if action == "select_cursor":
            return self.selected_key is not None
        return super().check_action(action, parameters)


class CallsTable(_LogTable):
    """One row a call; Enter finds out why it failed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Triage", id="log-calls.open", tooltip="Find out why this call failed"),
    ]


class ErrorsTable(_LogTable):
    """One row a kind of error; Enter shows its calls."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Calls", id="log-errors.open", tooltip="Show the calls that failed so"),
    ]
