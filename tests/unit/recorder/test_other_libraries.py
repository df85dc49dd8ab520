"""requests, urllib3 and aiohttp over a socket, and logging."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import requests
import urllib3

from sptui.recorder import Recorder

from .recorder_kit import DENIED, TOKEN, US, lines

HEADERS = {"x-amz-access-token": TOKEN, "User-Agent": "Mine/1"}
REFUSED = "http://127.0.0.1:9/na/orders/v0/orders"  # the port of discard, which nobody serves


def told(recorder: Recorder, file: Path) -> list[tuple[Any, ...]]:
    assert recorder.flush()
    return [(each["path"], each["status"], each["code"]) for each in lines(file)]


ALL = [
    ("/a/200", 200, ""), ("/a/403", 403, "Unauthorized"), ("/silent", 0, "closed"), ("/orders/v0/orders", 0, "connect"),
]  # fmt: skip


def test_a_requests_session(recorder: Recorder, file: Path, base: str) -> None:
    with requests.Session() as session:
        recorder.watch(recorder.watch(session, seller_id="A1"))
        assert session.get(f"{base}/na/a/200?marketplaceIds={US}", headers=HEADERS, timeout=9).json()["payload"]
        assert session.post(f"{base}/na/a/403", json={"marketplaceIds": [US]}, timeout=9).json() == DENIED
        for url in (f"{base}/na/silent", REFUSED):
            with pytest.raises(requests.ConnectionError):
                session.get(url, timeout=9)
    assert told(recorder, file) == ALL
    first, second = lines(file)[:2]
    assert (first["token"], first["user_agent"], first["seller_id"]) == ("Atza|", "Mine/1", "A1")
    assert first["marketplaces"] == second["marketplaces"] == [US]
    assert (second["request_id"], second["error_type"]) == ("6f1c", "AccessDeniedException")


def test_requests_redirects_and_streams(recorder: Recorder, file: Path, base: str) -> None:
    with recorder.watch(requests.Session()) as session:
        assert session.get(f"{base}/na/a/302", timeout=9).status_code == 200
        response = session.get(f"{base}/na/a/403", stream=True, timeout=9)
        assert response.raw.read() != b""
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            session.get(f"{base}/na/cut", timeout=9)
    assert told(recorder, file) == [
        ("/a/302", 302, ""), ("/orders/v0/orders/200", 200, ""), ("/a/403", 403, ""), ("/cut", 200, ""),
    ]  # fmt: skip


def test_a_watched_session_can_be_copied(recorder: Recorder, base: str) -> None:
    with recorder.watch(requests.Session()) as session, copy.deepcopy(session) as copied:
        assert copied.get(f"{base}/na/a/200", timeout=9).ok


def test_the_hook_of_requests(recorder: Recorder, file: Path, base: str) -> None:
    hooks = {"response": recorder.requests_hook}
    with recorder.call(seller_id="A1"):
        assert requests.get(f"{base}/na/a/403", hooks=hooks, timeout=9).json() == DENIED
    assert told(recorder, file) == [("/a/403", 403, "Unauthorized")]
    assert lines(file)[0]["time"] <= lines(file)[0]["received"]


@pytest.fixture
def restored() -> Iterator[None]:
    """The classes as they were, afterwards."""
    send, urlopen = requests.adapters.HTTPAdapter.send, urllib3.PoolManager.urlopen
    yield
    requests.adapters.HTTPAdapter.send = send  # type: ignore[method-assign]
    urllib3.PoolManager.urlopen = urlopen  # type: ignore[method-assign]


def test_whatever_uses_requests_in_the_process(recorder: Recorder, file: Path, base: str, restored: None) -> None:
    recorder.watch(requests.adapters.HTTPAdapter)
    assert requests.get(f"{base}/na/a/403", timeout=9).json() == DENIED
    with requests.Session() as session:
        recorder.watch(session, seller_id="A1").get(f"{base}/na/a/200", timeout=9)
    assert told(recorder, file) == [("/a/403", 403, "Unauthorized"), ("/a/200", 200, "")]
    assert [each["seller_id"] for each in lines(file)] == ["", "A1"]


@pytest.mark.parametrize("whole_class", [False, True], ids=["one manager", "the class"])
def test_urllib3(recorder: Recorder, file: Path, base: str, restored: None, whole_class: bool) -> None:
    if whole_class:
        recorder.watch(urllib3.PoolManager)
    with urllib3.PoolManager(headers=HEADERS, retries=False) as manager:
        if not whole_class:
            recorder.watch(manager)
        assert manager.request("GET", f"{base}/na/a/200", fields={"MarketplaceIds": US}).status == 200
        assert manager.request("POST", f"{base}/na/a/403", json={"marketplaceIds": [US]}).json() == DENIED
        for url in (f"{base}/na/silent", REFUSED):
            with pytest.raises(urllib3.exceptions.HTTPError):
                manager.request("GET", url)
        assert manager.request("GET", f"{base}/na/a/302", redirect=True, retries=3).status == 200
        streamed = manager.request("GET", f"{base}/na/a/403", preload_content=False)
        assert streamed.read() != b""
    assert told(recorder, file) == [*ALL, ("/a/302", 200, ""), ("/a/403", 403, "")]
    first, second = lines(file)[:2]
    assert first["token"] == "Atza|"
    assert first["marketplaces"] == second["marketplaces"] == [US]


def test_urllib3_names_its_arguments(recorder: Recorder, file: Path, base: str) -> None:
    with urllib3.PoolManager() as manager:
        recorder.watch(manager).urlopen(method="GET", url=f"{base}/na/a/403")
    assert told(recorder, file) == [("/a/403", 403, "Unauthorized")]


async def test_aiohttp(recorder: Recorder, file: Path, base: str) -> None:
    async with aiohttp.ClientSession(trace_configs=[recorder.aiohttp_trace(seller_id="A1")]) as session:
        async with session.get(f"{base}/na/a/200", params={"marketplaceIds": US}, headers=HEADERS) as response:
            assert await response.json() == {"payload": "hello"}
        async with session.get(f"{base}/na/a/403") as response:
            assert await response.json() == DENIED
        for url in (f"{base}/na/silent", REFUSED):
            with pytest.raises(aiohttp.ClientError):
                await session.get(url)
        with pytest.raises(aiohttp.ClientResponseError):
            await session.get(f"{base}/na/a/404", raise_for_status=True)
        async with session.get(f"{base}/na/a/500"):
            pass  # nobody reads it
        del response
    assert told(recorder, file)[:4] == ALL
    assert sorted(told(recorder, file)[4:]) == [("/a/404", 404, ""), ("/a/500", 500, "")]
    assert {each["seller_id"] for each in lines(file)} == {"A1"}


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    made = logging.Logger("program")  # noqa: LOG001 - of this test alone
    yield made
    for each in made.handlers:
        each.close()


def test_records_that_tell_of_a_call(recorder: Recorder, file: Path, log: logging.Logger) -> None:
    log.addHandler(recorder.logging_handler())
    log.info(
        "call", extra={"resource_path": "/orders/v0/orders", "status_code": 403, "sellerId": "A1", "error_code": "X"}
    )
    log.info("call", extra={"spapi": {"url": f"/a?marketplaceIds={US}", "status": 200, "message": TOKEN, "job": 7}})
    log.info("no call %s", "path")
    log.info("no call", extra={"path": "/a"})
    log.info("no call", extra={"status": 1})
    log.info("no call", extra={"spapi": 7})
    with recorder.call(seller_id="A2"):
        log.error("call", extra={"path": "/b", "status": "0"})
    assert told(recorder, file) == [("/orders/v0/orders", 403, "X"), ("/a", 200, ""), ("/b", 0, "")]
    assert [each["seller_id"] for each in lines(file)] == ["A1", "", "A2"]
    assert (lines(file)[1]["message"], lines(file)[1]["job"]) == ("Atza|•••", 7)


def test_the_recorders_own_warning_is_no_call(
    made: Callable[..., Recorder], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "blocked").write_text("")
    recorder = Recorder(tmp_path / "blocked" / "calls.jsonl", linger=60.0)
    handler = recorder.logging_handler()
    logging.getLogger().addHandler(handler)
    try:
        logging.getLogger().warning("call", extra={"path": "/a", "status": 1})
        assert not recorder.flush()
    finally:
        logging.getLogger().removeHandler(handler)
    assert "cannot be written" in caplog.text
    (tmp_path / "blocked").unlink()
    assert recorder.close()
    assert len(lines(tmp_path / "blocked" / "calls.jsonl")) == 1


def test_the_formatter_writes_calls_as_lines(
    made: Callable[..., Recorder], tmp_path: Path, log: logging.Logger
) -> None:
    handler = logging.FileHandler(tmp_path / "own.log", encoding="utf-8")
    handler.setFormatter(made(application="app").logging_formatter())
    log.addHandler(handler)
    log.info("called", extra={"path": "/a", "status": 403, "error_message": f"denied {TOKEN}"})
    log.info("said %s", "plainly")
    log.info("broken", extra={"path": "/b\n\ud800", "status": object()})
    first, second, third = (tmp_path / "own.log").read_text(encoding="utf-8").splitlines()
    assert '"path":"/a"' in first
    assert '"application":"app"' in first
    assert "denied Atza|•••" in first
    assert second == "said plainly"
    assert '"status":0' in third
