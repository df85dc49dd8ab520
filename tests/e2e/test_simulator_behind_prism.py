"""Prism as a validating proxy between a client and ``sptui simulator``: what it has against requests and answers.

Needs the models (``SPTUI_MODELS``) and Prism 5 (``SPTUI_PRISM``, or ``prism`` on the path), as test_prism.py does.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from asking import Asker, crowd_world
from merged_models import merged_models
from ports import free_port
from prepared import given_for
from simulator_process import running
from test_prism import _missing, _wait_for, models

from sptui.simulator.wire import WireAnswer, WireRequest
from sptui.spapi.catalogue import load_catalogue

__all__ = ["models"]

CROWD = 60
"""Sellers who take turns, so that no usage plan stands in the way."""

_NO_BODY = "the model gives 204 a body, and HTTP gives it none"
VIOLATIONS = {
    "services-v1.cancelReservation": _NO_BODY,
    "services-v1.setAppointmentFulfillmentData": _NO_BODY,
    "supplySources-2020-07-01.archiveSupplySource": _NO_BODY,
    "supplySources-2020-07-01.updateSupplySource": _NO_BODY,
    "supplySources-2020-07-01.updateSupplySourceStatus": _NO_BODY,
}
"""Operations of which Prism has something against the minimal request or its answer, each with the reason."""


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    world = tmp_path_factory.mktemp("crowd") / "world.toml"
    world.write_text(crowd_world(CROWD), "utf-8")
    with running("--world", str(world)) as process:
        yield process.base


@pytest.fixture(scope="module")
def proxy(models: Path, simulator: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = os.environ.get("SPTUI_PRISM") or shutil.which("prism") or ""
    if not program or not Path(program).exists():
        _missing("SPTUI_PRISM names no Prism, and none is on the path")
    folder = tmp_path_factory.mktemp("prism")
    document, log = folder / "models.json", folder / "prism.log"
    document.write_text(json.dumps(merged_models(models, answers=True)), "utf-8")
    port = free_port()
    command = [program, "proxy", "-h", "127.0.0.1", "-p", str(port), str(document), simulator]
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        _wait_for(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


class Violations:
    """What the proxy told of the last call."""

    def __init__(self, client: httpx.Client, simulator: str, proxy: str) -> None:
        self._client, self._simulator, self._proxy = client, simulator, proxy
        self.told: list[dict[str, Any]] = []

    def send(self, request: WireRequest) -> WireAnswer:
        """LWA directly, the API through the proxy."""
        base = self._simulator if request.host == "api.amazon.com" else self._proxy
        answer = self._client.request(
            request.method, base + request.target, headers=request.headers, content=request.body or None
        )
        self.told = json.loads(answer.headers.get("sl-violations", "[]"))
        return WireAnswer(answer.status_code, tuple(answer.headers.items()), answer.content)


def test_prism_has_nothing_against_the_minimal_requests_and_their_answers(simulator: str, proxy: str) -> None:
    found: dict[str, Any] = {}
    statuses: Counter[int] = Counter()
    with httpx.Client(timeout=60, trust_env=False) as client:
        violations = Violations(client, simulator, proxy)
        for number, operation in enumerate(each for each in load_catalogue() if not each.sandbox_only):
            asker = Asker(violations.send, number % CROWD)
            given = given_for(asker, operation.key)
            known = {name: each for name, each in given.items() if operation.parameter(name)}
            answer = asker.ask(operation, {**asker.minimal(operation, given), **known})
            statuses[answer.status] += 1
            if violations.told:
                found[operation.key] = (answer.status, answer.body[:200], violations.told)
    assert sum(count for status, count in statuses.items() if status < 300) > 350, statuses
    assert set(found) == set(VIOLATIONS), found
