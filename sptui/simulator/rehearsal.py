"""A scenario's calls, made: the simulator answers each as it would answer the developer's own program."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from sptui.simulator.clock import ManualClock, WorldClock
from sptui.simulator.engine import Simulator
from sptui.simulator.story import Before, RawRequest, ScenarioCall
from sptui.simulator.wire import WireAnswer, WireRequest, read_json, split_address
from sptui.simulator.world import WorldApplication, WorldSeller
from sptui.spapi.catalogue import Operation, Values, load_catalogue
from sptui.spapi.redaction import redact
from sptui.spapi.regions import LWA_URL
from sptui.spapi.requests import build_request

_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z_]+)\}")
_USER_AGENT: Final = "OrderDesk/3.2 (Language=Python/3.12; Platform=Linux)"
_NOTIFICATIONS: Final = "sellingpartnerapi::notifications"


class Exchange(msgspec.Struct, frozen=True):
    """One request as it went out, tokens and all, and what came back. ``body`` is a JSON value, text or None."""

    method: str
    url: str
    headers: dict[str, str]
    body: Any
    answer: WireAnswer

    def __repr__(self) -> str:
        return f"Exchange({self.method} {self.answer.status})"  # the headers hold the token

    @property
    def ok(self) -> bool:
        """Whether an answer came that is no error."""
        return not self.answer.dropped and self.answer.status < 400

    @property
    def data(self) -> Any:
        """The JSON value of the answer's body, or None."""
        return read_json(self.answer.body)[0]


class DeveloperProgram:
    """A program of the developer's that sends for one seller: fetches tokens, keeps nothing else.

    Its clock is the simulator's. ``found`` holds what braces stand for beside the tokens: fields of answers so far.
    """

    def __init__(self, simulator: Simulator, seller: WorldSeller) -> None:
        self._simulator = simulator
        self.seller = seller
        self.found: dict[str, str] = {}

    def perform(self, call: ScenarioCall) -> Exchange:
        """Makes a call with all that happens before it; the last exchange counts.

        Raises LookupError for an address that is none of Amazon's, InvalidValueError for values that make no path.
        """
        if call.request is not None and "{access_token}" in str(msgspec.to_builtins(call.request)):
            self._word("access_token")  # fetched first: it grows old while what is before the call takes its time
        for each in call.before:
            self._live_through(each)
        exchange = self._send(call)
        for _ in range(call.times - 1):
            exchange = self._send(call)
        return exchange

    def call(self, name: str, values: Values) -> Exchange:
        """Sends an operation with a new token; where LWA gives none, its refusal is the exchange."""
        operation = load_catalogue().find(name)
        token = self._token(operation)
        if isinstance(token, Exchange):
            return token
        request = build_request(operation, self._filled(dict(values)))
        headers = {"x-amz-access-token": token, "x-amz-date": self._stamp(), "user-agent": _USER_AGENT}
        if request.body is not None:
            headers["content-type"] = "application/json"
        url = f"https://{self.seller.region.host}{request.target}"
        return self._exchange(request.method, url, {**headers, **request.headers}, request.body)

    def fetch(self, url: str) -> Exchange:
        """Gets a document, without a token."""
        return self._exchange("GET", url, {"user-agent": _USER_AGENT}, None)

    def _send(self, call: ScenarioCall) -> Exchange:
        if call.request is not None:
            return self._send_raw(call.request)
        return self.call(call.operation, call.values)

    def _send_raw(self, request: RawRequest) -> Exchange:
        headers = {"user-agent": _USER_AGENT, **self._filled(request.headers)}
        return self._exchange(request.method, self._filled(request.url), headers, self._filled(request.body))

    def _live_through(self, before: Before) -> None:
        if before.wait_minutes:
            let_pass(self._simulator, before.wait_minutes * 60)
        for _ in range(before.times if before.operation else 0):
            data = self.call(before.operation, before.values).data
            fields = _fields(data)
            self.found |= {name: str(fields[name]) for name in before.keep if name in fields}

    # Tokens and other words in braces -------------------------------------------------------------------------

    @property
    def _application(self) -> WorldApplication:
        found = self._simulator.world.application(self.seller.application)
        assert found is not None  # noqa: S101 - a complete world has the application of each seller
        return found

    def _token(self, operation: Operation) -> str | Exchange:
        form = {"grant_type": "refresh_token", "refresh_token": self.seller.refresh_token}
        if operation.token == "grantless":
            form = {"grant_type": "client_credentials", "scope": operation.scope or _NOTIFICATIONS}
        return self._from_lwa(form)

    def _from_lwa(self, form: dict[str, str]) -> str | Exchange:
        known = {"client_id": self._application.client_id, "client_secret": self._application.client_secret}
        headers = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8", "user-agent": _USER_AGENT}
        exchange = self._exchange("POST", LWA_URL, headers, urlencode({**form, **known}))
        token = exchange.data.get("access_token") if isinstance(exchange.data, dict) else None
        return token if exchange.ok and isinstance(token, str) else exchange

    def _word(self, name: str) -> str | None:
        """What a word in braces stands for; None for one that stands for itself."""
        makers: dict[str, Callable[[], str]] = {
            "access_token": lambda: self._plain_token({"grant_type": "refresh_token", **self._refresh}),
            "grantless_token": lambda: self._plain_token(
                {"grant_type": "client_credentials", "scope": _NOTIFICATIONS},
            ),
            "refresh_token": lambda: self.seller.refresh_token,
            "client_id": lambda: self._application.client_id,
            "client_secret": lambda: self._application.client_secret,
            "seller_id": lambda: self.seller.id,
            "now": lambda: self._simulator.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "amz_date": self._stamp,
        }
        if name not in self.found and name in makers:
            self.found[name] = makers[name]()
        return self.found.get(name)

    @property
    def _refresh(self) -> dict[str, str]:
        return {"refresh_token": self.seller.refresh_token}

    def _plain_token(self, form: dict[str, str]) -> str:
        token = self._from_lwa(form)
        return token if isinstance(token, str) else ""

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return _PLACEHOLDER.sub(lambda found: self._word(found[1]) or found[0], value)
        if isinstance(value, dict):
            return {name: self._filled(each) for name, each in value.items()}
        return [self._filled(each) for each in value] if isinstance(value, list) else value

    def _stamp(self) -> str:
        return self._simulator.clock.now().strftime("%Y%m%dT%H%M%SZ")

    # The wire -------------------------------------------------------------------------------------------------

    def _exchange(self, method: str, url: str, headers: dict[str, str], body: Any) -> Exchange:
        parts = split_address(url)
        content = b"" if body is None else body.encode() if isinstance(body, str) else msgspec.json.encode(body)
        lowered = {name.lower(): value for name, value in headers.items()}
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        answer = self._simulator.answer(WireRequest(method, parts.hostname or "", target, lowered, content))
        if answer is None:
            raise LookupError(f"{redact(url)[:200]} is no address of Amazon's")
        return Exchange(method, url, headers, body, answer)


def _fields(data: Any) -> dict[str, Any]:
    """The fields of an answer, those of its payload too."""
    if not isinstance(data, dict):
        return {}
    payload = data.get("payload")
    return {**data, **payload} if isinstance(payload, dict) else data


def perform(simulator: Simulator, call: ScenarioCall) -> Exchange:
    """Makes a scenario's call as its program makes it. Raises LookupError and InvalidValueError."""
    return DeveloperProgram(simulator, simulator.world.caller(call)).perform(call)


def let_pass(simulator: Simulator, seconds: float) -> None:
    """Lets the world's time pass, where its clock can be moved."""
    if isinstance(simulator.clock, (WorldClock, ManualClock)):
        simulator.clock.advance(seconds)
