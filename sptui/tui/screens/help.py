"""The keys that work on the screen in front, and what the marks mean."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from sptui.tui.marks import RANKS, REFRESHING, line, wrapped

_WORDS = {
    "closed": "an account is deactivated or suspended",
    "failed": "the last attempt failed; what was known before stays",
    "alarm": "an account is at risk, or a metric is bad",
    "attention": "listings suspended, a store left, a warning, or no report to be had",
    "unknown": "not asked yet, or no report was read yet",
    "ok": "nothing is known to stand in the way of calls",
    "refreshing": "being asked now",
}

_BEFORE_TOOLTIP: Final = 2 + 14 + 22
"""Cells of a line before what a key does."""
_SCROLL_BAR: Final = 2


class HelpScreen(ModalScreen[None]):
    """Made from the bindings themselves, so that it cannot tell of a key that does nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close", id="help.close", tooltip="Back to the screen"),
    ]

    def __init__(self, behind: Screen[object]) -> None:
        super().__init__()
        # Now, while that screen is in front: some actions do not apply under a sheet.
        self._actions = self._keys(behind)

    def compose(self) -> ComposeResult:
        """One scrolling sheet."""
        with VerticalScroll(id="help") as sheet:
            sheet.border_title = "Help"
            sheet.border_subtitle = "Esc closes"
            yield Static(markup=False)

    def on_resize(self) -> None:
        """Wraps the text anew, once the sheet has its new size."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        self.query_one("#help Static", Static).update(self._text(self.query_one("#help").content_size.width))

    def _text(self, width: int) -> Content:
        parts = [Content.styled("Keys on this screen\n", "bold")]
        for description, keys, tooltip in self._actions:
            first, *others = wrapped(tooltip, width - _SCROLL_BAR - _BEFORE_TOOLTIP)
            parts.append(line((f"  {keys:<14}", "warning"), f"{description:<22}", (first, "muted")))
            parts += [line(" " * _BEFORE_TOOLTIP, (each, "muted")) for each in others]
        parts.append(Content.styled("\nStates\n", "bold"))
        parts += [
            line("  ", (f"{mark.label:<14}", mark.tone), (_WORDS[mark.word], "muted"))
            for mark in (*RANKS.values(), REFRESHING)
        ]
        parts.append(Content.styled("\nMouse and clipboard\n", "bold"))
        parts.append(line("  Click a row to select it, click again to open it. c copies a table's row (OSC 52).\n"
                          "  Shift and drag selects text with the terminal's own selection."))  # fmt: skip
        return Content("\n").join(parts)

    def _keys(self, behind: Screen[object]) -> list[tuple[str, str, str]]:
        found: dict[str, tuple[str, list[str], str]] = {}
        for _, binding, enabled, tooltip in behind.active_bindings.values():
            if enabled and binding.id:
                entry = found.setdefault(binding.id, (binding.description, [], tooltip or binding.tooltip))
                entry[1].append(self.app.get_key_display(binding))
        return [(description, ", ".join(dict.fromkeys(keys)), tooltip) for description, keys, tooltip in found.values()]
