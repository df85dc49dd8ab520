"""Secrets for this run only, and those of a simulated world."""

from __future__ import annotations

from collections.abc import Mapping

from sptui.spapi.authorization import Authorization
from sptui.spapi.redaction import Secret
from sptui.vault.contract import missing_client_secret, missing_database_password, missing_refresh_token

_WHY = "Secrets are kept for this run only, and this one was not given in it."


class MemoryVault:
    """Keeps secrets until the program ends.

    Starts with client secrets by client id and refresh tokens by ``Authorization.key`` (``seller id@region``).
    """

    def __init__(
        self, client_secrets: Mapping[str, Secret] | None = None, refresh_tokens: Mapping[str, Secret] | None = None
    ) -> None:
        self._client_secrets = dict(client_secrets or {})
        self._refresh_tokens = dict(refresh_tokens or {})
        self._passwords: dict[str, Secret] = {}

    @property
    def description(self) -> str:
        """Where secrets are, in a few words."""
        return "memory, for this run only"

    async def client_secret(self, client_id: str) -> Secret:
        """The client secret of an application. Raises MissingSecretError."""
        if client_id not in self._client_secrets:
            raise missing_client_secret(client_id, _WHY)
        return self._client_secrets[client_id]

    async def refresh_token(self, authorization: Authorization) -> Secret:
        """The refresh token of an authorization. Raises MissingSecretError."""
        if authorization.key not in self._refresh_tokens:
            raise missing_refresh_token(authorization, _WHY)
        return self._refresh_tokens[authorization.key]

    async def set_client_secret(self, client_id: str, secret: Secret) -> None:
        """Keeps an application's client secret."""
        self._client_secrets[client_id] = secret

    async def set_refresh_token(self, authorization: Authorization, token: Secret) -> None:
        """Keeps an authorization's refresh token."""
        self._refresh_tokens[authorization.key] = token

    async def forget_application(self, client_id: str) -> None:
        """Drops an application's client secret."""
        self._client_secrets.pop(client_id, None)

    async def forget_authorization(self, authorization: Authorization) -> None:
        """Drops an authorization's refresh token."""
        self._refresh_tokens.pop(authorization.key, None)

    async def database_password(self, address: str) -> Secret:
        """The password of a database. Raises MissingSecretError."""
        if address not in self._passwords:
            raise missing_database_password(address, _WHY)
        return self._passwords[address]

    async def set_database_password(self, address: str, password: Secret) -> None:
        """Keeps the password of a database."""
        self._passwords[address] = password

    async def forget_database_password(self, address: str) -> None:
        """Drops the password of a database."""
        self._passwords.pop(address, None)
