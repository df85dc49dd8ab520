"""Taking over many sellers from a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Checkbox

from sptui.onboarding import AccountsFileError, ImportedRow, ImportOutcome, import_accounts, read_accounts_file
from sptui.settings import SettingsError
from sptui.spapi.authorization import CredentialError
from sptui.tui.marks import line, one_line
from sptui.tui.screens.form import field
from sptui.tui.screens.path_form import PathForm
from sptui.tui.widgets.quiet_static import QuietStatic

_SHOWN_AT_MOST = 12


class ImportForm(PathForm):
    """A path, and what became of each row."""

    title_of_form = "Import sellers"
    placeholder = "sellers.csv, .json or .toml"
    advice = (
        "One row an authorization: name, region, seller_id, refresh_token, application (a client id or a name), "
        "client_secret where the application is new. The file stays as it is."
    )
    problems = (AccountsFileError, SettingsError, CredentialError)

    def more_fields(self) -> Iterator[Widget]:
        """Whether each row is tried out first, and the rows that were refused."""
        yield field("Try out", Checkbox("ask Amazon with each row's credentials first", id="trial", compact=True))
        yield QuietStatic(id="imported")

    async def take_over(self, path: Path) -> None:
        """Takes over the rows that can be, and tells of the others."""
        rows = read_accounts_file(path)
        trial = self.query_one("#trial", Checkbox).value
        self._show(await import_accounts(self.workspace, rows, trial=trial))
        self.sptui.accounts_changed([])

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
