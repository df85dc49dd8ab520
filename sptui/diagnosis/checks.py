"""The checks in their order; each looks at one thing and never raises for what it finds."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sized
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from sptui import __version__
from sptui.diagnosis.call_log import check_call_log
from sptui.diagnosis.finding import Finding, State
from sptui.diagnosis.log_database import check_log_database
from sptui.diagnosis.network import check_clock, check_hosts
from sptui.diagnosis.terminal import Terminal, check_terminal
from sptui.settings import (
    Accounts,
    Config,
    SettingsError,
    config_path,
    data_dir,
    load_accounts,
    load_config,
    sellers_path,
)
from sptui.spapi.authorization import CredentialError
from sptui.spapi.clock import Clock, SystemClock
from sptui.toml_file import TomlFileError
from sptui.vault import KeyringVault, MissingSecretError, Vault, probe

if TYPE_CHECKING:
    from sptui.spapi.pools import Transport

SECRETS_LOOKED_AT: Final = 200
"""Of a fleet's refresh tokens: a keyring takes 16 ms for each."""

_DISTRIBUTIONS: Final = ("textual", "httpx", "keyring", "msgspec", "click", "starlette")


class Circumstances(msgspec.Struct, frozen=True):
    """What the checks depend on. ``vault`` is None where the keyring is not to be touched (a simulated run);
    ``network`` False leaves the network alone; ``transport`` (tests) takes its place.
    """

    terminal: Terminal
    vault: Vault | None
    network: bool = True
    transport: Transport | None = None
    clock: Clock = SystemClock()
    environment: Mapping[str, str] = os.environ


async def diagnose(circumstances: Circumstances) -> AsyncIterator[Finding]:
    """Every finding, as it is found."""
    config, accounts = Config(), Accounts()
    try:
        config = load_config()
        yield _config_finding(config)
    except (TomlFileError, SettingsError) as problem:
        yield Finding("config.toml", State.PROBLEM, str(problem), "Correct it there; sptui never changes this file.")
    try:
        accounts = load_accounts()
        yield _accounts_finding(accounts)
    except TomlFileError as problem:
        backup = sellers_path().with_name("sellers.toml.bak")
        do = f"Correct it, or bring back the version before: {backup}." if backup.exists() else "Correct it there."
        yield Finding("sellers.toml", State.PROBLEM, str(problem), do)
    yield check_data_folder(data_dir())
    yield await check_call_log(data_dir(), config.call_log.keep)
    given = circumstances.environment.get("SPTUI_CALL_LOG_PASSWORD", "")
    for finding in await check_log_database(
        config.call_log, circumstances.vault, circumstances.clock, given, network=circumstances.network
    ):
        yield finding
    async for finding in check_keyring(circumstances.vault, accounts):
        yield finding
    async for finding in _network_findings(circumstances, config):
        yield finding
    for finding in check_terminal(circumstances.terminal, circumstances.environment):
        yield finding
    for finding in check_versions():
        yield finding


async def _network_findings(circumstances: Circumstances, config: Config) -> AsyncIterator[Finding]:
    if not circumstances.network:
        yield Finding("network", State.SKIPPED, "Not looked at.")
        yield Finding("clock", State.SKIPPED, "Not compared: that needs the network.")
        return
    answers = await check_hosts(config.network, circumstances.clock, circumstances.transport)
    for answer in answers:
        yield answer.finding(circumstances.environment)
    yield check_clock(answers)


def _config_finding(config: Config) -> Finding:
    if not config.sources:
        return Finding("config.toml", State.OK, f"The defaults hold; settings of yours would be in {config_path()}.")
    told = ", ".join(f"{key} from {source}" for key, source in sorted(config.sources.items()))
    return Finding("config.toml", State.OK, f"Set: {told}.")


def _accounts_finding(accounts: Accounts) -> Finding:
    if not accounts.authorizations():
        return Finding(
            "sellers.toml",
            State.WARNING,
            f"No sellers yet ({sellers_path()}).",
            "Add an application, then a seller: `sptui sellers app add CLIENT_ID`, `sptui sellers add NAME …`. Or look "
            "around without any: `sptui demo`.",
        )
    counted = (
        _count(accounts.sellers, "seller"),
        _count(accounts.authorizations(), "authorization"),
        _count(accounts.applications, "application"),
    )
    return Finding("sellers.toml", State.OK, f"{', '.join(counted)} ({sellers_path()}).")


def _count(things: Sized, word: str) -> str:
    return f"{len(things)} {word}" if len(things) == 1 else f"{len(things)} {word}s"


def check_data_folder(folder: Path) -> Finding:
    """Whether the call log and the history can be written. What is not there yet is not made."""
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        told = f"{nearest} cannot be written ({error.strerror})."
        return Finding("data folder", State.PROBLEM, told, "Make it writable, or name another: SPTUI_DATA_DIR.")
    return Finding("data folder", State.OK, f"{folder} can be written.")


async def check_keyring(vault: Vault | None, accounts: Accounts) -> AsyncIterator[Finding]:
    """Whether secrets can be kept, and whether those of the accounts are there."""
    if vault is None:
        yield Finding("keyring", State.SKIPPED, "Not looked at: a simulated run leaves it alone.")
        return
    if not isinstance(vault, KeyringVault):
        yield Finding("keyring", State.WARNING, f"Secrets are in {vault.description}.", "They are gone at its end.")
        return
    report = await probe(vault)
    if not report.usable:
        yield Finding("keyring", State.PROBLEM, report.problem, "Until then: `sptui --only-this-run`, or `sptui demo`.")
        return
    yield Finding("keyring", State.OK, f"{report.backend}: an entry was written, read and deleted.")
    if accounts.applications:
        yield await _check_secrets(vault, accounts)


async def _check_secrets(vault: Vault, accounts: Accounts) -> Finding:
    authorizations = accounts.authorizations()[:SECRETS_LOOKED_AT]
    missing: list[str] = []
    try:
        for application in accounts.applications:
            try:
                await vault.client_secret(application.client_id)
            except MissingSecretError:
                missing.append(f"the client secret of {application.name or application.client_id}")
        for authorization in authorizations:
            try:
                await vault.refresh_token(authorization)
            except MissingSecretError:
                missing.append(f"the refresh token of {authorization.seller} ({authorization.key})")
    except CredentialError as problem:
        return Finding("secrets", State.PROBLEM, str(problem))
    looked = f"{_count(accounts.applications, 'client secret')} and {_count(authorizations, 'refresh token')}"
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        do = "Give them again: `sptui sellers app add`, `sptui sellers add`."
        return Finding("secrets", State.PROBLEM, f"Missing: {', '.join(missing[:5])}{more}.", do)
    return Finding("secrets", State.OK, f"In the keyring: {looked}.")


def check_versions() -> Iterator[Finding]:
    """Versions of what is installed, for a report."""
    found = [f"sptui {__version__}", f"Python {platform.python_version()} ({platform.platform(terse=True)})"]
    for name in _DISTRIBUTIONS:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            yield Finding("versions", State.PROBLEM, f"{name} is not installed.", "Install sptui again.")
    yield Finding("versions", State.OK, ", ".join(found) + ".")
