"""Adding, changing, removing and importing: keyring and sellers.toml change together, and only for what works."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keyring.errors
import pytest
from fake_keyring import FakeKeyring
from hypothesis import given, settings
from hypothesis import strategies as st

from sptui.onboarding import (
    AccountsFileError,
    ImportOutcome,
    add_application,
    add_authorization,
    checked_client_id,
    checked_client_secret,
    checked_refresh_token,
    import_accounts,
    read_accounts_file,
    region_meant,
    remove_application,
    remove_authorization,
    remove_seller,
    rename_seller,
    try_credentials,
)
from sptui.settings import Accounts, Config, SettingsError, load_accounts, save_accounts, sellers_path
from sptui.simulator.transport import SimulatorTransport
from sptui.simulator.world import parse_world
from sptui.spapi.authorization import Application, Authorization, CredentialError
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.vault import KeyringVault, MissingSecretError, VaultLockedError
from sptui.workspace import Workspace

APP = Application("app1", "Main")
WORLD = """
latency_ms = [0, 0]
[[application]]
client_id = "app1"
client_secret = "amzn1.oa2-cs.v1.canary-one"
[[application]]
client_id = "app2"
client_secret = "amzn1.oa2-cs.v1.canary-two"
secret_expired = true
[[application]]
client_id = "app3"
client_secret = "amzn1.oa2-cs.v1.canary-three"
roles = ["Pricing"]
[[seller]]
id = "A1GOOD"
region = "EU"
refresh_token = "Atzr|canary-good"
[[seller]]
id = "A2OTHER"
region = "EU"
refresh_token = "Atzr|canary-other"
application = "app2"
[[seller]]
id = "A3ROLE"
region = "EU"
refresh_token = "Atzr|canary-role"
application = "app3"
[[seller]]
id = "A4GONE"
region = "EU"
refresh_token = "Atzr|canary-gone"
authorization = "revoked"
[[seller]]
id = "A5DOWN"
region = "EU"
refresh_token = "Atzr|canary-down"
[[fault]]
seller = "A5DOWN"
status = 503
"""
GOOD = Authorization("Northwind", "A1GOOD", Region.EU, "app1")


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPTUI_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("SPTUI_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def store() -> FakeKeyring:
    return FakeKeyring()


@pytest.fixture
async def workspace(store: FakeKeyring) -> Any:
    world = parse_world(WORLD)
    accounts = save_accounts(Accounts((APP, Application("app2"), Application("app3"))))
    workspace = Workspace(
        Config(), accounts, KeyringVault(store), data_folder=None, transport=lambda: SimulatorTransport(world)
    )
    await workspace.vault.set_client_secret("app1", Secret("amzn1.oa2-cs.v1.canary-one"))
    await workspace.vault.set_client_secret("app2", Secret("amzn1.oa2-cs.v1.canary-two"))
    await workspace.vault.set_client_secret("app3", Secret("amzn1.oa2-cs.v1.canary-three"))
    yield workspace
    await workspace.close()


def tokens_in(store: FakeKeyring) -> dict[str, str]:
    """Refresh tokens by what follows ``refresh-token:``."""
    return {name.partition(":")[2]: text for (_, name), text in store.entries.items() if name.startswith("refresh")}


# -- What people paste -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Atzr|abc", "  Atzr|abc\n", '"Atzr|abc"', "'Atzr|abc'"])
def test_a_pasted_token_is_taken_without_what_surrounds_it(text: str) -> None:
    assert checked_refresh_token(text) == Secret("Atzr|abc")


@pytest.mark.parametrize(
    ("check", "text", "told"),
    [
        (checked_refresh_token, "Atza|canary", "access token, which lives for an hour"),
        (checked_refresh_token, "Atzr%7Ccanary", "URL-encoded"),
        (checked_refresh_token, "amzn1.oa2-cs.v1.canary", "belongs to the application"),
        (checked_refresh_token, "Atzr|can ary", "has a blank"),
        (checked_refresh_token, "Atzr|can\x00ary", "has a blank or a line break"),
        (checked_refresh_token, "Atzr|canäry", "has a character in it that Amazon uses in none"),
        (checked_refresh_token, " ", "is empty"),
        (checked_client_secret, "Atzr|canary", "is a token, not a client secret"),
        (checked_client_secret, "amzn1.application-oa2-client.canary", "is the client id"),
        (checked_client_id, "amzn1.sp.solution.canary", "is the application id"),
        (checked_client_id, "  ", "needs its client id"),
        (region_meant, "canary", "unknown. Give NA, EU or FE"),
    ],
)
def test_mix_ups_are_told_without_repeating_what_was_pasted(
    check: Callable[[str], object], text: str, told: str
) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        check(text)
    assert "can" not in str(caught.value).replace("can be", "")


def test_a_region_may_be_given_by_a_country() -> None:
    assert [region_meant(each) for each in ("eu", "DE", "UK", "us", "A1VC38T7YXB528", "Far East")] == [
        Region.EU, Region.EU, Region.EU, Region.NA, Region.FE, Region.FE,
    ]  # fmt: skip


# -- Trying credentials ------------------------------------------------------------------------------------------


async def test_good_credentials_are_told_with_the_participations(workspace: Workspace, store: FakeKeyring) -> None:
    trial = await try_credentials(workspace, GOOD, refresh_token=Secret("Atzr|canary-good"))
    assert trial.ok, trial.problem
    assert trial.participations is not None
    assert [call.stage for call in trial.calls] == ["lwa", "api"]
    assert tokens_in(store) == {}, "trying keeps nothing"


@pytest.mark.parametrize(
    ("seller_id", "app", "token", "secret", "told", "advice"),
    [
        (
            "A1GOOD",
            "app1",
            "Atzr|canary-wrong",
            None,
            "Login with Amazon refused: 400 invalid_grant",
            "authorize again",
        ),
        ("A4GONE", "app1", "Atzr|canary-gone", None, "refused", "withdrawn"),
        ("A1GOOD", "app1", "Atzr|canary-good", "wrong", "401 invalid_client", "do not belong together"),
        ("A1GOOD", "app3", "Atzr|canary-good", None, "unauthorized_client", "belongs to another application"),
        ("A2OTHER", "app2", "Atzr|canary-other", None, "The Selling Partner API refused: 403", "Rotate it"),
        ("A3ROLE", "app3", "Atzr|canary-role", None, "refused: 403", "application's roles"),
    ],
)
async def test_what_amazon_refuses_is_told_with_a_next_step(
    workspace: Workspace, seller_id: str, app: str, token: str, secret: str | None, told: str, advice: str
) -> None:
    who = Authorization("Northwind", seller_id, Region.EU, app)
    trial = await try_credentials(
        workspace, who, refresh_token=Secret(token), client_secret=Secret(secret) if secret else None
    )
    assert not trial.ok
    assert not trial.undecided
    assert told in trial.problem
    assert advice in trial.advice
    assert "canary" not in repr(trial)


async def test_an_amazon_in_trouble_says_nothing_about_the_credentials(store: FakeKeyring) -> None:
    world = parse_world(WORLD)
    from sptui.simulator.clock import ManualClock

    workspace = Workspace(
        Config(), Accounts((APP,)), KeyringVault(store),
        data_folder=None, clock=ManualClock(), transport=lambda: SimulatorTransport(world),
    )  # fmt: skip
    who = Authorization("Northwind", "A5DOWN", Region.EU, "app1")
    trial = await try_credentials(
        workspace, who, refresh_token=Secret("Atzr|canary-down"), client_secret=Secret("amzn1.oa2-cs.v1.canary-one")
    )
    assert trial.undecided
    assert "did not tell" in trial.problem
    assert "save without the test" in trial.advice
    await workspace.close()


async def test_without_a_secret_nothing_is_tried(workspace: Workspace) -> None:
    with pytest.raises(MissingSecretError, match="no refresh token for Northwind"):
        await try_credentials(workspace, GOOD)


# -- Changing ----------------------------------------------------------------------------------------------------


async def test_a_seller_is_kept_in_both_places(workspace: Workspace, store: FakeKeyring) -> None:
    kept = await add_authorization(workspace, "Northwind", GOOD, Secret("Atzr|canary-good"))
    assert kept == GOOD
    assert load_accounts().sellers == workspace.accounts.sellers
    assert load_accounts().authorizations() == [GOOD]
    assert tokens_in(store) == {"A1GOOD@EU:app1": "Atzr|canary-good"}
    assert "canary" not in sellers_path().read_text()


async def test_a_replaced_authorization_leaves_no_token_behind(workspace: Workspace, store: FakeKeyring) -> None:
    await add_authorization(workspace, "Northwind", GOOD, Secret("Atzr|canary-good"))
    other = Authorization("", "A9NEW", Region.EU, "app3")
    await add_authorization(workspace, "NORTHWIND", other, Secret("Atzr|canary-new"))
    assert [each.key for each in load_accounts().authorizations()] == ["A9NEW@EU"]
    assert tokens_in(store) == {"A9NEW@EU:app3": "Atzr|canary-new"}


async def test_a_token_passes_on_when_only_the_seller_id_is_corrected(workspace: Workspace, store: FakeKeyring) -> None:
    await add_authorization(
        workspace, "Northwind", Authorization("", "A1GODO", Region.EU, "app1"), Secret("Atzr|canary-good")
    )
    trial = await try_credentials(workspace, GOOD)
    assert trial.ok
    await add_authorization(workspace, "Northwind", GOOD)
    assert tokens_in(store) == {"A1GOOD@EU:app1": "Atzr|canary-good"}


async def test_a_keyring_that_refuses_changes_nothing(workspace: Workspace, store: FakeKeyring) -> None:
    before = sellers_path().read_bytes()
    store.fail = keyring.errors.KeyringLocked("locked")
    with pytest.raises(VaultLockedError):
        await add_authorization(workspace, "Northwind", GOOD, Secret("Atzr|canary-good"))
    with pytest.raises(CredentialError):
        await add_application(workspace, Application("app9"), Secret("amzn1.oa2-cs.v1.canary"))
    assert sellers_path().read_bytes() == before
    assert workspace.accounts.authorizations() == []


async def test_a_file_that_cannot_be_written_brings_the_secrets_back(workspace: Workspace, store: FakeKeyring) -> None:
    await add_authorization(workspace, "Northwind", GOOD, Secret("Atzr|canary-good"))
    before = dict(store.entries)
    sellers_path().write_text(sellers_path().read_text() + "\n# by hand\n")
    with pytest.raises(SettingsError, match="changed on disk"):
        await add_authorization(workspace, "Northwind", GOOD, Secret("Atzr|canary-newer"))
    with pytest.raises(SettingsError, match="changed on disk"):
        await add_authorization(
            workspace, "Harbor", Authorization("", "A9", Region.NA, "app1"), Secret("Atzr|canary-harbor")
        )
    with pytest.raises(SettingsError, match="changed on disk"):
        await add_application(workspace, APP, Secret("amzn1.oa2-cs.v1.canary-newer"))
    assert store.entries == before
    assert workspace.accounts.authorizations() == [GOOD]


async def test_what_may_not_be_saved_does_not_reach_the_keyring(workspace: Workspace, store: FakeKeyring) -> None:
    before = dict(store.entries)
    for name, seller_id in (("Atzr|canary-name", "A1"), ("Northwind", "A 1"), (" ", "A1")):
        with pytest.raises(SettingsError) as caught:
            await add_authorization(
                workspace, name, Authorization("", seller_id, Region.EU, "app1"), Secret("Atzr|canary-good")
            )
        assert "canary" not in str(caught.value)
    assert store.entries == before


async def test_removing_takes_the_secrets_along(workspace: Workspace, store: FakeKeyring) -> None:
    await add_authorization(workspace, "Northwind", GOOD, Secret("Atzr|1"))
    await add_authorization(workspace, "Northwind", Authorization("", "A1GOOD", Region.NA, "app1"), Secret("Atzr|2"))
    await add_authorization(workspace, "Harbor", Authorization("", "A2", Region.NA, "app3"), Secret("Atzr|3"))
    removal = await remove_authorization(workspace, "A1GOOD@NA")
    assert ([each.key for each in removal.authorizations], removal.left) == (["A1GOOD@NA"], "")
    rename_seller(workspace, "Northwind", "Südwind")
    removal = await remove_seller(workspace, "südwind")
    assert [each.key for each in removal.authorizations] == ["A1GOOD@EU"]
    assert tokens_in(store) == {"A2@NA:app3": "Atzr|3"}
    with pytest.raises(SettingsError, match="Remove those first"):
        await remove_application(workspace, "app3")
    removal = await remove_application(workspace, "app1")
    assert removal.application == APP
    assert ("sptui", "client-secret:app1") not in store.entries
    assert load_accounts().application("app1") is None


async def test_a_secret_that_the_keyring_does_not_give_up_is_told(workspace: Workspace, store: FakeKeyring) -> None:
    await add_authorization(workspace, "Northwind", GOOD, Secret("Atzr|1"))
    store.fail = keyring.errors.KeyringLocked("locked")
    removal = await remove_seller(workspace, "Northwind")
    assert "may still be in the keyring" in removal.left
    assert load_accounts().sellers == ()


# -- Files of many sellers ---------------------------------------------------------------------------------------

COLUMNS = "name,region,seller_id,application,refresh_token,client_secret"


def write(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", f"{COLUMNS}\r\nNorth,EU,A1,app1,Atzr|x,\r\n"),
        ("a.csv", "\ufeffSeller Name;Merchant-ID;Region;Refresh Token;Client ID\nNorth;A1;EU;Atzr|x;app1\n"),
        ("a.tsv", 'region\tsellerId\tname\tclient id\trefreshToken\nEU\tA1\t"North"\tapp1\tAtzr|x\n'),
        ("a.json", '[{"name":"North", "region":"EU", "sellerId":"A1", "client_id":"app1", "refreshToken":"Atzr|x"}]'),
        ("a.json", '{"sellers":[{"name":"North","region":"EU","id":"A1","client_id":"app1","refreshToken":"Atzr|x"}]}'),
        ("a.toml", '[[seller]]\nname="North"\nregion="EU"\nid="A1"\napplication="app1"\nrefresh_token="Atzr|x"\n'),
    ],
)  # fmt: skip
def test_rows_are_read_from_each_kind_of_file(tmp_path: Path, name: str, text: str) -> None:
    (row,) = read_accounts_file(write(tmp_path, name, text))
    assert (row.name, row.region, row.seller_id, row.application) == ("North", "EU", "A1", "app1")
    assert row.refresh_token == Secret("Atzr|x")
    assert not row.client_secret
    assert row.missing == []
    assert "Atzr" not in repr(row)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "name,region\ncanary,EU\n", "a.csv:1:1: no column seller_id and no column refresh_token"),
        ("a.csv", COLUMNS + "\n", "there is no seller in it"),
        ("a.json", '[\n {"name": "canary" "x"}]', "a.json:2:20: not valid JSON here"),
        ("a.json", '"canary"', "no list of sellers"),
        ("a.json", '["canary"]', "entry 1 is not a table"),
        ("a.toml", 'x = "canary', "a.toml:1:12: text without its end"),
        ("a.xlsx", "canary", "files ending in .xlsx are not read"),
    ],
)
def test_an_unreadable_file_is_told_without_its_values(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(AccountsFileError) as caught:
        read_accounts_file(write(tmp_path, name, text))
    assert told in str(caught.value)
    assert "canary" not in str(caught.value)


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.binary(), st.text().map(str.encode)), st.sampled_from([".csv", ".json", ".toml"]))
def test_any_file_gives_rows_or_an_error(tmp_path_factory: pytest.TempPathFactory, raw: bytes, suffix: str) -> None:
    path = tmp_path_factory.mktemp("any") / f"a{suffix}"
    path.write_bytes(raw)
    try:
        rows = read_accounts_file(path)
    except AccountsFileError:
        rows = []
    assert all(row.number > 0 for row in rows)
    assert path.read_bytes() == raw


async def test_each_row_is_told_and_the_good_ones_are_taken_over(
    workspace: Workspace, store: FakeKeyring, tmp_path: Path
) -> None:
    await add_authorization(workspace, "Known", Authorization("", "A7", Region.EU, "app1"), Secret("Atzr|canary-old"))
    await add_authorization(workspace, "Moved", Authorization("", "A8", Region.EU, "app1"), Secret("Atzr|canary-old"))
    path = write(
        tmp_path,
        "fleet.csv",
        f"{COLUMNS}\n"
        "One,DE,A1GOOD,Main,Atzr|canary-good,\n"
        "New App,NA,A2,app9,Atzr|canary-2,amzn1.oa2-cs.v1.canary-nine\n"
        "Known,EU,A7,app1,Atzr|canary-7,\n"
        "Moved,EU,A8,app3,Atzr|canary-8,\n"
        "No App,EU,A3,nope,Atzr|canary-3,\n"
        "Known,EU,A77,app1,Atzr|canary-77,\n"
        "Twice,EU,A1GOOD,app1,Atzr|canary-good,\n"
        "No Token,EU,A4,app1,,\n"
        "Wrong Token,EU,A5,app1,Atza|canary-5,\n"
        "Atzr|canary-6,EU,A6,app1,Atzr|canary-6,\n"
        "No Region,XX,A6,app1,Atzr|canary-6,\n",
    )
    before = path.read_bytes()
    imported = await import_accounts(workspace, read_accounts_file(path))
    outcomes = [(row.number, row.outcome.value, row.problem) for row in imported]
    assert [each[:2] for each in outcomes] == [
        *((2, "added"), (3, "added"), (4, "replaced"), (5, "replaced")),
        *((number, "refused") for number in range(6, 13)),
    ]
    for (_, _, problem), told in zip(
        outcomes[4:],
        [
            "unknown", "A name of its own", "in the file twice", "no refresh_token", "an hour", "looks like a secret",
            "NA, EU or FE",
        ],
        strict=True,
    ):  # fmt: skip
        assert told.lower() in problem.lower()
    assert "canary" not in repr(imported)
    assert imported[9].name == ""
    assert [each.key for each in load_accounts().authorizations()] == ["A7@EU", "A8@EU", "A1GOOD@EU", "A2@NA"]
    assert load_accounts().application("app9") is not None
    assert tokens_in(store) == {
        "A7@EU:app1": "Atzr|canary-7",
        "A8@EU:app3": "Atzr|canary-8",
        "A1GOOD@EU:app1": "Atzr|canary-good",
        "A2@NA:app9": "Atzr|canary-2",
    }
    assert store.entries["sptui", "client-secret:app9"] == "amzn1.oa2-cs.v1.canary-nine"
    assert "canary" not in sellers_path().read_text(encoding="utf-8")
    assert path.read_bytes() == before


async def test_with_a_trial_only_working_credentials_are_taken_over(workspace: Workspace, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "fleet.csv",
        f"{COLUMNS}\nGood,EU,A1GOOD,app1,Atzr|canary-good,\nGone,EU,A4GONE,app1,Atzr|canary-gone,\n",
    )
    good, gone = await import_accounts(workspace, read_accounts_file(path), trial=True)
    assert good.outcome is ImportOutcome.ADDED
    assert gone.outcome is ImportOutcome.REFUSED
    assert "invalid_grant" in gone.problem
    assert [each.seller for each in load_accounts().authorizations()] == ["Good"]


async def test_a_locked_keyring_refuses_every_row_after_one_question(
    workspace: Workspace, store: FakeKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "fleet.csv", f"{COLUMNS}\n" + "".join(f"S{n},EU,A{n},app1,Atzr|x{n},\n" for n in range(50)))
    rows = read_accounts_file(path)
    asked: list[str] = []

    def locked(service: str, username: str) -> str:
        asked.append(username)
        raise keyring.errors.KeyringLocked("locked")

    monkeypatch.setattr(store, "get_password", locked)
    imported = await import_accounts(workspace, rows)
    assert {row.outcome for row in imported} == {ImportOutcome.REFUSED}
    assert all("is locked" in row.problem for row in imported)
    assert len(asked) == 1
    assert load_accounts().sellers == ()


async def test_an_import_that_cannot_be_saved_leaves_the_keyring_as_it_was(
    workspace: Workspace, store: FakeKeyring, tmp_path: Path
) -> None:
    await add_authorization(workspace, "Known", Authorization("", "A7", Region.EU, "app1"), Secret("Atzr|canary-old"))
    before = dict(store.entries)
    text = f"{COLUMNS}\nKnown,EU,A7,app1,Atzr|canary-new,amzn1.oa2-cs.v1.canary-new\nNew,EU,A8,app8,Atzr|x,newsecret\n"
    sellers_path().write_text(sellers_path().read_text() + "\n# by hand\n")
    with pytest.raises(SettingsError, match="changed on disk"):
        await import_accounts(workspace, read_accounts_file(write(tmp_path, "fleet.csv", text)))
    assert store.entries == before


async def test_an_import_that_is_stopped_leaves_the_keyring_as_it_was(
    workspace: Workspace, store: FakeKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_authorization(workspace, "Known", Authorization("", "A7", Region.EU, "app1"), Secret("Atzr|canary-old"))
    before = dict(store.entries)
    text = f"{COLUMNS}\nKnown,EU,A7,app1,Atzr|canary-new,\nSlow,EU,A8,app1,Atzr|x,\n"
    keep, waiting = workspace.vault.set_refresh_token, asyncio.Event()

    async def slow(authorization: Authorization, token: Secret) -> None:
        await keep(authorization, token)
        if authorization.seller_id == "A8":
            waiting.set()
            await asyncio.Event().wait()

    monkeypatch.setattr(workspace.vault, "set_refresh_token", slow)
    task = asyncio.create_task(import_accounts(workspace, read_accounts_file(write(tmp_path, "fleet.csv", text))))
    await waiting.wait()
    assert store.entries != before
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert store.entries == before
    assert [each.seller for each in load_accounts().authorizations()] == ["Known"]


async def test_a_file_in_json_and_one_of_a_thousand_rows(workspace: Workspace, tmp_path: Path) -> None:
    rows = [
        {
            "name": f"Seller {n}",
            "region": "NA",
            "seller_id": f"A{n}",
            "refresh_token": f"Atzr|t{n}",
            "client_id": "app1",
        }
        for n in range(1000)
    ]
    imported = await import_accounts(workspace, read_accounts_file(write(tmp_path, "a.json", json.dumps(rows))))
    assert {row.outcome for row in imported} == {ImportOutcome.ADDED}
    assert len(load_accounts().sellers) == 1000
    who = workspace.accounts.find("Seller 999")[0]
    assert await workspace.vault.refresh_token(who) == Secret("Atzr|t999")
