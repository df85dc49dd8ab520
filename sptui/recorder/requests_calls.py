"""requests: an adapter's ``send``, which is one exchange. Nothing of the library is imported here."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .quiet import quietly

if TYPE_CHECKING:
    from .exchange import Exchange
    from .recorder import Recorder

_inside = threading.local()
"""Where an adapter and its class are both recorded, the call is the adapter's."""


def recorded_send(recorder: Recorder, send: Callable[..., Any], fields: Mapping[str, Any]) -> Callable[..., Any]:
    """``send`` of an adapter (bound) or of its class, recorded."""

    @functools.wraps(send)
    def recorded(*arguments: Any, **options: Any) -> Any:
        request = None if getattr(_inside, "yes", False) else _request_in(arguments, options)
        exchange = quietly(_begin, recorder, request, fields) if request is not None else None
        if exchange is None:
            return send(*arguments, **options)
        _inside.yes = True
        try:
            response = send(*arguments, **options)
        except BaseException as raised:
            quietly(exchange.fail, raised)
            raise
        finally:
            _inside.yes = False
        quietly(exchange.answered, response.status_code, response.headers)
        streamed = options.get("stream", False)
        if response.status_code >= 400 and not streamed:
            try:
                body = response.content  # the session reads it next, and meets the same failure
            except BaseException as raised:
                quietly(exchange.fail, raised)
                raise
            quietly(exchange.take, body)
        quietly(_end, exchange, response, streamed)
        return response

    return recorded


def hooked(recorder: Recorder, response: Any, options: Mapping[str, Any]) -> None:
    """An answer as the hook of a request sees it."""
    exchange = _begin(recorder, response.request, {})
    if exchange is None:
        return
    exchange.sent_before(response.elapsed.total_seconds())
    exchange.answered(response.status_code, response.headers)
    if response.status_code >= 400 and not options.get("stream"):
        exchange.take(response.content)
    _end(exchange, response, options.get("stream", False))


def _begin(recorder: Recorder, request: Any, fields: Mapping[str, Any]) -> Exchange | None:
    return recorder.begin(str(request.method), str(request.url), request.headers, request.body, fields)


def _end(exchange: Exchange, response: Any, streamed: bool) -> None:  # noqa: FBT001
    """A success's body is still to be read, so that only its announced length tells whether it is blank."""
    blank = response.headers.get("content-length") == "0"
    exchange.end(decoded=True, whole=blank or (response.status_code >= 400 and not streamed))


def _request_in(arguments: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
    for each in (*arguments[:2], options.get("request")):
        if hasattr(each, "url") and hasattr(each, "headers") and hasattr(each, "method"):
            return each
    return None
