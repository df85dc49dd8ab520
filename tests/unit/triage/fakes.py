"""The flow's services without any network: each answer is said beforehand, everything sent is written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sptui.calllog.beside import FailingCall
from sptui.health.account_status import AccountStatus, AccountStatusReading
from sptui.health.participations import Participation, ParticipationReading, reading_of_call
from sptui.spapi.answers import read_answer
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call, SentRequest, Stage, TransportFailure
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.regions import Region
from sptui.spapi.requests import ApiRequest, build_request, parse_assignments
from sptui.triage.case import Case
from sptui.triage.evidence import RoleProof
from sptui.triage.services import LogLook

NOW: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
US: Final = "ATVPDKIKX0DER"
SELLER: Final = Authorization("Northwind", "A1NORTHWIND", Region.NA, "app")
OTHERS: Final = (
    Authorization("Second", "A2SECOND", Region.NA, "app"),
    Authorization("Third", "A3THIRD", Region.NA, "app"),
)

PROBES: Final = ("getFeeds", "getReports", "searchCatalogItems", "listBalances")
"""The harmless reads that the flow makes beside the calls of these tests."""

Body = Mapping[str, Any] | str | None
Said = tuple[int, Body] | TransportFailure


def error(status: int, code: str = "InvalidInput", message: str = "", details: str = "") -> Said:
    """An error object as Amazon sends it."""
    return status, {"errors": [{"code": code, "message": message, "details": details}]}


GOOD: Final[Said] = (200, {"payload": {"Orders": [{"AmazonOrderId": "1"}]}})
DENIED: Final = error(403, "Unauthorized", "Access to requested resource is denied.")
INVALID: Final = error(400, "InvalidInput", "Invalid Input")
TOKEN: Final[Said] = (200, {"token_type": "bearer"})
REVOKED: Final[Said] = (
    400,
    {"error": "invalid_grant", "error_description": "invalid grant parameter : refresh_token. User may have revoked"},
)


def call_of(said: Said, request: ApiRequest | None, authorization: Authorization, stage: Stage = Stage.API) -> Call:
    """The Call that such an answer makes."""
    answer = None
    if not isinstance(said, TransportFailure):
        status, body = said
        text = body if isinstance(body, str) else json.dumps(body) if body is not None else ""
        answer = read_answer(status, {"x-amzn-RequestId": "request-1"}, text.encode())
    return Call(
        stage=stage,
        operation=request.operation.key if request else "",
        path=request.operation.path if request else "/auth/o2/token",
        authorization=authorization,
        request=SentRequest(request.method if request else "POST", request.target if request else "", {}),
        answer=answer,
        failure=said if isinstance(said, TransportFailure) else None,
        sent_at=NOW,
        milliseconds=12.0,
    )


class FakeServices:
    """Services whose answers are set from outside.

    ``answer`` says what a request for an authorization gets; a Said, or a function of the request's values.
    """

    def __init__(self, answer: Said | Callable[[dict[str, Any], Authorization], Said] = GOOD) -> None:
        self.answer = answer
        self.token: Said = TOKEN
        self.stores: tuple[Participation, ...] | Said = (Participation(US, "US", participating=True),)
        self.statuses: tuple[AccountStatus, ...] | None = (AccountStatus(US, "NORMAL"),)
        self.created: tuple[AccountStatus, ...] | None = None
        self.others: tuple[Authorization, ...] = ()
        self.elsewhere: tuple[Authorization, ...] = ()
        self.roles: tuple[str, ...] | None = None
        self.probe: Said = error(503, "ServiceUnavailable")
        """What the harmless reads beside a call get: by default nothing that tells."""
        self.own = ""
        """The operation of the case, where it is one of those reads itself."""
        self.proven: tuple[RoleProof, ...] = ()
        self.log = LogLook()
        self.in_log_asked: list[FailingCall] = []
        self.waits = 0.0
        self.without_token = False
        self.sent: list[tuple[Authorization, ApiRequest]] = []
        self.asked: list[str] = []
        self.sandbox = False
        self.moment = 100.0

    async def send(self, request: ApiRequest, authorization: Authorization, *, sandbox: bool = False) -> Call:
        if request.operation.name in PROBES and request.operation.name != self.own:
            self.asked.append(f"probe {request.operation.name}")
            return call_of(self.probe, request, authorization)
        self.sent.append((authorization, request))
        self.sandbox = sandbox
        if self.without_token:
            return call_of(REVOKED, None, authorization, Stage.LWA)
        values = request_values(request)
        said = self.answer(values, authorization) if callable(self.answer) else self.answer
        return call_of(said, request, authorization)

    async def refresh_token(self, authorization: Authorization) -> Call:
        self.asked.append("token")
        return call_of(self.token, None, authorization, Stage.LWA)

    async def participations(self, authorization: Authorization) -> ParticipationReading:
        self.asked.append("participations")
        request = build_request(load_catalogue().find("getMarketplaceParticipations"), {})
        if isinstance(self.stores, TransportFailure) or (self.stores and isinstance(self.stores[0], int)):
            return reading_of_call(call_of(self.stores, request, authorization), authorization)
        call = call_of((200, {"payload": []}), request, authorization)
        return ParticipationReading(authorization, NOW, self.stores, "", call)

    async def account_status(
        self, authorization: Authorization, *, create: bool, marketplaces: tuple[str, ...]
    ) -> AccountStatusReading:
        self.asked.append(f"account create={create}")
        found = self.created if create else self.statuses
        calls = (call_of(GOOD, None, authorization),)
        return AccountStatusReading(found, NOW, "" if found else "No performance report has been made.", calls)

    def seconds_until_allowed(
        self, operation: Operation, authorization: Authorization, *, sandbox: bool = False
    ) -> float:
        return self.waits

    def other_authorizations(self, authorization: Authorization) -> tuple[Authorization, ...]:
        return self.others

    def in_other_regions(self, authorization: Authorization) -> tuple[Authorization, ...]:
        return self.elsewhere

    def roles_of(self, client_id: str) -> tuple[str, ...] | None:
        return self.roles

    def roles_proven(self, client_id: str) -> tuple[RoleProof, ...]:
        return self.proven

    async def in_log(self, call: FailingCall) -> LogLook:
        self.in_log_asked.append(call)
        return self.log

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        self.moment += 1
        return self.moment


def request_values(request: ApiRequest) -> dict[str, Any]:
    """The values that a request carries, from its query and its body."""
    pairs = [each for each in request.query.split("&") if each]
    values = parse_assignments(request.operation, pairs)
    return {**values, **(request.body or {})}


def case(operation: str = "getOrders", values: dict[str, Any] | None = None, **more: Any) -> Case:
    """A call of Northwind's, its minimal values given unless others are."""
    found = load_catalogue().find(operation)
    default = {"MarketplaceIds": [US], "CreatedAfter": "2026-11-01T00:00:00Z"} if operation == "getOrders" else {}
    return Case(
        operation=found,
        values=default if values is None else values,
        authorization=more.pop("authorization", SELLER),
        name=found.name,
        method=found.method,
        **more,
    )
