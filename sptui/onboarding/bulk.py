"""Many sellers at once: each row on its own, the file written once at the end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from sptui.onboarding.accounts_file import AccountsRow
from sptui.onboarding.inputs import checked_client_id, checked_client_secret, checked_refresh_token, region_meant
from sptui.onboarding.trial import try_credentials
from sptui.settings import Accounts, SettingsError, check_accounts, problem_of_text
from sptui.spapi.authorization import Application, Authorization, CredentialError, Seller
from sptui.spapi.redaction import Secret
from sptui.vault import MissingSecretError, SecretTooLongError, VaultDeniedError
from sptui.workspace import Workspace

TRIALS_AT_ONCE: Final = 8


class ImportOutcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    REPLACED = "replaced"
    REFUSED = "refused"


class ImportedRow(msgspec.Struct, frozen=True):
    """A row of the file and what became of it; ``problem`` says why it was refused."""

    number: int
    name: str
    outcome: ImportOutcome
    key: str = ""
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """The form of ``sellers import --json``."""
        return {
            "row": self.number,
            "seller": self.name,
            "authorization": self.key,
            "outcome": self.outcome.value,
            "problem": self.problem,
        }


class _Planned(msgspec.Struct, frozen=True):
    """A row that can be taken over."""

    row: AccountsRow
    authorization: Authorization
    token: Secret
    application: Application
    client_secret: Secret | None


async def import_accounts(
    workspace: Workspace, rows: Sequence[AccountsRow], *, trial: bool = False
) -> list[ImportedRow]:
    """Takes over what can be taken over, and tells of each row. With ``trial`` only those whose credentials work.

    Raises SettingsError where sellers.toml cannot be written: then no row was taken over.
    """
    done: dict[int, ImportedRow] = {}
    accounts, planned = workspace.accounts, []
    seen: set[str] = set()
    for index, row in enumerate(rows):
        try:
            plan = _plan(accounts, row, seen)
            accounts = accounts.with_application(plan.application).with_authorization(row.name, plan.authorization)
        except SettingsError as problem:
            done[index] = _refused(row, str(problem))
        else:
            seen.add(plan.authorization.key)
            planned.append((index, plan))
    if trial:
        refused = await _try_all(workspace, [plan for _, plan in planned])
        done |= {
            index: _refused(plan.row, refused[plan.row.number]) for index, plan in planned if plan.row.number in refused
        }
        planned = [(index, plan) for index, plan in planned if index not in done]
    done |= await _take_over(workspace, planned)
    return [done[index] for index in sorted(done)]


def _plan(accounts: Accounts, row: AccountsRow, seen: set[str]) -> _Planned:
    """Raises SettingsError for a row that cannot be taken over. ``seen``: the keys of the rows before it."""
    if row.missing:
        raise SettingsError(f"There is no {' and no '.join(row.missing)}.")
    token = checked_refresh_token(row.refresh_token.reveal())
    client_secret = checked_client_secret(row.client_secret.reveal()) if row.client_secret else None
    application = _application(accounts, row.application, new_allowed=client_secret is not None)
    authorization = Authorization(row.name, row.seller_id, region_meant(row.region), application.client_id)
    check_accounts(Accounts((application,), (Seller(row.name, (authorization,)),)))
    if authorization.key in seen:
        raise SettingsError(f"{authorization.key} is in the file twice.")
    known = accounts.seller(row.name)
    other = known.in_region(authorization.region) if known is not None else None
    if other is not None and other.seller_id != authorization.seller_id:
        raise SettingsError(f"{other.seller} has {other.key} already. Give this seller id a name of its own.")
    return _Planned(row, authorization, token, application, client_secret)


def _application(accounts: Accounts, text: str, *, new_allowed: bool) -> Application:
    if not text:
        if len(accounts.applications) == 1:
            return accounts.applications[0]
        raise SettingsError("There is no application. Name one of those in `sptui sellers app list`.")
    if known := accounts.find_application(text):
        return known
    if new_allowed:
        return Application(checked_client_id(text))
    raise SettingsError(
        "The application is unknown. Add it first (`sptui sellers app add`), or give its client_secret too."
    )


async def _try_all(workspace: Workspace, plans: list[_Planned]) -> dict[int, str]:
    """Why rows are refused, by their number; rows whose credentials work are not in it."""
    places = asyncio.Semaphore(TRIALS_AT_ONCE)
    refused: dict[int, str] = {}

    async def one(plan: _Planned) -> None:
        async with places:
            try:
                trial = await try_credentials(
                    workspace, plan.authorization, client_secret=plan.client_secret, refresh_token=plan.token
                )
            except CredentialError as problem:
                refused[plan.row.number] = str(problem)
            else:
                if not trial.ok:
                    refused[plan.row.number] = f"{trial.problem} {trial.advice}"

    await asyncio.gather(*(one(plan) for plan in plans))
    return refused


async def _take_over(workspace: Workspace, planned: list[tuple[int, _Planned]]) -> dict[int, ImportedRow]:
    """Secrets first, row by row; then the file. Where that cannot be written, or a person stops the import, the
    secrets go back to what they were.
    """
    known = {each.key: each for each in workspace.accounts.authorizations()}
    before = _Before(workspace)
    try:
        accounts, done = await _keep_secrets(workspace.accounts, before, planned)
        if accounts is workspace.accounts:
            return done
        workspace.save_accounts(accounts)
    except (SettingsError, asyncio.CancelledError):
        await before.restore()
        raise
    await _forget_replaced(workspace, known)
    workspace.client.forget_tokens()
    return done


async def _keep_secrets(
    accounts: Accounts, before: _Before, planned: list[tuple[int, _Planned]]
) -> tuple[Accounts, dict[int, ImportedRow]]:
    """The accounts with every row whose secrets could be kept, and what became of each row."""
    known = {each.key for each in accounts.authorizations()}
    done: dict[int, ImportedRow] = {}
    closed = ""
    for index, plan in planned:
        row, key = plan.row, plan.authorization.key
        try:
            if closed:
                raise VaultDeniedError(closed)
            changed = accounts.with_application(plan.application).with_authorization(row.name, plan.authorization)
            await before.keep(plan)
        except (SettingsError, SecretTooLongError) as problem:
            done[index] = _refused(row, str(problem))
        except CredentialError as problem:  # a keyring that does not open is not asked again for each row
            closed = str(problem)
            done[index] = _refused(row, closed)
        else:
            accounts = changed
            outcome = ImportOutcome.REPLACED if key in known else ImportOutcome.ADDED
            done[index] = ImportedRow(row.number, row.name, outcome, key)
    return accounts, done


async def _forget_replaced(workspace: Workspace, before: dict[str, Authorization]) -> None:
    """Deletes tokens under an application that their authorization no longer belongs to."""
    for each in workspace.accounts.authorizations():
        old = before.get(each.key)
        if old is not None and old.application != each.application:
            with contextlib.suppress(CredentialError):
                await workspace.vault.forget_authorization(old)


class _Before:
    """The secrets as they were before the import, to bring them back."""

    def __init__(self, workspace: Workspace) -> None:
        self._vault = workspace.vault
        self._tokens: dict[str, tuple[Authorization, Secret | None]] = {}
        self._secrets: dict[str, Secret | None] = {}

    async def keep(self, plan: _Planned) -> None:
        """Puts the secrets of a row into the vault. Raises CredentialError."""
        client_id = plan.application.client_id
        if plan.client_secret is not None and client_id not in self._secrets:
            try:
                self._secrets[client_id] = await self._vault.client_secret(client_id)
            except MissingSecretError:
                self._secrets[client_id] = None
            await self._vault.set_client_secret(client_id, plan.client_secret)
        key = f"{plan.authorization.key}:{client_id}"
        if key not in self._tokens:
            try:
                token = await self._vault.refresh_token(plan.authorization)
            except MissingSecretError:
                token = None
            self._tokens[key] = plan.authorization, token
        await self._vault.set_refresh_token(plan.authorization, plan.token)

    async def restore(self) -> None:
        """Brings everything back. Raises CredentialError."""
        for authorization, token in self._tokens.values():
            if token is None:
                await self._vault.forget_authorization(authorization)
            else:
                await self._vault.set_refresh_token(authorization, token)
        for client_id, secret in self._secrets.items():
            if secret is None:
                await self._vault.forget_application(client_id)
            else:
                await self._vault.set_client_secret(client_id, secret)


def _refused(row: AccountsRow, problem: str) -> ImportedRow:
    name = "" if problem_of_text(row.name) else row.name  # columns mixed up: a secret where the name should be
    return ImportedRow(row.number, name, ImportOutcome.REFUSED, problem=problem)
