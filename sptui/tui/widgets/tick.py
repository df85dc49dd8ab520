"""A checkbox that also tells its state without colour."""

from __future__ import annotations

from textual.widgets import Checkbox


class Tick(Checkbox):
    """Empty where it is off: Textual's own shows the same X in another colour."""

    BUTTON_INNER = " "

    def watch_value(self) -> None:
        """Shows the X or takes it away."""
        self.BUTTON_INNER = "X" if self.value else " "
        super().watch_value()
