"""The names of the panels on one line, for terminals too small to show them side by side."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static


class PanelStrip(Static):
    """`` [Marketplaces]  Metrics 3  History  What to do 2``: the one in front in brackets."""

    DEFAULT_CSS = """
    PanelStrip {
        height: 1;
        padding: 0 1;
        background: $surface;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    class Chosen(Message):
        """A name was clicked."""

        def __init__(self, panel: str) -> None:
            super().__init__()
            self.panel = panel

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self._labels: list[tuple[str, str]] = []

    def show(self, panels: Sequence[tuple[str, str]], front: str) -> None:
        """``panels`` are (id, label) in their order."""
        self._labels = [(panel, f"[{label}]" if panel == front else f" {label} ") for panel, label in panels]
        parts = [
            (label, "bold $accent" if panel == front else "$secondary") if label else ""
            for panel, label in self._labels
        ]
        self.update(Content(" ").join([Content.assemble(part) for part in parts]))

    def on_click(self, event: events.Click) -> None:
        """Brings the panel to the front."""
        offset = event.get_content_offset(self)
        x = offset.x if offset is not None else -1
        for panel, label in self._labels:
            if 0 <= x < cell_len(label):
                self.post_message(self.Chosen(panel))
                return
            x -= cell_len(label) + 1
