"""The first line of every screen: where one is, and what holds for everything that is shown."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from sptui.tui.marks import one_line


class TopBar(Static):
    """``sptui  Sellers > Northwind Outdoor``, and on the right the modes that are on (demo, read-only, paused)."""

    DEFAULT_CSS = """
    TopBar {
        dock: top;
        height: 1;
        padding: 0 1;
        background: $panel;
        color: $foreground;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def __init__(self, *place: str) -> None:
        super().__init__(markup=False)
        self._place = place
        self._modes: tuple[str, ...] = ()

    def show_place(self, *place: str) -> None:
        """Tells where one is, outermost first."""
        self._place = place
        self._draw()

    def show_modes(self, *modes: str) -> None:
        """Tells what holds for everything, most important first."""
        if modes != self._modes:
            self._modes = modes
            self._draw()

    def on_mount(self) -> None:
        """Draws once there is a size."""
        self._draw()

    def on_resize(self) -> None:
        """The right side moves with the width."""
        self._draw()

    def _draw(self) -> None:
        place = " > ".join(map(one_line, self._place))
        room = self.size.width - 2 - len("sptui  ") - len(place) - 2
        modes = list(self._modes)
        while modes and len(" · ".join(modes)) > room:
            modes.pop()
        told = " · ".join(modes)
        gap = max(2, room + 2 - len(told))
        self.update(Content.assemble(("sptui", "bold $accent"), "  ", (place, "bold"), " " * gap, (told, "$secondary")))
