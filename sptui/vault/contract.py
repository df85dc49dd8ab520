"""What a vault does, and how it fails."""

from __future__ import annotations

from typing import Protocol

from sptui.spapi.authorization import Authorization, CredentialError, CredentialSource
from sptui.spapi.redaction import Secret


class NoBackendError(CredentialError):
    """There is no keyring here, or none that keeps secrets secret."""


class VaultLockedError(CredentialError):
    """The keyring is locked, or waits for its password and got none in time."""


class VaultDeniedError(CredentialError):
    """The keyring refused: a prompt was dismissed, access was denied, or it failed."""


class MissingSecretError(CredentialError):
    """The keyring works and holds no such entry, or only a part of it."""


class SecretTooLongError(CredentialError):
    """The keyring does not take a secret of this length."""


class Vault(CredentialSource, Protocol):
    """Keeps client secrets by client id, refresh tokens by authorization (seller id, region, application), and the
    password of the call log's database by its address, so that it goes to no other.

    Every method raises CredentialError (one of the classes above). Forgetting what is not there is fine.
    """

    @property
    def description(self) -> str:
        """Where secrets are, in a few words."""
        ...

    async def set_client_secret(self, client_id: str, secret: Secret) -> None:
        """Keeps an application's client secret, in place of the one before."""
        ...

    async def set_refresh_token(self, authorization: Authorization, token: Secret) -> None:
        """Keeps an authorization's refresh token, in place of the one before."""
        ...

    async def forget_application(self, client_id: str) -> None:
        """Deletes an application's client secret."""
        ...

    async def forget_authorization(self, authorization: Authorization) -> None:
        """Deletes an authorization's refresh token."""
        ...

    async def database_password(self, address: str) -> Secret:
        """The password of a database, by its address without one."""
        ...

    async def set_database_password(self, address: str, password: Secret) -> None:
        """Keeps the password of a database, in place of the one before."""
        ...

    async def forget_database_password(self, address: str) -> None:
        """Deletes the password of a database."""
        ...


def missing_client_secret(client_id: str, why: str) -> MissingSecretError:
    """The error for an application without its secret; ``why`` is a sentence."""
    return MissingSecretError(
        f"There is no client secret for the application {client_id}. {why} "
        f"Give it again: edit the application, or `sptui sellers app add {client_id}`."
    )


def missing_database_password(address: str, why: str) -> MissingSecretError:
    """The error for a database without its password; ``why`` is a sentence."""
    return MissingSecretError(f"There is no password for {address}. {why} Give it: `sptui log password`.")


def missing_refresh_token(authorization: Authorization, why: str) -> MissingSecretError:
    """The error for an authorization without its token; ``why`` is a sentence."""
    who = f"{authorization.seller} ({authorization.key})"
    return MissingSecretError(
        f"There is no refresh token for {who}. {why} Give it again: edit the seller, or `sptui sellers add`."
    )
