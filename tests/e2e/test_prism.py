"""Amazon's own models judge our requests, through a mock server that nobody here wrote: Prism.

Needs the models (``SPTUI_MODELS``: the folder with Amazon's Swagger files) and Prism 5 (``SPTUI_PRISM``: its
executable, or ``prism`` on the path). Without either these tests are skipped; under ``CI=true`` they fail.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from merged_models import merged_models
from ports import free_port

from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.requests import (
    ApiRequest,
    RequestContext,
    build_request,
    minimal_values,
    options_of,
    sample_value,
    with_needed,
)

CONTEXT = RequestContext("ATVPDKIKX0DER", "A1SELLER000001", datetime.now(UTC))

REFUSED: dict[str, str] = {}
"""Operations whose minimal request Prism refuses, each with the reason. None is left."""


def _missing(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}: under CI this must run")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def models() -> Path:
    folder = os.environ.get("SPTUI_MODELS", "")
    if not folder or not Path(folder).is_dir():
        _missing("SPTUI_MODELS names no folder with Amazon's models")
    return Path(folder).resolve()


@pytest.fixture(scope="module")
def prism(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = os.environ.get("SPTUI_PRISM") or shutil.which("prism") or ""
    if not program or not Path(program).exists():
        _missing("SPTUI_PRISM names no Prism, and none is on the path")
    folder = tmp_path_factory.mktemp("prism")
    document, log = folder / "models.json", folder / "prism.log"
    document.write_text(json.dumps(merged_models(models)), "utf-8")
    port = free_port()
    command = [program, "mock", "-h", "127.0.0.1", "-p", str(port), "--seed", "1", str(document)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        _wait_for(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"Prism does not listen: {log.read_text('utf-8', 'replace')[-2000:]}")


async def _refusals(server: str, requests: list[tuple[str, ApiRequest]]) -> dict[str, str]:
    """Of the requests that are not accepted, by their label, what Prism says."""
    limit = asyncio.Semaphore(8)
    found: dict[str, str] = {}
    async with httpx.AsyncClient(base_url=server, timeout=60) as client:

        async def send(label: str, request: ApiRequest) -> None:
            headers = {"x-amz-access-token": "Atza|nobody", **request.headers}
            body: dict[str, Any] = {} if request.body is None else {"json": request.body}
            async with limit:
                answer = await client.request(request.method, request.target, headers=headers, **body)
            if answer.status_code != 200:
                found[label] = f"{answer.status_code} {request.method} {request.target} {request.body} {answer.text}"

        await asyncio.gather(*(send(label, request) for label, request in requests))
    return found


def _minimal(operation: Operation) -> ApiRequest:
    return build_request(operation, minimal_values(operation, CONTEXT))


async def test_prism_accepts_the_minimal_request_of_every_operation(prism: str) -> None:
    requests = [(operation.key, _minimal(operation)) for operation in load_catalogue()]
    assert len(requests) >= 370
    refused = await _refusals(prism, requests)
    assert set(refused) == set(REFUSED), "\n".join(f"{key}: {told}" for key, told in sorted(refused.items()))


async def test_prism_accepts_every_option_added_to_the_minimal_request(prism: str) -> None:
    requests: list[tuple[str, ApiRequest]] = []
    for operation in load_catalogue():
        minimal = minimal_values(operation, CONTEXT)
        for name, value in options_of(operation, CONTEXT):
            beside = {each: sample_value(operation, each, CONTEXT) for each in with_needed(operation, [name])}
            request = build_request(operation, {**beside, **minimal, name: value})
            requests.append((f"{operation.key} with {name}", request))
    assert len(requests) > 500
    refused = await _refusals(prism, requests)
    assert refused == {}, "\n".join(f"{label}: {told}" for label, told in sorted(refused.items()))


async def test_prism_does_refuse_what_does_not_fit(prism: str) -> None:
    """Else the tests above would prove nothing."""
    requests: list[tuple[str, ApiRequest]] = []
    for operation in load_catalogue():
        required = [each for each in operation.required if each.place == "query" or operation.body_required]
        if required and required[-1].place in ("query", "body"):
            values = minimal_values(operation, CONTEXT)
            del values[required[-1].name]
            requests.append((operation.key, build_request(operation, values)))
    refused = await _refusals(prism, requests)
    assert len(requests) > 150
    assert len(refused) > 0.9 * len(requests), sorted({label for label, _ in requests} - set(refused))
