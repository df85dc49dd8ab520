"""HAR files go through in pieces: whatever their size, however they are written, and where they break off."""

from __future__ import annotations

import json
import tracemalloc
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calllog.importing_kit import STORES, import_file, stored
from sptui.calllog.importing import har
from sptui.calllog.importing.blocks import blocks
from sptui.calllog.importing.lines import read_block
from sptui.calllog.importing.reading import records_of
from sptui.calllog.importing.shape import HAR, Shape
from sptui.calllog.importing.values import Unreadable, Values
from sptui.spapi.calls import CallRecord

ORDERS = "https://sellingpartnerapi-eu.amazon.com/orders/v0/orders"


def entry(number: int = 0, body: str = "") -> dict[str, Any]:
    return {
        "startedDateTime": f"2026-11-23T12:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "request": {
            "url": f"https://sellingpartnerapi-eu.amazon.com/orders/v0/orders?x={number}",
            "headers": [{"a": 1}],
        },
        "response": {"status": 403, "headers": [{"name": "x", "value": "]}]"}], "content": {"text": body}},
    }


def written(entries: list[Any], **around: Any) -> dict[str, Any]:
    return {
        "log": {"version": "1.2", "pages": [{"title": 'the "entries": [{}]'}], **around, "entries": entries, "z": [{}]}
    }


def read(data: bytes, size: int) -> list[Values | Unreadable]:
    return [each for block in blocks(BytesIO(data), Shape(HAR), size=size) for each in read_block(block, Shape(HAR))]


@pytest.mark.parametrize("indent", [None, 0, 1, 2, "\t"], ids=str)
@pytest.mark.parametrize("size", [1, 7, 1000, 1 << 20])
def test_every_entry_is_read_however_the_file_is_written(indent: Any, size: int) -> None:
    data = json.dumps(written([entry(number) for number in range(5)]), indent=indent).encode()
    found = read(data, size)
    assert [each.path[-1] if isinstance(each, Values) else each for each in found] == list("01234")


_VALUES = st.recursive(
    st.none() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.lists(_VALUES), st.sampled_from([None, 2]), st.integers(1, 200))
def test_whatever_stands_between_the_entries_is_kept_aside(others: list[Any], indent: int | None, size: int) -> None:
    data = json.dumps(written([*others, entry()]), indent=indent).encode()
    found = read(data, size)
    assert [isinstance(each, Values) for each in found] == [False] * len(others) + [True]


@pytest.mark.parametrize("kind", STORES)
def test_a_file_that_breaks_off_gives_what_came_before(tmp_path: Path, kind: str) -> None:
    data = json.dumps(written([entry(number) for number in range(9)]), indent=2).encode()
    (tmp_path / "a.har").write_bytes(data[: data.index(b"?x=6")])
    report = import_file(kind, tmp_path, tmp_path / "a.har")
    assert (report.new, report.aside, report.problem) == (6, 1, "")
    (tmp_path / "a.har").write_bytes(data)
    report = import_file(kind, tmp_path, tmp_path / "a.har")
    assert (report.new, report.known, report.aside) == (3, 6, 0)
    assert len(stored(kind, tmp_path)) == 9


@pytest.mark.parametrize("size", [50, 1 << 20])
def test_behind_a_broken_entry_the_next_one_is_found_by_its_line(size: int) -> None:
    data = json.dumps(written([entry(number) for number in range(5)]), indent=2).encode()
    found = read(
        data.replace(b'"url": "https://sellingpartnerapi-eu.amazon.com/orders/v0/orders?x=2"', b'"url": ?'), size
    )
    assert [each.path[-1] for each in found if isinstance(each, Values)] == list("0134")
    (broken,) = (each for each in found if isinstance(each, Unreadable))
    assert data.splitlines()[broken.line - 1].strip() == b"{"


@pytest.mark.parametrize("size", [50, 1 << 20])
def test_where_there_are_no_lines_the_rest_is_said_not_to_be_read(size: int) -> None:
    data = json.dumps(written([entry(number) for number in range(5)])).encode()
    found = read(data.replace(b'orders?x=2"', b"orders?x=2"), size)
    assert [each.path[-1] for each in found if isinstance(each, Values)] == list("01")
    (broken,) = (each for each in found if isinstance(each, Unreadable))
    assert broken.reason.endswith("what follows is not read")


@pytest.mark.parametrize("data", [b'{"log": {"version": "1.2"}}', b'{"log": [', b'{"log": {"entries": {}}}'])
def test_without_entries(data: bytes) -> None:
    assert read(data, 5) == [Unreadable("no HAR file that can be read: it has no entries", "", 1)]


def test_what_is_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har, "_LONGEST_ENTRY", 10_000)
    data = json.dumps(written([entry(0), entry(1, "y" * 50_000), entry(2)])).encode()
    first, second = read(data, 1000)
    assert isinstance(first, Values)
    assert isinstance(second, Unreadable)
    assert second.reason == "longer than 0 MB; what follows is not read"
    (one,) = read(json.dumps(written([], comment="y" * 50_000)).encode(), 1000)
    assert isinstance(one, Unreadable)
    assert "no entries" in one.reason


def test_the_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    sample = json.dumps(entry(0, "y" * 20_000)).encode()
    with (tmp_path / "a.har").open("wb") as file:
        file.write(b'{"log": {"entries": [' + sample + (b"," + sample) * 2000 + b"]}}")
    size = (tmp_path / "a.har").stat().st_size
    tracemalloc.start()
    try:
        with (tmp_path / "a.har").open("rb") as stream:
            found = records_of(stream, Shape(HAR), "a.har", 256 << 10)
            assert sum(isinstance(each, CallRecord) for each in found) == 2001
        assert tracemalloc.get_traced_memory()[1] < size // 4
    finally:
        tracemalloc.stop()
