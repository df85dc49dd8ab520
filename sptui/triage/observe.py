"""From what was given or came back to evidence: pure, offline, one function for each kind of observation."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from sptui.health.account_status import AccountStatusReading
from sptui.health.participations import Participation
from sptui.spapi.answers import Answer, ApiError, read_answer
from sptui.spapi.calls import Call, Stage, TransportFailure
from sptui.spapi.catalogue import Operation, load_catalogue
from sptui.spapi.check import check_request
from sptui.spapi.marketplaces import MarketplaceKind, kind_of_marketplace, label_of_marketplace
from sptui.spapi.redaction import redact
from sptui.spapi.regions import Region
from sptui.spapi.requests import format_value
from sptui.triage.case import Case
from sptui.triage.evidence import (
    AccountStatusSeen,
    AnswerSeen,
    CallKnown,
    Evidence,
    MarketplacesTried,
    NoAnswer,
    Presence,
    PresenceSeen,
    RequestClean,
    RequestFlaw,
    RolesKnown,
    SellersTried,
    TokenSent,
)
from sptui.triage.rules.words import either

GIVEN: Final = "as given"
CATALOGUE: Final = "the catalogue (Amazon's models)"


class Outcome(msgspec.Struct, frozen=True):
    """How a call ended, as far as triage cares: the first failure inside a batch counts as the batch's."""

    ok: bool
    status: int
    code: str = ""

    @property
    def signature(self) -> tuple[int, str]:
        """What makes two failures the same failure."""
        return self.status, self.code

    @property
    def is_passing_trouble(self) -> bool:
        """Whether the next attempt may well end otherwise: throttled, a server's fault, no answer."""
        return not self.ok and (self.status in (0, 408, 429) or self.status >= 500 or 200 <= self.status < 300)


def outcome_of(call: Call) -> Outcome:
    """How a call ended."""
    if call.answer is None:
        return Outcome(ok=False, status=0, code=call.failure.kind if call.failure else "")
    answer = unbatched(call.answer)
    return Outcome(ok=answer.ok, status=answer.status, code=answer.code)


def unbatched(answer: Answer) -> Answer:
    """A batch whose parts failed answers 200 all the same: then the first failed part, else the answer itself."""
    parts = answer.data.get("responses") if isinstance(answer.data, dict) else None
    if not answer.ok or not isinstance(parts, list):
        return answer
    for part in parts:
        status = part.get("status", {}) if isinstance(part, dict) else {}
        code = status.get("statusCode") if isinstance(status, dict) else None
        if isinstance(code, int) and code >= 400:
            body = part.get("body")
            return read_answer(code, answer.headers, msgspec.json.encode(body) if body is not None else b"")
    return answer


def observe_case(case: Case, now: datetime) -> Iterator[Evidence]:
    """Everything that a case tells by itself: what `explain` knows, and what the flow starts from."""
    yield observe_call(case)
    yield from observe_given_answer(case)
    yield from observe_token_kind(case)
    yield from observe_request(case, now)
    yield from observe_context(case)


def observe_call(case: Case) -> Evidence:
    """Which call it is."""
    operation, region = case.operation, case.where
    known = CallKnown(
        operation=operation.name if operation else case.name,
        method=case.method or (operation.method if operation else ""),
        path=operation.path if operation else case.path,
        path_known=True if operation and not _is_foreign_path(case) else _path_known(case),
        host=case.host,
        region=region,
        sandbox=case.sandbox,
        marketplaces=case.marketplaces,
        roles=operation.roles_in(region) if operation and region else operation.roles if operation else (),
        roles_verified=operation.role_confidence.startswith("verified") if operation else False,
        token_needed=operation.token if operation else "",
        scope=operation.scope if operation else "",
        rate=operation.rate if operation else None,
        side_effects=operation.side_effects if operation else "none",
    )
    return Evidence(_call_in_words(known), GIVEN, known)


def _call_in_words(call: CallKnown) -> str:
    name = f"{call.operation or 'a call'} ({call.method} {call.path})" if call.path else call.operation or "a call"
    place = f" in {call.region}{' (sandbox)' if call.sandbox else ''}" if call.region else ""
    stores = f", marketplaces {', '.join(map(label_of_marketplace, call.marketplaces))}" if call.marketplaces else ""
    return f"{name}{place}{stores}"


def _is_foreign_path(case: Case) -> bool:
    """Whether the address that was given is not the operation's."""
    if case.operation is None or not case.path:
        return False
    return load_catalogue().match(case.method or case.operation.method, case.path) is None and (
        case.path != case.operation.path
    )


def _path_known(case: Case) -> bool | None:
    """False for a path whose API exists in other versions only; None where the catalogue cannot tell."""
    if not case.path or case.stage is not Stage.API:
        return None
    if load_catalogue().match(case.method or "GET", case.path) is not None:
        return True
    root, version = _versioned(case.path)
    versions = _versions_by_root().get(root)
    return False if versions and version and version not in versions else None


def _versioned(path: str) -> tuple[str, str]:
    found = re.match(r"(.*?/)(v\d+|\d{4}-\d\d-\d\d)(?:/|$)", path)
    return (found[1], found[2]) if found else (path, "")


@functools.cache
def _versions_by_root() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for operation in load_catalogue():
        root, version = _versioned(operation.path)
        found.setdefault(root, set()).add(version)
    return found


def observe_given_answer(case: Case) -> Iterator[Evidence]:
    """What is said to have come back."""
    if case.answer is not None:
        yield observe_answer(case.answer, case.operation, stage=case.stage, source=GIVEN)
    elif case.failure is not None:
        yield observe_silence(case.failure, case.stage, GIVEN)


def observe_outcome(call: Call, operation: Operation | None) -> Evidence:
    """What came back from a call of this run."""
    source = source_of(call)
    if call.answer is None:
        return observe_silence(call.failure or TransportFailure("other", "no answer"), call.stage, source)
    return observe_answer(call.answer, operation, stage=call.stage, source=source, now=True)


def source_of(call: Call) -> str:
    """Where a fact came from: the call, with the request id that Amazon's support asks for."""
    if call.stage is Stage.LWA:
        return "Login with Amazon"
    name = call.operation.rpartition(".")[2] or call.path
    where = f" in {call.authorization.region} for {call.authorization.seller}" if call.authorization else ""
    id_ = f", request id {call.answer.request_id}" if call.answer and call.answer.request_id else ""
    return f"{name}{where}{id_}"


def observe_answer(
    answer: Answer, operation: Operation | None, *, stage: Stage, source: str, now: bool = False
) -> Evidence:
    """An answer, good or bad."""
    batched, answer = answer, unbatched(answer)
    data = answer.data if isinstance(answer.data, dict) else {}
    processing = data.get("processingStatus")
    first = _first_error(answer)
    seen = AnswerSeen(
        status=answer.status,
        stage=Stage.LWA if answer.lwa_error else stage,
        code=first.code,
        message=first.message or (answer.text[:300] if not answer.ok and answer.kind == "text" else ""),
        details=first.details,
        error_type=answer.error_type,
        body=answer.kind,
        ok=answer.ok,
        empty=answer.ok and _is_empty(answer),
        processing=processing.upper() if isinstance(processing, str) else "",
        named=_named_parameters(operation, answer),
        now=now,
    )
    inside = "One part of the batch failed: " if batched is not answer else ""
    return Evidence(inside + _answer_in_words(seen), source, seen)


def _first_error(answer: Answer) -> ApiError:
    if answer.lwa_error is not None or not answer.errors:
        return ApiError(answer.code, answer.message, answer.details)
    # The first error that says more than the usual sentence, else the first.
    return next((each for each in answer.errors if each.details.strip()), answer.errors[0])


def _answer_in_words(seen: AnswerSeen) -> str:
    if seen.ok:
        told = f", processing status {seen.processing}" if seen.processing else ", an empty list" if seen.empty else ""
        return f"It passes: {seen.status}{told}."
    told = ": ".join(part for part in (seen.code, seen.message) if part)
    details = f" ({seen.details})" if seen.details else ""
    form = "" if told else f" with a body of kind {seen.body.value}"
    return f"It fails: {f'{seen.status} ' if seen.status else ''}{told}{details}{form}".strip()


def observe_silence(failure: TransportFailure, stage: Stage, source: str) -> Evidence:
    """No answer."""
    whose = "Login with Amazon" if stage is Stage.LWA else "the call"
    return Evidence(f"No answer to {whose} ({failure.kind}): {failure.message}", source, NoAnswer(failure.kind, stage))


def _is_empty(answer: Answer) -> bool:
    """Whether a good answer holds nothing: an empty payload, or lists of which none holds an entry."""
    if answer.status == 204 or answer.data is None:
        return False
    data = answer.data
    if isinstance(data, dict) and "payload" in data:
        data = data["payload"]
    if not isinstance(data, dict):
        return not data
    lists = [each for each in data.values() if isinstance(each, list)]
    return not data or (bool(lists) and not any(lists))


def _named_parameters(operation: Operation | None, answer: Answer) -> tuple[str, ...]:
    if operation is None or answer.ok:
        return ()
    text = " ".join(f"{each.message} {each.details}" for each in answer.errors)
    return tuple(
        each.name
        for each in operation.parameters
        if re.search(rf"\b{re.escape(each.name)}\b", text, re.IGNORECASE if len(each.name) > 4 else 0)
    )


def observe_token_kind(case: Case) -> Iterator[Evidence]:
    """The kind of token that was sent."""
    if case.token_kind == "none":
        yield Evidence("No access token was sent.", GIVEN, TokenSent("none"))
    elif case.token_kind:
        yield Evidence(f"The token sent begins with {case.token_kind}", GIVEN, TokenSent(case.token_kind))


def observe_request(case: Case, now: datetime, *, region: Region | None = None) -> Iterator[Evidence]:
    """What the catalogue has against the request."""
    if case.operation is None or case.stage is not Stage.API:
        return
    problems = check_request(
        case.operation, case.values, now=now, region=region or case.where, token_kind=case.token_kind
    )
    for each in problems:
        yield Evidence(each.problem, CATALOGUE, RequestFlaw(each.parameter, each.kind, each.problem, each.allowed))
    if all(each.is_note for each in problems):
        yield Evidence("The request fits the catalogue.", CATALOGUE, RequestClean())


def observe_roles(case: Case, roles: tuple[str, ...] | None, source: str) -> Iterator[Evidence]:
    """The application's roles, where somebody said, against those that open the operation."""
    operation, region = case.operation, case.where
    if roles is None or operation is None or not operation.roles:
        return
    if roles and not set(roles) & _role_names():
        return  # words that are no role of SP-API's say nothing of what is lacking
    opening = operation.roles_in(region) if region else operation.roles
    known = RolesKnown(roles, opening)
    where = f" in {region}" if region else ""
    if known.lacking:
        fact = f"The application has none of the roles that open {operation.name}{where} ({either(opening)})."
    else:
        held = either(each for each in opening if each in roles)
        fact = f"The application has {held or 'the roles'}, which opens {operation.name}{where}."
    yield Evidence(fact, source, known)


@functools.cache
def _role_names() -> set[str]:
    return {role for operation in load_catalogue() for role in operation.roles}


def observe_context(case: Case) -> Iterator[Evidence]:
    """What is known beside the exchange."""
    context = case.context
    yield from observe_roles(case, context.roles, GIVEN)
    if context.participations is not None:
        yield from observe_presence(case.marketplaces, context.participations, GIVEN)
    if context.account_status:
        fact = f"The account is {context.account_status}."
        yield Evidence(fact, GIVEN, AccountStatusSeen(context.account_status))
    if context.other_sellers is not None:
        calling, failing = context.other_sellers
        status = case.answer.status if case.answer else 0
        fact = f"Of {calling} sellers that make this call, it fails for {failing}."
        yield Evidence(fact, GIVEN, SellersTried(calling, failing, status, trusted=calling > 2))
    if context.other_marketplaces_ok is not None:
        passing = context.other_marketplaces_ok
        fact = f"The same call {'passes' if passing else 'fails'} in other marketplaces of this seller."
        yield Evidence(fact, GIVEN, MarketplacesTried(passing))


def observe_presence(asked: Iterable[str], participations: Iterable[Participation], source: str) -> Iterator[Evidence]:
    """How the seller stands in the marketplaces that a call names."""
    by_id = {each.marketplace_id: each for each in participations}
    for id_ in asked:
        presence = _presence(id_, by_id.get(id_))
        label = label_of_marketplace(id_)
        told = {
            Presence.PARTICIPATING: f"The seller participates in {label}.",
            Presence.SUSPENDED_LISTINGS: f"The seller's listings in {label} are suspended.",
            Presence.NOT_PARTICIPATING: f"The seller does not participate in {label}.",
            Presence.MISSING: f"The seller's participations do not list {label} ({id_}).",
            Presence.PSEUDO: f"{id_} ({label}) is no Amazon store.",
            Presence.UNKNOWN: f"Whether the seller participates in {label} is not told.",
        }[presence]
        yield Evidence(told, source, PresenceSeen(id_, presence))


def _presence(id_: str, found: Participation | None) -> Presence:
    if kind_of_marketplace(id_) is MarketplaceKind.PSEUDO or (found and found.kind is MarketplaceKind.PSEUDO):
        return Presence.PSEUDO
    if found is None:
        return Presence.MISSING
    if found.participating is False:
        return Presence.NOT_PARTICIPATING
    if found.suspended_listings:
        return Presence.SUSPENDED_LISTINGS
    return Presence.PARTICIPATING if found.participating else Presence.UNKNOWN


def observe_account(reading: AccountStatusReading, now: datetime) -> Iterator[Evidence]:
    """The statuses of a performance report."""
    days = None if reading.as_of is None else max(0.0, (now - reading.as_of) / timedelta(days=1))
    made = f" of {reading.as_of:%Y-%m-%d %H:%M} UTC" if reading.as_of else ""
    for each in reading.statuses or ():
        fact = f"The account is {each.status} in {label_of_marketplace(each.marketplace_id)}."
        seen = AccountStatusSeen(each.status, each.marketplace_id, days)
        yield Evidence(fact, f"the seller performance report{made}", seen)


def values_in_words(values: dict[str, Any], names: Iterable[str]) -> tuple[str, ...]:
    """The values of some parameters, short enough for a sentence."""
    texts = (redact(format_value(values[name])) for name in names if name in values)
    return tuple(text if len(text) <= 60 else text[:59] + "…" for text in texts)
