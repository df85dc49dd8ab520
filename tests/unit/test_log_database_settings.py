"""[call_log] of config.toml, the password that belongs to its url, and what `sptui doctor` says of both."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import keyring
import pytest
from click.testing import CliRunner, Result
from fake_keyring import FakeKeyring

from sptui.calllog.importing.fields import FIELDS
from sptui.cli.main import cli
from sptui.diagnosis import Finding, State
from sptui.diagnosis.log_database import check_log_database
from sptui.settings import CallLogConfig, config_dir, load_config
from sptui.settings.config import _ColumnsTable
from sptui.settings.database_address import asks_for_password, holds_password, without_password
from sptui.simulator.clock import ManualClock
from sptui.spapi.redaction import Secret
from sptui.toml_file import TomlFileError
from sptui.vault import KeyringVault, MemoryVault, MissingSecretError

URL = "postgresql+psycopg://me@127.0.0.1:1/logs"


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> FakeKeyring:
    found = FakeKeyring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: found)
    return found


def configure(text: str) -> None:
    config_dir().mkdir(parents=True, exist_ok=True)
    (config_dir() / "config.toml").write_text(text)


def sptui(*arguments: str, input: str | None = None) -> Result:  # noqa: A002 - click's name
    return CliRunner().invoke(cli, arguments, input=input)


# -- config.toml -----------------------------------------------------------------------------------------------------


def test_everything_that_can_be_set() -> None:
    configure(
        f'[call_log]\nkeep = "90d"\nurl = "{URL}"\ntable = "logs.calls"\ntimeout = "2m"\n'
        '[call_log.columns]\ntime = "at"\nseller_id = "Seller Id"\n'
    )
    config = load_config().call_log
    assert config == CallLogConfig(
        keep=timedelta(days=90), url=URL, table="logs.calls", columns={"time": "at", "seller_id": "Seller Id"},
        timeout=timedelta(minutes=2),
    )  # fmt: skip


def test_the_columns_are_the_fields_of_a_call() -> None:
    assert set(_ColumnsTable.__struct_fields__) == set(FIELDS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[call_log]\nurl = "canary-host"', "2:1: 'url' is not an address of a database"),
        ('[call_log]\ntable = " "', "2:1: 'table' is empty"),
        ('[call_log]\ntimeout = "3d"', "2:1: 'timeout' is too long"),
        ('[call_log]\ncolumns = {seller = "x"}', "did you mean 'seller_id'"),
        ('[call_log.columns]\ntme = "x"', "2:1: unknown key 'tme'"),
        ('[call_log.columns]\ntime = ""', "an empty entry"),
        ("[call_log.columns]\ntime = 7", "2:1: 'time' is a whole number"),
        ('[call_log]\ntabel = "x"', "did you mean 'table'"),
    ],
)
def test_mistakes_are_told_with_their_place(text: str, told: str) -> None:
    configure(text)
    with pytest.raises(TomlFileError) as trouble:
        load_config()
    assert told in str(trouble.value).replace('"', "'")
    assert "canary" not in str(trouble.value)


def test_the_environment_goes_before(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(f'[call_log]\nurl = "{URL}"\ntimeout = "2m"\n')
    monkeypatch.setenv("SPTUI_CALL_LOG_TABLE", "theirs")
    monkeypatch.setenv("SPTUI_CALL_LOG_TIMEOUT", "5s")
    monkeypatch.setenv("SPTUI_TIMEOUT", "9s")
    config = load_config()
    assert (config.call_log.table, config.call_log.timeout) == ("theirs", timedelta(seconds=5))
    assert config.network.timeout == timedelta(seconds=9)


@pytest.mark.parametrize(
    ("url", "holds", "plain"),
    [
        ("postgresql://me:pw@host:5432/db?sslmode=require", True, "postgresql://me@host:5432/db"),
        ("postgresql://me@host/db", False, "postgresql://me@host/db"),
        ("clickhouse+http://default:@host/db", False, "clickhouse+http://default:@host/db"),
        ("postgresql://host:5432/db", False, "postgresql://host:5432/db"),
        ("postgresql://me:p:w@host/db", True, "postgresql://me@host/db"),
        ("sqlite:////tmp/a@b:c.db", False, "sqlite:////tmp/a@b:c.db"),
    ],
)
def test_the_password_in_an_address(url: str, holds: bool, plain: str) -> None:
    assert (holds_password(url), without_password(url)) == (holds, plain)
    assert asks_for_password(url) is not url.startswith("sqlite")


# -- The password ------------------------------------------------------------------------------------------------------


def test_the_password_is_kept_and_forgotten(ring: FakeKeyring) -> None:
    configure(f'[call_log]\nurl = "{URL}?connect_timeout=3"')
    kept = sptui("log", "password", "--secrets-from-stdin", input="canary-password-5\n")
    assert kept.exit_code == 0, kept.output
    assert "canary" not in kept.output
    assert ring.entries == {("sptui", f"call-log:{URL}"): "canary-password-5"}
    forgotten = sptui("log", "password", "--forget")
    assert forgotten.exit_code == 0
    assert ring.entries == {}


def test_a_password_that_nobody_gives(ring: FakeKeyring) -> None:
    configure(f'[call_log]\nurl = "{URL}"')
    assert sptui("log", "password").exit_code == 2
    assert sptui("log", "password", "--secrets-from-stdin", input="").exit_code == 2
    assert ring.entries == {}


def test_no_database_needs_no_password(ring: FakeKeyring) -> None:
    found = sptui("log", "password", "--secrets-from-stdin", input="canary-6\n")
    assert found.exit_code == 2
    assert "[call_log] url is not set" in found.output


def test_without_a_keyring_the_password_is_not_kept() -> None:
    configure(f'[call_log]\nurl = "{URL}"')
    assert sptui("log", "password", "--secrets-from-stdin", input="canary-7\n").exit_code == 3


async def test_a_password_belongs_to_its_address_alone() -> None:
    for vault in (MemoryVault(), KeyringVault(FakeKeyring())):
        await vault.set_database_password(URL, Secret("pw"))
        assert (await vault.database_password(URL)).reveal() == "pw"
        with pytest.raises(MissingSecretError, match="sptui log password"):
            await vault.database_password(URL.replace("127.0.0.1", "elsewhere"))
        await vault.forget_database_password(URL)
        await vault.forget_database_password(URL)
        with pytest.raises(MissingSecretError):
            await vault.database_password(URL)


@pytest.mark.parametrize("given", ["environment", "keyring", "url", "nowhere"])
def test_where_the_password_comes_from(given: str, ring: FakeKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    from sptui.workspace import Workspace

    ring.entries["sptui", f"call-log:{URL}"] = "of the keyring"
    url = URL.replace("me@", "me:own@") if given == "url" else URL
    url = url.replace("/logs", "/other") if given == "nowhere" else url
    configure(f'[call_log]\nurl = "{url}"')
    if given == "environment":
        monkeypatch.setenv("SPTUI_CALL_LOG_PASSWORD", "of the environment")
    workspace = Workspace.open()
    database = workspace._log_database()
    workspace.call_log.close()
    workspace.history.close()
    assert database is not None
    wanted = {"environment": "of the environment", "keyring": "of the keyring"}
    assert database.password.reveal() == wanted.get(given, "")
    assert "of the" not in repr(database)
    assert URL not in repr(database)


# -- sptui doctor ------------------------------------------------------------------------------------------------------


async def found(config: CallLogConfig, *, network: bool = True, clock: ManualClock | None = None) -> list[Finding]:
    return await check_log_database(config, MemoryVault(), clock or ManualClock(), "", network=network)


def table(folder: Path, *times: str) -> str:
    with sqlite3.connect(folder / "log.db") as made:
        made.execute("CREATE TABLE calls (ts TEXT, url TEXT, status INTEGER, merchant TEXT)")
        made.executemany("INSERT INTO calls VALUES (?, '/x', 200, 'A1')", [(each,) for each in times])
    made.close()
    return f"sqlite:///{folder}/log.db"


async def test_doctor_is_silent_without_a_database() -> None:
    assert await found(CallLogConfig()) == []


async def test_doctor_tells_the_mapping_and_the_age(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    clock = ManualClock()
    findings = await found(
        CallLogConfig(url=table(tmp_path, (clock.now() - timedelta(hours=1)).isoformat())), clock=clock
    )
    assert [each.state for each in findings] == [State.OK] * 3
    assert "time = ts, path = url, status = status, seller_id = merchant" in findings[0].found
    assert "read-only" in findings[1].found
    assert "The newest call is of" in findings[2].found


@pytest.mark.parametrize(
    ("ahead", "told"),
    [(timedelta(days=-9), "9 days ago"), (timedelta(hours=9), "yet to come"), (None, "no call whose")],
)
async def test_doctor_wonders_about_the_times(ahead: timedelta | None, told: str, tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    clock = ManualClock()
    times = [] if ahead is None else [(clock.now() + ahead).isoformat()]
    *_, last = await found(CallLogConfig(url=table(tmp_path, *times)), clock=clock)
    assert last.state is State.WARNING
    assert told in last.found


async def test_doctor_tells_what_goes_wrong() -> None:
    pytest.importorskip("psycopg")
    (finding,) = await found(CallLogConfig(url=URL))
    assert finding.state is State.PROBLEM
    assert "refused" in finding.found


async def test_doctor_warns_of_a_password_in_the_file_and_stays_offline() -> None:
    findings = await found(CallLogConfig(url=URL.replace("me@", "me:canary-8@")), network=False)
    assert [each.state for each in findings] == [State.WARNING, State.SKIPPED]
    assert "sptui log password" in findings[0].do
    assert "canary" not in str(findings)


def test_doctor_command_shows_it(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    configure(f'[call_log]\nurl = "{table(tmp_path, "2026-11-20T12:00:00Z")}"')
    shown = sptui("doctor", "--offline", "--json")
    checks = [json.loads(line) for line in shown.output.splitlines()]
    assert [each["state"] for each in checks if each["check"] == "log database"][:2] == ["ok", "ok"]


# -- sptui log -------------------------------------------------------------------------------------------------------


def test_the_commands_ask_the_database(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    with sqlite3.connect(tmp_path / "log.db") as made:
        made.execute("CREATE TABLE calls (ts TEXT, url TEXT, status INTEGER, merchant TEXT)")
        rows = [(f"2026-11-20T1{n}:00:00Z", f"/orders/v0/orders/{n}/address", 403, f"A{n}") for n in range(5)]
        made.executemany("INSERT INTO calls VALUES (?, ?, ?, ?)", rows)
    made.close()
    configure(f'[call_log]\nurl = "sqlite:///{tmp_path}/log.db"')
    found = sptui("log", "who", "getOrderAddress", "--status", "403", "--since", "24h", "--json")
    assert found.exit_code == 1, found.output
    told = json.loads(found.output)
    assert (told["calling"], told["failing"], told["pattern"]) == (5, 5, "all")
    explained = sptui("log", "explain", "--json")
    assert "getOrderAddress" in explained.output
    assert explained.exception is None or isinstance(explained.exception, SystemExit)


def test_a_database_that_is_not_reached_ends_with_3() -> None:
    pytest.importorskip("psycopg")
    configure(f'[call_log]\nurl = "{URL}"')
    found = sptui("log", "who", "getOrderAddress")
    assert found.exit_code == 3
    assert "Check host and port" in found.output
    assert "Traceback" not in found.output
