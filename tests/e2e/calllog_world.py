"""A call log with everything in it that the questions ask about, and the answers counted by hand (in Python)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from sptui.calllog.questions import Question
from sptui.calllog.signatures import signature_of
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.marketplaces import MARKETPLACES

START = datetime(2026, 11, 1, tzinfo=UTC)
OPERATIONS = ("getOrders", "getOrderAddress", "createFeed", "getListingsItem", "getMarketplaceParticipations")
ERRORS = (
    (400, "InvalidInput", "Invalid request parameters"),
    (403, "Unauthorized", "Access to requested resource is denied."),
    (429, "QuotaExceeded", "You exceeded your quota for the requested resource."),
    (500, "InternalFailure", "Request 1f0c3b2a-0d6e-4c4b-9d2f-5a1f3d7e9b10 failed on 2026-11-03 after 17 s"),
    (0, "timeout", "no answer"),
    (400, "InvalidInput", "It's 100 % wrong: a_b\\c"),
)


def world(count: int = 3000, seed: int = 8) -> list[CallRecord]:
    """Calls of 30 days in the order of time. getOrderAddress fails for all, createFeed for a group in one marketplace,
    getListingsItem for one seller; a few calls name two marketplaces or none, a few no seller.
    """
    chance = random.Random(seed)
    ids = list(MARKETPLACES)
    sellers = {f"A{number:012d}X": chance.sample(ids, 1 + number % 3) for number in range(40)}
    names = list(sellers)
    catalogue = load_catalogue()
    calls = []
    for number in range(count):
        operation = catalogue.find(OPERATIONS[int(chance.random() ** 1.5 * len(OPERATIONS))])
        seller = chance.choice(names)
        own = sellers[seller]
        marketplaces: tuple[str, ...] = (chance.choice(own),)
        if number % 50 == 0:
            marketplaces = tuple(own[:2])
        if operation.name == "getMarketplaceParticipations":
            marketplaces = ()
        status, code, message = _outcome(operation.name, names.index(seller), marketplaces, own, chance)
        region = MARKETPLACES[marketplaces[0]].region.value if marketplaces else ""
        calls.append(
            CallRecord(
                time=START + timedelta(days=30) * (number / count) + timedelta(milliseconds=number % 1000),
                method=operation.method,
                path=operation.path,
                operation=operation.key,
                stage="api",
                status=status,
                code=code,
                message=message,
                details="",
                seller_id="" if number % 97 == 0 else seller,
                region=region,
                application=f"app-{names.index(seller) % 2}",
                marketplaces=marketplaces,
                request_id=f"{number:032x}",
                milliseconds=float(number % 900),
            )
        )
    return calls


def _outcome(
    operation: str, number: int, marketplaces: tuple[str, ...], own: list[str], chance: random.Random
) -> tuple[int, str, str]:
    if operation == "getOrderAddress":
        return ERRORS[1]
    if operation == "createFeed" and number < 9 and marketplaces[:1] == (own[0],):
        return ERRORS[0]
    if operation == "getListingsItem" and number == 3:
        return ERRORS[3]
    if chance.random() < 0.03:
        return chance.choice(ERRORS)
    return (202 if operation == "createFeed" else 200), "", ""


def questions() -> dict[str, Question]:
    """By a name that tells what is asked."""
    catalogue = load_catalogue()

    def of(name: str, **rest: Any) -> Question:
        return Question(catalogue.find(name), **rest)

    day = timedelta(days=1)
    return {
        "everybody": of("getOrderAddress", status=403),
        "a group": of("createFeed", status=400, code="InvalidInput"),
        "a group by code": of("createFeed", code="InvalidInput"),
        "one": of("getListingsItem", status=500, code="InternalFailure"),
        "any failure": of("getOrders"),
        "no answer": of("getOrders", status=0),
        "nobody": of("getOrders", status=418),
        "never called": of("getReport"),
        "without marketplaces": of("getMarketplaceParticipations", status=429),
        "the last day": of("createFeed", status=400, since=START + 29 * day),
        "the last ten days": of("getOrderAddress", status=403, since=START + 20 * day),
        "one day in between": of("createFeed", status=400, since=START + 9 * day, until=START + 10 * day),
        "up to a day": of("getOrders", status=429, until=START + 9 * day),
        "an hour without calls": of("createFeed", since=START + 90 * day),
        "a success": of("getOrders", status=200, since=START + 28 * day),
    }


def expected(calls: Iterable[CallRecord], question: Question) -> dict[str, Any]:
    """What the answer must say."""
    inside = [
        each
        for each in calls
        if (question.since is None or each.time >= question.since)
        and (question.until is None or each.time < question.until)
    ]
    here = [each for each in inside if each.operation == question.operation.key]
    fails = [each for each in here if _fails(each, question)]
    failing = {each.seller_id for each in fails if each.seller_id}
    others = [each for each in inside if each.operation != question.operation.key and each.seller_id in failing]
    by_place: dict[str, dict[str, bool]] = {}
    for each in here:
        if each.seller_id:
            places = by_place.setdefault(each.seller_id, {})
            key = ",".join(each.marketplaces)
            places[key] = places.get(key, False) or _fails(each, question)
    return {
        "calling": len({each.seller_id for each in here if each.seller_id}),
        "failing": len(failing),
        "failures": len(fails),
        "first": min((each.time for each in fails), default=None),
        "marketplaces": _split(here, question, "marketplaces"),
        "regions": _split(here, question, "region"),
        "applications": _split(here, question, "application"),
        "elsewhere": sum(any(places.values()) and not all(places.values()) for places in by_place.values()),
        "same sellers": (
            len({each.seller_id for each in others}),
            len({each.seller_id for each in others if _fails(each, question)}),
        ),
        "signatures": sorted({(each.status, each.code, signature_of(each.message)) for each in fails}),
    }


def told(answer: Any) -> dict[str, Any]:
    """The same of an engine's answer."""
    controls = answer.controls
    return {
        "calling": answer.calling,
        "failing": answer.failing,
        "failures": answer.failures,
        "first": answer.first_failure,
        "marketplaces": _shares(answer.marketplaces),
        "regions": _shares(answer.regions),
        "applications": _shares(answer.applications),
        "elsewhere": answer.elsewhere,
        "same sellers": (controls.same_sellers_calling, controls.same_sellers_failing) if controls else (0, 0),
        "signatures": sorted((each.status, each.code, each.message) for each in answer.signatures),
    }


def _fails(call: CallRecord, question: Question) -> bool:
    if question.status is None and not question.code:
        return call.status >= 400 or call.status == 0
    return (question.status is None or call.status == question.status) and (
        not question.code or call.code == question.code
    )


def _split(calls: list[CallRecord], question: Question, attribute: str) -> dict[str, tuple[int, int]]:
    calling: dict[str, set[str]] = {}
    failing: dict[str, set[str]] = {}
    for each in calls:
        value = getattr(each, attribute)
        for one in (value or ("",)) if isinstance(value, tuple) else (value,):
            if each.seller_id:
                calling.setdefault(one, set()).add(each.seller_id)
                failing.setdefault(one, set())
                if _fails(each, question):
                    failing[one].add(each.seller_id)
    return {value: (len(calling[value]), len(failing[value])) for value in calling}


def _shares(shares: Iterable[Any]) -> dict[str, tuple[int, int]]:
    return {each.value: (each.calling, each.failing) for each in shares}


def as_json_lines(calls: Iterable[CallRecord]) -> bytes:
    """As another program logs it: raw paths, other names, a list of marketplaces, a number or text for the status."""
    lines = []
    for number, each in enumerate(calls):
        path = each.path.replace("{orderId}", f"902-{number:07d}-1234567").replace("{sellerId}", each.seller_id or "A1")
        line = {
            "timestamp": each.time.isoformat(),
            "httpMethod": each.method,
            "url": f"https://proxy.example.org{path.replace('{sku}', f'SKU-{number}')}?x={number}",
            "statusCode": each.status if number % 2 else str(each.status),
            "error": {"code": each.code, "message": each.message} if each.code else None,
            "sellerId": each.seller_id,
            "region": each.region,
            "app_id": each.application,
            "marketplaceIds": list(each.marketplaces),
            "requestId": each.request_id,
            "ms": each.milliseconds,
        }
        lines.append(msgspec.json.encode(line))
    return b"\n".join(lines) + b"\n"
