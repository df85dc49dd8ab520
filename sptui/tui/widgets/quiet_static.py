"""A Static that draws only what changed: an update that changes nothing costs nothing."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class QuietStatic(Static):
    """Plain content, never markup. A text of as many lines as before does not lay the screen out again."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self._drawn: Content | None = None

    def show(self, content: Content) -> None:
        """Draws ``content`` unless it is what stands there already."""
        before, self._drawn = self._drawn, content
        if before is not None and content.plain == before.plain and content.spans == before.spans:
            return
        wraps = self.styles.text_wrap != "nowrap"
        same_size = before is not None and not wraps and content.plain.count("\n") == before.plain.count("\n")
        self.update(content, layout=not same_size or bool(before) != bool(content))
