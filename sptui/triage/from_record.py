"""A call of the log as a case. The log keeps no parameters but those of the path and the marketplaces, and of what came
back the error.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from sptui.spapi.answers import Answer, read_answer
from sptui.spapi.authorization import Authorization
from sptui.spapi.calls import CallRecord, Stage, TransportFailure
from sptui.spapi.catalogue import Catalogue, Operation, load_catalogue
from sptui.spapi.raw_path import LONGEST
from sptui.spapi.redaction import MASK
from sptui.spapi.regions import Region
from sptui.spapi.requests import marketplaces_in
from sptui.triage.case import Case
from sptui.triage.context import Context


def case_of_record(
    record: CallRecord, authorizations: Iterable[Authorization], catalogue: Catalogue | None = None
) -> Case:
    """The case of a logged call, for the authorization that made it where that is still known.

    What came back stands as the given answer, so that nothing is sent to learn it. The marketplaces become the
    parameter that takes them, the parts of the raw path those that stand in the template, unless they are masked; all
    other parameters are unknown. The time becomes that of the call.
    """
    catalogue = catalogue or load_catalogue()
    operation = catalogue.get(record.operation)
    stage = _stage(record.stage)
    failure = None if record.status else TransportFailure(record.code or "other", record.message)
    authorization = authorization_of(record, authorizations)
    return Case(
        operation=operation,
        values=_path_values(operation, record, catalogue) | _values(operation, record.marketplaces),
        authorization=authorization,
        answer=_answer(record, stage) if record.status else None,
        failure=failure,
        name=operation.name if operation else record.operation,
        method=record.method,
        path=record.path,
        region=Region(record.region) if record.region in set(Region) else None,
        stage=stage,
        context=Context(called_on=record.time),
        seller_id="" if authorization else record.seller_id,
        application="" if authorization else record.application,
    )


def authorization_of(record: CallRecord, authorizations: Iterable[Authorization]) -> Authorization | None:
    """The authorization that made a call, if it is among these."""
    return next((each for each in authorizations if each.key == f"{record.seller_id}@{record.region}"), None)


def has_failed(record: CallRecord) -> bool:
    """Whether no good answer came."""
    return not 200 <= record.status < 300


def _stage(told: str) -> Stage:
    return Stage(told) if told in set(Stage) else Stage.API


def _answer(record: CallRecord, stage: Stage) -> Answer:
    headers = {"x-amzn-RequestId": record.request_id, "date": f"{record.time:%a, %d %b %Y %H:%M:%S} GMT"}
    return read_answer(record.status, headers, msgspec.json.encode(_body(record, stage)))


def _body(record: CallRecord, stage: Stage) -> dict[str, Any]:
    if not has_failed(record):
        return {"payload": {}}
    if stage is Stage.LWA:
        return {"error": record.code, "error_description": record.message}
    error = {"code": record.code, "message": record.message, "details": record.details}
    return {"errors": [error]} if record.code or record.message else {}


def _path_values(operation: Operation | None, record: CallRecord, catalogue: Catalogue) -> dict[str, Any]:
    """What the raw path says; what is masked in it, or cut off with it, is left to be filled in."""
    if operation is None:
        return {}
    raw = record.raw_path if len(record.raw_path) < LONGEST else ""
    matched = (values for found, values in catalogue.match_path(raw) if found.key == operation.key)
    known = {name: value for name, value in next(matched, {}).items() if "{" not in value and MASK not in value}
    named = {each.name for each in operation.parameters if each.place == "path"}
    return {"sellerId": record.seller_id, **known} if "sellerId" in named and record.seller_id else known


def _values(operation: Operation | None, marketplaces: tuple[str, ...]) -> dict[str, Any]:
    """The marketplaces in the one parameter of the operation that takes them."""
    if operation is None or not marketplaces:
        return {}
    for each in operation.parameters:
        value: Any = list(marketplaces) if each.type == "array" else marketplaces[0]
        if marketplaces_in({each.name: value}):
            return {each.name: value}
    return {}
