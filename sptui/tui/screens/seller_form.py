"""Adding and editing a seller; the credentials are tested before they are saved."""

from __future__ import annotations

from collections.abc import Iterator

from textual import on, work
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Select

from sptui.onboarding import add_authorization, checked_refresh_token, rename_seller, try_credentials
from sptui.settings import SettingsError
from sptui.spapi.authorization import Authorization, CredentialError, Seller
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.tui.marks import one_line
from sptui.tui.screens.form import Form, field


class SellerForm(Form):
    """One authorization of a seller: name, region, seller id, application, refresh token."""

    def __init__(self, seller: Seller | None = None) -> None:
        super().__init__()
        self._seller = seller
        self.title_of_form = f"Edit {one_line(seller.name)}" if seller else "Add a seller"

    def fields(self) -> Iterator[Widget]:
        """Filled with what is known of the seller's first region."""
        first = self._seller.authorizations[0] if self._seller and self._seller.authorizations else None
        applications = self.workspace.accounts.applications
        default = first.application if first else (applications[0].client_id if applications else Select.NULL)
        yield field("Name", Input(self._seller.name if self._seller else "", id="name", compact=True))
        yield field(
            "Region",
            Select(
                [(f"{region.value}  {region.words}", region.value) for region in Region],
                value=first.region.value if first else Region.NA.value,
                allow_blank=False, id="region", compact=True,
            ),
        )  # fmt: skip
        yield field(
            "Seller id",
            Input(first.seller_id if first else "", placeholder="A1B2C3D4E5F6G7", id="seller-id", compact=True),
        )
        yield field(
            "Application",
            Select(
                [(Content(one_line(each.name or each.client_id)), each.client_id) for each in applications],
                value=default, prompt="None yet: add one with A", id="application", compact=True,
            ),
        )  # fmt: skip
        yield field("Refresh token", Input(password=True, placeholder="Atzr|…", id="token", compact=True))

    def buttons(self) -> Iterator[Button]:
        """Testing is the usual way."""
        yield Button("Test and save", variant="primary", id="test", compact=True)
        yield Button("Save without test", id="save", compact=True)
        yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """The first empty field has the cursor."""
        self.query_one("#token" if self._seller else "#name", Input).focus()
        where = f"The token is kept in {self.workspace.vault.description}."
        self.tell(f"{where} Leave it empty to keep the one that is there." if self._seller else where)

    @on(Select.Changed, "#region")
    def _other_region(self) -> None:
        """Shows what is known of the seller in that region; without, a new region is added."""
        if self._seller is None or not self.is_mounted:
            return
        found = self._seller.in_region(self._region)
        self.query_one("#seller-id", Input).value = found.seller_id if found else ""
        if found:
            self.query_one("#application", Select).value = found.application

    @property
    def _region(self) -> Region:
        return Region(str(self.query_one("#region", Select).value))

    @on(Button.Pressed, "#test")
    @on(Input.Submitted)
    def _test(self) -> None:
        self._save(test=True)

    @on(Button.Pressed, "#save")
    def _save_untested(self) -> None:
        self._save(test=False)

    @work(exclusive=True, group="form")
    async def _save(self, *, test: bool) -> None:
        with self.working():
            try:
                if not test or await self._credentials_work(*self._read()):
                    await self._keep(*self._read())
            except (SettingsError, CredentialError) as problem:
                self.tell_problem(problem)

    def _read(self) -> tuple[Authorization, Secret | None]:
        name, seller_id, application = self.text("name"), self.text("seller-id"), self.query_one("#application", Select)
        if not isinstance(application.value, str):
            raise SettingsError("A seller needs an application. Close this form and add one with A.")
        for what, value in (("name", name), ("seller id", seller_id)):
            if not value:
                raise SettingsError(f"The {what} is missing.")
        typed = self.text("token")
        authorization = Authorization(name, seller_id, self._region, application.value)
        known = self._seller is not None and self._seller.in_region(self._region) is not None
        if not typed and not known:
            raise SettingsError("The refresh token is missing. It begins with Atzr|.")
        return authorization, checked_refresh_token(typed) if typed else None

    async def _credentials_work(self, authorization: Authorization, token: Secret | None) -> bool:
        self.tell("Asking Amazon for a token, and where the seller takes part…")
        trial = await try_credentials(self.workspace, authorization, refresh_token=token)
        if not trial.ok:
            self.tell(trial.problem, trial.advice, problem=True)
        return trial.ok

    async def _keep(self, authorization: Authorization, token: Secret | None) -> None:
        before = self._seller
        if before is not None and before.name != authorization.seller:
            rename_seller(self.workspace, before.name, authorization.seller)
        kept = await add_authorization(self.workspace, authorization.seller, authorization, token)
        self.query_one("#token", Input).value = ""
        self.dismiss()
        self.sptui.accounts_changed([kept])
