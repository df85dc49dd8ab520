"""The simulator on loopback: uvicorn on 127.0.0.1, for any client on this machine."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import ClassVar, Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sptui.simulator.app import HANG_UP, create_app
from sptui.simulator.clock import WorldClock
from sptui.simulator.engine import Simulator
from sptui.simulator.world import World

LOOPBACK: Final = "127.0.0.1"


class PortInUseError(Exception):
    """The port cannot be had; the message says which and what to do."""


def serve(
    world: World,
    port: int = 0,
    *,
    sandbox: bool = False,
    speed: float = 1.0,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serves ``world`` until SIGINT or SIGTERM; port 0 takes a free one.

    ``announce`` gets the line ``listening on http://127.0.0.1:PORT`` once connections are taken; by default it goes
    to standard output. Raises PortInUseError, and WorldError for a world that contradicts itself.
    """
    simulator = Simulator(world, clock=WorldClock(speed), sandbox=sandbox)
    listener = _listen(port)
    config = uvicorn.Config(
        _with_hang_up(create_app(simulator)),
        http=_Protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,
    )
    say = announce or _say
    server = _Server(config, lambda: say(f"listening on http://{LOOPBACK}:{listener.getsockname()[1]}"))
    with listener:
        asyncio.run(server.serve(sockets=[listener]))


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":  # there it would let two programs have one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError as problem:
        listener.close()
        raise PortInUseError(
            f"Port {port} on {LOOPBACK} cannot be had: {problem.strerror or problem}. "
            "Give another with --port, or --port 0 for a free one."
        ) from problem
    listener.setblocking(False)  # noqa: FBT003 - the socket's own signature
    return listener


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class _Server(uvicorn.Server):
    """Tells when it listens, and ends quietly on a signal instead of raising it again."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_start()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        del sig, frame
        self.force_exit = self.should_exit
        self.should_exit = True


class _Protocol(H11Protocol):
    """HTTP/1.1 whose connections can be closed from within a request, without an answer."""

    _open: ClassVar[dict[tuple[str, int], _Protocol]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        super().connection_made(transport)
        if self.client is not None:
            self._open[self.client] = self

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.client is not None:
            self._open.pop(self.client, None)

    @classmethod
    def hang_up(cls, client: tuple[str, int]) -> None:
        """Closes the connection of a client (address and port); uvicorn then expects no answer any more."""
        if (protocol := cls._open.get(client)) is not None:
            protocol.transport.close()
            protocol.cycle.disconnected = True


def _with_hang_up(app: ASGIApp) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        extensions = {**scope.get("extensions", {}), HANG_UP: lambda: _Protocol.hang_up(scope["client"])}
        await app({**scope, "extensions": extensions}, receive, send)

    return outer
