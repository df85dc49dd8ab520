"""A server on loopback that a test scripts byte by byte."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Answer = Callable[["Seen"], Awaitable[bytes | None]]


class Seen:
    """A request as it came: its first line, its headers as they were written, its body."""

    def __init__(self, head: bytes, body: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = first.split(" ")
        pairs = (line.partition(":") for line in lines if line)
        self.header_list = [(name.lower(), value.strip()) for name, _, value in pairs]
        self.headers = dict(self.header_list)
        self.body = body


class Server:
    """``answer`` gives the bytes of each response, or None to close the connection without one."""

    def __init__(self, answer: Answer) -> None:
        self.requests: list[Seen] = []
        self.connections = 0
        self.port = 0
        self._answer = answer
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                seen = Seen(head, b"")
                seen.body = await reader.readexactly(int(seen.headers.get("content-length", "0")))
                self.requests.append(seen)
                response = await self._answer(seen)
                if response is None:
                    return
                writer.write(response)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            return
        finally:
            self._serving.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def stop(self) -> None:
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[Server]:
    """A server while it runs."""
    server = Server(answer)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.stop()
        await listening.wait_closed()


def response(body: bytes, status: int = 200, **headers: str) -> bytes:
    """A whole response with JSON's content type."""
    fields = {"content-type": "application/json", "content-length": str(len(body)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + body


TOKEN = response(b'{"access_token":"Atza|loopback","expires_in":3600}')
PAYLOAD = response(b'{"payload":[]}')


async def usual(seen: Seen) -> bytes:
    """A token, or an empty payload."""
    return TOKEN if seen.target.endswith("/auth/o2/token") else PAYLOAD
