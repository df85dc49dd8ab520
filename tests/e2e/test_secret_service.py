"""The vault against a real Secret Service: gnome-keyring on a D-Bus session of its own, each in an empty home."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NEEDED = ("dbus-run-session", "gnome-keyring-daemon", "secret-tool")
MISSING = [name for name in NEEDED if shutil.which(name) is None]
IN_CI = os.environ.get("CI", "").lower() == "true"
pytestmark = pytest.mark.skipif(bool(MISSING) and not IN_CI, reason=f"not installed: {', '.join(MISSING)}")

CLIENT_ID = "amzn1.application-oa2-client.one"
CANARY = "Atzr|IwEBcanaryCANARY-üñ"
LONG = "Atzr|" + "0123456789" * 6000

CHILD = """
import asyncio, json, sys
from sptui.spapi.authorization import Authorization, CredentialError
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.vault import open_vault, probe

CLIENT_ID = "amzn1.application-oa2-client.one"
WHO = Authorization("Northwind", "A1NORTH", Region.NA, CLIENT_ID)

async def main(vault, steps):
    told = []
    for step, *arguments in steps:
        try:
            if step == "set":
                await vault.set_client_secret(CLIENT_ID, Secret(arguments[0]))
                await vault.set_refresh_token(WHO, Secret(arguments[1]))
                told.append("set")
            elif step == "get":
                found = [await vault.client_secret(CLIENT_ID), await vault.refresh_token(WHO)]
                told.append([each.reveal() for each in found])
            elif step == "forget":
                await vault.forget_application(CLIENT_ID)
                await vault.forget_authorization(WHO)
                told.append("forgotten")
            elif step == "fleet":
                names = [f"app{number}" for number in range(40)]
                await asyncio.gather(*(vault.set_client_secret(name, Secret(name)) for name in names))
                found = await asyncio.gather(*(vault.client_secret(name) for name in names))
                told.append([each.reveal() for each in found] == names)
            else:
                report = await probe()
                told.append([report.usable, report.backend, report.problem])
        except CredentialError as error:
            told.append([type(error).__name__, str(error)])
    return told

print(json.dumps(asyncio.run(main(open_vault(), json.loads(sys.argv[1])))))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    if MISSING:
        pytest.fail(f"CI needs {', '.join(MISSING)}: apt-get install gnome-keyring dbus libsecret-tools")
    (tmp_path / "run").mkdir(mode=0o700)
    return tmp_path


def environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


def talk(home: Path, *steps: list[str], password: str | None = "testpw", extra: str = "") -> tuple[list[Any], str]:  # noqa: S107
    """What the vault told at each step, in one session unlocked by ``password``; what ``extra`` commands printed."""
    # The daemon's own chatter goes nowhere: its standard output is the environment for the shell.
    unlock = f'eval "$(printf "{password}\\n" | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"; '
    script = (unlock if password is not None else "") + f'"$0" -c "$1" "$2" && echo --- && {extra or "true"}'
    command = ["dbus-run-session", "--", "bash", "-c", script, sys.executable, CHILD, json.dumps(steps)]
    done = subprocess.run(
        command, env=environment(home), capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )
    assert "---" in done.stdout, done.stderr
    told, _, rest = done.stdout.partition("---\n")
    return json.loads(told), rest


def test_secrets_are_kept_found_again_and_forgotten(home: Path) -> None:
    told, _ = talk(home, ["set", "amzn1.oa2-cs.v1.s3cret", CANARY], ["get"], ["set", "other", LONG], ["get"])
    assert told == ["set", ["amzn1.oa2-cs.v1.s3cret", CANARY], "set", ["other", LONG]]
    told, _ = talk(home, ["get"], ["forget"], ["forget"], ["get"])
    assert told[:3] == [["other", LONG], "forgotten", "forgotten"]
    assert told[3][0] == "MissingSecretError"


def test_other_programs_find_the_entries_by_the_names_we_tell(home: Path) -> None:
    lookup = f"secret-tool lookup service sptui username client-secret:{CLIENT_ID}; echo; "
    lookup += f"secret-tool lookup service sptui username refresh-token:A1NORTH@NA:{CLIENT_ID}"
    _, found = talk(home, ["set", "s3cret", CANARY], extra=lookup)
    assert found.rstrip("\n") == f"s3cret\n{CANARY}"


def test_no_secret_lies_open_on_the_disk(home: Path) -> None:
    talk(home, ["set", "s3cretCANARYs3cret", CANARY])
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".keyring" for path in files)
    for path in files:
        content = path.read_bytes()
        assert b"s3cretCANARYs3cret" not in content
        assert CANARY.encode() not in content


def test_the_wrong_password_leaves_the_keyring_locked(home: Path) -> None:
    talk(home, ["set", "s3cret", CANARY])
    told, _ = talk(home, ["get"], ["set", "other", "other"], ["probe"], password="wrong")
    assert [told[0][0], told[1][0]] == ["VaultLockedError", "VaultLockedError"]
    assert "is locked" in told[0][1]
    assert told[2][0] is False
    assert talk(home, ["get"])[0] == [["s3cret", CANARY]]


def test_a_keyring_that_nobody_unlocked_denies(home: Path) -> None:
    told, _ = talk(home, ["set", "s3cret", CANARY], ["get"], password=None)
    assert [each[0] for each in told] == ["VaultDeniedError", "VaultDeniedError"]
    assert "gnome-keyring-daemon --unlock" in told[0][1]


def test_without_a_session_bus_there_is_no_keyring(home: Path) -> None:
    steps = json.dumps([["get"], ["set", "s3cret", CANARY], ["probe"]])
    done = subprocess.run(
        [sys.executable, "-c", CHILD, steps],
        env=environment(home), capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert [told[0][0], told[1][0]] == ["NoBackendError", "NoBackendError"]
    assert "dbus-run-session" in told[0][1]
    assert "--only-this-run" in told[0][1]
    assert told[2][0] is False


def test_the_report_names_the_secret_service(home: Path) -> None:
    told, _ = talk(home, ["probe"])
    assert told == [[True, "keyring.backends.SecretService", ""]]


def test_a_fleet_asks_all_at_once(home: Path) -> None:
    assert talk(home, ["fleet"])[0] == [True]
