"""aiohttp: a trace configuration. What a failure's body tells is known once the program reads it."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp

from .quiet import quietly

if TYPE_CHECKING:
    from .recorder import Recorder


def trace_config(recorder: Recorder, fields: Mapping[str, Any]) -> aiohttp.TraceConfig:
    """The configuration for a session's ``trace_configs``."""

    async def started(_: Any, noted: SimpleNamespace, request: aiohttp.TraceRequestStartParams) -> None:
        noted.exchange = recorder.begin(request.method, str(request.url), request.headers, None, fields)

    async def ended(_: Any, noted: SimpleNamespace, answer: aiohttp.TraceRequestEndParams) -> None:
        if noted.exchange is not None:
            quietly(noted.exchange.answered, answer.response.status, answer.response.headers)
            if answer.response.status < 400:
                quietly(noted.exchange.end, decoded=True, whole=False)

    async def received(_: Any, noted: SimpleNamespace, chunk: aiohttp.TraceResponseChunkReceivedParams) -> None:
        if noted.exchange is not None:
            quietly(noted.exchange.take, chunk.chunk)  # the whole body, decoded
            quietly(noted.exchange.end, decoded=True)

    async def failed(_: Any, noted: SimpleNamespace, problem: aiohttp.TraceRequestExceptionParams) -> None:
        if noted.exchange is not None:
            quietly(noted.exchange.fail, problem.exception)

    config = aiohttp.TraceConfig()
    config.on_request_start.append(started)
    config.on_request_end.append(ended)
    config.on_response_chunk_received.append(received)
    config.on_request_exception.append(failed)
    return config
