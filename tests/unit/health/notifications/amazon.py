"""Amazon's Notifications API as far as the set-up uses it: with state, and in the shapes of Amazon's model."""

from __future__ import annotations

import json
from typing import Any

import httpx

from sptui.simulator.clock import ManualClock
from sptui.spapi.authorization import Authorization
from sptui.spapi.client import Client
from sptui.spapi.redaction import Secret

Answer = tuple[int, Any]
TYPE_PATH = "/notifications/v1/subscriptions/ACCOUNT_STATUS_CHANGED"


class Credentials:
    """The refresh token tells whose it is."""

    async def client_secret(self, client_id: str) -> Secret:
        return Secret("amzn1.oa2-cs.v1.CANARY-secret")

    async def refresh_token(self, authorization: Authorization) -> Secret:
        return Secret(f"Atzr|{authorization.key}")


class Amazon:
    """``calls`` are method and path of each; ``failing`` answers a method and path instead, once or for ever."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.destinations: dict[str, dict[str, Any]] = {}
        self.subscriptions: dict[tuple[str, str], dict[str, str]] = {}
        self.failing: dict[str, list[Answer]] = {}
        self.hidden_destinations = 0
        self._count = 0

    def client(self) -> Client:
        return Client(Credentials(), transport=lambda: httpx.MockTransport(self._answer), clock=ManualClock())

    @property
    def changes(self) -> list[str]:
        """The calls with side effects."""
        return [each for each in self.calls if not each.startswith("GET")]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/auth/o2/token":
            form = httpx.QueryParams(request.content.decode())
            token = "Atc|grantless" if "scope" in form else "Atza|" + form["refresh_token"][5:]
            return httpx.Response(200, json={"access_token": token, "expires_in": 3600})
        path = request.url.path
        key = f"{request.method} {path}"
        self.calls.append(key)
        if self.failing.get(key):
            return _response(self.failing[key].pop(0))
        token = request.headers["x-amz-access-token"]
        grantless = "/destinations" in path or (path.startswith(TYPE_PATH + "/"))
        if token.startswith("Atc|") is not grantless:
            return _response(error(403, "Unauthorized", "Access to requested resource is denied."))
        body = json.loads(request.content) if request.content else {}
        if "/destinations" in path:
            return _response(self._destination(request, body))
        return _response(self._subscription(request, token, body))

    def _destination(self, request: httpx.Request, body: dict[str, Any]) -> Answer:
        host, last = request.url.host, request.url.path.rpartition("/")[2]
        if request.method == "GET":
            if self.hidden_destinations:
                self.hidden_destinations -= 1
                return 200, {"payload": []}
            return 200, {"payload": [each["shown"] for each in self.destinations.values() if each["host"] == host]}
        if request.method == "DELETE":
            gone = self.destinations.pop(last, None)
            return (200, {}) if gone else error(404, "NotFound", "There is no such destination.")
        if any(each["shown"]["resource"] == body["resourceSpecification"] and each["host"] == host
               for each in self.destinations.values()):  # fmt: skip
            return error(409, "Conflict", "Destination exists.")
        shown = {"destinationId": self._id("dest"), "name": body["name"], "resource": body["resourceSpecification"]}
        self.destinations[shown["destinationId"]] = {"host": host, "shown": shown}
        return 200, {"payload": shown}

    def _subscription(self, request: httpx.Request, token: str, body: dict[str, Any]) -> Answer:
        whose = (request.url.host, token)
        if request.method == "GET":
            assert request.url.params["payloadVersion"] == "2021-01-01"
            found = self.subscriptions.get(whose)
            return (200, {"payload": found}) if found else error(404, "NotFound", "No subscription.")
        if request.method == "DELETE":
            last = request.url.path.rpartition("/")[2]
            for key, each in list(self.subscriptions.items()):
                if each["subscriptionId"] == last:
                    del self.subscriptions[key]
                    return 200, {}
            return error(404, "NotFound", "No subscription.")
        if whose in self.subscriptions:
            return error(409, "Conflict", "A subscription exists.")
        assert body["destinationId"] in self.destinations
        self.subscriptions[whose] = {"subscriptionId": self._id("sub"), **body}
        return 200, {"payload": self.subscriptions[whose]}

    def _id(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count}"


def error(status: int, code: str, message: str) -> Answer:
    """Amazon's error object."""
    return status, {"errors": [{"code": code, "message": message, "details": ""}]}


def _response(answer: Answer) -> httpx.Response:
    status, body = answer
    if body is None:
        raise httpx.ConnectError("no route")
    return httpx.Response(status, json=body)
