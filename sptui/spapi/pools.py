"""Connections: several small httpx pools over one shared TLS context.

One pool stalls the event loop for hundreds of milliseconds at a hundred requests in flight, since every request
that ends walks the whole pool; each TLS context of its own costs 26 ms. Small pools over one context do neither.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sptui.spapi.endpoints import is_loopback

if TYPE_CHECKING:
    import ssl

    import httpx

Transport = Callable[[], "httpx.AsyncBaseTransport"]
"""Makes a transport when the first call needs it: what it imports is heavy."""

POOLS: Final = 16
CONNECTIONS_A_POOL: Final = 8


class Pools:
    """httpx clients by key; what ``transport`` makes takes the place of the network (the simulator, tests)."""

    def __init__(self, timeout_seconds: float, transport: Transport | None = None) -> None:
        self._timeout = timeout_seconds
        self._transport = transport
        self._clients: dict[tuple[bool, int], httpx.AsyncClient] = {}
        self._context: ssl.SSLContext | None = None
        self._making_context = asyncio.Lock()

    async def client_for(self, url: str, key: str) -> httpx.AsyncClient:
        """The client that sends to ``url``; requests of one key share connections."""
        if self._transport is not None:
            return self._client(local=True, number=0)
        local = is_loopback(url)
        if not local and self._context is None:
            async with self._making_context:
                if self._context is None:
                    self._context = await asyncio.to_thread(_tls_context)
        return self._client(local=local, number=zlib.crc32(key.encode()) % POOLS)

    async def aclose(self) -> None:
        """Closes every connection."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    def _client(self, *, local: bool, number: int) -> httpx.AsyncClient:
        if (client := self._clients.get((local, number))) is not None:
            return client
        from http.cookiejar import CookieJar, DefaultCookiePolicy

        import httpx

        client = self._clients[local, number] = httpx.AsyncClient(
            transport=self._transport() if self._transport is not None else None,
            # A proxy from the environment must not see a token that travels to loopback without TLS.
            trust_env=not local,
            verify=self._context if self._context is not None and not local else False,
            timeout=httpx.Timeout(self._timeout, connect=min(10.0, self._timeout), pool=None),
            limits=httpx.Limits(max_connections=CONNECTIONS_A_POOL, max_keepalive_connections=CONNECTIONS_A_POOL),
            follow_redirects=False,
            # A pool serves many sellers: what a server sets for one must not go out with another's call.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )
        return client


def _tls_context() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context()
