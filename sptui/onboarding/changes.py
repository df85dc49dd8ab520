"""Adding, changing and removing: the keyring and sellers.toml go together, or neither changes."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable

import msgspec

from sptui.onboarding.trial import kept_token
from sptui.settings import Accounts, SettingsError, check_accounts
from sptui.spapi.authorization import Application, Authorization, CredentialError
from sptui.spapi.redaction import Secret
from sptui.vault import MissingSecretError
from sptui.workspace import Workspace


class Removal(msgspec.Struct, frozen=True):
    """What was removed. ``left`` tells of secrets that the keyring did not give up; "" where all went."""

    authorizations: tuple[Authorization, ...] = ()
    application: Application | None = None
    left: str = ""


async def add_application(workspace: Workspace, application: Application, client_secret: Secret | None = None) -> None:
    """Adds an application, or changes the one of its client id; None leaves the secret that is kept as it is.

    Raises SettingsError and CredentialError; then nothing changed.
    """
    accounts = workspace.accounts.with_application(application)
    check_accounts(accounts)
    vault, client_id = workspace.vault, application.client_id
    await _keep_and_save(
        workspace,
        accounts,
        client_secret,
        lambda: vault.client_secret(client_id),
        lambda secret: vault.set_client_secret(client_id, secret),
        lambda: vault.forget_application(client_id),
    )
    workspace.client.forget_tokens()


async def add_authorization(
    workspace: Workspace, seller_name: str, authorization: Authorization, refresh_token: Secret | None = None
) -> Authorization:
    """Adds an authorization (and its seller, when new), or replaces the seller's one for that region; gives it as
    it is kept. None leaves the token that is kept as it is.

    Raises SettingsError and CredentialError; then nothing changed.
    """
    accounts = workspace.accounts.with_authorization(seller_name, authorization)
    check_accounts(accounts)
    kept = next(each for each in accounts.authorizations() if each.key == authorization.key)
    if refresh_token is None:
        with contextlib.suppress(MissingSecretError):
            refresh_token = await kept_token(workspace, authorization)
    replaced = [each for each in workspace.accounts.authorizations() if each not in accounts.authorizations()]
    vault = workspace.vault
    await _keep_and_save(
        workspace,
        accounts,
        refresh_token,
        lambda: vault.refresh_token(kept),
        lambda token: vault.set_refresh_token(kept, token),
        lambda: vault.forget_authorization(kept),
    )
    await _forget(
        workspace, [each for each in replaced if (each.key, each.application) != (kept.key, kept.application)]
    )
    workspace.client.forget_tokens(kept)
    return kept


async def remove_seller(workspace: Workspace, name: str) -> Removal:
    """Removes a seller with all its authorizations and their tokens. Raises SettingsError."""
    accounts = workspace.accounts.without_seller(name)
    return await _remove(workspace, accounts)


async def remove_authorization(workspace: Workspace, key: str) -> Removal:
    """Removes the authorization ``seller id@region`` and its token. Raises SettingsError."""
    return await _remove(workspace, workspace.accounts.without_authorization(key))


async def remove_application(workspace: Workspace, client_id: str) -> Removal:
    """Removes an application and its secret. Raises SettingsError, also while authorizations belong to it."""
    application = workspace.accounts.application(client_id)
    workspace.save_accounts(workspace.accounts.without_application(client_id))
    left = await _told(workspace.vault.forget_application(client_id))
    return Removal(application=application, left=left)


def rename_seller(workspace: Workspace, name: str, new_name: str) -> None:
    """Gives a seller another name. Raises SettingsError."""
    workspace.save_accounts(workspace.accounts.rename_seller(name, new_name))


async def _keep_and_save(
    workspace: Workspace,
    accounts: Accounts,
    secret: Secret | None,
    get: Callable[[], Awaitable[Secret]],
    keep: Callable[[Secret], Awaitable[None]],
    forget: Callable[[], Awaitable[None]],
) -> None:
    """The secret first: sellers.toml never names an authorization whose token could not be kept."""
    if secret is None:
        workspace.save_accounts(accounts)
        return
    try:
        before = await get()
    except MissingSecretError:
        before = None
    await keep(secret)
    try:
        workspace.save_accounts(accounts)
    except SettingsError:
        await (keep(before) if before is not None else forget())
        raise


async def _remove(workspace: Workspace, accounts: Accounts) -> Removal:
    """The file first: a token that nobody names any more does no harm, a name without a token would."""
    kept = accounts.authorizations()
    gone = tuple(each for each in workspace.accounts.authorizations() if each not in kept)
    workspace.save_accounts(accounts)
    for each in gone:
        workspace.client.forget_tokens(each)
    return Removal(gone, left=await _forget(workspace, gone))


async def _forget(workspace: Workspace, authorizations: list[Authorization] | tuple[Authorization, ...]) -> str:
    told = ""
    for each in authorizations:
        told = await _told(workspace.vault.forget_authorization(each)) or told
    return told


async def _told(forgetting: Awaitable[None]) -> str:
    try:
        await forgetting
    except CredentialError as error:
        return f"The secret may still be in the keyring: {error}"
    return ""
