"""Asking a log from an event loop: what comes later is seen, and a question can be ended at any moment."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from calllog.test_browsing import CALLS, ENGINES, as_json_lines, recorded_log
from sptui.calllog import opening
from sptui.calllog.asking import browse
from sptui.calllog.asking.engine import CallLogError, Engine
from sptui.calllog.browsing import Chosen
from sptui.calllog.desk import ENDED, LogDesk
from sptui.calllog.importing.importer import Importer
from sptui.calllog.preparing import Preparing
from sptui.calllog.questions import Question
from sptui.spapi.catalogue import load_catalogue

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


class Endless:
    """Stands for a question that the engine never answers."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.asked = 0

    def __call__(self, engine: Engine, chosen: Chosen) -> Any:
        self.asked += 1
        self.begun.set()
        return engine.rows(ENDLESS, {})

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, 60)


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Endless:
    made = Endless()
    monkeypatch.setattr(browse, "count", made)
    return made


async def test_a_desk_answers_what_the_faces_ask(tmp_path: Path) -> None:
    with recorded_log(tmp_path, CALLS) as log:
        desk = LogDesk(lambda preparing: opening.asked_log(log, tmp_path, preparing))
        question = Question(load_catalogue().find("getOrders"))
        assert await desk.calls(Chosen(), 2) == sorted(CALLS, key=lambda each: each.request_id)[:-3:-1]
        assert await desk.count(Chosen()) == len(CALLS)
        assert await desk.newest() == max(each.time for each in CALLS)
        assert (await desk.who(question)).calling == 4
        assert sum(sum(each.trend) for each in await desk.signatures(Chosen())) == sum(
            each.calls for each in await desk.signatures(Chosen())
        )
        await desk.aclose()


async def test_what_comes_after_the_opening_is_seen(tmp_path: Path) -> None:
    with recorded_log(tmp_path, CALLS[:10]) as log:
        desk = LogDesk(lambda preparing: opening.asked_log(log, tmp_path, preparing))
        assert await desk.count(Chosen()) == 10
        log.record(CALLS[10])
        assert await desk.count(Chosen()) == 11
        (tmp_path / "their.jsonl").write_bytes(as_json_lines(CALLS[11:]))
        with opening.opened_ledger(tmp_path) as ledger, opening.opened_store(ledger, tmp_path) as store:
            Importer(ledger, store).run(str(tmp_path / "their.jsonl"))
        assert await desk.count(Chosen()) == len(CALLS)
        await desk.aclose()


@pytest.mark.parametrize("name", ENGINES)
async def test_a_question_that_is_cancelled_ends_and_the_next_is_answered(
    name: str, tmp_path: Path, endless: Endless
) -> None:
    desk = LogDesk(lambda _: ENGINES[name](tmp_path))
    asking = asyncio.ensure_future(desk.count(Chosen()))
    await endless.has_begun()
    desk.cancel()
    with pytest.raises(CallLogError) as problem:
        await asyncio.wait_for(asking, 60)
    assert str(problem.value) == ENDED
    assert len(await asyncio.wait_for(desk.calls(Chosen(), 3), 60)) == 3
    await desk.aclose()


@pytest.mark.parametrize("name", ENGINES)
async def test_who_stops_waiting_ends_the_question(name: str, tmp_path: Path, endless: Endless) -> None:
    desk = LogDesk(lambda _: ENGINES[name](tmp_path))
    asking = asyncio.ensure_future(desk.count(Chosen()))
    await endless.has_begun()
    waiting = asyncio.ensure_future(desk.count(Chosen()))
    await asyncio.sleep(0)
    for task in (waiting, asking):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(await asyncio.wait_for(desk.calls(Chosen(), 3), 60)) == 3
    assert endless.asked == 1  # the second was never put
    await desk.aclose()


async def test_closing_ends_what_is_asked(tmp_path: Path, endless: Endless) -> None:
    closed: list[bool] = []

    @contextmanager
    def opened(_: Preparing) -> Any:
        with ENGINES["recorded"](tmp_path) as engine:
            yield engine
        closed.append(True)

    desk = LogDesk(opened)
    asking = asyncio.ensure_future(desk.count(Chosen()))
    await endless.has_begun()
    await asyncio.wait_for(desk.aclose(), 60)
    assert closed == [True]
    with pytest.raises(CallLogError, match="ended"):
        await asking


async def test_a_log_that_cannot_be_opened_is_told_and_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "later.jsonl"
    desk = LogDesk(lambda preparing: opening.asked_file(str(path), preparing))
    with pytest.raises(CallLogError, match="later"):
        await desk.count(Chosen())
    path.write_bytes(as_json_lines(CALLS))
    assert await desk.count(Chosen()) == len(CALLS)
    desk.cancel()  # nothing is asked: nothing happens
    assert await desk.count(Chosen()) == len(CALLS)
    await desk.aclose()
