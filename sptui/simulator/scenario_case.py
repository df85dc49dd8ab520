"""A scenario's call as a case of design.md: what was sent, what came back, and what a tool could have observed."""

from __future__ import annotations

import gzip
import zlib
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from sptui.simulator.arrival import read_arrival
from sptui.simulator.clock import ManualClock
from sptui.simulator.engine import Simulator
from sptui.simulator.rehearsal import DeveloperProgram, Exchange
from sptui.simulator.story import ScenarioCall
from sptui.simulator.wire import WireRequest, read_json
from sptui.simulator.world import World, WorldSeller
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.marketplaces import PSEUDO_MARKETPLACES
from sptui.spapi.redaction import redact, redact_headers, redact_json
from sptui.spapi.regions import region_of_host

_PERFORMANCE: Final = "GET_V2_SELLER_PERFORMANCE_REPORT"

_PATIENCE_MINUTES: Final = 2.0
"""How long other sellers' programs wait at most: long enough for a report, not for a token to grow old."""


def scenario_case(
    world: World, call: ScenarioCall, *, simulator: Simulator | None = None, context: bool = True
) -> dict[str, Any]:
    """``{"id", "operation", "request", "response", "context"}`` of a call; secrets are masked down to their kind.

    ``simulator`` answers, by default a new one over ``world`` whose clock stands still. Without ``context`` nothing
    but the call itself is made. A dropped connection leaves ``response`` empty. Raises LookupError and
    InvalidValueError for a call that cannot be made.
    """
    simulator = simulator or Simulator(world, clock=ManualClock())
    seller = world.caller(call)
    exchange = DeveloperProgram(simulator, seller).perform(call)
    operation, marketplaces = _meant(exchange)
    found: dict[str, Any] = {
        "id": _id(world, call),
        "request": {
            "method": exchange.method,
            "url": redact(exchange.url),
            "headers": redact_headers(exchange.headers),
            "body": redact(exchange.body) if isinstance(exchange.body, str) else redact_json(exchange.body),
        },
        "response": _response(exchange),
        "context": _Observer(simulator, seller).context(call, exchange, marketplaces) if context else {},
    }
    if operation is not None:
        found["operation"] = operation.name
    return found


def _id(world: World, call: ScenarioCall) -> str:
    name = (world.scenario.name if world.scenario else "") or "world"
    place = next((at for at, each in enumerate(world.calls, 1) if each is call or each == call), 0)
    return f"{name}-{place}"


def _meant(exchange: Exchange) -> tuple[Operation | None, tuple[str, ...]]:
    """The operation and the marketplaces that a request means; on another host than the API's none."""
    parts = urlsplit(exchange.url)
    matched = load_catalogue().match(exchange.method, parts.path) if region_of_host(parts.hostname or "") else None
    if matched is None:
        return None, ()
    content = msgspec.json.encode(exchange.body) if not isinstance(exchange.body, str) else exchange.body.encode()
    headers = {name.lower(): value for name, value in exchange.headers.items()}
    request = WireRequest(exchange.method, "", f"{parts.path}?{parts.query}", headers, content)
    return matched[0], read_arrival(request, *matched).marketplaces


def _response(exchange: Exchange) -> dict[str, Any]:
    answer = exchange.answer
    if answer.dropped:
        return {}
    data, readable = read_json(answer.body)
    body = redact_json(data) if readable and data is not None else redact(answer.body.decode("utf-8", "replace"))
    return {"status": answer.status, "headers": redact_headers(dict(answer.headers)), "body": body}


class _Observer:
    """What a tool sees of a seller beside the failing call, by calls that change nothing of its own."""

    def __init__(self, simulator: Simulator, seller: WorldSeller) -> None:
        self._simulator = simulator
        self._seller = seller
        self._program = DeveloperProgram(simulator, seller)

    def context(self, call: ScenarioCall, exchange: Exchange, marketplaces: tuple[str, ...]) -> dict[str, Any]:
        """The case's context; what cannot be seen is not in it."""
        application = self._simulator.world.application(self._seller.application)
        found: dict[str, Any] = {}
        if application is not None and application.roles is not None:
            found["roles"] = list(application.roles)
        if (participations := self._participations()) is not None:
            found["participations"] = participations
        if status := self._account_status(marketplaces or _marketplaces_in(exchange)):
            found["account_status"] = status
        if others := self._other_sellers(call, exchange):
            found["other_sellers"] = others
        if (elsewhere := self._other_marketplaces(call, exchange, marketplaces)) is not None:
            found["other_marketplaces_ok"] = elsewhere
        if regions := self._other_regions(call, exchange, marketplaces):
            found["other_regions"] = regions
        return found

    def _participations(self) -> list[dict[str, Any]] | None:
        exchange = self._program.call("getMarketplaceParticipations", {})
        payload = exchange.data.get("payload") if exchange.ok and isinstance(exchange.data, dict) else None
        if not isinstance(payload, list):
            return None
        return [{"marketplaceId": each["marketplace"]["id"], **each["participation"]} for each in payload]

    def _account_status(self, marketplaces: tuple[str, ...]) -> str:
        """The worst status that the newest performance report tells of the call's marketplaces."""
        reports = self._program.call("getReports", {"reportTypes": [_PERFORMANCE], "processingStatuses": ["DONE"]})
        listed = reports.data.get("reports") if reports.ok and isinstance(reports.data, dict) else None
        if not listed:
            return ""
        document = self._program.call("getReportDocument", {"reportDocumentId": listed[0]["reportDocumentId"]})
        if not document.ok or not isinstance(document.data, dict):
            return ""
        told = [
            each["status"]
            for each in _statuses(self._program.fetch(document.data["url"]))
            if each["marketplaceId"] in marketplaces
        ]
        return next((word for word in ("DEACTIVATED", "SUSPENDED", "AT_RISK", "NORMAL") if word in told), "")

    def _other_sellers(self, call: ScenarioCall, exchange: Exchange) -> dict[str, int]:
        """How the same call fares for the application's other sellers of the region, each calling once."""
        others = [
            each
            for each in self._simulator.world.sellers
            if each.application == self._seller.application
            and each.region is self._seller.region
            and each.id != self._seller.id
        ]
        same = [self._fails_alike(each, call, exchange) for each in others]
        return {"calling": len(same), "failing": sum(same)} if same else {}

    def _fails_alike(self, seller: WorldSeller, call: ScenarioCall, exchange: Exchange) -> bool:
        before = tuple(
            msgspec.structs.replace(each, times=1, wait_minutes=min(each.wait_minutes, _PATIENCE_MINUTES))
            for each in call.before
        )
        alone = msgspec.structs.replace(call, before=before, times=1)
        other = DeveloperProgram(self._simulator, seller).perform(alone)
        return not other.ok and other.answer.status == exchange.answer.status

    def _other_marketplaces(self, call: ScenarioCall, exchange: Exchange, marketplaces: tuple[str, ...]) -> bool | None:
        """Whether the same call passes for another of the seller's stores; None where there is none to try."""
        if call.request is not None or call.before or exchange.ok or len(marketplaces) != 1:
            return None
        others = [
            each.id
            for each in self._seller.marketplaces
            if each.participating and each.id not in (*marketplaces, *PSEUDO_MARKETPLACES)
        ]
        if not others:
            return None
        text = msgspec.json.encode(call.values).replace(marketplaces[0].encode(), others[0].encode())
        return self._program.call(call.operation, msgspec.json.decode(text)).ok

    def _other_regions(
        self, call: ScenarioCall, exchange: Exchange, marketplaces: tuple[str, ...]
    ) -> dict[str, list[str]]:
        """Where the seller is authorized too, the same call with a store of that region: passes, or fails alike."""
        if call.request is not None or call.before or exchange.ok:
            return {}
        found: dict[str, list[str]] = {}
        for seller in self._simulator.world.sellers:
            same = seller.id == self._seller.id and seller.application == self._seller.application
            store = next((each.id for each in seller.marketplaces if each.participating), "")
            if not same or seller.region is self._seller.region or not store:
                continue
            text = msgspec.json.encode(call.values)
            for id_ in marketplaces:
                text = text.replace(id_.encode(), store.encode())
            other = DeveloperProgram(self._simulator, seller).call(call.operation, msgspec.json.decode(text))
            if other.ok or other.answer.status == exchange.answer.status:
                found.setdefault("passing" if other.ok else "failing", []).append(seller.region.value)
        return found


def _marketplaces_in(exchange: Exchange) -> tuple[str, ...]:
    """The marketplaces that an answer is about: those of a report or a feed."""
    told = exchange.data.get("marketplaceIds") if exchange.ok and isinstance(exchange.data, dict) else None
    return tuple(each for each in told if isinstance(each, str)) if isinstance(told, list) else ()


def _statuses(exchange: Exchange) -> list[dict[str, str]]:
    """The account statuses in the document of a performance report."""
    try:
        data, _ = read_json(gzip.decompress(exchange.answer.body))
    except (OSError, EOFError, zlib.error):
        return []
    return data.get("accountStatuses", []) if isinstance(data, dict) else []
