"""Taking over a file of notifications."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Select

from sptui.database import DatabaseError
from sptui.health.notifications.store import Fate, Taken
from sptui.spapi.authorization import Authorization
from sptui.tui.marks import one_line
from sptui.tui.screens.form import field
from sptui.tui.screens.path_form import PathForm


class NotificationsImportForm(PathForm):
    """A path, and whose the notifications are where their subscription is not known."""

    title_of_form = "Import notifications"
    placeholder = "notifications.json or .jsonl"
    advice = (
        "One message, an array, or one message a line, as SQS, SNS or EventBridge wrap it. Choose a seller only "
        "where the file's subscriptions are not known here. The file stays as it is."
    )
    problems = (DatabaseError,)

    def more_fields(self) -> Iterator[Widget]:
        """Whose the file is."""
        choices = [
            (Content(f"{one_line(each.seller)} · {each.region}"), each.key)
            for each in self.workspace.accounts.authorizations()
        ]
        yield field("Seller", Select(choices, prompt="Told by the subscription", id="seller", compact=True))

    async def take_over(self, path: Path) -> None:
        """Takes over what is new, and counts the rest."""
        data = await asyncio.to_thread(path.read_bytes)
        self._tell_taken(self.workspace.notifications.take_file(data, self._owner))

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
