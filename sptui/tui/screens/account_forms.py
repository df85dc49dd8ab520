"""What screens of sellers have in common: the forms in which sellers and applications are added, changed, removed."""

from __future__ import annotations

from textual import work

from sptui.spapi.authorization import Seller
from sptui.tui.screens.base import SptuiScreen


class AccountForms(SptuiScreen[None]):
    """A screen on which a seller is selected, or none."""

    @property
    def selected_seller(self) -> Seller | None:
        """The seller that the forms are about."""
        return None

    def action_add(self) -> None:
        """Opens the form for a new seller."""
        from sptui.tui.screens.seller_form import SellerForm

        self.app.push_screen(SellerForm())

    def action_import(self) -> None:
        """Opens the form for a file of many sellers."""
        from sptui.tui.screens.import_form import ImportForm

        self.app.push_screen(ImportForm())

    def action_edit(self) -> None:
        """Opens the form of the selected seller."""
        from sptui.tui.screens.seller_form import SellerForm

        if (seller := self.selected_seller) is not None:
            self.app.push_screen(SellerForm(seller))

    @work(exclusive=True, group="remove")
    async def action_remove(self) -> None:
        """Asks, then removes the selected seller and its refresh tokens."""
        from sptui.onboarding import remove_seller

        if (seller := self.selected_seller) is None:
            return
        text = (
            f"{', '.join(each.key for each in seller.authorizations)}\n\nIts refresh tokens are deleted from "
            f"{self.workspace.vault.description}. Nothing changes at Amazon: the authorization itself stays until the "
            "seller withdraws it."
        )
        await self.remove_after_yes(seller.name, text, lambda: remove_seller(self.workspace, seller.name))

    def action_applications(self) -> None:
        """Opens the applications."""
        from sptui.tui.screens.applications import ApplicationsScreen

        self.app.push_screen(ApplicationsScreen())
