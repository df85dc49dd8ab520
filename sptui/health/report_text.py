"""A report's document as bytes, made into a JSON value: unzipped, decoded, parsed, whatever its form."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any, Final, NoReturn

LARGEST_DOCUMENT: Final = 32 * 1024 * 1024
"""Bytes, unzipped; a performance report is a few kilobytes."""

_GZIP: Final = b"\x1f\x8b"
_MOST_WRAPPINGS: Final = 3
"""The document is gzip (getReportDocument's compressionAlgorithm), and the store may have zipped it again."""


class UnreadableReportError(ValueError):
    """The document is no performance report; the message says why."""


def json_of_document(document: bytes) -> Any:
    """The JSON value of a document. Raises UnreadableReportError.

    An object that tells a name more than once gives a list of what it tells, so that nothing is lost; NaN and the
    infinities, which JSON does not know, are strings.
    """
    try:
        text = _text(_unzipped(document))
        return json.loads(text, object_pairs_hook=_object, parse_constant=str, parse_int=_number, parse_float=_number)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as problem:
        if isinstance(problem, UnreadableReportError):
            raise
        raise UnreadableReportError(f"The report could not be read: {problem}") from problem


def _unzipped(document: bytes) -> bytes:
    import io

    for _ in range(_MOST_WRAPPINGS):
        if document[:2] != _GZIP:
            break
        with gzip.open(io.BytesIO(document)) as stream:
            document = stream.read(LARGEST_DOCUMENT + 1)
    if len(document) > LARGEST_DOCUMENT:
        _too_large()
    return document


def _too_large() -> NoReturn:
    raise UnreadableReportError("The report is larger than 32 MiB; a performance report is a few kilobytes.")


def _text(document: bytes) -> str:
    """UTF-8, 16 or 32, with or without a mark; what is none of these is taken letter by letter (names are ASCII)."""
    try:
        text = document.decode(json.detect_encoding(document))
    except UnicodeDecodeError:
        text = document.decode("latin-1")
    return text.removeprefix("\ufeff")


def _number(text: str) -> int | float | str:
    """A number as this machine holds it exactly enough; one that it cannot hold stays text."""
    try:
        number = float(text) if any(letter in text for letter in ".eE") else int(text)
    except ValueError:  # more digits than Python reads
        return text
    if isinstance(number, float) and number - number != 0:  # an infinity
        return text
    return number if isinstance(number, float) or abs(number) < 2**53 else text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    again: dict[str, list[Any]] = {}
    for name, value in pairs:
        if name in again:
            again[name].append(value)
        elif name in found:
            again[name] = found[name] = [found[name], value]
        else:
            found[name] = value
    return found
