"""A form that takes over what a file holds: its path, a button to start, one to leave, Esc to stop."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.widget import Widget
from textual.widgets import Button, Input

from sptui.tui.screens.form import Form, field


class PathForm(Form):
    """``take_over`` says what becomes of the file; ``more_fields`` asks what else has to be known."""

    placeholder: ClassVar[str] = ""
    """What stands in the empty field for the path: names that show which kinds of files are read."""
    advice: ClassVar[str] = ""
    """What the file has to hold, shown until the work begins."""
    doing: ClassVar[str] = "Taking over…"
    """Shown while the work runs."""
    problems: ClassVar[tuple[type[Exception], ...]] = ()
    """What ``take_over`` raises with a text for people; an OSError is told of in any case."""

    def fields(self) -> Iterator[Widget]:
        """Where the file is, then what else has to be known."""
        yield field("File", Input(placeholder=self.placeholder, id="path", compact=True))
        yield from self.more_fields()

    def more_fields(self) -> Iterator[Widget]:
        """The fields under the path, and what shows the outcome."""
        yield from ()

    def buttons(self) -> Iterator[Button]:
        """Start or leave."""
        yield Button("Import", variant="primary", id="import", compact=True)
        yield Button("Close", id="cancel", compact=True)

    def on_mount(self) -> None:
        """The path can be typed at once."""
        self.query_one("#path", Input).focus()
        self.tell(self.advice)

    @on(Button.Pressed, "#import")
    @on(Input.Submitted)
    def _start(self) -> None:
        if self.has_class("-busy"):
            return
        typed = self.text("path")
        if typed:
            self._work_on(Path(typed).expanduser())
        else:
            self.tell("No file is named. Type its path.", problem=True)
            self.query_one("#path", Input).focus()

    @work(exclusive=True, group="form")
    async def _work_on(self, path: Path) -> None:
        self.tell(self.doing)
        with self.working():
            try:
                await self.take_over(path)
            except self.problems as problem:
                self.tell_problem(problem)
            except OSError as problem:
                self.tell(f"The file cannot be read: {problem.strerror or problem}.", problem=True)

    @abstractmethod
    async def take_over(self, path: Path) -> None:
        """Takes over what is in ``path`` and tells of it; cancelled where a person stops it.

        May raise what ``problems`` lists, and OSError for a file that cannot be read.
        """
