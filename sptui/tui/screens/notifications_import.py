"""Taking over a file of notifications."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from textual import on, work
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Select

from sptui.database import DatabaseError
from sptui.health.notifications.store import Fate, Taken
from sptui.spapi.authorization import Authorization
from sptui.tui.marks import one_line
from sptui.tui.screens.form import Form, field


class NotificationsImportForm(Form):
    """A path, and whose the notifications are where their subscription is not known."""

    title_of_form = "Import notifications"

    def fields(self) -> Iterator[Widget]:
        """Where the file is, whose it is."""
        yield field("File", Input(placeholder="notifications.json or .jsonl", id="path", compact=True))
        choices = [
            (Content(f"{one_line(each.seller)} · {each.region}"), each.key)
            for each in self.workspace.accounts.authorizations()
        ]
        yield field("Seller", Select(choices, prompt="Told by the subscription", id="seller", compact=True))

    def buttons(self) -> Iterator[Button]:
        """Start or leave."""
        yield Button("Import", variant="primary", id="import", compact=True)
        yield Button("Close", id="cancel", compact=True)

    def on_mount(self) -> None:
        """What the file has to hold."""
        self.query_one("#path", Input).focus()
        self.tell(
            "One message, an array, or one message a line, as SQS, SNS or EventBridge wrap it. Choose a seller only "
            "where the file's subscriptions are not known here. The file stays as it is."
        )

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss()

    @on(Button.Pressed, "#import")
    @on(Input.Submitted)
    @work(exclusive=True, group="form")
    async def _import(self) -> None:
        self.set_busy(busy=True)
        try:
            data = await asyncio.to_thread(_read, self.text("path"))
            self._tell_taken(self.workspace.notifications.take_file(data, self._owner))
        except OSError as problem:
            self.tell(f"The file cannot be read: {problem.strerror or problem}.", problem=True)
        except DatabaseError as problem:
            self.tell_problem(problem)
        finally:
            if self.is_attached:
                self.set_busy(busy=False)

    @property
    def _owner(self) -> Authorization | None:
        key = self.query_one("#seller", Select).value
        return next((each for each in self.workspace.accounts.authorizations() if each.key == key), None)

    def _tell_taken(self, taken: Taken) -> None:
        count = {fate: taken.fates.count(fate) for fate in Fate}
        unread = count[Fate.ASIDE] + count[Fate.LEFT]
        told = [f"{len(taken.changes)} new", f"{count[Fate.KNOWN]} known already"]
        if count[Fate.UNASSIGNED]:
            told.append(f"{count[Fate.UNASSIGNED]} of subscriptions that are not known")
        if count[Fate.OTHER]:
            told.append(f"{count[Fate.OTHER]} of other types")
        if unread:
            told.append(f"{unread} not readable")
        self.tell(f"{', '.join(told)}.", problem=unread == len(taken.fates))


def _read(path: str) -> bytes:
    return Path(path).expanduser().read_bytes()
