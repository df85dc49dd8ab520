"""httpx: hooks, transports and watched clients see the same calls, and the program sees no difference."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sptui.recorder import Recorder

from .recorder_kit import DENIED, NA, TOKEN, US, lines

WAYS = ["watch", "hooks", "transport", "hooks and transport"]
HEADERS = {"x-amz-access-token": TOKEN}
BODY = json.dumps(DENIED).encode()


class Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
    """An answer that breaks off."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"a part"
        raise httpx.ReadError("reset by peer")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


def answer(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if path.endswith("/refused"):
        raise httpx.ConnectError("[Errno 111] Connection refused", request=request)
    if path.endswith("/slow"):
        raise httpx.ReadTimeout("", request=request)
    if path.endswith("/broken"):
        return httpx.Response(200, stream=Broken())
    if path.endswith("/cached"):
        return httpx.Response(403, content=BODY)
    status = int(path.rpartition("/")[2])
    return httpx.Response(status, stream=httpx.ByteStream(BODY if status >= 400 else b'{"payload": 1}'))


def client(recorder: Recorder, way: str, inner: httpx.BaseTransport | None = None) -> httpx.Client:
    inner = inner or httpx.MockTransport(answer)
    if "transport" in way:
        inner = recorder.httpx_transport(inner, seller_id="A1")
    made = httpx.Client(transport=inner, event_hooks=recorder.httpx_hooks(seller_id="A1") if "hooks" in way else {})
    watched: httpx.Client = recorder.watch(made, seller_id="A1") if way == "watch" else made
    return watched


def async_client(recorder: Recorder, way: str) -> httpx.AsyncClient:
    inner: httpx.AsyncBaseTransport = httpx.MockTransport(answer)
    if "transport" in way:
        inner = recorder.async_httpx_transport(inner, seller_id="A1")
    made = httpx.AsyncClient(
        transport=inner, event_hooks=recorder.async_httpx_hooks(seller_id="A1") if "hooks" in way else {}
    )
    watched: httpx.AsyncClient = recorder.watch(made, seller_id="A1") if way == "watch" else made
    return watched


def told(recorder: Recorder, file: Path) -> list[tuple[Any, ...]]:
    assert recorder.flush()
    return [(each["path"], each["status"], each["code"], each["seller_id"]) for each in lines(file)]


@pytest.mark.parametrize("way", WAYS)
def test_answers(recorder: Recorder, file: Path, way: str) -> None:
    with client(recorder, way) as http:
        assert http.get(f"{NA}/a/200?MarketplaceIds={US}").json() == {"payload": 1}
        assert (
            http.post(f"{NA}/a/403", json={"marketplaceIds": [US]}, headers={"x-amz-access-token": TOKEN}).json()
            == DENIED
        )
        assert http.get(f"{NA}/cached").json() == DENIED
        assert http.get("https://example.com/200").status_code == 200
    assert told(recorder, file) == [
        ("/a/200", 200, "", "A1"), ("/a/403", 403, "Unauthorized", "A1"), ("/cached", 403, "Unauthorized", "A1"),
    ]  # fmt: skip
    assert [each["marketplaces"] for each in lines(file)] == [[US], [US], []]


@pytest.mark.parametrize("way", WAYS)
async def test_answers_of_an_async_client(recorder: Recorder, file: Path, way: str) -> None:
    async with async_client(recorder, way) as http:
        assert (await http.get(f"{NA}/a/200")).json() == {"payload": 1}
        assert (await http.get(f"{NA}/a/403")).json() == DENIED
    assert told(recorder, file) == [("/a/200", 200, "", "A1"), ("/a/403", 403, "Unauthorized", "A1")]


@pytest.mark.parametrize("way", ["watch", "transport", "hooks and transport"])
@pytest.mark.parametrize(
    ("path", "error", "kind"),
    [("/refused", httpx.ConnectError, "connect"), ("/slow", httpx.ReadTimeout, "timeout"),
     ("/broken", httpx.ReadError, "closed")],
)  # fmt: skip
def test_calls_without_an_answer(
    recorder: Recorder, file: Path, way: str, path: str, error: type[Exception], kind: str
) -> None:
    with client(recorder, way) as http, pytest.raises(error):
        http.get(NA + path)
    assert told(recorder, file) == [(path, 0, kind, "A1")]


@pytest.mark.parametrize("way", ["watch", "transport", "hooks and transport"])
async def test_async_calls_without_an_answer(recorder: Recorder, file: Path, way: str) -> None:
    async with async_client(recorder, way) as http:
        for path in ("/refused", "/broken"):
            with pytest.raises(httpx.TransportError):
                await http.get(NA + path)
    assert told(recorder, file) == [("/refused", 0, "connect", "A1"), ("/broken", 0, "closed", "A1")]


async def test_a_cancelled_call(recorder: Recorder, file: Path) -> None:
    started = asyncio.Event()

    async def hang(_: httpx.Request) -> httpx.Response:
        started.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with recorder.watch(httpx.AsyncClient(transport=httpx.MockTransport(hang))) as http:
        task = asyncio.create_task(http.get(f"{NA}/a"))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert told(recorder, file) == [("/a", 0, "cancelled", "")]


@pytest.mark.parametrize("way", WAYS)
def test_a_streamed_answer_is_the_programs_to_read(recorder: Recorder, file: Path, way: str) -> None:
    with client(recorder, way) as http:
        with http.stream("GET", f"{NA}/a/403") as response:
            assert b"".join(response.iter_raw()) == BODY
        with http.stream("GET", f"{NA}/a/403"):
            pass  # nobody reads it
        with http.stream("GET", f"{NA}/a/200") as response:
            assert next(response.iter_bytes(5)) == b'{"pay'
    assert told(recorder, file) == [
        ("/a/403", 403, "Unauthorized", "A1"), ("/a/403", 403, "", "A1"), ("/a/200", 200, "", "A1"),
    ]  # fmt: skip


def test_an_answer_that_is_let_go_of_counts(recorder: Recorder, file: Path) -> None:
    http = client(recorder, "watch")
    http.send(http.build_request("GET", f"{NA}/a/403"), stream=True)
    gc.collect()
    assert told(recorder, file) == [("/a/403", 403, "", "A1")]


def test_a_request_sent_again_by_a_transport_is_another_attempt(recorder: Recorder, file: Path) -> None:
    class Again(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            for _ in range(2):
                inner.handle_request(request).read()
            return inner.handle_request(request)

    inner = recorder.httpx_transport(httpx.MockTransport(answer))
    with httpx.Client(transport=Again(), event_hooks=recorder.httpx_hooks()) as http:
        http.get(f"{NA}/a/429")
    assert recorder.flush()
    assert [(each["status"], each["attempt"]) for each in lines(file)] == [(429, 1), (429, 2), (429, 3)]


def test_a_hook_that_raises_does_not_hide_the_answer(recorder: Recorder, file: Path) -> None:
    def raise_for_status(response: httpx.Response) -> None:
        response.read()
        response.raise_for_status()

    http = httpx.Client(transport=httpx.MockTransport(answer), event_hooks={"response": [raise_for_status]})
    with recorder.watch(http), pytest.raises(httpx.HTTPStatusError):
        http.get(f"{NA}/a/403")
    assert told(recorder, file) == [("/a/403", 403, "Unauthorized", "")]


def test_watching_twice_records_once(recorder: Recorder, file: Path) -> None:
    with recorder.watch(recorder.watch(client(recorder, "watch"))) as http:
        http.get(f"{NA}/a/200")
    assert len(told(recorder, file)) == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_recorder_that_is_broken_changes_nothing(
    made: Callable[..., Recorder], file: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sptui.recorder.exchange import Exchange

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    recorder = made(seller_of=broken)
    for name in ("answered", "take", "end", "fail", "__init__"):
        with monkeypatch.context() as patched, client(recorder, way) as http:
            patched.setattr(Exchange, name, broken)
            assert http.get(f"{NA}/a/403").json() == DENIED
            with pytest.raises(httpx.ConnectError):
                http.get(f"{NA}/refused")


@pytest.mark.parametrize("way", WAYS)
def test_over_a_socket(recorder: Recorder, file: Path, base: str, way: str) -> None:
    with client(recorder, way, httpx.HTTPTransport()) as http:
        assert http.get(f"{base}/na/a/200").status_code == 200
        assert http.get(f"{base}/na/a/403").json() == DENIED
        with pytest.raises(httpx.RemoteProtocolError):
            http.get(f"{base}/na/cut")
        assert http.get(f"{base}/na/a/307", follow_redirects=True).status_code == 200
    seen = told(recorder, file)
    assert [each[:3] for each in seen] == [
        ("/a/200", 200, ""), ("/a/403", 403, "Unauthorized"), ("/cut", 0, "closed"), ("/a/307", 307, ""),
        ("/orders/v0/orders/200", 200, ""),
    ]  # fmt: skip
    assert all(each["region"] == "NA" for each in lines(file))


def test_what_is_no_client_is_refused(recorder: Recorder) -> None:
    for target in (object(), httpx, httpx.Client, "client"):
        with pytest.raises(TypeError, match="cannot be watched"):
            recorder.watch(target)
