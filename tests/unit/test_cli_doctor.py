"""``sptui doctor``: each thing that can be wrong is a finding with its next step, never a crash."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import keyring
import keyring.errors
import pytest
from click.testing import CliRunner, Result
from fake_keyring import FakeKeyring

from sptui.calllog.store import CallLog
from sptui.cli.main import cli
from sptui.diagnosis import Circumstances, Finding, State, diagnose
from sptui.diagnosis.network import check_clock, check_hosts
from sptui.diagnosis.terminal import Terminal, check_terminal
from sptui.settings import Accounts, NetworkConfig, config_dir, data_dir, save_accounts, sellers_path
from sptui.simulator.clock import ManualClock
from sptui.spapi.authorization import Application, Authorization
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.vault import KeyringVault, MemoryVault, Vault

GOOD_TERMINAL = Terminal(is_terminal=True, columns=120, lines=40, encoding="utf-8")
PLAIN = {"TERM": "xterm-256color"}
WHO = Authorization("Northwind", "A1", Region.EU, "app1")


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPTUI_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("SPTUI_DATA_DIR", str(tmp_path / "data"))
    for name in ("SPTUI_REFRESH", "SPTUI_ENDPOINT", "SPTUI_LWA_ENDPOINT", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def network(clock: ManualClock, late: float = 0.0) -> Callable[[], httpx.AsyncBaseTransport]:
    """Hosts that answer 403 with the right time, less ``late`` seconds."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.method == "HEAD"
        assert "x-amz-access-token" not in request.headers
        assert "authorization" not in request.headers
        date = format_datetime(clock.now() - timedelta(seconds=late), usegmt=True)
        return httpx.Response(403, headers={"Date": date})

    return lambda: httpx.MockTransport(answer)


def broken(error: Exception) -> Callable[[], httpx.AsyncBaseTransport]:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    return lambda: httpx.MockTransport(answer)


async def findings(clock: ManualClock, vault: Vault | None = None, **more: Any) -> dict[str, list[Finding]]:
    """By what was looked at."""
    circumstances = Circumstances(
        **{"terminal": GOOD_TERMINAL, "transport": network(clock), "environment": PLAIN, **more},
        vault=vault, clock=clock,
    )  # fmt: skip
    found: dict[str, list[Finding]] = {}
    async for each in diagnose(circumstances):
        found.setdefault(each.check, []).append(each)
    return found


def states(found: dict[str, list[Finding]]) -> dict[str, set[str]]:
    return {check: {each.state.value for each in every} for check, every in found.items()}


async def test_where_all_is_well_all_is_ok(clock: ManualClock) -> None:
    vault = KeyringVault(FakeKeyring())
    save_accounts(Accounts().with_application(Application("app1")).with_authorization("Northwind", WHO))
    await vault.set_client_secret("app1", Secret("a"))
    await vault.set_refresh_token(WHO, Secret("b"))
    found = await findings(clock, vault)
    assert set().union(*states(found).values()) == {"ok"}
    assert list(found) == [
        "config.toml", "sellers.toml", "data folder", "call log", "keyring", "secrets", "network", "clock", "terminal",
        "versions",
    ]  # fmt: skip
    assert [each.found.partition(":")[0] for each in found["network"]] == [
        "Login with Amazon",
        "North America (NA)",
        "Europe (EU)",
        "Far East (FE)",
    ]
    assert "fake_keyring.FakeKeyring" in found["keyring"][0].found
    assert "1 seller, 1 authorization, 1 application" in found["sellers.toml"][0].found


async def test_a_large_call_log_that_only_grows_is_told(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    data_dir().mkdir(parents=True)
    log = CallLog(data_dir() / "calls.sqlite3")
    log.close()
    (found,) = (await findings(clock))["call log"]
    assert found.state is State.OK
    assert found.found.startswith("0 calls recorded (")
    assert found.found.endswith("; calls are kept for ever.")
    monkeypatch.setattr("sptui.diagnosis.call_log.LARGE", 1000)
    (found,) = (await findings(clock))["call log"]
    assert found.state is State.WARNING
    assert 'keep = "90d"' in found.do
    config_dir().mkdir()
    (config_dir() / "config.toml").write_text('[call_log]\nkeep = "90d"')
    (found,) = (await findings(clock))["call log"]
    assert (found.state, found.do) == (State.OK, "")
    assert found.found.endswith("; calls are kept for 90 days.")


async def test_broken_files_are_findings_with_their_place(clock: ManualClock) -> None:
    config_dir().mkdir()
    (config_dir() / "config.toml").write_text('refresh = "soon"')
    sellers_path().write_text("[[seller]]\nname = 1\n")
    sellers_path().with_name("sellers.toml.bak").write_text("")
    found = await findings(clock)
    assert states(found)["config.toml"] == states(found)["sellers.toml"] == {"problem"}
    assert "config.toml:1:1: 'refresh' is not a duration" in found["config.toml"][0].found
    assert "sellers.toml:2:1: 'name' is a whole number" in found["sellers.toml"][0].found
    assert "sellers.toml.bak" in found["sellers.toml"][0].do


async def test_settings_tell_where_they_come_from(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPTUI_REFRESH", "20m")
    found = await findings(clock)
    assert found["config.toml"][0].found == "Set: refresh from SPTUI_REFRESH."
    monkeypatch.setenv("SPTUI_REFRESH", "soon")
    assert states(await findings(clock))["config.toml"] == {"problem"}


async def test_a_data_folder_that_cannot_be_written_is_a_problem(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    def refuse(**_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    found = await findings(clock)
    assert states(found)["data folder"] == {"problem"}
    assert "SPTUI_DATA_DIR" in found["data folder"][0].do


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (keyring.errors.NoKeyringError("none"), "dbus-run-session"),
        (keyring.errors.KeyringLocked("locked"), "is locked"),
        (keyring.errors.InitError("Prompt dismissed"), "could not be opened"),
    ],
)
async def test_each_trouble_of_the_keyring_is_told(clock: ManualClock, failure: Exception, told: str) -> None:
    found = await findings(clock, KeyringVault(FakeKeyring(failure)))
    assert states(found)["keyring"] == {"problem"}
    assert told in found["keyring"][0].found
    assert "sptui demo" in found["keyring"][0].do


async def test_missing_secrets_are_named(clock: ManualClock) -> None:
    accounts = Accounts().with_application(Application("app1", "Main"))
    for number in range(8):
        who = Authorization("", f"A{number}", Region.EU, "app1")
        accounts = accounts.with_authorization(f"Seller {number}", who)
    save_accounts(accounts)
    found = await findings(clock, KeyringVault(FakeKeyring()))
    assert states(found)["secrets"] == {"problem"}
    told = found["secrets"][0].found
    assert told.startswith("Missing: the client secret of Main, the refresh token of Seller 0 (A0@EU), ")
    assert told.endswith(" and 4 more.")


async def test_memory_and_simulated_runs_leave_the_keyring_alone(clock: ManualClock) -> None:
    assert states(await findings(clock, MemoryVault()))["keyring"] == {"warning"}
    assert states(await findings(clock, None))["keyring"] == {"skipped"}


@pytest.mark.parametrize(
    ("error", "told", "do"),
    [
        (httpx.ConnectError("[Errno -2] Name or service not known"), "Name or service not known", "HTTPS_PROXY"),
        (httpx.ConnectTimeout(""), "No answer within the time limit", "firewall"),
        (httpx.ReadError(""), "ReadError", "firewall"),
        (httpx.ProxyError("407 Proxy Authentication Required"), "407", "HTTPS_PROXY"),
        (OSError(101, "Network is unreachable"), "Network is unreachable", "firewall"),
    ],
)
async def test_without_a_network_that_is_the_finding(clock: ManualClock, error: Exception, told: str, do: str) -> None:
    found = await findings(clock, transport=broken(error))
    assert states(found)["network"] == {"problem"}
    assert states(found)["clock"] == {"unknown"}
    assert told in found["network"][0].found
    assert do in found["network"][0].do


async def test_a_certificate_that_is_not_accepted_has_its_own_advice(clock: ManualClock) -> None:
    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError("certificate verify failed")
    found = await findings(clock, transport=broken(error))
    assert "SSL_CERT_FILE" in found["network"][0].do


async def test_a_proxy_is_named_without_its_password(clock: ManualClock) -> None:
    found = await findings(clock, environment={**PLAIN, "HTTPS_PROXY": "http://me:canary@proxy"})
    assert "through the proxy of HTTPS_PROXY" in found["network"][0].found
    assert "canary" not in repr(found)


async def test_addresses_on_this_machine_are_asked_once_each(clock: ManualClock) -> None:
    settings = NetworkConfig(endpoint="http://127.0.0.1:9", lwa_endpoint="http://127.0.0.1:9/auth/o2/token")
    answers = await check_hosts(settings, clock, network(clock))
    assert [each.address for each in answers] == ["http://127.0.0.1:9/auth/o2/token", "http://127.0.0.1:9/"]
    regions = NetworkConfig(endpoint="http://127.0.0.1:9/{region}", lwa_endpoint="http://127.0.0.1:9/auth/o2/token")
    down = await check_hosts(regions, clock, broken(httpx.ConnectError("refused")))
    assert [each.address.rpartition("9/")[2] for each in down] == ["auth/o2/token", "na/", "eu/", "fe/"]
    assert "Start the simulator there" in down[0].finding({}).do


@pytest.mark.parametrize(
    ("late", "state", "told"),
    [
        (0, State.OK, "Right"),
        (25, State.OK, "Right"),
        (-25, State.OK, "Right"),
        (90, State.PROBLEM, "90 s ahead of Amazon's"),
        (-7200, State.PROBLEM, "120 min behind Amazon's"),
    ],
)
async def test_the_clock_is_held_against_amazons(clock: ManualClock, late: float, state: State, told: str) -> None:
    finding = check_clock(await check_hosts(NetworkConfig(), clock, network(clock, late)))
    assert finding.state is state
    assert told in finding.found


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 99:99:99 GMT"])
async def test_an_answer_without_a_readable_date_says_nothing(clock: ManualClock, date: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers={"Date": date}))
    answers = await check_hosts(NetworkConfig(), clock, lambda: transport)
    assert {each.problem for each in answers} == {""}
    assert check_clock(answers).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("terminal", "environment", "wanted"),
    [
        (GOOD_TERMINAL, PLAIN, [("ok", "256 colours")]),
        (GOOD_TERMINAL, {"TERM": "tmux", "TMUX": "1", "COLORTERM": "truecolor"}, [("ok", "tmux in tmux, 16 million")]),
        (GOOD_TERMINAL, {**PLAIN, "NO_COLOR": "1"}, [("ok", "without colours (NO_COLOR)")]),
        (GOOD_TERMINAL, {"TERM": "dumb"}, [("problem", "TERM is dumb"), ("ok", "dumb")]),
        (GOOD_TERMINAL, {}, [("problem", "TERM is not set"), ("ok", "")]),
        (Terminal(True, 60, 20, "utf-8"), PLAIN, [("warning", "60x20"), ("ok", "")]),
        (Terminal(True, 0, 0, "utf-8"), PLAIN, [("ok", "of unknown size")]),
        (Terminal(True, 80, 24, "latin-1"), PLAIN, [("problem", "latin-1"), ("ok", "")]),
        (Terminal(False, 0, 0, "utf-8"), {}, [("skipped", "goes elsewhere")]),
    ],
)  # fmt: skip
def test_the_terminal_is_looked_at(
    terminal: Terminal, environment: dict[str, str], wanted: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.name", "posix")
    found = list(check_terminal(terminal, environment))
    assert [each.state.value for each in found] == [state for state, _ in wanted]
    assert all(told in each.found for each, (_, told) in zip(found, wanted, strict=True))


# -- The command -------------------------------------------------------------------------------------------------


def doctor(*arguments: str, before: tuple[str, ...] = ()) -> Result:
    return CliRunner().invoke(cli, [*before, "doctor", *arguments])


def test_offline_and_in_good_health_it_ends_with_0(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = FakeKeyring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    done = doctor("--offline", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {row["check"]: row["state"] for row in rows} == {
        "config.toml": "ok",
        "sellers.toml": "warning",
        "data folder": "ok",
        "call log": "ok",
        "keyring": "ok",
        "network": "skipped",
        "clock": "skipped",
        "terminal": "skipped",
        "versions": "ok",
    }
    assert set(rows[0]) == {"check", "state", "found", "do"}
    assert backend.entries == {}
    assert not config_dir().exists(), "looking leaves nothing behind"


def test_a_problem_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = FakeKeyring(keyring.errors.NoKeyringError("none"))
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    done = doctor("--offline")
    assert done.exit_code == 1
    assert "✗ keyring" in done.stdout
    assert "→ Until then: `sptui --only-this-run`" in done.stdout


def test_a_simulated_run_touches_neither_keyring_nor_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def never() -> Any:
        raise AssertionError("the keyring was touched")

    monkeypatch.setattr(keyring, "get_keyring", never)
    done = doctor("--json", before=("--simulate",))
    assert done.exit_code == 0, done.stdout
    rows = {row["check"]: row["state"] for row in map(json.loads, done.stdout.splitlines())}
    assert rows["keyring"] == rows["network"] == "skipped"


def test_in_memory_the_keyring_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: FakeKeyring(AssertionError("touched")))
    done = doctor("--offline", before=("--only-this-run",))
    assert done.exit_code == 0
    assert "memory, for this run only" in done.stdout
