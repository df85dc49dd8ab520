"""The simulator as an ASGI app, for uvicorn on loopback or for any other ASGI server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from sptui.simulator.engine import Simulator
from sptui.simulator.wire import WireAnswer, WireRequest, headers_by_name, split_address
from sptui.simulator.world import World

HANG_UP: Final = "sptui.hang_up"
"""Name of the scope's extension that closes the connection and forgets the request; a server with it can drop calls."""

_LARGEST_BODY: Final = 64 * 1024 * 1024


def create_app(simulator: Simulator | World) -> ASGIApp:
    """An ASGI app over a simulator, or over a world with a simulator of its own."""
    door = _Door(simulator if isinstance(simulator, Simulator) else Simulator(simulator))
    return Router(redirect_slashes=False, default=door)


class _Door:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await WebSocketClose()(scope, receive, send)
            return
        try:
            body = await _read_body(Request(scope, receive))
        except ClientDisconnect:
            return
        if body is None:
            await PlainTextResponse("The body is larger than 64 MiB.", status_code=413)(scope, receive, send)
            return
        answer = self._simulator.answer(_wire_request(scope, body))
        if answer is None:
            told = "The simulator knows no such host. See sptui simulator --help for the addresses.\n"
            await PlainTextResponse(told, status_code=421)(scope, receive, send)
            return
        try:
            await self._simulator.clock.sleep(answer.delay_seconds)
        except asyncio.CancelledError:  # the server stops: the client sees the connection end
            await _drop(scope, receive, send)
            return
        if answer.dropped:
            await _drop(scope, receive, send)
            return
        await _response(answer)(scope, receive, send)


async def _read_body(request: Request) -> bytes | None:
    """The whole body; None for one beyond the limit."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _LARGEST_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _wire_request(scope: Scope, body: bytes) -> WireRequest:
    headers = headers_by_name(scope["headers"])
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
    query: bytes = scope.get("query_string", b"")
    server = scope.get("server")
    origin = f"{scope.get('scheme', 'http')}://{server[0]}:{server[1]}" if server and server[1] else ""
    host = split_address(f"//{headers.get('host', '')}").hostname or ""
    target = raw_path.partition(b"?")[0].decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")
    return WireRequest(scope["method"], host, target, headers, body, origin)


def _response(answer: WireAnswer) -> Response:
    response = Response(answer.body, status_code=answer.status)
    for name, value in answer.headers:
        response.headers.append(name, value)
    return response


async def _drop(scope: Scope, receive: Receive, send: Send) -> None:
    """Closes the connection without an answer; a server that cannot is told to send an empty 500."""
    hang_up: Callable[[], None] | None = scope.get("extensions", {}).get(HANG_UP)
    if hang_up is None:
        await Response(status_code=500, headers={"connection": "close"})(scope, receive, send)
        return
    hang_up()
