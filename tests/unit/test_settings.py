"""config.toml and sellers.toml: read strictly, written whole, never emptied, never with a secret."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sptui.settings import (
    Accounts,
    Config,
    HealthConfig,
    NetworkConfig,
    NotificationsConfig,
    SettingsError,
    config_dir,
    data_dir,
    format_duration,
    load_accounts,
    load_config,
    parse_duration,
    save_accounts,
    sellers_path,
)
from sptui.settings.atomic import sole_writer
from sptui.settings.config import config_path, decode_config
from sptui.settings.sellers_file import decode_accounts, problem_of_text
from sptui.spapi.authorization import Application, Authorization, Seller
from sptui.spapi.regions import Region
from sptui.toml_file import TomlFileError

CANARIES = [
    "Atzr|IwEBcanaryCANARY",
    "Atza|IwEBcanaryCANARY",
    "Atzr%7CIwEBcanaryCANARY",
    "prefix amzn1.oa2-cs.v1.canaryCANARY",
    "client_secret=canaryCANARY",
    "ca" * 32,
]
APP = Application("amzn1.application-oa2-client.one", "Main app", ("Pricing",))
OTHER_APP = Application("amzn1.application-oa2-client.two")


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("SPTUI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SPTUI_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("SPTUI_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def write_config(text: str) -> Path:
    config_path().parent.mkdir(parents=True, exist_ok=True)
    config_path().write_text(text, encoding="utf-8")
    return config_path()


def authorization(seller: str, seller_id: str, region: Region = Region.NA, app: Application = APP) -> Authorization:
    return Authorization(seller, seller_id, region, app.client_id)


def accounts() -> Accounts:
    empty = Accounts().with_application(APP).with_application(OTHER_APP)
    return (
        empty.with_authorization("Northwind", authorization("", "A1NORTH"))
        .with_authorization("Northwind", authorization("", "A1NORTH", Region.EU))
        .with_authorization("Südwind & Co", authorization("", "A2SUED", Region.EU, OTHER_APP))
    )


# -- Folders -----------------------------------------------------------------------------------------------------


def test_the_environment_names_the_folders(tmp_path: Path) -> None:
    assert config_dir() == tmp_path / "config"
    assert data_dir() == tmp_path / "data"


def test_without_the_environment_the_platform_names_the_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPTUI_CONFIG_DIR", "")
    monkeypatch.delenv("SPTUI_DATA_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert config_dir().name == "sptui"
    assert config_dir().is_relative_to(tmp_path)
    assert data_dir().is_relative_to(tmp_path)
    monkeypatch.setenv("SPTUI_CONFIG_DIR", "~/here")
    assert config_dir() == tmp_path / "here"


def test_importing_the_settings_is_cheap() -> None:
    code = (
        "import sys, sptui.settings, sptui.vault;"
        "heavy = {'keyring', 'httpx', 'textual', 'click', 'starlette', 'tomli_w', 'sqlite3'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# -- config.toml -------------------------------------------------------------------------------------------------


def test_without_a_file_the_defaults_hold_and_no_file_appears() -> None:
    assert load_config() == Config()
    assert not config_dir().exists()


def test_every_setting_is_read_from_the_file() -> None:
    path = write_config(
        'refresh = "1h30m"\ntheme = "nord"\nread_only = true\nmouse = false\n'
        '[network]\ntimeout = "2.5s"\nendpoint = "http://127.0.0.1:8080/{region}"\nlwa_endpoint = "http://[::1]:1/t"\n'
        '[notifications]\nqueue_url = "https://sqs.eu-west-1.amazonaws.com/123456789012/q"\nregion = "eu-west-1"\n'
        'profile = "work"\nendpoint_url = "http://127.0.0.1:9324"\nown_queue = true\ndestination = "health"\n'
        '[health]\nreport_interval = "3h"\ncreate_reports = false\n'
        '[keys]\nrefresh = "f5"\n'
    )
    config = load_config()
    assert config == Config(
        timedelta(minutes=90),
        "nord",
        True,
        False,
        NetworkConfig(timedelta(seconds=2.5), "http://127.0.0.1:8080/{region}", "http://[::1]:1/t"),
        {"refresh": "f5"},
        config.sources,
        NotificationsConfig(
            "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "eu-west-1", "work", "http://127.0.0.1:9324", True,
            "health",
        ),
        HealthConfig(timedelta(hours=3), False),
    )  # fmt: skip
    assert set(config.sources.values()) == {str(path)}
    assert {"refresh", "network.timeout", "keys"} <= set(config.sources)


@pytest.mark.parametrize(
    ("variable", "text", "attribute", "value"),
    [
        ("SPTUI_REFRESH", "2m", "refresh", timedelta(minutes=2)),
        ("SPTUI_THEME", "light", "theme", "light"),
        ("SPTUI_READ_ONLY", "Yes", "read_only", True),
        ("SPTUI_MOUSE", "0", "mouse", False),
        ("SPTUI_TIMEOUT", "5s", "network", NetworkConfig(timeout=timedelta(seconds=5))),
        ("SPTUI_ENDPOINT", "http://localhost:1", "network", NetworkConfig(endpoint="http://localhost:1")),
        ("SPTUI_REPORT_INTERVAL", "12h", "health", HealthConfig(timedelta(hours=12))),
        ("SPTUI_CREATE_REPORTS", "no", "health", HealthConfig(create_reports=False)),
        ("SPTUI_NOTIFICATIONS_OWN_QUEUE", "on", "notifications", NotificationsConfig(own_queue=True)),
        ("SPTUI_NOTIFICATIONS_REGION", "eu-west-1", "notifications", NotificationsConfig(region="eu-west-1")),
        ("SPTUI_LWA_ENDPOINT", "http://127.0.0.1:1/auth", "network", NetworkConfig(lwa_endpoint="http://127.0.0.1:1/auth")),
    ],
)  # fmt: skip
def test_the_environment_goes_before_the_file(
    variable: str, text: str, attribute: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config('refresh = "20m"\ntheme = "nord"\nread_only = false\nmouse = true\n')
    monkeypatch.setenv(variable, text)
    config = load_config()
    assert getattr(config, attribute) == value
    assert variable in config.sources.values()


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPTUI_REFRESH", "")
    assert load_config() == Config()


@pytest.mark.parametrize(
    ("text", "line", "column", "told"),
    [
        ('refresh = "64s"', 1, 1, "'refresh' is too short; expected 1m5s to 7d"),
        ('theme = "a"\n  refresh = "8d"', 2, 3, "'refresh' is too long; expected 1m5s to 7d"),
        ('refresh = "soon"', 1, 1, "'refresh' is not a duration; expected a number and a unit such as 15m"),
        ("refresh = 900", 1, 1, "'refresh' is a whole number; expected text in quotes"),
        ('theme = " "', 1, 1, "'theme' is empty or unprintable; expected a name"),
        ('read_only = "yes"', 1, 1, "'read_only' is text; expected true or false"),
        ('[network]\n\ntimeout = "0s"', 3, 1, "'timeout' is too short; expected 1s to 10m"),
        ('network.endpoint = "http://evil.example"', 1, 1, "'endpoint' is neither Amazon's nor this machine's"),
        ('network = {endpoint = "http://sellingpartnerapi-na.amazon.com"}', 1, 12, "neither Amazon's nor this"),
        ('[network]\nlwa_endpoint = "http://u:p@127.0.0.1"', 2, 1, "'lwa_endpoint' is not a plain address"),
        ('[network]\nlwa_endpoint = "http://[::1"', 2, 1, "'lwa_endpoint' is neither Amazon's nor"),
        ('[keys]\nrefresh = ""', 1, 1, "'keys' is an empty entry"),
        ("[keys]\nrefresh = 5", 2, 1, "'refresh' is a whole number; expected text in quotes"),
        ('refesh = "15m"', 1, 1, "unknown key 'refesh'; did you mean 'refresh'?"),
        ("[network]\ntimout = 1", 2, 1, "unknown key 'timout'; did you mean 'timeout'?"),
        ("refresh =", 1, 10, "no value of TOML's"),
    ],
)
def test_a_broken_file_tells_where_and_what_and_stays(text: str, line: int, column: int, told: str) -> None:
    path = write_config(text)
    with pytest.raises(TomlFileError) as caught:
        load_config()
    assert (caught.value.line, caught.value.column) == (line, column), caught.value
    assert told in str(caught.value)
    assert str(caught.value).startswith(f"{path}:{line}:{column}: ")
    assert caught.value.path == path
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("variable", "text", "told"),
    [
        ("SPTUI_REFRESH", "15", "is not a duration; expected a number and a unit such as 15m"),
        ("SPTUI_REFRESH", "9" * 500 + "d", "is too long"),
        ("SPTUI_READ_ONLY", "perhaps", "is neither yes nor no; expected true or false"),
        ("SPTUI_TIMEOUT", "1h", "is too long; expected 1s to 10m"),
        ("SPTUI_ENDPOINT", "https://canary.example", "is neither Amazon's nor this machine's"),
        ("SPTUI_LWA_ENDPOINT", "canary", "is neither Amazon's nor this machine's"),
        ("SPTUI_THEME", "\x1b[31m", "is empty or unprintable; expected a name"),
    ],
)
def test_a_broken_variable_is_told_by_its_name(
    variable: str, text: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(SettingsError) as caught:
        load_config()
    assert str(caught.value).startswith(f"The environment variable {variable} {told}")
    assert "canary" not in str(caught.value)


def test_a_broken_file_is_told_even_where_the_environment_goes_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    write_config('refresh = "soon"')
    monkeypatch.setenv("SPTUI_REFRESH", "15m")
    with pytest.raises(TomlFileError):
        load_config()


def test_amazons_own_addresses_may_be_named() -> None:
    config = decode_config(
        '[network]\nendpoint = "https://sellingpartnerapi-na.amazon.com"\n'
        'lwa_endpoint = "https://api.amazon.com/auth/o2/token"',
        "config.toml",
    )
    assert config.network.endpoint == "https://sellingpartnerapi-na.amazon.com"


@settings(deadline=None)
@given(st.integers(0, 10**12))
def test_a_duration_is_read_as_it_was_written(milliseconds: int) -> None:
    duration = timedelta(milliseconds=milliseconds)
    assert abs(parse_duration(format_duration(duration)) - duration) < timedelta(milliseconds=1)


CONFIG_LIKE = st.lists(
    st.sampled_from([
        "refresh", "theme", "read_only", "mouse", "[network]", "timeout", "endpoint", "lwa_endpoint", "[keys]", " = ",
        '"15m"', '"http://127.0.0.1:8"', '"http://["', "true", "1", '""', "\n", "\n", ".", "'x'", "\x00", "é",
    ]),
    max_size=30,
).map("".join)  # fmt: skip


def read_config_text(text: str) -> Config | TomlFileError:
    try:
        return decode_config(text, "config.toml")
    except TomlFileError as error:
        return error


@settings(deadline=None)
@given(st.one_of(st.text(), CONFIG_LIKE))
def test_any_text_is_a_config_or_a_toml_file_error(text: str) -> None:
    assert isinstance(read_config_text(text), Config | TomlFileError)


@settings(deadline=None)
@given(st.text(), st.sampled_from(["refresh", "theme", "network.endpoint", "network.lwa_endpoint", "network.timeout"]))
def test_any_text_as_a_value_is_taken_or_refused_in_place(value: str, key: str) -> None:
    import tomli_w

    text = "[network]\n" if key.startswith("network") else ""
    text += tomli_w.dumps({key.rpartition(".")[2]: value})
    found = read_config_text(text)
    if isinstance(found, TomlFileError):
        assert found.line == text.count("\n")
        assert found.column == 1


# -- sellers.toml ------------------------------------------------------------------------------------------------


def test_without_a_file_there_are_no_accounts() -> None:
    assert load_accounts() == Accounts()
    assert not sellers_path().exists()


def test_accounts_come_back_as_they_were_saved() -> None:
    saved = save_accounts(accounts())
    assert (saved.applications, saved.sellers) == (accounts().applications, accounts().sellers)
    assert load_accounts() == saved
    text = sellers_path().read_text(encoding="utf-8")
    assert text.startswith("# The applications and sellers")
    assert "No secret belongs in this file" in text


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_only_the_owner_may_read_what_is_written() -> None:
    first = save_accounts(accounts())
    sellers_path().chmod(0o644)
    save_accounts(first.without_seller("Northwind"))
    backup = sellers_path().with_name("sellers.toml.bak")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (sellers_path(), backup)} == {0o600}
    assert stat.S_IMODE(config_dir().stat().st_mode) == 0o700


def test_the_previous_version_is_kept_byte_for_byte() -> None:
    first = save_accounts(accounts())
    before = sellers_path().read_bytes()
    assert not sellers_path().with_name("sellers.toml.bak").exists()
    second = save_accounts(first.without_seller("Northwind"))
    assert sellers_path().with_name("sellers.toml.bak").read_bytes() == before
    assert load_accounts() == second
    assert {path.name for path in config_dir().iterdir()} == {"sellers.toml", "sellers.toml.bak", "sellers.toml.lock"}


def test_a_file_that_changed_since_it_was_loaded_is_not_overwritten() -> None:
    mine = save_accounts(accounts())
    theirs = load_accounts()
    save_accounts(theirs.without_seller("Northwind"))
    after = sellers_path().read_bytes()
    with pytest.raises(SettingsError, match=r"changed on disk since it was loaded.*Load it again"):
        save_accounts(mine.rename_seller("Northwind", "Southwind"))
    assert sellers_path().read_bytes() == after


def test_a_file_that_appeared_or_vanished_meanwhile_is_noticed() -> None:
    nothing = load_accounts()
    saved = save_accounts(nothing.with_application(APP))
    with pytest.raises(SettingsError, match="changed on disk"):
        save_accounts(nothing.with_application(OTHER_APP))
    sellers_path().unlink()
    with pytest.raises(SettingsError, match="changed on disk"):
        save_accounts(saved)
    assert not sellers_path().exists()


def test_a_broken_file_is_never_overwritten() -> None:
    config_dir().mkdir()
    sellers_path().write_bytes(b"[[seller]\n\xff")
    with pytest.raises(TomlFileError):
        load_accounts()
    with pytest.raises(SettingsError):
        save_accounts(accounts())
    assert sellers_path().read_bytes() == b"[[seller]\n\xff"


def test_hand_edited_files_with_a_byte_order_mark_and_windows_line_ends_can_be_saved_over() -> None:
    save_accounts(accounts())
    windows = b"\xef\xbb\xbf" + sellers_path().read_bytes().replace(b"\n", b"\r\n")
    sellers_path().write_bytes(windows)
    loaded = load_accounts()
    assert loaded.sellers == accounts().sellers
    save_accounts(loaded)
    assert sellers_path().with_name("sellers.toml.bak").read_bytes() == windows


@pytest.mark.parametrize("call", ["fsync", "open", "replace", "mkdir"])
@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_full_disk_or_missing_permission_leaves_the_old_file(
    call: str, reason: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = save_accounts(accounts())
    before = sellers_path().read_bytes()

    def refuse(*_: Any, **__: Any) -> Any:
        raise OSError(reason, os.strerror(reason))

    with monkeypatch.context() as patch:
        patch.setattr(os if call in ("fsync", "open") else Path, call, refuse)
        with pytest.raises(SettingsError) as caught:
            save_accounts(saved.without_seller("Northwind"))
    assert "was not saved" in str(caught.value)
    assert os.strerror(reason) in str(caught.value)
    assert "The file is as it was" in str(caught.value)
    assert sellers_path().read_bytes() == before
    assert not list(config_dir().glob("*.new"))
    save_accounts(saved.without_seller("Northwind"))


def test_what_a_dead_program_left_behind_is_no_obstacle() -> None:
    config_dir().mkdir()
    (config_dir() / "sellers.toml.new").write_text("half a fi")
    (config_dir() / "sellers.toml.lock").write_text("")
    assert load_accounts() != save_accounts(accounts())
    assert load_accounts().sellers == accounts().sellers


def test_while_another_program_writes_nothing_is_written() -> None:
    saved = save_accounts(accounts())
    with sole_writer(sellers_path()), pytest.raises(SettingsError, match="another sptui is writing it just now"):
        save_accounts(saved.without_seller("Northwind"))
    save_accounts(saved.without_seller("Northwind"))


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "sellers.toml"
    real.parent.mkdir()
    real.write_text("")
    config_dir().mkdir()
    try:
        sellers_path().symlink_to(real)
    except OSError:
        pytest.skip("no symbolic links here")
    save_accounts(load_accounts().with_application(APP))
    assert sellers_path().is_symlink()
    assert "Main app" in real.read_text(encoding="utf-8")


# -- What does not fit together ----------------------------------------------------------------------------------

GOOD = """\
[[application]]
client_id = "app1"

[[seller]]
name = "One"
[[seller.authorization]]
region = "NA"
seller_id = "A1"
application = "app1"
"""


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (GOOD + '[[seller.authorization]]\nregion = "EU"\nseller_id = "A1"\napplication = "app2"', 13,
         "the application 'app2' is unknown; expected one of the 1 in [[application]]"),
        (GOOD + '[[seller]]\nname = " one"', 11, "two sellers of one name"),
        (GOOD + '[[seller]]\nname = "Two"\n[[seller.authorization]]\nregion = "NA"\nseller_id = "A1"\n'
         'application = "app1"', 14, "the seller id 'A1' twice in region NA"),
        (GOOD + '[[seller.authorization]]\nregion = "NA"\nseller_id = "A2"\napplication = "app1"', 11,
         "region NA twice for one seller"),
        (GOOD + '[[application]]\nclient_id = "app1"', 11, "the same client_id twice"),
        (GOOD + '[[seller]]\nname = " "', 11, "a seller without a name"),
        (GOOD + '[[seller.authorization]]\nregion = "US"\nseller_id = "A2"\napplication = "app1"', 11,
         "'region' has a value that does not exist; expected NA, EU or FE"),
        (GOOD.replace('"A1"', '"A 1"'), 8, "'seller_id' is no id; expected letters, digits"),
        (GOOD.replace('"NA"\nseller_id', '"NA"\nrefresh_token = "Atzr|canaryCANARY"\nseller_id'), 8,
         "unknown key 'refresh_token'; expected no secret here: remove it, and give it to `sptui sellers`"),
        (GOOD.replace('"One"', '"amzn1.oa2-cs.v1.canaryCANARY"'), 5, "'name' looks like a secret"),
        (GOOD.replace("seller_id", "sellerid"), 8, "unknown key 'sellerid'; did you mean 'seller_id'?"),
        (GOOD.replace('region = "NA"\n', ""), 6, "item 1 of 'authorization' without 'region'; expected region = ..."),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_told_with_its_place(text: str, line: int, told: str) -> None:
    config_dir().mkdir()
    sellers_path().write_text(text, encoding="utf-8")
    with pytest.raises(TomlFileError) as caught:
        load_accounts()
    assert (caught.value.line, caught.value.column) == (line, 1), caught.value
    assert told in str(caught.value)
    assert "canary" not in str(caught.value).lower()
    assert caught.value.path == sellers_path()
    assert sellers_path().read_text(encoding="utf-8") == text


@pytest.mark.parametrize("secret", CANARIES)
@pytest.mark.parametrize("field", ["seller", "application name", "role", "client id", "seller id"])
def test_a_secret_never_reaches_the_file(secret: str, field: str) -> None:
    application, seller = APP, Seller("One", (authorization("One", "A1"),))
    if field == "seller":
        seller = Seller(secret, (authorization(secret, "A1"),))
    elif field == "application name":
        application = Application(APP.client_id, secret)
    elif field == "role":
        application = Application(APP.client_id, "", ("Pricing", secret))
    elif field == "client id":
        application = Application(secret)
        seller = Seller("One", (authorization("One", "A1", app=application),))
    else:
        seller = Seller("One", (authorization("One", secret),))
    with pytest.raises(SettingsError) as caught:
        save_accounts(Accounts((application,), (seller,)))
    assert "canary" not in str(caught.value).lower()
    assert "cacaca" not in str(caught.value)
    assert not sellers_path().exists()


def test_ordinary_texts_do_not_look_like_secrets() -> None:
    for text in (
        "Northwind",
        "Attila & Sons",
        "amzn1.application-oa2-client.0a1b2c",
        "A1B2C3D4E5F6G7",
        "Secret Santa Ltd",
    ):
        assert problem_of_text(text) == ""


NAMES = st.text(min_size=1, max_size=12).filter(lambda text: bool(text.strip()) and not problem_of_text(text))
IDS = st.from_regex(r"[A-Za-z0-9._-]{1,10}", fullmatch=True)


@st.composite
def any_accounts(draw: st.DrawFn) -> Accounts:
    client_ids = draw(st.lists(IDS, unique=True, max_size=3))
    roles = st.none() | st.lists(NAMES, max_size=2).map(tuple)
    applications = tuple(Application(each, draw(NAMES | st.just("")), draw(roles)) for each in client_ids)
    names = draw(st.lists(NAMES, unique_by=lambda name: name.strip().casefold(), max_size=4))
    sellers = []
    for number, name in enumerate(names):
        regions = draw(st.lists(st.sampled_from(Region), unique=True)) if client_ids else []
        rows = (
            Authorization(name, f"{draw(IDS)}.{number}", region, draw(st.sampled_from(client_ids)))
            for region in regions
        )
        sellers.append(Seller(name, tuple(rows)))
    return Accounts(applications, tuple(sellers))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(any_accounts())
def test_any_accounts_survive_the_file(wanted: Accounts) -> None:
    with contextlib.suppress(FileNotFoundError):
        sellers_path().unlink()
    saved = save_accounts(wanted)
    loaded = load_accounts()
    assert loaded == saved
    assert (loaded.applications, loaded.sellers) == (wanted.applications, wanted.sellers)


ACCOUNTS_LIKE = st.lists(
    st.sampled_from([
        *GOOD.splitlines(keepends=True), "[[seller.authorization]]\n", 'region = "EU"\n', "name", " = ", "[seller]\n",
        '"x"\n', "1\n", "seller_id", "[[", "]]", "\x00", "\ud800",
    ]),
    max_size=25,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(), ACCOUNTS_LIKE))
def test_any_text_is_accounts_or_a_toml_file_error(text: str) -> None:
    with contextlib.suppress(TomlFileError):
        assert isinstance(decode_accounts(text, "sellers.toml"), Accounts)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.one_of(st.binary(), ACCOUNTS_LIKE.map(lambda text: text.encode(errors="replace"))))
def test_any_bytes_are_accounts_or_a_toml_file_error_and_stay(raw: bytes) -> None:
    config_dir().mkdir(exist_ok=True)
    sellers_path().write_bytes(raw)
    with contextlib.suppress(TomlFileError):
        load_accounts()
    assert sellers_path().read_bytes() == raw


# -- Accounts as values ------------------------------------------------------------------------------------------


def test_authorizations_are_found_by_name_id_and_region() -> None:
    known = accounts()
    assert [each.key for each in known.find("northWIND")] == ["A1NORTH@NA", "A1NORTH@EU"]
    assert [each.key for each in known.find(" a1north ")] == ["A1NORTH@NA", "A1NORTH@EU"]
    assert [each.key for each in known.find("Northwind@eu")] == ["A1NORTH@EU"]
    assert [each.key for each in known.find("A2SUED@EU")] == ["A2SUED@EU"]
    assert known.find("A2SUED@FE") == []
    assert known.find("Nort") == []
    assert known.find("") == []
    assert known.similar("north") == ["Northwind"]
    assert known.similar("Sudwind & Co") == ["Südwind & Co"]


def test_a_name_with_an_at_sign_is_found_as_a_whole_first() -> None:
    known = accounts().with_authorization("shop@EU", authorization("", "A3", Region.FE))
    known = known.with_authorization("shop", authorization("", "A4", Region.EU))
    assert [each.key for each in known.find("shop@EU")] == ["A3@FE"]
    assert [each.key for each in known.find("shop@EU@FE")] == ["A3@FE"]


def test_an_application_is_found_by_id_and_by_a_name_of_its_own() -> None:
    known = accounts().with_application(Application("app3", "Twin")).with_application(Application("app4", "twin"))
    assert known.find_application(APP.client_id) == APP
    assert known.find_application("main APP") == APP
    assert known.find_application("Twin") is None
    assert known.find_application("") is None


def test_changes_make_new_accounts_and_keep_the_version() -> None:
    before = Accounts(version="v").with_application(APP)
    after = before.with_authorization("One", authorization("ignored", "A1"))
    assert before.sellers == ()
    assert after.version == "v"
    assert after.sellers == (Seller("One", (authorization("One", "A1"),)),)
    assert after.with_application(Application(APP.client_id, "New name")).applications[0].name == "New name"
    again = after.with_authorization("ONE", authorization("", "A9"))
    assert again.sellers == (Seller("One", (authorization("One", "A9"),)),)
    renamed = after.rename_seller("one", " Uno ")
    assert renamed.sellers == (Seller("Uno", (authorization("Uno", "A1"),)),)
    assert after.rename_seller("One", "ONE").sellers[0].name == "ONE"
    assert after.without_seller("one").sellers == ()
    assert after.without_authorization("A1@NA").sellers == ()
    assert len(accounts().without_authorization("A1NORTH@NA").sellers) == 2
    assert after.without_seller("One").without_application(APP.client_id).applications == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda a: a.with_authorization("New", Authorization("", "A5", Region.NA, "nope")), "no application nope"),
        (lambda a: a.with_authorization("New", authorization("", "A1NORTH")), "A1NORTH@NA belongs to Northwind"),
        (lambda a: a.with_authorization("  ", authorization("", "A5")), "needs a name"),
        (lambda a: a.without_application(APP.client_id), "Authorizations of Northwind belong to"),
        (lambda a: a.without_application("nope"), "no application nope"),
        (lambda a: a.without_seller("Nordwind"), "no seller 'Nordwind'. Did you mean Northwind?"),
        (lambda a: a.without_authorization("A1@FE"), "no authorization A1@FE"),
        (lambda a: a.rename_seller("Northwind", "südwind & CO"), "There is a seller Südwind & Co already"),
    ],
)
def test_changes_that_cannot_be_are_refused(change: Any, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        change(accounts())
