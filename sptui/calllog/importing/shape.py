"""What a log is, by how it begins: its shape, its fields, and which of them means what."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Final

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.importing import json_values, prefixed_lines
from sptui.calllog.importing.access_lines import is_access_line, w3c_names
from sptui.calllog.importing.fields import MAPPED, Mapped, guess, names_in
from sptui.calllog.importing.har import is_har

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
    if mapped.missing:
        raise CallLogError(
            f"{path}: nothing tells the {' and the '.join(mapped.missing)} of a call. It has the fields "
            f"{', '.join(shape.names[:40]) or '(none)'}. Say which with --map {mapped.missing[0]}=FIELD."
        )
    return msgspec.structs.replace(shape, mapped=mapped)


def bare_shape(head: bytes, path: str) -> Shape:
    """What a log is, without a mapping. Raises CallLogError where it is none that can be read."""
    if not head.strip(b"\xef\xbb\xbf \r\n\t"):
        return Shape(EMPTY)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise CallLogError(
            f"{path} is written in UTF-16. Make it UTF-8 first: iconv -f UTF-16 -t UTF-8 {path} > converted"
        )
    text = head.decode(errors="replace").lstrip("\ufeff \r\n\t")
    if is_har(text):
        return Shape(HAR)
    if json_values.is_one_value(text):
        indent = json_values.indent_of(head)
        found = json_values.objects_in(head, indent, at_end=True)
        return Shape(JSON_VALUES, names=_names(found.data), indent=indent)
    if text.startswith("{"):
        return Shape(JSON_LINES, names=_names(head))
    if any(is_access_line(line) for line in text.splitlines()[:20]):
        return Shape(ACCESS)
    if columns := w3c_names(text):
        return Shape(W3C, header=columns)
    if prefixed_lines.is_prefixed(text):
        return Shape(PREFIXED, names=_names(prefixed_lines.objects_in(head).data))
    first = next(iter(text.splitlines()), "")[:10_000].strip()
    delimiter = max(",;\t|", key=first.count)
    header = _columns(first, delimiter)
    if len(header) > 1:
        return Shape(CSV, names=header, header=header, delimiter=delimiter)
    raise CallLogError(
        f"{path} is no log that can be read: neither JSON (one object a line, an array, or after a prefix), CSV with a "
        "header, HAR nor an access log (Common or Combined Log Format, an AWS load balancer's, CloudFront's)."
    )


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
