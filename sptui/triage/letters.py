"""What to write to whom when the cause is known: to the seller in plain words, to Amazon's support in the order in
which it asks, to the team in short.

What Amazon's support asks for: docs "SP-API errors FAQ" (application id, request ids with timestamps, operation, full
error), and what staff asked for in Amazon's public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeVar

from sptui.spapi.marketplaces import MARKETPLACES, label_of_marketplace
from sptui.spapi.people import hide_people, people_in
from sptui.spapi.redaction import redact
from sptui.triage.case import Case
from sptui.triage.causes import Actor, Cause
from sptui.triage.events import StepOutcome, TriageResult
from sptui.triage.evidence import AnswerSeen, NoAnswer, PersonSaid, SellersTried
from sptui.triage.isolation import Trial

_ASKS: Final = {
    Cause.AUTHORIZATION: (
        (
            "Amazon no longer lets our application work with your account in {place}: the permission that you gave has"
            " ended, or does not cover what is needed."
        ),
        "Please authorize our application again in Seller Central ({host}): Apps and Services, Manage Your Apps.",
    ),
    Cause.MARKETPLACE: (
        "Amazon tells us that your account does not take part in {place}.",
        (
            "Please tell us whether you sell there. If you do, look in Seller Central ({host}) whether the store is"
            " set up and open."
        ),
    ),
    Cause.ACCOUNT: (
        (
            "Amazon refuses what we send for your account in {place}. That happens when an account there is inactive,"
            " at risk, deactivated, on holiday, or waits for a verification or a valid charge method."
        ),
        (
            "Please look in Seller Central ({host}) at Account Health, Account Info (Seller Account Information) and"
            " Charge Methods, settle what it asks for, and tell us when that is done."
        ),
    ),
    Cause.UNAVAILABLE: (
        "Amazon does not offer {what} for your account in {place}; some of it needs a program that a seller joins.",
        "Please tell us whether you take part in that program.",
    ),
}


def letter_to_seller(case: Case, result: TriageResult) -> str:
    """A message that a seller understands; "" where the cause is not the seller's to mend."""
    first = result.verdict.first
    if first.cause not in _ASKS:
        return ""
    what, ask = (
        each.format(place=_place(case), host=_seller_central(case), what=_what(case)) for each in _ASKS[first.cause]
    )
    who = case.authorization.seller if case.authorization else ""
    maybe = "" if first.strength == "certain" else " We are not certain of it yet, but it is the likeliest cause."
    return f"Hello{f' {who}' if who else ''},\n\n{what}{maybe}\n\n{ask}\n\nThank you."


def why_no_letter_to_seller(result: TriageResult) -> str:
    """Why there is nothing to write to the seller."""
    first = result.verdict.first
    who = {Actor.NOBODY: "Nothing failed.", Actor.AMAZON: "Amazon must act."}.get(
        first.who, "The developer must act, not the seller."
    )
    return f"There is nothing to write to the seller: the cause is {first.cause} ({first.strength.words}). {who}"


def letter_to_support(case: Case, result: TriageResult) -> str:
    """The case for Amazon's developer support; what nobody told is marked to be filled in."""
    people = people_in([case.body, case.values])
    lines = [*_SUPPORT_HEAD, f"Title: SP-API: {_what(case)} fails{_short_status(result)}", ""]
    lines += [f"{label}: {value}" for label, value in _support_rows(case, result)]
    lines += ["", "What was tried:", *_tried(result)]
    if result.culprits:
        lines += ["", f"It fails with {' and '.join(result.culprits)}, and passes without."]
    return redact(hide_people("\n".join(lines), people))


_FILL_IN: Final = "(please fill in)"
_SUPPORT_HEAD: Final = (
    "Open the case at https://developer.amazonservices.com/support as the developer. Selling support cannot help.",
    "",
)


def _support_rows(case: Case, result: TriageResult) -> Iterator[tuple[str, str]]:
    who, operation, where = case.authorization, case.operation, case.where
    failing = [each for each in result.trials if not each.ok]
    passing = [each for each in result.trials if each.ok]
    host = case.host or ((where.sandbox_host if case.sandbox else where.host) if where else "")
    path = operation.path if operation else case.path
    marketplaces = ", ".join(f"{label_of_marketplace(each)} ({each})" for each in case.marketplaces)
    yield "Application id", who.application if who else _FILL_IN
    method = case.method or (operation.method if operation else "")
    yield "Operation", f"{_what(case)} ({f'{method} {path}'.strip()})"
    yield (
        "Region and host",
        f"{where or _FILL_IN}, {host or _FILL_IN}, {'sandbox' if case.sandbox else 'production'}",
    )
    yield "Marketplaces", marketplaces or _FILL_IN
    yield "Seller id", who.seller_id if who else _FILL_IN
    yield "First failure (UTC)", _first_failure(case, failing)
    yield "Last success (UTC)", f"{_moment(passing[-1])}, with fewer parameters" if passing else _FILL_IN
    yield "Sellers hit", _sellers_hit(result)
    yield from _what_came_back(case, result)
    yield "Request ids", "; ".join(_ids_with_times(case, failing)) or _FILL_IN
    yield "Changed on our side", _changes(result)


def _first_failure(case: Case, failing: list[Trial]) -> str:
    given = case.answer.headers.get("date", "") if case.answer is not None and not case.answer.ok else ""
    return given or (f"{_moment(failing[0])}, in this run" if failing else _FILL_IN)


def _moment(trial: Trial) -> str:
    return f"{trial.at:%Y-%m-%d %H:%M:%S}Z" if trial.at else ""


def _sellers_hit(result: TriageResult) -> str:
    tried = _last(result, SellersTried)
    return f"{tried.failing} of {tried.calling} others that were tried" if tried else _FILL_IN


def _what_came_back(case: Case, result: TriageResult) -> Iterator[tuple[str, str]]:
    seen, silence = _last(result, AnswerSeen, failing=True), _last(result, NoAnswer)
    if seen is not None:
        yield "Status", str(seen.status or _FILL_IN)
        yield "Code", seen.code or "none"
        yield "Message", seen.message or "none"
        yield "Details", seen.details or "none"
    elif silence is not None:
        yield "Status", f"no answer ({silence.failure})"
    elif case.answer is None:
        yield "Status", _FILL_IN


def _ids_with_times(case: Case, failing: list[Trial]) -> list[str]:
    """The newest three, which support can still look up."""
    told = [f"{each.request_id} ({_moment(each)})" for each in failing if each.request_id]
    given = case.answer
    if not told and given is not None and given.request_id:
        told = [f"{given.request_id} ({given.headers.get('date', '') or _FILL_IN})"]
    return told[-3:]


def _changes(result: TriageResult) -> str:
    said = {each.question: each.answer for each in _all(result, PersonSaid)}
    return {"yes": "yes, shortly before it first failed", "no": "nothing"}.get(said.get("deploy", ""), _FILL_IN)


def _tried(result: TriageResult) -> Iterator[str]:
    made = [each for each in result.steps if each.outcome in (StepOutcome.OK, StepOutcome.FOUND)]
    facts = [f"- {each.fact}" for step in made for each in step.evidence]
    yield from facts or ["- nothing yet"]


Found = TypeVar("Found")


def _all(result: TriageResult, kind: type[Found]) -> list[Found]:
    return [each.data for step in result.steps for each in step.evidence if isinstance(each.data, kind)]


def _last(result: TriageResult, kind: type[Found], *, failing: bool = False) -> Found | None:
    found = [each for each in _all(result, kind) if not failing or not getattr(each, "ok", False)]
    return found[-1] if found else None


def _short_status(result: TriageResult) -> str:
    seen = _last(result, AnswerSeen, failing=True)
    return f" with {seen.status} {seen.code}".rstrip() if seen is not None and seen.status else ""


def letter_to_team(case: Case, result: TriageResult) -> str:
    """What the next developer has to know, in a few lines."""
    first, people = result.verdict.first, people_in([case.body, case.values])
    who = case.authorization
    lines = [
        (
            f"{_what(case)}{f' for {who.seller} ({who.seller_id}, {who.region})' if who else ''}: "
            f"{first.cause.value} ({first.strength.words}, {first.likelihood:.0%})."
        ),
        *(f"- {each}" for each in first.because),
        *([f"Against it: {' '.join(first.against)}"] if first.against else []),
        *([f"Parameters at fault: {' and '.join(result.culprits)}."] if result.culprits else []),
        f"To do ({first.who.value}):",
        *(f"{number}. {each}" for number, each in enumerate(first.do, 1)),
        *_request_ids(result),
    ]
    return hide_people("\n".join(lines), people)


def _request_ids(result: TriageResult) -> list[str]:
    ids = [each.request_id for each in result.trials if not each.ok and each.request_id][:3]
    return [f"Request ids: {', '.join(ids)}"] if ids else []


def _what(case: Case) -> str:
    return case.operation.name if case.operation else case.name or "the call"


def _place(case: Case) -> str:
    if case.marketplaces:
        return ", ".join(dict.fromkeys(map(label_of_marketplace, case.marketplaces)))
    return f"region {case.where}" if case.where else "this marketplace"


def _seller_central(case: Case) -> str:
    known = [MARKETPLACES[each].seller_central for each in case.marketplaces if each in MARKETPLACES]
    return known[0] if known else "sellercentral.amazon.com"
