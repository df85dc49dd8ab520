"""Over every engine: the kinds of failures with what they are compared with, and what stands beside a failing call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from calllog_world import START
from test_log_engines import ENGINES, calls_in

from sptui.calllog.asking.beside import beside
from sptui.calllog.asking.engine import Engine
from sptui.calllog.asking.kinds import kinds
from sptui.calllog.beside import FailingCall
from sptui.calllog.browsing import Chosen
from sptui.calllog.signatures import signature_of
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import load_catalogue

DAY = timedelta(days=1)


@pytest.fixture(scope="module", params=ENGINES, ids=list(ENGINES))
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Engine]]:
    with ENGINES[request.param](tmp_path_factory.mktemp("engine")) as engine:
        yield request.param, engine


def failed(call: CallRecord) -> bool:
    return call.status >= 400 or not call.status


def expected_kinds(calls: list[CallRecord]) -> dict[tuple[str, str, int, str, str], tuple[Any, ...]]:
    """By operation, region, status, code and words: sellers hit, calls lost, first, last, sellers that called then."""
    begun, ended = min(each.time for each in calls), max(each.time for each in calls)
    edge = (ended - begun) * 0.1
    grouped: dict[tuple[str, str, int, str, str], list[CallRecord]] = {}
    for each in filter(failed, calls):
        key = (each.operation, each.region, each.status, each.code, signature_of(each.message))
        grouped.setdefault(key, []).append(each)
    found = {}
    for key, lost in grouped.items():
        first, last = min(each.time for each in lost), max(each.time for each in lost)
        hit = sellers_of(lost)
        same = [each for each in calls if (each.operation, each.region) == key[:2]]
        calling = sellers_of(each for each in same if first <= each.time <= last)
        if first <= begun + edge and last >= ended - edge:
            calling = sellers_of(same)
        elif len(calling) < 3:
            calling = sellers_of(each for each in same if each.time >= first) if len(hit) < 3 else set()
        found[key] = (len(hit), len(lost), first, last, len(calling | hit))
    return found


def sellers_of(calls: Iterable[CallRecord]) -> set[str]:
    return {each.seller_id for each in calls if each.seller_id}


@pytest.mark.parametrize("since", [None, START + 20 * DAY], ids=["everything", "the last ten days"])
def test_every_engine_tells_the_same_kinds(since: datetime | None, asked: tuple[str, Engine]) -> None:
    name, engine = asked
    calls = [each for each in calls_in(name) if since is None or each.time >= since]
    found = kinds(engine, Chosen(since=since))
    told = {
        (each.operation, each.region, each.status, each.code, signature_of(each.message)): (
            each.hit, each.calls, each.first, each.last, each.calling,
        )
        for each in found
    }  # fmt: skip
    assert told == expected_kinds(calls)
    assert [(each.hit, each.calls) for each in found] == sorted(
        ((each.hit, each.calls) for each in found), reverse=True
    )


def test_every_engine_shows_what_the_kinds_are_compared_with(asked: tuple[str, Engine]) -> None:
    name, engine = asked
    calls = calls_in(name)
    feed = next(
        each for each in kinds(engine, Chosen()) if each.operation.endswith("createFeed") and each.status == 400
    )
    lost = [
        each
        for each in calls
        if (each.operation, each.region, each.status) == (feed.operation, feed.region, 400) and each.seller_id
    ]
    times = {seller: sum(each.seller_id == seller for each in lost) for seller in sellers_of(lost)}
    assert {seller: times[seller] for seller in feed.sellers} == times
    assert [times[seller] for seller in feed.sellers] == sorted(times.values(), reverse=True)
    assert {each for one in lost for each in one.marketplaces} <= set(feed.marketplaces)
    assert set(feed.request_ids) <= {each.request_id for each in calls if failed(each)}
    assert len(feed.request_ids) == 3
    for share in feed.regions:
        there = [each for each in calls if (each.operation, each.region) == (feed.operation, share.value)]
        good = sellers_of(each for each in there if not failed(each))
        assert (share.calling, share.failing) == (len(sellers_of(there)), len(sellers_of(there) - good))
    looked = [each for each in calls if each.seller_id in feed.sellers[: feed.looked.sellers] and not failed(each)]
    same = [each for each in looked if each.region in (feed.region, "")]
    assert feed.looked.sellers == min(8, len(feed.sellers))
    assert set(feed.looked.passing) == {each.operation for each in same if each.operation != feed.operation}
    passed = [each for each in same if each.operation == feed.operation]
    assert feed.looked.before == len(sellers_of(each for each in passed if each.time < feed.first))
    assert feed.looked.after == len(sellers_of(each for each in passed if each.time > feed.last))


def test_every_engine_tells_the_same_beside_a_call(asked: tuple[str, Engine]) -> None:
    name, engine = asked
    calls, at = calls_in(name), START + 30 * DAY
    seller = "A000000000006X"
    operation = load_catalogue().find("getOrders")
    region = next(each.region for each in calls if each.seller_id == seller and each.region)
    call = FailingCall(operation, 418, "", seller, region, "app-0", at)
    found = beside(engine, call)
    same = [each for each in calls if each.operation == operation.key]
    own = [each for each in same if each.seller_id == seller and each.region in (region, "")]
    passed = [each.time for each in own if each.status == 200]
    assert (found.own.passes, found.own.failures, found.own.passed_last) == (len(passed), 0, max(passed))
    let_in = [
        each
        for each in same
        if each.application == "app-0" and each.seller_id not in ("", seller) and each.region
        and 200 <= each.status < 500 and each.status not in (401, 403, 408, 429)
    ]  # fmt: skip
    here = sellers_of(each for each in let_in if each.region == region and each.time >= found.others.since)
    assert (found.others.calling, found.others.failing) == (len(here), 0)
    elsewhere = {each.value: each.calling for each in found.elsewhere}
    for value, calling in elsewhere.items():
        there = (each for each in let_in if each.region == value and each.time >= found.others.since)
        assert len(sellers_of(there)) == calling


def test_every_engine_tells_what_else_the_seller_calls(asked: tuple[str, Engine]) -> None:
    name, engine = asked
    calls, seller = calls_in(name), "A000000000006X"
    address = load_catalogue().find("getOrderAddress")
    own = [each for each in calls if each.seller_id == seller]
    region = next(each.region for each in own if each.operation == address.key)
    found = beside(engine, FailingCall(address, 403, "Unauthorized", seller, region, "app-0", START + 30 * DAY))
    began = min(each.time for each in own if each.operation == address.key and each.region == region)
    assert found.own.failing_since == began
    after = [
        each for each in own if each.time >= began and each.region in (region, "") and each.operation != address.key
    ]
    assert set(found.passing) == {each.operation for each in after if 200 <= each.status < 300}
    assert found.others.calling == found.others.failing > 0
