"""Disturbances on top of what follows from the state: ``[[fault]]`` of the world file."""

from __future__ import annotations

from typing import Final

import msgspec

from sptui.simulator.headers import RATE_LIMIT, Headers
from sptui.simulator.replies import USUAL_ERRORS, RefusalError, Reply
from sptui.simulator.seeded import Seeded
from sptui.simulator.world import Fault
from sptui.spapi.calls import Stage
from sptui.spapi.catalogue import Operation
from sptui.spapi.regions import Region

_CALM: Final = ("", "")


class Target(msgspec.Struct, frozen=True):
    """What a fault may strike: one request, as far as it is understood. ``operation`` is None off the API."""

    stage: Stage
    operation: Operation | None = None
    region: Region | None = None
    seller_id: str = ""
    marketplaces: tuple[str, ...] = ()
    parameters: frozenset[str] = frozenset()


class Blow(msgspec.Struct, frozen=True):
    """What the faults do to a request: a reply instead of the operation's, a delay, a dropped connection."""

    reply: Reply | None = None
    delay_seconds: float = 0.0
    drop: bool = False


class FaultCounter:
    """Decides which faults strike; counts matching requests for ``after_calls`` and ``probability``."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self._counts: dict[Fault, int] = {}

    def strike(self, faults: tuple[Fault, ...], target: Target) -> Blow:
        """What befalls a request: delays add up, the first fault with an answer or a drop decides the rest."""
        delay = 0.0
        for index, fault in enumerate(faults):
            if not matches(fault, target):
                continue
            count = self._counts[fault] = self._counts.get(fault, 0) + 1
            if count <= fault.after_calls or self._seeded.fraction("fault", index, count) >= fault.probability:
                continue
            delay += fault.delay_ms / 1000
            reply = reply_of(fault)
            if fault.drop or reply is not None:
                return Blow(reply, delay, fault.drop)
        return Blow(delay_seconds=delay)


def matches(fault: Fault, target: Target) -> bool:
    """Whether a fault is meant for a request."""
    return (
        _names(fault.operation, target)
        and fault.region in (None, target.region)
        and fault.seller in ("", target.seller_id)
        and (not fault.marketplace or fault.marketplace in target.marketplaces)
        and target.parameters.issuperset(fault.parameters)
    )


def reply_of(fault: Fault) -> Reply | None:
    """The answer that a fault gives; None where it only delays."""
    tells = fault.code or fault.message or fault.details
    if fault.body or (fault.body is not None and not tells and fault.status is not None):
        status, body = fault.status or 200, fault.body
        return Reply(status, body.encode(), _content_type(body), headers=_headers(fault))
    if not tells and fault.status is None:
        return None
    status = fault.status or 500
    code, message = USUAL_ERRORS.get(status, _CALM)
    reply = RefusalError(status, fault.code or code, fault.message or message, fault.details).reply()
    return msgspec.structs.replace(reply, headers=_headers(fault))


def _headers(fault: Fault) -> Headers:
    return ((RATE_LIMIT, str(fault.rate_limit)),) if fault.rate_limit is not None else ()


def _names(operation: str, target: Target) -> bool:
    if target.operation is None:
        return operation == target.stage.value
    return operation.lower() in ("", target.operation.name.lower(), target.operation.key.lower())


def _content_type(body: str) -> str:
    start = body.lstrip()[:1]
    if start == "<":
        return "text/html"
    return "application/json" if start in ("{", "[") else "text/plain" if start else ""
