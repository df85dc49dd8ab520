"""The same command and the same app over a real socket: SPTUI_ENDPOINT and SPTUI_LWA_ENDPOINT on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sptui.settings import Accounts, load_config, save_accounts
from sptui.spapi.authorization import Application, Authorization, Seller
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.tui.app import SptuiApp
from sptui.vault import MemoryVault
from sptui.workspace import Workspace

APPLICATION = Application("amzn1.application-oa2-client.demo", "Demo App")
NORTHWIND = Authorization("Northwind Outdoor", "A1DEMO0SELLER1", Region.NA, APPLICATION.client_id)


@pytest.fixture
def simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """`sptui simulator` as another process, on a free port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sptui", "simulator", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip().removeprefix("listening on ")
    assert address.startswith("http://127.0.0.1:")
    monkeypatch.setenv("SPTUI_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("SPTUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SPTUI_ENDPOINT", address + "/{region}")
    monkeypatch.setenv("SPTUI_LWA_ENDPOINT", address + "/auth/o2/token")
    yield address
    process.terminate()
    process.communicate(timeout=60)


def shown_lines(app: SptuiApp) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


async def test_the_app_over_a_socket(simulator: str, tmp_path: Path) -> None:
    accounts = Accounts(applications=(APPLICATION,), sellers=(Seller("Northwind Outdoor", (NORTHWIND,)),))
    vault = MemoryVault(
        {APPLICATION.client_id: Secret("amzn1.oa2-cs.v1.demo")}, {NORTHWIND.key: Secret("Atzr|demo-northwind")}
    )
    workspace = Workspace(load_config(), accounts, vault, data_folder=tmp_path / "data")
    app = SptuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        async with asyncio.timeout(60):
            while not any("Northwind Outdoor" in line and "▲ alarm" in line for line in shown_lines(app)):
                await pilot.pause(0.02)
            while workspace.monitor.is_refreshing(NORTHWIND):
                await pilot.pause(0.02)
    await workspace.close()

    again = Workspace(load_config(), accounts, vault, data_folder=tmp_path / "data")
    assert again.monitor.known(NORTHWIND).reading is not None  # what was known survives the end of the program
    statuses = [record.status for record in again.call_log.tail(50)]
    assert len(statuses) >= 2  # the token and the participations at least
    assert set(statuses) == {200}
    await again.close()


def test_the_command_over_a_socket_keeps_secrets_out_of_every_file(simulator: str, tmp_path: Path) -> None:
    save_accounts(Accounts(applications=(APPLICATION,), sellers=(Seller("Northwind Outdoor", (NORTHWIND,)),)))
    # A keyring of the test's own stands for the Secret Service, which has tests of its own.
    (tmp_path / "keys.py").write_text(KEYRING, encoding="utf-8")
    env = os.environ | {"PYTHON_KEYRING_BACKEND": "keys.Keys", "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "sptui", "health", "--json"],
        capture_output=True, text=True, timeout=60, env=env, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["problems"][0] == "US: account AT_RISK"
    written = [path for folder in ("config", "data") for path in (tmp_path / folder).rglob("*") if path.is_file()]
    assert written
    for path in written:
        content = path.read_bytes()
        for secret in (b"demo-northwind", b"oa2-cs.v1.demo", b"Atza|"):
            assert secret not in content, path


KEYRING = """
from keyring.backend import KeyringBackend


class Keys(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        return "amzn1.oa2-cs.v1.demo" if username.startswith("client-secret") else "Atzr|demo-northwind"

    def set_password(self, service, username, password):
        raise NotImplementedError

    def delete_password(self, service, username):
        raise NotImplementedError
"""
