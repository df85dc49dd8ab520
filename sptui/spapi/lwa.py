"""Access tokens from Login with Amazon: fetched once, shared, renewed five minutes before their end.

Documented: connecting-to-the-selling-partner-api (grants, lifetime of an hour); the five minutes are those of
Amazon's own sample server.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from sptui.spapi.authorization import Authorization, CredentialError, CredentialSource
from sptui.spapi.calls import Call, TransportFailure
from sptui.spapi.clock import Clock
from sptui.spapi.redaction import Secret

RENEW_BEFORE_SECONDS: Final = 300.0
_LIFE_SECONDS: Final = 3600.0
"""A token's documented life, where the answer tells none that makes sense."""

Form = dict[str, Secret | str]
Post = Callable[[Form, Authorization], Awaitable[tuple[Call, Any]]]
"""Sends one token request; gives the call (its secrets masked) and the parsed answer."""


class AccessToken(msgspec.Struct, frozen=True):
    """A token and its time: ``expires`` and ``fetched`` are readings of the monotonic clock, in seconds."""

    secret: Secret
    fetched: float
    expires: float


class TokenRefusedError(Exception):
    """LWA gave no token; ``call`` is the exchange that says why."""

    def __init__(self, call: Call) -> None:
        super().__init__(call.summary)
        self.call = call


class Tokens:
    """The token cache. At most one request is in flight for a token, however many ask for it."""

    def __init__(self, credentials: CredentialSource, post: Post, clock: Clock) -> None:
        self._credentials = credentials
        self._post = post
        self._clock = clock
        self._tokens: dict[tuple[str, str, str], AccessToken] = {}
        self._in_flight: dict[tuple[str, str, str], asyncio.Task[tuple[Call, AccessToken]]] = {}
        self._running: set[asyncio.Task[tuple[Call, AccessToken]]] = set()
        self._closing = False

    async def get(self, authorization: Authorization, scope: str = "") -> AccessToken:
        """The seller's token, or with ``scope`` the application's grantless one.

        Raises TokenRefusedError and CredentialError.
        """
        key = _key(authorization, scope)
        token = self._tokens.get(key)
        if token is not None and self._clock.monotonic() < token.expires - RENEW_BEFORE_SECONDS:
            return token
        _, token = await self._fetch_shared(key, authorization, scope)
        return token

    async def refresh(self, authorization: Authorization) -> Call:
        """A new token whatever the cache holds; the exchange itself. Raises as ``get``."""
        call, _ = await self._fetch_shared(_key(authorization, ""), authorization, "")
        return call

    def forget(self, authorization: Authorization | None = None, scope: str = "") -> None:
        """Drops one token, or all of them, and those that are being fetched: the secrets may be others now."""
        keys = [*self._tokens, *self._in_flight] if authorization is None else [_key(authorization, scope)]
        for key in keys:
            self._tokens.pop(key, None)
            self._in_flight.pop(key, None)

    def discard(self, token: AccessToken) -> None:
        """Drops a token that Amazon refused; not the one that may have taken its place meanwhile."""
        for key in [key for key, kept in self._tokens.items() if kept is token]:
            del self._tokens[key]

    async def aclose(self) -> None:
        """Ends what is in flight."""
        self._closing = True
        tasks = list(self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fetch_shared(
        self, key: tuple[str, str, str], authorization: Authorization, scope: str
    ) -> tuple[Call, AccessToken]:
        task = self._in_flight.get(key)
        if task is None:
            task = self._in_flight[key] = asyncio.create_task(self._fetch(key, authorization, scope))
            self._running.add(task)
            task.add_done_callback(lambda done: self._ended(key, done))
        try:
            # Shielded: one who stops waiting must not take the token from the others.
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            mine = asyncio.current_task()
            if self._closing and task.cancelled() and mine is not None and not mine.cancelling():
                raise CredentialError("No access token was fetched: the program is ending.") from None
            raise

    def _ended(self, key: tuple[str, str, str], task: asyncio.Task[tuple[Call, AccessToken]]) -> None:
        self._running.discard(task)
        if self._in_flight.get(key) is task:
            del self._in_flight[key]
        if not task.cancelled():
            task.exception()  # looked at, so that a refusal that nobody waits for any more is not reported as lost

    async def _fetch(
        self, key: tuple[str, str, str], authorization: Authorization, scope: str
    ) -> tuple[Call, AccessToken]:
        form: Form = {"grant_type": "client_credentials", "scope": scope}
        if not scope:
            refresh_token = await self._credentials.refresh_token(authorization)
            form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        form["client_id"] = authorization.application
        form["client_secret"] = await self._credentials.client_secret(authorization.application)
        started = self._clock.monotonic()
        call, data = await self._post(form, authorization)
        token = _token_in(data, started) if call.ok else None
        if token is None:
            raise TokenRefusedError(_without_token(call) if call.ok else call)
        if self._in_flight.get(key) is asyncio.current_task():  # else it was forgotten while it was fetched
            self._tokens[key] = token
        return call, token


def _key(authorization: Authorization, scope: str) -> tuple[str, str, str]:
    return (authorization.application, "", scope) if scope else (authorization.application, authorization.key, "")


def _token_in(data: Any, started: float) -> AccessToken | None:
    if not isinstance(data, dict) or not isinstance(data.get("access_token"), str) or not data["access_token"]:
        return None
    if not all("!" <= each <= "~" for each in data["access_token"]):
        return None  # no header carries it
    try:  # a JSON number; some pages of the documentation show a string
        life = float(data.get("expires_in", _LIFE_SECONDS))
    except (TypeError, ValueError, OverflowError):
        life = _LIFE_SECONDS
    life = life if math.isfinite(life) else _LIFE_SECONDS
    return AccessToken(Secret(data["access_token"]), started, started + life)


def _without_token(call: Call) -> Call:
    problem = TransportFailure("unreadable", f"Login with Amazon answered {call.status} without an access token.")
    return msgspec.structs.replace(call, answer=None, failure=problem)
