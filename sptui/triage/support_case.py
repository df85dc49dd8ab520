"""The text that Amazon's support asks for, made of a failing call; secrets masked, buyers' data blurred.

What a case must contain, and in which order it is read: docs "SP-API errors FAQ" and what staff asked for in
Amazon's public issues (application, request ids with times, operation, sandbox or not, full error; then seller,
marketplace, region, the request without secrets, whether all sellers are hit).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from sptui.spapi.marketplaces import label_of_marketplace
from sptui.spapi.people import blur_json
from sptui.spapi.redaction import redact
from sptui.triage.explanation import Explanation

_ASKED: Final = "(please fill in)"
_LONGEST_BODY: Final = 4000
_WHERE: Final = (
    "Open the case at https://developer.amazonservices.com/support as the developer, with SP-API in its title."
)


def support_case(explanation: Explanation) -> str:
    """The case's text; what nobody told is marked to be filled in."""
    case, about = explanation.case, explanation.found.about
    answer, operation = case.answer, case.operation
    name = operation.name if operation else case.name or "a call"
    title = f"SP-API: {name} fails" + (
        f" with {answer.status} {answer.code}".rstrip() if answer and answer.status else ""
    )
    time = str(about.get("time", "")) or (answer.headers.get("date", "") if answer else "")
    where = f"{case.where} ({case.where.host})" if case.where else case.host or _ASKED
    rows = (
        ("Application id", str(about.get("application", "")) or _ASKED),
        ("Operation", f"{name} ({case.method} {operation.path if operation else case.path})"),
        ("Region and host", f"{where}, {'sandbox' if case.sandbox else 'production'}"),
        ("Marketplaces", ", ".join(f"{label_of_marketplace(each)} ({each})" for each in case.marketplaces) or _ASKED),
        ("Seller id", str(about.get("seller_id", "")) or _ASKED),
        ("Time (UTC)", time or _ASKED),
        ("First failure, last success", _ASKED),
        ("Sellers hit", _sellers(explanation)),
        ("Request id", (answer.request_id if answer else "") or _ASKED),
        *_error_rows(explanation),
        ("Token", f"{case.token_kind}•••" if case.token_kind else _ASKED),
    )
    lines = [_WHERE, "", f"Title: {title}", "", *(f"{label}: {value}" for label, value in rows)]
    lines += ["", "Request (without secrets):", *_request(explanation), "", "Response:", *_response(explanation)]
    lines += ["", "Checked offline, in falling order of likelihood:", *_checked(explanation)]
    return redact("\n".join(lines))


def _sellers(explanation: Explanation) -> str:
    others = explanation.case.context.other_sellers
    return f"{others[1]} of {others[0]} that make this call" if others else _ASKED


def _error_rows(explanation: Explanation) -> Iterator[tuple[str, str]]:
    answer, failure = explanation.case.answer, explanation.case.failure
    if answer is not None:
        yield "Status", str(answer.status or _ASKED)
        yield (
            "Code, message, details",
            " | ".join((answer.code, answer.message, answer.details)) if answer.code else "none",
        )
    elif failure is not None:
        yield "Status", f"no answer ({failure.kind}): {failure.message}"


def _request(explanation: Explanation) -> Iterator[str]:
    case, request = explanation.case, explanation.found.data.get("request") or {}
    path = case.operation.path if case.operation else case.path
    yield f"  {case.method or '?'} {request.get('url') or path or _ASKED}"
    for name, value in case.headers.items():
        yield f"  {name}: {value}"
    if case.body is not None:
        yield f"  {_json(case.body)}"


def _response(explanation: Explanation) -> Iterator[str]:
    answer = explanation.case.answer
    if answer is None:
        yield f"  {_ASKED}"
        return
    yield f"  {answer.status or '?'}"
    for name, value in answer.headers.items():
        yield f"  {name}: {value}"
    body = _json(answer.data) if answer.data is not None else answer.text
    yield f"  {body[:_LONGEST_BODY]}"


def _checked(explanation: Explanation) -> Iterator[str]:
    for each in explanation.verdict.causes[:3]:
        why = f": {each.because[0]}" if each.because else ""
        yield f"  {each.cause} ({each.strength.words}){why}"


def _json(value: Any) -> str:
    blurred = blur_json(value)
    try:
        return blurred if isinstance(blurred, str) else msgspec.json.encode(blurred).decode()
    except (TypeError, ValueError, RecursionError):
        return "(not a JSON value)"
