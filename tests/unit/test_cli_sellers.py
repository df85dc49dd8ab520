"""``sptui sellers``: exit statuses, JSON on stdout and nothing else there, secrets nowhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import keyring
import keyring.errors
import pytest
from click.testing import CliRunner, Result
from fake_keyring import FakeKeyring

from sptui.cli import accounts, secrets_asked
from sptui.cli.context import workspace_of
from sptui.cli.main import cli
from sptui.settings import Config, load_accounts, sellers_path
from sptui.simulator.transport import SimulatorTransport
from sptui.simulator.world import parse_world
from sptui.vault import KeyringVault
from sptui.workspace import Workspace

CLIENT_ID = "amzn1.application-oa2-client.one"
SECRET = "amzn1.oa2-cs.v1.canary-secret"
TOKEN = "Atzr|canary-token"
WORLD = f"""
latency_ms = [0, 0]
[[application]]
client_id = "{CLIENT_ID}"
client_secret = "{SECRET}"
[[seller]]
id = "A1GOOD"
region = "EU"
refresh_token = "{TOKEN}"
[[seller]]
id = "A2DOWN"
region = "EU"
refresh_token = "Atzr|canary-down"
[[fault]]
seller = "A2DOWN"
drop = true
"""
Run = Callable[..., Result]


@pytest.fixture
def store() -> FakeKeyring:
    return FakeKeyring()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: FakeKeyring) -> Run:
    """Runs ``sptui`` with these arguments: settings in a folder of the test, Amazon the simulator."""
    from sptui.simulator.clock import ManualClock

    monkeypatch.setenv("SPTUI_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("SPTUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(keyring, "get_keyring", lambda: store)
    world = parse_world(WORLD)

    def workspace(ctx: click.Context) -> Workspace:
        return Workspace(
            Config(), load_accounts(), KeyringVault(),
            data_folder=None, clock=ManualClock(), transport=lambda: SimulatorTransport(world),
        )  # fmt: skip

    def run(*arguments: str, stdin: str = "") -> Result:
        result = CliRunner().invoke(cli, arguments, input=stdin)
        assert "canary" not in result.stdout + result.stderr
        assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit), result.exception
        return result

    monkeypatch.setattr(accounts, "workspace_of", workspace)
    return run


@pytest.fixture
def with_app(run: Run) -> Run:
    """With an application."""
    done = run("sellers", "app", "add", CLIENT_ID, "--name", "Main", "--secrets-from-stdin", stdin=SECRET + "\n")
    assert done.exit_code == 0, done.stderr
    return run


def add(run: Run, *more: str, name: str = "Northwind", seller_id: str = "A1GOOD", token: str = TOKEN) -> Result:
    return run(
        "sellers", "add", name, "--region", "DE", "--seller-id", seller_id, "--secrets-from-stdin", *more, stdin=token
    )


def lines_of(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_application_and_a_seller_are_added_and_listed(with_app: Run, store: FakeKeyring) -> None:
    done = add(with_app)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "Saved Northwind (A1GOOD@EU): its credentials work." in done.stderr
    listed = with_app("sellers", "list", "--json")
    assert lines_of(listed) == [
        {
            "seller": "Northwind",
            "region": "EU",
            "seller_id": "A1GOOD",
            "application": CLIENT_ID,
            "application_name": "Main",
        }
    ]
    assert "Northwind  EU      A1GOOD     Main" in with_app("sellers", "list").stdout
    assert lines_of(with_app("sellers", "app", "list", "--json")) == [
        {"application": CLIENT_ID, "name": "Main", "roles": None, "authorizations": 1}
    ]
    assert set(store.entries.values()) == {SECRET, TOKEN}
    assert "canary" not in sellers_path().read_text()


def test_json_is_all_that_is_on_stdout(with_app: Run) -> None:
    (told,) = lines_of(add(with_app, "--json"))
    assert (told["saved"], told["tested"], told["problem"]) == (True, True, "")
    (told,) = lines_of(with_app("sellers", "remove", "Northwind", "--yes", "--json"))
    assert told == {"removed": {"authorizations": ["A1GOOD@EU"], "applications": []}, "problem": ""}
    (told,) = lines_of(with_app("sellers", "app", "remove", "main", "--yes", "--json"))
    assert told == {"removed": {"authorizations": [], "applications": [CLIENT_ID]}, "problem": ""}
    assert load_accounts().applications == ()


def test_what_amazon_refuses_is_not_saved(with_app: Run, store: FakeKeyring) -> None:
    done = add(with_app, token="Atzr|canary-wrong")
    assert done.exit_code == 1
    assert "invalid_grant" in done.stderr
    assert "Nothing was saved; --no-test saves all the same." in done.stderr
    done = add(with_app, "--json", token="Atzr|canary-wrong")
    (told,) = lines_of(done)
    assert (done.exit_code, told["saved"]) == (1, False)
    assert "authorize again" in told["advice"]
    assert load_accounts().sellers == ()
    assert set(store.entries.values()) == {SECRET}


def test_without_the_test_it_is_saved_unseen(with_app: Run) -> None:
    done = add(with_app, "--no-test", token="Atzr|canary-wrong")
    assert (done.exit_code, load_accounts().sellers[0].name) == (0, "Northwind")


def test_an_amazon_out_of_reach_leaves_it_open(with_app: Run) -> None:
    done = add(with_app, seller_id="A2DOWN", token="Atzr|canary-down")
    assert done.exit_code == 3
    assert "did not tell" in done.stderr
    assert load_accounts().sellers == ()


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (keyring.errors.KeyringLocked("locked"), "is locked"),
        (keyring.errors.NoKeyringError("none"), "dbus-run-session"),
        (keyring.errors.InitError("Prompt dismissed"), "could not be opened"),
    ],
)
def test_a_keyring_that_fails_ends_with_3_and_changes_nothing(
    with_app: Run, store: FakeKeyring, failure: Exception, told: str
) -> None:
    before = sellers_path().read_bytes()
    store.fail = failure
    for done in (
        add(with_app),
        add(with_app, "--no-test"),
        with_app("sellers", "app", "add", "other", "--secrets-from-stdin", stdin="s"),
    ):
        assert (done.exit_code, done.stdout) == (3, "")
        assert told in done.stderr
    assert sellers_path().read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "stdin", "told"),
    [
        (["sellers", "add", "N", "--region", "XX", "--seller-id", "A1", "--secrets-from-stdin"], TOKEN, "NA, EU or FE"),
        (["sellers", "add", "N", "--region", "EU", "--seller-id", "A 1", "--secrets-from-stdin"], TOKEN, "is no id"),
        (["sellers", "add", "N", "--region", "EU", "--seller-id", "A1", "--secrets-from-stdin"], "", "held no secret"),
        (["sellers", "add", "N", "--region", "EU", "--seller-id", "A1", "--secrets-from-stdin"], SECRET, "application"),
        (["sellers", "add", "N", "--region", "EU", "--seller-id", "A1"], TOKEN, "no terminal to ask"),
        (
            ["sellers", "add", "N", "--region=EU", "--seller-id=A1", "--application", "x", "--secrets-from-stdin"],
            TOKEN,
            "Name the application",
        ),
        (["sellers", "add", "N", "--region", "EU"], TOKEN, "Missing option '--seller-id'"),
        (["sellers", "add", TOKEN, "--region", "EU", "--seller-id", "A1"], "", "An argument looks like a secret"),
        (["sellers", "add", "N", SECRET], "", "An argument looks like a secret"),
        (["sellers", TOKEN], "", "An argument looks like a secret"),
        (["sellers", "app", "add", "x", "--name=" + TOKEN], "", "An argument looks like a secret"),
        (["sellers", "app", "add", "amzn1.sp.solution.x", "--secrets-from-stdin"], SECRET, "is the application id"),
        (["sellers", "app", "add", CLIENT_ID, "--secrets-from-stdin"], TOKEN, "is a token, not a client secret"),
        (["sellers", "app", "remove", "nope", "--yes"], "", "Name the application"),
        (["sellers", "remove", "nope", "--yes"], "", "No seller is called 'nope'"),
        (["sellers", "remove", "nope"], "", "No seller is called 'nope'"),
        (["sellers", "rename", "nope", "x"], "", "There is no seller 'nope'"),
        (["sellers", "import", "nowhere.csv"], "", "does not exist"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_ends_with_2(with_app: Run, arguments: list[str], stdin: str, told: str) -> None:
    before = sellers_path().read_bytes()
    done = with_app(*arguments, stdin=stdin)
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr.replace("\n", " ")
    assert sellers_path().read_bytes() == before


def test_another_seller_id_is_put_in_place_only_when_said(with_app: Run) -> None:
    add(with_app)
    done = add(with_app, "--no-test", seller_id="A9")
    assert done.exit_code == 2
    assert "--replace" in done.stderr
    assert add(with_app, "--no-test", "--replace", seller_id="A9").exit_code == 0
    assert [each.key for each in load_accounts().authorizations()] == ["A9@EU"]


def test_a_terminal_is_asked_without_echo(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def prompt(text: str, **options: Any) -> str:
        asked.append((text, options))
        return SECRET

    monkeypatch.setattr(secrets_asked, "_on_a_terminal", lambda: True)
    monkeypatch.setattr(click, "prompt", prompt)
    assert run("sellers", "app", "add", CLIENT_ID).exit_code == 0
    assert asked == [(f"Client secret of {CLIENT_ID}", {"hide_input": True, "err": True})]


def test_removing_asks_first(with_app: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    add(with_app)
    assert with_app("sellers", "remove", "Northwind").exit_code == 2
    monkeypatch.setattr(secrets_asked, "_on_a_terminal", lambda: True)
    done = with_app("sellers", "remove", "Northwind", stdin="n\n")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Remove Northwind (A1GOOD@EU) and its refresh tokens?" in done.stderr
    assert len(load_accounts().sellers) == 1
    assert with_app("sellers", "remove", "a1good@eu", stdin="y\n").exit_code == 0
    assert load_accounts().sellers == ()


def test_names_and_roles_change_without_the_secret(with_app: Run, store: FakeKeyring) -> None:
    done = with_app("sellers", "app", "add", "main", "--name", "Other", "--role", "Pricing", "--keep-secret")
    assert done.exit_code == 0
    assert load_accounts().applications[0].roles == ("Pricing",)
    add(with_app)
    assert with_app("sellers", "rename", "northwind", "Südwind").exit_code == 0
    assert load_accounts().sellers[0].name == "Südwind"
    assert set(store.entries.values()) == {SECRET, TOKEN}


def test_a_fleet_is_imported_row_by_row(with_app: Run, tmp_path: Path) -> None:
    path = tmp_path / "fleet.csv"
    path.write_text(
        f"name,region,seller_id,refresh_token\nNorthwind,EU,A1GOOD,{TOKEN}\nNobody,EU,,{TOKEN}\n", encoding="utf-8"
    )
    done = with_app("sellers", "import", str(path), "--test", "--json")
    assert done.exit_code == 1
    assert [(row["row"], row["outcome"], row["authorization"]) for row in lines_of(done)] == [
        (2, "added", "A1GOOD@EU"),
        (3, "refused", ""),
    ]
    assert "1 of 2 taken over." in done.stderr
    assert "still holds refresh tokens: delete it" in done.stderr
    assert path.exists()
    path.write_text(f"name,region,seller_id,refresh_token\nNorthwind,EU,A1GOOD,{TOKEN}\n", encoding="utf-8")
    assert with_app("sellers", "import", str(path)).exit_code == 0
    path.write_text("name,region\ncanary,EU\n", encoding="utf-8")
    done = with_app("sellers", "import", str(path))
    assert (done.exit_code, done.stdout) == (2, "")


def test_names_cannot_move_the_cursor(with_app: Run) -> None:
    add(with_app, "--no-test", name="Evil\x1b[2J\nName")
    listed = with_app("sellers", "list").stdout
    assert "\x1b" not in listed
    assert len(listed.splitlines()) == 2


def test_a_broken_file_ends_with_2_and_its_place(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "workspace_of", workspace_of)
    sellers_path().parent.mkdir()
    sellers_path().write_text("[[seller]\n")
    done = run("sellers", "list")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "sellers.toml:1:9: a [[table]] that is not closed" in done.stderr


def test_the_world_of_a_simulated_run_is_listed_and_nothing_is_written(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "workspace_of", workspace_of)
    listed = lines_of(run("--simulate", "sellers", "list", "--json"))
    assert listed[0]["seller"] == "Northwind Outdoor"
    assert run("--simulate", "sellers", "remove", "Northwind Outdoor", "--yes").exit_code == 0
    assert not sellers_path().exists()


def test_the_commands_are_imported_without_what_is_heavy() -> None:
    import subprocess

    code = (
        "import sys, sptui.cli.sellers, sptui.cli.doctor;"
        "heavy = {'keyring', 'httpx', 'textual', 'starlette', 'sqlite3', 'sptui.workspace'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
