"""Whatever was recorded and whenever it was rolled up, copied or forgotten: the answers are those counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sptui.calllog import copying, duck
from sptui.calllog.asking.ask import errors, who
from sptui.calllog.asking.engine import Engine
from sptui.calllog.copying import opened_copy
from sptui.calllog.importing import sqlite_copy
from sptui.calllog.keeping import forget_before
from sptui.calllog.opening import asked_log
from sptui.calllog.questions import Question, WhoAnswer
from sptui.calllog.signatures import signature_of
from sptui.calllog.store import CallLog
from sptui.calllog.tally import whole_hour
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import load_catalogue

START = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
OPERATIONS = ("getOrders", "createFeed", "getFeed")
MESSAGES = ("", "denied", "Order 902-1234567-7654321 is not known", "Order 902-7654321-7654321 is not known")
MINUTES = 60 * 5
needs_duckdb = pytest.mark.skipif(not duck.available(), reason="DuckDB is not installed")


def call_of(drawn: tuple[Any, ...]) -> CallRecord:
    minute, name, seller, status, message, marketplaces, application = drawn
    operation = load_catalogue().find(name)
    return CallRecord(
        time=START + timedelta(minutes=minute, milliseconds=seller),
        method=operation.method,
        path=operation.path,
        operation=operation.key,
        stage="api",
        status=status,
        code="" if 200 <= status < 300 else f"E{status}",
        message="" if 200 <= status < 300 else message,
        details="",
        seller_id=f"A{seller}" if seller else "",
        region="NA",
        application=application,
        marketplaces=marketplaces,
        request_id=f"{minute}-{seller}",
        milliseconds=1.0,
    )


CALLS = some.lists(
    some.tuples(
        some.integers(0, MINUTES),
        some.sampled_from(OPERATIONS),
        some.integers(0, 6),
        some.sampled_from((200, 200, 202, 400, 403, 0)),
        some.sampled_from(MESSAGES),
        some.sampled_from((("DE",), ("DE", "FR"), ("US",), ())),
        some.sampled_from(("one", "two")),
    ).map(call_of),
    max_size=60,
)
MOMENTS = some.none() | some.integers(-10, MINUTES + 10).map(lambda minute: START + timedelta(minutes=minute))
QUESTIONS = some.builds(
    Question,
    operation=some.sampled_from(OPERATIONS).map(lambda name: load_catalogue().find(name)),
    status=some.sampled_from((None, 400, 0, 200)),
    code=some.sampled_from(("", "E400", "E403")),
    since=MOMENTS,
    until=some.none() | MOMENTS,
)


def fails(call: CallRecord, question: Question) -> bool:
    if question.status is None and not question.code:
        return call.status >= 400 or call.status == 0
    return question.status in (None, call.status) and question.code in ("", call.code)


def counted(calls: list[CallRecord], question: Question) -> dict[str, Any]:
    inside = [
        each
        for each in calls
        if (question.since is None or each.time >= question.since)
        and (question.until is None or each.time < question.until)
    ]
    meant = [each for each in inside if each.operation == question.operation.key]
    failed = [each for each in meant if fails(each, question)]
    failing = {each.seller_id for each in failed} - {""}
    others = [each for each in inside if each.operation != question.operation.key and each.seller_id in failing]
    kinds: dict[tuple[int, str, str], list[CallRecord]] = {}
    for each in failed:
        kinds.setdefault((each.status, each.code, signature_of(each.message)), []).append(each)
    return {
        "calling": len({each.seller_id for each in meant} - {""}),
        "failing": len(failing),
        "failures": len(failed),
        "times": (
            min((each.time for each in failed), default=None),
            max((each.time for each in failed), default=None),
        ),
        "marketplaces": {
            shop: (
                len({each.seller_id for each in meant if shop in (each.marketplaces or ("",))} - {""}),
                len({each.seller_id for each in failed if shop in (each.marketplaces or ("",))} - {""}),
            )
            for shop in {shop for each in meant if each.seller_id for shop in (each.marketplaces or ("",))}
        },
        "controls": (
            len({each.seller_id for each in others}),
            len({each.seller_id for each in others if fails(each, question)}),
        ),
        "kinds": {
            kind: (
                len({each.seller_id for each in found} - {""}),
                len(found),
                min(each.time for each in found),
                max(each.time for each in found),
            )
            for kind, found in kinds.items()
        },
    }


def told(answer: WhoAnswer) -> dict[str, Any]:
    controls = answer.controls
    return {
        "calling": answer.calling,
        "failing": answer.failing,
        "failures": answer.failures,
        "times": (answer.first_failure, answer.last_failure),
        "marketplaces": {each.value: (each.calling, each.failing) for each in answer.marketplaces},
        "controls": (controls.same_sellers_calling, controls.same_sellers_failing) if controls else (0, 0),
        "kinds": {
            (each.status, each.code, each.message): (each.sellers, each.calls, each.first, each.last)
            for each in answer.signatures
        },
    }


def record(log: CallLog, calls: list[CallRecord]) -> None:
    for each in calls:
        log.record(each)
    log.flush()


@contextmanager
def small_steps() -> Iterator[None]:
    """Copies are made of few calls already, and hold all but the last few."""
    with mock.patch.object(copying, "LONG", 5), mock.patch.object(sqlite_copy, "STEP", 7):
        yield


def check(engine: Engine, calls: list[CallRecord], question: Question) -> None:
    assert told(who(engine, question)) == counted(calls, question)
    assert told(who(engine, question, deep=False)) | {"controls": (), "kinds": {}} == counted(calls, question) | {
        "controls": (),
        "kinds": {},
    }


@given(CALLS, QUESTIONS)
def test_of_the_roll_up_in_sqlite(calls: list[CallRecord], question: Question) -> None:
    log = CallLog(None)
    try:
        record(log, calls)
        with asked_log(log, None) as engine:
            check(engine, calls, question)
    finally:
        log.close()


@needs_duckdb
@settings(max_examples=15, deadline=None)
@given(CALLS, CALLS, CALLS, QUESTIONS, some.integers(0, MINUTES))
def test_of_a_copy_and_what_is_not_copied_yet(
    first: list[CallRecord], then: list[CallRecord], last: list[CallRecord], question: Question, old: int
) -> None:
    """Before, while and after the log is open, another program copies; old calls are forgotten in between."""
    with TemporaryDirectory() as name, small_steps():
        folder = Path(name)
        log = CallLog(folder / "calls.sqlite3")
        try:
            record(log, first)
            with asked_log(log, folder) as engine:
                check(engine, first, question)
            then = [*then, call_of((MINUTES, "getFeed", 1, 200, "", ("DE",), "one"))]
            record(log, then)
            limit = whole_hour(START + timedelta(minutes=old))
            forget_before(log, folder, limit)
            kept = [each for each in first + then if each.time >= limit]
            with asked_log(log, folder) as engine:
                check(engine, kept, question)
                record(log, last)
                with log.reading() as database, opened_copy(database, folder / copying.COPY_FOLDER) as copy:
                    copy.step(least=1)
                    copy.finish()
                if engine.refresh():
                    check(engine, kept + last, question)
                    assert sum(each.calls for each in errors(engine, None)) == sum(
                        each.status == 0 or each.status >= 400 for each in kept + last
                    )
        finally:
            log.close()
