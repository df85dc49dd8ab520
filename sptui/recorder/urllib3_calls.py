"""urllib3: a pool manager's ``urlopen``, its redirects and retries in one. Nothing of the library is imported here."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .quiet import quietly

if TYPE_CHECKING:
    from .recorder import Recorder

_inside = threading.local()
"""A redirect calls ``urlopen`` again from inside; the outer call is the one that the program made."""


def recorded_urlopen(recorder: Recorder, urlopen: Callable[..., Any], fields: Mapping[str, Any]) -> Callable[..., Any]:
    """``urlopen`` of a pool manager (bound) or of its class, recorded."""

    @functools.wraps(urlopen)
    def recorded(*arguments: Any, **options: Any) -> Any:
        manager = getattr(urlopen, "__self__", None) or next(iter(arguments), None)
        nested = getattr(_inside, "yes", False)
        exchange = None if nested else quietly(_begin, recorder, manager, arguments, options, fields)
        if exchange is None:
            return urlopen(*arguments, **options)
        _inside.yes = True
        try:
            response = urlopen(*arguments, **options)
        except BaseException as raised:
            quietly(exchange.fail, raised)
            raise
        finally:
            _inside.yes = False
        quietly(_ended, exchange, response, options.get("preload_content", True))
        return response

    return recorded


def _begin(
    recorder: Recorder, manager: Any, arguments: tuple[Any, ...], options: Mapping[str, Any], fields: Mapping[str, Any]
) -> Any:
    texts = [each for each in arguments[:3] if isinstance(each, str)]  # behind the manager itself, where it is a class
    method, url = [*texts, *(options.get(name, "") for name in ("method", "url")[len(texts) :])][:2]
    headers = options.get("headers") or getattr(manager, "headers", None)
    return recorder.begin(method, url, headers, options.get("body"), fields)


def _ended(exchange: Any, response: Any, loaded: bool) -> None:  # noqa: FBT001
    exchange.answered(response.status, response.headers)
    if loaded:
        exchange.take(response.data)
    exchange.end(decoded=True, whole=loaded)
