"""The simulator's two faces, the httpx transport and the ASGI app: addresses, and the same answers from both."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import httpx
import pytest

from sptui.simulator.app import HANG_UP, create_app
from sptui.simulator.clock import ManualClock, WorldClock
from sptui.simulator.engine import Simulator
from sptui.simulator.transport import SimulatorTransport
from sptui.spapi.regions import Region

from .amazon import CLIENT_ID, CLIENT_SECRET, DE, US, Amazon, a_world, error_of

PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"
FORM = {
    "grant_type": "refresh_token",
    "refresh_token": "Atzr|north",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
}


class Server:
    """The ASGI app as a loopback server would run it."""

    def __init__(self, more: str = "", *, sandbox: bool = False, extensions: dict[str, Any] | None = None) -> None:
        self.clock = ManualClock()
        app = create_app(Simulator(a_world(more), clock=self.clock, sandbox=sandbox))

        async def on_loopback(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            here = {"server": ("127.0.0.1", 8123), "extensions": extensions or {}}
            await app({**scope, **here}, receive, send)

        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(on_loopback),
            base_url="http://127.0.0.1:8123",
        )

    async def token(self, of: str = "Atzr|north") -> str:
        answer = await self.http.post("/auth/o2/token", data={**FORM, "refresh_token": of})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    async def get(self, path: str, token: str = "", **headers: str) -> httpx.Response:
        return await self.http.get(path, headers={**({"x-amz-access-token": token} if token else {}), **headers})


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    yield made
    await made.http.aclose()


async def test_a_path_stands_for_the_regions_host(server: Server) -> None:
    token, eu = await server.token(), await server.token("Atzr|north-eu")
    assert (await server.get(f"/na{PARTICIPATIONS}", token)).status_code == 200
    assert (await server.get(f"/eu{PARTICIPATIONS}", token)).status_code == 403
    assert (await server.get(f"/eu{PARTICIPATIONS}", eu)).json()["payload"][0]["marketplace"]["id"] == DE
    assert (await server.get(f"/NA{PARTICIPATIONS}", token)).status_code == 200


async def test_without_one_the_region_is_the_sellers(server: Server) -> None:
    for refresh_token in ("Atzr|north", "Atzr|north-eu"):
        assert (await server.get(PARTICIPATIONS, await server.token(refresh_token))).status_code == 200
    data = {**FORM, "grant_type": "client_credentials", "scope": "sellingpartnerapi::notifications"}
    token = (await server.http.post("/auth/o2/token", data=data)).json()["access_token"]
    assert (await server.get("/notifications/v1/destinations", token)).status_code == 200


async def test_the_sandbox_by_path_and_by_option(server: Server) -> None:
    token = await server.token()
    limits = [
        (await server.get(f"{prefix}{PARTICIPATIONS}", token)).headers["x-amzn-RateLimit-Limit"]
        for prefix in ("/sandbox/na", "/sandbox", "/na", "")
    ]
    assert limits == ["5.0", "5.0", "0.016", "0.016"]
    sandbox = Server(sandbox=True)
    answer = await sandbox.get(PARTICIPATIONS, await sandbox.token())
    assert answer.headers["x-amzn-RateLimit-Limit"] == "5.0"


async def test_lwa_behind_a_region_is_no_path_of_the_api(server: Server) -> None:
    answer = await server.http.post("/na/auth/o2/token", data=FORM)
    assert (answer.status_code, error_of(answer)["code"]) == (403, "MissingAuthenticationToken")


async def test_a_host_header_that_is_cut_short_does_not_matter(server: Server) -> None:
    token = await server.token()
    assert (await server.get(PARTICIPATIONS, token, host="27.0.0.1:8123")).status_code == 200


async def test_a_host_header_may_name_amazons_host(server: Server) -> None:
    token = await server.token()
    assert (await server.get(PARTICIPATIONS, token, host=Region.NA.host)).status_code == 200
    assert (await server.get(PARTICIPATIONS, token, host=Region.EU.host)).status_code == 403


async def test_documents_lie_on_the_same_server(server: Server) -> None:
    token = await server.token()
    reports = (
        await server.get("/reports/2021-06-30/reports?reportTypes=GET_V2_SELLER_PERFORMANCE_REPORT", token)
    ).json()
    document_id = reports["reports"][0]["reportDocumentId"]
    url = (await server.get(f"/reports/2021-06-30/documents/{document_id}", token)).json()["url"]
    assert url.startswith("http://127.0.0.1:8123/tortuga-prod-na/")
    assert (await server.http.get(url)).content[:2] == b"\x1f\x8b"


async def test_both_faces_answer_alike(server: Server) -> None:
    amazon = Amazon()
    for path, token in (
        (PARTICIPATIONS, "ok"),
        (PARTICIPATIONS, ""),
        ("/orders/v0/orders?MarketplaceIds=" + US, "ok"),
        ("/nothing/here", "ok"),
        ("/", ""),
        ("/listings/2021-08-01/items/A1SELLERNORTH1/a%2Fb%20c?marketplaceIds=" + US, "ok"),
    ):
        one_token, other_token = await amazon.token(), await server.token()
        headers = {"x-amz-access-token": one_token} if token else {}
        one = await amazon.http.get(f"https://{Region.NA.host}{path}", headers=headers)
        other = await server.get(f"/na{path}", other_token if token else "")
        assert (one.status_code, one.content) == (other.status_code, other.content)
        assert dict(one.headers) == dict(other.headers)


async def test_head_sends_no_body(server: Server) -> None:
    answer = await server.http.head(PARTICIPATIONS)
    assert (answer.status_code, answer.content) == (403, b"")


async def test_a_delay_passes_before_the_answer() -> None:
    server = Server("\n[[fault]]\ndelay_ms = 3000\n")
    token = await server.token()
    before = server.clock.monotonic()
    await server.get(PARTICIPATIONS, token)
    assert server.clock.monotonic() - before == pytest.approx(3.0)


async def test_a_server_that_cannot_hang_up_answers_500() -> None:
    server = Server("\n[[fault]]\ndrop = true\n")
    answer = await server.get(PARTICIPATIONS, await server.token())
    assert (answer.status_code, answer.content, answer.headers["connection"]) == (500, b"", "close")


async def test_a_server_that_can_hangs_up() -> None:
    calls: list[str] = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "raw_path": b"/sellers/v1/marketplaceParticipations",
        "query_string": b"",
        "headers": [],
        "server": ("127.0.0.1", 8123),
        "extensions": {HANG_UP: lambda: calls.append("hung up")},
    }
    simulator = Simulator(a_world("\n[[fault]]\ndrop = true\n"), clock=ManualClock())
    token = Amazon()
    token.simulator = simulator
    token.http = httpx.AsyncClient(transport=SimulatorTransport(simulator))
    scope["headers"] = [(b"x-amz-access-token", (await token.token()).encode())]

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        calls.append(message["type"])

    await create_app(simulator)(scope, receive, send)
    assert calls == ["hung up"]


async def test_another_host_does_not_resolve() -> None:
    amazon = Amazon()
    with pytest.raises(httpx.ConnectError, match=r"example\.com"):
        await amazon.http.get("https://example.com/")


async def test_another_host_without_a_loopback_server() -> None:
    http = httpx.AsyncClient(transport=httpx.ASGITransport(create_app(a_world())))
    assert (await http.get("https://example.com/")).status_code == 421
    assert (await http.get(f"https://{Region.NA.host}/")).status_code == 403


async def test_transports_over_one_simulator_share_its_state() -> None:
    simulator = Simulator(a_world(), clock=ManualClock())
    first, second = (httpx.AsyncClient(transport=SimulatorTransport(simulator)) for _ in range(2))
    token = (await first.post("https://api.amazon.com/auth/o2/token", data=FORM)).json()["access_token"]
    await first.aclose()
    answer = await second.get(f"https://{Region.NA.host}{PARTICIPATIONS}", headers={"x-amz-access-token": token})
    assert answer.status_code == 200


def test_the_worlds_clock_runs_at_its_speed() -> None:
    clock = WorldClock(speed=3600.0)
    first = clock.now()
    while clock.monotonic() < 1:  # a third of a millisecond
        pass
    assert (clock.now() - first).total_seconds() > 0.5


def test_reading_a_world_loads_no_server() -> None:
    code = (
        "import sys; import sptui.simulator.world, sptui.simulator.scenarios; sptui.simulator.world.demo_world();"
        "print([name for name in ('httpx', 'starlette', 'uvicorn', 'asyncio', 'textual') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_simulator_in_process_loads_no_server() -> None:
    code = (
        "import sys; import sptui.simulator.engine;"
        "print([name for name in ('httpx', 'starlette', 'uvicorn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
