"""The simulator as httpx's network: in process, under the real names of Amazon's hosts."""

from __future__ import annotations

from sptui.simulator.engine import Simulator
from sptui.simulator.wire import WireRequest, headers_by_name
from sptui.simulator.world import World
from sptui.spapi.clock import Clock
from sptui.spapi.lean_httpx import httpx


class SimulatorTransport(httpx.AsyncBaseTransport):
    """Answers for api.amazon.com, the six SP-API hosts and the hosts of documents; no other host resolves.

    ``simulator`` may be a world; several transports over one Simulator share its state. A delay beyond the
    request's read timeout ends in ``httpx.ReadTimeout`` after that timeout; a dropped connection in
    ``httpx.RemoteProtocolError``.
    """

    def __init__(self, simulator: Simulator | World, *, clock: Clock | None = None) -> None:
        self.simulator = simulator if isinstance(simulator, Simulator) else Simulator(simulator, clock=clock)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange."""
        body = await request.aread()
        answer = self.simulator.answer(
            WireRequest(
                method=request.method,
                host=request.url.host,
                target=request.url.raw_path.decode("ascii"),
                headers=headers_by_name(request.headers.raw),
                body=body,
            )
        )
        if answer is None:
            raise httpx.ConnectError(f"The simulator knows no host {request.url.host}.", request=request)
        await self._wait(answer.delay_seconds, request)
        if answer.dropped:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
        headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
        return httpx.Response(answer.status, headers=headers, stream=httpx.ByteStream(answer.body), request=request)

    async def _wait(self, seconds: float, request: httpx.Request) -> None:
        limit = request.extensions.get("timeout", {}).get("read")
        if limit is not None and seconds > limit:
            await self.simulator.clock.sleep(limit)
            raise httpx.ReadTimeout("No answer within the read timeout.", request=request)
        if seconds > 0:
            await self.simulator.clock.sleep(seconds)
