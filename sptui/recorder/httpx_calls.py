"""httpx: hooks and transports that pass the answer's bytes on as they come, and note how it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import httpx

from .exchange import Exchange
from .quiet import quietly

if TYPE_CHECKING:
    from typing import Self

    from .recorder import Recorder

_KEY: Final = "call recorder"
"""Under which a request's extensions hold its Exchange: hooks and transport, where both are used, note it once."""


class _Calls:
    is_async = False

    def __init__(self, recorder: Recorder, fields: Mapping[str, Any]) -> None:
        self._recorder = recorder
        self._fields = fields

    def begin(self, request: httpx.Request) -> Exchange | None:
        try:
            body = request.content if request.method != "GET" else b""
        except httpx.RequestNotRead:
            body = b""
        before = request.extensions.get(_KEY)
        exchange = self._recorder.begin(request.method, str(request.url), request.headers, body, self._fields)
        if exchange is not None:
            if isinstance(before, Exchange) and before.done:
                exchange.attempt = before.attempt + 1
            request.extensions[_KEY] = exchange
        return exchange

    def noted(self, request: httpx.Request) -> Exchange | None:
        """The request's exchange, if it is still under way."""
        exchange = request.extensions.get(_KEY)
        return exchange if isinstance(exchange, Exchange) and not exchange.done else None

    def answered(self, exchange: Exchange, response: httpx.Response) -> None:
        if exchange.has_answer:
            return  # the transport is recorded, too, and passes the bytes on
        exchange.answered(response.status_code, response.headers)
        if response.is_closed:  # a transport that has the whole answer, such as a cache
            exchange.take(response.content)
            exchange.end(decoded=True)
        elif self.is_async and isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _AsyncStream(response.stream, exchange)
        elif isinstance(response.stream, httpx.SyncByteStream):
            response.stream = _Stream(response.stream, exchange)


class Hooks(_Calls):
    """Event hooks of a client."""

    def hooks(self) -> dict[str, list[Callable[..., Any]]]:
        return {"request": [self.on_request], "response": [self.on_response]}

    def on_request(self, request: httpx.Request) -> None:
        quietly(self.begin, request)

    def on_response(self, response: httpx.Response) -> None:
        quietly(self._on_response, response)

    def _on_response(self, response: httpx.Response) -> None:
        exchange = self.noted(response.request)
        if exchange is not None:
            self.answered(exchange, response)

    def failed(self, request: httpx.Request, raised: BaseException) -> None:
        """The client raised: for the request that it was given."""
        exchange = self.noted(request)
        if exchange is not None:
            exchange.fail(raised)


class AsyncHooks(Hooks):
    """Event hooks of an async client."""

    is_async = True

    def hooks(self) -> dict[str, list[Callable[..., Any]]]:
        return {"request": [self.on_async_request], "response": [self.on_async_response]}

    async def on_async_request(self, request: httpx.Request) -> None:
        self.on_request(request)

    async def on_async_response(self, response: httpx.Response) -> None:
        self.on_response(response)


class RecordedTransport(httpx.BaseTransport, _Calls):
    """A transport around another."""

    def __init__(self, recorder: Recorder, inner: httpx.BaseTransport | None, fields: Mapping[str, Any]) -> None:
        _Calls.__init__(self, recorder, fields)
        self._inner = inner if inner is not None else httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        exchange = quietly(self.noted, request) or quietly(self.begin, request)
        if exchange is None:
            return self._inner.handle_request(request)
        try:
            response = self._inner.handle_request(request)
        except BaseException as raised:
            quietly(exchange.fail, raised)
            raise
        quietly(self.answered, exchange, response)
        return response

    def __enter__(self) -> Self:
        self._inner.__enter__()
        return self

    def close(self) -> None:
        self._inner.close()


class AsyncRecordedTransport(httpx.AsyncBaseTransport, _Calls):
    """An async transport around another."""

    is_async = True

    def __init__(self, recorder: Recorder, inner: httpx.AsyncBaseTransport | None, fields: Mapping[str, Any]) -> None:
        _Calls.__init__(self, recorder, fields)
        self._inner = inner if inner is not None else httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        exchange = quietly(self.noted, request) or quietly(self.begin, request)
        if exchange is None:
            return await self._inner.handle_async_request(request)
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as raised:
            quietly(exchange.fail, raised)
            raise
        quietly(self.answered, exchange, response)
        return response

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Stream(httpx.SyncByteStream):
    """An answer's bytes as they come; what they amount to is noted when the stream is closed."""

    def __init__(self, inner: httpx.SyncByteStream, exchange: Exchange) -> None:
        self._inner = inner
        self._exchange = exchange
        self._whole = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._inner:
                quietly(self._exchange.take, chunk)
                yield chunk
        except GeneratorExit:
            raise
        except BaseException as raised:
            quietly(self._exchange.fail, raised)
            raise
        self._whole = True

    def close(self) -> None:
        try:
            self._inner.close()
        finally:
            quietly(self._exchange.end, whole=self._whole)


class _AsyncStream(httpx.AsyncByteStream):
    """As ``_Stream``, for an async client."""

    def __init__(self, inner: httpx.AsyncByteStream, exchange: Exchange) -> None:
        self._inner = inner
        self._exchange = exchange
        self._whole = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._inner:
                quietly(self._exchange.take, chunk)
                yield chunk
        except GeneratorExit:
            raise
        except BaseException as raised:
            quietly(self._exchange.fail, raised)
            raise
        self._whole = True

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            quietly(self._exchange.end, whole=self._whole)
