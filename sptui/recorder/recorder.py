"""The recorder: what a program attaches to the clients with which it calls the Selling Partner API."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from time import time
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from .append_file import AppendFile
from .caseless import caseless, text_of
from .exchange import Exchange
from .hosts import place_of
from .quiet import quietly
from .writer import LineWriter

if TYPE_CHECKING:
    import logging

    import aiohttp
    import httpx
    import requests

_Client = TypeVar("_Client")
_Around = tuple[Mapping[str, Any], Any]
_around: ContextVar[_Around] = ContextVar("fields of the calls made here", default=(MappingProxyType({}), None))
"""The fields, and what they were outside."""

SellerOf = Callable[[str, str, Mapping[str, str]], "str | None"]
"""Method, address and request headers of a call to the seller's id, "" or None where it is not known."""


class Recorder:
    """Appends one line of JSON a call to a file, from a thread of its own; nothing of it ever fails the caller.

    Only calls to Amazon's hosts for SP-API, Login with Amazon and documents are kept. No token, secret, pre-signed
    address or body gets into the file, and of a failure's body only code, message and details.

    Threads, forked workers and several processes may share a file, but for Windows: nothing there keeps two processes
    from writing over each other's lines, and ``rotate_bytes`` does nothing. Give each process a file of its own
    (``f"spapi-calls-{os.getpid()}.jsonl"``) and ``sptui log import`` their folder.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        application: str = "",
        deploy: str = "",
        seller_of: SellerOf | None = None,
        loopback: bool = False,
        hosts: tuple[str, ...] = (),
        rotate_bytes: int = 0,
        rotated: int = 10,
        limit: int = 10_000,
        linger: float = 0.1,
    ) -> None:
        """``application`` and ``deploy`` (an id of the release that runs) stand in every line; ``seller_of`` tells the
        seller of a call that has none by ``call`` or ``watch``. ``loopback`` keeps calls to this machine, ``hosts``
        those to others (a proxy). From ``rotate_bytes`` on (0: never; not on Windows) the file is renamed and begun
        anew, the newest ``rotated`` stay. ``limit`` calls wait in memory at most, for ``linger`` seconds where the disk
        is well: those are what a killed program loses.
        """
        self._fields: dict[str, Any] = {"application": application, "deploy": deploy}
        self._seller_of = seller_of
        self._loopback = loopback
        self._hosts = frozenset(each.lower() for each in hosts)
        file = AppendFile(os.path.abspath(os.fsdecode(path)), rotate_bytes, rotated)
        self._writer = LineWriter(file, _line_of, limit=limit, linger=linger)

    @property
    def dropped(self) -> int:
        """Calls that were dropped because the queue was full; also told in the file, as ``dropped_before``."""
        return self._writer.dropped

    def call(self, **fields: Any) -> Told:
        """``with recorder.call(seller_id="A…", marketplaces=["A…"], attempt=2):`` what the program knows of the calls
        made inside, in this thread or task.
        """
        return Told(fields)

    def write(self, **fields: Any) -> None:
        """Writes the line of a call by hand: at least ``path`` (or ``url``) and ``status``; ``time`` is now by default.

        Fields of the program's own stay as they are, short, and without secrets.
        """
        quietly(self._write, fields)

    def begin(
        self, method: str, url: str, headers: Any = None, body: Any = None, fields: Mapping[str, Any] | None = None
    ) -> Exchange | None:
        """For an HTTP library that is not known here: notes a request that is about to be sent; None where its host is
        not kept. To be followed by ``answered``, ``take`` and ``end``, or by ``fail``.
        """
        return quietly(self._begin, method, url, headers, body, fields)  # type: ignore[no-any-return]

    def flush(self, timeout: float = 5.0) -> bool:
        """Writes what waits; whether all of it is written. Not needed: it happens by itself, and at the end."""
        return self._writer.flush(timeout)

    def close(self, timeout: float = 5.0) -> bool:
        """Writes what waits and closes the file; whether all of it is written."""
        return self._writer.close(timeout)

    def watch(self, target: _Client, **fields: Any) -> _Client:
        """Records all calls of ``target`` from now on, and returns it: an ``httpx`` client, a ``requests`` session, a
        ``urllib3`` pool manager, a client of Amazon's SDK or of python-amazon-sp-api; or one of the classes
        ``requests.adapters.HTTPAdapter`` and ``urllib3.PoolManager``, for whatever uses them in this process.

        ``fields`` are those of ``call``. Raises TypeError for anything else.
        """
        from .watching import watch

        watch(self, target, fields)
        return target

    def httpx_hooks(self, **fields: Any) -> dict[str, list[Callable[..., Any]]]:
        """For ``httpx.Client(event_hooks=…)``: before hooks that raise. Calls without an answer are not seen here."""
        from .httpx_calls import Hooks

        return Hooks(self, fields).hooks()

    def async_httpx_hooks(self, **fields: Any) -> dict[str, list[Callable[..., Any]]]:
        """For ``httpx.AsyncClient(event_hooks=…)``; otherwise as ``httpx_hooks``."""
        from .httpx_calls import AsyncHooks

        return AsyncHooks(self, fields).hooks()

    def httpx_transport(self, inner: httpx.BaseTransport | None = None, **fields: Any) -> httpx.BaseTransport:
        """``inner`` (by default httpx's own), recorded: also calls without an answer."""
        from .httpx_calls import RecordedTransport

        return RecordedTransport(self, inner, fields)

    def async_httpx_transport(
        self, inner: httpx.AsyncBaseTransport | None = None, **fields: Any
    ) -> httpx.AsyncBaseTransport:
        """As ``httpx_transport``, for ``httpx.AsyncClient``."""
        from .httpx_calls import AsyncRecordedTransport

        return AsyncRecordedTransport(self, inner, fields)

    def requests_hook(self, response: requests.Response, *_: Any, **options: Any) -> None:
        """For ``hooks={"response": recorder.requests_hook}`` of a request or session; calls without an answer are not
        seen here.
        """
        from .requests_calls import hooked

        quietly(hooked, self, response, options)

    def aiohttp_trace(self, **fields: Any) -> aiohttp.TraceConfig:
        """For ``aiohttp.ClientSession(trace_configs=[…])``."""
        from .aiohttp_calls import trace_config

        return trace_config(self, fields)

    def logging_handler(self) -> logging.Handler:
        """For a logger of the program's own: takes the records that tell of a call by ``extra={"path": …, "status": …,
        "seller_id": …}`` or ``extra={"spapi": {…}}``, and passes over all others.
        """
        from .logs import CallHandler

        return CallHandler(self)

    def logging_formatter(self) -> logging.Formatter:
        """For a handler of the program's own: such records as lines of JSON, others as the formatter's default."""
        from .logs import CallFormatter

        return CallFormatter(self._fields)

    def _begin(
        self, method: str, url: str, headers: Any, body: Any, fields: Mapping[str, Any] | None
    ) -> Exchange | None:
        method, url = text_of(method), text_of(url)
        place = place_of(url, loopback=self._loopback, hosts=self._hosts)
        if place is None:
            return None
        around, _ = _around.get()
        told: Mapping[str, Any] = (
            self._fields if not fields and not around else {**self._fields, **(fields or {}), **around}
        )
        headers = caseless(headers)
        if self._seller_of is not None and not told.get("seller_id"):
            told = {"seller_id": quietly(self._seller_of, method, url, headers), **told}
        return Exchange(
            self._writer.put, method, place, told, headers.get("x-amz-access-token"), headers.get("user-agent"), body
        )

    def _write(self, fields: Mapping[str, Any]) -> None:
        self._writer.put((time(), {**self._fields, **_around.get()[0]}, dict(fields)))


class Told:
    """What ``Recorder.call`` returns; may be entered any number of times, also inside itself."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields: Final = fields

    def __enter__(self) -> None:
        outer = _around.get()
        _around.set(({**outer[0], **self._fields}, outer))

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        _, outer = _around.get()
        if outer is not None:
            _around.set(outer)


def _line_of(item: Any, dropped: int) -> bytes:
    """The line of what is in the queue; imported here, so that a program's start does not wait for it."""
    from .lines import fields_of, line_of

    if isinstance(item, Exchange):
        return line_of(item.fields(), dropped)
    moment, around, told = item
    return line_of({"time": moment, **fields_of(around), **fields_of(told)}, dropped)
