"""A workspace of four sellers whose Amazon a test controls, with a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Button

from sptui.settings import Accounts, Config
from sptui.simulator.clock import ManualClock
from sptui.spapi.authorization import Application, Authorization, Seller
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.tui.app import SptuiApp
from sptui.vault import MemoryVault
from sptui.workspace import Workspace

from . import patience
from .amazon import CA, DE, MX, NEW_COUNTRY, NON_AMAZON, SICK_REPORT, US, Amazon, statuses

APPLICATION = Application("amzn1.application-oa2-client.tests", "Test app")
TOKENS = {
    "A1NORTHWIND001@NA": "Atzr|northwind-na",
    "A1NORTHWIND001@EU": "Atzr|northwind-eu",
    "A2BLUEHERON002@NA": "Atzr|blueheron",
    "A3KESTRELAU003@NA": "Atzr|kestrel",
    "A4MARKUP000004@NA": "Atzr|markup",
}


def seller(name: str, seller_id: str, *regions: Region) -> Seller:
    """A seller of the test application."""
    return Seller(name, tuple(Authorization(name, seller_id, region, APPLICATION.client_id) for region in regions))


SELLERS = (
    seller("Northwind Outdoor", "A1NORTHWIND001", Region.NA, Region.EU),
    seller("Blue Heron Books", "A2BLUEHERON002", Region.NA),
    seller("Kestrel Audio", "A3KESTRELAU003", Region.NA),
    seller("[/x] [bold]Fjord\x1b[31m & Fell", "A4MARKUP000004", Region.NA),
)


@pytest.fixture
def amazon() -> Amazon:
    """Four sellers: with problems, well, refused, and with text that would end an app that parses markup."""
    found = Amazon()
    found.answers = {
        "Atzr|northwind-na": (200, {"payload": [US, CA, NON_AMAZON, NEW_COUNTRY]}),
        "Atzr|northwind-eu": (200, {"payload": [DE]}),
        "Atzr|blueheron": (200, {"payload": [US]}),
        "Atzr|markup": (200, {"payload": [MX]}),
    }
    found.reports = {
        "Atzr|northwind-na": SICK_REPORT,
        "Atzr|northwind-eu": statuses(A1PA6795UKMFR9="NORMAL"),
        "Atzr|blueheron": statuses(ATVPDKIKX0DER="NORMAL"),
        "Atzr|markup": statuses(A1AM78C64UM0Y8="NORMAL"),
    }
    return found


@pytest.fixture
def clock() -> ManualClock:
    """2026-11-23 12:00 UTC until a test moves it."""
    return ManualClock()


@pytest.fixture(autouse=True)
def folders_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes what belongs to whoever runs it."""
    monkeypatch.setenv("SPTUI_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("SPTUI_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(autouse=True)
def no_clipboard_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test writes the clipboard of whoever runs it."""
    for each in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(each, raising=False)


@pytest.fixture(autouse=True)
def patient_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause, a key and a click of a pilot end when the app has nothing left to do, not when the machine is busy."""
    patience.make_pauses_patient(monkeypatch)
    patience.make_ends_real(monkeypatch)


@pytest.fixture
async def make_workspace(amazon: Amazon, clock: ManualClock) -> AsyncIterator[Callable[..., Workspace]]:
    """Makes workspaces and closes them."""
    made: list[Workspace] = []

    def make(sellers: tuple[Seller, ...] = SELLERS, config: Config | None = None) -> Workspace:
        accounts = Accounts(applications=(APPLICATION,), sellers=sellers)
        secrets = {APPLICATION.client_id: Secret("amzn1.oa2-cs.v1.tests")}
        tokens = {key: Secret(token) for key, token in TOKENS.items()}
        workspace = Workspace(
            config or Config(), accounts, MemoryVault(secrets, tokens),
            data_folder=None, transport=amazon.transport, clock=clock,
        )  # fmt: skip
        made.append(workspace)
        return workspace

    yield make
    for workspace in made:
        await workspace.close()


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    """The four sellers."""
    return make_workspace()


async def settle(pilot: Pilot[None]) -> None:
    """Waits until no worker and no refresh runs and the screen is drawn."""
    app = pilot.app
    assert isinstance(app, SptuiApp)
    await pilot.pause()  # so that what begins now has begun
    await app.workers.wait_for_complete()
    await patience.until(pilot, lambda _: not refreshing(app.workspace), "the end of refreshing")


def refreshing(workspace: Workspace) -> list[str]:
    """The keys of the authorizations that are being refreshed now."""
    known = workspace.accounts.authorizations()
    return [each.key for each in known if workspace.monitor.is_refreshing(each)]


async def click_button(pilot: Pilot[None], button: str) -> None:
    """Clicks a button that looks unpressed: for 0.2 s after a press Textual passes over further clicks on it."""

    def released(front: Screen[Any]) -> bool:
        return not front.query_one(button, Button).has_class("-active")

    await patience.until(pilot, released, f"the release of {button}")
    await pilot.click(button)


async def choose(pilot: Pilot[None], name: str = "Northwind Outdoor") -> None:
    """Puts the cursor of the home screen on a seller."""
    from sptui.tui.widgets.fleet_table import FleetTable

    pilot.app.screen.query_one(FleetTable).select_key(name)
    await pilot.pause()


def minutes(count: float) -> float:
    """Seconds."""
    return timedelta(minutes=count).total_seconds()
