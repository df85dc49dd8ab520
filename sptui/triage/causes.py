"""The causes that a verdict may name, what each means, and who must act."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Actor(StrEnum):
    """Who must act."""

    DEVELOPER = "developer"
    SELLER = "seller"
    AMAZON = "Amazon"
    NOBODY = "nobody"


class Cause(StrEnum):
    """One of the fourteen labels. A finer reason (which parameter, which role) goes into the words beside it."""

    REQUEST = "request"
    HOST = "host"
    ROLE = "role"
    AUTHORIZATION = "authorization"
    LWA = "lwa"
    TOKEN = "token"
    THROTTLED = "throttled"
    SERVICE = "service"
    MARKETPLACE = "marketplace"
    ACCOUNT = "account"
    UNAVAILABLE = "unavailable"
    CLIENT = "client"
    NOT_FOUND = "not_found"
    SUCCESS = "success"

    @property
    def meaning(self) -> str:
        """What it means, in one sentence."""
        return _MEANINGS[self][0]

    @property
    def who(self) -> Actor:
        """Who must act, unless the evidence says otherwise (a pseudo-marketplace is the developer's)."""
        return _MEANINGS[self][1]


_MEANINGS: Final[dict[Cause, tuple[str, Actor]]] = {
    Cause.REQUEST: (
        "The request: parameters, body, path, version or method are wrong, missing, in conflict or out of range.",
        Actor.DEVELOPER,
    ),
    Cause.HOST: ("The wrong regional endpoint, or sandbox and production mixed up.", Actor.DEVELOPER),
    Cause.ROLE: ("The application or the developer profile lacks the role.", Actor.DEVELOPER),
    Cause.AUTHORIZATION: (
        "The seller must authorize (again): never did, revoked it, it expired, or a role came later.",
        Actor.SELLER,
    ),
    Cause.LWA: (
        "Client id, client secret or refresh token are wrong, expired, rotated, or of another application.",
        Actor.DEVELOPER,
    ),
    Cause.TOKEN: (
        "The access token sent is absent, expired, malformed, or of the wrong kind for the operation.",
        Actor.DEVELOPER,
    ),
    Cause.THROTTLED: ("The rate limit or a quota was exceeded.", Actor.DEVELOPER),
    Cause.SERVICE: ("Amazon's side is broken or slow.", Actor.AMAZON),
    Cause.MARKETPLACE: (
        "The seller does not take part in the marketplace, or the id is none of the seller's.",
        Actor.SELLER,
    ),
    Cause.ACCOUNT: (
        "The seller's account is inactive, suspended, deactivated, in verification, or may not list.",
        Actor.SELLER,
    ),
    Cause.UNAVAILABLE: (
        "That report, feed, notification type or API is not offered there, or needs a program enrolment.",
        Actor.DEVELOPER,
    ),
    Cause.CLIENT: ("The caller's own transport, signing, encoding, headers or library.", Actor.DEVELOPER),
    Cause.NOT_FOUND: ("The id does not exist, has expired, or belongs to somebody else.", Actor.DEVELOPER),
    Cause.SUCCESS: ("Nothing failed.", Actor.NOBODY),
}
