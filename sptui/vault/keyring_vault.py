"""The vault over the operating system's keyring: Secret Service, KWallet, macOS' keychain, Windows' store."""

from __future__ import annotations

import sys
from collections.abc import Callable
from secrets import token_hex
from typing import Any, Final, TypeVar

import msgspec

from sptui.spapi.authorization import Authorization, CredentialError
from sptui.spapi.redaction import Secret
from sptui.vault import backends, parts
from sptui.vault.contract import (
    MissingSecretError,
    SecretTooLongError,
    Vault,
    VaultDeniedError,
    VaultLockedError,
    missing_client_secret,
    missing_database_password,
    missing_refresh_token,
)
from sptui.vault.memory import MemoryVault
from sptui.vault.patient_thread import Outcome, PatientThread

T = TypeVar("T")

SERVICE: Final = "sptui"
"""Entries are found by other programs too: `secret-tool lookup service sptui username client-secret:CLIENT_ID`."""

SECONDS_FOR_A_PROMPT: Final = 60.0

_TRIAL_ENTRY: Final = "doctor"
_WHY = "It may have been deleted from the keyring, or sellers.toml came from another machine."
_WHY_INCOMPLETE = "The keyring holds only a part of it."


class KeyringVault:
    """Secrets in the keyring. Calls to it run one after the other in a thread of their own, with a time limit.

    keyring is imported with the first call. ``backend`` (tests) stands for the one that keyring finds.
    """

    def __init__(self, backend: Any = None, *, seconds: float = SECONDS_FOR_A_PROMPT) -> None:
        self._given = backend
        self._backend: Any = None
        self._thread = PatientThread(seconds)

    @property
    def description(self) -> str:
        """Where secrets are, in a few words; with the backend's name once it was used."""
        return f"the keyring ({self.backend_name})" if self._backend is not None else "the keyring"

    @property
    def backend_name(self) -> str:
        """The backend's name, "" before its first use."""
        return "" if self._backend is None else backends.name_of(self._backend)

    async def client_secret(self, client_id: str) -> Secret:
        """The client secret of an application. Raises CredentialError."""
        return await self._get(_client_secret_entry(client_id), lambda why: missing_client_secret(client_id, why))

    async def refresh_token(self, authorization: Authorization) -> Secret:
        """The refresh token of an authorization. Raises CredentialError."""
        return await self._get(
            _refresh_token_entry(authorization), lambda why: missing_refresh_token(authorization, why)
        )

    async def set_client_secret(self, client_id: str, secret: Secret) -> None:
        """Keeps an application's client secret. Raises CredentialError."""
        await self._run(lambda backend: _set(backend, _client_secret_entry(client_id), secret))

    async def set_refresh_token(self, authorization: Authorization, token: Secret) -> None:
        """Keeps an authorization's refresh token. Raises CredentialError."""
        await self._run(lambda backend: _set(backend, _refresh_token_entry(authorization), token))

    async def forget_application(self, client_id: str) -> None:
        """Deletes an application's client secret. Raises CredentialError."""
        await self._run(lambda backend: parts.delete(backend, SERVICE, _client_secret_entry(client_id)))

    async def forget_authorization(self, authorization: Authorization) -> None:
        """Deletes an authorization's refresh token. Raises CredentialError."""
        await self._run(lambda backend: parts.delete(backend, SERVICE, _refresh_token_entry(authorization)))

    async def database_password(self, address: str) -> Secret:
        """The password of a database. Raises CredentialError."""
        return await self._get(_database_entry(address), lambda why: missing_database_password(address, why))

    async def set_database_password(self, address: str, password: Secret) -> None:
        """Keeps the password of a database. Raises CredentialError."""
        await self._run(lambda backend: _set(backend, _database_entry(address), password))

    async def forget_database_password(self, address: str) -> None:
        """Deletes the password of a database. Raises CredentialError."""
        await self._run(lambda backend: parts.delete(backend, SERVICE, _database_entry(address)))

    async def check(self) -> str:
        """Writes, reads and deletes an entry of no meaning; gives the backend's name. Raises CredentialError."""
        await self._run(_try_out)
        return backends.name_of(self._backend)

    def unlock_on_terminal(self) -> None:
        """Lets a backend that asks for its password on the terminal do so now, before a screen takes the terminal.

        Nothing happens for other backends, and without a terminal. What goes wrong shows when a secret is needed.
        """
        outcome = Outcome(self._load)
        if outcome.error is None and sys.stdin is not None and sys.stdin.isatty():
            backends.unlock_on_terminal(outcome.value)

    async def _get(self, entry: str, missing: Callable[[str], MissingSecretError]) -> Secret:
        try:
            text = await self._run(lambda backend: parts.read(backend, SERVICE, entry))
        except parts.IncompleteError:
            raise missing(_WHY_INCOMPLETE) from None
        if text is None:
            raise missing(_WHY)
        return Secret(text)

    async def _run(self, use: Callable[[Any], T]) -> T:
        """Runs ``use`` on the backend, in the thread; every failure of the backend becomes a CredentialError."""
        outcome = await self._thread.run(lambda: use(self._opened()))
        if outcome.error is not None and not isinstance(outcome.error, (CredentialError, parts.IncompleteError)):
            raise backends.explain(outcome.error, self._backend) from None
        return outcome.value

    def _opened(self) -> Any:
        backend = self._load()
        if backends.waits_for_terminal(backend):
            raise VaultLockedError(
                f"The keyring ({self.backend_name}) asks for its password on the terminal when sptui starts, and did "
                "not get the right one. Start sptui again in a terminal and type it there."
            )
        return backend

    def _load(self) -> Any:
        if self._backend is None:
            found = self._given
            if found is None:
                import keyring

                found = keyring.get_keyring()
            self._backend = backends.choose(found)
        return self._backend


class VaultReport(msgspec.Struct, frozen=True):
    """Whether secrets can be kept: in which backend, or why not and what to do (``problem``)."""

    usable: bool
    backend: str = ""
    problem: str = ""


async def probe(vault: KeyringVault | None = None) -> VaultReport:
    """Tries the keyring out: an entry without meaning is written, read and deleted. Never raises."""
    vault = vault or KeyringVault()
    try:
        return VaultReport(usable=True, backend=await vault.check())
    except CredentialError as error:
        return VaultReport(usable=False, backend=vault.backend_name, problem=str(error))


def open_vault(*, only_this_run: bool = False) -> Vault:
    """The vault of this run: the keyring, or memory ``only_this_run``. Cheap: the keyring is touched when needed.

    A backend that asks for its password on the terminal does so here.
    """
    if only_this_run:
        return MemoryVault()
    vault = KeyringVault()
    if backends.one_may_ask_on_the_terminal():
        vault.unlock_on_terminal()
    return vault


def _set(backend: Any, entry: str, secret: Secret) -> None:
    text = secret.reveal()
    if not text:
        raise VaultDeniedError("An empty secret is not kept: give the client secret or the refresh token itself.")
    if backends.takes_short_secrets_only(backend) and len(text) > parts.PART_CHARACTERS:
        _in_parts(backend, entry, text)
        return
    outcome = Outcome(lambda: parts.write_whole(backend, SERVICE, entry, text))
    if outcome.error is None:
        return
    if len(text) <= parts.PART_CHARACTERS or not backends.may_be_the_length(outcome.error):
        raise backends.explain(outcome.error, backend, text) from None
    _in_parts(backend, entry, text)


def _in_parts(backend: Any, entry: str, text: str) -> None:
    outcome = Outcome(lambda: parts.write_in_parts(backend, SERVICE, entry, text))
    if outcome.error is None:
        return
    problem = backends.explain(outcome.error, backend, text)
    if not backends.may_be_the_length(outcome.error):
        raise problem from None
    raise SecretTooLongError(
        f"The keyring ({backends.name_of(backend)}) does not take a secret of {len(text)} characters, neither whole "
        f"nor in parts. {problem}"
    ) from None


def _try_out(backend: Any) -> None:
    wanted = token_hex(8)
    parts.write_whole(backend, SERVICE, _TRIAL_ENTRY, wanted)
    found = parts.read(backend, SERVICE, _TRIAL_ENTRY)
    parts.delete(backend, SERVICE, _TRIAL_ENTRY)
    if found != wanted:
        raise VaultDeniedError(
            f"The keyring ({backends.name_of(backend)}) took an entry and did not give it back. Check whether another "
            "program manages it, or start sptui with --only-this-run."
        )


def _client_secret_entry(client_id: str) -> str:
    return f"client-secret:{client_id}"


def _database_entry(address: str) -> str:
    return f"call-log:{address}"


def _refresh_token_entry(authorization: Authorization) -> str:
    return f"refresh-token:{authorization.key}:{authorization.application}"
