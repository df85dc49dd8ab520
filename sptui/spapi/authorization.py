"""Who calls for whom: applications, sellers and their authorizations, without their secrets."""

from __future__ import annotations

from typing import Protocol

import msgspec

from sptui.spapi.redaction import Secret
from sptui.spapi.regions import Region


class Application(msgspec.Struct, frozen=True):
    """An LWA client. ``roles`` are those it was granted, or None where nobody said."""

    client_id: str
    name: str = ""
    roles: tuple[str, ...] | None = None


class Authorization(msgspec.Struct, frozen=True):
    """What one picks as "seller and region": an application may call for a seller id in a region.

    ``application`` is the application's client id.
    """

    seller: str
    seller_id: str
    region: Region
    application: str

    @property
    def key(self) -> str:
        """``seller id@region``: unique among all authorizations."""
        return f"{self.seller_id}@{self.region}"


class Seller(msgspec.Struct, frozen=True):
    """A company by its name, with one authorization for each region in which it sells."""

    name: str
    authorizations: tuple[Authorization, ...] = ()

    def in_region(self, region: Region) -> Authorization | None:
        """The authorization for ``region``, or None."""
        return next((each for each in self.authorizations if each.region is region), None)


class CredentialError(Exception):
    """A secret could not be had. The message says what happened, why, and the next step."""


class CredentialSource(Protocol):
    """Where secrets come from when a token request is made. Both raise CredentialError."""

    async def client_secret(self, client_id: str) -> Secret:
        """The client secret of an application."""
        ...

    async def refresh_token(self, authorization: Authorization) -> Secret:
        """The refresh token of an authorization."""
        ...
