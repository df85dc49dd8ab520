"""The vault: secrets in a keyring or in memory, and a sentence for each way in which a keyring fails."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import keyring
import keyring.errors
import pytest
from fake_keyring import FakeKeyring
from hypothesis import given, settings
from hypothesis import strategies as st

from sptui.spapi.authorization import Authorization, CredentialError
from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region
from sptui.vault import (
    KeyringVault,
    MemoryVault,
    MissingSecretError,
    NoBackendError,
    SecretTooLongError,
    Vault,
    VaultDeniedError,
    VaultLockedError,
    VaultReport,
    open_vault,
    parts,
    probe,
)

CLIENT_ID = "amzn1.application-oa2-client.one"
WHO = Authorization("Northwind", "A1NORTH", Region.NA, CLIENT_ID)
CANARY = "Atzr|IwEBcanaryCANARY"
LONG = "Atzr|" + "0123456789" * 204 + "end"


class WinVaultKeyring(FakeKeyring):
    """Windows' credential store: 2,560 bytes of UTF-16, and an error of its own beyond."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > 2560:
            raise OSError(1783, "The stub received bad data", None, 1783)
        super().set_password(service, username, password)


class ShortKeyring(WinVaultKeyring):
    """A back end that nobody knows, with the same limit."""


class FirstWritesOnly(WinVaultKeyring):
    """A back end that dies after some changes."""

    changes = -1

    def set_password(self, service: str, username: str, password: str) -> None:
        self._count()
        super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self._count()
        super().delete_password(service, username)

    def _count(self) -> None:
        if self.changes == 0:
            raise keyring.errors.PasswordSetError("gone")
        self.changes -= 1


# -- Keeping and forgetting --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make", [MemoryVault, lambda: KeyringVault(FakeKeyring()), lambda: KeyringVault(ShortKeyring())]
)
@pytest.mark.parametrize("token", ["s3cret", "ünïcode", LONG, "é" * 2048])
async def test_what_is_kept_is_given_back_until_it_is_forgotten(make: Callable[[], Vault], token: str) -> None:
    vault = make()
    other = Authorization("Northwind", "A1NORTH", Region.EU, CLIENT_ID)
    await vault.set_client_secret(CLIENT_ID, Secret("amzn1.oa2-cs.v1.x"))
    await vault.set_refresh_token(WHO, Secret("before"))
    await vault.set_refresh_token(WHO, Secret(token))
    await vault.set_refresh_token(other, Secret("other"))
    assert await vault.client_secret(CLIENT_ID) == Secret("amzn1.oa2-cs.v1.x")
    assert await vault.refresh_token(WHO) == Secret(token)
    await vault.forget_authorization(WHO)
    await vault.forget_authorization(WHO)
    with pytest.raises(MissingSecretError, match=r"no refresh token for Northwind \(A1NORTH@NA"):
        await vault.refresh_token(WHO)
    assert await vault.refresh_token(other) == Secret("other")
    await vault.forget_application(CLIENT_ID)
    await vault.forget_application(CLIENT_ID)
    with pytest.raises(MissingSecretError, match=f"no client secret for the application {CLIENT_ID}"):
        await vault.client_secret(CLIENT_ID)


async def test_entries_have_the_names_that_are_told_to_people() -> None:
    backend = FakeKeyring()
    vault = KeyringVault(backend)
    await vault.set_client_secret(CLIENT_ID, Secret("a"))
    await vault.set_refresh_token(WHO, Secret("b"))
    assert backend.entries == {
        ("sptui", f"client-secret:{CLIENT_ID}"): "a",
        ("sptui", f"refresh-token:A1NORTH@NA:{CLIENT_ID}"): "b",
    }


async def test_a_memory_vault_starts_with_what_it_is_given() -> None:
    vault = MemoryVault({CLIENT_ID: Secret("a")}, {WHO.key: Secret("b")})
    assert await vault.client_secret(CLIENT_ID) == Secret("a")
    assert await vault.refresh_token(WHO) == Secret("b")
    assert vault.description == "memory, for this run only"


async def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(VaultDeniedError, match="An empty secret"):
        await KeyringVault(FakeKeyring()).set_client_secret(CLIENT_ID, Secret(""))


# -- Short entries -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", [WinVaultKeyring, ShortKeyring])
async def test_a_long_token_lies_in_parts_and_leaves_none_behind(backend: type[WinVaultKeyring]) -> None:
    store = backend()
    vault = KeyringVault(store)
    entry = f"refresh-token:A1NORTH@NA:{CLIENT_ID}"
    for generation in (1, 2, 3):
        await vault.set_refresh_token(WHO, Secret(LONG))
        assert await vault.refresh_token(WHO) == Secret(LONG)
        names = {username for _, username in store.entries}
        assert names == {entry, f"{entry}#{generation}.0", f"{entry}#{generation}.1"}
        assert all("Atzr|" not in store.entries["sptui", entry] for _ in names)
    await vault.set_refresh_token(WHO, Secret("short"))
    assert store.entries == {("sptui", entry): "short"}
    await vault.set_refresh_token(WHO, Secret(LONG))
    await vault.forget_authorization(WHO)
    assert store.entries == {}


@settings(deadline=None)
@given(st.text(max_size=5000))
def test_any_text_survives_parts(text: str) -> None:
    store = WinVaultKeyring()
    parts.write_in_parts(store, "sptui", "entry", text)
    assert parts.read(store, "sptui", "entry") == text
    parts.delete(store, "sptui", "entry")
    assert store.entries == {}


async def test_a_secret_that_looks_like_a_header_is_kept_as_it_is() -> None:
    vault = KeyringVault(FakeKeyring())
    header = f"sptui-parts:1:1:{'0' * 64}"
    await vault.set_client_secret(CLIENT_ID, Secret(header))
    assert await vault.client_secret(CLIENT_ID) == Secret(header)


@pytest.mark.parametrize("first", ["old", "A" * 3000])
@pytest.mark.parametrize("second", ["new", "B" * 2500, "C" * 4900])
async def test_writing_that_is_cut_off_leaves_the_old_secret_or_the_new(first: str, second: str) -> None:
    outcomes: list[str | None] = []
    for changes in range(20):
        store = FirstWritesOnly()
        write = parts.write_in_parts if len(first) > 1200 else parts.write_whole
        write(store, "sptui", "entry", first)
        store.changes = changes
        write = parts.write_in_parts if len(second) > 1200 else parts.write_whole
        try:
            write(store, "sptui", "entry", second)
        except keyring.errors.PasswordSetError:
            outcomes.append(parts.read(store, "sptui", "entry"))
            store.changes = -1
            parts.write_in_parts(store, "sptui", "entry", "D" * 1500)
            assert parts.read(store, "sptui", "entry") == "D" * 1500
            parts.delete(store, "sptui", "entry")
            assert store.entries == {}
    assert set(outcomes) <= {first, second}
    assert outcomes == sorted(outcomes, key=lambda each: each == second), "the old one up to a point, then the new one"
    assert first in outcomes


async def test_a_token_with_a_missing_or_foreign_part_is_told_and_not_used() -> None:
    store = WinVaultKeyring()
    vault = KeyringVault(store)
    await vault.set_refresh_token(WHO, Secret(LONG))
    entry = ("sptui", f"refresh-token:A1NORTH@NA:{CLIENT_ID}#1.1")
    good = store.entries[entry]
    store.entries[entry] = good[::-1]
    with pytest.raises(MissingSecretError, match="holds only a part of it"):
        await vault.refresh_token(WHO)
    del store.entries[entry]
    with pytest.raises(MissingSecretError, match="holds only a part of it"):
        await vault.refresh_token(WHO)


async def test_a_generation_that_is_replaced_while_it_is_read_is_read_anew() -> None:
    class Renewed(WinVaultKeyring):
        renewed = False

        def get_password(self, service: str, username: str) -> str | None:
            found = super().get_password(service, username)
            if username.endswith("#1.0") and not self.renewed:
                self.renewed = True
                parts.write_in_parts(self, "sptui", "entry", "B" * 2000)
            return found

    store = Renewed()
    parts.write_in_parts(store, "sptui", "entry", "A" * 2000)
    assert parts.read(store, "sptui", "entry") == "B" * 2000


async def test_a_keyring_that_takes_not_even_parts_is_told() -> None:
    class Tiny(FakeKeyring):
        def set_password(self, service: str, username: str, password: str) -> None:
            if len(password) > 100:
                raise ValueError(f"too long: {password}")

    with pytest.raises(SecretTooLongError, match="does not take a secret of 2048 characters") as caught:
        await KeyringVault(Tiny()).set_refresh_token(WHO, Secret(LONG))
    assert "0123" not in str(caught.value)


# -- Failures ----------------------------------------------------------------------------------------------------


class LockedException(Exception):  # noqa: N818
    """As secretstorage raises it."""


FAILURES: list[tuple[BaseException, type[CredentialError], str]] = [
    (keyring.errors.NoKeyringError("none"), NoBackendError, "There is no keyring.*gnome-keyring.*dbus-run-session"),
    (keyring.errors.KeyringLocked("Failed to unlock the collection!"), VaultLockedError, "is locked.*Unlock it with"),
    (LockedException("locked"), VaultLockedError, "is locked"),
    (
        keyring.errors.InitError("Failed: Prompt dismissed.."),
        VaultDeniedError,
        "could not be opened.*Answer its prompt",
    ),
    (keyring.errors.PasswordSetError("Can't store password on keychain"), VaultDeniedError, "refused.*Allow sptui"),
    (ConnectionRefusedError(111, "Connection refused"), VaultDeniedError, r"refused \(ConnectionRefusedError"),
    (SystemExit(3), VaultDeniedError, r"refused \(SystemExit"),
]


@pytest.mark.parametrize(("failure", "kind", "told"), FAILURES)
@pytest.mark.parametrize(
    "use",
    [
        lambda vault: vault.client_secret(CLIENT_ID),
        lambda vault: vault.refresh_token(WHO),
        lambda vault: vault.set_client_secret(CLIENT_ID, Secret(CANARY)),
        lambda vault: vault.set_refresh_token(WHO, Secret(LONG)),
        lambda vault: vault.forget_application(CLIENT_ID),
        lambda vault: vault.forget_authorization(WHO),
        lambda vault: vault.check(),
    ],
)
async def test_each_failure_has_its_sentence(
    failure: BaseException, kind: type[CredentialError], told: str, use: Callable[[Vault], Awaitable[Any]]
) -> None:
    with pytest.raises(CredentialError, match=told) as caught:
        await use(KeyringVault(FakeKeyring(failure)))
    assert type(caught.value) is kind or kind is VaultDeniedError
    assert caught.value.__cause__ is None
    assert "canary" not in str(caught.value).lower()


@pytest.mark.parametrize("secret", [CANARY, "s3cret", "short canary with blanks", "ab" * 32])
async def test_a_backend_that_talks_about_the_secret_is_not_quoted(secret: str) -> None:
    vault = KeyringVault(FakeKeyring(ValueError(f"cannot encode {secret!r}: {secret}")))
    with pytest.raises(VaultDeniedError) as caught:
        await vault.set_client_secret(CLIENT_ID, Secret(secret))
    assert secret not in str(caught.value)
    assert secret not in repr(caught.value)


async def test_a_missing_entry_tells_the_next_step() -> None:
    with pytest.raises(MissingSecretError, match=r"may have been deleted.*sptui sellers app add"):
        await KeyringVault(FakeKeyring()).client_secret(CLIENT_ID)
    with pytest.raises(MissingSecretError, match=r"another machine.*sptui sellers add"):
        await KeyringVault(FakeKeyring()).refresh_token(WHO)


# -- Which back end ----------------------------------------------------------------------------------------------


class PlaintextKeyring(FakeKeyring):
    pass


class ChainerBackend:
    def __init__(self, *backends: Any) -> None:
        self.backends = backends


def test_a_chain_stands_for_its_first_member_that_keeps_secrets() -> None:
    from sptui.vault.backends import choose

    good = FakeKeyring()
    assert choose(good) is good
    assert choose(ChainerBackend(PlaintextKeyring(), good, FakeKeyring())) is good


@pytest.mark.parametrize("found", [PlaintextKeyring(), ChainerBackend(PlaintextKeyring())])
async def test_a_keyring_in_plain_text_is_refused(found: Any) -> None:
    with pytest.raises(NoBackendError, match="PlaintextKeyring, writes secrets into a file that is not encrypted"):
        await KeyringVault(found).set_client_secret(CLIENT_ID, Secret(CANARY))


@pytest.mark.parametrize("name", ["fail", "null"])
async def test_no_keyring_and_the_null_keyring_are_refused(name: str) -> None:
    import importlib

    backend = importlib.import_module(f"keyring.backends.{name}").Keyring()
    for found in (backend, ChainerBackend()):
        with pytest.raises(NoBackendError, match=r"There is no keyring on this machine.*--only-this-run"):
            await KeyringVault(found).client_secret(CLIENT_ID)


async def test_a_keyring_that_cannot_be_loaded_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise ModuleNotFoundError("No module named 'nowhere'")

    monkeypatch.setattr(keyring, "get_keyring", broken)
    with pytest.raises(NoBackendError, match=r"cannot be loaded.*nowhere.*PYTHON_KEYRING_BACKEND"):
        await KeyringVault().client_secret(CLIENT_ID)
    report = await probe()
    assert not report.usable
    assert "cannot be loaded" in report.problem


async def test_the_report_tells_what_works(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = FakeKeyring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    assert await probe() == VaultReport(usable=True, backend="fake_keyring.FakeKeyring")
    assert backend.entries == {}


async def test_a_keyring_that_forgets_is_found_out() -> None:
    class Forgetful(FakeKeyring):
        def set_password(self, service: str, username: str, password: str) -> None:
            pass

    with pytest.raises(VaultDeniedError, match="did not give it back"):
        await KeyringVault(Forgetful()).check()


def test_the_vault_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert isinstance(open_vault(), KeyringVault)
    assert open_vault().description == "the keyring"
    assert isinstance(open_vault(only_this_run=True), MemoryVault)


# -- Back ends that ask on the terminal --------------------------------------------------------------------------


class EncryptedKeyring(FakeKeyring):
    """As keyrings.cryptfile's: the first use of ``keyring_key`` asks."""

    def __init__(self, *answers: str | BaseException) -> None:
        super().__init__()
        self.answers = list(answers)
        self._keyring_key: str | None = None

    @property
    def keyring_key(self) -> str:
        if self._keyring_key is None:
            answer = self.answers.pop(0)
            if isinstance(answer, BaseException):
                raise answer
            self._keyring_key = answer
            if answer != "right":
                raise ValueError("MAC check failed")
        return self._keyring_key

    @keyring_key.deleter
    def keyring_key(self) -> None:
        self._keyring_key = None

    def touch(self) -> None:
        assert self.keyring_key == "right"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())


async def test_an_encrypted_file_is_opened_before_the_screen(
    terminal: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backend = EncryptedKeyring("wrong", "right")
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    vault = open_vault()
    assert backend.answers == []
    assert capsys.readouterr().err == "That password does not open the keyring.\n"
    await vault.set_client_secret(CLIENT_ID, Secret("a"))
    assert await vault.client_secret(CLIENT_ID) == Secret("a")


async def test_an_encrypted_file_never_asks_under_the_screen(terminal: None) -> None:
    backend = EncryptedKeyring("wrong", "wrong", "wrong", "right")
    vault = KeyringVault(backend)
    vault.unlock_on_terminal()
    with pytest.raises(VaultLockedError, match="asks for its password on the terminal when sptui starts"):
        await vault.client_secret(CLIENT_ID)
    assert backend.answers == ["right"]


def test_ctrl_c_at_the_keyrings_prompt_ends_the_program(terminal: None) -> None:
    with pytest.raises(KeyboardInterrupt):
        KeyringVault(EncryptedKeyring(KeyboardInterrupt())).unlock_on_terminal()


def test_end_of_input_at_the_keyrings_prompt_does_not_ask_again(terminal: None) -> None:
    backend = EncryptedKeyring(EOFError(), "right")
    KeyringVault(backend).unlock_on_terminal()
    assert backend.answers == ["right"]


async def test_without_a_terminal_nobody_is_asked() -> None:
    backend = EncryptedKeyring("right")
    vault = KeyringVault(backend)
    vault.unlock_on_terminal()
    with pytest.raises(VaultLockedError):
        await vault.client_secret(CLIENT_ID)
    assert backend.answers == ["right"]


# -- Waiting -----------------------------------------------------------------------------------------------------


class PromptingBackend(FakeKeyring):
    """Waits for somebody to answer its prompt."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.answered = threading.Event()

    def touch(self) -> None:
        self.asked.set()
        self.answered.wait()


async def test_a_prompt_that_nobody_answers_ends_in_an_error_and_blocks_nothing() -> None:
    backend = PromptingBackend()
    vault = KeyringVault(backend, seconds=0.05)
    with pytest.raises(VaultLockedError, match=r"gave no answer in time.*another window"):
        await vault.client_secret(CLIENT_ID)
    backend.answered.set()
    vault._thread._seconds = 30.0  # for a machine that is slow
    await vault.set_client_secret(CLIENT_ID, Secret("a"))
    assert await vault.client_secret(CLIENT_ID) == Secret("a")


async def test_the_loop_runs_on_while_a_prompt_waits() -> None:
    backend = PromptingBackend()
    vault = KeyringVault(backend)
    asking = asyncio.create_task(vault.set_client_secret(CLIENT_ID, Secret("a")))
    await asyncio.to_thread(backend.asked.wait)
    backend.answered.set()
    await asking


async def test_many_askers_are_served_one_at_a_time() -> None:
    class Counting(FakeKeyring):
        inside = 0
        most = 0

        def touch(self) -> None:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.inside -= 1

    backend = Counting()
    vault = KeyringVault(backend)
    await asyncio.gather(*(vault.set_client_secret(f"app{number}", Secret(str(number))) for number in range(50)))
    found = await asyncio.gather(*(vault.client_secret(f"app{number}") for number in range(50)))
    assert [each.reveal() for each in found] == [str(number) for number in range(50)]
    assert backend.most == 1


async def test_one_who_stops_waiting_takes_nothing_from_the_others() -> None:
    backend = PromptingBackend()
    vault = KeyringVault(backend)
    first = asyncio.create_task(vault.set_client_secret("one", Secret("1")))
    await asyncio.to_thread(backend.asked.wait)
    second = asyncio.create_task(vault.set_client_secret("two", Secret("2")))
    third = asyncio.create_task(vault.set_client_secret("three", Secret("3")))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    backend.answered.set()
    await asyncio.gather(first, third)
    assert set(backend.entries.values()) == {"1", "3"}


def test_the_program_ends_while_a_prompt_waits() -> None:
    code = """
import asyncio, threading
from sptui.vault import KeyringVault, VaultLockedError
class Prompting:
    def get_password(self, service, username):
        threading.Event().wait()
async def main():
    try:
        await KeyringVault(Prompting(), seconds=0.05).client_secret("one")
    except VaultLockedError:
        print("told")
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("told\n", "")


def test_a_vault_serves_one_loop_after_the_other() -> None:
    vault = KeyringVault(FakeKeyring())
    asyncio.run(vault.set_client_secret(CLIENT_ID, Secret("a")))
    assert asyncio.run(vault.client_secret(CLIENT_ID)) == Secret("a")
