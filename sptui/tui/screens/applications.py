"""The applications: LWA clients with their roles, and the form that adds and changes one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, DataTable, Footer, Input

from sptui.onboarding import add_application, checked_client_id, checked_client_secret, remove_application
from sptui.settings import SettingsError
from sptui.spapi.authorization import Application, CredentialError
from sptui.spapi.redaction import Secret
from sptui.tui.marks import cell, line, one_line
from sptui.tui.messages import AccountsChanged
from sptui.tui.screens.base import SptuiScreen
from sptui.tui.screens.form import Form, field
from sptui.tui.widgets.keyed_table import Column, KeyedTable
from sptui.tui.widgets.quiet_static import QuietStatic
from sptui.tui.widgets.top_bar import TopBar

_COLUMNS = (
    Column("name", "APPLICATION", 22),
    Column("sellers", "SELLERS", 8),
    Column("roles", "ROLES GRANTED", 40),
)


class ApplicationsScreen(SptuiScreen[None]):
    """All applications; Enter edits one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add", id="applications.add", tooltip="Add an application"),
        Binding("e", "edit", "Edit", id="applications.edit", tooltip="Change name, roles or secret"),
        Binding("d", "remove", "Remove", id="applications.remove", tooltip="Remove the one under the cursor"),
    ]

    def compose(self) -> ComposeResult:
        """A table, and the client id of the row under the cursor."""
        yield TopBar("Sellers", "Applications")
        yield KeyedTable(_COLUMNS, id="applications")
        yield QuietStatic(id="empty")
        yield QuietStatic(id="detail")
        yield Footer()

    def on_mount(self) -> None:
        """Shows what there is."""
        self._table.focus()
        self._show()

    @property
    def _table(self) -> KeyedTable:
        return self.query_one("#applications", KeyedTable)

    @property
    def _selected(self) -> Application | None:
        key = self._table.selected_key
        return self.workspace.accounts.application(key) if key else None

    @on(AccountsChanged)
    def _show(self) -> None:
        accounts = self.workspace.accounts
        rows = {}
        for each in accounts.applications:
            roles = "not known" if each.roles is None else ", ".join(each.roles) or "none"
            users = {user.seller for user in accounts.users_of(each.client_id)}
            rows[each.client_id] = (
                cell(self.app, each.name or each.client_id),
                cell(self.app, str(len(users)), "muted"),
                cell(self.app, roles, "muted"),
            )
        self._table.show_rows(rows)
        self._table.display = bool(rows)
        empty = self.query_one("#empty", QuietStatic)
        empty.display = not rows
        empty.show(line("No applications yet. ", ("a", "warning"), " adds one: its name, client id and client secret."))
        self._show_detail()

    @on(DataTable.RowHighlighted)
    def _show_detail(self) -> None:
        found = self._selected
        parts = []
        if found is not None:
            parts = [line(("client id  ", "muted"), one_line(found.client_id))]
            parts += [line(("role       ", "muted"), one_line(role)) for role in (found.roles or ())[:6]]
        self.query_one("#detail", QuietStatic).show(Content("\n").join(parts))

    def redraw(self) -> None:
        """Draws everything in the colours of the theme."""
        self._show()

    def action_add(self) -> None:
        """Opens an empty form."""
        self.app.push_screen(ApplicationForm())

    @on(DataTable.RowSelected)
    def action_edit(self) -> None:
        """Opens the form of the one under the cursor."""
        if (found := self._selected) is not None:
            self.app.push_screen(ApplicationForm(found))

    @work(exclusive=True, group="remove")
    async def action_remove(self) -> None:
        """Asks, then removes the one under the cursor; refused while sellers use it."""
        if (found := self._selected) is None:
            return
        name, client_id = found.name or found.client_id, found.client_id
        text = f"{client_id}\n\nIts client secret is deleted from {self.workspace.vault.description}."
        await self.remove_after_yes(name, text, lambda: remove_application(self.workspace, client_id))


class ApplicationForm(Form):
    """Name, client id, client secret and the roles granted."""

    def __init__(self, application: Application | None = None) -> None:
        super().__init__()
        self._application = application
        name = (application.name or application.client_id) if application else ""
        self.title_of_form = f"Edit {one_line(name)}" if application else "Add an application"

    def fields(self) -> Iterator[Widget]:
        """The client id stays what it is once it is known."""
        found = self._application
        yield field("Name", Input(found.name if found else "", id="name", compact=True))
        yield field(
            "Client id",
            Input(
                found.client_id if found else "", placeholder="amzn1.application-oa2-client.…", id="client-id",
                compact=True, disabled=found is not None,
            ),
        )  # fmt: skip
        yield field("Client secret", Input(password=True, placeholder="amzn1.oa2-cs.v1.…", id="secret", compact=True))
        roles = ", ".join(found.roles or ()) if found else ""
        yield field(
            "Roles granted", Input(roles, placeholder="commas between; empty: not known", id="roles", compact=True)
        )

    def buttons(self) -> Iterator[Button]:
        """Secrets are tested with the first seller."""
        yield Button("Save", variant="primary", id="save", compact=True)
        yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """The first field has the cursor."""
        self.query_one("#name", Input).focus()
        where = f"The secret is kept in {self.workspace.vault.description}, and tested when a seller is added."
        self.tell(f"{where} Leave it empty to keep the one that is there." if self._application else where)

    @on(Button.Pressed, "#save")
    @on(Input.Submitted)
    @work(exclusive=True, group="form")
    async def _save(self) -> None:
        with self.working():
            try:
                application, secret = self._read()
                await add_application(self.workspace, application, secret)
            except (SettingsError, CredentialError) as problem:
                self.tell_problem(problem)
                return
        self.dismiss()
        self.sptui.accounts_changed([])

    def _read(self) -> tuple[Application, Secret | None]:
        typed = self.text("secret")
        if not typed and self._application is None:
            raise SettingsError("The client secret is missing. It stands beside the client id in Amazon's console.")
        roles = tuple(role.strip() for role in self.text("roles").split(",") if role.strip())
        application = Application(checked_client_id(self.text("client-id")), self.text("name"), roles or None)
        return application, checked_client_secret(typed) if typed else None
