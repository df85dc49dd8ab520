"""Exporting: every call once, in the order of time, whatever the size of a page; whole or not at all."""

from __future__ import annotations

import csv
import io
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from calllog.test_browsing import CALLS, ENGINES
from sptui.calllog import exporting
from sptui.calllog.asking.engine import CallLogError, Engine
from sptui.calllog.browsing import Chosen, statuses_of
from sptui.calllog.exporting import Form, encoded, export, form_of, header, oldest_first
from sptui.spapi.calls import CallRecord


@pytest.fixture(scope="module", params=ENGINES, ids=list(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with ENGINES[request.param](tmp_path_factory.mktemp("log")) as made:
        yield made


@pytest.mark.parametrize("last", [None, 1, 6, 7, 8, 150, 399, 400, 401], ids=str)
@pytest.mark.parametrize("at_once", [1, 7, 20_000], ids=str)
def test_every_call_comes_once_in_the_order_of_time(
    engine: Engine, last: int | None, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_AT_ONCE", at_once)
    monkeypatch.setattr(exporting, "_IN_A_SLICE", 10 * at_once)
    found = list(oldest_first(engine, Chosen(), last))
    wanted = CALLS[-last:] if last else CALLS
    assert [each.time for each in found] == [each.time for each in wanted]
    assert len({each.request_id for each in found}) == len(wanted)


def test_only_what_is_chosen_is_exported(engine: Engine, tmp_path: Path) -> None:
    told: list[int] = []
    path = tmp_path / "failed.jsonl"
    number = export(engine, Chosen(statuses=statuses_of("failed")), path, Form.JSONL, on_progress=told.append)
    calls = [msgspec.json.decode(line, type=CallRecord) for line in path.read_bytes().splitlines()]
    assert {each.request_id for each in calls} == {
        each.request_id for each in CALLS if each.status in (0, *range(400, 600))
    }
    assert number == len(calls) == told[-1]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_ended_leaves_the_old_file(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("old")

    def end(_: int) -> None:
        raise CallLogError("ended")

    with pytest.raises(CallLogError, match="ended"):
        export(engine, Chosen(), path, Form.CSV, on_progress=end)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(CallLogError, match="was not saved"):
        export(engine, Chosen(), tmp_path / "no" / "log.csv", Form.CSV)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])  # noqa: RUF001 - a wide =
def test_no_cell_is_a_formula_to_a_spreadsheet(text: str) -> None:
    call = msgspec.structs.replace(CALLS[0], message=text, marketplaces=(text, "B"), time=CALLS[0].time)
    lines = (header(Form.CSV) + encoded(call, Form.CSV)).decode()
    (row,) = csv.DictReader(io.StringIO(lines, newline=""))
    shown = text.replace("\r", "\n")
    assert row["message"] == f"'{shown}"
    assert row["marketplaces"] == f"'{shown},B"
    assert row["time"] == "2026-11-01T00:00:00Z"


def test_a_cell_with_commas_quotes_and_lines_stays_one_cell() -> None:
    message = 'a, "b"\nc'
    call = msgspec.structs.replace(CALLS[1], message=message)
    (row,) = csv.DictReader(io.StringIO((header(Form.CSV) + encoded(call, Form.CSV)).decode(), newline=""))
    assert row["message"] == message
    assert list(row) == list(exporting.COLUMNS)


@pytest.mark.parametrize(
    ("name", "form"), [("a.csv", Form.CSV), ("A.CSV", Form.CSV), ("a.jsonl", Form.JSONL), ("a", Form.JSONL)]
)
def test_the_name_tells_the_form(name: str, form: Form) -> None:
    assert form_of(name) is form
