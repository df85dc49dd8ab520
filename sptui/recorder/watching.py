"""Finding, in what a program gives to ``watch``, the place where its calls go through.

Only what the libraries document is called; what the two SP-API libraries keep inside is looked for by name.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .quiet import quietly
from .requests_calls import recorded_send
from .urllib3_calls import recorded_urlopen

if TYPE_CHECKING:
    from .recorder import Recorder

_WATCHED = "__call_recorder__"


def watch(recorder: Recorder, target: Any, fields: Mapping[str, Any]) -> None:
    """Attaches the recorder. Raises TypeError for a target that is none of the known ones."""
    found = _places_in(target)
    if not found:
        raise TypeError(
            f"{type(target).__name__} cannot be watched. Give an httpx client, a requests session, a urllib3 pool "
            "manager, or a client of Amazon's SDK or of python-amazon-sp-api."
        )
    for place in found:
        if hasattr(place, "event_hooks"):
            _watch_httpx(recorder, place, fields)
        elif hasattr(place, "urlopen"):
            _replace(place, "urlopen", functools.partial(_urlopen, recorder, fields))
        else:
            _replace(place, "send", functools.partial(_send, recorder, fields))


def _places_in(target: Any) -> list[Any]:
    """The httpx clients, pool managers and adapters that a target is or holds."""
    if isinstance(target, type):
        return [target] if hasattr(target, "urlopen") or hasattr(target, "build_response") else []
    if hasattr(target, "event_hooks") or hasattr(target, "urlopen") or hasattr(target, "build_response"):
        return [target]
    if isinstance(getattr(target, "adapters", None), Mapping):
        return list({id(each): each for each in target.adapters.values()}.values())
    for names in (("api_client",), ("rest_client",), ("pool_manager",)):  # Amazon's SDK, from the outside in
        inner = _held(target, *names)
        if inner is not None:
            return _places_in(inner)
    # python-amazon-sp-api: one client for the calls and one for the tokens.
    clients = [_held(target, "_transport", "_client"), _held(target, "_auth", "_transport", "_client")]
    return [each for each in clients if hasattr(each, "event_hooks")]


def _held(target: Any, *names: str) -> Any:
    for name in names:
        target = getattr(target, name, None)
    return target


def _send(recorder: Recorder, fields: Mapping[str, Any], send: Callable[..., Any]) -> Callable[..., Any]:
    return recorded_send(recorder, send, fields)


def _urlopen(recorder: Recorder, fields: Mapping[str, Any], urlopen: Callable[..., Any]) -> Callable[..., Any]:
    return recorded_urlopen(recorder, urlopen, fields)


def _replace(place: Any, name: str, recorded: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Puts a recorded function in a function's place, once; over that of a recorded class as well, for the fields."""
    if not hasattr(vars(place).get(name), _WATCHED):
        made = recorded(getattr(place, name))
        setattr(made, _WATCHED, True)
        setattr(place, name, made)


def _watch_httpx(recorder: Recorder, client: Any, fields: Mapping[str, Any]) -> None:
    """Hooks for the answers, and ``send`` for what ends without one."""
    from .httpx_calls import AsyncHooks, Hooks

    send = client.send
    if hasattr(send, _WATCHED):
        return
    is_async = inspect.iscoroutinefunction(send)
    calls = (AsyncHooks if is_async else Hooks)(recorder, fields)
    hooks = client.event_hooks
    client.event_hooks = {name: [*mine, *hooks.get(name, ())] for name, mine in calls.hooks().items()}

    @functools.wraps(send)
    def recorded(request: Any, **options: Any) -> Any:
        try:
            return send(request, **options)
        except BaseException as raised:
            quietly(calls.failed, request, raised)
            raise

    @functools.wraps(send)
    async def recorded_async(request: Any, **options: Any) -> Any:
        try:
            return await send(request, **options)
        except BaseException as raised:
            quietly(calls.failed, request, raised)
            raise

    made = recorded_async if is_async else recorded
    setattr(made, _WATCHED, True)
    client.send = made
