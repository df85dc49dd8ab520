"""``sptui simulator`` as a process of its own, over a real socket."""

from __future__ import annotations

import gzip
import json
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from simulator_process import SimulatorProcess as Process
from simulator_process import running

from sptui.simulator.world import demo_world

FORM = {
    "grant_type": "refresh_token",
    "refresh_token": "Atzr|demo-northwind",
    "client_id": "amzn1.application-oa2-client.demo",
    "client_secret": "amzn1.oa2-cs.v1.demo",
}
PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"

SMALL_WORLD = """
latency_ms = [0, 0]
[[application]]
client_id = "amzn1.application-oa2-client.demo"
client_secret = "amzn1.oa2-cs.v1.demo"
[[seller]]
id = "A1"
region = "NA"
refresh_token = "Atzr|demo-northwind"
  [[seller.marketplace]]
  id = "ATVPDKIKX0DER"
"""


with_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")


def _world(tmp_path: Path, more: str = "") -> str:
    path = tmp_path / "world.toml"
    path.write_text(SMALL_WORLD + more)
    return str(path)


def _client(simulator: Process) -> httpx.Client:
    answer = httpx.post(f"{simulator.base}/auth/o2/token", data=FORM, trust_env=False)
    headers = {"x-amz-access-token": answer.json()["access_token"]}
    return httpx.Client(base_url=simulator.base, headers=headers, trust_env=False)


def test_the_demo_world_over_a_socket() -> None:
    with running() as simulator, _client(simulator) as http:
        for path in (PARTICIPATIONS, f"/na{PARTICIPATIONS}"):
            answer = http.get(path)
            assert answer.status_code == 200
            ids = [each["marketplace"]["id"] for each in answer.json()["payload"]]
            assert ids == [each.id for each in demo_world().sellers[0].marketplaces]
        sample = http.get(f"/sandbox/na{PARTICIPATIONS}").json()["payload"]
        assert [each["storeName"] for each in sample] == ["BestSellerStore"]
        assert http.get(f"/eu{PARTICIPATIONS}").status_code == 403
        assert http.get("/na/nothing").json()["errors"][0]["code"] == "MissingAuthenticationToken"


def test_a_report_to_its_document(tmp_path: Path) -> None:
    with running("--world", _world(tmp_path), "--speed", "100") as simulator, _client(simulator) as http:
        kind = "GET_V2_SELLER_PERFORMANCE_REPORT"
        created = http.post(
            "/na/reports/2021-06-30/reports", json={"reportType": kind, "marketplaceIds": ["ATVPDKIKX0DER"]}
        )
        assert created.status_code == 202
        report: dict[str, Any] = {}
        while report.get("processingStatus") != "DONE":
            report = http.get(f"/na/reports/2021-06-30/reports/{created.json()['reportId']}").json()
            assert report["processingStatus"] in ("IN_QUEUE", "IN_PROGRESS", "DONE")
        where = http.get(f"/na/reports/2021-06-30/documents/{report['reportDocumentId']}").json()
        assert where["url"].startswith(simulator.base)
        content = httpx.get(where["url"], trust_env=False).content
        assert json.loads(gzip.decompress(content))["accountStatuses"][0]["status"] == "NORMAL"


def test_dropped_connections_and_connections_after_them(tmp_path: Path) -> None:
    fault = '\n[[fault]]\noperation = "getReports"\ndrop = true\n'
    with running("--world", _world(tmp_path, fault)) as simulator, _client(simulator) as http:
        for _ in range(3):
            with pytest.raises(httpx.RemoteProtocolError, match="disconnected without sending a response"):
                http.get("/reports/2021-06-30/reports?reportTypes=A_B")
        assert http.get(PARTICIPATIONS).status_code == 200


def test_a_slow_answer_and_a_timeout(tmp_path: Path) -> None:
    fault = '\n[[fault]]\noperation = "getReports"\ndelay_ms = 60000\n'
    with running("--world", _world(tmp_path, fault)) as simulator, _client(simulator) as http:
        with pytest.raises(httpx.ReadTimeout):
            http.get("/reports/2021-06-30/reports?reportTypes=A_B", timeout=0.3)
        assert http.get(PARTICIPATIONS).status_code == 200


@with_signals
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly(by: signal.Signals) -> None:
    with running() as simulator:
        status, stderr = simulator.end(by)
        assert status == 0
        assert "Traceback" not in stderr
        assert len(stderr.splitlines()) == 1


@with_signals
def test_it_ends_while_a_client_waits(tmp_path: Path) -> None:
    fault = '\n[[fault]]\noperation = "getReports"\ndelay_ms = 60000\n'
    with running("--world", _world(tmp_path, fault)) as simulator, _client(simulator) as http:
        token = http.headers["x-amz-access-token"]
        with socket.create_connection(("127.0.0.1", simulator.port)) as waiting:
            request = (
                f"GET /reports/2021-06-30/reports?reportTypes=A_B HTTP/1.1\r\nHost: x\r\nx-amz-access-token: {token}"
            )
            waiting.sendall(f"{request}\r\n\r\n".encode())
            assert http.get(PARTICIPATIONS).status_code == 200  # so the request before it has been taken
            status, stderr = simulator.end()
            assert (status, waiting.recv(1000)) == (0, b"")
            assert "Traceback" not in stderr


def test_a_port_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = Process("--port", str(port))
        _, stderr = refused.process.communicate(timeout=60)
    assert (refused.process.returncode, refused.first_line) == (2, "")
    assert f"Port {port}" in stderr
    assert "--port 0" in stderr
    assert "Traceback" not in stderr


def test_it_listens_on_loopback_only() -> None:
    with running() as simulator:
        with pytest.raises(OSError):  # noqa: PT011 - refused or unreachable, as it may be
            socket.create_connection(("127.0.0.2", simulator.port), timeout=5)
        with socket.create_connection(("127.0.0.1", simulator.port)):
            pass


def test_a_broken_world_file(tmp_path: Path) -> None:
    path = tmp_path / "world.toml"
    path.write_text('[[seller]]\nid = "A1"\nregion = "NO"\n')
    refused = Process("--world", str(path))
    _, stderr = refused.process.communicate(timeout=60)
    assert refused.process.returncode == 2
    assert f"{path}:3:1" in stderr


def test_the_sandbox_option(tmp_path: Path) -> None:
    with running("--world", _world(tmp_path), "--sandbox") as simulator, _client(simulator) as http:
        assert http.get(PARTICIPATIONS).headers["x-amzn-RateLimit-Limit"] == "5.0"


@with_signals
def test_garbage_on_the_socket() -> None:
    with running() as simulator:
        for garbage in (b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"G" * 70_000, b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", simulator.port), timeout=60) as client:
                client.sendall(garbage)
                assert client.recv(100).startswith(b"HTTP/1.1 4")
        with _client(simulator) as http:
            assert http.get(PARTICIPATIONS).status_code == 200
        status, stderr = simulator.end()
        assert status == 0
        assert "Traceback" not in stderr
