"""Adding, editing and removing sellers and applications from the screen."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input, Select

from sptui.settings import Accounts, save_accounts
from sptui.spapi.authorization import Authorization
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.tui.app import SptuiApp
from sptui.tui.screens.applications import ApplicationForm, ApplicationsScreen
from sptui.tui.screens.confirm import ConfirmScreen
from sptui.tui.screens.import_form import ImportForm
from sptui.tui.screens.seller_form import SellerForm
from sptui.tui.screens.sellers import SellersScreen
from sptui.vault import MemoryVault, NoBackendError
from sptui.workspace import Workspace

from .amazon import DE, DENIED, US, Amazon
from .conftest import APPLICATION, SELLERS, choose, click_button, settle
from .patience import until, until_front, until_shown
from .snapshot import assert_screen, screen_text


def fill(app: SptuiApp, **values: str) -> None:
    for name, value in values.items():
        app.screen.query_one("#" + name.replace("_", "-"), Input).value = value


async def test_adds_a_seller_after_testing_its_credentials(workspace: Workspace, amazon: Amazon) -> None:
    amazon.answers["Atzr|new-seller"] = (200, {"payload": [US]})
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("a")
        await until_front(pilot, SellerForm)
        assert_screen(app, "seller-form-80x24")
        fill(app, name="New & [/x] Seller", seller_id="A9NEWSELLER009", token="Atzr|new-seller")
        await pilot.press("tab", "tab", "tab", "tab", "tab", "enter")  # to "Test and save"
        await until_front(pilot, SellersScreen)
        await settle(pilot)
        added = workspace.accounts.seller("New & [/x] Seller")
        assert added is not None
        assert added.authorizations[0].seller_id == "A9NEWSELLER009"
        assert (await workspace.vault.refresh_token(added.authorizations[0])).reveal() == "Atzr|new-seller"
        assert "New & [/x] Seller" in screen_text(app)


async def test_bad_credentials_are_not_saved_and_say_why(workspace: Workspace, amazon: Amazon) -> None:
    amazon.answers["Atzr|refused"] = DENIED
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 30)) as pilot:
        await settle(pilot)
        await pilot.press("a")
        await until_front(pilot, SellerForm)
        fill(app, name="Refused", seller_id="A9REFUSED00009", token="Atzr|refused")
        await click_button(pilot, "#test")
        await until_shown(pilot, "403 Unauthorized")
        await settle(pilot)
        assert isinstance(app.screen, SellerForm)
        assert workspace.accounts.seller("Refused") is None
        assert "Atzr|refused" not in screen_text(app)
        await click_button(pilot, "#save")  # the person may insist
        await until_front(pilot, SellersScreen)
        assert workspace.accounts.seller("Refused") is not None


async def test_missing_and_mixed_up_fields_are_told(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 30)) as pilot:
        await settle(pilot)
        await pilot.press("a")
        await until_front(pilot, SellerForm)
        for values, told in (
            ({"name": "", "seller_id": "A1", "token": "Atzr|x"}, "The name is missing."),
            ({"name": "N", "seller_id": "", "token": "Atzr|x"}, "The seller id is missing."),
            ({"name": "N", "seller_id": "A1", "token": ""}, "The refresh token is missing."),
            ({"name": "N", "seller_id": "A1", "token": "Atza|x"}, "This is an access token"),
        ):
            fill(app, **values)
            await click_button(pilot, "#test")
            await until_shown(pilot, told)


async def test_a_test_that_hangs_can_be_stopped(workspace: Workspace, amazon: Amazon) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 30)) as pilot:
        await settle(pilot)
        await pilot.press("a")
        await until_front(pilot, SellerForm)
        amazon.gate.clear()
        fill(app, name="Slow", seller_id="A9SLOW00000009", token="Atzr|slow")
        await click_button(pilot, "#test")
        await until_shown(pilot, "Asking Amazon")
        await pilot.press("escape")
        await until_shown(pilot, "Nothing was saved")
        await pilot.press("escape")
        await until_front(pilot, SellersScreen)
        assert workspace.accounts.seller("Slow") is None
        amazon.gate.set()


async def test_edits_a_seller_and_adds_a_region(workspace: Workspace, amazon: Amazon) -> None:
    amazon.answers["Atzr|heron-eu"] = (200, {"payload": [DE]})
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 30)) as pilot:
        await settle(pilot)
        await choose(pilot, "Blue Heron Books")
        await pilot.press("e")
        await until_front(pilot, SellerForm)
        app.screen.query_one("#region", Select).value = "EU"
        await pilot.pause()
        assert app.screen.query_one("#seller-id", Input).value == ""
        fill(app, name="Blue Heron & Sons", seller_id="A2BLUEHERON002", token="Atzr|heron-eu")
        await click_button(pilot, "#test")
        await until_front(pilot, SellersScreen)
        seller = workspace.accounts.seller("Blue Heron & Sons")
        assert seller is not None
        assert [each.region for each in seller.authorizations] == [Region.NA, Region.EU]
        assert workspace.accounts.seller("Blue Heron Books") is None


async def test_removes_a_seller_only_after_a_yes(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await choose(pilot, "Blue Heron Books")
        await pilot.press("d")
        await until_front(pilot, ConfirmScreen)
        assert_screen(app, "remove-seller-80x24")
        await pilot.press("enter")
        await until_front(pilot, SellersScreen)
        assert workspace.accounts.seller("Blue Heron Books") is not None
        await pilot.press("d")
        await until_front(pilot, ConfirmScreen)
        await pilot.press("y")
        await until_front(pilot, SellersScreen)
        await until(pilot, lambda _: workspace.accounts.seller("Blue Heron Books") is None, "the removal")
        await settle(pilot)
        assert "Blue Heron Books" not in screen_text(app)


async def test_applications_are_added_edited_and_kept_while_used(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("A")
        await until_front(pilot, ApplicationsScreen)
        await pilot.pause()
        assert_screen(app, "applications-100x30")
        await pilot.press("a")
        await until_front(pilot, ApplicationForm)
        fill(app, name="Second", client_id="amzn1.application-oa2-client.second", secret="amzn1.oa2-cs.v1.second")
        fill(app, roles="Pricing, Product Listing")
        await click_button(pilot, "#save")
        await until_front(pilot, ApplicationsScreen)
        added = workspace.accounts.application("amzn1.application-oa2-client.second")
        assert added is not None
        assert added.roles == ("Pricing", "Product Listing")
        assert (await workspace.vault.client_secret(added.client_id)).reveal() == "amzn1.oa2-cs.v1.second"
        await pilot.press("d")
        await until_front(pilot, ConfirmScreen)
        await pilot.press("y")
        await until_front(pilot, ApplicationsScreen)
        await until_shown(pilot, "Not removed")
        assert workspace.accounts.application(APPLICATION.client_id) is not None  # sellers use it


async def test_an_application_id_in_place_of_the_client_id_is_told(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("A", "a")
        await until_front(pilot, ApplicationForm)
        fill(app, name="X", client_id="amzn1.sp.solution.1", secret="s3cret")
        await click_button(pilot, "#save")
        await until_shown(pilot, "This is the application id")


async def test_no_secret_is_ever_on_the_screen(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await pilot.press("a")
        await until_front(pilot, SellerForm)
        fill(app, name="Canary", seller_id="A9CANARY000009", token="Atzr|planted-canary")
        await pilot.pause()
        assert "planted-canary" not in screen_text(app)
        assert "planted-canary" not in app.export_screenshot()
        assert "planted-canary" not in repr(Authorization("Canary", "A9", Region.NA, "x"))


async def test_a_file_changed_by_another_is_told_and_can_be_loaded_again(workspace: Workspace) -> None:
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 30)) as pilot:
        await settle(pilot)
        save_accounts(Accounts(applications=(APPLICATION,), sellers=(SELLERS[2],)))  # another sptui
        await choose(pilot, "Blue Heron Books")
        await pilot.press("d")
        await until_front(pilot, ConfirmScreen)
        await pilot.press("y")
        await until_front(pilot, SellersScreen)
        await settle(pilot)
        assert len(workspace.accounts.sellers) == 4
        await pilot.press("ctrl+r")
        await until(pilot, lambda _: len(workspace.accounts.sellers) == 1, "the file of the other")
        assert [each.name for each in workspace.accounts.sellers] == ["Kestrel Audio"]
        assert "Blue Heron Books" not in screen_text(app)


async def test_without_a_keyring_secrets_can_be_kept_for_this_run(workspace: Workspace, amazon: Amazon) -> None:
    class NoKeyring(MemoryVault):
        async def set_refresh_token(self, authorization: Authorization, token: Secret) -> None:
            raise NoBackendError("There is no keyring on this machine.")

    secrets = {APPLICATION.client_id: Secret("amzn1.oa2-cs.v1.tests")}
    workspace.vault = NoKeyring(secrets)
    amazon.answers["Atzr|new-seller"] = (200, {"payload": [US]})
    app = SptuiApp(workspace)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("a")
        await until_front(pilot, SellerForm)
        assert not app.screen.query_one("#memory").display
        fill(app, name="New", seller_id="A9NEWSELLER009", token="Atzr|new-seller")
        await click_button(pilot, "#test")
        await until_shown(pilot, "There is no keyring on this machine.")
        await click_button(pilot, "#memory")
        await until_shown(pilot, "for this run only: save again")
        await workspace.vault.set_client_secret(APPLICATION.client_id, secrets[APPLICATION.client_id])
        await click_button(pilot, "#test")
        await until_front(pilot, SellersScreen)
        assert workspace.accounts.seller("New") is not None


async def test_imports_many_sellers_from_a_file(workspace: Workspace, amazon: Amazon, tmp_path: Path) -> None:
    path = tmp_path / "sellers.csv"
    path.write_text(
        "name,region,seller_id,refresh_token\nOne,NA,A9IMPORTED0001,Atzr|one\nTwo,XX,A9IMPORTED0002,Atzr|two\n",
        encoding="utf-8",
    )
    app = SptuiApp(workspace)
    async with app.run_test(size=(100, 36)) as pilot:
        await settle(pilot)
        await pilot.press("i")
        await until_front(pilot, ImportForm)
        fill(app, path=str(path))
        await click_button(pilot, "#import")
        await until_shown(pilot, "1 of 2 taken over.")
        await settle(pilot)
        text = " ".join(screen_text(app).split())
        assert "row 3 Two" in text
        assert workspace.accounts.seller("One") is not None
        assert "Atzr|" not in text
        fill(app, path=str(tmp_path / "none.csv"))
        await click_button(pilot, "#import")
        await until_shown(pilot, "there is no such file")
        assert "none.csv" in screen_text(app)
