"""CSV and times: DuckDB reads whole blocks of them, Python whatever else there is; both must read the same."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sptui.calllog import opening
from sptui.calllog.asking.ask import who
from sptui.calllog.duck import Duck
from sptui.calllog.importing import json_sql
from sptui.calllog.importing.csv_rows import is_plain, read_rows, rows_in, whole_rows
from sptui.calllog.importing.fields import Mapped
from sptui.calllog.importing.times import time_of
from sptui.calllog.importing.values import Unreadable
from sptui.calllog.questions import Question
from sptui.spapi.calls import CallRecord
from sptui.spapi.catalogue import load_catalogue

from .importing_kit import STORES, import_file, opened, records_in, stored

pytest.importorskip("duckdb")
both = pytest.mark.parametrize("kind", STORES)
HEADER = ("time", "path", "status", "message")


def csv_of(rows: list[list[str]], **dialect: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows([list(HEADER), *rows])  # type: ignore[arg-type]  # of csv's own words
    return text.getvalue()


def row(number: int, message: str, status: str = "403") -> list[str]:
    return [f"2026-11-01T00:00:{number % 60:02d}Z", "/orders/v0/orders", status, message]


TEXTS = st.text(st.sampled_from("ab,;\t|\"' \né€\\#0"), max_size=12)
DIALECTS = {
    "unix": {"delimiter": ",", "lineterminator": "\n"},
    "excel": {"delimiter": ",", "lineterminator": "\r\n"},
    "semicolons": {"delimiter": ";", "lineterminator": "\n"},
    "tabs": {"delimiter": "\t", "lineterminator": "\n"},
    "bars": {"delimiter": "|", "lineterminator": "\r\n"},
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=20)
@given(
    st.lists(st.lists(TEXTS, min_size=4, max_size=4), min_size=1, max_size=8),
    st.sampled_from(sorted(DIALECTS)),
    st.booleans(),
)
def test_rows_as_python_writes_them_are_read_alike_by_duckdb(
    tmp_path: Path, rows: list[list[str]], dialect: str, quoted: bool
) -> None:
    delimiter = DIALECTS[dialect]["delimiter"]
    quoting = {"quoting": csv.QUOTE_ALL} if quoted else {}
    data = csv_of(rows, **DIALECTS[dialect], **quoting).encode()  # type: ignore[arg-type]  # of csv's own words
    read = [each for _, each in rows_in(data, delimiter, 4)]
    assert read[0] == list(HEADER)
    assert read[1:] == rows
    if not is_plain(data):
        return
    (tmp_path / "x.csv").write_bytes(data)
    duck = Duck()
    sql = read_rows(tmp_path / "x.csv", HEADER, delimiter, Mapped({each: each for each in HEADER}), with_header=True)
    found = [list(each) for each in duck.rows(f"SELECT time, path, status, message FROM ({sql})")]
    duck.close()
    assert sorted(found) == sorted(rows)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=10)
@given(
    st.lists(TEXTS | st.just('"'), min_size=1, max_size=12),
    st.sampled_from(sorted(DIALECTS)),
    st.integers(60, 400),
    st.binary(max_size=20),
)
@example(['5" disk', "fine"], "unix", 100, b"")
def test_both_stores_import_the_same_of_any_csv(
    tmp_path: Path, messages: list[str], dialect: str, size: int, dirt: bytes
) -> None:
    whole = csv_of([row(number, text) for number, text in enumerate(messages)], **DIALECTS[dialect]).encode()
    (tmp_path / "x.csv").write_bytes(whole + dirt)
    folders = [tmp_path / f"{kind}{datetime.now(UTC).timestamp()}" for kind in STORES]
    reports = [
        import_file(kind, folder, tmp_path / "x.csv", block_bytes=size)
        for kind, folder in zip(STORES, folders, strict=True)
    ]
    assert (reports[0].new, reports[0].aside) == (reports[1].new, reports[1].aside)
    calls = [stored(kind, folder) for kind, folder in zip(STORES, folders, strict=True)]
    assert calls[0] == calls[1]


def test_a_plain_block_of_csv_is_not_read_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.csv").write_text(csv_of([row(each, f'with "{each}", and\nmore') for each in range(50)]))
    with opened("parquet", tmp_path) as (importer, _):
        monkeypatch.setattr(type(importer._store), "add", None)
        report = importer.run(str(tmp_path / "x.csv"))
    assert (report.new, report.aside, report.shape.kind) == (50, 0, "csv")


@both
def test_a_row_is_never_cut_inside_its_quotes(kind: str, tmp_path: Path) -> None:
    rows = [row(each, "first line\n" * 9 + f"of {each}") for each in range(30)]
    (tmp_path / "x.csv").write_text(csv_of(rows), newline="")
    report = import_file(kind, tmp_path, tmp_path / "x.csv", block_bytes=500)
    assert (report.new, report.aside) == (30, 0)
    assert all(each[6].endswith(f"of {number}") for number, each in enumerate(stored(kind, tmp_path)))
    assert whole_rows(b'a,b\n1,"2\n3",4\n') == 14
    assert whole_rows(b'a,b\n1,"2\n3,4\n') == 4


@both
def test_a_quote_that_never_closes_costs_one_row(kind: str, tmp_path: Path) -> None:
    rows = [",".join(row(each, "fine")) for each in range(20)]
    rows[5] = '2026-11-01T00:00:05Z,/orders/v0/orders,403,"never closed'
    (tmp_path / "x.csv").write_text("\n".join([",".join(HEADER), *rows, ""]), newline="")
    with opened(kind, tmp_path) as (importer, ledger):
        report = importer.run(str(tmp_path / "x.csv"))
        ((_, aside),) = ledger.unreadable()
    assert (report.new, report.aside) == (19, 1)
    assert (aside.line, aside.reason) == (7, "a quote that is never closed")


@both
def test_rows_that_are_not_as_the_header_are_kept_aside_with_their_line(kind: str, tmp_path: Path) -> None:
    lines = [",".join(HEADER), ",".join(row(1, "x")), "a,b", "", ",".join(row(2, '"two\nlines"')), "1,2,3,4,5", ""]
    (tmp_path / "x.csv").write_text("\n".join(lines), newline="")
    with opened(kind, tmp_path) as (importer, ledger):
        report = importer.run(str(tmp_path / "x.csv"))
        aside = [(each.line, each.reason) for _, each in reversed(ledger.unreadable())]
    assert (report.new, report.aside) == (2, 2)
    assert aside == [(3, "2 columns instead of 4"), (7, "5 columns instead of 4")]


@both
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(kind: str, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(csv_of([row(1, "nicht möglich")], delimiter=";").encode(encoding))
    assert import_file(kind, tmp_path, tmp_path / "x.csv").new == 1
    assert stored(kind, tmp_path)[0][6] == "nicht möglich"


TIMES = {
    "2026-11-01T10:00:00Z": "2026-11-01T10:00:00+00:00",
    "2026-11-01 10:00:00,123": "2026-11-01T10:00:00.123000+00:00",
    "2026-11-01T10:00:00.123456789+05:30": "2026-11-01T04:30:00.123456+00:00",
    "2026-11-01T10:00:00 +0100": "2026-11-01T09:00:00+00:00",
    "20261101T100000Z": "2026-11-01T10:00:00+00:00",
    "2026/11/01 10:00:00": "2026-11-01T10:00:00+00:00",
    "01/Nov/2026:10:00:00 +0100": "2026-11-01T09:00:00+00:00",
    "Sun, 01 Nov 2026 10:00:00 GMT": "2026-11-01T10:00:00+00:00",
    "1793527200": "2026-11-01T10:00:00+00:00",
    "1793527200.5": "2026-11-01T10:00:00.500000+00:00",
    "1793527200123": "2026-11-01T10:00:00.123000+00:00",
    "1793527200123456": "2026-11-01T10:00:00.123456+00:00",
    "1793527200123456789": "2026-11-01T10:00:00.123457+00:00",
    "infinity": "", "2026-1-1 1:2:3Z": "", "2026-02-30T00:00:00Z": "", "yesterday": "", "": "",
}  # fmt: skip


@pytest.mark.parametrize("text", TIMES)
def test_times_as_logs_write_them(text: str) -> None:
    found = time_of(text)
    assert (found.isoformat() if found else "") == TIMES[text]


NUMBERS = st.integers(0, 10**19).map(str) | st.floats(0, 2e13).map(str)
SHAPED = st.from_regex(
    r"(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9]([.,][0-9]{1,9})?"
    r"(Z| ?[+-][01][0-9]:?[0-5][0-9])?",
    fullmatch=True,
)
WITH_MONTH = st.from_regex(
    r"[0-3][0-9]/(Jan|Feb|Nov|May)/20[0-9]{2}:[0-2][0-9]:[0-5][0-9]:[0-5][0-9] [+-]0[0-9]00", fullmatch=True
)


@settings(max_examples=15, deadline=None)
@given(st.lists(NUMBERS | SHAPED | WITH_MONTH | st.text(max_size=25), min_size=1, max_size=40))
def test_duckdb_reads_no_time_otherwise_than_python(texts: list[str]) -> None:
    duck = Duck()
    for text in texts:
        ((found,),) = duck.rows(f"SELECT {json_sql.TIME} FROM (SELECT :t AS time)", {"t": text.replace("\0", "")})
        expected = time_of(text)
        if found is not None and expected is not None:
            assert abs(found.replace(tzinfo=UTC) - expected).total_seconds() < 1e-5
        assert found is None or expected is not None
    duck.close()


def test_the_reader_gives_the_number_of_a_line_that_cannot_be_read() -> None:
    text = csv_of([row(1, "x"), row(2, "two\nlines"), ["a", "", "", ""]])
    found = list(records_in(io.BytesIO(text.encode())))
    assert [type(each) for each in found] == [CallRecord, CallRecord, Unreadable]
    assert isinstance(found[2], Unreadable)
    assert (found[2].line, found[2].reason) == (5, "no time that can be read")


@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%SZ", "%a, %d %b %Y %H:%M:%S GMT", "%d/%b/%Y:%H:%M:%S +0000"])
@pytest.mark.parametrize("shape", ["json lines", "csv", "json"])
def test_a_file_is_asked_where_it_is_whatever_its_shape_and_times(shape: str, form: str, tmp_path: Path) -> None:
    calls = [
        {
            "time": datetime(2026, 11, 1, 0, 0, number, tzinfo=UTC).strftime(form),
            "path": "/orders/v0/orders",
            "status": "403" if number < 4 else "200",
            "seller": f"A{number % 8}",
        }
        for number in range(40)
    ]
    text = io.StringIO(newline="")
    if shape == "csv":
        writer = csv.DictWriter(text, list(calls[0]))
        writer.writeheader()
        writer.writerows(calls)
    else:
        text.write(json.dumps(calls, indent=1) if shape == "json" else "\n".join(map(json.dumps, calls)) + "\n")
    (tmp_path / "x.log").write_text(text.getvalue(), newline="")
    with opening.asked_file(str(tmp_path / "x.log")) as engine:
        answer = who(engine, Question(load_catalogue().find("getOrders"), 403))
    assert (answer.calling, answer.failing, answer.failures) == (8, 4, 4)
