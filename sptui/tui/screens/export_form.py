"""Where to write a file: asks for its name, and again before one that is there is written over."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from sptui.triage.export import ExportError, write_export
from sptui.tui.marks import line, one_line
from sptui.tui.widgets.quiet_static import QuietStatic


class ExportForm(ModalScreen[Path]):
    """Gives the path that was written, or nothing. The folder is the current one unless another is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False, id="export.cancel", tooltip="Write nothing"),
    ]

    def __init__(self, what: str, name: str, text: str) -> None:
        """``what`` is told in the title; ``name`` is the file's, without its folder."""
        super().__init__()
        self._what = what
        self._file_name = name
        self._text = text
        self._asked_about = ""

    def compose(self) -> ComposeResult:
        """One field, two buttons."""
        with Vertical(classes="form") as box:
            box.border_title = Content(f"Export: {one_line(self._what)}")
            box.border_subtitle = "Esc closes"
            yield Static(Content(f"In {one_line(str(Path.cwd()))}, unless a folder stands before the name."))
            yield Input(self._file_name, id="path", compact=True)
            yield QuietStatic(id="message")
            with Horizontal(id="buttons"):
                yield Button("Write", variant="primary", id="write", compact=True)
                yield Button("Write over it", variant="error", id="overwrite", compact=True)

    def on_mount(self) -> None:
        """The name can be typed at once."""
        self.query_one("#overwrite").display = False
        self.query_one("#path", Input).focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._asked_about and self._path != self._asked_about:
            self._asked_about = ""
            self.query_one("#overwrite").display = False
            self.query_one("#message", QuietStatic).show(line(""))

    @on(Input.Submitted)
    @on(Button.Pressed, "#write")
    def _write_new(self) -> None:
        self._write(overwrite=False)

    @on(Button.Pressed, "#overwrite")
    def _write_over(self) -> None:
        if self._asked_about == self._path:
            self._write(overwrite=True)

    @property
    def _path(self) -> str:
        return self.query_one("#path", Input).value.strip()

    @work(exclusive=True, group="export")
    async def _write(self, *, overwrite: bool) -> None:
        typed = self._path
        if not typed:
            self._tell("Give the file a name.")
            return
        try:
            written = await asyncio.to_thread(write_export, Path(typed), self._text, overwrite=overwrite)
        except FileExistsError:
            self._asked_about = typed
            self.query_one("#overwrite").display = True
            self._tell(f"{typed} is there already. Give another name, or write over it.")
        except ExportError as problem:
            self._tell(str(problem))
        else:
            self.app.notify(f"Written to {written}.", markup=False)
            self.dismiss(written)

    def _tell(self, problem: str) -> None:
        self.query_one("#message", QuietStatic).show(line(("✖ ", "error"), one_line(problem)))

    def action_cancel(self) -> None:
        """Writes nothing."""
        self.dismiss(None)
