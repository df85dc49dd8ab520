"""The text that Amazon's support asks for, of a call that was explained or of a walk; secrets and buyers' data hidden.

What a case must contain, and in which order it is read: docs "SP-API errors FAQ" (application id, request ids with
times, operation, sandbox or not, full error) and what staff asked for in Amazon's public issues (seller, marketplace,
region, whether all sellers are hit, since when, what was tried, the request without secrets).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar
from urllib.parse import unquote

import msgspec

from sptui.spapi.marketplaces import label_of_marketplace
from sptui.spapi.people import blur_json, hide_people, people_in
from sptui.spapi.redaction import redact
from sptui.spapi.requests import format_value
from sptui.triage.case import Case
from sptui.triage.events import StepOutcome, TriageResult
from sptui.triage.evidence import AnswerSeen, Evidence, NoAnswer, PersonSaid, SellersTried
from sptui.triage.explanation import Explanation
from sptui.triage.isolation import Trial
from sptui.triage.verdict import RankedCause

_ASKED: Final = "(please fill in)"
_LONGEST_BODY: Final = 4000
_LONGEST_TIME: Final = 40
_CAUSES_AT_MOST: Final = 3
_IDS_AT_MOST: Final = 3
_ARRIVED: Final = re.compile(r"Root=1-([0-9a-f]{8})-")
"""In X-Amzn-Trace-Id the seconds since 1970 at which the call arrived (seen in recordings, not documented)."""
_WHERE: Final = (
    "Open the case at https://developer.amazonservices.com/support as the developer, with SP-API in its title. "
    "Selling support cannot help."
)


class SupportFacts(msgspec.Struct, frozen=True):
    """What the text is made of; "" and () where nobody told.

    ``time``: when the call was made, as somebody wrote it. ``address``: the request's, as it was given.
    ``trials``: calls made since, ``culprits``: the parameters without which it passes.
    """

    case: Case
    evidence: tuple[Evidence, ...]
    causes: tuple[RankedCause, ...]
    application: str = ""
    seller_id: str = ""
    time: str = ""
    address: str = ""
    trials: tuple[Trial, ...] = ()
    culprits: tuple[str, ...] = ()

    @classmethod
    def of_explanation(cls, explanation: Explanation) -> SupportFacts:
        """What is known of a call that was explained offline."""
        about, request = explanation.found.about, explanation.found.data.get("request") or {}
        return cls(
            case=explanation.case,
            evidence=explanation.evidence,
            causes=explanation.verdict.causes,
            application=str(about.get("application", "")),
            seller_id=str(about.get("seller_id", "")),
            time=str(about.get("time", "")),
            address=str(request.get("url") or ""),
        )

    @classmethod
    def of_walk(cls, case: Case, result: TriageResult) -> SupportFacts:
        """What a walk found."""
        who = case.authorization
        made = [each for each in result.steps if each.outcome in (StepOutcome.OK, StepOutcome.FOUND)]
        return cls(
            case=case,
            evidence=tuple(evidence for step in made for evidence in step.evidence),
            causes=result.verdict.causes,
            application=who.application if who else "",
            seller_id=who.seller_id if who else "",
            trials=result.trials,
            culprits=result.culprits,
        )


def support_case(facts: SupportFacts) -> str:
    """The case's text; what nobody told is marked to be filled in."""
    people = people_in([facts.case.body, facts.case.values])
    lines = [_WHERE, "", f"Title: {_title(facts)}", "", *(f"{label}: {value}" for label, value in _rows(facts))]
    lines += ["", "What was seen and tried:", *_tried(facts), "", f"Changed on our side: {_changes(facts)}"]
    lines += ["", "Request (without secrets):", *_request(facts, people), *_response(facts)]
    lines += ["", "What it may be, in falling order of likelihood:", *_causes(facts)]
    return redact(hide_people("\n".join(lines), people))


def _title(facts: SupportFacts) -> str:
    seen = _failing_answer(facts)
    status = f" with {seen.status} {seen.code}".rstrip() if seen is not None and seen.status else ""
    return f"SP-API: {_name(facts.case)} fails{status}"


def _name(case: Case) -> str:
    return case.operation.name if case.operation else case.name or "a call"


def _rows(facts: SupportFacts) -> Iterator[tuple[str, str]]:
    """A label and its value each, in the order in which support reads them."""
    case, where = facts.case, facts.case.where
    host = case.host or ((where.sandbox_host if case.sandbox else where.host) if where else "")
    passing = [each.at for each in facts.trials if each.ok and each.at is not None]
    yield "Application id", facts.application or _ASKED
    yield "Operation", f"{_name(case)} ({' '.join(filter(None, _method_and_path(case))) or _ASKED})"
    yield "Region and host", f"{where or _ASKED}, {host or _ASKED}, {'sandbox' if case.sandbox else 'production'}"
    yield "Marketplaces", ", ".join(f"{label_of_marketplace(each)} ({each})" for each in case.marketplaces) or _ASKED
    yield "Seller id", facts.seller_id or _ASKED
    yield "First failure (UTC)", _first_failure(facts)
    yield "Last success (UTC)", f"{_moment(passing[-1])}, with fewer parameters" if passing else _ASKED
    yield "Sellers hit", _sellers_hit(facts)
    yield from _error_rows(facts)
    yield "Request ids", "; ".join(_ids_with_times(facts)) or _ASKED


def _method_and_path(case: Case) -> tuple[str, str]:
    operation = case.operation
    return case.method or (operation.method if operation else ""), operation.path if operation else case.path


def _first_failure(facts: SupportFacts) -> str:
    if given := _time_given(facts):
        return f"{given}, or earlier"
    failing = [each.at for each in facts.trials if not each.ok and each.at is not None]
    return f"{_moment(failing[0])}, in this run" if failing else _ASKED


def _time_given(facts: SupportFacts) -> str:
    """When the call was made that was given, where it failed: as told, else as its answer says."""
    answer = facts.case.answer
    if answer is not None and answer.ok:
        return ""
    if answer is None or facts.time:
        return _in_utc(facts.time)
    if date := answer.headers.get("date", ""):
        return _in_utc(date)
    arrived = _ARRIVED.match(answer.headers.get("x-amzn-trace-id", ""))
    return _moment(datetime.fromtimestamp(int(arrived[1], 16), UTC)) if arrived else ""


def _in_utc(text: str) -> str:
    """A time in UTC; one in a form of its own, or without an offset, stays as it is."""
    text = " ".join(text.split())[:_LONGEST_TIME]
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            time = read(text)
        except (ValueError, OverflowError):
            continue
        return _moment(time) if time.tzinfo is not None else text
    return text


def _moment(time: datetime | None) -> str:
    try:
        return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z" if time is not None else ""
    except OverflowError:  # the year 1 or 9999, and an offset
        return str(time)


def _sellers_hit(facts: SupportFacts) -> str:
    told, found = facts.case.context, _all(facts, SellersTried)
    if found and told.other_sellers != (found[-1].calling, found[-1].failing):
        return f"{found[-1].failing} of {found[-1].calling} others that were tried"
    if told.other_sellers is not None:
        calling, failing = told.other_sellers
        return f"{failing} of {calling} that make this call"
    return told.others_told or _ASKED


def _error_rows(facts: SupportFacts) -> Iterator[tuple[str, str]]:
    seen, silence = _failing_answer(facts), _all(facts, NoAnswer)
    if seen is not None:
        yield "Status", str(seen.status or _ASKED)
        yield "Code", seen.code or "none"
        yield "Message", seen.message or "none"
        yield "Details", seen.details or "none"
    elif silence:
        failure = facts.case.failure
        told = f": {failure.message}" if failure is not None and failure.message else ""
        yield "Status", f"no answer ({silence[-1].failure}){told}"
    else:
        yield "Status", str(facts.case.answer.status or _ASKED) if facts.case.answer is not None else _ASKED


def _ids_with_times(facts: SupportFacts) -> list[str]:
    """The newest three, which support can still look up."""
    given = facts.case.answer
    ids: dict[str, str] = {}
    if given is not None and not given.ok and given.request_id:
        ids[given.request_id] = _time_given(facts)
    for each in facts.trials:
        if each.request_id and not each.ok:
            ids[each.request_id] = _moment(each.at)
    return [f"{name} ({time or 'its time: please fill in'})" for name, time in ids.items()][-_IDS_AT_MOST:]


def _tried(facts: SupportFacts) -> Iterator[str]:
    yield from (f"- {each.fact}" for each in facts.evidence)
    if facts.culprits:
        yield f"- It fails with {' and '.join(facts.culprits)}, and passes without."
    if not facts.evidence:
        yield "- nothing yet"


def _changes(facts: SupportFacts) -> str:
    said = {each.question: each.answer for each in _all(facts, PersonSaid)}
    known = {"yes": "yes, shortly before it first failed", "no": "nothing"}.get(said.get("deploy", ""), "")
    return known or facts.case.context.recent_change or _ASKED


def _request(facts: SupportFacts, people: tuple[str, ...]) -> Iterator[str]:
    case = facts.case
    method, path = _method_and_path(case)
    yield f"  {method or '?'} {_without_people(facts.address, people) or path or _ASKED}"
    if not facts.address:
        in_body = case.body if isinstance(case.body, dict) else {}
        values = blur_json({name: value for name, value in case.values.items() if name not in in_body})
        yield from (f"  {name}: {_written(value)}" for name, value in values.items())
    for name, value in case.headers.items():
        yield f"  {name}: {value}"
    if case.token_kind and not any(case.token_kind in each for each in case.headers.values()):
        yield f"  token sent: {case.token_kind if case.token_kind == 'none' else f'{case.token_kind}•••'}"
    if case.body is not None:
        yield f"  {_written(blur_json(case.body))}"


def _without_people(address: str, people: tuple[str, ...]) -> str:
    """An address as it was given; in plain characters where only these show whom it names."""
    plain = unquote(address)
    hidden = hide_people(plain, people)
    return address if hidden == plain else hidden


def _response(facts: SupportFacts) -> Iterator[str]:
    """The whole answer; nothing where only its error is known, which stands above."""
    answer = facts.case.answer
    if answer is None and _failing_answer(facts) is not None:
        return
    yield from ("", "Response:")
    if answer is None:
        yield f"  {_ASKED}"
        return
    yield f"  {answer.status or '?'}"
    for name, value in answer.headers.items():
        yield f"  {name}: {value}"
    body = _written(blur_json(answer.data)) if answer.data is not None else answer.text
    yield f"  {body[:_LONGEST_BODY]}"


def _causes(facts: SupportFacts) -> Iterator[str]:
    for each in facts.causes[:_CAUSES_AT_MOST]:
        why = f": {each.because[0]}" if each.because else ""
        yield f"  {each.cause} ({each.strength.words}){why}"


def _written(value: Any) -> str:
    try:
        return format_value(value)
    except (TypeError, ValueError, RecursionError):
        return "(not a JSON value)"


Found = TypeVar("Found")


def _all(facts: SupportFacts, kind: type[Found]) -> list[Found]:
    return [each.data for each in facts.evidence if isinstance(each.data, kind)]


def _failing_answer(facts: SupportFacts) -> AnswerSeen | None:
    """The last answer that was no good one."""
    failing = [each for each in _all(facts, AnswerSeen) if not each.ok]
    return failing[-1] if failing else None
