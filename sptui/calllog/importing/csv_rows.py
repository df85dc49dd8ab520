"""Rows of CSV: read in Python, row by row, whatever is wrong with them; or as one by DuckDB, where nothing is."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

from sptui.calllog.duck import quoted
from sptui.calllog.importing.fields import Mapped
from sptui.calllog.importing.json_sql import chosen
from sptui.calllog.importing.values import LONGEST_LINE, Unreadable

_BOM: Final = "\ufeff"
_QUOTE: Final = b'"'
_BLANK_BEFORE_QUOTE: Final = re.compile(rb'[,;\t|\n][ \t]+"')


def text_in(data: bytes) -> str:
    """The text of a block: UTF-8, else as Windows writes it in the West."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.removeprefix(_BOM).replace("\x00", "")


def rows_in(data: bytes, delimiter: str, columns: int) -> Iterator[tuple[int, list[str] | Unreadable]]:
    """The rows, each with the number of its first line in ``data`` (0 is the first); blank lines are passed over.

    A quote that is never closed swallows all that follows; the row is then given up, and reading goes on in its
    second line.
    """
    lines = _lines(text_in(data))
    start: int | None = 0
    while start is not None:
        start = yield from _rows_from(start, lines, delimiter, columns)


def _rows_from(
    start: int, lines: list[str], delimiter: str, columns: int
) -> Generator[tuple[int, list[str] | Unreadable], None, int | None]:
    """The rows from a line on; returns the line to begin again with, None at the end."""
    rows = csv.reader(itertools.islice(lines, start, None), delimiter=delimiter)
    while True:
        begun = start + rows.line_num
        try:
            row = next(rows)
        except StopIteration:
            return None
        except csv.Error as problem:
            row, reason = [], f"no CSV: {problem}"
        else:
            reason = f"{len(row)} columns instead of {columns}" if row and len(row) != columns else ""
        end = start + rows.line_num
        if end - begun > 1 and sum(each.count('"') for each in lines[begun:end]) % 2:
            reason = "a quote that is never closed"
        if reason:
            yield begun, Unreadable(reason)
            if end - begun > 1:
                return begun + 1
        elif row:
            yield begun, row


def _lines(text: str) -> list[str]:
    """The lines with their ends, as CSV ends them: at \\n, \\r\\n and \\r."""
    return io.StringIO(text, newline="").readlines()


def whole_rows(data: bytes) -> int:
    """Up to where a block of CSV can be cut: behind a line whose quotes are all closed; 0 where there is none."""
    cut = data.rfind(b"\n") + 1
    open_quote = data.count(_QUOTE, 0, cut) % 2
    while cut and open_quote:
        before = data.rfind(b"\n", 0, cut - 1) + 1
        open_quote ^= data.count(_QUOTE, before, cut) % 2
        cut = before
    return cut


def is_plain(data: bytes) -> bool:
    """Whether DuckDB reads these rows as Python does: UTF-8, one kind of line end, no NUL."""
    if b"\x00" in data or data.count(b"\r") not in (0, data.count(b"\r\n")):
        return False
    if b"\r\n" in data and data.count(b"\n") != data.count(b"\r\n"):
        return False
    if _QUOTE in data and _BLANK_BEFORE_QUOTE.search(data):
        return False  # a quote to DuckDB, a part of the text to Python
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def read_rows(path: Path | str, header: tuple[str, ...], delimiter: str, mapped: Mapped, *, with_header: bool) -> str:
    """A SELECT of all fields of a CSV file (text, "" where the log lacks it). DuckDB raises for a row that is not
    as the others.
    """
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(header)))
    place = {name: number for number, name in enumerate(header)}
    texts = {field: f"c{place[name]}" for field, name in mapped.columns.items() if name in place}
    return (
        f"SELECT {chosen(texts)} FROM read_csv({quoted(str(path))}, columns = {{{columns}}}, auto_detect = false,"
        f" header = {str(with_header).lower()}, delim = {quoted(delimiter)}, quote = '\"', escape = '\"',"
        f" strict_mode = true, null_padding = false, ignore_errors = false, max_line_size = {LONGEST_LINE})"
    )
