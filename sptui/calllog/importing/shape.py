"""What a log is, by how it begins: its shape, its fields, and which of them means what."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Final

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.importing import json_values, prefixed_lines
from sptui.calllog.importing.access_lines import is_access_line, w3c_names
from sptui.calllog.importing.fields import FIELDS, MAPPED, Mapped, guess, names_in
from sptui.calllog.importing.har import is_har
from sptui.calllog.importing.sources import named
from sptui.calllog.importing.times import time_of

JSON_LINES: Final = "json lines"
JSON_VALUES: Final = "json"
PREFIXED: Final = "json after a prefix"
CSV: Final = "csv"
HAR: Final = "har"
ACCESS: Final = "access log"
W3C: Final = "w3c log"
EMPTY: Final = "empty"
WITH_JSON: Final = frozenset({JSON_LINES, JSON_VALUES, PREFIXED})
"""The shapes that come as lines of JSON, or are made so."""
_EVERY_CALL_HAS: Final = frozenset({"time", "path", "operation"})
Known = Callable[[tuple[str, ...]], Mapped | None]


class Shape(msgspec.Struct, frozen=True):
    """What a log turned out to be. ``mapped`` and ``names`` (all fields seen) where it names its fields: JSON and CSV.
    ``header`` is the first line of a CSV or the columns of a W3C log, ``delimiter`` what divides a CSV; ``indent`` are
    the blanks before the first object of a JSON array.
    """

    kind: str
    mapped: Mapped = Mapped({})
    names: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    delimiter: str = ","
    indent: int = 0

    @property
    def has_fields(self) -> bool:
        """Whether its fields are mapped, and can be mapped by hand."""
        return self.kind in WITH_JSON or self.kind == CSV


def shape_of(head: bytes, path: str, known: Known = lambda _: None, by_hand: tuple[str, ...] = ()) -> Shape:
    """What a log is; its mapping is that ``known`` for its fields, else guessed, changed ``by_hand``.

    Raises CallLogError where it is none that can be read, or nothing tells a call's time or path.
    """
    shape = bare_shape(head, path)
    if not shape.has_fields:
        return shape
    mapped = (known(shape.names) or guess(shape.names, MAPPED)).changed(by_hand)
    fields = f"It has the fields {', '.join(shape.names[:40]) or '(none)'}."
    for pair in unseen(shape, by_hand):
        if shape.kind == CSV or pair.partition("=")[0] in _EVERY_CALL_HAS:
            raise CallLogError(f"{named(path)} has no field as in --map {pair}. {fields}")
    if mapped.missing:
        raise CallLogError(
            f"{named(path)}: nothing tells the {' and the '.join(mapped.missing)} of a call. {fields} Say which with "
            f"--map {mapped.missing[0]}=FIELD."
        )
    return msgspec.structs.replace(shape, mapped=mapped)


def unseen(shape: Shape, by_hand: tuple[str, ...]) -> list[str]:
    """The ``field=column`` pairs whose column the log does not begin with; of JSON it may still come."""
    pairs = [(pair, pair.partition("=")[2]) for pair in by_hand]
    return [
        pair
        for pair, column in pairs
        if column and not any(name == column or name.startswith(f"{column}.") for name in shape.names)
    ]


def bare_shape(head: bytes, path: str) -> Shape:
    """What a log is, without a mapping. Raises CallLogError where it is none that can be read."""
    if not head.strip(b"\xef\xbb\xbf \r\n\t"):
        return Shape(EMPTY)
    if encoding := _wide_encoding(head):
        raise CallLogError(
            f"{named(path)} is written in UTF-16. Make it UTF-8 first: iconv -f {encoding} -t UTF-8 {path} > converted"
        )
    text = head.decode(errors="replace").lstrip("\ufeff \r\n\t")
    if is_har(text):
        return Shape(HAR)
    if json_values.is_one_value(text):
        indent = json_values.indent_of(head)
        found = json_values.objects_in(head, indent, at_end=True)
        return Shape(JSON_VALUES, names=_names(found.data), indent=indent)
    if text.startswith("{"):
        if not (names := _names(head)):
            raise CallLogError(_no_object(head, path))
        return Shape(JSON_LINES, names=names)
    if any(is_access_line(line) for line in text.splitlines()[:20]):
        return Shape(ACCESS)
    if columns := w3c_names(text):
        return Shape(W3C, header=columns)
    if prefixed_lines.is_prefixed(text):
        return Shape(PREFIXED, names=_names(prefixed_lines.objects_in(head).data))
    first = next(iter(text.splitlines()), "")[:10_000].strip()
    delimiter = max(",;\t|", key=first.count)
    header = _columns(first, delimiter)
    if len(header) > 1 and any(cell.startswith("/") or "://" in cell or time_of(cell) for cell in header):
        raise CallLogError(
            f"{named(path)} is CSV without a header: its first line is a call already. Put the columns' names before "
            f"it, such as {delimiter.join(FIELDS[:3])}: (echo NAMES; cat {path}) | sptui log import -"
        )
    if len(header) > 1:
        return Shape(CSV, names=header, header=header, delimiter=delimiter)
    raise CallLogError(
        f"{named(path)} is no log that can be read: neither JSON (one object a line, an array, or after a prefix), CSV "
        "with a header, HAR nor an access log (Common or Combined Log Format, an AWS load balancer's, CloudFront's)."
    )


def _wide_encoding(head: bytes) -> str:
    """UTF-16 by its mark, or by the zeros between Latin letters; "" for anything else."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    even, odd = (head[start:200:2].count(0) for start in (0, 1))
    if min(even, odd) or len(head) < 8 or 10 * max(even, odd) < 4 * len(head[:200]):
        return ""
    return "UTF-16BE" if even else "UTF-16LE"


def _no_object(head: bytes, path: str) -> str:
    try:
        head[: head.rfind(b"\n") + 1].decode()
    except UnicodeDecodeError:
        return (
            f"{named(path)} is not written in UTF-8, as JSON is to be. Of Western Europe's letters: "
            f"iconv -f WINDOWS-1252 -t UTF-8 {path} > converted"
        )
    return f"{named(path)} begins as JSON does, but none of its first lines is an object that can be read."


def _columns(first: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader([first], delimiter=delimiter), ()))
    except csv.Error:
        return ()


def _names(lines: bytes) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for line in lines.splitlines()[:1000]:
        try:
            names.update(dict.fromkeys(names_in(msgspec.json.decode(line))))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
    return tuple(names)
