"""A call made by hand: what both faces decide in the same way before it is sent, and how they tell what came back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import Call, Stage
from sptui.spapi.catalogue import Operation, Values, load_catalogue
from sptui.spapi.check import ProblemKind, RequestProblem, check_call, check_request
from sptui.spapi.check.token import HEADER as TOKEN_HEADER
from sptui.spapi.endpoints import Endpoints
from sptui.spapi.marketplaces import MarketplaceKind
from sptui.spapi.preview import RequestPreview, pretty, preview_of
from sptui.spapi.redaction import redact, redact_headers
from sptui.spapi.regions import Region
from sptui.spapi.requests import ApiRequest, RequestContext, build_request, minimal_values

if TYPE_CHECKING:
    from sptui.workspace import Workspace

SAMPLE_SELLER_ID: Final = "A1SELLERSAMPLE"
"""Stands where no seller is chosen: a request that is only shown."""

_USUAL: Final = {Region.NA: "ATVPDKIKX0DER", Region.EU: "A1F83G8C2ARO7P", Region.FE: "A1VC38T7YXB528"}

_OF_THE_WIRE: Final = frozenset(
    {
        ProblemKind.PATH, ProblemKind.METHOD, ProblemKind.VERSION, ProblemKind.HOST, ProblemKind.HEADER,
        ProblemKind.PLACE, ProblemKind.BODY, ProblemKind.TOKEN, ProblemKind.RESTRICTED, ProblemKind.SANDBOX,
    }
)  # fmt: skip
"""Problems of a call that its values alone do not show."""


# What fills a request -------------------------------------------------------------------------------------


def sample_context(now: datetime, region: Region = Region.NA, marketplace_id: str = "") -> RequestContext:
    """For no particular seller: the region's usual marketplace, unless one is named."""
    return RequestContext(marketplace_id or _USUAL[region], SAMPLE_SELLER_ID, now)


def context_of(workspace: Workspace, authorization: Authorization, marketplace_id: str = "") -> RequestContext:
    """For a seller: its id, and a marketplace in which it is known to take part, else the region's usual one."""
    chosen = marketplace_id or _known_marketplace(workspace, authorization)
    return RequestContext(chosen, authorization.seller_id, workspace.clock.now())


def _known_marketplace(workspace: Workspace, authorization: Authorization) -> str:
    reading = workspace.monitor.known(authorization).reading
    known = [
        each.marketplace_id
        for each in (reading.participations or () if reading else ())
        if each.kind is MarketplaceKind.AMAZON and each.participating
    ]
    usual = _USUAL[authorization.region]
    return usual if usual in known or not known else known[0]


def smallest_values(
    operation: Operation, context: RequestContext, given: Values | None = None, *, sandbox: bool = False
) -> dict[str, Any]:
    """The minimal request's values, ``given`` ones in place; for the static sandbox those of its first sample that
    is answered with success, because it answers nothing else.
    """
    given = given or {}
    sample: Values = {}
    if sandbox:
        sample = next((each.values for each in operation.sandbox_cases if 200 <= each.status < 300), {})
    return {**minimal_values(operation, context, {**sample, **given}), **sample, **given}


# The call before it is sent -------------------------------------------------------------------------------


class PlannedCall(msgspec.Struct, frozen=True):
    """One call that could be sent: the request, how it looks on the wire, and what the catalogue has against it."""

    request: ApiRequest
    values: dict[str, Any]
    preview: RequestPreview
    problems: tuple[RequestProblem, ...]
    sandbox: bool = False

    @property
    def operation(self) -> Operation:
        """The operation that is called."""
        return self.request.operation

    @property
    def has_side_effects(self) -> bool:
        """Whether it may change something at Amazon: then it is sent only after a yes."""
        return self.operation.side_effects != "none"

    @property
    def faults(self) -> tuple[RequestProblem, ...]:
        """The problems that are reasons for a refusal: without mere notes."""
        return tuple(each for each in self.problems if not each.is_note)


def plan_call(
    operation: Operation,
    values: Mapping[str, Any],
    *,
    region: Region | None,
    now: datetime,
    endpoints: Endpoints | None = None,
    sandbox: bool = False,
) -> PlannedCall:
    """The call of ``operation`` with ``values``, checked offline; ``region`` None: not chosen yet, shown for NA.

    Raises InvalidValueError where a part of the path is missing, and ForbiddenHostError.
    """
    request = build_request(operation, values)
    base = (endpoints or Endpoints()).base(region or Region.NA, sandbox=sandbox)
    preview = preview_of(request, base)
    problems: tuple[RequestProblem, ...] = ()
    if not (sandbox and _is_sandbox_sample(operation, values)):
        of_values = check_request(operation, values, now=now, region=region)
        host = Endpoints().base(region, sandbox=sandbox) if region else ""
        of_call = [each for each in _wire_problems(request, preview, host, now) if each not in of_values]
        notes = [each for each in of_call if each.is_note]
        problems = (*(each for each in of_call if not each.is_note), *of_values, *notes)
    return PlannedCall(request, dict(values), preview, problems, sandbox)


def _wire_problems(request: ApiRequest, preview: RequestPreview, host: str, now: datetime) -> list[RequestProblem]:
    """What is wrong with path, host and headers as they go out, with a token of the kind that is sent with them.

    ``host`` is Amazon's own, also where another stands in for it ("": not chosen yet). A path that means another
    operation is told alone: the rest would be about that one.
    """
    operation = request.operation
    meant = load_catalogue().match(request.method, request.path)
    if meant is not None and meant[0].path != operation.path:
        told = f"{request.method} {request.path} is {meant[0].name}, not {operation.name}."
        return [RequestProblem("url", ProblemKind.PATH, told, f"{operation.method} {operation.path}")]
    headers = {**preview.headers, TOKEN_HEADER: "Atc|" if operation.token == "grantless" else "Atza|"}
    found = check_call(request.method, host + request.target, headers, request.body, now=now)
    return [each for each in found if each.kind in _OF_THE_WIRE]


def _is_sandbox_sample(operation: Operation, values: Mapping[str, Any]) -> bool:
    return any(each.values and each.values.items() <= values.items() for each in operation.sandbox_cases)


# What came back -------------------------------------------------------------------------------------------


def body_for_people(call: Call) -> tuple[str, bool]:
    """The answer's body for a person's eyes, and whether it is JSON: indented, tokens and secrets masked."""
    answer = call.answer
    if answer is None or not answer.text:
        return "", False
    if answer.data is None:
        return redact(answer.text), False
    return redact(pretty(answer.data)), True


def outcome_as_json(planned: PlannedCall, call: Call | None) -> dict[str, Any]:
    """The object of ``call --json``: ``{"operation", "request", "problems", "response", "request_id",
    "milliseconds", "error"}``; ``call`` None: it was not sent. ``error`` is one line, or None where none was met.

    Where no token could be had, the answer is the token endpoint's: ``response`` is then None.
    """
    reached = call is not None and call.stage is Stage.API
    request = planned.preview.as_json()
    if call is not None and reached and call.request.headers:
        request["headers"] = call.request.headers
    return {
        "operation": planned.operation.key,
        "request": request,
        "problems": [_problem_as_json(each) for each in planned.problems],
        "response": _response_as_json(call) if call is not None and reached else None,
        "request_id": call.answer.request_id if call is not None and reached and call.answer else "",
        "milliseconds": round(call.milliseconds, 1) if call is not None else None,
        "error": None if call is None or call.ok else outcome_in_words(call),
    }


def outcome_in_words(call: Call) -> str:
    """One line: ``200 OK``, the error that the answer tells, or why there is none."""
    if call.stage is Stage.LWA:
        return f"No access token: {call.summary}"
    return call.summary


def _problem_as_json(problem: RequestProblem) -> dict[str, str]:
    return {
        "parameter": problem.parameter,
        "kind": problem.kind.value,
        "problem": problem.problem,
        "allowed": problem.allowed,
    }


def _response_as_json(call: Call) -> dict[str, Any] | None:
    answer = call.answer
    if answer is None:
        return None
    body = redact(answer.text) or None if answer.data is None else _masked(answer.data)
    return {"status": answer.status, "headers": redact_headers(answer.headers), "body": body}


def _masked(data: Any) -> Any:
    text = redact(msgspec.json.encode(data).decode())
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:  # a mask took a quotation mark with it
        return text
