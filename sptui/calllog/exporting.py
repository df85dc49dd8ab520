"""Writing calls of a log to a file, as JSON Lines or CSV: some at a time, so that a log of any size goes through."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final

import msgspec

from sptui.calllog.asking import browse
from sptui.calllog.asking.engine import CallLogError, Engine, utc
from sptui.calllog.asking.listing import LISTED
from sptui.calllog.browsing import Chosen
from sptui.spapi.calls import CallRecord

COLUMNS: Final = CallRecord.__struct_fields__
"""What is told of a call, in this order."""
_AT_ONCE: Final = 20_000
_IN_A_SLICE: Final = 100_000
_SAYS_SO: Final = 10_000
_FORMULA: Final = frozenset("=+-@\t\n＝＋－＠")  # noqa: RUF001 - wide forms count too


class Form(StrEnum):
    """How calls are written."""

    JSONL = "jsonl"
    CSV = "csv"


def form_of(path: str | Path) -> Form:
    """The form that a file's name asks for: CSV for .csv, else JSON Lines."""
    return Form.CSV if Path(path).suffix.lower() == ".csv" else Form.JSONL


def oldest_first(engine: Engine, chosen: Chosen, last: int | None = None) -> Iterator[CallRecord]:
    """The chosen calls in the order of time; only the ``last`` so many. Raises CallLogError."""
    if last is not None and last <= _AT_ONCE:
        return iter(browse.page(engine, chosen, last)[::-1])
    skipped = 0
    if last is not None and (start := _start_of_last(engine, chosen, last)) is not None:
        chosen = msgspec.structs.replace(chosen, since=start)
        skipped = browse.count(engine, chosen) - last
    return islice(_all(engine, chosen), skipped, None)


def export(
    engine: Engine,
    chosen: Chosen,
    path: Path,
    form: Form,
    *,
    last: int | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Writes a file that only its owner may read, whole or not at all; gives the number of calls in it.

    ``on_progress`` is told the number so far, and may raise to end it. Raises CallLogError.
    """
    from sptui.settings import SettingsError
    from sptui.settings.atomic import writing

    count = 0
    try:
        with writing(path) as file:
            file.write(header(form))
            for record in oldest_first(engine, chosen, last):
                file.write(encoded(record, form))
                count += 1
                if count % _SAYS_SO == 0:
                    on_progress(count)
            on_progress(count)
    except SettingsError as problem:
        raise CallLogError(str(problem)) from problem
    return count


def header(form: Form) -> bytes:
    """What comes before the first call."""
    return _csv_line(COLUMNS) if form is Form.CSV else b""


def encoded(record: CallRecord, form: Form) -> bytes:
    """A call as a line."""
    if form is Form.JSONL:
        return msgspec.json.encode(record) + b"\n"
    return _csv_line(_cell(value) for value in msgspec.structs.astuple(record))


class _Line:
    """Gives back what is written to it."""

    @staticmethod
    def write(text: str) -> bytes:
        return text.encode(errors="replace")


_WRITER: Final = csv.writer(_Line(), lineterminator="\n")


def _csv_line(cells: Iterable[str]) -> bytes:
    line: bytes = _WRITER.writerow(cells)
    return line


def _cell(value: Any) -> str:
    """A value as text; what a spreadsheet would take for a formula is text to it as well."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    if "\r" in text:  # the csv module leaves a lone one without quotes
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text[:1] in _FORMULA else text


def _start_of_last(engine: Engine, chosen: Chosen, last: int) -> datetime | None:
    """The time of the call that is the ``last`` so many before the end; None where there are fewer."""
    scope = engine.listed(chosen)
    times = f"SELECT time FROM ({scope.sql}) l ORDER BY time DESC LIMIT {last}"
    found = engine.rows(f"SELECT count(*) AS calls, min(time) AS start FROM ({times}) t", scope.values)[0]
    return utc(found[1]) if int(found[0]) == last else None


def _all(engine: Engine, chosen: Chosen) -> Iterator[CallRecord]:
    for each in _slices(engine, chosen):
        scope = engine.listed(each)
        pages = engine.stream(f"SELECT {LISTED} FROM ({scope.sql}) l ORDER BY time", scope.values)
        for page in pages if pages is not None else _asked_page_by_page(engine, each):
            yield from browse.records(page, foreign=engine.foreign)


def _slices(engine: Engine, chosen: Chosen) -> Iterator[Chosen]:
    """One time after the other, where that is quick: ordering all calls at once takes much room."""
    pieces = browse.count(engine, chosen) // _IN_A_SLICE if engine.by_time else 0
    between = browse.window(engine, chosen) if pieces > 1 else None
    if between is None:
        yield chosen
        return
    start, end = between
    edges = [start + (end - start) * number / pieces for number in range(1, pieces)]
    for since, until in pairwise((chosen.since, *edges, chosen.until)):
        yield msgspec.structs.replace(chosen, since=since, until=until)


def _asked_page_by_page(engine: Engine, chosen: Chosen) -> Iterator[list[tuple[Any, ...]]]:
    """Each page from the time on with which the one before ended; the calls of that very time come with the next."""
    limit = _AT_ONCE
    while True:
        scope = engine.listed(chosen)
        rows = engine.rows(f"SELECT {LISTED} FROM ({scope.sql}) l ORDER BY time LIMIT {limit}", scope.values)
        if len(rows) < limit:
            yield rows
            return
        end = utc(rows[-1][0])
        whole = [row for row in rows if utc(row[0]) != end]
        if not whole:  # more calls of one moment than fit into a page
            limit *= 2
            continue
        yield whole
        limit, chosen = _AT_ONCE, msgspec.structs.replace(chosen, since=end)
