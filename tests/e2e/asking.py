"""Any operation, asked as a client would ask it: the right region, store, token and, where it takes one, its state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from sptui.simulator.clock import ManualClock
from sptui.simulator.engine import Simulator
from sptui.simulator.wire import WireAnswer, WireRequest
from sptui.simulator.world import parse_world
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.check import ProblemKind, check_request
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.regions import LWA_URL, Region
from sptui.spapi.requests import ApiRequest, RequestContext, build_request, minimal_values, sample_value


def crowd_world(count: int) -> str:
    """``count`` applications, each with one seller who sells in every store of every region."""
    found = ["latency_ms = [0, 0]"]
    found += [f'[[application]]\nclient_id = "app-{each}"\nclient_secret = "secret-{each}"' for each in range(count)]
    for number in range(count):
        for region in Region:
            found.append(
                f'[[seller]]\nid = "{seller_id(number)}"\nregion = "{region}"\n'
                f'refresh_token = "Atzr|{number}-{region}"\napplication = "app-{number}"'
            )
            stores = [each.id for each in MARKETPLACES.values() if each.region is region]
            found += [f'[[seller.marketplace]]\nid = "{each}"' for each in stores]
    return "\n".join(found)


def seller_id(number: int) -> str:
    """The id of one of the crowd."""
    return f"A1CROWD{number:07}"


def home_of(operation: Operation) -> tuple[Region, str]:
    """A region and a marketplace in which the operation is offered."""
    for region in Region:
        if operation.roles and not operation.roles_in(region):
            continue
        for each in MARKETPLACES.values():
            if each.region is region and (not operation.stores or each.country_code in operation.stores):
                return region, each.id
    raise AssertionError(f"{operation.key} is offered nowhere")


def _region_of(operation: Operation, request: ApiRequest) -> Region:
    """The region of the marketplace that the request names, where the operation is offered there."""
    named = [MARKETPLACES[each].region for each in request.marketplaces if each in MARKETPLACES]
    offered = [each for each in named if not operation.roles or operation.roles_in(each)]
    return offered[0] if offered else home_of(operation)[0]


def filled_up(operation: Operation, sample: dict[str, Any], context: RequestContext) -> dict[str, Any]:
    """A sample with what the operation misses beside it; nothing in it is changed."""
    values = dict(sample)
    for _ in range(10):
        wanted = [
            each.parameter.split(" or ")[0]
            for each in check_request(operation, values, now=context.now)
            if each.kind in (ProblemKind.MISSING, ProblemKind.NEEDS, ProblemKind.ONE_OF)
        ]
        new = [name for name in wanted if name not in values and operation.parameter(name) is not None]
        if not new:
            break
        values |= {name: sample_value(operation, name, context) for name in new}
    return values


def _sending(simulator: Simulator) -> Callable[[WireRequest], WireAnswer]:
    def send(request: WireRequest) -> WireAnswer:
        answer = simulator.answer(request)
        assert answer is not None
        return answer

    return send


class Asker:
    """One of the crowd, calling. Without ``send`` it has a simulator of its own, and a clock that is moved by hand."""

    def __init__(self, send: Callable[[WireRequest], WireAnswer] | None = None, number: int = 0) -> None:
        self.clock = ManualClock(None if send is None else datetime.now(UTC))
        self._number = number
        self._send = send or _sending(Simulator(parse_world(crowd_world(1)), clock=self.clock))

    def context(self, operation: Operation) -> RequestContext:
        """Where a request of the operation is at home."""
        return RequestContext(home_of(operation)[1], seller_id(self._number), self.clock.now())

    def minimal(self, operation: Operation, given: dict[str, Any] | None = None) -> dict[str, Any]:
        """The minimal request, with the values ``given`` in place of samples."""
        return minimal_values(operation, self.context(operation), given)

    def ask(self, operation: Operation, values: dict[str, Any], *, sandbox: bool = False) -> WireAnswer:
        """One call with the token that the operation takes."""
        request = build_request(operation, values)
        region = _region_of(operation, request)
        token = self._token(operation, request, region, sandbox=sandbox)
        body = b"" if request.body is None else msgspec.json.encode(request.body)
        headers = {name.lower(): value for name, value in request.headers.items()}
        headers |= {"x-amz-access-token": token, "content-type": "application/json"}
        host = region.sandbox_host if sandbox else region.host
        return self._send(WireRequest(operation.method, host, request.target, headers, body))

    def _token(self, operation: Operation, request: ApiRequest, region: Region, *, sandbox: bool) -> str:
        if operation.token == "grantless":
            return self._lwa(grant_type="client_credentials", scope=operation.scope)
        token = self._lwa(grant_type="refresh_token", refresh_token=f"Atzr|{self._number}-{region}")
        if operation.rdt != "always" or sandbox:
            return token
        body = {"restrictedResources": [{"method": operation.method, "path": request.path}]}
        answer = self._send(
            WireRequest(
                "POST",
                region.host,
                "/tokens/2021-03-01/restrictedDataToken",
                {"x-amz-access-token": token, "content-type": "application/json"},
                msgspec.json.encode(body),
            )
        )
        assert answer.status == 200, (operation.key, answer.body)
        return str(msgspec.json.decode(answer.body)["restrictedDataToken"])

    def _lwa(self, **form: str) -> str:
        own = {"client_id": f"app-{self._number}", "client_secret": f"secret-{self._number}"}
        body = urlencode({**own, **form})
        headers = {"content-type": "application/x-www-form-urlencoded"}
        host, _, path = LWA_URL.removeprefix("https://").partition("/")
        answer = self._send(WireRequest("POST", host, f"/{path}", headers, body.encode()))
        assert answer.status == 200, answer.body
        return str(msgspec.json.decode(answer.body)["access_token"])

    def made(self, key: str, given: dict[str, Any] | None = None, *, sandbox: bool = False) -> dict[str, Any]:
        """What the operation answers to its minimal request with the values ``given``, which must succeed."""
        operation = load_catalogue().find(key)
        values = {**minimal_values(operation, self.context(operation), given), **(given or {})}
        answer = self.ask(operation, values, sandbox=sandbox)
        assert answer.status < 300, (key, answer.body)
        found: dict[str, Any] = msgspec.json.decode(answer.body) if answer.body else {}
        return found
