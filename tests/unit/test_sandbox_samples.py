"""Amazon's static sandbox answers these requests with success: the checker has nothing against them.

A sample names only what decides its answer; what the operation needs beside it is filled in here, as whoever calls
the sandbox does. What is left to explain is in ``PLACEHOLDERS`` and ``SLOPPY``: the static sandbox compares text and
reads no dates, no marketplaces.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from sptui.spapi.catalogue import Operation, SandboxCase, load_catalogue
from sptui.spapi.check import ProblemKind, RequestProblem, check_request
from sptui.spapi.check.lifted import LIFTED
from sptui.spapi.requests import RequestContext, sample_value

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONTEXT = RequestContext("ATVPDKIKX0DER", "A1SELLER000001", NOW)

PLACEHOLDERS = {
    "TEST_CASE_200": "a name of the case in place of a date or a marketplace",
    "TEST_CASE_200_NEXT_TOKEN": "a name of the case in place of a date",
    "marketplaceIdCase200": "a name of the case in place of a marketplace",
    "MARKETPLACE_ID": "the word in place of a marketplace",
    "AXXXXXXXXXER": "an anonymous marketplace",
    "AXJDDKDFDKDF": "an anonymous marketplace",
    "A2XZLSVIQ0F4JT": "a marketplace that none of Amazon's lists names",
    "ATVPDKIKR0DER": "the US marketplace, mistyped",
    "ATVPTKIKX0DER": "the US marketplace, mistyped",
    "BADATVPDKIKX0DER": "the US marketplace of a case with faults",
}
"""Values that stand for something, and would be wrong outside the sandbox."""

SLOPPY = {
    ("catalogItems-v0.listCatalogCategories", ProblemKind.REMOVED): "removed since the models were made",
    (
        "fulfillmentInbound-2024-03-20.generateSelfShipAppointmentSlots",
        ProblemKind.ORDER,
    ): "ends a day before it begins",
    ("vendorOrders-v1.getPurchaseOrders", ProblemKind.ORDER): "ends two days before it begins",
    ("vendorOrders-v1.getPurchaseOrders", ProblemKind.RANGE): "31 days, where the same model allows seven",
}
"""By operation and kind: what the sample does that Amazon itself forbids in the same model."""


def successes() -> list[tuple[Operation, SandboxCase]]:
    return [
        (operation, case)
        for operation in load_catalogue()
        for case in operation.sandbox_cases
        if 200 <= case.status < 300
    ]


def completed(operation: Operation, sample: dict[str, Any]) -> dict[str, Any]:
    """The sample with what the checker misses beside it; nothing in it is changed."""
    values = dict(sample)
    for _ in range(10):
        wanted = [
            each.parameter.split(" or ")[0]
            for each in check_request(operation, values, now=NOW)
            if each.kind in (ProblemKind.MISSING, ProblemKind.NEEDS, ProblemKind.ONE_OF)
        ]
        new = [name for name in wanted if name not in values and operation.parameter(name) is not None]
        if not new:
            break
        values |= {name: sample_value(operation, name, CONTEXT) for name in new}
    return values


def is_explained(operation: Operation, found: RequestProblem) -> bool:
    return (operation.key, found.kind) in SLOPPY or any(repr(each) in found.problem for each in PLACEHOLDERS)


def test_there_are_samples() -> None:
    assert len(successes()) > 400
    assert len({operation.key for operation, _ in successes()}) > 200


@pytest.mark.parametrize(
    "operation", [each for each in load_catalogue() if each.sandbox_cases], ids=lambda each: each.key
)
def test_the_samples_that_succeed_have_no_fault(operation: Operation) -> None:
    for case in operation.sandbox_cases:
        if not 200 <= case.status < 300:
            continue
        found = check_request(operation, completed(operation, case.values), now=NOW)
        assert [each for each in found if not each.is_note and not is_explained(operation, each)] == []


def test_every_exception_is_still_needed() -> None:
    """One that no sample asks for any more must go: it would hide a fault."""
    told: Counter[str] = Counter()
    for operation, case in successes():
        for each in check_request(operation, completed(operation, case.values), now=NOW):
            told[f"{operation.key} {each.kind}"] += 1
            told.update(name for name in PLACEHOLDERS if repr(name) in each.problem)
    assert [name for name in PLACEHOLDERS if not told[name]] == []
    assert [f"{key} {kind}" for key, kind in SLOPPY if not told[f"{key} {kind}"]] == []


def test_lifted_rules_name_operations_that_exist_and_tell_why() -> None:
    keys = {each.key for each in load_catalogue()}
    for each in LIFTED:
        assert each.operation in keys
        assert each.reason.endswith(".")
        assert len(each.reason) > 40
