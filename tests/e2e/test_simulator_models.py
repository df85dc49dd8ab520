"""The simulator against Amazon's models: every operation, every static sandbox sample, judged by a schema validator.

Needs the models (``SPTUI_MODELS``: the folder with Amazon's Swagger files); without them skipped, under ``CI=true``
failed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from answer_schemas import AnswerSchemas
from asking import Asker, filled_up
from prepared import given_for

from sptui.spapi.catalogue import Operation, SandboxCase, load_catalogue

GONE = {"catalogItems-v0.listCatalogCategories": "removed on 2026-08-26: 403, as everything that is gone"}
"""Operations whose minimal request production refuses, each with the reason."""

AMAZONS_OWN = {
    "awd-2024-05-09.checkInboundEligibility": "CUIN where the model lists CU_IN",
    "awd-2024-05-09.getInboundShipment": "CASE where the model lists CASES",
    "customerFeedback-2024-06-01.getItemReviewTrends": "the 30th of February",
    "easyShip-2022-03-23.createScheduledPackageBulk": "IN and ounces where the model lists cm and grams",
    "easyShip-2022-03-23.getScheduledPackage": "a status that the model does not list",
    "externalFulfillmentShipments-2024-09-11.getShipment": "a charge GIFT that the model does not list",
    "externalFulfillmentShipments-2024-09-11.getShipments": "a charge GIFT that the model does not list",
    "finances-2024-06-19.listBalances": "a day where the model asks for a moment",
    "finances-2024-06-19.listSummary": "a day where the model asks for a moment",
    "fulfillmentInbound-2024-03-20.getShipment": "moments without seconds",
    "fulfillmentInbound-v0.getShipments": "AreCasesRequired is left out",
    "merchantFulfillment-v0.cancelShipment": "an empty file type",
    "merchantFulfillment-v0.getEligibleShipmentServices": "an empty label format",
    "productFees-v0.getMyFeesEstimateForASIN": "a moment as C prints it: Mon Oct 28 18:49:32 UTC 2019",
    "productFees-v0.getMyFeesEstimateForSKU": "a moment as C prints it: Mon Oct 28 18:49:32 UTC 2019",
    "productFees-v0.getMyFeesEstimates": "a moment as C prints it: Mon Oct 28 18:49:32 UTC 2019",
    "sellers-v1.getAccount": "required fields of the marketplace are left out",
    "shipping-v1.getShipment": "addresses without any of their required fields",
    "supplySources-2020-07-01.getSupplySource": "an address without a name",
    "supplySources-2020-07-01.getSupplySources": "an address without a name",
    "vendorDirectFulfillmentOrders-v1.getOrder": "EACH where the model lists Each",
    "vendorDirectFulfillmentOrders-v1.getOrders": "EACH where the model lists Each",
    "vendorOrders-v1.getPurchaseOrders": "CASES where the model lists Cases, and required fields are left out",
    "vendorShipments-v1.GetShipmentDetails": "required fields of the shipment are left out",
}
"""Operations of which an answer of Amazon's own sandbox breaks Amazon's own model."""

OVERTAKEN = {
    "catalogItems-2022-04-01.getCatalogItem": "an empty ASIN: on the wire that is the address of the search",
    "services-v1.assignAppointmentResources": "two samples of one request, an empty list and none",
}
"""Operations of which a sample is not answered with its own answer, other than by another sample that it fits too."""

PLACEHOLDERS = {
    "TEST_CASE_200": "a name of the case in place of a date",
    "TEST_CASE_200_NEXT_TOKEN": "a name of the case in place of a date",
    "marketplaceIdCase200": "a name of the case in place of a marketplace",
    "AXXXXXXXXXER": "an anonymous marketplace",
    "A2XZLSVIQ0F4JT": "a marketplace that none of Amazon's lists names",
    "ATVPDKIKR0DER": "the US marketplace, mistyped",
    "ATVPTKIKX0DER": "the US marketplace, mistyped",
}
"""Values that the sandbox compares as text and production would have to read."""

REFUSED = {
    "feeds-2021-06-30.createFeed": "marketplaces of two regions in one request",
    "fulfillmentInbound-2024-03-20.generateSelfShipAppointmentSlots": "ends a day before it begins",
    "orders-2026-01-01.searchOrders": "a token for the next page that nobody gave out",
    "orders-v0.updateVerificationStatus": "a reason that the order does not name",
    "reports-2021-06-30.createReport": "marketplaces of two regions in one request",
    "reports-2021-06-30.createReportSchedule": "marketplaces of two regions in one request",
    "transfers-2024-06-01.getPaymentMethods": "the US, where roles open it in Europe alone",
    "vendorOrders-v1.getPurchaseOrders": "ends two days before it begins",
}
"""Operations of which production refuses a sample whose values are all in order, each with the reason."""


def _missing(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}: under CI this must run")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def schemas() -> AnswerSchemas:
    folder = os.environ.get("SPTUI_MODELS", "")
    if not folder or not Path(folder).is_dir():
        _missing("SPTUI_MODELS names no folder with Amazon's models")
    return AnswerSchemas(Path(folder))


def samples() -> Iterator[tuple[Operation, SandboxCase]]:
    return ((operation, case) for operation in load_catalogue() for case in operation.sandbox_cases)


def test_every_operation_accepts_its_minimal_request_and_answers_as_its_model_says(schemas: AnswerSchemas) -> None:
    refused: dict[str, Any] = {}
    for operation in load_catalogue():
        asker = Asker()
        given = given_for(asker, operation.key)
        values = {
            **asker.minimal(operation, given),
            **{name: each for name, each in given.items() if operation.parameter(name)},
        }
        answer = asker.ask(operation, values, sandbox=operation.sandbox_only)
        found = schemas.problems(operation, answer.status, answer.body)
        if answer.status >= 300 or found:
            refused[operation.key] = (answer.status, answer.body[:300], found)
    assert len(schemas) == len(load_catalogue())
    assert set(refused) == set(GONE), refused


@cache
def sandbox_answers() -> tuple[tuple[Operation, SandboxCase, int, bytes], ...]:
    """Every sample as it is answered on the sandbox host."""
    found = []
    asker = Asker()
    for operation, case in samples():
        asker.clock.advance(60)  # the sandbox's usage plan is one for all
        values = filled_up(operation, case.values, asker.context(operation))
        answer = asker.ask(operation, values, sandbox=True)
        found.append((operation, case, answer.status, answer.body))
    return tuple(found)


def test_every_sample_is_answered_on_the_sandbox_with_its_own_answer() -> None:
    other: dict[str, Any] = {}
    twins = 0
    for operation, case, status, body in sandbox_answers():
        said = json.loads(body) if body else None
        fitting = [each for each in operation.sandbox_cases if each.status == status and _answer(each) == said]
        if case in fitting:
            continue
        if any(_names_no_less(each, case) for each in fitting):
            twins += 1
        else:
            other[operation.key] = (case.values, status, body[:200])
    assert len(sandbox_answers()) > 900
    assert twins < 30
    assert set(other) == set(OVERTAKEN), other


def _answer(case: SandboxCase) -> Any:
    return None if case.status == 204 else case.answer


def _names_no_less(one: SandboxCase, other: SandboxCase) -> bool:
    """Whether ``one`` fits a request that ``other`` is filled up to, and names at least as much."""
    return len(one.values) >= len(other.values)


def test_amazons_own_answers_fit_amazons_model(schemas: AnswerSchemas) -> None:
    broken: dict[str, Any] = {}
    for operation, case, status, body in sandbox_answers():
        if case.status < 300 and status == case.status:
            found = schemas.problems(operation, status, body) if body else []
            if found:
                broken[operation.key] = found
    assert set(broken) == set(AMAZONS_OWN), {key: each for key, each in broken.items() if key not in AMAZONS_OWN}


def test_production_accepts_every_sample_that_succeeds(schemas: AnswerSchemas) -> None:
    refused: dict[str, Any] = {}
    needed: set[str] = set()
    for operation, case in samples():
        if case.status >= 300 or operation.key in GONE:
            continue
        asker = Asker()
        values = filled_up(operation, case.values, asker.context(operation))
        given = given_for(asker, operation.key)
        values |= {name: each for name, each in given.items() if operation.parameter(name)}
        answer = asker.ask(operation, values, sandbox=operation.sandbox_only)
        found = schemas.problems(operation, answer.status, answer.body)
        if answer.status < 300 and not found:
            continue
        held = {name for name in PLACEHOLDERS if json.dumps(name) in json.dumps(values)}
        needed |= held
        if not held:
            refused[operation.key] = (values, answer.status, answer.body[:300], found)
    assert set(refused) == set(REFUSED), {key: each for key, each in refused.items() if key not in REFUSED}
    assert needed == set(PLACEHOLDERS)
