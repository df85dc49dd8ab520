"""The text for Amazon's support: the fields that it asks for, in its order, of an explained call and of a walk."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from sptui.triage.case import Case
from sptui.triage.events import StepFinished, StepName, StepOutcome
from sptui.triage.evidence import AnswerSeen, Evidence, NoAnswer, PersonSaid, SellersTried
from sptui.triage.explanation import explain
from sptui.triage.isolation import Trial
from sptui.triage.reading import FillIn, read_text
from sptui.triage.support_case import SupportFacts, support_case

from .fakes import NOW, US, case
from .test_letters import WHAT, result

CANARY = "canary5a4b3c2d"
ID = "252b173d-0120-4747-b400-18bc541bfeaf"
URL = f"https://sellingpartnerapi-na.amazon.com/orders/v0/orders?MarketplaceIds={US}&CreatedAfter=2026-01-01T00:00:00Z"
DENIED = {"errors": [{"code": "Unauthorized", "message": "Access is denied.", "details": "Expired."}]}
CALL = f"""GET {URL} HTTP/1.1
x-amz-access-token: Atza|{CANARY}

HTTP/1.1 403 Forbidden
Date: Mon, 23 Nov 2026 10:00:00 GMT
x-amzn-RequestId: {ID}

{json.dumps(DENIED)}"""
LABELS = [
    "Title: SP-API:", "Application id:", "Operation:", "Region and host:", "Marketplaces:", "Seller id:",
    "First failure (UTC):", "Last success (UTC):", "Sellers hit:", "Status:", "Code:", "Message:", "Details:",
    "Request ids:", "What was seen and tried:", "Changed on our side:", "Request (without secrets):", "Response:",
]  # fmt: skip


def explained(text: str, more: FillIn | None = None) -> str:
    found = read_text(text)
    return support_case(SupportFacts.of_explanation(explain(found.filled(more) if more else found, NOW)))


def walked(what: Case = WHAT, *found: Evidence, **more: Any) -> str:
    whole = result(**more)
    if found:
        steps = (*whole.steps, StepFinished(StepName.SELLERS, StepOutcome.FOUND, found))
        whole = msgspec.structs.replace(whole, steps=steps)
    return support_case(SupportFacts.of_walk(what, whole))


def line_of(text: str, label: str) -> str:
    return next(each for each in text.splitlines() if each.startswith(label))


def trial(number: int, *, ok: bool = False) -> Trial:
    at = NOW + timedelta(minutes=number)
    return Trial(("MarketplaceIds",), {}, "a call", 200 if ok else 403, "", ok=ok, request_id=f"r-{number}", at=at)


@pytest.mark.parametrize("kind", ["explained", "walked"])
def test_every_field_has_its_place(kind: str) -> None:
    seen = Evidence("It fails.", "getOrders", AnswerSeen(403, code="Unauthorized", message="No.", details="Expired."))
    text = explained(CALL) if kind == "explained" else walked(WHAT, seen)
    labels = LABELS if kind == "explained" else LABELS[:-1]  # of a walk's call the error is known, and no more
    assert ("Response:" in text) is (kind == "explained")
    places = [text.find(each) for each in labels]
    assert -1 not in places, dict(zip(labels, places, strict=True))
    assert places == sorted(places)
    assert text.startswith("Open the case at https://developer.amazonservices.com/support")
    for told in (
        "Title: SP-API: getOrders fails with 403 Unauthorized",
        "Operation: getOrders (GET /orders/v0/orders)",
        "Region and host: NA, sellingpartnerapi-na.amazon.com, production",
        f"Marketplaces: US ({US})",
        "Details: Expired.",
    ):
        assert told in text


def test_an_explained_call_tells_all_that_was_pasted_and_nothing_secret() -> None:
    text = explained(CALL, FillIn(seller="A1SELLER", other_sellers=(120, 3)))
    assert CANARY not in text
    assert "Atza|•••" in text
    assert "Seller id: A1SELLER" in text
    assert "Sellers hit: 3 of 120 that make this call" in text
    assert "First failure (UTC): 2026-11-23 10:00:00Z, or earlier" in text
    assert f"Request ids: {ID} (2026-11-23 10:00:00Z)" in text
    assert f"  GET {URL}" in text
    assert json.dumps(DENIED, separators=(",", ":")) in text
    assert "Application id: (please fill in)" in text
    assert "Last success (UTC): (please fill in)" in text


def test_a_walk_tells_who_when_and_what_was_tried() -> None:
    text = walked(trials=(trial(1), trial(2, ok=True), trial(3)))
    assert "Application id: app" in text
    assert "Seller id: A1NORTHWIND" in text
    assert "First failure (UTC): 2026-11-23 12:01:00Z, in this run" in text
    assert "Last success (UTC): 2026-11-23 12:02:00Z, with fewer parameters" in text
    assert "Request ids: r-1 (2026-11-23 12:01:00Z); r-3 (2026-11-23 12:03:00Z)" in text
    assert "- A <b>fact</b>." in text
    assert "- It fails with MarketplaceIds, and passes without." in text
    assert "  GET /orders/v0/orders" in text
    assert f"  MarketplaceIds: {US}" in text
    assert "Not needed." not in text  # of a step that was left out


def test_the_newest_three_ids_are_told_once_each() -> None:
    given = msgspec.structs.replace(explain(read_text(CALL), NOW).case, authorization=WHAT.authorization)
    assert f"Request ids: {ID} (2026-11-23 10:00:00Z); r-1 (" in walked(given, trials=(trial(1), trial(1)))
    text = walked(given, trials=tuple(trial(number) for number in range(1, 5)))
    assert [each.split(" ")[0] for each in line_of(text, "Request ids: ")[13:].split("; ")] == ["r-2", "r-3", "r-4"]


def test_what_other_sellers_get_and_a_person_says_is_told() -> None:
    others = Evidence("It fails for Second.", "the same call", SellersTried(2, 1, 403))
    said = Evidence("Something was deployed.", "you", PersonSaid("deploy", "yes"))
    text = walked(WHAT, others, said)
    assert "Sellers hit: 1 of 2 others that were tried" in text
    assert "Changed on our side: yes, shortly before it first failed" in text


def test_a_call_without_an_answer_says_so() -> None:
    silence = Evidence("No answer came.", "getOrders", NoAnswer("timeout"))
    assert "Status: no answer (timeout)" in walked(WHAT, silence)
    told = {"operation": "getOrders", "response": {"failure": {"kind": "tls", "message": "bad certificate"}}}
    assert "Status: no answer (tls): bad certificate" in explained(json.dumps(told))


@pytest.mark.parametrize(
    ("time", "told"),
    [
        ("2026-11-23T10:00:00Z", "2026-11-23 10:00:00Z, or earlier"),
        ("2026-11-23T12:00:00.5+02:00", "2026-11-23 10:00:00Z, or earlier"),
        ("Mon, 23 Nov 2026 05:00:00 -0500", "2026-11-23 10:00:00Z, or earlier"),
        ("2026-11-23 10:00:00", "2026-11-23 10:00:00, or earlier"),  # nobody said where
        ("0001-01-01T00:00:00+05:00", "0001-01-01 00:00:00+05:00, or earlier"),
        ("noon\nyesterday", "noon yesterday, or earlier"),
        ("", "(please fill in)"),
    ],
    ids=["utc", "offset", "mail", "no offset", "before all time", "words", "none"],
)
def test_times_are_told_in_utc(time: str, told: str) -> None:
    found = read_text(json.dumps({"operation": "getOrders", "response": {"status": 403, "body": DENIED}}))
    found = msgspec.structs.replace(found, about={"time": time})
    text = support_case(SupportFacts.of_explanation(explain(found, NOW)))
    assert line_of(text, "First failure") == f"First failure (UTC): {told}"


def test_the_answers_own_time_is_told_where_nobody_noted_one() -> None:
    dated = "Date: Mon, 23 Nov 2026 10:00:00 GMT"
    traced = CALL.replace(dated, "X-Amzn-Trace-Id: Root=1-68c420be-0123456789abcdef")  # as in Amazon's recordings
    assert f"Request ids: {ID} (2025-09-12 13:31:42Z)" in explained(traced)
    assert f"Request ids: {ID} (its time: please fill in)" in explained(CALL.replace(dated, "X-Amzn-Trace-Id: Root=x"))


def test_no_buyer_is_named_wherever_the_call_names_one() -> None:
    address = URL.replace("CreatedAfter", "BuyerEmail=jane%40example.com&CreatedAfter")
    body = {"destinationAddress": {"name": "Jo Canary", "addressLine1": "12 Canary Road"}}
    told = {"request": {"method": "POST", "url": address, "body": body}, "response": {"status": 400, "body": DENIED}}
    text = explained(json.dumps(told))
    assert "jane" not in text
    assert "example.com" not in text
    assert "Canary" not in text
    assert "jane" not in walked()
    shipment = case("createFulfillmentOrder", body)
    assert "Canary" not in walked(msgspec.structs.replace(shipment, body=body))
    assert "Canary" not in walked(shipment)


def test_an_address_without_persons_stays_as_it_was_written() -> None:
    address = URL.replace(US, f"{US}%2CA2EUQ1WTGCTBG2")
    told = {"request": {"method": "GET", "url": address}, "response": {"status": 403, "body": DENIED}}
    assert f"  GET {address}" in explained(json.dumps(told))
