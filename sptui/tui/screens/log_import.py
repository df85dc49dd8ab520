"""Importing what other programs logged: a look at the file, the meaning of its fields, the import, what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Final
from weakref import WeakKeyDictionary

import msgspec
from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, DataTable, Input, ProgressBar

from sptui.calllog import duck, opening
from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.importing import pace
from sptui.calllog.importing.importer import Report
from sptui.calllog.importing.preview import Preview, look_at
from sptui.calllog.importing.run import ImportRun, Memory, Outcome
from sptui.database import DatabaseError
from sptui.tui.marks import one_line
from sptui.tui.screens.choice import ChoiceScreen
from sptui.tui.screens.form import Form, field
from sptui.tui.screens.log_import_words import calls_rows, fields_rows, outcome_lines, shape_line
from sptui.tui.widgets.path_suggester import PathSuggester
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.workspace import Workspace

_MEMORIES: Final[WeakKeyDictionary[Workspace, Memory]] = WeakKeyDictionary()
"""What was imported into simulated worlds, so that nothing counts twice there either."""
_PAUSE: Final = 0.3
"""Seconds without a key after which the file is looked at."""
_NOT_IN_LOG: Final = "(not in this log)"


class LogImportForm(Form):
    """A path; then what is in it, which can be corrected; then the import, which can be stopped."""

    title_of_form = "Import a log"
    told_when_stopped = "Stopping after what is being read. What is imported stays."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "start", "Import", id="log-import.start", tooltip="Import the file or folder"),
    ]

    class Progressed(Message):
        """How far the import is; a newer one stands for all before."""

        def __init__(self, report: Report) -> None:
            super().__init__()
            self.report = report

        def can_replace(self, message: Message) -> bool:
            """Any earlier one."""
            return isinstance(message, LogImportForm.Progressed)

    def __init__(self, path: str = "") -> None:
        super().__init__()
        self._path = path
        self._preview: Preview | None = None
        self._changed: dict[str, str] = {}
        self._run: ImportRun | None = None
        self._begun = ("", 0.0, 0)

    def fields(self) -> Iterator[Widget]:
        """Path, shape, meaning of the fields, first calls, progress, outcome."""
        yield field(
            "File or folder",
            Input(self._path, placeholder="app.jsonl, access.log.gz, logs/", id="path", compact=True,
                  suggester=PathSuggester()),
        )  # fmt: skip
        yield QuietStatic(id="shape")
        yield DataTable(id="fields", cursor_type="row", zebra_stripes=False)
        yield DataTable(id="calls", cursor_type="none")
        yield ProgressBar(id="progress", show_eta=False)
        yield QuietStatic(id="outcome")

    def buttons(self) -> Iterator[Button]:
        """Start or leave."""
        yield Button("Import", variant="primary", id="import", compact=True)
        yield Button("Close", id="cancel", compact=True)

    def on_mount(self) -> None:
        """The path can be typed at once."""
        self.query_one("#path", Input).focus()
        self.query_one("#fields", DataTable).add_columns(
            ("Field", "field"), ("In the log", "column"), ("First", "first")
        )
        self.query_one("#calls", DataTable).add_columns("Time (UTC)", "Status", "Seller", "Call")
        self._advise()

    def on_unmount(self) -> None:
        """Nothing goes on behind a closed form."""
        if self._run is not None:
            self._run.cancel()

    def _advise(self) -> None:
        if self._preview is None:
            advice = "JSON, CSV, HAR and access logs, also .gz, .bz2 and .zst; the file stays as it is. → completes."
        elif self._preview.shape.has_fields:
            advice = "Enter on a field chooses what tells it. F5 imports; what was imported before counts once."
        else:
            advice = "F5 imports; what was imported before counts once."
        if self._in_memory:
            advice += " In this simulated world the calls go to memory only."
        elif self.workspace.config.call_log.url:
            advice += " The log that is asked is the database of [call_log] url: imported calls are not in it."
        elif not duck.available():
            advice += f" {duck.NEEDS_EXTRA}"
        self.tell(advice)

    @property
    def _in_memory(self) -> bool:
        return self.workspace.log_folder is None

    @on(Input.Changed, "#path")
    @work(exclusive=True, group="look")
    async def _typed(self) -> None:
        await asyncio.sleep(_PAUSE)
        self._changed = {}
        await self._look()

    async def _look(self) -> None:
        """Shows what would be imported."""
        self._preview = None
        typed = self.text("path")
        self.remove_class("-over")
        place = _place(typed)
        if place is None:
            self.remove_class("-seen", "-calls")
            self.query_one("#shape", QuietStatic).show(Content(""))
            self._advise()
            return
        try:
            preview = await asyncio.to_thread(self._preview_of, place)
        except (CallLogError, DatabaseError) as problem:
            self.remove_class("-seen", "-calls")
            self.tell_problem(problem)
            return
        self._preview = preview
        self._show(preview)

    def _preview_of(self, place: str) -> Preview:
        with opening.opened_ledger(self.workspace.log_folder) as ledger:
            return look_at(place, ledger, self._changed)

    def _show(self, preview: Preview) -> None:
        self.query_one("#shape", QuietStatic).show(shape_line(preview))
        table = self.query_one("#fields", DataTable)
        row = table.cursor_row
        table.clear()
        for name, cells in fields_rows(preview):
            table.add_row(*cells, key=name)
        table.move_cursor(row=row)
        calls = self.query_one("#calls", DataTable)
        calls.clear()
        for cells in calls_rows(preview):
            calls.add_row(*cells)
        self.set_class(preview.shape.has_fields, "-seen")
        self.set_class(bool(preview.calls), "-calls")
        if preview.missing:
            self.tell(
                f"Nothing tells the {' and the '.join(preview.missing)} of a call.",
                "Choose the field of the log that does: Enter on its line above.",
                problem=True,
            )
        else:
            self._advise()

    @on(DataTable.RowSelected, "#fields")
    @work(exclusive=True, group="map")
    async def _map(self, event: DataTable.RowSelected) -> None:
        """Asks which field of the log means this one, and looks again."""
        if self._preview is None or self.has_class("-busy"):
            return
        name = str(event.row_key.value)
        shape = self._preview.shape
        choices = [_NOT_IN_LOG, *shape.names]
        now = shape.mapped.columns.get(name, "")
        chosen = await self.app.push_screen_wait(
            ChoiceScreen(f"What tells the {name}?", choices, choices.index(now) if now in choices else 0)
        )
        if chosen is not None:
            self._changed[name] = choices[chosen] if chosen else ""
            await self._look()

    @on(Button.Pressed, "#import")
    @on(Input.Submitted, "#path")
    def action_start(self) -> None:
        """Imports what is named."""
        if self.has_class("-busy"):
            return
        typed = self.text("path")
        if typed:
            self._import(str(Path(typed).expanduser()))
        else:
            self.tell("No file is named. Type its path.", problem=True)
            self.query_one("#path", Input).focus()

    @work(exclusive=True, group="form")
    async def _import(self, place: str) -> None:
        self.workers.cancel_group(self, "look")
        self.remove_class("-over")
        self.query_one("#outcome", QuietStatic).show(Content(""))
        self._run = self._new_run()
        self.tell("Importing… Esc stops; the next import goes on from there.")
        bar = self.query_one("#progress", ProgressBar)
        bar.update(total=None, progress=0)
        self._begun = ("", 0.0, 0)
        with self.working():
            try:
                outcome = await asyncio.to_thread(self._run.run, [place])
            except (CallLogError, DatabaseError, ValueError) as problem:
                self.tell_problem(problem)
            else:
                self._tell(outcome)
            finally:
                self._run.cancel()
                self._run = None

    def _new_run(self) -> ImportRun:
        workspace = self.workspace
        keep = workspace.config.call_log.keep
        memory = _MEMORIES.setdefault(workspace, Memory(workspace.call_log.record)) if self._in_memory else None
        return ImportRun(
            workspace.log_folder,
            mapping=self._changed,
            oldest=workspace.clock.now() - keep if keep is not None and not self._in_memory else None,
            on_progress=lambda report: self._hand_over(msgspec.structs.replace(report)),
            remember=memory,
        )

    def _hand_over(self, report: Report) -> None:
        """From the importing thread."""
        if self.is_attached:
            self.post_message(self.Progressed(report))

    @on(Progressed)
    def _progressed(self, event: Progressed) -> None:
        report, now = event.report, time.monotonic()
        if not self.has_class("-busy") or (self._run is None):
            return
        if self._begun[0] != report.path:
            self._begun = (report.path, now, report.done)
        _, since, before = self._begun
        self.query_one("#progress", ProgressBar).update(total=report.size or None, progress=report.done)
        self.tell(f"{one_line(Path(report.path).name)}: {pace.told(report, now - since, before)}. Esc stops.")

    def _tell(self, outcome: Outcome) -> None:
        self.add_class("-over")
        self.query_one("#outcome", QuietStatic).show(Content("\n").join(outcome_lines(outcome)))
        if outcome.cancelled:
            self.tell("Stopped. What is imported stays; the next import goes on from there.")
        else:
            self.tell("Done. Esc leads back to the log.")

    def action_cancel(self) -> None:
        """Stops an import after what it is reading, which stays; closes the form when none runs."""
        if self._run is not None:
            self._run.cancel()
            self.tell(self.told_when_stopped)
        else:
            self.dismiss()


def _place(typed: str) -> str | None:
    """The file that is typed, or the folder where its slash is; None where there is none (yet)."""
    place = Path(typed).expanduser()
    there = bool(typed) and (place.is_file() or (place.is_dir() and typed.endswith("/")))
    return str(place) if there else None
