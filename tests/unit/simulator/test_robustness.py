"""Whatever is sent, something is answered: no input makes the simulator fail."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from sptui.simulator.app import create_app
from sptui.simulator.clock import ManualClock
from sptui.simulator.engine import Simulator
from sptui.simulator.operations.registry import HANDLERS
from sptui.simulator.tokens import Grant, Resource
from sptui.simulator.wire import WireRequest
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.regions import Region
from sptui.spapi.requests import RequestContext, build_request, minimal_values

from .amazon import CLIENT_ID, SELLER, US, a_world

CLOCK = ManualClock()
OPERATIONS = [load_catalogue().find(key) for key in sorted(HANDLERS)]
HOSTS = ["api.amazon.com", "tortuga-prod-na.s3.us-east-1.amazonaws.com", "", "[", "127.0.0.1"]
HOSTS += [host for region in Region for host in (region.host, region.sandbox_host)]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
paths = st.sampled_from([operation.path for operation in OPERATIONS] + ["/auth/o2/token", "/tortuga-prod-na/x", "/"])
texts = st.text(st.characters(max_codepoint=255), max_size=40)


def _simulator() -> tuple[Simulator, str]:
    simulator = Simulator(a_world(), clock=ManualClock())
    return simulator, simulator._tokens.issue(Grant(CLIENT_ID, simulator.clock.now(), "Atzr|north"))


def test_more_parameters_than_anybody_sends() -> None:
    simulator, token = _simulator()
    many = "&".join(f"a{number}=1" for number in range(1500))
    headers = {"x-amz-access-token": token, "content-type": "application/x-www-form-urlencoded"}
    api = simulator.answer(WireRequest("GET", Region.NA.host, f"/orders/v0/orders?{many}", headers))
    lwa = simulator.answer(WireRequest("POST", "api.amazon.com", "/auth/o2/token", headers, many.encode()))
    document = simulator.answer(WireRequest("GET", "tortuga-prod-na.s3.amazonaws.com", f"/x?{many}", {}))
    assert api is not None
    assert lwa is not None
    assert document is not None
    assert (api.status, lwa.status, document.status) == (400, 400, 403)


async def test_a_websocket_is_refused() -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/", "headers": []}
    await create_app(Simulator(a_world(), clock=ManualClock()))(scope, receive, send)
    assert [each["type"] for each in sent] == ["websocket.close"]


async def test_a_body_beyond_the_limit_is_not_kept() -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": bytes(2**23), "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
    await create_app(Simulator(a_world(), clock=ManualClock()))(scope, receive, send)
    assert sent[0]["status"] == 413


async def test_a_client_that_goes_before_its_request_is_whole() -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
    await create_app(Simulator(a_world(), clock=ManualClock()))(scope, receive, send)


@settings(max_examples=300)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD", "DELETE", "x"]) | texts,
    host=st.sampled_from(HOSTS) | texts,
    target=st.tuples(st.sampled_from(["", "/na", "/sandbox/eu"]), paths | texts, texts).map("".join),
    headers=st.dictionaries(st.sampled_from(["content-type", "x-amz-access-token", "host"]), texts),
    body=st.binary(max_size=60),
    origin=st.sampled_from(["", "http://127.0.0.1:1"]),
)
def test_any_request(method: str, host: str, target: str, headers: dict[str, str], body: bytes, origin: str) -> None:
    simulator, _ = _simulator()
    answer = simulator.answer(WireRequest(method, host, target, headers, body, origin))
    assert answer is None or 200 <= answer.status < 600


@st.composite
def twisted_requests(draw: st.DrawFn) -> tuple[Any, dict[str, Any]]:
    """An operation and a nearly right set of values: some replaced by anything, some left out, some invented."""
    operation = draw(st.sampled_from(OPERATIONS))
    values = minimal_values(operation, RequestContext(US, SELLER, CLOCK.now()))
    for parameter in operation.parameters:
        twist = draw(st.sampled_from(["keep", "keep", "json", "text", "drop"]))
        if twist in ("json", "text"):
            values[parameter.name] = draw(json_values if twist == "json" else texts)
        elif twist == "drop" and parameter.place != "path":
            values.pop(parameter.name, None)
    for name in draw(st.lists(texts, max_size=2)):
        values[name] = draw(json_values)
    return operation, values


@settings(max_examples=500)
@given(twisted_requests())
def test_any_values(twisted: tuple[Any, dict[str, Any]]) -> None:
    operation, values = twisted
    simulator, token = _simulator()
    now = simulator.clock.now()
    if operation.token == "grantless":
        token = simulator._tokens.issue(Grant(CLIENT_ID, now, scope=operation.scope))
    elif operation.rdt == "always":
        token = simulator._tokens.issue(Grant(CLIENT_ID, now, "Atzr|north", resources=(Resource(operation.key, ()),)))
    request = build_request(operation, values)
    body = b"" if request.body is None else msgspec.json.encode(request.body)
    headers = {"content-type": "application/json", "x-amz-access-token": token}
    answer = simulator.answer(WireRequest(operation.method, Region.NA.host, request.target, headers, body))
    assert answer is not None
    assert answer.status in (200, 201, 202, 204, 400, 403, 404, 500)
    if answer.status == 500:
        assert operation.name in ("getItemOffersBatch", "getListingOffersBatch", "getOrderMetrics")


@settings(max_examples=100)
@given(
    path=st.binary(max_size=30),
    query=st.binary(max_size=30),
    header=st.binary(max_size=20),
    body=st.binary(max_size=30),
)
def test_any_bytes_at_the_asgi_app(path: bytes, query: bytes, header: bytes, body: bytes) -> None:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "raw_path": path,
        "query_string": query,
        "headers": [(b"content-type", header), (b"host", header), (b"x-amz-access-token", header)],
        "server": ("127.0.0.1", 1),
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    async def exchange() -> None:
        await create_app(Simulator(a_world(), clock=ManualClock()))(scope, receive, send)

    asyncio.run(exchange())
    assert [each["type"] for each in sent] == ["http.response.start", "http.response.body"]
