"""Connections: for each host several small httpx pools over one shared TLS context.

A pool looks at all its connections and all its requests whenever one of them moves, and hands one idle connection
to everybody who asks at once: at a hundred requests in flight that stalls the event loop. Each TLS context of its
own costs 26 ms. Small pools over one context, given no more requests than they have connections, do neither
(figures: tests/bench/README.md). Hosts are kept apart, so that one which hangs holds up no other.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from sptui.spapi.endpoints import is_loopback

if TYPE_CHECKING:
    import ssl

    import httpx

Transport = Callable[[], "httpx.AsyncBaseTransport"]
"""Makes a transport when the first call needs it: what it imports is heavy."""

POOLS: Final = 32
"""Pools a host at most."""

CONNECTIONS_A_POOL: Final = 4

STARTS_A_TURN: Final = 8
"""Requests that set out in one turn of the event loop: the loop has others to serve too."""


_HOSTS: Final = 4
"""Hosts that are busy at once: LWA and three regions."""

_OTHER_FILES: Final = 64
"""File descriptors for everything else than connections."""


class PoolsClosedError(Exception):
    """The connections were closed at the end of the program."""


class Pools:
    """The way to every host; what ``transport`` makes takes the place of the network (the simulator, tests)."""

    def __init__(self, timeout_seconds: float, transport: Transport | None = None) -> None:
        connect = min(10.0, timeout_seconds)
        self._timeout = {"connect": connect, "read": timeout_seconds, "write": timeout_seconds, "pool": None}
        self._make_transport = transport
        self._hosts: dict[tuple[str, str], _Host] = {}
        self._instead: httpx.AsyncBaseTransport | None = None
        self._contexts: dict[bool, ssl.SSLContext] = {}
        self._making_context = asyncio.Lock()
        self._turnstile = Turnstile()
        self.closed = False

    @asynccontextmanager
    async def connection(self, url: str) -> AsyncIterator[Connection]:
        """A free connection to the host of ``url``; waits for one where all are busy. Raises PoolsClosedError."""
        await self._turnstile.pass_through()
        if self._make_transport is not None:
            if self.closed:
                raise PoolsClosedError
            self._instead = self._instead or self._make_transport()
            yield Connection(self._instead, self._timeout)
            return
        host = self._hosts.get(urlsplit(url)[:2]) or await self._new_host(url)
        async with host.places:
            if self.closed:
                raise PoolsClosedError
            pool = host.least_busy()
            pool.busy += 1
            try:
                yield Connection(pool.transport, self._timeout)
            finally:
                pool.busy -= 1

    async def aclose(self) -> None:
        """Closes every connection; what is in flight ends without an answer."""
        self.closed = True
        transports = [pool.transport for host in self._hosts.values() for pool in host.pools]
        if self._instead is not None:
            transports.append(self._instead)
        for transport in transports:
            await transport.aclose()

    async def _new_host(self, url: str) -> _Host:
        local = is_loopback(url)
        async with self._making_context:
            if local not in self._contexts:
                self._contexts[local] = await asyncio.to_thread(_tls_context, verify=not local)
        host = _Host(self._contexts[local], proxied=not local and _proxies_are_set())
        return self._hosts.setdefault(urlsplit(url)[:2], host)


class Connection:
    """A place in a pool, for one request."""

    def __init__(self, transport: httpx.AsyncBaseTransport, timeout: dict[str, float | None]) -> None:
        self._transport = transport
        self._timeout = timeout

    async def send(self, method: str, url: str, headers: dict[str, str], content: bytes | None) -> httpx.Response:
        """One exchange; the response has been read. Raises httpx's errors.

        The transport is used without an ``httpx.AsyncClient`` before it: no redirect is followed, no cookie kept
        (a pool serves many sellers), no user name of the address sent.
        """
        from sptui.spapi.lean_httpx import httpx

        request = httpx.Request(method, url, headers=headers, content=content, extensions={"timeout": self._timeout})
        response = await self._transport.handle_async_request(request)
        try:
            await response.aread()
        finally:
            await response.aclose()
        return response


class _Pool:
    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self.transport = transport
        self.busy = 0


class _Host:
    """The pools of one host. Whoever holds one of ``places`` finds a pool with a free connection."""

    def __init__(self, context: ssl.SSLContext, *, proxied: bool) -> None:
        self.places = asyncio.Semaphore(_places())
        self.pools: list[_Pool] = []
        self._context = context
        self._proxied = proxied

    def least_busy(self) -> _Pool:
        """An idle pool, else a new one, else that with the fewest requests."""
        pool = min(self.pools, key=lambda each: each.busy, default=None)
        if pool is None or (pool.busy and len(self.pools) < POOLS):
            pool = _Pool(_transport(self._context, proxied=self._proxied))
            self.pools.append(pool)
        return pool


class Turnstile:
    """Lets a few through in each turn of the event loop, in the order of their coming."""

    def __init__(self) -> None:
        self._left = STARTS_A_TURN
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._armed = False

    async def pass_through(self) -> None:
        """Comes back in this turn or a later one."""
        loop = asyncio.get_running_loop()
        if not self._armed:
            self._armed = True
            loop.call_soon(self._next_turn)
        if self._left:
            self._left -= 1
            return
        turn = loop.create_future()
        self._waiting.append(turn)
        await turn

    def _next_turn(self) -> None:
        self._left = STARTS_A_TURN
        self._armed = bool(self._waiting)
        if self._armed:
            asyncio.get_running_loop().call_soon(self._next_turn)
        while self._left and self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # else whoever waited was cancelled
                turn.set_result(None)
                self._left -= 1


def _places() -> int:
    """Requests to one host at once: what the pools hold, or fewer where the system allows few open files."""
    wanted = POOLS * CONNECTIONS_A_POOL
    try:
        import resource
    except ImportError:  # Windows counts otherwise
        return wanted
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)  # macOS gives a terminal 256
    return wanted if files == resource.RLIM_INFINITY else min(wanted, max(8, (files - _OTHER_FILES) // _HOSTS))


def _proxies_are_set() -> bool:
    from urllib.request import getproxies

    return bool(getproxies())


def _transport(context: ssl.SSLContext, *, proxied: bool) -> httpx.AsyncBaseTransport:
    from sptui.spapi.lean_httpx import httpx

    limits = httpx.Limits(max_connections=CONNECTIONS_A_POOL, max_keepalive_connections=CONNECTIONS_A_POOL)
    if not proxied:
        return httpx.AsyncHTTPTransport(verify=context, limits=limits)
    from sptui.spapi.proxied import ProxiedTransport

    return ProxiedTransport(context, limits)


def _tls_context(*, verify: bool) -> ssl.SSLContext:
    from sptui.spapi.lean_httpx import httpx

    return httpx.create_ssl_context(verify=verify)
