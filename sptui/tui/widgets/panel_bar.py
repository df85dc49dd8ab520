"""The names of a screen's panels in one line: which is shown, and the key of each. A click shows one."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static


class PanelBar(Horizontal):
    """``1 Steps  2 Evidence  3 Trials``; the one that is shown is bold between marks, without colour too."""

    DEFAULT_CSS = """
    PanelBar {
        height: 1;
        padding: 0 1;
        background: $surface;
        & > PanelName { width: auto; margin-right: 2; color: $secondary; }
        & > PanelName:hover { color: $foreground; }
        & > PanelName.-shown { color: $accent; text-style: bold; }
    }
    """

    class Chosen(Message):
        """Somebody clicked a name."""

        def __init__(self, panel: str) -> None:
            super().__init__()
            self.panel = panel

    def __init__(self, panels: dict[str, str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """``panels``: what is shown of each by its name; the keys are the digits in their order."""
        super().__init__(id=id)
        self._labels = panels

    def compose(self) -> ComposeResult:
        """A name each."""
        for number, (name, label) in enumerate(self._labels.items(), 1):
            yield PanelName(name, number, label)

    def show(self, panel: str) -> None:
        """Marks the panel that is shown."""
        for each in self.query(PanelName):
            each.mark(shown=each.panel == panel)

    def rename(self, panel: str, label: str) -> None:
        """Changes what a panel is called: ``Trials 5``."""
        for each in self.query(PanelName):
            if each.panel == panel:
                each.rename(label)


class PanelName(Static):
    """One name of the bar."""

    def __init__(self, panel: str, number: int, label: str) -> None:
        super().__init__(Content(f" {number} {label} "), markup=False)
        self.panel = panel
        self._number = number
        self._label = label
        self._shown = False

    def mark(self, *, shown: bool) -> None:
        """Whether its panel is the one that is shown."""
        if shown != self._shown:
            self._shown = shown
            self.set_class(shown, "-shown")
            self._draw()

    def rename(self, label: str) -> None:
        """Changes the words."""
        if label != self._label:
            self._label = label
            self._draw()

    def _draw(self) -> None:
        told = f"{self._number} {self._label}"
        self.update(Content(f"[{told}]" if self._shown else f" {told} "))

    def on_click(self, event: events.Click) -> None:
        """Shows the panel."""
        event.stop()
        self.post_message(PanelBar.Chosen(self.panel))
