"""Writes the calls that fit to a file: all of them, not the page that is shown; never over one unasked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Final

from textual import on, work
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static

from sptui.calllog.asking.engine import CallLogError, Engine
from sptui.calllog.exporting import Form as FileForm
from sptui.calllog.exporting import export, form_of
from sptui.calllog.preparing import Preparing, Step
from sptui.calllog.query import Query
from sptui.calllog.wording import calls
from sptui.database import DatabaseError
from sptui.tui.marks import line, one_line
from sptui.tui.screens.form import Form, field
from sptui.tui.widgets.bars import progress_bar

_NAMES: Final = {FileForm.JSONL: "JSON Lines: one object a line", FileForm.CSV: "CSV with a header"}


class LogExportForm(Form):
    """A name, a form, and how far it is. Esc stops it; then there is no file."""

    title_of_form = "Export the calls that fit"
    told_when_stopped: ClassVar[str] = "Stopped. No file was written."

    def __init__(self, query: Query, total: int | None) -> None:
        """``total``: how many there are, where that is known."""
        super().__init__()
        self._query = query
        self._total = total
        self._asked_about = ""

    def fields(self) -> Iterator[Widget]:
        """What is written, where to, and how."""
        many = calls(self._total) if self._total is not None else "The calls"
        what = one_line(self._query.text) or "the whole log"
        yield Static(line(f"{many}: ", (what, "warning"), f"\nIn {one_line(str(Path.cwd()))}, unless a folder stands "
                          "before the name. Only you may read the file."))  # fmt: skip
        yield field("File", Input("calls.jsonl", id="path", compact=True))
        yield field(
            "Form",
            Select(
                [(told, form) for form, told in _NAMES.items()], value=FileForm.JSONL, allow_blank=False, id="form",
                compact=True,
            ),
        )  # fmt: skip

    def buttons(self) -> Iterator[Button]:
        """Write, write over what is there, leave."""
        yield Button("Write", variant="primary", id="write", compact=True)
        yield Button("Write over it", variant="error", id="overwrite", compact=True)
        yield Button("Close", id="cancel", compact=True)

    def on_mount(self) -> None:
        """The name can be typed at once."""
        self.query_one("#overwrite").display = False
        self.query_one("#path", Input).focus()

    @on(Input.Changed, "#path")
    def _named(self) -> None:
        """The form follows the name's ending."""
        self.query_one("#form", Select).value = form_of(self.text("path"))
        if self.text("path") != self._asked_about:
            self._asked_about = ""
            self.query_one("#overwrite").display = False
            self.tell("")

    @on(Select.Changed, "#form")
    def _chosen(self, event: Select.Changed) -> None:
        """The name's ending follows the form."""
        path = self.text("path")
        if isinstance(event.value, FileForm) and path and form_of(path) is not event.value:
            stem = path.rsplit(".", 1)[0] if path.lower().endswith((".csv", ".jsonl")) else path
            self.query_one("#path", Input).value = f"{stem}.{event.value.value}"

    @on(Input.Submitted)
    @on(Button.Pressed, "#write")
    def _write_new(self) -> None:
        self._start(overwrite=False)

    @on(Button.Pressed, "#overwrite")
    def _write_over(self) -> None:
        self._start(overwrite=self._asked_about == self.text("path"))

    def _start(self, *, overwrite: bool) -> None:
        typed = self.text("path")
        if self.has_class("-busy"):
            return
        if not typed:
            self.tell("Give the file a name.", problem=True)
            return
        try:
            path = Path(typed).expanduser().absolute()
            there, folder = path.exists(), path.is_dir()
        except (OSError, RuntimeError, ValueError) as problem:  # no such home folder
            self.tell(f"{typed} cannot be a file's name: {problem}.", problem=True)
            return
        if folder:
            self.tell(f"{path} is a folder: give the file's name too.", problem=True)
        elif there and not overwrite:
            self._asked_about = typed
            self.query_one("#overwrite").display = True
            self.tell(f"{path} is there already. Give another name, or write over it.", problem=True)
        else:
            self._write(path)

    @work(exclusive=True, group="form")
    async def _write(self, path: Path) -> None:
        writing = _Writing(self, self._query, path)
        self.told(0)
        with self.working():
            try:
                count = await asyncio.to_thread(writing.run)
            except asyncio.CancelledError:
                writing.stop()
                raise
            except (CallLogError, DatabaseError) as problem:
                self.tell_problem(problem)
                return
        self.app.notify(f"{calls(count)} written to {path}.", markup=False)
        self.dismiss()

    def told(self, count: int) -> None:
        """Shows how far it is."""
        if self.has_class("-busy") or not count:
            bar = f"{progress_bar(count, self._total, 20)} " if self._total else ""
            self.tell(f"{bar}{count:,} calls written, Esc stops")

    def told_before(self, step: Step) -> None:
        """Shows what is done before the first call is written."""
        if self.has_class("-busy"):
            self.tell(f"{step.told_first}, Esc stops")


class _Writing:
    """One writing, in a thread of its own with its own view of the log."""

    def __init__(self, form: LogExportForm, query: Query, path: Path) -> None:
        self._form = form
        self._query = query
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._preparing = Preparing(self._step)
        self._stopped = threading.Event()
        self._engine: Engine | None = None

    def run(self) -> int:
        """Writes the file; gives the number of calls."""
        with self._form.workspace.asked_log(self._preparing) as engine:
            self._engine = engine
            newest = engine.newest() if self._query.needs_newest else None
            form = form_of(self._path)
            return export(engine, self._query.at(newest), self._path, form, on_progress=self._progress)

    def stop(self) -> None:
        """Ends it as soon as may be."""
        self._stopped.set()
        self._preparing.end()
        if self._engine is not None:
            self._engine.cancel()

    def _step(self, step: Step) -> None:
        self._loop.call_soon_threadsafe(self._form.told_before, step)

    def _progress(self, count: int) -> None:
        if self._stopped.is_set():
            raise CallLogError("The export was stopped.")
        self._loop.call_soon_threadsafe(self._form.told, count)
