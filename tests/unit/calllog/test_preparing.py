"""Making a log ready to be asked: how far it is is told, it can be ended, and nothing is left half-done."""

from __future__ import annotations

import asyncio
import csv
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

import pytest

from calllog.test_store import record
from sptui.calllog import copying, duck, opening, preparing, tally
from sptui.calllog.asking.browse import count
from sptui.calllog.asking.database import DatabaseEngine, DatabaseLog
from sptui.calllog.asking.engine import CallLogError, Engine
from sptui.calllog.asking.patience import Waiting
from sptui.calllog.browsing import Chosen
from sptui.calllog.copying import COPY_FOLDER
from sptui.calllog.desk import ENDED, LogDesk
from sptui.calllog.importing import importer, sqlite_copy
from sptui.calllog.preparing import CONNECTING, COPYING, READING, TALLYING, Preparing, PreparingEndedError, Step
from sptui.calllog.store import CallLog

CALLS = 95


class EndedAfter:
    """A making-ready that is ended with its so-manieth step."""

    def __init__(self, steps: int) -> None:
        self.told: list[Step] = []
        self._steps = steps
        self.preparing = Preparing(self._step)

    def _step(self, step: Step) -> None:
        self.told.append(step)
        if len(self.told) == self._steps:
            self.preparing.end()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CallLog]:
    """A log that is long, as steps are small here, and of which nothing is counted or copied yet."""
    with (
        mock.patch.object(copying, "LONG", 10),
        mock.patch.object(sqlite_copy, "STEP", 10),
        mock.patch.object(tally, "MOST_AT_ONCE", 10),
        mock.patch.object(copying.KeptNear, "step", return_value=False),
    ):
        made = CallLog(tmp_path / "calls.sqlite3")
        for number in range(CALLS):
            made.record(record(number))
        made.flush()
        yield made
        made.close()


def as_csv(path: Path) -> Path:
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["time", "method", "path", "status", "seller_id"])
        rows.writerows(
            [f"2026-11-01T12:00:{n % 60:02d}Z", "GET", "/orders/v0/orders", 403, f"A{n}"] for n in range(500)
        )
    return path


def test_what_is_done_and_how_far_it_is_is_told_once() -> None:
    told: list[str] = []
    made = Preparing(lambda step: told.append(step.told))
    made.tell(CONNECTING)
    for done in (0, 1, 2, 999):
        made.tell(COPYING, done, 1000)
    made.tell(COPYING, 1200, 1000)  # calls came in meanwhile
    assert told == [
        "connecting to the database", "copying the recorded calls, 0 %", "copying the recorded calls, 99 %",
        "copying the recorded calls, 100 %",
    ]  # fmt: skip


def test_an_end_stops_what_runs_and_is_told_by_what_it_leaves() -> None:
    made, stopped = Preparing(), list[str]()

    def stop() -> None:
        stopped.append("now")

    made.tell(READING)

    def interrupted() -> NoReturn:
        with made.stopped_by(stop):
            made.end()
            raise CallLogError("interrupted")

    with pytest.raises(PreparingEndedError, match=r"^Ended\. Nothing is kept"):
        interrupted()
    assert stopped == ["now"]
    with pytest.raises(PreparingEndedError), made.stopped_by(stop):
        pytest.fail("it was ended before")
    made.end()
    assert stopped == ["now"]


@pytest.mark.skipif(not duck.available(), reason="DuckDB is not installed")
def test_a_copy_that_is_ended_goes_on_the_next_time(log: CallLog, tmp_path: Path) -> None:
    ended = EndedAfter(3)
    asked = opening.asked_log(log, tmp_path, ended.preparing)
    with pytest.raises(PreparingEndedError, match="What is copied stays"), asked:
        pytest.fail("it was ended before")
    assert [each.percent for each in ended.told] == [10, 21, 31]
    assert not list((tmp_path / COPY_FOLDER).glob("*.part"))
    told: list[int | None] = []
    with opening.asked_log(log, tmp_path, Preparing(lambda step: told.append(step.percent))) as engine:
        assert count(engine, Chosen()) == CALLS
    assert told == [42, 52, 63, 73, 84, 94]
    with opening.asked_log(log, tmp_path, EndedAfter(1).preparing) as engine:  # nothing is left to be told of
        assert count(engine, Chosen()) == CALLS


def test_a_count_that_is_ended_goes_on_the_next_time(
    log: CallLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duck, "available", lambda: False)
    ended = EndedAfter(2)
    asked = opening.asked_log(log, tmp_path, ended.preparing)
    with pytest.raises(PreparingEndedError, match="What is counted stays"), asked:
        pytest.fail("it was ended before")
    assert ended.told == [Step(TALLYING, 10), Step(TALLYING, 21)]
    told: list[int | None] = []
    with opening.asked_log(log, tmp_path, Preparing(lambda step: told.append(step.percent))) as engine:
        assert count(engine, Chosen()) == CALLS
    assert told[0] == 31


@pytest.mark.parametrize("with_duck", [True, False], ids=["DuckDB", "SQLite"])
def test_a_file_that_is_no_longer_read_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, with_duck: bool
) -> None:
    if with_duck and not duck.available():
        pytest.skip("DuckDB is not installed")
    monkeypatch.setattr(duck, "available", lambda: with_duck)
    monkeypatch.setattr(importer, "BLOCK", 2000)
    monkeypatch.setattr(importer, "_SLOW_BLOCK", 2000)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    path = as_csv(tmp_path / "their.csv")
    ended = EndedAfter(3)
    with pytest.raises(PreparingEndedError, match="Nothing is kept"), opening.asked_file(str(path), ended.preparing):
        pytest.fail("it was ended before")
    assert ended.told[0] == Step(READING, 0)
    assert 0 < (ended.told[-1].percent or 0) < 60
    assert not list((tmp_path / "temporary").iterdir())
    with opening.asked_file(str(path)) as engine:
        assert count(engine, Chosen()) == 500


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_nobody_waits_for_a_database_that_does_not_answer(silent: str) -> None:
    pytest.importorskip("psycopg")
    pytest.importorskip("sqlalchemy")
    made = Preparing()
    ending = threading.Timer(0.1, made.end)
    ending.start()
    made.tell(CONNECTING)
    with pytest.raises(PreparingEndedError, match="before the database answered"):
        DatabaseEngine(DatabaseLog(f"postgresql+psycopg://me@{silent}/logs"), made)
    ending.join()


def test_work_that_is_given_up_is_not_waited_for() -> None:
    waiting, begun, hangs = Waiting(), threading.Event(), threading.Event()
    stopped: list[bool] = []

    def work() -> None:
        begun.set()
        hangs.wait(60)

    def give_up() -> None:
        begun.wait(60)
        waiting.give_up()

    giving_up = threading.Thread(target=give_up)
    giving_up.start()
    outcome = waiting.wait_for(work, 50.0, lambda: stopped.append(True), grace=0.5)
    giving_up.join()
    assert (outcome.ended, outcome.late, stopped) == (False, False, [])  # whoever gave it up sees to its end
    assert waiting.wait_for(lambda: 7, 50.0, lambda: None).value == 7
    hangs.set()


# The desk -------------------------------------------------------------------------------------------------


class Slow:
    """An opening that goes on until it is ended."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.left = threading.Event()

    @contextmanager
    def opened(self, made: Preparing) -> Iterator[Engine]:
        try:
            while True:
                made.tell(COPYING, 34, 100)
                self.begun.set()
                self.left.wait(0.01)
        finally:
            self.left.set()
        yield  # type: ignore[unreachable]  # a generator all the same

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, 60)


async def _cancelled(desk: LogDesk, asking: asyncio.Future[Any]) -> None:
    desk.cancel()
    with pytest.raises(CallLogError) as problem:
        await asking
    assert str(problem.value) == ENDED


async def _waited_for_no_longer(_: LogDesk, asking: asyncio.Future[Any]) -> None:
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def _closed(desk: LogDesk, asking: asyncio.Future[Any]) -> None:
    await desk.aclose()
    with pytest.raises(CallLogError):
        await asking


@pytest.mark.parametrize("end", [_cancelled, _waited_for_no_longer, _closed])
async def test_an_opening_can_be_ended(end: Callable[[LogDesk, asyncio.Future[Any]], Any]) -> None:
    slow = Slow()
    desk = LogDesk(slow.opened)
    asking = asyncio.ensure_future(desk.count(Chosen()))
    await slow.has_begun()
    assert desk.preparing == Step(COPYING, 34)
    await asyncio.wait_for(end(desk, asking), 60)
    assert await asyncio.to_thread(slow.left.wait, 60)
    if end is not _closed:
        await asyncio.wait_for(desk.aclose(), 60)
    assert getattr(desk, "preparing") is None  # noqa: B009 - a plain attribute would be taken for the one above


async def test_a_desk_tells_of_its_opening_and_opens_before_the_first_question(log: CallLog, tmp_path: Path) -> None:
    told: list[Step] = []
    desk = LogDesk(lambda made: opening.asked_log(log, tmp_path, made), told.append)
    await desk.ready()
    assert [each.percent for each in told][-1] == 94
    before = len(told)
    assert await desk.count(Chosen()) == CALLS
    assert len(told) == before
    await desk.aclose()


# The command line -----------------------------------------------------------------------------------------


def opened_and_interrupted(times: int, *, in_order: bool) -> None:
    from sptui.cli.log_opening import opened_told

    @contextmanager
    def opened(made: Preparing) -> Iterator[NoReturn]:
        with made.in_steps() if in_order else made.stopped_by(lambda: None):
            made.tell(COPYING, 1, 2)
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)
            made.tell(COPYING, 2, 2)
        yield  # type: ignore[misc]  # never

    with opened_told(opened):
        pytest.fail("it was ended before")


@pytest.mark.parametrize(
    ("times", "in_order", "ending"),
    [(1, True, PreparingEndedError), (2, True, KeyboardInterrupt), (1, False, KeyboardInterrupt)],
    ids=["once between steps", "twice", "elsewhere"],
)
def test_control_c_waits_for_a_step_once(times: int, ending: type[BaseException], *, in_order: bool) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ending):
        opened_and_interrupted(times, in_order=in_order)
    assert signal.getsignal(signal.SIGINT) is before


def test_steps_are_shown_on_a_terminal_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from sptui.cli.log_opening import ShownSteps

    shown = ShownSteps()
    shown.show(Step(COPYING, 34))
    shown.over()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    shown.show(Step(CONNECTING))
    shown.show(Step(COPYING, 34))
    shown.over()
    shown.over()
    assert capsys.readouterr().err == "\r\x1b[Kcopying the recorded calls, 34 % (Ctrl+C ends it)\r\x1b[K"


@pytest.mark.skipif(not duck.available(), reason="DuckDB is not installed")
def test_control_c_while_duckdb_works_is_control_c() -> None:
    """It puts an error of its own in the place of Python's."""
    made = duck.Duck()
    ended = RuntimeError("Query interrupted")
    with mock.patch.object(made, "_connection", mock.Mock(execute=mock.Mock(side_effect=ended))):
        with pytest.raises(KeyboardInterrupt):
            made.rows("SELECT 1")
        with pytest.raises(KeyboardInterrupt):
            next(made.stream("SELECT 1", {}))
    made.close()


def test_every_work_says_what_its_end_leaves() -> None:
    works = [each for each in vars(preparing).values() if isinstance(each, preparing.Work)]
    assert len(works) == 4
    assert all(each.ended.startswith("Ended") for each in works)
