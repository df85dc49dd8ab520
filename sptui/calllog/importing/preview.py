"""A log before it is imported: its shape, what its fields would mean, and its first calls."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from sptui.calllog.asking.engine import CallLogError
from sptui.calllog.importing.fields import MAPPED, guess
from sptui.calllog.importing.ledger import Ledger
from sptui.calllog.importing.reading import records_of
from sptui.calllog.importing.shape import EMPTY, Shape, bare_shape
from sptui.calllog.importing.sources import SAMPLE, files_in, head_of_file, open_log
from sptui.calllog.importing.values import Unreadable
from sptui.spapi.calls import CallRecord

_SHOWN: Final = 20


class Preview(msgspec.Struct, frozen=True):
    """``files`` are all that would be imported, ``size`` their bytes; the rest tells of the first of them. ``missing``
    is what no field tells and what a call must have; ``calls`` and ``aside`` are its first lines (none where something
    is missing).
    """

    files: tuple[str, ...]
    shape: Shape
    size: int
    missing: tuple[str, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    aside: tuple[Unreadable, ...] = ()


def look_at(place: str, ledger: Ledger, changed: Mapping[str, str] | None = None) -> Preview:
    """A log, or the first of a folder. ``changed``: a person's mapping (field to column, "" for none).

    Raises CallLogError where there is none that can be read.
    """
    files = files_in([place])
    first = files[0]
    head = head_of_file(first)
    shape = bare_shape(head, first)
    if shape.has_fields:
        mapped = ledger.mapping(shape.names) or guess(shape.names, MAPPED)
        if changed:
            mapped = mapped.changed(f"{field}={column}" for field, column in changed.items())
        shape = msgspec.structs.replace(shape, mapped=mapped)
    size = sum(Path(each).stat().st_size for each in files)
    missing = tuple(shape.mapped.missing) if shape.has_fields else ()
    if missing or shape.kind == EMPTY:
        return Preview(tuple(files), shape, size, missing)
    calls, aside = _first_lines(first, shape)
    return Preview(tuple(files), shape, size, (), tuple(calls), tuple(aside))


def _first_lines(path: str, shape: Shape) -> tuple[list[CallRecord], list[Unreadable]]:
    calls: list[CallRecord] = []
    aside: list[Unreadable] = []
    with open_log(path) as stream, suppress(CallLogError):  # an archive that breaks off: what came before is shown
        for found in records_of(stream, shape, path, SAMPLE):
            if isinstance(found, Unreadable):
                aside.append(found)
            else:
                calls.append(found)
            if len(calls) >= _SHOWN or len(aside) >= _SHOWN:
                break
    return calls, aside
