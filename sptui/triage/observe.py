"""From a case to evidence: everything that `explain` knows, pure and offline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from sptui.triage.case import Case
from sptui.triage.evidence import (
    Evidence,
    Withheld,
)
from sptui.triage.observe_answer import GIVEN, is_empty, observe_given_answer
from sptui.triage.observe_context import observe_context
from sptui.triage.observe_request import observe_call, observe_request, observe_signing, observe_token_kind
from sptui.triage.types_asked import observe_place, observe_types


def observe_case(case: Case, now: datetime) -> Iterator[Evidence]:
    """Everything that a case tells by itself: what `explain` knows, and what the flow starts from."""
    when = time_of_call(case, now)
    yield observe_call(case)
    yield from observe_given_answer(case)
    yield from observe_token_kind(case)
    yield from observe_request(case, when)
    yield from observe_types(case, when.date())
    yield from observe_place(case)
    yield from observe_signing(case)
    yield from observe_withheld(case)
    yield from observe_context(case)


def time_of_call(case: Case, now: datetime) -> datetime:
    """When the call was made: as somebody said, or by its ``x-amz-date`` or the answer's ``Date``; else ``now``."""
    if case.context.called_on is not None:
        return case.context.called_on
    stamp = next((value for name, value in case.headers.items() if name.lower() == "x-amz-date"), "")
    date = case.answer.headers.get("date", "") if case.answer is not None else ""
    for text, form in ((stamp, "%Y%m%dT%H%M%SZ"), (date, "%a, %d %b %Y %H:%M:%S GMT")):
        if text:
            try:
                return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
            except ValueError:
                continue
    return now


_PERSONAL: Final = re.compile(
    r'"(?:buyername|buyeremail|addressline1|buyertaxinfo|shiptoaddress|buyertaxinformation|phone|name)"\s*:\s*"', re.I
)


def observe_withheld(case: Case) -> Iterator[Evidence]:
    """A good answer of an operation that can give personal data, without any."""
    operation, answer = case.operation, case.answer
    if operation is None or answer is None or not answer.ok or not operation.rdt or not case.token_kind:
        return
    if operation.name in _ABOUT_PERSONS and not _PERSONAL.search(answer.text) and not is_empty(answer):
        fact = f"{operation.name} answers without any personal data."
        yield Evidence(fact, GIVEN, Withheld(restricted=case.token_kind == "Atz.sprdt|"))


_ABOUT_PERSONS: Final = frozenset({"getOrderAddress", "getOrderBuyerInfo", "getOrderItemsBuyerInfo"})
"""Operations that are called for personal data alone."""
