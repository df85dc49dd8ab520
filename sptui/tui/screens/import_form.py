"""Taking over many sellers from a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from textual import on, work
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Input

from sptui.onboarding import (
    AccountsFileError,
    AccountsRow,
    ImportedRow,
    ImportOutcome,
    import_accounts,
    read_accounts_file,
)
from sptui.settings import SettingsError
from sptui.spapi.authorization import CredentialError
from sptui.tui.marks import line, one_line
from sptui.tui.screens.form import Form, field
from sptui.tui.widgets.quiet_static import QuietStatic

_SHOWN_AT_MOST = 12


class ImportForm(Form):
    """A path, and what became of each row."""

    title_of_form = "Import sellers"

    def fields(self) -> Iterator[Widget]:
        """Where the file is, and whether each row is tried out first."""
        yield field("File", Input(placeholder="sellers.csv, .json or .toml", id="path", compact=True))
        yield field("Try out", Checkbox("ask Amazon with each row's credentials first", id="trial", compact=True))
        yield QuietStatic(id="imported")

    def buttons(self) -> Iterator[Button]:
        """Start or leave."""
        yield Button("Import", variant="primary", id="import", compact=True)
        yield Button("Close", id="cancel", compact=True)

    def on_mount(self) -> None:
        """What the file has to hold."""
        self.query_one("#path", Input).focus()
        self.tell(
            "One row an authorization: name, region, seller_id, refresh_token, application (a client id or a name), "
            "client_secret where the application is new. The file stays as it is."
        )

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss()

    @on(Button.Pressed, "#import")
    @on(Input.Submitted)
    @work(exclusive=True, group="form")
    async def _import(self) -> None:
        self.set_busy(busy=True)
        self.tell("Taking over…")
        try:
            rows = self._rows()
            trial = self.query_one("#trial", Checkbox).value
            self._show(await import_accounts(self.workspace, rows, trial=trial))
            self.sptui.accounts_changed([])
        except (AccountsFileError, SettingsError, CredentialError) as problem:
            self.tell_problem(problem)
        finally:
            if self.is_attached:
                self.set_busy(busy=False)

    def _rows(self) -> list[AccountsRow]:
        return read_accounts_file(Path(self.text("path")).expanduser())

    def _show(self, imported: list[ImportedRow]) -> None:
        refused = [each for each in imported if each.outcome is ImportOutcome.REFUSED]
        parts = [
            line(("✖ ", "error"), f"row {each.number} {one_line(each.name)}: {one_line(each.problem)}")
            for each in refused[:_SHOWN_AT_MOST]
        ]
        if len(refused) > _SHOWN_AT_MOST:
            parts.append(line((f"… and {len(refused) - _SHOWN_AT_MOST} more", "muted")))
        self.query_one("#imported", QuietStatic).show(Content("\n").join(parts))
        self.tell(
            f"{len(imported) - len(refused)} of {len(imported)} taken over. The file still holds refresh tokens: "
            "delete it when you no longer need it."
        )
