"""The lines of a block, each as its values or the reason why it has none. Nothing here raises for what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from sptui.calllog.importing.access_lines import read_access_line, read_w3c_line
from sptui.calllog.importing.csv_rows import rows_in
from sptui.calllog.importing.fields import MAPPED, Mapped, guess, names_in, value_at
from sptui.calllog.importing.har import read_har_line
from sptui.calllog.importing.record import checked, path_of_stage
from sptui.calllog.importing.shape import ACCESS, CSV, HAR, W3C, Shape
from sptui.calllog.importing.sources import Block
from sptui.calllog.importing.values import LONGEST_LINE, Unreadable, Values, aside, text_of

_USUAL_TIME: Final = re.compile(
    r"(?:19|20)\d\d-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z"
)
"""A time that all readers read alike."""
_BLANKS: Final = b"\r \t\xef\xbb\xbf"


def read_block(block: Block, shape: Shape) -> Iterator[Values | Unreadable]:
    """What the lines of a block say, with the time in one form; those kept aside with their number in the log."""
    yield from block.aside
    for number, read in _read(block, shape):
        good = checked(read) if isinstance(read, Values) else read
        if isinstance(good, Unreadable):
            line = 1 + block.first_line + (block.places[number] if block.places else number)
            good = msgspec.structs.replace(good, line=line)
        yield good


def _read(block: Block, shape: Shape) -> Iterator[tuple[int, Values | Unreadable]]:
    if shape.kind == CSV:
        yield from _csv_values(block.data, shape, with_header=block.start == 0)
        return
    for number, raw in enumerate(block.data.split(b"\n")):
        if not (line := raw.strip(_BLANKS)):
            continue
        if shape.kind == ACCESS:
            yield number, read_access_line(line)
        elif shape.kind == HAR:
            yield number, read_har_line(line)
        elif shape.kind == W3C:
            if not line.startswith(b"#"):
                yield number, read_w3c_line(raw, shape.header)
        else:
            yield number, read_json_line(line, shape.mapped)


def sorted_lines(block: Block, shape: Shape) -> tuple[Block, list[Values | Unreadable]]:
    """The block with the lines of JSON alone that any reader reads alike; what the others say, or why they do not."""
    sure: list[bytes] = []
    others: list[Values | Unreadable] = list(block.aside)
    for number, raw in enumerate(block.data.split(b"\n")):
        line = raw.strip(_BLANKS)
        if not line:
            continue
        if _is_sure(line, shape.mapped):
            sure.append(line + b"\n")
        else:
            alone = msgspec.structs.replace(
                block,
                data=line,
                first_line=block.first_line + (block.places[number] if block.places else number),
                places=(),
                aside=(),
            )
            others += read_block(alone, shape)
    return msgspec.structs.replace(block, data=b"".join(sure), places=(), aside=()), others


def _is_sure(line: bytes, mapped: Mapped) -> bool:
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    if not isinstance(value, dict):
        return False
    time, status = (value_at(value, mapped.columns.get(field, "")) for field in ("time", "status"))
    place = any(value_at(value, mapped.columns[field]) for field in ("path", "operation") if field in mapped.columns)
    usual = isinstance(time, str) and _USUAL_TIME.fullmatch(time) is not None
    return usual and place and (status is None or (isinstance(status, int) and 0 <= status <= 999))


def read_json_line(line: bytes, mapped: Mapped) -> Values | Unreadable:
    """A line of JSON Lines. One whose fields have other names than the log's usual ones is read by its own."""
    if len(line) > LONGEST_LINE:
        return aside(f"longer than {LONGEST_LINE >> 20} MB", line)
    try:
        value = msgspec.json.decode(line)
    except msgspec.DecodeError as problem:
        return aside(f"no JSON: {problem}", line)
    except (UnicodeDecodeError, RecursionError):
        return aside("no JSON: not UTF-8, or nested too deeply", line)
    if not isinstance(value, dict):
        return aside("no JSON object", line)
    values = values_of(value, mapped)
    if not values.time or not (values.path or values.operation):
        own = values_of(value, guess(names_in(value), MAPPED))
        if own.time and (own.path or own.operation):
            return own
        return aside("no time" if not values.time else "neither path nor operation", line)
    return values


def values_of(value: Mapping[str, Any], mapped: Mapped) -> Values:
    """The mapped fields of a JSON object or of a row by its column names."""
    texts = {field: text_of(value_at(value, column)) for field, column in mapped.columns.items()}
    stage, host = texts.pop("stage", ""), texts.pop("host", "")
    if stage:
        texts["path"] = path_of_stage(stage, host, texts.get("path", ""))
    if body := texts.pop("body", ""):
        _read_error(body, texts)
    return Values(**texts)


def _read_error(body: str, texts: dict[str, str]) -> None:
    """The error of an answer, where the log keeps the answer and not its parts."""
    if texts.get("status", "").startswith("2") or not body.lstrip().startswith("{"):
        return
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return
    for field in ("code", "message", "details"):
        texts[field] = texts.get(field) or text_of(value_at(answer, f"errors.0.{field}"))


def _csv_values(data: bytes, shape: Shape, *, with_header: bool) -> Iterator[tuple[int, Values | Unreadable]]:
    for number, row in rows_in(data, shape.delimiter, len(shape.header)):
        if isinstance(row, Unreadable):
            yield number, row
        elif with_header:
            with_header = False
        else:
            yield number, values_of(dict(zip(shape.header, row, strict=True)), shape.mapped)
