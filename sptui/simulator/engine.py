"""The simulator itself: a request in, an answer out, whatever carries them.

It is one state machine without threads or timers: everything that happens in time is computed when it is asked for.
"""

from __future__ import annotations

from typing import Final

import msgspec

from sptui.simulator.arrival import read_arrival
from sptui.simulator.clock import WorldClock
from sptui.simulator.context import CallContext
from sptui.simulator.error_shape import refusal_reply
from sptui.simulator.faults import Blow, FaultCounter, Target
from sptui.simulator.gate import Caller, find_caller, let_in
from sptui.simulator.headers import Headers, api_headers, document_headers, lwa_headers
from sptui.simulator.hosts import Address, find_address, names_its_host
from sptui.simulator.lwa import Counter, answer_token_request, token_asked_for
from sptui.simulator.memory import empty_memory
from sptui.simulator.offered import check_offered
from sptui.simulator.operations.by_schema import answer_by_schema
from sptui.simulator.operations.registry import HANDLERS
from sptui.simulator.operations.reports import first_reports
from sptui.simulator.replies import DENIED, RefusalError, Reply, internal_failure
from sptui.simulator.sandbox import sample_answer
from sptui.simulator.seeded import Seeded
from sptui.simulator.standing import check_marketplaces
from sptui.simulator.throttle import Buckets, plan_of
from sptui.simulator.validation import validated
from sptui.simulator.wire import LONGEST_HEADER, WireAnswer, WireRequest
from sptui.simulator.world import World, complete
from sptui.spapi.calls import Stage
from sptui.spapi.catalogue import Catalogue, Operation, load_catalogue
from sptui.spapi.clock import Clock
from sptui.spapi.regions import Region

_HEADER_TOO_LONG: Final = (
    b"<html><head><title>400 Bad Request</title></head><body><h1>Bad Request</h1>"
    b"<p>Size of a request header field exceeds server limit.</p></body></html>"
)
_WITHOUT_BODY: Final = frozenset({204, 304})


class _Outcome(msgspec.Struct, frozen=True):
    reply: Reply
    blow: Blow = Blow()


class Simulator:
    """An SP-API with LWA and documents over one world. Not thread-safe; the world's ``clock`` is its only time.

    ``sandbox``: on loopback, an address without ``/sandbox`` is the sandbox too. ``catalogue``: the operations that
    exist (by default all); one without a handler answers as its model says. Raises WorldError for a world
    that contradicts itself.
    """

    def __init__(
        self, world: World, *, clock: Clock | None = None, sandbox: bool = False, catalogue: Catalogue | None = None
    ) -> None:
        self.clock: Clock = clock or WorldClock()
        self._world = complete(world)
        self._sandbox = sandbox
        self._catalogue = catalogue or load_catalogue()
        self._seeded = seeded = Seeded(world.seed)
        self._buckets = Buckets()
        self._faults = FaultCounter(seeded)
        self._memory = empty_memory(self.clock.now(), seeded)
        self._tokens = self._memory.tokens
        self._count = 0
        first_reports(self._world, self._memory, seeded)

    @property
    def world(self) -> World:
        """The world that answers follow from."""
        return self._world

    def replace_world(self, world: World) -> None:
        """Changes the world under way: tokens, reports and feeds stay. Raises WorldError."""
        self._world = complete(world)

    def answer(self, request: WireRequest) -> WireAnswer | None:
        """The answer to any request; None for a host that is not one of Amazon's."""
        address = find_address(request)
        if address is None:
            return None
        self._count += 1
        request_id = self._seeded.uuid("request", self._count)
        if address.stage is Stage.API:
            outcome, headers = self._api(request, address, request_id)
        elif address.stage is Stage.LWA:
            outcome, headers = self._lwa(request, address, request_id)
        else:
            outcome, headers = self._document(request, address)
        reply = outcome.reply
        empty = request.method == "HEAD" or reply.status in _WITHOUT_BODY
        return WireAnswer(
            reply.status,
            headers,
            b"" if empty else reply.body,
            delay_seconds=self._latency() + outcome.blow.delay_seconds,
            dropped=outcome.blow.drop,
        )

    def _latency(self) -> float:
        return self._seeded.between(*self._world.latency_ms, "latency", self._count) / 1000

    def _lwa(self, request: WireRequest, address: Address, request_id: str) -> tuple[_Outcome, Headers]:
        now = self.clock.now()
        seller, names = token_asked_for(request, self._world)
        region, seller_id = (seller.region, seller.id) if seller else (None, "")
        target = Target(Stage.LWA, region=region, seller_id=seller_id, parameters=names)
        blow = self._faults.strike(self._world.faults, target)
        counter = Counter(self._world, self._tokens, self._memory.secrets, now)
        reply = blow.reply or answer_token_request(request, address.path, counter, request_id)
        return _Outcome(reply, blow), lwa_headers(reply, request_id, now, self._seeded)

    def _document(self, request: WireRequest, address: Address) -> tuple[_Outcome, Headers]:
        now = self.clock.now()
        blow = self._faults.strike(self._world.faults, Target(Stage.DOCUMENT, region=address.region))
        reply = blow.reply or self._memory.documents.answer(request, address, now)
        return _Outcome(reply, blow), document_headers(reply, now)

    def _api(self, request: WireRequest, address: Address, request_id: str) -> tuple[_Outcome, Headers]:
        now = self.clock.now()
        if address.path in ("", "/"):  # the gateway's edge: no body, no request id
            reply = Reply(403, content_type="")
            return _Outcome(reply), document_headers(reply, now)
        if any(len(value) > LONGEST_HEADER for value in request.headers.values()):
            reply = Reply(400, _HEADER_TOO_LONG, "text/html")
            return _Outcome(reply), document_headers(reply, now)
        matched = self._catalogue.match(request.method, "/" + address.path.lstrip("/"))
        if matched is None:
            refusal = RefusalError(
                403, "MissingAuthenticationToken", DENIED, error_type="MissingAuthenticationTokenException"
            )
            reply = refusal.reply()
            return _Outcome(reply), api_headers(reply, request_id, None, now, self._seeded)
        operation, path_values = matched
        sandbox = address.sandbox or (self._sandbox and bool(request.origin))
        outcome = self._operation(request, address, operation, path_values, sandbox=sandbox)
        plan = plan_of(operation, sandbox=sandbox)
        rate = plan[0] if plan else None
        return outcome, api_headers(outcome.reply, request_id, rate, now, self._seeded)

    def _operation(
        self,
        request: WireRequest,
        address: Address,
        operation: Operation,
        path_values: dict[str, str],
        *,
        sandbox: bool,
    ) -> _Outcome:
        now = self.clock.now()
        token = request.headers.get("x-amz-access-token") or None
        found = find_caller(token, self._world, self._tokens) if token else None
        region = address.region or self._region_of(found)
        arrival = read_arrival(request, operation, path_values)
        blow = Blow()
        try:
            caller = let_in(found, token, operation, path_values, region, now, sandbox=sandbox)
            check_offered(operation, now, sandbox=sandbox)
            self._buckets.take(
                operation,
                caller.application.client_id,
                caller.seller_id,
                region,
                self.clock.monotonic(),
                sandbox=sandbox,
                elsewhere=caller.application.calls_elsewhere(operation),
            )
            target = Target(Stage.API, operation, region, caller.seller_id, arrival.marketplaces, arrival.names)
            blow = self._faults.strike(self._world.faults, target)
            if blow.reply is not None or blow.drop:
                return _Outcome(blow.reply or Reply(500), blow)
            if sandbox and (sample := sample_answer(arrival)) is not None:
                return _Outcome(sample, blow)
            if not names_its_host(request):
                raise internal_failure()
            values = validated(arrival, now)
            check_marketplaces(operation, arrival.marketplaces, caller.seller, region)
            handler = HANDLERS.get(operation.key, answer_by_schema)
            context = CallContext(
                operation,
                values,
                arrival.marketplaces,
                caller,
                region,
                request.origin,
                now,
                self._seeded,
                self._memory,
                sandbox,
            )
            return _Outcome(handler(context), blow)
        except RefusalError as refusal:
            return _Outcome(refusal_reply(refusal, operation), blow)

    def _region_of(self, caller: Caller | None) -> Region:
        """The region of an address that tells none: the seller's; without one, that of the first seller."""
        if caller is not None and caller.seller is not None:
            return caller.seller.region
        sellers = self._world.sellers
        if caller is not None:
            sellers = tuple(each for each in sellers if each.application == caller.application.client_id) or sellers
        return sellers[0].region if sellers else Region.NA
